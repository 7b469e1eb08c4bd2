//! Entries of a member's ledger, with their reasons.

use super::receipt::{moved, verdict};
use super::{points, points_id, unless_never};
use crate::language::language;
use regulars_api::ledger::{LedgerEntryOut, PostingOut};
use regulars_app::Explained;
use regulars_engine::event::Kind;

/// An entry.
pub fn entry(entry: &Explained) -> LedgerEntryOut {
    let (verdict, code, detail) = verdict(&entry.program, &entry.verdict);
    let postings = entry.postings().map(|it| PostingOut {
        points: points_id(&entry.program, it.points),
        from: it.from.name().to_owned(),
        to: it.to.name().to_owned(),
        amount: points(&entry.program, it.points, it.amount),
        effective_at: it.effective_at.to_string(),
        available_at: unless_never(it.dates.available_at),
        expires_at: unless_never(it.dates.expires_at),
    });
    let by_hand = match &entry.event.kind {
        Kind::Adjustment(own) => Some((own.reason.to_string(), own.by.to_string())),
        Kind::OpeningBalance(own) => Some((own.from.to_string(), String::new())),
        other => regulars_app::desk_reason(other)
            .map(|(reason, by)| (reason.to_string(), by.to_string())),
    };
    let (said, by) = by_hand.unzip();
    let changed = match &entry.event.kind {
        Kind::MemberChanged(names) => names.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    LedgerEntryOut {
        seq: entry.seq,
        member: entry.member.to_string(),
        source: entry.event.key.source.to_string(),
        id: entry.event.key.external_id.to_string(),
        kind: entry.event.kind_name().to_owned(),
        order: entry.event.order().map(ToString::to_string),
        at: entry.event.occurred_at.to_string(),
        recorded_at: entry.event.recorded_at.to_string(),
        program_version: entry.version,
        verdict,
        code,
        detail,
        said,
        by: by.filter(|by| !by.is_empty()),
        changed,
        points: moved(&entry.program, &entry.points),
        reasons: entry.reasons_in(language()),
        missed: entry.missed_in(language()),
        postings: postings.collect(),
        hash: entry.hash.clone(),
    }
}
