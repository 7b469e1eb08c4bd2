//! Games: challenges, badges, levels, leaderboards, wheels, draws, and points for causes.
//!
//! *Ida comes by three mornings in a week: a challenge is met, she gets 50 beans and a badge, rises
//! to level two, stands third on this week's board, and turns the wheel once.*
//!
//! What events are counted for is a [`Tally`](crate::program::Tally): the step of a challenge, a
//! play, a ticket, a badge. A purchase's record keeps how much it was counted for, as it does for
//! stamps, so that a refund takes that much back.

mod badge;
mod cause;
mod challenge;
mod draw;
mod leaderboard;
mod merge;
mod play;
mod prize;
mod streak;
mod team;

pub(crate) use cause::{donate, give_to_cause, match_key};
pub(crate) use challenge::{forget, join};
pub(crate) use draw::{buy_tickets, give_tickets, place, takes_tickets};
pub(crate) use merge::{come_in, luggage, pack};
pub(crate) use play::{play, stock_key};
pub use streak::Run;
pub(crate) use team::{leave as leave_team, news as team_news};

use crate::draft::Draft;
use crate::event::Event;
use crate::outcome::{Change, GameNote, Note};
use crate::program::{Program, StampFor, Tally, Towards, Trigger};
use crate::stage::earn::Scene;
use crate::stage::{card, tier};
use crate::state::{GameChange, Games, StampGrant, StampGrants, Wallet};
use regulars_base::{Name, Timestamp};

/// Counts what games listen to; what an order was counted for is told in `counted`.
pub(crate) fn count(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    trigger: Trigger,
    counted: &mut StampGrants,
) {
    let program = draft.program;
    let at = scene.event.occurred_at;
    let mut last_challenge = None;
    for tally in &program.games.tallies {
        let begun = tally.from.is_none_or(|from| at >= from);
        let over = tally.until.is_some_and(|until| at >= until);
        let high = tally
            .tier
            .is_none_or(|lowest| scene.tier >= usize::from(lowest));
        if tally.on != trigger || !begun || over || !high {
            continue;
        }
        let Ok((asked, lines)) = card::asked(draft, scene, tally.when.as_ref(), tally.each) else {
            continue;
        };
        let given = towards(draft, scene, tally, asked, &mut last_challenge);
        if given > 0 {
            counted.push(StampGrant {
                card: tally.name,
                given,
                taken: 0,
                lines,
            });
        }
    }
}

/// Counts a tally where it belongs; says how much of it a refund may take back.
fn towards(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    tally: &Tally,
    asked: i64,
    last_challenge: &mut Option<u16>,
) -> i64 {
    let games = &draft.program.games;
    let at = scene.event.occurred_at;
    match tally.towards {
        Towards::Step { challenge, step } => {
            let rule = &games.challenges[usize::from(challenge)];
            if let Some(team) = &rule.team {
                return team::count(draft, scene, (rule, team), step, asked);
            }
            // In order, an event counts for one step.
            if rule.in_order && *last_challenge == Some(challenge) {
                return 0;
            }
            let counted = challenge::count(draft, rule, step, asked, at);
            if counted > 0 {
                *last_challenge = Some(challenge);
            }
            counted
        }
        Towards::Freezes(challenge) => {
            let challenge = games.challenges[usize::from(challenge)].name;
            change(
                draft,
                GameChange::Frozen {
                    challenge,
                    by: asked,
                },
            );
            0
        }
        Towards::Plays(game) => {
            move_plays(draft, games.games[usize::from(game)].name, asked);
            asked
        }
        Towards::Tickets(place) => {
            draw::move_tickets(draft, &games.draws[usize::from(place)], asked)
        }
        Towards::Badge(badge) => {
            badge::give(draft, Some(badge), at);
            0
        }
    }
}

/// Takes back what an order was counted for at `at`. `false`, if this was no tally.
pub(crate) fn take_off(
    draft: &mut Draft<'_>,
    event: &Event,
    (name, by): (Name, i64),
    at: Timestamp,
) -> bool {
    let games = &draft.program.games;
    let Some(tally) = games.tallies.iter().find(|tally| tally.name == name) else {
        return false;
    };
    match tally.towards {
        Towards::Step { challenge, step } => {
            let rule = &games.challenges[usize::from(challenge)];
            match rule.team {
                Some(_) => team::uncount(draft, event, (rule, step), by, at),
                None => challenge::uncount(draft, rule, step, by, at),
            }
        }
        Towards::Plays(game) => move_plays(draft, games.games[usize::from(game)].name, -by),
        Towards::Tickets(place) => {
            draw::move_tickets(draft, &games.draws[usize::from(place)], -by);
        }
        Towards::Freezes(_) | Towards::Badge(_) => {}
    }
    true
}

/// Whether a tally of this name counts money.
pub(crate) fn counts_money(program: &Program, name: Name) -> bool {
    let mut tallies = program.games.tallies.iter();
    tallies.any(|tally| tally.name == name && matches!(tally.each, StampFor::Amount(_)))
}

/// Once the event is dealt with: levels, and figures on leaderboards.
pub(crate) fn finish(draft: &mut Draft<'_>, event: &Event) {
    let games = &draft.program.games;
    if !games.levels.is_empty() && badge::rise(draft, event.occurred_at) {
        tier::review(draft);
    }
    if !games.boards.is_empty() {
        leaderboard::score(draft, event);
    }
}

fn move_plays(draft: &mut Draft<'_>, game: Name, by: i64) {
    change(draft, GameChange::PlaysMoved { game, by });
    let left = held(draft).map_or(0, |games| games.plays(game));
    note(draft, GameNote::Plays { game, by, left });
}

fn change(draft: &mut Draft<'_>, change: GameChange) {
    draft.take(Change::Games(Box::new(change)));
}

fn note(draft: &mut Draft<'_>, note: GameNote) {
    draft.note(Note::Games(Box::new(note)));
}

fn held<'a>(draft: &'a Draft<'_>) -> Option<&'a Games> {
    draft.state.wallet.games.as_deref()
}

impl Wallet {
    /// What it holds of games.
    pub fn played(&self) -> Option<&Games> {
        self.games.as_deref()
    }
}
