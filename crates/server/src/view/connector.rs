//! Connectors: shops and payment providers, how they fare, and what they told.

use crate::routes::events::{decimals_of, scope_of, spends};
use regulars_api::connector::{ConnectorOut, DeliveryOut, PlatformOut};
use regulars_api::event::{self, Door};
use regulars_api::json::At;
use regulars_app::connect::inbound::Platform;
use regulars_app::{ConnectorState, Delivery, NOW, Scope};
use regulars_base::Timestamp;
use regulars_engine::Program;
use regulars_engine::event::{Fault, Incoming};

/// A connector; its secret only where it was just made.
pub fn connector(state: ConnectorState, secret: Option<String>, now: Timestamp) -> ConnectorOut {
    let own = state.connector;
    let platform = own.platform().ok();
    let told = |at: Option<Timestamp>| at.map(|at| at.to_string());
    ConnectorOut {
        old_secret_until: told(own.old_secret_until(now)),
        path: own.path(),
        platform: platform.map_or("", Platform::name).to_owned(),
        states: words(platform.map_or(&[], Platform::states)),
        can_be_asked: platform.is_some_and(Platform::can_be_asked),
        id: own.id,
        source: own.source.to_string(),
        note: own.note,
        currency: own.currency.map(|code| code.to_string()),
        paid: own.paid,
        enrols: own.enrols,
        code_prefix: own.code_prefix,
        address: own.address,
        ask_url: own.ask_url,
        ask_key: own.ask_key,
        since: own.since.to_string(),
        came_at: told(state.came_at),
        failed: state.failed,
        asks: state.asks,
        unsigned: state.unsigned,
        unsigned_at: told(state.unsigned_at),
        secret,
    }
}

/// The platforms that there are.
pub fn platforms() -> Vec<PlatformOut> {
    let all = Platform::ALL.into_iter().map(|own| PlatformOut {
        name: own.name().to_owned(),
        takes_our_secret: own.takes_our_secret(),
        can_be_asked: own.can_be_asked(),
        states: words(own.states()),
        paid: words(own.paid_by_default()),
    });
    all.collect()
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|own| (*own).to_owned()).collect()
}

/// A delivery and what became of it.
pub fn delivery(own: Delivery) -> DeliveryOut {
    DeliveryOut {
        id: own.id,
        topic: own.topic,
        state: own.state.name().to_owned(),
        came_at: own.came_at.to_string(),
        times: own.times,
        said: own.said,
        body: own.body,
    }
}

/// An event in our own shape that a connector delivers: of those that a shop reports. What spends and what is
/// done by hand needs a key.
pub fn own_event(
    text: &str,
    now: Timestamp,
    program: Option<&Program>,
) -> Result<Incoming, Vec<Fault>> {
    let raw = serde_json::from_str(text)
        .map_err(|error| vec![Fault::new("", format!("is no JSON: {error}"))])?;
    let door = Door {
        now,
        arrival: NOW,
        preview: false,
        decimals: &|points| decimals_of(program, points),
        program,
    };
    let incoming = event::read(raw, At::ROOT, &door)?;
    let kind = &incoming.event.kind;
    if scope_of(kind) != Scope::Ingest || spends(kind) {
        let what =
            "is not for connectors: what spends, and what is done by hand, needs a key of the API";
        return Err(vec![Fault::new("/type", what)]);
    }
    Ok(incoming)
}
