//! Whoever is compared with others, and what is kept of what they bought: page by page, each page by one
//! statement, however many members there are.

use regulars_base::{Timestamp, WalletId};

/// Of whom it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoughtOf {
    /// Everybody who is a member.
    Everybody,
    /// Whoever is in a segment.
    Segment(String),
    /// Whoever came into a journey.
    Journey(String),
    /// Whoever something was chosen for of a set of offers, from their first round on.
    Offers(String),
    /// Whoever could have got a send: those who got it, or were to, and those who were held out of it. What
    /// only somebody whom it was sent to can do (unsubscribe, bounce) makes nobody leave.
    Send(String),
}

/// Somebody, and what is kept of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoughtRow {
    /// Whose: the wallet has the id of its member.
    pub wallet: WalletId,
    /// When they came into the journey, or something was chosen for them, for the first time.
    pub came_at: Option<Timestamp>,
    /// The day on which they became a member, by number, where everybody is asked for.
    pub joined_on: Option<i32>,
    /// Whether they are held out.
    pub held_out: bool,
    /// Their portrait, as JSON; nothing where nothing is kept.
    pub portrait: Option<String>,
}

/// Messages that count as sent to whoever they were for: by what the plan said, not by what became of them.
pub(crate) const MEANT: &str =
    "(g.stage <> 3 OR g.reason IN ('held_out', 'capped', 'template_wrong', 'stopped')
                  OR g.address IS NOT NULL)";
