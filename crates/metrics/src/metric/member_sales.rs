//! How much members bring.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "member_sales",
    name: "Members' share of sales",
    unit: Unit::Share,
    definition: "What members bought / what all customers who are known bought, refunds taken off.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    let (ours, others) = (&deeds.member_spend, &deeds.other_spend);
    let all = ours.sum + others.sum;
    let customers = ours.count + others.count;
    Figure::quotient(
        Unit::Share,
        ours.sum,
        all,
        customers,
        "customers who bought",
    )
}
