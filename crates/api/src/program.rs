//! Program versions on the wire.

use crate::amount::Amount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a check of a program file found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckOut {
    /// Whether it can be applied.
    pub ok: bool,
    /// What people call the program, if it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// SHA-256 of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// All that is wrong or doubtful, in order of the file.
    pub findings: Vec<FindingOut>,
    /// What the program says, part by part, if nothing is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartOut>,
}

/// A part of a program in words: a rule, a tier, a kind of points ...
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartOut {
    /// What sort of part; empty for the program as a whole.
    #[schema(example = "rule")]
    pub kind: String,
    /// Its id; empty for what there is only one of.
    #[schema(example = "spend")]
    pub id: String,
    /// What it does, one thing a line.
    #[schema(example = json!(["gives 1 bean per 1.00 EUR"]))]
    pub says: Vec<String>,
}

/// Something that is wrong with a program file, or doubtful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingOut {
    /// Wrong (`true`), or only doubtful.
    pub error: bool,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    #[schema(example = "unknown field `categroy`")]
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "did you mean `category`?")]
    pub hint: Option<String>,
}

/// What a program file would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanOut {
    /// The version in force that it is compared with, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<i64>,
    /// The differences in words, rule by rule; empty if there is none.
    pub differences: Vec<String>,
    /// The effect on the last purchases, each decided afresh by both versions.
    pub effect: EffectOut,
    /// What becomes of all members at the moment when it takes over, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<MembersPlanOut>,
    /// What the file would have come to over real orders, as it was worked out last: over the shop's own log,
    /// and over a file of orders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<PlanFiguresOut>,
}

/// What a file would have come to over real orders, beside the version in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanFiguresOut {
    /// The version that it is compared with.
    pub against: i64,
    /// When it was worked out.
    pub at: String,
    /// Over which orders.
    pub over: String,
    /// Whether that is the shop's own log; a file of orders, if not.
    pub of_log: bool,
    /// Uses of rewards that were refused under the version in force: the points for them were not there, or
    /// there is no such reward.
    pub rewards_refused_before: u64,
    /// The same under the file.
    pub rewards_refused_after: u64,
    /// What moved points in the log and is in no figure here.
    pub left_out: Vec<LeftOutOut>,
    /// Purchases, refunds and whatever else was decided.
    pub events: u64,
    /// Members.
    pub members: u64,
    /// By kind of points, over the whole time.
    pub points: Vec<PlanPointsOut>,
    /// Who goes from which tier to which.
    pub tiers: Vec<TierMovesOut>,
    /// Members who earn more of some points and less of none.
    pub more: u64,
    /// Members who earn less of some points and more of none.
    pub less: u64,
    /// Members who earn more of some points and less of others.
    pub mixed: u64,
    /// Members whom it does not concern.
    pub same: u64,
    /// Members with the largest differences, the largest first.
    pub movers: Vec<PlanMoverOut>,
}

/// A sort of events that is not decided afresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftOutOut {
    /// What.
    #[schema(example = "transfers of points")]
    pub what: String,
    /// How many events.
    pub events: u64,
}

/// What a kind of points comes to under the version in force, and under the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanPointsOut {
    /// Which.
    pub points: String,
    /// Given, less what refunds took back.
    pub issued: PlanPairOut,
    /// Used for rewards, less what was given back.
    pub redeemed: PlanPairOut,
    /// Lapsed.
    pub expired: PlanPairOut,
    /// Held at the end.
    pub outstanding: PlanPairOut,
    /// What was given is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<PlanPairOut>,
    /// What is held at the end is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liability: Option<PlanPairOut>,
}

/// A figure under the version in force, and under the file: points, or money with its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanPairOut {
    /// Under the version in force.
    pub before: String,
    /// Under the file.
    pub after: String,
}

/// A member who earns something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanMoverOut {
    /// The member's id, or the customer as the file of orders names them.
    pub customer: String,
    /// Which points.
    pub points: String,
    /// Under the version in force.
    pub before: String,
    /// Under the file.
    pub after: String,
}

/// What becomes of all members at the moment when a file takes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MembersPlanOut {
    /// When it takes over.
    pub at: String,
    /// How many members there are.
    pub members: u64,
    /// Of how many something changes.
    pub moved: u64,
    /// Who goes from which tier to which.
    pub tiers: Vec<TierMovesOut>,
    /// How many stay in their tier, with another end of it.
    pub tier_ends: u64,
    /// How many hold a stamp card that is gone, or that takes another number of stamps.
    pub cards: u64,
    /// How many hold a voucher for a reward that is gone.
    pub vouchers: u64,
    /// What becomes of points, kind by kind.
    pub points: Vec<PointsPlanOut>,
}

/// So many members go from one tier to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierMovesOut {
    /// From.
    pub from: String,
    /// To.
    pub to: String,
    /// How many.
    pub members: u64,
}

/// What becomes of one kind of points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsPlanOut {
    /// Which.
    pub points: String,
    /// How many would lapse sooner than they do today.
    pub sooner: Amount,
    /// How many would lapse later.
    pub later: Amount,
    /// How many would lapse at that very moment.
    pub at_once: Amount,
    /// What members hold, and what it is worth.
    pub held: BothOut,
    /// The same a year later, if nobody bought anything.
    pub held_in_a_year: BothOut,
}

/// A figure by the version in force and by the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BothOut {
    /// Points, by the version in force.
    pub before: Amount,
    /// Points, by the file.
    pub after: Amount,
    /// What the former are worth, if the version says what a point is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liability_before: Option<Amount>,
    /// What the latter are worth, if the file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liability_after: Option<Amount>,
}

/// A member of whom something changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoverOut {
    /// Who.
    pub member: String,
    /// By the version in force.
    pub before: MemberAtOut,
    /// By the file.
    pub after: MemberAtOut,
    /// Whether a stamp card of theirs changes.
    pub cards: bool,
    /// Whether a voucher of theirs is for a reward that is gone.
    pub vouchers: bool,
}

/// What a member has at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberAtOut {
    /// Their tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// When it is looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier_until: Option<String>,
    /// When points of theirs lapse next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_expiry: Option<String>,
    /// What they hold.
    pub held: Vec<HeldOut>,
}

/// So many points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldOut {
    /// Which.
    pub points: String,
    /// How many.
    pub amount: Amount,
}

/// An earlier version decides again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RolledBackOut {
    /// The new version.
    #[serde(flatten)]
    pub version: VersionOut,
    /// The version whose file it is.
    pub to: i64,
    /// Since when the version that it replaces had decided.
    pub since: String,
    /// What cannot be undone: points that were spent or lapsed since then.
    pub lost: Vec<LostOut>,
}

/// Points that are gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LostOut {
    /// Which.
    pub points: String,
    /// How many were spent.
    pub spent: Amount,
    /// How many lapsed.
    pub lapsed: Amount,
}

/// The effect of a program file on recorded purchases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EffectOut {
    /// How many purchases were looked at.
    pub purchases: u64,
    /// How many would give something else.
    pub changed: u64,
    /// Points given for them, before and after.
    pub points: Vec<EffectPointsOut>,
    /// How many members would get more.
    pub members_better: u64,
    /// How many members would get less.
    pub members_worse: u64,
}

/// Points given for the purchases that were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EffectPointsOut {
    /// Which.
    pub points: String,
    /// By the version in force.
    pub before: Amount,
    /// By the file.
    pub after: Amount,
}

/// A program version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionOut {
    /// Its number, from 1.
    pub version: i64,
    /// SHA-256 of its text.
    pub hash: String,
    /// What people call the program.
    pub name: String,
    /// From when on it decides, by the time of the event.
    pub in_force_from: String,
    /// When it was applied.
    pub applied_at: String,
    /// Who applied it.
    pub by: String,
    /// Why.
    pub note: String,
}

/// All versions, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionsOut {
    /// One by one.
    pub items: Vec<VersionOut>,
}
