//! What an event came to: a verdict, the changes that make it so, and why.

use crate::code::Code;
use crate::event::{Event, PartnerMove, Refund};
use crate::state::{
    Birthday, CardGift, Consent, CouponUse, DatedStamps, Done, Doubt, Floor, FloorKind, GameChange,
    Invoice, Matched, OrderKey, PartnerMark, PlanStanding, Purchased, Redemption, ReferralChange,
    Rise, SharedKey, StampTime, Submission, Tier, TierHeld, Voucher,
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
    /// Events that follow from this one. Those that name a member are decided next, for that
    /// member's wallet, and written in the same commit as this one. Those that name nobody (what
    /// was kept until the enrolment) are for the same wallet and come as soon as can be; should the
    /// shell stop in between, the next event or tick of the wallet says them again.
    pub follow_ups: Vec<FollowUp>,
}

/// An event that follows from another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Whose, for what belongs into the same commit; nothing for the same wallet, later.
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
    /// The program has no such plan.
    UnknownPlan,
    /// The member is on a plan already.
    OnPlanAlready,
    /// The plan ended not long ago, and may not be joined again yet.
    PlanNotAgainYet,
    /// The member is on no plan.
    NotOnPlan,
    /// The member is on this plan already.
    SamePlan,
    /// The plan is paused.
    PlanIsPaused,
    /// The plan is not paused.
    PlanNotPaused,
    /// The plan cannot be paused (any more this year, or in its trial).
    PauseNotOffered,
    /// The plan is cancelled already.
    PlanCancelledAlready,
    /// A payment is open, or money is to be paid back: that is settled first.
    PaymentOpen,
    /// There is no such invoice.
    UnknownInvoice,
    /// The invoice is settled already, or this answers an earlier attempt.
    InvoiceSettled,
    /// The reward is for members of a plan.
    PlanNeeded,
    /// The program has no such tier.
    UnknownTier,
    /// Everybody is in the lowest tier: it is not given.
    LowestTier,
    /// The tier would have ended before it began.
    TierEndsTooSoon,
    /// No tier was given by hand.
    NoTierGiven,
    /// The program takes over nothing from that program.
    UnknownMatch,
    /// The program takes over nothing for that tier of the other program.
    UnknownMatchTier,
    /// The member has had a tier of another program taken over before.
    AlreadyMatched,
    /// The member is in this tier already, or in a higher one.
    TierReached,
    /// The activity has a field that the program does not declare.
    UnknownField {
        /// Which.
        field: Text,
    },
    /// The activity lacks a field.
    FieldMissing {
        /// Which.
        field: Text,
    },
    /// A field's value is not what the program declares.
    FieldInvalid {
        /// Which.
        field: Text,
    },
    /// The member has not placed the order that the activity names, or the product is not in it.
    NotBought,
    /// What the activity is about was returned.
    Returned,
    /// An activity of this id waits for moderation already.
    SubmissionExists,
    /// The consent was never given, so it cannot be withdrawn.
    NotConsented,
    /// It comes too soon after the last.
    TooSoon {
        /// When it may come again.
        again_at: Timestamp,
    },
    /// It was done, and counts once.
    DoneAlready {
        /// When it may come again, if ever.
        again_at: Option<Timestamp>,
    },
    /// It is told so late that nobody knows any more what was done near it.
    ToldTooLate,
    /// The program keeps no such field of the profile.
    UnknownProfileField {
        /// Which.
        field: Text,
    },
    /// The program keeps no birthdays.
    NoBirthdays,
    /// The member has said another birthday before, and may not change it now.
    BirthdayFixed {
        /// When they may, if ever.
        again_at: Option<Timestamp>,
    },
    /// Nothing of this id waits for moderation.
    UnknownSubmission,
    /// The program has no referrals.
    NoReferrals,
    /// Somebody else has sent the customer already.
    AlreadyReferred,
    /// The link was followed too long ago.
    ReferralTooLate,
    /// Members do not refer themselves.
    SelfReferral,
    /// The customer was one before.
    KnownCustomer,
    /// There is no referral of this member that somebody could approve or reject.
    NothingToReview,
    /// The program lets nobody send points, or not these.
    NoTransfers,
    /// Members do not send points to themselves.
    TransferToSelf,
    /// The member joined too short a time ago to send points.
    JoinedTooLately,
    /// It is less than may be sent at once.
    TransferTooSmall {
        /// The least that may be.
        least: i64,
    },
    /// It is more than may be sent at once.
    TransferTooLarge {
        /// The most that may be.
        most: i64,
    },
    /// The member's limit for sending points is used up.
    TransferLimitReached,
    /// Sending points is for members of a higher tier.
    TransferTierTooLow,
    /// A code cannot be used.
    CodeNotUsable {
        /// Which.
        code: Code,
        /// Its campaign, if it is a code.
        coupon: Option<Name>,
        /// Why.
        why: CodeFault,
    },
    /// The member has no such use of a code, or it can no longer be given back.
    UnknownCodeUse,
    /// All use this code: it is nobody's own.
    CodeIsShared,
    /// The code is in somebody's hand already.
    CodeTaken,
    /// The campaign does not let its codes be handed on.
    CodeNotTransferable,
    /// The program has no such challenge, or none that asks to be joined.
    UnknownChallenge,
    /// The program has no such game.
    UnknownGame,
    /// The program has no such draw.
    UnknownDraw,
    /// The program has no such cause.
    UnknownCause,
    /// It has not begun yet, or is over, or has no such place.
    NotOpen,
    /// The member takes part in the challenge already.
    AlreadyJoined,
    /// The member has earned no play, and none is sold.
    NoPlayLeft,
    /// Less is given than the cause takes at once.
    TooLittleGiven {
        /// How much it takes at least.
        least: i64,
    },
    /// The reward is not to be had at this partner's.
    NotAtThisPartner,
    /// The program has no such partner.
    UnknownPartner,
    /// The partner pays later, so it has no balance to pay into.
    PaysLater,
    /// The partner has no such dispute, or it is over.
    UnknownDispute,
    /// The reward is not for members like this one.
    RewardNotForMember,
    /// So few of a reward are not given at once.
    RewardTooFew {
        /// The fewest that are.
        least: i64,
    },
    /// More of the order would be paid with points than the program lets.
    RewardShareTooLarge {
        /// The most of the reward that may be used for this order.
        most: i64,
    },
    /// The reward is not combined with what else is taken off the order.
    RewardNotCombined {
        /// Which.
        reward: Name,
    },
    /// The reward takes other points than the member was told.
    RewardPriceMoved {
        /// Which.
        reward: Name,
    },
}

/// Why a code does not apply. In order of precedence: of several reasons the first is named.
/// A stored format: variants are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeFault {
    /// It looks like a code of a campaign, but its check letter does not fit.
    Mistyped,
    /// There is no such code.
    Unknown,
    /// It stands there twice, or was used for this order already.
    Twice,
    /// An operator made it void.
    Void,
    /// Its campaign starts later.
    NotYet,
    /// It is too old, or its campaign has ended.
    Ended,
    /// It was used as often as it may be.
    UsedUp,
    /// It is in another member's hand.
    NotYours,
    /// The member, or the order, has used up the limit of the campaign.
    LimitReached,
    /// All members together have used up the campaign.
    BudgetSpent,
    /// It is for members of a higher tier.
    TierTooLow,
    /// It is for a first order.
    NotFirstOrder,
    /// The goods cost too little.
    BelowLeast {
        /// What they must cost, in minor units.
        least: i64,
        /// What they cost.
        goods: i64,
    },
    /// The condition of the campaign does not hold (for any line).
    Condition,
    /// Another one of its group applies already.
    GroupTaken {
        /// Which; nothing if that is no code.
        by: Option<Code>,
    },
    /// It is combined with nothing, or the other is not.
    NotCombined {
        /// The other; nothing if that is no code.
        with: Option<Code>,
    },
    /// As many discounts apply as the program lets.
    TooMany {
        /// How many it lets.
        most: u16,
    },
    /// There is nothing left that it could be taken off.
    NothingToTakeOff,
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
    /// The factor of the member's plan gave points on top.
    PlanGave {
        /// The plan.
        plan: Name,
        /// Which points.
        points: Name,
        /// How many.
        given: i64,
    },
    /// The member came to a plan.
    PlanJoined {
        /// The plan.
        plan: Name,
        /// The first day after its first period, or after its trial.
        until: i32,
        /// Whether it begins with a trial.
        trial: bool,
    },
    /// An invoice was made.
    Invoiced {
        /// Its number.
        number: u32,
        /// For which plan.
        plan: Name,
        /// From this day (number).
        from: i32,
        /// Until before this day.
        until: i32,
        /// What is to be paid.
        amount: i64,
        /// How much of the price credit paid.
        credit: i64,
    },
    /// An invoice was paid.
    InvoicePaid {
        /// Its number.
        number: u32,
        /// With how much money.
        amount: i64,
    },
    /// A payment failed.
    PaymentFailed {
        /// The number of the invoice.
        number: u32,
        /// The attempt.
        attempt: u16,
        /// When it is asked for again.
        retry_at: Option<Timestamp>,
    },
    /// A payment was asked for again.
    PaymentAsked {
        /// The number of the invoice.
        number: u32,
        /// The attempt.
        attempt: u16,
    },
    /// The plan is another one from now on.
    PlanChanged {
        /// From.
        from: Name,
        /// To.
        to: Name,
        /// What the days that are left are worth: it is credited.
        credit: i64,
    },
    /// The plan will be another one with the next period.
    PlanChangeAwaits {
        /// To.
        to: Name,
        /// The first day (number) of the next period.
        on: i32,
    },
    /// The plan is paused.
    PlanPaused {
        /// The plan.
        plan: Name,
        /// The day (number) on which it goes on by itself.
        until: i32,
    },
    /// The plan goes on.
    PlanResumed {
        /// The plan.
        plan: Name,
        /// The first day (number) after its period.
        until: i32,
    },
    /// The plan ends with its period.
    PlanWillEnd {
        /// The plan.
        plan: Name,
        /// The first day (number) after it.
        on: i32,
    },
    /// The plan ended.
    PlanEnded {
        /// The plan.
        plan: Name,
        /// When.
        at: Timestamp,
        /// Why.
        why: PlanEnd,
    },
    /// A credit note: money is to be paid back.
    OwedBack {
        /// The number of the invoice.
        number: u32,
        /// How much.
        amount: i64,
    },
    /// Money was paid back.
    PaidBack {
        /// The number of the invoice.
        number: u32,
        /// How much.
        amount: i64,
    },
    /// A period that was paid gave points.
    PlanGift {
        /// The plan.
        plan: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A period that was paid gave a reward.
    PlanVoucher {
        /// The plan.
        plan: Name,
        /// The reward.
        reward: Name,
    },
    /// The reward that a period had given was taken back.
    PlanVoucherTakenBack {
        /// The plan.
        plan: Name,
        /// The reward.
        reward: Name,
    },
    /// A merged member was on a plan as well: what was left of it is credited.
    PlanCredited {
        /// Their plan.
        plan: Name,
        /// How much.
        credit: i64,
    },
    /// A tier holds from now on below which the member does not fall.
    FloorLaid {
        /// The tier.
        tier: Name,
        /// Why.
        kind: FloorKind,
        /// The first moment at which it holds no more.
        until: Timestamp,
    },
    /// It holds no more.
    FloorGone {
        /// The tier.
        tier: Name,
        /// Why it held.
        kind: FloorKind,
    },
    /// The challenge of a trial is met: the tier is the member's own.
    ChallengeMet {
        /// The tier.
        tier: Name,
    },
    /// A refund took away what the tier was reached with.
    RiseUndone {
        /// The tier.
        tier: Name,
    },
    /// A tier gave points.
    TierGavePoints {
        /// The tier.
        tier: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A tier gave a reward.
    TierGaveReward {
        /// The tier.
        tier: Name,
        /// The reward.
        reward: Name,
    },
    /// A refund took back the reward that a tier had given.
    TierRewardTakenBack {
        /// The tier.
        tier: Name,
        /// The reward.
        reward: Name,
    },
    /// A refund could not take back what a tier had given: it was used, or members keep what they
    /// earned.
    TierGiftKept {
        /// The tier.
        tier: Name,
    },
    /// A tier that was held up was reached by the member's own figures, or the other way round: the
    /// tier that their figures give moved, below the one they are in.
    OwnTierMoved {
        /// From.
        from: Option<Name>,
        /// To.
        to: Option<Name>,
        /// When.
        at: Timestamp,
    },
    /// An activity counted for nothing.
    NotCounted {
        /// Which.
        activity: Name,
        /// Why.
        why: Idle,
    },
    /// An activity waits for moderation.
    Submitted {
        /// Which.
        activity: Name,
        /// Until when.
        until: Timestamp,
    },
    /// An activity was approved, or rejected.
    Moderated {
        /// Which.
        activity: Name,
        /// Whether it counts.
        approved: bool,
    },
    /// An activity waited for moderation in vain.
    SubmissionLapsed {
        /// Which.
        activity: Name,
    },
    /// A consent was given, or withdrawn.
    Consented {
        /// To what.
        purpose: Name,
        /// Whether it was given.
        given: bool,
    },
    /// A field of the profile was filled for the first time.
    ProfileFilled {
        /// Which.
        field: Name,
    },
    /// The birthday is known.
    BirthdaySet {
        /// When its gift comes next.
        gift_at: Timestamp,
    },
    /// It was the member's birthday.
    Birthday {
        /// When.
        at: Timestamp,
    },
    /// So many years ago the member joined.
    Anniversary {
        /// How many.
        years: i32,
        /// When.
        at: Timestamp,
    },
    /// A member's link was followed.
    LinkFollowed,
    /// The member came by somebody's link.
    CameByReferral {
        /// Whose.
        referrer: MemberId,
    },
    /// The referral counts; said on the friend's side.
    ReferralCounts,
    /// Somebody must look at the referral; said on the friend's side.
    ReferralInReview(Doubt),
    /// The referral does not count; said on the friend's side.
    ReferralRefused(Doubt),
    /// A friend joined and counts; said on the referrer's side.
    FriendJoined {
        /// Who.
        friend: MemberId,
    },
    /// A friend joined, and somebody must look at it, or it does not count.
    FriendDoubted {
        /// Who.
        friend: MemberId,
        /// Why.
        why: Doubt,
        /// Whether it is refused.
        refused: bool,
    },
    /// A friend bought what they had to.
    FriendBought {
        /// Who.
        friend: MemberId,
        /// Which purchase of theirs that counts.
        step: i64,
    },
    /// It came back.
    FriendReturned {
        /// Who.
        friend: MemberId,
        /// Which purchase of theirs that counted.
        step: i64,
    },
    /// What a friend's purchase gives is held until then.
    ReferralHeld {
        /// Until when.
        until: Timestamp,
    },
    /// A referral gave points: for joining (0), or for the so manieth purchase.
    ReferralGave {
        /// For whom; nothing for the friend's own.
        friend: Option<MemberId>,
        /// For which purchase.
        step: i64,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A referral gave a reward.
    ReferralGaveReward {
        /// For whom; nothing for the friend's own.
        friend: Option<MemberId>,
        /// For which purchase.
        step: i64,
        /// Which reward.
        reward: Name,
    },
    /// A limit of the referrer's was used up: nothing is given.
    ReferralLimit {
        /// For whom.
        friend: MemberId,
        /// For which purchase.
        step: i64,
    },
    /// Points that a referral gave are taken back.
    ReferralTookBack {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A reward that a referral gave is taken back.
    ReferralTookReward {
        /// Which.
        reward: Name,
    },
    /// What was held back is not given any more.
    ReferralHoldEnded,
    /// Points were sent to another member.
    Sent {
        /// To whom.
        to: MemberId,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Points were paid for sending points.
    SentFee {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Points came in from another member.
    Received {
        /// From whom.
        from: MemberId,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Points that somebody sent were not taken, and go back.
    NotTaken {
        /// Whose.
        from: MemberId,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Points that were sent came back, since they were not taken.
    CameBack {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A code was used.
    CodeUsed {
        /// Its campaign.
        coupon: Name,
        /// Which.
        code: Code,
    },
    /// A use of a code was given back.
    CodeReturned {
        /// Its campaign.
        coupon: Name,
        /// Which.
        code: Code,
    },
    /// A coupon gave points.
    CouponGave {
        /// The campaign.
        coupon: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A code was put into the member's hand.
    CodeAssigned {
        /// Its campaign.
        coupon: Name,
        /// Which.
        code: Code,
    },
    /// The member handed a code on.
    CodeHandedOn {
        /// Its campaign.
        coupon: Name,
        /// Which.
        code: Code,
    },
    /// Something that happened in games.
    Games(Box<GameNote>),
    /// Whose points were spent, or set aside.
    SpentOf {
        /// Who funded them; nobody for the operator.
        funder: Option<Name>,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// What a partner paid ahead is used up: points were given that it does not cover.
    BalanceUsedUp {
        /// The partner.
        partner: Name,
        /// What is missing, in millionths of a minor unit.
        missing: i64,
    },
    /// Something was booked with a partner by hand.
    PartnerPosted {
        /// The partner.
        partner: Name,
    },
    /// A period was closed.
    PeriodClosed,
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

/// Why a plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanEnd {
    /// It was cancelled.
    Cancelled,
    /// It was not paid.
    NotPaid,
    /// Its period was paid back.
    PaidBack,
    /// The program does not have it any more.
    Withdrawn,
    /// The member was merged into another.
    Merged,
}

/// Why an activity counted for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Idle {
    /// It came too soon after the last; it may come again at this moment.
    TooSoon(Timestamp),
    /// It was done before, and counts once; it may come again at this moment, if ever.
    Again(Option<Timestamp>),
    /// It is told too late.
    TooLate,
}

/// What happened in games. Ids and integers only, like [`Note`]. A stored format: variants are added
/// at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GameNote {
    /// A step of a challenge was counted (or uncounted, below zero).
    Counted {
        /// The challenge.
        challenge: Name,
        /// The step's place.
        step: u8,
        /// By how much.
        by: i64,
        /// How much is counted now.
        now: i64,
    },
    /// A period of a streak was done, or is not any more.
    Streak {
        /// The challenge.
        challenge: Name,
        /// Periods of the run in hand.
        length: i64,
        /// Missed periods that it may still have.
        freezes: i64,
    },
    /// A challenge was met for the time with this number.
    Met {
        /// The challenge.
        challenge: Name,
        /// The number.
        times: i64,
    },
    /// A refund undid it again.
    Unmet {
        /// The challenge.
        challenge: Name,
        /// The number.
        times: i64,
    },
    /// The member takes part in a challenge.
    Joined {
        /// The challenge.
        challenge: Name,
    },
    /// A challenge, a level, a prize or a place gave points.
    GavePoints {
        /// What gave them.
        by: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// It gave a reward.
    GaveReward {
        /// What gave it.
        by: Name,
        /// The reward.
        reward: Name,
    },
    /// A refund took the reward back.
    TookReward {
        /// What had given it.
        by: Name,
        /// The reward.
        reward: Name,
    },
    /// A badge was given.
    Badge {
        /// The badge.
        badge: Name,
    },
    /// A level was reached.
    Level {
        /// The level.
        level: Name,
    },
    /// Plays were earned (or taken back, below zero).
    Plays {
        /// The game.
        game: Name,
        /// By how many.
        by: i64,
        /// How many are in hand now.
        left: i64,
    },
    /// A play was paid.
    PaidPlay {
        /// The game.
        game: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A game was played: the number, and what it came to. The odds are those of the program's
    /// version that decided.
    Played {
        /// The game.
        game: Name,
        /// The number.
        roll: u64,
        /// The parts that the odds are counted in: numbers lie below it.
        whole: u64,
        /// The prize that the number means; nothing for none.
        drawn: Option<Name>,
        /// The prize that was given; another one where the first was out of stock.
        given: Option<Name>,
    },
    /// Tickets were earned or bought (or taken back, below zero).
    Tickets {
        /// The draw.
        draw: Name,
        /// By how many.
        by: i64,
        /// How many are in hand now.
        now: i64,
    },
    /// Points were given to a cause.
    Donated {
        /// The cause.
        cause: Name,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
        /// What they are worth to it, in minor units.
        worth: i64,
        /// What the merchant adds.
        matched: i64,
    },
    /// A place was won on a leaderboard or in a draw.
    Placed {
        /// Where.
        contest: Name,
        /// The place.
        place: i64,
        /// Whether it is one of those that stand in for winners who do not claim.
        alternate: bool,
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
    /// It is for another partner's customers.
    NotHere,
    /// Who pays for it pays ahead, and has too little left.
    NotCovered,
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
