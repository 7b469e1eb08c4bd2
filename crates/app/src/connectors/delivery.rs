//! A delivery: noted, then decided. What could not be decided is kept with what it said, so that somebody can
//! look at it and have it taken again; of all others only what became of them is.

use super::{Connector, ConnectorState, found, tenant_of};
use crate::crm::ContactSaid;
use crate::identities::form;
use crate::members::Identity;
use crate::page::{Page, PageAsk};
use crate::{App, Error, MemberRef, NOW, NewMember, Receipt};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_connect::inbound::{
    Headers, News, Parcel, Person, Platform, Privacy, Seal, Told as Happened, Whom,
};
use regulars_engine::event::{Event, Incoming, Who};
use regulars_engine::outcome::Verdict;
use regulars_store::{DeliveryAsk, DeliveryBounds, DeliveryRow, Noted, Store};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// So long it is kept what came of a delivery.
const KEPT_DAYS: i64 = 30;
const DAY_MICROS: i64 = 86_400_000_000;
/// So many deliveries of a connector may be undecided. More are not taken: the platform tries again.
const UNDECIDED_MOST: usize = 500;
/// The longest of what became of one, in words.
const SAID_MOST: usize = 1000;
/// The row that counts what was not signed as it must be.
const UNSIGNED: &str = "";

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    /// Nothing yet: the server stopped, or was busy. The platform sends it again.
    Waiting,
    /// Something of it counts that was not known.
    Taken,
    /// All of it was known.
    Known,
    /// Nothing follows from it.
    Unused,
    /// The program refuses it, and that is recorded.
    Refused,
    /// It could not be decided: somebody must look at it.
    Failed,
    /// It asks for what a person must do.
    Asks,
    /// Somebody has seen to it.
    Done,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Taken,
        Self::Known,
        Self::Unused,
        Self::Refused,
        Self::Failed,
        Self::Asks,
        Self::Done,
    ];

    /// Its name in tables and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Taken => "taken",
            Self::Known => "known",
            Self::Unused => "unused",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Asks => "asks",
            Self::Done => "done",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    const fn is_decided(self) -> bool {
        !matches!(self, Self::Waiting | Self::Failed)
    }
}

/// A delivery and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Which.
    pub id: String,
    /// What it was about, in the platform's words.
    pub topic: String,
    /// What became of it.
    pub state: DeliveryState,
    /// When it came, the last time.
    pub came_at: Timestamp,
    /// How often it came.
    pub times: u64,
    /// What became of it, in words.
    pub said: String,
    /// What it said, where it could not be decided.
    pub body: Option<String>,
}

/// What whoever delivers is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What became of it.
    pub state: DeliveryState,
    /// Whether it had been decided before.
    pub again: bool,
}

/// What came of a parcel, thing by thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Came {
    pub(super) new: u64,
    pub(super) known: u64,
    pub(super) refused: Vec<String>,
    pub(super) failed: Vec<String>,
    pub(super) asks: Vec<String>,
    pub(super) unused: Vec<String>,
}

impl Came {
    fn failed(why: String) -> Self {
        Self {
            failed: vec![why],
            ..Self::default()
        }
    }

    /// The gravest of it: what somebody must look at comes first.
    fn state(&self) -> DeliveryState {
        if !self.failed.is_empty() {
            DeliveryState::Failed
        } else if !self.asks.is_empty() {
            DeliveryState::Asks
        } else if !self.refused.is_empty() {
            DeliveryState::Refused
        } else if self.new > 0 {
            DeliveryState::Taken
        } else if self.known > 0 {
            DeliveryState::Known
        } else {
            DeliveryState::Unused
        }
    }

    fn said(&self) -> String {
        let words = [&self.failed, &self.asks, &self.refused, &self.unused];
        let all: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
        all.join("; ").chars().take(SAID_MOST).collect()
    }
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = Error;

    fn try_from(row: DeliveryRow) -> Result<Self, Error> {
        let unknown = || Error::Corrupt(format!("a delivery is `{}`", row.state));
        Ok(Self {
            state: DeliveryState::by_name(&row.state).ok_or_else(unknown)?,
            id: row.delivery,
            topic: row.topic,
            came_at: row.came_at,
            times: row.times,
            said: row.said,
            body: row.body,
        })
    }
}

impl App {
    /// Takes what a platform tells. `Error::Unsigned` if it is not theirs: then that is counted, and nothing
    /// else happens. What cannot be done just now is an error that the platform answers by telling it again.
    pub fn take_delivery(
        &self,
        platform: &str,
        id: &str,
        (headers, body): (&Headers, &str),
    ) -> Result<Told, Error> {
        let missing = || Error::not_found("connector", id);
        let tenant = tenant_of(id).ok_or_else(missing)?;
        let find = |store: &mut dyn Store| match found(store, tenant, id) {
            // Whoever guesses is not told which part was right.
            Err(Error::NotFound { .. }) => Err(missing()),
            other => other,
        };
        let (own, _) = self.core().pool.with(find)?;
        let kind = own.platform()?;
        if kind.name() != platform {
            return Err(missing());
        }
        let unused = Told {
            state: DeliveryState::Unused,
            again: false,
        };
        if kind.is_greeting(body) {
            return Ok(unused);
        }
        self.check_signed(tenant, &own, kind, (headers, body))?;
        let row = noted(kind, headers, body, self.now());
        let (connector, new) = (own.id.clone(), row.clone());
        let bounds = DeliveryBounds {
            before: self.now().plus_micros(-KEPT_DAYS * DAY_MICROS),
            bodies_most: UNDECIDED_MOST,
        };
        let note =
            move |store: &mut dyn Store| Ok(store.note_delivery(tenant, &connector, &new, bounds)?);
        match self.core().write(note)? {
            Noted::Full => return Err(Error::Busy),
            Noted::Earlier(earlier) => {
                let earlier = Delivery::try_from(earlier)?;
                if earlier.state.is_decided() {
                    return Ok(Told {
                        state: earlier.state,
                        again: true,
                    });
                }
            }
            Noted::New => {}
        }
        let state = self.decide_delivery(tenant, &own, row, headers)?;
        Ok(Told {
            state,
            again: false,
        })
    }

    fn check_signed(
        &self,
        tenant: TenantId,
        own: &Connector,
        kind: Platform,
        (headers, body): (&Headers, &str),
    ) -> Result<(), Error> {
        let now = self.now();
        let secrets: Vec<String> = own.secrets.valid(now).map(str::to_owned).collect();
        let seal = Seal {
            headers,
            body: body.as_bytes(),
            url: &own.address,
            now_seconds: now.micros().div_euclid(1_000_000),
        };
        let Err(why) = kind.check(&seal, &secrets) else {
            return Ok(());
        };
        let row = DeliveryRow {
            delivery: UNSIGNED.into(),
            topic: String::new(),
            state: "unsigned".into(),
            came_at: now,
            times: 1,
            said: why.to_string(),
            body: None,
        };
        let bounds = DeliveryBounds {
            before: now.plus_micros(-KEPT_DAYS * DAY_MICROS),
            bodies_most: UNDECIDED_MOST,
        };
        let connector = own.id.clone();
        self.core().write(move |store| {
            Ok(store
                .note_delivery(tenant, &connector, &row, bounds)
                .map(drop)?)
        })?;
        Err(Error::Unsigned(why.to_string()))
    }

    /// Decides what was noted, and writes what came of it.
    fn decide_delivery(
        &self,
        tenant: TenantId,
        own: &Connector,
        row: DeliveryRow,
        headers: &Headers,
    ) -> Result<DeliveryState, Error> {
        let body = row.body.clone().unwrap_or_default();
        let (came, topic) = match own.platform()?.read(&own.setup()?, headers, &body) {
            Ok(parcel) => (self.take_parcel(tenant, own, &parcel)?, parcel.topic),
            Err(fault) => (Came::failed(fault.0), row.topic.clone()),
        };
        let state = came.state();
        let now = DeliveryRow {
            topic: topic
                .chars()
                .filter(|one| !one.is_control())
                .take(100)
                .collect(),
            state: state.name().into(),
            said: came.said(),
            body: row.body.filter(|_| !state.is_decided()),
            ..row
        };
        let connector = own.id.clone();
        self.core()
            .write(move |store| Ok(store.move_delivery(tenant, &connector, &now)?))?;
        Ok(state)
    }

    /// Takes all that a parcel says, in order. What may be tried again is an error; what may not is told.
    pub(super) fn take_parcel(
        &self,
        tenant: TenantId,
        own: &Connector,
        parcel: &Parcel,
    ) -> Result<Came, Error> {
        let mut came = Came::default();
        if !parcel.unused.is_empty() {
            came.unused.push(parcel.unused.to_owned());
        }
        for news in &parcel.news {
            let result = match news {
                News::Event(told) => self.take_told_event(tenant, own, told, &mut came),
                News::Own(text) => self.take_own_event(tenant, own, text, &mut came),
                News::Customer(person, since) => {
                    self.take_customer(tenant, own, (person, *since), &mut came)
                }
                News::Privacy(what, person) => {
                    self.take_privacy(tenant, own, (*what, person), &mut came)
                }
            };
            match result {
                Ok(()) => {}
                Err(error) if error.passes() => return Err(error),
                // The same, in other words: it was told before.
                Err(Error::KeyReused(_)) => came.known += 1,
                Err(error) => came.failed.push(error.to_string()),
            }
        }
        Ok(came)
    }

    fn take_told_event(
        &self,
        tenant: TenantId,
        own: &Connector,
        told: &Happened,
        came: &mut Came,
    ) -> Result<(), Error> {
        let who = match &told.whom {
            Whom::OfOrder => Some(Who::OfOrder),
            Whom::Customer(person) => self.who(tenant, own, person)?,
        };
        let Some(who) = who else {
            came.unused.push("it names no customer".into());
            return Ok(());
        };
        let incoming = Incoming {
            who,
            event: Event {
                key: EventKey {
                    source: own.source.clone(),
                    external_id: told.id.clone(),
                },
                occurred_at: told.at,
                recorded_at: NOW,
                entropy: [0; 16],
                kind: told.kind.clone(),
            },
        };
        counted(&self.ingest_one(tenant, incoming)?, came);
        Ok(())
    }

    /// By the shop's own number if that is known here, else by e-mail: whoever joins later by that address
    /// has what they bought before.
    fn who(
        &self,
        tenant: TenantId,
        own: &Connector,
        person: &Person,
    ) -> Result<Option<Who>, Error> {
        let text = |words: &str| {
            Text::new(words).map_err(|error| Error::invalid("/customer", error.to_string()))
        };
        // Shops let people type what they like: what is no address names nobody.
        let email = form::email(&person.email).unwrap_or_default();
        let (id, email) = (text(&person.id)?, text(&email)?);
        let by_email = Who::Identity {
            kind: text("email")?,
            value: email.clone(),
        };
        let by_id = Who::Identity {
            kind: own.source.clone(),
            value: id.clone(),
        };
        if id.is_empty() {
            return Ok((!email.is_empty()).then_some(by_email));
        }
        let known = self.core().pool.with(|store| {
            Ok(store.member_by_identity(tenant, own.source.as_str(), id.as_str())?)
        })?;
        Ok(Some(match known.is_some() || email.is_empty() {
            true => by_id,
            false => by_email,
        }))
    }

    fn take_own_event(
        &self,
        tenant: TenantId,
        own: &Connector,
        text: &str,
        came: &mut Came,
    ) -> Result<(), Error> {
        if let Some(contact) = contact(text)? {
            return self.take_own_contact(tenant, own, &contact, came);
        }
        let inbound = self.core().config.inbound.as_ref();
        let none = || Error::Unavailable("this server reads no events of connectors".into());
        let read = inbound.ok_or_else(none)?.read;
        let now = self.now();
        let program = match self.program_in_force(tenant, now) {
            Ok((_, program)) => Some(program),
            Err(Error::NoProgram) => None,
            Err(error) => return Err(error),
        };
        let incoming = read(text, now, program.as_deref()).map_err(Error::Invalid)?;
        let source = &incoming.event.key.source;
        if *source != own.source {
            let what = format!(
                "is `{source}`: events of this connector have the source `{}`",
                own.source
            );
            return Err(Error::invalid("/source", what));
        }
        counted(&self.ingest_one(tenant, incoming)?, came);
        Ok(())
    }

    /// Somebody as a CRM has them: the rules are those of a file of contacts.
    fn take_own_contact(
        &self,
        tenant: TenantId,
        own: &Connector,
        contact: &OwnContact,
        came: &mut Came,
    ) -> Result<(), Error> {
        if contact.source != own.source.as_str() {
            let what = format!(
                "is `{:.60}`: contacts of this connector have the source `{}`",
                contact.source, own.source
            );
            return Err(Error::invalid("/source", what));
        }
        if !own.enrols && self.contact_named(tenant, &contact.said)?.is_none() {
            let words = "it is nobody whom we know, and contacts become no members by themselves";
            came.unused.push(words.into());
            return Ok(());
        }
        let (taken, wrong) = self.take_contact(tenant, own.source.as_str(), &contact.said)?;
        match taken.new || taken.changed {
            true => came.new += 1,
            false => came.known += 1,
        }
        came.refused.extend(wrong);
        Ok(())
    }

    fn take_customer(
        &self,
        tenant: TenantId,
        own: &Connector,
        (person, since): (&Person, Option<Timestamp>),
        came: &mut Came,
    ) -> Result<(), Error> {
        if !own.enrols {
            came.unused
                .push("customers of this shop become no members by themselves".into());
            return Ok(());
        }
        if person.id.is_empty() {
            came.unused.push("the customer has no number".into());
            return Ok(());
        }
        let text = |words: &str| {
            Text::new(words).map_err(|error| Error::invalid("/customer", error.to_string()))
        };
        let mut identities = vec![Identity {
            kind: own.source.clone(),
            value: text(&person.id)?,
        }];
        if form::email(&person.email).is_ok() {
            identities.push(Identity {
                kind: text(form::EMAIL)?,
                value: text(&person.email)?,
            });
        } else if !person.email.is_empty() {
            let what = "the customer's e-mail address is none";
            came.unused.push(what.into());
        }
        let new = NewMember {
            key: EventKey {
                source: own.source.clone(),
                external_id: text(&format!("customer/{}", person.id))?,
            },
            identities,
            attributes: BTreeMap::new(),
            occurred_at: since,
            referral_code: None,
        };
        let (_, receipt) = self.enrol(tenant, new)?;
        counted(&receipt, came);
        Ok(())
    }

    /// Erasing cannot be taken back, and a member may have been one long before they bought in this shop: a
    /// person does it.
    fn take_privacy(
        &self,
        tenant: TenantId,
        own: &Connector,
        (what, person): (Privacy, &Person),
        came: &mut Came,
    ) -> Result<(), Error> {
        if what == Privacy::EraseShop {
            let words =
                "the shop has removed our app: erase its customers, and remove this connector";
            came.asks.push(words.into());
            return Ok(());
        }
        let member = match self.who(tenant, own, person)? {
            None => None,
            Some(who) => self.known(tenant, &who)?,
        };
        let Some(member) = member else {
            came.unused
                .push("nothing is known here of this customer".into());
            return Ok(());
        };
        came.asks.push(match what {
            Privacy::Show => format!("send the customer what is known of {member}"),
            _ => format!("erase {member}, within 30 days"),
        });
        Ok(())
    }

    fn known(&self, tenant: TenantId, who: &Who) -> Result<Option<MemberId>, Error> {
        let Who::Identity { kind, value } = who else {
            return Ok(None);
        };
        let identity = Identity {
            kind: kind.clone(),
            value: value.clone(),
        };
        match self.member(tenant, &MemberRef::Identity(identity)) {
            Ok(member) => Ok(Some(member.id)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What was told to a connector, newest first; in one state or any.
    pub fn deliveries(
        &self,
        tenant: TenantId,
        connector: &str,
        state: Option<DeliveryState>,
        page: &PageAsk,
    ) -> Result<Page<Delivery>, Error> {
        let limit = page.limit();
        let ask = DeliveryAsk {
            state: state.map(|own| own.name().to_owned()),
            after: page.after.as_deref().map(cursor).transpose()?,
        };
        let rows = self.core().pool.with(|store| {
            found(store, tenant, connector)?;
            Ok(store.deliveries(tenant, connector, &ask, limit + 1)?)
        })?;
        let page = Page::cut(rows, limit, |row| {
            format!("{}.{}", row.came_at.micros(), row.delivery)
        });
        page.try_map(Delivery::try_from)
    }

    /// Has a delivery decided once more that could not be.
    pub fn take_again(
        &self,
        tenant: TenantId,
        connector: &str,
        delivery: &str,
    ) -> Result<Delivery, Error> {
        let (own, row) = self.delivery_of(tenant, connector, delivery)?;
        if row.body.is_none() {
            let what = "is decided: what it said is not kept";
            return Err(Error::invalid("/delivery", what));
        }
        let number = delivery.rsplit_once('.').map_or("", |(number, _)| number);
        // What it said is signed and what is kept of its headers is this.
        let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = Headers(vec![
            named("x-shopify-topic", &row.topic),
            named("x-wc-webhook-topic", &row.topic),
            named("webhook-id", number),
        ]);
        self.decide_delivery(tenant, &own, row, &headers)?;
        let (_, row) = self.delivery_of(tenant, connector, delivery)?;
        row.try_into()
    }

    /// Notes that somebody has seen to what a delivery asks for, or does not want it any more.
    pub fn see_to_delivery(
        &self,
        tenant: TenantId,
        connector: &str,
        delivery: &str,
    ) -> Result<Delivery, Error> {
        let (own, row) = self.delivery_of(tenant, connector, delivery)?;
        let open = [
            DeliveryState::Asks,
            DeliveryState::Failed,
            DeliveryState::Waiting,
        ];
        if !open.iter().any(|state| state.name() == row.state) {
            return Err(Error::invalid("/delivery", "asks for nothing"));
        }
        let now = DeliveryRow {
            state: DeliveryState::Done.name().into(),
            body: None,
            ..row
        };
        let told = now.clone();
        self.core()
            .write(move |store| Ok(store.move_delivery(tenant, &own.id, &told)?))?;
        now.try_into()
    }

    fn delivery_of(
        &self,
        tenant: TenantId,
        connector: &str,
        delivery: &str,
    ) -> Result<(Connector, DeliveryRow), Error> {
        self.core().pool.with(|store| {
            let (own, _) = found(store, tenant, connector)?;
            let row = store.delivery(tenant, connector, delivery)?;
            let row = row.filter(|row| row.delivery != UNSIGNED);
            Ok((
                own,
                row.ok_or_else(|| Error::not_found("delivery", delivery))?,
            ))
        })
    }
}

/// How a connector fares.
pub(super) fn state(
    store: &mut dyn Store,
    tenant: TenantId,
    connector: Connector,
) -> Result<ConnectorState, Error> {
    let id = connector.id.clone();
    let last = store.deliveries(tenant, &id, &DeliveryAsk::default(), 1)?;
    let unsigned = store.delivery(tenant, &id, UNSIGNED)?;
    let mut of = |state: DeliveryState| store.deliveries_in(tenant, &id, state.name());
    Ok(ConnectorState {
        came_at: last.first().map(|row| row.came_at),
        failed: of(DeliveryState::Failed)? + of(DeliveryState::Waiting)?,
        asks: of(DeliveryState::Asks)?,
        unsigned: unsigned.as_ref().map_or(0, |row| row.times),
        unsigned_at: unsigned.map(|row| row.came_at),
        connector,
    })
}

/// A delivery as it is noted before anything is done about it. Its number alone is not signed: whoever sends
/// an old one under the number of one that is still to come must not have that taken for known.
fn noted(kind: Platform, headers: &Headers, body: &str, now: Timestamp) -> DeliveryRow {
    let number = match kind {
        Platform::Shopify => headers.get("x-shopify-webhook-id"),
        Platform::WooCommerce => headers.get("x-wc-webhook-delivery-id"),
        Platform::Stripe | Platform::Square => "",
        Platform::Generic | Platform::Medusa | Platform::Vendure => headers.get("webhook-id"),
    };
    let topic = match kind {
        Platform::Shopify => headers.get("x-shopify-topic"),
        Platform::WooCommerce => headers.get("x-wc-webhook-topic"),
        _ => "",
    };
    let plain = |words: &str, most: usize| -> String {
        let kept = words.chars().filter(char::is_ascii_graphic);
        kept.take(most).collect()
    };
    let hash = Sha256::digest([topic.as_bytes(), b"\n", body.as_bytes()].concat());
    let hash: String = hash[..12]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    DeliveryRow {
        delivery: format!("{}.{hash}", plain(number, 100)),
        topic: plain(topic, 100),
        state: DeliveryState::Waiting.name().into(),
        came_at: now,
        times: 1,
        said: String::new(),
        body: Some(body.to_owned()),
    }
}

/// A contact among what the generic connector is told.
struct OwnContact {
    source: String,
    said: ContactSaid,
}

/// A contact, if it is one and no event.
fn contact(text: &str) -> Result<Option<OwnContact>, Error> {
    let read: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(text);
    let Ok(mut fields) = read else {
        // Whoever reads events says better what is wrong with it.
        return Ok(None);
    };
    if fields.get("type").and_then(serde_json::Value::as_str) != Some("contact") {
        return Ok(None);
    }
    fields.remove("type");
    let source = fields.remove("source").unwrap_or_default();
    Ok(Some(OwnContact {
        source: source.as_str().unwrap_or_default().to_owned(),
        said: ContactSaid::read(&serde_json::Value::Object(fields).to_string())?,
    }))
}

fn counted(receipt: &Receipt, came: &mut Came) {
    match &receipt.verdict {
        _ if receipt.duplicate => came.known += 1,
        Verdict::Accepted => came.new += 1,
        Verdict::Refused(_) => {
            let why = receipt.reasons().pop().unwrap_or_default();
            came.refused.push(why);
        }
    }
}

fn cursor(text: &str) -> Result<(Timestamp, String), Error> {
    let read = text
        .split_once('.')
        .and_then(|(at, id)| Some((Timestamp::from_micros(at.parse().ok()?), id.to_owned())));
    read.ok_or_else(|| Error::invalid("/after", "is no cursor of this list"))
}
