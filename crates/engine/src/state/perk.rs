//! What a wallet holds of rewards beside points, vouchers and redemptions.

use super::{Redemption, Voucher, Wallet};
use regulars_base::{Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// What a wallet holds of rewards beside points, vouchers and redemptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Perks {
    /// The member wants nothing redeemed by itself.
    pub by_hand_only: bool,
    /// Vouchers that redemptions put into the hand, as long as these are kept.
    pub made: Vec<MadeVoucher>,
    /// Redemptions that are sent to the member, as long as these are kept.
    pub fulfilments: Vec<Fulfilment>,
    /// Codes of suppliers that redemptions brought, as long as these are kept.
    pub numbers: Vec<SupplierCodes>,
    /// Vouchers that were picked from menus, as long as they are in hand.
    pub picked: Vec<Picked>,
    /// What is open to the member.
    pub access: Vec<Access>,
    /// What sort of member it is: by attribute.
    pub attributes: Vec<(Name, Text)>,
    /// Money that redemptions credited, as long as these are kept.
    pub credited: Vec<RewardCredit>,
    /// Vouchers that lapsed not long ago, the newest last: they can be given again.
    pub lapsed: Vec<Voucher>,
    /// Vouchers that were given again within a year, the newest last.
    pub reissued: Vec<Reissued>,
}

/// A voucher that was given again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reissued {
    /// The external id of the event that gave it again.
    pub id: Text,
    /// When.
    pub at: Timestamp,
    /// The voucher.
    pub voucher: Voucher,
    /// What it stands for.
    pub before: ReissuedFor,
}

/// What a voucher that was given again stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReissuedFor {
    /// A voucher that lapsed.
    Lapsed(Voucher),
    /// A redemption that was used.
    Used {
        /// Its id.
        redemption: Text,
        /// The reward.
        reward: Name,
        /// The voucher that paid for it, if one did.
        paid_by: Option<Voucher>,
    },
}

impl Reissued {
    /// So many vouchers are given again to one member within a year.
    pub const MOST: usize = 5;
    /// For so many days a lapsed voucher can be given again, and what was given again counts.
    pub const DAYS: i32 = 365;
    /// So many lapsed vouchers are remembered, the newest.
    pub const LAPSED_KEPT: usize = 8;
}

/// Money that a redemption credited, and that did not come back with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RewardCredit {
    /// The redemption's id.
    pub redemption: Text,
    /// Which money: the name of a money account.
    pub money: Name,
    /// How much, in minor units.
    pub minor: i64,
}

/// A voucher that a redemption put into the member's hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeVoucher {
    /// The redemption's id.
    pub redemption: Text,
    /// The voucher.
    pub voucher: Voucher,
}

/// A redemption that is sent to the member. Where it is sent to is kept outside of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fulfilment {
    /// The redemption's id.
    pub redemption: Text,
    /// Which reward.
    pub reward: Name,
    /// How many.
    pub quantity: i64,
    /// How far it has come.
    pub stage: FulfilmentStage,
    /// Since when.
    pub since: Timestamp,
    /// Who carries it.
    pub carrier: Text,
    /// The carrier's number for it.
    pub tracking: Text,
}

/// How far a redemption that is sent has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FulfilmentStage {
    /// It is to be sent.
    Ordered,
    /// It left the house.
    Dispatched,
    /// It arrived.
    Delivered,
    /// It could not be sent, or did not arrive: the points went back.
    Failed,
    /// It came back: the points went back.
    Returned,
    /// The redemption was given back before it was sent.
    Cancelled,
}

/// Codes of a supplier that a redemption brought: by their numbers, what they are is no business of
/// the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplierCodes {
    /// The redemption's id.
    pub redemption: Text,
    /// Of which reward.
    pub reward: Name,
    /// The number of the first: they are counted from 0.
    pub first: i64,
    /// How many, one after the other.
    pub count: i64,
}

/// A voucher that was picked from a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    /// The voucher for the menu, which is gone.
    pub from: Voucher,
    /// What it became.
    pub to: Voucher,
}

/// Something that is open to the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The id of the redemption that opened it.
    pub redemption: Text,
    /// By which reward.
    pub reward: Name,
    /// What, as the program calls it.
    pub to: Text,
    /// Since when.
    pub from: Timestamp,
    /// The first moment at which it is not any more; [`Timestamp::LAST`] if it always is.
    pub until: Timestamp,
}

/// One thing that moves there. A stored format: variants are added at the end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PerkChange {
    /// So many of a redemption came back.
    CameBack {
        /// The redemption's id.
        redemption: Text,
        /// How many.
        by: i64,
    },
    /// Nothing is redeemed by itself from now on (or is again).
    ByHandOnly(bool),
    /// A redemption put a voucher into the hand.
    Made(MadeVoucher),
    /// That voucher was taken back.
    Unmade(MadeVoucher),
    /// A redemption is sent, and stands so from now on.
    Fulfilment(Fulfilment),
    /// A redemption brought codes of a supplier.
    Numbered(SupplierCodes),
    /// A voucher was picked from a menu.
    Picked(Picked),
    /// That is forgotten: the voucher is not in the hand any more.
    Unpicked(Picked),
    /// Something is open to the member.
    Opened(Access),
    /// It is not any more.
    Closed(Access),
    /// What sort of member it is; no value for none any more.
    AttributeSet {
        /// Which attribute.
        attribute: Name,
        /// The value.
        value: Text,
    },
    /// A redemption credited so much money (or, below zero, it was taken back).
    Credited(RewardCredit),
    /// A voucher lapsed, and can be given again.
    Lapsed(Voucher),
    /// It cannot any more: it was.
    LapsedGone(Voucher),
    /// A voucher was given again.
    Reissued(Box<Reissued>),
    /// That was taken back: the external id of the event that gave it.
    ReissuedGone(Text),
}

impl Wallet {
    /// What it holds of rewards.
    pub fn perks(&self) -> &Perks {
        static NOTHING: Perks = Perks::NOTHING;
        self.perks.as_deref().unwrap_or(&NOTHING)
    }

    /// Whether a voucher is in the hand: itself, or what was picked with it.
    pub fn holds(&self, voucher: &Voucher) -> bool {
        crate::stage::perk::in_hand(self, voucher).is_some()
    }

    /// The redemption of this id.
    pub fn redemption(&self, id: &Text) -> Option<&Redemption> {
        self.redemptions.iter().find(|own| own.id == *id)
    }

    /// The value of an attribute; empty if there is none.
    pub fn attribute(&self, attribute: Name) -> &str {
        let values = self.perks.iter().flat_map(|perks| &perks.attributes);
        let mut own = values.filter(|(name, _)| *name == attribute);
        own.next().map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn apply_to_perks(&mut self, change: &PerkChange) {
        if let PerkChange::CameBack { redemption, by } = change {
            let own = self.redemptions.iter_mut();
            if let Some(held) = own.into_iter().find(|held| held.id == *redemption) {
                held.quantity -= by;
            }
            return;
        }
        self.change_perks(|perks| perks.apply(change));
    }

    /// A redemption is forgotten, and what was kept for it.
    pub(super) fn forget_perks_of(&mut self, redemption: &Text) {
        if self.perks.is_some() {
            self.change_perks(|perks| {
                perks.made.retain(|own| own.redemption != *redemption);
                perks
                    .fulfilments
                    .retain(|own| own.redemption != *redemption);
                perks.numbers.retain(|own| own.redemption != *redemption);
                perks.credited.retain(|own| own.redemption != *redemption);
            });
        }
    }

    /// A wallet of which nothing is known keeps nothing.
    fn change_perks(&mut self, change: impl FnOnce(&mut Perks)) {
        let mut perks = self.perks.take().unwrap_or_default();
        change(&mut perks);
        self.perks = (*perks != Perks::NOTHING).then_some(perks);
    }
}

impl Perks {
    /// Nothing.
    pub const NOTHING: Self = Self {
        by_hand_only: false,
        made: Vec::new(),
        fulfilments: Vec::new(),
        numbers: Vec::new(),
        picked: Vec::new(),
        access: Vec::new(),
        attributes: Vec::new(),
        credited: Vec::new(),
        lapsed: Vec::new(),
        reissued: Vec::new(),
    };

    /// The fulfilment of a redemption.
    pub fn fulfilment(&self, redemption: &Text) -> Option<&Fulfilment> {
        let mut own = self.fulfilments.iter();
        own.find(|own| own.redemption == *redemption)
    }

    /// The money that a redemption credited, if it did.
    pub fn credit_of(&self, redemption: &Text) -> Option<&RewardCredit> {
        let mut own = self.credited.iter();
        own.find(|own| own.redemption == *redemption)
    }

    fn apply(&mut self, change: &PerkChange) {
        match change {
            PerkChange::CameBack { .. } => {}
            PerkChange::ByHandOnly(only) => self.by_hand_only = *only,
            PerkChange::Made(made) => self.made.push(made.clone()),
            PerkChange::Unmade(made) => take_last(&mut self.made, made),
            PerkChange::Fulfilment(now) => {
                let mut own = self.fulfilments.iter_mut();
                match own.find(|own| own.redemption == now.redemption) {
                    Some(own) => *own = now.clone(),
                    None => self.fulfilments.push(now.clone()),
                }
            }
            PerkChange::Numbered(numbers) => self.numbers.push(numbers.clone()),
            PerkChange::Picked(picked) => self.picked.push(*picked),
            PerkChange::Unpicked(picked) => take_last(&mut self.picked, picked),
            PerkChange::Opened(access) => self.access.push(access.clone()),
            PerkChange::Closed(access) => take_last(&mut self.access, access),
            PerkChange::AttributeSet { attribute, value } => {
                self.attributes.retain(|(own, _)| own != attribute);
                if !value.is_empty() {
                    self.attributes.push((*attribute, value.clone()));
                    self.attributes.sort_unstable();
                }
            }
            PerkChange::Credited(credit) => {
                let mut own = self.credited.iter_mut();
                match own.find(|own| own.redemption == credit.redemption) {
                    Some(own) => own.minor += credit.minor,
                    None => self.credited.push(credit.clone()),
                }
                self.credited.retain(|own| own.minor != 0);
            }
            PerkChange::Lapsed(voucher) => {
                self.lapsed.push(*voucher);
                if self.lapsed.len() > Reissued::LAPSED_KEPT {
                    self.lapsed.remove(0);
                }
            }
            PerkChange::LapsedGone(voucher) => take_last(&mut self.lapsed, voucher),
            PerkChange::Reissued(given) => {
                // No more than may be given in a year can still count.
                self.reissued.push((**given).clone());
                if self.reissued.len() > Reissued::MOST {
                    self.reissued.remove(0);
                }
            }
            PerkChange::ReissuedGone(id) => self.reissued.retain(|own| own.id != *id),
        }
    }
}

fn take_last<T: PartialEq>(all: &mut Vec<T>, one: &T) {
    if let Some(at) = all.iter().rposition(|own| own == one) {
        all.remove(at);
    }
}

impl FulfilmentStage {
    /// The stage in one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Dispatched => "dispatched",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }

    /// All of them, in the order in which they come.
    pub const ALL: [Self; 6] = [
        Self::Ordered,
        Self::Dispatched,
        Self::Delivered,
        Self::Failed,
        Self::Returned,
        Self::Cancelled,
    ];

    /// Whether it is still to arrive.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Ordered | Self::Dispatched)
    }
}
