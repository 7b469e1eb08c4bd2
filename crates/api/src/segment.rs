//! Segments, on the wire.

use crate::json::{self, At, Fields, FromJson};
use crate::program::FindingOut;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentOut {
    /// Its id.
    #[schema(example = "away")]
    pub id: String,
    /// What people call it.
    #[schema(example = "Regulars who have not been here for a month")]
    pub name: String,
    /// Its condition.
    #[schema(example = "orders_ever >= 5 && days_since_order > 30")]
    pub condition: String,
    /// How often it was written: whoever changes it says which version they saw.
    pub version: i64,
    /// When it was made.
    pub made_at: String,
    /// When it was changed last.
    pub changed_at: String,
    /// How many members are in it.
    pub members: i64,
    /// What is wrong with its condition since the program changed; until it is mended, nobody comes or goes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingOut>,
}

/// All segments, by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentsOut {
    /// One by one.
    pub items: Vec<SegmentOut>,
    /// What a condition may name.
    pub figures: Vec<SegmentFigureOut>,
}

/// Something that a condition may name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentFigureOut {
    /// How it is written.
    #[schema(example = "orders(90)")]
    pub name: String,
    /// Of which type it is.
    #[schema(example = "a whole number")]
    pub kind: String,
    /// What it says.
    pub meaning: String,
}

/// A segment to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentIn {
    /// Its id: small letters, digits and hyphens.
    #[schema(example = "away")]
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its condition.
    #[schema(example = "orders_ever >= 5 && days_since_order > 30")]
    pub condition: String,
}

/// What a segment is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentChangeIn {
    /// The version that you saw.
    pub version: i64,
    /// What people call it.
    pub name: String,
    /// Its condition.
    pub condition: String,
}

/// A condition to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentPreviewIn {
    /// The condition.
    #[schema(example = "orders(90) == 0")]
    pub condition: String,
}

/// Whom a condition holds of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentPreviewOut {
    /// How many members.
    pub members: i64,
    /// Of how many.
    pub of: i64,
    /// Some of them, by id.
    pub sample: Vec<String>,
    /// Whether everything that happened was counted; if not, ask again in a moment.
    pub complete: bool,
}

/// Somebody who is in a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentMemberOut {
    /// Who.
    pub member: String,
    /// Since when.
    pub since: String,
}

/// Somebody who came into a segment, or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentMoveOut {
    /// Its number: grows, and has gaps.
    pub no: i64,
    /// Who.
    pub member: String,
    /// When it was seen.
    pub at: String,
    /// In (`true`) or out.
    pub entered: bool,
    /// `event`, `day` (nothing happened, but time passed), `score` (a model says something else of them) or `change`
    /// (of the segment).
    #[schema(example = "event")]
    pub cause: String,
    /// The source of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The id of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

/// How a segment grew, day by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentGrowthOut {
    /// The days, the oldest first.
    pub days: Vec<SegmentDayOut>,
}

/// A day of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SegmentDayOut {
    /// The day.
    #[schema(example = "2025-03-01")]
    pub day: String,
    /// How many came.
    pub entered: i64,
    /// How many went.
    pub left: i64,
    /// How many were in it at the end.
    pub members: i64,
}

/// A text that may be longer than a name.
fn long(
    fields: &mut Fields<'_>,
    (at, name): (At<'_>, &'static str),
    faults: &mut Vec<Fault>,
) -> Option<String> {
    let raw = fields.required(name, faults)?;
    json::string(raw, at.field(name), faults).map(std::borrow::Cow::into_owned)
}

impl FromJson for SegmentIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let id = fields.required_text("id", faults);
        let name = long(&mut fields, (at, "name"), faults);
        let condition = long(&mut fields, (at, "condition"), faults);
        fields.finish(faults);
        Some(Self {
            id: id?.to_string(),
            name: name?,
            condition: condition?,
        })
    }
}

impl FromJson for SegmentChangeIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("version") {
            faults.push(at.field("version").fault("is missing"));
        }
        let version = fields.integer("version", faults);
        let name = long(&mut fields, (at, "name"), faults);
        let condition = long(&mut fields, (at, "condition"), faults);
        fields.finish(faults);
        Some(Self {
            version: version?,
            name: name?,
            condition: condition?,
        })
    }
}

impl FromJson for SegmentPreviewIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let condition = long(&mut fields, (at, "condition"), faults);
        fields.finish(faults);
        Some(Self {
            condition: condition?,
        })
    }
}
