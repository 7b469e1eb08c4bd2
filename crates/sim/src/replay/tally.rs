//! Adds up outcomes as they come.

use super::history::{History, MemberEnd, Month, PointsEnd};
use regulars_base::{Name, Period, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Event, Kind, Who};
use regulars_engine::outcome::{Change, Outcome, Verdict};
use regulars_engine::program::RewardKind;
use regulars_engine::state::{InvoiceStage, Redemption, RedemptionStage, Wallet};
use regulars_ledger::{Account, Posting};
use std::collections::BTreeMap;
use std::ops::Range;

/// Sums so far.
pub(super) struct Tally<'p> {
    program: &'p Program,
    pub(super) history: History,
    /// By the customers' places.
    people: Vec<Person>,
    calendar: Calendar<'p>,
    /// What was kept of each invoice so far: by the customer's place and its number.
    paid: BTreeMap<(u32, u32), i64>,
}

#[derive(Clone, Debug, Default)]
struct Person {
    member: bool,
    tier: usize,
    orders: i64,
    spend: i64,
    points: Vec<PointsEnd>,
}

/// The month that a moment lies in. Events come in the order of time, so the month is nearly
/// always that of the last question.
struct Calendar<'p> {
    program: &'p Program,
    last: (Range<Timestamp>, i32),
}

impl Calendar<'_> {
    fn month(&mut self, at: Timestamp) -> i32 {
        if !self.last.0.contains(&at) {
            let zone = &self.program.zone;
            let number = Period::Month.number(zone.day(at));
            let start = |number| zone.start_of(Period::Month.first_day(number));
            self.last = (start(number)..start(number + 1), number);
        }
        self.last.1
    }
}

impl<'p> Tally<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        Self {
            program,
            history: History::new(program),
            people: Vec::new(),
            paid: BTreeMap::new(),
            calendar: Calendar {
                program,
                last: (Timestamp::FIRST..Timestamp::FIRST, 0),
            },
        }
    }

    /// Counts what an event came to. `returned` is what a used reward had cost that it gave back.
    pub(super) fn count(
        &mut self,
        place: Option<u32>,
        event: &Event,
        out: &Outcome,
        wallet: &Wallet,
        returned: i64,
    ) {
        self.history.events += u64::from(!matches!(event.kind, Kind::Tick));
        if out.verdict != Verdict::Accepted {
            self.history.refused += 1;
            self.history.rewards_refused += u64::from(matches!(event.kind, Kind::RewardRequest(_)));
        }
        if let (Kind::Purchase(purchase), Verdict::Accepted) = (&event.kind, &out.verdict) {
            self.history.lines += u64::try_from(purchase.lines.len()).unwrap_or(0);
        }
        if let (Kind::RewardCancel(_), Verdict::Accepted) = (&event.kind, &out.verdict)
            && returned > 0
        {
            let month = self.month(event.occurred_at);
            month.redemptions -= 1;
            month.cost -= returned;
        }
        for change in &out.changes {
            self.change(place, event, change, wallet);
        }
    }

    fn change(&mut self, place: Option<u32>, event: &Event, change: &Change, wallet: &Wallet) {
        match change {
            Change::Posted(posting) => self.posted(place, posting),
            Change::Enrolled(at) => self.joined(place, *at),
            Change::TierSet(tier) => {
                let to = self.program.tier_at(tier.name);
                self.moved(place, to, tier.since);
            }
            Change::OrderPlaced(order) => {
                let month = self.month(order.at);
                month.orders += 1;
                month.spend += order.spend;
                if let Some(person) = self.person(place) {
                    person.orders += 1;
                    person.spend += order.spend;
                }
            }
            Change::Invoiced(invoice) => {
                if let Some(place) = place {
                    let kept = match invoice.stage {
                        InvoiceStage::Paid(_) => invoice.amount() - invoice.paid_back,
                        _ => 0,
                    };
                    let before = self.paid.insert((place, invoice.number), kept);
                    self.month(event.occurred_at).fees += kept - before.unwrap_or(0);
                }
            }
            Change::Drawn { key, by } if *by > 0 => {
                *self.history.drawn.entry(*key).or_default() += by;
            }
            Change::RedemptionMade(made) => {
                if let RedemptionStage::Committed(_) = made.stage {
                    self.used(made, event.occurred_at);
                }
            }
            Change::RedemptionCommitted { id, at, .. } => {
                if let Some(used) = wallet.redemptions.iter().find(|held| held.id == *id) {
                    self.used(used, *at);
                }
            }
            _ => {}
        }
    }

    fn posted(&mut self, place: Option<u32>, posting: &Posting) {
        let Some(kind) = self.kind(posting.points) else {
            return;
        };
        let amount = posting.amount;
        let month = self.month(posting.effective_at);
        let flow = &mut month.points[kind];
        let own = |account| matches!(account, Account::Wallet | Account::Held | Account::Debt);
        match (own(posting.from), own(posting.to)) {
            (false, true) => flow.change += amount,
            (true, false) => flow.change -= amount,
            _ => {}
        }
        match (posting.from, posting.to) {
            (Account::Issued, _) => flow.issued += amount,
            (Account::Redeemed, _) => flow.redeemed -= amount,
            (Account::Adjusted, _) => flow.adjusted += amount,
            (Account::Shortfall, _) => flow.shortfall += amount,
            _ => {}
        }
        match posting.to {
            Account::Issued => flow.taken_back += amount,
            Account::Redeemed => flow.redeemed += amount,
            Account::Expired => flow.expired += amount,
            Account::Adjusted => flow.adjusted -= amount,
            _ => {}
        }
        let Some(person) = self.person(place) else {
            return;
        };
        let end = &mut person.points[kind];
        match (posting.from, posting.to) {
            (Account::Issued, _) => end.earned += amount,
            (Account::Redeemed, _) => end.redeemed -= amount,
            (_, Account::Issued) => end.earned -= amount,
            (_, Account::Redeemed) => end.redeemed += amount,
            (_, Account::Expired) => end.expired += amount,
            _ => {}
        }
    }

    fn joined(&mut self, place: Option<u32>, at: Timestamp) {
        let Some(person) = self.person(place) else {
            return;
        };
        if std::mem::replace(&mut person.member, true) {
            return;
        }
        let tier = person.tier;
        let month = self.month(at);
        month.members += 1;
        if let Some(members) = month.tiers.get_mut(tier) {
            *members += 1;
        }
    }

    fn moved(&mut self, place: Option<u32>, to: usize, at: Timestamp) {
        let Some(person) = self.person(place) else {
            return;
        };
        let from = std::mem::replace(&mut person.tier, to);
        let member = person.member;
        let tiers = &mut self.month(at).tiers;
        if member && from != to && tiers.len() > from.max(to) {
            tiers[from] -= 1;
            tiers[to] += 1;
        }
    }

    /// A customer was merged into another.
    pub(super) fn gone(&mut self, place: u32, at: Timestamp) {
        let Some(person) = self.person(Some(place)) else {
            return;
        };
        if !std::mem::replace(&mut person.member, false) {
            return;
        }
        let tier = person.tier;
        let month = self.month(at);
        month.members -= 1;
        if let Some(members) = month.tiers.get_mut(tier) {
            *members -= 1;
        }
    }

    fn used(&mut self, redemption: &Redemption, at: Timestamp) {
        let cost = self.cost(redemption);
        let month = self.month(at);
        month.redemptions += 1;
        month.cost += cost;
    }

    /// What a reward costs: as the program states, or what it takes off, or what was paid for it.
    pub(super) fn cost(&self, redemption: &Redemption) -> i64 {
        let reward = self.program.reward_named(redemption.reward);
        let stated = reward.and_then(|reward| match (reward.cost, &reward.kind) {
            (Some(cost), _) => Some(cost),
            (None, RewardKind::MoneyOff(off)) => Some(*off),
            _ => None,
        });
        match stated {
            Some(each) => each.saturating_mul(redemption.quantity),
            None => {
                let worth = |spent: &regulars_engine::state::Spent| {
                    let kind = self.kind(spent.paid.points);
                    kind.map_or(0, |kind| self.history.worth(kind, spent.paid.amount))
                };
                redemption.spent.iter().map(worth).sum()
            }
        }
    }

    /// Where a customer stands in the end.
    pub(super) fn end(&mut self, who: Who, place: u32, wallet: &Wallet) {
        let kinds = self.history.kinds.len();
        let mut person = self.people.get(place as usize).cloned().unwrap_or_default();
        person.points.resize(kinds, PointsEnd::default());
        for (end, points) in person.points.iter_mut().zip(&self.program.points) {
            end.balance = wallet
                .book(points.name)
                .map_or(0, |book| book.total() + book.held - book.debt);
        }
        self.history.members.push(MemberEnd {
            who,
            tier: person.tier,
            orders: person.orders,
            spend: person.spend,
            points: person.points,
        });
    }

    fn kind(&self, name: Name) -> Option<usize> {
        self.program
            .points
            .iter()
            .position(|points| points.name == name)
    }

    fn month(&mut self, at: Timestamp) -> &mut Month {
        let number = self.calendar.month(at);
        let (kinds, tiers) = (self.history.kinds.len(), self.history.tiers.len());
        let empty = || Month::empty(kinds, tiers);
        self.history.months.entry(number).or_insert_with(empty)
    }

    fn person(&mut self, place: Option<u32>) -> Option<&mut Person> {
        let place = place? as usize;
        if self.people.len() <= place {
            let kinds = self.history.kinds.len();
            let new = Person {
                points: vec![PointsEnd::default(); kinds],
                ..Person::default()
            };
            self.people.resize(place + 1, new);
        }
        self.people.get_mut(place)
    }
}
