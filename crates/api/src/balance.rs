//! What a member has, on the wire.

use crate::amount::Amount;
use crate::membership::MembershipOut;
use crate::receipt::PointsOut;
use crate::referral::ReferralOut;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a member has, as of a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceOut {
    /// Whose.
    pub member: String,
    /// As of when.
    pub as_of: String,
    /// One for each kind of points of the program.
    pub points: Vec<PointsBalanceOut>,
    /// Store credit, or what is on a gift card; not there if the program has neither.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub money: Vec<MoneyBalanceOut>,
    /// The tier and the way to the next; not there if the program has no tiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierOut>,
    /// Stamp cards in hand.
    pub cards: Vec<CardOut>,
    /// Free rewards in hand.
    pub vouchers: Vec<VoucherOut>,
    /// Free rewards that lapsed within a year, and can be given again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lapsed: Vec<VoucherOut>,
    /// Free rewards that were given again within a year.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reissued: Vec<ReissuedOut>,
    /// Whether the member is on hold; not there if they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_hold: Option<OnHoldOut>,
    /// The plan that the member pays for; not there if they are on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership: Option<MembershipOut>,
    /// Activities that wait to be approved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<SubmissionOut>,
    /// What the member allowed, or allows no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<ConsentOut>,
    /// Fields of the profile that they have not filled yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profile_left: Vec<String>,
    /// When the gift for their birthday comes next, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday_gift_at: Option<String>,
    /// Where the member stands with referrals; not there if the program has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<ReferralOut>,
    /// Challenges that count now; not there if the program has none. Like all of games.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<ChallengeOut>,
    /// Badges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub badges: Vec<BadgeOut>,
    /// Levels: the highest of each ladder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<LevelOut>,
    /// Plays of games in hand; below zero where one that was used is owed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plays: Vec<CountOut>,
    /// Tickets of draws that are open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<CountOut>,
    /// The group that the member belongs to, and what it has; not there if they belong to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<SharedOut>,
}

/// What a member shares with their group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedOut {
    /// Which: a member of its own.
    pub group: String,
    /// What people call it.
    pub title: String,
    /// Their role in it.
    #[schema(example = "adult")]
    pub role: String,
    /// Since when they belong to it.
    pub since: String,
    /// What the group has, one for each kind of points of the program.
    pub points: Vec<PointsBalanceOut>,
    /// Its store credit, if the program has any: it pays for what the group buys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub money: Vec<MoneyBalanceOut>,
    /// Its free rewards in hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouchers: Vec<VoucherOut>,
}

/// An activity that waits to be approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubmissionOut {
    /// Whose.
    pub member: String,
    /// The source of its event.
    pub source: String,
    /// The id of its event: a `moderation` names it.
    pub id: String,
    /// What it is.
    #[schema(example = "review")]
    pub name: String,
    /// In which store, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Its fields.
    pub fields: BTreeMap<String, serde_json::Value>,
    /// When it happened.
    pub at: String,
    /// When it lapses if nobody looks at it.
    pub lapses_at: String,
}

/// What a member allowed, or allows no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentOut {
    /// To what: the activity's id in the program file.
    #[schema(example = "newsletter")]
    pub purpose: String,
    /// Whether it is allowed now.
    pub given: bool,
    /// Since when.
    pub since: String,
    /// Whether the member has to confirm it by the link in a letter before they are written to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub to_confirm: bool,
}

/// A challenge that counts now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChallengeOut {
    /// Its id in the program file.
    #[schema(example = "tea-in-may")]
    pub challenge: String,
    /// What people call it.
    pub title: String,
    /// Whether the member takes part: `false` for one that asks to be joined, and was not.
    pub joined: bool,
    /// How often it was met.
    pub met: i64,
    /// What is done and what is needed, step by step; of a streak, periods in a row.
    pub steps: Vec<StepOut>,
    /// Missed periods that a streak may still have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freezes: Option<i64>,
    /// Until when it counts, or the streak must go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A step of a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepOut {
    /// What people call it.
    pub title: String,
    /// So much is done.
    pub counted: i64,
    /// So much is needed.
    pub needed: i64,
}

/// A badge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BadgeOut {
    /// Its id in the program file.
    pub badge: String,
    /// What people call it.
    pub title: String,
    /// When it was given.
    pub given_at: String,
}

/// A level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LevelOut {
    /// Its id in the program file.
    pub level: String,
    /// What people call it.
    pub title: String,
    /// When it was reached.
    pub reached_at: String,
    /// At how many points (in their smallest unit) the next one is; not there for the highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<i64>,
}

/// So many of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountOut {
    /// The game or the draw, by its id in the program file.
    pub of: String,
    /// How many.
    pub count: i64,
}

/// What a member has of one kind of points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsBalanceOut {
    /// Which, by their id in the program file.
    #[schema(example = "beans")]
    pub points: String,
    /// What may be spent; below zero while more is owed than there is.
    pub available: Amount,
    /// Not free yet.
    pub pending: Amount,
    /// Set aside for redemptions that are not committed yet.
    pub held: Amount,
    /// Owed: the next points repay it.
    pub debt: Amount,
    /// What lapses, lot by lot, soonest first.
    pub expiring: Vec<ExpiringOut>,
}

/// Money on an account that is kept here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoneyBalanceOut {
    /// `store_credit` or `gift_card`.
    #[schema(example = "store_credit")]
    pub account: String,
    /// Its currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What may be spent.
    #[schema(example = "12.40")]
    pub available: Amount,
    /// Set aside for purchases that are not told yet.
    pub held: Amount,
    /// What lapses, lot by lot, soonest first.
    pub expiring: Vec<ExpiringOut>,
}

/// Points that lapse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExpiringOut {
    /// When.
    pub at: String,
    /// How many.
    pub amount: Amount,
    /// From when on they may be spent; not there if already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_at: Option<String>,
}

/// A member's tier: what holds it, what keeps it, and the way to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierOut {
    /// Its id in the program file.
    #[schema(example = "regular")]
    pub tier: String,
    /// Since when; not there for the lowest, in which everybody starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Until when they are in it for certain; not there if nothing ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The tier that their own figures give, where something holds them above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// What holds them up, the highest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<TierHoldOut>,
    /// What it takes to keep what their own figures gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<TierKeepOut>,
    /// The challenge of a trial that is on: who meets it keeps the tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<TierKeepOut>,
    /// The next tier up; not there in the highest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextTierOut>,
    /// The lowest tier that can be theirs for ever and is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<LifetimeTierOut>,
    /// All of this in words, one sentence each.
    pub words: Vec<String>,
}

/// What holds a member up though their figures do not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierHoldOut {
    /// In which tier.
    pub tier: String,
    /// Why.
    pub why: TierHoldWhy,
    /// The first moment at which it holds no more; not there if it holds for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Why a tier holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TierHoldWhy {
    /// Somebody gave it by hand.
    ByHand,
    /// It is taken over from another program, on trial.
    Trial,
    /// It is theirs for ever.
    Lifetime,
}

/// What it takes to keep a tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierKeepOut {
    /// Which.
    pub tier: String,
    /// The first moment at which it is too late; not there where it is asked at every moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What it takes, and how far that is.
    pub way: WayOut,
}

/// The next tier up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextTierOut {
    /// Which.
    #[schema(example = "family")]
    pub tier: String,
    /// What it takes, and how far that is.
    pub way: WayOut,
    /// Factors on the points that its members earn, as they stand in the program file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earn: Vec<TierFactorOut>,
    /// What is given on reaching it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gifts: Vec<GivesOut>,
    /// Rewards that it opens, by their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewards: Vec<String>,
}

/// A factor on points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierFactorOut {
    /// On which points.
    pub points: String,
    /// The factor.
    #[schema(example = "1.25")]
    pub times: String,
}

/// What a card or a tier gives: a reward, or points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GivesOut {
    /// The id of a reward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reward: Option<String>,
    /// Points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointsOut>,
}

/// The way to a tier for ever: one of the two is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LifetimeTierOut {
    /// Which tier.
    pub tier: String,
    /// What it takes over all time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<WayOut>,
    /// When they have held it so long that it is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<String>,
}

/// So many of some figures and groups, and how far they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WayOut {
    /// How many of the figures and groups are needed: one, some, or all.
    pub need: usize,
    /// Whether enough are met.
    pub met: bool,
    /// Figures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<FigureOut>,
    /// Groups, each of which counts for one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub groups: Vec<WayOut>,
}

/// How far a figure is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FigureOut {
    /// `spend` (money), `orders`, `visits`, `referrals`, or the id of points.
    #[schema(example = "spend")]
    pub metric: String,
    /// Whether points to spend are meant, and not those that were earned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub to_spend: bool,
    /// Within which time, in words.
    #[schema(example = "in a calendar year")]
    pub within: String,
    /// So much is there.
    pub counted: Amount,
    /// So much is needed.
    pub needed: Amount,
    /// So much is missing.
    pub missing: Amount,
    /// The first day that counts; not there if all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2025-01-01")]
    pub from: Option<String>,
    /// The first moment after the time in which it counts; not there if that does not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Where only the last so many days count: what falls out of them next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub falls_out: Option<FallsOutOut>,
}

/// What counts no more from a moment on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FallsOutOut {
    /// When.
    pub at: String,
    /// How much.
    pub amount: Amount,
}

/// A stamp card in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardOut {
    /// Its id in the program file.
    pub card: String,
    /// Stamps on it.
    pub stamps: i64,
    /// Stamps that fill it.
    pub full: i64,
    /// When it is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// What it gives next: at a milestone, or when it is full.
    pub next: CardNextOut,
    /// Its oldest stamps, where only those of the last so many days count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapses: Option<StampsLapseOut>,
    /// Money that is kept for the next stamp, where a stamp is for an amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Amount>,
    /// All of this in words.
    pub words: String,
}

/// What a stamp card gives next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardNextOut {
    /// At how many stamps.
    pub stamps: i64,
    /// What.
    pub gives: GivesOut,
}

/// Stamps that lapse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StampsLapseOut {
    /// When.
    pub at: String,
    /// How many.
    pub stamps: i64,
}

/// A member is on hold: they earn, and neither spend nor send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OnHoldOut {
    /// Since when.
    pub since: String,
    /// Why.
    pub reason: String,
}

/// A free reward that was given again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReissuedOut {
    /// By which event: its id.
    pub id: String,
    /// The reward's id in the program file.
    pub reward: String,
    /// When.
    pub at: String,
    /// Whether it is unused, so that it can be taken back.
    pub in_hand: bool,
}

/// A free reward in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VoucherOut {
    /// The reward's id in the program file.
    pub reward: String,
    /// When it was given.
    pub issued_at: String,
    /// When it is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}
