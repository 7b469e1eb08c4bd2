//! What another way of choosing would have earned, from choices that were made with a known chance.
//!
//! A choice that the other way would have made oftener than it was made counts for more, one that it would have
//! made seldom for less: by how much, its chances say (inverse propensity; Horvitz and Thompson, 1952). That is
//! right on average, whatever the offers earn. It says little where the two ways have little in common: then
//! there is no answer.

/// So many choices at least.
pub const CHOICES_LEAST: u64 = 200;

/// So many choices it must come to, as weights go.
pub const EFFECTIVE_LEAST: f64 = 50.0;

/// A choice that was made, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// The chance with which it was made.
    pub chance: f64,
    /// The chance with which the other way would have made it.
    pub other: f64,
    /// What it earned.
    pub earned: f64,
}

/// What the other way would have earned with each choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replayed {
    /// How many choices it is told from.
    pub choices: u64,
    /// What it would have earned with each.
    pub each: f64,
    /// The standard error of that.
    pub error: f64,
    /// To how many choices of its own that comes.
    pub effective: f64,
}

/// Why nothing can be said of it.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum NoReplay {
    /// There are too few choices.
    #[error("{choices} choices whose days are over; at least {CHOICES_LEAST} are needed")]
    TooFew {
        /// How many there are.
        choices: u64,
    },
    /// The two ways have too little in common.
    #[error(
        "the choices that were made come to {effective:.0} of that way; at least {EFFECTIVE_LEAST} are needed"
    )]
    LittleInCommon {
        /// To how many they come.
        effective: f64,
    },
    /// A choice was made that had no chance.
    #[error("a choice is recorded with a chance of nothing")]
    NoChance,
}

/// Choices, added up one by one: however many there are, it takes the same room.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    count: u64,
    weights: f64,
    squares: f64,
    sum: f64,
    sum_of_squares: f64,
    no_chance: bool,
}

impl Sums {
    /// Takes in a choice.
    pub fn add(&mut self, own: Shown) {
        if own.chance <= 0.0 {
            self.no_chance = true;
            return;
        }
        let weight = own.other / own.chance;
        let earned = weight * own.earned;
        self.count += 1;
        self.weights += weight;
        self.squares += weight * weight;
        self.sum += earned;
        self.sum_of_squares += earned * earned;
    }

    /// What the other way would have earned.
    ///
    /// # Errors
    ///
    /// When the choices cannot carry it.
    pub fn told(&self) -> Result<Replayed, NoReplay> {
        let choices = self.count;
        if self.no_chance {
            return Err(NoReplay::NoChance);
        }
        if choices < CHOICES_LEAST {
            return Err(NoReplay::TooFew { choices });
        }
        let effective = if self.squares > 0.0 {
            self.weights * self.weights / self.squares
        } else {
            0.0
        };
        if effective < EFFECTIVE_LEAST {
            return Err(NoReplay::LittleInCommon { effective });
        }
        let n = choices as f64;
        let each = self.sum / n;
        let variance = (self.sum_of_squares / n - each * each).max(0.0) * n / (n - 1.0);
        Ok(Replayed {
            choices,
            each,
            error: (variance / n).sqrt(),
            effective,
        })
    }
}

/// What another way of choosing would have earned.
///
/// # Errors
///
/// When the choices cannot carry it.
pub fn replayed(choices: impl IntoIterator<Item = Shown>) -> Result<Replayed, NoReplay> {
    let mut sums = Sums::default();
    choices.into_iter().for_each(|own| sums.add(own));
    sums.told()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two offers by turns, of which the first earns 3.
    fn by_turns(other: [f64; 2]) -> impl Iterator<Item = Shown> {
        (0..400).map(move |at| Shown {
            chance: 0.5,
            other: other[at % 2],
            earned: if at % 2 == 0 { 3.0 } else { 1.0 },
        })
    }

    #[test]
    fn what_it_would_have_earned_is_known_by_hand() {
        let same = replayed(by_turns([0.5, 0.5])).expect("carries it");
        assert_eq!((same.each, same.effective), (2.0, 400.0));
        let first = replayed(by_turns([1.0, 0.0])).expect("carries it");
        assert_eq!((first.each, first.effective), (3.0, 200.0));
        // 6 and 0 by turns: a standard deviation of 3, over the root of 400.
        assert!((first.error - 3.0 / 20.0).abs() < 1e-3, "{first:?}");
    }

    #[test]
    fn where_it_cannot_be_told_it_is_not() {
        let few = replayed(by_turns([1.0, 0.0]).take(199));
        assert_eq!(few, Err(NoReplay::TooFew { choices: 199 }));
        let seldom = (0..1000).map(|at| Shown {
            chance: if at < 10 { 0.01 } else { 0.99 },
            other: f64::from(u8::from(at < 10)),
            earned: 1.0,
        });
        let told = replayed(seldom);
        assert_eq!(told, Err(NoReplay::LittleInCommon { effective: 10.0 }));
        let none = [Shown {
            chance: 0.0,
            other: 1.0,
            earned: 0.0,
        }];
        assert_eq!(replayed(none), Err(NoReplay::NoChance));
    }
}
