//! Kinds of points.

use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::{EXPIRES, NAMES, PENDING};
use crate::program::phrase;
use crate::program::reader::{At, Node};
use crate::program::{CountedFrom, Expiry, MonthEnd, Pending, Points};
use regulars_base::{Name, Period, Ratio};
use regulars_ledger::SpendOrder;

/// Reads `[points.*]`. A program may do without, if it has a card or a plan.
pub(super) fn points(ctx: &Ctx<'_>) -> Option<Vec<Points>> {
    let parts = ctx.root.parts("points");
    let others = ["card", "plan"]
        .iter()
        .all(|part| ctx.root.parts(part).is_empty());
    if parts.is_empty() && others {
        let wrong = Wrong::new(
            "the file declares neither points nor cards nor plans",
            "add [points.NAME], such as [points.beans], a [[card]] or a [[plan]]",
        );
        ctx.root.source.error(ctx.root.key("program"), wrong);
    }
    all(parts.iter().map(|part| one_kind(ctx, part)).collect())
}

fn one_kind(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<Points> {
    let get = |name: &str| part.node.get(name);
    let text = |node: Option<Node<'_>>, field: &str| {
        let found = node
            .and_then(|node| node.get(field))
            .and_then(|at| at.text());
        found.map(str::to_owned)
    };
    let named = get("name");
    let names = named.and_then(|at| at.node(&NAMES));
    let both = named.and_then(|at| at.text()).unwrap_or(part.id);
    let worth = |at: At<'_>| match ctx.shop.currency {
        Some(own) => at.read(|text| phrase::worth(text, own)),
        None => Some(Ratio::ONE),
    };
    Some(Points {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        one: text(names, "one").unwrap_or_else(|| both.to_owned()),
        other: text(names, "other").unwrap_or_else(|| both.to_owned()),
        decimals: get("decimals")
            .and_then(|at| at.whole())
            .and_then(|n| u8::try_from(n).ok())
            .unwrap_or(0),
        worth: get("worth").and_then(worth),
        pending: get("pending").and_then(|at| pending(&at)),
        expiry: match get("expires") {
            Some(at) => expiry(&at)?,
            None => Expiry::Never,
        },
        spendable: get("spendable").and_then(|at| at.flag()).unwrap_or(true),
        spend_order: match get("spend").and_then(|at| at.text()) {
            Some("oldest first") => SpendOrder::OldestFirst,
            _ => SpendOrder::SoonestExpiry,
        },
    })
}

fn pending(at: &At<'_>) -> Option<Pending> {
    if let Some(node) = at.node(&PENDING) {
        return Some(Pending {
            span: node.get("after")?.read(phrase::length)?,
            to_end_of_day: node.get("to").is_some(),
        });
    }
    let span = at.read(phrase::length)?;
    Some(Pending {
        span,
        to_end_of_day: false,
    })
}

/// Reads `expires`.
fn expiry(at: &At<'_>) -> Option<Expiry> {
    if let Some(node) = at.node(&EXPIRES) {
        return expiry_table(&node);
    }
    if at.text() == Some("never") {
        return Some(Expiry::Never);
    }
    at.read(phrase::length).map(|span| Expiry::After {
        span,
        from: CountedFrom::default(),
        round_up: None,
        round_down: None,
        month_end: MonthEnd::default(),
    })
}

fn expiry_table(node: &Node<'_>) -> Option<Expiry> {
    let ways = ["on", "after", "at"];
    let said: Vec<&str> = ways.into_iter().filter(|way| node.has(way)).collect();
    let [way] = said[..] else {
        node.error(Wrong::new(
            "this does not say in one way when points lapse",
            "write one of `on` (a day), `after` (a length) or `at` (the end of a period)",
        ));
        return None;
    };
    let goes_with = |fields: [&str; 4], of: &str| {
        for field in fields.into_iter().filter(|field| node.has(field)) {
            let wrong = Wrong::new(
                format!("`{field}` means nothing beside `{way}`"),
                format!("it goes with {of}"),
            );
            node.source().error(node.key(field), wrong);
        }
    };
    match way {
        "on" => {
            goes_with(
                ["counted_from", "to", "month_end", "plus"],
                "`after` or `at`",
            );
            Some(Expiry::On(node.get("on")?.read(phrase::day)?))
        }
        "at" => {
            goes_with(["counted_from", "to", "month_end", ""], "`after`");
            let plus = node.get("plus").and_then(|at| at.whole()).unwrap_or(0);
            let period = end_of(node.get("at")?.text()?)?;
            Some(Expiry::EndOf(period, i32::try_from(plus).ok()?))
        }
        _ => {
            goes_with(["plus", "", "", ""], "`at`");
            let span = node.get("after")?.read(phrase::length)?;
            let from = node.get("counted_from").and_then(|at| at.text());
            if from == Some("activity") {
                goes_with(["to", "month_end", "", ""], "points that lapse one by one");
                return Some(Expiry::Inactivity(span));
            }
            Some(Expiry::After {
                span,
                from: match from {
                    Some("release") => CountedFrom::Release,
                    _ => CountedFrom::Earning,
                },
                round_up: node.get("to").and_then(|at| end_of(at.text()?)),
                round_down: node.get("to").and_then(|at| start_of(at.text()?)),
                month_end: match node.get("month_end").and_then(|at| at.text()) {
                    Some("spill") => MonthEnd::Spill,
                    _ => MonthEnd::Clip,
                },
            })
        }
    }
}

/// `start of month`.
fn start_of(text: &str) -> Option<Period> {
    phrase::period(text.strip_prefix("start of ")?)
}

/// `end of month`.
fn end_of(text: &str) -> Option<Period> {
    phrase::period(text.strip_prefix("end of ")?)
}
