//! Facts: the orders of one or many files by customer, and passes over them.
//!
//! [`Facts::read`] reads files once, on all threads, and keeps of each row only what figures are made
//! of: the customer, the day, the amount and, where asked for, the order, the group and the kind of
//! product. Rows are parted by customer into [`PARTS`] parts as they come; a part is small enough
//! for a processor's cache, so that bringing a customer's rows together costs no trip to memory for
//! each of them. What outgrows the stated memory lies in a temporary file until it is read again.
//!
//! [`Facts::fold`] goes over all customers, each with all orders by day; threads take one part after
//! the other. Nothing that comes out depends on the order of rows, files, parts or threads, as long
//! as `merge` does not care for order.

mod columns;
mod group;
mod paths;
mod rows;
mod scan;
mod store;

pub use scan::{FactsOptions, FactsProgress, GROUP_MARK};

use crate::{Error, Found, Reject};
use group::Grouper;
use regulars_base::{CivilDay, Currency};
use regulars_metrics::CustomerFacts;
use rows::Layout;
use std::{
    borrow::Cow,
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use store::Store;

/// Into how many parts customers are parted.
pub const PARTS: usize = 256;

/// A file that was read, and how it was written.
#[derive(Clone, Debug)]
pub struct FactsFile {
    /// Where it is.
    pub path: PathBuf,
    /// How it is written.
    pub found: Found,
}

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsReject {
    /// Of which file.
    pub path: PathBuf,
    /// Which row, and why.
    pub reject: Reject,
}

/// Sums over rows that say of no customer; figures about customers do not contain them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anonymous {
    /// How many rows.
    pub rows: u64,
    /// What they come to, in minor units.
    pub amount: i128,
}

/// The orders of all files, by customer.
#[derive(Debug)]
pub struct Facts {
    files: Vec<FactsFile>,
    layout: Layout,
    store: Store,
    names: Names,
    groups: Vec<Arc<str>>,
    totals: Totals,
    rejects: Vec<FactsReject>,
    currency: Currency,
    threads: usize,
}

/// What is known of all rows together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Totals {
    rows: u64,
    rejected: u64,
    anonymous: Anonymous,
    amount: i128,
    days: Option<(i32, i32)>,
}

impl Totals {
    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.rejected += other.rejected;
        self.anonymous.rows += other.anonymous.rows;
        self.anonymous.amount += other.anonymous.amount;
        self.amount += other.amount;
        self.days = match (self.days, other.days) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (days, other) => days.or(other),
        };
    }

    fn see_day(&mut self, day: i32) {
        self.days = Some(match self.days {
            None => (day, day),
            Some((first, last)) => (first.min(day), last.max(day)),
        });
    }
}

/// What customers are called.
#[derive(Debug)]
enum Names {
    /// By whole numbers: the number is the name.
    Numbers,
    /// By texts, in the order of first appearance.
    Texts(Vec<Arc<str>>),
}

impl Facts {
    /// Reads all files that `paths` name: files, folders and patterns with `*` and `?`. `progress`
    /// is told how far it is, and says whether to go on.
    pub fn read(
        paths: &[PathBuf],
        options: &FactsOptions,
        progress: &(dyn Fn(FactsProgress) -> bool + Sync),
    ) -> Result<Self, Error> {
        scan::read(paths, options, progress)
    }

    /// Goes over all customers. Each thread begins with `start`, adds customers by `each`, and what
    /// the threads have is put together by `merge`.
    pub fn fold<A: Send>(
        &self,
        start: impl Fn() -> A + Sync,
        each: impl Fn(&mut A, CustomerFacts<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<A, Error> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<A, Error> {
            let (mut sum, mut grouper) = (start(), Grouper::new(self.layout));
            loop {
                let part = next.fetch_add(1, Ordering::Relaxed);
                if part >= PARTS {
                    return Ok(sum);
                }
                self.store.with_part(part, |chunks, may_settle| {
                    grouper.run(chunks, may_settle, &mut |customer| each(&mut sum, customer))
                })?;
            }
        };
        let sums = std::thread::scope(|scope| {
            let others: Vec<_> = (1..self.threads).map(|_| scope.spawn(work)).collect();
            let mut sums = vec![work()];
            sums.extend(others.into_iter().map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }));
            sums
        });
        let mut sums = sums.into_iter();
        let mut all = sums.next().expect("this thread has worked too")?;
        for sum in sums {
            merge(&mut all, sum?);
        }
        Ok(all)
    }

    /// What a customer is called in the files.
    pub fn name(&self, customer: u64) -> Cow<'_, str> {
        match &self.names {
            Names::Numbers => customer.cast_signed().to_string().into(),
            Names::Texts(texts) => usize::try_from(customer)
                .ok()
                .and_then(|at| texts.get(at))
                .map_or(Cow::Borrowed(""), |text| Cow::Borrowed(text)),
        }
    }

    /// The other way round: under which number a customer is known who is called so in the files.
    pub fn numbers(&self) -> impl Fn(&str) -> Option<u64> + '_ {
        let texts: HashMap<&str, u64> = match &self.names {
            Names::Numbers => HashMap::new(),
            Names::Texts(texts) => texts.iter().map(|text| &**text).zip(0..).collect(),
        };
        move |name| match &self.names {
            Names::Numbers => name.parse().ok().map(i64::cast_unsigned),
            Names::Texts(_) => texts.get(name).copied(),
        }
    }

    /// The files, in the order of their names.
    pub fn files(&self) -> &[FactsFile] {
        &self.files
    }

    /// The groups by their numbers.
    pub fn groups(&self) -> &[Arc<str>] {
        &self.groups
    }

    /// Whether rows are lines of orders with numbers, or each an order of its own.
    pub const fn has_orders(&self) -> bool {
        self.layout.order
    }

    /// How many rows were taken.
    pub const fn rows(&self) -> u64 {
        self.totals.rows
    }

    /// What all rows with a customer come to, in minor units.
    pub const fn amount(&self) -> i128 {
        self.totals.amount
    }

    /// Rows without a customer.
    pub const fn anonymous(&self) -> Anonymous {
        self.totals.anonymous
    }

    /// How many rows were left out.
    pub const fn rejected(&self) -> u64 {
        self.totals.rejected
    }

    /// Rows that were left out: the first of each file's part, up to [`FactsOptions::rejects`] in
    /// all, by file and line.
    pub fn rejects(&self) -> &[FactsReject] {
        &self.rejects
    }

    /// The first and the last day with a row of a customer; `None` where there is none.
    pub fn days(&self) -> Option<(CivilDay, CivilDay)> {
        let day = CivilDay::from_number;
        self.totals
            .days
            .map(|(first, last)| (day(first), day(last)))
    }

    /// Of which currency amounts are.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// How many bytes of rows lie in the temporary file.
    pub fn spilled_bytes(&self) -> u64 {
        self.store.spilled_bytes()
    }
}
