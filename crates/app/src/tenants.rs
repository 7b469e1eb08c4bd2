//! Merchants.

use crate::{App, Error, input};
use regulars_base::{TenantId, Text};
use regulars_store::Tenant;

impl App {
    /// A new merchant. `Error::Exists` if the name is taken.
    pub fn create_tenant(&self, name: &str) -> Result<Tenant, Error> {
        let name = name.trim();
        Text::new(name).map_err(|why| Error::invalid("/name", why.to_string()))?;
        if name.is_empty() {
            return Err(Error::invalid(
                "/name",
                "is empty; give the merchant a name",
            ));
        }
        let now = self.now();
        let tenant = Tenant {
            id: TenantId::from_bytes(input::time_ordered(now)),
            name: name.to_owned(),
            created_at: now,
        };
        let core = self.core();
        core.pool.with(|store| Ok(store.create_tenant(&tenant)?))?;
        Ok(tenant)
    }

    /// All merchants, by name.
    pub fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        self.core().pool.with(|store| Ok(store.tenants()?))
    }

    /// By id.
    pub fn tenant(&self, id: TenantId) -> Result<Tenant, Error> {
        let found = self.tenants()?.into_iter().find(|tenant| tenant.id == id);
        found.ok_or_else(|| Error::not_found("tenant", id))
    }

    /// By name.
    pub fn tenant_named(&self, name: &str) -> Result<Option<Tenant>, Error> {
        let tenants = self.tenants()?;
        Ok(tenants.into_iter().find(|tenant| tenant.name == name))
    }
}
