//! When points that lapse some time after they were earned do so.

use super::{CountedFrom, Expiry, MonthEnd};
use regulars_base::{Almanac, CivilDay, Span, Timestamp, Zone};

impl Expiry {
    /// The moment at which points lapse that were earned at `at` (on `today`) and are free from
    /// `released_on`. Only asked of [`Expiry::After`]; the others never lapse by themselves here.
    pub(crate) fn after(
        self,
        zone: &Zone,
        today: &Almanac,
        released_on: CivilDay,
        at: Timestamp,
    ) -> Timestamp {
        let Self::After {
            span,
            from,
            round_up,
            round_down,
            month_end,
        } = self
        else {
            return Timestamp::LAST;
        };
        let start = match from {
            CountedFrom::Release if released_on != today.day => Almanac::of(released_on),
            CountedFrom::Earning | CountedFrom::Release => *today,
        };
        // The usual terms: a year, and then to the end of the month.
        if let (MonthEnd::Clip, Span::Months(months), Some(period)) = (month_end, span, round_up) {
            return zone.start_of(start.end_after_months(months, period));
        }
        let start = start.day;
        let mut last = span.after(start);
        if let (MonthEnd::Spill, Span::Months(_)) = (month_end, span)
            && last.year_month_day().2 < start.year_month_day().2
        {
            last = last.plus_days(1);
        }
        match (round_up, round_down) {
            (Some(period), _) => zone.start_of(period.end_after(last)),
            (None, Some(period)) => zone.start_of(period.first_day(period.number(last))),
            (None, None) => zone.same_time_on(last, at),
        }
    }
}
