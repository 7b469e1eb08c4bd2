//! Rewards: set aside, used, given back; and points moved by hand.

use crate::membership::as_sent;
use crate::{App, Error, MemberRef, Receipt};
use regulars_base::{EventKey, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Adjustment, Kind, RewardEnd, RewardRequest};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::words;
use regulars_engine::state::{Redemption, RedemptionStage, Wallet};
use std::sync::Arc;

/// The most points of one adjustment, in the smallest unit: sums stay far below `i64`.
const ADJUSTMENT_MOST: u64 = 1_000_000_000_000;

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
#[derive(Clone, Debug)]
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
    /// The reward, by its place in the program, if it has it still.
    pub rule: Option<usize>,
    /// How far it has come, if it is sent.
    pub fulfilment: Option<&'static str>,
    /// The program in force.
    pub program: Arc<Program>,
}

impl App {
    /// A member wants a reward. Look at the receipt's verdict: too few points is no error.
    /// The view is there when it was accepted (and not given back since).
    pub fn redeem(
        &self,
        tenant: TenantId,
        redeem: Redeem,
    ) -> Result<(Option<RedemptionView>, Receipt), Error> {
        if redeem.quantity < 1 {
            return Err(Error::invalid("/quantity", "must be 1 or more"));
        }
        self.look_at_the_door(tenant, &redeem.who)?;
        let id = redeem.key.external_id.clone();
        let kind = Kind::RewardRequest(RewardRequest {
            redemption: id.clone(),
            reward: redeem.reward,
            quantity: redeem.quantity,
            order: redeem.order,
            commit: redeem.commit,
        });
        self.end(tenant, &redeem.who, redeem.key, kind, &id)
    }

    /// A reward that was set aside is used.
    pub fn commit_redemption(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        redemption: Text,
        order: Option<Text>,
        key: EventKey,
    ) -> Result<(Option<RedemptionView>, Receipt), Error> {
        let id = redemption.clone();
        let kind = Kind::RewardCommit(RewardEnd { redemption, order });
        self.end(tenant, who, key, kind, &id)
    }

    /// A reward is given back, used or not; the points come back with their dates.
    pub fn cancel_redemption(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        redemption: Text,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let order = None;
        let kind = Kind::RewardCancel(RewardEnd { redemption, order });
        self.ingest_one(tenant, as_sent(who, key, kind))
    }

    /// What a member has set aside, and used not long ago: they themselves, then their group.
    pub fn redemptions(
        &self,
        tenant: TenantId,
        who: &MemberRef,
    ) -> Result<Vec<RedemptionView>, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let (_, wallets) = self.wallets_of(tenant, who)?;
        let shown = wallets.iter().flat_map(|(_, wallet)| {
            let own = wallet.redemptions.iter();
            own.map(|held| view(&program, wallet, held))
        });
        Ok(shown.collect())
    }

    /// Points given or taken by hand, with a reason.
    pub fn adjust(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        adjustment: Adjustment,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        if adjustment.reason.as_str().trim().is_empty() {
            let what = "is empty: say why, the member and auditors will read it";
            return Err(Error::invalid("/reason", what));
        }
        if adjustment.amount == 0 || adjustment.amount.unsigned_abs() > ADJUSTMENT_MOST {
            let what = "must not be 0, and at most a thousand billion either way";
            return Err(Error::invalid("/amount", what));
        }
        self.ingest_one(tenant, as_sent(who, key, Kind::Adjustment(adjustment)))
    }

    /// A tier is given by hand, taken away again, or taken over from another program. Look at the
    /// receipt's verdict: a refusal is no error.
    pub fn move_tier(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        kind: Kind,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let (said, at) = match &kind {
            Kind::TierGrant(grant) => (&grant.reason, "/reason"),
            Kind::TierRevoke(revoke) => (&revoke.reason, "/reason"),
            Kind::TierMatch(matched) => (&matched.proof, "/proof"),
            _ => return Err(Error::invalid("/type", "moves no tier")),
        };
        if said.as_str().trim().is_empty() {
            let what = "is empty: say it, the member and auditors will read it";
            return Err(Error::invalid(at, what));
        }
        self.ingest_one(tenant, as_sent(who, key, kind))
    }

    fn end(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        key: EventKey,
        kind: Kind,
        id: &Text,
    ) -> Result<(Option<RedemptionView>, Receipt), Error> {
        let receipt = self.ingest_one(tenant, as_sent(who, key, kind))?;
        let accepted = receipt.verdict == Verdict::Accepted;
        let redemptions = match accepted {
            true => self.redemptions(tenant, &MemberRef::Id(receipt.member))?,
            false => Vec::new(),
        };
        let this = redemptions.into_iter().find(|held| held.id == id.as_str());
        Ok((this, receipt))
    }
}

fn view(program: &Arc<Program>, wallet: &Wallet, held: &Redemption) -> RedemptionView {
    let mut cost: Vec<(String, i64)> = Vec::new();
    for spent in &held.spent {
        let id = words::id_of(program, spent.paid.points);
        match cost.iter_mut().find(|(points, _)| points == id) {
            Some((_, amount)) => *amount += spent.paid.amount,
            None => cost.push((id.to_owned(), spent.paid.amount)),
        }
    }
    let (held_until, committed_at) = match held.stage {
        RedemptionStage::Held(until) => (Some(until), None),
        RedemptionStage::Committed(at) => (None, Some(at)),
    };
    RedemptionView {
        id: held.id.to_string(),
        reward: words::id_of(program, held.reward).to_owned(),
        quantity: held.quantity,
        cost,
        by_voucher: held.voucher.is_some(),
        held_until,
        committed_at,
        order: held.order.as_ref().map(|order| order.order.to_string()),
        rule: program
            .rewards
            .iter()
            .position(|own| own.name == held.reward),
        fulfilment: wallet
            .perks()
            .fulfilment(&held.id)
            .map(|own| own.stage.word()),
        program: Arc::clone(program),
    }
}
