//! What a row of the log says, as far as signs ask.

use regulars_base::{MemberId, Name, Text, Timestamp};
use regulars_engine::Outcome;
use regulars_engine::event::{Event, Kind};
use regulars_engine::outcome::{Change, Verdict};
use regulars_engine::state::{Mark, ReferralChange};
use regulars_ledger::Account;

/// What was done in a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Whose wallet.
    pub member: MemberId,
    /// The row of its log.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// What came in, by points.
    pub gave: Vec<(Name, i64)>,
    /// What went back to where points come from, by points.
    pub took: Vec<(Name, i64)>,
    /// How many points were spent or set aside, of all kinds.
    pub spent: i64,
    /// Whether the wallet owes since then what it had spent.
    pub owes: bool,
    /// What it was.
    pub kind: DeedKind,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeedKind {
    /// Somebody bought.
    Bought {
        /// The order, with the source that names it.
        order: String,
        /// The store, or empty.
        store: Text,
        /// Who sold it, or empty.
        seller: Text,
    },
    /// Something of an order came back.
    Refunded {
        /// The order, with the source that names it.
        order: String,
    },
    /// A reward was asked for.
    Redeemed,
    /// Points were sent to another member.
    Sent {
        /// To whom.
        to: MemberId,
    },
    /// Points came from another member.
    Got {
        /// From whom.
        from: MemberId,
    },
    /// Points were given by hand, by one person alone.
    Given {
        /// By whom: an id, or what the event says.
        by: String,
    },
    /// They came by the link of another.
    CameBy {
        /// Whose.
        referrer: MemberId,
        /// What they are recognised by.
        marks: Vec<Mark>,
    },
    /// They are recognised by these.
    Marked(Vec<Mark>),
    /// Anything else that gave points.
    Other,
}

/// The source of adjustments that a second person approved.
const APPROVED: &str = "approved";

impl Deed {
    /// What a row says; nothing if it was refused, or is none of a sign's business.
    pub fn of((member, seq): (MemberId, u64), event: &Event, outcome: &Outcome) -> Option<Self> {
        if outcome.verdict != Verdict::Accepted {
            return None;
        }
        let order = |number: &Text| format!("{}/{number}", event.key.source);
        let kind = match &event.kind {
            Kind::Purchase(own) => DeedKind::Bought {
                order: order(&own.order),
                store: own.store.clone(),
                seller: own.staff.clone(),
            },
            Kind::Refund(own) => DeedKind::Refunded {
                order: order(&own.order),
            },
            Kind::RewardRequest(_) => DeedKind::Redeemed,
            Kind::TransferOut(own) => DeedKind::Sent { to: own.to },
            Kind::TransferIn(own) => DeedKind::Got { from: own.from },
            Kind::Adjustment(own) if own.amount > 0 && event.key.source.as_str() != APPROVED => {
                DeedKind::Given {
                    by: agent(own.by.as_str()).to_owned(),
                }
            }
            Kind::SignUp(own) => match came(outcome) {
                Some(referrer) => DeedKind::CameBy {
                    referrer,
                    marks: own.marks.clone(),
                },
                None => DeedKind::Marked(own.marks.clone()),
            },
            Kind::Fingerprints(marks) => DeedKind::Marked(marks.clone()),
            _ => DeedKind::Other,
        };
        let mut deed = Self {
            member,
            seq,
            at: event.occurred_at,
            recorded_at: event.recorded_at,
            gave: Vec::new(),
            took: Vec::new(),
            spent: 0,
            owes: false,
            kind,
        };
        for own in outcome.postings() {
            match (own.from, own.to) {
                (Account::Issued | Account::Adjusted | Account::Transit, Account::Wallet) => {
                    add(&mut deed.gave, own.points, own.amount);
                }
                (Account::Wallet, Account::Issued) => add(&mut deed.took, own.points, own.amount),
                (Account::Wallet, Account::Redeemed | Account::Held) => {
                    deed.spent = deed.spent.saturating_add(own.amount);
                }
                (Account::Debt, Account::Issued | Account::Shortfall) => deed.owes = true,
                _ => {}
            }
        }
        let tells = deed.kind != DeedKind::Other || !deed.gave.is_empty();
        tells.then_some(deed)
    }

    /// Whether points leave the wallet for something that does not come back.
    pub fn leaves(&self) -> bool {
        self.spent > 0 || matches!(self.kind, DeedKind::Redeemed | DeedKind::Sent { .. })
    }
}

fn add(to: &mut Vec<(Name, i64)>, points: Name, amount: i64) {
    match to.iter_mut().find(|own| own.0 == points) {
        Some(own) => own.1 = own.1.saturating_add(amount),
        None => to.push((points, amount)),
    }
}

/// Who sent the member, if that was settled by this row.
fn came(outcome: &Outcome) -> Option<MemberId> {
    outcome.changes.iter().find_map(|change| match change {
        Change::Referral(own) => match &**own {
            ReferralChange::Came(origin) => Some(origin.referrer),
            _ => None,
        },
        _ => None,
    })
}

/// The id in a signature as `Mia (per_1)`; all of it where there is none.
fn agent(by: &str) -> &str {
    let inside = by.strip_suffix(')').and_then(|own| own.rsplit_once('('));
    match inside {
        Some((_, id)) if id.starts_with("per_") || id.starts_with("key_") => id,
        _ => by,
    }
}
