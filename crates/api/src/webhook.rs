//! Webhooks on the wire: endpoints, how they fare, and what they are sent.

use crate::json::{At, Fields, FromJson};
use crate::ledger::LedgerEntryOut;
use crate::people::words_up_to;
use regulars_base::{Text, Timestamp};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// So many topics may be named: more than there are.
const TOPICS_MOST: usize = 64;

/// An endpoint to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EndpointIn {
    /// Where webhooks are sent to: `https://`, and an address that everybody can reach.
    #[schema(example = "https://shop.example/webhooks")]
    pub url: String,
    /// What it wants to be told of; everything if left out.
    #[schema(required = false, example = json!(["points.added", "tier.upgraded"]))]
    pub topics: Vec<String>,
    /// What it is for, in words.
    #[schema(required = false)]
    pub note: String,
}

/// What changes of an endpoint; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct EndpointPatchIn {
    /// Where webhooks are sent to.
    pub url: Option<String>,
    /// What it wants to be told of; everything if empty.
    pub topics: Option<Vec<String>>,
    /// What it is for, in words.
    pub note: Option<String>,
    /// Whether nothing is sent for the time being. What it misses waits.
    pub paused: Option<bool>,
}

/// An endpoint and how it fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndpointOut {
    /// Its id.
    #[schema(example = "whk_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub id: String,
    /// Where webhooks are sent to.
    pub url: String,
    /// What it wants to be told of; everything if empty.
    pub topics: Vec<String>,
    /// What it is for, in words.
    pub note: String,
    /// It is told of what was recorded from then on.
    pub since: String,
    /// Why nothing is sent for the time being: `hand` (somebody paused it), `failing` (nothing went through
    /// for three days), `gone` (it answered 410). Not there if it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<String>,
    /// Until when the secret before this one signs too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_secret_until: Option<String>,
    /// How many events it took.
    pub taken: u64,
    /// When it last took one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// How many members something is to be told of.
    pub waiting: u64,
    /// How many events were given up.
    pub given_up: u64,
    /// Since when nothing went through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<String>,
    /// Why the last delivery failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Its secret, `whsec_…`: only in the answer that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// All endpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndpointsOut {
    /// The oldest first.
    pub items: Vec<EndpointOut>,
    /// What endpoints may want to be told of.
    pub topics: Vec<String>,
}

/// Another secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct RotateIn {
    /// For how many hours the secret before goes on signing beside the new one: up to 720.
    #[schema(required = false, example = 24)]
    pub overlap_hours: u32,
}

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestOut {
    /// Whether it was taken.
    pub taken: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Which events are to be told once more: one of the three.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "which", rename_all = "snake_case")]
pub enum ReplayIn {
    /// All that were given up.
    GivenUp,
    /// One event.
    Event {
        /// The system that reported it.
        #[schema(value_type = String)]
        source: Text,
        /// That system's own number for it.
        #[schema(value_type = String)]
        id: Text,
    },
    /// All that were recorded in a span: 10,000 at most.
    Span {
        /// From this moment on.
        #[schema(value_type = String)]
        from: Timestamp,
        /// Before this one.
        #[schema(value_type = String)]
        until: Timestamp,
    },
}

/// How many events are told once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplayOut {
    /// So many.
    pub events: u64,
}

/// What did not go through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TroublesOut {
    /// Events that are tried again; later ones of the same member wait for them.
    pub failing: Vec<TroubleOut>,
    /// Events that were given up (without `next_at`), or are told once more out of their turn.
    pub letters: Vec<TroubleOut>,
}

/// An event that did not go through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TroubleOut {
    /// The system that reported the event.
    pub source: String,
    /// That system's own number for it.
    pub id: String,
    /// How often it failed.
    pub failures: u32,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Why, the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<String>,
}

/// What an endpoint is sent. The headers `webhook-id` (the same however often it is sent),
/// `webhook-timestamp` and `webhook-signature` are those of Standard Webhooks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookOut {
    /// What kind of event, after `event.`: `event.purchase`, `event.refund`, `event.tick` ...
    #[serde(rename = "type")]
    #[schema(example = "event.purchase")]
    pub kind: String,
    /// When it was written down.
    pub timestamp: String,
    /// What happened.
    pub data: WebhookData,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookData {
    /// What it is about: an endpoint chooses by these.
    #[schema(example = json!(["purchase.recorded", "points.added"]))]
    pub topics: Vec<String>,
    /// The entry of the member's ledger, as `GET /v1/events/{source}/{id}` answers it.
    pub entry: LedgerEntryOut,
}

impl FromJson for EndpointIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let url = fields.required("url", faults);
        let url = url.and_then(|raw| crate::json::string(raw, at.field("url"), faults));
        let topics = words_up_to(TOPICS_MOST, &mut fields, "topics", faults);
        let note = fields.string("note", faults);
        fields.finish(faults);
        Some(Self {
            url: url?.into_owned(),
            topics: topics.unwrap_or_default(),
            note: note.unwrap_or_default().into_owned(),
        })
    }
}

impl FromJson for EndpointPatchIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let url = fields.string("url", faults);
        let topics = fields.has("topics");
        let topics = topics
            .then(|| words_up_to(TOPICS_MOST, &mut fields, "topics", faults).unwrap_or_default());
        let note = fields.string("note", faults);
        let paused = fields.boolean("paused", faults);
        fields.finish(faults);
        Some(Self {
            url: url.map(Into::into),
            topics,
            note: note.map(Into::into),
            paused,
        })
    }
}

impl FromJson for RotateIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let hours = fields.integer("overlap_hours", faults).unwrap_or(0);
        fields.finish(faults);
        let overlap_hours = u32::try_from(hours).ok().or_else(|| {
            faults.push(at.field("overlap_hours").fault("must be 0 to 720 hours"));
            None
        })?;
        Some(Self { overlap_hours })
    }
}

impl FromJson for ReplayIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let which = fields.required_text("which", faults)?;
        let read = match which.as_str() {
            "given_up" => Some(Self::GivenUp),
            "event" => {
                let source = fields.required_text("source", faults);
                let id = fields.required_text("id", faults);
                source
                    .zip(id)
                    .map(|(source, id)| Self::Event { source, id })
            }
            "span" => {
                let from = fields.moment("from", faults);
                let until = fields.moment("until", faults);
                if from.is_none() || until.is_none() {
                    faults.push(at.fault("a span needs `from` and `until`"));
                }
                from.zip(until)
                    .map(|(from, until)| Self::Span { from, until })
            }
            _ => {
                let what = "must be `given_up`, `event` or `span`";
                faults.push(at.field("which").fault(what));
                return None;
            }
        };
        fields.finish(faults);
        read
    }
}
