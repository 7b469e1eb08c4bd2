//! What happens to a paid membership.

use regulars_base::Text;
use serde::{Deserialize, Serialize};

/// A plan that a member wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChoice {
    /// Its id in the program file.
    pub plan: Text,
}

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentEnd {
    /// The number of the invoice, of this wallet.
    pub invoice: u32,
    /// Which attempt this answers; nothing for whichever is awaited.
    pub attempt: Option<u16>,
    /// What the provider calls the payment.
    pub reference: Text,
    /// Why it failed, in the provider's words.
    pub reason: Text,
}

/// Money that was paid back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentBack {
    /// The number of the invoice, of this wallet.
    pub invoice: u32,
    /// How much, in minor units; nothing for what is owed back, or else for all that was paid.
    pub amount: Option<i64>,
    /// What the provider calls it.
    pub reference: Text,
}
