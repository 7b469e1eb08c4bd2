//! A campaign of coupons in words.

use super::told::{Told, share};
use super::{Part, aspect, bounds, from_tier, part, titled};
use crate::price::Off;
use crate::program::words::language::{plural, say, word};
use crate::program::{Combine, CouponCodes, CouponRule, PercentOf};
use regulars_base::Ratio;

/// What is taken off by a part of the price, at most so much.
pub(super) fn part_off(to: Told<'_>, part: Ratio, most: Option<i64>) -> String {
    let part = share(to, part);
    match most {
        None => say!(to, "{part} of the price off", part),
        Some(most) => say!(
            to,
            "{part} of the price off, at most {most}",
            part,
            most = to.money(most)
        ),
    }
}

/// A campaign of coupons.
pub(super) fn coupon(to: Told<'_>, coupon: &CouponRule) -> Part {
    let gives = match coupon.off {
        Off::Money(minor) => say!(to, "{amount} off", amount = to.money(minor)),
        Off::Percent(part, most) => part_off(to, part, most),
        Off::FreeProduct => say!(to, "one thing free"),
        Off::ProductFor(minor) => say!(to, "one thing for {amount}", amount = to.money(minor)),
        Off::FreeDelivery => say!(to, "free delivery"),
        Off::Nothing => to.price(&coupon.points),
    };
    let mut aspects = vec![aspect(word!(to, "gives"), gives)];
    match &coupon.codes {
        CouponCodes::Shared(code) => {
            aspects.push(aspect(word!(to, "has the code"), code.to_string()));
        }
        CouponCodes::Single { pattern, uses } => {
            let pattern = pattern.as_str();
            aspects.push(aspect(word!(to, "has codes such as"), pattern));
            let verb = word!(to, "lets each code be used");
            aspects.push(aspect(verb, times(to, *uses)));
        }
    }
    if let Some(when) = &coupon.when {
        aspects.push(to.condition(word!(to, "applies when"), when));
    }
    if let Some(least) = coupon.least {
        aspects.push(aspect(word!(to, "needs goods for"), to.money(least)));
    }
    if coupon.first_order {
        aspects.push(aspect(word!(to, "is for a first order"), ""));
    }
    from_tier(to, &mut aspects, coupon.tier);
    let window = (coupon.from, coupon.until);
    bounds(to, &mut aspects, window, &coupon.limits);
    if let Some(own) = coupon.expires {
        let verb = word!(to, "its codes are void after");
        aspects.push(aspect(verb, to.span(own)));
    }
    if let Some(group) = &coupon.group {
        let group = format!("`{group}`");
        aspects.push(aspect(word!(to, "is one of the group"), group));
    }
    if coupon.exclusive {
        aspects.push(aspect(word!(to, "is combined with nothing"), ""));
    }
    let order = coupon.order.to_string();
    aspects.push(aspect(word!(to, "is taken off in place"), order));
    if coupon.transfer {
        aspects.push(aspect(word!(to, "may be handed on"), ""));
    }
    if !coupon.returns {
        let verb = word!(to, "does not come back with a refund");
        aspects.push(aspect(verb, ""));
    }
    titled(to, "coupon", (&coupon.id, &coupon.title), aspects)
}

/// How discounts combine, where the program says so.
pub(super) fn combine(to: Told<'_>) -> Option<Part> {
    let combine = to.program.combine;
    if combine == Combine::default() {
        return None;
    }
    let first = match combine.percent_first {
        true => word!(to, "percentages"),
        false => word!(to, "money"),
    };
    let of = match combine.percent_of {
        PercentOf::Rest => word!(to, "what is left"),
        PercentOf::Listed => word!(to, "the list price"),
    };
    let mut aspects = vec![
        aspect(word!(to, "takes off first"), first),
        aspect(word!(to, "reckons percentages of"), of),
    ];
    if let Some(most) = combine.most {
        let verb = word!(to, "lets through discounts:");
        aspects.push(aspect(verb, most.to_string()));
    }
    Some(part(to, "discounts", "", aspects))
}

fn times(to: Told<'_>, count: i64) -> String {
    match count {
        1 => say!(to, "once"),
        _ => plural!(to, count, "{count} time", "{count} times", count),
    }
}
