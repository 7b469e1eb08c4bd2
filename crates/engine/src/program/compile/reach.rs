//! What tiers take: figures, times, and groups of them.

use super::Ctx;
use super::limit::amounts;
use crate::program::diagnostic::Wrong;
use crate::program::file::{REACH_ALL, REACH_ANY, Table};
use crate::program::phrase;
use crate::program::reader::Node;
use crate::program::{Grain, MatchRule, Metric, Reach, Threshold, TierRule, Within};
use regulars_base::{CivilDay, Name, Period};

const FIGURES: [&str; 7] = [
    "spend",
    "orders",
    "visits",
    "earned",
    "balance",
    "referrals",
    "sold",
];

/// The figure that stands in a table, right or wrong; the first of several.
pub(super) fn figure(node: &Node<'_>, table: &Table) -> Option<&'static str> {
    let mut known = FIGURES
        .into_iter()
        .filter(|field| table.field(field).is_some());
    known.find(|field| node.has(field))
}

/// Whether some figure stands in a table, right or wrong.
pub(super) fn any_figure(node: &Node<'_>, table: &Table) -> bool {
    figure(node, table).is_some()
}

/// Reads what a tier takes: figures, or a choice of several, or several that are all needed.
/// `outer` is the time of those that name none.
pub(super) fn reach(
    ctx: &Ctx<'_>,
    node: &Node<'_>,
    table: &'static Table,
    outer: Within,
) -> Option<Reach> {
    // Whatever is wrong with it is said; the rest is read all the same.
    let within = node
        .get("within")
        .and_then(|at| at.read(|text| within(ctx, text)));
    let within = within.unwrap_or(outer);
    let has = |field: &str| table.field(field).is_some() && node.has(field);
    let list = ["any", "all"].into_iter().find(|field| has(field));
    let beside = match list {
        Some("any") if has("all") => Some("all"),
        Some(_) => figure(node, table),
        None => None,
    };
    if let (Some(list), Some(field)) = (list, beside) {
        let wrong = Wrong::new(
            format!("`{field}` stands beside `{list}`"),
            format!("put it into the list of `{list}`, or leave `{list}` out"),
        );
        node.source().error(node.key(field), wrong);
    }
    if has("need") && list != Some("any") {
        let wrong = Wrong::new(
            "`need` means nothing without `any`",
            "put the figures into the list of `any`, or leave `need` out",
        );
        node.source().error(node.key("need"), wrong);
    }
    let found = match list {
        Some("any") => any(ctx, node, within),
        Some(_) => all(ctx, node, within),
        None => Reach {
            thresholds: thresholds(ctx, node, table, within),
            groups: Vec::new(),
            need: usize::MAX,
        },
    };
    if found.choices() == 0 {
        if list.is_none() && !any_figure(node, table) {
            node.error(Wrong::new(
                "this does not say what the tier takes",
                "add `spend`, `orders`, `visits` or `earned`",
            ));
        }
        return None;
    }
    let need = found.need.min(found.choices());
    Some(Reach { need, ..found })
}

/// Reads `any`: each entry is a way of its own.
fn any(ctx: &Ctx<'_>, node: &Node<'_>, within: Within) -> Reach {
    let entries = node.get("any").map_or(Vec::new(), |at| at.list());
    let need = node.get("need");
    let asked = need.and_then(|at| usize::try_from(at.whole()?).ok());
    let need_of = asked.unwrap_or(1);
    if let (Some(at), true) = (need, need_of > entries.len()) {
        let wrong = Wrong::new(
            format!("of {} things {need_of} cannot be met", entries.len()),
            "write a lower number, or put more into `any`",
        );
        at.error(wrong);
    }
    let mut found = Reach {
        thresholds: Vec::new(),
        groups: Vec::new(),
        need: need_of,
    };
    for at in &entries {
        let read = at.node(&REACH_ANY);
        let read = read.and_then(|own| reach(ctx, &own, &REACH_ANY, within));
        put(&mut found, read);
    }
    twice(node, "any", &found);
    found
}

/// Reads `all`: each entry is needed.
fn all(ctx: &Ctx<'_>, node: &Node<'_>, within: Within) -> Reach {
    let entries = node.get("all").map_or(Vec::new(), |at| at.list());
    let mut found = Reach {
        thresholds: Vec::new(),
        groups: Vec::new(),
        need: usize::MAX,
    };
    for at in &entries {
        let read = at.node(&REACH_ALL);
        let read = read.and_then(|own| reach(ctx, &own, &REACH_ALL, within));
        match read {
            // All of all.
            Some(group) if group.need == group.choices() => {
                found.thresholds.extend(group.thresholds);
                found.groups.extend(group.groups);
            }
            other => put(&mut found, other),
        }
    }
    twice(node, "all", &found);
    found
}

/// A group of a single figure is that figure.
fn put(found: &mut Reach, read: Option<Reach>) {
    match read {
        Some(group) if group.choices() == 1 && group.groups.is_empty() => {
            found.thresholds.extend(group.thresholds);
        }
        Some(group) => found.groups.push(group),
        None => {}
    }
}

/// Of the same figure in the same time only one amount can count.
fn twice(node: &Node<'_>, list: &str, found: &Reach) {
    for (at, own) in found.thresholds.iter().enumerate() {
        let same = |other: &&Threshold| (other.metric, other.within) == (own.metric, own.within);
        if found.thresholds[..at].iter().any(|other| same(&other)) {
            let wrong = Wrong::new(
                format!("`{list}` asks twice for the same figure in the same time"),
                "keep one of the two, or give one of them another `within`",
            );
            node.source().error(node.key(list), wrong);
        }
    }
}

/// The figures of a table.
pub(super) fn thresholds(
    ctx: &Ctx<'_>,
    node: &Node<'_>,
    table: &Table,
    within: Within,
) -> Vec<Threshold> {
    let get = |field: &str| table.field(field).and_then(|_| node.get(field));
    let mut found = Vec::new();
    let mut add = |metric, at_least| {
        found.push(Threshold {
            metric,
            at_least,
            within,
            counts_from: i32::MIN,
        });
    };
    if let Some(spend) = get("spend").and_then(|at| ctx.shop.money(&at)) {
        add(Metric::Spend, spend);
    }
    if let Some(sold) = get("sold").and_then(|at| ctx.shop.money(&at)) {
        add(Metric::Sold, sold);
    }
    let counted = [
        ("orders", Metric::Orders),
        ("visits", Metric::Visits),
        ("referrals", Metric::Referrals),
    ];
    for (field, metric) in counted {
        if let Some(count) = get(field).and_then(|at| at.whole()) {
            add(metric, count);
        }
    }
    for field in ["earned", "balance"] {
        let table = get(field);
        for (points, most) in table.iter().flat_map(|at| amounts(ctx, at)) {
            let id = ctx.names.points.get(usize::from(points));
            let name = Name::of(id.map_or("", |id| id));
            let metric = match field {
                "earned" => Metric::Earned(name),
                _ => Metric::Balance(name),
            };
            add(metric, most);
        }
    }
    found
}

/// Reads `within`.
fn within(ctx: &Ctx<'_>, text: &str) -> Result<Within, Wrong> {
    match text {
        "ever" => return Ok(Within::Ever),
        "year of membership" => return Ok(Within::Anniversary),
        "year of the tier" => return Ok(Within::TierYear),
        "since the tier" => return Ok(Within::SinceTier),
        _ => {}
    }
    if let Some(id) = text.strip_prefix("year of member.") {
        let known = ctx.attributes.iter().find(|own| own.id == id);
        return match known {
            Some(own) if own.is_day => Ok(Within::YearOf(own.name)),
            Some(_) => Err(Wrong::new(
                format!("the values of `{id}` are no days"),
                format!("write `kind = \"day\"` in [attribute.{id}] instead of `values`"),
            )),
            None => Err(Wrong::new(
                format!("there is no attribute `{id}`"),
                format!("add [attribute.{id}] with `kind = \"day\"`"),
            )),
        };
    }
    if let Some(first) = text.strip_prefix("year from ") {
        return year_from(first).ok_or_else(|| {
            Wrong::new(
                format!("`{first}` is no day on which a year begins"),
                "write month and day, `year from 04-01`; 29 February is not in every year",
            )
        });
    }
    match text.strip_prefix("calendar ") {
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
    }
}

/// A year that begins on another day: `04-01`.
fn year_from(text: &str) -> Option<Within> {
    // A day of a year without a 29 February is one of every year.
    let day: CivilDay = format!("2001-{text}").parse().ok()?;
    match day.year_month_day() {
        (_, 1, 1) => Some(Within::Calendar(Period::Year)),
        (_, month, day) => Some(Within::YearFrom(month, day)),
    }
}

/// How finely progress must be kept for these tiers.
pub(super) fn grain(tiers: &[TierRule], matches: &[MatchRule]) -> Grain {
    if !matches.is_empty() {
        // A trial may begin on any day.
        return Grain::Day;
    }
    let grain_of = |threshold: &Threshold| match threshold.within {
        _ if threshold.counts_from > i32::MIN => Grain::Day,
        // What there was is looked for day by day after a refund.
        _ if matches!(threshold.metric, Metric::Balance(_)) => Grain::Day,
        Within::Ever => Grain::Ever,
        Within::Calendar(period) => Grain::Calendar(period),
        Within::YearFrom(_, 1) => Grain::Calendar(Period::Month),
        Within::YearFrom(..)
        | Within::Rolling(_)
        | Within::Anniversary
        | Within::TierYear
        | Within::SinceTier
        | Within::YearOf(_) => Grain::Day,
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
        .flat_map(Reach::all)
        .map(grain_of)
        .reduce(finer)
        .unwrap_or(Grain::Ever)
}

/// Everything that some tier counts.
pub(super) fn metrics(tiers: &[TierRule], matches: &[MatchRule]) -> Vec<Metric> {
    let challenges = matches.iter().map(|own| &own.challenge);
    let reaches = tiers.iter().flat_map(TierRule::reaches).chain(challenges);
    let mut metrics: Vec<Metric> = Vec::new();
    for threshold in reaches.flat_map(Reach::all) {
        if !metrics.contains(&threshold.metric) {
            metrics.push(threshold.metric);
        }
    }
    metrics
}
