//! Badges and levels.
//!
//! *Ida's 1000th point of experience makes her an oak: the level gives a coffee and a badge. Points
//! that come off later leave her an oak: a level is never lost, and gives nothing twice.*

use super::prize::{Giver, give as give_prize};
use super::{change, held, note};
use crate::draft::Draft;
use crate::outcome::GameNote;
use crate::program::LevelRule;
use crate::state::{Badge, GameChange, Level};
use regulars_base::{Name, Timestamp};
use regulars_ledger::Book;

/// Gives a badge, by its place, to whoever does not have it yet.
pub(super) fn give(draft: &mut Draft<'_>, badge: Option<u16>, at: Timestamp) {
    let Some(place) = badge else { return };
    let badge = draft.program.games.badges[usize::from(place)].name;
    if held(draft).is_some_and(|games| games.has_badge(badge)) {
        return;
    }
    change(draft, GameChange::BadgeGiven(Badge { badge, at }));
    note(draft, GameNote::Badge { badge });
}

/// Reaches all levels that the points are enough for. Says whether one gave something.
pub(super) fn rise(draft: &mut Draft<'_>, at: Timestamp) -> bool {
    let program = draft.program;
    let mut gave = false;
    // What a level gives may reach the next of another ladder: each pass reaches one at least.
    while let Some(level) = program
        .games
        .levels
        .iter()
        .find(|level| is_due(draft, level))
    {
        let points = program.points[usize::from(level.points)].name;
        let at_least = level.at;
        change(
            draft,
            GameChange::LevelReached(Level {
                points,
                at_least,
                at,
            }),
        );
        note(draft, GameNote::Level { level: level.name });
        give(draft, level.badge, at);
        if let Some(gives) = &level.gives {
            let giver = Giver {
                name: level.name,
                time: level.at,
                voucher_expires: None,
                remember: false,
            };
            give_prize(draft, giver, gives, at);
            gave = true;
        }
    }
    gave
}

fn is_due(draft: &Draft<'_>, level: &LevelRule) -> bool {
    let points = draft.program.points[usize::from(level.points)].name;
    let book = draft.state.wallet.book(points);
    reached(draft, points) < level.at && level.at <= book.map_or(0, standing)
}

fn reached(draft: &Draft<'_>, points: Name) -> i64 {
    let levels = held(draft).map_or(&[][..], |games| &games.levels);
    let own = levels.iter().find(|own| own.points == points);
    own.map_or(0, |own| own.at_least)
}

/// All that is in the wallet, free or not, less what is owed.
fn standing(book: &Book) -> i64 {
    book.total() - book.debt
}
