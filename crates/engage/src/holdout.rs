//! Who gets nothing, so that the others can be compared with them.
//!
//! *A tenth of those who would get the letter do not. Who that is was never drawn: a keyed hash of what is sent
//! and of the member says so. It says the same tomorrow and on another server, and knows nothing of the member
//! but their id.*

use regulars_base::MemberId;
use sha2::{Digest, Sha256};

/// The most of an audience that may be held out, in hundredths.
pub const MOST_PERCENT: u8 = 50;

/// So many places there are: a share is so exact.
const PLACES: u64 = 10_000;

/// Whether a member is held out of something: of `what`, by the merchant's secret, a share in hundredths.
pub fn is_held_out(secret: &[u8; 32], what: &str, member: MemberId, percent: u8) -> bool {
    place(secret, what, member) < u64::from(percent.min(100)) * (PLACES / 100)
}

/// A number below `of` for a member, as good as drawn: the same each time for the same `what`, so that a choice that
/// hangs on it can be made again by whoever has the secret.
pub fn drawn(secret: &[u8; 32], what: &str, member: MemberId, of: u32) -> u32 {
    let number = hashed(secret, b"drawn\0", what, member) % u64::from(of.max(1));
    // It is below `of`, which is one.
    u32::try_from(number).unwrap_or(0)
}

/// A member's place among all, from 0 on: as good as drawn, and always the same.
fn place(secret: &[u8; 32], what: &str, member: MemberId) -> u64 {
    // Of 2^64 numbers, ten thousand places differ by nothing that could be measured.
    hashed(secret, b"holdout\0", what, member) % PLACES
}

/// A number that only whoever has the secret can foresee. Each use has a name of its own, so that no number of one
/// says anything about another's.
fn hashed(secret: &[u8; 32], own: &[u8], what: &str, member: MemberId) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(secret);
    hasher.update(own);
    hasher.update(what.as_bytes());
    hasher.update([0]);
    hasher.update(member.bytes());
    let hash = hasher.finalize();
    let first = hash.iter().take(8);
    first.fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(number: u32) -> MemberId {
        let mut bytes = [0; 16];
        bytes[12..].copy_from_slice(&number.to_be_bytes());
        MemberId::from_bytes(bytes)
    }

    fn held(what: &str, percent: u8) -> Vec<bool> {
        (0..20_000)
            .map(|number| is_held_out(&[7; 32], what, member(number), percent))
            .collect()
    }

    #[test]
    fn a_share_is_what_it_says_and_the_same_each_time() {
        for percent in [0_u8, 1, 10, 50] {
            let one = held("welcome", percent);
            assert_eq!(one, held("welcome", percent));
            let count = one.iter().filter(|own| **own).count();
            let want = 200 * usize::from(percent);
            // Four standard deviations of 20,000 draws are at most 283.
            assert!(count.abs_diff(want) < 283, "{percent}: {count}");
        }
    }

    #[test]
    fn whoever_is_held_out_of_less_is_held_out_of_more_and_of_another_by_chance() {
        let (few, more, other) = (held("a", 10), held("a", 20), held("b", 10));
        assert!(few.iter().zip(&more).all(|(few, more)| *more || !few));
        let both = few
            .iter()
            .zip(&other)
            .filter(|(one, other)| **one && **other);
        // A hundredth of 20,000; four standard deviations are 56.
        assert!(both.count().abs_diff(200) < 57);
    }

    #[test]
    fn what_is_drawn_is_even_the_same_each_time_and_says_nothing_of_who_is_held_out() {
        let draw = |number: u32| drawn(&[7; 32], "welcome", member(number), 1000);
        let all: Vec<u32> = (0..20_000).map(draw).collect();
        assert_eq!(all, (0..20_000).map(draw).collect::<Vec<_>>());
        assert!(all.iter().all(|own| *own < 1000));
        let low = all.iter().filter(|own| **own < 250).count();
        // Four standard deviations of 20,000 draws of a quarter are 245.
        assert!(low.abs_diff(5000) < 245, "{low}");
        let held = held("welcome", 10);
        let both = all
            .iter()
            .zip(&held)
            .filter(|(own, held)| **own < 250 && **held);
        // A fortieth of 20,000; four standard deviations are 88.
        assert!(both.count().abs_diff(500) < 89);
    }
}
