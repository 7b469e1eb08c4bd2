//! What the sender of an event is told.

use crate::Error;
use crate::versions::Versions;
use regulars_base::{EventKey, MemberId, Name, Timestamp};
use regulars_engine::Program;
use regulars_engine::outcome::{Note, Verdict};
use regulars_engine::program::words::{self, Language, Reader};
use regulars_ledger::{Account, Posting};
use regulars_store::{Commit, Logged};
use std::sync::Arc;

/// What the sender of an event is told: whether it counts, what moved, and why. Durable when it
/// is handed out.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The event's key.
    pub key: EventKey,
    /// Whose wallet it moved: the member (or the customer who is not one yet).
    pub member: MemberId,
    /// Its place in the member's log, from 1.
    pub seq: u64,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// Whether the same event had been taken before: then this is the receipt of that time.
    pub duplicate: bool,
    /// The program version that decided it.
    pub version: i64,
    /// That version: names points and rules.
    pub program: Arc<Program>,
    /// Yes or no.
    pub verdict: Verdict,
    /// What moved in the wallet, per kind of points; nothing for points that did not move.
    pub points: Vec<PointsMoved>,
    /// Why, rule by rule: [`Receipt::reasons`] has the words.
    pub trace: Vec<Note>,
}

/// What moved of one kind of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointsMoved {
    /// Which points: `receipt.program.terms_named(name)` has id, words and decimals.
    pub points: Name,
    /// By how much the wallet changed (lots and holds, less debt), in the smallest unit.
    pub change: i64,
    /// By how much what is set aside changed: a part of the wallet that cannot be spent elsewhere.
    pub held: i64,
}

impl Receipt {
    /// Why, rule by rule, in English words.
    pub fn reasons(&self) -> Vec<String> {
        self.reasons_in(Language::En)
    }

    /// Why, rule by rule, in words of a language.
    pub fn reasons_in(&self, language: Language) -> Vec<String> {
        let program = &*self.program;
        reasons(Reader { program, language }, &self.trace, &self.verdict)
    }
}

/// A trace in words; of a refusal, the refusal last.
pub(crate) fn reasons(reader: Reader<'_>, trace: &[Note], verdict: &Verdict) -> Vec<String> {
    let refusal = match verdict {
        Verdict::Accepted => None,
        Verdict::Refused(refusal) => Some(words::refusal(reader, refusal)),
    };
    let notes = trace.iter().map(|note| words::note(reader, note));
    notes.chain(refusal).collect()
}

/// What postings moved in the wallet, per kind of points.
pub(crate) fn moved<'a>(postings: impl Iterator<Item = &'a Posting>) -> Vec<PointsMoved> {
    let mut moved: Vec<PointsMoved> = Vec::new();
    for posting in postings {
        let at = match moved.iter().position(|row| row.points == posting.points) {
            Some(at) => at,
            None => {
                moved.push(PointsMoved {
                    points: posting.points,
                    change: 0,
                    held: 0,
                });
                moved.len() - 1
            }
        };
        for (account, by) in [
            (posting.from, -posting.amount),
            (posting.to, posting.amount),
        ] {
            match account {
                Account::Held => {
                    moved[at].change += by;
                    moved[at].held += by;
                }
                Account::Wallet | Account::Debt => moved[at].change += by,
                _ => {}
            }
        }
    }
    moved.retain(|row| row.change != 0 || row.held != 0);
    moved
}

/// The receipt of an event that is written now.
pub(crate) fn of_commit(
    commit: &Commit,
    member: MemberId,
    versions: &Versions,
) -> Result<Receipt, Error> {
    Ok(Receipt {
        key: commit.event.key.clone(),
        member,
        seq: commit.seq,
        occurred_at: commit.event.occurred_at,
        recorded_at: commit.event.recorded_at,
        duplicate: false,
        version: commit.program,
        program: version(versions, commit.program)?,
        verdict: commit.outcome.verdict.clone(),
        points: moved(commit.outcome.postings()),
        trace: commit.outcome.trace.clone(),
    })
}

/// The receipt of an event that was written before.
pub(crate) fn of_logged(logged: &Logged, versions: &Versions) -> Result<Receipt, Error> {
    Ok(Receipt {
        key: logged.event.key.clone(),
        member: logged.member,
        seq: logged.seq,
        occurred_at: logged.event.occurred_at,
        recorded_at: logged.event.recorded_at,
        duplicate: true,
        version: logged.program,
        program: version(versions, logged.program)?,
        verdict: logged.outcome.verdict.clone(),
        points: moved(logged.outcome.postings()),
        trace: logged.outcome.trace.clone(),
    })
}

/// The program version of this number, which a record names.
pub(crate) fn version(versions: &Versions, no: i64) -> Result<Arc<Program>, Error> {
    let missing = || {
        Error::Corrupt(format!(
            "a record names program version {no}, which is missing"
        ))
    };
    versions.numbered(no).cloned().ok_or_else(missing)
}
