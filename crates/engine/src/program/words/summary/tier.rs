//! A tier in words.

use super::gives::gives;
use super::told::Told;
use super::{Aspect, Part, aspect, part};
use crate::program::words::Language;
use crate::program::words::language::{say, word};
use crate::program::words::reader::Plain;
use crate::program::words::tier::{figure, within};
use crate::program::{
    Downgrade, Keep, KeepUntil, Lifetime, MatchRule, Reach, Threshold, TierGift, TierRule, Within,
};
use regulars_base::CivilDay;

/// A tier.
pub(super) fn tier(to: Told<'_>, tier: &TierRule) -> Part {
    let mut aspects = Vec::new();
    if let Some(needed) = &tier.reach {
        aspects.push(aspect(word!(to, "takes"), reach(to, needed)));
        aspects.push(aspect(word!(to, "is kept"), keep(to, tier.keep)));
    }
    let counted = tier.reach.iter().flat_map(Reach::all);
    let counts_from = counted.map(|own| own.counts_from).max();
    if let Some(day) = counts_from.filter(|day| *day > i32::MIN) {
        let day = to.date(CivilDay::from_number(day));
        aspects.push(aspect(word!(to, "counts from"), day));
    }
    if tier.closed {
        aspects.push(aspect(word!(to, "takes nobody any more"), ""));
    }
    if let Some(renew) = &tier.renew {
        aspects.push(aspect(word!(to, "is kept with"), reach(to, renew)));
    }
    if let Some(own) = &tier.lifetime {
        let verb = word!(to, "is kept for ever with");
        aspects.push(aspect(verb, lifetime(to, own)));
    }
    if let Some(own) = &tier.gift {
        aspects.push(aspect(word!(to, "gives"), gift(to, own)));
    }
    for (place, factor) in &tier.earn {
        if let Some(points) = to.program.points.get(usize::from(*place)) {
            let points = to.named(&points.id, &points.other);
            let verb = say!(to, "multiplies {points} by", points);
            aspects.push(aspect(verb, to.ratio(*factor)));
        }
    }
    part(to, "tier", &tier.id, aspects)
}

fn reach(to: Told<'_>, own: &Reach) -> String {
    let all = own.all();
    let same = all.windows(2).all(|pair| pair[0].within == pair[1].within);
    match all.first() {
        Some(first) if same => say!(
            to,
            "{figures} {within}",
            figures = joined(to, own, false),
            within = within(to.reader, first.within)
        ),
        _ => joined(to, own, true),
    }
}

/// Figures and groups, each figure with its time where they differ.
fn joined(to: Told<'_>, own: &Reach, with_time: bool) -> String {
    let one = |own: &Threshold| {
        let figures = figure(to.reader, own.metric, own.at_least);
        match with_time {
            true => say!(
                to,
                "{figures} {within}",
                figures,
                within = within(to.reader, own.within)
            ),
            false => figures,
        }
    };
    let mut all: Vec<String> = own.thresholds.iter().map(one).collect();
    let group = |own: &Reach| format!("({})", joined(to, own, with_time));
    all.extend(own.groups.iter().map(group));
    match (own.need, all.len()) {
        (need, of) if need >= of => all.join(word!(to, " and ")),
        (1, _) => all.join(word!(to, " or ")),
        (need, _) => say!(to, "{need} of {figures}", need, figures = to.list(&all)),
    }
}

/// Within which time: `in a calendar year`.
pub fn time(language: Language, within: Within) -> String {
    crate::program::words::tier::time(&Plain { language }, within)
}

fn lifetime(to: Told<'_>, own: &Lifetime) -> String {
    let figures = own.reach.iter().map(|own| reach(to, own));
    let held = own.held.iter();
    let held = held.map(|own| say!(to, "{span} in it", span = to.span(*own)));
    let all: Vec<String> = figures.chain(held).collect();
    all.join(word!(to, " or "))
}

fn gift(to: Told<'_>, gift: &TierGift) -> String {
    let all = gift.gives.iter().map(|(_, own)| gives(to, own));
    let all = all.collect::<Vec<String>>().join(word!(to, " and "));
    let mut said = match gift.each_time {
        true => say!(to, "{all} each time", all),
        false => say!(to, "{all} the first time", all),
    };
    if let Some(own) = gift.voucher_expires {
        said += &say!(to, ", void after {span}", span = to.span(own));
    }
    said
}

/// A program whose tiers are taken over.
pub(super) fn match_rule(to: Told<'_>, rule: &MatchRule) -> Part {
    let gives = |(theirs, ours): &(_, u16)| -> Aspect {
        aspect(say!(to, "gives for `{theirs}`", theirs), to.tier_at(*ours))
    };
    let mut aspects: Vec<Aspect> = rule.tiers.iter().map(gives).collect();
    aspects.push(aspect(word!(to, "is on trial for"), to.span(rule.trial)));
    let challenge = joined(to, &rule.challenge, false);
    aspects.push(aspect(word!(to, "asks for"), challenge));
    part(to, "match", &rule.id, aspects)
}

fn keep(to: Told<'_>, keep: Keep) -> String {
    let mut said = match keep.until {
        KeepUntil::EndOfPeriod(0) => say!(to, "to the end of the period"),
        KeepUntil::EndOfPeriod(1) => say!(to, "to the end of the next period"),
        KeepUntil::EndOfPeriod(more) => {
            say!(to, "to the end of the period and {more} more", more)
        }
        KeepUntil::After(own) => say!(to, "for {span}", span = to.span(own)),
        KeepUntil::Ever => return say!(to, "for ever"),
        KeepUntil::WhileMet => say!(to, "while its figures are met"),
    };
    if keep.grace_days > 0 {
        said += &say!(to, " and {span} of grace", span = to.days(keep.grace_days));
    }
    said += match keep.then {
        Downgrade::OneDown => word!(to, ", then one tier down"),
        Downgrade::ToEarned => word!(to, ", then the tier that is reached"),
        Downgrade::ToLowest => word!(to, ", then the lowest tier"),
    };
    said
}
