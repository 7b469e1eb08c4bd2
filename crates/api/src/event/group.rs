//! Events of households and organisations on the wire.

use super::people::member;
use super::{Door, HeadIn};
use crate::amount::Amount;
use crate::json::{self, Fields};
use regulars_base::Text;
use regulars_engine::event::{
    Fault, GroupInvite, GroupJoin, GroupLeave, GroupRole, GroupSet, Kind,
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The kinds that this file reads.
pub(super) const KINDS: [&str; 6] = [
    "group_set",
    "group_invite",
    "group_join",
    "group_leave",
    "group_role",
    "group_close",
];

/// The member is a group and no person, or something else is known of the group. What is left out is
/// not known of it (any more).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupSetIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// What sort of group, by its id in the program file.
    #[schema(example = "family")]
    pub group: String,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The Smiths")]
    pub title: Option<String>,
    /// Who at the merchant's looks after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// When its contract begins; what is bought before earns nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The first moment at which the contract is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Somebody may come into the group. Sent for the group, or for somebody in it who may invite.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupInviteIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Who: the member's id.
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub person: String,
    /// As what; the head of a group that has nobody yet, or the second role of the program file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "child")]
    pub role: Option<String>,
}

/// The member comes into a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupJoinIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which: the group's id.
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub group: String,
}

/// The member leaves the group, or puts somebody out of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupLeaveIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Who: the member's id; whoever the event is about, if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// Somebody in the group has another role, or may spend otherwise. Sent for the group, or for
/// somebody in it who may manage it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupRoleIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Who: the member's id.
    pub person: String,
    /// Their role; the one that they have, if left out. Who gets that of the head takes it over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What they may spend in a calendar month, by the points' ids; what their role may, if left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub spend_max: BTreeMap<String, Amount>,
}

/// The group is no more: everybody is out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupCloseIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
}

/// Reads an event of [`KINDS`].
pub(super) fn read(
    named: &str,
    fields: &mut Fields<'_>,
    door: &Door<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Kind> {
    Some(match named {
        "group_set" => Kind::GroupSet(Box::new(set(fields, faults)?)),
        "group_invite" => {
            let person = member(fields, "person", faults);
            let role = fields.text_or_empty("role", faults);
            let person = person?;
            Kind::GroupInvite(Box::new(GroupInvite { person, role }))
        }
        "group_join" => Kind::GroupJoin(GroupJoin {
            group: member(fields, "group", faults)?,
        }),
        "group_leave" => {
            let person = match fields.has("person") {
                true => Some(member(fields, "person", faults)?),
                false => {
                    let _ = fields.raw("person");
                    None
                }
            };
            Kind::GroupLeave(GroupLeave { person })
        }
        "group_role" => {
            let person = member(fields, "person", faults);
            let role = fields.text_or_empty("role", faults);
            let spend_max = spend_max(fields, door.decimals, faults);
            Kind::GroupRole(Box::new(GroupRole {
                person: person?,
                role,
                spend_max,
            }))
        }
        _ => Kind::GroupClose,
    })
}

/// What is known of a group.
pub(crate) fn set(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<GroupSet> {
    let at = fields.at();
    let group = fields.required_text("group", faults);
    let title = fields.text_or_empty("title", faults);
    let manager = fields.text_or_empty("manager", faults);
    let mut moment = |name: &'static str| match fields.has(name) {
        true => fields.moment(name, faults),
        false => {
            let _ = fields.raw(name);
            None
        }
    };
    let (from, until) = (moment("from"), moment("until"));
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        faults.push(at.field("until").fault("is not after `from`"));
    }
    Some(GroupSet {
        group: group?,
        title,
        manager,
        from,
        until,
    })
}

/// What somebody may spend in a month.
pub(crate) fn spend_max(
    fields: &mut Fields<'_>,
    decimals: &dyn Fn(&str) -> Option<u8>,
    faults: &mut Vec<Fault>,
) -> Vec<(Text, i64)> {
    let base = fields.at();
    let at = base.field("spend_max");
    let mut found = Vec::new();
    for (points, raw) in fields.pairs("spend_max", faults).unwrap_or_default() {
        let own = at.field(&points);
        let Some(written) = json::decimal(raw, own, faults) else {
            continue;
        };
        let places = decimals(&points).unwrap_or(0);
        match (Text::new(points.as_ref()), json::scaled(&written, places)) {
            (Ok(points), Ok(most)) if most >= 0 => found.push((points, most)),
            (Ok(_), Ok(_)) => faults.push(own.fault("must not be below zero")),
            (Err(error), _) => faults.push(own.fault(error.to_string())),
            (_, Err(what)) => faults.push(own.fault(what)),
        }
    }
    found
}
