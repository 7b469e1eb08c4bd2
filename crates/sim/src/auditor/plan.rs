//! Paid membership, as the auditor sees it: from invoices and notes alone, on a calendar of its own.

use super::{Auditor, Books};
use crate::timeline::Decision;
use regulars_base::{MemberId, Name};
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, Note};
use regulars_engine::state::{Invoice, InvoiceStage, Wallet};
use std::collections::BTreeMap;

/// What was written down of a wallet's plans.
#[derive(Clone, Debug, Default)]
pub(super) struct Plans {
    invoices: BTreeMap<u32, Invoice>,
    /// Stretches of days in which a plan may have given something: first day, first day after.
    stretches: Vec<(Name, i32, i32)>,
    /// Whether a merge brought something in: then invoices are not all that there is.
    merged: bool,
}

impl Auditor {
    /// One invoice is to be paid at most, none is charged twice or changes its price, and plans give
    /// nothing outside of their days.
    pub(super) fn plans(&mut self, books: &mut Books, decision: &Decision) {
        let zone = &decision.program.zone;
        let plans = &mut books.plans;
        plans.merged |= matches!(decision.event.kind, Kind::MergeIn(_) | Kind::MergeOut(_));
        if let Kind::MergeIn(luggage) = &decision.event.kind {
            let current = luggage.paying.iter();
            let current = current.filter_map(|own| own.standing.current.as_ref());
            plans
                .stretches
                .extend(current.map(|own| (own.plan, zone.day(own.since).number(), own.until)));
        }
        for change in &decision.outcome.changes {
            let Change::Invoiced(invoice) = change else {
                continue;
            };
            if let Some(before) = plans.invoices.get(&invoice.number) {
                let paid = |own: &Invoice| matches!(own.stage, InvoiceStage::Paid(_));
                if before.amount() != invoice.amount() || (paid(before) && !paid(invoice)) {
                    let what = format!("invoice {} is another than it was", invoice.number);
                    self.faults.push(what);
                }
            } else if invoice.number as usize != plans.invoices.len() + 1 {
                self.faults.push("an invoice skips a number".into());
            }
            plans.invoices.insert(invoice.number, (**invoice).clone());
            let open = plans.invoices.values().filter(|own| own.is_open());
            if open.count() > 1 {
                self.faults
                    .push("two invoices are to be paid at a time".into());
            }
            let sound = invoice.kept() >= 0 && invoice.amount() >= 0 && invoice.owed_back >= 0;
            if !sound || invoice.paid_back + invoice.owed_back > invoice.amount() {
                let what = format!("invoice {} gives back more than was paid", invoice.number);
                self.faults.push(what);
            }
        }
        for note in &decision.outcome.trace {
            match note {
                Note::PlanJoined { plan, until, .. } => {
                    let from = zone.day(decision.event.recorded_at).number();
                    plans.stretches.push((*plan, from.min(*until), *until));
                }
                Note::Invoiced {
                    plan, from, until, ..
                } => plans.stretches.push((*plan, *from, *until)),
                Note::PlanChanged { to, .. } => {
                    // In a trial, the new plan has the days of the old one.
                    let last = plans.stretches.last().copied();
                    plans
                        .stretches
                        .extend(last.map(|(_, from, until)| (*to, from, until)));
                }
                Note::PlanResumed { plan, until } => {
                    let own = plans.stretches.iter_mut().rev();
                    let mut own = own.filter(|(name, ..)| name == plan);
                    if let Some((.., end)) = own.next() {
                        *end = (*end).max(*until);
                    }
                }
                Note::PlanGave { plan, .. } => {
                    let day = zone.day(decision.event.occurred_at).number();
                    let within = |(name, from, until): &(Name, i32, i32)| {
                        name == plan && (*from..*until).contains(&day)
                    };
                    if !plans.stretches.iter().any(within) {
                        self.faults.push("a plan gave outside of its days".into());
                    }
                }
                _ => {}
            }
        }
    }

    /// Invoices that were paid never overlap, but for a day that a plan ended on and another began;
    /// and credit is neither made nor lost.
    pub(super) fn paid(&mut self, member: MemberId, wallet: &Wallet) {
        let Some(books) = self.wallets.get(&member) else {
            return;
        };
        let plans = &books.plans;
        if plans.merged {
            return;
        }
        let paid = |own: &&Invoice| matches!(own.stage, InvoiceStage::Paid(_)) && own.kept() > 0;
        let paid: Vec<&Invoice> = plans.invoices.values().filter(paid).collect();
        for pair in paid.windows(2) {
            if pair[0].until > pair[1].from + 1 {
                let what = format!(
                    "{member}: invoices {} and {} are for the same days",
                    pair[0].number, pair[1].number
                );
                self.faults.push(what);
            }
        }
        let used: i64 = plans.invoices.values().map(|own| own.credit).sum();
        let given: i64 = plans.invoices.values().map(|own| own.credited).sum();
        let left = wallet.paying.as_ref().map_or(0, |own| own.standing.credit);
        if used + left != given {
            let what = format!("{member}: credit of {given} became {used} used and {left} left");
            self.faults.push(what);
        }
    }
}
