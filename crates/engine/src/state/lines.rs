//! Which lines of an order.

use serde::{Deserialize, Serialize};

/// Which lines of an order, by place. Each rule that gives makes such a set, so it is one number
/// for orders of up to 64 lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineSet {
    /// All.
    All,
    /// Those of the first 64 whose bit is set.
    First(u64),
    /// The same, 64 lines a number; the last number is never 0.
    Many(Vec<u64>),
}

impl LineSet {
    /// No line.
    pub const NONE: Self = Self::First(0);

    /// Those of the order's `lines` for which this holds: each is asked once, in order.
    #[inline]
    pub(crate) fn those<L>(lines: &[L], mut holds: impl FnMut(&L) -> bool) -> Self {
        let (first, more) = lines.split_at(lines.len().min(64));
        let (mut bits, mut bit) = (0, 1_u64);
        for line in first {
            if holds(line) {
                bits |= bit;
            }
            bit <<= 1;
        }
        let mut set = Self::First(bits);
        for (place, line) in (64..).zip(more) {
            if holds(line) {
                set.add(place);
            }
        }
        set
    }

    /// Puts the line at `place` in.
    pub fn add(&mut self, place: u16) {
        let (word, bit) = at(place);
        match self {
            Self::All => {}
            Self::First(bits) if word == 0 => *bits |= bit,
            Self::First(bits) => {
                let mut words = vec![0; word + 1];
                (words[0], words[word]) = (*bits, bit);
                *self = Self::Many(words);
            }
            Self::Many(words) => {
                if words.len() <= word {
                    words.resize(word + 1, 0);
                }
                words[word] |= bit;
            }
        }
    }

    /// Puts all of `other` in.
    pub fn add_all(&mut self, other: &Self) {
        match (&mut *self, other) {
            (_, Self::All) => *self = Self::All,
            (Self::First(bits), Self::First(more)) => *bits |= more,
            (_, other) => other.places().for_each(|place| self.add(place)),
        }
    }

    /// Whether the line at `place` is in it.
    pub fn contains(&self, place: u16) -> bool {
        let (word, bit) = at(place);
        match self {
            Self::All => true,
            Self::First(bits) => word == 0 && bits & bit != 0,
            Self::Many(words) => words.get(word).is_some_and(|bits| bits & bit != 0),
        }
    }

    /// Whether no line is in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::NONE
    }

    /// Whether it names some of `count` lines, and not each.
    pub fn is_part_of(&self, count: usize) -> bool {
        let named = match self {
            Self::All => 0,
            Self::First(bits) => bits.count_ones() as usize,
            Self::Many(words) => words.iter().map(|bits| bits.count_ones() as usize).sum(),
        };
        (1..count).contains(&named)
    }

    /// The first line in it, unless it is all.
    pub fn first(&self) -> Option<u16> {
        self.places().next()
    }

    /// Those of the order's `lines` that are in it.
    pub fn of<'a, L>(&'a self, lines: &'a [L]) -> impl Iterator<Item = &'a L> {
        (0_u16..)
            .zip(lines)
            .filter(|(place, _)| self.contains(*place))
            .map(|(_, line)| line)
    }

    /// Tells `each` those of the order's `lines` that are in it, and their places.
    #[inline]
    pub(crate) fn each<L>(&self, lines: &[L], mut each: impl FnMut(u16, &L)) {
        for (place, line) in (0_u16..).zip(lines) {
            if self.contains(place) {
                each(place, line);
            }
        }
    }

    /// The places of those that are named, in order; of [`LineSet::All`] none are.
    fn places(&self) -> impl Iterator<Item = u16> {
        let words = match self {
            Self::All => &[][..],
            Self::First(bits) => std::slice::from_ref(bits),
            Self::Many(words) => words,
        };
        let lines = u16::try_from(64 * words.len()).unwrap_or(u16::MAX);
        (0..lines).filter(|place| self.contains(*place))
    }
}

impl FromIterator<u16> for LineSet {
    fn from_iter<I: IntoIterator<Item = u16>>(places: I) -> Self {
        let mut set = Self::NONE;
        places.into_iter().for_each(|place| set.add(place));
        set
    }
}

/// The number that holds a place, and its bit there.
const fn at(place: u16) -> (usize, u64) {
    (place as usize / 64, 1 << (place % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_however_long_the_order_is() {
        for places in [&[][..], &[0], &[3, 63], &[64], &[2, 70, 9_999], &[200, 5]] {
            let set: LineSet = places.iter().copied().collect();
            let mut sorted = places.to_vec();
            sorted.sort_unstable();
            assert_eq!(set.places().collect::<Vec<_>>(), sorted);
            assert_eq!(set.is_empty(), places.is_empty());
            assert_eq!(set.first(), sorted.first().copied());
            assert_eq!(set.is_part_of(2), places.len() == 1);
            let lines: Vec<u16> = (0..10_000).collect();
            assert_eq!(set.of(&lines).copied().collect::<Vec<_>>(), sorted);
            assert_eq!(LineSet::those(&lines, |line| places.contains(line)), set);
            let mut all = set.clone();
            all.add_all(&[1, 100].into_iter().collect());
            assert!(
                all.contains(1) && all.contains(100) && sorted.iter().all(|at| all.contains(*at))
            );
        }
        let lines = ["a", "b"];
        assert_eq!(LineSet::All.of(&lines).count(), 2);
        assert!(!LineSet::All.is_empty() && LineSet::All.contains(9_999));
    }
}
