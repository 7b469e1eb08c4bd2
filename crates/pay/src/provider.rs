//! What a provider is asked, and what it answers.

use regulars_base::{Currency, MemberId, TenantId, Timestamp};
use std::fmt;

/// What a payment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Whose program.
    pub tenant: TenantId,
    /// Whose invoice.
    pub member: MemberId,
    /// Its number.
    pub invoice: u32,
    /// Which attempt, from 1; for money that goes back, which credit note.
    pub attempt: u16,
}

/// Money to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// For what.
    pub subject: Subject,
    /// How much, in minor units.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
    /// What the provider calls the payer: the member's identity of the kind that is named like it.
    pub payer: Option<String>,
    /// What for, in words that the payer may read on a statement.
    pub description: String,
}

/// Money to be paid back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repay {
    /// For what.
    pub subject: Subject,
    /// What the provider calls the payment.
    pub reference: String,
    /// How much of it, in minor units.
    pub amount: i64,
    /// How much went back before: with the amount it makes each credit note one.
    pub paid_back: i64,
}

/// What became of what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done {
        /// What the provider calls it.
        reference: String,
    },
    /// It was refused, and will not be done.
    Failed {
        /// What the provider calls it; empty if nothing.
        reference: String,
        /// Why, in the provider's words.
        reason: String,
    },
    /// It will be told later.
    Pending,
}

/// Nobody knows what became of it: to be asked again, under the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreached(pub String);

/// What a provider tells by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// About what.
    pub subject: Subject,
    /// What.
    pub what: What,
}

/// What can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// What became of a charge.
    Charge(Answer),
    /// What became of money that goes back: how much, in minor units.
    Repay(Answer, i64),
}

/// Why what came in is not taken for what a provider told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadWebhook {
    /// The provider tells nothing.
    NotExpected,
    /// No signature of it is one of ours, or it is too old.
    Signature(&'static str),
    /// It is signed, and cannot be read.
    Body(String),
}

/// Whoever moves money.
pub trait Provider: fmt::Debug + Send + Sync {
    /// Its name: also the kind of identity under which members keep what it calls them.
    fn name(&self) -> &'static str;
    /// Takes money. Asked twice about the same subject, it is taken once.
    fn charge(&self, charge: &Charge) -> Result<Answer, Unreached>;
    /// Pays money back; as often as it is asked, once.
    fn repay(&self, repay: &Repay) -> Result<Answer, Unreached>;
    /// What it tells by itself: nothing, if it is about something that is not ours.
    fn webhook(
        &self,
        signature: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Option<Told>, BadWebhook>;
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for BadWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotExpected => f.write_str("no provider is configured that tells anything"),
            Self::Signature(why) => f.write_str(why),
            Self::Body(why) => write!(f, "it is signed, and cannot be read: {why}"),
        }
    }
}

impl std::error::Error for Unreached {}
impl std::error::Error for BadWebhook {}
