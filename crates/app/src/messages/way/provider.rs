//! All that a provider sends on: text messages, notices on phones, messengers.

use super::Went;
use crate::app::Core;
use crate::messages::addressee::{Desk, Rendered};
use regulars_base::MemberId;
use regulars_connect::{Delivery, Letter as Webhook};
use regulars_engage::Channel;

/// A plain request, with our key: whoever takes it twice under one key sends it once.
pub(super) fn hand_over(
    core: &Core,
    desk: &Desk,
    (id, member): (&str, MemberId),
    channel: Channel,
    says: &Rendered,
) -> Went {
    let own = desk.settings.channel(channel);
    let Some(outbound) = &core.config.webhooks else {
        return Went::Later("this server sends nothing to providers".into(), None);
    };
    if own.url.is_empty() {
        return Went::Later("the channel has no provider any more".into(), None);
    }
    let body = serde_json::json!({
        "id": id,
        "channel": channel.name(),
        "member": member.to_string(),
        "to": says.to,
        "language": says.language,
        "subject": says.subject,
        "text": says.text,
        "unsubscribe": says.unsubscribe,
    });
    let now = core.config.clock.now();
    let delivery = outbound.courier.send(&Webhook {
        url: &own.url,
        id,
        seconds: now.micros().div_euclid(1_000_000),
        body: &body.to_string(),
        secrets: &own.signs(),
    });
    match delivery {
        Delivery::Taken => Went::Taken,
        Delivery::Gone => {
            Went::NoAddress("the provider says that the address is gone (410)".into())
        }
        // What is wrong with a request does not get better: all but too early, too many and in conflict.
        Delivery::Failed {
            status: Some(status),
            why,
            ..
        } if (400..500).contains(&status) && ![408, 409, 425, 429].contains(&status) => {
            Went::Refused(why)
        }
        Delivery::Failed { why, asked, .. } => Went::Later(why, asked),
    }
}
