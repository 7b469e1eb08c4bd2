//! Households and organisations on the wire.

use crate::amount::Amount;
use crate::balance::{ChallengeOut, PointsBalanceOut};
use crate::event::{group_set, group_spend_max};
use crate::json::{At, Fields, FromJson};
use crate::member::IdentityIn;
use crate::receipt::PointsOut;
use regulars_base::Text;
use regulars_engine::event::{Fault, GroupSet};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is known of a group. What is left out is not known of it (any more).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupIn {
    /// By what it is recognised: a number of yours, a VAT number. Needed to found one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityIn>,
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
    /// Who heads it from the beginning, if somebody does: an id or an identity. They come in at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "email:ana@example.com")]
    pub head: Option<String>,
    /// Who does it, if it is somebody who belongs to the group and not the merchant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// [`GroupIn`] as it was read.
#[derive(Clone, Debug)]
pub struct GroupRead {
    /// By what it is recognised.
    pub identity: Option<IdentityIn>,
    /// What is known of it.
    pub set: GroupSet,
    /// Who heads it.
    pub head: Option<Text>,
    /// Who does it.
    pub by: Option<Text>,
}

/// Somebody may come into a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonIn {
    /// Who: an id or an identity.
    #[schema(example = "email:bo@example.com")]
    pub person: String,
    /// As what; the head of a group that has nobody yet, or the second role of the program file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "child")]
    pub role: Option<String>,
    /// Who invites, if it is somebody who belongs to the group and not the merchant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Somebody has another role, or may spend otherwise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonRoleIn {
    /// Their role; the one that they have, if left out. Who gets that of the head takes it over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "child")]
    pub role: Option<String>,
    /// What they may spend in a calendar month, by the points' ids; what their role may, if left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub spend_max: BTreeMap<String, Amount>,
    /// Who does it, if it is somebody who belongs to the group and not the merchant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// [`PersonRoleIn`] as it was read.
#[derive(Clone, Debug)]
pub struct PersonRoleRead {
    /// Their role; empty for the one that they have.
    pub role: Text,
    /// What they may spend in a month.
    pub spend_max: Vec<(Text, i64)>,
    /// Who does it.
    pub by: Option<Text>,
}

/// Who does something to a group.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ByIn {
    /// Who, if it is somebody who belongs to the group and not the merchant: an id or an identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// The group that a member comes into.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JoinGroupIn {
    /// Which: an id or an identity.
    #[schema(example = "family:smith")]
    pub group: String,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupOut {
    /// Its id: a group is a member of its own.
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub id: String,
    /// What sort of group, by its id in the program file.
    #[schema(example = "family")]
    pub group: String,
    /// What people call it.
    pub title: String,
    /// Who at the merchant's looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// When its contract begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The first moment at which the contract is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Since when it is no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<String>,
    /// Its people, in the order in which they came.
    pub people: Vec<PersonOut>,
    /// Who may come in.
    pub invited: Vec<InvitedOut>,
    /// What it has, one for each kind of points of the program.
    pub points: Vec<PointsBalanceOut>,
}

/// A challenge that a team does together, and who did how much of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamChallengeOut {
    /// How far the team has come.
    pub challenge: ChallengeOut,
    /// What its people did who chose a nickname, those who did most of the first step first.
    pub people: Vec<TeamPartOut>,
    /// How many others took part.
    pub others: u32,
    /// What those did together, step by step.
    pub others_did: Vec<i64>,
}

/// What somebody did for their team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamPartOut {
    /// Who.
    #[schema(example = "Bean Queen")]
    pub nickname: String,
    /// How much of each step.
    pub did: Vec<i64>,
    /// Whether the goal is reached and they did enough for it.
    pub gets: bool,
}

/// Somebody who belongs to a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonOut {
    /// Who.
    pub member: String,
    /// Their role.
    #[schema(example = "adult")]
    pub role: String,
    /// Since when.
    pub since: String,
    /// What they brought in: earned (and not taken back since), and brought along.
    pub brought: Vec<PointsOut>,
    /// What they spent in the month in which they spent last.
    pub spent: Vec<PointsOut>,
    /// What they may spend in a month, where that is not what their role may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spend_max: Vec<PointsOut>,
    /// What they would take along, if they left now.
    pub share: Vec<PointsOut>,
}

/// Somebody who may come in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitedOut {
    /// Who.
    pub member: String,
    /// As what.
    pub role: String,
    /// The first moment at which they may no more.
    pub until: String,
}

/// Groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupsOut {
    /// In the order of their ids.
    pub items: Vec<GroupOut>,
}

/// A field that may be left out, or empty.
fn maybe(fields: &mut Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Option<Text> {
    fields.text(name, faults).filter(|text| !text.is_empty())
}

impl FromJson for GroupRead {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let identity = fields.raw("identity");
        let identity =
            identity.and_then(|raw| IdentityIn::from_json(raw, at.field("identity"), faults));
        let set = group_set(&mut fields, faults);
        let head = maybe(&mut fields, "head", faults);
        let by = maybe(&mut fields, "by", faults);
        fields.finish(faults);
        Some(Self {
            identity,
            set: set?,
            head,
            by,
        })
    }
}

impl FromJson for PersonIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let person = fields.required_text("person", faults);
        let role = maybe(&mut fields, "role", faults);
        let by = maybe(&mut fields, "by", faults);
        fields.finish(faults);
        Some(Self {
            person: person?.to_string(),
            role: role.map(|role| role.to_string()),
            by: by.map(|by| by.to_string()),
        })
    }
}

impl PersonRoleRead {
    /// Reads it. `decimals` are those of points by their id.
    pub fn read(raw: &RawValue, decimals: &dyn Fn(&str) -> Option<u8>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let Some(mut fields) = Fields::read(raw, At::ROOT, &mut faults) else {
            return Err(faults);
        };
        let read = Self {
            role: fields.text_or_empty("role", &mut faults),
            spend_max: group_spend_max(&mut fields, decimals, &mut faults),
            by: maybe(&mut fields, "by", &mut faults),
        };
        fields.finish(&mut faults);
        match faults.is_empty() {
            true => Ok(read),
            false => Err(faults),
        }
    }
}

impl FromJson for ByIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let by = maybe(&mut fields, "by", faults);
        fields.finish(faults);
        Some(Self {
            by: by.map(|by| by.to_string()),
        })
    }
}

impl FromJson for JoinGroupIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let group = fields.required_text("group", faults);
        fields.finish(faults);
        Some(Self {
            group: group?.to_string(),
        })
    }
}
