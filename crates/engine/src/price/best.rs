//! Which of many discounts are best taken together.
//!
//! *Eva has 500 beans. "5 EUR off" takes 400 of them, "free coffee" 300, and her code TENTH takes a
//! tenth off but stands alone. The best that she can do is what takes most off the basket; where two
//! ways take the same off, the one that leaves her more points.*
//!
//! Branch and bound, in the order in which discounts are taken off: each is taken or left, and a branch
//! is given up once nothing in it can take more off than the best that was found. How much is looked at
//! is bounded, so that the answer comes in time; if that is not enough, what is found is answered with
//! what might be better at most.

use super::{Basket, Combine, Desk, Discount, Off, PercentOf, holds, in_order, piece, refused};
use crate::state::LineSet;
use regulars_base::{Name, Rounding, Text};

/// A discount that may be taken, and what the member pays for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What it takes off.
    pub discount: Discount,
    /// The points that it takes.
    pub cost: Vec<(Name, i64)>,
}

/// The best that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Best {
    /// The places of the candidates that are taken, in order of place.
    pub chosen: Vec<usize>,
    /// What they take off, before tax that comes on top.
    pub off: i64,
    /// No choice takes more off than this. Where it equals `off`, the choice is proved to be the best.
    pub at_most: i64,
}

/// Looks for the candidates that take most off together; of those that take the same off, for the one
/// that takes the fewest points. `purse` is what may be spent of each kind of points; `effort` bounds
/// the search: about so many lines are looked at.
pub fn best(
    combine: &Combine,
    basket: &Basket,
    candidates: &[Candidate],
    purse: &[(Name, i64)],
    effort: u64,
) -> Best {
    let discounts: Vec<Discount> = candidates.iter().map(|own| own.discount.clone()).collect();
    let order = in_order(combine, &discounts);
    let mut sets: Vec<&LineSet> = Vec::new();
    let mut items = Vec::with_capacity(order.len());
    for place in order {
        let own = &candidates[place];
        let lines = &own.discount.lines;
        let set = sets.iter().position(|known| *known == lines);
        let set = set.unwrap_or_else(|| {
            sets.push(lines);
            sets.len() - 1
        });
        items.push(Item {
            place,
            candidate: own,
            set,
            listed: Desk::new(basket)
                .take(combine, &own.discount)
                .map_or(0, |taken| taken.sum()),
            piece: most_of_a_piece(basket, &own.discount),
        });
    }
    // What can take nothing off a full basket takes nothing off what is left of it.
    items.retain(|item| item.listed > 0 || item.piece > 0);
    let mut search = Search {
        combine,
        items,
        sets,
        purse: purse.to_vec(),
        effort,
        cut: 0,
        best: Best::default(),
        spent: 0,
    };
    search.greedy(basket);
    let desk = Desk::new(basket);
    search.look(0, &desk, &mut Vec::new(), (0, 0));
    let mut best = search.best;
    best.chosen.sort_unstable();
    best.at_most = best.off.max(search.cut);
    best
}

/// A candidate, and what is asked of it again and again.
struct Item<'a> {
    place: usize,
    candidate: &'a Candidate,
    /// Which lines, by the place of the set.
    set: usize,
    /// What it takes off the full basket, alone.
    listed: i64,
    /// The most that one thing costs.
    piece: i64,
}

struct Search<'a> {
    combine: &'a Combine,
    /// In the order in which discounts are taken off.
    items: Vec<Item<'a>>,
    sets: Vec<&'a LineSet>,
    purse: Vec<(Name, i64)>,
    effort: u64,
    /// What might be found where nobody looked.
    cut: i64,
    best: Best,
    /// The points that the best choice takes.
    spent: i64,
}

impl<'a> Search<'a> {
    /// A first choice, so that hopeless branches are known to be: what takes most off comes first.
    fn greedy(&mut self, basket: &Basket) {
        let mut by_size: Vec<usize> = (0..self.items.len()).collect();
        by_size.sort_by_key(|at| std::cmp::Reverse(self.items[*at].listed));
        let mut taken: Vec<usize> = Vec::new();
        for at in by_size {
            let mut tried = taken.clone();
            tried.push(at);
            tried.sort_unstable();
            if let Some((off, cost)) = self.price(basket, &tried)
                && (off > self.best.off || (off == self.best.off && cost < self.spent))
            {
                self.keep(&tried, (off, cost));
                taken = tried;
            }
        }
    }

    /// What a choice takes off and what it takes of points, if all of it applies.
    fn price(&self, basket: &Basket, choice: &[usize]) -> Option<(i64, i64)> {
        let mut desk = Desk::new(basket);
        let (mut counted, mut off, mut cost) = (Vec::new(), 0, 0);
        let mut purse = self.purse.clone();
        for at in choice {
            let own = self.items[*at].candidate;
            if refused(self.combine, &own.discount, &counted).is_some() {
                return None;
            }
            cost += pay(&mut purse, &own.cost)?;
            off += desk.take(self.combine, &own.discount).ok()?.sum();
            counted.push(&own.discount);
        }
        Some((off, cost))
    }

    fn keep(&mut self, choice: &[usize], (off, cost): (i64, i64)) {
        let places = choice.iter().map(|at| self.items[*at].place);
        self.best.chosen = places.collect();
        self.best.off = off;
        self.spent = cost;
    }

    /// Looks at all choices that begin with what is `taken` and go on from `next`.
    fn look(&mut self, next: usize, desk: &Desk<'_>, taken: &mut Vec<usize>, at: (i64, i64)) {
        let (off, cost) = at;
        if off > self.best.off || (off == self.best.off && cost < self.spent) {
            self.keep(&taken.clone(), at);
        }
        if next == self.items.len() {
            return;
        }
        let counted: Vec<&Discount> = taken.iter().map(|at| self.discount(*at)).collect();
        let lines = u64::try_from(desk.left.len()).unwrap_or(u64::MAX);
        let work = lines * u64::try_from(self.sets.len()).unwrap_or(1) + 16;
        let hope = off.saturating_add(self.hope(next, desk, &counted));
        if hope < self.best.off || (hope == self.best.off && cost >= self.spent) {
            return;
        }
        if self.effort < work {
            self.cut = self.cut.max(hope);
            return;
        }
        self.effort -= work;
        let own = self.items[next].candidate;
        if refused(self.combine, &own.discount, &counted).is_none() {
            let mut purse = self.purse.clone();
            let mut after = desk.clone();
            if let Some(more) = pay(&mut purse, &own.cost)
                && let Ok(got) = after.take(self.combine, &own.discount)
            {
                std::mem::swap(&mut self.purse, &mut purse);
                taken.push(next);
                self.look(next + 1, &after, taken, (off + got.sum(), cost + more));
                taken.pop();
                std::mem::swap(&mut self.purse, &mut purse);
            }
        }
        self.look(next + 1, desk, taken, at);
    }

    fn discount(&self, at: usize) -> &'a Discount {
        &self.items[at].candidate.discount
    }

    /// The most that the candidates from `next` on may still take off. Each bound forgets something
    /// (that discounts share lines, that points are spent once), so the least of them holds too.
    fn hope(&self, next: usize, desk: &Desk<'_>, counted: &[&Discount]) -> i64 {
        let left: Vec<i64> = self.sets.iter().map(|set| desk.left_of(set)).collect();
        let all: i64 = desk.left.iter().sum();
        let mut hopes: Vec<Hope<'_>> = Vec::new();
        let mut alone = 0;
        for item in &self.items[next..] {
            let own = &item.candidate.discount;
            if refused(self.combine, own, counted).is_some() || !self.affordable(item) {
                continue;
            }
            let most = item.at_most(self.combine, left[item.set], desk.delivery_left);
            if own.exclusive {
                alone = alone.max(most);
                continue;
            }
            let cost = &item.candidate.cost[..];
            let same =
                |hope: &&mut Hope<'_>| own.group.is_some() && hope.item.group() == item.group();
            match hopes.iter_mut().find(same) {
                // Of a group one counts: as if it took the most of any of them, for nothing, and from
                // wherever there is something.
                Some(hope) => {
                    (hope.most, hope.cost) = (hope.most.max(most), &[]);
                    (hope.set, hope.chain) = (None, false);
                }
                None => hopes.push(Hope {
                    item,
                    most,
                    cost,
                    set: (own.off != Off::FreeDelivery).then_some(item.set),
                    chain: own.group.is_none() && item.is_chained(self.combine),
                }),
            }
        }
        let together = self.of_each_set(&hopes, &left, all, desk.delivery_left);
        let together = together.min(self.of_the_number(&hopes, counted.len()));
        let together = together.min(self.of_the_purse(&hopes));
        together.max(alone)
    }

    fn affordable(&self, item: &Item<'_>) -> bool {
        item.candidate.cost.iter().all(|(points, price)| {
            let own = self.purse.iter().find(|(name, _)| name == points);
            own.is_some_and(|(_, available)| available >= price)
        })
    }

    /// No lines give more than is left of them, and of several percentages of the same lines each is
    /// reckoned of what the ones before left.
    fn of_each_set(&self, hopes: &[Hope<'_>], left: &[i64], all: i64, delivery: i64) -> i64 {
        let mut goods = 0;
        for (set, left) in left.iter().enumerate() {
            let (mut plain, mut rest) = (0, *left);
            for hope in hopes.iter().filter(|hope| hope.set == Some(set)) {
                match hope.chain {
                    true => rest -= hope.item.at_most(self.combine, rest, 0),
                    false => plain += hope.most,
                }
            }
            goods += (plain + left - rest).min(*left);
        }
        let elsewhere = hopes.iter().filter(|hope| hope.set.is_none());
        let elsewhere: i64 = elsewhere.map(|hope| hope.most).sum();
        (goods.min(all) + elsewhere).min(all + delivery)
    }

    /// Only so many count.
    fn of_the_number(&self, hopes: &[Hope<'_>], counted: usize) -> i64 {
        let mut most: Vec<i64> = hopes.iter().map(|hope| hope.most).collect();
        let room = self
            .combine
            .most
            .map_or(most.len(), |room| usize::from(room).saturating_sub(counted));
        most.sort_unstable_by_key(|most| std::cmp::Reverse(*most));
        most.iter().take(room).sum()
    }

    /// Points are spent once: as if parts of a reward could be had for parts of its price, the best
    /// ones for their price first.
    fn of_the_purse(&self, hopes: &[Hope<'_>]) -> i64 {
        let free = hopes.iter().filter(|hope| hope.cost.is_empty());
        let mut sum: i64 = free.map(|hope| hope.most).sum();
        for (points, available) in &self.purse {
            let own = hopes.iter().filter_map(|hope| match hope.cost.first() {
                Some((name, price)) if name == points => Some((hope.most, *price)),
                _ => None,
            });
            let mut own: Vec<(i64, i64)> = own.collect();
            own.sort_unstable_by(|one, other| {
                let worth = |(most, _): (i64, i64), (_, price): (i64, i64)| {
                    i128::from(most) * i128::from(price)
                };
                worth(*other, *one).cmp(&worth(*one, *other))
            });
            let mut available = *available;
            for (most, price) in own {
                if price <= available {
                    (sum, available) = (sum + most, available - price);
                    continue;
                }
                let part = i128::from(most) * i128::from(available);
                sum += Rounding::Up.divide_clamped(part, i128::from(price));
                break;
            }
        }
        sum
    }
}

/// What is hoped of a candidate, or of the best of a group.
struct Hope<'a> {
    item: &'a Item<'a>,
    most: i64,
    cost: &'a [(Name, i64)],
    /// Which lines; nothing where it may take off the delivery.
    set: Option<usize>,
    /// It is a percentage of what is left.
    chain: bool,
}

impl Item<'_> {
    const fn group(&self) -> Option<&Text> {
        self.candidate.discount.group.as_ref()
    }

    const fn is_chained(&self, combine: &Combine) -> bool {
        matches!(self.candidate.discount.off, Off::Percent(..))
            && matches!(combine.percent_of, PercentOf::Rest)
    }

    /// The most that it takes off where so much is left of its lines and of the delivery. Never less
    /// than what it takes off once others have taken more.
    fn at_most(&self, combine: &Combine, left: i64, delivery: i64) -> i64 {
        match self.candidate.discount.off {
            Off::Percent(part, most) if self.is_chained(combine) => {
                let off = part.of(left, Rounding::HalfUp);
                off.min(most.unwrap_or(i64::MAX)).min(left)
            }
            Off::Percent(..) => self.listed.min(left),
            Off::Money(minor) => minor.min(left),
            Off::FreeProduct => self.piece.min(left),
            Off::ProductFor(minor) => (self.piece - minor).clamp(0, left),
            Off::FreeDelivery => delivery,
            Off::Nothing => 0,
        }
    }
}

/// Takes a price out of a purse; says what it comes to, or nothing if there is too little.
fn pay(purse: &mut [(Name, i64)], cost: &[(Name, i64)]) -> Option<i64> {
    let mut sum = 0_i64;
    for (points, price) in cost {
        let (_, own) = purse.iter_mut().find(|(name, _)| name == points)?;
        if *own < *price {
            return None;
        }
        *own -= price;
        sum = sum.saturating_add(*price);
    }
    Some(sum)
}

/// The most that one thing of the lines costs at list prices.
fn most_of_a_piece(basket: &Basket, discount: &Discount) -> i64 {
    if !matches!(discount.off, Off::FreeProduct | Off::ProductFor(_)) {
        return 0;
    }
    let lines = basket.purchase.lines.iter().enumerate();
    let pieces = lines.filter(|(place, _)| holds(&discount.lines, *place));
    let pieces = pieces.map(|(_, line)| piece(line.amount, line.quantity));
    pieces.max().unwrap_or(0)
}
