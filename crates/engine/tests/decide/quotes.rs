//! Quotes: the best combination is the best.

use crate::coupons::{any_off, basket, discount};
use crate::world::text;
use proptest::prelude::*;
use regulars_base::Name;
use regulars_engine::price::{Basket, Candidate, TaxIs, best, price};
use regulars_engine::program::{Combine, PercentOf};

/// All choices, one by one: the most off, and of those the fewest points.
fn by_force(
    combine: &Combine,
    basket: &Basket,
    candidates: &[Candidate],
    purse: &[(Name, i64)],
) -> (i64, i64) {
    let mut best = (0, 0);
    for choice in 0..1_u32 << candidates.len() {
        let own = candidates.iter().enumerate();
        let own = own.filter(|(place, _)| choice & (1 << place) != 0);
        let own: Vec<&Candidate> = own.map(|(_, own)| own).collect();
        let takes = |points| {
            let all = own.iter().flat_map(|own| &own.cost);
            all.filter(|(name, _)| *name == points)
                .map(|(_, price)| price)
                .sum::<i64>()
        };
        if purse.iter().any(|(points, has)| takes(*points) > *has) {
            continue;
        }
        let discounts: Vec<_> = own.iter().map(|own| own.discount.clone()).collect();
        let priced = price(combine, basket, &discounts);
        if priced.discounts.iter().any(|own| own.why_not.is_some()) {
            continue;
        }
        let cost: i64 = purse.iter().map(|(points, _)| takes(*points)).sum();
        let off: i64 = priced.discounts.iter().map(|own| own.sum()).sum();
        if off > best.0 || (off == best.0 && cost < best.1) {
            best = (off, cost);
        }
    }
    best
}

proptest! {
    #[test]
    fn the_best_combination_is_what_trying_all_of_them_finds(
        lines in prop::collection::vec((0..20_000_i64, 0..5000_i64, 0..25_i64), 1..6),
        delivery in 0..1000_i64,
        combine in (any::<bool>(), any::<bool>(), prop::option::of(1..4_u16)),
        offs in prop::collection::vec((
            (any_off(), any::<u8>(), any::<bool>()),
            (0..3_i64, prop::option::of(0..2_u8), 0..6_u8),
            (0..400_i64, 0..3_u8),
        ), 0..9),
        purse in (0..1000_i64, 0..1000_i64),
        effort in prop_oneof![Just(u64::MAX), 0..2000_u64],
    ) {
        let basket = basket(&lines, delivery, TaxIs::Included);
        let combine = Combine {
            percent_first: combine.0,
            percent_of: if combine.1 { PercentOf::Rest } else { PercentOf::Listed },
            most: combine.2,
        };
        let points = ["beans", "miles"].map(Name::of);
        let candidates: Vec<Candidate> = offs.iter().enumerate().map(|(at, own)| {
            let mut one = discount(&format!("d{at}"), own.0.0);
            if own.0.2 {
                one.lines = (0..8).filter(|place| own.0.1 & (1 << place) != 0).collect();
            }
            (one.order, one.exclusive) = (own.1.0, own.1.2 == 0);
            one.group = own.1.1.map(|group| text(format!("g{group}")));
            let cost = match own.2.1 {
                0 => Vec::new(),
                1 => vec![(points[0], own.2.0)],
                _ => vec![(points[0], own.2.0), (points[1], own.2.0 / 2)],
            };
            Candidate { discount: one, cost }
        }).collect();
        let purse = [(points[0], purse.0), (points[1], purse.1)];
        let found = best(&combine, &basket, &candidates, &purse, effort);
        let (off, cost) = by_force(&combine, &basket, &candidates, &purse);
        prop_assert!(found.off <= off && off <= found.at_most, "{found:?}, by force {off}");
        let chosen: Vec<_> = found.chosen.iter().map(|at| candidates[*at].discount.clone()).collect();
        let priced = price(&combine, &basket, &chosen);
        prop_assert!(priced.discounts.iter().all(|own| own.why_not.is_none()));
        prop_assert_eq!(priced.discounts.iter().map(|own| own.sum()).sum::<i64>(), found.off);
        let own: i64 = found.chosen.iter().flat_map(|at| &candidates[*at].cost).map(|(_, own)| own).sum();
        if effort == u64::MAX {
            prop_assert_eq!((found.off, own, found.at_most), (off, cost, off));
        }
    }
}
