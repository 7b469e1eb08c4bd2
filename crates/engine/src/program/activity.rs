//! What members do without buying.

use regulars_base::Name;

/// An activity that a program declares.
#[derive(Clone, Debug)]
pub struct ActivityRule {
    /// Its name in the file and in events.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// Its fields and their types, by name.
    pub fields: Vec<(String, FieldType)>,
}

/// The type of an activity's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// Words.
    Text,
}
