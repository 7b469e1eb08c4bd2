//! Referrals in words.

use super::{Part, aspect, bounds, of_money, price, span};
use crate::program::{Gives, OnDoubt, Program, ReferralRule};

/// Referrals.
pub(super) fn referral(program: &Program, rule: &ReferralRule) -> Part {
    let click = if rule.first_click { "first" } else { "last" };
    let mut aspects = vec![
        aspect("counts the", format!("{click} click")),
        aspect("lets friends join within", span(rule.within)),
    ];
    if let Some(link) = &rule.link {
        aspects.push(aspect("makes links from", link));
    }
    if let Some(own) = rule.buy_within {
        aspects.push(aspect("counts purchases within", span(own)));
    }
    if rule.least > 0 {
        aspects.push(aspect(
            "counts purchases from",
            of_money(program, rule.least),
        ));
    }
    if let Some(when) = &rule.when {
        aspects.push(aspect("counts when", format!("`{}`", when.text)));
    }
    if let Some(own) = &rule.welcome {
        aspects.push(aspect("gives friends for joining", gives(program, own)));
    }
    for step in &rule.steps {
        for (whom, own) in [("friends", &step.friend), ("referrers", &step.referrer)] {
            if let Some(own) = own {
                let verb = format!("gives {whom} for purchase {}", step.purchase);
                aspects.push(aspect(verb, gives(program, own)));
            }
        }
        for (place, own) in &step.by_tier {
            let tier = program.tiers.get(usize::from(*place));
            let tier = tier.map_or("", |tier| &tier.id);
            let verb = format!("gives `{tier}` referrers for purchase {}", step.purchase);
            aspects.push(aspect(verb, gives(program, own)));
        }
    }
    bounds(program, &mut aspects, (None, None), &rule.limits);
    if let Some(own) = rule.held_for {
        aspects.push(aspect("holds what referrers get for", span(own)));
    }
    if let Some(own) = rule.voucher_expires {
        aspects.push(aspect("its voucher is void after", span(own)));
    }
    let doubts = [
        ("treats known customers with", rule.known_customer),
        ("treats shared fingerprints with", rule.same_fingerprint),
        ("treats rings with", rule.ring),
    ];
    for (verb, on) in doubts {
        let what = match on {
            OnDoubt::Allow => "patience",
            OnDoubt::Review => "a review",
            OnDoubt::Refuse => "a refusal",
        };
        aspects.push(aspect(verb, what));
    }
    Part {
        kind: "referrals",
        id: String::new(),
        aspects,
    }
}

fn gives(program: &Program, gives: &Gives) -> String {
    match gives {
        Gives::Reward(place) => {
            let reward = program.rewards.get(usize::from(*place));
            format!("`{}`", reward.map_or("", |reward| &reward.id))
        }
        Gives::Points(amounts) => price(program, amounts),
    }
}
