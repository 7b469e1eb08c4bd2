//! A sandbox beside a live program: a workspace of its own, with the program as it is and members who
//! shopped like some of the shop's, without their names. It is another tenant, so nothing that is done
//! there can reach what is live; only the text of its program comes back, when somebody promotes it.

use crate::programs::{Apply, ProgramVersion};
use crate::proposals::Proposal;
use crate::{App, Error};
use regulars_base::{MemberId, TenantId, Text, Timestamp};
use regulars_engine::event::{Incoming, Kind, Who};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a shop keeps which sandbox is its own.
const SANDBOX: &str = "sandbox";

/// Where a sandbox keeps whose it is.
const LIVE: &str = "sandbox-of";

/// So many members are copied at most, those who bought last.
pub const SANDBOX_MEMBERS_MOST: usize = 500;

/// By what members of a sandbox are known.
const CUSTOMER: &str = "customer";

/// A shop's sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// The tenant that it is.
    pub tenant: TenantId,
    /// When it was made.
    pub made_at: Timestamp,
    /// Who made it.
    pub by: String,
    /// The version of the live program that it began with.
    pub from_version: i64,
    /// How many members were copied.
    pub members: u64,
    /// How many of their events.
    pub events: u64,
}

/// What became of a sandbox's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promoted {
    /// It is the live program now.
    Applied(ProgramVersion),
    /// A second person must approve it.
    Proposed(Box<Proposal>),
}

impl App {
    /// The shop's sandbox, if it has one.
    pub fn sandbox(&self, live: TenantId) -> Result<Option<Sandbox>, Error> {
        let noted = self
            .core()
            .pool
            .with(|store| Ok(store.bookmark(live, SANDBOX)?))?;
        let read = |text: String| {
            serde_json::from_str(&text)
                .map_err(|error| Error::Corrupt(format!("the sandbox cannot be read: {error}")))
        };
        noted.map(read).transpose()
    }

    /// Whose sandbox a tenant is, if it is one.
    pub fn live_of(&self, tenant: TenantId) -> Result<Option<TenantId>, Error> {
        let noted = self
            .core()
            .pool
            .with(|store| Ok(store.bookmark(tenant, LIVE)?))?;
        Ok(noted.and_then(|id| id.parse().ok()))
    }

    /// Makes a sandbox: the program in force, and what up to `members` of the shop's members did, under
    /// other names. `Error::Exists` if there is one already.
    pub fn make_sandbox(&self, live: TenantId, members: usize, by: &str) -> Result<Sandbox, Error> {
        if self.live_of(live)?.is_some() {
            return Err(Error::invalid(
                "/",
                "this is a sandbox; make one of the live shop",
            ));
        }
        if self.sandbox(live)?.is_some() {
            return Err(Error::Exists {
                what: "sandbox",
                name: self.tenant(live)?.name,
            });
        }
        let now = self.now();
        let (version, _) = self.program_in_force(live, now)?;
        let text = self.program_text(live, version)?;
        let events = copied(self.what_happened(live)?, members.min(SANDBOX_MEMBERS_MOST))?;
        let tenant = self.create_tenant(&format!("{} (sandbox {now})", self.tenant(live)?.name))?;
        self.apply(
            tenant.id,
            &Apply {
                text,
                from: None,
                by: by.to_owned(),
                note: format!("as version {version} of the live program"),
            },
        )?;
        for part in events.chunks(2000) {
            self.send_history(tenant.id, part)?;
        }
        let counts = self.counts(tenant.id)?;
        let sandbox = Sandbox {
            tenant: tenant.id,
            made_at: now,
            by: by.to_owned(),
            from_version: version,
            members: counts.members,
            events: counts.events,
        };
        let noted = serde_json::to_string(&sandbox)
            .map_err(|error| Error::Bug(format!("a sandbox is no JSON: {error}")))?;
        self.core().pool.with(|store| {
            store.set_bookmark(tenant.id, LIVE, Some(&live.to_string()))?;
            Ok(store.set_bookmark(live, SANDBOX, Some(&noted))?)
        })?;
        Ok(sandbox)
    }

    /// Gives a sandbox up: nobody comes into it any more.
    pub fn discard_sandbox(&self, live: TenantId) -> Result<Sandbox, Error> {
        let sandbox = self.own_sandbox(live)?;
        self.core()
            .pool
            .with(|store| Ok(store.set_bookmark(live, SANDBOX, None)?))?;
        Ok(sandbox)
    }

    /// Makes the program of a sandbox the live one, or proposes it where a second person must approve.
    /// Members and points of the sandbox stay there.
    pub fn promote_sandbox(&self, live: TenantId, by: &str, note: &str) -> Result<Promoted, Error> {
        let sandbox = self.own_sandbox(live)?;
        let (version, _) = self.program_in_force(sandbox.tenant, self.now())?;
        let apply = Apply {
            text: self.program_text(sandbox.tenant, version)?,
            from: None,
            by: by.to_owned(),
            note: note.to_owned(),
        };
        Ok(match self.approval_needed(live)? {
            true => Promoted::Proposed(Box::new(self.propose_program(live, &apply)?)),
            false => Promoted::Applied(self.apply(live, &apply)?),
        })
    }

    fn own_sandbox(&self, live: TenantId) -> Result<Sandbox, Error> {
        let none = || Error::not_found("sandbox", "of this shop");
        self.sandbox(live)?.ok_or_else(none)
    }
}

/// What the members who bought last did, under names that say nothing of them: purchases, refunds,
/// activities. What concerns codes, vouchers and money that is kept elsewhere is left out.
fn copied(events: Vec<Incoming>, most: usize) -> Result<Vec<Incoming>, Error> {
    let mut last: BTreeMap<MemberId, Timestamp> = BTreeMap::new();
    for it in &events {
        if let (Who::Member(member), Kind::Purchase(_)) = (&it.who, &it.event.kind) {
            last.insert(*member, it.event.occurred_at);
        }
    }
    let mut members: Vec<(MemberId, Timestamp)> = last.into_iter().collect();
    members.sort_by_key(|(member, at)| (std::cmp::Reverse(*at), *member));
    members.truncate(most);
    let names: BTreeMap<MemberId, String> = members
        .iter()
        .zip(1..)
        .map(|((member, _), number)| (*member, format!("S-{number:06}")))
        .collect();
    let text = |text: &str| {
        Text::new(text).map_err(|error| Error::Bug(format!("a word is no text: {error}")))
    };
    let mut copies = Vec::new();
    for mut it in events {
        let Who::Member(member) = it.who else {
            continue;
        };
        let Some(name) = names.get(&member) else {
            continue;
        };
        match &mut it.event.kind {
            Kind::Purchase(bought) => {
                bought.codes.clear();
                bought.rewards.clear();
                for payment in &mut bought.payments {
                    payment.from = None;
                }
            }
            Kind::Enrolment | Kind::Refund(_) | Kind::Activity(_) => {}
            _ => continue,
        }
        it.who = Who::Identity {
            kind: text(CUSTOMER)?,
            value: text(name)?,
        };
        copies.push(it);
    }
    Ok(copies)
}
