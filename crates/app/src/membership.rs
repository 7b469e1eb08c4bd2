//! Paid membership: what members ask for, what agents tell of payments, and the invoices.

use crate::{App, Error, MemberRef, NOW, Page, PageAsk, Receipt, members};
use regulars_base::{CivilDay, EventKey, MemberId, TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Event, Incoming, Kind};
use regulars_engine::outcome::Change;
use regulars_engine::program::words;
use regulars_engine::state::{Invoice, PlanStage, Wallet};
use regulars_store::{Cursor, Store};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The plan that a member is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingPlan {
    /// Its id in the program file.
    pub plan: String,
    /// Where it stands, in one word: `trial`, `waiting`, `active`, `overdue`, `paused`, `ending`.
    pub status: &'static str,
    /// Whether the member has its benefits.
    pub benefits: bool,
    /// Since when they are on it.
    pub since: Timestamp,
    /// The first day of the period.
    pub from: CivilDay,
    /// The first day after it.
    pub until: CivilDay,
    /// The plan that follows with the next period.
    pub next: Option<String>,
    /// In a pause: the day on which it goes on by itself.
    pub resumes_on: Option<CivilDay>,
    /// The number of the invoice that is to be paid, and how much it is.
    pub open: Option<(u32, i64)>,
    /// Money that the next invoices are lowered by, in minor units.
    pub credit: i64,
}

/// All invoices of a member, in the order in which they were made.
#[derive(Clone, Debug)]
pub struct Invoices {
    /// The program version whose words and currency these are.
    pub program: Arc<Program>,
    /// One by one, as they stand.
    pub items: Vec<Invoice>,
}

/// Somebody who is on a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// Who.
    pub member: MemberId,
    /// Where they stand.
    pub plan: StandingPlan,
}

/// Which of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriberFilter {
    /// Of this plan only, by its id.
    pub plan: Option<String>,
    /// Those that stand so only, in one word: `active`, `overdue` ...
    pub status: Option<String>,
}

/// So many members are looked at for one page of subscribers.
const LOOKED_AT: usize = 2000;

/// How a membership can stand, in one word.
const STATUSES: [&str; 6] = ["trial", "waiting", "active", "overdue", "paused", "ending"];

impl App {
    /// Who is on a plan, in order of their ids, with the program whose words and currency these are. A
    /// page looks at a bounded number of them: with a filter it may be short, or empty, and have a next
    /// one all the same.
    pub fn subscribers(
        &self,
        tenant: TenantId,
        filter: &SubscriberFilter,
        page: &PageAsk,
    ) -> Result<(Arc<Program>, Page<Subscriber>), Error> {
        let status = filter.status.as_deref();
        if status.is_some_and(|status| !STATUSES.contains(&status)) {
            let what = format!("is no status; they are {}", STATUSES.join(", "));
            return Err(Error::invalid("/status", what));
        }
        let (mut after, limit, now) = (page.cursor()?, page.limit(), self.now());
        let core = self.core();
        core.pool.with(|store| {
            let versions = core.versions.latest(tenant, store)?;
            let (_, program) = versions.at(now)?;
            let mut items = Vec::new();
            let mut looked_at = 0;
            loop {
                let ids = store.subscribers(tenant, after, 200)?;
                let last = ids.len() < 200;
                for id in ids {
                    after = Some(id);
                    looked_at += 1;
                    let row = store.wallet(tenant, id)?.filter(|own| own.member == id);
                    if let Some(row) = row {
                        let wallet = versions.caught_up(id, row.state, now)?;
                        let plan = standing(program, &wallet, now).filter(|own| {
                            let of = filter.plan.as_ref();
                            of.is_none_or(|plan| *plan == own.plan)
                                && status.is_none_or(|status| status == own.status)
                        });
                        items.extend(plan.map(|plan| Subscriber { member: id, plan }));
                    }
                    if items.len() >= limit || looked_at >= LOOKED_AT {
                        let next = after.map(|id| id.to_string());
                        return Ok((Arc::clone(program), Page { items, next }));
                    }
                }
                if last {
                    return Ok((Arc::clone(program), Page { items, next: None }));
                }
            }
        })
    }

    /// Something that a member or an agent does, as it is sent: a plan is joined, a payment is told.
    /// Look at the receipt's verdict.
    pub fn happen(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        kind: Kind,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        self.ingest_one(tenant, as_sent(who, key, kind))
    }

    /// All invoices that a member ever had, as they stand: read from the log, which forgets none.
    pub fn invoices(&self, tenant: TenantId, who: &MemberRef) -> Result<Invoices, Error> {
        let core = self.core();
        let (items, versions) = core.pool.with(|store| {
            let member = members::find(store, tenant, who)?;
            let items = of_log(store, tenant, member.wallet)?;
            Ok((items, core.versions.latest(tenant, store)?))
        })?;
        let (_, program) = versions.at(self.now())?;
        Ok(Invoices {
            program: Arc::clone(program),
            items,
        })
    }
}

fn of_log(
    store: &mut dyn Store,
    tenant: TenantId,
    wallet: regulars_base::WalletId,
) -> Result<Vec<Invoice>, Error> {
    const AT_ONCE: usize = 500;
    let mut found: BTreeMap<u32, Invoice> = BTreeMap::new();
    let mut before = u64::MAX;
    loop {
        let rows = store.log(tenant, wallet, Cursor::Before(before), AT_ONCE)?;
        for row in &rows {
            before = before.min(row.seq);
            // Newest first: what is found first is how it stands.
            for change in row.outcome.changes.iter().rev() {
                if let Change::Invoiced(invoice) = change {
                    found
                        .entry(invoice.number)
                        .or_insert_with(|| (**invoice).clone());
                }
            }
        }
        if rows.len() < AT_ONCE {
            return Ok(found.into_values().collect());
        }
    }
}

/// An event that happens as it is sent.
pub(crate) fn as_sent(who: &MemberRef, key: EventKey, kind: Kind) -> Incoming {
    Incoming {
        who: who.who(),
        event: Event {
            key,
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind,
        },
    }
}

/// The plan that the owner of a wallet is on.
pub(crate) fn standing(program: &Program, wallet: &Wallet, at: Timestamp) -> Option<StandingPlan> {
    let paying = wallet.paying.as_ref()?;
    let own = paying.standing.current.as_ref()?;
    let id = |name| words::id_of(program, name).to_owned();
    Some(StandingPlan {
        plan: id(own.plan),
        status: paying.status()?,
        benefits: wallet.plan_at(at) == Some(own.plan),
        since: own.since,
        from: CivilDay::from_number(own.from),
        until: CivilDay::from_number(own.until),
        next: own.next.map(id),
        resumes_on: match own.stage {
            PlanStage::Paused { until, .. } => Some(CivilDay::from_number(until)),
            PlanStage::Trial | PlanStage::Active => None,
        },
        open: paying.open().map(|open| (open.number, open.amount())),
        credit: paying.standing.credit,
    })
}
