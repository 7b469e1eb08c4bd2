//! The outbox: messages that are due are taken, looked at once more, handed over, and what came of it is kept.
//!
//! Before a message is handed over that is written, and after it again. Whoever finds one that was being handed
//! over, and whose time is over, knows that somebody stopped in between. A provider that knows our key is given
//! it again. A mail server knows no key: there the merchant has said whether such a letter is sent again, and
//! if not it is listed as uncertain.

use super::addressee::{Desk, Known, Rendered};
use super::plan::QUIET;
use super::settings::WhenUncertain;
use super::{BY_ITSELF, SEND, channel};
use crate::app::Core;
use crate::page::{Page, PageAsk};
use crate::{App, Error, MemberRef};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_connect::{Delivery, Letter as Webhook, pace};
use regulars_engage::{Channel, Sending};
use regulars_mail::{Letter, MailError};
use regulars_store::{MessageAsk, MessageRow, MessageStage};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So long what was taken is the taker's own; longer than a mail server may take for a letter.
const HELD_MICROS: i64 = 180_000_000;
/// After so long nothing new is begun, and the rest is left to the next round.
const ROUND: Duration = Duration::from_secs(30);
/// So many messages are taken at a time.
const TAKEN: usize = 512;
/// So many are handed over side by side, and may be uncertain after a stop.
const TOGETHER: usize = 8;
/// So often a message is tried: that covers three days.
const TRIES_MOST: u32 = 16;
/// So much is kept of what the other side said.
const WORDS_MOST: usize = 200;
/// How the id of a message begins.
const MESSAGE: &str = "msg_";
/// Why a message is uncertain.
const STOPPED: &str = "it was stopped while it was being handed over";

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
fn id_of(send: &str, member: MemberId) -> String {
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

/// Posts until the app is closed.
pub(crate) fn run(core: &Arc<Core>, every: Duration) {
    while !core.stop.wait(every) {
        let tenants = core.pool.with(|store| Ok(store.tenants()?));
        for tenant in tenants.unwrap_or_default() {
            if let Err(error) = core.post(tenant.id) {
                tracing::warn!(%error, tenant = tenant.name, "messages could not be sent, and are again");
            }
        }
    }
}

impl App {
    /// Hands over all messages that are due; how many were taken. The server does so by itself.
    pub fn post_messages(&self, tenant: TenantId) -> Result<usize, Error> {
        self.core().post(tenant)
    }

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
            let mut rows = store.messages(tenant, send, &ask, limit + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let next = rows
                .last()
                .filter(|_| more)
                .map(|row| row.member.to_string());
            let items = rows.into_iter().map(shown).collect();
            Ok(Page { items, next })
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

    /// A message came back. For good (`hard`): its address is not written to again. Otherwise it is only
    /// noted: a mailbox that is full may have room tomorrow.
    pub fn message_bounced(
        &self,
        tenant: TenantId,
        id: &str,
        (hard, why): (bool, &str),
    ) -> Result<OutboxMessage, Error> {
        let missing = || Error::not_found("message", id);
        let (send, member) = read_id(id).ok_or_else(missing)?;
        let (now, why) = (self.now(), words(why));
        let row = self.core().write(move |store| {
            let row = store.message(tenant, &send, member)?;
            let Some(row) = row else { return Ok(None) };
            if let (true, Some(address)) = (hard, &row.address) {
                store.add_bounce(tenant, address, now)?;
            }
            let was = row.due;
            let back = MessageRow {
                stage: MessageStage::Bounced,
                reason: why,
                at: now,
                due: None,
                content: None,
                ..row
            };
            store.settle_message(tenant, was, &back)?;
            Ok(Some(back))
        })?;
        row.map(shown).ok_or_else(missing)
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

/// What a round works with.
struct Round<'a> {
    core: &'a Core,
    tenant: TenantId,
    began: Instant,
    sent: usize,
}

/// How a message went.
enum Went {
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

impl Core {
    /// Hands over what is due, round by round; how many were taken.
    fn post(&self, tenant: TenantId) -> Result<usize, Error> {
        let mut sent = 0;
        while !self.stop.wait(Duration::ZERO) {
            let now = self.config.clock.now();
            let until = now.plus_micros(HELD_MICROS);
            let due =
                self.write(move |store| Ok(store.claim_messages(tenant, (now, until), TAKEN)?))?;
            if due.is_empty() {
                break;
            }
            let mut by_channel: BTreeMap<String, Vec<MessageRow>> = BTreeMap::new();
            for row in due {
                by_channel.entry(row.channel.clone()).or_default().push(row);
            }
            let mut round = Round {
                core: self,
                tenant,
                began: Instant::now(),
                sent: 0,
            };
            let mut goes_on = true;
            for (name, rows) in by_channel {
                goes_on &= round.channel(&name, rows, until)?;
            }
            sent += round.sent;
            if !goes_on {
                break;
            }
        }
        Ok(sent)
    }
}

impl Round<'_> {
    /// Hands over messages of one channel that are ours until `held`. Whether it is any use to go on.
    fn channel(
        &mut self,
        name: &str,
        rows: Vec<MessageRow>,
        held: Timestamp,
    ) -> Result<bool, Error> {
        let desk = Desk::open(self.core, self.tenant, channel(name)?)?;
        let members: BTreeSet<MemberId> = rows.iter().map(|row| row.member).collect();
        let members: Vec<MemberId> = members.into_iter().collect();
        let known = self
            .core
            .pool
            .with(|store| desk.look(store, &members, false))?;
        let known: BTreeMap<MemberId, Known> =
            known.into_iter().map(|own| (own.member, own)).collect();
        let (mut settled, mut ready) = (Vec::new(), Vec::new());
        for row in rows {
            match looked_at(&desk, row, &known) {
                Looked::Settled(row) => settled.push(row),
                Looked::Ready(row) => ready.push(row),
            }
        }
        self.write(held, settled)?;
        let mut ready = ready.into_iter().peekable();
        let mut works = true;
        while works && ready.peek().is_some() && !self.is_over() {
            let some: Vec<MessageRow> = ready.by_ref().take(TOGETHER).collect();
            works = self.hand_over(&desk, some, held)?;
        }
        // What was not begun is anybody's again; while nothing goes through, in a while.
        let pause = if works {
            Duration::ZERO
        } else {
            pace::pause(2, 500, None)
        };
        let at = later(desk.now(), pause);
        let left = ready.map(|row| MessageRow {
            due: Some(at),
            ..row
        });
        self.write(held, left.collect())?;
        Ok(works)
    }

    fn is_over(&self) -> bool {
        self.began.elapsed() > ROUND || self.core.stop.wait(Duration::ZERO)
    }

    fn write(&self, held: Timestamp, rows: Vec<MessageRow>) -> Result<Vec<bool>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let tenant = self.tenant;
        self.core
            .write(move |store| Ok(store.move_messages(tenant, held, &rows)?))
    }

    /// Writes that some are being handed over, hands them over side by side, and writes what came of it.
    /// Whether one of them came through, or was refused by itself.
    fn hand_over(
        &mut self,
        desk: &Desk,
        some: Vec<MessageRow>,
        held: Timestamp,
    ) -> Result<bool, Error> {
        let now = self.core.config.clock.now();
        let until = now.plus_micros(HELD_MICROS);
        let handed: Vec<MessageRow> = some
            .into_iter()
            .map(|row| MessageRow {
                stage: MessageStage::HandedOver,
                reason: String::new(),
                at: now,
                due: Some(until),
                tries: row.tries.saturating_add(1),
                ..row
            })
            .collect();
        let ours = self.write(held, handed.clone())?;
        let handed: Vec<MessageRow> = handed
            .into_iter()
            .zip(ours)
            .filter_map(|(row, ours)| ours.then_some(row))
            .collect();
        let core = self.core;
        let went: Vec<Went> = std::thread::scope(|scope| {
            let each: Vec<_> = handed
                .iter()
                .map(|row| scope.spawn(move || core.hand_one(desk, row)))
                .collect();
            let fault = || Went::Unknown("it ended by a fault".into());
            each.into_iter()
                .map(|own| own.join().unwrap_or_else(|_| fault()))
                .collect()
        });
        let works = handed.is_empty() || went.iter().any(|own| !matches!(own, Went::Later(..)));
        self.sent += went.iter().filter(|own| matches!(own, Went::Taken)).count();
        let now = self.core.config.clock.now();
        let (mut rows, mut bounced) = (Vec::new(), Vec::new());
        for (row, went) in handed.into_iter().zip(went) {
            if matches!(went, Went::NoAddress(_)) {
                bounced.extend(row.address);
            }
            rows.push(after(desk, row, went, now));
        }
        let tenant = self.tenant;
        self.core.write(move |store| {
            for address in &bounced {
                store.add_bounce(tenant, address, now)?;
            }
            store.move_messages(tenant, until, &rows)?;
            Ok(())
        })?;
        Ok(works)
    }
}

enum Looked {
    Settled(MessageRow),
    Ready(MessageRow),
}

/// A message that is due, looked at once more: what was so when it was planned may have changed.
fn looked_at(desk: &Desk, row: MessageRow, known: &BTreeMap<MemberId, Known>) -> Looked {
    let now = desk.now();
    let was_stopped = row.stage == MessageStage::HandedOver;
    let is_letter = row.channel == Channel::Email.name();
    if was_stopped && is_letter && desk.settings.when_uncertain == WhenUncertain::Leave {
        return Looked::Settled(MessageRow {
            stage: MessageStage::Uncertain,
            reason: STOPPED.into(),
            at: now,
            due: None,
            ..row
        });
    }
    let unsent = |row, reason: &str| {
        Looked::Settled(MessageRow {
            stage: MessageStage::NotSent,
            reason: reason.into(),
            at: now,
            due: None,
            content: None,
            ..row
        })
    };
    let Some(own) = known.get(&row.member) else {
        return unsent(row, regulars_engage::NotSent::Left.code());
    };
    match desk.sending(own) {
        Sending::Not(reason) => unsent(row, reason.code()),
        Sending::Wait(until) => Looked::Settled(MessageRow {
            stage: MessageStage::Waiting,
            reason: QUIET.into(),
            due: Some(until),
            ..row
        }),
        Sending::Send => Looked::Ready(readdressed(desk, row, own)),
    }
}

/// Members move: what was written to an address that is no longer theirs goes to the one that is.
fn readdressed(desk: &Desk, row: MessageRow, known: &Known) -> MessageRow {
    let address = desk.hash(known);
    if row.address == address {
        return row;
    }
    let says = row
        .content
        .as_deref()
        .and_then(|text| serde_json::from_str::<Rendered>(text).ok());
    let content = says.and_then(|says| {
        let to = known.address.clone().unwrap_or_default();
        serde_json::to_string(&Rendered { to, ..says }).ok()
    });
    MessageRow {
        address,
        content: content.or_else(|| row.content.clone()),
        ..row
    }
}

impl Core {
    fn hand_one(&self, desk: &Desk, row: &MessageRow) -> Went {
        let says = row
            .content
            .as_deref()
            .and_then(|text| serde_json::from_str::<Rendered>(text).ok());
        let Some(says) = says else {
            return Went::Refused("what it says is no longer kept".into());
        };
        let id = id_of(&row.send, row.member);
        match Channel::by_name(&row.channel) {
            Some(Channel::Email) => self.by_mail(&id, says),
            Some(Channel::Inbox) => Went::Taken,
            Some(other) => self.by_provider(desk, (&id, row.member), other, &says),
            None => Went::Refused("there is no such channel any more".into()),
        }
    }

    fn by_mail(&self, id: &str, says: Rendered) -> Went {
        let Some(mailer) = &self.config.mail else {
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
            Err(error @ MailError::Address(..)) => Went::Refused(error.to_string()),
        }
    }

    /// A plain request, with our key: whoever takes it twice under one key sends it once.
    fn by_provider(
        &self,
        desk: &Desk,
        (id, member): (&str, MemberId),
        channel: Channel,
        says: &Rendered,
    ) -> Went {
        let own = desk.settings.channel(channel);
        let Some(outbound) = &self.config.webhooks else {
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
        let now = self.config.clock.now();
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
}

/// The row after it was handed over.
fn after(desk: &Desk, row: MessageRow, went: Went, now: Timestamp) -> MessageRow {
    let settled = |row: MessageRow, stage, reason: &str, keeps: bool| MessageRow {
        stage,
        reason: words(reason),
        at: now,
        due: None,
        content: row.content.filter(|_| keeps),
        ..row
    };
    let again = |row: MessageRow, why: &str, asked| {
        if row.tries >= TRIES_MOST {
            return settled(row, MessageStage::GivenUp, why, false);
        }
        let [spread, ..] = *row.member.bytes();
        let pause = pace::pause(row.tries, u64::from(spread) * 4, asked);
        MessageRow {
            stage: MessageStage::Waiting,
            reason: words(why),
            at: now,
            due: Some(later(now, pause)),
            ..row
        }
    };
    match went {
        Went::Taken => settled(row, MessageStage::Sent, "", false),
        Went::Refused(why) => settled(row, MessageStage::GivenUp, &why, false),
        Went::NoAddress(why) => settled(row, MessageStage::Bounced, &why, false),
        Went::Later(why, asked) => again(row, &why, asked),
        Went::Unknown(why) => match desk.settings.when_uncertain {
            WhenUncertain::Again => again(row, &why, None),
            WhenUncertain::Leave => settled(row, MessageStage::Uncertain, &why, true),
        },
    }
}

fn later(now: Timestamp, pause: Duration) -> Timestamp {
    now.plus_micros(i64::try_from(pause.as_micros()).unwrap_or(i64::MAX))
}

/// What the other side said, cut where it is long.
fn words(text: &str) -> String {
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
