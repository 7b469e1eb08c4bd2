//! Limits of rules, cards and rewards.

use super::Ctx;
use crate::program::diagnostic::Wrong;
use crate::program::file::LIMIT;
use crate::program::phrase;
use crate::program::reader::{At, Node, find_at};
use crate::program::{Limit, LimitScope, Limited, Program};
use regulars_base::Name;

/// Whose limits they are.
pub(super) struct Owner<'a> {
    /// `rule`, `card` or `reward`.
    pub(super) kind: &'a str,
    /// Its id.
    pub(super) id: &'a str,
    /// The points that it may limit, by place; nothing if it can only count times.
    pub(super) points: &'a [u16],
}

/// Reads `limit`.
pub(super) fn limits(ctx: &Ctx<'_>, node: &Node<'_>, owner: &Owner<'_>) -> Vec<Limit> {
    let mut limits: Vec<Limit> = Vec::new();
    let list = node.get("limit").map_or(Vec::new(), |at| at.list());
    for at in list {
        let Some(limit) = at.node(&LIMIT).and_then(|node| limit(ctx, &node, owner)) else {
            continue;
        };
        if limits.iter().any(|own| own.name == limit.name) {
            at.error(Wrong::new(
                "a second limit counts the same",
                "keep the lower of the two",
            ));
        }
        limits.push(limit);
    }
    if limits.len() > usize::from(u8::MAX) {
        node.error(Wrong::new(
            "there are more than 255 limits",
            "a few are enough",
        ));
    }
    limits
}

fn limit(ctx: &Ctx<'_>, node: &Node<'_>, owner: &Owner<'_>) -> Option<Limit> {
    let counted = points_of(ctx, node, owner);
    let times = node.get("times").and_then(|at| at.whole());
    let (what, most) = match (times, &counted[..]) {
        (Some(times), []) if node.others().is_empty() => (Limited::Times, times),
        (None, [(points, most)]) => (Limited::Points(*points), *most),
        // A key that is no points is said already.
        (None, []) if !node.others().is_empty() || node.has("times") => return None,
        _ => {
            node.error(Wrong::new(
                "a limit counts one thing",
                "write `times = 3`, or points such as `beans = 200`, in a limit of its own each",
            ));
            return None;
        }
    };
    let broken = |field: &str| node.has(field) && node.get(field).is_none();
    if broken("per") || broken("every") {
        return None;
    }
    let per = match node.get("per").and_then(|at| at.text()) {
        Some("order") => LimitScope::Order,
        Some("program") => LimitScope::Program,
        _ => LimitScope::Member,
    };
    let every = node.get("every").and_then(|at| phrase::period(at.text()?));
    if per == LimitScope::Order && every.is_some() {
        let wrong = Wrong::new(
            "a limit per order has no period",
            "leave out `every`, or write `per = \"member\"`",
        );
        node.source().error(node.key("every"), wrong);
    }
    let tiers = tiers(ctx, node, what);
    if per == LimitScope::Program && node.has("tiers") {
        let wrong = Wrong::new(
            "what all members share is the same for all",
            "leave out `tiers`, or write `per = \"member\"`",
        );
        node.source().error(node.key("tiers"), wrong);
    }
    let mut limit = Limit {
        tiers,
        name: Name::of(""),
        per,
        every,
        what,
        most,
    };
    limit.name = Name::of(&text(owner.kind, owner.id, &limit, &ctx.names.points));
    Some(limit)
}

/// Reads `tiers`.
fn tiers(ctx: &Ctx<'_>, node: &Node<'_>, what: Limited) -> Vec<(u16, i64)> {
    let decimals = match what {
        Limited::Times => 0,
        Limited::Points(place) => ctx
            .names
            .decimals
            .get(usize::from(place))
            .copied()
            .unwrap_or(0),
    };
    let Some(table) = node.get("tiers") else {
        return Vec::new();
    };
    let one = |(key, at): (&str, At<'_>)| {
        let tier = find_at(at.source(), table.key(key), "tier", key, &ctx.names.tiers)?;
        Some((tier, amount(&at, decimals, key)?))
    };
    let mut tiers: Vec<(u16, i64)> = table.entries().into_iter().filter_map(one).collect();
    tiers.sort_unstable();
    tiers
}

/// Says so where a limit counts anything but each member.
pub(super) fn per_member(node: &Node<'_>, limits: &[Limit], why: &str) {
    if limits.iter().any(|limit| limit.per != LimitScope::Member) {
        let wrong = Wrong::new(why, "leave out `per`, or write `per = \"member\"`");
        node.source().error(node.key("limit"), wrong);
    }
}

/// The points that a limit counts, and how many.
fn points_of(ctx: &Ctx<'_>, node: &Node<'_>, owner: &Owner<'_>) -> Vec<(u16, i64)> {
    let mut found = Vec::new();
    for (key, at) in node.others() {
        let known = |place: &u16| {
            ctx.names
                .points
                .get(usize::from(*place))
                .map(String::as_str)
        };
        let mine: Vec<&str> = owner.points.iter().filter_map(known).collect();
        let Some(place) = ctx.names.points.iter().position(|id| id == key) else {
            node.unknown(key, &mine);
            continue;
        };
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        if !owner.points.contains(&place) {
            let (kind, id) = (owner.kind, owner.id);
            let hint = match mine[..] {
                [] => "count `times`".to_owned(),
                _ => format!("limit {}", crate::program::diagnostic::listed(&mine)),
            };
            let wrong = Wrong::new(format!("{kind} `{id}` gives no `{key}`"), hint);
            node.source().error(node.key(key), wrong);
            continue;
        }
        let decimals = ctx.names.decimals.get(usize::from(place)).copied();
        match amount(&at, decimals.unwrap_or(0), key) {
            Some(most) => found.push((place, most)),
            None => continue,
        }
    }
    found
}

/// An amount of points that stands as a number.
pub(super) fn amount(at: &At<'_>, decimals: u8, id: &str) -> Option<i64> {
    if at.written().is_none() {
        at.error(Wrong::new(
            format!("`{id}` is no number of points"),
            format!("write it as `{id} = 200`"),
        ));
        return None;
    }
    at.read(|text| phrase::points(text, decimals, id))
}

/// What a limit is called in states: by what it counts and not by how much, so that a merchant can
/// raise it while wallets are open.
fn text(kind: &str, id: &str, limit: &Limit, points: &[String]) -> String {
    let what = match limit.what {
        Limited::Times => "times",
        Limited::Points(place) => points.get(usize::from(place)).map_or("", |id| id),
    };
    let per = match limit.per {
        LimitScope::Order => "order",
        LimitScope::Member => "member",
        LimitScope::Program => "program",
    };
    let every = limit.every.map_or("ever", crate::program::words::period);
    format!("{kind} {id}: {what} per {per} and {every}")
}

/// What the limits of a program are called.
pub(super) fn names(program: &Program) -> Vec<String> {
    let points: Vec<String> = program
        .points
        .iter()
        .map(|points| points.id.clone())
        .collect();
    let of = |kind: &str, id: &str, limits: &[Limit]| -> Vec<String> {
        limits
            .iter()
            .map(|limit| text(kind, id, limit, &points))
            .collect()
    };
    let rules = program
        .rules
        .iter()
        .flat_map(|own| of("rule", &own.id, &own.limits));
    let cards = program
        .cards
        .iter()
        .flat_map(|own| of("card", &own.id, &own.limits));
    let rewards = program
        .rewards
        .iter()
        .flat_map(|own| of("reward", &own.id, &own.limits));
    let referral = program
        .referral
        .iter()
        .flat_map(|own| of("referral", "", &own.limits));
    let transfer = program
        .transfer
        .iter()
        .flat_map(|own| of("transfer", "", &own.limits));
    let coupons = program
        .coupons
        .iter()
        .flat_map(|own| of("coupon", &own.id, &own.limits));
    let games = program.games.games.iter();
    let games = games.flat_map(|own| of("game", &own.id, &own.limits));
    let draws = program.games.draws.iter();
    let draws = draws.flat_map(|own| of("draw", &own.id, &own.limits));
    let awards = program.partners.iter().filter_map(|partner| {
        let rule = partner.awards.as_ref()?;
        Some(of("partner", &partner.id, &rule.limits))
    });
    let games = games.chain(awards.flatten());
    let all = rules.chain(cards).chain(rewards).chain(referral);
    let all = all.chain(transfer).chain(coupons);
    all.chain(games).chain(draws).collect()
}

/// A table of points and how many of each.
pub(super) fn amounts(ctx: &Ctx<'_>, table: &At<'_>) -> Vec<(u16, i64)> {
    let one = |(key, at): (&str, At<'_>)| {
        let known = &ctx.names.points;
        let place = find_at(at.source(), table.key(key), "kind of points", key, known)?;
        let decimals = ctx.names.decimals.get(usize::from(place)).copied();
        Some((place, amount(&at, decimals.unwrap_or(0), key)?))
    };
    table.entries().into_iter().filter_map(one).collect()
}
