//! Leaderboards: who has most, this week.
//!
//! *Ida earned 340 points of experience this week, Ben 340 as well, but later: she is third, he is
//! fourth. On Tuesday the week that ended on Sunday is closed, and the first three get a coffee.*
//!
//! A figure moves by what an outcome says was earned, by its postings and notes, so nothing else has
//! to know of leaderboards. What is taken back comes off the period in which it is taken back.

use super::{change, held};
use crate::draft::Draft;
use crate::event::Event;
use crate::outcome::{Change, Note};
use crate::program::{BoardRule, Counts, Program};
use crate::state::{GameChange, Score};
use regulars_base::{Name, Timestamp};
use regulars_ledger::Account;

/// Moves the figures by what the event came to.
pub(super) fn score(draft: &mut Draft<'_>, event: &Event) {
    let program = draft.program;
    for board in &program.games.boards {
        let mut moved: Vec<(i32, i64)> = Vec::new();
        gather(draft, event, board, &mut |at, by| {
            let period = board.period(&program.zone, at);
            match moved.iter_mut().find(|(own, _)| *own == period) {
                Some((_, sum)) => *sum += by,
                None => moved.push((period, by)),
            }
        });
        for (period, by) in moved {
            if by != 0 && draft.now < board.closes_at(&program.zone, period) {
                change(
                    draft,
                    GameChange::Scored {
                        board: board.name,
                        period,
                        by,
                        at: draft.now,
                    },
                );
            }
        }
    }
}

/// Goes through what the event came to: `tell` hears when it counts and how much.
fn gather(
    draft: &Draft<'_>,
    event: &Event,
    board: &BoardRule,
    tell: &mut dyn FnMut(Timestamp, i64),
) {
    let now = draft.now;
    let points = match board.counts {
        Counts::Points(place) => Some(draft.program.points[usize::from(place)].name),
        _ => None,
    };
    if board.counts == Counts::Stamps {
        for note in &draft.out.trace {
            if let Note::Stamped { by, .. } = note {
                tell(if *by > 0 { event.occurred_at } else { now }, *by);
            }
        }
        return;
    }
    for change in &draft.out.changes {
        match (change, board.counts) {
            (Change::Posted(posting), Counts::Points(_)) if Some(posting.points) == points => {
                if posting.from == Account::Issued {
                    tell(posting.effective_at, posting.amount);
                } else if posting.to == Account::Issued {
                    tell(posting.effective_at, -posting.amount);
                }
            }
            (Change::OrderPlaced(placed), Counts::Orders) => tell(placed.at, 1),
            (Change::OrderUncounted, Counts::Orders) => tell(now, -1),
            (Change::Games(moved), Counts::Challenges) => {
                if let GameChange::Met { by, .. } = **moved {
                    tell(if by > 0 { event.occurred_at } else { now }, by);
                }
            }
            _ => {}
        }
    }
}

/// The figures that still move at `now`: those go along when a member is merged.
pub(super) fn open_scores(draft: &Draft<'_>) -> Vec<Score> {
    let scores = held(draft).map_or(&[][..], |games| &games.scores);
    let open = |score: &&Score| {
        closes_at(draft.program, score.board, score.period).is_some_and(|at| draft.now < at)
    };
    scores.iter().filter(open).copied().collect()
}

/// When a figure stops moving; nothing for causes and what this version does not have.
pub(super) fn closes_at(program: &Program, board: Name, period: i32) -> Option<Timestamp> {
    let games = &program.games;
    let rule = games.boards.iter().find(|own| own.name == board);
    let closes = rule.map(|rule| rule.closes_at(&program.zone, period));
    let draw = games.draws.iter().find(|own| own.name == board);
    closes.or(draw.map(|draw| draw.closes))
}
