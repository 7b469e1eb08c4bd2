//! A kind of points: what it is called, worth, and when it becomes free and lapses.

use regulars_base::{Almanac, CivilDay, Name, Period, Ratio, Span, Timestamp, Zone};
use regulars_ledger::SpendOrder;

/// A kind of points.
#[derive(Clone, Debug)]
pub struct Points {
    /// Its id in the file.
    pub id: String,
    /// Its name in states and records.
    pub name: Name,
    /// What one is called.
    pub one: String,
    /// What many are called.
    pub other: String,
    /// Decimals: 100 points with 2 decimals are kept as 10,000.
    pub decimals: u8,
    /// What a whole point is worth, in minor units of the program's currency, for liability.
    pub worth: Option<Ratio>,
    /// How long they are pending.
    pub pending: Option<Pending>,
    /// When they lapse.
    pub expiry: Expiry,
    /// Whether they can be spent. Status points cannot.
    pub spendable: bool,
    /// Which lots are spent first.
    pub spend_order: SpendOrder,
}

/// How long points are pending after they were earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// For so long ...
    pub span: Span,
    /// ... and then to the end of the day, if so.
    pub to_end_of_day: bool,
}

/// When points lapse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Never.
    Never,
    /// All at one moment: the start of that day.
    On(CivilDay),
    /// Each lot on its own.
    After {
        /// So long after ...
        span: Span,
        /// ... this ...
        from: CountedFrom,
        /// ... and then to the end of the day, month, quarter, half-year or year that this is in;
        /// to the very moment if not said.
        round_up: Option<Period>,
        /// Or back to the start of the day, month ... that this is in.
        round_down: Option<Period>,
        /// What a month after the 31st is.
        month_end: MonthEnd,
    },
    /// All of them, when nothing was bought, done or redeemed for so long (to the end of that day).
    Inactivity(Span),
    /// At the end of the period in which they were earned (plus so many more periods).
    EndOf(Period, i32),
}

/// What a lot's life counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CountedFrom {
    /// From the day on which it was earned.
    #[default]
    Earning,
    /// From the day on which it became free.
    Release,
}

/// What "a month later" means where that month has no such day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MonthEnd {
    /// Its last day: 31 January + 1 month = 28 February.
    #[default]
    Clip,
    /// The first day of the next: 31 January + 1 month = 1 March.
    Spill,
}

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
