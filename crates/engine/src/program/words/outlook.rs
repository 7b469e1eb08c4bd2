//! Where a member stands, in sentences: for balances.

use super::summary::{gives, ratio, time};
use super::tier::{bare, figure, hold};
use super::title;
use crate::outlook::{CardOutlook, Figure, Hold, Keeping, NextTier, TierOutlook, Way};
use crate::program::{CardRule, Gives, Program};
use regulars_base::Timestamp;

/// Where a member stands, one sentence each: the tier, what holds it, what keeps it, what is next.
pub fn tier(program: &Program, outlook: &TierOutlook) -> Vec<String> {
    let id = |place: usize| program.tiers.get(place).map_or("", |tier| &tier.id);
    let day = |at: Timestamp| program.zone.day(at).to_string();
    let mut first = format!("tier {}", id(outlook.tier));
    if let Some(since) = outlook.since {
        first += &format!(" since {}", day(since));
    }
    if let Some(until) = outlook.until {
        first += &format!(", kept until {}", day(until));
    }
    let mut said = vec![first];
    for Hold { tier, kind, until } in &outlook.held {
        let until = until.unwrap_or(Timestamp::LAST);
        said.push(format!(
            "{}: theirs {}",
            id(*tier),
            hold(program, *kind, until)
        ));
    }
    if let Some(own) = outlook.own {
        said.push(format!("by their own figures: {}", id(own)));
    }
    if let Some(Keeping { tier, by, way: own }) = &outlook.challenge {
        let by = by.map_or_else(String::new, |by| format!(" before {}", day(by)));
        said.push(format!(
            "to keep {} for good{by}: {}",
            id(*tier),
            way(program, own)
        ));
    }
    if let Some(Keeping { tier, by, way: own }) = &outlook.keep {
        let by = by.map_or_else(String::new, |by| format!(" beyond {}", day(by)));
        said.push(format!("to keep {}{by}: {}", id(*tier), way(program, own)));
    }
    if let Some(next) = &outlook.next {
        said.push(format!(
            "for {}: {}",
            id(next.tier),
            way(program, &next.way)
        ));
        let brings = brings(program, next);
        if !brings.is_empty() {
            said.push(format!("{} brings {}", id(next.tier), brings.join(", ")));
        }
    }
    if let Some(lifetime) = &outlook.lifetime {
        let by_figures = lifetime.way.iter().map(|own| way(program, own));
        let by_time = lifetime.held_until.iter();
        let by_time = by_time.map(|at| format!("held without a break until {}", day(*at)));
        let ways: Vec<String> = by_figures.chain(by_time).collect();
        if !ways.is_empty() {
            let ways = ways.join("; or ");
            said.push(format!("for {} for ever: {ways}", id(lifetime.tier)));
        }
    }
    said
}

/// How far it is: `120.00 EUR of 200.00 EUR spent in a calendar year until 2026-01-01`.
fn way(program: &Program, own: &Way) -> String {
    let figures = own.figures.iter().map(|own| one(program, own));
    let groups = own
        .groups
        .iter()
        .map(|own| format!("({})", way(program, own)));
    let all: Vec<String> = figures.chain(groups).collect();
    match (own.need, all.len()) {
        (need, of) if need >= of => all.join(" and "),
        (1, _) => all.join(" or "),
        (need, _) => format!("{need} of {}", all.join(", ")),
    }
}

fn one(program: &Program, own: &Figure) -> String {
    let needed = figure(program, own.metric, own.needed);
    let mut said = match own.missing() {
        0 => format!("{needed} {}: done", time(own.within)),
        missing => format!(
            "{needed} {}, {} missing",
            time(own.within),
            bare(program, own.metric, missing)
        ),
    };
    if let (Some(until), true) = (own.until, own.missing() > 0) {
        said += &format!(" before {}", program.zone.day(until));
    }
    if let Some((at, amount)) = own.falls_out {
        said += &format!(
            " ({} of it counts no more from {} on)",
            bare(program, own.metric, amount),
            program.zone.day(at)
        );
    }
    said
}

/// What the next tier brings.
fn brings(program: &Program, next: &NextTier) -> Vec<String> {
    let mut said: Vec<String> = next.gifts.iter().map(|own| given(program, own)).collect();
    for (place, factor) in &next.earn {
        if let Some(points) = program.points.get(usize::from(*place)) {
            said.push(format!("{} times {}", ratio(*factor), points.other));
        }
    }
    let opens = next
        .rewards
        .iter()
        .filter_map(|place| program.rewards.get(*place));
    said.extend(opens.map(|reward| reward.title.clone()));
    said
}

fn given(program: &Program, own: &Gives) -> String {
    match own {
        Gives::Reward(place) => {
            let reward = program.rewards.get(usize::from(*place));
            reward.map_or_else(String::new, |reward| title(program, reward.name).to_owned())
        }
        points @ Gives::Points(_) => gives(program, points),
    }
}

/// What a stamp card gives next: `2 more stamps give A free coffee; 1 stamp lapses on 2025-03-31`.
pub fn card(program: &Program, rule: &CardRule, stamps: i64, outlook: &CardOutlook) -> String {
    let more = outlook.next_at - stamps;
    let noun = |n: i64| if n == 1 { "stamp" } else { "stamps" };
    let verb = if more == 1 { "gives" } else { "give" };
    let mut said = format!(
        "card {}: {stamps} of {} stamps, {more} more {} {}",
        rule.id,
        rule.full,
        verb,
        given(program, &outlook.gives)
    );
    if let Some((at, count)) = outlook.lapses {
        let verb = if count == 1 { "lapses" } else { "lapse" };
        said += &format!(
            "; {count} {} {verb} on {}",
            noun(count),
            program.zone.day(at)
        );
    }
    if outlook.kept > 0 {
        let kept = super::money(program, outlook.kept);
        said += &format!("; {kept} are kept for the next stamp");
    }
    said
}
