//! The list: what became of each message, and what people say of one that came back or is uncertain.

use super::addressee::{Desk, Rendered};
use super::{BY_ITSELF, SEND, channel, kept};
use crate::page::{Page, PageAsk};
use crate::{App, Error, MemberRef};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_connect::pace;
use regulars_engage::Channel;
use regulars_store::{MessageAsk, MessageRow, MessageStage};
use std::time::Duration;

/// So much is kept of what the other side said.
const WORDS_MOST: usize = 200;
/// So often a message is tried in all that comes back from a mailbox that may have room later.
const SOFT_TRIES_MOST: u32 = 4;
/// How the id of a message begins.
const MESSAGE: &str = "msg_";

/// A message to a member, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Its id: the same for the same send and member.
    pub id: String,
    /// Of which send.
    pub send: String,
    /// To whom.
    pub member: MemberId,
    /// On which channel.
    pub channel: String,
    /// What became of it.
    pub stage: MessageStage,
    /// Why, where there is something to say.
    pub reason: String,
    /// Since when it is at this stage.
    pub at: Timestamp,
    /// When it is tried next.
    pub due: Option<Timestamp>,
    /// How often it was tried.
    pub tries: u32,
    /// What it says, as long as that is kept.
    pub says: Option<Rendered>,
}

/// Which messages of a send are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxAsk {
    /// At this stage only.
    pub stage: Option<MessageStage>,
    /// For this reason only.
    pub reason: Option<String>,
}

/// The id of a message: what is sent twice under it is the same.
pub(super) fn id_of(send: &str, member: MemberId) -> String {
    let own = send.strip_prefix(SEND).unwrap_or(send);
    let member = member.to_string();
    let member = member.strip_prefix("mem_").unwrap_or(&member);
    format!("{MESSAGE}{own}-{member}")
}

fn read_id(id: &str) -> Option<(String, MemberId)> {
    let (send, member) = id.strip_prefix(MESSAGE)?.split_once('-')?;
    let send = match send.starts_with(BY_ITSELF) {
        true => send.to_owned(),
        false => format!("{SEND}{send}"),
    };
    Some((send, format!("mem_{member}").parse().ok()?))
}

fn shown(row: MessageRow) -> OutboxMessage {
    OutboxMessage {
        id: id_of(&row.send, row.member),
        says: row
            .content
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok()),
        send: row.send,
        member: row.member,
        channel: row.channel,
        stage: row.stage,
        reason: row.reason,
        at: row.at,
        due: row.due,
        tries: row.tries,
    }
}

impl App {
    /// The messages of a send, in the order of members.
    pub fn outbox(
        &self,
        tenant: TenantId,
        (send, ask): (&str, &OutboxAsk),
        page: &PageAsk,
    ) -> Result<Page<OutboxMessage>, Error> {
        let after = page.cursor()?;
        let limit = page.limit();
        let ask = MessageAsk {
            stage: ask.stage,
            reason: ask.reason.clone(),
            after,
        };
        self.core().pool.with(|store| {
            store
                .send(tenant, send)?
                .ok_or_else(|| Error::not_found("send", send))?;
            let rows = store.messages(tenant, send, &ask, limit + 1)?;
            Ok(Page::cut(rows, limit, |row| row.member.to_string()).map(shown))
        })
    }

    /// The messages to a member, the newest first, also those that were not sent; on one channel, if it is
    /// named.
    pub fn messages_to(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        on: Option<Channel>,
        limit: usize,
    ) -> Result<Vec<OutboxMessage>, Error> {
        let member = self.member(tenant, who)?.id;
        let limit = PageAsk { after: None, limit }.limit();
        self.core().pool.with(|store| {
            let rows = store.messages_of(tenant, member, on.map(Channel::name), limit)?;
            Ok(rows.into_iter().map(shown).collect())
        })
    }

    /// A message came back. For good (`hard`): its address is not written to again. Otherwise (a mailbox that
    /// is full may have room tomorrow) a letter is written anew and tried again, a few times.
    pub fn message_bounced(
        &self,
        tenant: TenantId,
        id: &str,
        (hard, why): (bool, &str),
    ) -> Result<OutboxMessage, Error> {
        let missing = || Error::not_found("message", id);
        let (send, member) = read_id(id).ok_or_else(missing)?;
        let (now, why) = (self.now(), words(why));
        let found = self
            .core()
            .pool
            .with(|store| Ok(store.message(tenant, &send, member)?))?;
        let row = found.ok_or_else(missing)?;
        let again = match hard {
            true => None,
            false => self.written_anew(tenant, &row)?,
        };
        let (stage, due) = match &again {
            Some(_) => (MessageStage::Waiting, Some(soon(&row, now))),
            None => (MessageStage::Bounced, None),
        };
        let (was, address) = (row.due, row.address);
        let back = MessageRow {
            stage,
            reason: why,
            at: now,
            due,
            content: again,
            ..row
        };
        let written = back.clone();
        self.core().write(move |store| {
            if let (true, Some(address)) = (hard, &address) {
                store.add_bounce(tenant, address, now)?;
            }
            store.settle_message(tenant, was, &written)?;
            Ok(())
        })?;
        Ok(shown(back))
    }

    /// What a message says, written once more since it was forgotten when it was taken; nothing where it is
    /// not to be tried again.
    fn written_anew(&self, tenant: TenantId, row: &MessageRow) -> Result<Option<String>, Error> {
        let was_sent = matches!(row.stage, MessageStage::Sent | MessageStage::Uncertain);
        // A provider that is given the same key again would not send again: it tries by itself.
        let is_letter = row.channel == Channel::Email.name();
        if !was_sent || !is_letter || row.tries >= SOFT_TRIES_MOST {
            return Ok(None);
        }
        let desk = Desk::open(self.core(), tenant, channel(&row.channel)?)?;
        self.core().pool.with(|store| {
            let Some(send) = store.send(tenant, &row.send)? else {
                return Ok(None);
            };
            let Ok(template) = kept(&send)?.says.compiled(desk.program()) else {
                return Ok(None);
            };
            let mut known = desk.look(store, &[row.member], false)?;
            desk.recommend(store, &mut known, (&template, true))?;
            let Some(own) = known.first() else {
                return Ok(None);
            };
            let says = desk.rendered(own, &template);
            let text = serde_json::to_string(&says);
            Ok(Some(text.map_err(|error| Error::Bug(error.to_string()))?))
        })
    }

    /// Somebody looked up what became of an uncertain letter: it is sent again, or counts as sent.
    pub fn resolve_message(
        &self,
        tenant: TenantId,
        id: &str,
        again: bool,
    ) -> Result<OutboxMessage, Error> {
        let missing = || Error::not_found("message", id);
        let (send, member) = read_id(id).ok_or_else(missing)?;
        let now = self.now();
        let row = self.core().write(move |store| {
            let row = store.message(tenant, &send, member)?;
            let Some(row) = row else { return Ok(None) };
            if row.stage != MessageStage::Uncertain {
                let what = "is for messages that are uncertain, and this one is not";
                return Err(Error::invalid("/again", what));
            }
            let after = match again {
                true => MessageRow {
                    stage: MessageStage::Waiting,
                    at: now,
                    due: Some(now),
                    ..row
                },
                false => MessageRow {
                    stage: MessageStage::Sent,
                    at: now,
                    content: None,
                    ..row
                },
            };
            store.settle_message(tenant, None, &after)?;
            Ok(Some(after))
        })?;
        row.map(shown).ok_or_else(missing)
    }
}

/// When a message that came back is tried again: mailboxes take hours to be emptied.
fn soon(row: &MessageRow, now: Timestamp) -> Timestamp {
    let [spread, ..] = *row.member.bytes();
    let pause = pace::pause(row.tries.saturating_add(5), u64::from(spread) * 4, None);
    later(now, pause)
}

pub(super) fn later(now: Timestamp, pause: Duration) -> Timestamp {
    now.plus_micros(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX))
}

/// What the other side said, cut where it is long.
pub(super) fn words(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(WORDS_MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_send_and_member() {
        let member = MemberId::from_bytes([7; 16]);
        let id = id_of("snd_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f", member);
        let back = read_id(&id).expect("is an id");
        assert_eq!(
            back,
            ("snd_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f".into(), member)
        );
        for bad in ["", "msg_", "msg_1-2", "snd_1", "msg_1-mem_2"] {
            assert_eq!(read_id(bad), None, "{bad}");
        }
    }
}
