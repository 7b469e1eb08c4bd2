//! Kinds of loyalty among all customers: how many are of each, why, and how that moved.
//!
//! Of orders alone only some features are known: how often somebody bought and how evenly, what came
//! back, on which day of the week, and (where orders are grouped by store or channel) where. A kind that
//! needs more is not measurable, and says so; nothing is guessed.

use crate::kind_of_loyalty::{
    FEATURES, Feature, KINDS, Kind, Known, PURCHASES_LEAST, Rule, Verdict, classify,
};
use crate::{CustomerFacts, History};
use regulars_base::CivilDay;

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

    /// Adds a customer.
    pub fn add(&mut self, facts: CustomerFacts<'_>) {
        for at in 0..self.on.len() {
            let (day, shares) = &mut self.on[at];
            let known = facts.history.purchases.partition_point(|it| it.day <= *day);
            let Some(known) = known_of(facts, known, self.grouped) else {
                continue;
            };
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
        self.each.append(&mut other.each);
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
    use super::{Grouped, Kinds};
    use crate::kind_of_loyalty::Kind;
    use crate::{CustomerFacts, History, Purchase};
    use regulars_base::CivilDay;

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
