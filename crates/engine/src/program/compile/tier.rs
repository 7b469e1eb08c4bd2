//! Tiers.

use super::earning::factor;
use super::limit::amounts;
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::{KEEP, REACH, REACH_ANY};
use crate::program::phrase;
use crate::program::reader::{At, Node, find_at};
use crate::program::{
    Downgrade, Grain, Keep, KeepUntil, Metric, Reach, Threshold, TierRule, Within,
};
use regulars_base::{Name, Period, Ratio, Span};

/// Reads `[[tier]]`.
pub(super) fn tiers(ctx: &Ctx<'_>) -> Option<Vec<TierRule>> {
    let parts = ctx.root.parts("tier");
    let read = |(place, part)| tier(ctx, part, place);
    let tiers = all(parts.iter().enumerate().map(read).collect());
    if let Some(tiers) = &tiers {
        for (at, pair) in tiers.windows(2).enumerate() {
            rises(ctx, &parts[at + 1], &pair[0], &pair[1]);
        }
    }
    tiers
}

fn tier(ctx: &Ctx<'_>, part: &Part<'_>, place: usize) -> Option<TierRule> {
    let node = &part.node;
    let reach_node = node.get("reach").and_then(|at| at.node(&REACH));
    let counts_from = counts_from(part, place);
    let reach = reach_node.and_then(|node| reach(ctx, &node, counts_from));
    match (place, node.has("reach")) {
        (0, true) => {
            let wrong = Wrong::new(
                "the lowest tier takes nothing",
                "leave out `reach`, or put a tier without it in front",
            );
            node.source().error(node.key("reach"), wrong);
        }
        (1.., false) => node.error(Wrong::new(
            format!("tier `{}` does not say what it takes", part.id),
            "add `reach = { spend = \"...\" }`: only the first tier takes nothing",
        )),
        _ => {}
    }
    let within = reach
        .as_ref()
        .map_or(Within::Calendar(Period::Year), |reach| reach.within);
    let keep = node.get("keep").and_then(|at| at.node(&KEEP));
    let renew = node.get("renew").and_then(|at| at.node(&REACH));
    Some(TierRule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        renew: renew.and_then(|node| self::reach(ctx, &node, counts_from)),
        closed: closed(part, place),
        keep: keep_of(keep.as_ref(), within),
        earn: earn(ctx, node),
        reach: match (node.has("reach"), reach) {
            (true, None) => return None,
            (_, reach) => reach,
        },
    })
}

/// Reads `counts_from`: a day number.
fn counts_from(part: &Part<'_>, place: usize) -> i32 {
    let Some(at) = part.node.get("counts_from") else {
        return i32::MIN;
    };
    if place == 0 {
        at.error(Wrong::new(
            "the lowest tier takes nothing, so nothing counts for it",
            "leave out `counts_from`",
        ));
    }
    at.read(phrase::day).map_or(i32::MIN, |day| day.number())
}

/// Reads `closed`.
fn closed(part: &Part<'_>, place: usize) -> bool {
    let Some(at) = part.node.get("closed") else {
        return false;
    };
    let closed = at.flag() == Some(true);
    if closed && place == 0 {
        at.error(Wrong::new(
            "everybody starts in the lowest tier, so it cannot be closed",
            "leave out `closed`",
        ));
    }
    closed
}

fn earn(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<(u16, Ratio)> {
    let Some(earn) = node.get("earn") else {
        return Vec::new();
    };
    let one = |(key, at): (&str, At<'_>)| {
        let known = &ctx.names.points;
        let place = find_at(at.source(), earn.key(key), "kind of points", key, known);
        if at.written().is_none() || at.text().is_some() {
            at.error(Wrong::new(
                format!("the factor of `{key}` is no number"),
                format!("write it as `{key} = 1.25`"),
            ));
            return None;
        }
        Some((place?, at.read(factor)?))
    };
    earn.entries().into_iter().filter_map(one).collect()
}

/// Reads `reach`.
fn reach(ctx: &Ctx<'_>, node: &Node<'_>, counts_from: i32) -> Option<Reach> {
    let mut found = thresholds(ctx, node);
    let any = node.has("any");
    let listed = ["spend", "orders", "visits", "earned", "balance"]
        .into_iter()
        .find(|field| node.has(field));
    if let (true, Some(field)) = (any, listed) {
        let wrong = Wrong::new(
            format!("`{field}` stands beside `any`"),
            "put it into the list of `any`, or leave `any` out",
        );
        node.source().error(node.key(field), wrong);
    }
    for at in node.get("any").iter().flat_map(|at| at.list()) {
        let Some(one) = at.node(&REACH_ANY) else {
            continue;
        };
        let mut of_one = thresholds(ctx, &one);
        if of_one.len() > 1 {
            at.error(Wrong::new(
                "this takes several figures at once",
                "write one figure in each table of `any`",
            ));
        }
        found.append(&mut of_one);
    }
    if found.is_empty() && listed.is_none() && !any {
        node.error(Wrong::new(
            "this does not say what the tier takes",
            "add `spend`, `orders`, `visits` or `earned`",
        ));
    }
    if found.is_empty() {
        return None;
    }
    let within = match node.get("within") {
        Some(at) => at.read(within)?,
        None => Within::Calendar(Period::Year),
    };
    let need = node.get("need").and_then(|at| at.whole());
    if let (false, Some(_)) = (any, need) {
        let wrong = Wrong::new(
            "`need` means nothing without `any`",
            "put the figures into the list of `any`, or leave `need` out",
        );
        node.source().error(node.key("need"), wrong);
    }
    let all = found.len();
    let asked = need
        .and_then(|need| usize::try_from(need).ok())
        .unwrap_or(1);
    Some(Reach {
        need: if any { asked.min(all) } else { all },
        thresholds: found,
        within,
        counts_from,
    })
}

fn thresholds(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<Threshold> {
    let mut found = Vec::new();
    let mut add = |metric, at_least| found.push(Threshold { metric, at_least });
    if let Some(spend) = node.get("spend").and_then(|at| ctx.shop.money(&at)) {
        add(Metric::Spend, spend);
    }
    if let Some(orders) = node.get("orders").and_then(|at| at.whole()) {
        add(Metric::Orders, orders);
    }
    if let Some(visits) = node.get("visits").and_then(|at| at.whole()) {
        add(Metric::Visits, visits);
    }
    let earned = node.get("earned");
    for (points, most) in earned.iter().flat_map(|at| amounts(ctx, at)) {
        let id = ctx.names.points.get(usize::from(points));
        add(Metric::Earned(Name::of(id.map_or("", |id| id))), most);
    }
    let balance = node.get("balance");
    for (points, most) in balance.iter().flat_map(|at| amounts(ctx, at)) {
        let id = ctx.names.points.get(usize::from(points));
        add(Metric::Balance(Name::of(id.map_or("", |id| id))), most);
    }
    found
}

/// Reads `within`.
fn within(text: &str) -> Result<Within, Wrong> {
    match text {
        "ever" => Ok(Within::Ever),
        "year of membership" => Ok(Within::Anniversary),
        "since the tier" => Ok(Within::SinceTier),
        _ => match text.strip_prefix("calendar ") {
            Some(rest) => phrase::period(rest).map(Within::Calendar).ok_or_else(|| {
                Wrong::new(
                    format!("`{text}` is no period"),
                    "write `calendar year`, `calendar month` ...",
                )
            }),
            None => phrase::length(text).map(Within::Rolling).map_err(|wrong| {
                Wrong::new(
                    wrong.message,
                    "write `calendar year`, `12 months`, `year of membership` or `ever`",
                )
            }),
        },
    }
}

/// Reads `keep`.
fn keep_of(node: Option<&Node<'_>>, within: Within) -> Keep {
    let get = |name: &str| node.and_then(|node| node.get(name));
    let absent = match within {
        Within::Calendar(_) | Within::Anniversary => KeepUntil::EndOfPeriod(1),
        Within::Rolling(span) => KeepUntil::After(span),
        Within::Ever | Within::SinceTier => KeepUntil::Ever,
    };
    let then = match get("then").and_then(|at| at.text()) {
        Some("the tier they reach") => Downgrade::ToEarned,
        Some("the lowest tier") => Downgrade::ToLowest,
        _ => Downgrade::OneDown,
    };
    let days = |text: &str| match phrase::length(text)? {
        Span::Days(days) => Ok(days),
        Span::Months(_) => Err(Wrong::new("grace is counted in days", "write `30 days`")),
    };
    Keep {
        until: get("until")
            .and_then(|at| at.read(|text| keep_until(text, within)))
            .unwrap_or(absent),
        then,
        grace_days: get("grace").and_then(|at| at.read(days)).unwrap_or(0),
    }
}

fn keep_until(text: &str, within: Within) -> Result<KeepUntil, Wrong> {
    if text == "for ever" {
        return Ok(KeepUntil::Ever);
    }
    if text == "while met" {
        return Ok(KeepUntil::WhileMet);
    }
    let Some(rest) = text.strip_prefix("end of ") else {
        return phrase::length(text).map(KeepUntil::After).map_err(|wrong| {
            Wrong::new(
                wrong.message,
                "write `end of next year`, `12 months` or `for ever`",
            )
        });
    };
    let (more, unit) = match rest.strip_prefix("next ") {
        Some(unit) => (1, unit),
        None => (0, rest),
    };
    let fits = match within {
        Within::Calendar(own) => unit == "period" || phrase::period(unit) == Some(own),
        Within::Anniversary => unit == "period",
        Within::Rolling(_) | Within::SinceTier | Within::Ever => false,
    };
    if fits {
        return Ok(KeepUntil::EndOfPeriod(more));
    }
    let hint = match within {
        Within::Calendar(own) => {
            let own = crate::program::words::period(own);
            format!("`within` is the calendar {own}: write `end of {own}` or `end of next {own}`")
        }
        Within::Anniversary => "write `end of period` or `end of next period`".to_owned(),
        Within::Rolling(_) | Within::SinceTier | Within::Ever => {
            "`within` names no period that ends: write a length, or `for ever`".to_owned()
        }
    };
    Err(Wrong::new(
        format!("`{text}` does not go with `within`"),
        hint,
    ))
}

/// A tier should take more than the one below.
fn rises(ctx: &Ctx<'_>, part: &Part<'_>, lower: &TierRule, upper: &TierRule) {
    let (Some(low), Some(high)) = (&lower.reach, &upper.reach) else {
        return;
    };
    let same = |threshold: &&Threshold| {
        high.thresholds
            .iter()
            .any(|own| own.metric == threshold.metric && own.at_least <= threshold.at_least)
    };
    if low.within == high.within && low.thresholds.iter().any(|threshold| same(&threshold)) {
        let at = part.node.key("reach");
        let wrong = Wrong::new(
            format!(
                "tier `{}` takes no more than `{}` below it",
                upper.id, lower.id
            ),
            "tiers stand in the file lowest first",
        );
        ctx.root.source.findings.warn(at.range(), wrong);
    }
}

/// How finely progress must be kept for these tiers.
pub(super) fn grain(tiers: &[TierRule]) -> Grain {
    let grain_of = |reach: &Reach| match reach.within {
        _ if reach.counts_from > i32::MIN => Grain::Day,
        Within::Ever => Grain::Ever,
        Within::Calendar(period) => Grain::Calendar(period),
        Within::Rolling(_) | Within::Anniversary | Within::SinceTier => Grain::Day,
    };
    let finer = |a, b| match (a, b) {
        (Grain::Ever, other) | (other, Grain::Ever) => other,
        (Grain::Day, _) | (_, Grain::Day) => Grain::Day,
        (Grain::Calendar(a), Grain::Calendar(b)) if a == b => Grain::Calendar(a),
        // No week fits into months; months, quarters, half-years and years fit into each other.
        (Grain::Calendar(Period::Week), _) | (_, Grain::Calendar(Period::Week)) => Grain::Day,
        (Grain::Calendar(a), Grain::Calendar(b)) => Grain::Calendar(a.min(b)),
    };
    tiers
        .iter()
        .flat_map(TierRule::reaches)
        .map(grain_of)
        .reduce(finer)
        .unwrap_or(Grain::Ever)
}

/// Everything that some tier counts.
pub(super) fn metrics(tiers: &[TierRule]) -> Vec<Metric> {
    let reaches = tiers.iter().flat_map(TierRule::reaches);
    let mut metrics: Vec<Metric> = Vec::new();
    for threshold in reaches.flat_map(|reach| &reach.thresholds) {
        if !metrics.contains(&threshold.metric) {
            metrics.push(threshold.metric);
        }
    }
    metrics
}
