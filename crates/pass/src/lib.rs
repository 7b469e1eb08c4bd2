//! What a member shows at a till: a card as a QR code, as a pass for Apple Wallet, as a link for Google
//! Wallet.
//!
//! All of it is bytes out of words: no clock, no file, no network. Whoever calls reads the merchant's
//! certificates and says what time it is. A pass says who somebody is and never what they have: it lies in a
//! telephone where nothing of ours keeps it true
//! ([ADR 0118](../../../docs/adr/0118-what-does-a-member-show-at-a-till.md)).

mod apple;
mod google;
mod icon;
mod key;
mod qr;
mod seal;

pub use apple::{ApplePasses, MIME as APPLE_MIME};
pub use google::GooglePasses;
pub use icon::png_of;
pub use qr::svg as qr_svg;

/// What a card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The member's id: it names the pass, so that a second one of the same member takes the first one's
    /// place.
    pub id: String,
    /// What the code says: what a till finds the member by.
    pub number: String,
    /// What the member is called; empty if that is not known.
    pub name: String,
    /// What members call the program.
    pub program: String,
    /// Who runs it.
    pub shop: String,
    /// The colour of the card: red, green, blue. White letters stand on it.
    pub colour: [u8; 3],
    /// The merchant's picture as a PNG, if there is one.
    pub logo: Option<Vec<u8>>,
}

/// Why there is no pass.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A certificate, a key or an account cannot be used: which, and what is to be done.
    #[error("the {what} cannot be used: {why}")]
    Unusable {
        /// Which.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// What was to be signed cannot be written: a fault of this program.
    #[error("the pass cannot be written: {0}")]
    Unwritten(String),
}

impl Fault {
    fn unusable(what: &'static str, why: impl ToString) -> Self {
        Self::Unusable {
            what,
            why: why.to_string(),
        }
    }

    fn unwritten(why: impl ToString) -> Self {
        Self::Unwritten(why.to_string())
    }
}
