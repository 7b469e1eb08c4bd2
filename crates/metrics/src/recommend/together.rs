//! What is bought together: in one basket.
//!
//! *Of 1,200 baskets with green tea, 240 had honey in them.*

use super::{Baskets, Link, counts, strength, strongest};

/// What goes with each product, by its number: the strongest first.
pub fn together(baskets: &Baskets) -> Vec<Vec<Link<u32>>> {
    let mut met = vec![0_u32; baskets.products() as usize];
    (0..baskets.products())
        .map(|product| beside(baskets, product, &mut met))
        .collect()
}

/// What goes with one product. `met` is zero for each product, and is so again.
fn beside(baskets: &Baskets, product: u32, met: &mut [u32]) -> Vec<Link<u32>> {
    let with = baskets.with(product);
    let of = size(with);
    if of < super::SUPPORT_LEAST {
        return Vec::new();
    }
    let mut seen = Vec::new();
    for basket in with {
        for other in baskets.of(*basket) {
            let count = &mut met[*other as usize];
            if *count == 0 {
                seen.push(*other);
            }
            *count += 1;
        }
    }
    let all = baskets.len();
    let mut links = Vec::new();
    for other in seen {
        let both = std::mem::take(&mut met[other as usize]);
        let has = size(baskets.with(other));
        if other != product && counts(both, of, has, all) {
            links.push(Link {
                product: other,
                both,
                of,
                strength: strength(both, of, has),
            });
        }
    }
    strongest(links)
}

pub(super) fn size(list: &[u32]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::BoughtLine;
    use super::*;

    #[test]
    fn what_is_met_together_is_counted_against_a_count_by_hand() {
        // Baskets of 0 to 3; product 0 in all, so it says nothing of any.
        let sold: [&[u32]; 20] = [
            &[0, 1, 2],
            &[0, 1, 2],
            &[0, 1, 2],
            &[0, 1, 2],
            &[0, 1, 2],
            &[0, 1],
            &[0, 1, 3],
            &[0, 2],
            &[0, 3],
            &[0, 3],
            &[0, 3],
            &[0, 3],
            &[0],
            &[0],
            &[0],
            &[0],
            &[0],
            &[0],
            &[0],
            &[0],
        ];
        let mut lines = Vec::new();
        for (order, products) in (0_u32..).zip(sold) {
            lines.extend(products.iter().map(|product| BoughtLine {
                customer: order % 3,
                day: 1,
                order: u64::from(order),
                product: *product,
            }));
        }
        let links = together(&Baskets::new(lines, 4));
        // 5 baskets have both, 7 have 1, 6 have 2: 5 / √42.
        let link = |product, of| Link {
            product,
            both: 5,
            of,
            strength: 771_516,
        };
        assert_eq!(links, [vec![], vec![link(2, 7)], vec![link(1, 6)], vec![]]);
    }
}
