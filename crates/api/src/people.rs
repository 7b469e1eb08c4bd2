//! People, roles and the audit trail, on the wire.

use crate::access::{ScopeName, scopes_of};
use crate::json::{self, At, Fields, FromJson};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The most roles of one person.
const ROLES_MOST: usize = 20;

/// Somebody who works with the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffPersonOut {
    /// Their id.
    #[schema(example = "per_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub id: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// Their roles, by id.
    pub roles: Vec<String>,
    /// The partner whom they work for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// `invited`, `active` or `disabled`.
    pub state: String,
    /// Since when they are known.
    pub created_at: String,
    /// When they last signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in_at: Option<String>,
    /// Whether they show a second factor beside their password.
    #[serde(default)]
    pub second_factor: bool,
    /// Until when their invitation is good, if one is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_until: Option<String>,
    /// The invitation: whoever has it comes in as this person, once. Only in the answer to an
    /// invitation: it is kept as a hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "inv_…")]
    pub invitation: Option<String>,
}

/// A merchant's people, by age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeopleOut {
    /// One by one.
    pub items: Vec<StaffPersonOut>,
}

/// Somebody to be invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StaffPersonIn {
    /// Their e-mail address.
    #[schema(example = "mia@example.com")]
    pub email: String,
    /// What they are called.
    #[schema(example = "Mia Brandt")]
    pub name: String,
    /// Their roles, by id.
    #[schema(required = false)]
    pub roles: Vec<String>,
    /// The partner (by its id in the program file) whom they work for. Their roles may then have `read`,
    /// `ingest` and `redeem`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
}

/// What is to change of a person. What is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonPatchIn {
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their roles, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Whether they may come in. Once they may not, their sessions are over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// What people of a kind may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleOut {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What its people may do.
    pub scopes: Vec<ScopeName>,
    /// How many points they may adjust by themselves; more needs a second person. Left out: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjust_most: Option<i64>,
    /// How much money, in whole units of the program's currency, they may put into store credit or onto gift
    /// cards. Left out: any amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money_most: Option<i64>,
    /// Whether it is always there and never changes.
    pub built_in: bool,
}

/// All roles: those that are built in, then the merchant's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RolesOut {
    /// One by one.
    pub items: Vec<RoleOut>,
}

/// A role to be made or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoleIn {
    /// What people call it.
    #[schema(example = "Night shift")]
    pub name: String,
    /// What its people may do.
    pub scopes: Vec<ScopeName>,
    /// How many points they may adjust by themselves; left out: any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjust_most: Option<i64>,
    /// How much money, in whole units of the program's currency, they may put into store credit or onto gift
    /// cards; left out: any amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub money_most: Option<i64>,
}

/// An invitation that is taken up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TakeUpIn {
    /// The invitation.
    #[schema(example = "inv_…")]
    pub invitation: String,
    /// The password: at least 12 characters.
    pub password: String,
}

/// Somebody signs in by e-mail address and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PasswordIn {
    /// Their e-mail address.
    pub email: String,
    /// Their password.
    pub password: String,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActOut {
    /// Its number in the trail, from 1, without gaps.
    pub no: i64,
    /// When.
    pub at: String,
    /// The id of the person (`per_…`) or the key (`key_…`).
    pub actor: String,
    /// What they are called.
    pub name: String,
    /// What they did: the operation of this API.
    #[schema(example = "create_key")]
    pub act: String,
    /// The same in words.
    pub words: String,
    /// To what.
    pub target: String,
    /// Why it was not done: the code of the refusal. Left out if it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// How it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// How it is since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The request, as it stands in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Covers all of the line and the hash of the one before.
    pub hash: String,
}

/// What proving the trail came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditProofOut {
    /// Whether every line is as it was written.
    pub ok: bool,
    /// How many there are.
    pub lines: i64,
    /// The hash of the newest: who keeps it elsewhere can prove later that nothing before it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// The first line that is not as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong: Option<i64>,
}

impl FromJson for StaffPersonIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let email = fields.required_text("email", faults);
        let name = fields.required_text("name", faults);
        let roles = words(&mut fields, "roles", faults);
        let partner = fields.text("partner", faults);
        fields.finish(faults);
        Some(Self {
            email: email?.to_string(),
            name: name?.to_string(),
            roles: roles.unwrap_or_default(),
            partner: partner.filter(|id| !id.is_empty()).map(|id| id.to_string()),
        })
    }
}

impl FromJson for PersonPatchIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let name = fields.text("name", faults);
        let roles = words(&mut fields, "roles", faults);
        let enabled = fields.boolean("enabled", faults);
        fields.finish(faults);
        Some(Self {
            name: name.map(|name| name.to_string()),
            roles,
            enabled,
        })
    }
}

impl FromJson for RoleIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let name = fields.required_text("name", faults);
        let scopes = scopes_of(&mut fields, faults);
        let adjust_most = fields.integer("adjust_most", faults);
        let money_most = fields.integer("money_most", faults);
        fields.finish(faults);
        Some(Self {
            name: name?.to_string(),
            scopes,
            adjust_most,
            money_most,
        })
    }
}

impl FromJson for TakeUpIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let invitation = fields.required_text("invitation", faults);
        let password = secret(&mut fields, faults);
        fields.finish(faults);
        Some(Self {
            invitation: invitation?.to_string(),
            password: password?,
        })
    }
}

impl FromJson for PasswordIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let email = fields.required_text("email", faults);
        let password = secret(&mut fields, faults);
        fields.finish(faults);
        Some(Self {
            email: email?.to_string(),
            password: password?,
        })
    }
}

/// A password: as it was typed, and longer than other texts may be.
fn secret(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<String> {
    let at = fields.at();
    let raw = fields.required("password", faults)?;
    json::string(raw, at.field("password"), faults).map(|text| text.into_owned())
}

/// A list of short texts, if the field is there.
pub(crate) fn words(
    fields: &mut Fields<'_>,
    name: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<Vec<String>> {
    words_up_to(ROLES_MOST, fields, name, faults)
}

/// The same, of so many at most.
pub(crate) fn words_up_to(
    most: usize,
    fields: &mut Fields<'_>,
    name: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<Vec<String>> {
    let at = fields.at();
    let list = at.field(name);
    let raws = fields.list(name, most, faults)?;
    let mut texts = Vec::with_capacity(raws.len());
    for (place, raw) in raws.into_iter().enumerate() {
        if let Some(text) = json::string(raw, list.item(place), faults) {
            texts.push(text.into_owned());
        }
    }
    Some(texts)
}
