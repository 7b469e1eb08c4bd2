//! How far back a program looks: what is older, wallets may forget.

use super::{Limit, LimitScope, MatchRule, Metric, Reach, TierRule, Within};
use regulars_base::{CivilDay, Name, Period, Span};

/// What wallets must remember, in a form that is asked without reckoning with calendars: it may
/// name more than the rules can ask for, never less.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Progress of so many days back, day by day; nothing if all of it must be.
    pub progress_days: Option<i32>,
    /// What is older is kept as one sum, since some figure counts for ever.
    pub older_in_one: bool,
    /// The limits that count by member, and over which period.
    limits: Vec<(Name, Option<Period>)>,
}

/// Events may come so many days late and still count as on their day.
const LATE_DAYS: i32 = 92;

impl Memory {
    /// The first day (number) that is still known on `day`; nothing if all days are.
    pub fn known_from(&self, day: CivilDay) -> Option<i32> {
        Some(day.number() - self.progress_days?)
    }

    /// Of a program with these limits, tiers and matches.
    pub(super) fn of<'a>(
        limits: impl Iterator<Item = &'a Limit>,
        tiers: &[TierRule],
        matches: &[MatchRule],
    ) -> Self {
        let mut limits: Vec<_> = limits
            .filter(|limit| limit.per == LimitScope::Member)
            .map(|limit: &Limit| (limit.name, limit.every))
            .collect();
        limits.sort_unstable_by_key(|(name, _)| *name);
        let progress_days = progress_days(tiers, matches);
        Self {
            progress_days,
            older_in_one: progress_days.is_some() && any_ever(tiers),
            limits,
        }
    }

    /// The period that a member's limit counts over; nothing for one that counts for ever, or that
    /// this version does not have. Limits are asked for in the order of their names, as a wallet
    /// keeps them: each is looked for from the one before on.
    pub fn periods(&self) -> impl FnMut(Name) -> Option<Period> {
        let mut rest = &self.limits[..];
        move |limit| {
            while let [(name, _), more @ ..] = rest
                && *name < limit
            {
                rest = more;
            }
            let own = rest.first().filter(|(name, _)| *name == limit);
            own.and_then(|(_, every)| *every)
        }
    }
}

/// A threshold is looked at as late as the grace of its tier is over, and for events that came
/// late: it must still find the period before.
fn progress_days(tiers: &[TierRule], matches: &[MatchRule]) -> Option<i32> {
    let (mut most, mut ever, mut dated) = (LATE_DAYS, false, false);
    for rule in tiers {
        for threshold in rule.reaches().flat_map(Reach::all) {
            if matches!(threshold.metric, Metric::Balance(_)) {
                // How it was on each of the last days, on top of what it was before.
                (ever, dated) = (true, true);
                continue;
            }
            let days = match threshold.within {
                Within::SinceTier => return None,
                // Of one sum nobody knows what of it was from that day on.
                Within::Ever if threshold.counts_from > i32::MIN => return None,
                Within::Ever => {
                    ever = true;
                    continue;
                }
                Within::Anniversary
                | Within::YearFrom(..)
                | Within::TierYear
                | Within::YearOf(_) => 2 * 366,
                Within::Calendar(period) => 2 * longest(period),
                Within::Rolling(span) => days_of(span),
            };
            dated = true;
            let late = LATE_DAYS + rule.keep.grace_days;
            most = most.max(days.saturating_add(late));
        }
    }
    // A challenge looks back to the first day of its trial.
    for rule in matches {
        dated = true;
        most = most.max(days_of(rule.trial).saturating_add(LATE_DAYS));
    }
    // One sum for all time is as small as it gets.
    (dated || !ever).then_some(most)
}

fn any_ever(tiers: &[TierRule]) -> bool {
    let reaches = tiers.iter().flat_map(TierRule::reaches);
    let mut all = reaches.flat_map(Reach::all);
    all.any(|own| own.within == Within::Ever || matches!(own.metric, Metric::Balance(_)))
}

const fn days_of(span: Span) -> i32 {
    match span {
        Span::Days(days) => days,
        Span::Months(months) => months.saturating_mul(31),
    }
}

/// The most days that a period has.
const fn longest(period: Period) -> i32 {
    match period {
        Period::Day => 1,
        Period::Week => 7,
        Period::Month => 31,
        Period::Quarter => 92,
        Period::HalfYear => 184,
        Period::Year => 366,
    }
}
