//! Notes of what members did without buying, and told of themselves, in words.

use super::id_of;
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
fn activity(program: &Program, name: Name) -> &str {
    if name == Name::of("visit") {
        return "visit";
    }
    let own = program.activities.iter().find(|own| own.name == name);
    own.map_or("(of an earlier program)", |own| &own.id)
}

fn field(program: &Program, name: Name) -> &str {
    let mut fields = program.profile.fields.iter();
    let own = fields.find(|(_, own)| *own == name);
    own.map_or_else(|| id_of(program, name), |(id, _)| id)
}

/// A note as a sentence; nothing if it is of another kind.
pub(super) fn sentence(program: &Program, note: &Note) -> Option<String> {
    let moment = |at: &regulars_base::Timestamp| {
        let (day, second) = program.zone.local(*at);
        format!("{day} {:02}:{:02}", second / 3600, second / 60 % 60)
    };
    let day = |at: &regulars_base::Timestamp| program.zone.day(*at);
    Some(match note {
        Note::NotCounted { activity: own, why } => {
            let why = match why {
                Idle::TooSoon(again) => {
                    format!(
                        "it is too soon after the last, it counts again from {} on",
                        moment(again)
                    )
                }
                Idle::Again(Some(again)) => {
                    format!(
                        "it was done already, it counts again from {} on",
                        moment(again)
                    )
                }
                Idle::Again(None) => "it was done already, and counts once".to_owned(),
                Idle::TooLate => "it is told too late to count".to_owned(),
            };
            format!("{}: not counted, {why}", activity(program, *own))
        }
        Note::Submitted {
            activity: own,
            until,
        } => format!(
            "{}: waits to be approved, until {}",
            activity(program, *own),
            day(until)
        ),
        Note::Moderated {
            activity: own,
            approved: true,
        } => format!("{}: approved", activity(program, *own)),
        Note::Moderated { activity: own, .. } => {
            format!("{}: rejected, and gives nothing", activity(program, *own))
        }
        Note::SubmissionLapsed { activity: own } => format!(
            "{}: nobody approved it in time, it gives nothing",
            activity(program, *own)
        ),
        Note::Consented {
            purpose,
            given: true,
        } => format!("{}: allowed", activity(program, *purpose)),
        Note::Consented { purpose, .. } => {
            format!("{}: allowed no more", activity(program, *purpose))
        }
        Note::ProfileFilled { field: own } => {
            format!("profile: `{}` is filled", field(program, *own))
        }
        Note::BirthdaySet { gift_at } => {
            format!("the birthday is known, its gift comes on {}", day(gift_at))
        }
        Note::Birthday { at } => format!("birthday, on {}", day(at)),
        Note::Anniversary { years: 1, at } => format!("a member for 1 year, on {}", day(at)),
        Note::Anniversary { years, at } => format!("a member for {years} years, on {}", day(at)),
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
            format!("{}: {why}", activity(program, *own))
        }
        Note::Submitted { activity: own, .. } => format!("{}: waits", activity(program, *own)),
        Note::Moderated {
            activity: own,
            approved,
        } => {
            let word = if *approved { "approved" } else { "rejected" };
            format!("{}: {word}", activity(program, *own))
        }
        Note::SubmissionLapsed { activity: own } => format!("{}: lapsed", activity(program, *own)),
        Note::Consented { purpose, given } => {
            let word = if *given { "given" } else { "withdrawn" };
            format!("{}: {word}", activity(program, *purpose))
        }
        Note::ProfileFilled { field: own } => format!("profile {}: filled", field(program, *own)),
        Note::BirthdaySet { .. } => "birthday set".to_owned(),
        Note::Birthday { .. } => "birthday".to_owned(),
        Note::Anniversary { years, .. } => format!("anniversary {years}"),
        _ => return None,
    })
}
