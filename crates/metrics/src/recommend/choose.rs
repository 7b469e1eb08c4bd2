//! What is recommended to somebody: the links of what they bought, put together.

use super::Link;
use std::collections::BTreeMap;

/// Why something is recommended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is bought together with something.
    Together,
    /// It is bought after something.
    After,
    /// Who bought something bought it as well.
    Also,
}

/// A product that somebody bought, how often, and what goes with it.
#[derive(Clone, Debug)]
pub struct Linked<'a, P> {
    /// Which.
    pub product: P,
    /// In how many baskets of theirs it is.
    pub times: u32,
    /// What is bought together with it.
    pub together: &'a [Link<P>],
    /// What is bought after it.
    pub after: &'a [Link<P>],
    /// What its customers buy as well.
    pub also: &'a [Link<P>],
}

/// The strongest reason for a recommendation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because<P> {
    /// Which sort of reason.
    pub kind: Kind,
    /// What they bought.
    pub bought: P,
    /// How many did so with both.
    pub both: u32,
    /// Of how many.
    pub of: u32,
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<P> {
    /// Which product.
    pub product: P,
    /// The strengths of all reasons, added up; in millionths.
    pub score: u64,
    /// The strongest of them.
    pub because: Because<P>,
}

/// The best for somebody who bought these, the best first; of equals the lower. `take` says which may be named.
pub fn choose<P: Clone + Ord>(
    bought: &[Linked<'_, P>],
    take: impl Fn(&P) -> bool,
    most: usize,
) -> Vec<Choice<P>> {
    let mut found: BTreeMap<&P, (u64, u64, Because<P>)> = BTreeMap::new();
    for own in bought {
        let together = own.together.iter().map(|link| (Kind::Together, link));
        let after = own.after.iter().map(|link| (Kind::After, link));
        let also = own.also.iter().map(|link| (Kind::Also, link));
        let each = together.chain(after).chain(also);
        for (kind, link) in each.filter(|own| take(&own.1.product)) {
            let weight = u64::from(link.strength) * u64::from(own.times);
            let because = || Because {
                kind,
                bought: own.product.clone(),
                both: link.both,
                of: link.of,
            };
            let held = found
                .entry(&link.product)
                .or_insert_with(|| (0, 0, because()));
            held.0 += weight;
            if weight > held.1 {
                (held.1, held.2) = (weight, because());
            }
        }
    }
    let mut all: Vec<Choice<P>> = found
        .into_iter()
        .map(|(product, (score, _, because))| Choice {
            product: product.clone(),
            score,
            because,
        })
        .collect();
    // They come by product, and the sort is stable.
    all.sort_by_key(|own| std::cmp::Reverse(own.score));
    all.truncate(most);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_add_up_and_the_strongest_is_told() {
        let link = |product, strength| Link {
            product,
            both: strength / 10,
            of: 100,
            strength,
        };
        let (tea, honey) = ([link("cup", 300), link("milk", 500)], [link("cup", 400)]);
        let bought = [
            Linked {
                product: "tea",
                times: 1,
                together: &tea,
                after: &[],
                also: &[],
            },
            Linked {
                product: "honey",
                times: 1,
                together: &[],
                after: &honey,
                also: &[],
            },
        ];
        let found = choose(&bought, |_| true, 9);
        let because = |kind, bought, both| Because {
            kind,
            bought,
            both,
            of: 100,
        };
        assert_eq!(
            found,
            [
                Choice {
                    product: "cup",
                    score: 700,
                    because: because(Kind::After, "honey", 40)
                },
                Choice {
                    product: "milk",
                    score: 500,
                    because: because(Kind::Together, "tea", 50)
                },
            ]
        );
        assert_eq!(choose(&bought, |own| *own != "cup", 9).len(), 1);
        assert_eq!(choose(&bought, |_| true, 1).len(), 1);
    }
}
