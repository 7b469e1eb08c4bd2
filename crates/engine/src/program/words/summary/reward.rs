//! A reward in words.

use super::{Part, aspect, bounds, of_money, partner, price, ratio, span};
use crate::program::{Menu, Program, Reward, RewardKind};

/// A menu in words.
fn menu_words(program: &Program, menu: &Menu) -> String {
    let id = |place: &u16| {
        let reward = program.rewards.get(usize::from(*place));
        format!("`{}`", reward.map_or("", |reward| &reward.id))
    };
    let picks: Vec<String> = menu.picks.iter().map(id).collect();
    let within = menu
        .within
        .map(|within| format!(", to be picked within {}", span(within)));
    let unpicked = menu
        .unpicked
        .map(|place| format!(", {} unless picked", id(&place)));
    let valid = menu
        .valid
        .map(|valid| format!(", good for {}", span(valid)));
    format!(
        "one of {}{}{}{}",
        picks.join(", "),
        within.unwrap_or_default(),
        unpicked.unwrap_or_default(),
        valid.unwrap_or_default()
    )
}

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
        RewardKind::GiftCard(minor) => format!("a gift card of {}", of_money(program, *minor)),
        RewardKind::Cashback(minor) => format!("{} of credit", of_money(program, *minor)),
        RewardKind::Access(opens) => {
            let length = opens.length.map(|length| format!(" for {}", span(length)));
            let until = opens
                .until
                .map(|until| format!(" until {}", program.zone.day(until)));
            format!(
                "access to `{}`{}{}",
                opens.to,
                length.unwrap_or_default(),
                until.unwrap_or_default()
            )
        }
        RewardKind::OfPartner => "given by a partner".into(),
        RewardKind::Donation(cause, minor) => {
            let cause = program.games.causes.get(usize::from(*cause));
            let cause = cause.map_or("", |cause| &cause.id);
            format!("{} for the cause `{cause}`", of_money(program, *minor))
        }
        RewardKind::Tickets(draw, each) => {
            let draw = program.games.draws.get(usize::from(*draw));
            format!("{each} tickets of `{}`", draw.map_or("", |draw| &draw.id))
        }
        RewardKind::Menu(menu) => menu_words(program, menu),
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
    if reward.sent {
        aspects.push(aspect("is sent", ""));
    }
    if reward.codes {
        aspects.push(aspect("comes with a code of its supplier", ""));
    }
    if let Some(own) = reward.automatic {
        let valid = own.valid.map(|valid| format!(", good for {}", span(valid)));
        let of = format!("at most {} at once{}", own.most, valid.unwrap_or_default());
        aspects.push(aspect("is redeemed by itself,", of));
    }
    if let Some(cost) = reward.cost {
        aspects.push(aspect("costs the merchant", of_money(program, cost)));
    }
    Part {
        kind: "reward",
        id: reward.id.clone(),
        aspects,
    }
}
