//! Webhooks: endpoints, how they fare, and what they are sent.

use super::entry;
use regulars_api::webhook::{EndpointOut, TroubleOut, TroublesOut, WebhookData, WebhookOut};
use regulars_app::connect::Topic;
use regulars_app::{EndpointState, Explained, Failing, PausedBy, Troubles};
use regulars_base::Timestamp;

/// What an endpoint is sent of an event.
pub fn webhook(explained: &Explained, topics: &[Topic]) -> String {
    let entry = entry(explained);
    let out = WebhookOut {
        kind: format!("event.{}", entry.kind),
        timestamp: entry.recorded_at.clone(),
        data: WebhookData {
            topics: topics.iter().map(|topic| topic.name().to_owned()).collect(),
            entry,
        },
    };
    serde_json::to_string(&out).expect("a document of our own types is JSON")
}

/// An endpoint; its secret only where it was just made.
pub fn endpoint(state: EndpointState, secret: Option<String>, now: Timestamp) -> EndpointOut {
    let EndpointState { endpoint, health } = state;
    let told = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let paused = endpoint.paused.map(|by| match by {
        PausedBy::Hand => "hand".to_owned(),
        PausedBy::Failing => "failing".to_owned(),
        PausedBy::Gone => "gone".to_owned(),
    });
    EndpointOut {
        old_secret_until: told(endpoint.old_secret_until(now)),
        id: endpoint.id,
        url: endpoint.url,
        topics: endpoint.topics,
        note: endpoint.note,
        since: endpoint.since.to_string(),
        paused,
        paused_at: told(endpoint.paused_at),
        taken: health.taken,
        taken_at: told(health.taken_at),
        waiting: health.waiting,
        given_up: health.given_up,
        failing_since: told(health.failing_since),
        failure: Some(health.failure).filter(|why| !why.is_empty()),
        secret,
    }
}

/// What did not go through.
pub fn troubles(troubles: Troubles) -> TroublesOut {
    let all = |rows: Vec<Failing>| rows.into_iter().map(trouble).collect();
    TroublesOut {
        failing: all(troubles.failing),
        letters: all(troubles.letters),
    }
}

fn trouble(own: Failing) -> TroubleOut {
    TroubleOut {
        source: own.event.source.to_string(),
        id: own.event.external_id.to_string(),
        failures: own.failures,
        since: own.since.map(|at| at.to_string()),
        failure: Some(own.failure).filter(|why| !why.is_empty()),
        next_at: own.next_at.map(|at| at.to_string()),
    }
}
