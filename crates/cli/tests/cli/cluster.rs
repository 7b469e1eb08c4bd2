//! A cluster of processes: one scheduler, two executors, one of which is killed in the middle. The report is
//! that of one machine.

use crate::shop::Shop;
use regulars_base::CivilDay;
use regulars_lake::{Column, Values, write_table};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

const DAY: i64 = 86_400_000_000;
const MONTHS: i32 = 24;
const ORDERS_A_MONTH: i32 = 4_000;

/// A process that is killed at the end of the test if it is still there.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        if self.0.try_wait().ok().flatten().is_none() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

impl Process {
    fn start(shop: &Shop, args: &[&str], out: Stdio) -> Self {
        let mut command = shop.command(args);
        command.stdin(Stdio::null()).stdout(out);
        Self(command.spawn().expect("the executable starts"))
    }

    /// As a machine that loses its power: no word to anybody.
    fn kill(&mut self) {
        self.0.kill().expect("it is ours");
        self.0.wait().expect("it ends");
    }

    fn runs(&mut self) -> bool {
        self.0.try_wait().expect("it can be asked").is_none()
    }
}

/// The scheduler and where it listens.
fn scheduler(shop: &Shop) -> (Process, String) {
    let args = ["cluster", "schedule", "--listen", "127.0.0.1:0", "--json"];
    let mut process = Process::start(shop, &args, Stdio::piped());
    let out = process.0.stdout.take().expect("standard output is piped");
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line).expect("it speaks");
    let hello: Value =
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let at = hello["listening"]
        .as_str()
        .expect("it says where")
        .to_owned();
    (process, at)
}

fn executor(shop: &Shop, scheduler: &str, folder: &str) -> Process {
    let args = [
        "cluster",
        "execute",
        scheduler,
        "--folder",
        folder,
        "--threads",
        "1",
    ];
    Process::start(shop, &args, Stdio::null())
}

/// Two years of orders, with refunds and orders of two lines, as `export --facts` writes them.
fn write_facts(folder: &Path) {
    for month in 0..MONTHS {
        let (year, of_year) = (2023 + month / 12, month % 12 + 1);
        let place = folder.join(format!("month={year}-{of_year:02}"));
        std::fs::create_dir_all(&place).expect("the folder can be made");
        let first = CivilDay::of(
            i16::try_from(year).expect("is a year"),
            i8::try_from(of_year).expect("is a month"),
            1,
        );
        let mut rows: [Vec<Option<String>>; 2] = Default::default();
        let (mut times, mut amounts) = (Vec::new(), Vec::new());
        for n in 0..ORDERS_A_MONTH {
            // A customer comes back after a month or some, or never.
            let customer = (n * 7919 + month * (n % 5) * 13) % 6_000;
            let day = i64::from(first.number() + n % 28);
            for line in 0..=n % 2 {
                rows[0].push(Some(format!("customer-{customer}")));
                rows[1].push(Some(format!("order-{month}-{n}")));
                times.push(Some(day * DAY + i64::from(n) * 1_000_000));
                let amount = if n % 23 == 0 {
                    -700
                } else {
                    500 + i64::from(n * 37 % 9_000)
                };
                amounts.push(Some(amount + i64::from(line)));
            }
        }
        let [customers, orders] = rows;
        let columns = [
            ("customer", Values::Text(customers)),
            ("order", Values::Text(orders)),
            ("time", Values::Time(times)),
            ("amount_minor", Values::Int(amounts)),
        ];
        let column = |(name, values): (&str, Values)| Column {
            name: name.to_owned(),
            values,
        };
        let columns = columns.map(column).into_iter().collect();
        write_table(&place.join("orders.parquet"), columns).expect("the file can be written");
    }
}

/// Waits until something lies in the folder: parts of the work are done there. Whether the one who asked was
/// still waiting.
fn until_it_has_worked(folder: &Path, asking: &mut Process) -> bool {
    for _ in 0..6_000 {
        if holds_a_file(folder) {
            return asking.runs();
        }
        assert!(
            asking.runs(),
            "the report ended, and {} has done nothing",
            folder.display()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{} has done nothing in two minutes", folder.display());
}

fn holds_a_file(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|it| match it.file_type() {
        Ok(kind) if kind.is_dir() => holds_a_file(&it.path()),
        kind => kind.is_ok_and(|it| it.is_file()),
    })
}

/// What differs from run to run.
fn without_time(mut report: Value) -> Value {
    for name in ["seconds", "page", "rejects", "tables", "counted_by"] {
        report[name].take();
    }
    report
}

#[test]
fn a_cluster_that_loses_a_machine_says_what_one_machine_says() {
    let shop = Shop::new();
    write_facts(&shop.path("facts"));
    let zone = ["--timezone", "Europe/Berlin"];
    let alone = shop.json(["report", "facts", zone[0], zone[1], "--parquet", "alone"]);
    let (mut scheduler, at) = scheduler(&shop);
    let mut first = executor(&shop, &at, "first");
    let mut second = executor(&shop, &at, "second");
    let ask = [
        "report",
        "facts",
        zone[0],
        zone[1],
        "--cluster",
        &at,
        "--json",
        "--parquet",
        "together",
        "--out",
        "t.html",
    ];
    let mut asking = Process::start(&shop, &ask, Stdio::piped());
    let was_asking = until_it_has_worked(&shop.path("first"), &mut asking);
    first.kill();
    assert!(was_asking, "it was killed in the middle");
    let out = asking.0.stdout.take().expect("standard output is piped");
    let together: Value = serde_json::from_reader(BufReader::new(out)).expect("it answers");
    assert!(asking.0.wait().expect("it ends").success());
    assert!(
        holds_a_file(&shop.path("second")),
        "the other has worked too"
    );
    assert!(scheduler.runs() && second.runs());
    assert_eq!(together["counted_by"], at.as_str());
    assert_eq!(alone["rows"], 24 * 6_000);
    assert_eq!(without_time(together), without_time(alone));
    for table in ["customers", "cohorts", "figures"] {
        let read = |folder: &str| std::fs::read(shop.path(&format!("{folder}/{table}.parquet")));
        let (alone, together) = (read("alone").expect(table), read("together").expect(table));
        assert!(alone == together, "{table}");
    }
    the_rest_answers_sql(&shop, &at);
}

/// What is left of the cluster goes on answering.
fn the_rest_answers_sql(shop: &Shop, at: &str) {
    let query = "SELECT month, COUNT(DISTINCT customer) AS customers, SUM(amount_minor) AS cents FROM facts \
                 GROUP BY month ORDER BY month";
    let there = shop.json(["sql", "facts", query, "--cluster", at]);
    let here = shop.json(["sql", "facts", query]);
    assert_eq!(here["rows"].as_array().map(Vec::len), Some(24), "{here:#}");
    assert_eq!(there, here);
}

#[test]
fn what_no_cluster_can_do_is_refused() {
    let shop = Shop::new();
    write_facts(&shop.path("facts"));
    let (what, help) = shop.refuses(["report", "facts", "--cluster", "127.0.0.1:1"]);
    assert!(
        what.contains("no scheduler answers at 127.0.0.1:1"),
        "{what}"
    );
    assert!(help.contains("regulars cluster schedule"), "{help}");
    let (what, _) = shop.refuses(["report", "facts", "more", "--cluster", "127.0.0.1:1"]);
    assert!(what.contains("one folder of facts"), "{what}");
    let (what, help) = shop.refuses(["sql", "facts", "DELETE FROM facts"]);
    assert!(
        what.contains("cannot be run") && help.contains("SELECT"),
        "{what} {help}"
    );
    let (_, help) = shop.refuses(["cluster", "schedule", "--listen", "0.0.0.0:0"]);
    assert!(help.contains("--host"), "{help}");
}
