//! Stamp cards: the tenth coffee is free.
//!
//! *Eve buys three coffees and has eight stamps on her card of ten: two fill it, she gets a free
//! coffee, and the third stamp goes onto the next card if the program carries over. At five stamps
//! she had a cookie: a milestone. On the gym's card only the visits of the last 30 days count
//! (`window`), and two of them are at least four hours apart (`pace`).*

mod gift;
mod rest;
mod window;

pub(crate) use gift::forget;
pub(crate) use window::{lapse, void};

use crate::draft::Draft;
use crate::event::{Line, Purchase};
use crate::outcome::{Change, Miss, Note};
use crate::program::condition::Condition;
use crate::program::{CardRule, Limited, Milestone, Program, StampFor, Trigger};
use crate::stage::earn::Scene;
use crate::stage::{gives, grant, pace};
use crate::state::{Card, LineSet, StampGrant, StampGrants};
use regulars_base::{Name, Timestamp};

/// When something is put on a card.
#[derive(Clone, Copy)]
pub(crate) struct Occasion {
    /// The moment.
    pub(crate) at: Timestamp,
    /// The first day of the stretch of progress that it counts into.
    pub(crate) progress_day: i32,
}

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
            Ok(due) => {
                let given = put_on(draft, scene, card, place, due.stamps);
                // With money that is kept, the order remembers the money and not the stamps: some of
                // it may have made a stamp of another order whole.
                let (card, given) = match due.money {
                    Some(money) => {
                        rest::keep(draft, (place, card), money, due.stamps);
                        (card.rest, money)
                    }
                    None => (card.name, given),
                };
                stamped.push(StampGrant {
                    card,
                    given,
                    taken: 0,
                    lines: due.lines,
                });
            }
        }
    }
}

/// What an event is good for on a card.
struct Due {
    stamps: i64,
    /// How much money counts, where what is over is kept.
    money: Option<i64>,
    lines: LineSet,
}

/// How many stamps, for which lines, or why none.
fn stamps(draft: &Draft<'_>, scene: &Scene<'_>, card: &CardRule) -> Result<Due, Miss> {
    let each = match card.keeps_rest {
        true => StampFor::Amount(1),
        false => card.each,
    };
    let (counted, lines) = asked(draft, scene, card.when.as_ref(), each)?;
    let asked = match card.keeps_rest {
        true => rest::stamps(draft, card, counted),
        false => counted,
    };
    window::still_open(draft, card, scene.event.occurred_at)?;
    if let Some(apart) = card.apart_minutes {
        let at = scene.event.occurred_at;
        pace::far_enough(draft, card.name, apart, at).map_err(pace::Close::miss)?;
    }
    let (mut given, mut stopped_by) = (asked, 0);
    for (place, limit) in (0_u8..).zip(&card.limits) {
        let left = grant::left(draft, &scene.day, limit);
        if limit.what == Limited::Times && left < given {
            (given, stopped_by) = (left, place);
        }
    }
    if given == 0 && asked > 0 {
        return Err(Miss::Limit(stopped_by));
    }
    let counting = || match given < asked {
        true => rest::counting(draft, card, given),
        false => counted,
    };
    Ok(Due {
        stamps: given,
        money: card.keeps_rest.then(counting),
        lines,
    })
}

/// How often something happened, for which lines, or why it did not.
pub(crate) fn asked(
    draft: &Draft<'_>,
    scene: &Scene<'_>,
    when: Option<&Condition>,
    each: StampFor,
) -> Result<(i64, LineSet), Miss> {
    let facts = scene.facts(draft.program, draft.state);
    let lines = match (when, scene.purchase()) {
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
    let asked = match each {
        StampFor::Event => 1,
        StampFor::Item => sum(|line| line.quantity) / 1000,
        StampFor::Amount(per) => sum(|line| line.amount) / per.max(1),
    };
    if asked > 0 {
        Ok((asked, lines))
    } else {
        Err(Miss::TooLittle)
    }
}

/// Puts stamps on, and gives what they reach. Says how many of them count: those that a full card
/// does not carry over were none.
fn put_on(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    card: &CardRule,
    place: u16,
    asked: i64,
) -> i64 {
    if asked == 0 {
        return 0;
    }
    for limit in &card.limits {
        grant::use_up(draft, &scene.day, limit, asked);
    }
    let when = Occasion {
        at: scene.event.occurred_at,
        progress_day: scene.progress_day,
    };
    if card.apart_minutes.is_some() {
        pace::remember(draft, card.name, when.at);
    }
    add(draft, card, asked, when.at);
    window::date(draft, card, asked, when.at);
    draft.note(Note::Stamped {
        card: place,
        by: asked,
        stamps: on_card(draft, card.name),
    });
    asked - settle(draft, card, when)
}

/// Gives what the card has reached, one thing after the other; each time it is full it is given in
/// and the next begins. Says how many stamps were dropped because they do not carry over.
fn settle(draft: &mut Draft<'_>, card: &CardRule, when: Occasion) -> i64 {
    let mut dropped = 0;
    while let Some(held) = held(draft, card.name).copied() {
        let reached = |milestone: &&Milestone| {
            held.reached < milestone.stamps && milestone.stamps <= held.stamps
        };
        if let Some(milestone) = card.milestones.iter().find(reached) {
            reach(draft, card, milestone.stamps);
            gift::give(draft, card, milestone.stamps, &milestone.gives, when);
        } else if held.stamps >= card.full {
            dropped += give_in(draft, card, held.stamps - card.full, when);
        } else {
            break;
        }
    }
    dropped
}

/// A full card is given in; `over` are the stamps beyond the last. Says how many of them were
/// dropped.
fn give_in(draft: &mut Draft<'_>, card: &CardRule, over: i64, when: Occasion) -> i64 {
    draft.take(Change::CardEnded { card: card.name });
    gift::give(draft, card, card.full, &card.gives, when);
    let kept = if card.carry_over { over } else { 0 };
    if kept > 0 {
        add(draft, card, kept, when.at);
    }
    window::drop_newest(draft, card.name, over - kept);
    window::balance(draft, card);
    over - kept
}

/// From now on the card has given what its milestones give up to this one.
fn reach(draft: &mut Draft<'_>, card: &CardRule, reached: i64) {
    draft.take(Change::MilestonesReached {
        card: card.name,
        reached,
    });
}

fn add(draft: &mut Draft<'_>, card: &CardRule, by: i64, at: Timestamp) {
    // Only the first stamp decides when the card is void.
    let held = held(draft, card.name).map(|held| held.expires_at);
    let expires_at = held.unwrap_or_else(|| gives::end(draft, card.expires, at));
    draft.take(Change::Stamped {
        card: card.name,
        by,
        at,
        expires_at,
    });
}

fn held<'a>(draft: &'a Draft<'_>, card: Name) -> Option<&'a Card> {
    let cards = &draft.state.wallet.cards;
    cards.iter().find(|held| held.card == card)
}

fn on_card(draft: &Draft<'_>, card: Name) -> i64 {
    held(draft, card).map_or(0, |held| held.stamps)
}

/// Whether what an order remembers under this name is for so much money.
pub(crate) fn counts_money(program: &Program, name: Name) -> bool {
    let by_amount = |rule: &CardRule| matches!(rule.each, StampFor::Amount(_));
    let own = |rule: &CardRule| rule.rest == name || (rule.name == name && by_amount(rule));
    program.cards.iter().any(own)
}

/// Takes off again what an order put on at `stamped_at`: stamps, or money that counted.
pub(crate) fn take_off(draft: &mut Draft<'_>, name: Name, by: i64, stamped_at: Timestamp) {
    match rest::owner(draft.program, name) {
        Some(own) => {
            let stamps = rest::take_off(draft, own, by);
            take_stamps_off(draft, own.1.name, stamps, stamped_at);
        }
        None => take_stamps_off(draft, name, by, stamped_at),
    }
}

/// Takes off again stamps that were put on at `stamped_at`, and takes back what they had reached,
/// the last first, up to something that was used already: that stays, and so does what was given
/// before it. A card that was given in is opened again; where its reward was used, the next card
/// starts below zero.
fn take_stamps_off(draft: &mut Draft<'_>, card: Name, by: i64, stamped_at: Timestamp) {
    let program = draft.program;
    let mut rules = (0_u16..).zip(&program.cards);
    let Some((place, rule)) = rules.find(|(_, rule)| rule.name == card) else {
        return;
    };
    let by = window::take_off(draft, rule, by, stamped_at);
    if by == 0 {
        return;
    }
    let before = on_card(draft, card);
    let now = draft.now;
    add(draft, rule, -by, now);
    window::balance(draft, rule);
    take_back(draft, rule, before, before - by);
    let stamps = on_card(draft, card);
    draft.note(Note::Stamped {
        card: place,
        by: -by,
        stamps,
    });
}

/// Takes back what was given between `level` stamps and `before`. What lies above `before` was
/// reached before stamps lapsed, and stays.
fn take_back(draft: &mut Draft<'_>, card: &CardRule, before: i64, level: i64) {
    let (mut top, mut level) = (before, level);
    loop {
        let reached = held(draft, card.name).map_or(0, |held| held.reached);
        let given = |milestone: &&Milestone| milestone.stamps <= reached;
        let last = card.milestones.iter().rev().find(given);
        match last {
            Some(last) if level < last.stamps && last.stamps <= top => {
                if !gift::take_back(draft, card, last.stamps, &last.gives) {
                    return;
                }
                let earlier = |milestone: &&Milestone| milestone.stamps < last.stamps;
                let earlier = card.milestones.iter().rev().find(earlier);
                reach(draft, card, earlier.map_or(0, |earlier| earlier.stamps));
            }
            // It is not among what the stamps fell past, and what was given before it stays as well.
            Some(_) => return,
            None if level < 0 => {
                if !gift::take_back(draft, card, card.full, &card.gives) {
                    return;
                }
                (top, level) = (card.full, level + card.full);
                open_again(draft, card, level);
            }
            None => return,
        }
    }
}

/// The card that was given in last is in hand again, with `level` stamps less those that have
/// lapsed meanwhile.
fn open_again(draft: &mut Draft<'_>, card: &CardRule, level: i64) {
    let owed = -on_card(draft, card.name);
    let back = if level > 0 {
        window::put_back(draft, card, level)
    } else {
        0
    };
    let now = draft.now;
    // Several cards may have to be opened until nothing is owed: till then it stays below zero.
    add(draft, card, owed + level.min(0) + back, now);
    if let Some(last) = card.milestones.last() {
        reach(draft, card, last.stamps);
    }
}

/// What came in from a merged member is given in where it fills a card.
pub(crate) fn join(draft: &mut Draft<'_>, card: Name, when: Occasion) {
    let program = draft.program;
    let mut rules = program.cards.iter();
    let rule = match rest::owner(program, card) {
        Some(own) => {
            let stamps = rest::join(draft, own);
            if stamps > 0 {
                add(draft, own.1, stamps, when.at);
                let (by, stamps) = (stamps, on_card(draft, own.1.name));
                let card = own.0;
                draft.note(Note::Stamped { card, by, stamps });
            }
            Some(own.1)
        }
        None => rules.find(|rule| rule.name == card),
    };
    if let Some(rule) = rule {
        window::balance(draft, rule);
        settle(draft, rule, when);
    }
}
