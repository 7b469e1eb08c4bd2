//! Rewards: set aside, used, given back; and points moved by hand.

use crate::app::soon;
use crate::{App, Error, MemberRef, Receipt};
use regulars_base::{EventKey, TenantId, Text, Timestamp};
use regulars_engine::event::Adjustment;

/// A member wants a reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeem {
    /// Makes it one redemption, however often it is sent; its `external_id` is the redemption's id.
    pub key: EventKey,
    /// Who.
    pub who: MemberRef,
    /// Which reward, by its id in the program file.
    pub reward: Text,
    /// How many: 1 or more.
    pub quantity: i64,
    /// For which order (within the key's source), if that is known.
    pub order: Option<Text>,
    /// Spend at once instead of setting aside.
    pub commit: bool,
}

/// A redemption as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedemptionView {
    /// Its id, unique in the wallet.
    pub id: String,
    /// The reward's id in the program file.
    pub reward: String,
    /// How many.
    pub quantity: i64,
    /// What it cost: points by id, smallest unit.
    pub cost: Vec<(String, i64)>,
    /// Whether a voucher paid.
    pub by_voucher: bool,
    /// Held until then; nothing once it is used.
    pub held_until: Option<Timestamp>,
    /// Used since; nothing while it is held.
    pub committed_at: Option<Timestamp>,
    /// For which order.
    pub order: Option<String>,
}

impl App {
    /// A member wants a reward. Look at the receipt's verdict: too few points is no error.
    /// The view is there when it was accepted (and not given back since).
    pub fn redeem(
        &self,
        _tenant: TenantId,
        _redeem: Redeem,
    ) -> Result<(Option<RedemptionView>, Receipt), Error> {
        soon()
    }

    /// A reward that was set aside is used.
    pub fn commit_redemption(
        &self,
        _tenant: TenantId,
        _who: &MemberRef,
        _redemption: Text,
        _order: Option<Text>,
        _key: EventKey,
    ) -> Result<(Option<RedemptionView>, Receipt), Error> {
        soon()
    }

    /// A reward is given back, used or not; the points come back with their dates.
    pub fn cancel_redemption(
        &self,
        _tenant: TenantId,
        _who: &MemberRef,
        _redemption: Text,
        _key: EventKey,
    ) -> Result<Receipt, Error> {
        soon()
    }

    /// What a member has set aside, and used not long ago.
    pub fn redemptions(
        &self,
        _tenant: TenantId,
        _who: &MemberRef,
    ) -> Result<Vec<RedemptionView>, Error> {
        soon()
    }

    /// Points given or taken by hand, with a reason.
    pub fn adjust(
        &self,
        _tenant: TenantId,
        _who: &MemberRef,
        _adjustment: Adjustment,
        _key: EventKey,
    ) -> Result<Receipt, Error> {
        soon()
    }
}
