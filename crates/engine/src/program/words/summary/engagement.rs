//! What members do without buying, and tell of themselves, in words.

use super::told::{Told, each};
use super::{Aspect, Part, aspect, part};
use crate::program::words::language::{say, word};
use crate::program::{ActivityRule, Again, BirthdayChange, FieldCheck, FieldType};
use crate::program::{TooOften, Withdrawal};

/// An activity.
pub(super) fn activity(to: Told<'_>, rule: &ActivityRule) -> Part {
    let fields = rule.fields.iter().zip(&rule.checks);
    let has = |id: &String| say!(to, "has `{field}`,", field = id);
    let mut aspects: Vec<Aspect> = fields
        .map(|((id, kind), check)| aspect(has(id), field(to, *kind, check)))
        .collect();
    if let Some(once) = &rule.once {
        let per = &once.per;
        let what = match once.again {
            Again::Never => say!(to, "`{per}` ever", per),
            Again::Each(every) => say!(to, "`{per}`{each}", per, each = each(to, Some(every))),
            Again::After(own) => say!(to, "`{per}` within {span}", per, span = to.span(own)),
        };
        aspects.push(aspect(word!(to, "counts once for each"), what));
    }
    if let Some(apart) = rule.apart_minutes {
        aspects.push(aspect(word!(to, "counts again after"), to.minutes(apart)));
    }
    if rule.too_often == TooOften::Refused {
        let verb = word!(to, "is refused when it comes too soon or again");
        aspects.push(aspect(verb, ""));
    }
    if rule.of_purchase {
        let verb = word!(to, "takes a product that the member bought");
        aspects.push(aspect(verb, ""));
    }
    if let Some(moderation) = rule.moderation {
        let verb = word!(to, "waits to be approved, at most");
        aspects.push(aspect(verb, to.span(moderation.lapses)));
    }
    let withdrawn = match rule.consent {
        Some(Withdrawal::Keep) => Some(word!(to, "keeps")),
        Some(Withdrawal::TakeBack) => Some(word!(to, "gives back")),
        None => None,
    };
    let verb = word!(to, "is a consent; who withdraws");
    aspects.extend(withdrawn.map(|what| aspect(verb, what)));
    part(to, "activity", &rule.id, aspects)
}

fn field(to: Told<'_>, kind: FieldType, check: &FieldCheck) -> String {
    // As the file says it, which is where somebody looks for it.
    let mut words = format!("{kind:?}").to_lowercase();
    if check.needed {
        words += word!(to, ", needed");
    }
    if let Some(least) = check.least {
        words += &say!(to, ", from {least}", least);
    }
    if let Some(most) = check.most {
        words += &say!(to, ", up to {most}", most);
    }
    if !check.choices.is_empty() {
        words += &say!(to, ", one of {all}", all = check.choices.join(" / "));
    }
    words
}

/// The profile, if the program has one.
pub(super) fn profile(to: Told<'_>) -> Option<Part> {
    let fields = to.program.profile.fields.iter();
    let ids: Vec<String> = fields.map(|(id, _)| id.clone()).collect();
    let has = || vec![aspect(word!(to, "has"), to.list(&ids))];
    (!ids.is_empty()).then(|| part(to, "profile", "", has()))
}

/// What the program makes of birthdays.
pub(super) fn birthday(to: Told<'_>) -> Option<Part> {
    let rule = to.program.birthday?;
    let change = match rule.change {
        BirthdayChange::Never => word!(to, "never"),
        BirthdayChange::Once => word!(to, "once"),
        BirthdayChange::Yearly => word!(to, "once a year"),
        BirthdayChange::Ever => word!(to, "at any time"),
    };
    let leap = match rule.leap_in_march {
        true => word!(to, "1 March"),
        false => word!(to, "28 February"),
    };
    let notice = word!(to, "must be known before, days:");
    let early = word!(to, "comes early, days:");
    let aspects = vec![
        aspect(word!(to, "may be changed"), change),
        aspect(notice, rule.notice_days.to_string()),
        aspect(early, rule.early_days.to_string()),
        aspect(word!(to, "of 29 February is kept on"), leap),
    ];
    Some(part(to, "birthday", "", aspects))
}
