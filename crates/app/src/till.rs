//! What a cashier needs: the member before them, found by what is on the card, and no other.

use crate::awards::member_ref;
use crate::members::full;
use crate::{App, Balances, Error, Member, MemberRef, identities};
use regulars_base::TenantId;
use regulars_engine::Program;
use std::sync::Arc;

/// The member before the till.
#[derive(Clone, Debug)]
pub struct AtTill {
    /// Who.
    pub member: Member,
    /// What they have.
    pub balances: Balances,
    /// The rewards that they can have now, by their places in the program.
    pub rewards: Vec<usize>,
    /// The program in force.
    pub program: Arc<Program>,
}

/// A till finds nobody by the first letters: what is typed or scanned is the whole of an identity.
const LEAST: usize = 3;

impl App {
    /// Finds a member by the whole of one of their identities (however it is written: capitals, spaces and
    /// dashes do not count), by `kind:value`, or by id. `Error::NotFound` if there is none, or if it is
    /// more than one.
    pub fn at_till(&self, tenant: TenantId, text: &str) -> Result<AtTill, Error> {
        let text = text.trim();
        let nobody = || Error::not_found("member", text);
        if text.chars().count() < LEAST {
            return Err(nobody());
        }
        let member = match member_ref(text) {
            Some(who) => match self.member(tenant, &who) {
                Err(Error::NotFound { .. }) => None,
                found => Some(found?),
            },
            None => None,
        };
        let member = match member {
            Some(member) => member,
            None => self.by_whole_identity(tenant, text)?.ok_or_else(nobody)?,
        };
        let who = MemberRef::Id(member.id);
        let balances = self.balances(tenant, &who, None)?;
        let program = Arc::clone(&balances.program);
        let now = self.now();
        let rewards = program.rewards.iter().enumerate();
        let offered = rewards.filter(|(_, reward)| {
            let begun = reward.from.is_none_or(|from| from <= now);
            let over = reward.until.is_some_and(|until| until <= now);
            begun && !over && reward.automatic.is_none()
        });
        let affordable = offered.filter(|(_, reward)| {
            let voucher = balances.vouchers.iter().any(|own| own.reward == reward.id);
            let enough = !reward.price.is_empty()
                && reward.price.iter().all(|(points, price)| {
                    let own = balances.points.get(usize::from(*points));
                    own.is_some_and(|own| own.available >= *price)
                });
            voucher || enough
        });
        let rewards = affordable.map(|(place, _)| place).collect();
        Ok(AtTill {
            member,
            balances,
            rewards,
            program,
        })
    }

    /// By one look at an index, whatever sort of number was typed or scanned; then by the whole of any other
    /// identity.
    fn by_whole_identity(&self, tenant: TenantId, text: &str) -> Result<Option<Member>, Error> {
        self.core().pool.with(|store| {
            let named = identities::as_any(store, tenant, text)?;
            let mut found = store.members_by_identities(tenant, &named)?;
            if found.is_empty() {
                found = store.find_members(tenant, text, 20)?;
                found.retain(|member| {
                    let mut own = member.identities.iter();
                    own.any(|own| own.value.eq_ignore_ascii_case(text))
                });
            }
            match (found.pop(), found.is_empty()) {
                (Some(member), true) => full(store, tenant, member).map(Some),
                _ => Ok(None),
            }
        })
    }
}
