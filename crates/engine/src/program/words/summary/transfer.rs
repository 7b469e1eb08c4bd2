//! What members may send to one another, in words.

use super::{Part, aspect, bounds, price};
use crate::program::{Program, TransferRule};

/// Transfers.
pub(super) fn transfer(program: &Program, rule: &TransferRule) -> Part {
    let mut aspects = Vec::new();
    for own in &rule.points {
        let Some(points) = program.points.get(usize::from(own.points)) else {
            continue;
        };
        let id = &points.id;
        aspects.push(aspect(
            format!("let members send `{id}`,"),
            "if they are free",
        ));
        let of = |amount: i64| price(program, &[(own.points, amount)]);
        if own.least > 1 {
            aspects.push(aspect(format!("of `{id}` at least"), of(own.least)));
        }
        if own.most < i64::MAX {
            aspects.push(aspect(format!("of `{id}` at most"), of(own.most)));
        }
        if own.fee > 0 {
            aspects.push(aspect(format!("for `{id}` cost"), of(own.fee)));
        }
    }
    bounds(program, &mut aspects, (None, None), &rule.limits);
    if let Some(tier) = rule.tier.and_then(|at| program.tiers.get(usize::from(at))) {
        aspects.push(aspect(
            "are for members from tier",
            format!("`{}`", tier.id),
        ));
    }
    if rule.joined_days > 0 {
        let days = format!("{} days", rule.joined_days);
        aspects.push(aspect("are for members of at least", days));
    }
    let dates = if rule.new_dates {
        "begins anew"
    } else {
        "goes on"
    };
    aspects.push(aspect("the points' lifetime", dates));
    Part {
        kind: "transfers",
        id: String::new(),
        aspects,
    }
}
