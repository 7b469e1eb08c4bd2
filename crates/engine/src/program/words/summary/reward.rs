//! A reward in words.

use super::coupon::part_off;
use super::told::{Told, share};
use super::{Part, aspect, bounds, from_tier, partner, titled};
use crate::program::words::language::{plural, say, word};
use crate::program::{Menu, Reward, RewardKind};

/// A menu in words.
fn menu_words(to: Told<'_>, menu: &Menu) -> String {
    let picks: Vec<String> = menu.picks.iter().map(|own| to.reward_at(*own)).collect();
    let mut said = say!(to, "one of {all}", all = to.list(&picks));
    if let Some(within) = menu.within {
        said += &say!(to, ", to be picked within {span}", span = to.span(within));
    }
    if let Some(place) = menu.unpicked {
        said += &say!(to, ", {pick} unless picked", pick = to.reward_at(place));
    }
    if let Some(valid) = menu.valid {
        said += &say!(to, ", good for {span}", span = to.span(valid));
    }
    said
}

/// What it is.
fn is(to: Told<'_>, reward: &Reward) -> String {
    let program = to.program;
    match &reward.kind {
        RewardKind::MoneyOff(minor) => say!(to, "{amount} off", amount = to.money(*minor)),
        RewardKind::PercentOff(part, most) => part_off(to, *part, *most),
        RewardKind::Product(0) => say!(to, "a product"),
        RewardKind::Product(minor) => {
            say!(to, "a product for {amount}", amount = to.money(*minor))
        }
        RewardKind::Payment(pays) => {
            let amount = to.money(pays.minor);
            let mut said = say!(to, "a payment of {amount} a step", amount);
            if let Some(part) = pays.share {
                said += &say!(to, ", at most {part} of the goods", part = share(to, part));
            }
            if pays.is_payment && !to.members {
                said += word!(to, ", told as a payment");
            }
            said
        }
        RewardKind::FreeDelivery => say!(to, "free delivery"),
        RewardKind::Other => say!(to, "handed over"),
        RewardKind::GiftCard(minor) => {
            say!(to, "a gift card of {amount}", amount = to.money(*minor))
        }
        RewardKind::Cashback(minor) => {
            say!(to, "{amount} of credit", amount = to.money(*minor))
        }
        RewardKind::Access(opens) => {
            let mut said = say!(to, "access to {what}", what = to.quoted(opens.to.as_str()));
            if let Some(length) = opens.length {
                said += &say!(to, " for {span}", span = to.span(length));
            }
            if let Some(until) = opens.until {
                said += &say!(to, " until {day}", day = to.day(until));
            }
            said
        }
        RewardKind::OfPartner => say!(to, "given by a partner"),
        RewardKind::Donation(cause, minor) => {
            let cause = program.games.causes.get(usize::from(*cause));
            let (id, title) = cause.map_or(("", ""), |own| (&own.id, &own.title));
            say!(
                to,
                "{amount} for the cause {cause}",
                amount = to.money(*minor),
                cause = to.named(id, title)
            )
        }
        RewardKind::Tickets(draw, each) => {
            let draw = program.games.draws.get(usize::from(*draw));
            let (id, title) = draw.map_or(("", ""), |own| (&own.id, &own.title));
            plural!(
                to,
                *each,
                "{n} ticket of {draw}",
                "{n} tickets of {draw}",
                n = each,
                draw = to.named(id, title)
            )
        }
        RewardKind::Menu(menu) => menu_words(to, menu),
    }
}

/// A reward.
pub(super) fn reward(to: Told<'_>, reward: &Reward) -> Part {
    let mut aspects = vec![aspect(word!(to, "is"), is(to, reward))];
    if let Some(what) = &reward.what {
        aspects.push(to.condition(word!(to, "is for lines with"), what));
    }
    if let Some(when) = &reward.when {
        aspects.push(to.condition(word!(to, "is for members with"), when));
    }
    if reward.least > 1 {
        let what = say!(to, "{n} at once", n = reward.least);
        aspects.push(aspect(word!(to, "is given at least"), what));
    }
    if let Some(group) = &reward.group {
        let group = format!("`{group}`");
        aspects.push(aspect(word!(to, "is one of the group"), group).inner());
    }
    if reward.exclusive {
        aspects.push(aspect(word!(to, "is combined with nothing"), ""));
    }
    if reward.order != 100 {
        let order = reward.order.to_string();
        aspects.push(aspect(word!(to, "is taken off as number"), order).inner());
    }
    aspects.push(match (reward.price.is_empty(), reward.plans.is_empty()) {
        (true, true) => aspect(word!(to, "is for vouchers only"), ""),
        (true, false) => aspect(word!(to, "is free"), ""),
        (false, _) => aspect(word!(to, "takes"), to.price(&reward.price)),
    });
    for own in &reward.price_for {
        let mut of = say!(to, "{price} of members", price = to.price(&own.price));
        let tier = own
            .tier
            .filter(|at| usize::from(*at) < to.program.tiers.len());
        if let Some(tier) = tier {
            of += &say!(to, " from tier {tier} on", tier = to.tier_at(tier));
        }
        if let Some(when) = &own.when {
            of += &say!(to, " with {when}", when = to.when(when));
        }
        aspects.push(aspect(word!(to, "takes instead"), of));
    }
    if !reward.plans.is_empty() {
        let plans = reward.plans.iter();
        let plans = plans.filter_map(|place| to.program.plans.get(usize::from(*place)));
        let plans: Vec<String> = plans.map(|plan| to.named(&plan.id, &plan.title)).collect();
        let plans = match to.members {
            true => plans.join(word!(to, " or ")),
            false => to.list(&plans),
        };
        aspects.push(aspect(word!(to, "is for members of"), plans));
    }
    from_tier(to, &mut aspects, reward.tier);
    let window = (reward.from, reward.until);
    bounds(to, &mut aspects, window, &reward.limits);
    partner::only_at(to, &mut aspects, &reward.partners);
    if let Some(stock) = reward.stock {
        // What there was at first: what is left, the list of rewards says.
        aspects.push(aspect(word!(to, "is in stock:"), stock.to_string()).inner());
    }
    aspects.push(aspect(word!(to, "is held for"), to.span(reward.hold)));
    if reward.sent {
        aspects.push(aspect(word!(to, "is sent"), ""));
    }
    if reward.codes {
        let verb = word!(to, "comes with a code of its supplier");
        aspects.push(aspect(verb, ""));
    }
    if let Some(own) = reward.automatic {
        let mut of = say!(to, "at most {n} at once", n = own.most);
        if let Some(valid) = own.valid {
            of += &say!(to, ", good for {span}", span = to.span(valid));
        }
        aspects.push(aspect(word!(to, "is redeemed by itself,"), of));
    }
    if let Some(cost) = reward.cost {
        let verb = word!(to, "costs the merchant");
        aspects.push(aspect(verb, to.money(cost)).inner());
    }
    titled(to, "reward", (&reward.id, &reward.title), aspects)
}
