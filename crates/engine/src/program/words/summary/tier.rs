//! A tier in words.

use super::gives::gives;
use super::{Part, aspect, ratio, span};
use crate::program::words::Language;
use crate::program::words::reader::Plain;
use crate::program::words::tier::figure;
use crate::program::{
    Downgrade, Keep, KeepUntil, Lifetime, MatchRule, Program, Reach, Threshold, TierGift, TierRule,
    Within,
};
use regulars_base::CivilDay;

/// A tier.
pub(super) fn tier(program: &Program, tier: &TierRule) -> Part {
    let mut aspects = Vec::new();
    if let Some(needed) = &tier.reach {
        aspects.push(aspect("takes", reach(program, needed)));
        aspects.push(aspect("is kept", keep(tier.keep)));
    }
    let counted = tier.reach.iter().flat_map(Reach::all);
    let counts_from = counted.map(|own| own.counts_from).max();
    if let Some(day) = counts_from.filter(|day| *day > i32::MIN) {
        let day = CivilDay::from_number(day);
        aspects.push(aspect("counts from", day.to_string()));
    }
    if tier.closed {
        aspects.push(aspect("takes nobody any more", ""));
    }
    if let Some(renew) = &tier.renew {
        aspects.push(aspect("is kept with", reach(program, renew)));
    }
    if let Some(own) = &tier.lifetime {
        aspects.push(aspect("is kept for ever with", lifetime(program, own)));
    }
    if let Some(own) = &tier.gift {
        aspects.push(aspect("gives", gift(program, own)));
    }
    for (place, factor) in &tier.earn {
        if let Some(points) = program.points.get(usize::from(*place)) {
            aspects.push(aspect(
                format!("multiplies `{}` by", points.id),
                ratio(*factor),
            ));
        }
    }
    Part {
        kind: "tier",
        id: tier.id.clone(),
        aspects,
    }
}

fn reach(program: &Program, own: &Reach) -> String {
    let all = own.all();
    let same = all.windows(2).all(|pair| pair[0].within == pair[1].within);
    match all.first() {
        Some(first) if same => format!("{} {}", joined(program, own, false), time(first.within)),
        _ => joined(program, own, true),
    }
}

/// Figures and groups, each figure with its time where they differ.
fn joined(program: &Program, own: &Reach, with_time: bool) -> String {
    let one = |own: &Threshold| {
        let figure = figure(program.into(), own.metric, own.at_least);
        if with_time {
            format!("{figure} {}", time(own.within))
        } else {
            figure
        }
    };
    let mut all: Vec<String> = own.thresholds.iter().map(one).collect();
    let group = |own: &Reach| format!("({})", joined(program, own, with_time));
    all.extend(own.groups.iter().map(group));
    match (own.need, all.len()) {
        (need, of) if need >= of => all.join(" and "),
        (1, _) => all.join(" or "),
        (need, _) => format!("{need} of {}", all.join(", ")),
    }
}

/// Within which time: `in a calendar year`.
pub fn time(within: Within) -> String {
    let language = Language::En;
    super::super::tier::time(&Plain { language }, within)
}

fn lifetime(program: &Program, own: &Lifetime) -> String {
    let figures = own.reach.iter().map(|own| reach(program, own));
    let held = own.held.iter().map(|own| format!("{} in it", span(*own)));
    figures.chain(held).collect::<Vec<String>>().join(" or ")
}

fn gift(program: &Program, gift: &TierGift) -> String {
    let all = gift.gives.iter().map(|(_, own)| gives(program, own));
    let all = all.collect::<Vec<String>>().join(" and ");
    let when = if gift.each_time {
        "each time"
    } else {
        "the first time"
    };
    match gift.voucher_expires {
        Some(own) => format!("{all} {when}, void after {}", span(own)),
        None => format!("{all} {when}"),
    }
}

/// A program whose tiers are taken over.
pub(super) fn match_rule(program: &Program, rule: &MatchRule) -> Part {
    let id = |place: u16| {
        program
            .tiers
            .get(usize::from(place))
            .map_or("", |tier| &tier.id)
    };
    let mut aspects: Vec<_> = rule
        .tiers
        .iter()
        .map(|(theirs, ours)| aspect(format!("gives for `{theirs}`"), format!("`{}`", id(*ours))))
        .collect();
    aspects.push(aspect("is on trial for", span(rule.trial)));
    aspects.push(aspect("asks for", joined(program, &rule.challenge, false)));
    Part {
        kind: "match",
        id: rule.id.clone(),
        aspects,
    }
}

fn keep(keep: Keep) -> String {
    let until = match keep.until {
        KeepUntil::EndOfPeriod(0) => "to the end of the period".into(),
        KeepUntil::EndOfPeriod(1) => "to the end of the next period".into(),
        KeepUntil::EndOfPeriod(more) => format!("to the end of the period and {more} more"),
        KeepUntil::After(own) => format!("for {}", span(own)),
        KeepUntil::Ever => return "for ever".into(),
        KeepUntil::WhileMet => "while its figures are met".into(),
    };
    let then = match keep.then {
        Downgrade::OneDown => "then one tier down",
        Downgrade::ToEarned => "then the tier that is reached",
        Downgrade::ToLowest => "then the lowest tier",
    };
    match keep.grace_days {
        0 => format!("{until}, {then}"),
        days => format!("{until} and {days} days of grace, {then}"),
    }
}
