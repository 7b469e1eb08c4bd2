//! Referrals in words.

use super::gives::gives;
use super::told::Told;
use super::{Part, aspect, bounds, part};
use crate::program::words::language::{say, word};
use crate::program::{OnDoubt, ReferralRule};

/// Referrals.
pub(super) fn referral(to: Told<'_>, rule: &ReferralRule) -> Part {
    let click = match rule.first_click {
        true => word!(to, "first click"),
        false => word!(to, "last click"),
    };
    let mut aspects = vec![
        aspect(word!(to, "counts the"), click).inner(),
        aspect(word!(to, "lets friends join within"), to.span(rule.within)),
    ];
    if let Some(link) = &rule.link {
        aspects.push(aspect(word!(to, "makes links from"), link).inner());
    }
    if let Some(own) = rule.buy_within {
        let verb = word!(to, "counts purchases within");
        aspects.push(aspect(verb, to.span(own)));
    }
    if rule.least > 0 {
        let verb = word!(to, "counts purchases from");
        aspects.push(aspect(verb, to.money(rule.least)));
    }
    if let Some(when) = &rule.when {
        aspects.push(to.condition(word!(to, "counts when"), when));
    }
    if let Some(own) = &rule.welcome {
        let verb = word!(to, "gives friends for joining");
        aspects.push(aspect(verb, gives(to, own)));
    }
    for step in &rule.steps {
        let n = step.purchase;
        if let Some(own) = &step.friend {
            let verb = say!(to, "gives friends for purchase {n}:", n);
            aspects.push(aspect(verb, gives(to, own)));
        }
        if let Some(own) = &step.referrer {
            let verb = say!(to, "gives referrers for purchase {n}:", n);
            aspects.push(aspect(verb, gives(to, own)));
        }
        for (place, own) in &step.by_tier {
            let verb = say!(
                to,
                "gives {tier} referrers for purchase {n}:",
                tier = to.tier_at(*place),
                n
            );
            aspects.push(aspect(verb, gives(to, own)));
        }
    }
    bounds(to, &mut aspects, (None, None), &rule.limits);
    if let Some(own) = rule.held_for {
        let verb = word!(to, "holds what referrers get for");
        aspects.push(aspect(verb, to.span(own)));
    }
    if let Some(own) = rule.voucher_expires {
        let verb = word!(to, "its voucher is void after");
        aspects.push(aspect(verb, to.span(own)));
    }
    // How it is found out who takes advantage is not told to them.
    for (verb, on) in [
        (
            word!(to, "treats known customers with"),
            rule.known_customer,
        ),
        (
            word!(to, "treats shared fingerprints with"),
            rule.same_fingerprint,
        ),
        (word!(to, "treats rings with"), rule.ring),
    ] {
        let what = match on {
            OnDoubt::Allow => word!(to, "patience"),
            OnDoubt::Review => word!(to, "a review"),
            OnDoubt::Refuse => word!(to, "a refusal"),
        };
        aspects.push(aspect(verb, what).inner());
    }
    part(to, "referrals", "", aspects)
}
