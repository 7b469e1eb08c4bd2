//! What SQLite does for the statements of a test: none goes through all rows of a merchant where an
//! index leads to the ones that are meant.
//!
//! Files in use have no statistics, and nobody is there to make them: SQLite guesses from the order of
//! an index's columns, and has guessed wrong. So each statement that a test's store runs is asked for its plan
//! when the test ends.

use regulars_store::Sqlite;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The statements that were heard in this process.
static HEARD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Tables that a merchant has few rows in, and those of SQLite's own.
const FEW: [&str; 16] = [
    "sqlite_schema",
    "sqlite_master",
    "sqlite_stat1",
    "tenants",
    "program_versions",
    "api_keys",
    "sessions",
    "seals",
    "unsealed",
    "shared",
    "portal_secrets",
    "bookmarks",
    "code_batches",
    "draw_secrets",
    "segment_runs",
    "vault",
];

/// What is gone through that is no table.
const OF_NO_TABLE: [&str; 4] = [
    "CONSTANT ROW",
    "VALUES CLAUSE",
    "VIRTUAL TABLE",
    "json_each",
];

/// Parts of statements that are meant to go through all of it.
const WHOLE: [&str; 21] = [
    // What is old is looked for once a night.
    "/* aging */",
    // The key of the vault is turned, or what may be one person is looked for where all is closed.
    "/* vault */",
    // All of a merchant is carried to another database.
    "/* carried */",
    // How much there is; and the last one, which is at the end of an index.
    "SELECT coalesce(max(no), 0) FROM",
    "SELECT count(*) FROM",
    // Sums over time, and who bought lately; they are kept for a minute.
    "sum(amount), count(*) FROM entries",
    "SELECT count(DISTINCT wallet) FROM log",
    // A proof reads everything, in the order of wallets.
    "SELECT no FROM log WHERE tenant = ?1 ORDER BY wallet, seq",
    "effective_at FROM entries WHERE tenant = ?1 ORDER BY wallet, seq, no",
    "LEFT JOIN log",
    "WHERE tenant = ?1 ORDER BY wallet",
    "SELECT code, used FROM codes",
    "FROM audit WHERE tenant = ?1 ORDER BY no",
    // How the plastic cards of all batches stand: asked by hand, and when some are made.
    "SELECT batch, state, count(*) FROM cards",
    // Of a board: what is joined here are a few rows that were read along an index.
    "AS equal_before",
    "UPDATE scores SET shown = 1 WHERE EXISTS",
    // Who has the highest of a figure: those who have it are looked at.
    "FROM portrait_names n",
    // A segment is asked of all members at once, and tells all of them when it may turn.
    "FROM portraits f",
    "UPDATE portraits SET next_on",
    // Points of journeys that are still to be booked: an index of these alone.
    "INDEXED BY journey_deeds_to_book",
    // What goes with products is made anew as a whole.
    "DELETE FROM product_links",
];

/// From now on statements of new connections are heard.
pub(crate) fn listen() {
    Sqlite::overhear(|sql| {
        let words: Vec<&str> = sql.split_whitespace().collect();
        let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
        heard.insert(words.join(" "));
    });
}

/// Asks this file for the plan of each statement that was heard.
pub(crate) fn check(file: &Path) {
    let heard = std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner));
    let db = Connection::open(file).expect("the file opens");
    let asked = heard.iter().filter(|sql| may_walk(sql));
    let walks: Vec<String> = asked.filter_map(|sql| walk(&db, sql)).collect();
    assert!(
        walks.is_empty(),
        "SQLite would go through all rows of a merchant; name the index (INDEXED BY), or say in \
         crates/testkit/src/plans.rs why it may:\n{}",
        walks.join("\n")
    );
}

fn may_walk(sql: &str) -> bool {
    let first = sql.split(' ').next().unwrap_or("");
    ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"].contains(&first)
        && !WHOLE.iter().any(|part| sql.contains(part))
}

/// The step of the plan that is bounded by nothing but the merchant.
fn walk(db: &Connection, sql: &str) -> Option<String> {
    // A table that the file has not, or no more: of a test that damages it.
    let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).ok()?;
    let steps = plan
        .raw_query()
        .mapped(|row| row.get::<_, String>("detail"));
    let mut steps = steps.map(|step| step.expect("a step is a text"));
    let step = steps.find(|step| is_unbounded(step, sql))?;
    Some(format!("{step}: {sql}"))
}

fn is_unbounded(step: &str, sql: &str) -> bool {
    let scans = step.starts_with("SCAN ") && !OF_NO_TABLE.iter().any(|own| step.contains(own));
    if !scans && !step.ends_with("(tenant=?)") {
        return false;
    }
    // A table, or what the statement calls it.
    let name = step.split(' ').nth(1).unwrap_or("");
    let is = |few: &str| few == name || sql.contains(&format!("{few} {name}"));
    !FEW.iter().any(|few| is(few))
}
