//! Connectors on the wire: shops and payment providers who tell what happens there.

use crate::json::{At, Fields, FromJson};
use crate::people::words_up_to;
use regulars_base::Timestamp;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// So many states may be named: more than there are.
const STATES_MOST: usize = 20;

/// A connector to be made. What is left out is as it is for most shops.
#[derive(Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectorIn {
    /// Which platform: `generic`, `shopify`, `woocommerce`, `stripe`, `square`, `medusa` or `vendure`.
    #[schema(example = "shopify")]
    pub platform: String,
    /// The source of its events, and the kind of identity that its customers' numbers are; the platform's
    /// name if left out.
    #[schema(required = false, example = "shopify")]
    pub source: String,
    /// The secret that the platform signs by. Shopify, Stripe and Square make it; for all others one is made
    /// here if it is left out.
    #[schema(required = false)]
    pub secret: String,
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub rest: ConnectorPatchIn,
}

impl std::fmt::Debug for ConnectorIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConnectorIn({} …)", self.platform)
    }
}

/// What is said of a connector; what is left out stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectorPatchIn {
    /// What it is for, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The currency that is taken; any if empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "EUR")]
    pub currency: Option<String>,
    /// The states in which an order counts as paid, in the platform's words; those of most shops if empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["paid", "partially_refunded", "refunded"]))]
    pub paid: Option<Vec<String>>,
    /// Whether customers of the shop become members by being told of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrols: Option<bool>,
    /// What the codes of redemptions begin with: an order that was placed with such a code uses the
    /// redemption of this id. `RG-` unless something else is said; empty for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_prefix: Option<String>,
    /// The address that it sends to, as it was entered at the platform. Only Square needs it: it is signed
    /// there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://points.example/hooks/square/con_…")]
    pub address: Option<String>,
    /// Where the platform is asked for what a delivery lost (Shopify, WooCommerce, Stripe); it is not if
    /// empty. Another address needs what lets us in once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://shop.myshopify.com")]
    pub ask_url: Option<String>,
    /// Who asks: WooCommerce's consumer key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask_key: Option<String>,
    /// What lets us in: Shopify's access token, WooCommerce's consumer secret, Stripe's key. Never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask_secret: Option<String>,
}

impl std::fmt::Debug for ConnectorPatchIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConnectorPatchIn({:?} …)", self.note)
    }
}

/// A connector and how it fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectorOut {
    /// Its id.
    #[schema(example = "con_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f0123456789abcdef")]
    pub id: String,
    /// Which platform.
    pub platform: String,
    /// The path that the platform sends to, on this server.
    #[schema(example = "/hooks/shopify/con_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f0123456789abcdef")]
    pub path: String,
    /// The source of its events, and the kind of identity that its customers' numbers are.
    pub source: String,
    /// What it is for, in words.
    pub note: String,
    /// The currency that is taken; any if not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The states in which an order counts as paid.
    pub paid: Vec<String>,
    /// The states that it could be.
    pub states: Vec<String>,
    /// Whether customers of the shop become members by being told of.
    pub enrols: bool,
    /// What the codes of redemptions begin with.
    pub code_prefix: String,
    /// The address that it sends to, as it was entered at the platform.
    pub address: String,
    /// Whether the platform can be asked at all.
    pub can_be_asked: bool,
    /// Where it is asked; empty if it is not.
    pub ask_url: String,
    /// Who asks.
    pub ask_key: String,
    /// Since when.
    pub since: String,
    /// Until when the secret before this one is good, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_secret_until: Option<String>,
    /// When something last came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_at: Option<String>,
    /// How many deliveries could not be decided.
    pub failed: u64,
    /// How many ask for what a person must do.
    pub asks: u64,
    /// How often something came that was not signed as it must be: nothing happened by that.
    pub unsigned: u64,
    /// When it last did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsigned_at: Option<String>,
    /// The secret, where one was made here: only in the answer that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// All connectors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectorsOut {
    /// The oldest first.
    pub items: Vec<ConnectorOut>,
    /// The platforms that there are.
    pub platforms: Vec<PlatformOut>,
}

/// A platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlatformOut {
    /// Its name.
    pub name: String,
    /// Whether its secret is made here; otherwise the platform makes it.
    pub takes_our_secret: bool,
    /// Whether it can be asked for what a delivery lost.
    pub can_be_asked: bool,
    /// The states in which an order can count as paid.
    pub states: Vec<String>,
    /// Those in which it does unless something else is said.
    pub paid: Vec<String>,
}

/// Another secret.
#[derive(Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConnectorSecretIn {
    /// The platform's; where it takes ours, one is made if it is left out.
    #[schema(required = false)]
    pub secret: String,
    /// For how many hours the secret before is good beside the new one: up to 720.
    #[schema(required = false, example = 24)]
    pub overlap_hours: u32,
}

impl std::fmt::Debug for ConnectorSecretIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConnectorSecretIn(… {} hours)", self.overlap_hours)
    }
}

/// A delivery and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryOut {
    /// Which: the platform's own number, and a hash of what it said.
    pub id: String,
    /// What it was about, in the platform's words.
    #[schema(example = "orders/paid")]
    pub topic: String,
    /// `taken` (something of it counts that was not known), `known`, `unused` (nothing follows from it),
    /// `refused` (by the program), `failed` (it could not be decided), `asks` (it asks for what a person
    /// must do), `done` (somebody has seen to it), `waiting` (nothing yet).
    pub state: String,
    /// When it came, the last time.
    pub came_at: String,
    /// How often it came.
    pub times: u64,
    /// What became of it, in words.
    pub said: String,
    /// What it said, where it could not be decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// What whoever delivers is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveredOut {
    /// What became of it, as in the list of deliveries.
    pub state: String,
    /// Whether it had been decided before.
    pub again: bool,
}

/// What is to become of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryMoveIn {
    /// `again`: decide it once more. `done`: somebody has seen to it, or does not want it.
    #[schema(example = "again")]
    pub to: String,
}

/// Since when a platform is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReconciliationIn {
    /// What changed since then.
    #[schema(value_type = String, example = "2025-03-01T00:00:00Z")]
    pub since: Timestamp,
}

impl FromJson for ConnectorIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let platform = fields.required("platform", faults);
        let platform =
            platform.and_then(|raw| crate::json::string(raw, at.field("platform"), faults));
        let source = fields.string("source", faults);
        let secret = fields.string("secret", faults);
        let rest = patch(&mut fields, faults);
        fields.finish(faults);
        Some(Self {
            platform: platform?.into_owned(),
            source: source.unwrap_or_default().into_owned(),
            secret: secret.unwrap_or_default().into_owned(),
            rest,
        })
    }
}

impl FromJson for ConnectorPatchIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let read = patch(&mut fields, faults);
        fields.finish(faults);
        Some(read)
    }
}

fn patch(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> ConnectorPatchIn {
    let paid = fields
        .has("paid")
        .then(|| words_up_to(STATES_MOST, fields, "paid", faults).unwrap_or_default());
    let enrols = fields.boolean("enrols", faults);
    let mut text = |name| fields.string(name, faults).map(Into::into);
    ConnectorPatchIn {
        note: text("note"),
        currency: text("currency"),
        code_prefix: text("code_prefix"),
        address: text("address"),
        ask_url: text("ask_url"),
        ask_key: text("ask_key"),
        ask_secret: text("ask_secret"),
        paid,
        enrols,
    }
}

impl FromJson for ConnectorSecretIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let secret = fields.string("secret", faults);
        let hours = fields.integer("overlap_hours", faults).unwrap_or(0);
        fields.finish(faults);
        let overlap_hours = u32::try_from(hours).ok().or_else(|| {
            faults.push(at.field("overlap_hours").fault("must be 0 to 720 hours"));
            None
        })?;
        Some(Self {
            secret: secret.unwrap_or_default().into_owned(),
            overlap_hours,
        })
    }
}

impl FromJson for DeliveryMoveIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let to = fields.required_text("to", faults);
        fields.finish(faults);
        let to = to?.as_str().to_owned();
        if !["again", "done"].contains(&to.as_str()) {
            faults.push(at.field("to").fault("must be `again` or `done`"));
            return None;
        }
        Some(Self { to })
    }
}

impl FromJson for ReconciliationIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let since = fields.moment("since", faults);
        fields.finish(faults);
        if since.is_none() && faults.is_empty() {
            faults.push(
                at.field("since")
                    .fault("is missing: since when something may be lost"),
            );
        }
        Some(Self { since: since? })
    }
}
