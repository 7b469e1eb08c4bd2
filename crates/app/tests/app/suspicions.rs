//! Who takes advantage of the program: each sign on planted abuse, what a person decides of it, and silence in a
//! shop where nobody does.

use crate::support::{
    CAFE, Shop, agent, app, customer, demo, event, key, moment, purchase, refund, text, who,
};
use regulars_app::engage::suspicion::{SignKind, SignRule, Suspect, SuspicionRules};
use regulars_app::{
    Error, HeldState, Identity, MemberPatch, NewMember, NewPerson, PageAsk, Redeem, Suspicion,
    SuspicionAsk, SuspicionRuling, SuspicionState, TakenState,
};
use regulars_base::{MemberId, Timestamp};
use regulars_engine::event::{Adjustment, Kind, Refunded, SignUp, Touch, TransferOut};
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_engine::state::{Mark, MarkKind};
use regulars_testkit::TestDb;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

regulars_testkit::on_both! {
    too_many_purchases_are_held_and_taken_back,
    what_was_cleared_is_no_sign_until_more_is_done,
    a_takeover_is_seen_before_points_leave,
    points_of_many_that_are_sent_to_one_are_a_sign,
    orders_that_come_back_after_their_points_are_spent_are_a_sign,
    an_agent_who_gives_to_themselves_is_found_and_cannot_decide,
    what_is_more_than_somebody_may_adjust_waits_for_a_second_person,
    friends_who_share_a_device_and_never_come_back_are_signs,
    a_seller_at_whom_a_member_buys_all_is_a_sign,
    who_guesses_codes_stands_in_the_queue,
    rules_that_make_no_sense_are_refused_all_at_once,
    points_that_are_not_free_yet_are_taken_when_they_are,
    an_honest_shop_raises_nothing,
}

const SENDING: &str = "
[transfer]
points = [\"beans\"]

[referral]
within = \"30 days\"
step   = [{ purchase = 1, referrer = { beans = 10 } }]
same_fingerprint = \"allow\"
";

fn enrol(shop: &Shop, name: &str) -> MemberId {
    let new = NewMember {
        key: key(&format!("join-{name}")),
        identities: vec![Identity {
            kind: text("customer"),
            value: text(name),
        }],
        attributes: BTreeMap::new(),
        occurred_at: None,
        referral_code: None,
    };
    shop.app.enrol(shop.tenant, new).expect("they join").0.id
}

fn list(shop: &Shop, ask: &SuspicionAsk) -> Vec<Suspicion> {
    let page = PageAsk::default();
    let found = shop.app.suspicions(shop.tenant, ask, &page);
    found.expect("they are listed").items
}

fn open(shop: &Shop) -> Vec<Suspicion> {
    list(shop, &SuspicionAsk::default())
}

fn kinds(own: &Suspicion) -> Vec<&'static str> {
    own.signs.iter().map(|sign| sign.kind.name()).collect()
}

fn look(shop: &Shop) -> regulars_app::SuspicionsLooked {
    let looked = shop.app.look_for_suspicions(shop.tenant, &mut |_, _| true);
    looked.expect("it looks")
}

/// Purchases of 10 EUR, so many minutes apart.
fn buys(shop: &Shop, name: &str, (from, count, apart): (&str, i64, i64)) {
    let from: Timestamp = from.parse().expect("a moment");
    for number in 0..count {
        let at = from.plus_micros(number * apart * 60_000_000).to_string();
        shop.set(&at);
        shop.take(purchase(
            name,
            &format!("{name}-{from}-{number}"),
            &at,
            10_00,
        ));
    }
}

fn redeem(shop: &Shop, name: &str, id: &str) -> Verdict {
    let ask = Redeem {
        who: customer(name),
        reward: text("mug"),
        quantity: 1,
        order: None,
        commit: true,
        key: key(id),
    };
    let done = shop.app.redeem(shop.tenant, ask);
    done.expect("it can be asked for").1.verdict
}

fn is_on_hold(shop: &Shop, name: &str) -> bool {
    let own = shop.app.balances(shop.tenant, &customer(name), None);
    own.expect("they are known").on_hold.is_some()
}

fn too_many_purchases_are_held_and_taken_back(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let ana = enrol(&shop, "ana");
    enrol(&shop, "bo");
    shop.app.seal(shop.tenant).expect("it seals");
    shop.app.follow_suspicions(shop.tenant).expect("it begins");
    buys(&shop, "bo", ("2025-03-01T09:00:00Z", 5, 10));
    buys(&shop, "ana", ("2025-03-02T09:00:00Z", 14, 8));
    shop.app.seal(shop.tenant).expect("it seals");
    let looked = shop.app.follow_suspicions(shop.tenant).expect("it looks");
    assert_eq!((looked.opened, looked.held), (1, 1));
    // The same look again finds the same, and opens nothing.
    assert_eq!(look(&shop), Default::default());

    let found = open(&shop);
    let [own] = &found[..] else {
        panic!("one: {found:?}");
    };
    assert_eq!((&own.suspect, own.score), (&Suspect::Member(ana), 80));
    let said: Vec<String> = own.signs.iter().map(|sign| sign.text()).collect();
    assert_eq!(
        said,
        [
            "8 purchases in 1 hour per member; at most 5",
            "14 purchases in 1 day per member; at most 12",
        ]
    );
    assert!(is_on_hold(&shop, "ana") && !is_on_hold(&shop, "bo"));
    let refused = redeem(&shop, "ana", "r-1");
    assert!(
        matches!(refused, Verdict::Refused(Refusal::MemberOnHold { .. })),
        "{refused:?}"
    );

    // Three purchases are beyond five in the busiest hour, two beyond twelve in a day; each is taken back once.
    let mia = agent(&shop, "per_mia", None);
    let reverse = SuspicionRuling::Reverse {
        stays_on_hold: false,
    };
    let rule = |reason| shop.app.rule_suspicion(&mia, &own.id, (reverse, reason));
    assert!(matches!(rule(" "), Err(Error::Invalid(_))));
    let before = shop.available("ana");
    let ruled = rule("receipts picked up from the floor").expect("it is decided");
    let rows: BTreeSet<u64> = own
        .signs
        .iter()
        .flat_map(|sign| &sign.evidence)
        .map(|row| row.seq)
        .collect();
    let beyond = i64::try_from(rows.len()).expect("a few") * 10;
    assert!(beyond >= 30, "{rows:?}");
    let taken = &ruled.suspicion.taken[..];
    assert_eq!(
        (taken.len(), taken[0].amount, taken[0].state),
        (1, beyond, TakenState::Booked)
    );
    assert_eq!(shop.available("ana"), before - beyond);
    assert!(ruled.let_go && !is_on_hold(&shop, "ana"));
    // Said again, nothing is booked twice; said otherwise, it is refused.
    let again = rule("receipts picked up from the floor").expect("the same again");
    assert_eq!(again.suspicion, ruled.suspicion);
    assert_eq!(shop.available("ana"), before - beyond);
    let clear = (SuspicionRuling::Clear, "no");
    let other = shop.app.rule_suspicion(&mia, &own.id, clear);
    assert!(matches!(other, Err(Error::Invalid(_))), "{other:?}");
    assert!(open(&shop).is_empty());
    let reversed = SuspicionAsk {
        state: Some(SuspicionState::Reversed),
        ..SuspicionAsk::default()
    };
    assert_eq!(list(&shop, &reversed).len(), 1);
    shop.verified();
}

fn what_was_cleared_is_no_sign_until_more_is_done(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    enrol(&shop, "ana");
    buys(&shop, "ana", ("2025-03-02T09:00:00Z", 7, 1));
    assert_eq!(look(&shop).opened, 1);
    let own = open(&shop).remove(0);
    assert_eq!((own.score, own.held_at), (40, None));
    let mia = agent(&shop, "per_mia", None);
    let before = shop.available("ana");
    let clear = (SuspicionRuling::Clear, "a birthday party, she paid for all");
    let ruled = shop.app.rule_suspicion(&mia, &own.id, clear);
    assert!(ruled.expect("it is decided").suspicion.taken.is_empty());
    assert_eq!(shop.available("ana"), before);
    shop.set("2025-03-02T09:30:00Z");
    assert_eq!(look(&shop), Default::default());
    // One more is none of seven; a new party is.
    buys(&shop, "ana", ("2025-03-02T09:40:00Z", 1, 1));
    assert_eq!(look(&shop), Default::default());
    buys(&shop, "ana", ("2025-03-02T12:00:00Z", 6, 1));
    assert_eq!(look(&shop).opened, 1);
    shop.verified();
}

fn a_takeover_is_seen_before_points_leave(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let ana = enrol(&shop, "ana");
    let bo = enrol(&shop, "bo");
    for name in ["ana", "bo"] {
        let at = "2025-03-01T10:00:00Z";
        shop.take(purchase(name, &format!("o-{name}"), at, 20_000));
    }
    let identity = |kind: &str, value: &str| Identity {
        kind: text(kind),
        value: text(value),
    };
    let moved = |member, add: Vec<Identity>, remove: Vec<Identity>| {
        let patch = MemberPatch {
            add_identities: add,
            remove_identities: remove,
            attributes: BTreeMap::new(),
        };
        let done = shop.app.patch_member(shop.tenant, member, patch);
        done.expect("it is changed");
    };
    // Told for the first time is no change.
    for (member, own) in [(ana, "ana@example.com"), (bo, "bo@example.com")] {
        moved(member, vec![identity("email", own)], vec![]);
    }
    assert_eq!(redeem(&shop, "bo", "r-bo"), Verdict::Accepted);
    assert!(open(&shop).is_empty());

    shop.set("2025-04-01T10:00:00Z");
    let old = vec![identity("email", "ana@example.com")];
    moved(ana, vec![identity("email", "eve@example.com")], old);
    // Another address alone is looked at, and stops nobody.
    shop.set("2025-04-01T12:00:00Z");
    assert_eq!(redeem(&shop, "ana", "r-1"), Verdict::Accepted);
    let own = open(&shop).remove(0);
    assert_eq!((kinds(&own), own.held_at), (vec!["new_contact"], None));
    assert_eq!(
        own.signs[0].text(),
        "points leave 2 hours after an address, a telephone number or a card was changed; a sign within 48 hours"
    );
    // With a new device it comes to enough, and nothing leaves.
    for (device, at) in [
        ("Browser 1.0 (telephone)", "2025-03-05T10:00:00Z"),
        ("Browser 2.1 (telephone)", "2025-03-06T10:00:00Z"),
        ("Other 9 (desk)", "2025-04-01T12:10:00Z"),
    ] {
        shop.set(at);
        let noted = shop.app.note_sign_in(shop.tenant, ana, device);
        noted.expect("it is noted");
    }
    shop.set("2025-04-01T12:20:00Z");
    let refused = redeem(&shop, "ana", "r-2");
    assert!(
        matches!(refused, Verdict::Refused(Refusal::MemberOnHold { .. })),
        "{refused:?}"
    );
    let own = open(&shop).remove(0);
    assert_eq!(kinds(&own), ["new_contact", "new_device"]);
    assert!(own.held_at.is_some());
    // She called, and it was her: she is let go, and the same is no sign again.
    let mia = agent(&shop, "per_mia", None);
    let clear = (SuspicionRuling::Clear, "she called from her old number");
    let ruled = shop.app.rule_suspicion(&mia, &own.id, clear);
    assert!(ruled.expect("it is decided").let_go);
    shop.set("2025-04-01T12:30:00Z");
    assert_eq!(redeem(&shop, "ana", "r-3"), Verdict::Accepted);
    assert!(open(&shop).is_empty());
    shop.verified();
}

fn points_of_many_that_are_sent_to_one_are_a_sign(db: TestDb) {
    let shop = Shop::open(db, &format!("{CAFE}{SENDING}"));
    let eve = enrol(&shop, "eve");
    for number in 0..4 {
        let name = format!("puppet-{number}");
        enrol(&shop, &name);
        let at = format!("2025-03-02T1{number}:00:00Z");
        shop.set(&at);
        shop.take(purchase(&name, &format!("o-{number}"), &at, 30_00));
        let sent = TransferOut {
            to: eve,
            points: text("beans"),
            amount: 30,
        };
        let sent = event(
            who(&name),
            &format!("t-{number}"),
            &at,
            Kind::TransferOut(Box::new(sent)),
        );
        assert_eq!(shop.take(sent).verdict, Verdict::Accepted);
    }
    look(&shop);
    let own = open(&shop).remove(0);
    assert_eq!(
        (&own.suspect, kinds(&own)),
        (&Suspect::Member(eve), vec!["fan_in"])
    );
    assert_eq!(own.signs[0].others.len(), 4);
    let takes = shop
        .app
        .suspicion_takes(shop.tenant, &own)
        .expect("it is known");
    assert_eq!((takes[0].given, takes[0].amount), (120, 120));
    // What she has spent already is gone, and is not taken out of nothing.
    assert_eq!(redeem(&shop, "eve", "r"), Verdict::Accepted);
    let reverse = SuspicionRuling::Reverse {
        stays_on_hold: true,
    };
    let mia = agent(&shop, "per_mia", None);
    let ruled = shop
        .app
        .rule_suspicion(&mia, &own.id, (reverse, "four puppets"));
    let taken = ruled.expect("it is decided").suspicion.taken;
    assert_eq!((taken[0].given, taken[0].amount), (120, 70));
    assert_eq!(shop.available("eve"), 0);
    shop.verified();
}

fn orders_that_come_back_after_their_points_are_spent_are_a_sign(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    enrol(&shop, "eve");
    for day in 2..4 {
        let at = format!("2025-03-0{day}T10:00:00Z");
        shop.set(&at);
        let order = format!("o-{day}");
        shop.take(purchase("eve", &order, &at, 11_000));
        redeem(&shop, "eve", &format!("r-{day}"));
        redeem(&shop, "eve", &format!("s-{day}"));
        let back = refund(who("eve"), &format!("b-{day}"), &order, &at, Refunded::Rest);
        shop.take(back);
    }
    look(&shop);
    let own = open(&shop).remove(0);
    assert_eq!(kinds(&own), ["owing"]);
    assert_eq!(own.signs[0].figure("times"), 2);
    shop.verified();
}

fn gives(shop: &Shop, (name, id): (&str, &str), (by, amount): (&str, i64)) {
    let given = Adjustment {
        points: text("beans"),
        amount,
        reason: text("goodwill"),
        by: text(by),
    };
    let done = shop
        .app
        .adjust(shop.tenant, &customer(name), given, key(id));
    assert_eq!(done.expect("it is given").verdict, Verdict::Accepted);
}

fn an_agent_who_gives_to_themselves_is_found_and_cannot_decide(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let cem = enrol(&shop, "cem");
    enrol(&shop, "ana");
    let role = shop
        .app
        .roles(shop.tenant)
        .expect("there are some")
        .remove(0);
    let new = NewPerson {
        email: "cem@example.com".into(),
        name: "Cem".into(),
        roles: vec![role.id],
        partner: None,
    };
    let person = shop
        .app
        .invite(shop.tenant, new)
        .expect("he is invited")
        .person;
    let patch = MemberPatch {
        add_identities: vec![Identity {
            kind: text("email"),
            value: text("cem@example.com"),
        }],
        remove_identities: vec![],
        attributes: BTreeMap::new(),
    };
    shop.app
        .patch_member(shop.tenant, cem, patch)
        .expect("it is his");
    let by = format!("Cem ({})", person.id);
    gives(&shop, ("ana", "g-0"), (&by, 5));
    gives(&shop, ("cem", "g-1"), (&by, 500));
    look(&shop);
    let found = open(&shop);
    let own = &found[0];
    assert_eq!(
        (&own.suspect, kinds(own), own.name.as_str()),
        (
            &Suspect::Agent(person.id.clone()),
            vec!["own_points"],
            "Cem"
        )
    );
    let reverse = SuspicionRuling::Reverse {
        stays_on_hold: false,
    };
    let himself = agent(&shop, &person.id, None);
    let refused = shop
        .app
        .rule_suspicion(&himself, &own.id, (SuspicionRuling::Clear, "fine"));
    assert!(
        matches!(refused, Err(Error::SecondPerson(_))),
        "{refused:?}"
    );
    let mia = agent(&shop, "per_mia", None);
    let ruled = shop
        .app
        .rule_suspicion(&mia, &own.id, (reverse, "his own card"));
    assert_eq!(ruled.expect("it is decided").suspicion.taken[0].amount, 500);
    assert_eq!((shop.available("cem"), shop.available("ana")), (0, 5));
    shop.verified();
}

fn what_is_more_than_somebody_may_adjust_waits_for_a_second_person(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    enrol(&shop, "ana");
    for number in 0..6 {
        gives(&shop, ("ana", &format!("g-{number}")), ("Bo (per_bo)", 100));
    }
    look(&shop);
    let own = open(&shop).remove(0);
    assert_eq!(kinds(&own), ["same_members"]);
    let junior = agent(&shop, "per_junior", Some(50));
    let reverse = SuspicionRuling::Reverse {
        stays_on_hold: false,
    };
    let ruled = shop
        .app
        .rule_suspicion(&junior, &own.id, (reverse, "always to Ana"));
    let taken = ruled.expect("it is decided").suspicion.taken;
    assert_eq!((taken[0].amount, taken[0].state), (600, TakenState::Waits));
    assert_eq!(shop.available("ana"), 600);
    let page = PageAsk::default();
    let waits = shop
        .app
        .held_adjustments(shop.tenant, Some(HeldState::Waiting), &page);
    let waits = waits.expect("they are listed").items;
    assert_eq!((waits.len(), waits[0].amount), (1, -600));
    let boss = agent(&shop, "per_boss", None);
    shop.app
        .approve_adjustment(&boss, &waits[0].id)
        .expect("a second person");
    assert_eq!(shop.available("ana"), 0);
    shop.verified();
}

fn friends_who_share_a_device_and_never_come_back_are_signs(db: TestDb) {
    let shop = Shop::open(db, &format!("{CAFE}{SENDING}"));
    let eve = enrol(&shop, "eve");
    let mark = Mark {
        kind: MarkKind::Device,
        hash: 7,
    };
    for number in 0..5 {
        let (name, day) = (format!("friend-{number}"), number + 2);
        let at = format!("2025-03-{day:02}T10:00:00Z");
        shop.set(&at);
        let came = SignUp {
            touches: vec![Touch {
                referrer: eve,
                at: at.parse().expect("a moment"),
            }],
            marks: vec![mark],
        };
        shop.take(event(
            who(&name),
            &format!("s-{number}"),
            &at,
            Kind::SignUp(Box::new(came)),
        ));
        shop.take(purchase(&name, &format!("f-{number}"), &at, 10_00));
    }
    look(&shop);
    let shared = SuspicionAsk {
        sign: Some(SignKind::SharedMark),
        ..SuspicionAsk::default()
    };
    let found = list(&shop, &shared);
    assert_eq!(found.len(), 5);
    assert_eq!(
        found[0].signs[0].text(),
        "5 members who earn have the same device; at most 3"
    );
    // A family: said once, it is no sign again, though they go on buying.
    let mia = agent(&shop, "per_mia", None);
    for own in &found {
        let clear = (SuspicionRuling::Clear, "a family with one telephone");
        shop.app
            .rule_suspicion(&mia, &own.id, clear)
            .expect("it is decided");
    }
    shop.set("2025-03-20T10:00:00Z");
    shop.take(purchase("friend-0", "f-x", "2025-03-20T10:00:00Z", 10_00));
    look(&shop);
    assert!(list(&shop, &shared).is_empty());
    // Two months later four of five have not come back.
    shop.set("2025-05-20T10:00:00Z");
    let rules = SuspicionRules {
        signs: BTreeMap::from([(
            SignKind::IdleFriends,
            SignRule {
                limit: 3,
                weight: 40,
            },
        )]),
        ..SuspicionRules::default()
    };
    let set = shop.app.set_suspicion_rules(shop.tenant, rules);
    set.expect("they make sense");
    look(&shop);
    let own = open(&shop).remove(0);
    assert_eq!(
        (&own.suspect, kinds(&own)),
        (&Suspect::Member(eve), vec!["idle_friends"])
    );
    assert_eq!(
        own.signs[0].text(),
        "4 of 5 friends who were sent bought no second time; at most 3"
    );
    shop.verified();
}

fn a_seller_at_whom_a_member_buys_all_is_a_sign(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    for (name, seller) in [("ana", ["kim", "lee"]), ("eve", ["kim", "kim"])] {
        enrol(&shop, name);
        for number in 0_usize..15 {
            let at = format!("2025-03-{:02}T10:00:00Z", number + 2);
            shop.set(&at);
            let mut own = purchase(name, &format!("{name}-{number}"), &at, 10_00);
            if let Kind::Purchase(own) = &mut own.event.kind {
                own.staff = text(seller[number % 2]);
            }
            shop.take(own);
        }
    }
    look(&shop);
    let found = open(&shop);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].signs[0].text(),
        "15 of 15 purchases were sold by kim; at most 14"
    );
    shop.verified();
}

fn who_guesses_codes_stands_in_the_queue(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    for _ in 0..2 {
        let noted = shop
            .app
            .note_guesses(shop.tenant, ("key_web", "the web shop"), 30);
        noted.expect("it is noted");
    }
    let found = open(&shop);
    assert_eq!((found.len(), found[0].name.as_str()), (1, "the web shop"));
    assert_eq!(
        found[0].signs[0].text(),
        "tried 30 codes in a minute that do not exist"
    );
    let mia = agent(&shop, "per_mia", None);
    let clear = (SuspicionRuling::Clear, "a faulty import at the web shop");
    let ruled = shop.app.rule_suspicion(&mia, &found[0].id, clear);
    assert!(!ruled.expect("it is decided").let_go);
    // Whoever does it again is seen again.
    let noted = shop
        .app
        .note_guesses(shop.tenant, ("key_web", "the web shop"), 30);
    noted.expect("it is noted");
    assert_eq!(open(&shop).len(), 1);
}

fn rules_that_make_no_sense_are_refused_all_at_once(db: TestDb) {
    let shop = Shop::open(db, CAFE);
    let mut rules = SuspicionRules {
        review_from: 60,
        hold_from: 50,
        days: 0,
        ..SuspicionRules::default()
    };
    rules.paces[0].most = 0;
    rules.paces[1].weight = 0;
    rules.signs.insert(
        SignKind::Ring,
        SignRule {
            limit: -1,
            weight: 101,
        },
    );
    let Err(Error::Invalid(faults)) = shop.app.set_suspicion_rules(shop.tenant, rules) else {
        panic!("they are refused");
    };
    let at: Vec<String> = faults.iter().map(|own| own.at.to_string()).collect();
    for wrong in [
        "/hold_from",
        "/days",
        "/paces/0/most",
        "/paces/1/weight",
        "/signs/ring/limit",
        "/signs/ring/weight",
    ] {
        assert!(at.iter().any(|own| own == wrong), "{wrong} in {at:?}");
    }
    // Switched off, nothing is looked for.
    let off = SuspicionRules {
        on: false,
        ..SuspicionRules::default()
    };
    shop.app
        .set_suspicion_rules(shop.tenant, off)
        .expect("they make sense");
    enrol(&shop, "ana");
    buys(&shop, "ana", ("2025-03-02T09:00:00Z", 20, 1));
    assert_eq!(look(&shop), Default::default());
    assert!(open(&shop).is_empty());
}

fn points_that_are_not_free_yet_are_taken_when_they_are(db: TestDb) {
    let waits = CAFE.replace("expires = ", "pending = \"14 days\"\nexpires = ");
    let shop = Shop::open(db, &waits);
    enrol(&shop, "eve");
    buys(&shop, "eve", ("2025-03-01T10:00:00Z", 5, 60));
    buys(&shop, "eve", ("2025-03-10T10:00:00Z", 12, 2));
    look(&shop);
    let own = open(&shop).remove(0);
    // The five of the beginning are free in five days, the rest nine days later.
    shop.set("2025-03-16T10:00:00Z");
    assert_eq!(shop.available("eve"), 50);
    let reverse = SuspicionRuling::Reverse {
        stays_on_hold: false,
    };
    let mia = agent(&shop, "per_mia", None);
    let ruled = shop
        .app
        .rule_suspicion(&mia, &own.id, (reverse, "picked up"));
    let taken = ruled.expect("it is decided").suspicion.taken;
    assert_eq!(
        (
            taken[0].given,
            taken[0].amount,
            taken[0].later,
            taken[0].state
        ),
        (70, 50, 20, TakenState::Later)
    );
    assert_eq!(shop.available("eve"), 0);
    let state = || {
        let own = shop
            .app
            .suspicion(shop.tenant, &own.id)
            .expect("it is there");
        (own.taken[0].amount, own.taken[0].later, own.taken[0].state)
    };
    assert_eq!(
        shop.app.take_later(shop.tenant).expect("nothing is free"),
        1
    );
    assert_eq!(state(), (50, 20, TakenState::Later));
    // She is faster than the server: what is to be taken is taken before she spends.
    shop.set("2025-03-25T10:00:00Z");
    assert_eq!(shop.available("eve"), 120);
    assert_eq!(redeem(&shop, "eve", "r-1"), Verdict::Accepted);
    assert_eq!(state(), (70, 0, TakenState::Booked));
    assert_eq!(shop.available("eve"), 50);
    assert_eq!(shop.app.take_later(shop.tenant).expect("it is done"), 0);
    assert_eq!(shop.available("eve"), 50);
    shop.verified();
}

/// Two years of the demo shop: whatever is raised there is a false alarm. The looks are as a server does them, night
/// by night over the last months.
fn an_honest_shop_raises_nothing(db: TestDb) {
    let today = moment("2026-03-01T09:00:00Z");
    let tenant = demo(&db, 7, today).tenant.id;
    let (app, clock) = app(&db, |config| config);
    let mut alarms = Vec::new();
    for days_ago in (0..240).step_by(15) {
        let then = today.plus_micros(-days_ago * 86_400_000_000);
        clock.store(then.micros(), Ordering::SeqCst);
        app.look_for_suspicions(tenant, &mut |_, _| true)
            .expect("it looks");
        let page = PageAsk::default();
        let found = app.suspicions(tenant, &SuspicionAsk::default(), &page);
        alarms = found.expect("they are listed").items;
    }
    let said: Vec<String> = alarms
        .iter()
        .flat_map(|own| {
            own.signs
                .iter()
                .map(|sign| format!("{}: {}", own.suspect.id(), sign.text()))
        })
        .collect();
    assert!(said.is_empty(), "{said:#?}");
}
