//! What customers bought: basket by basket, and product by product.

/// A line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BoughtLine {
    /// Who bought.
    pub customer: u32,
    /// On which day.
    pub day: i32,
    /// In which order: lines of one customer and day with the same number are one basket.
    pub order: u64,
    /// What.
    pub product: u32,
}

/// A basket: of whom, of which day, and where its products stand.
#[derive(Clone, Copy, Debug)]
struct Head {
    customer: u32,
    day: i32,
    from: u32,
}

/// All baskets, by customer and day, with their products, each once.
#[derive(Clone, Debug, Default)]
pub struct Baskets {
    heads: Vec<Head>,
    products: Vec<u32>,
    /// Where the baskets of each product begin in `index`, and where the last ones end.
    starts: Vec<u32>,
    index: Vec<u32>,
}

impl Baskets {
    /// The most lines: the newest are kept.
    pub const LINES_MOST: usize = 50_000_000;

    /// Of lines in any order, of which each product has a number below `products`.
    pub fn new(mut lines: Vec<BoughtLine>, products: u32) -> Self {
        if lines.len() > Self::LINES_MOST {
            let newest = |own: &BoughtLine| std::cmp::Reverse((own.day, *own));
            lines.select_nth_unstable_by_key(Self::LINES_MOST, newest);
            lines.truncate(Self::LINES_MOST);
        }
        lines.sort_unstable();
        lines.dedup();
        let mut own = Self {
            products: Vec::with_capacity(lines.len()),
            ..Self::default()
        };
        let mut last = None;
        for line in &lines {
            let basket = (line.customer, line.day, line.order);
            if last != Some(basket) {
                last = Some(basket);
                own.heads.push(Head {
                    customer: line.customer,
                    day: line.day,
                    from: place(own.products.len()),
                });
            }
            own.products.push(line.product);
        }
        drop(lines);
        own.by_product(products);
        own
    }

    fn by_product(&mut self, products: u32) {
        let mut starts = vec![0_u32; products as usize + 1];
        for product in &self.products {
            starts[*product as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut index = vec![0_u32; self.products.len()];
        for basket in 0..self.len() {
            for product in self.of(basket) {
                let at = &mut next[*product as usize];
                index[*at as usize] = basket;
                *at += 1;
            }
        }
        (self.starts, self.index) = (starts, index);
    }

    /// How many baskets there are.
    pub fn len(&self) -> u32 {
        place(self.heads.len())
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// How many products were numbered.
    pub fn products(&self) -> u32 {
        place(self.starts.len().saturating_sub(1))
    }

    /// The products of a basket, by their numbers.
    pub fn of(&self, basket: u32) -> &[u32] {
        let from = self.heads[basket as usize].from as usize;
        let next = self.heads.get(basket as usize + 1);
        let until = next.map_or(self.products.len(), |own| own.from as usize);
        &self.products[from..until]
    }

    /// Whose a basket is.
    pub fn customer(&self, basket: u32) -> u32 {
        self.heads[basket as usize].customer
    }

    /// Of which day it is.
    pub fn day(&self, basket: u32) -> i32 {
        self.heads[basket as usize].day
    }

    /// The baskets with a product, by customer and day.
    pub fn with(&self, product: u32) -> &[u32] {
        let at = product as usize;
        &self.index[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The last day with a basket.
    pub fn last_day(&self) -> Option<i32> {
        self.heads.iter().map(|own| own.day).max()
    }

    /// How many customers there are.
    pub fn customers(&self) -> u32 {
        place(self.heads.chunk_by(|a, b| a.customer == b.customer).count())
    }

    /// The baskets of each customer, as ranges of numbers, by day.
    pub fn by_customer(&self) -> impl Iterator<Item = std::ops::Range<u32>> + '_ {
        let mut from = 0;
        let each = self.heads.chunk_by(|a, b| a.customer == b.customer);
        each.map(move |own| {
            let begin = from;
            from += place(own.len());
            begin..from
        })
    }
}

/// A place in a list that is no longer than [`Baskets::LINES_MOST`].
fn place(at: usize) -> u32 {
    u32::try_from(at).expect("there are at most so many lines as a place can say")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(customer: u32, day: i32, order: u64, product: u32) -> BoughtLine {
        BoughtLine {
            customer,
            day,
            order,
            product,
        }
    }

    #[test]
    fn lines_in_any_order_come_to_the_same_baskets() {
        let lines = [
            line(2, 5, 9, 0),
            line(1, 7, 1, 2),
            line(1, 3, 4, 1),
            line(1, 3, 4, 1),
            line(1, 3, 4, 0),
        ];
        let mut turned = lines.to_vec();
        turned.reverse();
        for lines in [lines.to_vec(), turned] {
            let all = Baskets::new(lines, 3);
            assert_eq!(all.len(), 3);
            assert_eq!(
                (all.of(0), all.of(1), all.of(2)),
                (&[0, 1][..], &[2][..], &[0][..])
            );
            assert_eq!(
                (all.with(0), all.with(1), all.with(2)),
                (&[0, 2][..], &[0][..], &[1][..])
            );
            let each: Vec<_> = all.by_customer().collect();
            assert_eq!(each, [0..2, 2..3]);
            assert_eq!((all.customers(), all.last_day()), (2, Some(7)));
        }
        assert!(Baskets::new(Vec::new(), 0).is_empty());
    }
}
