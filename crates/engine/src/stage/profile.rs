//! A member completes their profile.
//!
//! *Ana adds her telephone number: 10 beans. Emptying the field and filling it again gives nothing:
//! each field pays once ever. Which number it is stays with the shop; here only the name of the
//! field is known.*

use crate::draft::Draft;
use crate::event::{Activity, Event, Value};
use crate::outcome::{Change, Note, Refusal};
use crate::stage::earn;
use regulars_base::{Name, Text};

/// The program must keep all of these fields.
pub(crate) fn check(draft: &Draft<'_>, fields: &[Text]) -> Result<(), Refusal> {
    let known = &draft.program.profile.fields;
    let unknown = |field: &&Text| !known.iter().any(|(own, _)| own == field.as_str());
    match fields.iter().find(unknown) {
        Some(field) => Err(Refusal::UnknownProfileField {
            field: field.clone(),
        }),
        None => Ok(()),
    }
}

/// These fields are filled; those that were not before count, one by one.
pub(crate) fn fill(draft: &mut Draft<'_>, event: &Event, fields: &[Text]) {
    for id in fields {
        let field = Name::of(id.as_str());
        let filled = |draft: &Draft<'_>, field: Name| {
            let engaged = draft.state.wallet.engaged();
            engaged.is_some_and(|own| own.profile.contains(&field))
        };
        if filled(draft, field) {
            continue;
        }
        draft.take(Change::ProfileFilled(field));
        draft.note(Note::ProfileFilled { field });
        let all = &draft.program.profile.fields;
        let left = all.iter().filter(|(_, own)| !filled(draft, *own)).count();
        let text = |text: &str| Text::new(text).unwrap_or_default();
        let activity = Activity {
            name: text("profile"),
            store: Text::default(),
            fields: vec![
                (text("field"), Value::Text(id.clone())),
                (
                    text("left"),
                    Value::Int(i64::try_from(left).unwrap_or(i64::MAX)),
                ),
            ],
        };
        earn::activity(draft, event, &activity, event.occurred_at);
    }
}
