//! Tiers: what they take, and how long they are kept.

use super::Gives;
use regulars_base::{CivilDay, Name, Period, Ratio, Span};

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
    /// What makes it theirs for ever.
    pub lifetime: Option<Lifetime>,
    /// What members get who reach it.
    pub gift: Option<TierGift>,
    /// Nobody comes into it any more; who is in it keeps it to its end.
    pub closed: bool,
    /// Factors on points earned, by the points' place in the program.
    pub earn: Vec<(u16, Ratio)>,
}

/// What a tier takes: so many of some figures and groups of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Figures, each with its time.
    pub thresholds: Vec<Threshold>,
    /// Groups, each of which counts for one where it is met.
    pub groups: Vec<Reach>,
    /// How many of them must be met: one, some, or all.
    pub need: usize,
}

/// So much of a metric, within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Of what.
    pub metric: Metric,
    /// How much: minor units, points (smallest unit), orders, visits.
    pub at_least: i64,
    /// Within which time.
    pub within: Within,
    /// What was done before this day (number) does not count.
    pub counts_from: i32,
}

/// What makes a tier a member's for ever: one of the two is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Figures, counted over all time.
    pub reach: Option<Reach>,
    /// So long in the tier, or above it, without a break.
    pub held: Option<Span>,
}

/// What members get who reach a tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierGift {
    /// What, each with the name under which it is remembered that a member has had it.
    pub gives: Vec<(Name, Gives)>,
    /// Each time that they reach it; else only the first time.
    pub each_time: bool,
    /// A voucher that it gives is void after so long (to the end of that day).
    pub voucher_expires: Option<Span>,
}

/// A tier that is taken over from another program, on trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchRule {
    /// Its id in the file: the other program.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// The other program's tiers, and the place of the one that a member gets for each.
    pub tiers: Vec<(String, u16)>,
    /// For how long (to the end of that day).
    pub trial: Span,
    /// What a member must do in that time to keep it; counted from the day on which it began.
    pub challenge: Reach,
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
    /// Friends who joined by the member's word, and count.
    Referrals,
    /// Money that was sold on for, by reports, less what came back.
    Sold,
}

/// Within which time a threshold must be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// In one period of the calendar.
    Calendar(Period),
    /// In one year that begins on this day: month, day.
    YearFrom(i8, i8),
    /// In the days up to now.
    Rolling(Span),
    /// In one year of membership, counted from the day of joining.
    Anniversary,
    /// In one year of the tier, counted from the day on which the member came into it (or joined).
    TierYear,
    /// Since the member came into the tier they are in (or joined).
    SinceTier,
    /// Ever.
    Ever,
    /// In one year that begins each year on the day that this attribute of the member names; counted from
    /// the day of joining where it names none.
    YearOf(Name),
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
    /// The same, but what was done before this day (number) does not count.
    #[must_use]
    pub fn counted_from(mut self, day: i32) -> Self {
        for threshold in &mut self.thresholds {
            threshold.counts_from = day;
        }
        let groups = self.groups.into_iter();
        self.groups = groups.map(|group| group.counted_from(day)).collect();
        self
    }

    /// All figures of it, also those of its groups.
    pub fn all(&self) -> Vec<&Threshold> {
        let mut all: Vec<&Threshold> = self.thresholds.iter().collect();
        all.extend(self.groups.iter().flat_map(Self::all));
        all
    }

    /// How many figures and groups there are to choose from.
    pub const fn choices(&self) -> usize {
        self.thresholds.len() + self.groups.len()
    }

    /// Whether enough of it is met, where `met` says so of each figure.
    pub fn is_met(&self, met: &impl Fn(&Threshold) -> bool) -> bool {
        let mut found = 0;
        for threshold in &self.thresholds {
            found += usize::from(met(threshold));
        }
        for group in &self.groups {
            found += usize::from(group.is_met(met));
        }
        found >= self.need
    }
}

impl Within {
    /// Whether what counts never ceases to.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Ever | Self::SinceTier)
    }

    /// The first day (number) of the year from this month and day in which `day` lies.
    pub(crate) fn year_from(day: CivilDay, (month, first): (i8, i8)) -> CivilDay {
        let (year, ..) = day.year_month_day();
        match CivilDay::of(year, month, first) {
            this if this <= day => this,
            _ => CivilDay::of(year - 1, month, first),
        }
    }
}

impl TierRule {
    /// What it takes to reach it, to keep it, and to have it for ever.
    pub fn reaches(&self) -> impl Iterator<Item = &Reach> {
        let lifetime = self.lifetime.iter().flat_map(|lifetime| &lifetime.reach);
        self.reach.iter().chain(&self.renew).chain(lifetime)
    }

    /// What it takes to keep it.
    pub fn kept_by(&self) -> Option<&Reach> {
        self.renew.as_ref().or(self.reach.as_ref())
    }

    /// The time that its end is reckoned by: of several the first that comes to an end by itself.
    pub fn within(&self) -> Option<Within> {
        let all = self.reach.as_ref()?.all();
        let times = || all.iter().map(|threshold| threshold.within);
        let ends = |within: &Within| !matches!(within, Within::Rolling(_)) && !within.is_open();
        let first = times()
            .find(ends)
            .or_else(|| times().find(|own| !own.is_open()));
        first.or_else(|| times().next())
    }
}

impl Metric {
    /// What stands behind the name of points where their balance is meant.
    pub(crate) const BALANCE: &str = "#balance";

    /// The name under which progress of it is kept.
    pub fn name(self) -> Name {
        match self {
            Self::Spend => Name::of("#spend"),
            Self::Orders => Name::of("#orders"),
            Self::Visits => Name::of("#visits"),
            Self::Referrals => Name::of("#referrals"),
            Self::Sold => Name::of("#sold"),
            Self::Earned(points) => points,
            Self::Balance(points) => points.then(Self::BALANCE),
        }
    }
}
