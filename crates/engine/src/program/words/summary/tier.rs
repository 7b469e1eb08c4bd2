//! A tier in words.

use super::{Part, aspect, of_money, ratio, span};
use crate::program::words::{amount_of, period};
use crate::program::{
    Downgrade, Keep, KeepUntil, Metric, Program, Reach, Threshold, TierRule, Within,
};
use regulars_base::CivilDay;

/// A tier.
pub(super) fn tier(program: &Program, tier: &TierRule) -> Part {
    let mut aspects = Vec::new();
    if let Some(needed) = &tier.reach {
        aspects.push(aspect("takes", reach(program, needed)));
        aspects.push(aspect("is kept", keep(tier.keep)));
    }
    if let Some(reach) = tier.reach.as_ref().filter(|it| it.counts_from > i32::MIN) {
        let day = CivilDay::from_number(reach.counts_from);
        aspects.push(aspect("counts from", day.to_string()));
    }
    if tier.closed {
        aspects.push(aspect("takes nobody any more", ""));
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
