//! What is older than it is kept goes, in parts, and nothing else does.

use crate::world::{open, shop};
use regulars_base::Timestamp;
use regulars_store::Aging;
use regulars_testkit::{TestDb, on_both};

on_both! {
    messages_are_emptied_once_they_went,
    words_of_surveys_go_and_numbers_stay,
    addresses_go_once_the_reward_came,
}

const DAY: i64 = 100;

fn before() -> Timestamp {
    Timestamp::from_micros(DAY)
}

/// How many are old, how many go in parts of two, and how many are old then.
fn let_go(db: &TestDb, what: Aging) -> (u64, Vec<u64>, u64) {
    let mut store = open(db);
    let old = store.count_aged(shop(), what, before()).unwrap();
    let mut parts = Vec::new();
    loop {
        let part = store.let_aged_go(shop(), what, before(), 2).unwrap();
        parts.push(part);
        if part < 2 {
            let left = store.count_aged(shop(), what, before()).unwrap();
            return (old, parts, left);
        }
    }
}

/// A member's id as a statement writes it.
fn id(db: &TestDb, no: u8) -> String {
    db.bytes(&format!("{no:032x}"))
}

/// In which of these rows a word is left.
fn left(db: &TestDb, words: &[&'static str]) -> Vec<&'static str> {
    let there = |word: &&&str| !db.places_of(&[**word]).is_empty();
    words.iter().filter(there).copied().collect()
}

fn messages_are_emptied_once_they_went(db: TestDb) {
    drop(open(&db));
    for (no, at, stage, due, words) in [
        (1, 99, 2, "NULL", "wording-one"),
        (2, 99, 2, "NULL", "wording-two"),
        (3, 98, 3, "NULL", "wording-three"),
        (4, 100, 2, "NULL", "wording-young"),
        (5, 99, 0, "NULL", "wording-planned"),
        (6, 99, 1, "200", "wording-due"),
    ] {
        let member = id(&db, no);
        db.execute(&format!(
            "INSERT INTO messages (tenant, send, member, channel, stage, reason, at, due, tries, counts, address, content)
             VALUES (1, 'snd', {member}, 'email', {stage}, '', {at}, {due}, 1, 1, {member}, '{words}')"
        ));
    }
    assert_eq!(let_go(&db, Aging::Messages), (3, vec![2, 1], 0));
    let all = [
        "wording-one",
        "wording-two",
        "wording-three",
        "wording-young",
        "wording-planned",
        "wording-due",
    ];
    assert_eq!(
        left(&db, &all),
        ["wording-young", "wording-planned", "wording-due"]
    );
    assert_eq!(
        db.rows_of("shop")["messages"].len(),
        6,
        "that they went is known"
    );
}

fn words_of_surveys_go_and_numbers_stay(db: TestDb) {
    drop(open(&db));
    for (no, answered, words) in [
        (1, "99", "'wording-old'"),
        (2, "100", "'wording-young'"),
        (3, "NULL", "'wording-open'"),
        (4, "98", "NULL"),
    ] {
        let member = id(&db, no);
        db.execute(&format!(
            "INSERT INTO askings (tenant, member, asking, survey, stage, reason, made_at, answered_at, about, numbers, words)
             VALUES (1, {member}, 'ask', 'nps', 2, '', 1, {answered}, '', 'number-{no}', {words})"
        ));
    }
    assert_eq!(let_go(&db, Aging::Answers), (1, vec![1], 0));
    let all = ["wording-old", "wording-young", "wording-open", "number-1"];
    assert_eq!(
        left(&db, &all),
        ["wording-young", "wording-open", "number-1"]
    );
}

fn addresses_go_once_the_reward_came(db: TestDb) {
    drop(open(&db));
    for (no, state, since) in [
        (1, "delivered", 99),
        (2, "returned", 98),
        (3, "failed", 97),
        (4, "cancelled", 96),
        (5, "delivered", 100),
        (6, "ordered", 1),
        (7, "dispatched", 1),
    ] {
        let member = id(&db, no);
        db.execute(&format!(
            "INSERT INTO fulfilments (tenant, wallet, redemption, member, reward, quantity, state, since, carrier, tracking)
             VALUES (1, {member}, 'rdm', {member}, 1, 1, '{state}', {since}, '', '');
             INSERT INTO addresses (tenant, wallet, redemption, member, address)
             VALUES (1, {member}, 'rdm', {member}, 'street-{state}-{since}')"
        ));
    }
    assert_eq!(let_go(&db, Aging::Addresses), (4, vec![2, 2, 0], 0));
    let all = [
        "street-delivered-99",
        "street-returned-98",
        "street-failed-97",
        "street-cancelled-96",
        "street-delivered-100",
        "street-ordered-1",
        "street-dispatched-1",
    ];
    assert_eq!(left(&db, &all), all[4..]);
}
