//! The metrics, one file each, in the order of [`crate::catalog`].

pub mod acquisition_cost;
pub mod average_order_value;
pub mod churn_rate;
pub mod cohorts;
pub mod concentration;
pub mod customers;
pub mod interpurchase_time;
pub mod loyalty_index;
pub mod new_customers;
pub mod nps;
pub mod participation;
pub mod payback;
pub mod program_cost_rate;
pub mod purchase_frequency;
pub mod redemption_rate;
pub mod referral;
pub mod refund_rate;
pub mod repurchase_rate;
pub mod retention_cost;
pub mod retention_rate;
pub mod returning_rate;
pub mod revenue;
pub mod revenue_per_customer;
pub mod rfm;
pub mod upsell_ratio;
