//! Cards, as the auditor sees them: from stamps put on and taken off, and from what they gave.

use super::{Auditor, Books};
use crate::timeline::Decision;
use regulars_base::{MemberId, Name, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, Note};
use regulars_engine::program::{CardRule, Gives, Milestone, StampFor};
use regulars_engine::state::Wallet;

impl Auditor {
    /// Stamps are apart where they should be, and points that cards gave are taken back once.
    pub(super) fn cards(&mut self, books: &mut Books, decision: &Decision) {
        let Decision { program, event, .. } = decision;
        if let Kind::MergeIn(luggage) = &event.kind {
            self.move_in(books, luggage.from);
        }
        self.money_kept(books, decision);
        for note in &decision.outcome.trace {
            match note {
                Note::Stamped { card, by, .. } if *by > 0 => {
                    let Some(card) = program.cards.get(usize::from(*card)) else {
                        continue;
                    };
                    let stamped = books.stamped.entry(card.name).or_default();
                    let apart = i64::from(card.apart_minutes.unwrap_or(0)) * 60_000_000;
                    let since = |at: &Timestamp| event.occurred_at.micros() - at.micros();
                    if stamped.iter().any(|at| since(at).abs() < apart) {
                        let what = format!("stamps of `{}` are closer than they may be", card.id);
                        self.faults.push(what);
                    }
                    stamped.insert(event.occurred_at);
                }
                Note::CardGave {
                    card,
                    points,
                    amount,
                    ..
                } => *books.card_points.entry((*card, *points)).or_default() += amount,
                Note::TookBack {
                    rule,
                    points,
                    amount,
                } if program.cards.iter().any(|card| card.name == *rule) => {
                    let left = books.card_points.entry((*rule, *points)).or_default();
                    *left -= amount;
                    if *left < 0 {
                        let what = format!("more was taken back than {rule:?} had given");
                        self.faults.push(what);
                    }
                }
                _ => {}
            }
        }
    }

    /// On cards by amount that keep what is over, the money that counts is in stamps or is kept, to the
    /// last cent.
    fn money_kept(&mut self, books: &mut Books, decision: &Decision) {
        let Decision {
            program, outcome, ..
        } = decision;
        for (place, card) in (0_u16..).zip(&program.cards) {
            let StampFor::Amount(per) = card.each else {
                continue;
            };
            let (mut counted, mut said, mut stamps) = (0, None, 0);
            for note in &outcome.trace {
                match note {
                    Note::CardKeeps {
                        card: own,
                        by,
                        left,
                    } if *own == place => {
                        counted += by;
                        said = Some(*left);
                    }
                    Note::Stamped { card: own, by, .. } if *own == place => stamps += by,
                    _ => {}
                }
            }
            let kept = books.kept.entry(card.rest).or_default();
            let Some(left) = said else {
                if stamps != 0 && card.keeps_rest {
                    let what = format!("`{}` was stamped for no money", card.id);
                    self.faults.push(what);
                }
                continue;
            };
            if *kept + counted != stamps * per + left || left < 0 {
                let what = format!(
                    "`{}` had {kept} kept, {counted} more make {stamps} stamps and {left}",
                    card.id
                );
                self.faults.push(what);
            }
            *kept = left;
        }
    }

    /// What was written down of the cards of a merged member is of this one now.
    fn move_in(&mut self, books: &mut Books, from: MemberId) {
        let Some(theirs) = self.wallets.get_mut(&from) else {
            return;
        };
        for (key, amount) in std::mem::take(&mut theirs.card_points) {
            *books.card_points.entry(key).or_default() += amount;
        }
        for (card, kept) in std::mem::take(&mut theirs.kept) {
            *books.kept.entry(card).or_default() += kept;
        }
        for (card, at) in std::mem::take(&mut theirs.stamped) {
            books.stamped.entry(card).or_default().extend(at);
        }
    }

    /// Each thing that full cards gave, and that was not taken back, took as many stamps as fill one;
    /// what is left is on the card, or owed. Asked of cards whose stamps go in no other way.
    pub(super) fn full_cards(&mut self, books: &mut Books, decision: &Decision) {
        let Decision { program, .. } = decision;
        for (place, card) in (0_u16..).zip(&program.cards) {
            let same = |own: &Milestone| own.gives == card.gives;
            let ends = card.within.is_some() || card.expires.is_some() || !card.carry_over;
            if ends || card.milestones.iter().any(same) {
                continue;
            }
            let given = |note: &&Note| match (note, &card.gives) {
                (Note::CardFull { card: own, .. }, Gives::Reward(_)) => *own == card.name,
                (
                    Note::CardGave {
                        card: own, stamps, ..
                    },
                    Gives::Points(_),
                ) => (*own, *stamps) == (card.name, card.full),
                _ => false,
            };
            let reward = match &card.gives {
                Gives::Reward(place) => program.rewards.get(usize::from(*place)),
                Gives::Points(_) => None,
            };
            let voucher = |note: &&Note| match note {
                Note::VoucherTakenBack {
                    card: own,
                    reward: of,
                } => *own == card.name && reward.is_some_and(|reward| reward.name == *of),
                _ => false,
            };
            let put_on = |note: &Note| match note {
                Note::Stamped { card: own, by, .. } if *own == place => *by,
                _ => 0,
            };
            let trace = &decision.outcome.trace;
            let kinds = match &card.gives {
                Gives::Reward(_) => 1,
                Gives::Points(amounts) => amounts.len(),
            };
            let given = trace.iter().filter(given).count() / kinds.max(1);
            let back = trace.iter().filter(voucher).count() + taken(card, decision) / kinds.max(1);
            let fulls = i64::try_from(given).unwrap_or(0) - i64::try_from(back).unwrap_or(0);
            let left = books.left.entry(card.name).or_default();
            *left += trace.iter().map(put_on).sum::<i64>() - fulls * card.full;
            let stamps = books.stamps.get(&card.name).copied().unwrap_or(0);
            if *left != stamps
                && !matches!(decision.event.kind, Kind::MergeIn(_) | Kind::MergeOut(_))
            {
                let what = format!("`{}` has {stamps} stamps, {left} should be left", card.id);
                self.faults.push(what);
            }
            *left = stamps;
        }
    }

    /// What the cards of a wallet gave in points, less what was taken back of it.
    pub fn card_points(&self, member: MemberId, card: Name) -> i64 {
        let books = self.wallets.get(&member);
        let given = books.iter().flat_map(|books| &books.card_points);
        let own = given.filter(|((own, _), _)| *own == card);
        own.map(|(_, amount)| amount).sum()
    }

    /// No card is left full, and of a card with a window just those stamps have a date that are on
    /// it, and none that is over.
    pub(super) fn stamps(&mut self, member: MemberId, wallet: &Wallet, program: &Program) {
        for card in &program.cards {
            let kept = self
                .wallets
                .get(&member)
                .map_or(0, |books| books.kept.get(&card.rest).copied().unwrap_or(0));
            let left = wallet.card_rest(card.rest);
            if left != kept {
                let what = format!("{member}: `{}` keeps {left}, not {kept}", card.id);
                self.faults.push(what);
            }
            let held = wallet.cards.iter().find(|held| held.card == card.name);
            let stamps = held.map_or(0, |held| held.stamps);
            let dated = wallet.dated.iter();
            let own = dated.filter(|own| own.card == card.name && own.stamps != 0);
            let sum: i64 = own.clone().map(|own| own.stamps).sum();
            if card.within.is_some() && sum != stamps.max(0) {
                let what = format!("{member}: `{}` has {stamps} stamps, {sum} dated", card.id);
                self.faults.push(what);
            }
            if stamps >= card.full || own.clone().any(|own| own.until <= wallet.clock) {
                let what = format!("{member}: `{}` is full, or has stamps of long ago", card.id);
                self.faults.push(what);
            }
        }
    }
}

/// How many gifts of points for a full card a refund took back: what is merely forgotten comes
/// before that, and without a note.
fn taken(card: &CardRule, decision: &Decision) -> usize {
    let gone = |change: &Change| match change {
        Change::CardGiftGone(gift) if gift.card == card.name => Some(gift.stamps),
        _ => None,
    };
    let note = |note: &&Note| matches!(note, Note::TookBack { rule, .. } if *rule == card.name);
    let notes = decision.outcome.trace.iter().filter(note).count();
    let gone = decision.outcome.changes.iter().rev().filter_map(gone);
    gone.take(notes)
        .filter(|stamps| *stamps == card.full)
        .count()
}
