//! Personal offers: chosen once and provably, taken once and within the budget, learned from, and compared with those
//! who were held out.

use crate::messages::join;
use crate::support::{CAFE, Shop, app, purchase};
use regulars_app::engage::offer::{GiftKind, OfferContext, OfferDraft, OfferGift, OfferSetDraft};
use regulars_app::metrics::offer::NoReplay;
use regulars_app::{
    ChoiceView, Error, LiftAsk, LiftMetric, MemberOffer, MemberRef, OfferStage, OfferState,
    ReplayWay, SegmentDraft, TakenOffer,
};
use regulars_base::MemberId;
use regulars_store::OfferKey;
use regulars_testkit::TestDb;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Barrier;

regulars_testkit::on_both! {
    what_is_wrong_with_a_set_is_told_at_its_place_with_what_to_do,
    an_offer_is_chosen_once_with_its_chance_and_can_be_made_again,
    points_a_reward_and_a_coupon_are_each_given_once,
    many_who_take_at_once_never_take_more_than_the_budget_has,
    what_was_being_booked_when_something_stopped_is_booked_once,
    whoever_is_held_out_or_in_the_control_group_is_shown_nothing,
    conditions_tiers_and_segments_say_who_may_have_what_and_is_counted_where,
    what_came_of_offers_is_learned_and_the_better_one_is_shown_more,
    what_a_set_brought_is_told_against_those_who_were_held_out,
}

fn program() -> String {
    format!(
        "{CAFE}{}",
        r#"
[[reward]]
id    = "points-off"
kind  = "points as payment"
off   = "0.01 EUR"
price = { beans = 1 }

[[coupon]]
id      = "five"
kind    = "money off"
off     = "5 EUR"
pattern = "FIVE-####-####"

[[coupon]]
id   = "word"
kind = "percent off"
off  = "10%"
code = "WORD"
"#
    )
}

fn gift(kind: GiftKind, id: &str, amount: i64) -> OfferGift {
    OfferGift {
        kind,
        id: id.into(),
        amount,
    }
}

fn offer(id: &str, gives: OfferGift) -> OfferDraft {
    OfferDraft {
        id: id.into(),
        title: [("en".to_owned(), format!("The {id}"))].into(),
        gives,
        cost: "1.00".into(),
        value: "4.00".into(),
        ..OfferDraft::default()
    }
}

/// Two offers of points for ten days, for everybody.
fn set() -> OfferSetDraft {
    OfferSetDraft {
        name: "Spring".into(),
        language: "en".into(),
        days: 10,
        hold_out: 5,
        explore: 10,
        budget: "1000".into(),
        offers: vec![
            offer("few", gift(GiftKind::Points, "beans", 10)),
            offer("many", gift(GiftKind::Points, "beans", 30)),
        ],
        live: true,
        ..OfferSetDraft::default()
    }
}

fn open(db: TestDb) -> Shop {
    Shop::open(db, &program())
}

fn put(shop: &Shop, draft: &OfferSetDraft) {
    let seen = shop.app.offer_set(shop.tenant, "spring").ok();
    let seen = seen.map(|own| own.version);
    let written = shop.app.put_offer_set(shop.tenant, ("spring", seen), draft);
    written.expect("is written");
}

/// So many members: what they are called, and who they are.
fn crowd(shop: &Shop, members: usize) -> Vec<(String, MemberId)> {
    let named = (0..members).map(|number| format!("m{number}"));
    named
        .map(|name| {
            let id = join(shop, &name, json!({}));
            (name, id)
        })
        .collect()
}

fn shown(shop: &Shop, member: MemberId) -> Vec<MemberOffer> {
    let own = shop.app.offers_of(shop.tenant, &MemberRef::Id(member));
    own.expect("is told")
}

fn chosen(shop: &Shop, member: MemberId) -> Vec<ChoiceView> {
    let own = shop
        .app
        .offer_choices_of(shop.tenant, &MemberRef::Id(member));
    own.expect("is told")
}

fn take(shop: &Shop, member: MemberId, choice: &str) -> TakenOffer {
    let done = shop
        .app
        .take_offer(shop.tenant, &MemberRef::Id(member), choice);
    done.expect("is answered")
}

/// The first of these who is shown something, with what.
fn first_shown(shop: &Shop, members: &[(String, MemberId)]) -> (String, MemberId, MemberOffer) {
    let mut each = members.iter();
    each.find_map(|(name, id)| {
        let own = shown(shop, *id).into_iter().next()?;
        Some((name.clone(), *id, own))
    })
    .expect("not everybody is held out")
}

fn what_is_wrong_with_a_set_is_told_at_its_place_with_what_to_do(db: TestDb) {
    let shop = open(db);
    let told = |draft: &OfferSetDraft| {
        let answer = shop.app.put_offer_set(shop.tenant, ("spring", None), draft);
        let Err(Error::Invalid(faults)) = answer else {
            panic!("{answer:?}");
        };
        let each = faults
            .into_iter()
            .map(|own| format!("{} {}", own.at, own.what));
        each.collect::<Vec<_>>().join("\n")
    };
    let none = OfferSetDraft {
        offers: Vec::new(),
        ..set()
    };
    assert!(
        told(&none).contains("/offers has no offer: write one"),
        "{}",
        told(&none)
    );
    let wrong = OfferSetDraft {
        days: 0,
        hold_out: 4,
        explore: 26,
        budget: "0".into(),
        when: "nobody_knows > 3".into(),
        context: OfferContext::Segments(vec!["away".into()]),
        offers: vec![
            offer("a", gift(GiftKind::Points, "peas", 10)),
            offer("a", gift(GiftKind::Reward, "cup", 0)),
            OfferDraft {
                title: [("de".to_owned(), "Fünf".to_owned())].into(),
                value: "0".into(),
                cost: "-1".into(),
                ..offer("b", gift(GiftKind::Coupon, "word", 3))
            },
            offer("c", gift(GiftKind::Reward, "points-off", 0)),
        ],
        ..set()
    };
    let all = told(&wrong);
    for part in [
        "/days must be 1 to 90",
        "/hold_out must be 5 to 50",
        "/explore must be 1 to 25",
        "/budget must be above 0",
        "/when line 1, column 1:",
        "/segments/0 there is no segment `away`",
        "/offers/0/gives/id the program has no points `peas`: it has beans",
        "/offers/1/id is the id of another offer",
        "/offers/1/gives/id the program has no reward `cup`: it has mug",
        "/offers/2/title says nothing in `en`",
        "/offers/2/value must be above 0",
        "/offers/2/cost must be 0 or more",
        "/offers/2/gives/id `word` has one word that everybody uses",
        "/offers/2/gives/amount must be left out",
        "/offers/3/gives/id `points-off` is points that pay",
    ] {
        assert!(all.contains(part), "{part}\nis not in\n{all}");
    }
    let dear = OfferSetDraft {
        budget: "0.99".into(),
        ..set()
    };
    assert!(told(&dear).contains("/budget is less than one of the offers costs"));
    // A set that the program no longer carries shows nothing, and says why.
    let mug = OfferSetDraft {
        offers: vec![offer("mug", gift(GiftKind::Reward, "mug", 0))],
        ..set()
    };
    put(&shop, &mug);
    let ids = crowd(&shop, 12);
    shop.set("2025-03-02T09:00:00Z");
    shop.apply(&program().replace("\"mug\"", "\"jug\""), None);
    assert!(ids.iter().all(|(_, id)| shown(&shop, *id).is_empty()));
    let broken = shop.app.offer_set(shop.tenant, "spring").expect("is there");
    assert_eq!(broken.faults.len(), 1);
    assert!(broken.faults[0].1.contains("no reward `mug`"), "{broken:?}");
}

fn an_offer_is_chosen_once_with_its_chance_and_can_be_made_again(db: TestDb) {
    let shop = open(db);
    put(&shop, &set());
    let ids = crowd(&shop, 20);
    assert!(chosen(&shop, ids[0].1).is_empty(), "asking chooses nothing");
    let (_, member, own) = first_shown(&shop, &ids);
    assert_eq!(
        (own.choice.as_str(), own.state),
        ("spring.1", OfferState::Open)
    );
    shop.set("2025-03-05T09:00:00Z");
    assert_eq!(
        shown(&shop, member),
        std::slice::from_ref(&own),
        "it stands"
    );
    let choices = chosen(&shop, member);
    assert_eq!(choices.len(), 1);
    let choice = &choices[0];
    assert!(choice.proved);
    assert_eq!(choice.row.offer, own.offer.id);
    let chances: Vec<u32> = choice.among.iter().map(|own| own.chance).collect();
    assert_eq!(chances, [500_000, 500_000], "nothing is known yet");
    // A number that somebody wrote instead is found out.
    let other = regulars_store::OfferChoice {
        key: OfferKey {
            round: 9,
            ..choice.row.key.clone()
        },
        ..choice.row.clone()
    };
    let mut store = shop.db.connect();
    assert!(
        store
            .add_offer_choice(shop.tenant, &other)
            .expect("is written")
    );
    let forged = chosen(&shop, member);
    assert_eq!(
        forged.iter().map(|own| own.proved).collect::<Vec<_>>(),
        [false, true]
    );
    // When its days are over, the next is chosen.
    shop.set("2025-03-11T09:00:01Z");
    let next = shown(&shop, member);
    assert_eq!(next[0].choice, "spring.10");
}

fn points_a_reward_and_a_coupon_are_each_given_once(db: TestDb) {
    let shop = open(db);
    let ids = crowd(&shop, 60);
    let draft = OfferSetDraft {
        offers: vec![
            offer("points", gift(GiftKind::Points, "beans", 10)),
            offer("mug", gift(GiftKind::Reward, "mug", 0)),
            offer("five", gift(GiftKind::Coupon, "five", 0)),
        ],
        // Of sixty somebody is held out: that nobody is happens once in thirty million times.
        hold_out: 25,
        ..set()
    };
    put(&shop, &draft);
    let mut seen = BTreeSet::new();
    for (name, id) in &ids {
        let Some(own) = shown(&shop, *id).into_iter().next() else {
            continue;
        };
        seen.insert(own.offer.id.clone());
        for _ in 0..2 {
            let TakenOffer::Taken(taken) = take(&shop, *id, &own.choice) else {
                panic!("{name} did not get it");
            };
            assert_eq!(taken.state, OfferState::Taken);
        }
        let who = MemberRef::Id(*id);
        let balances = shop
            .app
            .balances(shop.tenant, &who, None)
            .expect("is there");
        let vouchers = balances.vouchers.len();
        let codes = shop
            .app
            .codes_of(shop.tenant, &who)
            .expect("is there")
            .len();
        let has = (shop.available(name), vouchers, codes);
        let want = match own.offer.id.as_str() {
            "points" => (10, 0, 0),
            "mug" => (0, 1, 0),
            _ => (0, 0, 1),
        };
        assert_eq!(has, want, "{name}: {}", own.offer.id);
        assert_eq!(shown(&shop, *id)[0].state, OfferState::Taken);
    }
    assert_eq!(seen.len(), 3, "each was shown to somebody");
    let figures = shop
        .app
        .offer_set_figures(shop.tenant, "spring")
        .expect("is told");
    let taken: u64 = figures.offers.iter().map(|own| own.taken).sum();
    assert_eq!(taken, figures.shown);
    assert_eq!(figures.drawn, i64::try_from(taken).expect("is small") * 100);
    assert_eq!(figures.shown + figures.held_out, 60);
    // What one does not have, one cannot take.
    let (_, held) = ids
        .iter()
        .find(|(_, id)| shown(&shop, *id).is_empty())
        .expect("somebody is held out");
    for choice in ["spring.1", "spring.7", "autumn.1", "spring"] {
        let who = MemberRef::Id(*held);
        let answer = shop.app.take_offer(shop.tenant, &who, choice);
        assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
    }
    shop.verified();
}

fn many_who_take_at_once_never_take_more_than_the_budget_has(db: TestDb) {
    let shop = open(db);
    let ids = crowd(&shop, 40);
    let draft = OfferSetDraft {
        budget: "7.50".into(),
        ..set()
    };
    put(&shop, &draft);
    let all: Vec<(MemberId, MemberOffer)> = ids
        .iter()
        .filter_map(|(_, id)| Some((*id, shown(&shop, *id).into_iter().next()?)))
        .collect();
    assert!(all.len() > 20);
    let start = Barrier::new(4);
    let taken: Vec<bool> = std::thread::scope(|scope| {
        let (shop, start) = (&shop, &start);
        let parts = all.chunks(all.len().div_ceil(4));
        let threads: Vec<_> = parts
            .map(|part| {
                scope.spawn(move || {
                    start.wait();
                    let each = part.iter().map(|(id, own)| take(shop, *id, &own.choice));
                    each.map(|own| matches!(own, TakenOffer::Taken(_)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let each = threads.into_iter();
        each.flat_map(|own| own.join().expect("is answered"))
            .collect()
    });
    assert_eq!(taken.iter().filter(|own| **own).count(), 7);
    let figures = shop
        .app
        .offer_set_figures(shop.tenant, "spring")
        .expect("is told");
    assert_eq!((figures.drawn, figures.budget), (700, 750));
    // What the budget cannot pay is shown to nobody new, and told to whoever was shown it.
    let late = join(&shop, "late", json!({}));
    assert!(shown(&shop, late).is_empty() && chosen(&shop, late).is_empty());
    let (id, own) = all
        .iter()
        .find(|(id, own)| take(&shop, *id, &own.choice) == TakenOffer::BudgetSpent)
        .expect("most were not paid");
    put(&shop, &set());
    assert!(matches!(
        take(&shop, *id, &own.choice),
        TakenOffer::Taken(_)
    ));
    shop.set("2025-03-11T09:00:01Z");
    let over = all.iter().map(|(id, own)| take(&shop, *id, &own.choice));
    assert!(over.into_iter().any(|own| own == TakenOffer::Over));
}

fn what_was_being_booked_when_something_stopped_is_booked_once(db: TestDb) {
    let shop = open(db);
    let ids = crowd(&shop, 20);
    put(&shop, &set());
    let (name, member, own) = first_shown(&shop, &ids);
    let key = chosen(&shop, member)[0].row.key.clone();
    let begun = {
        let mut store = shop.db.connect();
        let how = (100, 100_000, shop.app.now());
        store
            .take_offer(shop.tenant, &key, how)
            .expect("is written")
    };
    assert_eq!(begun, regulars_store::OfferTaking::Begun);
    assert_eq!(shop.available(&name), 0);
    shop.app.settle_offers(shop.tenant).expect("looks");
    assert_eq!(shop.available(&name), 0, "somebody may be at it still");
    shop.set("2025-03-01T09:02:00Z");
    for _ in 0..2 {
        shop.app.settle_offers(shop.tenant).expect("looks");
    }
    let want = if own.offer.id == "few" { 10 } else { 30 };
    assert_eq!(shop.available(&name), want);
    assert_eq!(chosen(&shop, member)[0].row.stage, OfferStage::Taken);
    // Another server asks for the same.
    let (other, _) = app(&shop.db, |config| config);
    let who = MemberRef::Id(member);
    let again = other.take_offer(shop.tenant, &who, &own.choice);
    assert!(matches!(again, Ok(TakenOffer::Taken(_))), "{again:?}");
    assert_eq!(shop.available(&name), want);
}

fn whoever_is_held_out_or_in_the_control_group_is_shown_nothing(db: TestDb) {
    let shop = open(db);
    let ids = crowd(&shop, 120);
    let draft = OfferSetDraft {
        hold_out: 20,
        ..set()
    };
    put(&shop, &draft);
    shop.app
        .set_control_group(shop.tenant, (20, "2025"))
        .expect("is drawn");
    let (mut open, mut held, mut control) = (0, 0, 0);
    for (_, id) in &ids {
        let sees = !shown(&shop, *id).is_empty();
        let choices = chosen(&shop, *id);
        let who = MemberRef::Id(*id);
        let in_control = shop.app.in_control_group(shop.tenant, &who);
        if in_control.expect("is told").is_some() {
            assert!(!sees && choices.is_empty());
            control += 1;
            continue;
        }
        assert_eq!(choices.len(), 1, "what they would have been shown is noted");
        assert_eq!(sees, !choices[0].row.held_out);
        open += u32::from(sees);
        held += u32::from(!sees);
    }
    // Four standard deviations of 120 draws of a fifth are 17.5, of the rest 15.7.
    assert!((7..=41).contains(&control), "{control}");
    assert!((3..=35).contains(&held), "{held}");
    assert!(open > 50, "{open}");
}

fn conditions_tiers_and_segments_say_who_may_have_what_and_is_counted_where(db: TestDb) {
    let shop = open(db);
    let ids = crowd(&shop, 24);
    // The first twelve bought for 250.00 EUR: they are regulars.
    for (name, _) in &ids[..12] {
        shop.take(purchase(
            name,
            &format!("o-{name}"),
            "2025-03-01T08:00:00Z",
            25_000,
        ));
    }
    let mut draft = OfferSetDraft {
        context: OfferContext::Tier,
        ..set()
    };
    draft.offers[0].when = "member.tier == \"regular\"".into();
    draft.offers[1].when = "orders_ever == 0".into();
    put(&shop, &draft);
    for (place, (_, id)) in ids.iter().enumerate() {
        shown(&shop, *id);
        let choices = chosen(&shop, *id);
        let want = if place < 12 {
            ("few", "regular")
        } else {
            ("many", "friend")
        };
        let row = &choices[0].row;
        assert_eq!((row.offer.as_str(), row.cell.as_str()), want, "{place}");
        assert_eq!(choices[0].among.len(), 1);
    }
    // By segments, and for some alone.
    let segment = SegmentDraft {
        name: "Buyers".into(),
        condition: "orders_ever > 0".into(),
    };
    shop.app
        .make_segment(shop.tenant, "buyers", &segment)
        .expect("is made");
    let draft = OfferSetDraft {
        context: OfferContext::Segments(vec!["buyers".into()]),
        when: "spend_ever < 400 || orders_ever == 0".into(),
        ..set()
    };
    let written = shop
        .app
        .put_offer_set(shop.tenant, ("summer", None), &draft);
    written.expect("is written");
    let (name, rich) = &ids[0];
    shop.take(purchase(name, "more", "2025-03-01T08:30:00Z", 50_000));
    for (id, want) in [
        (*rich, None),
        (ids[1].1, Some("buyers")),
        (ids[20].1, Some("")),
    ] {
        shown(&shop, id);
        let own = chosen(&shop, id);
        let summer = own.iter().find(|own| own.row.key.set == "summer");
        assert_eq!(summer.map(|own| own.row.cell.as_str()), want);
    }
}

/// Whether the member of this number orders after this offer: of the first one in twelve, of the second one in two.
fn orders(number: usize, round: usize, offer: &str) -> bool {
    let mixed = (number * 7919 + round * 104_729) % 12;
    match offer {
        "few" => mixed == 0,
        _ => mixed < 6,
    }
}

fn what_came_of_offers_is_learned_and_the_better_one_is_shown_more(db: TestDb) {
    let shop = open(db);
    let ids = crowd(&shop, 120);
    put(&shop, &set());
    let told = |shop: &Shop| {
        let found = shop.app.offer_set_figures(shop.tenant, "spring");
        found.expect("is told")
    };
    let mut many = Vec::new();
    for round in 0..3_usize {
        let day = 1 + 10 * round;
        shop.set(&format!("2025-03-{day:02}T10:00:00Z"));
        let mut shown_many = 0;
        for (number, (name, id)) in ids.iter().enumerate() {
            let Some(own) = shown(&shop, *id).into_iter().next() else {
                continue;
            };
            shown_many += u32::from(own.offer.id == "many");
            if orders(number, round, &own.offer.id) {
                let at = format!("2025-03-{:02}T12:00:00Z", day + 1);
                shop.set(&at);
                shop.take(purchase(name, &format!("{name}-{round}"), &at, 10_00));
                shop.set(&format!("2025-03-{day:02}T10:00:00Z"));
            }
        }
        many.push(shown_many);
        if round == 0 {
            let early = told(&shop);
            assert!(early.regret.is_none());
            let refused = early
                .replay
                .iter()
                .all(|own| own.told == Err(NoReplay::TooFew { choices: 0 }));
            assert!(refused, "{:?}", early.replay);
        }
        shop.set(&format!("2025-03-{:02}T10:00:00Z", day + 10));
        let settled = shop.app.settle_offers(shop.tenant).expect("is settled");
        assert_eq!(settled, 120, "of those who are held out, too");
        assert_eq!(shop.app.settle_offers(shop.tenant).expect("looks"), 0);
    }
    assert!(many[2] > many[0] && many[2] >= 85, "{many:?}");
    let figures = told(&shop);
    let over: u64 = figures.offers.iter().map(|own| own.over).sum();
    assert_eq!(over, figures.shown);
    let known: u64 = figures
        .known
        .iter()
        .map(|own| own.brought + own.did_not)
        .sum();
    assert_eq!(known, over, "nothing is learned of whoever saw nothing");
    let brought = |place: usize| {
        let own = &figures.offers[place];
        own.brought as f64 / own.over as f64
    };
    assert!(brought(1) > 0.35 && brought(0) < 0.25);
    assert_eq!(
        figures.offers[1].spent,
        i64::try_from(figures.offers[1].brought).expect("is small") * 1000
    );
    let regret = figures.regret.expect("days are over");
    assert_eq!(regret.choices, over);
    assert!(regret.own < regret.even * 0.8, "{regret:?}");
    let each = |way: &ReplayWay| {
        let own = figures.replay.iter().find(|own| own.way == *way);
        own.expect("is there").told.expect("carries it")
    };
    let own = each(&ReplayWay::Own);
    let even = each(&ReplayWay::Even);
    let always = each(&ReplayWay::Always("many".into()));
    assert!(own.each > even.each, "{own:?} {even:?}");
    // An order is worth 4.00, and half of those order who are shown the second.
    assert!(
        (always.each - 200.0).abs() < 4.0 * always.error,
        "{always:?}"
    );
    assert!((even.each - 117.0).abs() < 4.0 * even.error, "{even:?}");
    assert!(always.effective < own.effective && always.error > 0.0);
}

fn what_a_set_brought_is_told_against_those_who_were_held_out(db: TestDb) {
    let shop = open(db);
    let ids = crowd(&shop, 300);
    let draft = OfferSetDraft {
        hold_out: 40,
        ..set()
    };
    put(&shop, &draft);
    shop.set("2025-03-02T10:00:00Z");
    let (mut held, mut seen) = (0_u32, 0_u32);
    for (name, id) in &ids {
        let sees = !shown(&shop, *id).is_empty();
        let place = if sees { &mut seen } else { &mut held };
        // Everybody buys something, who sees an offer for 5.00 more. What else they spend is spread alike over
        // both groups, whoever is drawn into which: one sample of twenty would not hold the truth otherwise.
        let minor = 1_000 + i64::from(*place * 31 % 50) * 10 + i64::from(sees) * 500;
        *place += 1;
        shop.take(purchase(
            name,
            &format!("o-{name}"),
            "2025-03-03T10:00:00Z",
            minor,
        ));
    }
    shop.set("2025-03-20T10:00:00Z");
    let ask = LiftAsk {
        metric: LiftMetric::Spend,
        days: 10,
    };
    let lift = shop
        .app
        .offers_lift(shop.tenant, "spring", ask)
        .expect("is told");
    assert_eq!(
        (lift.held_out.customers, lift.treated.customers),
        (u64::from(held), u64::from(seen))
    );
    let answer = lift.answer.expect("carries it");
    assert!(
        answer.interval.low < 500.0 && 500.0 < answer.interval.high,
        "{answer:?}"
    );
    assert!(answer.interval.low > 300.0, "{answer:?}");
    // Another share begins anew.
    let other = OfferSetDraft {
        hold_out: 30,
        ..draft
    };
    put(&shop, &other);
    let anew = shop.app.offers_lift(shop.tenant, "spring", ask);
    assert_eq!(anew.expect("is told").left_out.earlier, 300);
}
