//! What has become of a member's redemptions, and what they ever got: folded from the log, since the
//! wallet forgets what was used long ago or given back.

use crate::{App, Error, MemberRef};
use regulars_base::{MemberId, Name, TenantId, Text, Timestamp, WalletId};
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, Verdict};
use regulars_engine::state::{Redemption, RedemptionStage};
use regulars_ledger::{Account, Posting};
use regulars_store::{Cursor, Logged};
use std::collections::BTreeMap;

/// So many entries of a log are read at once.
const AT_ONCE: usize = 500;

/// What has been.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Whose.
    pub member: Option<MemberId>,
    /// Each redemption, the newest last.
    pub redemptions: Vec<PastRedemption>,
    /// How many points ever came in by earning and by hand, per kind, in the smallest unit.
    pub came_in: BTreeMap<Name, i64>,
    /// When the newest entry was written down.
    pub last_at: Option<Timestamp>,
}

/// What has become of a redemption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRedemption {
    /// Its id, unique in the wallet.
    pub id: String,
    /// Which reward.
    pub reward: Name,
    /// What it took, per kind of points; nothing where a voucher paid.
    pub cost: Vec<(Name, i64)>,
    /// For which order.
    pub order: Option<String>,
    /// When it was asked for.
    pub made_at: Timestamp,
    /// When it last moved.
    pub moved_at: Timestamp,
    /// Where it stands.
    pub stands: Stands,
}

/// Where a redemption stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Set aside until then.
    Held(Timestamp),
    /// Used.
    Used(Timestamp),
    /// Given back, by hand or since its time was over.
    GivenBack,
}

impl App {
    /// What has been, of a member and of the group that they belong to. It reads their whole log, so it is
    /// for questions about one member.
    pub fn past(&self, tenant: TenantId, who: &MemberRef) -> Result<Past, Error> {
        let now = self.now();
        let (member, wallets) = self.wallets_of(tenant, who)?;
        let mut past = Past {
            member: Some(member),
            ..Past::default()
        };
        for (wallet, _) in wallets {
            self.each_entry(tenant, wallet, &mut |row| past.take(row))?;
        }
        for own in &mut past.redemptions {
            // Its tick may come a moment late.
            if matches!(own.stands, Stands::Held(until) if until <= now) {
                own.stands = Stands::GivenBack;
            }
        }
        past.redemptions.sort_by_key(|own| own.made_at);
        Ok(past)
    }

    /// Whose an order is; nobody if nothing names it.
    pub fn placed_by(
        &self,
        tenant: TenantId,
        source: &Text,
        order: &Text,
    ) -> Result<Option<MemberId>, Error> {
        self.core().pool.with(|store| {
            let row = store.order(tenant, source, order)?;
            let Some(wallet) = row.and_then(|row| row.wallet) else {
                return Ok(None);
            };
            let rows = store.wallets(tenant, &[wallet])?;
            Ok(rows.first().map(|row| row.member))
        })
    }

    fn each_entry(
        &self,
        tenant: TenantId,
        wallet: WalletId,
        each: &mut dyn FnMut(&Logged),
    ) -> Result<(), Error> {
        let mut after = 0;
        loop {
            let cursor = Cursor::After(after);
            let log = |store: &mut dyn regulars_store::Store| {
                Ok(store.log(tenant, wallet, cursor, AT_ONCE)?)
            };
            let rows = self.core().pool.with(log)?;
            rows.iter().for_each(&mut *each);
            match rows.last() {
                Some(last) if rows.len() == AT_ONCE => after = last.seq,
                _ => return Ok(()),
            }
        }
    }
}

impl Past {
    fn take(&mut self, row: &Logged) {
        let at = row.event.recorded_at;
        self.last_at = self.last_at.max(Some(at));
        for change in &row.outcome.changes {
            match change {
                Change::Posted(posting) => self.count(posting),
                Change::RedemptionMade(made) => self.redemptions.push(PastRedemption::of(made, at)),
                Change::RedemptionCommitted {
                    id,
                    at: used,
                    order,
                } => {
                    if let Some(own) = self.open(id.as_str()) {
                        own.stands = Stands::Used(*used);
                        own.moved_at = at;
                        let order = order.as_ref().map(|order| order.order.to_string());
                        own.order = order.or(own.order.take());
                    }
                }
                Change::RedemptionGone { id } => {
                    let by_hand = given_back(row, id.as_str());
                    // What was used long ago is only forgotten by the wallet.
                    let own = self.open(id.as_str());
                    let own = own.filter(|own| by_hand || matches!(own.stands, Stands::Held(_)));
                    if let Some(own) = own {
                        own.stands = Stands::GivenBack;
                        own.moved_at = at;
                    }
                }
                _ => {}
            }
        }
    }

    fn count(&mut self, posting: &Posting) {
        let came = matches!(posting.from, Account::Issued | Account::Adjusted)
            && matches!(posting.to, Account::Wallet | Account::Debt);
        if came {
            *self.came_in.entry(posting.points).or_default() += posting.amount;
        }
    }

    /// The newest redemption of this id that is not given back: an id may be free again.
    fn open(&mut self, id: &str) -> Option<&mut PastRedemption> {
        let mut own = self.redemptions.iter_mut().rev();
        own.find(|own| own.id == id && own.stands != Stands::GivenBack)
    }
}

impl PastRedemption {
    fn of(made: &Redemption, at: Timestamp) -> Self {
        let mut cost: Vec<(Name, i64)> = Vec::new();
        for spent in &made.spent {
            match cost
                .iter_mut()
                .find(|(points, _)| *points == spent.paid.points)
            {
                Some((_, amount)) => *amount += spent.paid.amount,
                None => cost.push((spent.paid.points, spent.paid.amount)),
            }
        }
        Self {
            id: made.id.to_string(),
            reward: made.reward,
            cost,
            order: made.order.as_ref().map(|order| order.order.to_string()),
            made_at: at,
            moved_at: at,
            stands: match made.stage {
                RedemptionStage::Held(until) => Stands::Held(until),
                RedemptionStage::Committed(used) => Stands::Used(used),
            },
        }
    }
}

/// Whether this entry is somebody giving this redemption back.
fn given_back(row: &Logged, id: &str) -> bool {
    let is = |kind: &Kind| matches!(kind, Kind::RewardCancel(end) if end.redemption.as_str() == id);
    row.outcome.verdict == Verdict::Accepted && is(&row.event.kind)
}
