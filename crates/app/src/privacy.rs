//! What a member may ask for by law: all that is kept about them, and to be forgotten. The books stay whole:
//! the log knows members by id alone.

use crate::crm::forget_change;
use crate::suspicions::forget_door;
use crate::{App, Contact, Error, Explained, Member, MemberRef, Own, PageAsk};
use regulars_base::{MemberId, TenantId};

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
    /// What was noted of talks with them.
    pub contacts: Vec<Contact>,
}

impl App {
    /// All that is kept about a member; each entry of their ledger as `entry` writes it.
    pub fn all_about<T>(
        &self,
        tenant: TenantId,
        member: MemberId,
        entry: impl Fn(&Explained) -> T,
    ) -> Result<About<T>, Error> {
        let own = self.own(tenant, member)?;
        let contacts = self.contacts(tenant, member)?;
        let (mut entries, mut after) = (Vec::new(), None);
        loop {
            let ask = PageAsk {
                after,
                limit: AT_ONCE,
            };
            let page = self.explain(tenant, &MemberRef::Id(member), &ask)?;
            entries.extend(page.items.iter().map(&entry));
            after = page.next;
            if after.is_none() || entries.len() >= MOST {
                return Ok(About {
                    own,
                    entries,
                    contacts,
                });
            }
        }
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
        if let Some(plan) = self.balances(tenant, &MemberRef::Id(member), None)?.plan {
            return Err(Error::OnPlan(plan.plan));
        }
        self.forget_claims(tenant, member)?;
        self.forget_service_cases(tenant, member)?;
        self.forget_contacts(tenant, member)?;
        self.core().write(move |store| {
            forget_change(store, tenant, member)?;
            forget_door(store, tenant, member)?;
            Ok(store.erase_member(tenant, member)?)
        })
    }
}
