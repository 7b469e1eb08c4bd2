//! Personal offers: chosen once in a round, taken once and within the budget, settled once, and learned from.

use crate::world::{open, shop};
use regulars_base::{Timestamp, WalletId};
use regulars_store::{
    BoughtOf, BoughtRow, OfferChoice, OfferKey, OfferKnown, OfferOutcome, OfferStage, OfferTaking,
    Store,
};
use regulars_testkit::{TestDb, member, on_both};

on_both! {
    an_offer_is_chosen_once_in_a_round_and_listed_by_member_and_by_set,
    an_offer_is_taken_once_while_it_stands_and_never_by_whoever_is_held_out,
    a_budget_pays_no_more_than_it_has_and_has_again_what_was_refused,
    what_came_of_an_offer_is_counted_once_and_learned_of_those_who_saw_it,
    whoever_was_chosen_for_is_compared_from_their_first_round_on,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn wallet(n: u64) -> WalletId {
    WalletId::from_bytes(*member(n).bytes())
}

fn key(n: u64, set: &str, round: u32) -> OfferKey {
    OfferKey {
        wallet: wallet(n),
        set: set.into(),
        round,
    }
}

/// What was chosen for the member of this number: it stands from second 10 to second 20.
fn choice(n: u64, set: &str, round: u32) -> OfferChoice {
    OfferChoice {
        key: key(n, set, round),
        cell: "gold".into(),
        offer: "coffee".into(),
        number: 700_000,
        among: r#"[{"offer":"coffee"}]"#.into(),
        held_out: false,
        chosen_at: at(10),
        seq: 3,
        until: at(20),
        stage: OfferStage::Open,
        cost: 0,
        taken_at: None,
        reason: String::new(),
        orders: None,
        spent: None,
    }
}

fn add(store: &mut dyn Store, choices: &[OfferChoice]) {
    for own in choices {
        assert!(store.add_offer_choice(shop(), own).unwrap());
    }
}

fn an_offer_is_chosen_once_in_a_round_and_listed_by_member_and_by_set(db: TestDb) {
    let mut store = open(&db);
    let other = OfferChoice {
        offer: "mug".into(),
        ..choice(1, "spring", 1)
    };
    let settled = OfferChoice {
        stage: OfferStage::Taken,
        cost: 250,
        taken_at: Some(at(12)),
        orders: Some(2),
        spent: Some(-300),
        ..choice(2, "spring", 1)
    };
    let all = [
        choice(1, "spring", 1),
        choice(1, "spring", 2),
        settled.clone(),
        choice(1, "autumn", 1),
    ];
    add(&mut *store, &all);
    assert!(!store.add_offer_choice(shop(), &other).unwrap());
    let own = store.offer_choices_of(shop(), wallet(1), 9).unwrap();
    assert_eq!(own, [all[1].clone(), all[0].clone(), all[3].clone()]);
    let first = store.offer_choices(shop(), ("spring", None), 2).unwrap();
    assert_eq!(first, all[..2]);
    let after = Some((wallet(1), 2));
    let rest = store.offer_choices(shop(), ("spring", after), 2).unwrap();
    assert_eq!(rest, [settled]);
}

fn an_offer_is_taken_once_while_it_stands_and_never_by_whoever_is_held_out(db: TestDb) {
    let mut store = open(&db);
    let held_out = OfferChoice {
        held_out: true,
        ..choice(2, "spring", 1)
    };
    add(&mut *store, &[choice(1, "spring", 1), held_out]);
    let mut take = |n: u64, second: i64| {
        let how = (100, 1000, at(second));
        store.take_offer(shop(), &key(n, "spring", 1), how).unwrap()
    };
    assert_eq!(take(1, 20), OfferTaking::NotOpen, "its time is over");
    assert_eq!(take(2, 15), OfferTaking::NotOpen, "it was shown to nobody");
    assert_eq!(take(3, 15), OfferTaking::NotOpen, "nothing was chosen");
    assert_eq!(take(1, 15), OfferTaking::Begun);
    assert_eq!(take(1, 15), OfferTaking::NotOpen, "once");
    assert_eq!(store.offers_to_book(shop(), at(14), 9).unwrap(), []);
    let waiting = store.offers_to_book(shop(), at(15), 9).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (waiting[0].stage, waiting[0].cost, waiting[0].taken_at),
        (OfferStage::Taking, 100, Some(at(15)))
    );
    let own = key(1, "spring", 1);
    assert!(store.settle_offer_taking(shop(), &own, None).unwrap());
    assert!(!store.settle_offer_taking(shop(), &own, None).unwrap());
    let taken = store.offer_choices_of(shop(), wallet(1), 1).unwrap();
    assert_eq!((taken[0].stage, taken[0].cost), (OfferStage::Taken, 100));
    assert_eq!(store.offers_to_book(shop(), at(99), 9).unwrap(), []);
}

fn a_budget_pays_no_more_than_it_has_and_has_again_what_was_refused(db: TestDb) {
    let mut store = open(&db);
    let all: Vec<_> = (1..=3).map(|n| choice(n, "spring", 1)).collect();
    add(&mut *store, &all);
    let take = |store: &mut dyn Store, n: u64| {
        let how = (400, 1000, at(15));
        store.take_offer(shop(), &key(n, "spring", 1), how).unwrap()
    };
    assert_eq!(store.offer_budget(shop(), "spring").unwrap(), 0);
    assert_eq!(take(&mut *store, 1), OfferTaking::Begun);
    assert_eq!(take(&mut *store, 2), OfferTaking::Begun);
    assert_eq!(take(&mut *store, 3), OfferTaking::BudgetSpent);
    assert_eq!(store.offer_budget(shop(), "spring").unwrap(), 800);
    let refused = Some("out_of_stock");
    let second = key(2, "spring", 1);
    assert!(store.settle_offer_taking(shop(), &second, refused).unwrap());
    assert_eq!(store.offer_budget(shop(), "spring").unwrap(), 400);
    let own = store.offer_choices_of(shop(), wallet(2), 1).unwrap();
    assert_eq!(
        (own[0].stage, own[0].cost, own[0].reason.as_str()),
        (OfferStage::Refused, 0, "out_of_stock")
    );
    assert_eq!(take(&mut *store, 3), OfferTaking::Begun);
    assert_eq!(store.offer_budget(shop(), "spring").unwrap(), 800);
    assert_eq!(store.offer_budget(shop(), "autumn").unwrap(), 0);
}

fn what_came_of_an_offer_is_counted_once_and_learned_of_those_who_saw_it(db: TestDb) {
    let mut store = open(&db);
    let held_out = OfferChoice {
        held_out: true,
        ..choice(3, "spring", 1)
    };
    let silver = OfferChoice {
        cell: "silver".into(),
        until: at(30),
        ..choice(4, "spring", 1)
    };
    let all = [
        choice(1, "spring", 1),
        choice(2, "spring", 1),
        held_out,
        silver,
    ];
    add(&mut *store, &all);
    assert_eq!(store.offers_to_settle(shop(), at(19), 9).unwrap(), []);
    let due = store.offers_to_settle(shop(), at(20), 9).unwrap();
    assert_eq!(due.len(), 3);
    let outcome = |n: u64, orders: u32| OfferOutcome {
        key: key(n, "spring", 1),
        orders,
        spent: i64::from(orders) * 500,
    };
    let outcomes = [outcome(1, 2), outcome(2, 0), outcome(3, 1)];
    assert_eq!(store.settle_offers(shop(), &outcomes).unwrap(), 3);
    assert_eq!(store.settle_offers(shop(), &outcomes).unwrap(), 0);
    assert_eq!(store.settle_offers(shop(), &[outcome(4, 1)]).unwrap(), 1);
    assert_eq!(store.offers_to_settle(shop(), at(99), 9).unwrap(), []);
    let known = |cell: &str, brought: u64, did_not: u64| OfferKnown {
        cell: cell.into(),
        offer: "coffee".into(),
        brought,
        did_not,
    };
    let learned = store.offer_known(shop(), "spring").unwrap();
    assert_eq!(learned, [known("gold", 1, 1), known("silver", 1, 0)]);
    assert_eq!(store.offer_known(shop(), "autumn").unwrap(), []);
    let own = store.offer_choices_of(shop(), wallet(1), 1).unwrap();
    assert_eq!((own[0].orders, own[0].spent), (Some(2), Some(1000)));
}

fn whoever_was_chosen_for_is_compared_from_their_first_round_on(db: TestDb) {
    let mut store = open(&db);
    let later = OfferChoice {
        chosen_at: at(30),
        ..choice(1, "spring", 2)
    };
    let held_out = OfferChoice {
        held_out: true,
        ..choice(2, "spring", 1)
    };
    let all = [
        choice(1, "spring", 1),
        later,
        held_out,
        choice(3, "autumn", 1),
    ];
    add(&mut *store, &all);
    let row = |n: u64, held_out: bool| BoughtRow {
        wallet: wallet(n),
        came_at: Some(at(10)),
        joined_on: None,
        held_out,
        portrait: None,
    };
    let of = BoughtOf::Offers("spring".into());
    let first = store.bought(shop(), &of, None, 1).unwrap();
    assert_eq!(first, [row(1, false)]);
    let rest = store.bought(shop(), &of, Some(wallet(1)), 9).unwrap();
    assert_eq!(rest, [row(2, true)]);
}
