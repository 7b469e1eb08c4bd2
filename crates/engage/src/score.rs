//! What models say of a member, as conditions ask for it: numbers by name (`score("churn")`), in thousandths, and what
//! the member is called (`label("rfm")`).
//!
//! Whoever runs the models says it ([`Portrait::hear`]); of whom nothing can be said there is nothing, and a condition
//! that asks is neither so nor not so.

use crate::Portrait;
use std::collections::BTreeMap;

/// What models say of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Numbers by name, in thousandths.
    pub scores: BTreeMap<String, i64>,
    /// What they are called, by name.
    pub labels: BTreeMap<String, String>,
}

impl Said {
    /// Whether that is what a portrait has heard already.
    pub fn is_known_to(&self, portrait: &Portrait) -> bool {
        portrait.scores == self.scores && portrait.labels == self.labels
    }
}

impl Portrait {
    /// Keeps what models say now, and nothing of what they said before. Whether that is something new.
    pub fn hear(&mut self, said: &Said) -> bool {
        let is_new = !said.is_known_to(self);
        if is_new {
            self.scores.clone_from(&said.scores);
            self.labels.clone_from(&said.labels);
        }
        is_new
    }
}
