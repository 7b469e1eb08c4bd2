//! The list of all metrics with their definitions: what a report prints, and what the manual says.

use crate::{Figure, Unit, behind::Behind, deeds::DeedSums, metric, sums::Sums};

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
    /// How it is made of what customers do beside buying, and of orders: so it can be had for all time,
    /// for each period and for each group too.
    pub of_deeds: Option<fn(&Sums, &DeedSums) -> Figure>,
    /// What it needs beside orders.
    pub needs: Option<Need>,
    /// Who is behind it.
    pub behind: Option<Behind>,
}

/// What a metric needs beside orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// A running program: members, points, referrals.
    Program,
    /// Answers to surveys.
    Answers,
    /// What was spent on customers.
    Spend,
    /// What single articles cost.
    Items,
    /// A group of customers that is kept out of the program by lot.
    HoldOut,
}

impl Need {
    /// What is missing, in words: the population of a figure that cannot be had.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Program => "n/a: needs a shop's own database with a program (--shop)",
            Self::Answers => {
                "n/a: needs answers of customers: a file (--scores), or fields named in [insight] of the program file"
            }
            Self::Spend => "n/a: needs what was spent on customers: a file (--costs)",
            Self::Items => {
                "n/a: needs a category and a price or a quantity on each line, read with --items"
            }
            Self::HoldOut => {
                "n/a: needs customers who are kept out of the program by lot, and there are none"
            }
        }
    }
}

/// All metrics, in the order in which a report shows them.
pub const ALL: [&Metric; 47] = [
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
    &metric::expected_churn::METRIC,
    &metric::refund_rate::METRIC,
    &metric::upsell_ratio::METRIC,
    &metric::trade_up::METRIC,
    &metric::interpurchase_time::METRIC,
    &metric::cohorts::METRIC,
    &metric::rfm::METRIC,
    &metric::concentration::METRIC,
    &metric::lifetime_value::METRIC,
    &metric::nps::METRIC,
    &metric::response_rate::METRIC,
    &metric::loyalty_index::METRIC,
    &metric::attachment::METRIC,
    &metric::engagement::METRIC,
    &metric::acquisition_cost::METRIC,
    &metric::payback::METRIC,
    &metric::clv_to_cac::METRIC,
    &metric::retention_cost::METRIC,
    &metric::acquisition_to_retention::METRIC,
    &metric::enrolment::METRIC,
    &metric::participation::METRIC,
    &metric::redeemers::METRIC,
    &metric::member_sales::METRIC,
    &metric::member_lift::METRIC,
    &metric::program_cost_rate::METRIC,
    &metric::program_return::METRIC,
    &metric::referral::METRIC,
    &metric::share_rate::METRIC,
    &metric::k_factor::METRIC,
    &metric::points_issued::METRIC,
    &metric::points_redeemed::METRIC,
    &metric::points_expired::METRIC,
    &metric::points_open::METRIC,
    &metric::redemption_rate::METRIC,
    &metric::breakage::METRIC,
    &metric::liability::METRIC,
    &metric::deferred_revenue::METRIC,
];

/// The metric of that name.
pub fn find(id: &str) -> Option<&'static Metric> {
    ALL.into_iter().find(|metric| metric.id == id)
}
