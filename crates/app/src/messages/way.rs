//! How a message is handed over: by the way of its channel.

mod mail;
mod provider;

use super::addressee::{Desk, Rendered};
use super::outbox::id_of;
use crate::app::Core;
use regulars_engage::Channel;
use regulars_store::MessageRow;
use std::time::Duration;

/// How a message went.
pub(super) enum Went {
    Taken,
    /// It certainly was not taken, and may be later; the other side may have said when.
    Later(String, Option<Duration>),
    /// It will not be taken.
    Refused(String),
    /// Its address takes nothing any more.
    NoAddress(String),
    /// It may have been taken or not.
    Unknown(String),
}

/// Hands a message over.
pub(super) fn hand_over(core: &Core, desk: &Desk, row: &MessageRow) -> Went {
    let says = row
        .content
        .as_deref()
        .and_then(|text| serde_json::from_str::<Rendered>(text).ok());
    let Some(says) = says else {
        return Went::Refused("what it says is no longer kept".into());
    };
    let id = id_of(&row.send, row.member);
    match Channel::by_name(&row.channel) {
        Some(Channel::Email) => mail::hand_over(core, &id, says),
        Some(Channel::Inbox) => Went::Taken,
        Some(other) => provider::hand_over(core, desk, (&id, row.member), other, &says),
        None => Went::Refused("there is no such channel any more".into()),
    }
}
