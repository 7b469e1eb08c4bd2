//! Tiers that are given, taken away and taken over, as they are read: alike in events and in
//! requests of their own.

use crate::json::{At, Fields};
use regulars_base::{Text, Timestamp};
use regulars_engine::event::{Fault, TierGrant, TierMatch, TierRevoke};
use serde_json::value::RawValue;

/// The fields of a grant.
pub(super) fn grant(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<TierGrant> {
    let tier = fields.required_text("tier", faults);
    let until: Option<Timestamp> = fields.moment("until", faults);
    let reason = fields.required_text("reason", faults);
    let by = fields.text_or_empty("by", faults);
    Some(TierGrant {
        tier: tier?,
        until,
        reason: reason?,
        by,
    })
}

/// The fields of a revocation.
pub(super) fn revoke(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<TierRevoke> {
    let reason = fields.required_text("reason", faults);
    let by = fields.text_or_empty("by", faults);
    Some(TierRevoke {
        reason: reason?,
        by,
    })
}

/// The fields of a match.
pub(super) fn matched(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<TierMatch> {
    let program = fields.required_text("program", faults);
    let tier = fields.required_text("tier", faults);
    let proof = fields.required_text("proof", faults);
    let by = fields.text_or_empty("by", faults);
    Some(TierMatch {
        program: program?,
        tier: tier?,
        proof: proof?,
        by,
    })
}

fn whole<T>(
    raw: &RawValue,
    read: impl FnOnce(&mut Fields<'_>, &mut Vec<Fault>) -> Option<T>,
) -> Result<T, Vec<Fault>> {
    let mut faults = Vec::new();
    let found = Fields::read(raw, At::ROOT, &mut faults).and_then(|mut fields| {
        let found = read(&mut fields, &mut faults);
        fields.finish(&mut faults);
        found
    });
    match found {
        Some(found) if faults.is_empty() => Ok(found),
        _ => Err(faults),
    }
}

/// Whoever is not named is the caller.
fn or_caller(by: Text, caller: &Text) -> Text {
    if by.is_empty() { caller.clone() } else { by }
}

/// Reads a grant of a request of its own; by `caller`, unless it names somebody else.
pub fn read_grant(raw: &RawValue, caller: &Text) -> Result<TierGrant, Vec<Fault>> {
    let mut read = whole(raw, grant)?;
    read.by = or_caller(read.by, caller);
    Ok(read)
}

/// Reads a revocation of a request of its own; by `caller`, unless it names somebody else.
pub fn read_revoke(raw: &RawValue, caller: &Text) -> Result<TierRevoke, Vec<Fault>> {
    let mut read = whole(raw, revoke)?;
    read.by = or_caller(read.by, caller);
    Ok(read)
}

/// Reads a match of a request of its own; by `caller`, unless it names somebody else.
pub fn read_match(raw: &RawValue, caller: &Text) -> Result<TierMatch, Vec<Fault>> {
    let mut read = whole(raw, matched)?;
    read.by = or_caller(read.by, caller);
    Ok(read)
}
