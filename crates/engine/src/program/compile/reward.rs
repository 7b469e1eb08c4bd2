//! Rewards.

use super::earning::{condition, window};
use super::limit::{Owner, amounts, limits};
use super::{Ctx, Part, all, card, partner, plan, referral, tally, tier};
use crate::program::condition::Condition;
use crate::program::diagnostic::Wrong;
use crate::program::file::{AUTOMATIC, PRICE_FOR};
use crate::program::phrase;
use crate::program::reader::{At, Node, find};
use crate::program::{
    Automatic, Limit, LimitScope, Menu, Opens, PointsPayment, PriceFor, Reward, RewardKind, Trigger,
};
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
    let flag = |name: &str| node.get(name).and_then(|at| at.flag()) == Some(true);
    let whole = |name: &str, or: i64| node.get(name).and_then(|at| at.whole()).unwrap_or(or);
    let given = card::gives_reward(ctx, part.id)
        || tier::gives_reward(ctx, part.id)
        || plan::gives_reward(ctx, part.id)
        || referral::gives_reward(ctx, part.id)
        || tally::gives_reward(ctx, part.id)
        || on_a_menu(ctx, part.id);
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
    let kind = kind(ctx, part.id, node);
    let limits = limits(ctx, node, &owner);
    let automatic = automatic(node, &price, &limits);
    Some(Reward {
        automatic,
        sent: flag("sent"),
        codes: flag("codes"),
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
        limits,
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

/// Reads `automatic`.
fn automatic(node: &Node<'_>, price: &[(u16, i64)], limits: &[Limit]) -> Option<Automatic> {
    let own = node.get("automatic")?.node(&AUTOMATIC)?;
    let contradicts = |field: &str, message: &str, hint: &str| {
        if node.has(field) {
            node.source()
                .error(node.key(field), Wrong::new(message, hint));
        }
    };
    for (field, why) in [
        (
            "cash",
            "nobody is asked for money when a reward is redeemed by itself",
        ),
        (
            "stock",
            "a reward that is redeemed by itself draws on nothing that members share",
        ),
        ("partner", "a reward is redeemed by itself at no till"),
        (
            "plans",
            "what is free for members of a plan would be redeemed without end",
        ),
        ("least", "a reward is redeemed by itself one by one"),
    ] {
        contradicts(field, why, "leave it out, or leave out `automatic`");
    }
    if node.get("kind").and_then(|at| at.text()) == Some("points as payment") {
        contradicts(
            "automatic",
            "points that pay a part of an order are not redeemed without one",
            "make it a reward of kind `money off`",
        );
    }
    if limits.iter().any(|limit| limit.per == LimitScope::Program) {
        let wrong = Wrong::new(
            "a reward that is redeemed by itself draws on nothing that members share",
            "limit it `per = \"member\"`, or leave out `automatic`",
        );
        node.source().error(node.key("limit"), wrong);
    }
    if price.iter().all(|(_, amount)| *amount == 0) {
        let wrong = Wrong::new(
            "what takes no points would be redeemed by itself without end",
            "add a `price`",
        );
        node.source().error(node.key("automatic"), wrong);
    }
    Some(Automatic {
        most: own.get("most").and_then(|at| at.whole()).unwrap_or(10),
        valid: own.get("valid").and_then(|at| at.read(phrase::length)),
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
fn kind(ctx: &Ctx<'_>, id: &str, node: &Node<'_>) -> Option<RewardKind> {
    let kind = node.get("kind").and_then(|at| at.text()).unwrap_or("other");
    let allowed: &[&str] = match kind {
        "money off" => &["off", "what"],
        "percent off" => &["off", "at_most", "what"],
        "free product" => &["what", "cash"],
        "points as payment" => &["off", "what", "share", "told_as", "price"],
        "gift card" | "cashback" => &["worth"],
        "access" => &["to", "for", "open_until"],
        "donation" => &["worth", "cause"],
        "draw tickets" => &["draw", "tickets"],
        "menu" => &["picks", "within", "unpicked", "valid"],
        _ => &[],
    };
    for field in OF_KINDS {
        if node.has(field) && !allowed.contains(&field) {
            let wrong = Wrong::new(
                format!("`{field}` means nothing for a reward of kind `{kind}`"),
                "leave it out, or correct `kind`",
            );
            node.source().error(node.key(field), wrong);
        }
    }
    for (field, of) in [
        ("worth", &["gift card", "cashback", "donation"][..]),
        ("cause", &["donation"]),
        ("draw", &["draw tickets"]),
        ("picks", &["menu"]),
        ("partner", &["partner reward"]),
    ] {
        if of.contains(&kind) && !node.has(field) {
            node.error(Wrong::new(
                format!("a reward of kind `{kind}` needs `{field}`"),
                "add it",
            ));
        }
    }
    goes_with(ctx, node, kind);
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
        "gift card" => Some(RewardKind::GiftCard(ctx.shop.money(&node.get("worth")?)?)),
        "cashback" => Some(RewardKind::Cashback(ctx.shop.money(&node.get("worth")?)?)),
        "access" => access(ctx, id, node).map(RewardKind::Access),
        "partner reward" => Some(RewardKind::OfPartner),
        "donation" => {
            let at = node.get("cause")?;
            let cause = find(&at, "cause", at.text()?, &ctx.names.causes)?;
            let minor = ctx.shop.money(&node.get("worth")?)?;
            Some(RewardKind::Donation(cause, minor))
        }
        "draw tickets" => {
            let at = node.get("draw")?;
            let draw = find(&at, "draw", at.text()?, &ctx.names.draws)?;
            let tickets = node.get("tickets").and_then(|at| at.whole()).unwrap_or(1);
            Some(RewardKind::Tickets(draw, tickets))
        }
        "menu" => menu(ctx, id, node).map(RewardKind::Menu),
        _ => Some(RewardKind::Other),
    }
}

/// The fields that belong to some kinds only.
const OF_KINDS: [&str; 17] = [
    "off",
    "at_most",
    "what",
    "cash",
    "share",
    "told_as",
    "worth",
    "to",
    "for",
    "open_until",
    "cause",
    "draw",
    "tickets",
    "picks",
    "within",
    "unpicked",
    "valid",
];

/// What does not go with a kind, nor with one another.
fn goes_with(ctx: &Ctx<'_>, node: &Node<'_>, kind: &str) {
    let set = |field: &str| node.get(field).and_then(|at| at.flag()) == Some(true);
    let physical = ["free product", "other", "partner reward", "gift card"];
    if set("sent") && !physical.contains(&kind) {
        let wrong = Wrong::new(
            format!("a reward of kind `{kind}` is no thing that could be sent"),
            "leave out `sent`, or correct `kind`",
        );
        node.source().error(node.key("sent"), wrong);
    }
    let credits = kind == "cashback" || (kind == "gift card" && !set("sent"));
    if credits && ctx.root.parts("store_credit").is_empty() {
        let wrong = Wrong::new(
            format!("a reward of kind `{kind}` goes into store credit, and there is none"),
            match kind {
                "cashback" => "add [store_credit], or correct `kind`",
                _ => "add [store_credit], or `sent = true` if a card is sent",
            },
        );
        node.source().error(node.key("kind"), wrong);
    }
    if set("codes") && !["other", "partner reward"].contains(&kind) {
        let wrong = Wrong::new(
            format!("a reward of kind `{kind}` has no codes of a supplier"),
            "leave out `codes`, or make it a `partner reward`",
        );
        node.source().error(node.key("codes"), wrong);
    }
    if set("codes") && set("sent") {
        let wrong = Wrong::new(
            "a code is shown, and not sent",
            "leave out `sent` or `codes`",
        );
        node.source().error(node.key("sent"), wrong);
    }
}

/// Reads what a reward of kind `access` opens.
fn access(ctx: &Ctx<'_>, id: &str, node: &Node<'_>) -> Option<Opens> {
    let to = node.get("to").and_then(|at| at.text()).unwrap_or(id);
    let until = node.get("open_until");
    Some(Opens {
        to: Text::new(to).ok()?,
        length: node.get("for").and_then(|at| at.read(phrase::length)),
        until: match until {
            Some(at) => Some(at.read(|text| phrase::until(text, &ctx.shop.zone))?),
            None => None,
        },
    })
}

/// Reads what is on a menu.
fn menu(ctx: &Ctx<'_>, id: &str, node: &Node<'_>) -> Option<Menu> {
    let mut picks: Vec<u16> = Vec::new();
    let list = node.get("picks").map_or(Vec::new(), |at| at.list());
    let is_menu = |of: &str| {
        let parts = ctx.root.parts("reward");
        let mut parts = parts.iter().filter(|part| part.id == of);
        parts.any(|part| part.node.get("kind").and_then(|at| at.text()) == Some("menu"))
    };
    for at in &list {
        let Some(named) = at.text() else { continue };
        let Some(place) = find(at, "reward", named, &ctx.names.rewards) else {
            continue;
        };
        if named == id {
            at.error(Wrong::new("the menu contains itself", "leave it out"));
        } else if is_menu(named) {
            at.error(Wrong::new(
                format!("`{named}` is a menu itself"),
                "put its rewards on this one",
            ));
        } else if picks.contains(&place) {
            let wrong = Wrong::new(format!("`{named}` stands there twice"), "leave one out");
            at.error(wrong);
        }
        picks.push(place);
    }
    if node.has("picks") && list.len() < 2 {
        let wrong = Wrong::new(
            "there is nothing to pick from",
            "name two rewards at least, or give the one itself",
        );
        node.source().error(node.key("picks"), wrong);
    }
    let unpicked = match node.get("unpicked") {
        Some(at) => {
            let place = find(&at, "reward", at.text()?, &ctx.names.rewards)?;
            if !picks.contains(&place) {
                at.error(Wrong::new(
                    "what is given unpicked is not on the menu",
                    "name one of `picks`",
                ));
            }
            Some(place)
        }
        None => None,
    };
    let length = |name: &str| node.get(name).and_then(|at| at.read(phrase::length));
    Some(Menu {
        picks,
        within: length("within"),
        unpicked,
        valid: length("valid"),
    })
}

/// Whether some menu gives the reward.
fn on_a_menu(ctx: &Ctx<'_>, id: &str) -> bool {
    let parts = ctx.root.parts("reward");
    parts.iter().any(|part| {
        let picks = part.node.get("picks").map_or(Vec::new(), |at| at.list());
        picks.iter().any(|at| at.text() == Some(id))
    })
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
