//! Operators who signed in, on the wire.

use crate::access::ScopeName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A session: somebody who signed in with a key, as a person, or by the link of the server's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionOut {
    /// The merchant's id.
    pub tenant: String,
    /// The merchant's name.
    pub tenant_name: String,
    /// Where it acts: `live`, or `sandbox`, which cannot reach what is live.
    pub workspace: String,
    /// What the key is for that it was signed in with, or what the person is called.
    pub name: String,
    /// The id of the key (`key_…`) or of the person (`per_…`).
    pub key: String,
    /// How many points they may adjust by themselves; left out: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjust_most: Option<i64>,
    /// The shop's colour, if it has one of its own.
    pub colour: String,
    /// The shop's logo, if it has one of its own.
    pub logo: String,
    /// The languages that the shop offers.
    pub languages: Vec<String>,
    /// The language of those who have chosen none.
    pub language: String,
    /// What the session may do: what the key may.
    pub scopes: Vec<ScopeName>,
    /// When it ends by itself.
    pub expires_at: String,
    /// To be sent as `X-Csrf-Token` with every request that is no `GET`: it proves that a page of
    /// this server sends it. It is worth nothing without the cookie.
    pub csrf_token: String,
}
