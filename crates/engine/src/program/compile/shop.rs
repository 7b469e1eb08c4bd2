//! The program as a whole, its points and its activities.

use super::{Ctx, Part, Root, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::{EXPIRES, NAMES, PENDING};
use crate::program::phrase;
use crate::program::reader::{At, Node};
use crate::program::{
    ActivityRule, CountedFrom, Expiry, FieldType, MonthEnd, Pending, Points, UnknownCustomer,
};
use regulars_base::{Currency, Name, Period, Ratio, Zone};
use regulars_ledger::SpendOrder;

/// The program as a whole.
pub(super) struct Shop {
    pub(super) name: String,
    /// Nothing if the file names none that is one: then money is not looked at.
    pub(super) currency: Option<Currency>,
    pub(super) zone: Zone,
    pub(super) locale: String,
    pub(super) unknown: UnknownCustomer,
}

impl Shop {
    /// Money above zero in minor units. Where the program's currency is not known, that is said
    /// already, and any money will do.
    pub(super) fn money(&self, at: &At<'_>) -> Option<i64> {
        let parse = |text: &str| self.currency.map_or(Ok(1), |own| phrase::money(text, own));
        at.read(parse)
    }
}

/// Reads `[program]`.
pub(super) fn shop(root: &Root<'_>) -> Shop {
    let part = root.parts("program").first().copied();
    let get = |name: &str| part.and_then(|part| part.node.get(name));
    let currency = |text: &str| Currency::new(text).map_err(|error| Wrong::said(&error));
    let zone = |text: &str| Zone::new(text).map_err(|error| Wrong::said(&error));
    let locale = |text: &str| {
        let fits = |part: &str| {
            (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if text.split('-').all(fits) {
            Ok(text.to_owned())
        } else {
            Err(Wrong::new(
                format!("`{text}` is no language"),
                "write it as `en` or `de-AT`",
            ))
        }
    };
    let name = |text: &str| match text.trim() {
        "" => Err(Wrong::new(
            "the program's name is empty",
            "say what people call it",
        )),
        name => Ok(name.to_owned()),
    };
    Shop {
        name: get("name").and_then(|at| at.read(name)).unwrap_or_default(),
        // A currency that cannot be read is told by now; the rest is read as if it were this one, so
        // that conditions and gifts have their own faults told, and no others.
        currency: get("currency")
            .and_then(|at| at.read(currency))
            .or_else(|| Currency::new("EUR").ok()),
        zone: get("timezone")
            .and_then(|at| at.read(zone))
            .unwrap_or_else(|| Zone::new("UTC").expect("the tz database holds UTC")),
        locale: get("locale")
            .and_then(|at| at.read(locale))
            .unwrap_or_else(|| "en".into()),
        unknown: match get("unknown_customers").and_then(|at| at.text()) {
            Some("hold") => UnknownCustomer::Hold,
            Some("refuse") => UnknownCustomer::Refuse,
            _ => UnknownCustomer::Enrol,
        },
    }
}

/// Reads `[rates]`.
pub(super) fn rates(ctx: &Ctx<'_>) -> Vec<(Currency, Ratio)> {
    let mut rates = Vec::new();
    let Some((section, own)) = ctx.root.at("rates").zip(ctx.shop.currency) else {
        return rates;
    };
    for (code, at) in section.entries() {
        let other = match Currency::new(code) {
            Ok(other) if other != own => other,
            Ok(_) => {
                let wrong = Wrong::new(
                    format!("{own} is the program's own currency"),
                    "leave it out: its rate is 1",
                );
                section.source().error(section.key(code), wrong);
                continue;
            }
            Err(error) => {
                let wrong = Wrong::said(&error);
                section.source().error(section.key(code), wrong);
                continue;
            }
        };
        let parse = |text: &str| phrase::rate(phrase::ratio(text)?, other, own);
        match at.read(parse) {
            Some(rate) => rates.push((other, rate)),
            None if at.written().is_none() => at.error(Wrong::new(
                format!("the rate of {other} is no number"),
                "write it as `USD = 0.92`",
            )),
            None => {}
        }
    }
    rates
}

/// Reads `[points.*]`. A program may do without, if it has a card.
pub(super) fn points(ctx: &Ctx<'_>) -> Option<Vec<Points>> {
    let parts = ctx.root.parts("points");
    if parts.is_empty() && ctx.root.parts("card").is_empty() {
        let wrong = Wrong::new(
            "the file declares neither points nor cards",
            "add [points.NAME], such as [points.beans], or a [[card]]",
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
    period(text.strip_prefix("start of ")?)
}

/// `end of month`.
fn end_of(text: &str) -> Option<Period> {
    period(text.strip_prefix("end of ")?)
}

/// `month`.
pub(super) fn period(text: &str) -> Option<Period> {
    Some(match text {
        "day" => Period::Day,
        "week" => Period::Week,
        "month" => Period::Month,
        "quarter" => Period::Quarter,
        "half-year" => Period::HalfYear,
        "year" => Period::Year,
        _ => return None,
    })
}

/// Reads `[activity.*]`.
pub(super) fn activities(root: &Root<'_>) -> Vec<ActivityRule> {
    root.parts("activity").iter().map(activity).collect()
}

fn activity(part: &Part<'_>) -> ActivityRule {
    let fields = part.node.get("fields");
    let mut declared = Vec::new();
    for (field, at) in fields.iter().flat_map(At::entries) {
        if let Err(wrong) = phrase::id(field) {
            at.error(wrong);
        }
        if ["name", "store"].contains(&field) {
            at.error(Wrong::new(
                format!("every activity has `{field}`"),
                "call the field something else",
            ));
        }
        let kind = match at.text() {
            Some("bool") => FieldType::Bool,
            Some("int") => FieldType::Int,
            Some("text") => FieldType::Text,
            _ => {
                at.error(Wrong::new(
                    format!("the type of `{field}` is none"),
                    "write `bool`, `int` or `text`",
                ));
                continue;
            }
        };
        declared.push((field.to_owned(), kind));
    }
    ActivityRule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        fields: declared,
    }
}
