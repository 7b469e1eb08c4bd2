//! What could be spent on which day, for tiers that hang on it.
//!
//! *Ivo has 30 beans, buys for 40 more, is "gold" from 50 on, and spends 45. The purchase comes back: on
//! that day he would have had 30, so he would not have been "gold", and is it no more.*
//!
//! A balance is counted day by day as other figures are, so that a refund can take off the day of the
//! order what the order gave. What is spent on a day counts from the next on: of a day the most is
//! known that there can have been.

use crate::draft::Draft;
use crate::outcome::Change;
use crate::program::{Metric, TierUndo};
use crate::state::Paid;
use regulars_base::{CivilDay, Timestamp};

/// Whether balances are counted at all: only a refund asks what one was.
fn is_counted(draft: &Draft<'_>) -> bool {
    let asks = |metric: &Metric| matches!(metric, Metric::Balance(_));
    draft.program.refund.tiers == TierUndo::Undo && draft.program.metrics.iter().any(asks)
}

/// Puts down under this day what can be spent at `at` more, or less, than was put down before.
pub(super) fn put_down(draft: &mut Draft<'_>, day: CivilDay, at: Timestamp) {
    if !is_counted(draft) {
        return;
    }
    let program = draft.program;
    for metric in &program.metrics {
        let Metric::Balance(points) = *metric else {
            continue;
        };
        let (metric, wallet) = (metric.name(), &draft.state.wallet);
        let by = wallet.available(points, at) - wallet.progress_since(metric, i32::MIN);
        let day = match by {
            0 => continue,
            // Nothing was counted yet: where the tier is a new one, it was there before.
            _ if wallet.progress.iter().all(|own| own.metric != metric) => i32::MIN,
            1.. => day.number(),
            _ => day.number() + 1,
        };
        draft.take(Change::Progressed { metric, day, by });
    }
}

/// Points that came in on this day (number) are taken back: on that day, or once they were free, there was
/// as much less.
pub(super) fn take_back(draft: &mut Draft<'_>, paid: &Paid, day: i32) {
    let metric = Metric::Balance(paid.points);
    if !draft.program.metrics.contains(&metric) || !is_counted(draft) {
        return;
    }
    let free_at = paid.dates.available_at;
    if free_at > draft.now {
        return;
    }
    let day = match free_at {
        Timestamp::FIRST => day,
        _ => day.max(draft.program.zone.day(free_at).number()),
    };
    draft.take(Change::Progressed {
        metric: metric.name(),
        day,
        by: -paid.amount,
    });
}
