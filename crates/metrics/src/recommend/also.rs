//! What customers of one product buy as well, at whatever time, and now.
//!
//! *Of 300 customers who bought green tea, 180 bought honey, too.* Baskets say what goes with what in one meal;
//! customers say who is of a kind. Of what those of a kind buy, it is what is bought these days that somebody buys
//! next: so a link weighs its cosine times how many bought the other product lately.

use super::after::buyers;
use super::{Baskets, Link, SUPPORT_LEAST, counts, strength, strongest};

/// Bought so many days ago, or fewer, is bought lately.
pub const LATELY_DAYS: i32 = 30;

/// How many customers bought each product lately, by its number.
pub fn lately(baskets: &Baskets) -> Vec<u32> {
    let since = baskets.last_day().map_or(0, |last| last - LATELY_DAYS + 1);
    (0..baskets.products())
        .map(|product| {
            let with = baskets.with(product);
            let each = with.chunk_by(|a, b| baskets.customer(*a) == baskets.customer(*b));
            let newest = |own: &&[u32]| own.last().is_some_and(|own| baskets.day(*own) >= since);
            u32::try_from(each.filter(newest).count()).unwrap_or(u32::MAX)
        })
        .collect()
}

/// What customers of each product buy as well, by its number: the strongest first. The nearest by their cosine are
/// kept, and of these those that are bought most these days weigh most.
pub fn also(baskets: &Baskets, lately: &[u32]) -> Vec<Vec<Link<u32>>> {
    let had = had(baskets);
    let all = baskets.customers();
    let most = u64::from(lately.iter().copied().max().unwrap_or(0).max(1));
    let buyers: Vec<u32> = (0..baskets.products())
        .map(|own| buyers(baskets, own))
        .collect();
    let mut met = vec![0_u32; buyers.len()];
    let weighed = |link: Link<u32>| {
        let now = u64::from(lately[link.product as usize]);
        let strength = u64::from(link.strength) * now / most;
        Link {
            strength: u32::try_from(strength).unwrap_or(u32::MAX),
            ..link
        }
    };
    (0..baskets.products())
        .map(|product| {
            let near = near(baskets, (&had, all), (product, &buyers), &mut met);
            let mut links: Vec<Link<u32>> = near.into_iter().map(weighed).collect();
            links.retain(|own| own.strength > 0);
            strongest(links)
        })
        .collect()
}

/// The products of each customer, each once, and where in that list those of a basket's customer stand.
struct Had {
    products: Vec<u32>,
    /// For each basket the range of its customer.
    ranges: Vec<(u32, u32)>,
}

fn had(baskets: &Baskets) -> Had {
    let mut had = Had {
        products: Vec::new(),
        ranges: vec![(0, 0); baskets.len() as usize],
    };
    let mut own: Vec<u32> = Vec::new();
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    for customer in baskets.by_customer() {
        own.clear();
        own.extend(customer.clone().flat_map(|basket| baskets.of(basket)));
        own.sort_unstable();
        own.dedup();
        let from = place(had.products.len());
        had.products.extend(&own);
        let range = (from, place(had.products.len()));
        customer.for_each(|basket| had.ranges[basket as usize] = range);
    }
    had
}

/// The nearest of one product, by their cosine. `met` is zero for each product, and is so again.
fn near(
    baskets: &Baskets,
    (had, all): (&Had, u32),
    (product, buyers): (u32, &[u32]),
    met: &mut [u32],
) -> Vec<Link<u32>> {
    let of = buyers[product as usize];
    if of < SUPPORT_LEAST {
        return Vec::new();
    }
    let mut seen = Vec::new();
    let with = baskets.with(product);
    for own in with.chunk_by(|a, b| baskets.customer(*a) == baskets.customer(*b)) {
        let (from, until) = had.ranges[own[0] as usize];
        for other in &had.products[from as usize..until as usize] {
            let count = &mut met[*other as usize];
            if *count == 0 {
                seen.push(*other);
            }
            *count += 1;
        }
    }
    let mut links = Vec::new();
    for other in seen {
        let both = std::mem::take(&mut met[other as usize]);
        let bought = buyers[other as usize];
        if other != product && counts(both, of, bought, all) {
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

#[cfg(test)]
mod tests {
    use super::super::BoughtLine;
    use super::*;

    #[test]
    fn customers_are_counted_once_and_what_is_bought_now_weighs_more() {
        let mut lines = Vec::new();
        let mut buys = |customer, day, product| {
            lines.push(BoughtLine {
                customer,
                day,
                order: 0,
                product,
            });
        };
        for customer in 0..20_u32 {
            buys(customer, 1, 0);
            // Ten have 1, on another day than 2 and 3; some of them twice, which counts once.
            if customer < 10 {
                buys(customer, 2, 1);
                buys(customer, 3, 1);
                // 2 was bought long ago by as many as buy 3 these days.
                let (old, new) = if customer < 5 { (2, 3) } else { (9, 9) };
                buys(customer, 4, old);
                buys(customer, 99, new);
            }
        }
        let baskets = Baskets::new(lines, 10);
        let now = lately(&baskets);
        assert_eq!((now[0], now[1], now[2], now[3], now[9]), (0, 0, 0, 5, 5));
        let links = also(&baskets, &now);
        // 5 customers have 1 and 3, 10 have 1, 5 have 3: 5 / √50; of 5 who bought lately, all.
        let link = |product| Link {
            product,
            both: 5,
            of: 10,
            strength: 707_106,
        };
        assert_eq!(links[1], [link(3), link(9)], "2 is bought no more");
        assert_eq!(links[0], [], "all have it: it says nothing of anybody");
        assert!(also(&Baskets::new(Vec::new(), 2), &[0, 0])[0].is_empty());
    }
}
