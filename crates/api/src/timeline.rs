//! What happened with a member, in one list, on the wire.

use crate::json::{At, Fields, FromJson};
use crate::receipt::PointsOut;
use regulars_base::Timestamp;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Something that happened with a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HappenedOut {
    /// What sort: `entry` (of the ledger), `message`, `survey`, `case` or `contact`.
    #[schema(example = "entry")]
    pub kind: String,
    /// When.
    pub at: String,
    /// What tells it from all others of its sort: the place in the ledger, or an id.
    pub id: String,
    /// What it is, in one word: the event's type, the channel, the survey, the case's cause, how they were
    /// spoken with.
    #[schema(example = "purchase")]
    pub what: String,
    /// How it stands: `accepted` or `refused`, the stage of a message or an asking, the state of a case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The order that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// What it says, or why it is so: reasons, a subject, why a message was not sent, what was said.
    pub says: Vec<String>,
    /// Points that moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointsOut>,
    /// Who it was, of the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A contact with a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactOut {
    /// Its id.
    pub id: String,
    /// How they were spoken with: `phone`, `chat`, `in_person` or `post`.
    #[schema(example = "phone")]
    pub kind: String,
    /// When.
    pub at: String,
    /// What was said.
    pub text: String,
    /// Who noted it; left out for the member themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Somebody spoke with a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactIn {
    /// How: `phone`, `chat`, `in_person` or `post`.
    #[schema(example = "phone")]
    pub kind: String,
    /// When; now if left out.
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    /// What was said.
    pub text: String,
}

impl FromJson for ContactIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let kind = fields.required_string("kind", faults);
        let when = fields.moment("at", faults);
        let text = fields.required_string("text", faults);
        fields.finish(faults);
        Some(Self {
            kind: kind?,
            at: when,
            text: text?,
        })
    }
}
