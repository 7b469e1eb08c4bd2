//! Each sign on deeds that were planted, its neighbour that is none, and what holds for any deeds.

use proptest::prelude::*;
use regulars_base::{MemberId, Name, Text, Timestamp};
use regulars_engage::suspicion::{
    Deed, DeedKind, Door, Pace, PaceOf, PacePer, ShopLook, Sign, SignKind, SignRule, Suspect,
    SuspicionRules, given, score, signs_of_member, takeover_signs,
};
use regulars_engine::state::{Mark, MarkKind};
use std::collections::{BTreeMap, BTreeSet};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
const BEANS: Name = Name::of("beans");

fn member(number: u8) -> MemberId {
    MemberId::from_bytes([number; 16])
}

fn text(text: &str) -> Text {
    Text::new(text).expect("a test's text is short")
}

/// Something that a member did, so many minutes after the beginning, which gave ten.
fn deed(who: u8, minute: i64, kind: DeedKind) -> Deed {
    let at = Timestamp::from_micros(400 * DAY + minute * MINUTE);
    let gives = !matches!(
        kind,
        DeedKind::Redeemed
            | DeedKind::Sent { .. }
            | DeedKind::Refunded { .. }
            | DeedKind::CameBy { .. }
    );
    Deed {
        member: member(who),
        seq: u64::try_from(minute).expect("it is later") + 1,
        at,
        recorded_at: at,
        gave: if gives { vec![(BEANS, 10)] } else { Vec::new() },
        took: Vec::new(),
        spent: if kind == DeedKind::Redeemed { 10 } else { 0 },
        owes: false,
        kind,
    }
}

fn bought(who: u8, minute: i64, (store, seller): (&str, &str)) -> Deed {
    let kind = DeedKind::Bought {
        order: format!("till/{who}-{minute}"),
        store: text(store),
        seller: text(seller),
    };
    deed(who, minute, kind)
}

fn back(who: u8, minute: i64, of: i64) -> Deed {
    let kind = DeedKind::Refunded {
        order: format!("till/{who}-{of}"),
    };
    Deed {
        took: vec![(BEANS, 10)],
        ..deed(who, minute, kind)
    }
}

fn names(signs: &[Sign]) -> Vec<&'static str> {
    signs.iter().map(|own| own.kind.name()).collect()
}

fn of_member(deeds: &[Deed]) -> Vec<&'static str> {
    names(&signs_of_member(&SuspicionRules::default(), deeds))
}

fn of_shop(
    rules: &SuspicionRules,
    deeds: Vec<Deed>,
    own: &BTreeMap<String, BTreeSet<MemberId>>,
) -> Vec<(Suspect, Sign)> {
    let (done, last) = (BTreeMap::new(), deeds.iter().map(|own| own.at).max());
    let now = last.expect("something was done").plus_micros(MINUTE);
    let mut look = ShopLook::new(rules, now, &done);
    deeds.into_iter().for_each(|deed| look.take(deed));
    look.finish(own)
}

fn found(all: &[(Suspect, Sign)]) -> Vec<(String, &'static str)> {
    let short = |own: &Suspect| match own {
        Suspect::Member(own) => own.bytes()[0].to_string(),
        other => other.id(),
    };
    let mut found: Vec<_> = all
        .iter()
        .map(|own| (short(&own.0), own.1.kind.name()))
        .collect();
    found.sort();
    found
}

#[test]
fn what_one_member_did_is_a_sign_from_its_limit_on() {
    let buys = |count: i64, apart: i64| -> Vec<Deed> {
        (0..count)
            .map(|own| bought(1, own * apart, ("", "")))
            .collect()
    };
    assert!(of_member(&buys(5, 1)).is_empty() && of_member(&buys(12, 60)).is_empty());
    assert_eq!(of_member(&buys(6, 1)), ["pace"]);
    assert_eq!(of_member(&buys(13, 60)), ["pace"]);
    // The sixth is an hour after the first: five are in any hour.
    assert!(of_member(&buys(6, 12)).is_empty());

    let got = |from: u8, minute| deed(1, minute, DeedKind::Got { from: member(from) });
    let fan = |count: u8| -> Vec<Deed> {
        (0..count)
            .map(|own| got(own + 10, i64::from(own)))
            .collect()
    };
    assert!(of_member(&fan(3)).is_empty());
    assert_eq!(of_member(&fan(4)), ["fan_in"]);
    // The same one four times is one.
    assert!(of_member(&(0..4).map(|own| got(9, own)).collect::<Vec<_>>()).is_empty());

    let washed = |times: i64| -> Vec<Deed> {
        let round = |own: i64| {
            let at = own * 3000;
            [
                bought(1, at, ("", "")),
                got(9, at + 1),
                deed(1, at + 2, DeedKind::Redeemed),
                back(1, at + 3, at),
            ]
        };
        (0..times).flat_map(round).collect()
    };
    assert!(of_member(&washed(1)).is_empty());
    assert_eq!(of_member(&washed(2)), ["laundering"]);

    let owing = |times: i64| -> Vec<Deed> {
        let one = |own: i64| Deed {
            owes: true,
            ..back(1, own * 2000, own)
        };
        (0..times).map(one).collect()
    };
    assert!(of_member(&owing(1)).is_empty());
    assert_eq!(of_member(&owing(2)), ["owing"]);

    let sold = |by: &[&str]| -> Vec<Deed> {
        let each = by.iter().enumerate();
        each.map(|(own, by)| bought(1, own as i64 * 2000, ("", by)))
            .collect()
    };
    assert!(of_member(&sold(&["kim"; 14])).is_empty());
    assert_eq!(of_member(&sold(&["kim"; 15])), ["same_seller"]);
    let half: Vec<&str> = (0..20)
        .map(|own| if own < 15 { "kim" } else { "lee" })
        .collect();
    assert!(of_member(&sold(&half)).is_empty());
}

#[test]
fn what_came_back_is_not_taken_twice() {
    let mut deeds: Vec<Deed> = (0..8).map(|own| bought(1, own, ("", ""))).collect();
    deeds.push(back(1, 9, 7));
    let signs = signs_of_member(&SuspicionRules::default(), &deeds);
    assert_eq!(names(&signs), ["pace"]);
    // Three are beyond five; of one nothing is left.
    assert_eq!(given(&signs), BTreeMap::from([((member(1), BEANS), 20)]));
}

#[test]
fn what_all_did_together_is_a_sign_from_its_limit_on() {
    let rules = SuspicionRules::default();
    let none = BTreeMap::new();
    let mark = Mark {
        kind: MarkKind::Device,
        hash: 1,
    };
    let shares = |count: u8| -> Vec<Deed> {
        let one = |own: u8| {
            [
                deed(own, 0, DeedKind::Marked(vec![mark])),
                bought(own, 1, ("", "")),
            ]
        };
        (1..=count).flat_map(one).collect()
    };
    assert!(of_shop(&rules, shares(3), &none).is_empty());
    assert_eq!(of_shop(&rules, shares(4), &none).len(), 4);
    // What an office full of people has says nothing of anybody.
    assert!(of_shop(&rules, shares(40), &none).is_empty());

    let came = |who: u8, by: u8, minute| {
        let referrer = member(by);
        deed(
            who,
            minute,
            DeedKind::CameBy {
                referrer,
                marks: Vec::new(),
            },
        )
    };
    let ring = vec![came(1, 2, 0), came(2, 3, 0), came(3, 1, 0), came(4, 1, 0)];
    let rings = of_shop(&rules, ring, &none);
    assert_eq!(
        found(&rings),
        [
            ("1".into(), "ring"),
            ("2".into(), "ring"),
            ("3".into(), "ring")
        ]
    );
    assert!(of_shop(&rules, vec![came(1, 2, 0), came(2, 3, 0)], &none).is_empty());

    let late = 60 * 24 * 60;
    let sent = |idle: u8| -> Vec<Deed> {
        let mut all: Vec<Deed> = Vec::new();
        for own in 10..16 {
            all.push(came(own, 1, 0));
            all.push(bought(own, 1, ("", "")));
            if own >= 10 + idle {
                all.push(bought(own, 2000, ("", "")));
            }
        }
        all.push(bought(200, late, ("", "")));
        all
    };
    assert!(of_shop(&rules, sent(4), &none).is_empty());
    assert_eq!(
        found(&of_shop(&rules, sent(5), &none)),
        [("1".into(), "idle_friends")]
    );
    // Who came last week may come back.
    let young: Vec<Deed> = (10..16).map(|own| came(own, 1, 0)).collect();
    assert!(of_shop(&rules, young, &none).is_empty());

    let gives = |to: &[u8]| -> Vec<Deed> {
        let by = || "per_bo".to_owned();
        let each = to.iter().enumerate();
        each.map(|(own, to)| deed(*to, own as i64, DeedKind::Given { by: by() }))
            .collect()
    };
    let own = BTreeMap::from([("per_bo".to_owned(), BTreeSet::from([member(9)]))]);
    assert_eq!(
        found(&of_shop(&rules, gives(&[1, 9]), &own)),
        [("per_bo".into(), "own_points")]
    );
    assert!(of_shop(&rules, gives(&[1, 1, 1, 2, 2]), &none).is_empty());
    assert_eq!(
        found(&of_shop(&rules, gives(&[1, 1, 1, 2, 2, 2]), &none)),
        [("per_bo".into(), "same_members")]
    );
    assert!(of_shop(&rules, gives(&[1, 2, 3, 4, 5, 6, 7, 8]), &none).is_empty());
}

#[test]
fn stores_and_sellers_have_paces_of_their_own_where_a_merchant_says_so() {
    let pace = |per| Pace {
        of: PaceOf::Purchases,
        per,
        minutes: 10,
        most: 3,
        weight: 50,
    };
    let rules = SuspicionRules {
        paces: vec![pace(PacePer::Store), pace(PacePer::Seller)],
        ..SuspicionRules::default()
    };
    let all = (1..=4).map(|own| {
        bought(
            own,
            i64::from(own),
            ("mitte", if own < 4 { "kim" } else { "lee" }),
        )
    });
    let signs = of_shop(&rules, all.collect(), &BTreeMap::new());
    assert_eq!(found(&signs), [("mitte".into(), "pace")]);
    assert_eq!(
        signs[0].1.text(),
        "4 purchases in 10 minutes per store; at most 3"
    );
    assert_eq!(signs[0].1.others.len(), 4);
}

#[test]
fn a_takeover_is_a_device_that_was_not_seen_and_a_new_address() {
    let rules = SuspicionRules::default();
    let at = |hours: i64| Timestamp::from_micros(400 * DAY + hours * 60 * MINUTE);
    let mut door = Door::default();
    assert!(door.signed_in(1, at(0)) && !door.signed_in(1, at(1)));
    assert!(takeover_signs(&rules, &door, at(2), None).is_empty());
    door.signed_in(2, at(10));
    let seen = |door: &Door, hour, since| names(&takeover_signs(&rules, door, at(hour), since));
    assert_eq!(seen(&door, 11, None), ["new_device"]);
    assert!(seen(&door, 58, None).is_empty() && seen(&door, 11, Some(at(10))).is_empty());
    door.contact_changed = Some(at(11));
    let signs = takeover_signs(&rules, &door, at(12), None);
    assert_eq!(names(&signs), ["new_device", "new_contact"]);
    assert!(score(&signs) >= rules.hold_from);
    for device in 3..30 {
        door.signed_in(device, at(20));
    }
    assert!(door.devices.len() <= 8);
}

#[test]
fn what_weighs_nothing_and_what_is_switched_off_is_no_sign() {
    let deeds: Vec<Deed> = (0..4)
        .map(|own| {
            deed(
                1,
                own.into(),
                DeedKind::Got {
                    from: member(own + 10),
                },
            )
        })
        .collect();
    let light = SignRule {
        limit: 3,
        weight: 0,
    };
    let rules = SuspicionRules {
        signs: BTreeMap::from([(SignKind::FanIn, light)]),
        ..SuspicionRules::default()
    };
    assert!(signs_of_member(&rules, &deeds).is_empty());
    let off = SuspicionRules {
        on: false,
        ..SuspicionRules::default()
    };
    let fast: Vec<Deed> = (0..50).map(|own| bought(1, own, ("", ""))).collect();
    assert!(signs_of_member(&off, &deeds).is_empty() && signs_of_member(&off, &fast).is_empty());
}

fn some() -> impl Strategy<Value = Vec<Deed>> {
    let one = (0_i64..4000, 0_u8..5).prop_map(|(minute, kind)| match kind {
        0 | 1 => bought(1, minute, ("mitte", "kim")),
        2 => deed(
            1,
            minute,
            DeedKind::Got {
                from: member(minute as u8),
            },
        ),
        3 => deed(1, minute, DeedKind::Redeemed),
        _ => back(1, minute, minute - 1),
    });
    prop::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn signs_are_the_same_in_any_order_and_take_no_more_than_was_given(
        deeds in some(),
        turned in any::<prop::sample::Index>(),
    ) {
        let rules = SuspicionRules::default();
        // A row is there once.
        let rows: BTreeMap<u64, Deed> = deeds.into_iter().map(|own| (own.seq, own)).collect();
        let mut deeds: Vec<Deed> = rows.into_values().collect();
        let signs = signs_of_member(&rules, &deeds);
        let came: i64 = deeds.iter().flat_map(|own| &own.gave).map(|own| own.1).sum();
        let taken: i64 = given(&signs).values().sum();
        prop_assert!(taken <= came);
        for sign in signs.iter().filter(|own| own.kind == SignKind::Pace) {
            prop_assert!(sign.figure("count") > sign.figure("most"));
            let beyond = sign.figure("count") - sign.figure("most");
            prop_assert!(sign.evidence.len() as i64 <= beyond);
        }
        if !deeds.is_empty() {
            let at = turned.index(deeds.len());
            deeds.rotate_left(at);
        }
        prop_assert_eq!(signs, signs_of_member(&rules, &deeds));
    }
}
