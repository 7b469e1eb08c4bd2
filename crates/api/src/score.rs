//! Scores, on the wire: what models say of members.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What scores there are, and how they came about the last time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoresOut {
    /// When models were asked last; left out if they never were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<String>,
    /// The last day of which orders were known then; left out where nobody had bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-03-31")]
    pub as_of: Option<String>,
    /// So many days after an order a member counts as active.
    #[schema(example = 45)]
    pub window_days: i32,
    /// How many members had ever bought.
    pub customers: u64,
    /// Of how many something new was said.
    pub changed: u64,
    /// Numbers, as conditions ask for them: `score("churn")`.
    pub scores: Vec<ScoreOut>,
    /// What members are called: `label("rfm")`.
    pub labels: Vec<ScoreOut>,
}

/// A score or a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoreOut {
    /// Its name in conditions.
    #[schema(example = "churn")]
    pub name: String,
    /// What it says.
    pub says: String,
    /// Of a label, what it may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Of how many members it is known; left out for what is worked out of what they did (`advocate`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
    /// Why it is known of nobody: a code of the [models](docs/manual/models.md).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "too_few")]
    pub refused: Option<String>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Whether the model came closer than a plain guess on a time that it had not seen. Where it did not, do not rely
    /// on it; left out where that was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better_than_guess: Option<bool>,
}

/// What models say of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberScoresOut {
    /// Who.
    pub member: String,
    /// The last day of which orders were known when models said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Numbers. Of whom nothing can be said there is none.
    pub scores: Vec<MemberScoreOut>,
    /// What they are called.
    pub labels: Vec<MemberLabelOut>,
}

/// A number that is said of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberScoreOut {
    /// Its name in conditions.
    #[schema(example = "churn")]
    pub name: String,
    /// What it says.
    pub says: String,
    /// The number.
    #[schema(example = "72")]
    pub value: String,
}

/// What a member is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberLabelOut {
    /// Its name in conditions.
    #[schema(example = "rfm")]
    pub name: String,
    /// What it says.
    pub says: String,
    /// What they are called.
    #[schema(example = "at_risk")]
    pub value: String,
}
