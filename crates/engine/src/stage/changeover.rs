//! A version of the program takes over: tiers that are no more, new dates of old points, tiers that
//! are new or take less.
//!
//! *From 1 January there is no "silver" any more, and points live for one year instead of two. On
//! that day Ana, who was silver, lands one tier down; her points lapse a year sooner, if the file
//! says that old points go by their age; and Ben, who spent enough for the new "gold", is in it
//! that very day and not only when he buys next.*

use crate::draft::Draft;
use crate::event::{Changeover, Redated};
use crate::outcome::{Change, Note};
use crate::stage::catch_up::tell_lapsed;
use crate::stage::tier;
use regulars_base::{Span, Timestamp};
use regulars_ledger::{Dates, Lot};

/// Brings a wallet over.
pub(crate) fn changeover(draft: &mut Draft<'_>, changeover: &Changeover) {
    tier::land(draft, &changeover.landings);
    if !changeover.late {
        tier::keep_reached(draft);
    } else if changeover.refund {
        tier::undo(draft);
    }
    for redated in &changeover.redated {
        redate(draft, *redated);
    }
    tier::review(draft);
    if !changeover.late {
        tier::end_by_rule(draft);
    }
}

/// Old lots of these points get other dates. What lapses by that has lapsed now.
fn redate(draft: &mut Draft<'_>, redated: Redated) {
    let (points, now) = (redated.points, draft.now);
    let Some(rule) = draft.program.points_named(points) else {
        return;
    };
    let Some(book) = draft.state.wallet.book(points) else {
        return;
    };
    let moved = |lot: &Lot| {
        let at = lot.dates.available_at.max(now);
        let expires_at = match redated.by {
            _ if lot.dates.expires_at == Timestamp::LAST => draft.dates(rule, at, false).expires_at,
            None => draft.dates(rule, at, false).expires_at,
            Some(by) => later(draft, lot.dates.expires_at, by).max(at),
        };
        Dates {
            expires_at,
            ..lot.dates
        }
    };
    let lots: Vec<(Lot, Dates)> = book.lots.iter().map(|lot| (*lot, moved(lot))).collect();
    for (lot, to) in lots {
        if to.expires_at != lot.dates.expires_at {
            draft.take(Change::Redated {
                points,
                from: lot.dates,
                to,
            });
            draft.note(Note::Redated {
                points,
                amount: lot.points,
                from: lot.dates.expires_at,
                to: to.expires_at,
            });
        }
    }
    let first = draft.out.changes.len();
    draft.post(points, |book, out| book.expire(now, out));
    tell_lapsed(draft, points, first);
}

/// The same time of day, so much later by the calendar.
fn later(draft: &Draft<'_>, at: Timestamp, by: Span) -> Timestamp {
    let zone = &draft.program.zone;
    zone.same_time_on(by.after(zone.day(at)), at)
}
