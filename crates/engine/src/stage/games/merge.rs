//! What a merged member held of games goes over: progress adds up, and what either was paid for once
//! is not paid again. Places on boards that are closed stay with whoever had them.

use super::leaderboard::{closes_at, open_scores};
use super::{challenge, change, held};
use crate::draft::Draft;
use crate::state::{Badge, GameChange, Games, Score};
use regulars_base::Timestamp;

/// What goes over.
pub(crate) fn luggage(draft: &Draft<'_>) -> Option<Box<Games>> {
    let games = held(draft)?;
    Some(Box::new(Games {
        scores: open_scores(draft),
        ..games.clone()
    }))
}

/// Takes out of the wallet what is in the luggage.
pub(crate) fn pack(draft: &mut Draft<'_>, games: &Games) {
    for score in &games.scores {
        moved(draft, score, -score.figure);
    }
    change(draft, GameChange::Left);
}

fn moved(draft: &mut Draft<'_>, score: &Score, by: i64) {
    if by != 0 {
        let (board, period, at) = (score.board, score.period, score.at);
        change(
            draft,
            GameChange::Scored {
                board,
                period,
                by,
                at,
            },
        );
    }
}

/// What the other wallet held comes in.
pub(crate) fn come_in(draft: &mut Draft<'_>, games: &Games, at: Timestamp) {
    let program = draft.program;
    for came in &games.challenges {
        let own = held(draft).and_then(|own| own.challenge(came.challenge, came.period));
        let both = own.map_or(0, |own| own.done).min(came.done);
        change(draft, GameChange::ChallengeCame(came.clone()));
        let Some(rule) = program.games.challenge(came.challenge) else {
            continue;
        };
        if !rule.repeat && both > 0 {
            let (challenge, period) = (came.challenge, came.period);
            change(
                draft,
                GameChange::Met {
                    challenge,
                    period,
                    by: -both,
                },
            );
        }
        challenge::settle(draft, rule, came.period, at);
    }
    for badge in &games.badges {
        if !held(draft).is_some_and(|own| own.has_badge(badge.badge)) {
            change(draft, GameChange::BadgeGiven(Badge { ..*badge }));
        }
    }
    for level in &games.levels {
        let levels = held(draft).map_or(&[][..], |own| &own.levels);
        let own = levels.iter().find(|own| own.points == level.points);
        if own.is_none_or(|own| own.at_least < level.at_least) {
            change(draft, GameChange::LevelReached(*level));
        }
    }
    for (game, by) in &games.plays {
        let (game, by) = (*game, *by);
        change(draft, GameChange::PlaysMoved { game, by });
    }
    for score in &games.scores {
        let closes = closes_at(program, score.board, score.period);
        if closes.is_some_and(|closes| draft.now < closes) {
            moved(draft, score, score.figure);
        }
    }
}
