//! Leaderboards.

use super::Gives;
use regulars_base::{Name, Period, Span, Timestamp, Zone};

/// A leaderboard: who has most of something in a period.
#[derive(Clone, Debug)]
pub struct BoardRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// What it counts.
    pub counts: Counts,
    /// Over which period; for ever if not said.
    pub every: Option<Period>,
    /// A period is closed so long after its last day: what is told later does not move it.
    pub closes_after: Span,
    /// What places get, by ascending place.
    pub prizes: Vec<PlacePrize>,
}

/// What a leaderboard counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Points of one kind that were earned, less those taken back.
    Points(u16),
    /// Orders.
    Orders,
    /// Stamps.
    Stamps,
    /// Challenges that were met.
    Challenges,
}

/// What some places get.
#[derive(Clone, Debug)]
pub struct PlacePrize {
    /// The first place.
    pub from: i64,
    /// The last place.
    pub to: i64,
    /// What each gets.
    pub gives: Gives,
}

impl BoardRule {
    /// The number of the period that `at` falls into; 0 where it counts for ever.
    pub fn period(&self, zone: &Zone, at: Timestamp) -> i32 {
        self.every.map_or(0, |every| every.number(zone.day(at)))
    }

    /// When a period is closed; never if it counts for ever.
    pub fn closes_at(&self, zone: &Zone, period: i32) -> Timestamp {
        self.every.map_or(Timestamp::LAST, |every| {
            let next = every.first_day(period.saturating_add(1));
            zone.start_of(self.closes_after.after(next))
        })
    }

    /// What a place gets.
    pub fn prize(&self, place: i64) -> Option<&Gives> {
        let holds = |prize: &&PlacePrize| (prize.from..=prize.to).contains(&place);
        self.prizes.iter().find(holds).map(|prize| &prize.gives)
    }
}
