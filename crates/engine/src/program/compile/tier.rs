//! Tiers.

use super::earning::factor;
use super::gives::gives_some;
use super::reach::{any_figure, reach, thresholds};
use super::{Ctx, Part, all};
use crate::program::diagnostic::Wrong;
use crate::program::file::{CHALLENGE, GIFT, KEEP, LIFETIME, REACH};
use crate::program::phrase;
use crate::program::reader::{At, Node, find, find_at};
use crate::program::{
    Downgrade, Gives, Keep, KeepUntil, Lifetime, MatchRule, Reach, Threshold, TierGift, TierRule,
    Within,
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
    let year = Within::Calendar(Period::Year);
    let table = |field: &str, spec| node.get(field).and_then(|at| at.node(spec));
    let counts_from = counts_from(part, place);
    let reach = |own: Node<'_>| Some(reach(ctx, &own, &REACH, year)?.counted_from(counts_from));
    let (renew, reach) = (
        table("renew", &REACH).and_then(reach),
        table("reach", &REACH).and_then(reach),
    );
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
    for field in ["renew", "lifetime", "gift"] {
        if place == 0 && node.has(field) {
            let wrong = Wrong::new(
                format!("`{field}` means nothing for the lowest tier: everybody is in it"),
                "leave it out, or move it to a tier above",
            );
            node.source().error(node.key(field), wrong);
        }
    }
    let keep = table("keep", &KEEP);
    if node.has("reach") && reach.is_none() {
        // What is wrong with the rest of it is said all the same.
        keep_of(keep.as_ref(), year);
        earn(ctx, node);
    }
    let mut rule = TierRule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        renew,
        keep: keep_of(None, Within::Ever),
        lifetime: table("lifetime", &LIFETIME).and_then(|own| lifetime(ctx, &own)),
        gift: table("gift", &GIFT).map(|own| gift(ctx, part.id, &own)),
        closed: closed(part, place),
        earn: earn(ctx, node),
        reach: match (node.has("reach"), reach) {
            (true, None) => return None,
            (_, reach) => reach,
        },
    };
    rule.keep = keep_of(keep.as_ref(), rule.within().unwrap_or(year));
    let anew = |own: &&Threshold| matches!(own.within, Within::SinceTier | Within::TierYear);
    let counts = rule.kept_by().map_or(Vec::new(), Reach::all);
    if rule.keep.until == KeepUntil::WhileMet && counts.into_iter().any(|own| anew(&own)) {
        let wrong = Wrong::new(
            "`while met` does not go with figures that begin anew with the tier: it would be lost at once",
            "write a length, or another `within`",
        );
        node.source().error(node.key("keep"), wrong);
    }
    if let Some(lifetime) = &rule.lifetime {
        worth_having(node, &rule, lifetime);
    }
    Some(rule)
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

/// Reads `lifetime`.
fn lifetime(ctx: &Ctx<'_>, node: &Node<'_>) -> Option<Lifetime> {
    let found = thresholds(ctx, node, &LIFETIME, Within::Ever);
    let held = node.get("held").and_then(|at| at.read(phrase::length));
    if found.is_empty() && !node.has("held") && !any_figure(node, &LIFETIME) {
        node.error(Wrong::new(
            "this does not say what makes the tier theirs for ever",
            "add `spend = \"5000 EUR\"` or `held = \"5 years\"`",
        ));
    }
    let reach = (!found.is_empty()).then(|| Reach {
        need: found.len(),
        thresholds: found,
        groups: Vec::new(),
    });
    (reach.is_some() || held.is_some()).then_some(Lifetime { reach, held })
}

/// A lifetime must take more than the tier itself, and the tier must be one that ends.
fn worth_having(node: &Node<'_>, rule: &TierRule, lifetime: &Lifetime) {
    let say = |what: String, hint: &str| {
        let wrong = Wrong::new(what, hint);
        node.source().error(node.key("lifetime"), wrong);
    };
    if rule.keep.until == KeepUntil::Ever {
        say(
            format!("tier `{}` is kept for ever already", rule.id),
            "leave out `lifetime`, or give `keep` an end",
        );
    }
    let reached = rule.reach.iter().flat_map(Reach::all);
    for own in reached {
        let same = |other: &&Threshold| other.metric == own.metric;
        let ever = lifetime.reach.iter().flat_map(Reach::all).find(same);
        let alone = lifetime.reach.as_ref().is_some_and(|reach| reach.need == 1);
        if alone && ever.is_some_and(|ever| ever.at_least <= own.at_least) {
            say(
                format!(
                    "`lifetime` takes no more than `reach` of tier `{}`",
                    rule.id
                ),
                "write a higher figure: it is counted over all time",
            );
        }
    }
}

/// Reads `gift`.
fn gift(ctx: &Ctx<'_>, tier: &str, node: &Node<'_>) -> TierGift {
    let gives = node.get("gives");
    let gives = gives.map_or(Vec::new(), |at| gives_some(ctx, &at));
    let voucher = gives.iter().any(|own| matches!(own, Gives::Reward(_)));
    if let (Some(at), false, false) = (node.get("voucher_expires"), voucher, gives.is_empty()) {
        at.warn(Wrong::new(
            "the tier gives no voucher that could be void",
            "leave it out, or let the tier give a reward",
        ));
    }
    let mut named: Vec<(Name, Gives)> = Vec::new();
    for own in gives {
        let name = gift_name(ctx, tier, &own);
        if named.iter().any(|(other, _)| *other == name) {
            let wrong = Wrong::new(
                "this is given twice",
                "write each reward once, and all points in one table",
            );
            node.source().error(node.key("gives"), wrong);
        }
        named.push((name, own));
    }
    let expires = node.get("voucher_expires");
    TierGift {
        gives: named,
        each_time: node.get("when").and_then(|at| at.text()) == Some("each time"),
        voucher_expires: expires.and_then(|at| at.read(phrase::length)),
    }
}

/// By what it is, not by its place: the list may be edited.
fn gift_name(ctx: &Ctx<'_>, tier: &str, gives: &Gives) -> Name {
    let what = match gives {
        Gives::Reward(place) => ctx.names.rewards.get(usize::from(*place)),
        Gives::Points(_) => None,
    };
    Name::of(&format!("#gift {tier} {}", what.map_or("", |id| id)))
}

/// Whether some tier gives this reward.
pub(super) fn gives_reward(ctx: &Ctx<'_>, id: &str) -> bool {
    let parts = ctx.root.parts("tier");
    parts.iter().any(|part| {
        let gift = part.node.get("gift").and_then(|at| at.node(&GIFT));
        let gives = gift.and_then(|gift| gift.get("gives"));
        let in_list = |at: &At<'_>| at.list().iter().any(|one| one.text() == Some(id));
        gives.is_some_and(|at| at.text() == Some(id) || in_list(&at))
    })
}

/// Reads `[[match]]`.
pub(super) fn matches(ctx: &Ctx<'_>) -> Option<Vec<MatchRule>> {
    let parts = ctx.root.parts("match");
    all(parts.iter().map(|part| match_rule(ctx, part)).collect())
}

fn match_rule(ctx: &Ctx<'_>, part: &Part<'_>) -> Option<MatchRule> {
    let node = &part.node;
    let mut tiers = Vec::new();
    let tiers_of_file = ctx.root.parts("tier");
    if let Some(table) = node.get("tiers") {
        for (theirs, at) in table.entries() {
            if let Err(wrong) = phrase::id(theirs) {
                at.source().error(table.key(theirs), wrong);
            }
            let ours = at
                .text()
                .and_then(|id| find(&at, "tier", id, &ctx.names.tiers));
            if ours == Some(0) {
                at.error(Wrong::new(
                    "everybody is in the lowest tier",
                    "name a tier above it, or leave this one out",
                ));
            }
            let part = ours.and_then(|ours| tiers_of_file.get(usize::from(ours)));
            let closed = part.and_then(|part| part.node.get("closed"));
            if closed.and_then(|at| at.flag()) == Some(true) {
                at.error(Wrong::new(
                    "nobody comes into this tier any more: it is closed",
                    "name another tier, or leave this one out",
                ));
            }
            tiers.extend(ours.map(|ours| (theirs.to_owned(), ours)));
        }
        if table.entries().is_empty() {
            table.error(Wrong::new(
                "no tier is taken over",
                "write theirs and ours: `{ gold = \"silver\" }`",
            ));
        }
    }
    let challenge = node.get("challenge").and_then(|at| at.node(&CHALLENGE));
    let challenge = challenge.and_then(|node| {
        let found = thresholds(ctx, &node, &CHALLENGE, Within::Ever);
        if found.is_empty() && !any_figure(&node, &CHALLENGE) {
            node.error(Wrong::new(
                "the challenge asks for nothing",
                "add `spend`, `orders`, `visits` or `earned`",
            ));
        }
        (!found.is_empty()).then(|| Reach {
            need: found.len(),
            thresholds: found,
            groups: Vec::new(),
        })
    });
    let trial = node.get("trial").and_then(|at| at.read(phrase::length));
    Some(MatchRule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        tiers,
        trial: trial?,
        challenge: challenge?,
    })
}

pub(super) fn earn(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<(u16, Ratio)> {
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

/// Reads `keep`.
fn keep_of(node: Option<&Node<'_>>, within: Within) -> Keep {
    let get = |name: &str| node.and_then(|node| node.get(name));
    let absent = match within {
        Within::Calendar(_)
        | Within::YearFrom(..)
        | Within::Anniversary
        | Within::TierYear
        | Within::YearOf(_) => KeepUntil::EndOfPeriod(1),
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
        Within::YearFrom(..) => unit == "period" || unit == "year",
        Within::Anniversary | Within::TierYear | Within::YearOf(_) => unit == "period",
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
        Within::YearFrom(..) => "write `end of year` or `end of next year`".to_owned(),
        Within::Anniversary | Within::TierYear | Within::YearOf(_) => {
            "write `end of period` or `end of next period`".to_owned()
        }
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
    let same = |own: &&Threshold, other: &&Threshold| {
        (own.metric, own.within) == (other.metric, other.within) && other.at_least <= own.at_least
    };
    let high = high.all();
    let no_more = |own: &&Threshold| high.iter().any(|other| same(own, other));
    if low.all().iter().any(no_more) {
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
