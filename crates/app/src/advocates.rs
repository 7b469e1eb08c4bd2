//! Advocates: members by how much they do for the shop beside paying, with each part of their score.
//!
//! The score is a figure of segments, so whoever is to be invited or thanked is a segment like any other ([ADR
//! 0117](../../../docs/adr/0117-who-is-an-advocate.md)).

use crate::page::{Page, PageAsk};
use crate::segments::{compiled, figures_now};
use crate::{App, Error, MemberRef, members};
use regulars_base::{MemberId, TenantId, WalletId};
use regulars_engage::{ADVOCACY_MOST, ADVOCATE, Advocacy, advocacy};
use regulars_engine::Program;
use regulars_store::{SegmentAsk, Store};
use std::time::Duration;

/// How long somebody who asks waits for what the log has and is not counted.
const PATIENCE: Duration = Duration::from_secs(2);

/// A member with their score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advocate {
    /// Who.
    pub member: MemberId,
    /// What they come to.
    pub advocacy: Advocacy,
}

impl App {
    /// What a member comes to, part by part.
    pub fn advocacy_of(&self, tenant: TenantId, who: &MemberRef) -> Result<Advocate, Error> {
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let by = (&*program, program.zone.day(now).number());
        self.core().pool.with(|store| {
            let found = members::find(store, tenant, who)?;
            scored(store, tenant, by, found.id)
        })
    }

    /// Members whose score is so much at least, by their ids.
    ///
    /// # Errors
    /// The score is none: 1 to 100.
    pub fn advocates(
        &self,
        tenant: TenantId,
        least: i64,
        page: &PageAsk,
    ) -> Result<Page<Advocate>, Error> {
        if !(1..=ADVOCACY_MOST).contains(&least) {
            let what = format!("must be 1 to {ADVOCACY_MOST}");
            return Err(Error::invalid("/least", what));
        }
        let after: Option<MemberId> = page.cursor()?;
        let limit = page.limit();
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let condition = format!("score(\"{ADVOCATE}\") >= {least}");
        let segment = compiled("", &condition, &program)?;
        self.follow_segments(tenant, PATIENCE)?;
        let today = program.zone.day(now).number();
        let ask = SegmentAsk {
            asked: &segment.asked,
            today,
        };
        self.core().pool.with(|store| {
            let found = store.find_asked(tenant, ask, after, limit + 1)?;
            let page = Page::cut(found, limit, ToString::to_string);
            page.try_map(|member| scored(store, tenant, (&program, today), member))
        })
    }
}

fn scored(
    store: &mut dyn Store,
    tenant: TenantId,
    by: (&Program, i32),
    member: MemberId,
) -> Result<Advocate, Error> {
    let wallet = WalletId::from_bytes(*member.bytes());
    let found = figures_now(store, tenant, by, wallet)?;
    let (figures, row) = found.ok_or_else(|| Error::not_found("member", member))?;
    Ok(Advocate {
        member,
        advocacy: advocacy(&figures, by.0, &row.state),
    })
}
