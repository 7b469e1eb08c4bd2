//! A program over an order file, without a database: the same rows, the same engine, the same
//! totals as an import of the file.

mod parts;

pub use parts::{Share, backtest_part, backtest_together};

use crate::programs::compiled;
use crate::rows::{self, Rows};
use crate::{Error, ImportOptions, ImportProgress};
use regulars_base::{CivilDay, Period, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Incoming, Kind, Refunded, Who};
use regulars_engine::program::PlanRule;
use regulars_sim::assumption::{self, Assumed, Assumption};
pub use regulars_sim::replay::Joining;
use regulars_sim::replay::{History, Replay, part_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// The candidate: the text of a program file.
    pub program: String,
    /// What it is compared with: the text of another program file.
    pub against: Option<String>,
    /// The orders.
    pub orders: ImportOptions,
    /// On how many threads; 0 for as many as the machine has.
    pub threads: usize,
    /// Run on to the end of this day, so that points lapse; to the last order, if nothing.
    pub until: Option<CivilDay>,
    /// How many of the largest differences between members are kept.
    pub differences: usize,
    /// Assumptions about how members answer: the text of a file.
    pub assumptions: Option<String>,
    /// Customers who are taken to be on a plan: the orders do not say who is. Under a program without it
    /// nobody is.
    pub joining: Option<Joining>,
}

/// What a run of one program came to, and of the other if there were two.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BacktestReport {
    /// Rows read.
    pub rows: u64,
    /// Orders and refunds decided.
    pub events: u64,
    /// Rows that could not be taken.
    pub rejected: u64,
    /// Customers.
    pub members: u64,
    /// Uses of rewards that were refused: the points for them were not there, or the program has no such
    /// reward.
    pub rewards_refused: u64,
    /// By month and kind of points.
    pub months: Vec<BacktestMonth>,
    /// What was paid for plans, less what was paid back, in minor units: by month, those in which something
    /// was.
    pub fees: Vec<(CivilDay, i64)>,
    /// Members in each tier at the end, by id.
    pub tiers: BTreeMap<String, u64>,
    /// The same for the program it is compared with.
    pub against: Option<Box<BacktestReport>>,
    /// The largest differences between the two, largest first.
    pub differences: Vec<MemberDifference>,
    /// How many members earn more under the candidate, how many less, and how many the same.
    pub sides: Sides,
    /// How many members are in which tier under the program it is compared with, and in which under
    /// the candidate.
    pub tier_moves: BTreeMap<(String, String), u64>,
    /// What it comes to under each set of assumptions.
    pub assumed: Vec<(Assumption, Assumed)>,
    /// Why all wallets were decided together, one event after the other; nothing where they were split.
    pub in_one_piece: Option<InOnePiece>,
    /// Seconds it took, reading included.
    pub seconds: f64,
}

/// Why a history cannot be split by wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InOnePiece {
    /// What a sale gives to staff comes into another wallet.
    Staff,
    /// An event does not say whose it is, or reaches other members.
    Reaches,
    /// Budgets or stock that all members share were used up.
    UsedUp,
}

impl InOnePiece {
    /// Of these programs, before any event is seen.
    fn of(programs: &[Arc<Program>]) -> Option<Self> {
        let pays = programs.iter().any(|program| program.pays_staff());
        pays.then_some(Self::Staff)
    }

    /// Of what parts came to that were decided apart.
    fn after(read: &Read, histories: &[History], programs: &[Arc<Program>]) -> Option<Self> {
        let fits = |(history, program): (&History, &Arc<Program>)| history.within_budgets(program);
        if read.together {
            return Some(Self::Reaches);
        }
        let fit = histories.iter().zip(programs).all(fits);
        (!fit).then_some(Self::UsedUp)
    }
}

impl fmt::Display for InOnePiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Staff => "what a sale gives to staff comes into another wallet",
            Self::Reaches => "an event does not say whose it is, or reaches other members",
            Self::UsedUp => {
                "budgets or stock that all members share were used up, so it matters who came first"
            }
        })
    }
}

/// One month of one kind of points. Amounts are in the points' smallest unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BacktestMonth {
    /// The first day of the month, in the merchant's calendar.
    pub month: CivilDay,
    /// The points' id in the program file.
    pub points: String,
    /// Decimals of the figures.
    pub decimals: u8,
    /// Earned, less what refunds took back.
    pub issued: i64,
    /// What refunds took back: taken off `issued` already.
    pub taken_back: i64,
    /// Spent.
    pub redeemed: i64,
    /// Lapsed.
    pub expired: i64,
    /// What wallets hold at the end of the month.
    pub closing: i64,
    /// What that is worth, in minor units of the program's currency, if the program says.
    pub liability: Option<i64>,
    /// What was issued is worth, in minor units, if the program says.
    pub cost: Option<i64>,
}

/// What a member would have with the one program and with the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberDifference {
    /// The customer, as the file names them.
    pub customer: String,
    /// The points' id.
    pub points: String,
    /// Earned in all under the program it is compared with.
    pub against: i64,
    /// Earned in all under the candidate.
    pub candidate: i64,
    /// What they bought, and what came back (below zero), by day, in minor units: the oldest first,
    /// at most [`HISTORY_MOST`].
    pub history: Vec<(CivilDay, i64)>,
}

/// How many members a change concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// Who earns more of some points and less of none.
    pub more: u64,
    /// Who earns less of some points and more of none.
    pub less: u64,
    /// Who earns more of some points and less of others.
    pub mixed: u64,
    /// Whom it does not concern.
    pub same: u64,
}

/// So many orders of a member are shown beside a difference.
pub const HISTORY_MOST: usize = 50;

/// How many parts of the file may wait for a thread.
const AHEAD: usize = 4;

/// Runs a program over an order file.
pub fn backtest(
    ask: &Backtest,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<BacktestReport, Error> {
    let started = Instant::now();
    let assumptions = assumptions_of(ask)?;
    let programs = programs_of(ask)?;
    let threads = threads_of(ask);
    let mut in_one_piece = InOnePiece::of(&programs);
    let threads = match in_one_piece {
        Some(_) => 1,
        None => threads,
    };
    let (mut read, mut histories) = run(ask, &programs, threads, Share::ALL, progress)?;
    in_one_piece = in_one_piece.or_else(|| InOnePiece::after(&read, &histories, &programs));
    if threads > 1 && in_one_piece.is_some() {
        // The order of all events matters: once more, in one piece.
        (read, histories) = run(ask, &programs, 1, Share::ALL, progress)?;
    }
    let mut report = told(ask, &programs, &read, histories, &assumptions)?;
    report.in_one_piece = in_one_piece;
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// The programs of a back-test: the candidate, and what it is compared with.
fn programs_of(ask: &Backtest) -> Result<Vec<Arc<Program>>, Error> {
    let mut programs = vec![compiled(&ask.program)?];
    if let Some(against) = &ask.against {
        programs.push(compiled(against)?);
    }
    if let Some(joining) = &ask.joining
        && plan_of(&programs[0], joining).is_none()
    {
        return Err(Error::not_found("plan", &joining.plan));
    }
    Ok(programs)
}

/// The assumptions of a back-test.
fn assumptions_of(ask: &Backtest) -> Result<Vec<Assumption>, Error> {
    let assumptions = ask.assumptions.as_deref().map(assumption::read).transpose();
    let assumptions = assumptions.map_err(|wrong| Error::invalid("/assume", wrong.to_string()))?;
    Ok(assumptions.unwrap_or_default())
}

/// On how many threads.
fn threads_of(ask: &Backtest) -> usize {
    match ask.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads.clamp(1, 64),
    }
}

/// What whole histories come to: one for each program.
fn told(
    ask: &Backtest,
    programs: &[Arc<Program>],
    read: &Read,
    mut histories: Vec<History>,
    assumptions: &[Assumption],
) -> Result<BacktestReport, Error> {
    let candidate = histories.remove(0);
    let against = histories.pop();
    let mut report = report(&candidate, read, assumptions);
    if let Some(against) = against {
        let both = (&candidate, &against);
        compare(&mut report, both, read, assumptions, ask.differences);
        tell_histories(ask, &programs[0], &mut report.differences)?;
    }
    Ok(report)
}

/// Puts down what a candidate's history is beside that of the program it is compared with.
pub(crate) fn compare(
    sum: &mut BacktestReport,
    (candidate, against): (&History, &History),
    read: &Read,
    assumptions: &[Assumption],
    most: usize,
) {
    sum.differences = differences(candidate, against, most);
    sum.sides = sides(candidate, against);
    sum.tier_moves = tier_moves(candidate, against);
    sum.against = Some(Box::new(report(against, read, assumptions)));
}

/// Runs programs over events in the order of time: the candidate, and perhaps what it is compared with.
pub(crate) fn over(events: &[Incoming], programs: &[Arc<Program>], most: usize) -> BacktestReport {
    let started = Instant::now();
    let last = events
        .last()
        .map_or(Timestamp::FIRST, |it| it.event.occurred_at);
    let read = Read {
        rows: events.len() as u64,
        last,
        ..Read::default()
    };
    let mut histories = programs.iter().map(|program| {
        let mut replay = Replay::new(program).lenient();
        events.iter().for_each(|it| replay.feed(it.clone()));
        replay.finish(last)
    });
    let Some(candidate) = histories.next() else {
        return BacktestReport::default();
    };
    let mut report = report(&candidate, &read, &[]);
    if let Some(against) = histories.next() {
        compare(&mut report, (&candidate, &against), &read, &[], most);
    }
    report.seconds = started.elapsed().as_secs_f64();
    report
}

/// The first rows of a file that cannot be taken, each with its line and the reason.
pub(crate) fn rejects(
    orders: &ImportOptions,
    program: &str,
    most: usize,
) -> Result<Vec<String>, Error> {
    let program = compiled(program)?;
    let mut rows = Rows::open(orders, &program)?;
    let mut rejects = Vec::new();
    while let Some(part) = rows.next().map_err(|error| rows::failed(orders, &error))? {
        let said = |it: regulars_lake::Reject| format!("line {}: {}", it.line, it.reason);
        rejects.extend(part.rejects.into_iter().map(said));
        if rejects.len() >= most {
            break;
        }
    }
    rejects.truncate(most);
    Ok(rejects)
}

/// What was read.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Read {
    pub(crate) rows: u64,
    rejected: u64,
    /// The last moment of the file.
    last: Timestamp,
    /// There is an event that does not say whose it is, so parts cannot be replayed apart; what was
    /// read is of no use.
    together: bool,
}

/// Reads the file and hands its events to threads, each with customers of its own. A history for
/// each program.
fn run(
    ask: &Backtest,
    programs: &[Arc<Program>],
    threads: usize,
    share: Share,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<(Read, Vec<History>), Error> {
    let mut rows = Rows::open(&ask.orders, &programs[0])?;
    std::thread::scope(|scope| {
        let (mut senders, mut workers) = (Vec::new(), Vec::new());
        for _ in 0..threads {
            let (sender, events) = sync_channel::<Message>(AHEAD);
            senders.push(sender);
            let joining = ask.joining.clone();
            workers.push(scope.spawn(move || replay(programs, joining.as_ref(), &events)));
        }
        let read = deal(ask, &mut rows, &senders, share, progress)?;
        let until = ask.until.map(|day| {
            let zone = &programs[0].zone;
            // What is due as the next day begins is the next day's.
            zone.start_of(day.plus_days(1)).plus_micros(-1)
        });
        let until = until.unwrap_or(read.last).max(read.last);
        for sender in senders {
            // A thread that panicked is found when it is joined.
            let _ = sender.send(Message::End(until));
        }
        let mut sums: Vec<History> = programs.iter().map(|it| History::new(it)).collect();
        for worker in workers {
            let fault = |_| Error::Bug("a thread of the back-test ended by a fault".into());
            let histories = worker.join().map_err(fault)?;
            let merged = sums.into_iter().zip(histories);
            sums = merged.map(|(sum, history)| sum.merge(history)).collect();
        }
        Ok((read, sums))
    })
}

/// What a thread is told.
enum Message {
    Events(Vec<Incoming>),
    /// That was all; time passes until then.
    End(Timestamp),
}

/// Replays what comes, under each program.
fn replay(
    programs: &[Arc<Program>],
    joining: Option<&Joining>,
    events: &Receiver<Message>,
) -> Vec<History> {
    let start = |program| {
        let has = |own: &&Joining| plan_of(program, own).is_some();
        Replay::new(program).joining(joining.filter(has).cloned())
    };
    let mut replays: Vec<Replay<'_>> = programs.iter().map(|it| start(it)).collect();
    let mut until = Timestamp::FIRST;
    while let Ok(message) = events.recv() {
        match message {
            Message::Events(events) => {
                let (last, others) = replays.split_last_mut().expect("there is a program");
                for incoming in events {
                    for replay in &mut *others {
                        replay.feed(incoming.clone());
                    }
                    last.feed(incoming);
                }
            }
            Message::End(at) => until = at,
        }
    }
    replays.into_iter().map(|it| it.finish(until)).collect()
}

fn plan_of<'p>(program: &'p Program, joining: &Joining) -> Option<&'p PlanRule> {
    let mut plans = program.plans.iter();
    plans.find(|plan| plan.id == joining.plan.as_str())
}

/// Reads the file to its end and deals its events out by customer.
fn deal(
    ask: &Backtest,
    rows: &mut Rows,
    senders: &[SyncSender<Message>],
    share: Share,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<Read, Error> {
    let mut read = Read::default();
    let failed = |error| rows::failed(&ask.orders, &error);
    while let Some(part) = rows.next().map_err(failed)? {
        read.rejected += part.rejects.len() as u64;
        read.rows = rows.rows;
        let mut hands: Vec<Vec<Incoming>> = senders.iter().map(|_| Vec::new()).collect();
        for (_, incoming) in part.events {
            read.last = read.last.max(incoming.event.occurred_at);
            match part_of(&incoming, share.of * senders.len()) {
                // Another machine's.
                Some(place) if place % share.of != share.part => {}
                Some(place) => hands[place / share.of].push(incoming),
                None if senders.len() == 1 && share == Share::ALL => {
                    read.together = true;
                    hands[0].push(incoming);
                }
                None => {
                    return Ok(Read {
                        together: true,
                        ..read
                    });
                }
            }
        }
        for (sender, hand) in senders.iter().zip(hands) {
            // A thread that panicked is found when it is joined.
            let _ = sender.send(Message::Events(hand));
        }
        let told = ImportProgress {
            done: part.done,
            total: rows.total(),
            rows: rows.rows,
            events: 0,
            rejected: read.rejected,
        };
        if !progress(told) {
            break;
        }
    }
    Ok(read)
}

pub(crate) fn report(history: &History, read: &Read, assumptions: &[Assumption]) -> BacktestReport {
    let mut tiers: BTreeMap<String, u64> = BTreeMap::new();
    for member in &history.members {
        if let Some(tier) = history.tiers.get(member.tier) {
            *tiers.entry(tier.clone()).or_default() += 1;
        }
    }
    BacktestReport {
        rows: read.rows,
        events: history.events,
        rejected: read.rejected,
        members: history.members.len() as u64,
        rewards_refused: history.rewards_refused,
        months: months(history),
        fees: history
            .months
            .iter()
            .filter(|(_, month)| month.fees != 0)
            .map(|(number, month)| (Period::Month.first_day(*number), month.fees))
            .collect(),
        tiers,
        assumed: (assumptions.iter())
            .map(|set| (set.clone(), assumption::under(history, set)))
            .collect(),
        ..BacktestReport::default()
    }
}

fn months(history: &History) -> Vec<BacktestMonth> {
    let mut months = Vec::new();
    let open: BTreeMap<i32, Vec<i64>> = history.open_points().into_iter().collect();
    for (number, month) in &history.months {
        for (place, (kind, flow)) in history.kinds.iter().zip(&month.points).enumerate() {
            let issued = flow.issued - flow.taken_back;
            let closing = open.get(number).and_then(|open| open.get(place)).copied();
            let closing = closing.unwrap_or_default();
            let worth = |amount| kind.worth.map(|_| history.worth(place, amount));
            months.push(BacktestMonth {
                month: Period::Month.first_day(*number),
                points: kind.id.clone(),
                decimals: kind.decimals,
                issued,
                taken_back: flow.taken_back,
                redeemed: flow.redeemed,
                expired: flow.expired,
                closing,
                liability: worth(closing),
                cost: worth(issued),
            });
        }
    }
    months
}

/// A customer, as the file names them.
fn customer(who: &Who) -> String {
    match who {
        Who::Identity { value, .. } => value.to_string(),
        Who::Member(id) => id.to_string(),
        Who::OfOrder => String::new(),
    }
}

/// Who earns more, and who less. Both lists are sorted by customer, and have the same.
fn sides(new: &History, old: &History) -> Sides {
    let mut sides = Sides::default();
    for (ours, theirs) in new.members.iter().zip(&old.members) {
        let change = |place: usize, id: &str| {
            let other = old.kinds.iter().position(|other| other.id == id);
            let against = other.map_or(0, |place| theirs.points[place].earned);
            ours.points[place].earned.cmp(&against)
        };
        let kinds = new.kinds.iter().enumerate();
        let changes: Vec<_> = kinds.map(|(place, kind)| change(place, &kind.id)).collect();
        let side = match (
            changes.iter().any(|it| it.is_gt()),
            changes.iter().any(|it| it.is_lt()),
        ) {
            (true, true) => &mut sides.mixed,
            (true, false) => &mut sides.more,
            (false, true) => &mut sides.less,
            (false, false) => &mut sides.same,
        };
        *side += 1;
    }
    sides
}

/// From which tier into which.
fn tier_moves(new: &History, old: &History) -> BTreeMap<(String, String), u64> {
    let tier = |history: &History, place: usize| history.tiers.get(place).cloned();
    let mut moves = BTreeMap::new();
    for (ours, theirs) in new.members.iter().zip(&old.members) {
        let both = tier(old, theirs.tier).zip(tier(new, ours.tier));
        if let Some(both) = both {
            *moves.entry(both).or_default() += 1;
        }
    }
    moves
}

/// Reads the file once more for what those few customers bought.
fn tell_histories(
    ask: &Backtest,
    program: &Arc<Program>,
    differences: &mut [MemberDifference],
) -> Result<(), Error> {
    if differences.is_empty() {
        return Ok(());
    }
    let mut bought: BTreeMap<String, Vec<(CivilDay, i64)>> = differences
        .iter()
        .map(|it| (it.customer.clone(), Vec::new()))
        .collect();
    let mut rows = Rows::open(&ask.orders, program)?;
    while let Some(part) = rows
        .next()
        .map_err(|error| rows::failed(&ask.orders, &error))?
    {
        for (_, incoming) in part.events {
            let amount = match &incoming.event.kind {
                Kind::Purchase(purchase) => purchase.total,
                Kind::Refund(refund) => match &refund.what {
                    Refunded::Amount(amount) => -amount,
                    Refunded::Lines(lines) => {
                        -lines.iter().filter_map(|line| line.amount).sum::<i64>()
                    }
                    // The file does not say how much; nothing is made up.
                    Refunded::Rest => continue,
                },
                _ => continue,
            };
            if let Some(history) = bought.get_mut(&customer(&incoming.who)) {
                history.push((program.zone.day(incoming.event.occurred_at), amount));
            }
        }
    }
    for it in differences {
        let mut history = bought.get(&it.customer).cloned().unwrap_or_default();
        history.sort_by_key(|(day, _)| *day);
        history.truncate(HISTORY_MOST);
        it.history = history;
    }
    Ok(())
}

/// What each customer earns under both programs, kind by kind, where it differs; the largest
/// differences first. Both lists are sorted by customer, and have the same.
fn differences(new: &History, old: &History, most: usize) -> Vec<MemberDifference> {
    let mut differences = Vec::new();
    for (ours, theirs) in new.members.iter().zip(&old.members) {
        for (place, kind) in new.kinds.iter().enumerate() {
            let other = old.kinds.iter().position(|other| other.id == kind.id);
            let candidate = ours.points[place].earned;
            let against = other.map_or(0, |place| theirs.points[place].earned);
            if candidate != against {
                differences.push(MemberDifference {
                    customer: customer(&ours.who),
                    history: Vec::new(),
                    points: kind.id.clone(),
                    against,
                    candidate,
                });
            }
        }
    }
    let size = |difference: &MemberDifference| difference.candidate.abs_diff(difference.against);
    differences.sort_by(|a, b| size(b).cmp(&size(a)).then(a.customer.cmp(&b.customer)));
    differences.truncate(most);
    differences
}

/// One for each kind of points: what moved in all, and what was there in the end.
pub fn totals(months: &[BacktestMonth]) -> Vec<BacktestMonth> {
    let mut totals: Vec<BacktestMonth> = Vec::new();
    for month in months {
        match totals.iter_mut().find(|total| total.points == month.points) {
            None => totals.push(month.clone()),
            Some(total) => {
                total.issued += month.issued;
                total.taken_back += month.taken_back;
                total.redeemed += month.redeemed;
                total.expired += month.expired;
                total.closing = month.closing;
                total.liability = month.liability;
                total.cost = match (total.cost, month.cost) {
                    (Some(sum), Some(cost)) => Some(sum + cost),
                    (sum, cost) => sum.or(cost),
                };
            }
        }
    }
    totals
}
