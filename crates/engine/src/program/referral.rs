//! Referrals: what members get for sending friends.

use super::condition::Condition;
use super::{Gives, Limit};
use regulars_base::Span;

/// What members get for sending friends, and what the friends get.
#[derive(Clone, Debug)]
pub struct ReferralRule {
    /// What a member's code is written behind; nothing if there are codes alone.
    pub link: Option<String>,
    /// How long after a click a friend may join by it.
    pub within: Span,
    /// Of several links that a friend followed, whether the first counts; the last otherwise.
    pub first_click: bool,
    /// How long after joining a purchase may count; for ever, if not said.
    pub buy_within: Option<Span>,
    /// The least that a purchase must come to, in minor units.
    pub least: i64,
    /// Which purchases count.
    pub when: Option<Condition>,
    /// What the friend gets for joining.
    pub welcome: Option<Gives>,
    /// What purchases give, by their number.
    pub steps: Vec<ReferralStep>,
    /// How long what the referrer gets is held back.
    pub held_for: Option<Span>,
    /// How often a referrer is given something.
    pub limits: Vec<Limit>,
    /// After what time a reward that was given is void.
    pub voucher_expires: Option<Span>,
    /// What happens where the friend was a customer before.
    pub known_customer: OnDoubt,
    /// What happens where both have the same device, address or card.
    pub same_fingerprint: OnDoubt,
    /// What happens where members send one another in a ring.
    pub ring: OnDoubt,
}

/// What the so manieth purchase of a friend gives.
#[derive(Clone, Debug)]
pub struct ReferralStep {
    /// Which purchase of those that count: the first is 1.
    pub purchase: i64,
    /// What the friend gets.
    pub friend: Option<Gives>,
    /// What the referrer gets, at tiers that are not named on their own.
    pub referrer: Option<Gives>,
    /// What the referrer gets at these tiers, by their places.
    pub by_tier: Vec<(u16, Gives)>,
}

/// What happens where a referral is doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnDoubt {
    /// It counts all the same.
    Allow,
    /// Somebody must look at it first.
    Review,
    /// It does not count.
    Refuse,
}

impl ReferralStep {
    /// What a referrer gets whose tier is at this place.
    pub fn for_referrer(&self, tier: usize) -> Option<&Gives> {
        let own = |(place, _): &&(u16, Gives)| usize::from(*place) == tier;
        let own = self.by_tier.iter().find(own).map(|(_, gives)| gives);
        own.or(self.referrer.as_ref())
    }

    /// All that it may give: to the friend, and to referrers.
    pub fn gives(&self) -> impl Iterator<Item = &Gives> {
        let by_tier = self.by_tier.iter().map(|(_, gives)| gives);
        self.friend.iter().chain(&self.referrer).chain(by_tier)
    }

    /// Whether it gives referrers anything.
    pub fn rewards_referrers(&self) -> bool {
        self.referrer.is_some() || !self.by_tier.is_empty()
    }
}

impl ReferralRule {
    /// The step of this purchase.
    pub fn step(&self, purchase: i64) -> Option<&ReferralStep> {
        self.steps.iter().find(|step| step.purchase == purchase)
    }

    /// The number of the last purchase that gives something.
    pub fn last_step(&self) -> i64 {
        self.steps.last().map_or(0, |step| step.purchase)
    }
}
