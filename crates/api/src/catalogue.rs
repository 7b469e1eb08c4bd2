//! What the program in force offers, part by part, with how far each has come: what people manage
//! day by day without reading the file.

use crate::amount::Amount;
use crate::coupon::CodeBatchOut;
use crate::membership::MembershipOut;
use crate::overview::BudgetOut;
use crate::receipt::PointsOut;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What each part of an offer has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferOut {
    /// Its id in the program file.
    #[schema(example = "mug")]
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What the program says of it, in words.
    pub says: Vec<String>,
    /// From when on; not there if always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The first moment that no longer counts; not there if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// The rewards of the program in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RewardsOut {
    /// One by one, in the order of the file.
    pub items: Vec<RewardItemOut>,
}

/// A reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RewardItemOut {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub offer: OfferOut,
    /// What a member pays: all of these together. Empty where only a voucher or a plan pays.
    pub price: Vec<PointsOut>,
    /// What one costs the merchant, where the program says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// The currency of that.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Whether it is sent to members.
    pub sent: bool,
    /// Whether each comes with a code of its supplier.
    pub codes: bool,
    /// How many are left; not there where stock is not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
    /// What all members together may have of it, in the period of today.
    #[serde(default)]
    pub limits: Vec<BudgetOut>,
}

/// The coupons of the program in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CampaignsOut {
    /// One by one, in the order of the file.
    pub items: Vec<CampaignOut>,
}

/// A coupon, and the batches of its codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CampaignOut {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub offer: OfferOut,
    /// The one word that everybody uses; not there where each code is its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "WELCOME10")]
    pub word: Option<String>,
    /// How often each code may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<i64>,
    /// Whether a member may hand a code on.
    pub transfer: bool,
    /// How many codes there are.
    pub made: i64,
    /// The batches in which they came, oldest first.
    pub batches: Vec<CodeBatchOut>,
    /// What all members together may use of it, in the period of today.
    #[serde(default)]
    pub limits: Vec<BudgetOut>,
}

/// The plans of the program in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaidPlansOut {
    /// One by one, in the order of the file.
    pub items: Vec<PaidPlanOut>,
}

/// A plan that members pay for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaidPlanOut {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub offer: OfferOut,
    /// What a period costs, tax included.
    pub price: Amount,
    /// The currency of that.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Whether it may be paused.
    pub pause: bool,
}

/// Somebody who is on a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubscriberOut {
    /// Who.
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub member: String,
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub membership: MembershipOut,
}

/// The games of the program in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GamesOut {
    /// Challenges.
    pub challenges: Vec<OfferOut>,
    /// Leaderboards.
    pub leaderboards: Vec<OfferOut>,
    /// Games of chance.
    pub games: Vec<ChanceOut>,
    /// Prize draws.
    pub draws: Vec<DrawOut>,
    /// Causes.
    pub causes: Vec<OfferOut>,
}

/// A game of chance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChanceOut {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub offer: OfferOut,
    /// Its prizes.
    pub prizes: Vec<PrizeOut>,
}

/// A prize of a game.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrizeOut {
    /// Its id within the game.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// How likely it is, as a part of one.
    #[schema(example = "0.05")]
    pub odds: String,
    /// How many there are in all; not there where that is not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<i64>,
    /// How many of these are left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
}

/// A prize draw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrawOut {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub offer: OfferOut,
    /// Whether it is closed: then its winners are told.
    pub closed: bool,
    /// How many win.
    pub winners: i64,
    /// How many are drawn beyond, for winners who do not claim.
    pub alternates: i64,
}
