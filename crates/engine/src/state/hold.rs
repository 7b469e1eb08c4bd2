//! Whether a member is on hold.

use regulars_base::{Text, Timestamp};
use serde::{Deserialize, Serialize};

/// A member is on hold: nothing is spent or sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnHold {
    /// Since when.
    pub since: Timestamp,
    /// Why: the member and tills are told.
    pub reason: Text,
    /// Who put them on hold.
    pub by: Text,
}
