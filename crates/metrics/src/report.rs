//! A report about the customers of a file: every figure, what is good, what is worrying and what to
//! do, from stated thresholds. [`html`] makes one page of it that needs no network.

pub mod coming;
mod finding;
pub mod html;
pub mod kinds;
pub mod leaving;
pub mod outlook;
mod picture;
pub mod words;

pub use finding::{Finding, Mood};

use crate::{
    Calendar, CustomerSummary, Figure,
    catalog::{self, Metric},
    metric::{
        cohorts::Cohorts,
        concentration::Curve,
        interpurchase_time,
        rfm::{Rfm, Scores, Segment},
    },
    sums::{Basics, Panel, Sums, Window},
};
use regulars_base::Currency;

/// What the figures are made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// What was read, one line for each file: its name, and how it is written.
    pub files: Vec<(String, String)>,
    /// Rows that were taken.
    pub rows: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows without a customer.
    pub anonymous_rows: u64,
    /// What those come to, in minor units.
    pub anonymous_amount: i128,
    /// Whether rows are lines of orders with numbers.
    pub has_orders: bool,
    /// Names of the groups, where figures are grouped.
    pub groups: Vec<String>,
    /// By what they are grouped.
    pub grouped_by: Option<String>,
}

/// A metric with its figures.
#[derive(Clone, Debug)]
pub struct Measured {
    /// What it is.
    pub metric: &'static Metric,
    /// Of all time.
    pub figure: Figure,
    /// Of each period; empty where it is not had by period.
    pub periods: Vec<Figure>,
    /// Of each group.
    pub groups: Vec<Figure>,
}

/// Customers of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRow {
    /// Which one.
    pub segment: Segment,
    /// How many.
    pub customers: u64,
    /// What they spent, in minor units.
    pub spent: i128,
}

/// Customers with the same recency and frequency scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GridCell {
    /// How many.
    pub customers: u64,
    /// What they spent, in minor units.
    pub spent: i128,
}

/// All that a report says.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it is about.
    pub title: String,
    /// What it is made from.
    pub source: Source,
    /// Of amounts, where it is known.
    pub currency: Option<Currency>,
    /// How many decimals amounts have.
    pub decimals: u8,
    /// The periods.
    pub calendar: Calendar,
    /// How long a customer counts as active after a purchase.
    pub window: Window,
    /// The metrics that these facts allow, in the order of the catalog.
    pub measured: Vec<Measured>,
    /// What stands out.
    pub findings: Vec<Finding>,
    /// By period of the first purchase.
    pub cohorts: Cohorts,
    /// By recency score (first index, 0 for score 1) and frequency score.
    pub grid: [[GridCell; 5]; 5],
    /// Named parts of the grid.
    pub segments: Vec<SegmentRow>,
    /// What the best customers spent.
    pub curve: Curve,
    /// Active customers and those lost, by periods since the first purchase.
    pub tenure: Vec<(u64, u64)>,
    /// How often days of purchase were so many days apart.
    pub gaps: Vec<u64>,
    /// Sums of each period, for drawing.
    pub periods: Vec<Sums>,
    /// Customers who only gave something back.
    pub only_refunds: u64,
}

/// Customers with their scores.
#[derive(Clone, Debug)]
pub struct Scored {
    scale: Rfm,
}

impl Scored {
    /// The scale of all customers of `basics`.
    pub fn new(basics: &Basics) -> Self {
        Self {
            scale: Rfm::of(&basics.customers),
        }
    }

    /// The scores of one of them and its segment.
    pub fn of(&self, customer: &CustomerSummary) -> (Scores, Segment) {
        let scores = self.scale.of_customer(customer);
        (scores, Segment::of(scores))
    }
}

impl Report {
    /// From both passes.
    pub fn new(
        source: Source,
        money: (Option<Currency>, u8),
        calendar: Calendar,
        window: Window,
        basics: &Basics,
        panel: Panel,
    ) -> Self {
        let scored = Scored::new(basics);
        let mut grid = [[GridCell::default(); 5]; 5];
        let mut segments = Segment::ALL.map(|segment| SegmentRow {
            segment,
            customers: 0,
            spent: 0,
        });
        for customer in &basics.customers {
            let (scores, segment) = scored.of(customer);
            let cell =
                &mut grid[usize::from(scores.recency) - 1][usize::from(scores.frequency) - 1];
            cell.customers += 1;
            cell.spent += i128::from(customer.spent);
            if let Some(row) = segments.iter_mut().find(|row| row.segment == segment) {
                row.customers += 1;
                row.spent += i128::from(customer.spent);
            }
        }
        let curve = Curve::of(&basics.customers);
        let measured = measured(basics, &panel, &calendar, &curve);
        let mut report = Self {
            title: "Customers and loyalty".to_owned(),
            source,
            currency: money.0,
            decimals: money.1,
            calendar,
            window,
            measured,
            findings: Vec::new(),
            cohorts: panel.cohorts,
            grid,
            segments: segments.to_vec(),
            curve,
            tenure: panel.tenure,
            gaps: basics.gaps.clone(),
            periods: panel.sheet.periods,
            only_refunds: basics.only_refunds,
        };
        report.findings = finding::all(&report);
        report
    }

    /// The figures of a metric.
    pub fn find(&self, id: &str) -> Option<&Measured> {
        self.measured.iter().find(|it| it.metric.id == id)
    }
}

fn measured(basics: &Basics, panel: &Panel, calendar: &Calendar, curve: &Curve) -> Vec<Measured> {
    let of = |metric: &'static Metric| -> Option<Measured> {
        if let Some(of) = metric.of_sums {
            return Some(Measured {
                metric,
                figure: of(&panel.sheet.all),
                periods: panel.sheet.periods.iter().map(of).collect(),
                groups: panel.groups.iter().map(|sheet| of(&sheet.all)).collect(),
            });
        }
        let figure = match metric.id {
            "interpurchase_time" => interpurchase_time::of(basics, 0.5),
            "concentration" => curve.share(20),
            "cohort_retention" => panel.cohorts.retention_at(calendar, 1),
            _ => return None,
        };
        Some(Measured {
            metric,
            figure,
            periods: Vec::new(),
            groups: Vec::new(),
        })
    };
    let mut all: Vec<Measured> = catalog::ALL.into_iter().filter_map(of).collect();
    for it in &mut all {
        match it.metric.id {
            // All periods added up count a customer once for each, so they are no sample of customers.
            "churn_rate" | "retention_rate" => {
                it.figure.interval = None;
                "active customers of all measured periods, counted once in each"
                    .clone_into(&mut it.figure.population);
            }
            // Of all time everybody was new once, and there is no before.
            "new_customers" | "returning_rate" => {
                it.figure = Figure::share(0, 0, "each period by itself; all time has no before");
                it.groups.clear();
            }
            _ => {}
        }
    }
    // Kinds of product are had of all time only: what a customer bought before a period counts too.
    for it in all.iter_mut().filter(|it| it.metric.id == "upsell_ratio") {
        it.periods.clear();
        it.groups.clear();
    }
    all
}
