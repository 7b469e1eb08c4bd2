//! Members who may be one person, on the wire.

use crate::json::{At, Fields, FromJson};
use crate::member::MemberOut;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Two members who may be one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateOut {
    /// The one who has been here longer.
    pub one: MemberOut,
    /// The other.
    pub other: MemberOut,
    /// How much speaks for it: 1 to 99.
    #[schema(example = 70)]
    pub score: i64,
    /// Why: `email` (the same but for capitals, dots and what follows a plus), `phone`, `card`,
    /// `name_birthday`, `address`.
    #[schema(example = json!(["phone"]))]
    pub reasons: Vec<String>,
    /// `found`, or `not_same` where somebody said that they are two.
    #[schema(example = "found")]
    pub state: String,
    /// When it was found last.
    pub found_at: String,
}

/// How many pairs there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DuplicatesFoundOut {
    /// So many pairs wait for somebody to look at them.
    pub pairs: u64,
}

/// What somebody says of two members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartDuplicateIn {
    /// The one: an id (`mem_…`), or an identity (`email:ana@example.com`).
    pub one: String,
    /// The other.
    pub other: String,
    /// Whether they are two people (so if left out); `false` takes that back.
    #[serde(default)]
    pub not_same: bool,
}

impl FromJson for PartDuplicateIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let one = fields.required_text("one", faults);
        let other = fields.required_text("other", faults);
        let not_same = fields.boolean("not_same", faults);
        fields.finish(faults);
        Some(Self {
            one: one?.to_string(),
            other: other?.to_string(),
            not_same: not_same.unwrap_or(true),
        })
    }
}
