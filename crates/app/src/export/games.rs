//! The table of what happened in games: one row for each thing that moved, as the log has it.

use super::tables::{Columns, Rows, id_in};
use crate::receipt;
use crate::versions::Versions;
use regulars_base::{Name, Period};
use regulars_engine::Program;
use regulars_engine::outcome::Change;
use regulars_engine::state::GameChange;
use regulars_lake::{ColumnKind, Values};
use regulars_store::Logged;

/// What happened in games. Figures of leaderboards that count points are in the points' smallest unit; the sum
/// of all `scored` rows of a board, a period and a member is the member's figure.
pub(super) struct Games<'a> {
    versions: &'a Versions,
    columns: Columns<6, 2, 4>,
}

/// One thing that moved: what, of which game, by how much, in which period, and which step.
struct Moved {
    what: &'static str,
    of: Option<Name>,
    by: i64,
    period: Option<i32>,
    step: Option<u8>,
}

impl<'a> Games<'a> {
    pub(super) fn new(versions: &'a Versions) -> Self {
        Self {
            versions,
            columns: Columns::default(),
        }
    }

    pub(super) fn push(&mut self, row: &Logged) {
        let moved = row
            .outcome
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Games(change) => moved(change),
                _ => None,
            });
        for (place, moved) in (0_i64..).zip(moved) {
            let program = receipt::version(self.versions, row.program).ok();
            let id = |name| id_in(program.as_deref(), name);
            let begins = moved.of.zip(moved.period).zip(program.as_ref());
            let begins = begins.and_then(|((of, period), program)| {
                Some(every(program, of)?.first_day(period).to_string())
            });
            let texts = [
                Some(row.member.to_string()),
                Some(moved.what.to_owned()),
                moved.of.map(id),
                begins,
                Some(row.event.key.source.to_string()),
                Some(row.event.key.external_id.to_string()),
            ];
            let times = [Some(row.event.occurred_at), Some(row.event.recorded_at)];
            let ints = [
                i64::try_from(row.seq).ok(),
                Some(place),
                moved.step.map(i64::from),
                Some(moved.by),
            ];
            self.columns.push(texts, times, ints);
        }
    }
}

/// What is told of a change; nothing of what a wallet merely forgets.
fn moved(change: &GameChange) -> Option<Moved> {
    let told = |what, of, by| Moved {
        what,
        of: Some(of),
        by,
        period: None,
        step: None,
    };
    Some(match change {
        GameChange::Joined { challenge, .. } => told("joined", *challenge, 1),
        GameChange::Counted {
            challenge,
            period,
            step,
            by,
        } => Moved {
            period: Some(*period),
            step: Some(*step),
            ..told("counted", *challenge, *by)
        },
        // The period of a streak is not that of its challenge.
        GameChange::Hit { challenge, by, .. } => told("streak", *challenge, *by),
        GameChange::Frozen { challenge, by } => told("freeze", *challenge, *by),
        GameChange::Met {
            challenge,
            period,
            by,
        } => Moved {
            period: Some(*period),
            ..told("met", *challenge, *by)
        },
        GameChange::BadgeGiven(badge) => told("badge", badge.badge, 1),
        GameChange::LevelReached(level) => told("level", level.points, level.at_least),
        GameChange::PlaysMoved { game, by } => told("plays", *game, *by),
        GameChange::Scored {
            board, period, by, ..
        } => Moved {
            period: Some(*period),
            ..told("scored", *board, *by)
        },
        GameChange::ChallengeCame(own) => told("brought_in", own.challenge, own.done),
        GameChange::Left => Moved {
            what: "left",
            of: None,
            by: 0,
            period: None,
            step: None,
        },
        GameChange::HitsForgotten { .. }
        | GameChange::ChallengeForgotten { .. }
        | GameChange::ScoreForgotten { .. } => return None,
    })
}

/// The periods of a leaderboard, a challenge or a draw; nothing for what counts for ever.
fn every(program: &Program, of: Name) -> Option<Period> {
    let games = &program.games;
    let board = games.boards.iter().find(|own| own.name == of);
    let challenge = games.challenges.iter().find(|own| own.name == of);
    let board = board.map(|own| own.every);
    board.or_else(|| challenge.map(|own| own.every)).flatten()
}

impl Rows for Games<'_> {
    const NAME: &'static str = "games";
    const COLUMNS: &'static [(&'static str, ColumnKind)] = &[
        ("member", ColumnKind::Text),
        ("what", ColumnKind::Text),
        ("game", ColumnKind::Text),
        ("period_begins_on", ColumnKind::Text),
        ("source", ColumnKind::Text),
        ("external_id", ColumnKind::Text),
        ("occurred_at", ColumnKind::Time),
        ("recorded_at", ColumnKind::Time),
        ("seq", ColumnKind::Int),
        ("place", ColumnKind::Int),
        ("step", ColumnKind::Int),
        ("by", ColumnKind::Int),
    ];

    fn len(&self) -> usize {
        self.columns.len()
    }

    fn take(&mut self) -> Vec<Values> {
        self.columns.take()
    }
}
