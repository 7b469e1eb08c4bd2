//! A campaign of coupons in words.

use super::{Part, aspect, bounds, of_money, price, ratio, span};
use crate::price::Off;
use crate::program::{Combine, CouponCodes, CouponRule, PercentOf, Program};

/// A campaign of coupons.
pub(super) fn coupon(program: &Program, coupon: &CouponRule) -> Part {
    let gives = match coupon.off {
        Off::Money(minor) => format!("{} off", of_money(program, minor)),
        Off::Percent(part, most) => {
            let most = most.map(|minor| format!(", at most {}", of_money(program, minor)));
            let part = ratio(part);
            format!("{part} of the price off{}", most.unwrap_or_default())
        }
        Off::FreeProduct => "one thing free".into(),
        Off::ProductFor(minor) => format!("one thing for {}", of_money(program, minor)),
        Off::FreeDelivery => "free delivery".into(),
        Off::Nothing => price(program, &coupon.points),
    };
    let mut aspects = vec![aspect("is called", &coupon.title), aspect("gives", gives)];
    match &coupon.codes {
        CouponCodes::Shared(code) => aspects.push(aspect("has the code", code.to_string())),
        CouponCodes::Single { pattern, uses } => {
            aspects.push(aspect("has codes such as", pattern.as_str()));
            aspects.push(aspect("lets each code be used", times(*uses)));
        }
    }
    if let Some(when) = &coupon.when {
        aspects.push(aspect("applies when", format!("`{}`", when.text)));
    }
    if let Some(least) = coupon.least {
        aspects.push(aspect("needs goods for", of_money(program, least)));
    }
    if coupon.first_order {
        aspects.push(aspect("is for a first order", ""));
    }
    let tier = coupon.tier.map(usize::from);
    if let Some(lowest) = tier.and_then(|place| program.tiers.get(place)) {
        aspects.push(aspect("is from tier", format!("`{}` on", lowest.id)));
    }
    let window = (coupon.from, coupon.until);
    bounds(program, &mut aspects, window, &coupon.limits);
    if let Some(own) = coupon.expires {
        aspects.push(aspect("its codes are void after", span(own)));
    }
    if let Some(group) = &coupon.group {
        aspects.push(aspect("is one of the group", format!("`{group}`")));
    }
    if coupon.exclusive {
        aspects.push(aspect("is combined with nothing", ""));
    }
    aspects.push(aspect("is taken off in place", coupon.order.to_string()));
    if coupon.transfer {
        aspects.push(aspect("may be handed on", ""));
    }
    if !coupon.returns {
        aspects.push(aspect("does not come back with a refund", ""));
    }
    Part {
        kind: "coupon",
        id: coupon.id.clone(),
        aspects,
    }
}

/// How discounts combine, where the program says so.
pub(super) fn combine(program: &Program) -> Option<Part> {
    let combine = program.combine;
    if combine == Combine::default() {
        return None;
    }
    let first = match combine.percent_first {
        true => "percentages",
        false => "money",
    };
    let of = match combine.percent_of {
        PercentOf::Rest => "what is left",
        PercentOf::Listed => "the list price",
    };
    let mut aspects = vec![
        aspect("takes off first", first),
        aspect("reckons percentages of", of),
    ];
    if let Some(most) = combine.most {
        aspects.push(aspect("lets through discounts:", most.to_string()));
    }
    Some(Part {
        kind: "discounts",
        id: String::new(),
        aspects,
    })
}

fn times(count: i64) -> String {
    match count {
        1 => "once".into(),
        _ => format!("{count} times"),
    }
}
