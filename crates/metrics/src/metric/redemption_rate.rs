//! How many of the points that are given are used.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// Redemption rate in the catalog.
pub const METRIC: Metric = Metric {
    id: "redemption_rate",
    name: "Redemption rate",
    unit: Unit::Share,
    definition: "Points redeemed in the period / points issued in it. It may pass 100 %, because \
        points of earlier periods are redeemed too.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members_redeeming)),
};

/// Of points, in their smallest unit, and the members who have a wallet.
pub fn of(redeemed: i128, issued: i128, members: u64) -> Figure {
    Figure::quotient(
        Unit::Share,
        redeemed,
        issued,
        members,
        "points of the period",
    )
}

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    of(deeds.redeemed, deeds.issued, deeds.members)
}
