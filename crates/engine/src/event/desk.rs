//! What the service desk does for a member beside moving points: it stops them from spending, and lets
//! them go again.

use regulars_base::Text;
use serde::{Deserialize, Serialize};

/// A member is put on hold, or let go: while on hold they earn, and neither spend nor send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberHold {
    /// Put on hold, or let go.
    pub on: bool,
    /// Why: shown to the member, to tills and to auditors. Never empty.
    pub reason: Text,
    /// Who did it.
    pub by: Text,
}

impl MemberHold {
    /// The kind in one word, as the API and tables show it.
    pub const fn word(&self) -> &'static str {
        match self.on {
            true => "member_hold",
            false => "member_release",
        }
    }
}
