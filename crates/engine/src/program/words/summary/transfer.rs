//! What members may send to one another, in words.

use super::told::Told;
use super::{Part, aspect, bounds, part};
use crate::program::TransferRule;
use crate::program::words::language::{say, word};

/// Transfers.
pub(super) fn transfer(to: Told<'_>, rule: &TransferRule) -> Part {
    let mut aspects = Vec::new();
    for own in &rule.points {
        let Some(points) = to.program.points.get(usize::from(own.points)) else {
            continue;
        };
        let points = to.named(&points.id, &points.other);
        let free = word!(to, "if they are free");
        let verb = say!(to, "let members send {points},", points);
        aspects.push(aspect(verb, free));
        let of = |amount: i64| to.price(&[(own.points, amount)]);
        if own.least > 1 {
            let verb = say!(to, "of {points} at least", points);
            aspects.push(aspect(verb, of(own.least)));
        }
        if own.most < i64::MAX {
            let verb = say!(to, "of {points} at most", points);
            aspects.push(aspect(verb, of(own.most)));
        }
        if own.fee > 0 {
            let verb = say!(to, "for {points} cost", points);
            aspects.push(aspect(verb, of(own.fee)));
        }
    }
    bounds(to, &mut aspects, (None, None), &rule.limits);
    if let Some(tier) = rule.tier {
        let verb = word!(to, "are for members from tier");
        aspects.push(aspect(verb, to.tier_at(tier)));
    }
    if rule.joined_days > 0 {
        let days = to.days(rule.joined_days);
        aspects.push(aspect(word!(to, "are for members of at least"), days));
    }
    let dates = match rule.new_dates {
        true => word!(to, "begins anew"),
        false => word!(to, "goes on"),
    };
    aspects.push(aspect(word!(to, "the points' lifetime"), dates));
    part(to, "transfers", "", aspects)
}
