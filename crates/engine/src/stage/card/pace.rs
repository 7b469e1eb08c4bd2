//! Cards whose stamps are apart: at most one in so many hours.
//!
//! *Gil visits at nine and again at ten. Stamps are four hours apart, so the second visit gives
//! none; it also gives none where its till tells of it first, and of the one at nine later.*

use crate::draft::Draft;
use crate::outcome::{Change, Miss};
use crate::program::CardRule;
use crate::state::StampTime;
use regulars_base::Timestamp;

const MINUTE_MICROS: i64 = 60_000_000;

/// Whether a stamp at this moment is far enough from all others; if not, from which it is not.
pub(super) fn far_enough(draft: &Draft<'_>, card: &CardRule, at: Timestamp) -> Result<(), Miss> {
    let Some(apart) = card.apart_minutes else {
        return Ok(());
    };
    let times = &draft.state.wallet.stamp_times;
    let since = |stamped: &StampTime| at.micros() - stamped.at.micros();
    let mine = || times.iter().filter(|stamped| stamped.card == card.name);
    let nearest = mine().map(since).min_by_key(|micros| micros.unsigned_abs());
    if let Some(micros) = nearest
        && micros.abs() < i64::from(apart) * MINUTE_MICROS
    {
        let minutes = i32::try_from(micros / MINUTE_MICROS);
        return Err(Miss::TooSoon(minutes.unwrap_or(apart)));
    }
    // Of stamps before the first that is kept nothing is known, so that nothing may come before it.
    let before_all = mine().next().is_some_and(|first| since(first) < 0);
    if before_all && mine().count() >= StampTime::KEPT {
        return Err(Miss::TooLate);
    }
    Ok(())
}

/// Remembers when the card was stamped. It stays so where the stamp is taken off again, and when
/// the card is given in.
pub(super) fn remember(draft: &mut Draft<'_>, card: &CardRule, at: Timestamp) {
    if card.apart_minutes.is_some() {
        let card = card.name;
        draft.take(Change::StampTimed(StampTime { card, at }));
    }
}
