//! The questions, as SQL over the table `facts`: the folder that `regulars export --facts` writes.
//!
//! They say what `regulars_metrics` says in Rust, and tests hold the one to the other. Amounts are decimals
//! of 38 digits, so that every sum is exact whatever the order in which machines add up.

use regulars_base::{CivilDay, Period, Zone};
use regulars_metrics::Calendar;

/// The columns that questions stand on.
pub const COLUMNS: [&str; 4] = ["customer", "order", "time", "amount_minor"];

/// What a time zone and a calendar make of the facts.
#[derive(Clone, Debug)]
pub struct Questions {
    /// The day of a row, in days since 1970.
    day: String,
}

impl Questions {
    /// Days are those of this zone.
    pub fn new(zone: &Zone) -> Self {
        let local = match zone.name() {
            "UTC" => String::from("\"time\""),
            name => format!(
                "arrow_cast(\"time\", 'Timestamp(Microsecond, Some(\"{}\"))')",
                // A zone that there is has no quote in its name; what stands in a text stays in it all the
                // same.
                name.replace(['\'', '"'], "")
            ),
        };
        Self {
            day: format!("arrow_cast(arrow_cast({local}, 'Date32'), 'Int32')"),
        }
    }

    /// Rows that say of a customer, and what they come to.
    pub fn rows(&self) -> String {
        self.over("SELECT COUNT(*), COALESCE(SUM(amount), 0) FROM lines")
    }

    /// A row for each customer: name, first and last day of purchase (nothing for whoever only gave
    /// something back), orders, days with a purchase, refunds, what was spent, and what of it on the
    /// first day.
    pub fn customers(&self) -> String {
        self.over(
            "SELECT customer, first, MAX(CASE WHEN orders > 0 THEN day END), SUM(orders),
                    SUM(CASE WHEN orders > 0 THEN 1 ELSE 0 END), SUM(refunds), SUM(amount),
                    SUM(CASE WHEN day = first THEN amount ELSE CAST(0 AS DECIMAL(38, 0)) END)
             FROM dated GROUP BY customer, first",
        )
    }

    /// A row for each number of days that lay between two days of purchase of one customer: the days,
    /// and how often.
    pub fn gaps(&self) -> String {
        self.over(
            "SELECT day - before, COUNT(*) FROM (
               SELECT day, LAG(day) OVER (PARTITION BY customer ORDER BY day) AS before
               FROM daily WHERE orders > 0
             ) AS pairs WHERE before IS NOT NULL GROUP BY day - before",
        )
    }

    /// A row for each cohort and each period since: both by their number in the calendar, customers
    /// who bought, their purchases, what they spent.
    pub fn cohorts(&self, calendar: &Calendar) -> String {
        let (cohort, period) = (period_of(calendar, "first"), period_of(calendar, "day"));
        // What was given back before the first purchase belongs to its period.
        self.over(&format!(
            "SELECT cohort, period, SUM(CASE WHEN orders > 0 THEN 1 ELSE 0 END), SUM(orders), SUM(amount)
             FROM (
               SELECT customer, {cohort} AS cohort, {period} AS period,
                      SUM(orders) AS orders, SUM(amount) AS amount
               FROM (
                 SELECT customer, first, CASE WHEN day < first THEN first ELSE day END AS day,
                        orders, amount
                 FROM dated WHERE first IS NOT NULL
               ) AS counted GROUP BY 1, 2, 3
             ) AS cells GROUP BY cohort, period"
        ))
    }

    /// A question over what all have in common: the lines of an order are one purchase, on the day of
    /// the first of them; an order that comes to less than nothing is a refund.
    fn over(&self, question: &str) -> String {
        let day = &self.day;
        format!(
            "WITH lines AS (
               SELECT customer, \"order\", {day} AS day, CAST(amount_minor AS DECIMAL(20, 0)) AS amount
               FROM facts
               WHERE customer <> '' AND \"time\" IS NOT NULL AND amount_minor IS NOT NULL
             ), orders AS (
               SELECT customer, MIN(day) AS day, SUM(amount) AS amount
               FROM lines WHERE \"order\" <> '' GROUP BY customer, \"order\"
               UNION ALL
               SELECT customer, day, CAST(amount AS DECIMAL(30, 0)) AS amount
               FROM lines WHERE \"order\" IS NULL OR \"order\" = ''
             ), daily AS (
               SELECT customer, day, SUM(CASE WHEN amount >= 0 THEN 1 ELSE 0 END) AS orders,
                      SUM(CASE WHEN amount < 0 THEN 1 ELSE 0 END) AS refunds, SUM(amount) AS amount
               FROM orders GROUP BY customer, day
             ), dated AS (
               SELECT customer, day, orders, refunds, amount,
                      MIN(CASE WHEN orders > 0 THEN day END) OVER (PARTITION BY customer) AS first
               FROM daily
             ) {question}"
        )
    }
}

/// The number of the period of a day, counted from the first of the calendar.
fn period_of(calendar: &Calendar, day: &str) -> String {
    let date = format!("arrow_cast({day}, 'Date32')");
    let part = |part: &str| format!("CAST(date_part('{part}', {date}) AS INT)");
    let months = format!("({} * 12 + {} - 1)", part("year"), part("month"));
    let start = calendar.start(0);
    match calendar.period() {
        Period::Day => format!("({day} - {})", start.number()),
        // No day lies before the first of the calendar, so nothing is divided that is below zero.
        Period::Week => format!("(({day} - {}) / 7)", start.number()),
        Period::Month => format!("({months} - {})", months_of(start)),
        Period::Quarter => format!("(({months} - {}) / 3)", months_of(start)),
        Period::HalfYear => format!("(({months} - {}) / 6)", months_of(start)),
        Period::Year => format!("(({months} - {}) / 12)", months_of(start)),
    }
}

/// Months since the year 0.
fn months_of(day: CivilDay) -> i32 {
    let (year, month, _) = day.year_month_day();
    i32::from(year) * 12 + i32::from(month) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_said_only_where_it_matters() {
        let utc = Questions::new(&Zone::UTC).rows();
        assert!(utc.contains("arrow_cast(\"time\", 'Date32')"), "{utc}");
        let zone = Zone::new("Asia/Tokyo").expect("there is such a zone");
        let tokyo = Questions::new(&zone).rows();
        assert!(tokyo.contains("Some(\"Asia/Tokyo\")"), "{tokyo}");
    }

    #[test]
    fn periods_are_counted_from_the_first_of_the_calendar() {
        let (first, last) = (CivilDay::of(2025, 2, 14), CivilDay::of(2026, 3, 1));
        let of = |period| period_of(&Calendar::new(period, first, last), "d");
        assert!(of(Period::Month).ends_with(&format!("- {})", 2025 * 12 + 1)));
        assert!(of(Period::Quarter).ends_with(&format!("- {}) / 3)", 2025 * 12)));
        let monday = CivilDay::of(2025, 2, 10).number();
        assert_eq!(of(Period::Week), format!("((d - {monday}) / 7)"));
    }
}
