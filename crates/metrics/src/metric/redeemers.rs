//! How many members use what they get.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "redeemers",
    name: "Redeemers",
    unit: Unit::Share,
    definition: "Members who used points or a reward / members who bought, in the same time. It may pass 100 \
        %, because one may redeem without buying.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members_redeeming)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    let active = deeds.member_spend.count;
    Figure::share_beyond(deeds.redeemers, active, "members who bought")
}
