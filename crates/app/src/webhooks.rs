//! Endpoints: others who are told what happens in the log, as webhooks.
//!
//! The log itself is what is told: nothing is written when an event is, so none is lost or made up by
//! whatever stops in between. Each seal names the wallets that moved since the one before; `teller.rs` goes
//! from seal to seal, and keeps for each endpoint how far it was told of each wallet. So events of one wallet
//! come in their order, and one that is not taken holds up its own wallet only.

pub(crate) mod teller;

use crate::explain::Explained;
use crate::people::read;
use crate::rotated::Rotated;
use crate::{App, Error, input};
use regulars_base::{EventKey, TenantId, Timestamp};
use regulars_connect::{Broker, Courier, Delivery, Letter, Secret, Topic, broker, target};
use regulars_store::{
    Setting, Store, Tenant, WebhookAgain, WebhookHealth, WebhookLetter, WebhookMoves, WebhookStream,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const KIND: &str = "webhook";
/// So many endpoints a merchant may have.
const ENDPOINTS_MOST: usize = 20;
/// The longest note.
const NOTE_MOST: usize = 200;
/// So many events are told once more in one go.
const REPLAY_MOST: usize = 10_000;
/// So many things that went wrong are shown.
const TROUBLES_MOST: usize = 200;
const HOUR_MICROS: i64 = 3_600_000_000;

/// Says an event of the log in words that others read: what is sent.
pub type Render = fn(&Explained, &[Topic]) -> String;

/// How others are told.
#[derive(Clone, Debug)]
pub struct Outbound {
    render: Render,
    private: bool,
    pub(crate) courier: Courier,
}

impl Outbound {
    /// `private` allows endpoints in the house, also without encryption.
    pub fn new(render: Render, private: bool) -> Self {
        Self {
            render,
            private,
            courier: Courier::new(private),
        }
    }

    /// With a broker: endpoints may be subjects of it.
    #[must_use]
    pub fn through(self, broker: Broker) -> Self {
        Self {
            courier: self.courier.through(broker),
            ..self
        }
    }

    fn has_broker(&self) -> bool {
        self.courier.has_broker()
    }
}

/// Where something is sent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its id (`whk_…`).
    #[serde(skip)]
    pub id: String,
    /// Where it is: a URL, or a subject of the broker (`nats:…`).
    pub url: String,
    /// What it wants, by the names of [`Topic`]; everything if empty.
    pub topics: Vec<String>,
    /// What it is for, in words.
    pub note: String,
    /// Events that were recorded from then on are told.
    pub since: Timestamp,
    /// Nothing is sent for the time being, for this reason.
    pub paused: Option<PausedBy>,
    /// Since when.
    pub paused_at: Option<Timestamp>,
    /// What signs: the newest first, older ones until a moment.
    secrets: Rotated,
}

/// Why an endpoint is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PausedBy {
    /// Somebody did.
    Hand,
    /// Nothing went through for three days.
    Failing,
    /// It answered that it wants nothing any more.
    Gone,
}

/// An endpoint to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Where it is.
    pub url: String,
    /// What it wants; everything if empty.
    pub topics: Vec<String>,
    /// What it is for.
    pub note: String,
}

/// What changes of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointPatch {
    /// Where it is.
    pub url: Option<String>,
    /// What it wants.
    pub topics: Option<Vec<String>>,
    /// What it is for.
    pub note: Option<String>,
    /// Whether it is paused.
    pub paused: Option<bool>,
}

/// An endpoint and how it fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointState {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// How it fares.
    pub health: WebhookHealth,
}

/// What did not go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Troubles {
    /// Events that are tried again; later ones of the same wallet wait for them.
    pub failing: Vec<Failing>,
    /// Events that were given up, or are told once more.
    pub letters: Vec<Failing>,
}

/// An event that did not go through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Which.
    pub event: EventKey,
    /// Its place in its wallet's log.
    pub seq: u64,
    /// How often it failed.
    pub failures: u32,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why, the last time.
    pub failure: String,
    /// When it is tried again; nothing if it was given up.
    pub next_at: Option<Timestamp>,
}

/// Which events are told once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replay {
    /// All that were given up.
    GivenUp,
    /// This one.
    Event(EventKey),
    /// All that were recorded from the first moment on and before the second.
    Span(Timestamp, Timestamp),
}

impl Endpoint {
    /// What signs now.
    fn secrets(&self, now: Timestamp) -> Vec<Secret> {
        let valid = self.secrets.valid(now);
        valid.filter_map(Secret::read).collect()
    }

    /// Until when the secret before this one signs too.
    pub fn old_secret_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.secrets.old_until(now)
    }

    /// Whether it wants to be told of something that is about these.
    fn wants(&self, topics: &[Topic]) -> bool {
        let wanted = |topic: &Topic| self.topics.iter().any(|own| own == topic.name());
        match self.topics.is_empty() {
            true => !topics.is_empty(),
            false => topics.iter().any(wanted),
        }
    }

    fn check(&self, may: &Reach) -> Result<(), Error> {
        let fault = match (broker::is_subject(&self.url), may.broker) {
            (true, true) => broker::fault(&self.url, &may.merchant),
            (true, false) => Some("names a subject, and no broker is known: give --nats".into()),
            (false, _) => target::fault(&self.url, may.private),
        };
        if let Some(fault) = fault {
            return Err(Error::invalid("/url", fault));
        }
        if self.note.chars().count() > NOTE_MOST {
            let what = format!("must be at most {NOTE_MOST} characters");
            return Err(Error::invalid("/note", what));
        }
        for (at, name) in self.topics.iter().enumerate() {
            if Topic::by_name(name).is_none() {
                let all = Topic::ALL.map(Topic::name).join(", ");
                let what = format!("`{name}` is no topic; there are {all}");
                return Err(Error::invalid(format!("/topics/{at}"), what));
            }
        }
        Ok(())
    }

    fn row(&self, version: i64) -> Result<Setting, Error> {
        let body = serde_json::to_string(self).map_err(|error| Error::Bug(error.to_string()))?;
        Ok(Setting {
            kind: KIND.into(),
            id: self.id.clone(),
            version,
            body,
        })
    }
}

pub(crate) fn of_row(row: &Setting) -> Result<Endpoint, Error> {
    Ok(Endpoint {
        id: row.id.clone(),
        ..read(row)?
    })
}

/// A tenant's endpoints.
pub(crate) fn endpoints(store: &mut dyn Store, tenant: TenantId) -> Result<Vec<Endpoint>, Error> {
    store.settings(tenant, KIND)?.iter().map(of_row).collect()
}

fn found(
    store: &mut dyn Store,
    tenant: TenantId,
    id: &str,
) -> Result<(Endpoint, WebhookHealth, i64), Error> {
    let missing = || Error::not_found("endpoint", id);
    let row = store.setting(tenant, KIND, id)?.ok_or_else(missing)?;
    let health = store.webhook(tenant, id)?.ok_or_else(missing)?;
    Ok((of_row(&row)?, health, row.version))
}

pub(crate) fn new_secret() -> String {
    let mut drawn = [0; 32];
    drawn[..16].copy_from_slice(&input::random());
    drawn[16..].copy_from_slice(&input::random());
    Secret::of(drawn).text()
}

/// Where a merchant's endpoints may be.
struct Reach {
    /// Also in the house.
    private: bool,
    /// Also subjects of a broker.
    broker: bool,
    /// How the merchant is called in them.
    merchant: String,
}

/// How a merchant is called in a broker's subjects.
pub(crate) fn in_subjects(tenant: &Tenant) -> String {
    broker::in_subjects(&tenant.name, &tenant.id.to_string())
}

impl App {
    fn outbound(&self) -> Result<&Outbound, Error> {
        let none = || Error::Unavailable("this server sends no webhooks".into());
        self.core().config.webhooks.as_ref().ok_or_else(none)
    }

    pub(crate) fn may_be_private(&self) -> bool {
        let outbound = self.core().config.webhooks.as_ref();
        outbound.is_some_and(|own| own.private)
    }

    fn endpoints_reach(&self, tenant: TenantId) -> Result<Reach, Error> {
        Ok(Reach {
            private: self.may_be_private(),
            broker: self
                .core()
                .config
                .webhooks
                .as_ref()
                .is_some_and(Outbound::has_broker),
            merchant: in_subjects(&self.tenant(tenant)?),
        })
    }

    /// All endpoints, the oldest first.
    pub fn endpoints(&self, tenant: TenantId) -> Result<Vec<EndpointState>, Error> {
        self.core().pool.with(|store| {
            let all = endpoints(store, tenant)?.into_iter();
            let states = all.map(|endpoint| {
                let (_, health, _) = found(store, tenant, &endpoint.id)?;
                Ok(EndpointState { endpoint, health })
            });
            states.collect()
        })
    }

    /// An endpoint.
    pub fn endpoint(&self, tenant: TenantId, id: &str) -> Result<EndpointState, Error> {
        self.core().pool.with(|store| {
            let (endpoint, health, _) = found(store, tenant, id)?;
            Ok(EndpointState { endpoint, health })
        })
    }

    /// Makes an endpoint: it is told of what is recorded from now on. The second is its secret, which is
    /// shown now and never again.
    pub fn add_endpoint(
        &self,
        tenant: TenantId,
        new: NewEndpoint,
    ) -> Result<(EndpointState, String), Error> {
        let may = self.endpoints_reach(tenant)?;
        let secret = new_secret();
        self.core().pool.with(|store| {
            // What is recorded after this moment is sealed after this seal.
            let sealed = store.head(tenant)?.map_or(0, |seal| seal.no);
            let since = self.now();
            let id = uuid::Uuid::from_bytes(input::time_ordered(since)).simple();
            let endpoint = Endpoint {
                id: format!("whk_{id}"),
                url: new.url.trim().to_owned(),
                topics: new.topics,
                note: new.note,
                since,
                paused: None,
                paused_at: None,
                secrets: Rotated::new(secret.clone()),
            };
            endpoint.check(&may)?;
            if store.settings(tenant, KIND)?.len() >= ENDPOINTS_MOST {
                let what =
                    format!("there are {ENDPOINTS_MOST} endpoints already; remove one first");
                return Err(Error::invalid("/url", what));
            }
            // How far it was told comes first: an endpoint without that would be told nothing.
            store.begin_webhook(tenant, &endpoint.id, sealed)?;
            if !store.put_setting(tenant, &endpoint.row(1)?)? {
                return Err(Error::Bug("an id was drawn twice".into()));
            }
            let (endpoint, health, _) = found(store, tenant, &endpoint.id)?;
            Ok((EndpointState { endpoint, health }, secret))
        })
    }

    /// Changes an endpoint. One that is no longer paused is tried at once. The first is how it was.
    pub fn change_endpoint(
        &self,
        tenant: TenantId,
        id: &str,
        patch: EndpointPatch,
    ) -> Result<(Endpoint, EndpointState), Error> {
        let (mut may, now) = (self.endpoints_reach(tenant)?, self.now());
        self.core().pool.with(|store| {
            let (before, _, version) = found(store, tenant, id)?;
            let mut after = before.clone();
            if let Some(url) = patch.url {
                url.trim().clone_into(&mut after.url);
            }
            if let Some(topics) = patch.topics {
                after.topics = topics;
            }
            if let Some(note) = patch.note {
                after.note = note;
            }
            match patch.paused {
                Some(true) if after.paused.is_none() => {
                    (after.paused, after.paused_at) = (Some(PausedBy::Hand), Some(now));
                }
                Some(false) => (after.paused, after.paused_at) = (None, None),
                _ => {}
            }
            // An address that stays was looked at when it was given, and is again with each letter.
            may.private |= before.url == after.url;
            after.check(&may)?;
            put(store, tenant, &after, version)?;
            if after.paused.is_none() && (before.paused.is_some() || before.url != after.url) {
                store.reset_webhook(tenant, id, now)?;
            }
            let (endpoint, health, _) = found(store, tenant, id)?;
            Ok((before, EndpointState { endpoint, health }))
        })
    }

    /// Removes an endpoint, with all that waits for it. How it was.
    pub fn remove_endpoint(&self, tenant: TenantId, id: &str) -> Result<Endpoint, Error> {
        self.core().pool.with(|store| {
            let (endpoint, _, _) = found(store, tenant, id)?;
            store.delete_setting(tenant, KIND, id)?;
            store.end_webhook(tenant, id)?;
            Ok(endpoint)
        })
    }

    /// Gives an endpoint another secret, which is shown now and never again. The one before goes on signing
    /// beside it for so many hours.
    pub fn rotate_secret(
        &self,
        tenant: TenantId,
        id: &str,
        overlap_hours: u32,
    ) -> Result<(EndpointState, String), Error> {
        let now = self.now();
        let secret = new_secret();
        self.core().pool.with(|store| {
            let (mut endpoint, health, version) = found(store, tenant, id)?;
            endpoint
                .secrets
                .rotate(secret.clone(), overlap_hours, now)?;
            put(store, tenant, &endpoint, version)?;
            Ok((EndpointState { endpoint, health }, secret))
        })
    }

    /// Sends an endpoint a message of the type `test`, which says nothing, and tells what became of it.
    pub fn test_endpoint(&self, tenant: TenantId, id: &str) -> Result<Delivery, Error> {
        let (outbound, now) = (self.outbound()?, self.now());
        let endpoint = self.endpoint(tenant, id)?.endpoint;
        let body = serde_json::json!({"type": "test", "timestamp": now.to_string(), "data": {}});
        Ok(outbound.courier.send(&Letter {
            url: &endpoint.url,
            id: &format!("test_{}", uuid::Uuid::from_bytes(input::random()).simple()),
            seconds: now.micros().div_euclid(1_000_000),
            body: &body.to_string(),
            secrets: &endpoint.secrets(now),
        }))
    }

    /// What did not go through, as far as it can be shown.
    pub fn troubles(&self, tenant: TenantId, id: &str) -> Result<Troubles, Error> {
        self.core().pool.with(|store| {
            found(store, tenant, id)?;
            let (failing, letters) = store.webhook_troubles(tenant, id, TROUBLES_MOST)?;
            Ok(Troubles {
                failing: failing
                    .iter()
                    .filter_map(|own| of_stream(store, tenant, own).transpose())
                    .collect::<Result<_, _>>()?,
                letters: letters
                    .iter()
                    .filter_map(|own| of_letter(store, tenant, own).transpose())
                    .collect::<Result<_, _>>()?,
            })
        })
    }

    /// Has events told once more, out of their turn. How many: of a span all that were recorded in it, of
    /// which the endpoint is told those that it wants.
    pub fn replay(&self, tenant: TenantId, id: &str, which: &Replay) -> Result<u64, Error> {
        let now = self.now();
        self.core().pool.with(|store| {
            found(store, tenant, id)?;
            match which {
                Replay::GivenUp => {
                    Ok(store.tell_again(tenant, (id, now), WebhookAgain::GivenUp)?)
                }
                Replay::Event(key) => {
                    let row = store.event(tenant, key)?.ok_or_else(|| {
                        Error::not_found("event", format!("{}/{}", key.source, key.external_id))
                    })?;
                    let one = WebhookAgain::One(row.wallet, row.seq);
                    Ok(store.tell_again(tenant, (id, now), one)?)
                }
                Replay::Span(from, until) => replay_span(store, (tenant, id), (*from, *until), now),
            }
        })
    }
}

fn put(
    store: &mut dyn Store,
    tenant: TenantId,
    endpoint: &Endpoint,
    version: i64,
) -> Result<(), Error> {
    match store.put_setting(tenant, &endpoint.row(version + 1)?)? {
        true => Ok(()),
        false => Err(Error::Retry("somebody else changes the endpoint".into())),
    }
}

fn of_stream(
    store: &mut dyn Store,
    tenant: TenantId,
    own: &WebhookStream,
) -> Result<Option<Failing>, Error> {
    let cursor = regulars_store::Cursor::After(own.told.unwrap_or(0));
    let row = store.log(tenant, own.wallet, cursor, 1)?.pop();
    Ok(row.map(|row| Failing {
        event: row.event.key,
        seq: row.seq,
        failures: own.failures,
        since: own.since,
        failure: own.failure.clone(),
        next_at: Some(own.next_at),
    }))
}

fn of_letter(
    store: &mut dyn Store,
    tenant: TenantId,
    own: &WebhookLetter,
) -> Result<Option<Failing>, Error> {
    let cursor = regulars_store::Cursor::After(own.seq.saturating_sub(1));
    let row = store.log(tenant, own.wallet, cursor, 1)?.pop();
    Ok(row.map(|row| Failing {
        event: row.event.key,
        seq: own.seq,
        failures: own.failures,
        since: own.since,
        failure: own.failure.clone(),
        next_at: own.next_at,
    }))
}

/// Puts all events of a span on the list of those that are told by themselves. Seals name the wallets that
/// moved; a wallet's events stand in the order in which they were recorded.
fn replay_span(
    store: &mut dyn Store,
    (tenant, id): (TenantId, &str),
    (from, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<u64, Error> {
    if from >= until {
        return Err(Error::invalid("/until", "must be after `from`"));
    }
    let mut newest = BTreeMap::new();
    let mut after = first_seal_since(store, tenant, from)?;
    loop {
        let seals = store.sealed(tenant, after, 64)?;
        let Some(last) = seals.last() else { break };
        after = last.no;
        for (wallet, seq) in seals.iter().flat_map(|seal| &seal.heads) {
            let known = newest.entry(*wallet).or_insert(*seq);
            *known = (*known).max(*seq);
        }
    }
    let mut again = Vec::new();
    for (wallet, seq) in newest {
        teller::backwards(store, tenant, wallet, seq, &mut |row| {
            let at = row.event.recorded_at;
            if from <= at && at < until {
                again.push(WebhookLetter {
                    wallet,
                    seq: row.seq,
                    failures: 0,
                    since: None,
                    failure: String::new(),
                    next_at: Some(now),
                });
            }
            from <= at && again.len() <= REPLAY_MOST
        })?;
        if again.len() > REPLAY_MOST {
            let what =
                format!("there are more than {REPLAY_MOST} events in it; choose a shorter span");
            return Err(Error::invalid("/from", what));
        }
    }
    let count = again.len() as u64;
    // The letters only: the rest stays as it is.
    let health = found(store, tenant, id)?.1;
    let moves = WebhookMoves {
        at: now,
        next_at: health.next_at,
        added: again,
        ..WebhookMoves::default()
    };
    store.move_webhook(tenant, id, &moves)?;
    Ok(count)
}

/// The number before the first seal that may hold what was recorded at `from`: seals are made in the order
/// of time, by servers whose clocks may differ by minutes.
fn first_seal_since(
    store: &mut dyn Store,
    tenant: TenantId,
    from: Timestamp,
) -> Result<i64, Error> {
    let (mut low, mut high) = (0, store.head(tenant)?.map_or(0, |seal| seal.no));
    while low < high {
        let middle = low + (high - low) / 2;
        let seal = store.sealed(tenant, middle, 1)?.pop();
        match seal.is_some_and(|seal| seal.at < from.plus_micros(-HOUR_MICROS)) {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    Ok(low)
}
