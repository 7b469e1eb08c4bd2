//! Points that a member had in another program.
//!
//! *The shop moves here from another program. Ana had 300 beans there, of which 100 were promised until the
//! end of March: two balances are taken over, and those 100 lapse on the day on which they would have
//! lapsed there. The other 200 lapse as beans do that are earned here. None of it counts for her tier.*

use crate::draft::Draft;
use crate::event::{Event, OpeningBalance};
use crate::outcome::{Note, Refusal};
use regulars_base::Name;
use regulars_ledger::{Account, Dates};

/// Gives what was held elsewhere.
pub(crate) fn take_over(
    draft: &mut Draft<'_>,
    event: &Event,
    balance: &OpeningBalance,
) -> Result<(), Refusal> {
    let points = draft
        .program
        .points_named(Name::of(balance.points.as_str()))
        .ok_or(Refusal::UnknownPoints)?;
    let name = points.name;
    let own = draft.dates(points, event.occurred_at, false);
    let dates = Dates {
        // Whoever promised them elsewhere, it is this program that keeps the promise.
        funder: None,
        expires_at: balance.expires_at.unwrap_or(own.expires_at),
        ..own
    };
    if dates.expires_at <= draft.now {
        return Err(Refusal::PointsLapsed);
    }
    // A count below zero is no balance; the door says so before.
    let amount = balance.amount.max(0);
    draft.issue(name, Account::Adjusted, amount, dates, event.occurred_at);
    draft.note(Note::TakenOver {
        points: name,
        amount,
    });
    Ok(())
}
