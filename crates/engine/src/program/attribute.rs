//! What sorts of members there are.

use regulars_base::{CivilDay, Name};

/// An attribute of members, which the merchant sets: a group of customers, a line of business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// The values that it may have.
    pub values: Vec<String>,
    /// Whether its values are days instead: a contract began on one.
    pub is_day: bool,
}

impl AttributeRule {
    /// Whether it may have this value.
    pub fn takes(&self, value: &str) -> bool {
        match self.is_day {
            true => value.parse::<CivilDay>().is_ok(),
            false => self.values.iter().any(|own| own == value),
        }
    }
}
