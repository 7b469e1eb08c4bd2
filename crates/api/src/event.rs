//! Events as sources send them, and how they become events of the engine.
//!
//! [`EventIn`] is what the document describes and what clients write; [`read`] is what the server
//! reads. Both name the same fields: a test compares them.

mod channel;
mod desk;
mod group;
mod money;
mod opening;
mod people;
mod perk;
mod read;
mod tier;
mod write;

pub(crate) use channel::sell_through;
pub use channel::{PartnerAwardCancelIn, PartnerAwardIn, SellThroughIn};
pub use desk::{
    DeskAsk, MemberHoldEventIn, ReissueEventIn, ReissueUndoEventIn, RewardGiftEventIn, read_desk,
};
pub use group::{GroupCloseIn, GroupInviteIn, GroupJoinIn, GroupLeaveIn, GroupRoleIn, GroupSetIn};
pub(crate) use group::{set as group_set, spend_max as group_spend_max};
pub use money::{GiftCardEventIn, GiftMoveIn, StoreCreditIn, read_credit, read_move};
pub use opening::OpeningBalanceIn;
pub use people::{
    FingerprintIn, FingerprintsIn, ReferralClickIn, ReferralReviewIn, SignUpIn, TouchIn,
    TransferEventIn,
};
pub(crate) use people::{fingerprints, sent};
pub use perk::{
    AttributesEventIn, AutomaticRewardsEventIn, CodesAddedEventIn, FulfilmentEventIn, PickEventIn,
    RestockEventIn, RewardReturnEventIn, read_perk,
};
pub use read::{Door, FUTURE_MICROS, read};
pub(crate) use read::{currency, lines, money, points_amount, positive, purchase, who};
pub use tier::{read_grant, read_match, read_revoke};
use write::said;

use crate::amount::Amount;
use regulars_base::EventKey;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Something that happened. `source` and `id` make it one event, however often it is sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventIn {
    /// A customer becomes a member.
    Enrolment(EnrolmentIn),
    /// Somebody bought.
    Purchase(PurchaseIn),
    /// Something bought came back: part of an order or all of it, any number of times, also before
    /// the purchase arrives. Names lines, or an amount, or nothing: then everything came back.
    Refund(RefundIn),
    /// A visit, a review, or anything else that the program names.
    Activity(ActivityIn),
    /// Fields of the member's profile are filled.
    Profile(ProfileIn),
    /// The member says on which day they were born.
    Birthday(BirthdayIn),
    /// An activity that waited is approved or rejected.
    Moderation(ModerationIn),
    /// A member wants a reward.
    RewardRequest(RewardRequestIn),
    /// A reward that was set aside is used.
    RewardCommit(RewardEndIn),
    /// A reward is given back, used or not.
    RewardCancel(RewardEndIn),
    /// Points given or taken by hand.
    Adjustment(AdjustmentEventIn),
    /// Points that a member had in another program are taken over.
    OpeningBalance(OpeningBalanceIn),
    /// A member joins a plan that is paid for.
    PlanJoin(PlanChoiceIn),
    /// A member changes to another plan.
    PlanChange(PlanChoiceIn),
    /// The plan is paused.
    PlanPause(PlanIn),
    /// The plan goes on after a pause, or a cancellation is taken back.
    PlanResume(PlanIn),
    /// The plan is cancelled.
    PlanCancel(PlanIn),
    /// An invoice was paid.
    PaymentSucceeded(PaymentEndIn),
    /// The payment of an invoice failed.
    PaymentFailed(PaymentEndIn),
    /// What was paid for an invoice went back, or a part of it.
    PaymentRefunded(PaymentBackIn),
    /// A member is given a tier by hand: they do not fall below it until its end.
    TierGrant(TierGrantEventIn),
    /// A tier that was given by hand is taken away again.
    TierRevoke(TierRevokeEventIn),
    /// A tier of another program is taken over, on trial: once per member.
    TierMatch(TierMatchEventIn),
    /// Somebody followed a member's link.
    ReferralClick(ReferralClickIn),
    /// A customer joins by other members' links.
    SignUp(SignUpIn),
    /// A member is recognised by a device, an address, a means of payment.
    Fingerprints(FingerprintsIn),
    /// Somebody says whether a doubtful referral counts.
    ReferralReview(ReferralReviewIn),
    /// A member sends points to another.
    Transfer(TransferEventIn),
    /// A code of a coupon is used, without a purchase or before it. Its purchase may name it again.
    CodeUse(CodeUseIn),
    /// A use of a code is given back by hand: it may be used once more.
    CodeUndo(CodeUndoIn),
    /// A code is put into a member's hand: from then on nobody else may use it.
    CodeAssign(CodeAssignIn),
    /// A member takes part in a challenge that asks for it.
    ChallengeJoin(ChallengeJoinIn),
    /// A member plays a game of chance: the receipt says what it came to.
    Play(PlayIn),
    /// A member buys tickets of a prize draw.
    Tickets(TicketsIn),
    /// A member gives points to a cause.
    Donation(DonationIn),
    /// A partner gives points out of a budget of its own.
    PartnerAward(PartnerAwardIn),
    /// A partner takes such points back.
    PartnerAwardCancel(PartnerAwardCancelIn),
    /// A reseller sold on to somebody else. A refund of its number takes it back. What must be approved
    /// first, and what nobody has checked, is sent to `/v1/sell-through` instead.
    SellThrough(SellThroughIn),
    /// A part of a redemption comes back.
    RewardReturn(RewardReturnEventIn),
    /// The stock of a reward changes.
    Restock(RestockEventIn),
    /// A member wants rewards that are redeemed by themselves, or wants them no more.
    AutomaticRewards(AutomaticRewardsEventIn),
    /// A redemption that is sent to the member goes on its way.
    Fulfilment(FulfilmentEventIn),
    /// Codes of a supplier came in.
    CodesAdded(CodesAddedEventIn),
    /// A member picks one of the rewards of a menu.
    Pick(PickEventIn),
    /// What sort of member it is.
    Attributes(AttributesEventIn),
    /// Money comes into a member's store credit, or leaves it other than by paying.
    StoreCredit(StoreCreditIn),
    /// Something happens to a gift card.
    GiftCard(GiftCardEventIn),
    /// The member is a group (a household, an organisation) and no person, or something else is known of
    /// the group.
    GroupSet(GroupSetIn),
    /// Somebody may come into a group.
    GroupInvite(GroupInviteIn),
    /// A member comes into a group.
    GroupJoin(GroupJoinIn),
    /// A member leaves a group, or is put out.
    GroupLeave(GroupLeaveIn),
    /// Somebody in a group has another role, or may spend otherwise.
    GroupRole(GroupRoleIn),
    /// A group is no more.
    GroupClose(GroupCloseIn),
    /// A member is put on hold: they earn, and neither spend nor send.
    MemberHold(MemberHoldEventIn),
    /// A member who is on hold is let go.
    MemberRelease(MemberHoldEventIn),
    /// A free reward is given again.
    Reissue(ReissueEventIn),
    /// What was given again is taken back.
    ReissueUndo(ReissueUndoEventIn),
    /// A reward is given to a member, who pays nothing for it.
    RewardGift(RewardGiftEventIn),
}

/// A code of a coupon is used.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeUseIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The code, as it was typed.
    #[schema(example = "SORRY-K7XQ-9MW2")]
    pub code: String,
    /// For which order (of the same source), if that is known: its purchase uses the code no second
    /// time, and a refund of all of it gives the use back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// A use of a code is given back by hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeUndoIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The code.
    pub code: String,
    /// Used for which order; the latest use if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Why: shown to auditors.
    pub reason: String,
}

/// A code is put into a member's hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeAssignIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The code.
    pub code: String,
}

/// What every event says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeadIn {
    /// The system that reports it: a till, a shop, a file.
    #[schema(example = "till-1")]
    pub source: String,
    /// That system's own number for it. The same source and id with the same content is the same
    /// event: it is answered with the earlier receipt. With other content it is refused.
    #[schema(example = "R-1")]
    pub id: String,
    /// When it happened, as in RFC 3339: at most a day ahead of the server's clock. Left out, it
    /// happened when it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2025-03-01T09:00:00Z")]
    pub at: Option<String>,
    /// The member whom it concerns. Either this or `customer`; a refund may leave out both: then it
    /// concerns whoever placed the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub member: Option<String>,
    /// The customer whom it concerns, by an identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerIn>,
}

/// A customer, by an identity.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerIn {
    /// What sort of identity: `email`, `phone`, `card`, `customer` ...
    #[schema(example = "email")]
    pub kind: String,
    /// Its value, as the source writes it.
    #[schema(example = "ana@example.com")]
    pub value: String,
}

/// A customer becomes a member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EnrolmentIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
}

/// Somebody bought.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PurchaseIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The order's number, unique within the source.
    #[schema(example = "R-1")]
    pub order: String,
    /// The currency of all amounts, as in ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What the customer pays in all, delivery and tax included. Worked out from the lines if left
    /// out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Amount>,
    /// Of that, for delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Amount>,
    /// A discount on the whole order that is not in the lines' amounts yet: it is spread over them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<Amount>,
    /// What was bought: at most 10,000 lines. One line over all if left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10000)]
    pub lines: Vec<LineIn>,
    /// With what it was paid. If said, it adds up to the total.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<PaymentIn>,
    /// `shop`, `web`, `app` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "shop")]
    pub channel: Option<String>,
    /// Which store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Who sold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// The codes of coupons that were used for it. All of them may be used, or the purchase is
    /// refused: sent again without them, under an id of its own, it counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 32)]
    pub codes: Vec<String>,
    /// The rewards that are used for it, each once. All of them may be used, or the purchase is
    /// refused and nothing of it counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 32)]
    pub rewards: Vec<RewardUseIn>,
}

/// A reward that is used for an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RewardUseIn {
    /// Which, by its id in the program file.
    #[schema(example = "five-off")]
    pub reward: String,
    /// How many; 1 if left out.
    #[schema(required = false, default = 1, minimum = 1)]
    pub quantity: i64,
    /// The id of the redemption: of one that was set aside, or of a new one; the order and the reward,
    /// as in `o-17-five-off`, if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redemption: Option<String>,
}

/// One line of an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineIn {
    /// Its id within the order; its place (`1`, `2` ...) if left out. Refunds name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// What kind of product.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "coffee")]
    pub category: Option<String>,
    /// Whose product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// How many, with at most three decimals; 1 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Amount>,
    /// What is paid for the line after its own discount, tax included.
    pub amount: Amount,
    /// Its own discount, already taken off `amount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<Amount>,
    /// Tax within `amount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<Amount>,
}

/// A part of what was paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentIn {
    /// `cash`, `card`, `gift-card`, `points` ...
    #[schema(example = "card")]
    pub method: String,
    /// How much.
    pub amount: Amount,
    /// The account that pays, if it is one that is kept here: `store_credit` (of the member), or the id
    /// of a gift card. Then the money leaves it with this purchase, and comes back by its share when
    /// the order does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "store_credit")]
    pub from: Option<String>,
    /// What was set aside for it on the gift card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
}

/// Something bought came back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The number of the order, within the source.
    #[schema(example = "R-1")]
    pub order: String,
    /// The currency of the amounts; needed where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "EUR")]
    pub currency: Option<String>,
    /// So much came back, of no line in particular.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// These lines came back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<RefundLineIn>,
}

/// A line that came back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundLineIn {
    /// The line's id in the purchase.
    #[schema(example = "1")]
    pub line: String,
    /// How much money; all that is left of the line if neither this nor `quantity` is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Amount>,
}

/// Something that a member did and that is no purchase.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActivityIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// What: `visit`, or a name that the program declares.
    #[schema(example = "visit")]
    pub name: String,
    /// Where: the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Its fields, as the program declares them: true or false, numbers, texts. Of a `writing` only
    /// the number of characters is kept.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldIn>,
}

/// The value of a field.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum FieldIn {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Words.
    Text(String),
    /// A number with decimals.
    Decimal(Amount),
}

/// Fields of the member's profile are filled: which, and not with what.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProfileIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The ids of the fields, as the program lists them: at most 100.
    #[schema(example = json!(["phone"]), max_items = 100)]
    pub fields: Vec<String>,
}

/// The member says on which day they were born.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BirthdayIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The month, 1 to 12.
    #[schema(example = 2)]
    pub month: u8,
    /// The day of the month.
    #[schema(example = 29)]
    pub day: u8,
}

/// An activity that waited is approved or rejected.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModerationIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The id of the activity's event.
    #[schema(example = "R-1")]
    pub submission: String,
    /// Whether it counts.
    pub approved: bool,
    /// Why; needed where it is rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who looked at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A member wants a reward.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RewardRequestIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The redemption's id, unique for the member; the event's own id if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redemption: Option<String>,
    /// Which reward, by its id in the program file.
    #[schema(example = "free-coffee")]
    pub reward: String,
    /// How many of it; 1 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// For which order (of the same source), if that is known: a refund of the order gives the
    /// points back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Spend at once instead of setting aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<bool>,
}

/// A redemption is used, or given back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RewardEndIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The redemption's id.
    pub redemption: String,
    /// For which order, if it was not said before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// Points given or taken by hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdjustmentEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which points, by their id in the program file.
    #[schema(example = "beans")]
    pub points: String,
    /// How many; below zero to take.
    pub amount: Amount,
    /// Why: shown to the member and to auditors.
    #[schema(example = "Sorry for the cold coffee")]
    pub reason: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A plan is paused, goes on, or is cancelled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
}

/// A member wants a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanChoiceIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which, by its id in the program file.
    #[schema(example = "club")]
    pub plan: String,
}

/// What became of a payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentEndIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The number of the invoice, of this member.
    #[schema(example = 1)]
    pub invoice: u32,
    /// Which attempt this answers; whichever is awaited, if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u16>,
    /// What the payment is called where it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Money that went back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentBackIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The number of the invoice, of this member.
    #[schema(example = 1)]
    pub invoice: u32,
    /// The currency of the amount; needed where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "EUR")]
    pub currency: Option<String>,
    /// How much; all that is owed back, or else all that was paid, if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// What it is called where it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A member is given a tier by hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TierGrantEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which tier, by its id in the program file.
    #[schema(example = "regular")]
    pub tier: String,
    /// The first moment at which it holds no more; for ever if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2025-12-24T00:00:00Z")]
    pub until: Option<String>,
    /// Why: shown to the member and to auditors.
    #[schema(example = "Two orders went wrong")]
    pub reason: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A tier that was given by hand is taken away again.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TierRevokeEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Why: shown to the member and to auditors.
    pub reason: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A tier of another program is taken over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TierMatchEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The other program, by its id in `[[match]]` of the program file.
    #[schema(example = "other-cafe")]
    pub program: String,
    /// The member's tier there, by its id in `tiers` of that `[[match]]`.
    #[schema(example = "gold")]
    pub tier: String,
    /// What was shown as proof: a number, a reference.
    #[schema(example = "card 4711, seen in the shop")]
    pub proof: String,
    /// Who looked at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A member takes part in a challenge.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChallengeJoinIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which, by its id in the program file.
    #[schema(example = "every-week")]
    pub challenge: String,
}

/// A member plays a game of chance.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlayIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which, by its id in the program file.
    #[schema(example = "wheel")]
    pub game: String,
    /// Words of the player's own choice: the play's number depends on them, so that nobody but the
    /// player can have chosen it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}

/// A member buys tickets of a prize draw.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketsIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which draw, by its id in the program file.
    #[schema(example = "summer")]
    pub draw: String,
    /// How many; 1 if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
}

/// A member gives points to a cause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DonationIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which, by its id in the program file.
    #[schema(example = "meals")]
    pub cause: String,
    /// Which points, by their id in the program file: those that the cause takes.
    #[schema(example = "hearts")]
    pub points: String,
    /// How many.
    pub amount: Amount,
}

/// What makes an event one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct EventKeyOut {
    /// The system that reported it.
    pub source: String,
    /// That system's own number for it.
    pub id: String,
}

impl From<&EventKey> for EventKeyOut {
    fn from(key: &EventKey) -> Self {
        Self {
            source: key.source.to_string(),
            id: key.external_id.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
