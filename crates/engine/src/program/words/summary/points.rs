//! A kind of points in words.

use super::told::{Told, of_period, rate};
use super::{Part, aspect, part};
use crate::program::words::language::{plural, say, word};
use crate::program::{CountedFrom, Expiry, MonthEnd, Pending, Points};
use regulars_base::Ratio;
use regulars_ledger::SpendOrder;

pub(super) fn one_kind(to: Told<'_>, points: &Points) -> Part {
    let names = format!("{} / {}", points.one, points.other);
    let decimals = points.decimals.to_string();
    let mut aspects = vec![
        aspect(word!(to, "are called"), names).inner(),
        aspect(word!(to, "have decimals:"), decimals).inner(),
    ];
    // What they are worth is for the books, not for the till.
    if let Some(worth) = points.worth {
        let minor = 10_i64.pow(to.program.currency.exponent().into());
        let whole = Ratio::new(worth.num(), worth.den().saturating_mul(minor)).unwrap_or(worth);
        let each = say!(to, "{price} each", price = rate(to, whole));
        aspects.push(aspect(word!(to, "are worth"), each).inner());
    }
    if let Some(pending) = points.pending {
        let verb = word!(to, "are pending for");
        aspects.push(aspect(verb, self::pending(to, pending)));
    }
    aspects.push(aspect(word!(to, "lapse"), expiry(to, points.expiry)));
    aspects.push(match points.spendable {
        true => aspect(
            word!(to, "can be spent,"),
            match points.spend_order {
                SpendOrder::SoonestExpiry => word!(to, "soonest to lapse first"),
                SpendOrder::OldestFirst => word!(to, "oldest first"),
            },
        ),
        false => aspect(word!(to, "cannot be spent"), ""),
    });
    Part {
        name: points.other.clone(),
        ..part(to, "points", &points.id, aspects)
    }
}

fn pending(to: Told<'_>, pending: Pending) -> String {
    let span = to.span(pending.span);
    match pending.to_end_of_day {
        true => say!(to, "{span}, to the end of the day", span),
        false => span,
    }
}

fn expiry(to: Told<'_>, expiry: Expiry) -> String {
    match expiry {
        Expiry::Never => say!(to, "never"),
        Expiry::On(day) => say!(to, "on {day}", day = to.date(day)),
        Expiry::Inactivity(after) => {
            say!(to, "after {span} without activity", span = to.span(after))
        }
        Expiry::EndOf(period, 0) => {
            say!(to, "at the end of {period}", period = of_period(to, period))
        }
        Expiry::EndOf(period, more) => plural!(
            to,
            more,
            "at the end of {period}, {more} later",
            "at the end of {period}, {more} later",
            period = of_period(to, period),
            more
        ),
        Expiry::After {
            span: after,
            from,
            round_up,
            round_down,
            month_end,
        } => {
            let span = to.span(after);
            let mut words = match from {
                CountedFrom::Earning => say!(to, "{span} after they were earned", span),
                CountedFrom::Release => say!(to, "{span} after they became free", span),
            };
            if let Some(period) = round_up {
                let period = of_period(to, period);
                words += &say!(to, ", to the end of {period}", period);
            }
            if let Some(period) = round_down {
                let period = of_period(to, period);
                words += &say!(to, ", back to the start of {period}", period);
            }
            // What becomes of the 31st is for who writes the file.
            if month_end == MonthEnd::Spill && !to.members {
                words += word!(to, ", month ends spill over");
            }
            words
        }
    }
}
