//! Points for a cause.
//!
//! *Ida gives 200 hearts to "meals for others": 10 GBP, and the charity's sponsor adds as much. What
//! the cause gets each month is in its statement.*

use super::{change, note};
use crate::draft::Draft;
use crate::event::{Donation, Event};
use crate::outcome::{Change, GameNote, Refusal};
use crate::program::{CauseRule, Program};
use crate::stage::partner;
use crate::state::{GameChange, SharedKey};
use regulars_base::{Period, Rounding, Timestamp};
use regulars_ledger::Account;

/// A member gives points to a cause.
pub(crate) fn donate(
    draft: &mut Draft<'_>,
    event: &Event,
    donation: &Donation,
) -> Result<(), Refusal> {
    let program = draft.program;
    let mut causes = program.games.causes.iter();
    let cause = causes.find(|cause| cause.id == donation.cause.as_str());
    let cause = cause.ok_or(Refusal::UnknownCause)?;
    let (at, amount) = (event.occurred_at, donation.amount);
    let begun = cause.from.is_none_or(|from| at >= from);
    if !begun || cause.until.is_some_and(|until| at >= until) {
        return Err(Refusal::NotOpen);
    }
    if amount < cause.least {
        let least = cause.least;
        return Err(Refusal::TooLittleGiven { least });
    }
    let takes = &program.points[usize::from(cause.points)];
    if takes.id != donation.points.as_str() {
        return Err(Refusal::UnknownPoints);
    }
    super::prize::affordable(draft, &[(cause.points, amount)], 1)?;
    draft.take(Change::WasActive(at));
    let terms = &program.points[usize::from(cause.points)];
    let (points, order, now) = (terms.name, terms.spend_order, draft.now);
    let origin = partner::origin(draft);
    draft.post(points, |book, out| {
        book.spend((Account::Redeemed, amount), (order, origin), now, out)
    });
    let worth = cause.worth_of(program, amount);
    let matched = give(draft, cause, worth, at);
    note(
        draft,
        GameNote::Donated {
            cause: cause.name,
            points,
            amount,
            worth,
            matched,
        },
    );
    Ok(())
}

/// A reward gives so much money to the cause at this place; says what the merchant adds.
pub(crate) fn give_to_cause(draft: &mut Draft<'_>, place: u16, minor: i64) -> i64 {
    let cause = &draft.program.games.causes[usize::from(place)];
    let at = draft.now;
    give(draft, cause, minor, at)
}

/// The cause gets so much, and what the merchant adds; says how much that is.
fn give(draft: &mut Draft<'_>, cause: &CauseRule, worth: i64, at: Timestamp) -> i64 {
    let matched = matched(draft, cause, worth);
    if matched > 0 {
        let key = match_key(cause);
        draft.take(Change::Drawn { key, by: matched });
    }
    let period = draft.local(at).0.number(Period::Month);
    let (board, now) = (cause.name, draft.now);
    if worth + matched > 0 {
        change(
            draft,
            GameChange::Scored {
                board,
                period,
                by: worth + matched,
                at: now,
            },
        );
    }
    matched
}

/// What the merchant adds: as much again, as long as the budget lasts.
fn matched(draft: &Draft<'_>, cause: &CauseRule, worth: i64) -> i64 {
    let used = || draft.state.shared.used(match_key(cause));
    cause
        .matched
        .map_or(0, |most| worth.min(most - used()).max(0))
}

/// The shared figure that counts what a merchant added.
pub(crate) const fn match_key(cause: &CauseRule) -> SharedKey {
    SharedKey {
        name: cause.name,
        period: 0,
    }
}

impl CauseRule {
    /// What so many points (in their smallest unit) are worth to it, in minor units, rounded down.
    pub fn worth_of(&self, program: &Program, amount: i64) -> i64 {
        let decimals = program.points[usize::from(self.points)].decimals;
        let unit = 10_i128.pow(decimals.min(18).into());
        Rounding::Down.divide_clamped(
            i128::from(amount) * i128::from(self.worth.num()),
            i128::from(self.worth.den()) * unit,
        )
    }
}
