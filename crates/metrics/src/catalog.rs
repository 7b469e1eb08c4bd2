//! The list of all metrics with their definitions: what a report prints, and what the manual says.

use crate::{Figure, Unit, metric, sums::Sums};

/// A metric: its name in files and addresses, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name in JSON, in addresses and on the command line.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What its value is in.
    pub unit: Unit,
    /// What is counted over what, in a sentence or two. Printed with every figure.
    pub definition: &'static str,
    /// How it is made of sums over orders, for those that are: so it can be had for all time, for
    /// each period and for each group.
    pub of_sums: Option<fn(&Sums) -> Figure>,
}

/// All metrics, in the order in which a report shows them.
pub const ALL: [&Metric; 25] = [
    &metric::revenue::METRIC,
    &metric::customers::METRIC,
    &metric::new_customers::METRIC,
    &metric::average_order_value::METRIC,
    &metric::purchase_frequency::METRIC,
    &metric::revenue_per_customer::METRIC,
    &metric::repurchase_rate::METRIC,
    &metric::returning_rate::METRIC,
    &metric::churn_rate::METRIC,
    &metric::retention_rate::METRIC,
    &metric::refund_rate::METRIC,
    &metric::upsell_ratio::METRIC,
    &metric::interpurchase_time::METRIC,
    &metric::cohorts::METRIC,
    &metric::rfm::METRIC,
    &metric::concentration::METRIC,
    &metric::nps::METRIC,
    &metric::loyalty_index::METRIC,
    &metric::acquisition_cost::METRIC,
    &metric::payback::METRIC,
    &metric::retention_cost::METRIC,
    &metric::redemption_rate::METRIC,
    &metric::participation::METRIC,
    &metric::program_cost_rate::METRIC,
    &metric::referral::METRIC,
];

/// The metric of that name.
pub fn find(id: &str) -> Option<&'static Metric> {
    ALL.into_iter().find(|metric| metric.id == id)
}
