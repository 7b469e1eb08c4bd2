//! What SQL says of customers and cohorts is what the passes over columns say, to the unit.
#![cfg(feature = "cluster")]

use regulars_base::{CivilDay, Currency, Period, Zone};
use regulars_cluster::{Error, Folder, Questions};
use regulars_lake::facts::{Facts, FactsOptions};
use regulars_lake::{Column, Options, Values, write_table};
use regulars_metrics::Calendar;
use regulars_metrics::metric::cohorts::Cohorts;
use regulars_metrics::sums::Basics;
use std::collections::BTreeMap;
use std::path::Path;

const DAY: i64 = 86_400_000_000;

/// A row: customer, order, microseconds since 1970, cents.
type Row = (Option<String>, Option<String>, i64, i64);

/// Rows as shops have them at their worst: orders of several lines, some of them over two days, numbers that
/// two customers have both, rows without a number or a customer, refunds first, alone and within an order,
/// free orders, amounts beyond 32 bits, times at both ends of a day.
fn rows(many: u64) -> Vec<Row> {
    let mut state = 7_u64;
    let mut below = |end: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % end
    };
    let start = i64::from(CivilDay::of(2023, 11, 20).number()) * DAY;
    let mut rows = Vec::new();
    for _ in 0..many {
        let customer = (below(50) > 0).then(|| format!("c{}", below(many / 6 + 1)));
        let order = (below(20) > 0).then(|| format!("o{}", below(many / 2)));
        let within = [0, 1, DAY / 2, DAY - 1][below(4) as usize];
        let at = start + below(500) as i64 * DAY + within;
        for line in 0..=below(3) as i64 {
            let amount = match below(12) {
                0 => -(below(9_000) as i64),
                1 => 0,
                2 if line == 0 => 5_000_000_000,
                _ => below(20_000) as i64,
            };
            rows.push((customer.clone(), order.clone(), at + line * DAY / 3, amount));
        }
    }
    rows
}

/// Writes rows as `regulars export --facts` does: a file for each month.
fn write(folder: &Path, rows: &[Row]) {
    let mut months: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let day = CivilDay::from_number(i32::try_from(row.2.div_euclid(DAY)).expect("is near"));
        let month = day.to_string()[..7].to_owned();
        months.entry(month).or_default().push(row);
    }
    for (month, rows) in months {
        let place = folder.join(format!("month={month}"));
        std::fs::create_dir_all(&place).expect("the folder can be made");
        let column = |name: &str, values| Column {
            name: name.to_owned(),
            values,
        };
        let columns = vec![
            column(
                "customer",
                Values::Text(rows.iter().map(|it| it.0.clone()).collect()),
            ),
            column(
                "order",
                Values::Text(rows.iter().map(|it| it.1.clone()).collect()),
            ),
            column(
                "time",
                Values::Time(rows.iter().map(|it| Some(it.2)).collect()),
            ),
            column(
                "amount_minor",
                Values::Int(rows.iter().map(|it| Some(it.3)).collect()),
            ),
        ];
        write_table(&place.join("orders.parquet"), columns).expect("the file can be written");
    }
}

fn read(folder: &Path, zone: &Zone) -> Facts {
    let currency = Currency::new("EUR").expect("is a currency");
    let options = FactsOptions::new(Options::orders(currency, zone.clone()));
    Facts::read(&[folder.to_owned()], &options, &|_| true).expect("the folder can be read")
}

fn passes(facts: &Facts, calendar: &Calendar) -> (Basics, Cohorts) {
    let mut basics = facts
        .fold(
            Basics::default,
            |sum, it| sum.add(it.history),
            Basics::merge,
        )
        .expect("nothing fails");
    basics.sort();
    let cohorts = facts
        .fold(
            Cohorts::default,
            |sum, it| sum.add(calendar, it.history),
            |sum, other| sum.merge(&other),
        )
        .expect("nothing fails");
    (basics, cohorts)
}

#[test]
fn sql_says_what_the_passes_say() {
    let folder = tempfile::tempdir().expect("there is room");
    write(folder.path(), &rows(3_000));
    let asked = Folder::open(folder.path(), None).expect("it holds facts");
    for zone in ["UTC", "America/New_York", "Asia/Tokyo"] {
        let zone = Zone::new(zone).expect("there is such a zone");
        let facts = read(folder.path(), &zone);
        let (first, last) = facts.days().expect("there are rows");
        let questions = Questions::new(&zone);
        let rows = facts.rows() - facts.anonymous().rows;
        assert_eq!(
            asked.rows(&questions).expect("answers"),
            (rows, facts.amount())
        );
        let basics = asked.basics(&questions, facts.numbers()).expect("answers");
        let month = Calendar::new(Period::Month, first, last);
        let (expected, _) = passes(&facts, &month);
        assert!(expected.only_refunds > 0 && expected.gap_count() > 1_000);
        assert_eq!(basics.customers, expected.customers, "{}", zone.name());
        assert_eq!(basics.only_refunds, expected.only_refunds);
        assert_eq!(basics.gaps, expected.gaps);
        for period in [
            Period::Day,
            Period::Week,
            Period::Month,
            Period::Quarter,
            Period::Year,
        ] {
            let calendar = Calendar::new(period, first, last);
            let (_, expected) = passes(&facts, &calendar);
            assert!(expected.size(0) > 0);
            let cohorts = asked.cohorts(&questions, &calendar).expect("answers");
            assert_eq!(cohorts, expected, "{period:?} in {}", zone.name());
        }
    }
}

#[test]
fn a_query_reads_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("there is room");
    write(folder.path(), &rows(20));
    let asked = Folder::open(folder.path(), None).expect("it holds facts");
    let answer = asked.ask("SELECT MIN(month) AS first, COUNT(*) FROM facts");
    let answer = answer.expect("answers");
    assert_eq!(answer.columns()[0], ("first".to_owned(), false));
    let mut rows = Vec::new();
    answer.each(|row| rows.push(row)).expect("can be shown");
    let month = rows[0][0].as_deref().expect("there is a first month");
    assert!(month.starts_with("202") && month.len() == 7, "{rows:?}");
    for wrong in [
        "DROP TABLE facts",
        "CREATE TABLE other AS SELECT * FROM facts",
        "INSERT INTO facts SELECT * FROM facts",
        "COPY facts TO 'elsewhere.parquet'",
        "SET datafusion.execution.batch_size = 1",
        "SELECT nothing FROM facts",
        "no SQL",
    ] {
        let refused = asked.ask(wrong).expect_err(wrong);
        assert!(matches!(refused, Error::Query(_)), "{refused}");
    }
}

#[test]
fn what_holds_no_facts_is_refused() {
    let folder = tempfile::tempdir().expect("there is room");
    let refusal = |path: &Path| match Folder::open(path, None) {
        Err(error @ Error::NotFacts { .. }) => error.to_string(),
        other => panic!("{:?}", other.map(|it| it.path().to_owned())),
    };
    assert!(refusal(&folder.path().join("nowhere")).contains("no folder"));
    refusal(folder.path());
    let place = folder.path().join("month=2025-01");
    std::fs::create_dir_all(&place).expect("the folder can be made");
    let columns = vec![Column {
        name: "customer".to_owned(),
        values: Values::Text(vec![Some("c".to_owned())]),
    }];
    write_table(&place.join("orders.parquet"), columns).expect("the file can be written");
    assert!(refusal(folder.path()).contains("`order`"));
}

#[test]
fn a_cluster_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().expect("there is room");
    let refusal = |at| match Folder::open(folder.path(), Some(at)) {
        Err(error) => error,
        Ok(_) => panic!("nobody listens at {at}"),
    };
    // Port 1 is nobody's.
    assert!(matches!(refusal("127.0.0.1:1"), Error::Unreachable { .. }));
    for wrong in ["127.0.0.1", ":50050", "host:many"] {
        assert!(matches!(refusal(wrong), Error::Address(_)), "{wrong}");
    }
}
