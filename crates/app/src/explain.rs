//! Why: each entry of a member's ledger with its reasons in words.

use crate::programs::hex;
use crate::versions::Versions;
use crate::{App, Error, MemberRef, Page, PageAsk, PointsMoved, members, receipt};
use regulars_base::{EventKey, MemberId, TenantId};
use regulars_engine::Program;
use regulars_engine::event::Event;
use regulars_engine::outcome::{Change, Note, Verdict};
use regulars_engine::program::words::{self, Language, Reader};
use regulars_ledger::Posting;
use regulars_store::{Cursor, Logged};
use std::sync::Arc;

/// One entry of a member's log: what happened, what moved, and why.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Its place in the member's log, from 1.
    pub seq: u64,
    /// Whose.
    pub member: MemberId,
    /// What happened.
    pub event: Event,
    /// The program version that decided it.
    pub version: i64,
    /// That version.
    pub program: Arc<Program>,
    /// Yes or no.
    pub verdict: Verdict,
    /// What moved in the wallet, per kind of points.
    pub points: Vec<PointsMoved>,
    /// All that it changed.
    pub changes: Vec<Change>,
    /// Why, rule by rule: [`Explained::reasons`] has the words.
    pub trace: Vec<Note>,
    /// The entry's hash in the member's chain, in hexadecimal.
    pub hash: String,
}

impl Explained {
    /// Why, rule by rule, in English words.
    pub fn reasons(&self) -> Vec<String> {
        self.reasons_in(Language::En)
    }

    /// Why, rule by rule, in words of a language.
    pub fn reasons_in(&self, language: Language) -> Vec<String> {
        let program = &*self.program;
        receipt::reasons(Reader { program, language }, &self.trace, &self.verdict)
    }

    /// Those of the reasons that say why something did not count.
    pub fn missed_in(&self, language: Language) -> Vec<String> {
        let program = &*self.program;
        let reader = Reader { program, language };
        let missed = self.trace.iter().filter(|note| note.is_missed());
        missed.map(|note| words::note(reader, note)).collect()
    }

    /// The postings among the changes.
    pub fn postings(&self) -> impl Iterator<Item = &Posting> {
        self.changes.iter().filter_map(Change::posting)
    }
}

impl App {
    /// The entries of a member's log, newest first.
    pub fn explain(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        page: &PageAsk,
    ) -> Result<Page<Explained>, Error> {
        let before = page.cursor()?.unwrap_or(u64::MAX);
        let limit = page.limit();
        let core = self.core();
        core.pool.with(|store| {
            let member = members::find(store, tenant, who)?;
            let cursor = Cursor::Before(before);
            let rows = store.log(tenant, member.wallet, cursor, limit + 1)?;
            let versions = core.versions.latest(tenant, store)?;
            let page = Page::cut(rows, limit, |row| row.seq.to_string());
            page.try_map(|row| explained(row, &versions))
        })
    }

    /// One event, by its key.
    pub fn event(&self, tenant: TenantId, key: &EventKey) -> Result<Explained, Error> {
        let core = self.core();
        core.pool.with(|store| {
            let row = store.event(tenant, key)?.ok_or_else(|| {
                Error::not_found("event", format!("{}/{}", key.source, key.external_id))
            })?;
            explained(row, &*core.versions.latest(tenant, store)?)
        })
    }
}

pub(crate) fn explained(row: Logged, versions: &Versions) -> Result<Explained, Error> {
    let program = receipt::version(versions, row.program)?;
    Ok(Explained {
        seq: row.seq,
        member: row.member,
        version: row.program,
        points: receipt::moved(row.outcome.postings()),
        trace: row.outcome.trace,
        changes: row.outcome.changes,
        program,
        verdict: row.outcome.verdict,
        event: row.event,
        hash: hex(&row.hash),
    })
}
