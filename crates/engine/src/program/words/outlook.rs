//! Where a member stands, in sentences: for balances.

use super::Reader;
use super::language::{plural, say, word};
use super::summary::ratio;
use super::tier::{bare, figure, hold, within};
use crate::outlook::{CardOutlook, Figure, Hold, Keeping, NextTier, TierOutlook, Way};
use crate::program::{CardRule, Gives};
use regulars_base::Timestamp;

/// Where a member stands, one sentence each: the tier, what holds it, what keeps it, what is next.
pub fn tier<'p>(reader: impl Into<Reader<'p>>, outlook: &TierOutlook) -> Vec<String> {
    let reader = reader.into();
    let id = |place: usize| reader.program.tiers.get(place).map_or("", |tier| &tier.id);
    let day = |at: Timestamp| reader.day(at);
    let mut first = say!(reader, "tier {tier}", tier = id(outlook.tier));
    if let Some(since) = outlook.since {
        first += &say!(reader, " since {day}", day = day(since));
    }
    if let Some(until) = outlook.until {
        first += &say!(reader, ", kept until {day}", day = day(until));
    }
    let mut said = vec![first];
    for Hold { tier, kind, until } in &outlook.held {
        let until = until.unwrap_or(Timestamp::LAST);
        said.push(say!(
            reader,
            "{tier}: theirs {hold}",
            tier = id(*tier),
            hold = hold(reader, *kind, until)
        ));
    }
    if let Some(own) = outlook.own {
        said.push(say!(reader, "by their own figures: {own}", own = id(own)));
    }
    if let Some(Keeping { tier, by, way: own }) = &outlook.challenge {
        let by = by.map_or_else(String::new, |by| {
            say!(reader, " before {day}", day = day(by))
        });
        said.push(say!(
            reader,
            "to keep {tier} for good{by}: {way}",
            tier = id(*tier),
            by,
            way = way(reader, own)
        ));
    }
    if let Some(Keeping { tier, by, way: own }) = &outlook.keep {
        let by = by.map_or_else(String::new, |by| {
            say!(reader, " beyond {day}", day = day(by))
        });
        said.push(say!(
            reader,
            "to keep {tier}{by}: {way}",
            tier = id(*tier),
            by,
            way = way(reader, own)
        ));
    }
    if let Some(next) = &outlook.next {
        said.push(say!(
            reader,
            "for {tier}: {way}",
            tier = id(next.tier),
            way = way(reader, &next.way)
        ));
        let brings = brings(reader, next);
        if !brings.is_empty() {
            said.push(say!(
                reader,
                "{tier} brings {what}",
                tier = id(next.tier),
                what = brings.join(word!(reader, ", "))
            ));
        }
    }
    if let Some(lifetime) = &outlook.lifetime {
        let by_figures = lifetime.way.iter().map(|own| way(reader, own));
        let by_time = lifetime.held_until.iter();
        let by_time =
            by_time.map(|at| say!(reader, "held without a break until {day}", day = day(*at)));
        let ways: Vec<String> = by_figures.chain(by_time).collect();
        if !ways.is_empty() {
            let ways = ways.join(word!(reader, "; or "));
            said.push(say!(
                reader,
                "for {tier} for ever: {ways}",
                tier = id(lifetime.tier),
                ways
            ));
        }
    }
    said
}

/// How far it is: `120.00 EUR of 200.00 EUR spent in a calendar year until 2026-01-01`.
fn way(reader: Reader<'_>, own: &Way) -> String {
    let figures = own.figures.iter().map(|own| one(reader, own));
    let groups = own
        .groups
        .iter()
        .map(|own| ["(", &way(reader, own), ")"].concat());
    let all: Vec<String> = figures.chain(groups).collect();
    match (own.need, all.len()) {
        (need, of) if need >= of => all.join(word!(reader, " and ")),
        (1, _) => all.join(word!(reader, " or ")),
        (need, _) => say!(
            reader,
            "{need} of {figures}",
            need,
            figures = all.join(word!(reader, ", "))
        ),
    }
}

fn one(reader: Reader<'_>, own: &Figure) -> String {
    let needed = figure(reader, own.metric, own.needed);
    let mut said = match own.missing() {
        0 => say!(
            reader,
            "{needed} {within}: done",
            needed,
            within = within(reader, own.within)
        ),
        missing => say!(
            reader,
            "{needed} {within}, {missing} missing",
            needed,
            within = within(reader, own.within),
            missing = bare(reader, own.metric, missing)
        ),
    };
    if let (Some(until), true) = (own.until, own.missing() > 0) {
        said += &say!(reader, " before {day}", day = reader.day(until));
    }
    if let Some((at, amount)) = own.falls_out {
        said += &say!(
            reader,
            " ({amount} of it counts no more from {day} on)",
            amount = bare(reader, own.metric, amount),
            day = reader.day(at)
        );
    }
    said
}

/// What the next tier brings.
fn brings(reader: Reader<'_>, next: &NextTier) -> Vec<String> {
    let mut said: Vec<String> = next.gifts.iter().map(|own| given(reader, own)).collect();
    for (place, factor) in &next.earn {
        if let Some(points) = reader.program.points.get(usize::from(*place)) {
            said.push(say!(
                reader,
                "{factor} times {points}",
                factor = reader.decimal(ratio(*factor)),
                points = points.other
            ));
        }
    }
    let opens = next
        .rewards
        .iter()
        .filter_map(|place| reader.program.rewards.get(*place));
    said.extend(opens.map(|reward| reward.title.clone()));
    said
}

fn given(reader: Reader<'_>, own: &Gives) -> String {
    match own {
        Gives::Reward(place) => {
            let reward = reader.program.rewards.get(usize::from(*place));
            reward.map_or_else(String::new, |reward| reader.title(reward.name).to_owned())
        }
        Gives::Points(amounts) => {
            let points = |place: &u16| reader.program.points.get(usize::from(*place));
            let one = |(place, n): &(u16, i64)| points(place).map(|own| reader.amount(own, *n));
            let all: Vec<String> = amounts.iter().filter_map(one).collect();
            all.join(word!(reader, " and "))
        }
    }
}

/// What a stamp card gives next: `2 more stamps give A free coffee; 1 stamp lapses on 2025-03-31`.
pub fn card<'p>(
    reader: impl Into<Reader<'p>>,
    rule: &CardRule,
    stamps: i64,
    outlook: &CardOutlook,
) -> String {
    let reader = reader.into();
    let more = outlook.next_at - stamps;
    let mut said = plural!(
        reader,
        more,
        "card {card}: {stamps} of {full} stamps, {more} more gives {what}",
        "card {card}: {stamps} of {full} stamps, {more} more give {what}",
        card = rule.id,
        stamps,
        full = rule.full,
        more,
        what = given(reader, &outlook.gives),
    );
    if let Some((at, count)) = outlook.lapses {
        said += &plural!(
            reader,
            count,
            "; {count} stamp lapses on {day}",
            "; {count} stamps lapse on {day}",
            count,
            day = reader.day(at),
        );
    }
    if outlook.kept > 0 {
        let kept = reader.money(outlook.kept);
        said += &say!(reader, "; {kept} are kept for the next stamp", kept);
    }
    said
}
