//! How much a member has of what tiers ask for.
//!
//! *On 3 May Dee's figures of the calendar year are those since 1 January; those of the last 30 days
//! since 4 April; those of a trial that began on 20 April since that day.*

use crate::draft::Draft;
use crate::program::{Metric, Program, Reach, Threshold, Within};
use crate::state::{Rise, Wallet};
use regulars_base::{Almanac, CivilDay, Name, Timestamp, Zone};

/// A wallet looked at on a day, for its tier.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    zone: &'a Zone,
    wallet: &'a Wallet,
    now: Timestamp,
    day: &'a Almanac,
    /// Since when the tier is held that `since the tier` means.
    tier_since: Timestamp,
    /// Only what was counted up to this day (number) is seen: a look into the past.
    upto: Option<i32>,
    /// Of a balance, what this step gave is not seen: it cannot be what led there.
    before: Option<&'a Rise>,
}

impl<'a> Look<'a> {
    pub(crate) fn new(
        program: &'a Program,
        wallet: &'a Wallet,
        now: Timestamp,
        day: &'a Almanac,
    ) -> Self {
        Self {
            zone: &program.zone,
            wallet,
            now,
            day,
            tier_since: wallet.own_tier().since,
            upto: None,
            before: None,
        }
    }

    pub(super) fn of(draft: &'a Draft<'_>, day: &'a Almanac, now: Timestamp) -> Self {
        Self::new(draft.program, &draft.state.wallet, now, day)
    }

    /// As of the end of its day, for who had not taken this step.
    pub(super) const fn back_then(self, rise: &'a Rise) -> Self {
        Self {
            tier_since: rise.before.since,
            upto: Some(self.day.day.number()),
            before: Some(rise),
            ..self
        }
    }

    fn joined(&self) -> CivilDay {
        self.zone.day(self.wallet.enrolled_at.unwrap_or(self.now))
    }

    fn tier_began(&self) -> CivilDay {
        self.zone.day(self.tier_since).max(self.joined())
    }

    /// The first day (number) that counts for a figure.
    #[inline]
    pub(crate) fn first_day(&self, threshold: &Threshold) -> i32 {
        self.first_within(threshold.within)
            .max(threshold.counts_from)
    }

    /// The first day (number) of a time.
    #[inline]
    pub(crate) fn first_within(&self, within: Within) -> i32 {
        let day = match within {
            Within::Calendar(period) => self.day.first_day(period),
            Within::YearFrom(month, day) => Within::year_from(self.day.day, (month, day)),
            Within::Rolling(span) => span.before(self.day.day).plus_days(1),
            Within::Anniversary => anniversary(self.day.day, self.joined()),
            Within::TierYear => anniversary(self.day.day, self.tier_began()),
            Within::SinceTier => self.tier_began(),
            Within::Ever => return i32::MIN,
            Within::YearOf(name) => {
                let own = own_day(self.wallet, name);
                anniversary(self.day.day, own.unwrap_or_else(|| self.joined()))
            }
        };
        day.number()
    }

    /// How many of these points the step gave that was not taken, as far as they were free by then.
    fn given_by_step(&self, points: Name) -> i64 {
        let Some(rise) = self.before else { return 0 };
        let over = self.zone.start_of(self.day.day.plus_days(1));
        let gifts = self.wallet.card_gifts.iter();
        gifts
            .filter(|own| own.paid.dates.available_at < over)
            .filter(|own| own.card == rise.tier && own.at >= rise.at && own.paid.points == points)
            .map(|own| own.paid.amount)
            .sum()
    }

    /// Whether enough of it is met.
    pub(super) fn meets(&self, reach: Option<&Reach>) -> bool {
        let met = |own: &Threshold| self.figure(own) >= own.at_least;
        reach.is_none_or(|reach| reach.is_met(&met))
    }

    /// How much there is of what a figure asks for.
    pub(crate) fn figure(&self, threshold: &Threshold) -> i64 {
        match (threshold.metric, self.upto) {
            (Metric::Balance(points), None) => self.wallet.available(points, self.now),
            (Metric::Balance(points), Some(upto)) => {
                let name = threshold.metric.name();
                self.wallet.progress_between(name, i32::MIN, upto) - self.given_by_step(points)
            }
            (counted, upto) => {
                let from = self.first_day(threshold);
                let upto = upto.unwrap_or(i32::MAX);
                self.wallet.progress_between(counted.name(), from, upto)
            }
        }
    }
}

/// The day that an attribute of the member names.
pub(super) fn own_day(wallet: &Wallet, attribute: Name) -> Option<CivilDay> {
    wallet.attribute(attribute).parse().ok()
}

/// The first day of the year that begins each year on the day of `first`, and that `day` lies in.
pub(super) fn anniversary(day: CivilDay, first: CivilDay) -> CivilDay {
    let years = i32::from(day.year_month_day().0 - first.year_month_day().0);
    let this = first.plus_months(12 * years);
    if this > day {
        first.plus_months(12 * (years - 1))
    } else {
        this
    }
}
