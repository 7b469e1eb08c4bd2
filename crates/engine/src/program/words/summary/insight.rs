//! What figures about customers are made from, in words.

use super::{Aspect, Part, aspect};
use crate::program::{Answered, Program};

/// What reports take for granted; nothing where the file does not say.
pub(super) fn insight(program: &Program) -> Option<Part> {
    let rules = &program.insight;
    let mut aspects: Vec<Aspect> = Vec::new();
    if let Some(days) = rules.active_days {
        aspects.push(aspect(
            "count a customer as active for",
            format!("{days} days"),
        ));
    }
    if let Some(margin) = rules.margin {
        let (whole, part) = (margin / 10_000, margin % 10_000);
        let part = format!("{part:04}");
        let percent = match part.trim_end_matches('0') {
            "" => format!("{whole}%"),
            part => format!("{whole}.{part}%"),
        };
        aspects.push(aspect("take as margin", percent));
    }
    if let Some(place) = rules.points {
        let id = program
            .points
            .get(usize::from(place))
            .map(|it| it.id.clone());
        aspects.push(aspect("look at", id.unwrap_or_default()));
    }
    let answers = |all: &[Answered]| {
        let one = |it: &Answered| format!("{}.{}", it.activity, it.field);
        all.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    if let Some(recommend) = &rules.recommend {
        aspects.push(aspect(
            "read recommendations from",
            answers(std::slice::from_ref(recommend)),
        ));
    }
    for (verb, all) in [
        ("read loyalty from", &rules.loyalty),
        ("read attachment from", &rules.attachment),
    ] {
        if !all.is_empty() {
            aspects.push(aspect(verb, answers(all)));
        }
    }
    if let Some(weights) = &rules.engagement {
        let one = |(id, weight): &(String, i64)| format!("{id} {weight}");
        let all: Vec<String> = weights.iter().map(one).collect();
        aspects.push(aspect("weigh engagement as", all.join(", ")));
    }
    let texts = [
        ("count as free extras", rules.extras.clone()),
        (
            "say the kind of loyalty by",
            rules.kinds.iter().map(|it| it.text.clone()).collect(),
        ),
        (
            "are written",
            rules.reports.iter().map(|it| it.text.clone()).collect(),
        ),
        (
            "tell when",
            rules.alerts.iter().map(|it| it.text.clone()).collect(),
        ),
    ];
    for (verb, all) in texts {
        if !all.is_empty() {
            aspects.push(aspect(verb, all.join("; ")));
        }
    }
    (!aspects.is_empty()).then(|| Part {
        kind: "reports",
        id: String::new(),
        aspects,
    })
}
