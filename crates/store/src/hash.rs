//! The hashes that keys, chains and seals are made of.

use crate::record::{AuditLine, Identity};
use regulars_base::{EventKey, TenantId, Text, Timestamp, WalletId};
use regulars_engine::event::Incoming;
use sha2::{Digest, Sha256};

/// A key in a table: where it stands among its like, and the first half of a SHA-256, which makes
/// it one of its own. Tills number their receipts: events that come one after the other stand side
/// by side, so that a batch writes a few pages and not one for each of them.
pub(crate) type Key = [u8; 20];

/// What makes two deliveries of a key the same event: SHA-256 of whom it concerns, what happened,
/// when, and what came `with` it (the identities of an enrolment), in postcard's encoding.
/// `recorded_at` and entropy are no part of it.
pub fn input_hash(incoming: &Incoming, with: &[u8]) -> [u8; 32] {
    let event = &incoming.event;
    let said = (&incoming.who, &event.kind, event.occurred_at, with);
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
pub fn identity_key(kind: &str, value: &str) -> [u8; 20] {
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
    let mut key = [0; 20];
    let (place, hash) = key.split_at_mut(4);
    place.copy_from_slice(&last_number(second).to_be_bytes());
    hash.copy_from_slice(&sha.finalize()[..16]);
    key
}

/// The last number in a text, or what is left of it in 32 bits; 0 if there is none.
fn last_number(text: &str) -> u32 {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let bytes = text.as_bytes();
    let end = bytes.iter().rposition(is_digit).map_or(0, |last| last + 1);
    let begin = bytes[..end].iter().rposition(|byte| !is_digit(byte));
    let digits = &bytes[begin.map_or(0, |before| before + 1)..end];
    let push = |number: u32, digit: &u8| {
        let digit = u32::from(digit - b'0');
        number.wrapping_mul(10).wrapping_add(digit)
    };
    digits.iter().fold(0, push)
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

/// The hash of a line of the audit trail: over the one before it (zeros before the first), its number,
/// and all that it says, each text with its length, so that nothing can be moved from one to the next.
pub fn audit_hash(before: &[u8; 32], line: &AuditLine) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"regulars.audit.1");
    hash.update(before);
    hash.update(line.no.to_be_bytes());
    hash.update(line.at.micros().to_be_bytes());
    for text in [&line.actor, &line.act, &line.target, &line.body] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulars_base::Text;

    #[test]
    fn keys_of_receipts_stand_in_the_order_of_their_numbers() {
        let key = |number: &str| {
            let source = Text::new("till").unwrap();
            order_key(&source, &Text::new(number).unwrap())
        };
        assert!(key("R-000009") < key("R-000010"));
        assert!(key("R-000010#refund-3") < key("R-000009"));
        assert_eq!(key("R-000009")[..4], 9_u32.to_be_bytes());
        assert_eq!(key("none")[..4], [0; 4]);
        assert_ne!(key("none"), key("nobody"));
        // Digits beyond 32 bits: the lower ones are what changes from one to the next.
        assert!(key("5432109876543") < key("5432109876544"));
    }
}
