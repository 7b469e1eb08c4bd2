//! Tiers: what they take, and how long they are kept.

use crate::stage::tier::Look;
use crate::state::Wallet;
use regulars_base::{Almanac, Name, Period, Ratio, Span, Timestamp, Zone};

/// A tier.
#[derive(Clone, Debug)]
pub struct TierRule {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What it takes; the lowest tier takes nothing.
    pub reach: Option<Reach>,
    /// What it takes to keep it, where that differs.
    pub renew: Option<Reach>,
    /// What becomes of it.
    pub keep: Keep,
    /// Nobody comes into it any more; who is in it keeps it to its end.
    pub closed: bool,
    /// Factors on points earned, by the points' place in the program.
    pub earn: Vec<(u16, Ratio)>,
}

/// What a tier takes.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The thresholds.
    pub thresholds: Vec<Threshold>,
    /// How many of them must be met: one, some, or all.
    pub need: usize,
    /// Within which time.
    pub within: Within,
    /// What was done before this day (number) does not count.
    pub counts_from: i32,
}

/// So much of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Of what.
    pub metric: Metric,
    /// How much: minor units, points (smallest unit), orders, visits.
    pub at_least: i64,
}

/// What counts towards tiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Money paid for goods, less what came back.
    Spend,
    /// Orders that did not come back as a whole.
    Orders,
    /// Visits.
    Visits,
    /// Points earned, less what was taken back; spending them changes nothing.
    Earned(Name),
    /// Points that can be spent now: spending them may cost the tier.
    Balance(Name),
}

/// Within which time a threshold must be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// In one period of the calendar.
    Calendar(Period),
    /// In the days up to now.
    Rolling(Span),
    /// In one year of membership, counted from the day of joining.
    Anniversary,
    /// Since the member came into the tier they are in (or joined).
    SinceTier,
    /// Ever.
    Ever,
}

/// What becomes of a tier that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Until when it is kept without doing anything.
    pub until: KeepUntil,
    /// What happens then to those who do not meet its threshold any more.
    pub then: Downgrade,
    /// So many more days before that happens.
    pub grace_days: i32,
}

/// Until when a tier is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepUntil {
    /// The end of the period (calendar, or year of membership) in which it was reached, and so
    /// many more.
    EndOfPeriod(i32),
    /// So long after it was reached.
    After(Span),
    /// For ever.
    Ever,
    /// As long as its threshold is met: lost at once when it is not.
    WhileMet,
}

/// What happens to those who lose a tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Downgrade {
    /// They land one tier down.
    #[default]
    OneDown,
    /// They land in the tier whose threshold they meet.
    ToEarned,
    /// They land in the lowest.
    ToLowest,
}

/// How finely progress towards tiers is kept: the coarsest that the tiers allow, so that wallets
/// stay small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grain {
    /// By day.
    #[default]
    Day,
    /// By period of the calendar.
    Calendar(Period),
    /// One sum.
    Ever,
}

impl Reach {
    /// How much the wallet has of what each threshold asks for, in their order, looked at `now`.
    pub fn figures(&self, zone: &Zone, wallet: &Wallet, now: Timestamp) -> Vec<i64> {
        let day = Almanac::of(zone.day(now));
        let look = Look::new(zone, wallet, now, &day);
        look.figures(self).collect()
    }
}

impl TierRule {
    /// What it takes to reach it and to keep it.
    pub fn reaches(&self) -> impl Iterator<Item = &Reach> {
        self.reach.iter().chain(&self.renew)
    }
}

impl Metric {
    /// The name under which progress of it is kept.
    pub fn name(self) -> Name {
        match self {
            Self::Spend => Name::of("#spend"),
            Self::Orders => Name::of("#orders"),
            Self::Visits => Name::of("#visits"),
            Self::Earned(points) | Self::Balance(points) => points,
        }
    }
}
