//! What else somebody may like: counted from what customers bought together, one after the other, and dearer.
//!
//! *Of 1,200 baskets with green tea, 240 had honey in them.* Every recommendation is made of such counts and can
//! say them. Products are numbers here; whoever reads orders numbers them, in the order of their names, so that
//! ties end the same way each time.
//!
//! How strongly two products belong together is the cosine of their columns, `both / √(one · other)`, of item-based
//! recommendation: G. Linden, B. Smith, J. York, *Amazon.com Recommendations: Item-to-Item Collaborative
//! Filtering*, IEEE Internet Computing 7(1), 2003; M. Deshpande, G. Karypis, *Item-Based Top-N Recommendation
//! Algorithms*, ACM TOIS 22(1), 2004. It is worked out of whole counts in whole millionths. A pair counts only
//! from [`SUPPORT_LEAST`] on, and only where it is met more often than two products would that have nothing to do
//! with each other.
//!
//! **Memory.** About 40 bytes for each line of an order, and one counter for each product: nothing grows with
//! pairs, because one product is looked at after the other.

mod accuracy;
mod after;
mod also;
mod baskets;
mod choose;
mod compare;
mod step_up;
mod together;

pub use accuracy::{Accuracy, Method, accuracy};
pub use after::after;
pub use also::{LATELY_DAYS, also, lately};
pub use baskets::{Baskets, BoughtLine};
pub use choose::{Because, Choice, Kind, Linked, choose};
pub use compare::{Sold, most_bought, most_lately, sold};
pub use step_up::{StepUp, Ware, step_up};
pub use together::together;

/// So often two products must have been met together before anything is said of them.
pub const SUPPORT_LEAST: u32 = 5;
/// So many products are kept beside each product.
pub const LINKS_MOST: usize = 20;
/// A product is bought after another if it is within so many days.
pub const AFTER_DAYS: i32 = 30;

/// A product that goes with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link<P> {
    /// Which.
    pub product: P,
    /// In how many baskets both were, or how many customers bought it after the other.
    pub both: u32,
    /// Of how many: baskets with the other, or customers who bought the other.
    pub of: u32,
    /// How strongly they belong together, in millionths.
    pub strength: u32,
}

/// The cosine of two columns in millionths, rounded down.
fn strength(both: u32, one: u32, other: u32) -> u32 {
    const MILLION: u128 = 1_000_000;
    let places = u128::from(one) * u128::from(other);
    if places == 0 {
        return 0;
    }
    let square = u128::from(both) * u128::from(both) * MILLION * MILLION / places;
    u32::try_from(square.isqrt()).unwrap_or(u32::MAX)
}

/// Whether a pair is met often enough, and more often than by chance: `both / one > other / all`.
fn counts(both: u32, one: u32, other: u32, all: u32) -> bool {
    both >= SUPPORT_LEAST && u64::from(both) * u64::from(all) > u64::from(one) * u64::from(other)
}

/// The strongest links, the strongest first; of equals the one that is met more often, then the lower number.
fn strongest(mut links: Vec<Link<u32>>) -> Vec<Link<u32>> {
    let key = |own: &Link<u32>| {
        let (strength, both) = (own.strength, own.both);
        (std::cmp::Reverse((strength, both)), own.product)
    };
    if links.len() > LINKS_MOST {
        links.select_nth_unstable_by_key(LINKS_MOST, key);
        links.truncate(LINKS_MOST);
    }
    links.sort_unstable_by_key(key);
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_is_the_cosine_in_whole_millionths() {
        assert_eq!(strength(50, 50, 50), 1_000_000);
        assert_eq!(strength(10, 100, 25), 200_000);
        // 1 / √2, rounded down.
        assert_eq!(strength(1, 1, 2), 707_106);
        assert_eq!(strength(0, 0, 9), 0);
        assert_eq!(strength(u32::MAX, u32::MAX, u32::MAX), 1_000_000);
    }

    #[test]
    fn what_is_met_as_often_as_by_chance_says_nothing() {
        // Half of all baskets have one, half have the other: a quarter has both by chance.
        assert!(!counts(25, 50, 50, 100));
        assert!(counts(26, 50, 50, 100));
        assert!(!counts(SUPPORT_LEAST - 1, 5, 5, 100));
    }
}
