//! What a refund does, in words.

use super::earning::how;
use super::told::Told;
use super::{Part, aspect, part};
use crate::program::words::language::word;
use crate::program::{Lapsed, SpentPoints, TakeBack, TierUndo};
use regulars_ledger::AlreadySpent;

/// What a refund does.
pub(super) fn refund(to: Told<'_>) -> Part {
    let program = to.program;
    let take_back = match program.refund.take_back {
        TakeBack::Share => word!(to, "the share that came back"),
        TakeBack::OnlyWhenWhole => word!(to, "everything once all came back"),
        TakeBack::ReckonAgain => word!(to, "what the rest would not have earned"),
        TakeBack::Nothing => word!(to, "nothing"),
    };
    let already_spent = match program.refund.already_spent {
        AlreadySpent::GoNegative => word!(to, "owed by the member"),
        AlreadySpent::StopAtZero => word!(to, "borne by the program"),
        AlreadySpent::PendingOnly => word!(to, "left alone unless pending"),
    };
    let lapsed = match program.refund.lapsed {
        Lapsed::Forgive => word!(to, "forgiven"),
        Lapsed::TakeBack => word!(to, "taken back"),
    };
    let spent_points = match program.refund.spent_points {
        SpentPoints::GiveBackOldDates => word!(to, "come back with their old dates"),
        SpentPoints::GiveBackNewDates => word!(to, "come back with new dates"),
        SpentPoints::GiveBackWhenWhole => word!(to, "come back once all came back"),
        SpentPoints::Keep => word!(to, "stay spent"),
    };
    let rounding = how(to, program.refund.rounding);
    let window = to.span(program.return_window);
    let mut aspects = vec![
        aspect(word!(to, "take back"), take_back),
        aspect(word!(to, "round a share"), rounding).inner(),
        aspect(word!(to, "what was spent already is"), already_spent),
        aspect(word!(to, "what has lapsed is"), lapsed),
        aspect(word!(to, "points that paid for the order"), spent_points),
        aspect(word!(to, "used rewards are remembered for"), window).inner(),
    ];
    if !program.tiers.is_empty() {
        let tiers = match program.refund.tiers {
            TierUndo::Undo => word!(to, "lost again"),
            TierUndo::Keep => word!(to, "kept"),
        };
        let verb = word!(to, "a tier reached with what comes back is");
        aspects.push(aspect(verb, tiers));
    }
    part(to, "refunds", "", aspects)
}
