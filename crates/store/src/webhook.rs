//! What is known of webhooks: how far each endpoint was told, what failed, what is asked for again.

use regulars_base::{Timestamp, WalletId};

/// How an endpoint fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookHealth {
    /// The seal up to which it is known what to tell.
    pub sealed: i64,
    /// How many events it took.
    pub taken: u64,
    /// When it last took one.
    pub taken_at: Option<Timestamp>,
    /// How many deliveries in a row failed.
    pub failures: u32,
    /// Since when none went through.
    pub failing_since: Option<Timestamp>,
    /// It is left alone until then.
    pub next_at: Timestamp,
    /// Why the last delivery failed; empty if none did since one went through.
    pub failure: String,
    /// How many wallets have something to tell.
    pub waiting: u64,
    /// How many events were given up.
    pub given_up: u64,
}

/// What an endpoint is to be told of a wallet, in the order of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookStream {
    /// Whose log.
    pub wallet: WalletId,
    /// Up to where it was told; nothing if it is not known yet where its share begins.
    pub told: Option<u64>,
    /// Up to where there is something to tell.
    pub known: u64,
    /// How often the next one failed.
    pub failures: u32,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why it failed last.
    pub failure: String,
    /// When it is tried. While somebody works on it: until when it is theirs.
    pub next_at: Timestamp,
}

/// An event that is told by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookLetter {
    /// Whose log.
    pub wallet: WalletId,
    /// Its number there.
    pub seq: u64,
    /// How often it failed.
    pub failures: u32,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why it failed last.
    pub failure: String,
    /// When it is tried; nothing if it was given up. While somebody works on it: until when it is theirs.
    pub next_at: Option<Timestamp>,
}

/// What came of working on an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookMoves {
    /// When it was.
    pub at: Timestamp,
    /// How many events it took.
    pub taken: u64,
    /// How many deliveries failed since it took the last one.
    pub failures: u32,
    /// Why the last one did.
    pub failure: String,
    /// It is left alone until then.
    pub next_at: Timestamp,
    /// Streams as they stand now, with what they were held by. `next_at` is when they are tried again; those
    /// that have nothing left to tell rest.
    pub streams: Vec<(Timestamp, WebhookStream)>,
    /// Events that are told by themselves from now on, or given up.
    pub added: Vec<WebhookLetter>,
    /// Those that stand so now, with what they were held by; told ones have `None`.
    pub letters: Vec<(Timestamp, WalletId, u64, Option<WebhookLetter>)>,
}

/// Which events are told once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookAgain {
    /// All that were given up.
    GivenUp,
    /// This one, given up or not.
    One(WalletId, u64),
}

/// A number as the databases keep it.
pub(crate) fn signed_seq(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// A number as they kept it.
pub(crate) fn seq(kept: i64) -> u64 {
    u64::try_from(kept).unwrap_or(0)
}
