//! A reward in words.

use super::{Part, aspect, bounds, of_money, partner, price, ratio, span};
use crate::program::{Program, Reward, RewardKind};

/// A reward.
pub(super) fn reward(program: &Program, reward: &Reward) -> Part {
    let is = match &reward.kind {
        RewardKind::MoneyOff(minor) => format!("{} off", of_money(program, *minor)),
        RewardKind::PercentOff(part, most) => {
            let most = most.map(|minor| format!(", at most {}", of_money(program, minor)));
            format!(
                "{} of the price off{}",
                ratio(*part),
                most.unwrap_or_default()
            )
        }
        RewardKind::Product(0) => "a product".into(),
        RewardKind::Product(minor) => format!("a product for {}", of_money(program, *minor)),
        RewardKind::Payment(pays) => {
            let share = pays
                .share
                .map(|share| format!(", at most {} of the goods", ratio(share)));
            let told = if pays.is_payment {
                ", told as a payment"
            } else {
                ""
            };
            format!(
                "a payment of {} a step{}{told}",
                of_money(program, pays.minor),
                share.unwrap_or_default()
            )
        }
        RewardKind::FreeDelivery => "free delivery".into(),
        RewardKind::Other => "handed over".into(),
    };
    let mut aspects = vec![aspect("is called", &reward.title), aspect("is", is)];
    if let Some(what) = &reward.what {
        aspects.push(aspect("is for lines with", format!("`{}`", what.text)));
    }
    if let Some(when) = &reward.when {
        aspects.push(aspect("is for members with", format!("`{}`", when.text)));
    }
    if reward.least > 1 {
        aspects.push(aspect(
            "is given at least",
            format!("{} at once", reward.least),
        ));
    }
    if let Some(group) = &reward.group {
        aspects.push(aspect("is one of the group", format!("`{group}`")));
    }
    if reward.exclusive {
        aspects.push(aspect("is combined with nothing", ""));
    }
    if reward.order != 100 {
        aspects.push(aspect("is taken off as number", reward.order.to_string()));
    }
    aspects.push(match (reward.price.is_empty(), reward.plans.is_empty()) {
        (true, true) => aspect("is for vouchers only", ""),
        (true, false) => aspect("is free", ""),
        (false, _) => aspect("takes", price(program, &reward.price)),
    });
    for own in &reward.price_for {
        let tier = own
            .tier
            .and_then(|place| program.tiers.get(usize::from(place)));
        let tier = tier.map(|tier| format!(" from tier `{}` on", tier.id));
        let when = own
            .when
            .as_ref()
            .map(|when| format!(" with `{}`", when.text));
        let of = format!(
            "{} of members{}{}",
            price(program, &own.price),
            tier.unwrap_or_default(),
            when.unwrap_or_default()
        );
        aspects.push(aspect("takes instead", of));
    }
    if !reward.plans.is_empty() {
        let plans = reward.plans.iter();
        let plans = plans.filter_map(|place| program.plans.get(usize::from(*place)));
        let plans: Vec<String> = plans.map(|plan| format!("`{}`", plan.id)).collect();
        aspects.push(aspect("is for members of", plans.join(", ")));
    }
    if let Some(lowest) = reward
        .tier
        .and_then(|place| program.tiers.get(usize::from(place)))
    {
        aspects.push(aspect("is from tier", format!("`{}` on", lowest.id)));
    }
    bounds(
        program,
        &mut aspects,
        (reward.from, reward.until),
        &reward.limits,
    );
    partner::only_at(program, &mut aspects, &reward.partners);
    if let Some(stock) = reward.stock {
        aspects.push(aspect("is in stock:", stock.to_string()));
    }
    aspects.push(aspect("is held for", span(reward.hold)));
    if let Some(cost) = reward.cost {
        aspects.push(aspect("costs the merchant", of_money(program, cost)));
    }
    Part {
        kind: "reward",
        id: reward.id.clone(),
        aspects,
    }
}
