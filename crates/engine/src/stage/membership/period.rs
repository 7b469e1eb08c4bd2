//! What happens to a plan by itself, period by period.
//!
//! *A year's plan joined on 29 February 2024 renews on 28 February 2025, and again on 29 February
//! 2028. A tick that comes a week late does on that day what was due a week before, invoice and
//! retry and all, in the order of time.*

use super::{end, invoice, stand, standing};
use crate::draft::Draft;
use crate::due::grace_end;
use crate::outcome::{Change, Note, PlanEnd};
use crate::state::{Invoice, Membership, PlanStage};
use regulars_base::{CivilDay, Rounding, Timestamp};

/// Does what is due at `at`. Each part removes what made it due.
pub(crate) fn fall_due(draft: &mut Draft<'_>, at: Timestamp) {
    let Some(paying) = draft.state.wallet.paying.as_deref() else {
        return;
    };
    let Some(own) = &paying.standing.current else {
        return;
    };
    let program = draft.program;
    let is_over = |day: i32| program.zone.start_of(CivilDay::from_number(day)) <= at;
    let period_over = match own.stage {
        PlanStage::Paused { until, .. } if is_over(until) => {
            go_on(draft, until, at);
            return;
        }
        PlanStage::Paused { .. } => return,
        PlanStage::Trial | PlanStage::Active => is_over(own.until),
    };
    if let Some(open) = paying.open().cloned() {
        // The next period never begins before the last is paid.
        if period_over || grace_end(program, &open) <= at {
            end(draft, at, PlanEnd::NotPaid);
        } else if open.retry_at.is_some_and(|retry| retry <= at) {
            let (number, attempt) = (open.number, open.attempts.saturating_add(1));
            draft.take(Change::Invoiced(Box::new(Invoice {
                attempts: attempt,
                asked: true,
                retry_at: None,
                ..open
            })));
            draft.note(Note::PaymentAsked { number, attempt });
        }
    } else if period_over && own.ends {
        end(draft, at, PlanEnd::Cancelled);
    } else if period_over {
        renew(draft, at);
    }
}

/// The next period begins, on the plan that was chosen for it.
fn renew(draft: &mut Draft<'_>, at: Timestamp) {
    let program = draft.program;
    let mut standing = standing(draft);
    let Some(own) = &mut standing.current else {
        return;
    };
    let Some(rule) = program.plan_named(own.next.unwrap_or(own.plan)) else {
        end(draft, at, PlanEnd::Withdrawn);
        return;
    };
    let mut moved = None;
    if rule.name == own.plan {
        own.periods += 1;
    } else {
        let from = own.plan;
        let past = super::past_of(own, at);
        (own.plan, own.since, own.benefits_from) = (rule.name, at, Some(at));
        (own.price, own.intro_left) = (rule.price, 0);
        (own.anchor, own.periods) = (own.until, 0);
        own.without.clear();
        moved = Some((from, past));
    }
    (own.next, own.stage, own.from) = (None, PlanStage::Active, own.until);
    let next = rule.period_end(CivilDay::from_number(own.anchor), own.periods + 1);
    // A version with other periods counts them from here.
    own.until = if next.number() > own.from {
        next.number()
    } else {
        (own.anchor, own.periods) = (own.from, 0);
        rule.period_end(CivilDay::from_number(own.from), 1).number()
    };
    // What was before the period that is over, nobody asks for.
    own.without
        .retain(|gap| gap.until == Timestamp::LAST || gap.until.plus_micros(YEAR_MICROS) > at);
    if let Some((from, past)) = moved {
        standing.past = past.or(standing.past);
        stand(draft, standing);
        draft.note(Note::PlanChanged {
            from,
            to: rule.name,
            credit: 0,
        });
    } else {
        stand(draft, standing);
    }
    invoice::bill(draft, rule, at);
}

const YEAR_MICROS: i64 = 366 * 86_400_000_000;

/// After a pause the days that were left begin on `day`.
pub(super) fn go_on(draft: &mut Draft<'_>, day: i32, at: Timestamp) {
    let mut standing = standing(draft);
    let Some(own) = &mut standing.current else {
        return;
    };
    let PlanStage::Paused { left, .. } = own.stage else {
        return;
    };
    let before = own.until;
    own.stage = PlanStage::Active;
    own.until = day + left;
    (own.anchor, own.periods) = (own.until, -1);
    close_gap(own, at);
    let (plan, until) = (own.plan, own.until);
    stand(draft, standing);
    invoice::stretch(draft, plan, before, until);
    draft.note(Note::PlanResumed { plan, until });
}

/// Benefits go on.
pub(super) fn close_gap(own: &mut Membership, at: Timestamp) {
    for gap in &mut own.without {
        gap.until = gap.until.min(at);
    }
}

/// What so many days of a period are worth: rounded down, so that what was used and what is left
/// always come to the whole.
pub(super) fn left_of(own: &Membership, left: i32) -> i64 {
    if own.days <= 0 || left <= 0 {
        return 0;
    }
    let left = i128::from(left.min(own.days));
    Rounding::Down.divide_clamped(i128::from(own.worth) * left, i128::from(own.days))
}
