//! How many friends who were sent become customers.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// Referral conversion in the catalog.
pub const METRIC: Metric = Metric {
    id: "referral",
    name: "Referral conversion",
    unit: Unit::Share,
    definition: "Referred customers who bought / customers who were referred. Of a period: who came in it or \
        before and bought in it / who came in it; it may pass 100 %.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::referred)),
};

/// Of the friends who bought, and all who were sent.
pub fn of(bought: u64, referred: u64) -> Figure {
    Figure::share_beyond(bought, referred, "customers who were referred")
}

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    of(deeds.referred_bought, deeds.referred)
}
