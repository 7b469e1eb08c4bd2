//! Outlook: who of the customers is still active, how often they will come back, and what they will bring.
//!
//! BG/NBD and Gamma-Gamma are fitted to all customers. Before that, BG/NBD is fitted to the first two
//! thirds of the time and asked about the last third: only if it comes closer there than the guess that
//! everybody goes on as before is the outlook worth reading, and it says which.

use std::collections::BTreeMap;

use regulars_base::CivilDay;

use crate::model::gamma_gamma::GammaGammaFit;
use crate::model::holdout::{Holdout, Tracked, compare, track};
use crate::model::lifetime_value::{Ahead, Buying, Seen, Terms, residual_of};
use crate::model::spend_check::{self, SpendCheck, Spent};
use crate::model::{BgNbd, BgNbdFit, FitOptions, GammaGamma, Refusal, Repeats};
use crate::{CustomerSummary, History, summarize};

/// Where the time is cut for the check, and what was known and bought on both sides.
#[derive(Clone, Debug)]
pub struct Halves {
    cut: CivilDay,
    end: CivilDay,
    /// Customer, repeats, last, observed before the cut; days with a purchase after it.
    rows: Vec<(u64, u32, i32, i32, u32)>,
    /// Customer, and what a purchase of theirs was worth on both sides.
    spent: Vec<(u64, Spent)>,
    /// Days with a purchase after the first, of customers who began before the cut.
    repeats_on: BTreeMap<i32, u64>,
}

impl Halves {
    /// Cuts the days from `first` to `end` after two thirds.
    #[must_use]
    pub fn new(first: CivilDay, end: CivilDay) -> Self {
        let days = i64::from(end.number()) - i64::from(first.number());
        let after = i32::try_from(days * 2 / 3).unwrap_or_default();
        Self {
            cut: CivilDay::from_number(first.number() + after),
            end,
            rows: Vec::new(),
            spent: Vec::new(),
            repeats_on: BTreeMap::new(),
        }
    }

    /// Adds a customer, if they began before the cut.
    pub fn add(&mut self, history: History<'_>) {
        let Some(before) = summarize(history, Some(self.cut)) else {
            return;
        };
        let mut last = before.first;
        let mut later = 0;
        let after = history.purchases.iter();
        let after = after.filter(|it| it.day > self.cut && it.day <= self.end);
        let spent: i128 = after.map(|it| i128::from(it.amount)).sum();
        for purchase in history.purchases.iter().filter(|it| it.is_purchase()) {
            if purchase.day > last && purchase.day <= self.end {
                *self.repeats_on.entry(purchase.day.number()).or_default() += 1;
                later += u32::from(purchase.day > self.cut);
                last = purchase.day;
            }
        }
        self.spent.push((
            before.customer,
            Spent {
                repeats: before.repeats(),
                mean: before.repeat_mean().unwrap_or_default(),
                later: (later > 0).then(|| spent as f64 / f64::from(later)),
            },
        ));
        self.rows.push((
            before.customer,
            before.repeats(),
            before.recency_days(),
            before.age_days(self.cut),
            later,
        ));
    }

    /// Adds those of `other`, who are others.
    pub fn merge(&mut self, mut other: Self) {
        self.rows.append(&mut other.rows);
        self.spent.append(&mut other.spent);
        for (day, count) in other.repeats_on {
            *self.repeats_on.entry(day).or_default() += count;
        }
    }
}

/// The check on the last third.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The last day that the model knew.
    pub cut: CivilDay,
    /// Model and naive guess beside what was bought.
    pub holdout: Holdout,
    /// Repeat purchases up to some days, as forecast and as made; times are days from the first day.
    pub tracked: Vec<Tracked>,
    /// The same of spend: Gamma-Gamma fitted to what was known by the cut, or why it is not checked.
    pub spend: Result<SpendCheck, Refusal>,
}

/// What customers will bring.
#[derive(Clone, Debug)]
pub struct Value {
    /// The fit of spend.
    pub spending: GammaGammaFit,
    /// What all will still bring, in minor units, discounted.
    pub total: f64,
    /// A tenth of the customers each, the best first: what one of them will bring.
    pub tenths: Vec<f64>,
}

/// What is to come of one customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prospect {
    /// The customer's number in the facts.
    pub customer: u64,
    /// How likely they are to be active still.
    pub probability_alive: f64,
    /// Days with a purchase to be expected within the months.
    pub purchases: f64,
    /// What they will bring, in minor units, discounted; `None` where that is not said.
    pub value: Option<f64>,
}

/// The outlook.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The fit to all customers; times in days.
    pub buying: BgNbdFit,
    /// The check, or why there is none.
    pub checked: Result<Checked, Refusal>,
    /// How many customers are to be expected to be active still.
    pub active: f64,
    /// Days with a purchase to be expected within the months, all together.
    pub purchases: f64,
    /// How far it looks and how later money counts.
    pub terms: Terms,
    /// What they will bring, or why that is not said.
    pub value: Result<Value, Refusal>,
    /// Each customer, by number.
    pub prospects: Vec<Prospect>,
}

/// A month in days: a twelfth of a year.
pub const MONTH_DAYS: f64 = 365.25 / 12.0;

/// Points of the tracking plot.
const TRACKED: u32 = 24;

impl Outlook {
    /// Of these customers, up to the day `end`, with a month of [`MONTH_DAYS`] in `terms`. Order does not
    /// matter.
    ///
    /// # Errors
    /// Where the customers cannot carry the model of repeat buying.
    pub fn new(
        customers: &[CustomerSummary],
        halves: Halves,
        terms: Terms,
        options: &FitOptions,
    ) -> Result<Self, Refusal> {
        let end = halves.end;
        // A fixed order: sums of floats then come out the same, however the work was shared.
        let mut sorted: Vec<&CustomerSummary> = customers.iter().collect();
        sorted.sort_unstable_by_key(|customer| customer.customer);
        let seen: Vec<Seen> = sorted
            .iter()
            .map(|customer| Seen {
                repeats: customer.repeats(),
                last: customer.recency_days().into(),
                observed: customer.age_days(end).into(),
                mean_spend: customer.repeat_mean().unwrap_or_default(),
            })
            .collect();
        let repeats: Vec<u32> = seen.iter().map(|it| it.repeats).collect();
        let last: Vec<f64> = seen.iter().map(|it| it.last).collect();
        let observed: Vec<f64> = seen.iter().map(|it| it.observed).collect();
        let buying = BgNbd::fit(&Repeats::new(&repeats, &last, &observed)?, options)?;
        let model = Buying::BgNbd(buying.model);
        let mut ahead: BTreeMap<(u32, u64), Ahead> = BTreeMap::new();
        let (mut active, mut purchases) = (0.0, 0.0);
        let mut prospects = Vec::with_capacity(seen.len());
        for (it, customer) in seen.iter().zip(&sorted) {
            let alive = model.probability_alive(it.repeats, it.last, it.observed);
            let known = ahead
                .entry((it.repeats, it.observed.to_bits()))
                .or_insert_with(|| Ahead::new(&model, &terms, it.repeats, it.observed));
            active += alive;
            purchases += alive * known.purchases;
            prospects.push(Prospect {
                customer: customer.customer,
                probability_alive: alive,
                purchases: alive * known.purchases,
                value: None,
            });
        }
        let value = value(&seen, &mut prospects, &model, &terms, &ahead, options);
        Ok(Self {
            checked: check(halves, options),
            value,
            prospects,
            buying,
            active,
            purchases,
            terms,
        })
    }
}

fn check(halves: Halves, options: &FitOptions) -> Result<Checked, Refusal> {
    let Halves {
        cut,
        end,
        mut rows,
        mut spent,
        repeats_on,
    } = halves;
    rows.sort_unstable();
    spent.sort_unstable_by_key(|(customer, _)| *customer);
    let spent: Vec<Spent> = spent.into_iter().map(|(_, spent)| spent).collect();
    let repeats: Vec<u32> = rows.iter().map(|row| row.1).collect();
    let last: Vec<f64> = rows.iter().map(|row| row.2.into()).collect();
    let observed: Vec<f64> = rows.iter().map(|row| row.3.into()).collect();
    let later: Vec<u32> = rows.iter().map(|row| row.4).collect();
    let histories = Repeats::new(&repeats, &last, &observed)?;
    let model = Buying::BgNbd(BgNbd::fit(&histories, options)?.model);
    let horizon = f64::from(end.number() - cut.number());
    let holdout = compare(&model, &histories, &later, horizon)?;
    let mut begun: BTreeMap<i32, u64> = BTreeMap::new();
    for row in &rows {
        *begun.entry(cut.number() - row.3).or_default() += 1;
    }
    // Counted from the first day on which somebody began.
    let begin = begun.keys().next().copied().unwrap_or(cut.number());
    let from_begin = |days: &BTreeMap<i32, u64>| -> Vec<(f64, u64)> {
        let day = |(&day, &count): (&i32, &u64)| (f64::from(day - begin), count);
        days.iter().map(day).collect()
    };
    let longest = f64::from(cut.number() - begin);
    let step = (longest + horizon) / f64::from(TRACKED);
    let times: Vec<f64> = (1..=TRACKED).map(|at| f64::from(at) * step).collect();
    Ok(Checked {
        cut,
        spend: spend_check::check(&spent, options),
        holdout,
        tracked: track(
            &model,
            &from_begin(&begun),
            &from_begin(&repeats_on),
            &times,
        ),
    })
}

fn value(
    seen: &[Seen],
    prospects: &mut [Prospect],
    model: &Buying,
    terms: &Terms,
    ahead: &BTreeMap<(u32, u64), Ahead>,
    options: &FitOptions,
) -> Result<Value, Refusal> {
    let repeats: Vec<u32> = seen.iter().map(|it| it.repeats).collect();
    let mean: Vec<f64> = seen.iter().map(|it| it.mean_spend).collect();
    let spending = GammaGamma::fit(&repeats, &mean, options)?;
    let bring = |it: &Seen| {
        let ahead = &ahead[&(it.repeats, it.observed.to_bits())];
        residual_of(model, &spending.model, terms, it, ahead).map(|residual| residual.value)
    };
    let mut values = seen
        .iter()
        .map(bring)
        .collect::<Option<Vec<f64>>>()
        .ok_or(Refusal::NotIdentified { parameter: "q" })?;
    for (prospect, &value) in prospects.iter_mut().zip(&values) {
        prospect.value = Some(value);
    }
    values.sort_by(|a, b| b.total_cmp(a));
    let tenths = values
        .chunks(values.len().div_ceil(10).max(1))
        .map(|tenth| tenth.iter().sum::<f64>() / tenth.len() as f64)
        .collect();
    Ok(Value {
        spending,
        total: values.iter().sum(),
        tenths,
    })
}

impl Outlook {
    /// What is to come of a customer.
    #[must_use]
    pub fn of(&self, customer: u64) -> Option<&Prospect> {
        let place = self
            .prospects
            .binary_search_by_key(&customer, |it| it.customer);
        place.ok().map(|place| &self.prospects[place])
    }
}

#[cfg(test)]
mod tests {
    use super::Halves;
    use crate::{History, Purchase};
    use regulars_base::CivilDay;

    #[test]
    fn days_are_known_before_the_cut_and_counted_after_it() {
        let day = CivilDay::from_number;
        let mut halves = Halves::new(day(0), day(90));
        let bought = |days: &[i32]| -> Vec<Purchase> {
            days.iter()
                .map(|&number| Purchase {
                    day: day(number),
                    amount: 5,
                })
                .collect()
        };
        let (one, late) = (bought(&[10, 10, 40, 60, 61, 61, 90]), bought(&[61, 80]));
        let history = |customer, purchases| History {
            customer,
            purchases,
        };
        halves.add(history(7, &one));
        // Whoever began after the cut is nobody that the model could know of.
        halves.add(history(8, &late));
        assert_eq!(halves.rows, [(7, 2, 50, 50, 2)]);
        // Two days after the cut with three purchases of 5; before it 10 on two days after the first.
        let (_, spent) = halves.spent[0];
        assert_eq!(
            (spent.repeats, spent.mean, spent.later),
            (2, 5.0, Some(7.5))
        );
        let counted: Vec<_> = halves.repeats_on.into_iter().collect();
        assert_eq!(counted, [(40, 1), (60, 1), (61, 1), (90, 1)]);
    }
}
