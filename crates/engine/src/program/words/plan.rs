//! Paid membership in words.

use super::language::{say, word};
use super::{Reader, id_of, money};
use crate::outcome::{Note, PlanEnd};
use crate::program::Program;
use regulars_base::{CivilDay, Name};

/// A note about a plan or an invoice, as a sentence; nothing for other notes.
pub(super) fn sentence(reader: Reader<'_>, note: &Note) -> Option<String> {
    let day = |number: i32| reader.date(day(number));
    let last = |until: i32| reader.date(last(until));
    let money = |minor: &i64| reader.money(*minor);
    Some(match note {
        Note::PlanGave {
            plan,
            points,
            given,
        } => say!(
            reader,
            "plan {plan} adds {amount}",
            plan = plan_title(reader, *plan),
            amount = reader.of(*points, *given)
        ),
        Note::PlanJoined { plan, until, trial } => {
            let first = if *trial {
                word!(reader, "free trial")
            } else {
                word!(reader, "first period")
            };
            let plan = plan_title(reader, *plan);
            say!(
                reader,
                "joined {plan}, {first} until {day}",
                plan,
                first,
                day = last(*until)
            )
        }
        Note::Invoiced {
            number,
            plan,
            from,
            until,
            amount,
            credit,
        } => {
            let plan = plan_title(reader, *plan);
            let stretch = say!(
                reader,
                "{from} to {until}",
                from = day(*from),
                until = last(*until)
            );
            let lowered = match credit {
                0 => String::new(),
                credit => say!(reader, ", {amount} paid by credit", amount = money(credit)),
            };
            say!(
                reader,
                "invoice {number} for {plan}, {stretch}: {amount} to pay{lowered}",
                number,
                plan,
                stretch,
                amount = money(amount),
                lowered
            )
        }
        Note::InvoicePaid { number, amount } => {
            say!(
                reader,
                "invoice {number} is paid: {amount}",
                number,
                amount = money(amount)
            )
        }
        Note::PaymentFailed {
            number,
            attempt,
            retry_at,
        } => {
            let then = match retry_at {
                Some(at) => say!(reader, "asked for again on {day}", day = reader.day(*at)),
                None => say!(reader, "not asked for again"),
            };
            say!(
                reader,
                "payment of invoice {number} failed (attempt {attempt}), {then}",
                number,
                attempt,
                then
            )
        }
        Note::PaymentAsked { number, attempt } => {
            say!(
                reader,
                "payment of invoice {number} asked for again (attempt {attempt})",
                number,
                attempt
            )
        }
        Note::PlanChanged { from, to, credit } => {
            let credited = match credit {
                0 => String::new(),
                credit => say!(
                    reader,
                    ", {amount} credited for the days that were left",
                    amount = money(credit)
                ),
            };
            let (from, to) = (plan_title(reader, *from), plan_title(reader, *to));
            say!(
                reader,
                "changed from {from} to {to}{credited}",
                from,
                to,
                credited
            )
        }
        Note::PlanChangeAwaits { to, on } => {
            say!(
                reader,
                "changes to {to} on {day}",
                to = plan_title(reader, *to),
                day = day(*on)
            )
        }
        Note::PlanPaused { plan, until } => say!(
            reader,
            "{plan} is paused, and goes on by itself on {day}",
            plan = plan_title(reader, *plan),
            day = day(*until)
        ),
        Note::PlanResumed { plan, until } => say!(
            reader,
            "{plan} goes on, its period lasts until {day}",
            plan = plan_title(reader, *plan),
            day = last(*until)
        ),
        Note::PlanWillEnd { plan, on } => say!(
            reader,
            "{plan} is cancelled, and lasts until {day}",
            plan = plan_title(reader, *plan),
            day = last(*on)
        ),
        Note::PlanEnded { plan, at, why } => ended(reader, *plan, reader.day(*at), *why),
        Note::OwedBack { number, amount } => {
            say!(
                reader,
                "{amount} of invoice {number} are to be paid back",
                amount = money(amount),
                number
            )
        }
        Note::PaidBack { number, amount } => {
            say!(
                reader,
                "{amount} of invoice {number} were paid back",
                amount = money(amount),
                number
            )
        }
        Note::PlanGift {
            plan,
            points,
            amount,
        } => say!(
            reader,
            "{plan} gives {amount} for the period",
            plan = plan_title(reader, *plan),
            amount = reader.of(*points, *amount)
        ),
        Note::PlanVoucher { plan, reward } => say!(
            reader,
            "{plan} gives {reward} for the period",
            plan = plan_title(reader, *plan),
            reward = reader.title(*reward)
        ),
        Note::PlanVoucherTakenBack { plan, reward } => say!(
            reader,
            "{plan}: {reward} is taken back, as its period was paid back",
            plan = plan_title(reader, *plan),
            reward = reader.title(*reward)
        ),
        Note::PlanCredited { plan, credit } => say!(
            reader,
            "{plan} of the merged member ends, {amount} credited for the days that were left",
            plan = plan_title(reader, *plan),
            amount = money(credit)
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

/// That a plan ended, and why: whole sentences, as the same word is another elsewhere.
fn ended(reader: Reader<'_>, plan: Name, day: String, why: PlanEnd) -> String {
    let plan = plan_title(reader, plan);
    match why {
        PlanEnd::Cancelled => say!(reader, "{plan} ended on {day}: cancelled", plan, day),
        PlanEnd::NotPaid => say!(reader, "{plan} ended on {day}: not paid", plan, day),
        PlanEnd::PaidBack => say!(reader, "{plan} ended on {day}: paid back", plan, day),
        PlanEnd::Withdrawn => say!(
            reader,
            "{plan} ended on {day}: no longer offered",
            plan,
            day
        ),
        PlanEnd::Merged => say!(reader, "{plan} ended on {day}: merged", plan, day),
    }
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

fn plan_title(reader: Reader<'_>, name: Name) -> &str {
    let plan = reader.program.plan_named(name);
    plan.map_or_else(
        || word!(reader, "a plan of an earlier program"),
        |plan| &plan.title,
    )
}

fn day(number: i32) -> CivilDay {
    CivilDay::from_number(number)
}

/// The last day of a stretch that ends before this one.
fn last(until: i32) -> CivilDay {
    day(until - 1)
}
