//! What members allowed and took back, on the wire.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A member allowed something, or took it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentEntryOut {
    /// What: the activity's id in the program file.
    #[schema(example = "newsletter")]
    pub purpose: String,
    /// Whether it is allowed since.
    pub given: bool,
    /// Whose it is.
    pub member: String,
    /// When it was said.
    pub at: String,
    /// When it came here.
    pub recorded_at: String,
    /// Which system told it.
    pub source: String,
    /// Its proof as it was told: `channel`, `origin` and `version` (the words that it was said under), and whatever
    /// else came with it.
    pub said: BTreeMap<String, String>,
    /// The version of the program that was in force.
    pub program_version: i64,
    /// The hash of its entry in the member's chain, which covers all of it.
    pub hash: String,
}

/// All that a member allowed and took back, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentEntriesOut {
    /// One by one.
    pub items: Vec<ConsentEntryOut>,
}
