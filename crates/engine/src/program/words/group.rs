//! What happened to groups, in words.

use super::{amount_of, id_of};
use crate::outcome::{GroupNote, Note};
use crate::program::Program;
use regulars_base::Name;

/// A note about groups, as a sentence; nothing for other notes.
pub(super) fn sentence(program: &Program, note: &Note) -> Option<String> {
    let Note::Group(note) = note else { return None };
    let of = |points: &Name, n: &i64| amount_of(program, *points, *n);
    let role = |name: &Name| id_of(program, *name);
    Some(match note {
        GroupNote::By { person } => format!("{person} acted for the group"),
        GroupNote::Founded => "the group was founded".to_owned(),
        GroupNote::Changed => "what is known of the group was changed".to_owned(),
        GroupNote::Invited {
            person,
            role: name,
            until,
        } => format!(
            "{person} is invited as {} until {}",
            role(name),
            program.zone.day(*until)
        ),
        GroupNote::Wanted {
            group,
            role: name,
            until,
        } => format!(
            "invited into {group} as {} until {}",
            role(name),
            program.zone.day(*until)
        ),
        GroupNote::Asked { group } => format!("asked to come into {group}"),
        GroupNote::Entered { person, role: name } => {
            format!("{person} came into the group as {}", role(name))
        }
        GroupNote::TurnedAway { person, why } => {
            format!("{person} was not let in: {}", super::refusal(program, why))
        }
        GroupNote::Joined { group, role: name } => {
            format!("came into {group} as {}", role(name))
        }
        GroupNote::NotLetIn { group, why } => {
            format!("was not let into {group}: {}", super::refusal(program, why))
        }
        GroupNote::BroughtAlong { points, amount } => {
            format!("{} brought along into the group", of(points, amount))
        }
        GroupNote::CameIn {
            person,
            points,
            amount,
        } => format!("{} came in with {person}", of(points, amount)),
        GroupNote::Out { person } => format!("{person} left the group"),
        GroupNote::Share {
            person,
            points,
            amount,
        } => format!("{} taken along by {person}", of(points, amount)),
        GroupNote::Left { group } => format!("left {group}"),
        GroupNote::Got { points, amount } => {
            format!("{} taken along from the group", of(points, amount))
        }
        GroupNote::Role { person, role: name } => format!("{person} is {} now", role(name)),
        GroupNote::Closed => "the group was closed".to_owned(),
        GroupNote::OutsideContract => {
            "it earns nothing: the contract of the group did not hold then".to_owned()
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
