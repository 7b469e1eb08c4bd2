//! Plans.

use super::gives::gives;
use super::reward::percent;
use super::tier::earn;
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::{CANCEL, CHANGE, INTRO, PAUSE};
use crate::program::phrase;
use crate::program::reader::{At, Node};
use crate::program::{PauseRule, PlanRule};
use regulars_base::{Name, Span};

/// Reads `[[plan]]`.
pub(super) fn plans(ctx: &Ctx<'_>) -> Option<Vec<PlanRule>> {
    let parts = ctx.root.parts("plan");
    all(parts.iter().map(|part| plan(ctx, part)).collect())
}

fn plan(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<PlanRule> {
    let node = &part.node;
    let length = |field: &str| node.get(field).and_then(|at| at.read(phrase::length));
    let price = node.get("price").and_then(|at| ctx.shop.money(&at));
    let every = node.get("every").and_then(|at| at.read(phrase::length));
    let table = |field: &str, spec| node.get(field).and_then(|at| at.node(spec));
    let change = table("change", &CHANGE);
    let cancel = table("cancel", &CANCEL);
    let pause = table("pause", &PAUSE).and_then(|node| pause(&node));
    let given = node.get("gives").map(|at| gives(ctx, &at));
    let cancel_at_end = !says(cancel.as_ref(), "when", "at once");
    let refund_pro_rata = says(cancel.as_ref(), "refund", "pro rata");
    if let Some(cancel) = &cancel
        && refund_pro_rata
        && cancel_at_end
        && pause.is_none()
    {
        cancel.source().error(
            cancel.key("refund"),
            Wrong::new(
                "nothing is left to be paid back at the end of a period",
                "leave `refund` out, or write `when = \"at once\"`",
            ),
        );
    }
    let (retry_days, grace_days) = dunning(node, every);
    let intro = table("intro", &INTRO);
    Some(PlanRule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        title: node
            .get("title")
            .and_then(|at| at.text())
            .unwrap_or(part.id)
            .to_owned(),
        tax: node.get("tax").and_then(|at| at.read(percent)),
        trial: length("trial"),
        intro: intro.and_then(|node| self::intro(ctx, &node, price)),
        starts_when_paid: !says(Some(node), "starts", "at once"),
        earn: earn(ctx, node),
        gives: match given {
            Some(given) => Some(given?),
            None => None,
        },
        up_at_end: says(change.as_ref(), "up", "at period end"),
        down_at_end: !says(change.as_ref(), "down", "at once"),
        pause,
        cancel_at_end,
        refund_pro_rata,
        keeps_price: says(Some(node), "renew", "price at joining"),
        retry_days,
        grace_days,
        grace_benefits: node
            .get("grace_benefits")
            .and_then(|at| at.flag())
            .unwrap_or(true),
        again: length("again"),
        price: price?,
        every: every?,
    })
}

fn says(node: Option<&Node<'_>>, field: &str, word: &str) -> bool {
    let said = node.and_then(|node| node.get(field));
    said.and_then(|at| at.text()) == Some(word)
}

fn pause(node: &Node<'_>) -> Option<PauseRule> {
    let times = node.get("times").and_then(|at| at.whole()).unwrap_or(1);
    Some(PauseRule {
        longest: node.get("longest")?.read(phrase::length)?,
        times: u16::try_from(times).unwrap_or(1),
    })
}

fn intro(ctx: &Ctx<'_>, node: &Node<'_>, price: Option<i64>) -> Option<(i64, u16)> {
    let at = node.get("price")?;
    let own = ctx.shop.money(&at)?;
    if price.is_some_and(|price| own >= price) {
        at.error(Wrong::new(
            "the first periods cost no less than the others",
            "write a lower price, or leave `intro` out",
        ));
    }
    let periods = node.get("periods")?.whole()?;
    Some((own, u16::try_from(periods).ok()?))
}

/// Reads `retry` and `grace`. Whatever fails is over before the next invoice, so that nobody is
/// asked for two payments at a time.
fn dunning(node: &Node<'_>, every: Option<Span>) -> (Vec<i32>, i32) {
    // The shortest that the period can be.
    let period = match every {
        Some(Span::Days(days)) => days,
        Some(Span::Months(months)) => months.saturating_mul(28),
        None => i32::MAX,
    };
    let grace_at = node.get("grace");
    let grace = grace_at.and_then(|at| Some((at.read(days)?, at)));
    if let Some((days, at)) = &grace
        && *days >= period
    {
        at.error(Wrong::new(
            "the grace is no shorter than a period: the next payment would fall due before it ends",
            "write a shorter `grace`",
        ));
    }
    let grace = grace.map_or((period / 2).min(14), |(days, _)| days);
    let mut retries: Vec<i32> = Vec::new();
    for at in node.get("retry").iter().flat_map(|at| at.list()) {
        let Some(day) = at.read(days) else { continue };
        if retries.last().is_some_and(|last| day <= *last) {
            at.error(Wrong::new(
                "the days of `retry` do not ascend",
                "write each number once, in ascending order",
            ));
        }
        if day == 0 || day >= grace {
            at.error(Wrong::new(
                format!("a retry after {day} days: the plan ends {grace} days after the invoice"),
                "write days between the invoice and the end of `grace`",
            ));
        }
        retries.push(day);
    }
    (retries, grace)
}

/// `3 days`, `2 weeks`.
fn days(text: &str) -> Result<i32, Wrong> {
    match phrase::length(text)? {
        Span::Days(days) => Ok(days),
        Span::Months(_) => Err(Wrong::new(
            format!("`{text}` is no number of days"),
            "write it as `3 days` or `2 weeks`",
        )),
    }
}

/// Whether each paid period of some plan gives this reward.
pub(super) fn gives_reward(ctx: &Ctx<'_>, id: &str) -> bool {
    let parts = ctx.root.parts("plan");
    let gives = |at: At<'_>| at.text() == Some(id);
    parts
        .iter()
        .any(|part| part.node.get("gives").is_some_and(gives))
}
