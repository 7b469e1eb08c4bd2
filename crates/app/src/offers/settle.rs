//! What came of offers: when the days of one are over, the member's log says whether they ordered.

use super::record::OFFER_SET;
use crate::background::for_each_tenant;
use crate::{App, Error};
use regulars_base::{TenantId, Timestamp};
use regulars_engage::in_own;
use regulars_engine::Program;
use regulars_engine::event::Kind;
use regulars_engine::outcome::Verdict;
use regulars_store::{Cursor, OfferChoice, OfferOutcome, Store};
use std::time::Duration;

/// How often a server looks whether the days of some are over.
const EVERY: Duration = Duration::from_secs(10);
/// So many choices are settled together.
const TOGETHER: usize = 500;
/// How many rows of a log are read at a time.
const ROWS: usize = 1000;
/// What is being booked for so long was stopped.
const STOPPED_MICROS: i64 = 60_000_000;

/// Settles until the app is closed.
pub(crate) fn run(app: &App) {
    let words = "what came of offers is not counted, and is again";
    for_each_tenant(app, EVERY, words, |tenant| {
        app.settle_offers(tenant).map(drop)
    });
}

impl App {
    /// Books what was being taken when something stopped, and says what came of offers whose days are over; how many
    /// of these. The server does so by itself.
    pub fn settle_offers(&self, tenant: TenantId) -> Result<usize, Error> {
        let now = self.now();
        let any = self
            .core()
            .pool
            .with(|store| Ok(!store.settings(tenant, OFFER_SET)?.is_empty()))?;
        if !any {
            return Ok(0);
        }
        self.book_offers(tenant, now.plus_micros(-STOPPED_MICROS))?;
        let program = self.program_in_force(tenant, now)?.1;
        let mut settled = 0;
        while !self.core().stop.wait(Duration::ZERO) {
            let outcomes = self.core().pool.with(|store| {
                let due = store.offers_to_settle(tenant, now, TOGETHER)?;
                let each = due.iter().map(|row| outcome(store, tenant, row, &program));
                each.collect::<Result<Vec<_>, _>>()
            })?;
            if outcomes.is_empty() {
                break;
            }
            settled += self
                .core()
                .write(move |store| Ok(store.settle_offers(tenant, &outcomes)?))?;
        }
        Ok(settled)
    }
}

/// The orders that a member placed after it was chosen and before its days were over.
fn outcome(
    store: &mut dyn Store,
    tenant: TenantId,
    row: &OfferChoice,
    program: &Program,
) -> Result<OfferOutcome, Error> {
    let (mut orders, mut spent, mut after) = (0_u32, 0_i64, row.seq);
    loop {
        let logged = store.log(tenant, row.key.wallet, Cursor::After(after), ROWS)?;
        for own in &logged {
            if let Kind::Purchase(bought) = &own.event.kind
                && own.outcome.verdict == Verdict::Accepted
                && is_within(row, own.event.occurred_at)
            {
                let goods = in_own(program, bought.currency, bought.goods());
                orders = orders.saturating_add(1);
                spent = spent.saturating_add(goods);
            }
        }
        match logged.last() {
            Some(last) if logged.len() == ROWS => after = last.seq,
            _ => break,
        }
    }
    Ok(OfferOutcome {
        key: row.key.clone(),
        orders,
        spent,
    })
}

fn is_within(row: &OfferChoice, at: Timestamp) -> bool {
    row.chosen_at <= at && at < row.until
}
