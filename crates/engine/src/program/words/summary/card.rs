//! A stamp card in words.

use super::gives::gives;
use super::{Part, aspect, bounds, of_money, span, trigger};
use crate::program::words::minutes;
use crate::program::{CardRule, Program, StampFor};

/// A stamp card.
pub(super) fn card(program: &Program, card: &CardRule) -> Part {
    let each = match card.each {
        StampFor::Event => "event".into(),
        StampFor::Item => "item".into(),
        StampFor::Amount(minor) => of_money(program, minor),
    };
    let mut aspects = vec![
        aspect("listens to", trigger(program, card.on)),
        aspect("stamps for each", each),
        aspect("is full with", format!("{} stamps", card.full)),
        aspect("gives", gives(program, &card.gives)),
    ];
    for milestone in &card.milestones {
        let verb = format!("with {} stamps gives", milestone.stamps);
        aspects.push(aspect(verb, gives(program, &milestone.gives)));
    }
    if let Some(when) = &card.when {
        aspects.push(aspect("counts when", format!("`{}`", when.text)));
    }
    bounds(program, &mut aspects, (None, None), &card.limits);
    if let Some(own) = card.within {
        aspects.push(aspect("counts stamps of the last", span(own)));
    }
    if let Some(own) = card.apart_minutes {
        aspects.push(aspect("has between two stamps", minutes(own)));
    }
    if let Some(own) = card.expires {
        aspects.push(aspect("is void after", span(own)));
    }
    if let Some(own) = card.voucher_expires {
        aspects.push(aspect("its voucher is void after", span(own)));
    }
    if !card.carry_over {
        aspects.push(aspect("drops stamps beyond the last", ""));
    }
    if matches!(card.each, StampFor::Amount(_)) && !card.keeps_rest {
        aspects.push(aspect("drops money that makes no whole stamp", ""));
    }
    Part {
        kind: "card",
        id: card.id.clone(),
        aspects,
    }
}
