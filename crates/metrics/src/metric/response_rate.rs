//! How many say what they think.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "response_rate",
    name: "Response rate",
    unit: Unit::Share,
    definition: "Customers who answered whether they would recommend / customers who bought in the same time. \
        It belongs beside the Net Promoter Score; it may pass 100 % where people answer in a later \
        period.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Answers),
    behind: Some(Behind::Deeds(behind::promoters)),
};

fn of_deeds(sums: &Sums, deeds: &DeedSums) -> Figure {
    Figure::share_beyond(deeds.respondents, sums.buyers, "customers who bought")
}
