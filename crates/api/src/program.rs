//! Program versions on the wire.

use crate::amount::Amount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a check of a program file found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckOut {
    /// Whether it can be applied.
    pub ok: bool,
    /// What people call the program, if it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// SHA-256 of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// All that is wrong or doubtful, in order of the file.
    pub findings: Vec<FindingOut>,
}

/// Something that is wrong with a program file, or doubtful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingOut {
    /// Wrong (`true`), or only doubtful.
    pub error: bool,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    #[schema(example = "unknown field `categroy`")]
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "did you mean `category`?")]
    pub hint: Option<String>,
}

/// What a program file would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanOut {
    /// The version in force that it is compared with, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<i64>,
    /// The differences in words, rule by rule; empty if there is none.
    pub differences: Vec<String>,
    /// The effect on the last purchases, each decided afresh by both versions.
    pub effect: EffectOut,
}

/// The effect of a program file on recorded purchases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EffectOut {
    /// How many purchases were looked at.
    pub purchases: u64,
    /// How many would give something else.
    pub changed: u64,
    /// Points given for them, before and after.
    pub points: Vec<EffectPointsOut>,
    /// How many members would get more.
    pub members_better: u64,
    /// How many members would get less.
    pub members_worse: u64,
}

/// Points given for the purchases that were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EffectPointsOut {
    /// Which.
    pub points: String,
    /// By the version in force.
    pub before: Amount,
    /// By the file.
    pub after: Amount,
}

/// A program version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionOut {
    /// Its number, from 1.
    pub version: i64,
    /// SHA-256 of its text.
    pub hash: String,
    /// What people call the program.
    pub name: String,
    /// From when on it decides, by the time of the event.
    pub in_force_from: String,
    /// When it was applied.
    pub applied_at: String,
    /// Who applied it.
    pub by: String,
    /// Why.
    pub note: String,
}

/// All versions, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionsOut {
    /// One by one.
    pub items: Vec<VersionOut>,
}
