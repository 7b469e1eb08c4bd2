//! How good recommendations are, asked of the past: would they have named something of the last basket of each
//! customer, knowing only what came before it?
//!
//! Each customer's last basket is kept apart; links, and how often products are bought, are counted from all
//! others. A *hit* is a customer of whose last basket at least one product is among the named. That is asked
//! twice: of all products, and of products that the customer had not bought before, which is what is left to
//! recommend.

use super::{AFTER_DAYS, Baskets, BoughtLine, Linked, after, choose, most_bought, sold, together};
use std::collections::{BTreeMap, BTreeSet};

/// A way to recommend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// What most customers bought: the same for everybody.
    Popularity,
    /// What the customer bought most often, then what most bought.
    BoughtBefore,
    /// What is bought together with what they bought.
    Together,
    /// What is bought after what they bought.
    After,
    /// Both, as they are served.
    Both,
}

impl Method {
    /// All of them, the plain ones first.
    pub const ALL: [Self; 5] = [
        Self::Popularity,
        Self::BoughtBefore,
        Self::Together,
        Self::After,
        Self::Both,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Popularity => "popularity",
            Self::BoughtBefore => "bought before",
            Self::Together => "together",
            Self::After => "after",
            Self::Both => "together and after",
        }
    }
}

/// How good a way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accuracy {
    /// Which way.
    pub method: Method,
    /// Customers whose last basket had something of what was named.
    pub hits: u32,
    /// Of how many customers.
    pub of: u32,
    /// The same where only products count, and are named, that the customer had not bought before.
    pub new_hits: u32,
    /// Of how many customers: those with such a product in their last basket.
    pub new_of: u32,
}

/// A customer: what they had bought, how often, and what they bought last.
struct Asked {
    before: BTreeMap<u32, u32>,
    last: BTreeSet<u32>,
}

/// How good each way is, where so many products are named. Customers with one basket say nothing.
pub fn accuracy(lines: Vec<BoughtLine>, products: u32, named: usize) -> Vec<Accuracy> {
    let all = Baskets::new(lines, products);
    let (mut asked, mut known) = (Vec::new(), Vec::new());
    for own in all.by_customer() {
        let Some(last) = own.clone().last().filter(|last| *last > own.start) else {
            continue;
        };
        let mut before: BTreeMap<u32, u32> = BTreeMap::new();
        for basket in own.start..last {
            for product in all.of(basket) {
                *before.entry(*product).or_default() += 1;
                known.push(BoughtLine {
                    customer: all.customer(basket),
                    day: all.day(basket),
                    order: u64::from(basket),
                    product: *product,
                });
            }
        }
        asked.push(Asked {
            before,
            last: all.of(last).iter().copied().collect(),
        });
    }
    drop(all);
    let known = Known::of(&Baskets::new(known, products));
    let each = Method::ALL.map(|method| known.score(method, &asked, named));
    each.to_vec()
}

/// What is known before the last baskets.
struct Known {
    together: Vec<Vec<super::Link<u32>>>,
    after: Vec<Vec<super::Link<u32>>>,
    popular: Vec<u32>,
}

impl Known {
    fn of(baskets: &Baskets) -> Self {
        Self {
            together: together(baskets),
            after: after(baskets, AFTER_DAYS),
            popular: most_bought(&sold(baskets), usize::MAX),
        }
    }

    fn score(&self, method: Method, asked: &[Asked], named: usize) -> Accuracy {
        let mut found = Accuracy {
            method,
            hits: 0,
            of: 0,
            new_hits: 0,
            new_of: 0,
        };
        for own in asked {
            let hit = |list: &[u32]| list.iter().any(|product| own.last.contains(product));
            found.of += 1;
            found.hits += u32::from(hit(&self.name(method, own, named, false)));
            if own
                .last
                .iter()
                .any(|product| !own.before.contains_key(product))
            {
                found.new_of += 1;
                found.new_hits += u32::from(hit(&self.name(method, own, named, true)));
            }
        }
        found
    }

    /// What is named to somebody; filled up with what most bought, for each way alike.
    fn name(&self, method: Method, own: &Asked, named: usize, only_new: bool) -> Vec<u32> {
        let take = |product: &u32| !only_new || !own.before.contains_key(product);
        let mut list: Vec<u32> = match method {
            Method::Popularity => Vec::new(),
            Method::BoughtBefore => {
                let mut often: Vec<(u32, u32)> = own.before.iter().map(|(a, b)| (*a, *b)).collect();
                often.sort_by_key(|own| std::cmp::Reverse(own.1));
                often
                    .into_iter()
                    .map(|own| own.0)
                    .filter(take)
                    .take(named)
                    .collect()
            }
            _ => {
                let linked = own.before.iter().map(|(product, times)| Linked {
                    product: *product,
                    times: *times,
                    together: of(&self.together, *product, method != Method::After),
                    after: of(&self.after, *product, method != Method::Together),
                });
                let chosen = choose(&linked.collect::<Vec<_>>(), take, named);
                chosen.into_iter().map(|own| own.product).collect()
            }
        };
        for product in self.popular.iter().filter(|product| take(product)) {
            if list.len() >= named {
                break;
            }
            if !list.contains(product) {
                list.push(*product);
            }
        }
        list
    }
}

fn of(links: &[Vec<super::Link<u32>>], product: u32, counts: bool) -> &[super::Link<u32>] {
    match counts {
        true => &links[product as usize],
        false => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_find_what_popularity_cannot() {
        // Two kinds of customer: those of product 10 go on to 20, those of 11 go on to 21. Everybody buys 0 to 9.
        let mut lines = Vec::new();
        for customer in 0..400_u32 {
            let own = customer % 2;
            let mut basket = |day: i32, products: &[u32]| {
                lines.extend(products.iter().map(|product| BoughtLine {
                    customer,
                    day,
                    order: 0,
                    product: *product,
                }));
            };
            basket(1, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 + own]);
            // Half of them already went on, and come once more for it.
            if customer < 200 {
                basket(20, &[20 + own]);
                basket(55, &[0]);
                basket(60, &[0]);
            } else {
                basket(60, &[20 + own]);
            }
        }
        let found = accuracy(lines, 22, 1);
        let of = |method| {
            found
                .iter()
                .find(|own| own.method == method)
                .copied()
                .unwrap()
        };
        let (plain, links) = (of(Method::Popularity), of(Method::After));
        assert_eq!((plain.of, plain.new_of), (400, 200));
        // What most bought and they did not is what the other kind bought first.
        assert_eq!((plain.new_hits, links.new_hits), (0, 200), "{found:?}");
    }
}
