//! Merchants.

use crate::app::soon;
use crate::{App, Error};
use regulars_base::TenantId;
use regulars_store::Tenant;

impl App {
    /// A new merchant. `Error::Exists` if the name is taken.
    pub fn create_tenant(&self, _name: &str) -> Result<Tenant, Error> {
        soon()
    }

    /// All merchants, by name.
    pub fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        soon()
    }

    /// By id.
    pub fn tenant(&self, _id: TenantId) -> Result<Tenant, Error> {
        soon()
    }

    /// By name.
    pub fn tenant_named(&self, _name: &str) -> Result<Option<Tenant>, Error> {
        soon()
    }
}
