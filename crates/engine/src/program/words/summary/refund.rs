//! What a refund does, in words.

use super::earning::how;
use super::{Part, aspect, span};
use crate::program::{Lapsed, Program, SpentPoints, TakeBack, TierUndo};
use regulars_ledger::AlreadySpent;

/// What a refund does.
pub(super) fn refund(program: &Program) -> Part {
    let take_back = match program.refund.take_back {
        TakeBack::Share => "the share that came back",
        TakeBack::OnlyWhenWhole => "everything once all came back",
        TakeBack::ReckonAgain => "what the rest would not have earned",
        TakeBack::Nothing => "nothing",
    };
    let already_spent = match program.refund.already_spent {
        AlreadySpent::GoNegative => "owed by the member",
        AlreadySpent::StopAtZero => "borne by the program",
        AlreadySpent::PendingOnly => "left alone unless pending",
    };
    let lapsed = match program.refund.lapsed {
        Lapsed::Forgive => "forgiven",
        Lapsed::TakeBack => "taken back",
    };
    let spent_points = match program.refund.spent_points {
        SpentPoints::GiveBackOldDates => "come back with their old dates",
        SpentPoints::GiveBackNewDates => "come back with new dates",
        SpentPoints::GiveBackWhenWhole => "come back once all came back",
        SpentPoints::Keep => "stay spent",
    };
    let tiers = match program.refund.tiers {
        TierUndo::Undo => "lost again",
        TierUndo::Keep => "kept",
    };
    let mut aspects = vec![
        aspect("take back", take_back),
        aspect("round a share", how(program.refund.rounding)),
        aspect("what was spent already is", already_spent),
        aspect("what has lapsed is", lapsed),
        aspect("points that paid for the order", spent_points),
        aspect(
            "used rewards are remembered for",
            span(program.return_window),
        ),
    ];
    if !program.tiers.is_empty() {
        aspects.push(aspect("a tier reached with what comes back is", tiers));
    }
    Part {
        kind: "refunds",
        id: String::new(),
        aspects,
    }
}
