//! Connectors: shops and payment providers who tell what happens there, by webhooks.
//!
//! What a delivery says is worked out in `regulars_connect::inbound`, without a clock or a database. Here its
//! connector is found, the delivery is noted before anything is done about it, and its events go where all
//! events go, under keys that are the same however they were told: so a delivery that comes twice, late or
//! out of turn, and what is found by asking (`reconcile.rs`), count once.

mod delivery;
mod reconcile;

pub use delivery::{Delivery, DeliveryState, Told};
pub use reconcile::Reconciled;

use crate::people::read;
use crate::rotated::Rotated;
use crate::webhooks::new_secret;
use crate::{App, Error, input};
use regulars_base::{Currency, TenantId, Text, Timestamp};
use regulars_connect::inbound::{Access, Platform, Setup};
use regulars_connect::target;
use regulars_engine::Program;
use regulars_engine::event::{Fault, Incoming};
use regulars_store::{Setting, Store};
use serde::{Deserialize, Serialize};

const KIND: &str = "connector";
/// So many connectors a merchant may have.
const MOST: usize = 20;
/// The longest note, and the longest of other texts.
const NOTE_MOST: usize = 200;
const TEXT_MOST: usize = 500;
/// Sources of events that others make here, and kinds of identity that are nobody's numbers.
const TAKEN: [&str; 17] = [
    "api",
    "award",
    "books",
    "card",
    "clock",
    "coalition",
    "email",
    "house",
    "moderation",
    "nobody",
    "order",
    "payments",
    "phone",
    "places",
    "profile",
    "quote",
    "settlement",
];
/// What codes of redemptions begin with if nobody says otherwise.
const PREFIX: &str = "RG-";

/// Reads an event in our own shape: whoever speaks to the outside knows that shape.
pub type ReadEvent = fn(&str, Timestamp, Option<&Program>) -> Result<Incoming, Vec<Fault>>;

/// How others tell us.
#[derive(Clone, Debug)]
pub struct Inbound {
    pub(crate) read: ReadEvent,
}

impl Inbound {
    /// With somebody who reads events of our own shape.
    pub fn new(read: ReadEvent) -> Self {
        Self { read }
    }
}

/// A shop or a payment provider who tells what happens there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connector {
    /// Its id (`con_…`): a part of the address that it sends to.
    #[serde(skip)]
    pub id: String,
    /// Which platform, by its name.
    platform: String,
    /// The source of its events, and the kind of identity that its customers' numbers are.
    pub source: Text,
    /// What it is for, in words.
    pub note: String,
    /// The currency that is taken; any if nothing.
    pub currency: Option<Text>,
    /// The states in which an order counts as paid.
    pub paid: Vec<String>,
    /// Whether its customers become members by being told of.
    pub enrols: bool,
    /// What codes of redemptions begin with; empty if there are none.
    pub code_prefix: String,
    /// The address that it sends to, as the platform knows it: where that is signed, too.
    pub address: String,
    /// Where it is asked for what a delivery lost; empty if it is not.
    pub ask_url: String,
    /// Who asks.
    pub ask_key: String,
    /// What lets us in.
    ask_secret: Hidden,
    /// Since when.
    pub since: Timestamp,
    secrets: Rotated,
}

/// A word that no log shows.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// What is said of a connector; what is not said stays, or is as it is for most.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ConnectorPatch {
    /// What it is for.
    pub note: Option<String>,
    /// The currency that is taken; any if empty.
    pub currency: Option<String>,
    /// The states in which an order counts as paid; those of most shops if empty.
    pub paid: Option<Vec<String>>,
    /// Whether its customers become members.
    pub enrols: Option<bool>,
    /// What codes of redemptions begin with.
    pub code_prefix: Option<String>,
    /// The address that it sends to.
    pub address: Option<String>,
    /// Where it is asked.
    pub ask_url: Option<String>,
    /// Who asks.
    pub ask_key: Option<String>,
    /// What lets us in.
    pub ask_secret: Option<String>,
}

impl std::fmt::Debug for ConnectorPatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConnectorPatch({:?} …)", self.note)
    }
}

/// A connector to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewConnector {
    /// Which platform, by its name.
    pub platform: String,
    /// The source of its events; the platform's name if empty.
    pub source: String,
    /// The platform's secret; one of ours is made if it is empty and the platform takes ours.
    pub secret: String,
    /// All else.
    pub rest: ConnectorPatch,
}

/// A connector and how it fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorState {
    /// The connector.
    pub connector: Connector,
    /// When something last came.
    pub came_at: Option<Timestamp>,
    /// How many deliveries could not be decided.
    pub failed: u64,
    /// How many wait for a person who looks at them.
    pub asks: u64,
    /// How often something came that was not signed as it must be.
    pub unsigned: u64,
    /// When it last did.
    pub unsigned_at: Option<Timestamp>,
}

impl Connector {
    /// Which platform it is.
    pub fn platform(&self) -> Result<Platform, Error> {
        let unknown = || Error::Corrupt(format!("there is no platform `{}`", self.platform));
        Platform::by_name(&self.platform).ok_or_else(unknown)
    }

    /// The path that it sends to.
    pub fn path(&self) -> String {
        format!("/hooks/{}/{}", self.platform, self.id)
    }

    /// Until when the secret before this one is good, too.
    pub fn old_secret_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.secrets.old_until(now)
    }

    /// What matters to what a delivery says.
    fn setup(&self) -> Result<Setup, Error> {
        let currency = self
            .currency
            .as_ref()
            .map(|code| Currency::new(code.as_str()));
        Ok(Setup {
            source: self.source.clone(),
            currency: currency
                .transpose()
                .map_err(|error| Error::Corrupt(error.to_string()))?,
            paid: self.paid.clone(),
            enrols: self.enrols,
            code_prefix: self.code_prefix.clone(),
        })
    }

    /// How it is asked, if it is.
    fn access(&self) -> Option<Access> {
        (!self.ask_url.is_empty()).then(|| Access {
            url: self.ask_url.clone(),
            key: self.ask_key.clone(),
            secret: self.ask_secret.0.clone(),
        })
    }

    fn patched(&mut self, patch: ConnectorPatch) {
        let set = |to: &mut String, from: Option<String>| {
            if let Some(from) = from {
                from.trim().clone_into(to);
            }
        };
        set(&mut self.note, patch.note);
        set(&mut self.code_prefix, patch.code_prefix);
        set(&mut self.address, patch.address);
        set(&mut self.ask_url, patch.ask_url);
        set(&mut self.ask_key, patch.ask_key);
        set(&mut self.ask_secret.0, patch.ask_secret);
        if let Some(code) = patch.currency {
            let code = code.trim().to_uppercase();
            self.currency = Text::new(code).ok().filter(|code| !code.is_empty());
        }
        if let Some(paid) = patch.paid {
            self.paid = paid;
        }
        if let Some(enrols) = patch.enrols {
            self.enrols = enrols;
        }
    }

    /// What is wrong with it, all at once.
    fn check(&self, platform: Platform, private: bool) -> Result<(), Error> {
        let mut faults = Vec::new();
        let mut wrong = |at: &str, what: String| faults.push(Fault::new(at, what));
        if let Some(code) = &self.currency
            && let Err(error) = Currency::new(code.as_str())
        {
            wrong("/currency", error.to_string());
        }
        let states = platform.states();
        for (at, state) in self.paid.iter().enumerate() {
            if !states.contains(&state.as_str()) {
                let what = format!(
                    "`{state}` is no state there; there are {}",
                    states.join(", ")
                );
                wrong(&format!("/paid/{at}"), what);
            }
        }
        if platform == Platform::Stripe && self.paid.len() != 1 {
            let what = "must name one: a payment is told of several times, and counts once";
            wrong("/paid", what.into());
        }
        for (at, text, most) in [
            ("/note", &self.note, NOTE_MOST),
            ("/code_prefix", &self.code_prefix, 20),
            ("/address", &self.address, TEXT_MOST),
            ("/ask_key", &self.ask_key, TEXT_MOST),
            ("/ask_secret", &self.ask_secret.0, TEXT_MOST),
        ] {
            if text.chars().count() > most || text.chars().any(char::is_control) {
                wrong(at, format!("must be at most {most} characters on one line"));
            }
        }
        if platform == Platform::Square && self.address.is_empty() {
            let what = "is missing: Square signs it, so enter the address as it stands there";
            wrong("/address", what.into());
        }
        if !self.ask_url.is_empty() {
            if !platform.can_be_asked() {
                wrong(
                    "/ask_url",
                    "this platform is not asked: leave it out".into(),
                );
            } else if let Some(fault) = target::fault(&self.ask_url, private) {
                wrong("/ask_url", fault);
            }
            if self.ask_secret.0.is_empty() {
                wrong(
                    "/ask_secret",
                    "is missing: what lets us in at /ask_url".into(),
                );
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
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

fn of_row(row: &Setting) -> Result<Connector, Error> {
    Ok(Connector {
        id: row.id.clone(),
        ..read(row)?
    })
}

fn found(store: &mut dyn Store, tenant: TenantId, id: &str) -> Result<(Connector, i64), Error> {
    let row = store.setting(tenant, KIND, id)?;
    let row = row.ok_or_else(|| Error::not_found("connector", id))?;
    Ok((of_row(&row)?, row.version))
}

fn put(
    store: &mut dyn Store,
    tenant: TenantId,
    connector: &Connector,
    version: i64,
) -> Result<(), Error> {
    match store.put_setting(tenant, &connector.row(version + 1)?)? {
        true => Ok(()),
        false => Err(Error::Retry("somebody else changes the connector".into())),
    }
}

/// Whose it is, and the rest drawn: so it is found without looking through all merchants.
fn new_id(tenant: TenantId) -> String {
    let drawn = u128::from_be_bytes(input::random()) >> 64;
    let tenant = u128::from_be_bytes(*tenant.bytes());
    format!("con_{tenant:032x}{drawn:016x}")
}

fn tenant_of(id: &str) -> Option<TenantId> {
    let digits = id
        .strip_prefix("con_")
        .filter(|digits| digits.len() == 48)?;
    format!("ten_{}", digits.get(..32)?).parse().ok()
}

impl App {
    /// All connectors, the oldest first.
    pub fn connectors(&self, tenant: TenantId) -> Result<Vec<ConnectorState>, Error> {
        self.core().pool.with(|store| {
            let rows = store.settings(tenant, KIND)?;
            let mut all = rows.iter().map(of_row).collect::<Result<Vec<_>, _>>()?;
            all.sort_by_key(|own| own.since);
            let states = all.into_iter();
            states
                .map(|own| delivery::state(store, tenant, own))
                .collect()
        })
    }

    /// A connector.
    pub fn connector(&self, tenant: TenantId, id: &str) -> Result<ConnectorState, Error> {
        self.core().pool.with(|store| {
            let (own, _) = found(store, tenant, id)?;
            delivery::state(store, tenant, own)
        })
    }

    /// Makes a connector. The second is its secret, if it is one of ours: it is shown now and never again.
    pub fn add_connector(
        &self,
        tenant: TenantId,
        new: NewConnector,
    ) -> Result<(ConnectorState, Option<String>), Error> {
        let platform = platform(&new.platform)?;
        let source = match new.source.trim() {
            "" => platform.name(),
            source => source,
        };
        let (secret, shown) = secret(platform, &new.secret)?;
        let since = self.now();
        let mut own = Connector {
            id: new_id(tenant),
            platform: platform.name().into(),
            source: checked_source(source)?,
            note: String::new(),
            currency: None,
            paid: Vec::new(),
            enrols: false,
            code_prefix: PREFIX.into(),
            address: String::new(),
            ask_url: String::new(),
            ask_key: String::new(),
            ask_secret: Hidden::default(),
            since,
            secrets: Rotated::new(secret),
        };
        own.patched(new.rest);
        fill(&mut own, platform);
        own.check(platform, self.may_be_private())?;
        self.tenant(tenant)?;
        self.core().pool.with(|store| {
            let all = store.settings(tenant, KIND)?;
            if all.len() >= MOST {
                let what = format!("there are {MOST} connectors already; remove one first");
                return Err(Error::invalid("/platform", what));
            }
            for other in &all {
                if of_row(other)?.source == own.source {
                    let what = "is another connector's source: its orders' numbers would mix";
                    return Err(Error::invalid("/source", what));
                }
            }
            put(store, tenant, &own, 0)?;
            Ok((delivery::state(store, tenant, own)?, shown))
        })
    }

    /// Changes a connector. The first is how it was.
    pub fn change_connector(
        &self,
        tenant: TenantId,
        id: &str,
        patch: ConnectorPatch,
    ) -> Result<(Connector, ConnectorState), Error> {
        let private = self.may_be_private();
        self.core().pool.with(|store| {
            let (before, version) = found(store, tenant, id)?;
            let platform = before.platform()?;
            let mut after = before.clone();
            // What lets us in at one address is not carried to another.
            if patch
                .ask_url
                .as_ref()
                .is_some_and(|url| url.trim() != before.ask_url)
            {
                after.ask_secret = Hidden::default();
            }
            after.patched(patch);
            fill(&mut after, platform);
            // An address that stays was looked at when it was given, and is again with each question.
            after.check(platform, private || before.ask_url == after.ask_url)?;
            put(store, tenant, &after, version)?;
            Ok((before, delivery::state(store, tenant, after)?))
        })
    }

    /// Removes a connector, with all that was told to it. How it was.
    pub fn remove_connector(&self, tenant: TenantId, id: &str) -> Result<Connector, Error> {
        self.core().pool.with(|store| {
            let (own, _) = found(store, tenant, id)?;
            store.delete_setting(tenant, KIND, id)?;
            store.forget_deliveries(tenant, id)?;
            Ok(own)
        })
    }

    /// Gives a connector another secret: the platform's, or one of ours if it is empty, which is shown now
    /// and never again. The one before is good beside it for so many hours.
    pub fn rotate_connector(
        &self,
        tenant: TenantId,
        id: &str,
        (given, overlap_hours): (&str, u32),
    ) -> Result<(ConnectorState, Option<String>), Error> {
        let now = self.now();
        self.core().pool.with(|store| {
            let (mut own, version) = found(store, tenant, id)?;
            let (secret, shown) = secret(own.platform()?, given)?;
            own.secrets.rotate(secret, overlap_hours, now)?;
            put(store, tenant, &own, version)?;
            Ok((delivery::state(store, tenant, own)?, shown))
        })
    }
}

fn platform(name: &str) -> Result<Platform, Error> {
    Platform::by_name(name).ok_or_else(|| {
        let all = Platform::ALL.map(Platform::name).join(", ");
        Error::invalid(
            "/platform",
            format!("`{name}` is no platform; there are {all}"),
        )
    })
}

/// What is as it is for most.
fn fill(own: &mut Connector, platform: Platform) {
    if own.paid.is_empty() {
        own.paid = platform
            .paid_by_default()
            .iter()
            .map(|own| (*own).into())
            .collect();
    }
}

/// The secret, and whether it is shown: one of ours is.
fn secret(platform: Platform, given: &str) -> Result<(String, Option<String>), Error> {
    let given = given.trim();
    if given.is_empty() {
        if platform.takes_our_secret() {
            let own = new_secret();
            return Ok((own.clone(), Some(own)));
        }
        let what = format!(
            "is missing: {} makes it, and shows it where the webhook is set up",
            platform.name()
        );
        return Err(Error::invalid("/secret", what));
    }
    let is_standard = matches!(
        platform,
        Platform::Generic | Platform::Medusa | Platform::Vendure
    );
    if is_standard && regulars_connect::Secret::read(given).is_none() {
        let what = "must be whsec_ and 24 to 64 bytes in base64; leave it out to have one made";
        return Err(Error::invalid("/secret", what));
    }
    if given.len() < 8 || given.len() > TEXT_MOST {
        return Err(Error::invalid(
            "/secret",
            format!("must be 8 to {TEXT_MOST} characters"),
        ));
    }
    Ok((given.to_owned(), None))
}

fn checked_source(source: &str) -> Result<Text, Error> {
    let is_plain = |one: u8| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-';
    let wrong = |what: String| Err(Error::invalid("/source", what));
    if source.len() > 40 || !source.bytes().all(is_plain) {
        return wrong("must be 1 to 40 small letters, digits and dashes".into());
    }
    if TAKEN.contains(&source) {
        return wrong(format!(
            "`{source}` has a meaning of its own here; take another word"
        ));
    }
    Text::new(source).map_err(|error| Error::invalid("/source", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_whose_it_is() {
        let tenant = TenantId::from_bytes([7; 16]);
        let id = new_id(tenant);
        assert_eq!(tenant_of(&id), Some(tenant));
        assert_ne!(id, new_id(tenant));
        for wrong in ["", "con_", "con_07", "whk_07070707070707070707070707070707"] {
            assert_eq!(tenant_of(wrong), None);
        }
    }

    #[test]
    fn a_source_is_a_word_that_nobody_else_has() {
        assert!(checked_source("shop-2").is_ok());
        for wrong in ["payments", "email", "Shop", "a b", &"x".repeat(41)] {
            assert!(checked_source(wrong).is_err(), "{wrong}");
        }
    }
}
