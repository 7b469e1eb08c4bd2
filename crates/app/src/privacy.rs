//! What a member may ask for by law: all that is kept about them, and to be forgotten. The books stay whole:
//! the log knows members by id alone.

use crate::claims::CLAIM;
use crate::crm::forget_change;
use crate::page::each_page;
use crate::suspicions::forget_door;
use crate::{
    App, Claim, ConsentEntry, Contact, Error, Explained, Member, MemberRef, Own, PageAsk,
    ServiceCase, ServiceLine,
};
use regulars_base::{MemberId, TenantId, WalletId};
use regulars_store::Cell;

/// How many entries of a ledger are read at once, and how many are put out at most.
const AT_ONCE: usize = 1000;
const MOST: usize = 100_000;

/// All that is kept about a member.
#[derive(Clone, Debug)]
pub struct About<T> {
    /// What they see of their own.
    pub own: Own,
    /// Their ledger, newest first.
    pub entries: Vec<T>,
    /// What they allowed and took back, newest first.
    pub consents: Vec<ConsentEntry>,
    /// What was noted of talks with them.
    pub contacts: Vec<Contact>,
    /// Orders that they said were not counted.
    pub claims: Vec<Claim>,
    /// Cases of theirs, with all that was said in them, between agents too.
    pub cases: Vec<(ServiceCase, Vec<ServiceLine>)>,
    /// Everything else that stands under their id, as the tables have it.
    pub kept: Vec<KeptRow>,
}

/// A row that is a member's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// In which table.
    pub table: String,
    /// Its columns, in order.
    pub columns: Vec<(String, Cell)>,
}

/// Columns that say nothing of anybody: whose the row is, which stands above, and hashes of secrets.
const SAYS_NOTHING: [&str; 4] = ["member", "wallet", "holder", "hash"];

impl App {
    /// All that is kept about a member; each entry of their ledger as `entry` writes it.
    pub fn all_about<T>(
        &self,
        tenant: TenantId,
        member: MemberId,
        entry: impl Fn(&Explained) -> T,
    ) -> Result<About<T>, Error> {
        let own = self.own(tenant, member)?;
        let claims = self.claims_of(tenant, member)?;
        let (mut contacts, mut cases, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        let all = self.with_merged(tenant, member)?;
        let ids: Vec<MemberId> = all.iter().map(|(id, _)| *id).collect();
        for (kind, body) in self.waited_about(tenant, &ids)? {
            // Claims stand by themselves.
            if kind != CLAIM {
                kept.push(KeptRow {
                    table: "cases".into(),
                    columns: vec![
                        ("kind".into(), Cell::Text(kind.into())),
                        ("body".into(), Cell::Text(body.to_string())),
                    ],
                });
            }
        }
        for who in all {
            contacts.extend(self.contacts(tenant, who.0)?);
            for case in self.service_cases_of(tenant, who.0)? {
                let lines = self.service_lines(tenant, &case.id)?;
                cases.push((case, lines));
            }
            kept.extend(self.kept_about(tenant, who)?);
        }
        let (mut entries, mut consents) = (Vec::new(), Vec::new());
        let page = |page: &PageAsk| self.explain(tenant, &MemberRef::Id(member), page);
        each_page(AT_ONCE, page, |some| {
            entries.extend(some.iter().map(&entry));
            consents.extend(some.iter().filter_map(ConsentEntry::of));
            Ok(entries.len() < MOST)
        })?;
        Ok(About {
            own,
            entries,
            consents,
            contacts,
            claims,
            cases,
            kept,
        })
    }

    /// A member, and all who were merged into them: they are one person, and each has kept rows of their own.
    fn with_merged(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<(MemberId, WalletId)>, Error> {
        let core = self.core();
        core.pool
            .with(|store| Ok(store.with_merged(tenant, member)?))
    }

    /// What stands under a member's id, table by table, as the catalogue has them: so a table that is added is in
    /// it from its first day.
    fn kept_about(
        &self,
        tenant: TenantId,
        who: (MemberId, WalletId),
    ) -> Result<Vec<KeptRow>, Error> {
        let mut kept = Vec::new();
        self.core().pool.with(|store| {
            Ok(store.rows_about(tenant, who, &mut |table, row| {
                let columns = table.columns.iter().zip(row);
                let says = columns.filter(|((name, _), _)| !SAYS_NOTHING.contains(&name.as_str()));
                kept.push(KeptRow {
                    table: table.name.clone(),
                    columns: says
                        .map(|((name, _), cell)| (name.clone(), cell.clone()))
                        .collect(),
                });
                Ok(())
            })?)
        })?;
        Ok(kept)
    }

    /// Whom an export is about, for staff: somebody who was forgotten is nobody, and must not be given
    /// new identities, such as a code for friends, by being looked at.
    pub fn known_person(&self, tenant: TenantId, who: &MemberRef) -> Result<Member, Error> {
        let member = self.member(tenant, who)?;
        match member.identities.is_empty() {
            true => Err(Error::invalid(
                "/member",
                "was forgotten: nothing is kept of who they are; their ledger is of nobody",
            )),
            false => Ok(member),
        }
    }

    /// Forgets who a member is, as they asked: identities, attributes, nickname, addresses, sessions,
    /// accepted terms and what they wrote in claims, cases and surveys, and what was noted of talks with
    /// them, go. Points, orders and everything else in the books stay, of nobody. A plan must have ended, or
    /// its invoices would be nobody's.
    pub fn erase(&self, tenant: TenantId, who: &MemberRef, why: &str) -> Result<Member, Error> {
        if why.trim().is_empty() {
            let what = "is empty: say why, auditors will read it";
            return Err(Error::invalid("/reason", what));
        }
        let id = self.member(tenant, who)?.id;
        self.leave(tenant, id)?;
        self.member(tenant, &MemberRef::Id(id))
    }

    /// A member leaves: who they are is forgotten, what they wrote of receipts too, and they are signed out
    /// everywhere. What was booked stays, of nobody, until it lapses. Whoever is on a plan ends it first.
    pub fn leave(&self, tenant: TenantId, member: MemberId) -> Result<(), Error> {
        self.may_leave(tenant, member)?;
        self.forget(tenant, &[member])
    }

    /// Whether a member may leave: nobody does who is on a plan.
    pub(crate) fn may_leave(&self, tenant: TenantId, member: MemberId) -> Result<(), Error> {
        match self.balances(tenant, &MemberRef::Id(member), None)?.plan {
            Some(plan) => Err(Error::OnPlan(plan.plan)),
            None => Ok(()),
        }
    }

    /// Forgets who members are, and those who were merged into them.
    pub(crate) fn forget(&self, tenant: TenantId, members: &[MemberId]) -> Result<(), Error> {
        let mut ids = Vec::new();
        for member in members {
            let all = self.with_merged(tenant, *member)?;
            ids.extend(all.into_iter().map(|(id, _)| id));
        }
        if ids.is_empty() {
            return Ok(());
        }
        self.forget_words(tenant, &ids)?;
        for one in ids {
            self.forget_service_cases(tenant, one)?;
            self.forget_contacts(tenant, one)?;
            self.core().write(move |store| {
                forget_change(store, tenant, one)?;
                forget_door(store, tenant, one)?;
                Ok(store.erase_member(tenant, one)?)
            })?;
        }
        Ok(())
    }
}
