//! People move the money, and tell it by hand.

use crate::{Answer, BadWebhook, Charge, Provider, Repay, Told, Unreached};
use regulars_base::Timestamp;

/// Bank transfers, cash at the till, a terminal on the counter: an agent looks at the open invoices and
/// says which were paid.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manual;

impl Provider for Manual {
    fn name(&self) -> &'static str {
        "manual"
    }

    fn charge(&self, _: &Charge) -> Result<Answer, Unreached> {
        Ok(Answer::Pending)
    }

    fn repay(&self, _: &Repay) -> Result<Answer, Unreached> {
        Ok(Answer::Pending)
    }

    fn webhook(&self, _: &str, _: &[u8], _: Timestamp) -> Result<Option<Told>, BadWebhook> {
        Err(BadWebhook::NotExpected)
    }
}
