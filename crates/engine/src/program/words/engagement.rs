//! Notes of what members did without buying, and told of themselves, in words.

use super::Reader;
use super::language::{plural, say, word};
use crate::outcome::{Idle, Note};
use crate::program::Program;
use regulars_base::Name;

/// The names and ids of activities and of fields of the profile.
pub(super) fn ids(program: &Program) -> impl Iterator<Item = (Name, &String)> {
    let activities = program.activities.iter().map(|own| (own.name, &own.id));
    let fields = program.profile.fields.iter().map(|(id, name)| (*name, id));
    activities.chain(fields)
}

/// The id of an activity.
fn activity(reader: Reader<'_>, name: Name) -> &str {
    if name == Name::of("visit") {
        return "visit";
    }
    let own = reader
        .program
        .activities
        .iter()
        .find(|own| own.name == name);
    own.map_or_else(|| word!(reader, "(of an earlier program)"), |own| &own.id)
}

fn field(reader: Reader<'_>, name: Name) -> &str {
    let mut fields = reader.program.profile.fields.iter();
    let own = fields.find(|(_, own)| *own == name);
    own.map_or_else(|| reader.id(name), |(id, _)| id)
}

/// A note as a sentence; nothing if it is of another kind.
pub(super) fn sentence(reader: Reader<'_>, note: &Note) -> Option<String> {
    let day = |at: &regulars_base::Timestamp| reader.day(*at);
    Some(match note {
        Note::NotCounted { activity: own, why } => {
            let why = match why {
                Idle::TooSoon(again) => {
                    say!(
                        reader,
                        "it is too soon after the last, it counts again from {again} on",
                        again = reader.moment(*again)
                    )
                }
                Idle::Again(Some(again)) => {
                    say!(
                        reader,
                        "it was done already, it counts again from {again} on",
                        again = reader.moment(*again)
                    )
                }
                Idle::Again(None) => say!(reader, "it was done already, and counts once"),
                Idle::TooLate => say!(reader, "it is told too late to count"),
            };
            say!(
                reader,
                "{activity}: not counted, {why}",
                activity = activity(reader, *own),
                why
            )
        }
        Note::Submitted {
            activity: own,
            until,
        } => say!(
            reader,
            "{activity}: waits to be approved, until {day}",
            activity = activity(reader, *own),
            day = day(until)
        ),
        Note::Moderated {
            activity: own,
            approved: true,
        } => say!(
            reader,
            "{activity}: approved",
            activity = activity(reader, *own)
        ),
        Note::Moderated { activity: own, .. } => {
            say!(
                reader,
                "{activity}: rejected, and gives nothing",
                activity = activity(reader, *own)
            )
        }
        Note::SubmissionLapsed { activity: own } => say!(
            reader,
            "{activity}: nobody approved it in time, it gives nothing",
            activity = activity(reader, *own)
        ),
        Note::Consented {
            purpose,
            given: true,
        } => say!(
            reader,
            "{activity}: allowed",
            activity = activity(reader, *purpose)
        ),
        Note::Consented { purpose, .. } => {
            say!(
                reader,
                "{activity}: allowed no more",
                activity = activity(reader, *purpose)
            )
        }
        Note::ProfileFilled { field: own } => {
            say!(
                reader,
                "profile: `{field}` is filled",
                field = field(reader, *own)
            )
        }
        Note::BirthdaySet { gift_at } => {
            say!(
                reader,
                "the birthday is known, its gift comes on {day}",
                day = day(gift_at)
            )
        }
        Note::Birthday { at } => say!(reader, "birthday, on {day}", day = day(at)),
        Note::Anniversary { years, at } => plural!(
            reader,
            *years,
            "a member for {years} year, on {day}",
            "a member for {years} years, on {day}",
            years,
            day = day(at),
        ),
        _ => return None,
    })
}

/// A note in a few words; nothing if it is of another kind.
pub(super) fn short(program: &Program, note: &Note) -> Option<String> {
    Some(match note {
        Note::NotCounted { activity: own, why } => {
            let why = match why {
                Idle::TooSoon(_) => "too soon",
                Idle::Again(_) => "done already",
                Idle::TooLate => "too late",
            };
            format!("{}: {why}", activity(program.into(), *own))
        }
        Note::Submitted { activity: own, .. } => {
            format!("{}: waits", activity(program.into(), *own))
        }
        Note::Moderated {
            activity: own,
            approved,
        } => {
            let word = if *approved { "approved" } else { "rejected" };
            format!("{}: {word}", activity(program.into(), *own))
        }
        Note::SubmissionLapsed { activity: own } => {
            format!("{}: lapsed", activity(program.into(), *own))
        }
        Note::Consented { purpose, given } => {
            let word = if *given { "given" } else { "withdrawn" };
            format!("{}: {word}", activity(program.into(), *purpose))
        }
        Note::ProfileFilled { field: own } => {
            format!("profile {}: filled", field(program.into(), *own))
        }
        Note::BirthdaySet { .. } => "birthday set".to_owned(),
        Note::Birthday { .. } => "birthday".to_owned(),
        Note::Anniversary { years, .. } => format!("anniversary {years}"),
        _ => return None,
    })
}
