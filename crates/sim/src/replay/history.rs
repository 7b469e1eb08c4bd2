//! What came of a history: totals by month, and every member's end.

use regulars_base::{Currency, Name, Ratio, Rounding};
use regulars_engine::Program;
use regulars_engine::event::Who;
use regulars_engine::program::LimitScope;
use regulars_engine::state::SharedKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What came of a history under one program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The kinds of points, in the order of the program.
    pub kinds: Vec<Kind>,
    /// The tiers' ids, lowest first.
    pub tiers: Vec<String>,
    /// Months in which anything happened, by number (year × 12 + month - 1).
    pub months: BTreeMap<i32, Month>,
    /// Every customer, sorted.
    pub members: Vec<MemberEnd>,
    /// How many events were decided, refused ones too.
    pub events: u64,
    /// How many order lines were in them.
    pub lines: u64,
    /// How many events were refused.
    pub refused: u64,
    /// How many uses of rewards were refused, alone or with what was bought.
    pub rewards_refused: u64,
    /// How many had been seen before.
    pub duplicates: u64,
    /// What was drawn on budgets and stock that all members share, not counting what was given
    /// back.
    pub drawn: BTreeMap<SharedKey, i64>,
}

/// A kind of points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Its id.
    pub id: String,
    /// Its decimals.
    pub decimals: u8,
    /// What a whole one is worth, in minor units.
    pub worth: Option<Ratio>,
}

/// What happened in a month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    /// Orders that counted.
    pub orders: i64,
    /// What was paid for their goods, in minor units.
    pub spend: i64,
    /// Points, by the places of [`History::kinds`].
    pub points: Vec<Flow>,
    /// By how many members each tier grew, by the places of [`History::tiers`].
    pub tiers: Vec<i64>,
    /// By how many the members grew.
    pub members: i64,
    /// Rewards that were used, less those given back.
    pub redemptions: i64,
    /// What they cost, in minor units: as stated, or what they take off, or what their points are
    /// worth.
    pub cost: i64,
    /// What members paid for plans, less what was paid back, in minor units.
    pub fees: i64,
}

/// Points of one kind, in their smallest unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Earned.
    pub issued: i64,
    /// Taken back by refunds.
    pub taken_back: i64,
    /// Spent, less what was given back.
    pub redeemed: i64,
    /// Lapsed.
    pub expired: i64,
    /// Given (or taken, below zero) by hand.
    pub adjusted: i64,
    /// Should have been taken back, and were borne by the program.
    pub shortfall: i64,
    /// By how much all that members hold (and owe, below zero) grew.
    pub change: i64,
}

/// Where a customer stands in the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberEnd {
    /// Who.
    pub who: Who,
    /// The place of their tier.
    pub tier: usize,
    /// Their orders.
    pub orders: i64,
    /// What they paid for goods, in minor units.
    pub spend: i64,
    /// Their points, by the places of [`History::kinds`].
    pub points: Vec<PointsEnd>,
}

/// A customer's points of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsEnd {
    /// Earned, less what was taken back.
    pub earned: i64,
    /// Spent, less what was given back.
    pub redeemed: i64,
    /// Lapsed.
    pub expired: i64,
    /// What they hold, less what they owe.
    pub balance: i64,
}

impl History {
    /// Nothing yet.
    pub fn new(program: &Program) -> Self {
        let kind = |points: &regulars_engine::program::Points| Kind {
            id: points.id.clone(),
            decimals: points.decimals,
            worth: points.worth,
        };
        Self {
            currency: program.currency,
            kinds: program.points.iter().map(kind).collect(),
            tiers: program.tiers.iter().map(|tier| tier.id.clone()).collect(),
            months: BTreeMap::new(),
            members: Vec::new(),
            events: 0,
            lines: 0,
            refused: 0,
            rewards_refused: 0,
            duplicates: 0,
            drawn: BTreeMap::new(),
        }
    }

    /// Whether budgets and stock were enough for all that was drawn, whatever the order: then the
    /// sum of parts is what one pass would have come to. If not, the history is replayed in one
    /// piece.
    pub fn within_budgets(&self, program: &Program) -> bool {
        let of_rules = program.rules.iter().flat_map(|rule| &rule.limits);
        let of_cards = program.cards.iter().flat_map(|card| &card.limits);
        let of_rewards = program.rewards.iter().flat_map(|reward| &reward.limits);
        let limits = of_rules.chain(of_cards).chain(of_rewards);
        let budgets = limits
            .filter(|limit| limit.per == LimitScope::Program)
            .map(|limit| (limit.name, limit.most));
        let stocks = program.rewards.iter();
        let stocks = stocks.filter_map(|reward| Some((reward.name, reward.stock?)));
        let most: BTreeMap<Name, i64> = budgets.chain(stocks).collect();
        let fits =
            |(key, drawn): (&SharedKey, &i64)| most.get(&key.name).is_some_and(|m| drawn <= m);
        self.drawn.iter().all(fits)
    }

    /// Adds a history of other customers under the same program.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (number, month) in other.months {
            match self.months.entry(number) {
                std::collections::btree_map::Entry::Vacant(empty) => drop(empty.insert(month)),
                std::collections::btree_map::Entry::Occupied(mut own) => own.get_mut().add(&month),
            }
        }
        self.members.extend(other.members);
        self.members.sort_by(|a, b| a.who.cmp(&b.who));
        self.events += other.events;
        self.lines += other.lines;
        self.refused += other.refused;
        self.rewards_refused += other.rewards_refused;
        self.duplicates += other.duplicates;
        for (key, drawn) in other.drawn {
            *self.drawn.entry(key).or_default() += drawn;
        }
        self
    }

    /// What members hold at the end of each month: number, and points by kind.
    pub fn open_points(&self) -> Vec<(i32, Vec<i64>)> {
        let mut open = vec![0; self.kinds.len()];
        let months = self.months.iter();
        months
            .map(|(number, month)| {
                for (open, flow) in open.iter_mut().zip(&month.points) {
                    *open += flow.change;
                }
                (*number, open.clone())
            })
            .collect()
    }

    /// What open points are worth at the end of each month, in minor units: the liability.
    pub fn liability(&self) -> Vec<(i32, i64)> {
        let months = self.open_points().into_iter();
        months
            .map(|(number, open)| {
                let worth = open
                    .iter()
                    .enumerate()
                    .map(|(place, n)| self.worth(place, *n));
                (number, worth.sum())
            })
            .collect()
    }

    /// How many members each tier has at the end of each month.
    pub fn tier_mix(&self) -> Vec<(i32, Vec<i64>)> {
        let mut mix = vec![0; self.tiers.len()];
        let months = self.months.iter();
        months
            .map(|(number, month)| {
                for (members, change) in mix.iter_mut().zip(&month.tiers) {
                    *members += change;
                }
                (*number, mix.clone())
            })
            .collect()
    }

    /// The sum of all months.
    pub fn total(&self) -> Month {
        let mut total = Month::empty(self.kinds.len(), self.tiers.len());
        for month in self.months.values() {
            total.add(month);
        }
        total
    }

    /// What `n` points (smallest unit) of the kind at `place` are worth, in minor units.
    pub fn worth(&self, place: usize, n: i64) -> i64 {
        let Some(kind) = self.kinds.get(place) else {
            return 0;
        };
        kind.worth.map_or(0, |worth| {
            let unit = 10_i128.pow(u32::from(kind.decimals.min(18)));
            let num = i128::from(n) * i128::from(worth.num());
            Rounding::HalfEven.divide_clamped(num, i128::from(worth.den()) * unit)
        })
    }
}

impl Month {
    pub(super) fn empty(kinds: usize, tiers: usize) -> Self {
        Self {
            points: vec![Flow::default(); kinds],
            tiers: vec![0; tiers],
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.orders += other.orders;
        self.spend += other.spend;
        self.members += other.members;
        self.redemptions += other.redemptions;
        self.cost += other.cost;
        self.fees += other.fees;
        for (own, other) in self.points.iter_mut().zip(&other.points) {
            own.add(other);
        }
        for (own, other) in self.tiers.iter_mut().zip(&other.tiers) {
            *own += other;
        }
    }
}

impl Flow {
    fn add(&mut self, other: &Self) {
        self.issued += other.issued;
        self.taken_back += other.taken_back;
        self.redeemed += other.redeemed;
        self.expired += other.expired;
        self.adjusted += other.adjusted;
        self.shortfall += other.shortfall;
        self.change += other.change;
    }
}
