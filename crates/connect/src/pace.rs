//! When something that was not taken is tried again.

use std::time::Duration;

const SECOND: u64 = 1;
const MINUTE: u64 = 60;
const HOUR: u64 = 3600;

/// So long an event is tried.
pub const PATIENCE: Duration = Duration::from_secs(72 * HOUR);
/// After so many failures in a row an endpoint is only probed: one delivery at a time.
pub const PROBED_AFTER: u32 = 5;
/// The longest time that an endpoint may ask for by `Retry-After`.
const ASKED_MOST: Duration = Duration::from_secs(24 * HOUR);

/// The pauses after the first tries; the last one holds for all that follow.
const PAUSES: [u64; 9] = [
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
];

/// How long after so many failures (at least one) the next try comes. `spread` is any number that belongs
/// to what is sent: it moves the try by up to a fifth, so that what failed together does not come back
/// together. Whoever was asked may ask for longer.
pub fn pause(failures: u32, spread: u64, asked: Option<Duration>) -> Duration {
    let last = PAUSES.len() - 1;
    let place = usize::try_from(failures.max(1) - 1)
        .unwrap_or(last)
        .min(last);
    let micros = PAUSES[place] * 1_000_000;
    let moved = micros - micros / 5 + (spread % 1000) * (micros * 2 / 5) / 1000;
    let own = Duration::from_micros(moved);
    asked.map_or(own, |asked| own.max(asked.min(ASKED_MOST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_cover_three_days_in_few_tries() {
        let mut sum = Duration::ZERO;
        let mut tries = 0;
        while sum < PATIENCE {
            tries += 1;
            let next = pause(tries, 500, None);
            assert!(tries < 2 || next >= pause(tries - 1, 500, None));
            sum += next;
        }
        assert!((12..=20).contains(&tries), "{tries}");
    }

    #[test]
    fn what_failed_together_comes_back_apart_and_within_a_fifth() {
        for failures in [1, 4, 9, 1000] {
            let (first, last) = (pause(failures, 0, None), pause(failures, 999, None));
            let middle = pause(failures, 500, None);
            assert!(first < middle && middle < last);
            assert!(first >= middle * 4 / 5 - Duration::from_millis(1));
            assert!(last <= middle * 6 / 5);
        }
    }

    #[test]
    fn an_endpoint_may_ask_for_longer_and_not_for_ever() {
        let asked = |hours: u64| pause(1, 0, Some(Duration::from_secs(hours * HOUR)));
        assert_eq!(asked(0), pause(1, 0, None));
        assert_eq!(asked(3), Duration::from_secs(3 * HOUR));
        assert_eq!(asked(1000), ASKED_MOST);
    }
}
