//! What a wallet knows of referrals: who sent its owner, whom its owner sent, and what either was
//! given for it.

use super::{OrderKey, Paid, Voucher};
use crate::outcome::Change;
use regulars_base::{MemberId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Referrals, seen from one wallet. Friends are remembered one by one only as long as something may
/// still happen to what was given for them; all others are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// Who sent the owner, if somebody did.
    pub origin: Option<Origin>,
    /// What the owner's devices, addresses and cards are recognised by, the newest last.
    pub marks: Vec<Mark>,
    /// The same of the latest friends.
    pub friend_marks: Vec<Mark>,
    /// How often the link was followed.
    pub clicks: i64,
    /// Friends who joined and count.
    pub joined: i64,
    /// Friends of whom nobody has said yet whether they count.
    pub in_review: i64,
    /// Friends who bought what they had to.
    pub bought: i64,
    /// What was given, or is held back.
    pub gifts: Vec<ReferralGift>,
}

/// Who sent a member, and how far that went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Who was sent, as the referrer knows them: a member may be merged into another later.
    pub friend: MemberId,
    /// The member who sent them.
    pub referrer: MemberId,
    /// When they joined by it.
    pub at: Timestamp,
    /// Whether it counts.
    pub standing: Standing,
    /// The orders that count, as many as the last step asks for.
    pub orders: Vec<OrderKey>,
}

/// Whether a referral counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// The referrer's side was asked, and has not answered.
    Asked(Option<Doubt>),
    /// It counts.
    Counts,
    /// Somebody must look at it.
    InReview(Doubt),
    /// It does not count.
    Refused(Doubt),
}

/// What makes a referral doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Doubt {
    /// The friend was a customer before.
    KnownCustomer,
    /// Both sides have the same device, address or card, or two friends have.
    SharedFingerprint(MarkKind),
    /// The friend has sent the referrer, directly or through others.
    Ring,
    /// The referrer is no member (any more), or is the friend.
    NoReferrer,
    /// Somebody said so.
    ByHand,
}

/// A hash of something that a person is recognised by. What it was cannot be told from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// What sort of thing.
    pub kind: MarkKind,
    /// Its hash.
    pub hash: u64,
}

/// What a person is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MarkKind {
    /// The device.
    Device,
    /// Where it is delivered to.
    Address,
    /// With what it is paid.
    Payment,
}

/// Something that was given for a referral, to either side, or is held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralGift {
    /// For which friend; nothing for what the owner was given as a friend.
    pub friend: Option<MemberId>,
    /// For which purchase of the friend: the first, the third ...; 0 for joining.
    pub step: i64,
    /// Held back until then.
    pub held_until: Option<Timestamp>,
    /// When it was earned.
    pub at: Timestamp,
    /// The day (number, of the stretch) that its points were counted as earned in.
    pub day: i32,
    /// Whether it was counted against the referrer's limits.
    pub counted: bool,
    /// Points, once they were given.
    pub paid: Vec<Paid>,
    /// A free reward, once it was given.
    pub voucher: Option<Voucher>,
}

/// One thing that moves in what a wallet knows of referrals. A stored format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReferralChange {
    /// Somebody sent the owner.
    Came(Origin),
    /// It counts, or does not.
    Stands(Standing),
    /// Nobody sent the owner: the referrer turned out to be the owner.
    OriginGone,
    /// An order counts.
    OrderCounts(OrderKey),
    /// An order came back and counts no more.
    OrderGone(OrderKey),
    /// The owner is recognised by this.
    Marked(Mark),
    /// A friend is recognised by this.
    FriendMarked(Mark),
    /// Counts of clicks, friends who joined, are in review, and bought, by so much more.
    Counted {
        /// Clicks.
        clicks: i64,
        /// Friends who joined and count.
        joined: i64,
        /// Friends in review.
        in_review: i64,
        /// Friends who bought.
        bought: i64,
    },
    /// Something was given, or is held back. One for the same friend and step is replaced.
    Gave(ReferralGift),
    /// What was given or held back for a friend's step is remembered no more.
    GiftGone {
        /// For which friend; nothing for what the owner was given as a friend.
        friend: Option<MemberId>,
        /// For which purchase.
        step: i64,
    },
    /// All of it is gone: it went over to another member.
    Left,
}

impl Mark {
    /// So many of each list are kept, the newest.
    pub const KEPT: usize = 16;
}

impl Referral {
    /// What was given for a friend's step; for what the owner was given as a friend, nobody is
    /// named.
    pub fn gift(&self, friend: Option<MemberId>, step: i64) -> Option<&ReferralGift> {
        let is = |gift: &&ReferralGift| (gift.friend, gift.step) == (friend, step);
        self.gifts.iter().find(is)
    }

    /// Moves by one change.
    pub(super) fn apply(&mut self, change: &ReferralChange) {
        match change {
            ReferralChange::Came(origin) => self.origin = Some(origin.clone()),
            ReferralChange::Stands(standing) => {
                if let Some(origin) = &mut self.origin {
                    origin.standing = *standing;
                }
            }
            ReferralChange::OriginGone => self.origin = None,
            ReferralChange::OrderCounts(order) => {
                if let Some(origin) = &mut self.origin {
                    origin.orders.push(order.clone());
                }
            }
            ReferralChange::OrderGone(order) => {
                if let Some(origin) = &mut self.origin {
                    origin.orders.retain(|own| own != order);
                }
            }
            ReferralChange::Marked(mark) => keep(&mut self.marks, *mark),
            ReferralChange::FriendMarked(mark) => keep(&mut self.friend_marks, *mark),
            ReferralChange::Counted {
                clicks,
                joined,
                in_review,
                bought,
            } => {
                self.clicks += clicks;
                self.joined += joined;
                self.in_review += in_review;
                self.bought += bought;
            }
            ReferralChange::Gave(gift) => {
                let key = (gift.friend, gift.step);
                match self
                    .gifts
                    .iter_mut()
                    .find(|own| (own.friend, own.step) == key)
                {
                    Some(own) => *own = gift.clone(),
                    None => self.gifts.push(gift.clone()),
                }
            }
            ReferralChange::GiftGone { friend, step } => {
                let is = |own: &ReferralGift| (own.friend, own.step) == (*friend, *step);
                self.gifts.retain(|own| !is(own));
            }
            ReferralChange::Left => *self = Self::default(),
        }
    }
}

/// The newest last, each once.
fn keep(marks: &mut Vec<Mark>, mark: Mark) {
    marks.retain(|own| *own != mark);
    marks.push(mark);
    if marks.len() > Mark::KEPT {
        marks.remove(0);
    }
}

impl super::Wallet {
    /// What it knows of referrals changes; where nothing is left to know, it takes no space.
    pub(super) fn apply_to_referral(&mut self, change: &Change) {
        if let Change::Referral(change) = change {
            let mut own = self.referral.take().unwrap_or_default();
            own.apply(change);
            self.referral = (*own != Referral::default()).then_some(own);
        }
    }
}

impl Mark {
    /// Of something that a person is recognised by: it is not kept, and cannot be told from the hash.
    pub fn of(kind: MarkKind, value: &str) -> Self {
        let hash = Sha256::digest(value);
        let first = *hash.first_chunk().expect("a hash is longer than that");
        Self {
            kind,
            hash: u64::from_be_bytes(first),
        }
    }
}

impl MarkKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Device, Self::Address, Self::Payment];

    /// In one word, as the API writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Address => "address",
            Self::Payment => "payment",
        }
    }
}
