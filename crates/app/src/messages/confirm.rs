//! Consents that count once they were confirmed ([ADR 0120]): whoever allows messages on a channel that asks for
//! it gets a letter with a link, and is not written to before they pressed the button behind it. Looking at the
//! page does nothing, since scanners of mail follow links. The confirmation is an event of the log like the
//! consent itself, so both are its proof.
//!
//! [ADR 0120]: ../../../../docs/adr/0120-when-does-a-consent-count.md

use super::settings::{self, ChannelSettings, MessageSettings};
use super::template::{TemplateDraft, TemplateWords};
use super::unsubscribe::{LinkOwner, signed_link, signed_token};
use crate::app::Core;
use crate::engagement::Consented;
use crate::programs::hex;
use crate::{App, Error};
use regulars_base::{EventKey, MemberId, Name, TenantId, Text, Timestamp};
use regulars_engage::Channel;
use regulars_engine::event::{Kind, Value};
use regulars_engine::outcome::{Change, Verdict};
use regulars_store::{ConfirmationRow, Logged, Store};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Who follows the log.
pub(super) const RUN: &str = "confirmation-run";
/// Where links lead, before their token.
const PATH: &str = "/confirm/";
/// What is signed begins so: a signature for something else is none for this.
const CLAIM: &str = "confirm";
/// Where it was said, as the proof of a confirmation has it.
const ORIGIN: &str = "confirmation";
/// How the id of a letter's send begins, after what all begin with that are sent by themselves.
const LETTER: &str = "confirm_";
/// On which channel somebody asks for another letter.
const DESK: &str = "service desk";
const DAY_MICROS: i64 = 86_400_000_000;
/// So long a link is good.
const GOOD_MICROS: i64 = 14 * DAY_MICROS;
/// So long after the first letter whoever did not answer is reminded, once.
const REMINDED_AFTER_MICROS: i64 = 3 * DAY_MICROS;
/// So many letters go at most: the first, and one that reminds.
const LETTERS_MOST: i64 = 2;
/// So many are looked at together.
const TOGETHER: usize = 256;

/// Somebody who opened a link, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirming {
    /// Whose link it is.
    pub link: LinkOwner,
    /// How it stands.
    pub stands: ConfirmStands,
}

/// How a consent stands that is to be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmStands {
    /// It waits for the button.
    Open,
    /// It is confirmed.
    Done,
    /// The link is over: its time is up, or they asked again since, or took it back.
    Over,
}

/// Whether a send is a letter that asks to confirm something.
pub(super) fn is_letter(send: &str) -> bool {
    let own = send.strip_prefix(super::BY_ITSELF);
    own.is_some_and(|own| own.starts_with(LETTER))
}

/// Whether a consent that was given then is not confirmed, though it must be.
pub(crate) fn unconfirmed(
    set: &ChannelSettings,
    since: Timestamp,
    row: Option<&ConfirmationRow>,
) -> bool {
    let is_done = |row: &ConfirmationRow| row.confirmed_at.is_some() && row.asked_at >= since;
    // Nobody may have looked yet who allowed it just now.
    set.confirm && row.map_or(since.micros() >= set.confirm_since, |row| !is_done(row))
}

/// Marks those consents that a member is to confirm.
pub(crate) fn mark_unconfirmed(
    store: &mut dyn Store,
    (tenant, member): (TenantId, MemberId),
    consents: &mut [Consented],
) -> Result<(), Error> {
    let settings = settings::of(store, tenant)?;
    let channels = settings.channels.values().filter(|own| own.confirm);
    let channels: Vec<&ChannelSettings> = channels.collect();
    if channels.is_empty() {
        return Ok(());
    }
    let rows = store.confirmations(tenant, &[member])?;
    for own in consents.iter_mut().filter(|own| own.given) {
        let row = rows.iter().find(|row| row.purpose == own.purpose);
        let mut set = channels.iter().filter(|set| set.consent == own.purpose);
        own.to_confirm = set.any(|set| unconfirmed(set, own.since, row));
    }
    Ok(())
}

/// Sends the letters that are due, until the app is closed.
pub(crate) fn run(core: &Core, every: Duration) {
    while !core.stop.wait(every) {
        let tenants = core.pool.with(|store| Ok(store.tenants()?));
        for tenant in tenants.unwrap_or_default() {
            if let Err(error) = core.ask_to_confirm(tenant.id) {
                tracing::warn!(%error, tenant = tenant.name, "nobody was asked to confirm, and is again");
            }
        }
    }
}

impl MessageSettings {
    /// Channels whose consent is to be confirmed, with the consent.
    fn to_confirm(&self) -> Vec<(Channel, &str)> {
        let own = self.channels.iter().filter(|(_, own)| own.confirm);
        let own = own.filter_map(|(name, own)| Some((Channel::by_name(name)?, own)));
        own.filter(|(_, own)| !own.consent.is_empty())
            .map(|(channel, own)| (channel, own.consent.as_str()))
            .collect()
    }
}

impl App {
    /// Sees who allowed something that is to be confirmed, and sends the letters that are due; how many. The
    /// server does so by itself.
    pub fn ask_to_confirm(&self, tenant: TenantId) -> Result<usize, Error> {
        self.core().ask_to_confirm(tenant)
    }

    /// How the consent stands whose link it is. `Error::Unauthorized` if it was not made here.
    pub fn confirming(&self, token: &str) -> Result<Confirming, Error> {
        Ok(self.found(token)?.0)
    }

    /// Somebody confirms what they allowed: it counts from now on. Done twice it is done once.
    pub fn confirm(&self, token: &str) -> Result<Confirming, Error> {
        let (mut own, row, version) = self.found(token)?;
        let (ConfirmStands::Open, Some(row)) = (own.stands, row) else {
            return Ok(own);
        };
        let text = |text: String| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
        let asked = row.asked_at.micros();
        let key = EventKey {
            source: text("portal".into())?,
            external_id: text(format!("confirm-{}-{}-{asked}", row.member, row.purpose))?,
        };
        let said = (own.link.channel.as_str(), ORIGIN);
        let receipt = self.consent_under(
            (own.link.tenant, own.link.member),
            (&row.purpose, true),
            said,
            (key, format!("program {version}, asked {}", row.asked_at)),
        )?;
        if receipt.verdict != Verdict::Accepted {
            let what = "could not be confirmed: the program refuses it; ask the shop";
            return Err(Error::invalid("/consent", what));
        }
        let next = ConfirmationRow {
            due: None,
            confirmed_at: Some(self.now()),
            ..row.clone()
        };
        let tenant = own.link.tenant;
        self.core()
            .write(move |store| Ok(store.move_confirmation(tenant, &row, &next)?))?;
        own.stands = ConfirmStands::Done;
        Ok(own)
    }

    /// What a member is to confirm, or has, by purpose.
    pub fn confirmations(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<ConfirmationRow>, Error> {
        self.core()
            .pool
            .with(|store| Ok(store.confirmations(tenant, &[member])?))
    }

    /// Somebody at the service desk says for a member once more that they allow it, since they asked for another
    /// letter: where and how they did is the proof. The links of earlier letters are over then.
    pub fn confirm_anew(
        &self,
        tenant: TenantId,
        (member, purpose): (MemberId, &str),
        said: &str,
    ) -> Result<(), Error> {
        let said = said.trim();
        if said.is_empty() || said.len() > Text::MAX {
            let what = format!(
                "must be 1 to {} bytes: where and how they asked for it",
                Text::MAX
            );
            return Err(Error::invalid("/said", what));
        }
        let settings = self.message_settings(tenant)?;
        if !settings.to_confirm().iter().any(|own| own.1 == purpose) {
            let what = "is confirmed by no letter here: no channel with this consent asks for it";
            return Err(Error::invalid("/purpose", what));
        }
        let rows = self.confirmations(tenant, member)?;
        let row = rows.iter().find(|row| row.purpose == purpose);
        if row.is_some_and(|row| row.confirmed_at.is_some()) {
            return Err(Error::invalid(
                "/purpose",
                "is confirmed already; no letter is due",
            ));
        }
        let own = self
            .balances(tenant, &crate::MemberRef::Id(member), None)?
            .engaged;
        if !own
            .consents
            .iter()
            .any(|own| own.purpose == purpose && own.given)
        {
            let what =
                "is not allowed now: they have to allow it first, a letter only confirms that";
            return Err(Error::invalid("/purpose", what));
        }
        let receipt = self.consent_by(tenant, member, (purpose, true), (DESK, said))?;
        match receipt.verdict {
            Verdict::Accepted => Ok(()),
            _ => Err(Error::invalid("/purpose", "was refused by the program")),
        }
    }

    fn found(&self, token: &str) -> Result<(Confirming, Option<ConfirmationRow>, i64), Error> {
        let (link, rest) = signed_link(self, CLAIM, token)?;
        let asked = rest.and_then(|asked| asked.parse().ok());
        let asked = asked.ok_or(Error::Unauthorized)?;
        let asked = Timestamp::from_micros(asked);
        let (version, program) = self.program_in_force(link.tenant, self.now())?;
        let settings = self.message_settings(link.tenant)?;
        let purpose = settings.channels.get(&link.channel);
        let purpose = purpose.map(|own| own.consent.clone()).unwrap_or_default();
        let name = program.activity(&purpose).map(|activity| activity.name);
        let (row, wallet) = self.core().pool.with(|store| {
            let rows = store.confirmations(link.tenant, &[link.member])?;
            let wallet = store.wallet(link.tenant, link.member)?;
            Ok((rows.into_iter().find(|own| own.purpose == purpose), wallet))
        })?;
        let given = wallet.is_some_and(|wallet| {
            let consents = wallet.state.engagement.iter().flat_map(|own| &own.consents);
            let mut said = consents.filter(|own| Some(own.purpose) == name);
            said.any(|own| own.given)
        });
        let stands = match &row {
            Some(row) if !given || row.asked_at != asked => ConfirmStands::Over,
            Some(row) if row.confirmed_at.is_some() => ConfirmStands::Done,
            Some(row) if row.expires_at > self.now() => ConfirmStands::Open,
            _ => ConfirmStands::Over,
        };
        Ok((Confirming { link, stands }, row, version))
    }
}

impl Core {
    fn ask_to_confirm(&self, tenant: TenantId) -> Result<usize, Error> {
        let settings = self.pool.with(|store| settings::of(store, tenant))?;
        let channels = settings.to_confirm();
        if channels.is_empty() {
            return Ok(0);
        }
        let purposes: Vec<&str> = channels.iter().map(|own| own.1).collect();
        let mut each = |logged: &Logged, rows: &mut Vec<Said>| {
            rows.extend(said(logged, &purposes));
            Ok(())
        };
        self.follow_log(tenant, RUN, &mut each, keep)?;
        let mut sent = 0;
        loop {
            let now = self.config.clock.now();
            let due = self
                .pool
                .with(|store| Ok(store.due_confirmations(tenant, now, TOGETHER)?))?;
            for row in &due {
                let channel = channels.iter().find(|own| own.1 == row.purpose);
                sent +=
                    usize::from(self.letter(tenant, row, (channel.map(|own| own.0), &settings))?);
            }
            if due.len() < TOGETHER {
                return Ok(sent);
            }
        }
    }

    /// Sends a letter that is due, and says when the next is; whether it went into the outbox.
    fn letter(
        &self,
        tenant: TenantId,
        row: &ConfirmationRow,
        (channel, settings): (Option<Channel>, &MessageSettings),
    ) -> Result<bool, Error> {
        let now = self.config.clock.now();
        let channel = channel.filter(|_| row.expires_at > now && row.letters < LETTERS_MOST);
        if let Some(channel) = channel {
            let asked = row.asked_at.micros();
            let secret = self.portal_secret(tenant)?;
            let more = asked.to_string();
            let whose = (tenant, row.member, channel);
            let token = signed_token((&secret, CLAIM), whose, &more);
            let link = format!("{}{PATH}{token}", settings.address);
            let one = format!("{}/{}/{asked}/{}", row.member, row.purpose, row.letters);
            let own = format!("{LETTER}{}", hex(&Sha256::digest(one)[..16]));
            let draft = words(&link, row.letters > 0);
            self.send_by_itself(tenant, &own, (row.member, channel), &draft)?;
        }
        let letters = row.letters + i64::from(channel.is_some());
        let next = ConfirmationRow {
            letters,
            due: (channel.is_some() && letters < LETTERS_MOST)
                .then(|| now.plus_micros(REMINDED_AFTER_MICROS)),
            ..row.clone()
        };
        let row = row.clone();
        self.write(move |store| Ok(store.move_confirmation(tenant, &row, &next)?))?;
        Ok(channel.is_some())
    }
}

/// Somebody allowed something that is to be confirmed.
struct Said {
    row: ConfirmationRow,
    /// Whether it changed anything: they had not allowed it before.
    anew: bool,
}

/// What a row of the log says of these consents.
fn said(logged: &Logged, purposes: &[&str]) -> Option<Said> {
    let Kind::Activity(own) = &logged.event.kind else {
        return None;
    };
    let is = |name: &str, value: &Value| own.field(name) == Some(value);
    let confirms = Text::new(ORIGIN).is_ok_and(|origin| is("origin", &Value::Text(origin)));
    let counts = logged.outcome.verdict == Verdict::Accepted
        && purposes.contains(&own.name.as_str())
        && is("given", &Value::Bool(true))
        && !confirms;
    let purpose = Name::of(own.name.as_str());
    let changed =
        |change: &Change| matches!(change, Change::Consented(own) if own.purpose == purpose);
    counts.then(|| Said {
        row: ConfirmationRow {
            member: logged.member,
            purpose: own.name.to_string(),
            asked_at: logged.event.recorded_at,
            expires_at: logged.event.recorded_at.plus_micros(GOOD_MICROS),
            letters: 0,
            due: Some(logged.event.recorded_at),
            confirmed_at: None,
        },
        anew: logged.outcome.changes.iter().any(changed),
    })
}

/// Keeps what is to be confirmed. Who confirmed it, and says once more that they allow it, has confirmed it.
fn keep(store: &mut dyn Store, tenant: TenantId, all: &[Said]) -> Result<(), Error> {
    let members: Vec<MemberId> = all.iter().map(|own| own.row.member).collect();
    let known = store.confirmations(tenant, &members)?;
    let is_done = |row: &ConfirmationRow| {
        let same =
            |own: &&ConfirmationRow| (own.member, &own.purpose) == (row.member, &row.purpose);
        known
            .iter()
            .find(same)
            .is_some_and(|own| own.confirmed_at.is_some())
    };
    let rows = all.iter().filter(|own| own.anew || !is_done(&own.row));
    let rows: Vec<ConfirmationRow> = rows.map(|own| own.row.clone()).collect();
    Ok(store.add_confirmations(tenant, &rows)?)
}

/// What a letter says in a language: what it is about, what it asks, and what to do if it was somebody else.
const WORDS: [(&str, &str, &str, &str, &str); 5] = [
    (
        "en",
        "{shop}: please confirm",
        "Reminder: {shop}: please confirm",
        "You want messages from {shop}. Please confirm it, so that nobody can order them in your name:",
        "If it was not you, do nothing: you get no messages.",
    ),
    (
        "de",
        "{shop}: bitte bestätigen",
        "Erinnerung: {shop}: bitte bestätigen",
        "Sie möchten Nachrichten von {shop}. Bitte bestätigen Sie das, damit sie niemand in Ihrem Namen bestellt:",
        "Waren Sie es nicht, tun Sie nichts: Sie bekommen keine Nachrichten.",
    ),
    (
        "ru",
        "{shop}: подтвердите, пожалуйста",
        "Напоминание: {shop}: подтвердите, пожалуйста",
        "Вы хотите получать сообщения от {shop}. Подтвердите это, чтобы никто не подписал вас без вашего ведома:",
        "Если это были не вы, ничего не делайте: сообщений не будет.",
    ),
    (
        "zh-Hans",
        "{shop}：请确认",
        "提醒：{shop}：请确认",
        "您希望接收 {shop} 的消息。请确认，以免他人冒用您的名义订阅：",
        "如果不是您本人，请忽略：您不会收到消息。",
    ),
    (
        "zh-Hant",
        "{shop}：請確認",
        "提醒：{shop}：請確認",
        "您希望接收 {shop} 的訊息。請確認，以免他人冒用您的名義訂閱：",
        "如果不是您本人，請忽略：您不會收到訊息。",
    ),
];

fn words(link: &str, again: bool) -> TemplateDraft {
    let words = WORDS.map(|(language, subject, reminder, asks, other)| {
        let says = TemplateWords {
            subject: if again { reminder } else { subject }.to_owned(),
            text: format!("{asks}\n\n{link}\n\n{other}\n"),
            html: Some(format!(
                "<p>{asks}</p><p><a href=\"{link}\">{link}</a></p><p>{other}</p>"
            )),
        };
        (language.to_owned(), says)
    });
    TemplateDraft {
        name: ORIGIN.to_owned(),
        language: WORDS[0].0.to_owned(),
        words: words.into(),
    }
}
