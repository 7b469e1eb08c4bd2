//! Single articles: what was paid for one piece, how many pieces, which discount. Figures of orders do not
//! need them, so files are gone over once more for them only where they are asked for.

use super::{InsightOptions, facts_options};
use crate::Error;
use regulars_base::Timestamp;
use regulars_lake::{Field, facts::Facts, open};
use regulars_metrics::catalog::Need;
use regulars_metrics::report::Items;
use regulars_metrics::{Calendar, Figure, Unit};
use std::collections::BTreeMap;

/// What a customer bought of a category, by price of a piece in minor units.
struct Bought {
    first: i32,
    /// The dearest on the first day.
    at_first: i64,
    /// The dearest on any later day.
    later: Option<i64>,
}

impl Bought {
    /// The same in whichever order rows come.
    fn add(&mut self, day: i32, price: i64) {
        match day.cmp(&self.first) {
            std::cmp::Ordering::Less => {
                self.later = self.later.max(Some(self.at_first));
                (self.first, self.at_first) = (day, price);
            }
            std::cmp::Ordering::Equal => self.at_first = self.at_first.max(price),
            std::cmp::Ordering::Greater => self.later = self.later.max(Some(price)),
        }
    }
}

/// Goes over the files of `facts` once more; nothing where no line has a category or a discount.
pub(super) fn read(
    options: &InsightOptions,
    facts: &Facts,
    calendar: &Calendar,
) -> Result<Option<Items>, Error> {
    let (facts_options, _) = facts_options(options)?;
    let files = facts_options.files;
    let mut bought: BTreeMap<(String, String), Bought> = BTreeMap::new();
    let mut items = Items {
        units: BTreeMap::new(),
        discounts: vec![0; calendar.len()],
        trade_up: Figure::none(Unit::Share, ""),
    };
    for file in facts.files() {
        let failed = |error: regulars_lake::Error| Error::File {
            path: file.path.clone(),
            why: error.to_string(),
        };
        let mut reader = open(&file.path, &files).map_err(failed)?;
        while let Some(chunk) = reader.next().map_err(failed)? {
            let batch = &chunk.batch;
            for at in 0..batch.len() {
                let number = |field| batch.number(field, at);
                let amount = number(Field::Amount).unwrap_or_default();
                let Some(time) = number(Field::Time).filter(|_| amount >= 0) else {
                    continue;
                };
                if batch.is_refund(at) == Some(true) {
                    continue;
                }
                let day = files.zone.day(Timestamp::from_micros(time));
                let period = calendar.of(day);
                items.discounts[period] +=
                    i128::from(number(Field::Discount).unwrap_or_default().abs());
                let text = |field| reader.text(batch, field, at).map(str::to_owned);
                let Some(category) = text(Field::Category) else {
                    continue;
                };
                let quantity = number(Field::Quantity).unwrap_or(1000);
                let units = items
                    .units
                    .entry(category.clone())
                    .or_insert_with(|| vec![0; calendar.len()]);
                units[period] += i128::from(quantity);
                let made = || (quantity > 0).then(|| amount.saturating_mul(1000) / quantity);
                let price = number(Field::UnitPrice).or_else(made);
                if let (Some(customer), Some(price)) = (text(Field::Customer), price) {
                    bought
                        .entry((customer, category))
                        .and_modify(|it| it.add(day.number(), price))
                        .or_insert(Bought {
                            first: day.number(),
                            at_first: price,
                            later: None,
                        });
                }
            }
        }
    }
    if items.units.is_empty() && items.discounts.iter().all(|sum| *sum == 0) {
        return Ok(None);
    }
    items.trade_up = match items.units.is_empty() {
        true => Figure::none(Unit::Share, Need::Items.words()),
        false => trade_up(&bought),
    };
    Ok(Some(items))
}

fn trade_up(bought: &BTreeMap<(String, String), Bought>) -> Figure {
    let mut customers: BTreeMap<&str, bool> = BTreeMap::new();
    for ((customer, _), it) in bought {
        if let Some(later) = it.later {
            *customers.entry(customer).or_default() |= later > it.at_first;
        }
    }
    let up = customers.values().filter(|up| **up).count();
    let over = "customers who bought of a category on more than one day";
    Figure::share(up as u64, customers.len() as u64, over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trading_up_does_not_depend_on_the_order_of_rows() {
        let rows = [(5, 300), (3, 100), (3, 200), (9, 250)];
        for turn in 0..rows.len() {
            let mut rows = rows;
            rows.rotate_left(turn);
            let mut it = Bought {
                first: rows[0].0,
                at_first: rows[0].1,
                later: None,
            };
            rows[1..]
                .iter()
                .for_each(|&(day, price)| it.add(day, price));
            assert_eq!((it.first, it.at_first, it.later), (3, 200, Some(300)));
        }
    }
}
