//! A program: what a merchant wrote, compiled. Immutable, named by the hash of its text.
//!
//! What people write is read by [`compile`](compile::compile), which says all that is wrong with
//! it at once; so what is here is always right, and deciding cannot fail.

mod activity;
mod card;
mod changeover;
mod claim;
pub mod compile;
pub mod condition;
pub mod diagnostic;
pub mod difference;
mod earning;
pub mod file;
mod limit;
mod listeners;
pub mod manual;
mod memory;
mod phrase;
mod points;
mod reader;
mod refund;
mod reward;
pub mod schema;
mod tier;
pub mod words;

pub use activity::{ActivityRule, FieldType};
pub use card::{CardRule, Gives, Milestone, StampFor};
pub use changeover::{ChangeoverPolicy, OldPoints, RemovedTiers};
pub use claim::ClaimPolicy;
pub use earning::{Base, Effect, Exclusion, Formula, Gift, Rule, Selection, Stacking, Trigger};
pub use limit::{Limit, LimitScope, Limited};
pub use listeners::Listeners;
pub use memory::Memory;
pub use points::{CountedFrom, Expiry, MonthEnd, Pending, Points};
pub use refund::{Lapsed, RefundPolicy, SpentPoints, TakeBack};
pub use reward::{Reward, RewardKind};
pub use tier::{Downgrade, Grain, Keep, KeepUntil, Metric, Reach, Threshold, TierRule, Within};

use regulars_base::{Almanac, Currency, Name, Ratio, Span, Zone};

/// The merchant's rules, ready to decide by.
#[derive(Clone, Debug)]
pub struct Program {
    /// SHA-256 of the file's text: the version.
    pub hash: [u8; 32],
    /// What people call it.
    pub name: String,
    /// The currency that the program counts in.
    pub currency: Currency,
    /// Currencies that are taken as well, and what one minor unit of them is worth in minor units
    /// of the program's.
    pub rates: Vec<(Currency, Ratio)>,
    /// The merchant's time zone: days, weeks and months are those of its calendar.
    pub zone: Zone,
    /// The language of the program's own texts: a BCP 47 tag.
    pub locale: String,
    /// What happens when somebody who is no member buys.
    pub unknown: UnknownCustomer,
    /// The kinds of points.
    pub points: Vec<Points>,
    /// The rules, in order of the file.
    pub rules: Vec<Rule>,
    /// The rules, by what they listen to.
    pub listeners: Vec<Listeners>,
    /// Which of several rules on the same event give. Flat gifts always do.
    pub select: Selection,
    /// How several factors on the same points combine.
    pub multiply: Stacking,
    /// The tiers, lowest first. Empty if there are none; the first has no threshold.
    pub tiers: Vec<TierRule>,
    /// How finely progress towards tiers must be kept.
    pub grain: Grain,
    /// Everything that some tier counts.
    pub metrics: Vec<Metric>,
    /// Stamp cards.
    pub cards: Vec<CardRule>,
    /// Rewards.
    pub rewards: Vec<Reward>,
    /// Activities that count, beside `visit`.
    pub activities: Vec<ActivityRule>,
    /// What a refund does.
    pub refund: RefundPolicy,
    /// How long a used redemption is kept, so that it can be returned.
    pub return_window: Span,
    /// What becomes of members when this version takes over.
    pub changeover: ChangeoverPolicy,
    /// What is done about claims of missing points.
    pub claims: ClaimPolicy,
    /// How far back all of this looks.
    pub memory: Memory,
}

/// What happens when somebody who is no member does something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownCustomer {
    /// They become a member.
    #[default]
    Enrol,
    /// It is kept, and counts once they are.
    Hold,
    /// It is refused.
    Refuse,
}

impl Program {
    /// The rules that listen to `trigger`, if there are any.
    pub(crate) fn listeners_to(&self, trigger: Trigger) -> Option<&Listeners> {
        let is = |listeners: &&Listeners| listeners.on == trigger;
        self.listeners.iter().find(is)
    }

    /// The points of this name, and their place.
    pub fn points_named(&self, name: Name) -> Option<&Points> {
        self.points.iter().find(|points| points.name == name)
    }

    /// The place of a tier; 0, the lowest, for a tier that this version does not have.
    pub fn tier_at(&self, name: Option<Name>) -> usize {
        let is = |tier: &TierRule| Some(tier.name) == name;
        self.tiers.iter().position(is).unwrap_or(0)
    }

    /// The reward of this name.
    pub fn reward_named(&self, name: Name) -> Option<&Reward> {
        self.rewards.iter().find(|reward| reward.name == name)
    }

    /// The first day of the stretch of progress that `day` counts into.
    pub fn progress_day(&self, day: &Almanac) -> i32 {
        match self.grain {
            Grain::Day => day.day.number(),
            Grain::Calendar(period) => day.first_day(period).number(),
            Grain::Ever => 0,
        }
    }
}
