//! What moves.

use crate::code::Code;
use crate::event::{Event, PartnerMove, Refund};
use crate::state::{
    Birthday, CardGift, ChannelChange, Consent, CouponUse, DatedStamps, Done, Floor, ForTeam,
    GameChange, GroupChange, Invoice, Matched, Merged, MoneyChange, OrderKey, PartnerMark,
    PerkChange, PlanStanding, Purchased, Redemption, ReferralChange, Rise, SharedKey, Staffed,
    StampTime, Submission, Tier, TierHeld, Voucher,
};
use regulars_base::{EventKey, MemberId, Name, Text, Timestamp};
use regulars_ledger::{Dates, Posting};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
    /// A card or a tier gave points: where they went is remembered, in case a refund takes them
    /// back.
    CardGave(Box<CardGift>),
    /// Points that a card or a tier gave were taken back, or are too old to be.
    CardGiftGone(Box<CardGift>),
    /// The member stands so with plans.
    StandingSet(Box<PlanStanding>),
    /// An invoice is made, or stands so from now on.
    Invoiced(Box<Invoice>),
    /// An invoice is so old that the wallet keeps it no longer: the log does.
    InvoiceGone(u32),
    /// The tier that the member's own figures give, where a floor holds a higher one; nothing where
    /// none does any more.
    OwnTierSet(Option<Tier>),
    /// A tier holds from now on below which the member does not fall.
    FloorLaid(Floor),
    /// It holds no more.
    FloorGone(Floor),
    /// A step up that a refund may undo.
    Rose(Box<Rise>),
    /// A step up that was undone, or cannot be any more.
    RiseGone(Box<Rise>),
    /// Since when a tier is held that is kept for ever after so long.
    HeldSince(TierHeld),
    /// It is not held any more, or kept for ever now.
    HeldNoMore(TierHeld),
    /// The member has had the gift of a tier.
    TierGifted(Name),
    /// The next rise into a tier gives its gift again.
    TierGiftOpen(Name),
    /// A tier is taken over from another program, or its trial is over.
    MatchSet(Option<Matched>),
    /// Progress of stretches that began before this day number is kept as one sum.
    ProgressJoined {
        /// The day number.
        before_day: i32,
    },
    /// An activity that pays once was done.
    Done(Done),
    /// It counts as not done: it was rejected, or is so long ago that it may be done again.
    Undone(Done),
    /// An activity waits for moderation.
    Submitted(Box<Submission>),
    /// An activity that waits was approved at this moment.
    SubmissionApproved {
        /// The external id of its event.
        id: Text,
        /// When.
        at: Timestamp,
    },
    /// An activity waits no more.
    SubmissionGone {
        /// The external id of its event.
        id: Text,
    },
    /// A consent is given or withdrawn.
    Consented(Box<Consent>),
    /// A field of the profile is filled.
    ProfileFilled(Name),
    /// The birthday, and when its gift comes next; nothing if it leaves for another wallet.
    BirthdaySet(Option<Birthday>),
    /// Something moves in what the wallet knows of referrals.
    Referral(Box<ReferralChange>),
    /// A code is used so often more (or less, below zero).
    CodeMoved {
        /// Which.
        code: Code,
        /// How often.
        by: i64,
    },
    /// A code is in the member's hand.
    CodeAssigned(Code),
    /// A code left the member's hand.
    CodeReleased(Code),
    /// A coupon was used: that is remembered, in case it is given back.
    CouponUsed(Box<CouponUse>),
    /// A use of a coupon was given back, or is too old to be.
    CouponUseGone(Box<CouponUse>),
    /// A merged member had placed so many orders.
    OrdersJoined(i64),
    /// Something moves in games.
    Games(Box<GameChange>),
    /// What something means for a partner, in points and in money.
    PartnerBooked(Box<PartnerEntry>),
    /// A redemption or a dispute belongs to a partner from now on.
    Marked(Box<PartnerMark>),
    /// A dispute is over.
    MarkGone(Box<PartnerMark>),
    /// A lot of points has other terms from now on. Moves no points.
    Redated {
        /// Which points.
        points: Name,
        /// The terms that it had.
        from: Dates,
        /// The terms that it has.
        to: Dates,
    },
    /// Something moves in what the wallet knows of sales and of partners' awards.
    Channel(Box<ChannelChange>),
    /// Who sold the order, and what rules for staff came to.
    OrderStaffed(Box<Staffed>),
    /// Something moves in what the wallet holds of rewards.
    Perks(Box<PerkChange>),
    /// Something moves in what the wallet knows of money accounts.
    Money(Box<MoneyChange>),
    /// Something moves in what the wallet knows of groups.
    Group(Box<GroupChange>),
    /// Somebody who belongs to the group placed the order.
    OrderOf(MemberId),
    /// A merge is remembered, so that it can be undone.
    MergeKept(Box<Merged>),
    /// A merge was undone, or cannot be any more.
    MergeForgotten(MemberId),
    /// What the order is counted for in challenges of teams is counted for this one.
    OrderForTeam(ForTeam),
    /// The voucher that paid for a redemption ends at another time, should it come back.
    UsedVoucherEnds {
        /// The redemption's id.
        id: Text,
        /// When; [`Timestamp::FIRST`] for never to come back, as what gave it was undone.
        at: Timestamp,
    },
}

impl Change {
    /// The posting, if it is one.
    pub const fn posting(&self) -> Option<&Posting> {
        match self {
            Self::Posted(posting) => Some(posting),
            _ => None,
        }
    }
}

/// What something means for a partner: an entry of its account. A stored format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerEntry {
    /// Whose account; nobody for the operator, whom no money is owed to or by.
    pub partner: Option<Name>,
    /// Who funded the points; nobody for the operator, or where there are none.
    pub funder: Option<Name>,
    /// What happened.
    pub what: PartnerMove,
    /// Which points, if any.
    pub points: Option<Name>,
    /// How many: never below zero, what happened says in which direction.
    pub amount: i64,
    /// What is owed to the partner (by it, below zero), in millionths of a minor unit.
    pub micros: i64,
    /// Whether that goes into, or comes out of, what the partner paid ahead.
    pub ahead: bool,
}
