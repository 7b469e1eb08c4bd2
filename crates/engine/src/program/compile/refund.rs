//! What a refund does.

use super::Ctx;
use crate::program::phrase;
use crate::program::{Lapsed, RefundPolicy, SpentPoints, TakeBack, TierUndo};
use regulars_base::{Rounding, Span};
use regulars_ledger::AlreadySpent;

/// Reads `[refund]`.
pub(super) fn refund(ctx: &Ctx<'_>) -> (RefundPolicy, Span) {
    let parts = ctx.root.parts("refund");
    let get = |name: &str| parts.first().and_then(|part| part.node.get(name));
    let text = |name: &str| get(name).and_then(|at| at.text());
    let policy = RefundPolicy {
        take_back: match text("take_back") {
            Some("only when all came back") => TakeBack::OnlyWhenWhole,
            Some("what the rest would not earn") => TakeBack::ReckonAgain,
            Some("nothing") => TakeBack::Nothing,
            _ => TakeBack::Share,
        },
        rounding: match text("round") {
            Some("up") => Rounding::Up,
            Some("half-up") => Rounding::HalfUp,
            Some("half-even") => Rounding::HalfEven,
            _ => Rounding::Down,
        },
        already_spent: match text("already_spent") {
            Some("stop at zero") => AlreadySpent::StopAtZero,
            Some("take pending points only") => AlreadySpent::PendingOnly,
            _ => AlreadySpent::GoNegative,
        },
        lapsed: match text("lapsed") {
            Some("take back") => Lapsed::TakeBack,
            _ => Lapsed::Forgive,
        },
        spent_points: match text("spent_points") {
            Some("give back with new dates") => SpentPoints::GiveBackNewDates,
            Some("give back when all came back") => SpentPoints::GiveBackWhenWhole,
            Some("keep") => SpentPoints::Keep,
            _ => SpentPoints::GiveBackOldDates,
        },
        tiers: match text("tiers") {
            Some("keep") => TierUndo::Keep,
            _ => TierUndo::Undo,
        },
    };
    let window = get("window").and_then(|at| at.read(phrase::length));
    (policy, window.unwrap_or(Span::Months(12)))
}
