//! Cards with a window: only stamps of the last so many days count.
//!
//! *Five visits in 30 days fill the card. Gil's visits of the 1st, 8th, 15th and 22nd are on it;
//! on the 31st the first of them is 30 days old and falls off, so that the visit of that day makes
//! four again.*
//!
//! What stands on such a card is kept by the moment at which it lapses. The oldest go first when a
//! card is given in. What went with it is remembered where a refund may come: it opens the card
//! again, with the dates that its stamps had.

use super::{held, on_card};
use crate::draft::Draft;
use crate::outcome::{Change, Miss, Note};
use crate::program::{CardRule, Trigger};
use crate::stage::gives;
use crate::state::DatedStamps;
use regulars_base::{Name, Timestamp};

/// When a stamp of this moment lapses: of 30 days its own is the first. Nothing without a window.
fn until(draft: &Draft<'_>, card: &CardRule, at: Timestamp) -> Option<Timestamp> {
    let zone = &draft.program.zone;
    card.within
        .map(|within| zone.start_of(within.after(zone.day(at))))
}

/// Whether a stamp of this moment would still count.
pub(super) fn still_open(draft: &Draft<'_>, card: &CardRule, at: Timestamp) -> Result<(), Miss> {
    match until(draft, card, at) {
        Some(until) if until <= draft.now => Err(Miss::TooLate),
        _ => Ok(()),
    }
}

/// Stamps of this moment were put on.
pub(super) fn date(draft: &mut Draft<'_>, card: &CardRule, stamps: i64, at: Timestamp) {
    if let Some(until) = until(draft, card, at) {
        shift(draft, card.name, until, (stamps, 0));
        balance(draft, card);
    }
}

/// No more stamps have a date than are on the card. What is beyond that went with a card that was
/// given in, or paid for one; the oldest first.
pub(super) fn balance(draft: &mut Draft<'_>, card: &CardRule) {
    let dated = dated(draft, card.name);
    let sum: i64 = dated.iter().map(|own| own.stamps).sum();
    let mut beyond = sum - on_card(draft, card.name).max(0);
    for own in dated {
        let part = beyond.min(own.stamps);
        if part > 0 {
            // Only purchases come back.
            let kept = if card.on == Trigger::Purchase {
                part
            } else {
                0
            };
            shift(draft, card.name, own.until, (-part, kept));
            beyond -= part;
        }
    }
}

/// The newest were dropped, as they do not carry over: they were no stamps at all.
pub(super) fn drop_newest(draft: &mut Draft<'_>, card: Name, dropped: i64) {
    if dropped == 0 {
        return;
    }
    let mut rest = dropped;
    for own in dated(draft, card).iter().rev() {
        let part = rest.min(own.stamps);
        if part > 0 {
            shift(draft, card, own.until, (-part, 0));
            rest -= part;
        }
    }
}

/// The card became void, with all that was on it.
pub(crate) fn void(draft: &mut Draft<'_>, card: Name) {
    drop_newest(draft, card, i64::MAX);
}

/// How many of these stamps a refund takes off: those that have lapsed cost nobody anything. Those
/// that went with a card that was given in are missing there now.
pub(super) fn take_off(
    draft: &mut Draft<'_>,
    card: &CardRule,
    by: i64,
    stamped_at: Timestamp,
) -> i64 {
    let Some(until) = until(draft, card, stamped_at) else {
        return by;
    };
    let own = dated(draft, card.name);
    let own = own.iter().find(|own| own.until == until);
    let on_card = own.map_or(0, |own| own.stamps.min(by));
    let given_in = own.map_or(0, |own| own.given_in.min(by - on_card));
    if on_card + given_in > 0 {
        shift(draft, card.name, until, (-on_card, -given_in));
    }
    // Stamps that were put on before the card had a window have no date.
    if until > draft.now {
        by
    } else {
        on_card + given_in
    }
}

/// Puts stamps back on that went with a card that was given in: up to so many, the newest first.
/// Says how many of them still count.
pub(super) fn put_back(draft: &mut Draft<'_>, card: &CardRule, stamps: i64) -> i64 {
    if card.within.is_none() {
        return stamps;
    }
    let (mut rest, mut back) = (stamps, 0);
    for own in dated(draft, card.name).iter().rev() {
        let part = rest.min(own.given_in);
        if part > 0 {
            let counts = if own.until > draft.now { part } else { 0 };
            shift(draft, card.name, own.until, (counts, -part));
            rest -= part;
            back += counts;
        }
    }
    back
}

/// Stamps fall out of their windows. A card with none left is over.
pub(crate) fn lapse(draft: &mut Draft<'_>, at: Timestamp) {
    let over = |own: &&DatedStamps| own.until <= at && own.stamps > 0;
    while let Some(own) = draft.state.wallet.dated.iter().find(over).copied() {
        let DatedStamps { card, stamps, .. } = own;
        shift(draft, card, own.until, (-stamps, 0));
        let Some(before) = held(draft, card).copied() else {
            continue;
        };
        draft.take(Change::Stamped {
            card,
            by: -stamps,
            at: own.until,
            expires_at: before.expires_at,
        });
        let left = before.stamps - stamps;
        draft.note(Note::StampsLapsed {
            card,
            by: stamps,
            stamps: left,
        });
        if left == 0 {
            draft.take(Change::CardEnded { card });
        }
    }
}

/// What the card has, by the moment at which it lapses, as far as it is not over for good.
fn dated(draft: &Draft<'_>, card: Name) -> Vec<DatedStamps> {
    let dated = draft.state.wallet.dated.iter();
    let own = |own: &&DatedStamps| own.card == card && !gives::is_over(draft, own.until);
    dated.filter(own).copied().collect()
}

/// So many more are on the card, and went with one that was given in.
fn shift(draft: &mut Draft<'_>, card: Name, until: Timestamp, (stamps, given_in): (i64, i64)) {
    draft.take(Change::StampsDated(DatedStamps {
        card,
        until,
        stamps,
        given_in,
    }));
}
