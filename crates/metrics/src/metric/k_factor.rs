//! How many customers a member brings.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "k_factor",
    name: "K-factor",
    unit: Unit::Ratio,
    definition: "Invitations per member x new customers per invitation: friends who bought by a member's word \
        / members. Above 1 the program would grow by itself.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Program),
    behind: Some(Behind::Deeds(behind::members_sharing)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    let members = i128::from(deeds.members);
    let friends = deeds.friends_bought.into();
    Figure::quotient(Unit::Ratio, friends, members, deeds.members, "members")
}
