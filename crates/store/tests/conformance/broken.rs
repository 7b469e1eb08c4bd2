//! The tests, tested: stores that are broken on purpose, and the test that must notice each.

use crate::{batch, contention, fulfilments, history, proof, scores};
use regulars_base::TenantId;
use regulars_engine::outcome::Change;
use regulars_engine::state::{GameChange, PerkChange};
use regulars_store::{Ask, Commit, Loaded, Result, Store};
use regulars_testkit::{TestDb, text, through};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};

/// What a broken store does to a batch.
type Fault =
    fn(&mut dyn Store, TenantId, &[Ask], &mut dyn FnMut(&mut Loaded) -> Vec<Commit>) -> Result<()>;

/// The test must fail on the store that is broken so, and pass on the same store otherwise.
fn must_notice(test: fn(TestDb), wrap: fn(Box<dyn Store>) -> Box<dyn Store>) {
    test(TestDb::sqlite());
    let broken = TestDb::sqlite().through(wrap);
    let noticed = catch_unwind(AssertUnwindSafe(|| test(broken)));
    assert!(noticed.is_err(), "the test does not notice this fault");
}

fn drops_a_posting(
    store: &mut dyn Store,
    tenant: TenantId,
    asks: &[Ask],
    decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
) -> Result<()> {
    store.batch(tenant, asks, &mut |loaded| {
        let mut commits = decide(loaded);
        for commit in &mut commits {
            let changes = &mut commit.outcome.changes;
            let posted = |change: &Change| matches!(change, Change::Posted(_));
            if let Some(at) = changes.iter().position(posted) {
                changes.remove(at);
            }
        }
        commits
    })
}

fn ignores_a_key_conflict(
    store: &mut dyn Store,
    tenant: TenantId,
    asks: &[Ask],
    decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
) -> Result<()> {
    static TIMES: AtomicU32 = AtomicU32::new(0);
    let mut asks = asks.to_vec();
    for ask in &mut asks {
        let times = TIMES.fetch_add(1, Ordering::Relaxed);
        ask.key.external_id = text(&format!("{}-{times}", ask.key.external_id));
    }
    store.batch(tenant, &asks, &mut |loaded| {
        let mut commits = decide(loaded);
        for commit in &mut commits {
            let times = TIMES.fetch_add(1, Ordering::Relaxed);
            commit.event.key.external_id =
                text(&format!("{}-{times}", commit.event.key.external_id));
        }
        commits
    })
}

fn expires_early(
    store: &mut dyn Store,
    tenant: TenantId,
    asks: &[Ask],
    decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
) -> Result<()> {
    const HALF_A_YEAR: i64 = 180 * 86_400_000_000;
    store.batch(tenant, asks, &mut |loaded| {
        let books = loaded
            .wallets
            .iter_mut()
            .flat_map(|row| &mut row.state.books);
        for lot in books.flat_map(|book| &mut book.lots) {
            lot.dates.expires_at = lot.dates.expires_at.plus_micros(-HALF_A_YEAR);
        }
        decide(loaded)
    })
}

/// Says yes before anything is on the disk, and then the power fails.
fn loses_an_unsynced_write(
    store: &mut dyn Store,
    tenant: TenantId,
    asks: &[Ask],
    decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
) -> Result<()> {
    decide(&mut store.peek(tenant, asks)?);
    Ok(())
}

/// Decides on what it read before it had the lock.
fn decides_on_stale_figures(
    store: &mut dyn Store,
    tenant: TenantId,
    asks: &[Ask],
    decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
) -> Result<()> {
    store.batch(tenant, asks, &mut |loaded| {
        loaded.shared.used.clear();
        decide(loaded)
    })
}

#[test]
fn a_store_that_drops_a_posting_is_noticed() {
    must_notice(proof::a_wallet_is_what_its_log_comes_to, |inner| {
        broken(inner, drops_a_posting)
    });
}

#[test]
fn a_store_that_ignores_a_key_conflict_is_noticed() {
    must_notice(
        batch::a_key_counts_once_and_the_earlier_receipt_comes_back,
        |inner| broken(inner, ignores_a_key_conflict),
    );
}

#[test]
fn a_store_that_expires_early_is_noticed() {
    must_notice(
        history::points_lapse_at_their_moment_and_not_before,
        |inner| broken(inner, expires_early),
    );
}

#[test]
fn a_store_that_loses_an_unsynced_write_is_noticed() {
    must_notice(
        batch::a_purchase_is_there_once_it_was_acknowledged,
        |inner| broken(inner, loses_an_unsynced_write),
    );
}

#[test]
fn a_store_that_decides_on_stale_figures_is_noticed() {
    must_notice(contention::the_last_mug_is_given_once, |inner| {
        broken(inner, decides_on_stale_figures)
    });
}

/// Counts a figure twice: the same change, written to the table of figures once more.
fn counts_a_figure_twice(
    store: &mut dyn Store,
    tenant: TenantId,
    asks: &[Ask],
    decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
) -> Result<()> {
    store.batch(tenant, asks, &mut |loaded| {
        let mut commits = decide(loaded);
        for commit in &mut commits {
            let scored = |change: &&Change| {
                matches!(change, Change::Games(moved) if matches!(**moved, GameChange::Scored { .. }))
            };
            let again: Vec<Change> = commit.outcome.changes.iter().filter(scored).cloned().collect();
            commit.outcome.changes.extend(again);
        }
        commits
    })
}

/// Forgets how far what is sent has come.
fn forgets_what_is_sent(
    store: &mut dyn Store,
    tenant: TenantId,
    asks: &[Ask],
    decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
) -> Result<()> {
    store.batch(tenant, asks, &mut |loaded| {
        let mut commits = decide(loaded);
        for commit in &mut commits {
            let kept = |change: &Change| match change {
                Change::Perks(moved) => !matches!(**moved, PerkChange::Fulfilment(_)),
                _ => true,
            };
            commit.outcome.changes.retain(kept);
        }
        commits
    })
}

#[test]
fn a_store_that_counts_a_figure_twice_is_noticed() {
    must_notice(
        scores::whoever_has_a_nickname_appears_in_the_order_of_figure_and_moment,
        |inner| broken(inner, counts_a_figure_twice),
    );
}

#[test]
fn a_store_that_forgets_what_is_sent_is_noticed() {
    must_notice(
        fulfilments::what_is_sent_is_listed_by_when_it_came_so_far,
        |inner| broken(inner, forgets_what_is_sent),
    );
}

fn broken(inner: Box<dyn Store>, fault: Fault) -> Box<dyn Store> {
    through(inner, Box::new(fault))
}
