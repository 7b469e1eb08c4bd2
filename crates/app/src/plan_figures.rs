//! What a program file would have come to over real orders: figures that go with the file to whoever
//! approves it. They are kept under the hash of its text and what they are over (the shop's own log, a file of
//! orders), so that the same file shows the same figures until they are worked out anew, and one sort does
//! not put the other out.

use crate::backtest::{Sides, totals};
use crate::cases::{read, written};
use crate::log_replay::{self, OfLog};
use crate::programs::{compiled, hex};
use crate::{App, Backtest, BacktestReport, Error, ImportProgress, backtest};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::program::Program;
use regulars_engine::program::words;
use regulars_store::{Case, CaseMove};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The sort of case.
const FIGURES: &str = "plan-figures";

/// There is one state only: the newest figures.
const KNOWN: &str = "known";

/// What a program file would have come to, beside the one in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFigures {
    /// SHA-256 of the file's text, in hexadecimal.
    pub hash: String,
    /// The version that it is compared with.
    pub against: i64,
    /// When it was worked out, in microseconds.
    pub at_micros: i64,
    /// Over which orders, in words.
    pub over: String,
    /// Whether they are over the shop's own log; over a file of orders, if not.
    pub of_log: bool,
    /// Uses of rewards that were refused, under the version in force and under the file: the points for them
    /// were not there, or there is no such reward.
    pub rewards_refused: (u64, u64),
    /// What moved points in the log and is in no figure here: sorts with how often.
    pub left_out: Vec<(String, u64)>,
    /// Purchases, refunds and whatever else was decided.
    pub events: u64,
    /// Members.
    pub members: u64,
    /// The currency of money.
    pub currency: String,
    /// By kind of points, over the whole time.
    pub points: Vec<PlanPoints>,
    /// Who goes from which tier to which, and how many.
    pub tier_moves: Vec<(String, String, u64)>,
    /// How many members earn more, less, more of some points and less of others, and the same.
    pub sides: [u64; 4],
    /// Members with the largest differences, the largest first.
    pub movers: Vec<PlanMover>,
}

/// What a kind of points comes to: under the version in force, and under the file. Points are written with
/// their decimals, money is in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPoints {
    /// Which.
    pub points: String,
    /// Given, less what refunds took back.
    pub issued: (String, String),
    /// Used for rewards, less what was given back.
    pub redeemed: (String, String),
    /// Lapsed.
    pub expired: (String, String),
    /// Held at the end.
    pub outstanding: (String, String),
    /// What was given is worth; nothing where the file does not say.
    pub cost_minor: (Option<i64>, Option<i64>),
    /// What is held at the end is worth.
    pub liability_minor: (Option<i64>, Option<i64>),
}

/// A member who earns something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanMover {
    /// Who: the member's id, or the customer as the file names them.
    pub customer: String,
    /// Which points.
    pub points: String,
    /// Under the version in force.
    pub before: String,
    /// Under the file.
    pub after: String,
}

/// Over which orders.
#[derive(Clone, Debug)]
pub enum PlanOrders {
    /// Those of the shop's own log.
    Log,
    /// A file of orders.
    File(Box<crate::ImportOptions>),
}

impl App {
    /// Runs a file and the version in force over real orders, and keeps what they come to.
    ///
    /// # Errors
    /// The file is wrong, there is no version in force, or the orders cannot be read.
    pub fn plan_figures(
        &self,
        tenant: TenantId,
        text: &str,
        orders: PlanOrders,
        progress: &mut dyn FnMut(ImportProgress) -> bool,
    ) -> Result<PlanFigures, Error> {
        let candidate = compiled(text)?;
        let now = self.now();
        let (against, current) = self.program_in_force(tenant, now)?;
        let of_log = matches!(orders, PlanOrders::Log);
        let (over, OfLog { report, left_out }) = match orders {
            PlanOrders::Log => {
                let both = (&*candidate, &*current);
                let found = log_replay::of_log(self, tenant, both, now, progress)?;
                ("the shop's own log".to_owned(), found)
            }
            PlanOrders::File(orders) => {
                let name = orders.file.file_name().unwrap_or_default();
                let over = name.to_string_lossy().into_owned();
                let ask = Backtest {
                    program: text.to_owned(),
                    against: Some(self.program_text(tenant, against)?),
                    orders: *orders,
                    threads: 0,
                    until: None,
                    differences: MOVERS,
                    assumptions: None,
                    joining: None,
                };
                let found = OfLog {
                    report: backtest(&ask, progress)?,
                    left_out: BTreeMap::new(),
                };
                (over, found)
            }
        };
        let mut figures = figures(&candidate, against, now, over, &report);
        figures.of_log = of_log;
        figures.left_out = (left_out.into_iter())
            .map(|(sort, times)| (sort.to_owned(), times))
            .collect();
        self.keep_figures(tenant, &figures)?;
        Ok(figures)
    }

    /// The figures that were worked out last for a file of this text: over the log, over orders.
    pub fn planned(&self, tenant: TenantId, text: &str) -> Result<Vec<PlanFigures>, Error> {
        let hash = hex(&compiled(text)?.hash);
        let cases = self.core().pool.with(|store| {
            let mut cases = Vec::new();
            for of_log in [true, false] {
                cases.extend(store.case(tenant, FIGURES, &id(&hash, of_log))?);
            }
            Ok(cases)
        })?;
        cases.iter().map(read).collect()
    }

    fn keep_figures(&self, tenant: TenantId, figures: &PlanFigures) -> Result<(), Error> {
        let body = written(figures)?;
        let case = Case {
            kind: FIGURES.into(),
            id: id(&figures.hash, figures.of_log),
            state: KNOWN.into(),
            body,
        };
        self.core().write(move |store| {
            if store.open_case(tenant, &case, &[])?.is_some() {
                let to = CaseMove {
                    from: KNOWN.into(),
                    to: KNOWN.into(),
                    body: case.body.clone(),
                    frees_marks: false,
                };
                store.move_case(tenant, (FIGURES, &case.id), &to)?;
            }
            Ok(())
        })
    }
}

/// The id of the case of figures.
fn id(hash: &str, of_log: bool) -> String {
    let over = if of_log { "log" } else { "orders" };
    format!("{hash}/{over}")
}

/// So many members are named.
pub(crate) const MOVERS: usize = 20;

fn figures(
    candidate: &Program,
    against: i64,
    now: Timestamp,
    over: String,
    report: &BacktestReport,
) -> PlanFigures {
    let (new, empty) = (totals(&report.months), Vec::new());
    let old = report.against.as_ref();
    let old = old.map_or(empty, |old| totals(&old.months));
    let mut ids: Vec<(&str, u8)> = Vec::new();
    for total in new.iter().chain(&old) {
        if !ids.iter().any(|(id, _)| *id == total.points) {
            ids.push((&total.points, total.decimals));
        }
    }
    let points = ids.into_iter().map(|(id, decimals)| {
        let one = |all: &[crate::BacktestMonth]| {
            let own = all.iter().find(|total| total.points == id).cloned();
            own.unwrap_or_default()
        };
        let (before, after) = (one(&old), one(&new));
        let both = |which: fn(&crate::BacktestMonth) -> i64| {
            let number = |of| words::number(decimals, which(of));
            (number(&before), number(&after))
        };
        PlanPoints {
            points: id.to_owned(),
            issued: both(|it| it.issued),
            redeemed: both(|it| it.redeemed),
            expired: both(|it| it.expired),
            outstanding: both(|it| it.closing),
            cost_minor: (before.cost, after.cost),
            liability_minor: (before.liability, after.liability),
        }
    });
    let decimals = |id: &str| {
        let own = candidate.points.iter().find(|points| points.id == id);
        own.map_or(0, |points| points.decimals)
    };
    let Sides {
        more,
        less,
        mixed,
        same,
    } = report.sides;
    PlanFigures {
        hash: hex(&candidate.hash),
        against,
        at_micros: now.micros(),
        over,
        of_log: false,
        rewards_refused: (
            report.against.as_ref().map_or(0, |old| old.rewards_refused),
            report.rewards_refused,
        ),
        left_out: Vec::new(),
        events: report.events,
        members: report.members,
        currency: candidate.currency.to_string(),
        points: points.collect(),
        tier_moves: (report.tier_moves.iter())
            .map(|((from, to), members)| (from.clone(), to.clone(), *members))
            .collect(),
        sides: [more, less, mixed, same],
        movers: (report.differences.iter().take(MOVERS))
            .map(|it| PlanMover {
                customer: it.customer.clone(),
                points: it.points.clone(),
                before: words::number(decimals(&it.points), it.against),
                after: words::number(decimals(&it.points), it.candidate),
            })
            .collect(),
    }
}
