//! Partners, checked from postings: every point that a partner funds is paid for once, every point
//! that is spent is told once, and prices are those of the program.

use super::Auditor;
use crate::timeline::Decision;
use regulars_base::Name;
use regulars_engine::event::PartnerMove;
use regulars_engine::outcome::{Change, PartnerEntry};
use regulars_engine::program::Payer;
use regulars_ledger::{Account, Posting};
use std::collections::BTreeMap;

/// What happened, whose points, which points.
type Key = (PartnerMove, Option<Name>, Name);

impl Auditor {
    /// What was booked is what the postings say.
    pub(super) fn partners(&mut self, decision: &Decision) {
        let program = &decision.program;
        if program.partners.is_empty() {
            return;
        }
        let mut by_postings: BTreeMap<Key, i64> = BTreeMap::new();
        let mut by_entries: BTreeMap<Key, i64> = BTreeMap::new();
        for change in &decision.outcome.changes {
            match change {
                Change::Posted(posting) => {
                    if let Some(what) = means(posting) {
                        let key = (what, posting.dates.funder, posting.points);
                        *by_postings.entry(key).or_default() += posting.amount;
                    }
                }
                Change::PartnerBooked(entry) => {
                    if let Some(points) = entry.points {
                        let key = (entry.what, entry.funder, points);
                        *by_entries.entry(key).or_default() += entry.amount;
                    }
                    self.price(decision, entry);
                    self.ahead(decision, entry);
                }
                _ => {}
            }
        }
        let taken = |sums: &BTreeMap<Key, i64>| -> i64 {
            let taken = sums
                .iter()
                .filter(|(key, _)| key.0 == PartnerMove::TakenBack);
            taken.map(|(_, n)| n).sum()
        };
        // The lot that a posting takes from may be another funder's than the award that came back.
        let (most, booked) = (taken(&by_postings), taken(&by_entries));
        if booked > most {
            self.faults.push(format!(
                "{booked} points are credited to partners, and {most} came back"
            ));
        }
        for (key, booked) in &by_entries {
            let (what, ..) = key;
            let told = matches!(
                what,
                PartnerMove::TakenBack | PartnerMove::Fee | PartnerMove::Pooled
            );
            let moved = by_postings.get(key).copied().unwrap_or(0);
            if !told && moved != *booked {
                self.faults
                    .push(format!("{key:?}: {booked} are booked, {moved} moved"));
            }
        }
        for (key, moved) in &by_postings {
            let (what, funder, _) = key;
            let told = funder.is_some() && *what != PartnerMove::TakenBack;
            if told && !by_entries.contains_key(key) {
                self.faults
                    .push(format!("{key:?}: {moved} moved, and nothing is booked"));
            }
        }
    }

    /// Whoever pays alone pays the price; a till is paid its own.
    fn price(&mut self, decision: &Decision, entry: &PartnerEntry) {
        let program = &decision.program;
        let find = |name: Option<Name>| program.partner_named(name?);
        let Some((place, partner)) = find(entry.partner) else {
            return;
        };
        let points = program
            .points
            .iter()
            .position(|own| Some(own.name) == entry.points);
        let points = points.and_then(|place| u16::try_from(place).ok());
        let each = |prices: &[(u16, i64)]| {
            let own = prices.iter().find(|(of, _)| Some(*of) == points);
            own.map_or(0, |(_, micros)| *micros)
        };
        let alone = find(entry.funder)
            .filter(|(_, funder)| funder.payers == [(Payer::Partner(place), 1_000_000)]);
        let expected = match (entry.what, alone) {
            (PartnerMove::Issued, Some((_, funder))) => -each(&funder.cost) * entry.amount,
            (PartnerMove::TakenBack, Some((_, funder))) => each(&funder.cost) * entry.amount,
            (PartnerMove::Redeemed, _) => each(&partner.worth) * entry.amount,
            (PartnerMove::Returned, _) => -each(&partner.worth) * entry.amount,
            _ => return,
        };
        if entry.micros != expected {
            self.faults.push(format!(
                "{entry:?} is worth {}, the price says {expected}",
                entry.micros
            ));
        }
    }

    /// Whoever pays ahead and refuses what is not covered never owes.
    fn ahead(&mut self, decision: &Decision, entry: &PartnerEntry) {
        let Some(name) = entry.partner.filter(|_| entry.ahead) else {
            return;
        };
        let balance = self.ahead.entry(name).or_default();
        *balance += entry.micros;
        let program = &decision.program;
        let refuses = program
            .partner_named(name)
            .is_some_and(|(_, partner)| partner.refuses_when_empty);
        // What cards and tiers promised is given all the same.
        let by_rules_alone =
            program.cards.is_empty() && program.tiers.is_empty() && program.plans.is_empty();
        if entry.what == PartnerMove::Issued && refuses && by_rules_alone && *balance < 0 {
            let balance = *balance;
            self.faults
                .push(format!("{entry:?} left a balance of {balance}"));
        }
    }

    /// What a partner paid ahead and has not used, by entries alone.
    pub fn paid_ahead(&self, partner: Name) -> i64 {
        self.ahead.get(&partner).copied().unwrap_or(0)
    }
}

/// What a posting means for whoever funds its points.
fn means(posting: &Posting) -> Option<PartnerMove> {
    use Account::{Debt, Expired, Issued, Redeemed, Wallet};
    Some(match (posting.from, posting.to) {
        (Issued, Wallet | Debt) => PartnerMove::Issued,
        (Wallet | Debt, Issued) => PartnerMove::TakenBack,
        (Redeemed, _) => PartnerMove::Returned,
        (_, Redeemed) => PartnerMove::Redeemed,
        (_, Expired) => PartnerMove::Lapsed,
        _ => return None,
    })
}
