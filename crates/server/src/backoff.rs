//! Who tries passwords that are wrong.
//!
//! Three are made to wait, each longer with every wrong one: whoever guesses at one account from one
//! address; an account that is guessed at from everywhere; and an address that guesses at everybody. So
//! that nobody locks somebody else out, the second does not hold where that somebody signed in from lately.
//! It is kept in memory only, and bounded; a server that starts anew begins anew.

use crate::callers;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// So many are told apart.
const MOST: usize = 10_000;
/// How long the first wait is, in seconds; twice as long after each wrong one more.
const FIRST_SECONDS: i64 = 60;
/// How long it is at most: a quarter of an hour.
const LONGEST_SECONDS: i64 = 15 * 60;
/// After so long without a wrong one all is forgotten, in seconds.
const FORGOTTEN_SECONDS: i64 = 3600;
const SECOND_MICROS: i64 = 1_000_000;

/// Whom a wrong password counts against.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) enum Against<'a> {
    /// Whoever guesses at this account from this address.
    Both(&'a str, &'a str),
    /// This account, wherever it is guessed at from.
    Account(&'a str),
    /// This address, whomever it guesses at.
    Address(&'a str),
}

/// Wrong passwords of late.
#[derive(Default)]
pub(crate) struct Backoff(Mutex<HashMap<u64, Wrong>>);

#[derive(Clone, Copy)]
struct Wrong {
    count: u32,
    free: u32,
    last: i64,
}

impl Against<'_> {
    /// So many wrong ones are let pass.
    const fn free(self) -> u32 {
        match self {
            Self::Both(..) => 10,
            Self::Account(_) => 50,
            Self::Address(_) => 100,
        }
    }

    fn name(self) -> u64 {
        callers::name(self)
    }
}

impl Wrong {
    /// Until when nothing is looked at.
    fn until(self) -> i64 {
        match self.count.checked_sub(self.free) {
            None => i64::MIN,
            Some(over) => {
                let wait = (FIRST_SECONDS << over.min(10)).min(LONGEST_SECONDS);
                self.last + wait * SECOND_MICROS
            }
        }
    }

    fn is_forgotten(self, now: i64) -> bool {
        now - self.last > FORGOTTEN_SECONDS * SECOND_MICROS
    }
}

impl Backoff {
    /// How many seconds they have to wait, if they do.
    pub(crate) fn waits(&self, against: Against<'_>, now: i64) -> Option<u32> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wrong = known.get(&against.name())?;
        let left = wrong.until().saturating_sub(now);
        let seconds = left.checked_add(SECOND_MICROS - 1)? / SECOND_MICROS;
        (left > 0).then(|| u32::try_from(seconds).unwrap_or(1))
    }

    /// A wrong one came.
    pub(crate) fn wrong(&self, against: Against<'_>, now: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = against.name();
        // Those who have to wait are kept.
        callers::make_room(&mut known, name, MOST, |wrong| wrong.until() > now);
        let fresh = Wrong {
            count: 0,
            free: against.free(),
            last: now,
        };
        let wrong = known.entry(name).or_insert(fresh);
        if wrong.is_forgotten(now) {
            *wrong = fresh;
        }
        wrong.count = wrong.count.saturating_add(1);
        wrong.last = now;
    }

    /// A right one came: what they mistyped before counts no more.
    pub(crate) fn right(&self, against: Against<'_>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(&against.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_a_quarter_of_an_hour_and_is_over_then() {
        let own = Backoff::default();
        let both = Against::Both("ana", "10.0.0.1");
        let (mut now, mut waits) = (0, Vec::new());
        for _ in 0..17 {
            let waited = own.waits(both, now);
            waits.push(waited.unwrap_or(0));
            now += i64::from(waited.unwrap_or(0)) * SECOND_MICROS;
            assert_eq!(own.waits(both, now), None, "what was said is enough");
            own.wrong(both, now);
        }
        assert_eq!(waits[..10], [0; 10]);
        assert_eq!(waits[10..], [60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(own.waits(Against::Both("ana", "10.0.0.2"), now), None);
        assert_eq!(own.waits(Against::Account("ana"), now), None);
        own.right(both);
        assert_eq!(own.waits(both, now), None);
    }

    #[test]
    fn what_was_long_ago_is_forgotten_and_made_up_accounts_take_no_more_memory() {
        let own = Backoff::default();
        let ana = Against::Account("ana");
        for _ in 0..49 {
            own.wrong(ana, 0);
        }
        own.wrong(ana, 3_601 * SECOND_MICROS);
        assert_eq!(own.waits(ana, 3_601 * SECOND_MICROS), None);
        for number in 0..3 * MOST {
            own.wrong(Against::Account(&number.to_string()), 0);
        }
        assert!(own.0.lock().unwrap().len() <= MOST);
    }
}
