//! What figures about customers are made from, and who is told of them. It decides nothing.

use regulars_base::Period;

/// What reports about customers take for granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InsightRules {
    /// For how many days after a purchase a customer counts as active; found from the data, if nothing.
    pub active_days: Option<u32>,
    /// What stays of sales, in millionths; all of it, if nothing.
    pub margin: Option<i64>,
    /// The points that are looked at, by their place; the first, if nothing.
    pub points: Option<u16>,
    /// Whose answers say whether a member would recommend the shop, 0 to 10.
    pub recommend: Option<Answered>,
    /// Whose answers make the loyalty index, 1 to 6.
    pub loyalty: Vec<Answered>,
    /// Whose answers tell of trust and attachment, 0 to 100.
    pub attachment: Vec<Answered>,
    /// What each activity weighs; each counts 1 if there is nothing.
    pub engagement: Option<Vec<(String, i64)>>,
    /// Activities that are free extras.
    pub extras: Vec<String>,
    /// Rules of kinds of loyalty, in order.
    pub kinds: Vec<KindRule>,
    /// Reports that are written by themselves.
    pub reports: Vec<ReportRule>,
    /// What somebody is told of.
    pub alerts: Vec<AlertRule>,
}

/// A field of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The activity.
    pub activity: String,
    /// Its field.
    pub field: String,
}

/// Who is of a kind of loyalty, whatever scores say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindRule {
    /// The rule as it is written.
    pub text: String,
    /// The kind, one of [`KINDS`].
    pub kind: String,
    /// All of these hold.
    pub all: Vec<KindBound>,
}

/// A bound of a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindBound {
    /// One of [`KIND_FEATURES`].
    pub feature: String,
    /// At least so much; at most, if not.
    pub at_least: bool,
    /// How much, in millionths.
    pub millionths: i64,
}

/// A report that is written whenever a period is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRule {
    /// The rule as it is written.
    pub text: String,
    /// How often.
    pub every: Period,
    /// By which fields orders are grouped.
    pub by: Option<String>,
}

/// Somebody is told when a figure crosses a threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule {
    /// The rule as it is written.
    pub text: String,
    /// The metric, one of [`METRICS`].
    pub metric: String,
    /// Above the threshold; below it, if not.
    pub above: bool,
    /// The threshold, in millionths.
    pub millionths: i64,
    /// Of which periods.
    pub by: Period,
}

/// Metrics whose figure may cross a threshold, as the catalog of metrics names them.
pub const METRICS: [&str; 46] = [
    "revenue",
    "customers",
    "new_customers",
    "average_order_value",
    "purchase_frequency",
    "revenue_per_customer",
    "repurchase_rate",
    "returning_rate",
    "churn_rate",
    "retention_rate",
    "expected_churn",
    "refund_rate",
    "upsell_ratio",
    "trade_up",
    "interpurchase_time",
    "cohort_retention",
    "concentration",
    "lifetime_value",
    "nps",
    "response_rate",
    "loyalty_index",
    "attachment",
    "engagement",
    "acquisition_cost",
    "payback",
    "clv_to_cac",
    "retention_cost",
    "acquisition_to_retention",
    "enrolment",
    "participation",
    "redeemers",
    "member_sales",
    "member_lift",
    "program_cost_rate",
    "program_return",
    "referral",
    "share_rate",
    "k_factor",
    "points_issued",
    "points_redeemed",
    "points_expired",
    "points_open",
    "redemption_rate",
    "breakage",
    "liability",
    "deferred_revenue",
];

/// Kinds of loyalty, as reports name them.
pub const KINDS: [&str; 6] = [
    "satisfied",
    "price",
    "program",
    "convenience",
    "freebie",
    "advocate",
];

/// What kinds of loyalty are told by, as reports name it.
pub const KIND_FEATURES: [&str; 14] = [
    "purchases",
    "gap_variation",
    "complaint_share",
    "discount_share",
    "price_rise_drop",
    "program_share",
    "program_days",
    "store_share",
    "channel_share",
    "slot_share",
    "extras_per_purchase",
    "recommend",
    "referrals",
    "attachment",
];
