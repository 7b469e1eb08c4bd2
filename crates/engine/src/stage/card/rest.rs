//! Cards by amount: money that makes no whole stamp yet is kept for the next one.
//!
//! *A stamp for each 10 EUR: Jo spends 7 EUR and has none, but 7 EUR are kept. The next day he spends
//! 8 EUR: that is one stamp, and 5 EUR are kept. He returns what he bought for 7 EUR: of the 15 EUR
//! 8 are left, so the stamp comes off again, and 8 EUR are kept.*
//!
//! So a card has put on, over all orders, just the stamps that the money of all of them makes, in
//! whatever order they come and come back. What is kept stands in the wallet as a card of its own
//! name, with minor units for stamps, so that it goes over with the cards when members are merged. An
//! order remembers under that name how much of its money counted.

use crate::draft::Draft;
use crate::outcome::{Change, Note};
use crate::program::{CardRule, Program, StampFor};
use regulars_base::{Name, Timestamp};

/// The card whose money is kept under this name.
pub(super) fn owner(program: &Program, name: Name) -> Option<(u16, &CardRule)> {
    let mut rules = (0_u16..).zip(&program.cards);
    rules.find(|(_, rule)| rule.rest == name)
}

/// How much is kept, in minor units.
pub(super) fn kept(draft: &Draft<'_>, card: &CardRule) -> i64 {
    super::on_card(draft, card.rest)
}

/// For how much money one stamp is, in minor units; nothing where stamps are for something else.
fn per(card: &CardRule) -> Option<i64> {
    match card.each {
        StampFor::Amount(per) => Some(per.max(1)),
        StampFor::Event | StampFor::Item => None,
    }
}

/// How many stamps the money of an order makes, together with what is kept.
pub(super) fn stamps(draft: &Draft<'_>, card: &CardRule, money: i64) -> i64 {
    per(card).map_or(0, |per| (kept(draft, card) + money) / per)
}

/// How much of the money counts where a limit lets through only so many stamps: what fills the last
/// of them.
pub(super) fn counting(draft: &Draft<'_>, card: &CardRule, stamps: i64) -> i64 {
    let money = per(card).map_or(0, |per| stamps.saturating_mul(per));
    (money - kept(draft, card)).max(0)
}

/// So much money counted (or counts no more, below zero) and made so many stamps: what is kept now.
pub(super) fn keep(draft: &mut Draft<'_>, (place, card): (u16, &CardRule), by: i64, stamps: i64) {
    let before = kept(draft, card);
    let left = before + by - per(card).map_or(0, |per| stamps.saturating_mul(per));
    put(draft, card.rest, left - before);
    draft.note(Note::CardKeeps {
        card: place,
        by,
        left,
    });
}

fn put(draft: &mut Draft<'_>, rest: Name, by: i64) {
    if by != 0 {
        let at = draft.now;
        draft.take(Change::Stamped {
            card: rest,
            by,
            at,
            expires_at: Timestamp::LAST,
        });
    }
    if super::held(draft, rest).is_some_and(|held| held.stamps == 0) {
        draft.take(Change::CardEnded { card: rest });
    }
}

/// Money of an order came back. Says how many stamps go with it.
pub(super) fn take_off(draft: &mut Draft<'_>, own: (u16, &CardRule), money: i64) -> i64 {
    let Some(per) = per(own.1) else { return 0 };
    let missing = money - kept(draft, own.1);
    let stamps = if missing > 0 {
        1 + (missing - 1) / per
    } else {
        0
    };
    keep(draft, own, -money, -stamps);
    stamps
}

/// What two members kept may be enough for a stamp together. Says for how many.
pub(super) fn join(draft: &mut Draft<'_>, own: (u16, &CardRule)) -> i64 {
    let stamps = stamps(draft, own.1, 0);
    if stamps > 0 {
        keep(draft, own, 0, stamps);
    }
    stamps
}
