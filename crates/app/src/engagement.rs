//! What members told of themselves, and what waits until somebody has looked at it.

use crate::{App, Error, NOW, Page, PageAsk, Receipt};
use regulars_base::{EventKey, MemberId, TenantId, Text, TextError, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Activity, Event, Incoming, Kind, Moderation, Who};
use regulars_engine::program::words;
use regulars_engine::state::{Submission, Wallet};

/// What a member told of themselves, and did without buying.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Engaged {
    /// What waits to be approved.
    pub waiting: Vec<Waiting>,
    /// What they allowed, or allow no more.
    pub consents: Vec<Consented>,
    /// Fields of the profile that they have not filled yet.
    pub profile_left: Vec<String>,
    /// When the gift for their birthday comes next, if it is known.
    pub birthday_gift_at: Option<Timestamp>,
}

/// An activity that waits to be approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Whose.
    pub member: MemberId,
    /// Its event.
    pub event: EventKey,
    /// What it is.
    pub activity: Activity,
    /// When it happened.
    pub at: Timestamp,
    /// When it lapses.
    pub lapses_at: Timestamp,
}

/// What a member allowed, or allows no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consented {
    /// To what: the activity's id.
    pub purpose: String,
    /// Whether it is allowed now.
    pub given: bool,
    /// Since when.
    pub since: Timestamp,
    /// Whether they have to confirm it before it counts for messages.
    pub to_confirm: bool,
}

/// So many members are looked at for one page of what waits.
const MEMBERS_LOOKED_AT: usize = 2000;

impl App {
    /// What waits to be approved, of all members, in order of their ids. Only members of whom something may
    /// wait are looked at, and of these a bounded number for a page, so that it may be short, or empty, and
    /// have a next one all the same.
    pub fn waiting(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<Waiting>, Error> {
        let mut after = page.cursor()?;
        let (limit, now) = (page.limit(), self.now());
        let core = self.core();
        core.pool.with(|store| {
            let versions = core.versions.latest(tenant, store)?;
            let (_, program) = versions.at(now)?;
            let mut items: Vec<Waiting> = Vec::new();
            let mut looked_at = 0;
            loop {
                let ids = store.submitters(tenant, after, 200)?;
                let last = ids.len() < 200;
                for id in ids {
                    after = Some(id);
                    looked_at += 1;
                    if let Some(wallet) = store.wallet(tenant, id)?.filter(|own| own.member == id) {
                        let wallet = versions.caught_up(id, wallet.state, now)?;
                        items.extend(engaged(program, id, &wallet).waiting);
                    }
                    // A member's are never cut apart: the cursor is the member.
                    if items.len() >= limit || looked_at >= MEMBERS_LOOKED_AT {
                        let next = after.map(|id| id.to_string());
                        return Ok(Page { items, next });
                    }
                }
                if last {
                    return Ok(Page { items, next: None });
                }
            }
        })
    }

    /// Approves or rejects what waits; once, however often it is said.
    pub fn moderate(
        &self,
        tenant: TenantId,
        member: MemberId,
        moderation: Moderation,
    ) -> Result<Receipt, Error> {
        let text = |text: &str| {
            let wrong = |error: TextError| Error::invalid("/submission", error.to_string());
            Text::new(text).map_err(wrong)
        };
        let id = format!("{member}/{}", moderation.submission);
        let event = Event {
            key: EventKey {
                source: text("moderation")?,
                external_id: text(&id)?,
            },
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind: Kind::Moderation(moderation),
        };
        let who = Who::Member(member);
        self.ingest_one(tenant, Incoming { who, event })
    }
}

/// What a wallet shows of it.
pub(crate) fn engaged(program: &Program, member: MemberId, wallet: &Wallet) -> Engaged {
    let own = wallet.engagement.as_deref().cloned().unwrap_or_default();
    let waits = |waits: Submission| Waiting {
        member,
        event: EventKey {
            source: waits.source,
            external_id: waits.id,
        },
        activity: waits.activity,
        at: waits.at,
        lapses_at: waits.lapses_at,
    };
    let fields = program.profile.fields.iter();
    let left = fields.filter(|(_, name)| !own.profile.contains(name));
    let consents = own.consents.iter().map(|consent| Consented {
        purpose: words::id_of(program, consent.purpose).to_owned(),
        given: consent.given,
        since: consent.since,
        to_confirm: false,
    });
    Engaged {
        consents: consents.collect(),
        profile_left: left.map(|(id, _)| id.clone()).collect(),
        birthday_gift_at: own
            .birthday
            .filter(|_| program.birthday.is_some())
            .map(|birthday| birthday.gift_at),
        waiting: own
            .submissions
            .into_iter()
            .filter(|waits| waits.approved_at.is_none())
            .map(waits)
            .collect(),
    }
}
