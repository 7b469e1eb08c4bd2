//! What happened: events, valid once they exist.

mod books;
mod changeover;
mod channel;
mod coupon;
mod desk;
mod engagement;
mod games;
mod group;
mod money;
mod partner;
mod people;
mod perk;
mod plan;
mod purchase;
mod team;

pub use books::BooksClosing;
pub use changeover::{Changeover, Redated};
pub use channel::{
    PartnerAward, PartnerAwardBack, SellThrough, StaffAward, StaffBack, StaffNews, StaffWhat,
};
pub use coupon::{CodeAssign, CodeTransfer, CodeUndo, CodeUse};
pub use desk::MemberHold;
pub use engagement::{Approved, Birthday, Moderation};
pub use games::{ChallengeJoin, Contest, Donation, Placed, Play, Tickets};
pub use group::{
    GroupAnswer, GroupBrought, GroupEntry, GroupInvite, GroupInvited, GroupJoin, GroupLeave,
    GroupLeft, GroupRole, GroupSet,
};
pub use money::{
    CreditWhy, GiftCardReturned, GiftCardUsed, GiftHold, GiftIssue, GiftLoad, GiftMove, MoneyBack,
    MoneyIn, MoneyInto, MoneyMoved, StoreCredit,
};
pub use partner::{ClosedSum, Closing, PartnerMove, PartnerPost, PostWhat, Role, SumKey};
pub use people::{
    FriendNews, News, ReferralReview, RingQuestion, SignUp, Touch, TransferBack, TransferIn,
    TransferOut,
};
pub use perk::{
    Attributes, CodesAdded, Fulfil, FulfilMove, PerkEvent, PerksMoved, Pick, Reissue, ReissueBack,
    ReissueOf, Restock, ReturnPart, RewardGift, RewardReturn, StockMove,
};
pub use plan::{PaymentBack, PaymentEnd, PlanChoice};
pub use purchase::{Line, LineParts, PaidFrom, Payment, Purchase, PurchaseParts, RewardUse};
pub use team::TeamNews;

use crate::code::Code;
use crate::state::{
    Card, CardGift, Channel, CouponUse, DatedStamps, Engagement, Games, Mark, Paid, Paying,
    Progress, Referral, StampTime, Standing, Tier, TierStanding, Voucher,
};
use regulars_base::{EventKey, MemberId, Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// An event as it came in at the door: who it concerns is not resolved to a wallet yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// Whom it concerns.
    pub who: Who,
    /// What happened.
    pub event: Event,
}

/// Whom an event concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Who {
    /// A member, by id.
    Member(MemberId),
    /// Whoever has this identity: kind (`email`, `phone`, `card`, `customer` ...) and value.
    Identity {
        /// What sort of identity.
        kind: Text,
        /// Its value, as the source writes it.
        value: Text,
    },
    /// Whoever placed the order that the event names.
    OfOrder,
}

impl Who {
    /// Whom events concern that concern no member: the house, which has a wallet of its own in the
    /// log, so that what happens there is durable, done once and proved like everything else.
    pub fn house() -> Self {
        let text = |words| Text::new(words).expect("a plain letter or two are a text");
        Self::Identity {
            kind: text("house"),
            value: text("rewards"),
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What makes it one event, however often it is delivered.
    pub key: EventKey,
    /// When it happened: rules, windows and expiry count from here.
    pub occurred_at: Timestamp,
    /// When it was written down: the order of the log. Set by the shell; not part of the input's
    /// hash.
    pub recorded_at: Timestamp,
    /// Randomness drawn at the door, so that a replay decides alike. Not part of the input's hash.
    pub entropy: [u8; 16],
    /// What it is.
    pub kind: Kind,
}

/// The kinds of event. A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    /// A customer becomes a member.
    Enrolment,
    /// Somebody bought.
    Purchase(Box<Purchase>),
    /// Something bought came back.
    Refund(Refund),
    /// A visit, a review, or anything that the program names.
    Activity(Activity),
    /// A member wants a reward: the points are set aside, or spent at once.
    RewardRequest(RewardRequest),
    /// A reward that was set aside is used.
    RewardCommit(RewardEnd),
    /// A reward is given back, used or not.
    RewardCancel(RewardEnd),
    /// Points given or taken by hand.
    Adjustment(Adjustment),
    /// Time has passed: whatever was due is done.
    Tick,
    /// The member turned out to be somebody who is a member already: everything in the wallet
    /// leaves for theirs.
    MergeOut(MergeOut),
    /// What a merged member had comes in. Made from a `MergeOut`, in the same commit.
    MergeIn(Box<MergeIn>),
    /// A member joins a plan.
    PlanJoin(PlanChoice),
    /// A member changes to another plan.
    PlanChange(PlanChoice),
    /// The plan is paused.
    PlanPause,
    /// The plan goes on.
    PlanResume,
    /// The plan is cancelled.
    PlanCancel,
    /// An invoice was paid.
    PaymentSucceeded(PaymentEnd),
    /// A payment failed.
    PaymentFailed(PaymentEnd),
    /// Money was paid back.
    PaymentRefunded(PaymentBack),
    /// A member is given a tier by hand, until a moment or for ever.
    TierGrant(TierGrant),
    /// A tier that was given by hand is taken away again.
    TierRevoke(TierRevoke),
    /// A tier of another program is taken over, on proof.
    TierMatch(TierMatch),
    /// These fields of the member's profile are filled. What stands in them is nobody's business
    /// here.
    Profile(Vec<Text>),
    /// The member says on which day they were born.
    Birthday(Birthday),
    /// Somebody has looked at an activity that waited for it.
    Moderation(Moderation),
    /// An activity that was approved counts. Made from a `Moderation`, for the moment at which the
    /// activity happened.
    Approved(Box<Approved>),
    /// Somebody followed the member's link.
    ReferralClick,
    /// The customer came by other members' links.
    SignUp(Box<SignUp>),
    /// The member is recognised by these.
    Fingerprints(Vec<Mark>),
    /// Somebody says whether a doubtful referral counts: an event of the friend.
    ReferralReview(Box<ReferralReview>),
    /// Something happened to a friend of the member. Made from what happened to the friend.
    FriendNews(Box<FriendNews>),
    /// Whether somebody is among those who sent the member. It goes up from one to the next, and
    /// the answer back to who asked.
    RingQuestion(Box<RingQuestion>),
    /// What the referrer's side says to the friend's.
    ReferralAnswer(Standing),
    /// What a merged member knew of referrals. Made from a `MergeOut`.
    ReferralMoved(Box<Referral>),
    /// The member sends points to another.
    TransferOut(Box<TransferOut>),
    /// Points come from another member. Made from a `TransferOut`.
    TransferIn(Box<TransferIn>),
    /// Points come back that another member did not take. Made from a `TransferIn`.
    TransferBack(Box<TransferBack>),
    /// A code of a coupon is used, without a purchase or before it.
    CodeUse(CodeUse),
    /// A use of a code is given back by hand.
    CodeUndo(CodeUndo),
    /// A code is put into a member's hand.
    CodeAssign(CodeAssign),
    /// A member hands a code on to another.
    CodeTransfer(CodeTransfer),
    /// A member takes part in a challenge that asks for it.
    ChallengeJoin(ChallengeJoin),
    /// A member plays a game of chance.
    Play(Play),
    /// A member buys tickets of a draw.
    Tickets(Tickets),
    /// A member gives points to a cause.
    Donation(Donation),
    /// A member has a place on a leaderboard that was closed, or in a draw. Made by the program.
    Placed(Placed),
    /// Something is booked with a partner by hand: it concerns the coalition, not a member.
    PartnerPost(Box<PartnerPost>),
    /// A period of settlement is closed.
    PeriodClosed(Box<Closing>),
    /// Another version of the program takes over. Made for each wallet that it concerns.
    Changeover(Box<Changeover>),
    /// A sale of the member, or what came back of it. Made from the customer's purchase or refund.
    StaffNews(Box<StaffNews>),
    /// What a merged member knew of sales and of partners' awards. Made from a `MergeOut`.
    ChannelMoved(Box<Channel>),
    /// A partner gives points out of its budget.
    PartnerAward(Box<PartnerAward>),
    /// A partner takes such points back.
    PartnerAwardCancel(Box<PartnerAwardBack>),
    /// A reseller reports what it sold on.
    SellThrough(Box<SellThrough>),
    /// Something happens to a reward beside being asked for and used.
    Perk(Box<PerkEvent>),
    /// Money comes into a member's store credit, or leaves it other than by paying.
    StoreCredit(Box<StoreCredit>),
    /// Something happens to a gift card: an event of the card.
    GiftCard(Box<GiftMove>),
    /// A purchase was paid with a gift card. Made from a `Purchase`.
    GiftCardUsed(Box<GiftCardUsed>),
    /// A purchase that a gift card paid for came back. Made from a `Refund`.
    GiftCardReturned(Box<GiftCardReturned>),
    /// Money comes from a gift card. Made from a `GiftCard`.
    MoneyIn(Box<MoneyIn>),
    /// Money comes back to a gift card. Made from a `MoneyIn`.
    MoneyBack(Box<MoneyBack>),
    /// What a merged member had paid with money accounts. Made from a `MergeOut`.
    MoneyMoved(Box<MoneyMoved>),
    /// The member is a group and no person, or something else is known of the group.
    GroupSet(Box<GroupSet>),
    /// Somebody may come into the group.
    GroupInvite(Box<GroupInvite>),
    /// A group wants the member. Made from a `GroupInvite`.
    GroupInvited(Box<GroupInvited>),
    /// The member comes into a group.
    GroupJoin(GroupJoin),
    /// Somebody asks the group to be let in. Made from a `GroupJoin`.
    GroupEntry(GroupEntry),
    /// What the group says to that. Made from a `GroupEntry`.
    GroupAnswer(Box<GroupAnswer>),
    /// What somebody who came in brings along. Made from a `GroupAnswer`.
    GroupBrought(Box<GroupBrought>),
    /// Somebody leaves the group, or is put out.
    GroupLeave(GroupLeave),
    /// The member is out of a group. Made from a `GroupLeave` or a `GroupClose`.
    GroupLeft(Box<GroupLeft>),
    /// Somebody in the group has another role, or may spend otherwise.
    GroupRole(Box<GroupRole>),
    /// The group is no more: everybody is out.
    GroupClose,
    /// Somebody who was merged into the member is a member of their own again.
    Unmerge(Unmerge),
    /// What a member gets back who was merged. Made from an `Unmerge`.
    Unmerged(Box<Unmerged>),
    /// A period of the books of points is closed: it concerns the house, not a member.
    BooksClosed(Box<BooksClosing>),
    /// What a member did for their team, or what the team reached. Made from what a member did.
    TeamNews(Box<TeamNews>),
    /// A member is put on hold, or let go.
    MemberHold(Box<MemberHold>),
    /// Points that a member had in another program are taken over.
    OpeningBalance(Box<OpeningBalance>),
    /// What is known of who the member is was changed: the names of what was, and never what stands there.
    MemberChanged(Vec<Text>),
}

/// A merge is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmerge {
    /// Who had been merged.
    pub member: MemberId,
}

/// What a member gets back who was merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmerged {
    /// Who had taken them over.
    pub from: MemberId,
    /// Their points, lot by lot, as far as they are still there.
    pub lots: Vec<Paid>,
    /// Their progress towards tiers.
    pub progress: Vec<Progress>,
    /// Their free rewards.
    pub vouchers: Vec<Voucher>,
    /// The tiers whose gifts they have had.
    pub gifted: Vec<Name>,
}

/// Everything leaves for another wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeOut {
    /// The member who goes: the owner of this wallet.
    pub from: MemberId,
    /// The member who stays.
    pub into: MemberId,
}

/// What a merged member had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeIn {
    /// The member who is no more.
    pub from: MemberId,
    /// Since when they were a member.
    pub enrolled_at: Option<Timestamp>,
    /// Their points, lot by lot: they keep their dates.
    pub lots: Vec<Paid>,
    /// What they owed.
    pub debts: Vec<(Name, i64)>,
    /// Their progress towards tiers.
    pub progress: Vec<Progress>,
    /// Their stamp cards.
    pub cards: Vec<Card>,
    /// Stamps of cards with a window: which of them lapse when.
    pub dated: Vec<DatedStamps>,
    /// When cards whose stamps are apart were stamped last.
    pub stamp_times: Vec<StampTime>,
    /// Points that their cards gave, while a refund may still take them back.
    pub card_gifts: Vec<CardGift>,
    /// Their free rewards.
    pub vouchers: Vec<Voucher>,
    /// Their paid membership.
    pub paying: Option<Box<Paying>>,
    /// The tier that their own figures gave.
    pub tier: Tier,
    /// What else was known of their tier.
    pub standing: TierStanding,
    /// What they told of themselves, and did without buying.
    pub engagement: Option<Box<Engagement>>,
    /// How many orders they placed.
    pub orders: i64,
    /// Their uses of coupons that may still be given back.
    pub coupon_uses: Vec<CouponUse>,
    /// The codes in their hand.
    pub codes: Vec<Code>,
    /// What they held of games, if anything.
    pub games: Option<Box<Games>>,
}

/// Part or all of an order came back. Any number per order, in any order, also before the purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The order's number, within the source of the event.
    pub order: Text,
    /// What came back.
    pub what: Refunded,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refunded {
    /// Everything that had not come back yet.
    Rest,
    /// So much money, in minor units: taken from all lines in proportion to what is left of them.
    Amount(i64),
    /// These lines.
    Lines(Vec<RefundLine>),
}

/// One line that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLine {
    /// The line's id in the purchase (its place, `1`, `2` ..., if the purchase gave none).
    pub line: Text,
    /// How much money, in minor units; nothing for all that is left of it.
    pub amount: Option<i64>,
    /// How many, in thousandths; nothing for a share that follows the amount.
    pub quantity: Option<i64>,
}

/// Something a member did that is no purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// What: `visit`, or a name that the program declares.
    pub name: Text,
    /// Where: the store, if any.
    pub store: Text,
    /// Its fields, by name.
    pub fields: Vec<(Text, Value)>,
}

impl Activity {
    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&Value> {
        let own = self.fields.iter().find(|(own, _)| own.as_str() == name);
        own.map(|(_, value)| value)
    }

    /// The words in a field, if there are any.
    pub fn text(&self, name: &str) -> Option<&Text> {
        match self.field(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Words; also a day, and a number with decimals as it is written.
    Text(Text),
}

/// A member wants a reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardRequest {
    /// The redemption's id, unique in the wallet: the event's own external id, as a rule.
    pub redemption: Text,
    /// Which reward, by its id in the program file.
    pub reward: Text,
    /// How many of it: 1 or more.
    pub quantity: i64,
    /// For which order (within the event's source), if that is known: a refund of the order gives
    /// the points back.
    pub order: Option<Text>,
    /// Spend at once instead of setting aside.
    pub commit: bool,
}

/// A redemption is used, or given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardEnd {
    /// The redemption's id.
    pub redemption: Text,
    /// For which order, if it was not said before.
    pub order: Option<Text>,
}

/// Points given or taken by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Which points, by their id in the program file.
    pub points: Text,
    /// How many, in the currency's smallest unit; below zero to take.
    pub amount: i64,
    /// Why: shown to the member and to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// Points that a member had in another program, as many as are gone at the same moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningBalance {
    /// Which points, by their id in the program file.
    pub points: Text,
    /// How many, in the currency's smallest unit; above zero.
    pub amount: i64,
    /// The first moment at which they are gone, as they were promised; nothing if they lapse as points do
    /// that are earned here at the time of the event.
    pub expires_at: Option<Timestamp>,
    /// Where they were held: shown to the member and to auditors. Never empty.
    pub from: Text,
}

/// A member is given a tier by hand: they do not fall below it until its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierGrant {
    /// Which tier, by its id in the program file.
    pub tier: Text,
    /// The first moment at which it holds no more; nothing if it holds for ever.
    pub until: Option<Timestamp>,
    /// Why: shown to the member and to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// A tier that was given by hand is taken away again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierRevoke {
    /// Why: shown to the member and to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

/// A tier of another program is taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierMatch {
    /// The other program, by its id in the program file.
    pub program: Text,
    /// The member's tier there, by its id in the program file.
    pub tier: Text,
    /// What was shown as proof: a number, a reference. Never empty.
    pub proof: Text,
    /// Who looked at it.
    pub by: Text,
}

impl Event {
    /// The number of the order whose record it needs, within its source.
    pub fn order(&self) -> Option<&Text> {
        match &self.kind {
            Kind::Purchase(purchase) => Some(&purchase.order),
            Kind::SellThrough(report) => Some(&report.sold.order),
            Kind::Refund(refund) => Some(&refund.order),
            Kind::Activity(activity) => activity.text("order"),
            Kind::StoreCredit(credit) => credit.order.as_ref(),
            Kind::Enrolment
            | Kind::Profile(_)
            | Kind::Birthday(_)
            | Kind::Moderation(_)
            | Kind::Approved(_)
            | Kind::RewardRequest(_)
            | Kind::RewardCommit(_)
            | Kind::RewardCancel(_)
            | Kind::Adjustment(_)
            | Kind::Tick
            | Kind::MergeOut(_)
            | Kind::MergeIn(_)
            | Kind::PlanJoin(_)
            | Kind::PlanChange(_)
            | Kind::PlanPause
            | Kind::PlanResume
            | Kind::PlanCancel
            | Kind::PaymentSucceeded(_)
            | Kind::PaymentFailed(_)
            | Kind::PaymentRefunded(_)
            | Kind::TierGrant(_)
            | Kind::TierRevoke(_)
            | Kind::TierMatch(_)
            | Kind::ReferralClick
            | Kind::SignUp(_)
            | Kind::Fingerprints(_)
            | Kind::ReferralReview(_)
            | Kind::FriendNews(_)
            | Kind::RingQuestion(_)
            | Kind::ReferralAnswer(_)
            | Kind::ReferralMoved(_)
            | Kind::TransferOut(_)
            | Kind::TransferIn(_)
            | Kind::TransferBack(_)
            | Kind::CodeUse(_)
            | Kind::CodeUndo(_)
            | Kind::CodeAssign(_)
            | Kind::CodeTransfer(_)
            | Kind::ChallengeJoin(_)
            | Kind::Play(_)
            | Kind::Tickets(_)
            | Kind::Donation(_)
            | Kind::Placed(_)
            | Kind::PartnerPost(_)
            | Kind::PeriodClosed(_)
            | Kind::BooksClosed(_)
            | Kind::Changeover(_)
            | Kind::StaffNews(_)
            | Kind::ChannelMoved(_)
            | Kind::PartnerAward(_)
            | Kind::PartnerAwardCancel(_)
            | Kind::Perk(_)
            | Kind::GiftCard(_)
            | Kind::GiftCardUsed(_)
            | Kind::GiftCardReturned(_)
            | Kind::MoneyIn(_)
            | Kind::MoneyBack(_)
            | Kind::MoneyMoved(_)
            | Kind::GroupSet(_)
            | Kind::GroupInvite(_)
            | Kind::GroupInvited(_)
            | Kind::GroupJoin(_)
            | Kind::GroupEntry(_)
            | Kind::GroupAnswer(_)
            | Kind::GroupBrought(_)
            | Kind::GroupLeave(_)
            | Kind::GroupLeft(_)
            | Kind::GroupRole(_)
            | Kind::GroupClose
            | Kind::Unmerge(_)
            | Kind::Unmerged(_)
            | Kind::TeamNews(_)
            | Kind::MemberHold(_)
            | Kind::OpeningBalance(_)
            | Kind::MemberChanged(_) => None,
        }
    }

    /// The codes whose records it needs.
    pub fn codes(&self) -> &[Code] {
        match &self.kind {
            Kind::Purchase(purchase) => &purchase.codes,
            Kind::CodeUse(CodeUse { code, .. })
            | Kind::CodeUndo(CodeUndo { code, .. })
            | Kind::CodeAssign(CodeAssign { code })
            | Kind::CodeTransfer(CodeTransfer { code, .. }) => std::slice::from_ref(code),
            _ => &[],
        }
    }

    /// Whether it concerns no member, and so is for the house.
    pub fn is_of_house(&self) -> bool {
        matches!(
            &self.kind,
            Kind::Perk(perk) if matches!(**perk, PerkEvent::Restock(_) | PerkEvent::CodesAdded(_))
        )
    }

    /// Whether it is about a code alone.
    pub(crate) const fn is_of_code(&self) -> bool {
        matches!(
            self.kind,
            Kind::CodeUse(_) | Kind::CodeUndo(_) | Kind::CodeAssign(_) | Kind::CodeTransfer(_)
        )
    }

    /// Whether it only looks at its order: then it sees those alone that the member placed, and
    /// leaves them as they are.
    pub const fn looks_at_order(&self) -> bool {
        matches!(self.kind, Kind::Activity(_) | Kind::StoreCredit(_))
    }

    /// Whether it pays out a refund as store credit: that is for whoever's order it was, the member's
    /// that it names or their group's.
    pub fn pays_out(&self) -> bool {
        matches!(
            &self.kind,
            Kind::StoreCredit(credit) if credit.why == CreditWhy::Refund && credit.order.is_some()
        )
    }

    /// The other members that it names: there must be such members. What follows from it is for
    /// them, or for whomever their wallets know.
    pub fn members(&self) -> Vec<MemberId> {
        match &self.kind {
            Kind::MergeOut(merge) => vec![merge.into],
            Kind::TransferOut(transfer) => vec![transfer.to],
            Kind::CodeTransfer(transfer) => vec![transfer.into],
            Kind::GroupInvite(invite) => vec![invite.person],
            Kind::GroupJoin(join) => vec![join.group],
            Kind::GroupLeave(leave) => leave.person.into_iter().collect(),
            Kind::SignUp(sign_up) => sign_up.touches.iter().map(|touch| touch.referrer).collect(),
            Kind::Purchase(bought) => bought.cards().collect(),
            Kind::GiftCard(what) => match **what {
                GiftMove::Replaced { into, .. } => vec![into],
                GiftMove::IntoCredit { to, .. } => vec![to],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Whether it follows from an event of another member, and so is made again where that is
    /// decided again.
    pub const fn follows_from_another(&self) -> bool {
        matches!(
            &self.kind,
            Kind::MergeIn(_)
                | Kind::FriendNews(_)
                | Kind::RingQuestion(_)
                | Kind::ReferralAnswer(_)
                | Kind::ReferralMoved(_)
                | Kind::TransferIn(_)
                | Kind::TransferBack(_)
                | Kind::StaffNews(_)
                | Kind::ChannelMoved(_)
                | Kind::GiftCardUsed(_)
                | Kind::GiftCardReturned(_)
                | Kind::MoneyIn(_)
                | Kind::MoneyBack(_)
                | Kind::MoneyMoved(_)
                | Kind::GroupInvited(_)
                | Kind::GroupEntry(_)
                | Kind::GroupAnswer(_)
                | Kind::GroupBrought(_)
                | Kind::GroupLeft(_)
                | Kind::Unmerged(_)
                | Kind::TeamNews(_)
        ) || self.moves_perks()
    }

    /// Whether it brings what a merged member held of rewards.
    const fn moves_perks(&self) -> bool {
        match &self.kind {
            Kind::Perk(perk) => matches!(**perk, PerkEvent::Moved(_)),
            _ => false,
        }
    }

    /// Who had been merged and is parted again by it: their own wallet is needed, though they stand for
    /// nobody yet.
    pub const fn parts(&self) -> Option<MemberId> {
        match &self.kind {
            Kind::Unmerge(asked) => Some(asked.member),
            _ => None,
        }
    }

    /// Whether it is of the kind from which events for other members follow, at once or by what the
    /// wallet knows after it.
    pub const fn reaches_others(&self) -> bool {
        matches!(
            self.kind,
            Kind::MergeOut(_)
                | Kind::TransferOut(_)
                | Kind::SignUp(_)
                | Kind::ReferralReview(_)
                | Kind::GiftCard(_)
                | Kind::GroupInvite(_)
                | Kind::GroupJoin(_)
                | Kind::GroupLeave(_)
                | Kind::GroupClose
                | Kind::Unmerge(_)
        ) || self.follows_from_another()
    }

    /// Its kind in one word, as the API and tables show it.
    pub const fn kind_name(&self) -> &'static str {
        self.kind.word()
    }
}

impl Kind {
    /// The kind in one word, as the API and tables show it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Enrolment => "enrolment",
            Self::Purchase(_) => "purchase",
            Self::Refund(_) => "refund",
            Self::Activity(_) => "activity",
            Self::RewardRequest(_) => "reward_request",
            Self::RewardCommit(_) => "reward_commit",
            Self::RewardCancel(_) => "reward_cancel",
            Self::Adjustment(_) => "adjustment",
            Self::Tick => "tick",
            Self::MergeOut(_) => "merge_out",
            Self::MergeIn(_) => "merge_in",
            Self::PlanJoin(_) => "plan_join",
            Self::PlanChange(_) => "plan_change",
            Self::PlanPause => "plan_pause",
            Self::PlanResume => "plan_resume",
            Self::PlanCancel => "plan_cancel",
            Self::PaymentSucceeded(_) => "payment_succeeded",
            Self::PaymentFailed(_) => "payment_failed",
            Self::PaymentRefunded(_) => "payment_refunded",
            Self::TierGrant(_) => "tier_grant",
            Self::TierRevoke(_) => "tier_revoke",
            Self::TierMatch(_) => "tier_match",
            Self::Profile(_) => "profile",
            Self::Birthday(_) => "birthday",
            Self::Moderation(_) => "moderation",
            Self::Approved(_) => "approved",
            Self::ReferralClick => "referral_click",
            Self::SignUp(_) => "sign_up",
            Self::Fingerprints(_) => "fingerprints",
            Self::ReferralReview(_) => "referral_review",
            Self::FriendNews(_) => "friend_news",
            Self::RingQuestion(_) => "ring_question",
            Self::ReferralAnswer(_) => "referral_answer",
            Self::ReferralMoved(_) => "referral_moved",
            Self::TransferOut(_) => "transfer",
            Self::TransferIn(_) => "transfer_in",
            Self::TransferBack(_) => "transfer_back",
            Self::CodeUse(_) => "code_use",
            Self::CodeUndo(_) => "code_undo",
            Self::CodeAssign(_) => "code_assign",
            Self::CodeTransfer(_) => "code_transfer",
            Self::Changeover(_) => "changeover",
            Self::ChallengeJoin(_) => "challenge_join",
            Self::Play(_) => "play",
            Self::Tickets(_) => "tickets",
            Self::Donation(_) => "donation",
            Self::Placed(_) => "placed",
            Self::PartnerPost(_) => "partner_post",
            Self::PeriodClosed(_) => "period_closed",
            Self::BooksClosed(_) => "books_closed",
            Self::StaffNews(_) => "staff_news",
            Self::ChannelMoved(_) => "channel_moved",
            Self::PartnerAward(_) => "partner_award",
            Self::PartnerAwardCancel(_) => "partner_award_cancel",
            Self::SellThrough(_) => "sell_through",
            Self::Perk(perk) => perk.word(),
            Self::StoreCredit(_) => "store_credit",
            Self::GiftCard(_) => "gift_card",
            Self::GiftCardUsed(_) => "gift_card_used",
            Self::GiftCardReturned(_) => "gift_card_returned",
            Self::MoneyIn(_) => "money_in",
            Self::MoneyBack(_) => "money_back",
            Self::MoneyMoved(_) => "money_moved",
            Self::GroupSet(_) => "group_set",
            Self::GroupInvite(_) => "group_invite",
            Self::GroupInvited(_) => "group_invited",
            Self::GroupJoin(_) => "group_join",
            Self::GroupEntry(_) => "group_entry",
            Self::GroupAnswer(_) => "group_answer",
            Self::GroupBrought(_) => "group_brought",
            Self::GroupLeave(_) => "group_leave",
            Self::GroupLeft(_) => "group_left",
            Self::GroupRole(_) => "group_role",
            Self::GroupClose => "group_close",
            Self::Unmerge(_) => "unmerge",
            Self::Unmerged(_) => "unmerged",
            Self::TeamNews(_) => "team_news",
            Self::MemberHold(hold) => hold.word(),
            Self::OpeningBalance(_) => "opening_balance",
            Self::MemberChanged(_) => "member_changed",
        }
    }
}

/// Something wrong with an input, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer to the field: `/lines/0/amount`.
    pub at: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl Fault {
    /// At `at`, this is wrong.
    pub fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            what: what.into(),
        }
    }
}

impl Refund {
    /// Checks a refund: amounts and quantities above zero, at least one line where lines are named.
    pub fn new(order: Text, what: Refunded) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut positive = |at: String, value: i64| {
            if value <= 0 {
                faults.push(Fault::new(
                    at,
                    "must be above zero: a refund says what came back",
                ));
            }
        };
        match &what {
            Refunded::Rest => {}
            Refunded::Amount(amount) => positive("/amount".into(), *amount),
            Refunded::Lines(lines) => {
                for (at, line) in lines.iter().enumerate() {
                    if let Some(amount) = line.amount {
                        positive(format!("/lines/{at}/amount"), amount);
                    }
                    if let Some(quantity) = line.quantity {
                        positive(format!("/lines/{at}/quantity"), quantity);
                    }
                }
                if lines.is_empty() || lines.len() > Purchase::LINES_MAX {
                    let most = Purchase::LINES_MAX;
                    faults.push(Fault::new("/lines", format!("must hold 1 to {most} lines")));
                }
            }
        }
        if order.is_empty() {
            faults.push(Fault::new("/order", "names no order"));
        }
        if faults.is_empty() {
            Ok(Self { order, what })
        } else {
            Err(faults)
        }
    }
}
