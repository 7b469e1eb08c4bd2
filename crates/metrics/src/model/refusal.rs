//! Why a model is not fitted: a value with a code of its own, and a sentence that says what to do.

use thiserror::Error;

/// The data cannot carry the model, or are not what it takes.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Columns that belong together differ in length.
    #[error("the columns have different lengths ({left} and {right} rows): give one value per row")]
    Lengths {
        /// Rows of the first column.
        left: usize,
        /// Rows of the other.
        right: usize,
    },
    /// A row that no customer can have.
    #[error("row {row}: {why}")]
    BadRow {
        /// Its place, from 0.
        row: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Fewer customers, periods or cohorts than the model can be fitted to.
    #[error(
        "too few {what}: {have}, and at least {need} are needed; take a longer period or a larger group"
    )]
    TooFew {
        /// What there is too little of.
        what: &'static str,
        /// How many there are.
        have: u64,
        /// How many it takes.
        need: u64,
    },
    /// All are alike in what the model is to tell apart.
    #[error("{what}: there is nothing that a model could tell apart")]
    NoVariation {
        /// What does not vary.
        what: &'static str,
    },
    /// The likelihood hardly depends on a parameter: any value would do as well.
    #[error(
        "the data do not determine `{parameter}`: take a longer period, or a model with fewer parameters"
    )]
    NotIdentified {
        /// The parameter.
        parameter: &'static str,
    },
    /// The likelihood had no top that could be found.
    #[error("no best fit was found in {steps} steps: the data do not look like the model")]
    NotConverged {
        /// After how many steps it was given up.
        steps: u32,
    },
    /// An argument outside what is meant.
    #[error("{what}")]
    BadArgument {
        /// Which, and what it may be.
        what: &'static str,
    },
}

impl Refusal {
    /// The code by which programs tell refusals apart.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Lengths { .. } => "columns_differ_in_length",
            Self::BadRow { .. } => "bad_row",
            Self::TooFew { .. } => "too_few",
            Self::NoVariation { .. } => "no_variation",
            Self::NotIdentified { .. } => "not_identified",
            Self::NotConverged { .. } => "not_converged",
            Self::BadArgument { .. } => "bad_argument",
        }
    }

    /// The figures that the sentence names, by their names.
    pub fn figures(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let count = |size: usize| size as u64;
        let (first, second) = match *self {
            Self::Lengths { left, right } => {
                (Some(("left", count(left))), Some(("right", count(right))))
            }
            Self::BadRow { row, .. } => (Some(("row", count(row))), None),
            Self::TooFew { have, need, .. } => (Some(("have", have)), Some(("need", need))),
            Self::NotConverged { steps } => (Some(("steps", steps.into())), None),
            Self::NoVariation { .. } | Self::NotIdentified { .. } | Self::BadArgument { .. } => {
                (None, None)
            }
        };
        first.into_iter().chain(second)
    }
}
