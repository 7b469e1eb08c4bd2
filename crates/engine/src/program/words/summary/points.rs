//! A kind of points in words.

use super::{Part, aspect, ratio, span};
use crate::program::words;
use crate::program::{CountedFrom, Expiry, MonthEnd, Pending, Points, Program};
use regulars_base::Ratio;
use regulars_ledger::SpendOrder;

pub(super) fn one_kind(program: &Program, points: &Points) -> Part {
    let names = format!("{} / {}", points.one, points.other);
    let mut aspects = vec![
        aspect("are called", names),
        aspect("have decimals:", points.decimals.to_string()),
    ];
    if let Some(worth) = points.worth {
        let minor = 10_i64.pow(program.currency.exponent().into());
        let whole = Ratio::new(worth.num(), worth.den().saturating_mul(minor)).unwrap_or(worth);
        let code = program.currency.code();
        aspects.push(aspect("are worth", format!("{} {code} each", ratio(whole))));
    }
    if let Some(pending) = points.pending {
        aspects.push(aspect("are pending for", self::pending(pending)));
    }
    aspects.push(aspect("lapse", expiry(points.expiry)));
    aspects.push(match points.spendable {
        true => aspect(
            "can be spent,",
            match points.spend_order {
                SpendOrder::SoonestExpiry => "soonest to lapse first",
                SpendOrder::OldestFirst => "oldest first",
            },
        ),
        false => aspect("cannot be spent", ""),
    });
    Part {
        kind: "points",
        id: points.id.clone(),
        aspects,
    }
}

fn pending(pending: Pending) -> String {
    let span = span(pending.span);
    match pending.to_end_of_day {
        true => format!("{span}, to the end of the day"),
        false => span,
    }
}

fn expiry(expiry: Expiry) -> String {
    match expiry {
        Expiry::Never => "never".into(),
        Expiry::On(day) => format!("on {day}"),
        Expiry::Inactivity(after) => format!("after {} without activity", span(after)),
        Expiry::EndOf(period, 0) => format!("at the end of the {}", words::period(period)),
        Expiry::EndOf(period, more) => {
            format!("at the end of the {}, {more} later", words::period(period))
        }
        Expiry::After {
            span: after,
            from,
            round_up,
            round_down,
            month_end,
        } => {
            let mut words = format!("{} after ", span(after));
            words += match from {
                CountedFrom::Earning => "they were earned",
                CountedFrom::Release => "they became free",
            };
            if let Some(period) = round_up {
                words += &format!(", to the end of the {}", words::period(period));
            }
            if let Some(period) = round_down {
                words += &format!(", back to the start of the {}", words::period(period));
            }
            if month_end == MonthEnd::Spill {
                words += ", month ends spill over";
            }
            words
        }
    }
}
