//! What all members draw on together: budgets and stocks, and where their figures are kept.

use super::{Limit, LimitScope, Limited, Program};
use crate::stage::grant::{shared_key, stock_key};
use crate::state::SharedKey;
use regulars_base::Almanac;

/// Something that all members draw on together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What sort of part has it: `rule`, `coupon`, `reward`, `referral`.
    pub kind: &'static str,
    /// The part's id; empty for what there is only one of.
    pub id: String,
    /// What it counts: a kind of points by their place, or how often.
    pub what: Limited,
    /// How much there is.
    pub most: i64,
    /// Where the figure of the period is kept.
    pub key: SharedKey,
}

/// The budgets and stocks of a program, each as of the period that `day` is in.
pub fn budgets(program: &Program, day: &Almanac) -> Vec<Budget> {
    let mut found = Vec::new();
    let mut add = |kind: &'static str, id: &str, limits: &[Limit]| {
        let shared = limits.iter().filter(|own| own.per == LimitScope::Program);
        found.extend(shared.map(|limit| Budget {
            kind,
            id: id.to_owned(),
            what: limit.what,
            most: limit.most,
            key: shared_key(limit, day),
        }));
    };
    for rule in &program.rules {
        add("rule", &rule.id, &rule.limits);
    }
    for coupon in &program.coupons {
        add("coupon", &coupon.id, &coupon.limits);
    }
    for reward in &program.rewards {
        add("reward", &reward.id, &reward.limits);
    }
    if let Some(referral) = program.referral.as_deref() {
        add("referral", "", &referral.limits);
    }
    let stocks = program.rewards.iter().filter_map(|reward| {
        Some(Budget {
            kind: "reward",
            id: reward.id.clone(),
            what: Limited::Times,
            most: reward.stock?,
            key: stock_key(reward),
        })
    });
    found.extend(stocks);
    found
}
