//! Advocates: members by how much they do for the shop beside paying, with each part of their score.
//!
//! The score is a figure of segments, so whoever is to be invited or thanked is a segment like any other ([ADR
//! 0117](../../../docs/adr/0117-who-is-an-advocate.md)).

use crate::page::{Page, PageAsk, no_cursor};
use crate::segments::{compiled, figures_now};
use crate::{App, Error, MemberRef, members};
use regulars_base::{MemberId, TenantId, WalletId};
use regulars_engage::{ADVOCACY_MOST, ADVOCATE, Advocacy, advocacy};
use regulars_engine::Program;
use regulars_engine::program::condition::figure::Named;
use regulars_store::{SegmentAsk, Store};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How long somebody who asks waits for what the log has and is not counted.
const PATIENCE: Duration = Duration::from_secs(2);

/// Scores as they are kept.
const THOUSAND: i64 = 1000;

/// How a list of them is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AdvocateOrder {
    /// By their ids: whoever comes in or goes meanwhile moves nobody else.
    #[default]
    Member,
    /// The highest score first; those of the same by their ids.
    Score,
}

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

    /// Members whose score is so much at least.
    ///
    /// # Errors
    /// The score is none: 1 to 100.
    pub fn advocates(
        &self,
        tenant: TenantId,
        (least, order): (i64, AdvocateOrder),
        page: &PageAsk,
    ) -> Result<Page<Advocate>, Error> {
        if !(1..=ADVOCACY_MOST).contains(&least) {
            let what = format!("must be 1 to {ADVOCACY_MOST}");
            return Err(Error::invalid("/least", what));
        }
        let limit = page.limit();
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let today = program.zone.day(now).number();
        let each = |store: &mut dyn Store, found: Page<MemberId>| {
            found.try_map(|member| scored(store, tenant, (&program, today), member))
        };
        match order {
            AdvocateOrder::Member => {
                let after: Option<MemberId> = page.cursor()?;
                let condition = format!("score(\"{ADVOCATE}\") >= {least}");
                let segment = compiled("", &condition, &program)?;
                self.follow_segments(tenant, PATIENCE)?;
                let ask = SegmentAsk {
                    asked: &segment.asked,
                    today,
                };
                self.core().pool.with(|store| {
                    let found = store.find_asked(tenant, ask, after, limit + 1)?;
                    each(store, Page::cut(found, limit, ToString::to_string))
                })
            }
            AdvocateOrder::Score => {
                let after = page.cursor::<Place>()?.map(|place| (place.0, place.1));
                let key = Named::Score(ADVOCATE.to_owned()).key();
                self.follow_segments(tenant, PATIENCE)?;
                self.core().pool.with(|store| {
                    let of = (key.as_str(), least * THOUSAND);
                    let found = store.find_highest(tenant, of, after, limit + 1)?;
                    let at = |own: &(MemberId, i64)| Place(own.1, own.0).to_string();
                    each(store, Page::cut(found, limit, at).map(|own| own.0))
                })
            }
        }
    }
}

/// Where a list by score goes on: behind this score, as it is kept, and this member.
struct Place(i64, MemberId);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl FromStr for Place {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once('.');
        let place =
            parts.and_then(|(score, member)| Some(Self(score.parse().ok()?, member.parse().ok()?)));
        place.ok_or_else(no_cursor)
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
