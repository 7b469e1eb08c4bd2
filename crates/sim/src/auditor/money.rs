//! Money accounts, by what was written down: what is set aside, what was paid, what came back.
//!
//! That postings balance, and that lots are what postings say, holds for money as for points. Here it
//! is asked what they were for: no order gets more back than was paid for it, nothing is set aside twice,
//! and the purse of a wallet is the sum of what its notes say.

use super::{Auditor, Books};
use crate::timeline::Decision;
use regulars_base::{MemberId, Name};
use regulars_engine::Program;
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, GroupNote, MoneyNote, Note, PerkNote};
use regulars_engine::program::MoneyAccount;
use regulars_engine::state::{CardStage, UseStage, Wallet};
use regulars_ledger::{Account, Posting};

/// What was written down of a wallet's money, in minor units.
#[derive(Clone, Debug, Default)]
pub(super) struct Money {
    /// What came in by notes, less what left by them.
    has: i64,
    /// What is set aside.
    held: i64,
    /// What was paid, less what came back.
    paid: i64,
    /// Whether the wallet is one of a program with money at all.
    known: bool,
}

fn account(program: &Program, name: Name) -> Option<MoneyAccount> {
    let mut accounts = program.money.accounts();
    let own = accounts.find(|(_, terms)| terms.name == name);
    own.map(|(account, _)| account)
}

impl Auditor {
    /// Writes down what notes say of money.
    pub(super) fn money(&mut self, books: &mut Books, decision: &Decision) {
        let own = &mut books.money;
        let mut lapsed = 0;
        for change in &decision.outcome.changes {
            if let Change::Posted(posting) = change
                && account(&decision.program, posting.points).is_some()
            {
                own.known = true;
                if posting.to == Account::Expired {
                    lapsed += posting.amount;
                }
                if posting.to == Account::Debt || posting.from == Account::Debt {
                    self.faults.push(format!("money is owed: {posting:?}"));
                }
                if posting.dates.funder.is_some() {
                    self.faults.push(format!("money has a funder: {posting:?}"));
                }
            }
        }
        own.has -= lapsed;
        let moved = |posting: &Posting| account(&decision.program, posting.points).is_some();
        let moves = |points: Name, amount: i64| match account(&decision.program, points) {
            Some(_) => amount,
            None => 0,
        };
        let merged: i64 = decision
            .outcome
            .trace
            .iter()
            .map(|note| match note {
                Note::MergedIn { points, amount } => moves(*points, *amount),
                Note::MergedOut { points, amount } => moves(*points, -amount),
                Note::PartedIn { points, amount } => moves(*points, *amount),
                Note::PartedOut { points, amount } => moves(*points, -amount),
                Note::Group(
                    GroupNote::CameIn { points, amount, .. } | GroupNote::Got { points, amount },
                ) => moves(*points, *amount),
                Note::Group(
                    GroupNote::BroughtAlong { points, amount }
                    | GroupNote::Share { points, amount, .. },
                ) => moves(*points, -amount),
                Note::Perk(note) => match **note {
                    PerkNote::ToCredit { minor, .. } => minor,
                    PerkNote::CreditBack { minor, .. } => -minor,
                    _ => 0,
                },
                _ => 0,
            })
            .sum();
        own.has += merged;
        if let Kind::MoneyMoved(purse) = &decision.event.kind {
            let used = purse
                .uses
                .iter()
                .filter(|own| matches!(own.stage, UseStage::Used(_)));
            own.paid += used.map(|own| own.amount() - own.back()).sum::<i64>();
        }
        for note in &decision.outcome.trace {
            let Note::Money(note) = note else { continue };
            match **note {
                MoneyNote::CreditGiven { amount, .. }
                | MoneyNote::CardIssued { amount }
                | MoneyNote::CardLoaded { amount }
                | MoneyNote::CameFromCard { amount, .. }
                | MoneyNote::MoneyCameBack { amount } => own.has += amount,
                MoneyNote::CreditTaken { amount }
                | MoneyNote::CardReplaced { amount, .. }
                | MoneyNote::CardEmptied { amount, .. } => own.has -= amount,
                MoneyNote::CreditPaid { amount } => {
                    own.has -= amount;
                    own.paid += amount;
                }
                MoneyNote::CreditBack { amount } | MoneyNote::CardRefunded { amount } => {
                    own.has += amount;
                    own.paid -= amount;
                }
                MoneyNote::CardSpent { amount } => {
                    own.has -= amount;
                    own.paid += amount;
                }
                MoneyNote::CardHeld { .. }
                | MoneyNote::HoldCancelled { .. }
                | MoneyNote::HoldOver { .. }
                | MoneyNote::CardPaid { .. }
                | MoneyNote::CardBack { .. }
                | MoneyNote::CardMade { .. }
                | MoneyNote::CardShort { .. }
                | MoneyNote::NotBack { .. }
                | MoneyNote::CardBlocked
                | MoneyNote::CardLetGo
                | MoneyNote::MoneyNotTaken { .. }
                | MoneyNote::MoneyPassedOn { .. } => {}
            }
        }
        for posting in decision.outcome.postings().filter(|posting| moved(posting)) {
            let held = |account| {
                if account == Account::Held {
                    posting.amount
                } else {
                    0
                }
            };
            own.held += held(posting.to) - held(posting.from);
        }
        if own.paid < 0 {
            let what = format!("{} more came back than was paid", -own.paid);
            self.faults.push(what);
        }
    }

    /// The purse is what was written down, and adds up in itself.
    pub(super) fn purse(&mut self, member: MemberId, wallet: &Wallet, program: &Program) {
        let books = self.wallets.get(&member);
        let Some(own) = books.map(|books| &books.money).filter(|own| own.known) else {
            return;
        };
        let accounts = program.money.accounts();
        let money = accounts.filter_map(|(_, terms)| wallet.book(terms.name));
        let (total, held) = money.fold((0, 0), |(total, held), book| {
            (total + book.total(), held + book.held)
        });
        if (total + held, held) != (own.has, own.held) {
            let said = (own.has, own.held);
            self.faults.push(format!(
                "{member}: {:?} of money, notes say {said:?}",
                (total + held, held)
            ));
        }
        let purse = wallet.purse();
        let aside = purse.uses.iter().filter_map(|own| match own.stage {
            UseStage::Held(_) => Some(own.amount()),
            UseStage::Used(_) | UseStage::Lapsed(_) => None,
        });
        if aside.sum::<i64>() != held {
            let what = format!("{member}: what is set aside is not what holds say");
            self.faults.push(what);
        }
        for used in &purse.uses {
            if !(0..=used.amount()).contains(&used.back()) {
                self.faults
                    .push(format!("{member}: more came back: {used:?}"));
            }
            let same = |other: &&regulars_engine::state::MoneyUse| {
                other.id == used.id && other.order == used.order
            };
            if purse.uses.iter().filter(same).count() > 1 {
                self.faults.push(format!("{member}: paid twice: {used:?}"));
            }
        }
        for paid in &purse.by_card {
            if !(0..=paid.amount).contains(&paid.back) {
                self.faults
                    .push(format!("{member}: more came back: {paid:?}"));
            }
        }
        if let Some(card) = &purse.card
            && (card.waiting > 0) != (card.stage == CardStage::Inactive)
            && card.stage != CardStage::Blocked
        {
            self.faults
                .push(format!("{member}: a card waits for money: {card:?}"));
        }
    }
}
