//! Letters, over SMTP. A mail server knows no key of ours: where it falls silent after it had a letter, nobody
//! knows whether it was taken.

use super::Went;
use crate::app::Core;
use crate::messages::addressee::Rendered;
use regulars_mail::{Letter, MailError};

/// Sends a letter.
pub(super) fn hand_over(core: &Core, id: &str, says: Rendered) -> Went {
    let Some(mailer) = &core.config.mail else {
        return Went::Later("this server does not know how to send letters".into(), None);
    };
    let sent = mailer.send(&Letter {
        to: says.to,
        subject: says.subject,
        text: says.text,
        html: says.html,
        id: Some(id.to_owned()),
        unsubscribe: says.unsubscribe,
        ..Letter::default()
    });
    match sent {
        Ok(()) => Went::Taken,
        Err(MailError::Later(why)) => Went::Later(why, None),
        Err(MailError::Unknown(why)) => Went::Unknown(why),
        Err(MailError::Refused { address: true, why }) => Went::NoAddress(why),
        Err(MailError::Refused { why, .. }) => Went::Refused(why),
        Err(error @ (MailError::Address(..) | MailError::Authority(_))) => {
            Went::Refused(error.to_string())
        }
    }
}
