//! What members do without buying, and tell of themselves, in words.

use super::{Aspect, Part, aspect, span};
use crate::program::words::{minutes, period};
use crate::program::{ActivityRule, Again, BirthdayChange, FieldCheck, FieldType, Program};
use crate::program::{TooOften, Withdrawal};

/// An activity.
pub(super) fn activity(rule: &ActivityRule) -> Part {
    let fields = rule.fields.iter().zip(&rule.checks);
    let mut aspects: Vec<Aspect> = fields
        .map(|((id, kind), check)| aspect(format!("has `{id}`,"), field(*kind, check)))
        .collect();
    if let Some(once) = &rule.once {
        let each = match once.again {
            Again::Never => "ever".to_owned(),
            Again::Each(every) => format!("each {}", period(every)),
            Again::After(own) => format!("within {}", span(own)),
        };
        aspects.push(aspect(
            "counts once for each",
            format!("`{}` {each}", once.per),
        ));
    }
    if let Some(apart) = rule.apart_minutes {
        aspects.push(aspect("counts again after", minutes(apart)));
    }
    if rule.too_often == TooOften::Refused {
        aspects.push(aspect("is refused when it comes too soon or again", ""));
    }
    if rule.of_purchase {
        aspects.push(aspect("takes a product that the member bought", ""));
    }
    if let Some(moderation) = rule.moderation {
        aspects.push(aspect(
            "waits to be approved, at most",
            span(moderation.lapses),
        ));
    }
    match rule.consent {
        Some(Withdrawal::Keep) => aspects.push(aspect("is a consent; who withdraws", "keeps")),
        Some(Withdrawal::TakeBack) => {
            aspects.push(aspect("is a consent; who withdraws", "gives back"));
        }
        None => {}
    }
    Part {
        kind: "activity",
        id: rule.id.clone(),
        aspects,
    }
}

fn field(kind: FieldType, check: &FieldCheck) -> String {
    let mut words = format!("{kind:?}").to_lowercase();
    if check.needed {
        words += ", needed";
    }
    if let Some(least) = check.least {
        words += &format!(", from {least}");
    }
    if let Some(most) = check.most {
        words += &format!(", up to {most}");
    }
    if !check.choices.is_empty() {
        words += &format!(", one of {}", check.choices.join(" / "));
    }
    words
}

/// The profile, if the program has one.
pub(super) fn profile(program: &Program) -> Option<Part> {
    let ids: Vec<&str> = program
        .profile
        .fields
        .iter()
        .map(|(id, _)| id.as_str())
        .collect();
    (!ids.is_empty()).then(|| Part {
        kind: "profile",
        id: String::new(),
        aspects: vec![aspect("has", ids.join(", "))],
    })
}

/// What the program makes of birthdays.
pub(super) fn birthday(program: &Program) -> Option<Part> {
    let rule = program.birthday?;
    let change = match rule.change {
        BirthdayChange::Never => "never",
        BirthdayChange::Once => "once",
        BirthdayChange::Yearly => "once a year",
        BirthdayChange::Ever => "at any time",
    };
    let leap = match rule.leap_in_march {
        true => "1 March",
        false => "28 February",
    };
    Some(Part {
        kind: "birthday",
        id: String::new(),
        aspects: vec![
            aspect("may be changed", change),
            aspect("must be known before, days:", rule.notice_days.to_string()),
            aspect("comes early, days:", rule.early_days.to_string()),
            aspect("of 29 February is kept on", leap),
        ],
    })
}
