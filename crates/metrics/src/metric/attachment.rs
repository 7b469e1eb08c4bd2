//! How close customers feel.

use crate::{
    Figure, Unit,
    behind::{self, Behind},
    catalog::{Metric, Need},
    deeds::DeedSums,
    mean_interval,
    sums::Sums,
};

/// In the catalog.
pub const METRIC: Metric = Metric {
    id: "attachment",
    name: "Emotional engagement",
    unit: Unit::Score,
    definition: "The mean of the answers on trust, attachment and \"I would always buy here\", each from 0 to \
        100. The interval is the normal one of a mean, 95 %.",
    of_sums: None,
    of_deeds: Some(of_deeds),
    needs: Some(Need::Answers),
    behind: Some(Behind::Deeds(behind::attached)),
};

fn of_deeds(_: &Sums, deeds: &DeedSums) -> Figure {
    let it = &deeds.attached;
    let interval = mean_interval(it.count, it.sum as f64, it.squares as f64);
    let below = i128::from(it.count);
    Figure::quotient(Unit::Score, it.sum, below, it.count, "answers").within(interval)
}
