//! The handlers, one file for each group of paths. Each converts, calls, converts back.

pub(crate) mod adjustments;
pub(crate) mod advocates;
pub(crate) mod audit;
pub(crate) mod awards;
pub(crate) mod balances;
pub(crate) mod catalogue;
pub(crate) mod claims;
pub(crate) mod connectors;
pub(crate) mod coupons;
pub(crate) mod desk;
pub(crate) mod drafts;
pub(crate) mod duplicates;
pub(crate) mod events;
pub(crate) mod finance;
pub(crate) mod games;
pub(crate) mod gift_cards;
pub(crate) mod groups;
pub(crate) mod health;
pub(crate) mod held_adjustments;
pub(crate) mod journeys;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod lift;
pub(crate) mod master_data;
pub(crate) mod me;
pub(crate) mod member_cards;
pub(crate) mod members;
pub(crate) mod memberships;
pub(crate) mod messages;
pub(crate) mod metrics;
pub(crate) mod offers;
pub(crate) mod oneself;
pub(crate) mod overview;
pub(crate) mod partners;
pub(crate) mod payments;
pub(crate) mod people;
pub(crate) mod perks;
pub(crate) mod portal;
pub(crate) mod preview;
pub(crate) mod privacy;
pub(crate) mod programs;
pub(crate) mod proposals;
pub(crate) mod quotes;
pub(crate) mod recommendations;
pub(crate) mod redemptions;
pub(crate) mod referrals;
pub(crate) mod retention;
pub(crate) mod sandbox;
pub(crate) mod scores;
pub(crate) mod segments;
pub(crate) mod sell_through;
pub(crate) mod service;
pub(crate) mod sessions;
pub(crate) mod shop_settings;
pub(crate) mod sign_on;
pub(crate) mod submissions;
pub(crate) mod surveys;
pub(crate) mod suspicions;
pub(crate) mod tenants;
pub(crate) mod tiers;
pub(crate) mod till;
pub(crate) mod timeline;
pub(crate) mod webhooks;

use crate::extract::idempotency_key;
use crate::failure::Failure;
use axum::http::HeaderMap;
use regulars_base::{EventKey, Text};

/// The source of what comes in through the API without one of its own.
const API: &str = "api";

/// A key for an event that the API makes of a request. `id` is the caller's own, or made up.
fn event_key(source: Option<Text>, id: Text) -> EventKey {
    EventKey {
        source: source.unwrap_or_else(|| Text::new(API).expect("a word is a text")),
        external_id: id,
    }
}

/// The key of an event that the API makes of a request: the caller's `Idempotency-Key`, or one made up.
fn own_key(headers: &HeaderMap) -> Result<EventKey, Failure> {
    Ok(event_key(
        None,
        idempotency_key(headers)?.unwrap_or_else(made_up),
    ))
}

/// A text made of parts that came in; too long together, it is a wrong parameter.
fn joined(name: &str, text: String) -> Result<Text, Failure> {
    Text::new(text).map_err(|error| Failure::parameter(name, error.to_string()))
}

/// An id for a request that brought none.
fn made_up() -> Text {
    let mut bytes = [0; 16];
    // Without randomness the clock still makes it differ; nothing secret depends on it.
    if getrandom::fill(&mut bytes).is_err() {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        bytes = since.map_or(0, |since| since.as_nanos()).to_be_bytes();
    }
    Text::new(format!("req-{:032x}", u128::from_be_bytes(bytes))).expect("digits are a text")
}
