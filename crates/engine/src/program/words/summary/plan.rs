//! A plan in words.

use super::{Part, aspect, gives, of_money, ratio, span};
use crate::program::{PlanRule, Program};

/// A plan.
pub(super) fn plan(program: &Program, plan: &PlanRule) -> Part {
    let money = |minor| of_money(program, minor);
    let when = |at_end| if at_end { "at period end" } else { "at once" };
    let mut aspects = vec![
        aspect("is called", &plan.title),
        aspect("costs", money(plan.price)),
        aspect("for each", span(plan.every)),
    ];
    if let Some(tax) = plan.tax {
        aspects.push(aspect("of which tax adds to the rest", ratio(tax)));
    }
    if let Some(trial) = plan.trial {
        aspects.push(aspect("is free at first for", span(trial)));
    }
    if let Some((own, periods)) = plan.intro {
        let verb = "costs at first";
        aspects.push(aspect(
            verb,
            format!("{} for {periods} periods", money(own)),
        ));
    }
    let starts = match plan.starts_when_paid {
        true => "when paid",
        false => "at once",
    };
    aspects.push(aspect("starts", starts));
    for (place, factor) in &plan.earn {
        if let Some(points) = program.points.get(usize::from(*place)) {
            let verb = format!("multiplies {} by", points.id);
            aspects.push(aspect(verb, ratio(*factor)));
        }
    }
    if let Some(given) = &plan.gives {
        aspects.push(aspect("gives each period", gives::gives(program, given)));
    }
    aspects.push(aspect("changes up", when(plan.up_at_end)));
    aspects.push(aspect("changes down", when(plan.down_at_end)));
    if let Some(pause) = plan.pause {
        let times = format!(
            "{}, {} times in 12 months",
            span(pause.longest),
            pause.times
        );
        aspects.push(aspect("may be paused for", times));
    }
    aspects.push(aspect("is cancelled", when(plan.cancel_at_end)));
    if plan.refund_pro_rata {
        aspects.push(aspect("pays back the days that are left", ""));
    }
    let renews = match plan.keeps_price {
        true => "the price at joining",
        false => "the price in force",
    };
    aspects.push(aspect("renews at", renews));
    if !plan.retry_days.is_empty() {
        let days: Vec<String> = plan.retry_days.iter().map(ToString::to_string).collect();
        aspects.push(aspect("asks again after days", days.join(", ")));
    }
    aspects.push(aspect(
        "ends unpaid after days",
        plan.grace_days.to_string(),
    ));
    if !plan.grace_benefits {
        aspects.push(aspect("stops benefits while it is not paid", ""));
    }
    if let Some(again) = plan.again {
        aspects.push(aspect("may be joined again after", span(again)));
    }
    Part {
        kind: "plan",
        id: plan.id.clone(),
        aspects,
    }
}
