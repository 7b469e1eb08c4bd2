//! Who tries codes that do not exist.
//!
//! A code cannot be guessed by chance, but nobody should be let try. Wrong codes are counted for each
//! caller (and for each client that a shop tells apart) by the minute; whoever had too many waits for
//! the next. A mistyped code is no guess. It is kept in memory only, and bounded.

use crate::callers;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// So many wrong codes a minute are let pass.
pub(crate) const CODES_MOST: u32 = 30;
/// So many requests of one member a minute are let pass.
pub(crate) const REQUESTS_MOST: u32 = 240;
/// So many callers are told apart: a few hundred kilobytes.
const CALLERS: usize = 10_000;
const MINUTE_MICROS: i64 = 60_000_000;

/// Wrong codes (or requests) of this minute, by caller.
pub(crate) struct Guesses {
    most: u32,
    minute: Mutex<Minute>,
}

#[derive(Default)]
struct Minute {
    number: i64,
    wrong: HashMap<u64, u32>,
}

impl Guesses {
    /// So many a minute are let pass.
    pub(crate) fn of(most: u32) -> Self {
        Self {
            most,
            minute: Mutex::default(),
        }
    }

    /// Whether the caller may try a code at `now`, in microseconds.
    pub(crate) fn may(&self, caller: u64, now: i64) -> bool {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute.turn(now);
        minute
            .wrong
            .get(&caller)
            .is_none_or(|wrong| *wrong < self.most)
    }

    /// The caller tried so many codes that do not exist. Whether that is why they have to wait from now on.
    pub(crate) fn wrong(&self, caller: u64, now: i64, count: usize) -> bool {
        if count == 0 {
            return false;
        }
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute.turn(now);
        // The worst are kept.
        callers::make_room(&mut minute.wrong, caller, CALLERS, |wrong| {
            *wrong >= self.most
        });
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let wrong = minute.wrong.entry(caller).or_default();
        let before = *wrong;
        *wrong = wrong.saturating_add(count);
        (before < self.most) && (*wrong >= self.most)
    }
}

/// How many seconds are left of the minute, for whoever has to wait for the next.
pub(crate) fn seconds_left(now: i64) -> u32 {
    let left = MINUTE_MICROS - now.rem_euclid(MINUTE_MICROS);
    u32::try_from(left.div_euclid(1_000_000))
        .unwrap_or(60)
        .max(1)
}

impl Minute {
    fn turn(&mut self, now: i64) {
        let number = now.div_euclid(MINUTE_MICROS);
        if number != self.number {
            self.number = number;
            self.wrong.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_guesses_waits_for_the_next_minute_and_nobody_else_does() {
        let guesses = Guesses::of(CODES_MOST);
        let (one, other) = (callers::name("one"), callers::name("other"));
        let mut told = 0;
        for _ in 0..CODES_MOST {
            assert!(guesses.may(one, 0));
            told += usize::from(guesses.wrong(one, 0, 1));
        }
        // Somebody is told once, and not of each guess.
        guesses.wrong(one, 0, 5);
        assert_eq!(
            (told, seconds_left(0), seconds_left(59_900_000)),
            (1, 60, 1)
        );
        assert!(!guesses.may(one, 59_999_999) && guesses.may(other, 0));
        assert!(guesses.may(one, 60_000_000));
    }

    #[test]
    fn made_up_clients_take_no_more_memory() {
        let guesses = Guesses::of(CODES_MOST);
        for client in 0..3 * CALLERS {
            guesses.wrong(callers::name(client), 0, 1);
        }
        assert!(guesses.minute.lock().unwrap().wrong.len() <= CALLERS);
    }
}
