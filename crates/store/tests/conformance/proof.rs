//! Seals, and what `verify` finds.

use crate::world::{ingest, open, proof, shop};
use regulars_engine::event::{Kind, RewardRequest};
use regulars_store::{Database, Store};
use regulars_testkit::{Story, TestDb, on_both, text};

on_both! {
    seals_follow_each_other,
    many_batches_make_several_seals,
    an_expected_head_must_be_in_the_chain,
    each_table_that_is_covered_names_the_row_that_was_changed,
    a_wallet_is_what_its_log_comes_to,
    what_stands_beside_a_wallet_is_what_its_log_says,
}

/// Two customers who buy, give back and redeem; part of it sealed, the last purchase not yet.
fn history(store: &mut dyn Store) -> Story {
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let request = |no: u64| {
        Kind::RewardRequest(RewardRequest {
            redemption: text(&format!("r-{no}")),
            reward: text("mug"),
            quantity: 1,
            order: None,
            commit: true,
        })
    };
    let batch = [
        story.purchase(Story::customer(1), "o-1", 40_00),
        story.purchase(Story::customer(2), "o-2", 50_00),
        story.event(Story::customer(1), request(1)),
        story.refund(Story::customer(2), "o-2", 5_00),
    ];
    ingest(store, &batch).unwrap();
    store.seal(shop(), story.now()).unwrap().unwrap();
    ingest(store, &[story.purchase(Story::customer(1), "o-3", 3_00)]).unwrap();
    story
}

fn seals_follow_each_other(db: TestDb) {
    let mut store = open(&db);
    assert_eq!(store.head(shop()).unwrap(), None);
    let mut story = history(&mut *store);
    let first = store.head(shop()).unwrap().unwrap();
    assert_eq!((first.no, first.wallets), (1, 2));
    let second = store.seal(shop(), story.now()).unwrap().unwrap();
    assert_eq!((second.no, second.wallets), (2, 1));
    assert_eq!(
        store.seal(shop(), story.now()).unwrap(),
        None,
        "nothing was written since"
    );
    assert_eq!(store.head(shop()).unwrap(), Some(second.clone()));
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(9), "o-9", 3_00)],
    )
    .unwrap();
    let verified = store.verify(shop(), None, &mut |_| ()).unwrap();
    assert_eq!(verified.wrong, None);
    assert_eq!(
        (verified.wallets, verified.events, verified.seals),
        (3, 6, 2)
    );
    assert_eq!(verified.head, Some(second));
}

fn many_batches_make_several_seals(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    for no in 0..130 {
        let buys = story.purchase(Story::customer(no % 3), &format!("o-{no}"), 1_00);
        ingest(&mut *store, &[buys]).unwrap();
    }
    let newest = store.seal(shop(), story.now()).unwrap().unwrap();
    assert_eq!((newest.no, newest.wallets), (3, 2), "64, 64 and 2 batches");
    assert_eq!(store.head(shop()).unwrap(), Some(newest));
    assert_eq!(store.seal(shop(), story.now()).unwrap(), None);
    assert_eq!(proof(&mut *store), Ok(()));
}

fn an_expected_head_must_be_in_the_chain(db: TestDb) {
    let mut store = open(&db);
    let story = history(&mut *store);
    let first = store.head(shop()).unwrap().unwrap();
    store.seal(shop(), story.now()).unwrap();
    // An exported head stays good when there are newer ones.
    let verified = store
        .verify(shop(), Some(&first.hash), &mut |_| ())
        .unwrap();
    assert_eq!(verified.wrong, None);
    let verified = store.verify(shop(), Some(&[1; 32]), &mut |_| ()).unwrap();
    assert_eq!(verified.wrong.map(|wrong| wrong.table), Some("seals"));
}

pub(crate) fn a_wallet_is_what_its_log_comes_to(db: TestDb) {
    let mut store = open(&db);
    history(&mut *store);
    assert_eq!(proof(&mut *store), Ok(()));
}

/// What somebody does to the database, and the table that `verify` must name.
fn damages(db: &TestDb) -> Vec<(&'static str, String)> {
    let is_sqlite = matches!(db.database, Database::Sqlite(_));
    // PostgreSQL names a log row by wallet and number, SQLite by where it stands.
    let (to_row, no_row) = match is_sqlite {
        true => ("log_no", "999"),
        false => ("seq", "7"),
    };
    let row = |seq: u8| match is_sqlite {
        true => format!("(SELECT min(no) FROM log WHERE seq = {seq})"),
        false => seq.to_string(),
    };
    let leads_to = |seq: u8| match is_sqlite {
        true => format!("log_no IN (SELECT no FROM log WHERE seq = {seq})"),
        false => format!("seq = {seq}"),
    };
    let bytes = |hex: &str| db.bytes(hex);
    let (ff16, ff20) = (bytes(&"ff".repeat(16)), bytes(&"ff".repeat(20)));
    let ff32 = bytes(&"ff".repeat(32));
    let none = bytes("0100");
    let empty = bytes("010000");
    let other = |table: &str, column: &str, key: &str| {
        format!(
            "UPDATE {table} SET {column} = (SELECT {column} FROM {table} ORDER BY {key} DESC LIMIT 1)
             WHERE {key} = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1)"
        )
    };
    [
        (
            "log",
            "UPDATE log SET recorded_at = recorded_at + 1 WHERE seq = 2".into(),
        ),
        ("log", "UPDATE log SET kind = 'visit' WHERE seq = 1".into()),
        ("log", "UPDATE log SET program = 7 WHERE seq = 1".into()),
        (
            "log",
            format!("UPDATE log SET member = {ff16} WHERE seq = 1"),
        ),
        (
            "log",
            format!("UPDATE log SET input = {ff32} WHERE seq = 1"),
        ),
        ("log", format!("UPDATE log SET hash = {ff32} WHERE seq = 3")),
        (
            "log",
            format!("UPDATE log SET outcome = {none} WHERE seq = 2"),
        ),
        ("log", other("log", "event", "recorded_at")),
        ("log", "DELETE FROM log WHERE seq = 1".into()),
        ("log", "DELETE FROM log WHERE seq = 2".into()),
        (
            "wallets",
            format!(
                "DELETE FROM event_keys WHERE {0}; DELETE FROM orders WHERE {0};
                 DELETE FROM entries WHERE seq = 3; DELETE FROM log WHERE seq = 3",
                leads_to(3)
            ),
        ),
        (
            "log",
            "INSERT INTO log (tenant, wallet, seq, kind, occurred_at, recorded_at, member,
                                  program, input, event, outcome, hash)
                 SELECT tenant, wallet, seq + 100, kind, occurred_at, recorded_at, member,
                        program, input, event, outcome, hash FROM log WHERE seq = 1"
                .into(),
        ),
        (
            "entries",
            "UPDATE entries SET amount = amount + 1 WHERE seq = 1".into(),
        ),
        (
            "entries",
            "UPDATE entries SET to_account = 7 WHERE seq = 2".into(),
        ),
        (
            "entries",
            "UPDATE entries SET effective_at = 0 WHERE seq = 3".into(),
        ),
        ("entries", "DELETE FROM entries WHERE seq = 2".into()),
        (
            "entries",
            "INSERT INTO entries SELECT tenant, wallet, seq, no + 50, points, from_account,
                     to_account, amount, expires_at, available_at, effective_at FROM entries
                     WHERE seq = 1"
                .into(),
        ),
        (
            "entries",
            "INSERT INTO entries SELECT * FROM entries WHERE seq = 1".into(),
        ),
        (
            "event_keys",
            format!("UPDATE event_keys SET key = {ff20} WHERE {}", leads_to(3)),
        ),
        (
            "event_keys",
            format!("DELETE FROM event_keys WHERE {}", leads_to(1)),
        ),
        (
            "event_keys",
            match is_sqlite {
                true => format!(
                    "INSERT INTO event_keys SELECT tenant, {ff20}, log_no FROM event_keys
                     WHERE {}",
                    leads_to(3)
                ),
                false => format!(
                    "INSERT INTO event_keys SELECT tenant, {ff20}, wallet, seq FROM event_keys
                     WHERE seq = 3"
                ),
            },
        ),
        (
            "event_keys",
            match is_sqlite {
                true => format!(
                    "INSERT INTO event_keys SELECT tenant, {ff20}, 999 FROM event_keys WHERE {}",
                    leads_to(3)
                ),
                false => format!(
                    "INSERT INTO event_keys SELECT tenant, {ff20}, {ff16}, seq FROM event_keys
                     WHERE seq = 3"
                ),
            },
        ),
        ("wallets", other("wallets", "state", "wallet")),
        ("wallets", "UPDATE wallets SET seq = seq + 1".into()),
        ("wallets", format!("UPDATE wallets SET head = {ff32}")),
        ("wallets", "UPDATE wallets SET tier = 7".into()),
        ("wallets", format!("UPDATE wallets SET state = {none}")),
        ("wallets", "DELETE FROM wallets".into()),
        (
            "wallets",
            format!(
                "INSERT INTO wallets (tenant, wallet, member, merged_into, seq, head, due_at,
                                      tier, state)
                 SELECT tenant, {ff16}, member, merged_into, seq, head, due_at, tier, state
                 FROM wallets WHERE seq = 3"
            ),
        ),
        (
            "orders",
            format!("DELETE FROM orders WHERE {}", leads_to(1)),
        ),
        (
            "orders",
            format!("DELETE FROM orders WHERE {to_row} IS NULL"),
        ),
        (
            "orders",
            format!(
                "UPDATE orders SET {to_row} = {} WHERE {}",
                row(3),
                leads_to(1)
            ),
        ),
        (
            "orders",
            format!(
                "UPDATE orders SET {to_row} = {no_row} WHERE {}",
                leads_to(1)
            ),
        ),
        (
            "orders",
            format!(
                "UPDATE orders SET {to_row} = {}, record = NULL WHERE {to_row} IS NULL",
                row(1)
            ),
        ),
        (
            "orders",
            format!("UPDATE orders SET record = NULL WHERE {to_row} IS NULL"),
        ),
        (
            "orders",
            format!(
                "UPDATE orders SET {to_row} = NULL, record = {empty} WHERE {}",
                leads_to(1)
            ),
        ),
        (
            "orders",
            format!("UPDATE orders SET record = {none} WHERE {to_row} IS NULL"),
        ),
        (
            "orders",
            format!(
                "INSERT INTO orders SELECT tenant, {ff20}, wallet, purchased, {to_row}, record
                 FROM orders WHERE {}",
                leads_to(1)
            ),
        ),
        (
            "orders",
            format!(
                "INSERT INTO orders SELECT tenant, {ff20}, {ff16}, purchased, {to_row}, record
                 FROM orders WHERE {to_row} IS NULL"
            ),
        ),
        ("shared", "UPDATE shared SET used = used + 1".into()),
        ("shared", "DELETE FROM shared".into()),
        (
            "shared",
            "INSERT INTO shared SELECT tenant, name, period + 1, used FROM shared".into(),
        ),
        ("seals", format!("UPDATE seals SET hash = {ff32}")),
        ("seals", "UPDATE seals SET at = at + 1".into()),
        ("seals", format!("UPDATE seals SET heads = {ff16}")),
        ("seals", "UPDATE seals SET no = 2".into()),
        (
            "seals",
            "INSERT INTO seals SELECT tenant, no + 1, at, heads, hash FROM seals".into(),
        ),
        ("log", "DELETE FROM seals".into()),
        ("log", "DELETE FROM unsealed".into()),
    ]
    .into()
}

const TABLES: [&str; 8] = [
    "log",
    "entries",
    "event_keys",
    "wallets",
    "orders",
    "shared",
    "seals",
    "unsealed",
];

/// The same for what leads through the log of an SQLite database.
const BROKEN_LINKS: [(&str, &str); 5] = [
    ("wallets", "UPDATE wallets SET newest = NULL"),
    ("wallets", "UPDATE wallets SET newest = newest - 1"),
    ("log", "UPDATE log SET before = no WHERE seq = 2"),
    ("log", "UPDATE log SET before = NULL WHERE seq = 3"),
    ("log", "UPDATE log SET before = 1 WHERE seq = 1"),
];

fn each_table_that_is_covered_names_the_row_that_was_changed(db: TestDb) {
    let mut store = open(&db);
    history(&mut *store);
    assert_eq!(proof(&mut *store), Ok(()));
    db.unlock();
    for table in TABLES {
        db.execute(&format!(
            "CREATE TABLE kept_{table} AS SELECT * FROM {table}"
        ));
    }
    let mut damages = damages(&db);
    if matches!(db.database, Database::Sqlite(_)) {
        let links = BROKEN_LINKS.map(|(table, damage)| (table, damage.to_owned()));
        damages.extend(links);
    }
    for (table, damage) in damages {
        db.execute(&damage);
        let found = proof(&mut *store).expect_err(&damage);
        assert_eq!(found.split(' ').next(), Some(table), "{damage}: {found}");
        for table in TABLES {
            db.execute(&format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}"
            ));
        }
        assert_eq!(proof(&mut *store), Ok(()), "after {damage} was undone");
    }
}

/// Figures on leaderboards, and what is sent.
fn damages_beside(db: &TestDb) -> Vec<(&'static str, String)> {
    let (none, all) = (db.bytes(&"00".repeat(16)), db.bytes(&"ff".repeat(16)));
    let first = |column: &str| {
        format!("{column} = (SELECT {column} FROM scores ORDER BY tenant, wallet LIMIT 1)")
    };
    let score = format!("{} AND {}", first("tenant"), first("wallet"));
    let sent = "redemption = 'p-1'";
    let copy_score = |wallet: &str, board: &str| {
        format!(
            "INSERT INTO scores (tenant, wallet, board, period, figure, reached_at)
             SELECT tenant, {wallet}, {board}, period, figure, reached_at FROM scores WHERE {score}"
        )
    };
    let copy_sent = |wallet: &str, redemption: &str| {
        format!(
            "INSERT INTO fulfilments SELECT tenant, {wallet}, {redemption}, member, reward, quantity,
                    state, since, carrier, tracking FROM fulfilments WHERE {sent}"
        )
    };
    let change_sent = |what: &str| format!("UPDATE fulfilments SET {what} WHERE {sent}");
    [
        (
            "scores",
            format!("UPDATE scores SET figure = figure + 1 WHERE {score}"),
        ),
        (
            "scores",
            format!("UPDATE scores SET reached_at = reached_at + 1 WHERE {score}"),
        ),
        (
            "scores",
            format!("UPDATE scores SET period = 7 WHERE {score}"),
        ),
        (
            "scores",
            format!("UPDATE scores SET board = board + 1 WHERE {score}"),
        ),
        ("scores", format!("DELETE FROM scores WHERE {score}")),
        ("scores", "DELETE FROM scores".into()),
        ("scores", copy_score("wallet", "board + 1")),
        ("scores", copy_score(&none, "board")),
        ("scores", copy_score(&all, "board")),
        ("fulfilments", change_sent("state = 'delivered'")),
        ("fulfilments", change_sent("since = since + 1")),
        ("fulfilments", change_sent("carrier = 'pigeon'")),
        ("fulfilments", change_sent("tracking = ''")),
        ("fulfilments", change_sent("quantity = 2")),
        ("fulfilments", change_sent("reward = reward + 1")),
        ("fulfilments", change_sent(&format!("member = {all}"))),
        ("fulfilments", change_sent("redemption = 'p-9'")),
        (
            "fulfilments",
            format!("DELETE FROM fulfilments WHERE {sent}"),
        ),
        ("fulfilments", "DELETE FROM fulfilments".into()),
        ("fulfilments", copy_sent("wallet", "'p-9'")),
        ("fulfilments", copy_sent(&none, "redemption")),
        ("fulfilments", copy_sent(&all, "redemption")),
    ]
    .into()
}

pub(crate) fn what_stands_beside_a_wallet_is_what_its_log_says(db: TestDb) {
    let mut store = open(&db);
    let mut story = history(&mut *store);
    crate::fulfilments::three(&mut *store, &mut story);
    assert_eq!(proof(&mut *store), Ok(()));
    const BESIDE: [&str; 2] = ["scores", "fulfilments"];
    for table in BESIDE {
        db.execute(&format!(
            "CREATE TABLE kept_{table} AS SELECT * FROM {table}"
        ));
    }
    for (table, damage) in damages_beside(&db) {
        db.execute(&damage);
        let found = proof(&mut *store).expect_err(&damage);
        assert_eq!(found.split(' ').next(), Some(table), "{damage}: {found}");
        for table in BESIDE {
            db.execute(&format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}"
            ));
        }
        assert_eq!(proof(&mut *store), Ok(()), "after {damage} was undone");
    }
}
