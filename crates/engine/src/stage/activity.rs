//! Visits and other things that a member does without buying.
//!
//! *A visit counts towards the tier "family", gives a stamp, or earns ten beans, if the program
//! says so; a review with five stars the same. Ana checks in at the store in the Old Town at nine:
//! 5 beans. At ten she does it again: that is within the two hours that the program asks for, so it
//! is written down and earns nothing. Her review of the grinder pays once, however often she sends
//! it, and only if she has bought the grinder and not returned it.*

use crate::draft::Draft;
use crate::event::{Activity, Event, Value};
use crate::outcome::{Change, Idle, Note, Refusal};
use crate::program::{ActivityRule, Again, Metric, Once, TooOften};
use crate::stage::pace::{self, Close};
use crate::stage::{catch_up, consent, earn, moderate, tier};
use crate::state::{Done, Grants, OrderLine};
use regulars_base::{Almanac, CivilDay, Name, Text, Timestamp};

/// A visit needs no declaration; anything else does, and is held to it.
pub(crate) fn check(draft: &Draft<'_>, event: &Event, activity: &Activity) -> Result<(), Refusal> {
    let Some(rule) = draft.program.activity(activity.name.as_str()) else {
        if activity.name.as_str() != "visit" {
            return Err(Refusal::UnknownActivity);
        }
        return match activity.fields.first() {
            Some((field, _)) => Err(Refusal::UnknownField {
                field: field.clone(),
            }),
            None => Ok(()),
        };
    };
    fields(draft, rule, activity)?;
    if rule.of_purchase {
        bought(draft, activity)?;
    }
    if rule.consent.is_some() {
        consent::check(draft, rule, activity)?;
    }
    if rule.moderation.is_some() && moderate::waits(draft, &event.key.external_id) {
        return Err(Refusal::SubmissionExists);
    }
    if rule.too_often == TooOften::Refused {
        pace(draft, rule, event, activity).map_err(|why| match why {
            Idle::TooSoon(again_at) => Refusal::TooSoon { again_at },
            Idle::Again(again_at) => Refusal::DoneAlready { again_at },
            Idle::TooLate => Refusal::ToldTooLate,
        })?;
    }
    Ok(())
}

/// The first field that is not as the program declares it.
fn fields(draft: &Draft<'_>, rule: &ActivityRule, activity: &Activity) -> Result<(), Refusal> {
    let faults = rule.faults(activity, draft.program.currency);
    let Some(first) = faults.first() else {
        return Ok(());
    };
    let id = first.at.rsplit('/').next().unwrap_or_default();
    let field = Text::new(id).unwrap_or_default();
    let declared = rule.fields.iter().any(|(own, _)| own == id);
    Err(match (declared, activity.field(id)) {
        (false, _) => Refusal::UnknownField { field },
        (true, None) => Refusal::FieldMissing { field },
        (true, Some(_)) => Refusal::FieldInvalid { field },
    })
}

/// The member has placed the order, the product is in it, and it did not come back.
fn bought(draft: &Draft<'_>, activity: &Activity) -> Result<(), Refusal> {
    let order = &draft.state.order;
    let purchased = order.purchased.as_ref().ok_or(Refusal::NotBought)?;
    let product = activity.text("product").ok_or(Refusal::NotBought)?;
    let product = Name::of(product.as_str());
    let lines = purchased.products.iter().zip(&purchased.lines);
    let mut lines = lines.filter(|(own, _)| **own == product).peekable();
    if lines.peek().is_none() {
        return Err(Refusal::NotBought);
    }
    let back = |line: &OrderLine| {
        line.refunded_quantity >= line.quantity || (line.amount > 0 && line.refunded >= line.amount)
    };
    if lines.all(|(_, line)| back(line)) {
        return Err(Refusal::Returned);
    }
    Ok(())
}

/// A member did something.
pub(crate) fn activity(draft: &mut Draft<'_>, event: &Event, activity: &Activity) {
    draft.take(Change::WasActive(event.occurred_at));
    let program = draft.program;
    let Some(rule) = program.activity(activity.name.as_str()) else {
        count(draft, event, activity, event.occurred_at);
        return;
    };
    if let Some(withdrawal) = rule.consent {
        consent::consent(draft, event, activity, withdrawal);
        return;
    }
    if let Err(why) = pace(draft, rule, event, activity) {
        let activity = rule.name;
        draft.note(Note::NotCounted { activity, why });
        return;
    }
    if rule.apart_minutes.is_some() {
        pace::remember(draft, pace::of_activity(rule), event.occurred_at);
    }
    if let Some(once) = &rule.once {
        let done = done(rule, once, event.occurred_at, activity);
        draft.take(Change::Done(done));
    }
    match rule.moderation {
        Some(moderation) => moderate::submit(draft, event, activity, moderation),
        None => {
            count(draft, event, activity, event.occurred_at);
        }
    }
}

/// It counts, and gives what it gives; that dates from `dated_at`.
pub(crate) fn count(
    draft: &mut Draft<'_>,
    event: &Event,
    activity: &Activity,
    dated_at: Timestamp,
) -> Grants {
    if activity.name.as_str() == "visit" {
        let day = Almanac::of(draft.program.zone.day(event.occurred_at));
        let day = draft.program.progress_day(&day);
        tier::progress(draft, Metric::Visits, day, 1);
    }
    earn::activity(draft, event, activity, dated_at)
}

/// What is remembered of an activity that pays once.
pub(crate) fn done(rule: &ActivityRule, once: &Once, at: Timestamp, activity: &Activity) -> Done {
    let about = match activity.field(&once.per) {
        None if once.per == "store" => activity.store.to_string(),
        None => String::new(),
        Some(Value::Bool(yes)) => yes.to_string(),
        Some(Value::Int(number)) => number.to_string(),
        Some(Value::Text(text)) => text.to_string(),
    };
    Done {
        activity: rule.name,
        about: Name::of(&about),
        at,
    }
}

/// Whether it is apart from the others and was not done before; if not, why it counts for nothing.
fn pace(
    draft: &Draft<'_>,
    rule: &ActivityRule,
    event: &Event,
    activity: &Activity,
) -> Result<(), Idle> {
    let at = event.occurred_at;
    if let Some(apart) = rule.apart_minutes {
        let name = pace::of_activity(rule);
        pace::far_enough(draft, name, apart, at).map_err(|close| match close {
            Close::TooSoon(_) => Idle::TooSoon(pace::again_at(draft, name, apart)),
            Close::TooLate => Idle::TooLate,
        })?;
    }
    match &rule.once {
        Some(once) => first_time(draft, once, &done(rule, once, at, activity)),
        None => Ok(()),
    }
}

fn first_time(draft: &Draft<'_>, once: &Once, new: &Done) -> Result<(), Idle> {
    let zone = &draft.program.zone;
    let day = zone.day(new.at);
    let too_late = match once.again {
        Again::Never => false,
        Again::Each(every) => every.number(day) < catch_up::oldest_kept(every, &draft.today),
        Again::After(_) => day < oldest_told(&draft.today),
    };
    if too_late {
        // What was done so long ago is forgotten, and a late event must not pass for the first.
        return Err(Idle::TooLate);
    }
    let Some(engaged) = draft.state.wallet.engaged() else {
        return Ok(());
    };
    let of_activity = || {
        engaged
            .done
            .iter()
            .filter(|old| old.activity == new.activity)
    };
    let same = of_activity().filter(|old| old.about == new.about);
    // When it counts again, by each that stands in its way.
    let next = same.filter_map(|old| {
        let before = zone.day(old.at);
        match once.again {
            Again::Never => Some(None),
            Again::Each(every) => (every.number(before) == every.number(day))
                .then(|| Some(every.first_day(every.number(day).saturating_add(1)))),
            Again::After(span) => {
                (span.after(before.min(day)) > before.max(day)).then(|| Some(span.after(before)))
            }
        }
    });
    if let Some(next) = next.max() {
        return Err(Idle::Again(next.map(|day| zone.start_of(day))));
    }
    if of_activity().count() >= Done::KEPT {
        return Err(Idle::Again(None));
    }
    Ok(())
}

/// What counts again after so long is told at most so many days late.
fn oldest_told(today: &Almanac) -> CivilDay {
    today.day.plus_days(-92)
}

/// Drops what counts once per period, of periods so long ago that nothing can come for them any
/// more.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    let program = draft.program;
    let Some(engaged) = draft.state.wallet.engaged() else {
        return;
    };
    let over = |old: &&Done| {
        let rule = program
            .activities
            .iter()
            .find(|own| own.name == old.activity);
        let day = program.zone.day(old.at);
        match rule
            .and_then(|rule| rule.once.as_ref())
            .map(|once| once.again)
        {
            None | Some(Again::Never) => false,
            Some(Again::Each(every)) => {
                every.number(day) < catch_up::oldest_kept(every, &draft.today)
            }
            Some(Again::After(span)) => span.after(day) < oldest_told(&draft.today),
        }
    };
    let ended: Vec<Done> = engaged.done.iter().filter(over).copied().collect();
    for done in ended {
        draft.take(Change::Undone(done));
    }
}
