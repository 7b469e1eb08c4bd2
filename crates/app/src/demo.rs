//! A demo shop: a program, members, two years of orders, deterministic from a seed.

use crate::app::soon;
use crate::{App, Error, Tenant};

/// What was loaded.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The shop.
    pub tenant: Tenant,
    /// Members.
    pub members: u64,
    /// Events.
    pub events: u64,
    /// An identity to try: kind and value.
    pub try_member: (String, String),
    /// Whether it had been there already.
    pub existed: bool,
}

impl App {
    /// Loads the demo shop, if it is not there yet: the tenant `demo`. `progress` hears how many
    /// events of how many are written.
    pub fn load_demo(
        &self,
        _seed: u64,
        _progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Demo, Error> {
        soon()
    }
}
