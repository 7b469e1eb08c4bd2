//! Games of chance: a play, a number, a prize or none.
//!
//! *The wheel gives a free coffee at 1 in 50 and ten beans at 1 in 4. Ida's play has the number 27 of
//! 100: the numbers 0 and 1 are the coffee, 2 to 26 the beans, the rest is nothing. Where all coffees
//! are gone, their numbers give beans.*
//!
//! The number is the event's entropy, divided by the whole that the odds are parts of; the remainder
//! is taken. So anybody who has the event and the program's version gets the same number.

use super::prize::{Giver, affordable, give, pay};
use super::{held, move_plays, note};
use crate::draft::Draft;
use crate::event::{Event, Play};
use crate::outcome::{Change, GameNote, Refusal};
use crate::program::{GameRule, Prize};
use crate::stage::grant;
use crate::state::SharedKey;
use regulars_base::Almanac;

/// A member plays.
pub(crate) fn play(draft: &mut Draft<'_>, event: &Event, play: &Play) -> Result<(), Refusal> {
    let program = draft.program;
    let mut games = program.games.games.iter();
    let game = games.find(|game| game.id == play.game.as_str());
    let game = game.ok_or(Refusal::UnknownGame)?;
    let day = draft.local(event.occurred_at).0;
    let earned = check(draft, event, game, &day)?;
    draft.take(Change::WasActive(event.occurred_at));
    if earned {
        move_plays(draft, game.name, -1);
    } else {
        pay(draft, game.name, &game.price, 1);
    }
    for limit in &game.limits {
        grant::use_up(draft, &day, limit, 1);
    }
    let roll = game.roll(event.entropy);
    let drawn = game.prize_at(roll).map(|place| &game.prizes[place]);
    let given = drawn.and_then(|drawn| in_stock(draft, game, drawn));
    note(
        draft,
        GameNote::Played {
            game: game.name,
            roll,
            whole: game.whole,
            drawn: drawn.map(|prize| prize.name),
            given: given.map(|prize| prize.name),
        },
    );
    if let Some(prize) = given {
        if prize.stock.is_some() {
            let key = stock_key(prize);
            draft.take(Change::Drawn { key, by: 1 });
        }
        if let Some(gives) = &prize.gives {
            let giver = Giver {
                name: prize.name,
                time: 0,
                voucher_expires: prize.voucher_expires,
                remember: false,
            };
            give(draft, giver, gives, event.occurred_at);
        }
    }
    Ok(())
}

/// All reasons to say no, in order; says whether an earned play pays.
fn check(
    draft: &Draft<'_>,
    event: &Event,
    game: &GameRule,
    day: &Almanac,
) -> Result<bool, Refusal> {
    let at = event.occurred_at;
    let begun = game.from.is_none_or(|from| at >= from);
    if !begun || game.until.is_some_and(|until| at >= until) {
        return Err(Refusal::NotOpen);
    }
    let tier = draft.program.tier_at(draft.state.wallet.tier.name);
    if game.tier.is_some_and(|lowest| tier < usize::from(lowest)) {
        return Err(Refusal::TierTooLow);
    }
    if game
        .limits
        .iter()
        .any(|limit| grant::left(draft, day, limit) < 1)
    {
        return Err(Refusal::LimitReached);
    }
    if held(draft).is_some_and(|games| games.plays(game.name) > 0) {
        return Ok(true);
    }
    if game.price.is_empty() {
        return Err(Refusal::NoPlayLeft);
    }
    affordable(draft, &game.price, 1)?;
    Ok(false)
}

/// The prize itself, or the first of those that stand in for it that is still there.
fn in_stock<'p>(draft: &Draft<'_>, game: &'p GameRule, drawn: &'p Prize) -> Option<&'p Prize> {
    let mut prize = drawn;
    loop {
        let used = || draft.state.shared.used(stock_key(prize));
        if prize.stock.is_none_or(|stock| used() < stock) {
            return Some(prize);
        }
        prize = game.prizes.get(usize::from(prize.instead?))?;
    }
}

/// The shared figure that counts a prize's stock.
pub(crate) fn stock_key(prize: &Prize) -> SharedKey {
    SharedKey {
        name: prize.name,
        period: 0,
    }
}
