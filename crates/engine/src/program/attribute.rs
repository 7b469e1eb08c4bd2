//! What sorts of members there are.

use regulars_base::Name;

/// An attribute of members, which the merchant sets: a group of customers, a line of business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// The values that it may have.
    pub values: Vec<String>,
}
