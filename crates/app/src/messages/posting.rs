//! The posting: messages that are due are taken, looked at once more, handed over, and what came of it is kept.
//!
//! Before a message is handed over that is written, and after it again. Whoever finds one that was being handed
//! over, and whose time is over, knows that somebody stopped in between. A provider that knows our key is given
//! it again. A mail server knows no key: there the merchant has said whether such a letter is sent again, and
//! if not it is listed as uncertain.
//!
//! Tenants take turns, each with so many messages and so long at most: one who writes to a million members
//! delays nobody's receipt.

use super::addressee::{Desk, Known, Rendered};
use super::channel;
use super::outbox::{later, words};
use super::plan::QUIET;
use super::settings::WhenUncertain;
use super::way::{self, Went};
use crate::app::Core;
use crate::{App, Error};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_connect::pace;
use regulars_engage::{Channel, Sending};
use regulars_store::{MessageRow, MessageStage};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So long what was taken is the taker's own; longer than a mail server may take for a letter.
const HELD_MICROS: i64 = 180_000_000;
/// After so long nothing new is begun, and the rest is left to the next turn.
const TURN: Duration = Duration::from_secs(5);
/// So many messages are taken in a turn.
const TAKEN: usize = 512;
/// So many are handed over side by side, and may be uncertain after a stop.
const TOGETHER: usize = 8;
/// So often a message is tried: that covers three days.
const TRIES_MOST: u32 = 16;
/// Why a message is uncertain.
const STOPPED: &str = "it was stopped while it was being handed over";

/// Posts until the app is closed.
pub(crate) fn run(core: &Arc<Core>, every: Duration) {
    while !core.stop.wait(every) {
        while core.post_round() {}
    }
}

impl App {
    /// Hands over all messages that are due; how many were taken. The server does so by itself.
    pub fn post_messages(&self, tenant: TenantId) -> Result<usize, Error> {
        self.core().post(tenant)
    }

    /// One turn for each tenant, as the server gives them by itself; whether one of them has more to send.
    pub fn post_round(&self) -> bool {
        self.core().post_round()
    }
}

/// What came of a turn.
#[derive(Default)]
struct Turn {
    sent: usize,
    /// Whether it is any use to go on at once.
    more: bool,
}

/// What a turn works with.
struct Round<'a> {
    core: &'a Core,
    tenant: TenantId,
    began: Instant,
    sent: usize,
}

impl Core {
    /// Hands over all that is due, turn by turn; how many were taken.
    pub(super) fn post(&self, tenant: TenantId) -> Result<usize, Error> {
        let mut sent = 0;
        loop {
            let turn = self.post_turn(tenant)?;
            sent += turn.sent;
            if !turn.more {
                return Ok(sent);
            }
        }
    }

    /// One turn of each tenant, in their order; whether one of them has more to send.
    pub(super) fn post_round(&self) -> bool {
        let tenants = self.pool.with(|store| Ok(store.tenants()?));
        let mut more = false;
        for tenant in tenants.unwrap_or_default() {
            match self.post_turn(tenant.id) {
                Ok(turn) => more |= turn.more,
                Err(error) => {
                    tracing::warn!(%error, tenant = tenant.name, "messages could not be sent, and are again");
                }
            }
        }
        more
    }

    /// Hands over what was due when it looked, so much and for so long at most: then it is another's turn.
    fn post_turn(&self, tenant: TenantId) -> Result<Turn, Error> {
        let now = self.config.clock.now();
        let until = now.plus_micros(HELD_MICROS);
        if self.stop.wait(Duration::ZERO) {
            return Ok(Turn::default());
        }
        let due =
            self.write(move |store| Ok(store.claim_messages(tenant, (now, until), TAKEN)?))?;
        if due.is_empty() {
            return Ok(Turn::default());
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
        let mut more = true;
        for (name, rows) in by_channel {
            more &= round.channel(&name, rows, until)?;
        }
        Ok(Turn {
            sent: round.sent,
            more,
        })
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
        self.began.elapsed() > TURN || self.core.stop.wait(Duration::ZERO)
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
                .map(|row| scope.spawn(move || way::hand_over(core, desk, row)))
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
    match desk.sending_of(own, &row.send) {
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
