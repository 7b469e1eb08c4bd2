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
    Calendar, CustomerSummary, Figure, Unit,
    catalog::{self, Metric, Need},
    deeds::{DeedPanel, DeedSums},
    metric::{
        cohorts::Cohorts,
        concentration::Curve,
        interpurchase_time, payback,
        rfm::{Rfm, Scores, Segment},
    },
    sums::{Basics, Panel, Sums, Window},
};
use regulars_base::Currency;
use std::collections::{BTreeMap, BTreeSet};

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
    /// What of the files beside orders is in no figure, or not in the figure where one would look for it:
    /// sentences.
    pub left_out: Vec<String>,
}

/// What is known beside orders.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// What customers did, and what was spent on them.
    pub deeds: DeedPanel,
    /// Names of the groups of deeds, by number.
    pub groups: Vec<String>,
    /// What there is; figures that need more are n/a and say so.
    pub knows: BTreeSet<Need>,
    /// How many of the smallest unit make one point.
    pub point: i128,
    /// Single articles, where they were looked at.
    pub items: Option<Items>,
}

/// What was sold piece by piece.
#[derive(Clone, Debug)]
pub struct Items {
    /// Pieces by category and period, in thousandths.
    pub units: BTreeMap<String, Vec<i128>>,
    /// Discounts by period, in minor units.
    pub discounts: Vec<i128>,
    /// How many customers moved to dearer articles.
    pub trade_up: Figure,
}

impl Beside {
    /// Nothing is known but orders.
    #[must_use]
    pub fn nothing(calendar: &Calendar) -> Self {
        Self {
            deeds: DeedPanel::new(calendar),
            point: 1,
            ..Self::default()
        }
    }

    /// The sums of the group of that name.
    fn group(&self, name: &str) -> Option<&DeedSums> {
        let at = self.groups.iter().position(|own| own == name)?;
        Some(&self.deeds.groups.get(at)?.all)
    }
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
    /// Sums over all time.
    pub all: Sums,
    /// What is known beside orders.
    pub beside: Beside,
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
        beside: Beside,
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
        let measured = measured(&source, basics, &panel, &beside, &calendar, &curve);
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
            all: panel.sheet.all,
            beside,
            only_refunds: basics.only_refunds,
        };
        report.findings = finding::all(&report);
        report
    }

    /// Puts a figure of all time down that somebody else worked out, in the place of its metric; one that
    /// is not in the catalog is left out.
    pub fn put(&mut self, id: &str, figure: Figure, periods: Vec<Figure>) {
        let Some(it) = self.measured.iter_mut().find(|it| it.metric.id == id) else {
            return;
        };
        it.figure = figure;
        it.periods = periods;
    }

    /// The period of that name.
    ///
    /// # Errors
    /// There is none; says which there are.
    pub fn period(&self, name: &str) -> Result<usize, String> {
        let calendar = &self.calendar;
        let found = (0..calendar.len()).find(|&at| calendar.name(at) == name);
        found.ok_or_else(|| {
            let (first, last) = (calendar.name(0), calendar.name(calendar.len() - 1));
            format!("`{name}` is no period of the data; there are {first} to {last}")
        })
    }

    /// The figures of a metric.
    pub fn find(&self, id: &str) -> Option<&Measured> {
        self.measured.iter().find(|it| it.metric.id == id)
    }
}

fn measured(
    source: &Source,
    basics: &Basics,
    panel: &Panel,
    beside: &Beside,
    calendar: &Calendar,
    curve: &Curve,
) -> Vec<Measured> {
    let of = |metric: &'static Metric| -> Measured {
        let only = |figure| Measured {
            metric,
            figure,
            periods: Vec::new(),
            groups: Vec::new(),
        };
        if let Some(of) = metric.of_sums {
            return Measured {
                metric,
                figure: of(&panel.sheet.all),
                periods: panel.sheet.periods.iter().map(of).collect(),
                groups: panel.groups.iter().map(|sheet| of(&sheet.all)).collect(),
            };
        }
        if let Some(need) = metric.needs.filter(|need| !beside.knows.contains(need)) {
            return only(Figure::none(metric.unit, need.words()));
        }
        if let Some(of) = metric.of_deeds {
            let sheet = &beside.deeds.sheet;
            let periods = panel.sheet.periods.iter().zip(&sheet.periods);
            let empty = DeedSums::default();
            let group = |(name, orders): (&String, &crate::sums::Sheet)| {
                of(&orders.all, beside.group(name).unwrap_or(&empty))
            };
            let mut it = Measured {
                metric,
                figure: of(&panel.sheet.all, &sheet.all),
                periods: periods.map(|(sums, deeds)| of(sums, deeds)).collect(),
                groups: source.groups.iter().zip(&panel.groups).map(group).collect(),
            };
            if metric.unit == Unit::Count {
                let all = std::iter::once(&mut it.figure);
                for figure in all.chain(&mut it.periods).chain(&mut it.groups) {
                    figure.per(beside.point);
                }
            }
            return it;
        }
        only(match metric.id {
            "interpurchase_time" => interpurchase_time::of(basics, 0.5),
            "concentration" => curve.share(20),
            "cohort_retention" => panel.cohorts.retention_at(calendar, 1),
            "trade_up" => match &beside.items {
                Some(items) => items.trade_up.clone(),
                None => Figure::none(Unit::Share, Need::Items.words()),
            },
            "rfm" => Figure::none(
                Unit::Score,
                "n/a: each customer by themselves: see the grid",
            ),
            "payback" => payback::of_cohorts(calendar, &panel.cohorts, beside, 1.0),
            // Filled by whoever works it out: [`Report::put`].
            _ => Figure::none(metric.unit, "n/a: it was not worked out"),
        })
    };
    let mut all: Vec<Measured> = catalog::ALL.into_iter().map(of).collect();
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
                it.figure =
                    Figure::share(0, 0, "n/a: each period by itself; all time has no before");
                it.groups.clear();
            }
            // The same of what is made of them.
            "retention_cost" | "acquisition_to_retention"
                if beside.knows.contains(&Need::Spend) =>
            {
                it.figure = Figure::none(it.metric.unit, "n/a: each period by itself");
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
