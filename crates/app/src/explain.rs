//! Why: each entry of a member's ledger with its reasons in words.

use crate::app::soon;
use crate::{App, Error, MemberRef, Page, PageAsk, PointsMoved};
use regulars_base::{EventKey, MemberId, TenantId};
use regulars_engine::Program;
use regulars_engine::event::Event;
use regulars_engine::outcome::Verdict;
use regulars_ledger::Posting;
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
    /// The postings behind it.
    pub postings: Vec<Posting>,
    /// Why, rule by rule, in words.
    pub reasons: Vec<String>,
    /// The entry's hash in the member's chain, in hexadecimal.
    pub hash: String,
}

impl App {
    /// The entries of a member's log, newest first.
    pub fn explain(
        &self,
        _tenant: TenantId,
        _who: &MemberRef,
        _page: &PageAsk,
    ) -> Result<Page<Explained>, Error> {
        soon()
    }

    /// One event, by its key.
    pub fn event(&self, _tenant: TenantId, _key: &EventKey) -> Result<Explained, Error> {
        soon()
    }
}
