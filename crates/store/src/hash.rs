//! The hashes that keys, chains and seals are made of.

use crate::record::Identity;
use regulars_base::{EventKey, TenantId, Text, Timestamp, WalletId};
use regulars_engine::event::Incoming;
use sha2::{Digest, Sha256};

/// A key in a table: the first half of a SHA-256. Short keys keep the random pages few.
pub(crate) type Key = [u8; 16];

/// SHA-256 of what a sender said: the event without `recorded_at` and entropy, and whom it
/// concerns. Two deliveries of one event have the same.
pub fn input_hash(incoming: &Incoming) -> [u8; 32] {
    let event = &incoming.event;
    let said = (&incoming.who, &event.key, event.occurred_at, &event.kind);
    let bytes = crate::format::write(&said, Vec::with_capacity(512));
    Sha256::digest(bytes).into()
}

/// The key of an event.
pub(crate) fn event_key(key: &EventKey) -> Key {
    pair(b"event", key.source.as_str(), key.external_id.as_str())
}

/// The key of an order.
pub(crate) fn order_key(source: &Text, number: &Text) -> Key {
    pair(b"order", source.as_str(), number.as_str())
}

/// The key of an identity.
pub(crate) fn identity_key(kind: &str, value: &str) -> Key {
    pair(b"identity", kind, value)
}

/// The identity that stands for whoever placed an order that nobody has told us of yet.
pub(crate) fn order_identity(source: &Text, number: &Text) -> Identity {
    Identity {
        kind: "order".into(),
        value: format!("{source}/{number}"),
    }
}

fn pair(what: &[u8], first: &str, second: &str) -> Key {
    let mut sha = Sha256::new();
    for part in [what, first.as_bytes(), second.as_bytes()] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    let full: [u8; 32] = sha.finalize().into();
    *full.first_chunk().expect("16 of 32 bytes")
}

/// What the hash of a log row covers, beside the hash of the row before it.
pub(crate) struct Row<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) wallet: WalletId,
    pub(crate) seq: i64,
    pub(crate) member: &'a [u8; 16],
    pub(crate) kind: &'a str,
    pub(crate) occurred_at: i64,
    pub(crate) recorded_at: i64,
    pub(crate) program: i64,
    pub(crate) input: &'a [u8; 32],
    pub(crate) event: &'a [u8],
    pub(crate) outcome: &'a [u8],
}

/// The hash of a log row. Its entries are covered as the postings of the outcome.
pub(crate) fn row_hash(before: &[u8; 32], row: &Row<'_>) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(before);
    sha.update(row.tenant.bytes());
    sha.update(row.wallet.bytes());
    sha.update(row.seq.to_be_bytes());
    sha.update(row.member);
    for number in [row.occurred_at, row.recorded_at, row.program] {
        sha.update(number.to_be_bytes());
    }
    sha.update(row.input);
    for part in [row.kind.as_bytes(), row.event, row.outcome] {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    sha.finalize().into()
}

/// The hash of a seal.
pub(crate) fn seal_hash(
    before: &[u8; 32],
    tenant: TenantId,
    no: i64,
    at: Timestamp,
    heads: &[u8],
) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(before);
    sha.update(tenant.bytes());
    sha.update(no.to_be_bytes());
    sha.update(at.micros().to_be_bytes());
    sha.update(heads);
    sha.finalize().into()
}
