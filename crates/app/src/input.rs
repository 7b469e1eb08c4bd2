//! An event on its way to a lane: checked against the clock, hashed, given its randomness.

use crate::{Chance, Error, NOW};
use regulars_base::{MemberId, Timestamp};
use regulars_engine::event::{Incoming, Kind};
use regulars_store::input_hash;
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

/// How far a sender's clock may be ahead of ours.
const AHEAD_MOST_MICROS: i64 = 24 * 3600 * 1_000_000;

/// An event that is ready for a lane.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// The event. Its `recorded_at` is the earliest moment at which it may be recorded.
    pub(crate) incoming: Incoming,
    /// The hash of its input.
    pub(crate) input: [u8; 32],
    /// The id to give to a customer who was never seen.
    pub(crate) fresh: MemberId,
}

/// Which clock decides when an event is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    /// The server's: the event happens now, or is told late.
    Live,
    /// The event's own: history is written down as if it had been recorded when it happened.
    History,
}

thread_local! {
    static RANDOM: RefCell<(usize, [u8; 4096])> = const { RefCell::new((4096, [0; 4096])) };
}

/// Prepares an event that arrives at `now`. `with` is what else belongs to the input.
pub(crate) fn prepare(
    incoming: Incoming,
    with: &[u8],
    timing: Timing,
    now: Timestamp,
) -> Result<Prepared, Error> {
    prepare_by(&Chance::system(), incoming, with, timing, now)
}

/// The same, with the randomness of this source.
pub(crate) fn prepare_by(
    chance: &Chance,
    mut incoming: Incoming,
    with: &[u8],
    timing: Timing,
    now: Timestamp,
) -> Result<Prepared, Error> {
    // An event without a time of its own counts with `NOW`: sent again, it is the same.
    let input = input_hash(&incoming, with);
    let event = &mut incoming.event;
    if event.occurred_at == NOW {
        event.occurred_at = now;
        if let Kind::SignUp(sign_up) = &mut event.kind {
            let arrived = sign_up.touches.iter_mut().filter(|touch| touch.at == NOW);
            arrived.for_each(|touch| touch.at = now);
        }
    } else if event.occurred_at > now.plus_micros(AHEAD_MOST_MICROS) {
        let what = format!(
            "is {}, more than a day ahead of the server's clock ({now}); check the sender's clock",
            event.occurred_at
        );
        return Err(Error::invalid("/at", what));
    }
    event.recorded_at = match timing {
        Timing::Live => now,
        Timing::History => event.occurred_at,
    };
    event.entropy = chance.bytes();
    Ok(Prepared {
        incoming,
        input,
        fresh: MemberId::from_bytes(chance.id(now)),
    })
}

/// Prepares an event that follows from another.
pub(crate) fn follow_up(incoming: Incoming) -> Prepared {
    Prepared {
        input: input_hash(&incoming, &[]),
        fresh: MemberId::from_bytes(time_ordered(incoming.event.recorded_at)),
        incoming,
    }
}

/// An id whose first bytes are the time (UUIDv7), so that new rows land side by side. The
/// events of a part of an import share one time, so 26 bits of a counter come next (RFC 9562,
/// section 6.2).
pub(crate) fn time_ordered(now: Timestamp) -> [u8; 16] {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    ordered(now, COUNTER.fetch_add(1, Ordering::Relaxed), random())
}

/// The same, with this count and these random bytes.
pub(crate) fn ordered(now: Timestamp, count: u32, mut bytes: [u8; 16]) -> [u8; 16] {
    let [_, _, fourth, last] = count.to_be_bytes();
    let millis = u64::try_from(now.micros().div_euclid(1000)).unwrap_or(0);
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    let high = (count >> 14).to_be_bytes();
    bytes[6] = 0x70 | (high[2] & 0x0f);
    bytes[7] = high[3];
    bytes[8] = 0x80 | (fourth & 0x3f);
    bytes[9] = last;
    bytes
}

/// Sixteen bytes from the system's source of randomness, which is asked for many at once.
pub(crate) fn random() -> [u8; 16] {
    RANDOM.with_borrow_mut(|(used, bytes)| {
        if *used == bytes.len() {
            getrandom::fill(bytes).expect("the system has a source of randomness");
            *used = 0;
        }
        let mut drawn = [0; 16];
        drawn.copy_from_slice(&bytes[*used..*used + 16]);
        *used += 16;
        drawn
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_are_in_order() {
        let ids: Vec<[u8; 16]> = (0..40_000)
            .map(|_| time_ordered(Timestamp::FIRST))
            .collect();
        assert!(ids.is_sorted());
        let marks = |id: &[u8; 16]| (id[6] >> 4, id[8] >> 6);
        assert!(ids.iter().all(|id| marks(id) == (7, 2)));
    }
}
