//! Tiers, cards, rewards and refunds in words.

use super::earning::how;
use super::{Part, aspect, bounds, of_money, price, ratio, span, trigger};
use crate::program::words::{amount_of, minutes, period};
use crate::program::{
    CardRule, Downgrade, Gives, Keep, KeepUntil, Lapsed, Metric, Program, Reach, Reward,
    RewardKind, SpentPoints, StampFor, TakeBack, Threshold, TierRule, Within,
};
use regulars_ledger::AlreadySpent;

/// A tier.
pub(super) fn tier(program: &Program, tier: &TierRule) -> Part {
    let mut aspects = Vec::new();
    if let Some(needed) = &tier.reach {
        aspects.push(aspect("takes", reach(program, needed)));
        aspects.push(aspect("is kept", keep(tier.keep)));
    }
    if let Some(renew) = &tier.renew {
        aspects.push(aspect("is kept with", reach(program, renew)));
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

fn reach(program: &Program, reach: &Reach) -> String {
    let one = |threshold: &Threshold| match threshold.metric {
        Metric::Spend => format!("{} spent", of_money(program, threshold.at_least)),
        Metric::Orders => format!("{} orders", threshold.at_least),
        Metric::Visits => format!("{} visits", threshold.at_least),
        Metric::Earned(name) => format!("{} earned", amount_of(program, name, threshold.at_least)),
        Metric::Balance(name) => {
            format!("{} to spend", amount_of(program, name, threshold.at_least))
        }
    };
    let all: Vec<String> = reach.thresholds.iter().map(one).collect();
    let joined = match (reach.need, all.len()) {
        (need, of) if need >= of => all.join(" and "),
        (1, _) => all.join(" or "),
        (need, _) => format!("{need} of {}", all.join(", ")),
    };
    let within = match reach.within {
        Within::Calendar(own) => format!("in a calendar {}", period(own)),
        Within::Rolling(own) => format!("in {}", span(own)),
        Within::Anniversary => "in a year of membership".into(),
        Within::SinceTier => "since the tier began".into(),
        Within::Ever => "ever".into(),
    };
    format!("{joined} {within}")
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
    Part {
        kind: "card",
        id: card.id.clone(),
        aspects,
    }
}

/// What a card gives.
fn gives(program: &Program, gives: &Gives) -> String {
    match gives {
        Gives::Reward(place) => {
            let reward = program.rewards.get(usize::from(*place));
            format!("`{}`", reward.map_or("", |reward| &reward.id))
        }
        Gives::Points(amounts) => price(program, amounts),
    }
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
        RewardKind::FreeProduct(Some(what)) => format!("a product with `{}`", what.text),
        RewardKind::FreeProduct(None) => "any product".into(),
        RewardKind::FreeDelivery => "free delivery".into(),
        RewardKind::Other => "handed over".into(),
    };
    let mut aspects = vec![aspect("is called", &reward.title), aspect("is", is)];
    aspects.push(match reward.price.is_empty() {
        true => aspect("is for vouchers only", ""),
        false => aspect("takes", price(program, &reward.price)),
    });
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

/// What a refund does.
pub(super) fn refund(program: &Program) -> Part {
    let take_back = match program.refund.take_back {
        TakeBack::Share => "the share that came back",
        TakeBack::OnlyWhenWhole => "everything once all came back",
        TakeBack::ReckonAgain => "what the rest would not have earned",
        TakeBack::Nothing => "nothing",
    };
    let already_spent = match program.refund.already_spent {
        AlreadySpent::GoNegative => "owed by the member",
        AlreadySpent::StopAtZero => "borne by the program",
        AlreadySpent::PendingOnly => "left alone unless pending",
    };
    let lapsed = match program.refund.lapsed {
        Lapsed::Forgive => "forgiven",
        Lapsed::TakeBack => "taken back",
    };
    let spent_points = match program.refund.spent_points {
        SpentPoints::GiveBackOldDates => "come back with their old dates",
        SpentPoints::GiveBackNewDates => "come back with new dates",
        SpentPoints::GiveBackWhenWhole => "come back once all came back",
        SpentPoints::Keep => "stay spent",
    };
    Part {
        kind: "refunds",
        id: String::new(),
        aspects: vec![
            aspect("take back", take_back),
            aspect("round a share", how(program.refund.rounding)),
            aspect("what was spent already is", already_spent),
            aspect("what has lapsed is", lapsed),
            aspect("points that paid for the order", spent_points),
            aspect(
                "used rewards are remembered for",
                span(program.return_window),
            ),
        ],
    }
}
