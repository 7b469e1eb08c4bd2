//! What is bought next: on a later day, within so many days.
//!
//! *Of 300 customers who bought a coffee machine, 180 bought filters within 30 days.* It may be the same product
//! again. A purchase counts only where all of those days have been seen, or products that came lately would seem
//! to lead to nothing.

use super::together::size;
use super::{Baskets, Link, counts, strength, strongest};

/// What follows each product within so many days, by its number: the strongest first.
pub fn after(baskets: &Baskets, days: i32) -> Vec<Vec<Link<u32>>> {
    let products = baskets.products();
    let Some(last) = baskets.last_day() else {
        return vec![Vec::new(); products as usize];
    };
    let buyers: Vec<u32> = (0..products).map(|own| buyers(baskets, own)).collect();
    let mut work = Work {
        baskets,
        days,
        until: last - days,
        customers: baskets.customers(),
        buyers,
        met: vec![0; products as usize],
        marked: vec![0; products as usize],
        mark: 0,
    };
    (0..products).map(|product| work.behind(product)).collect()
}

/// How many customers bought a product.
pub(super) fn buyers(baskets: &Baskets, product: u32) -> u32 {
    let with = baskets.with(product);
    let each = with.chunk_by(|a, b| baskets.customer(*a) == baskets.customer(*b));
    u32::try_from(each.count()).unwrap_or(u32::MAX)
}

struct Work<'a> {
    baskets: &'a Baskets,
    days: i32,
    /// Purchases after this day have not been followed long enough.
    until: i32,
    customers: u32,
    buyers: Vec<u32>,
    met: Vec<u32>,
    /// The customer for whom a product was counted last, as a running number.
    marked: Vec<u32>,
    mark: u32,
}

impl Work<'_> {
    fn behind(&mut self, product: u32) -> Vec<Link<u32>> {
        let baskets = self.baskets;
        let with = baskets.with(product);
        if size(with) < super::SUPPORT_LEAST {
            return Vec::new();
        }
        let (mut of, mut seen) = (0, Vec::new());
        for own in with.chunk_by(|a, b| baskets.customer(*a) == baskets.customer(*b)) {
            let followed = own.partition_point(|basket| baskets.day(*basket) <= self.until);
            if followed > 0 {
                of += 1;
                self.customer(&own[..followed], &mut seen);
            }
        }
        let mut links = Vec::new();
        for other in seen {
            let both = std::mem::take(&mut self.met[other as usize]);
            let bought = self.buyers[other as usize];
            if counts(both, of, bought, self.customers) {
                links.push(Link {
                    product: other,
                    both,
                    of,
                    strength: strength(both, of, bought),
                });
            }
        }
        strongest(links)
    }

    /// Counts each product once that a customer bought in the days after any of these baskets.
    fn customer(&mut self, own: &[u32], seen: &mut Vec<u32>) {
        self.mark += 1;
        let customer = self.baskets.customer(own[0]);
        let mut next = own[0];
        for basket in own {
            let day = self.baskets.day(*basket);
            next = next.max(*basket + 1);
            while next < self.baskets.len()
                && self.baskets.customer(next) == customer
                && self.baskets.day(next) <= day + self.days
            {
                if self.baskets.day(next) > day {
                    self.basket(next, seen);
                }
                next += 1;
            }
        }
    }

    fn basket(&mut self, basket: u32, seen: &mut Vec<u32>) {
        for other in self.baskets.of(basket) {
            let at = *other as usize;
            if self.marked[at] != self.mark {
                self.marked[at] = self.mark;
                if self.met[at] == 0 {
                    seen.push(*other);
                }
                self.met[at] += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::BoughtLine;
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// The same, counted in the plainest way.
    fn by_hand(lines: &[BoughtLine], days: i32) -> BTreeMap<(u32, u32), (u32, u32)> {
        let last = lines.iter().map(|own| own.day).max().unwrap();
        let mut found = BTreeMap::new();
        let products: BTreeSet<u32> = lines.iter().map(|own| own.product).collect();
        for product in &products {
            let firsts = lines
                .iter()
                .filter(|own| own.product == *product && own.day + days <= last);
            let firsts: Vec<_> = firsts.collect();
            let of: BTreeSet<u32> = firsts.iter().map(|own| own.customer).collect();
            for other in &products {
                let follows = |one: &&&BoughtLine| {
                    lines.iter().any(|own| {
                        own.customer == one.customer
                            && own.product == *other
                            && own.day > one.day
                            && own.day <= one.day + days
                    })
                };
                let both: BTreeSet<u32> = firsts
                    .iter()
                    .filter(follows)
                    .map(|own| own.customer)
                    .collect();
                let (both, of) = (
                    u32::try_from(both.len()).unwrap(),
                    u32::try_from(of.len()).unwrap(),
                );
                found.insert((*product, *other), (both, of));
            }
        }
        found
    }

    #[test]
    fn what_follows_is_counted_as_the_plainest_way_counts_it() {
        // A small generator of our own: the same lines each time.
        let mut state = 7_u64;
        let mut draw = |most: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % most
        };
        let mut lines = Vec::new();
        for _ in 0..900 {
            let customer = u32::try_from(draw(300)).unwrap();
            let day = i32::try_from(draw(60)).unwrap();
            let product = u32::try_from(draw(4) + draw(3)).unwrap();
            let order = draw(2);
            lines.push(BoughtLine {
                customer,
                day,
                order,
                product,
            });
            // Whoever buys 0 often buys 5 a week later.
            if product == 0 && draw(2) == 0 {
                lines.push(BoughtLine {
                    customer,
                    day: day + 7,
                    order,
                    product: 5,
                });
            }
        }
        let hand = by_hand(&lines, 10);
        let links = after(&Baskets::new(lines, 7), 10);
        let mut told = 0;
        for (product, own) in (0_u32..).zip(&links) {
            for link in own {
                assert_eq!(hand[&(product, link.product)], (link.both, link.of));
                told += 1;
            }
        }
        assert!(told > 0, "{links:?}");
        assert!(links[0].iter().any(|own| own.product == 5), "{links:?}");
    }

    #[test]
    fn of_no_baskets_nothing_follows() {
        assert_eq!(after(&Baskets::new(Vec::new(), 2), 30), [vec![], vec![]]);
    }
}
