//! How good recommendations are, asked of the past: would they have named something of the next basket of each
//! customer, knowing only what had happened by a day?
//!
//! The days are cut in two. Links, and how often products are bought, are counted from what comes before the cut, and
//! from nothing of anybody that comes after it; of each customer of those days the first basket after it is asked. A
//! *hit* is a customer of whose basket at least one product is among the named. That is asked twice: of all products,
//! and of products that the customer had not bought before, which is what is left to recommend.

use super::{
    AFTER_DAYS, Baskets, BoughtLine, Linked, after, also, choose, lately, most_bought, most_lately,
    sold, together,
};
use std::collections::{BTreeMap, BTreeSet};

/// So many days are asked at most: the last quarter of all, if that is shorter.
const ASKED_DAYS: i32 = 60;

/// A way to recommend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// What most customers bought: the same for everybody.
    Popularity,
    /// What most customers bought lately: the same for everybody.
    Lately,
    /// What the customer bought most often, then what most bought lately.
    BoughtBefore,
    /// What is bought together with what they bought.
    Together,
    /// What is bought after what they bought.
    After,
    /// Both.
    Both,
    /// What customers of what they bought buy as well.
    Also,
    /// As they are served: of all products what they bought most often, and then what they did not: what their kind
    /// buys, what is bought together and after, what most bought lately.
    Served,
}

impl Method {
    /// All of them, the plain ones first.
    pub const ALL: [Self; 8] = [
        Self::Popularity,
        Self::Lately,
        Self::BoughtBefore,
        Self::Together,
        Self::After,
        Self::Both,
        Self::Also,
        Self::Served,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Popularity => "popularity",
            Self::Lately => "popularity lately",
            Self::BoughtBefore => "bought before",
            Self::Together => "together",
            Self::After => "after",
            Self::Both => "together and after",
            Self::Also => "also",
            Self::Served => "as served",
        }
    }
}

/// How good a way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accuracy {
    /// Which way.
    pub method: Method,
    /// Customers whose next basket had something of what was named.
    pub hits: u32,
    /// Of how many customers.
    pub of: u32,
    /// The same where only products count, and are named, that the customer had not bought before.
    pub new_hits: u32,
    /// Of how many customers: those with such a product in their next basket.
    pub new_of: u32,
}

/// A customer: what they had bought, how often, and what they bought next.
struct Asked {
    before: BTreeMap<u32, u32>,
    next: BTreeSet<u32>,
}

/// How good each way is, where so many products are named; and the first day that was asked. Customers who bought on
/// one side of the cut only say nothing.
pub fn accuracy(lines: Vec<BoughtLine>, products: u32, named: usize) -> (i32, Vec<Accuracy>) {
    let days = lines.iter().map(|own| own.day);
    let (first, last) = (days.clone().min().unwrap_or(0), days.max().unwrap_or(0));
    let cut = last - ((last - first + 1) / 4).min(ASKED_DAYS) + 1;
    let all = Baskets::new(lines, products);
    let (mut asked, mut known) = (Vec::new(), Vec::new());
    for own in all.by_customer() {
        let mut before: BTreeMap<u32, u32> = BTreeMap::new();
        for basket in own.clone().take_while(|basket| all.day(*basket) < cut) {
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
        let next = own.clone().find(|basket| all.day(*basket) >= cut);
        if let (Some(next), false) = (next, before.is_empty()) {
            let next = all.of(next).iter().copied().collect();
            asked.push(Asked { before, next });
        }
    }
    drop(all);
    let known = Known::of(&Baskets::new(known, products));
    let each = Method::ALL.map(|method| known.score(method, &asked, named));
    (cut, each.to_vec())
}

/// What is known before the cut.
struct Known {
    together: Vec<Vec<super::Link<u32>>>,
    after: Vec<Vec<super::Link<u32>>>,
    also: Vec<Vec<super::Link<u32>>>,
    popular: Vec<u32>,
    lately: Vec<u32>,
}

impl Known {
    fn of(baskets: &Baskets) -> Self {
        let (sold, now) = (sold(baskets), lately(baskets));
        Self {
            together: together(baskets),
            after: after(baskets, AFTER_DAYS),
            also: also(baskets, &now),
            popular: most_bought(&sold, usize::MAX),
            lately: most_lately(&sold, &now, usize::MAX),
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
            let hit = |list: &[u32]| list.iter().any(|product| own.next.contains(product));
            found.of += 1;
            found.hits += u32::from(hit(&self.name(method, own, named, false)));
            if own
                .next
                .iter()
                .any(|product| !own.before.contains_key(product))
            {
                found.new_of += 1;
                found.new_hits += u32::from(hit(&self.name(method, own, named, true)));
            }
        }
        found
    }

    /// What is named to somebody; filled up with what most bought lately, for each way alike.
    fn name(&self, method: Method, own: &Asked, named: usize, only_new: bool) -> Vec<u32> {
        let take = |product: &u32| !only_new || !own.before.contains_key(product);
        let linked = |kinds: &[Method]| self.linked(kinds, own, &take, named);
        let often = || {
            let mut often: Vec<(u32, u32)> = own.before.iter().map(|(a, b)| (*a, *b)).collect();
            often.sort_by_key(|own| std::cmp::Reverse(own.1));
            often.into_iter().map(|own| own.0).collect()
        };
        let parts: Vec<Vec<u32>> = match method {
            Method::Popularity => vec![self.popular.clone()],
            Method::Lately => Vec::new(),
            Method::BoughtBefore => vec![often()],
            Method::Both => vec![linked(&[Method::Together, Method::After])],
            Method::Together | Method::After | Method::Also => vec![linked(&[method])],
            Method::Served => vec![
                often(),
                linked(&[Method::Also]),
                linked(&[Method::Together, Method::After]),
            ],
        };
        let mut list = Vec::with_capacity(named);
        let all = parts.iter().flatten().chain(&self.lately);
        for product in all.filter(|product| take(product)) {
            if list.len() >= named {
                break;
            }
            if !list.contains(product) {
                list.push(*product);
            }
        }
        list
    }

    fn linked(
        &self,
        kinds: &[Method],
        own: &Asked,
        take: &dyn Fn(&u32) -> bool,
        named: usize,
    ) -> Vec<u32> {
        let linked = own.before.iter().map(|(product, times)| Linked {
            product: *product,
            times: *times,
            together: of(&self.together, *product, kinds.contains(&Method::Together)),
            after: of(&self.after, *product, kinds.contains(&Method::After)),
            also: of(&self.also, *product, kinds.contains(&Method::Also)),
        });
        let chosen = choose(&linked.collect::<Vec<_>>(), take, named);
        chosen.into_iter().map(|own| own.product).collect()
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
            // Half of them already went on, and come back for something that they know.
            if customer < 200 {
                basket(20, &[20 + own]);
                basket(40, &[0]);
                basket(55, &[0]);
            } else {
                basket(60, &[20 + own]);
            }
        }
        let (cut, found) = accuracy(lines, 22, 1);
        assert_eq!(cut, 46, "the last quarter of sixty days");
        let of = |method| {
            found
                .iter()
                .find(|own| own.method == method)
                .copied()
                .unwrap()
        };
        let plain = of(Method::Popularity);
        assert_eq!((plain.of, plain.new_of), (400, 200));
        // What most bought and they did not is what the other kind bought first; what most bought lately and they
        // did not is right for one of both kinds.
        let new = |method| of(method).new_hits;
        assert_eq!((plain.new_hits, new(Method::Lately)), (0, 100), "{found:?}");
        for method in [Method::After, Method::Also, Method::Served] {
            assert_eq!(new(method), 200, "{found:?}");
        }
    }
}
