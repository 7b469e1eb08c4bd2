//! How much members do beside buying.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "engagement",
    name: "Brand engagement score",
    unit: Unit::Score,
    definition: "Weighted actions other than purchases (reviews, visits, survey answers, friends who came) / \
        months of membership, all members together. The weights stand under `engagement` of \
        `[insight]` in the program file; without them each activity counts 1. A month is 365.25 / 12 \
        days.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::engaged)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    // Weights are thousandths, a month is 30.4375 days: 30,437.5 / 1000 days.
    let days = i128::from(deeds.member_days) * 10_000;
    let above = deeds.engaged.saturating_mul(304_375).saturating_div(1000);
    Figure::quotient(Unit::Score, above, days, deeds.members, "members")
}
