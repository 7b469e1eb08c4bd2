//! Stamp cards: the tenth coffee is free.
//!
//! *Eve buys three coffees and has eight stamps on her card of ten: two fill it, she gets a free
//! coffee, and the third stamp goes onto the next card if the program carries over.*

use crate::draft::Draft;
use crate::event::{Line, Purchase};
use crate::outcome::{Change, Miss, Note};
use crate::program::{CardRule, Limited, StampFor, Trigger};
use crate::stage::earn::Scene;
use crate::stage::grant;
use crate::state::{Card, LineSet, StampGrant, StampGrants, Voucher};
use regulars_base::{Name, Span, Timestamp};

/// Stamps all cards that listen to this; what the order put on which is told in `stamped`.
pub(crate) fn stamp(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    trigger: Trigger,
    stamped: &mut StampGrants,
) {
    let program = draft.program;
    for (place, card) in (0_u16..)
        .zip(&program.cards)
        .filter(|(_, card)| card.on == trigger)
    {
        match stamps(draft, scene, card) {
            Err(why) => draft.note(Note::NotStamped { card: place, why }),
            Ok((given, lines)) => {
                put_on(draft, scene, card, place, given);
                stamped.push(StampGrant {
                    card: card.name,
                    given,
                    taken: 0,
                    lines,
                });
            }
        }
    }
}

/// How many stamps, for which lines, or why none.
fn stamps(draft: &Draft<'_>, scene: &Scene<'_>, card: &CardRule) -> Result<(i64, LineSet), Miss> {
    let facts = scene.facts(draft.program, draft.state);
    let lines = match (&card.when, scene.purchase()) {
        (Some(when), Some(purchase)) if when.per_line => {
            LineSet::those(&purchase.lines, |line| when.holds_for(&facts, line))
        }
        (Some(when), _) if !when.holds(&facts) => return Err(Miss::Condition),
        _ => LineSet::All,
    };
    if lines.is_empty() {
        return Err(Miss::Condition);
    }
    let sum = |of: fn(&Line) -> i64| {
        let lines = |bought: &Purchase| lines.of(&bought.lines).map(of).sum();
        scene.purchase().map_or(0, lines)
    };
    let asked = match card.each {
        StampFor::Event => 1,
        StampFor::Item => sum(|line| line.quantity) / 1000,
        StampFor::Amount(per) => sum(|line| line.amount) / per.max(1),
    };
    if asked <= 0 {
        return Err(Miss::TooLittle);
    }
    let (mut given, mut stopped_by) = (asked, 0);
    for (place, limit) in (0_u8..).zip(&card.limits) {
        let left = grant::left(draft, &scene.day, limit);
        if limit.what == Limited::Times && left < given {
            (given, stopped_by) = (left, place);
        }
    }
    if given > 0 {
        Ok((given, lines))
    } else {
        Err(Miss::Limit(stopped_by))
    }
}

/// Puts stamps on; each time the card is full it is given in for its reward.
fn put_on(draft: &mut Draft<'_>, scene: &Scene<'_>, card: &CardRule, place: u16, given: i64) {
    for limit in &card.limits {
        grant::use_up(draft, &scene.day, limit, given);
    }
    let at = scene.event.occurred_at;
    add(draft, card, given, at);
    draft.note(Note::Stamped {
        card: place,
        by: given,
        stamps: on_card(draft, card.name),
    });
    while on_card(draft, card.name) >= card.full {
        let over = on_card(draft, card.name) - card.full;
        draft.take(Change::CardEnded { card: card.name });
        let reward = draft.program.rewards[usize::from(card.gives)].name;
        let expires_at = end(draft, card.voucher_expires, at);
        let voucher = Voucher {
            reward,
            origin: card.name,
            issued_at: at,
            expires_at,
        };
        draft.take(Change::VoucherIssued(voucher));
        draft.note(Note::CardFull {
            card: card.name,
            reward,
        });
        if over > 0 && card.carry_over {
            add(draft, card, over, at);
        }
    }
}

fn add(draft: &mut Draft<'_>, card: &CardRule, by: i64, at: Timestamp) {
    // Only the first stamp decides when the card is void.
    let held = held(draft, card.name).map(|held| held.expires_at);
    let expires_at = held.unwrap_or_else(|| end(draft, card.expires, at));
    draft.take(Change::Stamped {
        card: card.name,
        by,
        at,
        expires_at,
    });
}

/// The end of the last day of `span` after `at`; never, if there is none.
fn end(draft: &Draft<'_>, span: Option<Span>, at: Timestamp) -> Timestamp {
    let zone = &draft.program.zone;
    let day_after = |span: Span| span.after(zone.day(at)).plus_days(1);
    span.map_or(Timestamp::LAST, |span| zone.start_of(day_after(span)))
}

fn held<'a>(draft: &'a Draft<'_>, card: Name) -> Option<&'a Card> {
    let cards = &draft.state.wallet.cards;
    cards.iter().find(|held| held.card == card)
}

fn on_card(draft: &Draft<'_>, card: Name) -> i64 {
    held(draft, card).map_or(0, |held| held.stamps)
}

/// Takes stamps off again. Where the card was given in meanwhile, the free reward that it gave
/// goes back if it was not used; otherwise the next card starts below zero.
pub(crate) fn take_off(draft: &mut Draft<'_>, card: Name, by: i64) {
    let rule = draft
        .program
        .cards
        .iter()
        .enumerate()
        .find(|(_, rule)| rule.name == card);
    let Some((place, rule)) = rule else { return };
    let now = draft.now;
    add(draft, rule, -by, now);
    while on_card(draft, card) < 0 {
        let given = draft
            .state
            .wallet
            .vouchers
            .iter()
            .rev()
            .find(|held| held.origin == card);
        let Some(voucher) = given.copied() else { break };
        draft.take(Change::VoucherGone(voucher));
        add(draft, rule, rule.full, now);
    }
    let stamps = on_card(draft, card);
    draft.note(Note::Stamped {
        card: u16::try_from(place).unwrap_or(u16::MAX),
        by: -by,
        stamps,
    });
}
