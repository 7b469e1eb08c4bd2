//! API keys and merchants on the wire.

use crate::json::{self, At, Fields, FromJson};
use regulars_base::{Text, Timestamp};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeName {
    /// Look: members, balances, ledger, programs, previews.
    Read,
    /// Send events, enrol and change members.
    Ingest,
    /// Redemptions: reserve, commit, cancel.
    Redeem,
    /// Adjust points by hand, merge members.
    Adjust,
    /// Apply and roll back programs.
    Program,
    /// Everything, keys too.
    Admin,
    /// What a cashier does: find the member before them, sell, redeem.
    Till,
}

impl ScopeName {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Read, "read"),
        (Self::Ingest, "ingest"),
        (Self::Redeem, "redeem"),
        (Self::Adjust, "adjust"),
        (Self::Program, "program"),
        (Self::Admin, "admin"),
        (Self::Till, "till"),
    ];

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        let named = |(scope, own): &(Self, &str)| (*own == name).then_some(*scope);
        Self::ALL.iter().find_map(named)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let is = |(scope, name): &(Self, &'static str)| (*scope == self).then_some(*name);
        Self::ALL.iter().find_map(is).unwrap_or("read")
    }
}

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiKeyIn {
    /// What it is for, in words.
    #[schema(value_type = String, example = "till in Berlin")]
    pub name: Text,
    /// What it may do.
    pub scopes: Vec<ScopeName>,
    /// Until when; for ever if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// The partner (by its id in the program file) whom it belongs to: it then sends this partner's
    /// own events, and sees what is this partner's own. Such a key may have `read`, `ingest` and
    /// `redeem`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "bakery")]
    pub partner: Option<Text>,
    /// The store where it is used: its sales and activities happened there; those of other stores are refused. Such a
    /// key may have `read`, `ingest`, `redeem` and `till`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "market-square")]
    pub store: Option<Text>,
    /// How much may be asked for with it: requests a second, and at once, as `100/200`. Left out: as much as
    /// the server lets others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "100/200")]
    pub rate: Option<Text>,
}

/// A key is to take the place of another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RotateKeyIn {
    /// For how many hours the old one is still taken: 0 to 720. Left out: 24.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 24)]
    pub overlap_hours: Option<i64>,
}

/// A key as it is listed: never the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyOut {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<ScopeName>,
    /// Since when.
    pub created_at: String,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Since when it is no longer taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<String>,
    /// The partner whom it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// The store where it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// How much may be asked for with it: requests a second, and at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "100/200")]
    pub rate: Option<String>,
    /// When it was last used, to the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<String>,
    /// The key. Only in the answer to its making: it is kept as a hash and never shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "reg_…")]
    pub secret: Option<String>,
}

/// A merchant's keys, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeysOut {
    /// One by one.
    pub items: Vec<ApiKeyOut>,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CallerOut {
    /// The merchant.
    pub tenant: String,
    /// The key's id.
    pub key: String,
    /// What the key is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<ScopeName>,
    /// The partner whom the key belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// The store where the key is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
}

/// A merchant to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TenantIn {
    /// Its name, unique on the server.
    #[schema(value_type = String, example = "corner-cafe")]
    pub name: Text,
}

/// A merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantOut {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// A first key that may do everything for this merchant. Only in the answer to its making.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ApiKeyOut>,
}

/// All merchants, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantsOut {
    /// One by one.
    pub items: Vec<TenantOut>,
}

/// Whether the server works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthOut {
    /// `ok`, or what is wrong with the database.
    pub status: String,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// How many events wait to be written.
    pub waiting: usize,
    /// The server's version.
    pub version: String,
}

impl FromJson for ApiKeyIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let name = fields.required_text("name", faults);
        let scopes = scopes_of(&mut fields, faults);
        let expires_at = fields.moment("expires_at", faults);
        let partner = fields.text("partner", faults);
        let store = fields.text("store", faults);
        let rate = fields.text("rate", faults);
        fields.finish(faults);
        Some(Self {
            name: name?,
            scopes,
            expires_at,
            partner: partner.filter(|id| !id.is_empty()),
            store: store.filter(|id| !id.is_empty()),
            rate: rate.filter(|rate| !rate.is_empty()),
        })
    }
}

impl FromJson for RotateKeyIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let overlap_hours = fields.integer("overlap_hours", faults);
        fields.finish(faults);
        Some(Self { overlap_hours })
    }
}

impl FromJson for TenantIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let name = fields.required_text("name", faults);
        fields.finish(faults);
        Some(Self { name: name? })
    }
}

/// The field `scopes`, which must name at least one.
pub(crate) fn scopes_of(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Vec<ScopeName> {
    let at = fields.at();
    let list = at.field("scopes");
    let mut scopes = Vec::new();
    let raws = fields
        .list("scopes", ScopeName::ALL.len(), faults)
        .unwrap_or_default();
    for (place, raw) in raws.into_iter().enumerate() {
        let at = list.item(place);
        let Some(name) = json::string(raw, at, faults) else {
            continue;
        };
        match ScopeName::by_name(&name) {
            Some(scope) => scopes.push(scope),
            None => {
                let names = ScopeName::ALL.map(|(_, name)| name).join(", ");
                faults.push(at.fault(format!("is no scope; the scopes are {names}")));
            }
        }
    }
    if scopes.is_empty() {
        faults.push(list.fault("is missing: name at least one scope"));
    }
    scopes
}
