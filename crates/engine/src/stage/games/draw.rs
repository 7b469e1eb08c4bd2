//! Prize draws: tickets until they close, and the places that are won.
//!
//! *Each 10 EUR of a purchase is a ticket for the weekend. Ida has seven; she returns a bag of beans
//! and has five. When the draw has closed nobody's tickets move any more.*

use super::prize::{Giver, affordable, give, pay};
use super::{change, held, note};
use crate::draft::Draft;
use crate::event::{Contest, Event, Placed, Tickets};
use crate::outcome::{Change, GameNote, Refusal};
use crate::program::DrawRule;
use crate::stage::grant;
use crate::state::GameChange;

/// Gives tickets, or takes them back; nothing once the draw is closed. Says how many.
pub(super) fn move_tickets(draft: &mut Draft<'_>, rule: &DrawRule, by: i64) -> i64 {
    if draft.now >= rule.closes {
        return 0;
    }
    let (draw, at) = (rule.name, draft.now);
    change(
        draft,
        GameChange::Scored {
            board: draw,
            period: 0,
            by,
            at,
        },
    );
    let now = held(draft).map_or(0, |games| games.score(draw, 0));
    note(draft, GameNote::Tickets { draw, by, now });
    by
}

/// A reward gives tickets of the draw at this place (or takes them back, below zero).
pub(crate) fn give_tickets(draft: &mut Draft<'_>, place: u16, by: i64) {
    let rule = &draft.program.games.draws[usize::from(place)];
    move_tickets(draft, rule, by);
}

/// Whether tickets of the draw at this place still move.
pub(crate) fn takes_tickets(draft: &Draft<'_>, place: u16) -> bool {
    draft.now < draft.program.games.draws[usize::from(place)].closes
}

/// A member buys tickets.
pub(crate) fn buy_tickets(
    draft: &mut Draft<'_>,
    event: &Event,
    tickets: &Tickets,
) -> Result<(), Refusal> {
    let program = draft.program;
    let mut draws = program.games.draws.iter();
    let rule = draws.find(|rule| rule.id == tickets.draw.as_str());
    let rule = rule.ok_or(Refusal::UnknownDraw)?;
    let at = event.occurred_at;
    let begun = rule.from.is_none_or(|from| at >= from);
    if !begun || at >= rule.closes || draft.now >= rule.closes || rule.price.is_empty() {
        return Err(Refusal::NotOpen);
    }
    let day = draft.local(at).0;
    let short = |limit| grant::left(draft, &day, limit) < tickets.quantity;
    if rule.limits.iter().any(short) {
        return Err(Refusal::LimitReached);
    }
    affordable(draft, &rule.price, tickets.quantity)?;
    draft.take(Change::WasActive(at));
    pay(draft, rule.name, &rule.price, tickets.quantity);
    for limit in &rule.limits {
        grant::use_up(draft, &day, limit, tickets.quantity);
    }
    move_tickets(draft, rule, tickets.quantity);
    Ok(())
}

/// A place was won on a leaderboard or in a draw: it is paid.
pub(crate) fn place(draft: &mut Draft<'_>, event: &Event, placed: &Placed) -> Result<(), Refusal> {
    let games = &draft.program.games;
    let place = placed.place;
    let (giver, gives, alternate) = match &placed.contest {
        Contest::Leaderboard(id) => {
            let board = games.boards.iter().find(|own| own.id == id.as_str());
            let prize = board.and_then(|board| Some((board.name, None, board.prize(place)?)));
            let prize = prize.ok_or(Refusal::NotOpen)?;
            (prize.0, (prize.1, prize.2), false)
        }
        Contest::Draw(id) => {
            let draw = games.draws.iter().find(|own| own.id == id.as_str());
            let draw = draw.ok_or(Refusal::UnknownDraw)?;
            (draw.name, (draw.claim, &draw.gives), place > draw.winners)
        }
    };
    let (voucher_expires, gives) = gives;
    note(
        draft,
        GameNote::Placed {
            contest: giver,
            place,
            alternate,
        },
    );
    let giver = Giver {
        name: giver,
        time: place,
        voucher_expires,
        remember: false,
    };
    give(draft, giver, gives, event.occurred_at);
    Ok(())
}
