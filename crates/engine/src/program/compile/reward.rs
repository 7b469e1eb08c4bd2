//! Rewards.

use super::earning::{condition, window};
use super::limit::{Owner, amounts, limits};
use super::{Ctx, Part, all, card, partner, plan, referral, tally, tier};
use crate::program::condition::Condition;
use crate::program::diagnostic::Wrong;
use crate::program::file::PRICE_FOR;
use crate::program::phrase;
use crate::program::reader::{At, Node, find};
use crate::program::{PointsPayment, PriceFor, Reward, RewardKind, Trigger};
use regulars_base::{Name, Ratio, Span, Text};

/// Reads `[[reward]]`.
pub(super) fn rewards(ctx: &Ctx<'_>) -> Option<Vec<Reward>> {
    all(ctx
        .root
        .parts("reward")
        .iter()
        .map(|part| reward(ctx, part))
        .collect())
}

fn reward(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<Reward> {
    let node = &part.node;
    let (from, until) = window(ctx, node);
    let price = node.get("price").map_or(Vec::new(), |at| amounts(ctx, &at));
    check_spendable(ctx, node, "price", &price);
    let price_for = prices_for(ctx, node);
    if !price_for.is_empty() && !node.has("price") {
        let wrong = Wrong::new(
            "some members have a price, and nobody else has",
            "add `price`, which holds for all others, or say by `tier` or `when` for whom it is",
        );
        node.source().error(node.key("price_for"), wrong);
    }
    let on_member = |name| {
        node.get(name)
            .map(|at| condition(ctx, &at, Some(Trigger::Enrolment)))
    };
    let on_lines = |name| {
        node.get(name)
            .map(|at| condition(ctx, &at, Some(Trigger::Purchase)))
    };
    let (when, what) = (on_member("when"), on_lines("what"));
    let group = node.get("group").map(|at| at.read(phrase::id));
    let whole = |name: &str, or: i64| node.get(name).and_then(|at| at.whole()).unwrap_or(or);
    let given = card::gives_reward(ctx, part.id)
        || tier::gives_reward(ctx, part.id)
        || plan::gives_reward(ctx, part.id)
        || referral::gives_reward(ctx, part.id)
        || tally::gives_reward(ctx, part.id);
    if !node.has("price") && !node.has("plans") && !given {
        let wrong = Wrong::new(
            format!("nobody can get reward `{}`", part.id),
            "give it a `price`, or let a card, a tier, a plan or a game give it",
        );
        ctx.root.source.findings.warn(part.id_at.range(), wrong);
    }
    let tier = node.get("tier");
    let owner = Owner {
        kind: "reward",
        id: part.id,
        points: &[],
    };
    let kind = kind(ctx, node);
    Some(Reward {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        title: node
            .get("title")
            .and_then(|at| at.text())
            .unwrap_or(part.id)
            .to_owned(),
        price,
        price_for,
        when: known(when)?,
        what: known(what)?,
        least: whole("least", 1),
        group: match group {
            Some(group) => Some(Text::new(group?).ok()?),
            None => None,
        },
        exclusive: node
            .get("exclusive")
            .and_then(|at| at.flag())
            .unwrap_or(false),
        order: whole("order", 100),
        plans: plans(ctx, node),
        tier: tier.and_then(|at| find(&at, "tier", at.text()?, &ctx.names.tiers)),
        from,
        until,
        limits: limits(ctx, node, &owner),
        partners: partner::only_at(ctx, node),
        stock: node.get("stock").and_then(|at| at.whole()),
        hold: node
            .get("hold")
            .and_then(|at| at.read(phrase::length))
            .unwrap_or(Span::Days(7)),
        cost: node.get("cost").and_then(|at| ctx.shop.money(&at)),
        kind: kind?,
    })
}

/// What was said, unless it was wrong; nothing where nothing was said.
#[allow(
    clippy::option_option,
    reason = "said, and right: these are two questions"
)]
fn known(said: Option<Option<Condition>>) -> Option<Option<Condition>> {
    match said {
        Some(condition) => condition.map(Some),
        None => Some(None),
    }
}

/// Reads `price_for`.
fn prices_for(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<PriceFor> {
    let list = node.get("price_for").map_or(Vec::new(), |at| at.list());
    let one = |at: &At<'_>| {
        let node = at.node(&PRICE_FOR)?;
        let price = amounts(ctx, &node.get("price")?);
        check_spendable(ctx, &node, "price", &price);
        if !node.has("tier") && !node.has("when") {
            node.error(Wrong::new(
                "this price is for everybody",
                "say by `tier` or `when` for whom it is, or make it the `price` of the reward",
            ));
        }
        let when = node.get("when");
        let when = when.map(|at| condition(ctx, &at, Some(Trigger::Enrolment)));
        Some(PriceFor {
            tier: match node.get("tier") {
                Some(at) => Some(find(&at, "tier", at.text()?, &ctx.names.tiers)?),
                None => None,
            },
            when: known(when)?,
            price,
        })
    };
    list.iter().filter_map(one).collect()
}

/// Reads `plans`.
fn plans(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<u16> {
    let list = node.get("plans").map_or(Vec::new(), |at| at.list());
    let plan = |at: &At<'_>| find(at, "plan", at.text()?, &ctx.names.plans);
    list.iter().filter_map(plan).collect()
}

/// Says so where a price asks for points that cannot be spent.
pub(super) fn check_spendable(ctx: &Ctx<'_>, node: &Node<'_>, field: &str, price: &[(u16, i64)]) {
    for (points, _) in price {
        let place = usize::from(*points);
        if ctx.names.spendable.get(place) == Some(&false) {
            let id = &ctx.names.points[place];
            let wrong = Wrong::new(
                format!("`{id}` cannot be spent"),
                format!("price it in other points, or set `spendable` of [points.{id}]"),
            );
            node.source().error(node.key(field), wrong);
        }
    }
}

/// Reads `kind` and what goes with it.
fn kind(ctx: &Ctx<'_>, node: &Node<'_>) -> Option<RewardKind> {
    let kind = node.get("kind").and_then(|at| at.text()).unwrap_or("other");
    let allowed: &[&str] = match kind {
        "money off" => &["off", "what"],
        "percent off" => &["off", "at_most", "what"],
        "free product" => &["what", "cash"],
        "points as payment" => &["off", "what", "share", "told_as", "price"],
        _ => &[],
    };
    for field in ["off", "at_most", "what", "cash", "share", "told_as"] {
        if node.has(field) && !allowed.contains(&field) {
            let wrong = Wrong::new(
                format!("`{field}` means nothing for a reward of kind `{kind}`"),
                "leave it out, or correct `kind`",
            );
            node.source().error(node.key(field), wrong);
        }
    }
    if allowed.contains(&"off") && !node.has("off") {
        node.error(Wrong::new(
            "the reward does not say how much is off",
            "add `off = \"5.00 EUR\"` or `off = \"10%\"`",
        ));
        return None;
    }
    if kind == "points as payment" && !node.has("price") {
        node.error(Wrong::new(
            "nobody knows how many points pay a step",
            "add `price = { points = 100 }`, or whatever your points are called",
        ));
    }
    match kind {
        "money off" => Some(RewardKind::MoneyOff(ctx.shop.money(&node.get("off")?)?)),
        "percent off" => {
            let off = node.get("off")?.read(percent)?;
            let at_most = node.get("at_most").and_then(|at| ctx.shop.money(&at));
            Some(RewardKind::PercentOff(off, at_most))
        }
        "free product" => {
            let cash = node.get("cash").map(|at| ctx.shop.money(&at));
            Some(RewardKind::Product(match cash {
                Some(cash) => cash?,
                None => 0,
            }))
        }
        "points as payment" => Some(RewardKind::Payment(PointsPayment {
            minor: ctx.shop.money(&node.get("off")?)?,
            share: node.get("share").and_then(|at| at.read(percent)),
            is_payment: node.get("told_as").and_then(|at| at.text()) == Some("payment"),
        })),
        "free delivery" => Some(RewardKind::FreeDelivery),
        _ => Some(RewardKind::Other),
    }
}

/// `10%` as 0.1.
pub(super) fn percent(text: &str) -> Result<Ratio, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("`{text}` is no part of a price"),
            "write it as `10%`, above 0% and at most 100%, with at most 4 decimals",
        )
    };
    let number = text.strip_suffix('%').ok_or_else(wrong)?;
    let decimal = phrase::Decimal::parse(number).ok_or_else(wrong)?;
    let scaled = decimal.scaled(4).ok_or_else(wrong)?;
    if !(1..=1_000_000).contains(&scaled) {
        return Err(wrong());
    }
    Ratio::new(scaled, 1_000_000).map_err(|_| wrong())
}
