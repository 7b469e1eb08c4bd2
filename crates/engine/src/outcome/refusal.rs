//! Why an event does not count.

use crate::code::Code;
use crate::state::FulfilmentStage;
use regulars_base::{Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

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
    /// What only partners do comes from a source that belongs to none.
    NotOfPartner,
    /// The partner has no budget to give these points out of.
    NoPartnerAwards,
    /// The partner has other reasons to give points.
    UnknownAwardReason,
    /// The partner's budget is used up.
    PartnerBudgetSpent {
        /// What is left of it.
        left: i64,
    },
    /// The member has had as much of the partner as may be.
    PartnerAwardLimit {
        /// What is left.
        left: i64,
    },
    /// There is no such award of the partner to this member that could still be taken back.
    UnknownPartnerAward,
    /// The program takes no reports of what was sold on.
    NoSellThrough,
    /// More of a redemption would come back than is left of it.
    ReturnTooLarge {
        /// How many are left: of the reward, or of the points that paid.
        left: i64,
    },
    /// Only where points pay a part of an order some of the points come back.
    NotReturnedByPoints,
    /// The voucher that the redemption put into the hand was used.
    VoucherUsed,
    /// The reward is redeemed by itself, and would be again at once.
    RedeemedByItself,
    /// The program counts no stock of the reward.
    NoStockKept,
    /// Fewer are there than would be taken away.
    StockTooLow {
        /// How many are.
        left: i64,
    },
    /// The redemption is not sent, or not any more.
    NothingToFulfil,
    /// What is sent has not come so far yet, or is further already.
    FulfilmentOutOfTurn {
        /// How far it has come.
        stage: FulfilmentStage,
    },
    /// It is on its way: only when it comes back the points do.
    OnItsWay,
    /// No code of the supplier is left.
    OutOfCodes,
    /// The reward has no codes of a supplier.
    NoCodesKept,
    /// The member knows the code: it does not come back.
    CodeHandedOut,
    /// The reward is a menu: one of its rewards is picked.
    PickInstead,
    /// The program has no such menu, or this reward is not on it.
    NotOnTheMenu,
    /// The member has nothing to pick from this menu.
    NothingToPick,
    /// What was given away or credited does not come back.
    GivenAway,
    /// The program declares no such attribute.
    UnknownAttribute {
        /// Which.
        attribute: Text,
    },
    /// The program declares no such value of it.
    UnknownAttributeValue {
        /// Of which attribute.
        attribute: Text,
    },
    /// The program has no store credit, or gift cards do not become any.
    NoStoreCredit,
    /// The program has no gift cards.
    NoGiftCards,
    /// The wallet is a gift card: members do what this event says, and cards do not.
    IsGiftCard,
    /// There is no such gift card.
    UnknownGiftCard,
    /// The gift card was issued, or activated, before.
    GiftCardExists,
    /// The gift card was not sold yet.
    GiftCardNotActive,
    /// The gift card is blocked, or another took its place.
    GiftCardBlocked,
    /// So much is not put on a gift card.
    GiftCardAmount {
        /// The least that is, in minor units.
        least: i64,
        /// The most that still is, in minor units.
        most: i64,
    },
    /// There is too little money on the account.
    InsufficientMoney {
        /// How much there is, in minor units.
        available: i64,
        /// How much it takes.
        price: i64,
    },
    /// More money than the program lets would be on the account.
    MoneyTooMuch {
        /// The most, in minor units.
        most: i64,
    },
    /// The order is in another currency than the account that is to pay for it.
    MoneyInOtherCurrency,
    /// More would be paid back than came back, or it was paid back already.
    CreditBeyondRefund {
        /// What is left to pay back, in minor units.
        left: i64,
        /// What should be.
        asked: i64,
    },
    /// Something was set aside under this id before.
    HoldExists,
    /// Nothing is set aside under this id, or it was given back.
    UnknownHold,
    /// The program has no such group.
    UnknownGroup,
    /// The member is no group.
    NotAGroup,
    /// The member is a person (or another sort of group), and stays one.
    NotToBeAGroup,
    /// The member is a group, and no person.
    IsAGroup,
    /// The group is no more.
    GroupClosed,
    /// As many people belong to the group as may, or may come in already.
    GroupFull,
    /// The group has no such role.
    UnknownRole,
    /// The group has a head already, and has one.
    HeadExists,
    /// The member belongs to a group already.
    InGroupAlready,
    /// The member does not belong to the group.
    NotInGroup,
    /// The group has not invited the member, or too long ago.
    NotInvited,
    /// The member left a group not long ago.
    RejoinTooSoon {
        /// When they may come into one again.
        again_at: Timestamp,
    },
    /// Their role does not let them buy for the group.
    MayNotBuy,
    /// Their role does not let them spend the group's points.
    MayNotSpend,
    /// Their role does not let them invite others.
    MayNotInvite,
    /// Their role does not let them manage the group.
    MayNotManage,
    /// They would spend more of the group's points than they may in a month.
    SpendMaxReached {
        /// Which points.
        points: Name,
        /// How many they may still spend in this month.
        left: i64,
    },
    /// The head of a group does not leave while there is anybody else in it.
    HeadStays,
    /// The member was not merged into the other, or so long ago that nothing is known of it.
    NotMerged,
    /// The merge is too long ago to be undone.
    UnmergeTooLate,
    /// The member is on hold: nothing is spent or sent.
    MemberOnHold {
        /// Why.
        reason: Text,
    },
    /// The member is not on hold.
    NotOnHold,
    /// No voucher for the reward lapsed within a year, or the redemption is not one that is given again.
    NothingToReissue,
    /// It was given again before.
    ReissuedAlready,
    /// As many were given again to the member as are in a year.
    ReissueLimitReached,
    /// Nothing was given again under this id.
    UnknownReissue,
    /// The points would be gone before they are there.
    PointsLapsed,
}

/// What of an order is measured. A stored format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measure {
    /// Money, in minor units of the program's currency.
    Amount,
    /// Pieces, in thousandths.
    Quantity,
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
