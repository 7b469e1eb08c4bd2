//! A program: what a merchant wrote, compiled. Immutable, named by the hash of its text.
//!
//! What people write is read by [`compile`](compile::compile), which says all that is wrong with
//! it at once; so what is here is always right, and deciding cannot fail.

mod activity;
mod attribute;
mod badge;
mod budget;
mod card;
pub mod cards;
mod cause;
mod challenge;
mod changeover;
mod channel;
mod claim;
pub mod compile;
pub mod condition;
mod coupon;
pub mod diagnostic;
mod draw;
mod earning;
mod engagement;
pub mod file;
mod game;
mod gives;
mod group;
mod insight;
mod leaderboard;
mod limit;
mod listeners;
pub mod manual;
mod memory;
mod money;
pub mod partner;
mod phrase;
mod plan;
mod points;
mod portal;
mod reader;
mod referral;
mod refund;
mod reward;
pub mod schema;
mod tally;
mod tier;
mod transfer;
pub mod words;

pub use activity::{
    ActivityRule, Again, FieldCheck, FieldType, Moderation, Once, TooOften, Withdrawal,
};
pub use attribute::AttributeRule;
pub use badge::{BadgeRule, LevelRule};
pub use budget::{Budget, budgets};
pub use card::{CardRule, Milestone, StampFor};
pub use cause::CauseRule;
pub use challenge::{ChallengeRule, EffortOfLeaver, Step, Streak, TeamRefund, TeamRule};
pub use changeover::{ChangeoverPolicy, OldPoints, RemovedTiers};
pub use channel::{AwardRule, Recipient, SellThroughPolicy};
pub use claim::ClaimPolicy;
pub use coupon::{Combine, CouponCodes, CouponRule, PercentOf};
pub use draw::DrawRule;
pub use earning::{Base, Effect, Exclusion, Formula, Gift, Rule, Selection, Stacking, Trigger};
pub use engagement::{BIRTHDAY_APART_DAYS, BirthdayChange, BirthdayRule, Profile};
pub use game::{GameRule, Prize};
pub use gives::Gives;
pub use group::{GroupKind, GroupRoleRule, GroupRule, HeadLeaves, OnLeaving};
pub use insight::{
    AlertRule, Answered, InsightRules, KIND_FEATURES, KINDS, KindBound, KindRule, METRICS,
    ReportRule,
};
pub use leaderboard::{BoardRule, Counts, PlacePrize};
pub use limit::{Limit, LimitScope, Limited};
pub use listeners::Listeners;
pub use memory::Memory;
pub use money::{CreditRule, GiftCardRule, MoneyAccount, MoneyRules};
pub use partner::{Breakage, Coalition, Consumption, Foreign, Funding, Partner, Payer};
pub use plan::{PauseRule, PlanRule};
pub use points::{CountedFrom, Expiry, MonthEnd, Pending, Points};
pub use portal::{Colour, Faq, Portal, Terms};
pub use referral::{OnDoubt, ReferralRule, ReferralStep};
pub use refund::{Lapsed, RefundPolicy, SpentPoints, TakeBack, TierUndo};
pub use reward::{Automatic, ByItself, Menu, Opens, PointsPayment, PriceFor, Reward, RewardKind};
pub use tally::{GameRules, Tally, Towards};
pub use tier::{
    Downgrade, Grain, Keep, KeepUntil, Lifetime, MatchRule, Metric, Reach, Threshold, TierGift,
    TierRule, Within,
};
pub use transfer::{Sendable, TransferRule};

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
    /// Programs of others whose tiers are taken over.
    pub matches: Vec<MatchRule>,
    /// Stamp cards.
    pub cards: Vec<CardRule>,
    /// Campaigns of coupons.
    pub coupons: Vec<CouponRule>,
    /// How several discounts on one basket combine.
    pub combine: Combine,
    /// Rewards.
    pub rewards: Vec<Reward>,
    /// Which of them are redeemed by themselves.
    pub automatic: ByItself,
    /// Plans that members pay for.
    pub plans: Vec<PlanRule>,
    /// Challenges, badges, levels, leaderboards, games, draws and causes.
    pub games: GameRules,
    /// Activities that count, beside `visit`.
    pub activities: Vec<ActivityRule>,
    /// What sorts of members there are.
    pub attributes: Vec<AttributeRule>,
    /// Fields of a member's profile that count.
    pub profile: Profile,
    /// What it makes of birthdays; nothing if it keeps none.
    pub birthday: Option<BirthdayRule>,
    /// What members get for sending friends.
    pub referral: Option<Box<ReferralRule>>,
    /// What members may send to one another.
    pub transfer: Option<Box<TransferRule>>,
    /// Partners who share the points. Empty for most programs.
    pub partners: Vec<Partner>,
    /// What the partners have agreed on.
    pub coalition: Coalition,
    /// What a refund does.
    pub refund: RefundPolicy,
    /// How long a used redemption is kept, so that it can be returned.
    pub return_window: Span,
    /// What becomes of members when this version takes over.
    pub changeover: ChangeoverPolicy,
    /// What is done about claims of missing points.
    pub claims: ClaimPolicy,
    /// What is done about reports of what was sold on; nothing if none are taken.
    pub sell_through: Option<SellThroughPolicy>,
    /// Store credit and gift cards, if there are any.
    pub money: MoneyRules,
    /// Sorts of groups that members may form.
    pub groups: Vec<GroupRule>,
    /// What members see; nothing if there are no pages for them.
    pub portal: Option<Box<Portal>>,
    /// What figures about customers are made from.
    pub insight: InsightRules,
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

    /// Whether some rule listens to this.
    pub(crate) fn listens_to(&self, trigger: Trigger) -> bool {
        self.listeners_to(trigger).is_some()
    }

    /// The activity of this name, if the program declares it.
    pub fn activity(&self, id: &str) -> Option<&ActivityRule> {
        self.activities.iter().find(|known| known.id == id)
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

    /// The plan of this name.
    pub fn plan_named(&self, name: Name) -> Option<&PlanRule> {
        self.plans.iter().find(|plan| plan.name == name)
    }

    /// The sort of group of this name.
    pub fn group_named(&self, name: Name) -> Option<&GroupRule> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// The coupon of this name.
    pub fn coupon_named(&self, name: Name) -> Option<&CouponRule> {
        self.coupons.iter().find(|coupon| coupon.name == name)
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
