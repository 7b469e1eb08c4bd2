//! What is known of a wallet's tier beside the tier itself: what holds it up though its figures do
//! not, what a refund may undo, and what it was given for.

use super::Tier;
use regulars_base::{Name, Timestamp};
use serde::{Deserialize, Serialize};

/// What is known of a wallet's tier beside the tier itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierStanding {
    /// The tier that the member's own figures give, where a floor holds a higher one.
    pub own: Option<Tier>,
    /// What the tier does not fall below, each until its end.
    pub floors: Vec<Floor>,
    /// How the member came into their own tier, step by step, while a refund may undo it.
    pub rises: Vec<Rise>,
    /// Since when tiers are held that are kept for ever after so long.
    pub held: Vec<TierHeld>,
    /// Tiers whose gift the member has had, and gets not again by the next rise.
    pub gifted: Vec<Name>,
    /// The tier that was taken over from another program.
    pub matched: Option<Matched>,
}

impl TierStanding {
    /// Nothing is known: so it is for most members, and a wallet keeps nothing then.
    pub const NOTHING: Self = Self {
        own: None,
        floors: Vec::new(),
        rises: Vec::new(),
        held: Vec::new(),
        gifted: Vec::new(),
        matched: None,
    };
}

/// A tier below which a member does not fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// Which tier.
    pub tier: Name,
    /// Since when.
    pub since: Timestamp,
    /// The first moment at which it holds no more; [`Timestamp::LAST`] if for ever.
    pub until: Timestamp,
    /// Why.
    pub kind: FloorKind,
}

/// Why a member does not fall below a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FloorKind {
    /// Somebody gave it by hand.
    ByHand,
    /// It is taken over from another program, on trial.
    Trial,
    /// It is theirs for ever, by their figures.
    Lifetime,
    /// It is theirs for ever, as they held it so long.
    LifetimeHeld,
}

/// One step up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rise {
    /// Into which tier.
    pub tier: Name,
    /// When.
    pub at: Timestamp,
    /// The tier as it was before.
    pub before: Tier,
}

/// Since when a tier, or one above it, is held without a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierHeld {
    /// Which tier.
    pub tier: Name,
    /// Since when.
    pub since: Timestamp,
}

/// A tier that was taken over from another program: once ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// From which.
    pub program: Name,
    /// Which tier of ours.
    pub tier: Name,
    /// When the trial began.
    pub at: Timestamp,
    /// Whether the trial is still on.
    pub on_trial: bool,
}
