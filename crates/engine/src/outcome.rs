//! What an event came to: a verdict, the changes that make it so, and why.

use crate::event::{Event, Refund};
use crate::state::{
    CardGift, DatedStamps, OrderKey, Purchased, Redemption, SharedKey, StampTime, Tier, Voucher,
};
use regulars_base::{EventKey, MemberId, Name, Text, Timestamp};
use regulars_ledger::{Dates, Posting};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What an event came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Yes or no.
    pub verdict: Verdict,
    /// What moves, in order. A refusal may have some too: what was due before the event is done.
    pub changes: Vec<Change>,
    /// Why, rule by rule, in order.
    pub trace: Vec<Note>,
    /// Events that follow from this one. The shell ingests them next: for another member (a merge)
    /// in the same commit, for the same wallet (what was kept until the enrolment) as soon as it
    /// can; should it stop in between, the next event or tick of the wallet says them again.
    pub follow_ups: Vec<FollowUp>,
}

/// An event that follows from another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Whose: another member's, or the same wallet's.
    pub member: Option<MemberId>,
    /// What, with a key of its own.
    pub event: Event,
}

/// Yes or no. A refusal is a fact and is recorded like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It counts.
    #[default]
    Accepted,
    /// It does not, and this is why.
    Refused(Refusal),
}

/// What of an order is measured. A stored format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measure {
    /// Money, in minor units of the program's currency.
    Amount,
    /// Pieces, in thousandths.
    Quantity,
}

/// Why an event does not count. In order of precedence: of several reasons the first is named.
/// A stored format: variants are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The customer is no member, and the program refuses those.
    NotEnrolled,
    /// The customer is a member already.
    AlreadyEnrolled,
    /// The order's number was used by another purchase of the same source.
    OrderExists,
    /// The order's currency is not the program's, and the program declares no rate for it.
    CurrencyNotAccepted,
    /// More would come back than was bought.
    RefundTooLarge {
        /// What had not come back yet.
        left: i64,
        /// What should.
        asked: i64,
        /// What these two are.
        of: Measure,
    },
    /// The refund names a line that the order does not have.
    UnknownLine {
        /// The line's id.
        line: Text,
    },
    /// The program has no such points.
    UnknownPoints,
    /// The program has no such activity.
    UnknownActivity,
    /// The program has no such reward.
    UnknownReward,
    /// The reward is not offered yet.
    RewardNotYetOffered,
    /// The reward is not offered any more.
    RewardEnded,
    /// The reward is for members of a higher tier.
    TierTooLow,
    /// The reward is only for members who hold a voucher for it.
    VoucherNeeded,
    /// The member has used up the reward's limit.
    LimitReached,
    /// There is none left.
    OutOfStock,
    /// The member has too few points.
    InsufficientPoints {
        /// Which points.
        points: Name,
        /// How many are available.
        available: i64,
        /// How many it takes.
        price: i64,
    },
    /// A redemption with this id was made before.
    RedemptionExists,
    /// There is no such redemption, or it was given back.
    UnknownRedemption,
    /// The redemption was used already.
    RedemptionUsed,
    /// The member has open redemptions: they are committed or cancelled before a merge.
    OpenRedemptions,
    /// A member cannot be merged into themselves.
    SameMember,
}

/// One thing that moves. `State::apply` is the only way a state changes.
/// A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// The wallet's clock goes forward.
    ClockMoved(Timestamp),
    /// The member did something that counts as activity.
    WasActive(Timestamp),
    /// The customer is a member from then on.
    Enrolled(Timestamp),
    /// Points move.
    Posted(Posting),
    /// Points that were pending are free.
    Released {
        /// Which points.
        points: Name,
        /// All that were free by then.
        until: Timestamp,
    },
    /// A member's limit is used up by so much more (or less, below zero).
    Counted {
        /// The limit.
        limit: Name,
        /// The period.
        period: i32,
        /// By how much.
        by: i64,
    },
    /// Progress towards tiers.
    Progressed {
        /// The metric.
        metric: Name,
        /// The first day of the stretch that it counts into.
        day: i32,
        /// By how much; below zero when something came back.
        by: i64,
    },
    /// Counters and progress that no rule can ask for any more are dropped.
    Forgot {
        /// Progress of stretches that began before this day number.
        before_day: i32,
        /// Limits of periods that are over, sorted.
        limits: Vec<(Name, i32)>,
    },
    /// The tier is another one, or is kept for longer.
    TierSet(Tier),
    /// Stamps on a card (or off it, below zero).
    Stamped {
        /// The card.
        card: Name,
        /// How many.
        by: i64,
        /// When.
        at: Timestamp,
        /// When the card is void, if this is its first stamp.
        expires_at: Timestamp,
    },
    /// A card is over: full, or too old.
    CardEnded {
        /// The card.
        card: Name,
    },
    /// A free reward is put into the member's hand.
    VoucherIssued(Voucher),
    /// A free reward leaves the member's hand: used, void, or taken back.
    VoucherGone(Voucher),
    /// A reward is set aside, or used at once.
    RedemptionMade(Box<Redemption>),
    /// A reward that was set aside is used.
    RedemptionCommitted {
        /// Its id.
        id: Text,
        /// When.
        at: Timestamp,
        /// For which order.
        order: Option<Box<OrderKey>>,
    },
    /// Points that had paid for a redemption came back, because the order did.
    RedemptionReturned {
        /// Its id.
        id: Text,
        /// The place of the lot among those that paid.
        spent: u16,
        /// How many points.
        by: i64,
    },
    /// A redemption is over: given back, or used so long ago that it is no longer kept.
    RedemptionGone {
        /// Its id.
        id: Text,
    },
    /// A shared figure is drawn on (or given back to, below zero).
    Drawn {
        /// Which.
        key: SharedKey,
        /// By how much.
        by: i64,
    },
    /// A customer who is not a member yet did something that is kept for the enrolment.
    Kept(Box<Event>),
    /// What was kept is dealt with now.
    KeptTaken(Box<EventKey>),
    /// The order is known from now on.
    OrderPlaced(Arc<Purchased>),
    /// A refund came before its purchase.
    RefundAwaits(Timestamp, Box<Refund>),
    /// The refunds that came before the purchase have been dealt with.
    RefundsTaken,
    /// A line of the order came back, by so much more.
    LineRefunded {
        /// Its place.
        line: u16,
        /// How much money, in minor units.
        amount: i64,
        /// How many, in thousandths.
        quantity: i64,
    },
    /// Of what a rule gave for the order, so much more was taken back.
    GrantTaken {
        /// Its place among the order's grants.
        grant: u16,
        /// How many points.
        by: i64,
    },
    /// Of the stamps for the order, so many more were taken back.
    StampsTaken {
        /// Its place among the order's stamps.
        grant: u16,
        /// How many.
        by: i64,
    },
    /// The order no longer counts towards tiers: all of it came back.
    OrderUncounted,
    /// Of the stamps of a card that lapse at one moment, so many more (or fewer, below zero) are on
    /// the card, and were given in.
    StampsDated(DatedStamps),
    /// A card whose stamps are apart was stamped.
    StampTimed(StampTime),
    /// The card has given what its milestones give up to this one, and not beyond.
    MilestonesReached {
        /// The card.
        card: Name,
        /// The milestone, in stamps; 0 if none.
        reached: i64,
    },
    /// A card gave points: where they went is remembered, in case a refund takes them back.
    CardGave(Box<CardGift>),
    /// Points that a card gave were taken back, or are too old to be.
    CardGiftGone(Box<CardGift>),
    /// A lot of points has other terms from now on. Moves no points.
    Redated {
        /// Which points.
        points: Name,
        /// The terms that it had.
        from: Dates,
        /// The terms that it has.
        to: Dates,
    },
}

/// Why a rule gave, or did not; what fell due; what came back. Ids and integers only: the words
/// are made when somebody asks. Rules are named by their place in the program's version.
/// A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Note {
    /// A rule gave points.
    Gave {
        /// The rule's place in the program.
        rule: u16,
        /// Which points.
        points: Name,
        /// What the rule counted, in minor units, items (thousandths) or lines.
        basis: i64,
        /// How many before limits.
        before: i64,
        /// How many after limits.
        given: i64,
    },
    /// A rule gave nothing.
    Missed {
        /// The rule's place in the program.
        rule: u16,
        /// Why.
        why: Miss,
    },
    /// The tier's own factor gave points on top.
    TierGave {
        /// The tier.
        tier: Name,
        /// Which points.
        points: Name,
        /// How many.
        given: i64,
    },
    /// Points became free.
    Released {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Points lapsed.
    Expired {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
        /// When.
        at: Timestamp,
    },
    /// A refund took back what a rule had given.
    TookBack {
        /// The rule, by name: it may be of an older version.
        rule: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Part of it was no longer there.
    TookBackShort {
        /// Which points.
        points: Name,
        /// How many were missing: owed now, or borne by the program.
        amount: i64,
        /// Whether they are owed.
        owed: bool,
    },
    /// Points that had paid for what came back were given back.
    GaveBack {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// The tier changed, or was kept.
    TierMoved {
        /// From.
        from: Option<Name>,
        /// To.
        to: Option<Name>,
        /// When.
        at: Timestamp,
    },
    /// Stamps on a card.
    Stamped {
        /// Its place in the program.
        card: u16,
        /// How many were put on (or taken off, below zero).
        by: i64,
        /// How many are on it now.
        stamps: i64,
    },
    /// A card gave no stamp.
    NotStamped {
        /// Its place in the program.
        card: u16,
        /// Why.
        why: Miss,
    },
    /// A card was full and gave its reward.
    CardFull {
        /// The card.
        card: Name,
        /// The reward.
        reward: Name,
    },
    /// A card became too old.
    CardExpired {
        /// The card.
        card: Name,
        /// With so many stamps on it.
        stamps: i64,
    },
    /// A reward was paid.
    Paid {
        /// The reward.
        reward: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A reward was paid with a voucher.
    PaidByVoucher {
        /// The reward.
        reward: Name,
    },
    /// The event is kept until the customer is a member.
    Kept,
    /// The refund is kept until its purchase arrives.
    RefundKept,
    /// Points were given or taken by hand.
    Adjusted {
        /// Which points.
        points: Name,
        /// How many; below zero if taken.
        amount: i64,
    },
    /// The customer became a member.
    Enrolled,
    /// Points that came in repaid what the wallet owed.
    Repaid {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A held redemption was given back because its time was over.
    HoldExpired {
        /// The reward.
        reward: Name,
    },
    /// A voucher became void.
    VoucherExpired {
        /// The reward.
        reward: Name,
    },
    /// Points left for the wallet of the member into whom this one was merged.
    MergedOut {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Points came in from a member who was merged into this one.
    MergedIn {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A card reached a milestone, which gave a reward.
    Milestone {
        /// The card.
        card: Name,
        /// At how many stamps.
        stamps: i64,
        /// The reward.
        reward: Name,
    },
    /// A card gave points, at a milestone or when it was full.
    CardGave {
        /// The card.
        card: Name,
        /// At how many stamps.
        stamps: i64,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Stamps fell out of the window of their card.
    StampsLapsed {
        /// The card.
        card: Name,
        /// How many.
        by: i64,
        /// How many are on it now.
        stamps: i64,
    },
    /// A refund took back the reward that a card had given.
    VoucherTakenBack {
        /// The card.
        card: Name,
        /// The reward.
        reward: Name,
    },
    /// The version of the program that takes over does not have the member's tier.
    TierRemoved {
        /// The tier.
        tier: Name,
    },
    /// Points lapse at another moment than before, by the version that takes over.
    Redated {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
        /// When they would have lapsed.
        from: Timestamp,
        /// When they lapse.
        to: Timestamp,
    },
}

/// Why a rule gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Miss {
    /// Its condition does not hold (for any line).
    Condition,
    /// All it could count is excluded.
    Excluded,
    /// It starts later.
    NotYet,
    /// It has ended.
    Ended,
    /// One of its limits (by place) is used up.
    Limit(u8),
    /// It came to nothing after rounding.
    TooLittle,
    /// A better one was taken instead: of several factors only the best counts.
    Bettered,
    /// What it multiplies gave nothing.
    NothingToMultiply,
    /// The card was stamped so many minutes before (or after, below zero, where this is told late):
    /// too close for a card whose stamps are apart.
    TooSoon(i32),
    /// It is told too late: the stamp has lapsed by now, or it is no longer known which were close.
    TooLate,
}

impl Outcome {
    /// Nothing yet, accepted so far; keeps its memory.
    pub fn clear(&mut self) {
        self.verdict = Verdict::Accepted;
        self.changes.clear();
        self.trace.clear();
        self.follow_ups.clear();
    }

    /// The postings among the changes, in order.
    pub fn postings(&self) -> impl Iterator<Item = &Posting> {
        self.changes.iter().filter_map(|change| match change {
            Change::Posted(posting) => Some(posting),
            _ => None,
        })
    }
}
