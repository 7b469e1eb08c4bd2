//! A plan in words.

use super::gives::gives;
use super::told::{Told, share};
use super::{Part, aspect, titled};
use crate::program::PlanRule;
use crate::program::words::language::{plural, say, word};

/// A plan.
pub(super) fn plan(to: Told<'_>, plan: &PlanRule) -> Part {
    let when = |at_end| match at_end {
        true => word!(to, "at period end"),
        false => word!(to, "at once"),
    };
    let mut aspects = vec![
        aspect(word!(to, "costs"), to.money(plan.price)),
        aspect(word!(to, "for each"), to.span(plan.every)),
    ];
    if let Some(tax) = plan.tax {
        let verb = word!(to, "of which tax adds to the rest");
        aspects.push(aspect(verb, share(to, tax)).inner());
    }
    if let Some(trial) = plan.trial {
        aspects.push(aspect(word!(to, "is free at first for"), to.span(trial)));
    }
    if let Some((own, periods)) = plan.intro {
        let what = plural!(
            to,
            periods,
            "{amount} for {n} period",
            "{amount} for {n} periods",
            amount = to.money(own),
            n = periods
        );
        aspects.push(aspect(word!(to, "costs at first"), what));
    }
    let starts = match plan.starts_when_paid {
        true => word!(to, "when paid"),
        false => word!(to, "at once"),
    };
    aspects.push(aspect(word!(to, "starts"), starts));
    for (place, factor) in &plan.earn {
        if let Some(points) = to.program.points.get(usize::from(*place)) {
            let points = match to.members {
                true => &points.other,
                false => &points.id,
            };
            let verb = say!(to, "multiplies {points} by", points);
            aspects.push(aspect(verb, to.ratio(*factor)));
        }
    }
    if let Some(given) = &plan.gives {
        aspects.push(aspect(word!(to, "gives each period"), gives(to, given)));
    }
    aspects.push(aspect(word!(to, "changes up"), when(plan.up_at_end)));
    aspects.push(aspect(word!(to, "changes down"), when(plan.down_at_end)));
    if let Some(pause) = plan.pause {
        let what = plural!(
            to,
            pause.times,
            "{span}, {n} time in 12 months",
            "{span}, {n} times in 12 months",
            span = to.span(pause.longest),
            n = pause.times
        );
        aspects.push(aspect(word!(to, "may be paused for"), what));
    }
    aspects.push(aspect(word!(to, "is cancelled"), when(plan.cancel_at_end)));
    if plan.refund_pro_rata {
        let verb = word!(to, "pays back the days that are left");
        aspects.push(aspect(verb, ""));
    }
    let renews = match plan.keeps_price {
        true => word!(to, "the price at joining"),
        false => word!(to, "the price in force"),
    };
    aspects.push(aspect(word!(to, "renews at"), renews));
    if !plan.retry_days.is_empty() {
        let days: Vec<String> = plan.retry_days.iter().map(ToString::to_string).collect();
        let verb = word!(to, "asks again after days");
        aspects.push(aspect(verb, to.list(&days)).inner());
    }
    let grace = plan.grace_days.to_string();
    aspects.push(aspect(word!(to, "ends unpaid after days"), grace));
    if !plan.grace_benefits {
        let verb = word!(to, "stops benefits while it is not paid");
        aspects.push(aspect(verb, ""));
    }
    if let Some(again) = plan.again {
        let verb = word!(to, "may be joined again after");
        aspects.push(aspect(verb, to.span(again)));
    }
    titled(to, "plan", (&plan.id, &plan.title), aspects)
}
