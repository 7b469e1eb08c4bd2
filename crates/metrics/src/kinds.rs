//! Kinds of loyalty among all customers: how many are of each, why, and how that moved.
//!
//! Of orders alone only some features are known: how often somebody bought and how evenly, what came
//! back, on which day of the week, and (where orders are grouped by store or channel) where. A shop's log and
//! files of answers tell more ([`Told`]): free extras, recommendations, friends, attachment. A kind that
//! needs more than is known is not measurable, and says so; nothing is guessed.

use crate::deeds::{Deed, Did, Person};
use crate::kind_of_loyalty::{
    FEATURES, Feature, KINDS, Kind, Known, PURCHASES_LEAST, Rule, Verdict, classify,
};
use crate::model::Refusal;
use crate::{CustomerFacts, History};
use regulars_base::CivilDay;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the groups of orders mean to loyalty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouped {
    /// Nothing.
    #[default]
    Otherwise,
    /// They are stores.
    Store,
    /// They are channels.
    Channel,
}

/// What is recorded of everybody, so that whoever has nothing of it has none: it is not unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Free extras.
    pub extras: bool,
    /// Friends who came by a customer's word.
    pub referrals: bool,
}

/// What is known of customers beside orders.
#[derive(Clone, Debug, Default)]
pub struct Told {
    recorded: Recorded,
    /// By the customer's number, in the order of time; only what kinds are told by.
    did: BTreeMap<u64, Vec<Did>>,
}

impl Told {
    /// Nothing yet of anybody.
    #[must_use]
    pub fn new(recorded: Recorded) -> Self {
        Self {
            recorded,
            did: BTreeMap::new(),
        }
    }

    /// Adds a customer, whose deeds are in order.
    pub fn add(&mut self, customer: u64, person: &Person) {
        let tells = |it: &&Did| {
            matches!(
                it.deed,
                Deed::TookExtra | Deed::Recommends(_) | Deed::FriendBought | Deed::Attached(_)
            )
        };
        let did: Vec<Did> = person.did.iter().filter(tells).copied().collect();
        if !did.is_empty() {
            self.did.insert(customer, did);
        }
    }

    /// What it says of a customer by the end of a day, who bought on so many.
    fn with(&self, mut known: Known, customer: u64, day: CivilDay, bought: f64) -> Known {
        let (mut extras, mut friends) = (0.0, 0.0);
        let (mut answers, mut attached) = (0.0, 0.0);
        let did = self.did.get(&customer).map_or(&[][..], Vec::as_slice);
        for it in did.iter().take_while(|it| it.day <= day) {
            match it.deed {
                Deed::TookExtra => extras += 1.0,
                Deed::FriendBought => friends += 1.0,
                // The last answer counts.
                Deed::Recommends(answer) => known = known.with(Feature::Recommend, answer.into()),
                Deed::Attached(answer) => {
                    answers += 1.0;
                    attached += f64::from(answer);
                }
                _ => {}
            }
        }
        if answers > 0.0 {
            known = known.with(Feature::Attachment, attached / answers);
        }
        if self.recorded.extras {
            known = known.with(Feature::ExtrasPerPurchase, extras / bought);
        }
        if self.recorded.referrals {
            known = known.with(Feature::Referrals, friends);
        }
        known
    }
}

/// How kinds hold from one quarter to the next: the customers who were of a kind then and are of one now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// How many.
    pub customers: u64,
    /// The share that is of the same kind.
    pub same: f64,
    /// The share that would be, if kinds were dealt out anew by lot, as many of each as there are.
    pub by_chance: f64,
}

/// Fewer customers than this who are of a kind twice, and a share of them tells nothing.
pub const HELD_LEAST: u64 = 30;

/// Customers on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// Customers with enough purchases to say anything.
    pub judged: u64,
    /// Customers with fewer.
    pub too_few: u64,
    /// How many are of each kind, in the order of [`KINDS`].
    pub of_kind: [u64; KINDS.len()],
    /// Of how many each kind could be measured.
    pub measurable: [u64; KINDS.len()],
    /// How many are of none clearly.
    pub undecided: u64,
}

/// The answer over all customers.
#[derive(Clone, Debug)]
pub struct Kinds {
    grouped: Grouped,
    /// Rules of the merchant, which go before scores.
    rules: Vec<Rule>,
    told: Arc<Told>,
    /// How many went from which kind a quarter before to which now.
    moved: [[u64; KINDS.len()]; KINDS.len()],
    /// Days and the shares as they were on them, the last day first.
    pub on: Vec<(CivilDay, Shares)>,
    /// How far each feature speaks for a kind among those who are of it, summed in millionths, and
    /// over how many.
    speaks: [[(u64, u64); FEATURES.len()]; KINDS.len()],
    /// Who is of a kind on the last day, by number once [`Kinds::sort`] was called.
    pub each: Vec<(u64, Kind)>,
}

const MILLION: f64 = 1e6;

impl Kinds {
    /// Nothing yet, of facts from `first` to `end`: on the last day and, as far as the facts reach,
    /// a quarter of a year before, and so on for a year.
    #[must_use]
    pub fn new(grouped: Grouped, first: CivilDay, end: CivilDay) -> Self {
        let day = |quarter: i32| CivilDay::from_number(end.number() - quarter * 365 / 4);
        Self {
            grouped,
            rules: Vec::new(),
            told: Arc::default(),
            moved: [[0; KINDS.len()]; KINDS.len()],
            on: (0..5)
                .map(day)
                .filter(|day| *day > first || *day == end)
                .map(|day| (day, Shares::default()))
                .collect(),
            speaks: [[(0, 0); FEATURES.len()]; KINDS.len()],
            each: Vec::new(),
        }
    }

    /// The same with rules of the merchant.
    #[must_use]
    pub fn ruled(mut self, rules: &[Rule]) -> Self {
        self.rules = rules.to_vec();
        self
    }

    /// The same with what is known beside orders.
    #[must_use]
    pub fn told(self, told: Arc<Told>) -> Self {
        Self { told, ..self }
    }

    /// Adds a customer.
    pub fn add(&mut self, facts: CustomerFacts<'_>) {
        let mut is_now = None;
        for at in 0..self.on.len() {
            let (day, shares) = &mut self.on[at];
            let known = facts.history.purchases.partition_point(|it| it.day <= *day);
            let Some(known) = known_of(facts, known, self.grouped) else {
                continue;
            };
            let bought = known.get(Feature::Purchases).unwrap_or(1.0);
            let known = self.told.with(known, facts.history.customer, *day, bought);
            if known.get(Feature::Purchases) < Some(PURCHASES_LEAST) {
                shares.too_few += 1;
                continue;
            }
            shares.judged += 1;
            let found = classify(&known, &self.rules);
            for (measurable, score) in shares.measurable.iter_mut().zip(&found.scores) {
                *measurable += u64::from(score.score.is_some());
            }
            let (Verdict::Decided(kind) | Verdict::Ruled { kind, .. }) = found.verdict else {
                shares.undecided += 1;
                continue;
            };
            shares.of_kind[kind as usize] += 1;
            match (at, is_now) {
                (0, _) => is_now = Some(kind),
                (1, Some(now)) => self.moved[kind as usize][now as usize] += 1,
                _ => {}
            }
            if at == 0 {
                self.each.push((facts.history.customer, kind));
                for it in &found.scores[kind as usize].evidence {
                    let (sum, over) = &mut self.speaks[kind as usize][it.feature as usize];
                    *sum += (it.speaks * MILLION).round() as u64;
                    *over += 1;
                }
            }
        }
    }

    /// Adds those of `other`, who are others.
    pub fn merge(&mut self, mut other: Self) {
        for ((_, shares), (_, more)) in self.on.iter_mut().zip(other.on) {
            shares.judged += more.judged;
            shares.too_few += more.too_few;
            shares.undecided += more.undecided;
            for at in 0..KINDS.len() {
                shares.of_kind[at] += more.of_kind[at];
                shares.measurable[at] += more.measurable[at];
            }
        }
        for (kind, more) in self.speaks.iter_mut().zip(other.speaks) {
            for (sum, (speaks, over)) in kind.iter_mut().zip(more) {
                sum.0 += speaks;
                sum.1 += over;
            }
        }
        for (row, more) in self.moved.iter_mut().zip(other.moved) {
            for (sum, more) in row.iter_mut().zip(more) {
                *sum += more;
            }
        }
        self.each.append(&mut other.each);
    }

    /// Whether kinds last: what was said a quarter before, against what is said now. A kind that changes
    /// as often as chance would have it says nothing of a customer.
    ///
    /// # Errors
    /// Too few customers were of a kind both times.
    pub fn held(&self) -> Result<Held, Refusal> {
        let customers: u64 = self.moved.iter().flatten().sum();
        if customers < HELD_LEAST {
            return Err(Refusal::TooFew {
                what: "customers who were of a kind a quarter ago and are of one now",
                have: customers,
                need: HELD_LEAST,
            });
        }
        let all = customers as f64;
        let same: u64 = (0..KINDS.len()).map(|at| self.moved[at][at]).sum();
        let by_chance = (0..KINDS.len()).map(|at| {
            let before: u64 = self.moved[at].iter().sum();
            let now: u64 = self.moved.iter().map(|row| row[at]).sum();
            (before as f64 / all) * (now as f64 / all)
        });
        Ok(Held {
            customers,
            same: same as f64 / all,
            by_chance: by_chance.sum(),
        })
    }

    /// Puts customers in order, once all are there.
    pub fn sort(&mut self) {
        self.each.sort_unstable_by_key(|it| it.0);
    }

    /// Shares on the last day.
    #[must_use]
    pub fn now(&self) -> &Shares {
        &self.on[0].1
    }

    /// How far features speak for a kind on average (0 to 1) among those who are of it.
    #[must_use]
    pub fn evidence(&self, kind: Kind) -> Vec<(Feature, f64)> {
        let features = FEATURES.iter().zip(&self.speaks[kind as usize]);
        features
            .filter(|(_, (_, over))| *over > 0)
            .map(|(feature, (sum, over))| (*feature, *sum as f64 / MILLION / *over as f64))
            .collect()
    }

    /// The kind of a customer on the last day; nothing where it is undecided.
    #[must_use]
    pub fn of(&self, customer: u64) -> Option<Kind> {
        let place = self.each.binary_search_by_key(&customer, |it| it.0);
        place.ok().map(|place| self.each[place].1)
    }
}

/// What the first `known` purchases tell; nothing of whoever bought nothing by then.
fn known_of(facts: CustomerFacts<'_>, known: usize, grouped: Grouped) -> Option<Known> {
    let history = History {
        customer: facts.history.customer,
        purchases: &facts.history.purchases[..known],
    };
    let mut days: Vec<i32> = Vec::new();
    let (mut orders, mut refunds) = (0_u32, 0_u32);
    let mut slots = [0_u32; 7];
    for it in history.purchases {
        if !it.is_purchase() {
            refunds += 1;
            continue;
        }
        orders += 1;
        if days.last() != Some(&it.day.number()) {
            days.push(it.day.number());
            slots[usize::from(it.day.weekday()) % 7] += 1;
        }
    }
    if days.is_empty() {
        return None;
    }
    let count = days.len() as f64;
    let most = f64::from(slots.iter().copied().max().unwrap_or_default());
    let mut found = Known::default()
        .with(Feature::Purchases, count)
        .with(
            Feature::ComplaintShare,
            f64::from(refunds) / f64::from(orders),
        )
        .with(Feature::SlotShare, most / count);
    // Of two purchases there is one gap, and nothing that it could differ from.
    if days.len() > 2 {
        let gaps: Vec<f64> = days.windows(2).map(|it| f64::from(it[1] - it[0])).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let square = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        found = found.with(Feature::GapVariation, square.sqrt() / mean);
    }
    let feature = match grouped {
        Grouped::Otherwise => return Some(found),
        Grouped::Store => Feature::StoreShare,
        Grouped::Channel => Feature::ChannelShare,
    };
    let mut groups: Vec<u32> = facts
        .groups
        .iter()
        .zip(history.purchases)
        .filter(|(_, it)| it.is_purchase())
        .map(|(group, _)| *group)
        .collect();
    groups.sort_unstable();
    let most = groups.chunk_by(|a, b| a == b).map(<[u32]>::len).max();
    Some(match most {
        Some(most) => found.with(feature, most as f64 / groups.len() as f64),
        None => found,
    })
}

#[cfg(test)]
mod tests {
    use super::{Grouped, Kinds, Recorded, Told};
    use crate::deeds::{Deed, Did, NO_GROUP, Person};
    use crate::kind_of_loyalty::Kind;
    use crate::{CustomerFacts, History, Purchase};
    use regulars_base::CivilDay;
    use std::sync::Arc;

    fn add(kinds: &mut Kinds, customer: u64, days: &[i32], groups: &[u32]) {
        let bought = |&day: &i32| Purchase {
            day: CivilDay::from_number(day),
            amount: 100,
        };
        let purchases: Vec<Purchase> = days.iter().map(bought).collect();
        kinds.add(CustomerFacts {
            history: History {
                customer,
                purchases: &purchases,
            },
            groups,
            kinds: &[],
        });
    }

    #[test]
    fn with_one_measurable_kind_nobody_is_of_any() {
        let mut kinds = Kinds::new(
            Grouped::Otherwise,
            CivilDay::from_number(0),
            CivilDay::from_number(90),
        );
        add(&mut kinds, 1, &[0, 10, 20, 30, 40, 50, 60, 70, 80], &[]);
        add(&mut kinds, 2, &[0, 80], &[]);
        let now = kinds.now();
        assert_eq!((now.judged, now.too_few, now.undecided), (1, 1, 1));
        assert_eq!(now.measurable, [1, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn extras_friends_and_answers_count_from_the_day_on_which_they_came() {
        let (first, end) = (CivilDay::from_number(0), CivilDay::from_number(400));
        let did = |number, deed| Did {
            day: CivilDay::from_number(number),
            group: NO_GROUP,
            deed,
        };
        let mut told = Told::new(Recorded {
            extras: true,
            referrals: true,
        });
        let days = [0, 50, 390];
        let person = |did| Person { joined: None, did };
        let visits = (0..12).map(|at| did(380 + at, Deed::TookExtra)).collect();
        told.add(1, &person(visits));
        let says = vec![
            did(1, Deed::Recommends(3)),
            did(2, Deed::Recommends(10)),
            did(3, Deed::FriendBought),
            did(4, Deed::FriendBought),
        ];
        told.add(2, &person(says));
        let mut kinds = Kinds::new(Grouped::Otherwise, first, end).told(Arc::new(told));
        add(&mut kinds, 1, &days, &[]);
        add(&mut kinds, 2, &[0, 3, 40, 41, 90, 200, 210, 380, 390], &[]);
        add(&mut kinds, 3, &days, &[]);
        kinds.sort();
        assert_eq!(kinds.of(1), Some(Kind::Freebie));
        assert_eq!(kinds.of(2), Some(Kind::Advocate));
        // Whoever took none is no hunter of extras, and it is known: that is not "not measurable".
        assert_ne!(kinds.of(3), Some(Kind::Freebie));
        assert_eq!(kinds.now().measurable[Kind::Freebie as usize], 3);
        // Before the extras came nobody was.
        assert_eq!(kinds.on[1].1.of_kind[Kind::Freebie as usize], 0);
        assert_eq!(kinds.held().expect_err("one of them").code(), "too_few");
    }

    #[test]
    fn kinds_that_hold_are_told_from_chance() {
        let mut kinds = Kinds::new(
            Grouped::Store,
            CivilDay::from_number(0),
            CivilDay::from_number(400),
        );
        for customer in 0..40 {
            // Half are of convenience both times, half buy at any time in two stores, evenly.
            match customer % 2 {
                0 => add(&mut kinds, customer, &[0, 7, 14, 100, 107, 364], &[1; 6]),
                _ => {
                    let days: Vec<i32> = (0..30).map(|at| at * 13).collect();
                    let groups: Vec<u32> = (0..30).map(|at| at % 2).collect();
                    add(&mut kinds, customer, &days, &groups);
                }
            }
        }
        let held = kinds.held().expect("forty are of a kind twice");
        assert_eq!((held.customers, held.same, held.by_chance), (40, 1.0, 0.5));
    }

    #[test]
    fn stores_and_days_of_the_week_tell_convenience_from_habit() {
        let (first, end) = (CivilDay::from_number(0), CivilDay::from_number(400));
        let mut kinds = Kinds::new(Grouped::Store, first, end);
        // Always the same weekday and store, in bursts that are far apart.
        add(&mut kinds, 7, &[0, 7, 14, 350, 357, 364], &[1; 6]);
        kinds.sort();
        assert_eq!(kinds.of(7), Some(Kind::Convenience));
        let evidence = kinds.evidence(Kind::Convenience);
        assert!(
            evidence
                .iter()
                .any(|(it, speaks)| it.id() == "store_share" && *speaks == 1.0)
        );
        // A quarter earlier the second burst had not come: three purchases at even gaps.
        assert_eq!(kinds.on[1].1.judged, 1);
        assert_eq!(kinds.on.len(), 5);
    }
}
