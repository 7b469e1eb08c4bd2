//! How many of the points that are given are used.

use crate::{Figure, Unit, catalog::Metric};

/// Redemption rate in the catalog.
pub const METRIC: Metric = Metric {
    id: "redemption_rate",
    name: "Redemption rate",
    unit: Unit::Share,
    definition: "Points redeemed in the period / points issued in it. It may pass 100 %, because \
        points of earlier periods are redeemed too.",
    of_sums: None,
};

/// Of points, in their smallest unit, and the members who have a wallet.
pub fn of(redeemed: i64, issued: i64, members: u64) -> Figure {
    Figure::quotient(
        Unit::Share,
        redeemed.into(),
        issued.into(),
        members,
        "points of the period",
    )
}
