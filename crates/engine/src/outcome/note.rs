//! Why: what rules gave or did not, what fell due, what came back.

use super::Refusal;
use super::channel::ChannelNote;
use crate::code::Code;
use crate::event::CreditWhy;
use crate::state::{Doubt, FloorKind};
use regulars_base::{MemberId, Name, Timestamp};
use serde::{Deserialize, Serialize};

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
    /// Money counted on a card by amount (or counts no more, below zero), and what makes no whole stamp is
    /// kept.
    CardKeeps {
        /// The card's place.
        card: u16,
        /// How much counted, in minor units.
        by: i64,
        /// How much is kept now, in minor units.
        left: i64,
    },
    /// About sales staff, partners' awards and sell-through.
    Channel(Box<ChannelNote>),
    /// What happened to rewards beside being asked for.
    Perk(Box<super::PerkNote>),
    /// Something that happened to a money account.
    Money(Box<MoneyNote>),
    /// Something about groups.
    Group(GroupNote),
    /// A merge was undone: points that had come with it went back.
    PartedOut {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// A merge was undone: the member is one of their own again.
    Parted {
        /// Who had taken them over.
        from: MemberId,
    },
    /// Points came back that had gone with a merge.
    PartedIn {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// The member is on hold from now on.
    PutOnHold,
    /// The member is not on hold any more.
    LetGo,
    /// Points of another program were taken over.
    TakenOver {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
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
    /// Something was counted for the member's team (or came back, below zero).
    ForTeam {
        /// The challenge.
        challenge: Name,
        /// The step's place.
        step: u8,
        /// By how much.
        by: i64,
        /// The team.
        team: MemberId,
    },
    /// In the team's wallet: somebody did so much (or less, below zero).
    TeamCounted {
        /// The challenge.
        challenge: Name,
        /// The step's place.
        step: u8,
        /// Who.
        person: MemberId,
        /// By how much.
        by: i64,
        /// How much the team has now; of a streak, periods of the run in hand.
        now: i64,
    },
    /// In the team's wallet: somebody took part, and gets what it gives; or does not any more.
    TookPart {
        /// The challenge.
        challenge: Name,
        /// Who.
        person: MemberId,
        /// Whether it is reached, for them.
        reached: bool,
    },
    /// The member's team reached its goal, and they took part.
    TeamReached {
        /// The challenge.
        challenge: Name,
        /// The team.
        team: MemberId,
    },
    /// Of what the team had done, or the member for it, too little is left.
    TeamUndone {
        /// The challenge.
        challenge: Name,
        /// The team.
        team: MemberId,
    },
}

/// What happens to money accounts. A stored format: variants are added at the end, never changed. All
/// amounts are in minor units of the program's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MoneyNote {
    /// Money came into store credit.
    CreditGiven {
        /// How much.
        amount: i64,
        /// Why.
        why: CreditWhy,
    },
    /// Store credit was taken by hand.
    CreditTaken {
        /// How much.
        amount: i64,
    },
    /// Store credit paid for an order.
    CreditPaid {
        /// How much.
        amount: i64,
    },
    /// It came back, as the order did.
    CreditBack {
        /// How much.
        amount: i64,
    },
    /// A gift card paid for the member's order.
    CardPaid {
        /// Which.
        card: MemberId,
        /// How much.
        amount: i64,
    },
    /// It goes back to the card, as the order came back.
    CardBack {
        /// Which.
        card: MemberId,
        /// How much.
        amount: i64,
    },
    /// A gift card was made, and waits to be sold.
    CardMade {
        /// What will be on it.
        amount: i64,
    },
    /// A gift card is good from now on.
    CardIssued {
        /// What is on it.
        amount: i64,
    },
    /// Money was put on the card (or taken off by hand, below zero).
    CardLoaded {
        /// How much.
        amount: i64,
    },
    /// Money of the card was set aside.
    CardHeld {
        /// How much.
        amount: i64,
    },
    /// Money of the card was spent.
    CardSpent {
        /// How much.
        amount: i64,
    },
    /// What was set aside is free again.
    HoldCancelled {
        /// How much.
        amount: i64,
    },
    /// What was set aside was not used in time.
    HoldOver {
        /// How much.
        amount: i64,
    },
    /// A purchase was to be paid with the card, and too little was there by then.
    CardShort {
        /// How much is missing.
        amount: i64,
    },
    /// Money that was spent came back on the card.
    CardRefunded {
        /// How much.
        amount: i64,
    },
    /// Money should come back that the card never paid, or too long ago.
    NotBack {
        /// How much.
        amount: i64,
    },
    /// The card is blocked.
    CardBlocked,
    /// The card may be used again.
    CardLetGo,
    /// Another card took its place.
    CardReplaced {
        /// Which.
        by: MemberId,
        /// What went over.
        amount: i64,
    },
    /// Money of the card became store credit.
    CardEmptied {
        /// Whose.
        to: MemberId,
        /// How much.
        amount: i64,
    },
    /// Money came from a gift card.
    CameFromCard {
        /// Which.
        from: MemberId,
        /// How much.
        amount: i64,
    },
    /// Money from a gift card could not be taken, and goes back.
    MoneyNotTaken {
        /// How much.
        amount: i64,
    },
    /// Money came back that could not be taken.
    MoneyCameBack {
        /// How much.
        amount: i64,
    },
    /// Money from a gift card goes on to the group that the member belongs to.
    MoneyPassedOn {
        /// Which.
        to: MemberId,
        /// How much.
        amount: i64,
    },
}

/// What is said about groups. A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupNote {
    /// Somebody who belongs to the group did this.
    By {
        /// Who.
        person: MemberId,
    },
    /// The member is a group from now on.
    Founded,
    /// Something else is known of the group.
    Changed,
    /// Somebody may come in.
    Invited {
        /// Who.
        person: MemberId,
        /// As what.
        role: Name,
        /// Until when.
        until: Timestamp,
    },
    /// A group wants the member.
    Wanted {
        /// Which.
        group: MemberId,
        /// As what.
        role: Name,
        /// Until when.
        until: Timestamp,
    },
    /// The member asked a group to be let in.
    Asked {
        /// Which.
        group: MemberId,
    },
    /// Somebody came in.
    Entered {
        /// Who.
        person: MemberId,
        /// As what.
        role: Name,
    },
    /// Somebody was not let in.
    TurnedAway {
        /// Who.
        person: MemberId,
        /// Why.
        why: Box<Refusal>,
    },
    /// The member belongs to a group from now on.
    Joined {
        /// Which.
        group: MemberId,
        /// As what.
        role: Name,
    },
    /// The member was not let in.
    NotLetIn {
        /// By which group.
        group: MemberId,
        /// Why.
        why: Box<Refusal>,
    },
    /// The member brought points along into their group.
    BroughtAlong {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Points came in with somebody.
    CameIn {
        /// With whom.
        person: MemberId,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Somebody is out.
    Out {
        /// Who.
        person: MemberId,
    },
    /// Somebody took a share of the points along.
    Share {
        /// Who.
        person: MemberId,
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// The member does not belong to a group any more.
    Left {
        /// Which.
        group: MemberId,
    },
    /// The member has a share of the group's points.
    Got {
        /// Which points.
        points: Name,
        /// How many.
        amount: i64,
    },
    /// Somebody has a role from now on.
    Role {
        /// Who.
        person: MemberId,
        /// Which.
        role: Name,
    },
    /// The group is no more.
    Closed,
    /// The purchase earns nothing: the contract of the group does not hold when it was made.
    OutsideContract,
}

impl Note {
    /// Whether it says that something did not count, and no more: people ask for it only when they wonder.
    pub const fn is_missed(&self) -> bool {
        matches!(
            self,
            Self::Missed { .. } | Self::NotStamped { .. } | Self::NotCounted { .. }
        )
    }
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
