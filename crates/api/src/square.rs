//! The shapes of Square's Loyalty API, as far as there is something of ours to put into them: what a till
//! or a script that was written for it reads. Snake case, ids as texts, moments as RFC 3339, whole points.

use serde::Serialize;

/// An amount.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Money {
    /// In minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

/// The program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Program {
    /// The merchant's id; `main` leads here, too.
    pub id: String,
    /// `ACTIVE`.
    pub status: &'static str,
    /// What points buy, the cheapest first. Always there.
    pub reward_tiers: Vec<RewardTier>,
    /// When points lapse, if each lot does so long after it was earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_policy: Option<ExpirationPolicy>,
    /// What points are called.
    pub terminology: Terminology,
    /// Stores are not listed: the list is empty. Always there.
    pub location_ids: Vec<String>,
    /// When its first version was applied.
    pub created_at: String,
    /// When the one in force was.
    pub updated_at: String,
    /// How members earn. Always there.
    pub accrual_rules: Vec<AccrualRule>,
}

/// A reward for points.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RewardTier {
    /// The reward's id in the program file.
    pub id: String,
    /// What it takes.
    pub points: i64,
    /// What people call it.
    pub name: String,
    /// When the version that offers it was applied.
    pub created_at: String,
    /// Which version says so.
    pub pricing_rule_reference: CatalogReference,
}

/// A thing of a catalogue, in one of its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CatalogReference {
    /// The thing.
    pub object_id: String,
    /// The version of the program.
    pub catalog_version: i64,
}

/// When points lapse.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExpirationPolicy {
    /// So long after they were earned: ISO 8601.
    pub expiration_duration: String,
}

/// What points are called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Terminology {
    /// One.
    pub one: String,
    /// Many.
    pub other: String,
}

/// A way to earn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AccrualRule {
    /// `SPEND` or `VISIT`.
    pub accrual_type: &'static str,
    /// How many.
    pub points: i64,
    /// For a purchase as such.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_data: Option<VisitData>,
    /// For so much spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend_data: Option<SpendData>,
}

/// What counts as a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VisitData {
    /// `AFTER_TAX` or `BEFORE_TAX`.
    pub tax_mode: &'static str,
}

/// What counts as spent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpendData {
    /// So much.
    pub amount_money: Money,
    /// `AFTER_TAX` or `BEFORE_TAX`.
    pub tax_mode: &'static str,
}

/// A member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The member's id.
    pub id: String,
    /// The merchant's id.
    pub program_id: String,
    /// What may be spent; below zero while more is owed.
    pub balance: i64,
    /// What ever came in by earning and by hand.
    pub lifetime_points: i64,
    /// The identity of the kind `customer`, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// Since when a member.
    pub enrolled_at: String,
    /// Since when known.
    pub created_at: String,
    /// When something last happened.
    pub updated_at: String,
    /// The telephone, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    /// What lapses, and when.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expiring_point_deadlines: Vec<Deadline>,
}

/// By what a member is recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mapping {
    /// The identity as paths of ours name it.
    pub id: String,
    /// Since when the member is known.
    pub created_at: String,
    /// E.164.
    pub phone_number: String,
}

/// Points that lapse.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// How many.
    pub points: i64,
    /// When.
    pub expires_at: String,
}

/// A reward that a member asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reward {
    /// Its id.
    pub id: String,
    /// `ISSUED`, `REDEEMED` or `DELETED`.
    pub status: &'static str,
    /// Whose.
    pub loyalty_account_id: String,
    /// Which reward.
    pub reward_tier_id: String,
    /// What it took.
    pub points: i64,
    /// For which order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// When it was asked for.
    pub created_at: String,
    /// When it last moved.
    pub updated_at: String,
    /// When it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeemed_at: Option<String>,
}

/// Something that moved points, or a reward.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// `ACCUMULATE_POINTS` and so on.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When it was written down.
    pub created_at: String,
    /// Points came in by buying.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accumulate_points: Option<Accumulated>,
    /// A reward was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_reward: Option<RewardMoved>,
    /// It was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeem_reward: Option<RewardMoved>,
    /// It was given back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_reward: Option<RewardMoved>,
    /// Points by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjust_points: Option<Adjusted>,
    /// Whose.
    pub loyalty_account_id: String,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<String>,
    /// `LOYALTY_API`.
    pub source: &'static str,
    /// Points lapsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_points: Option<PointsOf>,
    /// Points moved by something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_event: Option<PointsOf>,
    /// Points came in by a promotion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accumulate_promotion_points: Option<Promoted>,
}

/// Points that came in by buying.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Accumulated {
    /// The program.
    pub loyalty_program_id: String,
    /// How many.
    pub points: i64,
    /// For which order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
}

/// What happened to a reward.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RewardMoved {
    /// The program.
    pub loyalty_program_id: String,
    /// Which.
    pub reward_id: String,
    /// By how much the balance moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// For which order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
}

/// Points by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Adjusted {
    /// The program.
    pub loyalty_program_id: String,
    /// How many; below zero if taken.
    pub points: i64,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Points that moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PointsOf {
    /// The program.
    pub loyalty_program_id: String,
    /// How many.
    pub points: i64,
}

/// Points by a promotion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Promoted {
    /// The program.
    pub loyalty_program_id: String,
    /// Which.
    pub loyalty_promotion_id: String,
    /// How many.
    pub points: i64,
    /// For which order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
}

/// A promotion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Promotion {
    /// The rule's id in the program file.
    pub id: String,
    /// The same.
    pub name: String,
    /// What it gives.
    pub incentive: Incentive,
    /// When.
    pub available_time: AvailableTime,
    /// How often, if that is bounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_limit: Option<TriggerLimit>,
    /// `ACTIVE`, `SCHEDULED` or `ENDED`.
    pub status: &'static str,
    /// When the version that has it was applied.
    pub created_at: String,
    /// The same.
    pub updated_at: String,
    /// The program.
    pub loyalty_program_id: String,
}

/// What a promotion gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Incentive {
    /// `POINTS_MULTIPLIER` or `POINTS_ADDITION`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Times so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_multiplier_data: Option<Multiplier>,
    /// So many more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_addition_data: Option<Addition>,
}

/// Times so many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Multiplier {
    /// As a whole number, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_multiplier: Option<i64>,
    /// With three decimals.
    pub multiplier: String,
}

/// So many more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Addition {
    /// How many.
    pub points_addition: i64,
}

/// When a promotion counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AvailableTime {
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<String>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date: Option<String>,
    /// The times of day, as iCalendar says it. Always there.
    pub time_periods: Vec<String>,
}

/// How often a promotion counts for one member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TriggerLimit {
    /// So often.
    pub times: i64,
    /// `ALL_TIME` or `DAY`.
    pub interval: &'static str,
}

/// What went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ErrorOut {
    /// Of what sort.
    pub category: &'static str,
    /// For programs.
    pub code: String,
    /// For people.
    pub detail: String,
    /// Which field, if one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}
