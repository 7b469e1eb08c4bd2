//! Summaries of customers and cohorts that are counted elsewhere: on a cluster, over the same rows.

use super::Error;
use regulars_lake::facts::Facts;
use regulars_metrics::Calendar;
use regulars_metrics::metric::cohorts::Cohorts;
use regulars_metrics::sums::Basics;

/// Whoever counts instead of this process. A failure is a text that says what to do.
pub trait Elsewhere {
    /// Rows with a customer, and what they come to in minor units: by these it is seen that the rows are the
    /// same.
    fn rows(&self) -> Result<(u64, i128), String>;

    /// Who the customers are and how far apart their purchases. `number` says under which number a customer
    /// is known here.
    fn basics(&self, number: &dyn Fn(&str) -> Option<u64>) -> Result<Basics, String>;

    /// Customers by the period of their first purchase, and what they bought in each later one.
    fn cohorts(&self, calendar: &Calendar) -> Result<Cohorts, String>;
}

fn failed(why: String) -> Error {
    Error::invalid("/cluster", why)
}

/// Who the customers are, after a look whether the rows are the same there as here.
pub(super) fn basics(elsewhere: &dyn Elsewhere, facts: &Facts) -> Result<Basics, Error> {
    let here = (facts.rows() - facts.anonymous().rows, facts.amount());
    let there = elsewhere.rows().map_err(failed)?;
    if here != there {
        let ((rows, amount), (others, other)) = (here, there);
        return Err(failed(format!(
            "the cluster sees {others} rows that come to {other} in minor units, this machine {rows} that \
             come to {amount}; let all machines see the same folder under the same path"
        )));
    }
    elsewhere.basics(&facts.numbers()).map_err(failed)
}

/// The cohorts.
pub(super) fn cohorts(elsewhere: &dyn Elsewhere, calendar: &Calendar) -> Result<Cohorts, Error> {
    elsewhere.cohorts(calendar).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::super::{InsightOptions, insight, insight_with};
    use super::*;
    use regulars_metrics::CustomerSummary;
    use std::path::PathBuf;

    const ORDERS: &str =
        "customer,order,date,amount\nana,1,2025-01-03,10.00\nben,2,2025-02-04,20.00\n";

    /// Counts what it is told to, and nothing else.
    struct Told {
        rows: (u64, i128),
        customers: Vec<(&'static str, i64)>,
    }

    impl Elsewhere for Told {
        fn rows(&self) -> Result<(u64, i128), String> {
            Ok(self.rows)
        }

        fn basics(&self, number: &dyn Fn(&str) -> Option<u64>) -> Result<Basics, String> {
            let day = regulars_base::CivilDay::of(2025, 1, 3);
            let summary = |(name, spent): &(&str, i64)| {
                let customer = number(name).ok_or(format!("nobody is called {name}"))?;
                Ok(CustomerSummary {
                    customer,
                    first: day,
                    last: day,
                    orders: 1,
                    days: 1,
                    refunds: 0,
                    spent: *spent,
                    spent_first_day: *spent,
                })
            };
            let customers: Result<Vec<_>, String> = self.customers.iter().map(summary).collect();
            Ok(Basics {
                customers: customers?,
                ..Basics::default()
            })
        }

        fn cohorts(&self, _: &Calendar) -> Result<Cohorts, String> {
            Ok(Cohorts::default())
        }
    }

    fn orders() -> (tempfile::TempDir, InsightOptions) {
        let folder = tempfile::tempdir().expect("there is room");
        let file: PathBuf = folder.path().join("orders.csv");
        std::fs::write(&file, ORDERS).expect("the folder takes a file");
        let options = InsightOptions {
            files: vec![file],
            ..InsightOptions::default()
        };
        (folder, options)
    }

    #[test]
    fn what_is_counted_elsewhere_is_what_the_report_says() {
        let (_folder, options) = orders();
        let told = Told {
            rows: (2, 3_000),
            customers: vec![("ben", 7), ("ana", 8)],
        };
        let report = insight_with(&options, Some(&told), &|_| true).expect("reports");
        assert_eq!(report.report.cohorts, Cohorts::default());
        let spent: Vec<i64> = report.basics.customers.iter().map(|it| it.spent).collect();
        assert_eq!(spent, [8, 7], "in the order of the file's customers");
        let here = insight(&options, &|_| true).expect("reports");
        assert_eq!(here.report.cohorts.size(0), 1);
    }

    #[test]
    fn other_rows_and_unknown_customers_are_refused() {
        let (_folder, options) = orders();
        let refusal = |rows, customers| {
            let told = Told { rows, customers };
            let refused = insight_with(&options, Some(&told), &|_| true);
            refused.expect_err("is refused").to_string()
        };
        let other = refusal((3, 3_000), vec![]);
        assert!(
            other.contains("3 rows") && other.contains("same folder"),
            "{other}"
        );
        assert!(refusal((2, 2_999), vec![]).contains("2999"));
        assert!(refusal((2, 3_000), vec![("eve", 1)]).contains("eve"));
    }
}
