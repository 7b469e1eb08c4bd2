//! Two programs over the same history, side by side. Shoppers are taken to have bought what they
//! bought: how they would have answered to other rules is not modelled.

use crate::replay::{History, MemberEnd, Month};
use regulars_engine::event::Who;
use std::cmp::Ordering;

/// What changes if one program takes the place of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Month by month, by number (year × 12 + month - 1).
    pub months: Vec<Row>,
    /// All months together. `liability` is that of the last.
    pub total: Row,
    /// Customers for whom anything differs: those who gain most first.
    pub members: Vec<Difference>,
    /// How many earn more.
    pub winners: usize,
    /// How many earn less.
    pub losers: usize,
    /// How many earn the same.
    pub unchanged: usize,
}

/// One month (or all of them) under both programs.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The month's number; 0 for the total.
    pub month: i32,
    /// Under the old program.
    pub old: Sums,
    /// Under the new program.
    pub new: Sums,
}

/// What is compared. Points of all kinds together count at their worth, in minor units; what has
/// no stated worth counts nothing here, and is found kind by kind in the histories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Points earned, less what was taken back.
    pub issued: i64,
    /// Points spent, less what was given back.
    pub redeemed: i64,
    /// Points that lapsed.
    pub expired: i64,
    /// What all open points are worth at the end of it.
    pub liability: i64,
    /// What rewards cost.
    pub cost: i64,
    /// Members by tier at the end of it, by the places of the program's tiers.
    pub tiers: Vec<i64>,
}

/// What differs for one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Who.
    pub who: Who,
    /// What they earn under the old program: its worth, or points where no worth is stated.
    pub old: i64,
    /// What they earn under the new one.
    pub new: i64,
    /// Their tier under the old program, by its id.
    pub old_tier: String,
    /// Their tier under the new one.
    pub new_tier: String,
}

/// Puts two programs' histories of the same events side by side.
pub fn compare(old: &History, new: &History) -> Comparison {
    let mut numbers: Vec<i32> = old
        .months
        .keys()
        .chain(new.months.keys())
        .copied()
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let (mut old_months, mut new_months) = (Walk::new(old), Walk::new(new));
    let rows = numbers.iter().map(|number| Row {
        month: *number,
        old: old_months.next(*number),
        new: new_months.next(*number),
    });
    let months: Vec<Row> = rows.collect();
    let mut comparison = Comparison {
        total: total(&months),
        months,
        members: Vec::new(),
        winners: 0,
        losers: 0,
        unchanged: 0,
    };
    members(old, new, &mut comparison);
    comparison
}

/// Walks through a history's months, adding up what stays open.
struct Walk<'h> {
    history: &'h History,
    open: Vec<i64>,
    tiers: Vec<i64>,
}

impl<'h> Walk<'h> {
    fn new(history: &'h History) -> Self {
        Self {
            history,
            open: vec![0; history.kinds.len()],
            tiers: vec![0; history.tiers.len()],
        }
    }

    fn next(&mut self, number: i32) -> Sums {
        let month = self.history.months.get(&number);
        if let Some(month) = month {
            for (open, flow) in self.open.iter_mut().zip(&month.points) {
                *open += flow.change;
            }
            for (members, change) in self.tiers.iter_mut().zip(&month.tiers) {
                *members += change;
            }
        }
        let worth = |points: &[i64]| worth(self.history, points.iter().copied());
        let of = |figure: fn(&crate::replay::Flow) -> i64| {
            let flows = month.map_or(&[][..], |month| &month.points);
            worth(&flows.iter().map(figure).collect::<Vec<i64>>())
        };
        Sums {
            issued: of(|flow| flow.issued - flow.taken_back),
            redeemed: of(|flow| flow.redeemed),
            expired: of(|flow| flow.expired),
            liability: worth(&self.open),
            cost: month.map_or(0, |month: &Month| month.cost),
            tiers: self.tiers.clone(),
        }
    }
}

fn total(months: &[Row]) -> Row {
    let add = |side: fn(&Row) -> &Sums| {
        let mut sums = Sums::default();
        for month in months.iter().map(side) {
            sums.issued += month.issued;
            sums.redeemed += month.redeemed;
            sums.expired += month.expired;
            sums.cost += month.cost;
            sums.liability = month.liability;
            sums.tiers.clone_from(&month.tiers);
        }
        sums
    };
    Row {
        month: 0,
        old: add(|row| &row.old),
        new: add(|row| &row.new),
    }
}

fn worth(history: &History, points: impl Iterator<Item = i64>) -> i64 {
    let each = points.enumerate();
    each.map(|(place, n)| history.worth(place, n)).sum()
}

/// Both lists are sorted by customer: one walk over both.
fn members(old: &History, new: &History, comparison: &mut Comparison) {
    let (mut left, mut right) = (old.members.iter().peekable(), new.members.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some(old), Some(new)) => old.who.cmp(&new.who),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let before = if order == Ordering::Greater {
            None
        } else {
            left.next()
        };
        let after = if order == Ordering::Less {
            None
        } else {
            right.next()
        };
        let Some(who) = before.or(after).map(|end| &end.who) else {
            break;
        };
        let difference = Difference {
            who: who.clone(),
            old: earned(old, new, before),
            new: earned(new, old, after),
            old_tier: tier(old, before),
            new_tier: tier(new, after),
        };
        match difference.new.cmp(&difference.old) {
            Ordering::Greater => comparison.winners += 1,
            Ordering::Less => comparison.losers += 1,
            Ordering::Equal => comparison.unchanged += 1,
        }
        if difference.new != difference.old || difference.new_tier != difference.old_tier {
            comparison.members.push(difference);
        }
    }
    let gain = |difference: &Difference| difference.new - difference.old;
    comparison
        .members
        .sort_by(|a, b| gain(b).cmp(&gain(a)).then_with(|| a.who.cmp(&b.who)));
}

/// What a customer earned, at its worth; in points of the first kind if one of the programs states
/// no worth at all, for then only points can be compared.
fn earned(history: &History, other: &History, end: Option<&MemberEnd>) -> i64 {
    let Some(end) = end else {
        return 0;
    };
    let stated = |history: &History| history.kinds.iter().any(|kind| kind.worth.is_some());
    if stated(history) && stated(other) {
        worth(history, end.points.iter().map(|points| points.earned))
    } else {
        end.points.first().map_or(0, |points| points.earned)
    }
}

fn tier(history: &History, end: Option<&MemberEnd>) -> String {
    let place = end.map_or(0, |end| end.tier);
    history.tiers.get(place).cloned().unwrap_or_default()
}
