//! How often products are bought and bought again: what a table sets side by side.

use super::Baskets;
use super::after::buyers;
use super::together::size;

/// How a product sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sold {
    /// In how many baskets it was.
    pub baskets: u32,
    /// How many customers bought it.
    pub customers: u32,
    /// How many of them bought it on another day again.
    pub again: u32,
}

/// How each product sold, by its number.
pub fn sold(baskets: &Baskets) -> Vec<Sold> {
    (0..baskets.products())
        .map(|product| {
            let with = baskets.with(product);
            let each = with.chunk_by(|a, b| baskets.customer(*a) == baskets.customer(*b));
            let days = |own: &&[u32]| {
                let first = own.first().map(|own| baskets.day(*own));
                first != own.last().map(|own| baskets.day(*own))
            };
            Sold {
                baskets: size(with),
                customers: buyers(baskets, product),
                again: u32::try_from(each.filter(days).count()).unwrap_or(u32::MAX),
            }
        })
        .collect()
}

/// The products that most customers bought; of equals those in more baskets, then the lower number.
pub fn most_bought(sold: &[Sold], most: usize) -> Vec<u32> {
    let mut all: Vec<(u32, &Sold)> = (0..).zip(sold).filter(|own| own.1.baskets > 0).collect();
    all.sort_unstable_by_key(|(product, own)| {
        (std::cmp::Reverse((own.customers, own.baskets)), *product)
    });
    all.into_iter().take(most).map(|own| own.0).collect()
}

/// The products that most customers bought lately; of equals those that most ever did, as [`most_bought`] says.
pub fn most_lately(sold: &[Sold], lately: &[u32], most: usize) -> Vec<u32> {
    let mut all = most_bought(sold, usize::MAX);
    // The sort is stable.
    all.sort_by_key(|product| std::cmp::Reverse(lately[*product as usize]));
    all.truncate(most);
    all
}

#[cfg(test)]
mod tests {
    use super::super::BoughtLine;
    use super::*;

    #[test]
    fn two_orders_of_one_day_are_no_second_time() {
        let line = |customer, day, order, product| BoughtLine {
            customer,
            day,
            order,
            product,
        };
        let lines = vec![
            line(1, 1, 1, 0),
            line(1, 1, 2, 0),
            line(2, 1, 3, 0),
            line(2, 9, 4, 0),
            line(3, 1, 5, 1),
        ];
        let all = sold(&Baskets::new(lines, 3));
        assert_eq!(
            all[0],
            Sold {
                baskets: 4,
                customers: 2,
                again: 1
            }
        );
        assert_eq!(
            all[1],
            Sold {
                baskets: 1,
                customers: 1,
                again: 0
            }
        );
        assert_eq!(all[2], Sold::default());
        assert_eq!(most_bought(&all, 9), [0, 1]);
    }
}
