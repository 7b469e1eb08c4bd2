//! What happened to groups, in words.

use super::language::say;
use super::{Reader, id_of};
use crate::outcome::{GroupNote, Note};
use crate::program::Program;
use regulars_base::Name;

/// A note about groups, as a sentence; nothing for other notes.
pub(super) fn sentence(reader: Reader<'_>, note: &Note) -> Option<String> {
    let Note::Group(note) = note else { return None };
    let of = |points: &Name, n: &i64| reader.of(*points, *n);
    let role = |name: &Name| reader.id(*name);
    Some(match note {
        GroupNote::By { person } => say!(reader, "{person} acted for the group", person),
        GroupNote::Founded => say!(reader, "the group was founded"),
        GroupNote::Changed => say!(reader, "what is known of the group was changed"),
        GroupNote::Invited {
            person,
            role: name,
            until,
        } => say!(
            reader,
            "{person} is invited as {role} until {day}",
            person,
            role = role(name),
            day = reader.day(*until)
        ),
        GroupNote::Wanted {
            group,
            role: name,
            until,
        } => say!(
            reader,
            "invited into {group} as {role} until {day}",
            group,
            role = role(name),
            day = reader.day(*until)
        ),
        GroupNote::Asked { group } => say!(reader, "asked to come into {group}", group),
        GroupNote::Entered { person, role: name } => {
            say!(
                reader,
                "{person} came into the group as {role}",
                person,
                role = role(name)
            )
        }
        GroupNote::TurnedAway { person, why } => {
            say!(
                reader,
                "{person} was not let in: {why}",
                person,
                why = super::refusal(reader, why)
            )
        }
        GroupNote::Joined { group, role: name } => {
            say!(
                reader,
                "came into {group} as {role}",
                group,
                role = role(name)
            )
        }
        GroupNote::NotLetIn { group, why } => {
            say!(
                reader,
                "was not let into {group}: {why}",
                group,
                why = super::refusal(reader, why)
            )
        }
        GroupNote::BroughtAlong { points, amount } => {
            say!(
                reader,
                "{amount} brought along into the group",
                amount = of(points, amount)
            )
        }
        GroupNote::CameIn {
            person,
            points,
            amount,
        } => say!(
            reader,
            "{amount} came in with {person}",
            amount = of(points, amount),
            person
        ),
        GroupNote::Out { person } => say!(reader, "{person} left the group", person),
        GroupNote::Share {
            person,
            points,
            amount,
        } => say!(
            reader,
            "{amount} taken along by {person}",
            amount = of(points, amount),
            person
        ),
        GroupNote::Left { group } => say!(reader, "left {group}", group),
        GroupNote::Got { points, amount } => {
            say!(
                reader,
                "{amount} taken along from the group",
                amount = of(points, amount)
            )
        }
        GroupNote::Role { person, role: name } => {
            say!(reader, "{person} is {role} now", person, role = role(name))
        }
        GroupNote::Closed => say!(reader, "the group was closed"),
        GroupNote::OutsideContract => {
            say!(
                reader,
                "it earns nothing: the contract of the group did not hold then"
            )
        }
    })
}

/// The few words that stories assert; nothing for other notes, and none that name members alone.
pub(super) fn short(program: &Program, note: &Note) -> Option<String> {
    let Note::Group(note) = note else { return None };
    let of = |points: &Name, n: &i64| super::short::of(program, *points, *n);
    let role = |name: &Name| id_of(program, *name);
    let why = |why| super::refusal(program, why);
    Some(match note {
        GroupNote::By { .. } => "group: by a person".to_owned(),
        GroupNote::Founded => "group: founded".to_owned(),
        GroupNote::Changed => "group: changed".to_owned(),
        GroupNote::Invited { role: name, .. } => format!("group: invited as {}", role(name)),
        GroupNote::Wanted { role: name, .. } => format!("group: wanted as {}", role(name)),
        GroupNote::Asked { .. } => "group: asked".to_owned(),
        GroupNote::Entered { role: name, .. } => format!("group: entered as {}", role(name)),
        GroupNote::TurnedAway { why: own, .. } => format!("group: turned away: {}", why(own)),
        GroupNote::Joined { role: name, .. } => format!("group: joined as {}", role(name)),
        GroupNote::NotLetIn { why: own, .. } => format!("group: not let in: {}", why(own)),
        GroupNote::BroughtAlong { points, amount } => {
            format!("group: {} brought along", of(points, amount))
        }
        GroupNote::CameIn { points, amount, .. } => {
            format!("group: {} came in", of(points, amount))
        }
        GroupNote::Out { .. } => "group: out".to_owned(),
        GroupNote::Share { points, amount, .. } => format!("group: share {}", of(points, amount)),
        GroupNote::Left { .. } => "group: left".to_owned(),
        GroupNote::Got { points, amount } => format!("group: got {}", of(points, amount)),
        GroupNote::Role { role: name, .. } => format!("group: {} now", role(name)),
        GroupNote::Closed => "group: closed".to_owned(),
        GroupNote::OutsideContract => "group: outside its contract".to_owned(),
    })
}
