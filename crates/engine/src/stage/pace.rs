//! What is apart: stamps of a card, what a rule gives, activities: at most one in so many hours.
//!
//! *Gil visits at nine and again at ten. Stamps are four hours apart, so the second visit gives
//! none; it also gives none where its till tells of it first, and of the one at nine later.*

use crate::draft::Draft;
use crate::outcome::{Change, Miss};
use crate::program::{ActivityRule, Rule};
use crate::state::StampTime;
use regulars_base::{Name, Timestamp};

const MINUTE_MICROS: i64 = 60_000_000;

/// Why something is not apart from all others.
#[derive(Clone, Copy)]
pub(crate) enum Close {
    /// One was so many microseconds before it (after it, below zero).
    TooSoon(i64),
    /// Nobody knows any more which were near it.
    TooLate,
}

impl Close {
    /// Why a rule or a card gave nothing.
    pub(crate) fn miss(self) -> Miss {
        match self {
            Self::TooSoon(micros) => {
                let minutes = i32::try_from(micros / MINUTE_MICROS);
                Miss::TooSoon(minutes.unwrap_or(i32::MAX))
            }
            Self::TooLate => Miss::TooLate,
        }
    }
}

/// What the times of a rule are kept under: it may be called like a card.
pub(crate) fn of_rule(rule: &Rule) -> Name {
    Name::of(&["rule ", &rule.id].concat())
}

/// What the times of an activity are kept under.
pub(crate) fn of_activity(activity: &ActivityRule) -> Name {
    Name::of(&["activity ", &activity.id].concat())
}

/// Whether this moment is far enough from all others that are kept under `name`; if not, why.
pub(crate) fn far_enough(
    draft: &Draft<'_>,
    name: Name,
    apart: i32,
    at: Timestamp,
) -> Result<(), Close> {
    let times = &draft.state.wallet.stamp_times;
    let since = |stamped: &StampTime| at.micros() - stamped.at.micros();
    let mine = || times.iter().filter(|stamped| stamped.card == name);
    let nearest = mine().map(since).min_by_key(|micros| micros.unsigned_abs());
    if let Some(micros) = nearest
        && micros.abs() < i64::from(apart) * MINUTE_MICROS
    {
        return Err(Close::TooSoon(micros));
    }
    // Of those before the first that is kept nothing is known, so that nothing may come before it.
    let before_all = mine().next().is_some_and(|first| since(first) < 0);
    if before_all && mine().count() >= StampTime::KEPT {
        return Err(Close::TooLate);
    }
    Ok(())
}

/// When this may come again: so long after the last that is kept.
pub(crate) fn again_at(draft: &Draft<'_>, name: Name, apart: i32) -> Timestamp {
    let times = &draft.state.wallet.stamp_times;
    let last = times.iter().rev().find(|stamped| stamped.card == name);
    let last = last.map_or(draft.now, |stamped| stamped.at);
    last.plus_micros(i64::from(apart) * MINUTE_MICROS)
}

/// Remembers that it happened. For a card it stays so where the stamp is taken off again, and when
/// the card is given in.
pub(crate) fn remember(draft: &mut Draft<'_>, card: Name, at: Timestamp) {
    draft.take(Change::StampTimed(StampTime { card, at }));
}
