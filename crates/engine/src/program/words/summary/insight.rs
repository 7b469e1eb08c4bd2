//! What figures about customers are made from, in words.

use super::told::Told;
use super::{Aspect, Part, aspect, part};
use crate::program::Answered;
use crate::program::words::language::{plural, say, word};

/// What reports take for granted; nothing where the file does not say.
pub(super) fn insight(to: Told<'_>) -> Option<Part> {
    let rules = &to.program.insight;
    let mut aspects: Vec<Aspect> = Vec::new();
    if let Some(days) = rules.active_days {
        let verb = word!(to, "count a customer as active for");
        aspects.push(aspect(
            verb,
            plural!(to, days, "{n} day", "{n} days", n = days),
        ));
    }
    if let Some(margin) = rules.margin {
        let (whole, part) = (margin / 10_000, margin % 10_000);
        let part = format!("{part:04}");
        let number = match part.trim_end_matches('0') {
            "" => whole.to_string(),
            part => format!("{whole}.{part}"),
        };
        let percent = say!(to, "{number}%", number = to.decimal(number));
        aspects.push(aspect(word!(to, "take as margin"), percent));
    }
    if let Some(place) = rules.points {
        let points = to.program.points.get(usize::from(place));
        let id = points.map(|it| it.id.clone());
        aspects.push(aspect(word!(to, "look at"), id.unwrap_or_default()));
    }
    let answers = |all: &[Answered]| {
        let one = |it: &Answered| format!("{}.{}", it.activity, it.field);
        to.list(&all.iter().map(one).collect::<Vec<_>>())
    };
    if let Some(recommend) = &rules.recommend {
        let verb = word!(to, "read recommendations from");
        aspects.push(aspect(verb, answers(std::slice::from_ref(recommend))));
    }
    for (verb, all) in [
        (word!(to, "read loyalty from"), &rules.loyalty),
        (word!(to, "read attachment from"), &rules.attachment),
    ] {
        if !all.is_empty() {
            aspects.push(aspect(verb, answers(all)));
        }
    }
    if let Some(weights) = &rules.engagement {
        let one = |(id, weight): &(String, i64)| format!("{id} {weight}");
        let all: Vec<String> = weights.iter().map(one).collect();
        aspects.push(aspect(word!(to, "weigh engagement as"), to.list(&all)));
    }
    let kinds = rules.kinds.iter().map(|it| it.text.clone());
    let reports = rules.reports.iter().map(|it| it.text.clone());
    let alerts = rules.alerts.iter().map(|it| it.text.clone());
    for (verb, all) in [
        (word!(to, "count as free extras"), rules.extras.clone()),
        (word!(to, "say the kind of loyalty by"), kinds.collect()),
        (word!(to, "are written"), reports.collect()),
        (word!(to, "tell when"), alerts.collect()),
    ] {
        if !all.is_empty() {
            aspects.push(aspect(verb, all.join(word!(to, "; "))));
        }
    }
    (!aspects.is_empty()).then(|| part(to, "reports", "", aspects))
}
