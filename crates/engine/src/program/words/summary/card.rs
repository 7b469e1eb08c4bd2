//! A stamp card in words.

use super::gives::gives;
use super::told::Told;
use super::{Part, aspect, bounds, listens, part};
use crate::program::words::language::{plural, word};
use crate::program::{CardRule, StampFor};

/// A stamp card.
pub(super) fn card(to: Told<'_>, card: &CardRule) -> Part {
    let each = match card.each {
        StampFor::Event => word!(to, "event").to_owned(),
        StampFor::Item => word!(to, "item").to_owned(),
        StampFor::Amount(minor) => to.money(minor),
    };
    let full = plural!(to, card.full, "{n} stamp", "{n} stamps", n = card.full);
    let mut aspects = vec![
        listens(to, card.on),
        aspect(word!(to, "stamps for each"), each),
        aspect(word!(to, "is full with"), full),
        aspect(word!(to, "gives"), gives(to, &card.gives)),
    ];
    for milestone in &card.milestones {
        let stamps = milestone.stamps;
        let verb = plural!(
            to,
            stamps,
            "with {stamps} stamp gives",
            "with {stamps} stamps gives",
            stamps
        );
        aspects.push(aspect(verb, gives(to, &milestone.gives)));
    }
    if let Some(when) = &card.when {
        aspects.push(to.condition(word!(to, "counts when"), when));
    }
    bounds(to, &mut aspects, (None, None), &card.limits);
    if let Some(own) = card.within {
        aspects.push(aspect(word!(to, "counts stamps of the last"), to.span(own)));
    }
    if let Some(own) = card.apart_minutes {
        aspects.push(aspect(word!(to, "has between two stamps"), to.minutes(own)));
    }
    if let Some(own) = card.expires {
        aspects.push(aspect(word!(to, "is void after"), to.span(own)));
    }
    if let Some(own) = card.voucher_expires {
        let verb = word!(to, "its voucher is void after");
        aspects.push(aspect(verb, to.span(own)));
    }
    if !card.carry_over {
        aspects.push(aspect(word!(to, "drops stamps beyond the last"), ""));
    }
    if matches!(card.each, StampFor::Amount(_)) && !card.keeps_rest {
        let verb = word!(to, "drops money that makes no whole stamp");
        aspects.push(aspect(verb, ""));
    }
    part(to, "card", &card.id, aspects)
}
