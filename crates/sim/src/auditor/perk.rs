//! Redemptions, as the auditor sees them: never more comes back than was paid, and no code of a
//! supplier is brought twice, nor more of them than came in.

use super::Auditor;
use crate::timeline::Decision;
use regulars_base::{MemberId, Name, Text};
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, Note, PerkNote};
use regulars_engine::state::PerkChange;
use regulars_ledger::Account;
use std::collections::{BTreeMap, BTreeSet};

/// What was written down of redemptions.
#[derive(Clone, Debug, Default)]
pub(super) struct Redeemed {
    /// What paid for each and has not come back: points of each lot.
    left: BTreeMap<(MemberId, Text), Vec<(Name, i64)>>,
    /// The numbers of codes that were brought, by reward.
    numbers: BTreeMap<Name, BTreeSet<i64>>,
    /// The money that each credited, less what came back.
    credited: BTreeMap<(MemberId, Text), i64>,
    /// How many codes came in.
    added: BTreeMap<Name, i64>,
}

impl Auditor {
    /// Writes down what an outcome says of redemptions.
    pub(super) fn perks(&mut self, member: MemberId, decision: &Decision) {
        let mut may_return: BTreeMap<Name, i64> = BTreeMap::new();
        let mut returned: BTreeMap<Name, i64> = BTreeMap::new();
        let mut credited: BTreeMap<Name, i64> = BTreeMap::new();
        let mut faults = Vec::new();
        let own = &mut self.redeemed;
        for change in &decision.outcome.changes {
            match change {
                Change::RedemptionMade(made) => {
                    let paid = made.spent.iter();
                    let paid = paid.map(|own| (own.paid.points, own.paid.amount));
                    own.left.insert((member, made.id.clone()), paid.collect());
                }
                Change::RedemptionReturned { id, spent, by } => {
                    let lots = own.left.get_mut(&(member, id.clone()));
                    let lot = lots.and_then(|lots| lots.get_mut(usize::from(*spent)));
                    let Some((points, left)) = lot else {
                        faults.push(format!("{id} gave back a lot that did not pay for it"));
                        continue;
                    };
                    *left -= by;
                    if *left < 0 || *by <= 0 {
                        faults.push(format!("{id} gave back more than was paid: {by}"));
                    }
                    *may_return.entry(*points).or_default() += by;
                }
                Change::RedemptionGone { id } => {
                    for (points, left) in own.left.remove(&(member, id.clone())).unwrap_or_default()
                    {
                        *may_return.entry(points).or_default() += left;
                    }
                }
                // Money that paid is asked about as money.
                Change::Posted(posting)
                    if matches!(posting.from, Account::Held | Account::Redeemed)
                        && posting.to != Account::Redeemed
                        && decision.program.points_named(posting.points).is_some() =>
                {
                    *returned.entry(posting.points).or_default() += posting.amount;
                }
                Change::Perks(change) => match &**change {
                    PerkChange::Numbered(codes) => {
                        let seen = own.numbers.entry(codes.reward).or_default();
                        for number in codes.first..codes.first + codes.count {
                            if !seen.insert(number) {
                                faults.push(format!("code {number} was brought twice"));
                            }
                        }
                    }
                    PerkChange::Credited(credit) => {
                        let key = (member, credit.redemption.clone());
                        let left = own.credited.entry(key).or_default();
                        *left += credit.minor;
                        if *left < 0 {
                            faults.push(format!("{credit:?} takes back what was not given"));
                        }
                        *credited.entry(credit.money).or_default() += credit.minor;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        // What a reward gives comes out of nothing, and goes there again.
        let mut moved: BTreeMap<Name, i64> = BTreeMap::new();
        for posting in decision.outcome.postings() {
            if credited.contains_key(&posting.points) {
                let by = |account| match account == Account::Issued {
                    true => posting.amount,
                    false => 0,
                };
                *moved.entry(posting.points).or_default() += by(posting.from) - by(posting.to);
            }
        }
        // What is credited otherwise is asked about as money.
        let otherwise = matches!(decision.event.kind, Kind::StoreCredit(_) | Kind::MoneyIn(_));
        if moved != credited && !otherwise {
            faults.push(format!(
                "rewards credited {credited:?}, and {moved:?} moved"
            ));
        }
        for note in &decision.outcome.trace {
            if let Note::Perk(note) = note
                && let PerkNote::CodesAdded { reward, count, .. } = &**note
            {
                *own.added.entry(*reward).or_default() += count;
            }
        }
        for (reward, seen) in &own.numbers {
            let added = own.added.get(reward).copied().unwrap_or(0);
            if seen.last().is_some_and(|last| *last >= added) {
                faults.push(format!("{} codes were brought of {added}", seen.len()));
            }
        }
        // The fee for points that were sent comes back with them.
        if matches!(decision.event.kind, Kind::TransferBack(_)) {
            returned.clear();
        }
        // Money that comes back is counted where money is.
        let money = decision.program.money.accounts();
        for (_, terms) in money {
            returned.remove(&terms.name);
        }
        for (points, amount) in returned {
            let most = may_return.get(&points).copied().unwrap_or(0);
            if amount > most {
                faults.push(format!("{amount} came back where {most} had been paid"));
            }
        }
        self.faults.extend(faults);
    }
}
