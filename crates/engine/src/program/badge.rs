//! Badges and levels.

use super::Gives;
use regulars_base::Name;

/// A badge: once given, it stays.
#[derive(Clone, Debug)]
pub struct BadgeRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
}

/// A level: reached by points that are never spent, and never lost.
#[derive(Clone, Debug)]
pub struct LevelRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// Which points, by their place.
    pub points: u16,
    /// How many.
    pub at: i64,
    /// What it gives.
    pub gives: Option<Gives>,
    /// The badge that it gives, by its place.
    pub badge: Option<u16>,
}
