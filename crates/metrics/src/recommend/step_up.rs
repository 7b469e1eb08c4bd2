//! What people move to within a category: the next price that those who bought the same went on to pay.
//!
//! *Of 300 customers who bought the house blend, 42 later bought the single estate for the first time.*

use super::{Baskets, SUPPORT_LEAST};

/// So many steps are kept for each product.
const STEPS_MOST: usize = 3;

/// What is known of a product beside who bought it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ware {
    /// To which category it belongs, by a number of the caller's.
    pub category: Option<u32>,
    /// What a piece costs, in minor units.
    pub price: Option<i64>,
}

/// A dearer product of the same category that customers went on to buy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepUp<P> {
    /// Which.
    pub product: P,
    /// How many customers bought it for the first time on a later day than the other.
    pub moved: u32,
    /// How many bought the other.
    pub of: u32,
}

/// When a customer first bought a product.
#[derive(Clone, Copy)]
struct First {
    category: u32,
    product: u32,
    day: i32,
}

/// What customers of each product moved to, by its number: what most moved to first; of equals the cheaper,
/// then the lower number. `wares` says of each product what is known.
pub fn step_up(baskets: &Baskets, wares: &[Ware]) -> Vec<Vec<StepUp<u32>>> {
    let mut moves: std::collections::BTreeMap<(u32, u32), u32> = std::collections::BTreeMap::new();
    let mut of = vec![0_u32; baskets.products() as usize];
    for own in baskets.by_customer() {
        let firsts = firsts(baskets, own, wares);
        for first in &firsts {
            of[first.product as usize] += 1;
        }
        for category in firsts.chunk_by(|a, b| a.category == b.category) {
            each_move(category, wares, &mut |from, to| {
                *moves.entry((from, to)).or_default() += 1;
            });
        }
    }
    let mut steps = vec![Vec::new(); baskets.products() as usize];
    for ((from, to), moved) in moves {
        if moved >= SUPPORT_LEAST {
            steps[from as usize].push(StepUp {
                product: to,
                moved,
                of: of[from as usize],
            });
        }
    }
    for own in &mut steps {
        own.sort_by_key(|step: &StepUp<u32>| {
            let price = wares[step.product as usize].price;
            (std::cmp::Reverse(step.moved), price, step.product)
        });
        own.truncate(STEPS_MOST);
    }
    steps
}

/// The first day of each product with a category and a price, by category.
fn firsts(baskets: &Baskets, own: std::ops::Range<u32>, wares: &[Ware]) -> Vec<First> {
    let mut all = Vec::new();
    for basket in own {
        for product in baskets.of(basket) {
            let ware = wares[*product as usize];
            if let (Some(category), Some(_)) = (ware.category, ware.price) {
                let day = baskets.day(basket);
                all.push(First {
                    category,
                    product: *product,
                    day,
                });
            }
        }
    }
    all.sort_unstable_by_key(|own| (own.category, own.product, own.day));
    all.dedup_by_key(|own| own.product);
    all
}

fn each_move(of_category: &[First], wares: &[Ware], tell: &mut impl FnMut(u32, u32)) {
    for from in of_category {
        for to in of_category {
            let dearer = wares[to.product as usize].price > wares[from.product as usize].price;
            if dearer && to.day > from.day {
                tell(from.product, to.product);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::BoughtLine;
    use super::*;

    #[test]
    fn only_dearer_products_of_the_same_category_that_came_later_are_steps() {
        let ware = |category, price| Ware {
            category: Some(category),
            price: Some(price),
        };
        // 0 to 2 are tea, 3 is honey, of 4 nothing is known.
        let wares = [
            ware(1, 300),
            ware(1, 500),
            ware(1, 900),
            ware(2, 950),
            Ware::default(),
        ];
        let mut lines = Vec::new();
        for customer in 0..12 {
            let mut bought = |day, product| {
                lines.push(BoughtLine {
                    customer,
                    day,
                    order: 0,
                    product,
                });
            };
            bought(1, 0);
            bought(2, 3);
            bought(2, 4);
            if customer < 7 {
                bought(3, 2);
                // Again, long after: it was the first time that counted.
                bought(9, 0);
            }
            if customer < 5 {
                bought(5, 1);
            }
        }
        let steps = step_up(&Baskets::new(lines, 5), &wares);
        let step = |product, moved| StepUp {
            product,
            moved,
            of: 12,
        };
        assert_eq!(steps[0], [step(2, 7), step(1, 5)]);
        assert!(steps[1..].iter().all(Vec::is_empty), "{steps:?}");
    }
}
