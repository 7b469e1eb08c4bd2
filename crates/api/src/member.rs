//! Members on the wire.

use crate::json::{self, At, Fields, FromJson};
use regulars_base::{Text, Timestamp};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// By what a member is recognised. Unique within a merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentityIn {
    /// What sort: `email`, `phone`, `card`, `customer` ...
    #[schema(value_type = String, example = "email")]
    pub kind: Text,
    /// Its value. E-mail addresses, telephone numbers and numbers of cards may be written in any way: they
    /// are kept in one form. All others are what their source writes.
    #[schema(value_type = String, example = "ana@example.com")]
    pub value: Text,
}

/// By what a member is recognised, in its form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentityOut {
    /// What sort.
    #[schema(example = "phone")]
    pub kind: String,
    /// Its value, in its form: an e-mail address in small letters, a telephone number as in E.164, the number
    /// of a card without gaps.
    #[schema(example = "+4930123456")]
    pub value: String,
    /// How it was typed, where that is something else and one member is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "030 / 123456")]
    pub typed: Option<String>,
}

/// Somebody joins.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MemberIn {
    /// By what they are recognised: 1 to 20.
    pub identities: Vec<IdentityIn>,
    /// What else is known: any JSON values by name, at most 16 KiB in all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// When they joined; now if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The code of the member who sent them. Whether that counts, and what both get, is an event of its
    /// own; the balance says where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "7KQ3MXB2RT")]
    pub referral_code: Option<Text>,
}

/// What is to change of a member. What is not said stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct MemberPatch {
    /// Identities that come in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add_identities: Vec<IdentityIn>,
    /// Identities that go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_identities: Vec<IdentityIn>,
    /// Attributes that are set; `null` takes one away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
}

/// Into whom a member is merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MergeIn {
    /// The member who stays: an id (`mem_…`) or an identity (`email:ana@example.com`).
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub into: String,
}

/// A member, or a customer who is known and not enrolled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemberOut {
    /// Their id.
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub id: String,
    /// Since when a member; not there for a customer who is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled_at: Option<String>,
    /// Since when known.
    pub created_at: String,
    /// By what they are recognised, in one form.
    pub identities: Vec<IdentityOut>,
    /// What else is known.
    pub attributes: BTreeMap<String, Value>,
    /// Into whom they were merged, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
}

/// A member who joined, and what joining gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EnrolledOut {
    /// The member.
    pub member: MemberOut,
    /// What joining came to.
    pub receipt: crate::receipt::ReceiptOut,
}

/// The longest attributes, as JSON.
const ATTRIBUTES_MAX: usize = 16 * 1024;

impl FromJson for IdentityIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let kind = fields.required_text("kind", faults);
        let value = fields.required_text("value", faults);
        fields.finish(faults);
        Some(Self {
            kind: kind?,
            value: value?,
        })
    }
}

fn identities(
    fields: &mut Fields<'_>,
    name: &'static str,
    faults: &mut Vec<Fault>,
) -> Vec<IdentityIn> {
    let at = fields.at();
    let at = at.field(name);
    let raws = fields.list(name, 20, faults).unwrap_or_default();
    let read =
        |(place, raw): (usize, &RawValue)| IdentityIn::from_json(raw, at.item(place), faults);
    raws.into_iter().enumerate().filter_map(read).collect()
}

pub(crate) fn attributes(
    fields: &mut Fields<'_>,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, Value> {
    let at = fields.at();
    let at = at.field("attributes");
    let Some(raw) = fields.raw("attributes") else {
        return BTreeMap::new();
    };
    if raw.get().len() > ATTRIBUTES_MAX {
        faults.push(at.fault(format!("is longer than {ATTRIBUTES_MAX} bytes")));
        return BTreeMap::new();
    }
    if !raw.get().starts_with('{') {
        faults.push(at.fault(format!("is {}; an object is expected", json::kind(raw))));
        return BTreeMap::new();
    }
    match serde_json::from_str(raw.get()) {
        Ok(read) => read,
        Err(error) => {
            faults.push(at.fault(format!("cannot be read: {error}")));
            BTreeMap::new()
        }
    }
}

impl FromJson for MemberIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let identities = identities(&mut fields, "identities", faults);
        if identities.is_empty() {
            let what = "is missing: name at least one identity, such as an e-mail address";
            faults.push(at.field("identities").fault(what));
        }
        let attributes = attributes(&mut fields, faults);
        let moment = fields.moment("at", faults);
        let referral_code = fields.text("referral_code", faults);
        fields.finish(faults);
        Some(Self {
            identities,
            attributes,
            at: moment,
            referral_code,
        })
    }
}

impl FromJson for MemberPatch {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let patch = Self {
            add_identities: identities(&mut fields, "add_identities", faults),
            remove_identities: identities(&mut fields, "remove_identities", faults),
            attributes: attributes(&mut fields, faults),
        };
        fields.finish(faults);
        Some(patch)
    }
}

impl FromJson for MergeIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let into = fields.required_text("into", faults);
        fields.finish(faults);
        Some(Self {
            into: into?.to_string(),
        })
    }
}
