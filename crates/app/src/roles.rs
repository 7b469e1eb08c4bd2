//! Roles: what people may do. Some are built in; a merchant adds its own. A role is a set of the scopes
//! that keys have too, and how many points its people may adjust by themselves.

use crate::people::{PERSON, Person, read};
use crate::{App, Error, Scope, versioned};
use regulars_base::TenantId;
use regulars_store::{Setting, Store};
use serde::{Deserialize, Serialize};

/// The sort of settings that roles are.
const ROLE: &str = "role";
/// How many roles a merchant may have of its own.
const MOST: usize = 100;

/// What people of a kind may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id: small letters, digits and hyphens.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What its people may do.
    pub scopes: Vec<Scope>,
    /// How many points (whole ones, either way) they may adjust by themselves; more needs a second
    /// person. Nothing: any number.
    pub adjust_most: Option<i64>,
    /// How much money (in whole units of the program's currency, either way) they may put into store credit
    /// or onto gift cards by themselves. Nothing: any amount.
    pub money_most: Option<i64>,
    /// Whether it is always there and never changes.
    pub built_in: bool,
}

/// A role as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    name: String,
    scopes: Vec<String>,
    adjust_most: Option<i64>,
    /// Roles of before there was such a limit have none.
    #[serde(default)]
    money_most: Option<i64>,
}

/// Those that are always there: id, name, scopes, how many points they may adjust and how much money they
/// may give.
type BuiltIn = (
    &'static str,
    &'static str,
    &'static [Scope],
    Option<i64>,
    Option<i64>,
);

const BUILT_IN: [BuiltIn; 7] = [
    ("owner", "Owner", &[Scope::Admin], None, None),
    (
        "manager",
        "Manager",
        &[
            Scope::Read,
            Scope::Ingest,
            Scope::Redeem,
            Scope::Adjust,
            Scope::Program,
            Scope::Till,
        ],
        None,
        None,
    ),
    (
        "agent",
        "Service agent",
        &[Scope::Read, Scope::Ingest, Scope::Redeem, Scope::Adjust],
        Some(500),
        Some(50),
    ),
    ("analyst", "Analyst", &[Scope::Read], None, None),
    (
        "accountant",
        "Accountant",
        &[Scope::Read, Scope::Adjust],
        Some(0),
        Some(0),
    ),
    (
        "partner",
        "Partner",
        &[Scope::Read, Scope::Ingest, Scope::Redeem],
        None,
        None,
    ),
    ("cashier", "Cashier", &[Scope::Till], None, None),
];

impl App {
    /// All roles: those that are built in, then the merchant's own by their ids.
    pub fn roles(&self, tenant: TenantId) -> Result<Vec<Role>, Error> {
        self.core().pool.with(|store| known(store, tenant))
    }

    /// Makes a role of the merchant's own, or changes it. What it was before, if it was there.
    pub fn put_role(&self, tenant: TenantId, role: &Role) -> Result<Option<Role>, Error> {
        versioned::check_id(&role.id, "/role")?;
        if BUILT_IN.iter().any(|own| own.0 == role.id) {
            let what = "is built in and does not change; make one of another name";
            return Err(Error::invalid("/role", what));
        }
        if role.scopes.is_empty() {
            return Err(Error::invalid("/scopes", "is empty: name at least one"));
        }
        if role.adjust_most.is_some_and(|most| most < 0) {
            return Err(Error::invalid("/adjust_most", "is below zero"));
        }
        if role.money_most.is_some_and(|most| most < 0) {
            return Err(Error::invalid("/money_most", "is below zero"));
        }
        let name = role.name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(Error::invalid("/name", "must be 1 to 80 characters"));
        }
        let kept = Kept {
            name: name.to_owned(),
            scopes: role.scopes.iter().map(|own| own.name().into()).collect(),
            adjust_most: role.adjust_most,
            money_most: role.money_most,
        };
        let body = serde_json::to_string(&kept).map_err(|error| Error::Bug(error.to_string()))?;
        self.core().pool.with(|store| {
            let before = store.setting(tenant, ROLE, &role.id)?;
            if before.is_none() && store.settings(tenant, ROLE)?.len() >= MOST {
                let what = format!("is one too many: a merchant has at most {MOST} of its own");
                return Err(Error::invalid("/role", what));
            }
            let row = Setting {
                kind: ROLE.into(),
                id: role.id.clone(),
                version: before.as_ref().map_or(1, |before| before.version + 1),
                body,
            };
            if !store.put_setting(tenant, &row)? {
                return Err(Error::Retry("somebody else changes the same role".into()));
            }
            before.as_ref().map(own).transpose()
        })
    }

    /// Takes a role of the merchant's own away, which nobody has any more.
    pub fn delete_role(&self, tenant: TenantId, id: &str) -> Result<Role, Error> {
        self.core().pool.with(|store| {
            let row = store.setting(tenant, ROLE, id)?;
            let row = row.ok_or_else(|| Error::not_found("role", id))?;
            for person in store.settings(tenant, PERSON)? {
                let person: Person = read(&person)?;
                if person.roles.iter().any(|own| own == id) {
                    let what = format!("is what {} is; give them another role first", person.name);
                    return Err(Error::invalid("/role", what));
                }
            }
            store.delete_setting(tenant, ROLE, id)?;
            own(&row)
        })
    }

    /// Whether somebody may have these roles: they exist, and whoever works for a partner has nothing
    /// that concerns others.
    pub(crate) fn may_be_had(
        &self,
        tenant: TenantId,
        ids: &[String],
        partner: Option<&str>,
    ) -> Result<(), Error> {
        if ids.is_empty() {
            return Err(Error::invalid("/roles", "is empty: name at least one role"));
        }
        let known = self.roles(tenant)?;
        let mut scopes = Vec::new();
        for (place, id) in ids.iter().enumerate() {
            let Some(role) = known.iter().find(|role| role.id == *id) else {
                let names: Vec<&str> = known.iter().map(|role| role.id.as_str()).collect();
                let what = format!("is no role; the roles are {}", names.join(", "));
                return Err(Error::invalid(format!("/roles/{place}"), what));
            };
            scopes.extend(role.scopes.iter().copied());
        }
        match partner {
            Some(partner) => self.may_be_partners(tenant, partner, &scopes),
            None if ids.iter().any(|id| id == "partner") => {
                let what = "is missing: say for which partner they work";
                Err(Error::invalid("/partner", what))
            }
            None => Ok(()),
        }
    }
}

/// All roles of a merchant.
pub(crate) fn known(store: &mut dyn Store, tenant: TenantId) -> Result<Vec<Role>, Error> {
    let built_in = BUILT_IN
        .iter()
        .map(|(id, name, scopes, adjust_most, money_most)| Role {
            id: (*id).into(),
            name: (*name).into(),
            scopes: scopes.to_vec(),
            adjust_most: *adjust_most,
            money_most: *money_most,
            built_in: true,
        });
    let mut roles: Vec<Role> = built_in.collect();
    for row in store.settings(tenant, ROLE)? {
        roles.push(own(&row)?);
    }
    Ok(roles)
}

/// How many points somebody with these roles may adjust by themselves: as many as the role that may
/// most. Nothing: any number.
pub(crate) fn adjust_most(roles: &[&Role]) -> Option<i64> {
    most_of(roles, |role| role.adjust_most)
}

/// The same for money that they may give.
pub(crate) fn money_most(roles: &[&Role]) -> Option<i64> {
    most_of(roles, |role| role.money_most)
}

fn most_of(roles: &[&Role], limit: impl Fn(&Role) -> Option<i64>) -> Option<i64> {
    let may =
        |role: &&&Role| role.scopes.contains(&Scope::Adjust) || role.scopes.contains(&Scope::Admin);
    let mut most = Some(0);
    for role in roles.iter().filter(may) {
        most = match (most, limit(role)) {
            (Some(one), Some(other)) => Some(one.max(other)),
            _ => None,
        };
    }
    most
}

fn own(row: &Setting) -> Result<Role, Error> {
    let kept: Kept = read(row)?;
    let scopes = kept.scopes.iter();
    Ok(Role {
        id: row.id.clone(),
        name: kept.name,
        scopes: scopes.filter_map(|name| Scope::by_name(name)).collect(),
        adjust_most: kept.adjust_most,
        money_most: kept.money_most,
        built_in: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(scopes: &[Scope], adjust_most: Option<i64>) -> Role {
        Role {
            id: "own".into(),
            name: "Own".into(),
            scopes: scopes.to_vec(),
            adjust_most,
            money_most: adjust_most.map(|most| most * 2),
            built_in: false,
        }
    }

    #[test]
    fn of_several_roles_the_one_that_may_adjust_most_counts() {
        let looks = role(&[Scope::Read], None);
        let few = role(&[Scope::Adjust], Some(10));
        let more = role(&[Scope::Adjust], Some(500));
        let any = role(&[Scope::Admin], None);
        assert_eq!(adjust_most(&[&looks]), Some(0));
        assert_eq!(adjust_most(&[&looks, &few]), Some(10));
        assert_eq!(adjust_most(&[&more, &few]), Some(500));
        assert_eq!(adjust_most(&[&few, &any]), None);
        assert_eq!(money_most(&[&looks, &few]), Some(20));
        assert_eq!(money_most(&[&more, &any]), None);
    }
}
