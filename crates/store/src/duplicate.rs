//! Members who may be one person.

use regulars_base::{MemberId, Timestamp};

/// Two members who may be one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateRow {
    /// The one with the lower id, so the older one.
    pub one: MemberId,
    /// The other.
    pub other: MemberId,
    /// How much speaks for it: 1 to 99.
    pub score: i64,
    /// Why, as words: `email`, `phone`, `name_birthday`, `address`. Sorted.
    pub reasons: Vec<String>,
    /// Whether somebody said that they are two.
    pub not_same: bool,
    /// When it was found last.
    pub found_at: Timestamp,
}

/// What may be the same of two members, and how much it speaks for one person.
pub(crate) const REASONS: [(&str, i64); 4] = [
    ("email", 60),
    ("phone", 70),
    ("name_birthday", 60),
    ("address", 20),
];
/// What speaks for less is not listed: a household has one address.
pub(crate) const LEAST: i64 = 50;
/// The most that can speak for it.
pub(crate) const MOST: i64 = 99;
/// What more members have in common than this is no sign: the telephone of a company.
pub(crate) const CROWD: i64 = 20;

/// The reasons' figures, as a term of SQL of the reason of the column `reason`.
pub(crate) fn figure() -> String {
    let cases = REASONS.map(|(word, score)| format!("WHEN '{word}' THEN {score}"));
    format!("CASE reason {} ELSE 0 END", cases.join(" "))
}

/// Where a page ends.
pub type DuplicatePlace = (i64, MemberId, MemberId);

/// The words of a row's reasons.
pub(crate) fn words(reasons: &str) -> Vec<String> {
    let mut words: Vec<String> = reasons.split(' ').map(str::to_owned).collect();
    words.sort();
    words.dedup();
    words
}
