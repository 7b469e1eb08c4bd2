//! Whether customers buy more than one kind of product.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::Metric,
    sums::Sums,
};

/// Upsell ratio in the catalog.
pub const METRIC: Metric = Metric {
    id: "upsell_ratio",
    name: "Upsell ratio",
    unit: Unit::Ratio,
    definition: "Customers who bought several kinds of product / customers who bought only one kind. \
        The kind is the column mapped to category, or the one that is named; n/a where there \
        is none. It measures breadth, over all time.",
    of_sums: Some(of),
    of_deeds: None,
    needs: None,
    behind: Some(Behind::Orders(behind::several_kinds)),
};

/// Of these sums.
pub fn of(sums: &Sums) -> Figure {
    let (several, one) = (sums.several_kinds, sums.one_kind);
    let population = "customers whose kinds of product are known";
    Figure::quotient(
        Unit::Ratio,
        several.into(),
        one.into(),
        several + one,
        population,
    )
}
