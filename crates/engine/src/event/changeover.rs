//! One version of the program takes over from another: what that means for a wallet.

use regulars_base::{Name, Span};
use serde::{Deserialize, Serialize};

/// What a version that takes over does to wallets. Made from both versions by
/// [`between`](crate::changeover::between), so that deciding needs only the new one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changeover {
    /// Tiers that are no more, and where their members land; nothing for the lowest.
    pub landings: Vec<(Name, Option<Name>)>,
    /// Kinds of points whose old lots get new dates.
    pub redated: Vec<Redated>,
    /// Whether what a member has done by now is not looked at: the same changeover was done before,
    /// and an event that was told late is all that is new.
    pub late: bool,
    /// Whether that event was a refund, which may take away what a tier was reached with that only
    /// this version has.
    pub refund: bool,
}

/// Points whose old lots get new dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redated {
    /// Which points.
    pub points: Name,
    /// So much later than before (or sooner, below zero); nothing where they count anew, as if
    /// earned at the changeover.
    pub by: Option<Span>,
}
