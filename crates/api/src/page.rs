//! Lists in pages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PageOut<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page begins: sent as `?after=`. Not there on the last page. Not to be taken
    /// apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
