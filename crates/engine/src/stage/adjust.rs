//! Points given or taken by hand, with a reason.
//!
//! *Bo's order was lost in the post; the shop gives him 100 beans and says so. They lapse like
//! beans earned that day, and are free at once. Taking more than he has is refused.*

use crate::draft::Draft;
use crate::event::{Adjustment, Event};
use crate::outcome::{Note, Refusal};
use regulars_base::Name;
use regulars_ledger::{Account, Dates, Origin};

/// Gives or takes.
pub(crate) fn adjust(
    draft: &mut Draft<'_>,
    event: &Event,
    adjustment: &Adjustment,
) -> Result<(), Refusal> {
    let program = draft.program;
    let points = program
        .points_named(Name::of(adjustment.points.as_str()))
        .ok_or(Refusal::UnknownPoints)?;
    let (name, amount, now, order) = (
        points.name,
        adjustment.amount,
        draft.now,
        points.spend_order,
    );
    if amount < 0 {
        let available = draft.state.wallet.available(name, now);
        let price = amount.saturating_neg();
        if available < price {
            return Err(Refusal::InsufficientPoints {
                points: name,
                available,
                price,
            });
        }
        draft.post(name, |book, out| {
            book.spend((Account::Adjusted, price), (order, Origin::Any), now, out)
        });
    } else {
        // Whoever gives by hand is the operator, whatever system it was done in.
        let dates = Dates {
            funder: None,
            ..draft.dates(points, event.occurred_at, false)
        };
        draft.issue(name, Account::Adjusted, amount, dates, event.occurred_at);
    }
    draft.note(Note::Adjusted {
        points: name,
        amount,
    });
    Ok(())
}
