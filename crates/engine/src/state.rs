//! What a decision may see and what it may change: one wallet, one order, and the shared figures
//! that the event asks for.
//!
//! A state is no stored format: it is a cache that can be folded again from the changes. It names
//! rules, tiers and currencies by [`Name`], so that it outlives an edit of the program.

mod apply;
mod channel;
mod code;
mod engagement;
mod games;
mod group;
mod hold;
mod lines;
mod merged;
mod money;
mod order;
mod perk;
mod plan;
mod referral;
mod standing;

pub use channel::{Channel, ChannelChange, PartnerGift, StaffGift, StaffSale, StaffShare, Staffed};
pub use code::{CodeRecord, Codes, CouponUse};
pub use engagement::{Birthday, Consent, ConsentGift, Done, Engagement, Submission};
pub use games::{Badge, Challenge, GameChange, Games, Level, Score};
pub use group::{
    Act, Belongs, Effort, EffortPart, Group, GroupChange, Groups, Invitation, Invited, Person,
};
pub use hold::OnHold;
pub use lines::LineSet;
pub use merged::Merged;
pub use money::{
    CardStage, Credited, GiftCard, MoneyChange, MoneyUse, PaidByCard, Purse, UseStage,
};
pub use order::{
    Bought, ForTeam, Grant, Grants, Order, OrderLine, OrderLines, Purchased, StampGrant,
    StampGrants,
};
pub use perk::{
    Access, Fulfilment, FulfilmentStage, MadeVoucher, PerkChange, Perks, Picked, Reissued,
    ReissuedFor, RewardCredit, SupplierCodes,
};
pub use referral::{
    Doubt, Mark, MarkKind, Origin, Referral, ReferralChange, ReferralGift, Standing,
};

pub use plan::{Gap, Invoice, InvoiceStage, Membership, PastPlan, Paying, PlanStage, PlanStanding};

pub use standing::{Floor, FloorKind, Matched, Rise, TierHeld, TierStanding};

use crate::code::Code;
use crate::event::Event;
use regulars_base::{MemberId, Name, Text, Timestamp};
use regulars_ledger::{Book, Dates};
use serde::{Deserialize, Serialize};

/// All that a decision may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Whose wallet it is, where that is known: events for other members name it.
    pub owner: Option<MemberId>,
    /// Who acts, where the wallet is a group's and somebody who belongs to it does.
    pub actor: Option<MemberId>,
    /// The wallet that the event concerns.
    pub wallet: Wallet,
    /// The order that the event names, if it names one.
    pub order: Order,
    /// The shared figures that the event asks for.
    pub shared: Shared,
    /// The codes that the event names.
    pub codes: Codes,
    /// Who sold, if the event names a member for whom there are rules.
    pub staff: Option<MemberId>,
}

/// A wallet: everything that rules know of a member (or of a household that shares one).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wallet {
    /// Since when its owner is a member; before that nothing is earned.
    pub enrolled_at: Option<Timestamp>,
    /// The wallet's clock: the latest moment it has seen. It never runs backwards.
    pub clock: Timestamp,
    /// The last purchase, visit or redemption: what expiry after inactivity counts from.
    pub active_at: Timestamp,
    /// Points, one book per currency that was ever touched.
    pub books: Vec<Book>,
    /// The tier; [`Tier::default`] is the lowest.
    pub tier: Tier,
    /// What counts towards tiers, by metric and stretch of days.
    pub progress: Vec<Progress>,
    /// What member limits have used up, by limit and period.
    pub counters: Vec<Counter>,
    /// Stamp cards in hand.
    pub cards: Vec<Card>,
    /// Stamps of cards with a window: which of them lapse when.
    pub dated: Vec<DatedStamps>,
    /// When cards whose stamps are apart were stamped last.
    pub stamp_times: Vec<StampTime>,
    /// Points that cards and tiers gave, while a refund may still take them back.
    pub card_gifts: Vec<CardGift>,
    /// Free rewards in hand.
    pub vouchers: Vec<Voucher>,
    /// Redemptions that are held, or were committed not long ago.
    pub redemptions: Vec<Redemption>,
    /// What a customer did who is not a member yet, under the policy `hold`.
    pub waiting: Vec<Event>,
    /// Paid membership, if it ever had any.
    pub paying: Option<Box<Paying>>,
    /// What else is known of its tier: what holds it up, what a refund may undo.
    pub standing: Option<Box<TierStanding>>,
    /// What the member told of themselves, and did without buying: as much of it as rules must know.
    pub engagement: Option<Box<Engagement>>,
    /// Who sent its owner, and whom its owner sent; nothing if there was nobody.
    pub referral: Option<Box<Referral>>,
    /// How many orders were ever placed.
    pub orders: i64,
    /// Uses of coupons that may still be given back.
    pub coupon_uses: Vec<CouponUse>,
    /// Codes in hand, that nobody else may use.
    pub codes: Vec<Code>,
    /// Challenges, badges, plays and scores, if there are any.
    pub games: Option<Box<Games>>,
    /// Which partner a redemption that is remembered belongs to; in the coalition's own wallet, whose
    /// disputes are open.
    pub marks: Vec<PartnerMark>,
    /// What may be taken back of what its owner was given for sales and by partners, if anything.
    pub channel: Option<Box<Channel>>,
    /// What else it holds of rewards, if anything.
    pub perks: Option<Box<Perks>>,
    /// What it knows of store credit and gift cards beside their money, if anything.
    pub money: Option<Box<Purse>>,
    /// What it knows of groups: of itself if its owner is one, or of the one that its owner belongs to.
    pub groups: Option<Box<Groups>>,
    /// Merges into it that may still be undone, the oldest first.
    pub merges: Vec<Merged>,
    /// Whether its owner is on hold, and why.
    pub on_hold: Option<Box<OnHold>>,
}

/// A wallet's tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Which; nothing for the lowest.
    pub name: Option<Name>,
    /// Since when.
    pub since: Timestamp,
    /// When it is looked at again; nothing if it never is.
    pub until: Option<Timestamp>,
}

/// How much of a metric fell into a stretch of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Progress {
    /// The metric's name.
    pub metric: Name,
    /// The first day of the stretch, as a day number.
    pub day: i32,
    /// How much: minor units, points, orders or visits.
    pub amount: i64,
}

/// How much of a limit is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// The limit's name.
    pub limit: Name,
    /// The number of the period that it counts; 0 where it counts for ever.
    pub period: i32,
    /// How much.
    pub used: i64,
}

/// A stamp card in hand; or money that a card by amount keeps for its next stamp, under a name of its
/// own and with minor units for stamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which card.
    pub card: Name,
    /// Stamps on it. Below zero where a refund took a stamp back off a card that had been given in.
    pub stamps: i64,
    /// When the first stamp was given.
    pub first_at: Timestamp,
    /// The first moment at which it is void; [`Timestamp::LAST`] if never.
    pub expires_at: Timestamp,
    /// The highest milestone, in stamps, that it has given something at; 0 if none.
    pub reached: i64,
}

/// Stamps of a card with a window that lapse at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedStamps {
    /// Which card.
    pub card: Name,
    /// The first moment at which they count no more.
    pub until: Timestamp,
    /// How many of them are on the card.
    pub stamps: i64,
    /// How many went with cards that were given in: a refund that opens such a card again puts
    /// them back on with the date that they had.
    pub given_in: i64,
}

/// When a card was stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampTime {
    /// Which card.
    pub card: Name,
    /// When.
    pub at: Timestamp,
}

/// Points that a card gave when it had so many stamps, or a tier when it was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardGift {
    /// Which card, or which tier.
    pub card: Name,
    /// At how many stamps: a milestone, or as many as fill it; 0 for a tier.
    pub stamps: i64,
    /// Which points, out of which lot, how many.
    pub paid: Paid,
    /// When.
    pub at: Timestamp,
    /// The day (number, of the stretch) that they were counted as earned in.
    pub day: i32,
}

/// A free reward in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// Which reward.
    pub reward: Name,
    /// What gave it: a card, or a tier.
    pub origin: Name,
    /// When.
    pub issued_at: Timestamp,
    /// The first moment at which it is void; [`Timestamp::LAST`] if never.
    pub expires_at: Timestamp,
}

/// A reward that a member asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// Its id, unique in the wallet.
    pub id: Text,
    /// Which reward.
    pub reward: Name,
    /// How many.
    pub quantity: i64,
    /// The points that pay, lot by lot.
    pub spent: Vec<Spent>,
    /// The voucher that pays, instead of points. One that ended at [`Timestamp::FIRST`] is forfeit: what
    /// gave it was undone meanwhile.
    pub voucher: Option<Voucher>,
    /// Held until, or used since.
    pub stage: RedemptionStage,
    /// For which order.
    pub order: Option<OrderKey>,
}

/// An order's number, and whose number it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrderKey {
    /// The source that numbers it.
    pub source: Text,
    /// Its number there.
    pub order: Text,
}

/// Points of one lot that paid for a redemption, and how many of them came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// What was paid.
    pub paid: Paid,
    /// How much of it came back, because the order did.
    pub back: i64,
}

/// Where a redemption stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RedemptionStage {
    /// Set aside until then, after which it is given back.
    Held(Timestamp),
    /// Used at that moment.
    Committed(Timestamp),
}

/// Points of one lot that paid for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Paid {
    /// Which points.
    pub points: Name,
    /// Out of which lot.
    pub dates: Dates,
    /// How many.
    pub amount: i64,
}

/// Something that belongs to a partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerMark {
    /// What.
    pub of: MarkOf,
    /// Its id: the redemption's, or the external id of the event that began the dispute.
    pub id: Text,
    /// The partner.
    pub partner: Name,
}

/// What belongs to a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkOf {
    /// A redemption, made or used at its till.
    Redemption,
    /// A dispute.
    Dispute,
}

/// Figures that many members share: stock, and budgets of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// How much of each is used up, by key. What is not there is unused.
    pub used: Vec<(SharedKey, i64)>,
}

/// Names a shared figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SharedKey {
    /// The limit's name, or the reward's for its stock.
    pub name: Name,
    /// The number of the period that it counts; 0 where it counts for ever.
    pub period: i32,
}

impl Default for Wallet {
    fn default() -> Self {
        Self {
            enrolled_at: None,
            clock: Timestamp::FIRST,
            active_at: Timestamp::FIRST,
            books: Vec::new(),
            tier: Tier::default(),
            progress: Vec::new(),
            counters: Vec::new(),
            cards: Vec::new(),
            dated: Vec::new(),
            stamp_times: Vec::new(),
            card_gifts: Vec::new(),
            vouchers: Vec::new(),
            redemptions: Vec::new(),
            waiting: Vec::new(),
            paying: None,
            standing: None,
            engagement: None,
            referral: None,
            orders: 0,
            coupon_uses: Vec::new(),
            codes: Vec::new(),
            games: None,
            marks: Vec::new(),
            channel: None,
            perks: None,
            money: None,
            groups: None,
            merges: Vec::new(),
            on_hold: None,
        }
    }
}

impl StampTime {
    /// So many are kept of each card: enough for what tills tell late and out of order, and a wallet
    /// stays small.
    pub const KEPT: usize = 8;
}

impl Wallet {
    /// The book of `points`, if it was ever touched.
    pub fn book(&self, points: Name) -> Option<&Book> {
        self.books.iter().find(|book| book.points == points)
    }

    /// What may be spent of `points` at `now`.
    pub fn available(&self, points: Name, now: Timestamp) -> i64 {
        self.book(points).map_or(0, |book| book.available(now))
    }

    /// The plan whose benefits its owner has (or had) at `at`.
    #[inline]
    pub fn plan_at(&self, at: Timestamp) -> Option<Name> {
        self.paying.as_ref()?.plan_at(at)
    }

    /// How much of `limit` is used up in `period`.
    pub fn used(&self, limit: Name, period: i32) -> i64 {
        let place = |counter: &Counter| (counter.limit, counter.period);
        let at = self.counters.binary_search_by_key(&(limit, period), place);
        at.map_or(0, |at| self.counters[at].used)
    }

    /// The tier that the member's own figures give; what stands in `tier` may be higher.
    pub fn own_tier(&self) -> Tier {
        let own = self.standing.as_ref().and_then(|standing| standing.own);
        own.unwrap_or(self.tier)
    }

    /// What a card by amount keeps under this name for its next stamp, in minor units.
    pub fn card_rest(&self, rest: Name) -> i64 {
        let mut cards = self.cards.iter();
        cards
            .find(|own| own.card == rest)
            .map_or(0, |own| own.stamps)
    }

    /// What else is known of the tier.
    pub fn standing(&self) -> &TierStanding {
        static NOTHING: TierStanding = TierStanding::NOTHING;
        self.standing.as_deref().unwrap_or(&NOTHING)
    }

    /// What was counted of `metric` from day number `from` on.
    pub fn progress_since(&self, metric: Name, from: i32) -> i64 {
        self.progress_between(metric, from, i32::MAX)
    }

    /// What was counted of `metric` from day number `from` up to `until`, both included.
    pub fn progress_between(&self, metric: Name, from: i32, until: i32) -> i64 {
        let place = |progress: &Progress| (progress.metric, progress.day);
        let first = self
            .progress
            .partition_point(|progress| place(progress) < (metric, from));
        let of_metric = self.progress[first..].iter();
        of_metric
            .take_while(|progress| progress.metric == metric && progress.day <= until)
            .map(|progress| progress.amount)
            .sum()
    }
}

impl Shared {
    /// How much of `key` is used up.
    pub fn used(&self, key: SharedKey) -> i64 {
        self.used
            .iter()
            .find(|(name, _)| *name == key)
            .map_or(0, |(_, used)| *used)
    }
}
