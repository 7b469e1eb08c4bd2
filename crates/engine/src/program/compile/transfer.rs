//! Points that members send to one another.

use super::Ctx;
use super::limit::{Owner, amounts, limits, per_member};
use crate::program::diagnostic::Wrong;
use crate::program::phrase;
use crate::program::reader::{Node, find};
use crate::program::{Sendable, TransferRule};

/// Reads `[transfer]`. The outer nothing: it cannot be read.
pub(super) fn transfer(ctx: &Ctx<'_>) -> Option<Option<TransferRule>> {
    let parts = ctx.root.parts("transfer");
    let Some(part) = parts.first() else {
        return Some(None);
    };
    let node = &part.node;
    let places = points(ctx, node);
    let bound = |name: &str| bounds(ctx, node, name, &places);
    let (least, most, fee) = (bound("least"), bound("most"), bound("fee"));
    let of = |list: &[(u16, i64)], place: u16| {
        let mut own = list.iter().filter(|(points, _)| *points == place);
        own.next().map(|(_, amount)| *amount)
    };
    let sendable = |place: &u16| Sendable {
        points: *place,
        least: of(&least, *place).unwrap_or(1),
        most: of(&most, *place).unwrap_or(i64::MAX),
        fee: of(&fee, *place).unwrap_or(0),
    };
    let sendables: Vec<Sendable> = places.iter().map(sendable).collect();
    if let Some(at) = node.get("most")
        && sendables.iter().any(|own| own.least > own.most)
    {
        at.error(Wrong::new(
            "the most is less than the least",
            "raise `most`, or lower `least`",
        ));
    }
    let owner = Owner {
        kind: "transfer",
        id: "",
        points: &places,
    };
    let limits = limits(ctx, node, &owner);
    per_member(node, &limits, "transfers are limited by who sends");
    let tier = node.get("tier");
    let days = |text: &str| phrase::minutes(text).map(|minutes| minutes / (24 * 60));
    Some(Some(TransferRule {
        points: sendables,
        limits,
        tier: match tier {
            Some(at) => Some(find(&at, "tier", at.text()?, &ctx.names.tiers)?),
            None => None,
        },
        joined_days: node.get("joined").and_then(|at| at.read(days)).unwrap_or(0),
        new_dates: node.get("dates").and_then(|at| at.text()) == Some("restart"),
    }))
}

fn points(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<u16> {
    let Some(list) = node.get("points") else {
        return Vec::new();
    };
    let mut places: Vec<u16> = Vec::new();
    for at in list.list() {
        let Some(place) = at
            .text()
            .and_then(|id| find(&at, "kind of points", id, &ctx.names.points))
        else {
            continue;
        };
        if places.contains(&place) {
            at.error(Wrong::new("these points stand there twice", "keep one"));
            continue;
        }
        if ctx.names.spendable.get(usize::from(place)) == Some(&false) {
            at.error(Wrong::new(
                "points that cannot be spent cannot be sent",
                "leave them out",
            ));
        }
        places.push(place);
    }
    if list.list().is_empty() {
        list.error(Wrong::new(
            "no points may be sent",
            "name some, or leave the section out",
        ));
    }
    places
}

/// A table of amounts of points that may be sent.
fn bounds(ctx: &Ctx<'_>, node: &Node<'_>, name: &str, places: &[u16]) -> Vec<(u16, i64)> {
    let Some(at) = node.get(name) else {
        return Vec::new();
    };
    let all = amounts(ctx, &at);
    if all.iter().any(|(place, _)| !places.contains(place)) {
        at.error(Wrong::new(
            format!("`{name}` names points that may not be sent"),
            "add them to `points`, or leave them out",
        ));
    }
    all
}
