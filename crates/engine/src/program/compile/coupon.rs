//! Coupons.

use super::earning::{condition, window};
use super::limit::{Owner, amounts, limits};
use super::reward::percent;
use super::{Ctx, Part, all};
use crate::code::{Code, Pattern};
use crate::price::Off;
use crate::program::diagnostic::Wrong;
use crate::program::phrase;
use crate::program::reader::{Node, find};
use crate::program::{Combine, CouponCodes, CouponRule, Limit, PercentOf, Trigger};
use regulars_base::{Name, Text};
use std::collections::BTreeMap;

/// Reads `[[coupon]]`.
pub(super) fn coupons(ctx: &Ctx<'_>) -> Option<Vec<CouponRule>> {
    let parts = ctx.root.parts("coupon");
    let coupons: Vec<Option<CouponRule>> = parts.iter().map(|part| coupon(ctx, part)).collect();
    let mut words: BTreeMap<Code, &str> = BTreeMap::new();
    for part in &parts {
        // Also of coupons that something else is wrong with: all is said at once.
        let code = part.node.get("code").and_then(|at| at.text());
        let Some(code) = code.and_then(|text| Code::new(text).ok()) else {
            continue;
        };
        if let Some(other) = words.insert(code.clone(), part.id) {
            let wrong = Wrong::new(
                format!("`{code}` is the code of coupon `{other}` already"),
                "give each its own word",
            );
            part.node.source().error(part.node.key("code"), wrong);
        }
        let looks = |single: &&CouponRule| {
            let pattern = single.pattern();
            pattern.is_some_and(|pattern| pattern.fit(&code) != crate::code::Fit::None)
        };
        if let Some(single) = coupons.iter().flatten().find(looks) {
            let wrong = Wrong::new(
                format!("`{code}` looks like a code of coupon `{}`", single.id),
                "choose another word or another pattern",
            );
            part.node.source().error(part.node.key("code"), wrong);
        }
    }
    all(coupons)
}

fn coupon(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<CouponRule> {
    let node = &part.node;
    let (from, until) = window(ctx, node);
    let owner = Owner {
        kind: "coupon",
        id: part.id,
        points: &[],
    };
    let limits = limits(ctx, node, &owner);
    let gives = gives(ctx, node);
    let codes = codes(node, &limits);
    let when = node
        .get("when")
        .map(|at| condition(ctx, &at, Some(Trigger::Purchase)));
    let length = |name: &str| node.get(name).and_then(|at| at.read(phrase::length));
    let flag = |name: &str, or: bool| node.get(name).and_then(|at| at.flag()).unwrap_or(or);
    let tier = node.get("tier");
    let least = node.get("least").map(|at| ctx.shop.money(&at));
    let group = node.get("group").map(|at| at.read(phrase::id));
    let (off, points) = gives?;
    Some(CouponRule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        title: node
            .get("title")
            .and_then(|at| at.text())
            .unwrap_or(part.id)
            .to_owned(),
        off,
        points,
        least: match least {
            Some(least) => Some(least?),
            None => None,
        },
        first_order: flag("first_order", false),
        tier: tier.and_then(|at| find(&at, "tier", at.text()?, &ctx.names.tiers)),
        from,
        until,
        limits,
        codes: codes?,
        expires: length("expires"),
        group: match group {
            Some(group) => Some(Text::new(group?).ok()?),
            None => None,
        },
        exclusive: flag("exclusive", false),
        order: node.get("order").and_then(|at| at.whole()).unwrap_or(100),
        transfer: flag("transfer", false),
        returns: flag("returns", true),
        when: match when {
            Some(condition) => Some(condition?),
            None => None,
        },
    })
}

/// Reads `kind` and what goes with it.
fn gives(ctx: &Ctx<'_>, node: &Node<'_>) -> Option<(Off, Vec<(u16, i64)>)> {
    let kind = node.get("kind")?.text()?;
    let allowed: &[&str] = match kind {
        "money off" => &["off"],
        "percent off" => &["off", "at_most"],
        "points" => &["points"],
        _ => &[],
    };
    for field in ["off", "at_most", "points"] {
        if node.has(field) && !allowed.contains(&field) {
            let wrong = Wrong::new(
                format!("`{field}` means nothing for a coupon of kind `{kind}`"),
                "leave it out, or correct `kind`",
            );
            node.source().error(node.key(field), wrong);
        }
    }
    let needed = match kind {
        "money off" => Some(("off", "`off = \"5.00 EUR\"`")),
        "percent off" => Some(("off", "`off = \"10%\"`")),
        "points" => Some(("points", "`points = { beans = 100 }`")),
        _ => None,
    };
    if let Some((field, add)) = needed
        && !node.has(field)
    {
        node.error(Wrong::new(
            "the coupon does not say how much it gives",
            format!("add {add}"),
        ));
        return None;
    }
    match kind {
        "money off" => {
            let off = node.get("off")?;
            let minor = ctx.shop.money(&off)?;
            if minor == 0 {
                off.error(Wrong::new(
                    "nothing is taken off",
                    "write an amount above 0",
                ));
            }
            Some((Off::Money(minor), Vec::new()))
        }
        "percent off" => {
            let off = node.get("off")?.read(percent)?;
            let at_most = node.get("at_most").and_then(|at| ctx.shop.money(&at));
            Some((Off::Percent(off, at_most), Vec::new()))
        }
        "free product" => Some((Off::FreeProduct, Vec::new())),
        "free delivery" => Some((Off::FreeDelivery, Vec::new())),
        _ => {
            let at = node.get("points")?;
            let points = amounts(ctx, &at);
            if at.entries().is_empty() {
                at.error(Wrong::new(
                    "nothing is given",
                    "write points such as `{ beans = 100 }`",
                ));
            }
            Some((Off::Nothing, points))
        }
    }
}

/// Reads `code` or `pattern`, and what goes with them.
fn codes(node: &Node<'_>, limits: &[Limit]) -> Option<CouponCodes> {
    if let Some(at) = node.get("code") {
        for field in ["pattern", "uses", "expires", "transfer"] {
            if node.has(field) {
                let instead = match field {
                    "uses" => "write `limit = [{ times = 100, per = \"program\" }]`",
                    "expires" => "write `until`",
                    _ => "leave it out, or leave `code` out",
                };
                let message = format!("`{field}` means nothing where all use one word");
                node.source()
                    .error(node.key(field), Wrong::new(message, instead));
            }
        }
        if limits.is_empty() {
            at.warn(Wrong::new(
                "everybody may use this word as often as they like",
                "add `limit = [{ times = 1, per = \"member\" }]`",
            ));
        }
        let read = |text: &str| Code::new(text).map_err(|wrong| no_code(&wrong));
        return at.read(read).map(CouponCodes::Shared);
    }
    let pattern = match node.get("pattern") {
        None => Pattern::new("####-####-####").expect("the usual pattern is one"),
        Some(at) => at.read(|text| {
            Pattern::new(text).map_err(|why| {
                let message = format!("`{text}` is no pattern: {why}");
                Wrong::new(message, "write it as `SUMMER-####-####`")
            })
        })?,
    };
    let uses = node.get("uses").and_then(|at| at.whole()).unwrap_or(1);
    Some(CouponCodes::Single { pattern, uses })
}

fn no_code(wrong: &crate::code::BadCode) -> Wrong {
    Wrong::new(
        format!("the word {wrong}"),
        "write a word such as `WELCOME10`",
    )
}

/// Reads `[coupons]`.
pub(super) fn combine(ctx: &Ctx<'_>) -> Combine {
    let parts = ctx.root.parts("coupons");
    let Some(part) = parts.first() else {
        return Combine::default();
    };
    let node = &part.node;
    let word = |name: &str| node.get(name).and_then(|at| at.text());
    let most = node.get("most").and_then(|at| at.whole());
    Combine {
        percent_first: word("first") != Some("money off"),
        percent_of: match word("percent_of") {
            Some("list price") => PercentOf::Listed,
            _ => PercentOf::Rest,
        },
        most: most.and_then(|most| u16::try_from(most).ok()),
    }
}
