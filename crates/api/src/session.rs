//! Operators who signed in, on the wire.

use crate::access::ScopeName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A session: somebody who signed in with a key, or by the link of the server's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionOut {
    /// The merchant's id.
    pub tenant: String,
    /// The merchant's name.
    pub tenant_name: String,
    /// Where it acts: `live`, or `sandbox`, which cannot reach what is live.
    pub workspace: String,
    /// What the key is for that it was signed in with.
    pub name: String,
    /// What the session may do: what the key may.
    pub scopes: Vec<ScopeName>,
    /// When it ends by itself.
    pub expires_at: String,
    /// To be sent as `X-Csrf-Token` with every request that is no `GET`: it proves that a page of
    /// this server sends it. It is worth nothing without the cookie.
    pub csrf_token: String,
}
