//! Referrals.

use super::Ctx;
use super::earning::condition;
use super::gives::gives;
use super::limit::{Owner, limits, per_member};
use crate::program::diagnostic::Wrong;
use crate::program::file::REFERRAL_STEP;
use crate::program::phrase;
use crate::program::reader::{At, Node, find_at};
use crate::program::{Gives, OnDoubt, ReferralRule, ReferralStep, Trigger};
use regulars_base::Span;

/// Reads `[referral]`. The outer nothing: it cannot be read.
pub(super) fn referral(ctx: &Ctx<'_>) -> Option<Option<ReferralRule>> {
    let parts = ctx.root.parts("referral");
    let Some(part) = parts.first() else {
        return Some(None);
    };
    let node = &part.node;
    let length = |name: &str| node.get(name).and_then(|at| at.read(phrase::length));
    let when = node
        .get("when")
        .map(|at| condition(ctx, &at, Some(Trigger::Purchase)));
    let owner = Owner {
        kind: "referral",
        id: "",
        points: &[],
    };
    let limits = limits(ctx, node, &owner);
    per_member(node, &limits, "a referral is limited by its referrer");
    let rule = ReferralRule {
        link: node.get("link").and_then(|at| link(&at)),
        within: length("within").unwrap_or(Span::Days(30)),
        first_click: node.get("counts").and_then(|at| at.text()) == Some("first click"),
        buy_within: length("buy_within"),
        least: node
            .get("least")
            .and_then(|at| ctx.shop.money(&at))
            .unwrap_or(0),
        welcome: node.get("welcome").and_then(|at| gives(ctx, &at)),
        steps: steps(ctx, node),
        held_for: length("held_for"),
        limits,
        voucher_expires: length("voucher_expires"),
        known_customer: on_doubt(node, "known_customer", OnDoubt::Refuse),
        same_fingerprint: on_doubt(node, "same_fingerprint", OnDoubt::Review),
        ring: on_doubt(node, "ring", OnDoubt::Refuse),
        when: match when {
            Some(condition) => Some(condition?),
            None => None,
        },
    };
    makes_sense(node, &rule);
    Some(Some(rule))
}

fn link(at: &At<'_>) -> Option<String> {
    let text = at.text()?;
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if plain && (text.starts_with("https://") || text.starts_with("http://")) {
        return Some(text.to_owned());
    }
    at.error(Wrong::new(
        "a link begins with `https://` and has no spaces",
        "write what comes before the code: `https://shop.example/?friend=`",
    ));
    None
}

fn on_doubt(node: &Node<'_>, name: &str, usual: OnDoubt) -> OnDoubt {
    match node.get(name).and_then(|at| at.text()) {
        Some("refuse") => OnDoubt::Refuse,
        Some("review") => OnDoubt::Review,
        Some("allow") => OnDoubt::Allow,
        _ => usual,
    }
}

fn steps(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<ReferralStep> {
    let mut steps: Vec<ReferralStep> = Vec::new();
    let list = node.get("step").map_or(Vec::new(), |at| at.list());
    for at in list {
        let Some(own) = at.node(&REFERRAL_STEP) else {
            continue;
        };
        let Some(purchase) = own.get("purchase").and_then(|at| at.whole()) else {
            continue;
        };
        if steps.last().is_some_and(|last| last.purchase >= purchase) {
            at.error(Wrong::new(
                "steps stand in the order of their purchases, each once",
                "sort them, and keep one of each",
            ));
        }
        let read = |name: &str| own.get(name).and_then(|at| gives(ctx, &at));
        if !own.has("friend") && !own.has("referrer") && !own.has("by_tier") {
            at.error(Wrong::new(
                "the step gives nothing",
                "add `referrer = { ... }` or `friend = { ... }`, or leave it out",
            ));
        }
        steps.push(ReferralStep {
            purchase,
            friend: read("friend"),
            referrer: read("referrer"),
            by_tier: by_tier(ctx, &own),
        });
    }
    steps
}

fn by_tier(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<(u16, Gives)> {
    let Some(table) = node.get("by_tier") else {
        return Vec::new();
    };
    let known = &ctx.names.tiers;
    let one = |(id, at): (&str, At<'_>)| {
        let place = find_at(at.source(), table.key(id), "tier", id, known)?;
        Some((place, gives(ctx, &at)?))
    };
    table.entries().into_iter().filter_map(one).collect()
}

/// What is allowed field by field and means nothing together.
fn makes_sense(node: &Node<'_>, rule: &ReferralRule) {
    if !node.has("welcome") && !node.has("step") {
        node.error(Wrong::new(
            "referrals give nothing to anybody",
            "add `step = [{ purchase = 1, referrer = { ... } }]`",
        ));
    }
    let gives_referrer = rule.steps.iter().any(|step| step.rewards_referrers());
    for field in ["held_for", "limit"] {
        if node.has(field) && !gives_referrer {
            let wrong = Wrong::new(
                format!("`{field}` is about what referrers get, and they get nothing"),
                "leave it out, or add `referrer = { ... }` to a step",
            );
            node.source().error(node.key(field), wrong);
        }
    }
    for field in ["buy_within", "least", "when"] {
        if node.has(field) && !node.has("step") {
            let wrong = Wrong::new(
                format!("`{field}` is about purchases, and no purchase gives anything"),
                "leave it out, or add a `step`",
            );
            node.source().error(node.key(field), wrong);
        }
    }
    let mut all = rule.steps.iter().flat_map(ReferralStep::gives);
    let is_reward = |gives: &Gives| matches!(gives, Gives::Reward(_));
    let gives_reward = all.any(is_reward) || rule.welcome.as_ref().is_some_and(is_reward);
    if let (Some(at), false) = (node.get("voucher_expires"), gives_reward) {
        at.warn(Wrong::new(
            "no voucher is given that could be void",
            "leave it out, or give a reward",
        ));
    }
}

/// Whether referrals give this reward.
pub(super) fn gives_reward(ctx: &Ctx<'_>, id: &str) -> bool {
    let gives = |node: &Node<'_>, name: &str| node.get(name).and_then(|at| at.text()) == Some(id);
    ctx.root.parts("referral").iter().any(|part| {
        let list = part.node.get("step").map_or(Vec::new(), |at| at.list());
        let mut steps = list.iter().filter_map(|at| at.node(&REFERRAL_STEP));
        let at_a_tier = |step: &Node<'_>| {
            let table = step.get("by_tier").map_or(Vec::new(), |at| at.entries());
            table.iter().any(|(_, at)| at.text() == Some(id))
        };
        gives(&part.node, "welcome")
            || steps
                .any(|step| gives(&step, "friend") || gives(&step, "referrer") || at_a_tier(&step))
    })
}
