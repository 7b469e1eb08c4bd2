//! Paid membership in words.

use super::{amount_of, id_of, money, title};
use crate::outcome::{Note, PlanEnd};
use crate::program::Program;
use regulars_base::{CivilDay, Name};

/// A note about a plan or an invoice, as a sentence; nothing for other notes.
pub(super) fn sentence(program: &Program, note: &Note) -> Option<String> {
    let money = |minor: &i64| money(program, *minor);
    Some(match note {
        Note::PlanGave {
            plan,
            points,
            given,
        } => format!(
            "plan {} adds {}",
            plan_title(program, *plan),
            amount_of(program, *points, *given)
        ),
        Note::PlanJoined { plan, until, trial } => {
            let first = if *trial { "free trial" } else { "first period" };
            let plan = plan_title(program, *plan);
            format!("joined {plan}, {first} until {}", last(*until))
        }
        Note::Invoiced {
            number,
            plan,
            from,
            until,
            amount,
            credit,
        } => {
            let plan = plan_title(program, *plan);
            let stretch = format!("{} to {}", day(*from), last(*until));
            let lowered = match credit {
                0 => String::new(),
                credit => format!(", {} paid by credit", money(credit)),
            };
            format!(
                "invoice {number} for {plan}, {stretch}: {} to pay{lowered}",
                money(amount)
            )
        }
        Note::InvoicePaid { number, amount } => {
            format!("invoice {number} is paid: {}", money(amount))
        }
        Note::PaymentFailed {
            number,
            attempt,
            retry_at,
        } => {
            let then = match retry_at {
                Some(at) => format!("asked for again on {}", program.zone.day(*at)),
                None => "not asked for again".to_owned(),
            };
            format!("payment of invoice {number} failed (attempt {attempt}), {then}")
        }
        Note::PaymentAsked { number, attempt } => {
            format!("payment of invoice {number} asked for again (attempt {attempt})")
        }
        Note::PlanChanged { from, to, credit } => {
            let credited = match credit {
                0 => String::new(),
                credit => format!(", {} credited for the days that were left", money(credit)),
            };
            let (from, to) = (plan_title(program, *from), plan_title(program, *to));
            format!("changed from {from} to {to}{credited}")
        }
        Note::PlanChangeAwaits { to, on } => {
            format!("changes to {} on {}", plan_title(program, *to), day(*on))
        }
        Note::PlanPaused { plan, until } => format!(
            "{} is paused, and goes on by itself on {}",
            plan_title(program, *plan),
            day(*until)
        ),
        Note::PlanResumed { plan, until } => format!(
            "{} goes on, its period lasts until {}",
            plan_title(program, *plan),
            last(*until)
        ),
        Note::PlanWillEnd { plan, on } => format!(
            "{} is cancelled, and lasts until {}",
            plan_title(program, *plan),
            last(*on)
        ),
        Note::PlanEnded { plan, at, why } => format!(
            "{} ended on {}: {}",
            plan_title(program, *plan),
            program.zone.day(*at),
            because(*why)
        ),
        Note::OwedBack { number, amount } => {
            format!("{} of invoice {number} are to be paid back", money(amount))
        }
        Note::PaidBack { number, amount } => {
            format!("{} of invoice {number} were paid back", money(amount))
        }
        Note::PlanGift {
            plan,
            points,
            amount,
        } => format!(
            "{} gives {} for the period",
            plan_title(program, *plan),
            amount_of(program, *points, *amount)
        ),
        Note::PlanVoucher { plan, reward } => format!(
            "{} gives {} for the period",
            plan_title(program, *plan),
            title(program, *reward)
        ),
        Note::PlanVoucherTakenBack { plan, reward } => format!(
            "{}: {} is taken back, as its period was paid back",
            plan_title(program, *plan),
            title(program, *reward)
        ),
        Note::PlanCredited { plan, credit } => format!(
            "{} of the merged member ends, {} credited for the days that were left",
            plan_title(program, *plan),
            money(credit)
        ),
        _ => return None,
    })
}

/// The same in the few words that stories assert.
pub(super) fn short(program: &Program, note: &Note) -> Option<String> {
    let id = |name: &Name| id_of(program, *name);
    let money = |minor: &i64| money(program, *minor);
    let of = |points: &Name, n: &i64| super::short::of(program, *points, *n);
    Some(match note {
        Note::PlanGave {
            plan,
            points,
            given,
        } => format!("plan {}: {}", id(plan), of(points, given)),
        Note::PlanJoined { plan, until, trial } => {
            let trial = if *trial { "trial " } else { "" };
            format!("plan {}: joined, {trial}until {}", id(plan), day(*until))
        }
        Note::Invoiced {
            number,
            from,
            until,
            amount,
            ..
        } => format!(
            "invoice {number}: {} for {} to {}",
            money(amount),
            day(*from),
            day(*until)
        ),
        Note::InvoicePaid { number, amount } => format!("invoice {number}: paid {}", money(amount)),
        Note::PaymentFailed {
            number, attempt, ..
        } => format!("invoice {number}: attempt {attempt} failed"),
        Note::PaymentAsked { number, attempt } => {
            format!("invoice {number}: attempt {attempt} asked")
        }
        Note::PlanChanged { from, to, credit } => {
            format!("plan: {} -> {}, credit {}", id(from), id(to), money(credit))
        }
        Note::PlanChangeAwaits { to, on } => format!("plan: {} on {}", id(to), day(*on)),
        Note::PlanPaused { plan, until } => format!("plan {}: paused to {}", id(plan), day(*until)),
        Note::PlanResumed { plan, until } => {
            format!("plan {}: goes on until {}", id(plan), day(*until))
        }
        Note::PlanWillEnd { plan, on } => format!("plan {}: ends {}", id(plan), day(*on)),
        Note::PlanEnded { plan, why, .. } => format!("plan {}: ended, {}", id(plan), because(*why)),
        Note::OwedBack { number, amount } => format!("invoice {number}: owes {}", money(amount)),
        Note::PaidBack { number, amount } => {
            format!("invoice {number}: paid back {}", money(amount))
        }
        Note::PlanGift {
            plan,
            points,
            amount,
        } => format!("plan {}: gives {}", id(plan), of(points, amount)),
        Note::PlanVoucher { plan, reward } => format!("plan {}: gives {}", id(plan), id(reward)),
        Note::PlanVoucherTakenBack { plan, reward } => {
            format!("plan {}: {} taken back", id(plan), id(reward))
        }
        Note::PlanCredited { plan, credit } => {
            format!("plan {}: credited {}", id(plan), money(credit))
        }
        _ => return None,
    })
}

const fn because(why: PlanEnd) -> &'static str {
    match why {
        PlanEnd::Cancelled => "cancelled",
        PlanEnd::NotPaid => "not paid",
        PlanEnd::PaidBack => "paid back",
        PlanEnd::Withdrawn => "no longer offered",
        PlanEnd::Merged => "merged",
    }
}

fn plan_title(program: &Program, name: Name) -> &str {
    let plan = program.plan_named(name);
    plan.map_or("a plan of an earlier program", |plan| &plan.title)
}

fn day(number: i32) -> CivilDay {
    CivilDay::from_number(number)
}

/// The last day of a stretch that ends before this one.
fn last(until: i32) -> CivilDay {
    day(until - 1)
}
