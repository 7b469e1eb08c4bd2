//! Messages: what is written to members, who gets it, and what became of each.
//!
//! A send is planned first: page by page everybody of its audience gets a row, with what it says to them or
//! with the reason why nothing is sent. These rows are the outbox. Whoever posts takes some that are due, looks
//! at each once more, writes that it is being handed over, hands it over, and writes what came of it. So a stop
//! at any moment loses nothing, and what was under way then is known ([ADR
//! 0102](../../../docs/adr/0102-how-is-a-message-sent-once.md)).

mod addressee;
mod confirm;
mod journey;
mod outbox;
mod plan;
mod posting;
mod settings;
mod template;
mod unsubscribe;
mod way;

pub use addressee::Rendered;
pub use confirm::{ConfirmStands, Confirming};
pub use outbox::{OutboxAsk, OutboxMessage};
pub use settings::{ChannelSettings, MessageSettings, WhenUncertain};
pub use template::{Template, TemplateDraft, TemplateWords};
pub use unsubscribe::LinkOwner;

pub(crate) use addressee::ZONE;
pub(crate) use confirm::{mark_unconfirmed, run as confirm, unconfirmed};
pub(crate) use journey::{Letter, letters};
pub(crate) use plan::run as plan;
pub(crate) use posting::run as post;
pub(crate) use template::KIND as TEMPLATE;

use crate::app::Core;
use crate::page::{Page, PageAsk, no_cursor};
use crate::{App, Error, MemberRef, input};
use addressee::Desk;
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engage::{Channel, Sending, holdout};
use regulars_store::{MessageStage, SendRow, SendStage};
use serde::{Deserialize, Serialize};

/// How the id of a send begins.
const SEND: &str = "snd_";
/// How the id of a send begins that nobody made by hand: it stands in no list of sends.
const BY_ITSELF: &str = "sys_";
/// The longest name of a send or a template.
const NAME_MOST: usize = 100;

/// Who gets a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody who is in a segment, by its id, while it is planned.
    Segment(String),
    /// One member.
    Member(MemberId),
    /// Whoever comes to a step of a journey, by the journey's id.
    Journey(String),
}

/// A message that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSend {
    /// What people call it; the template's name if empty.
    pub name: String,
    /// The template's id.
    pub template: String,
    /// On which channel, by its name.
    pub channel: String,
    /// To whom.
    pub audience: Audience,
    /// How many in a hundred of them get nothing, so that the others can be compared with them.
    pub hold_out: u8,
}

/// What is kept of a send: the template as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    name: String,
    template: String,
    channel: String,
    audience: Audience,
    says: template::Kept,
    #[serde(default)]
    hold_out: u8,
}

/// A message to a segment or a member, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The template's id.
    pub template: String,
    /// The channel's name.
    pub channel: String,
    /// To whom.
    pub audience: Audience,
    /// How many in a hundred of them get nothing.
    pub hold_out: u8,
    /// When it was made.
    pub made_at: Timestamp,
    /// How far it came.
    pub stage: SendStage,
    /// How many messages are at which stage; of those that were not sent, by the reason.
    pub counts: Vec<(MessageStage, String, i64)>,
}

/// What a message would say to a member, and whether it would go to them now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePreview {
    /// What it says.
    pub says: Rendered,
    /// Whether it goes.
    pub sending: Sending,
}

impl App {
    /// Sends a message: who gets it is looked up at once, and it goes as soon as it may.
    ///
    /// # Errors
    /// There is no such template, segment or member, or nothing can be sent on the channel yet: the fault says
    /// what is missing.
    pub fn send_message(&self, tenant: TenantId, new: &NewSend) -> Result<Send, Error> {
        let channel = channel(&new.channel)?;
        let template = self.template(tenant, &new.template)?;
        self.can_send(tenant, channel)?;
        let audience = match &new.audience {
            Audience::Segment(id) => Audience::Segment(self.segment(tenant, id)?.id),
            Audience::Member(id) => Audience::Member(self.member(tenant, &MemberRef::Id(*id))?.id),
            Audience::Journey(_) => {
                let what =
                    "is a journey: it sends by itself when a member comes to a step that does";
                return Err(Error::invalid("/audience", what));
            }
        };
        if new.hold_out > holdout::MOST_PERCENT {
            let what = format!("must be 0 to {}", holdout::MOST_PERCENT);
            return Err(Error::invalid("/hold_out", what));
        }
        let name = match new.name.trim() {
            "" => template.name.clone(),
            name => name.to_owned(),
        };
        if name.chars().count() > NAME_MOST {
            let what = format!("must be at most {NAME_MOST} characters");
            return Err(Error::invalid("/name", what));
        }
        let kept = Kept {
            name,
            template: template.id.clone(),
            channel: channel.name().to_owned(),
            audience,
            says: template.kept(),
            hold_out: new.hold_out,
        };
        let now = self.now();
        let id = uuid::Uuid::from_bytes(input::time_ordered(now)).simple();
        let row = SendRow {
            id: format!("{SEND}{id}"),
            stage: SendStage::Planning,
            after: None,
            body: serde_json::to_string(&kept).map_err(|error| Error::Bug(error.to_string()))?,
            made_at: now,
        };
        let id = row.id.clone();
        self.core()
            .write(move |store| Ok(store.add_send(tenant, &row)?))?;
        self.send(tenant, &id)
    }

    /// Whether anything can be sent on a channel; if not, what is to be done first.
    pub(crate) fn can_send(&self, tenant: TenantId, channel: Channel) -> Result<(), Error> {
        let settings = self.message_settings(tenant)?;
        let own = settings.channel(channel);
        let missing = |what: &str| Err(Error::invalid("/channel", what));
        if channel.comes() && own.consent.is_empty() {
            return missing(
                "has no consent yet: say in the settings of messages which one allows it",
            );
        }
        match channel {
            Channel::Inbox => Ok(()),
            // Who works at the command line leaves the sending to a server.
            Channel::Email if self.sends_nothing() => {
                let what = "this server does not know how to send letters: start it with `--smtp`";
                Err(Error::Unavailable(what.into()))
            }
            Channel::Email if settings.address.is_empty() => missing(
                "has nowhere to unsubscribe yet: enter the address of this server in the settings of messages",
            ),
            Channel::Email => Ok(()),
            _ if own.url.is_empty() => {
                missing("has no provider yet: enter its address in the settings of messages")
            }
            _ => Ok(()),
        }
    }

    /// Whether it posts, and yet could hand no letter to anybody.
    fn sends_nothing(&self) -> bool {
        let config = &self.core().config;
        config.mail.is_none() && config.post_every.is_some()
    }

    /// A send, with what became of its messages.
    pub fn send(&self, tenant: TenantId, id: &str) -> Result<Send, Error> {
        self.core().pool.with(|store| {
            let row = store.send(tenant, id)?;
            let row = row.ok_or_else(|| Error::not_found("send", id))?;
            let counts = store.message_counts(tenant, id)?;
            shown(&row, counts)
        })
    }

    /// Sends, the newest first.
    pub fn sends(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<Send>, Error> {
        let after = page.after.as_deref().map(place).transpose()?;
        let limit = page.limit();
        self.core().pool.with(|store| {
            let rows = store.sends(tenant, after, limit + 1)?;
            let at = |row: &SendRow| format!("{}.{}", row.made_at.micros(), row.id);
            Page::cut(rows, limit, at).try_map(|row| {
                let counts = store.message_counts(tenant, &row.id)?;
                shown(&row, counts)
            })
        })
    }

    /// Stops a send: what waits is not sent. What is under way, or was sent, stays as it is.
    pub fn stop_send(&self, tenant: TenantId, id: &str) -> Result<Send, Error> {
        if let Audience::Journey(journey) = self.send(tenant, id)?.audience {
            let what = format!("belongs to the journey `{journey}`: pause or stop that");
            return Err(Error::invalid("/send", what));
        }
        let (own, now) = (id.to_owned(), self.now());
        self.core()
            .write(move |store| Ok(store.stop_send(tenant, &own, now)?))?;
        self.send(tenant, id)
    }

    /// What a template would say to a member on a channel, and whether it would go to them now. Nothing is
    /// written.
    pub fn preview_message(
        &self,
        tenant: TenantId,
        (template, channel_name): (&str, &str),
        who: &MemberRef,
    ) -> Result<MessagePreview, Error> {
        let template = self.template(tenant, template)?.kept();
        self.preview_words(tenant, (&template, channel_name), who)
    }

    /// The same of a template that is not kept.
    pub fn preview_draft(
        &self,
        tenant: TenantId,
        (draft, channel_name): (&TemplateDraft, &str),
        who: &MemberRef,
    ) -> Result<MessagePreview, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let kept = template::Kept::checked(draft, &program, self.now(), None)?;
        self.preview_words(tenant, (&kept, channel_name), who)
    }

    fn preview_words(
        &self,
        tenant: TenantId,
        (template, channel_name): (&template::Kept, &str),
        who: &MemberRef,
    ) -> Result<MessagePreview, Error> {
        let channel = channel(channel_name)?;
        let member = self.member(tenant, who)?.id;
        let desk = Desk::open(self.core(), tenant, channel)?;
        let compiled = template.compiled(desk.program())?;
        let found = self.core().pool.with(|store| {
            let mut found = desk.look(store, &[member], true)?;
            desk.recommend(store, &mut found, (&compiled, true))?;
            Ok(found)
        })?;
        let known = found.into_iter().next();
        let known = known.ok_or_else(|| Error::not_found("member", member))?;
        Ok(MessagePreview {
            says: desk.rendered(&known, &compiled),
            sending: desk.sending(&known),
        })
    }
}

impl Core {
    /// Whether messages on a channel would go to members now, in their order.
    pub(crate) fn sending_now(
        &self,
        tenant: TenantId,
        channel: Channel,
        members: &[MemberId],
    ) -> Result<Vec<Sending>, Error> {
        let desk = Desk::open(self, tenant, channel)?;
        let known = self.pool.with(|store| desk.look(store, members, true))?;
        Ok(known.iter().map(|own| desk.sending(own)).collect())
    }

    /// Sends words to a member by themselves, once for each `own` id, as any other message goes: by consent,
    /// caps and quiet hours.
    pub(crate) fn send_by_itself(
        &self,
        tenant: TenantId,
        own: &str,
        (member, channel): (MemberId, Channel),
        draft: &TemplateDraft,
    ) -> Result<(), Error> {
        let now = self.config.clock.now();
        let versions = self
            .pool
            .with(|store| self.versions.latest(tenant, store))?;
        let says = template::Kept::checked(draft, versions.at(now)?.1, now, None)?;
        let kept = Kept {
            name: draft.name.clone(),
            template: String::new(),
            channel: channel.name().to_owned(),
            audience: Audience::Member(member),
            says,
            hold_out: 0,
        };
        let row = SendRow {
            id: format!("{BY_ITSELF}{own}"),
            stage: SendStage::Planning,
            after: None,
            body: serde_json::to_string(&kept).map_err(|error| Error::Bug(error.to_string()))?,
            made_at: now,
        };
        self.write(move |store| match store.send(tenant, &row.id)? {
            Some(_) => Ok(()),
            None => Ok(store.add_send(tenant, &row)?),
        })
    }
}

/// A channel by its name.
fn channel(name: &str) -> Result<Channel, Error> {
    Channel::by_name(name).ok_or_else(|| {
        let all = Channel::ALL.map(Channel::name).join(", ");
        Error::invalid(
            "/channel",
            format!("`{name}` is no channel; there are {all}"),
        )
    })
}

fn kept(row: &SendRow) -> Result<Kept, Error> {
    serde_json::from_str(&row.body)
        .map_err(|error| Error::Corrupt(format!("the send {} cannot be read: {error}", row.id)))
}

/// Where a list of sends goes on: behind the one that was made then, of this id.
fn place(after: &str) -> Result<(Timestamp, &str), Error> {
    let parts = after.split_once('.');
    let place = parts.and_then(|(at, id)| Some((Timestamp::from_micros(at.parse().ok()?), id)));
    place.ok_or_else(no_cursor)
}

fn shown(row: &SendRow, counts: Vec<(MessageStage, String, i64)>) -> Result<Send, Error> {
    let kept = kept(row)?;
    Ok(Send {
        id: row.id.clone(),
        name: kept.name,
        template: kept.template,
        channel: kept.channel,
        audience: kept.audience,
        hold_out: kept.hold_out,
        made_at: row.made_at,
        stage: row.stage,
        counts,
    })
}
