//! A merchant to measure with: a database, the grocery program in force.

use anyhow::{Context, ensure};
use regulars_app::{App, Apply, Config, Database, ImportDone, ImportOptions, ImportProgress};
use regulars_base::TenantId;
use std::path::Path;

/// The program of all measurements: ten rules with limits and a budget, tiers, a card.
pub(crate) const PROGRAM: &str = include_str!("../../../programs/grocery.toml");

/// An open database with one merchant.
pub(crate) struct Merchant {
    pub(crate) app: App,
    pub(crate) tenant: TenantId,
}

impl Merchant {
    /// In a new database.
    pub(crate) fn new(database: Database) -> anyhow::Result<Self> {
        Self::with(database, PROGRAM)
    }

    /// The same, with another program.
    pub(crate) fn with(database: Database, program: &str) -> anyhow::Result<Self> {
        let app = App::open(Config::new(database))?;
        let tenant = app.create_tenant("bench")?.id;
        let apply = Apply {
            text: program.to_owned(),
            ..Apply::default()
        };
        app.apply(tenant, &apply)?;
        Ok(Self { app, tenant })
    }

    /// The same merchant, opened as a server opens it.
    pub(crate) fn again(database: Database) -> anyhow::Result<Self> {
        Self::opened(Config::new(database).serving())
    }

    /// The same merchant, opened so.
    pub(crate) fn opened(config: Config) -> anyhow::Result<Self> {
        let app = App::open(config)?;
        let tenant = app.tenant_named("bench")?;
        let tenant = tenant.context("the database has no such merchant")?.id;
        Ok(Self { app, tenant })
    }

    /// Imports a file to its end, or until `go_on` says no.
    pub(crate) fn import(
        &self,
        file: &Path,
        go_on: &mut dyn FnMut(ImportProgress) -> bool,
    ) -> anyhow::Result<ImportDone> {
        let options = ImportOptions {
            file: file.to_owned(),
            source: Some("till".to_owned()),
            ..ImportOptions::default()
        };
        let done = self.app.import(self.tenant, &options, go_on)?;
        // A figure of purchases that were turned away would be none.
        ensure!(
            done.rejected == 0 && done.refused == 0 && done.duplicates == 0,
            "not every purchase was taken: {done:?}"
        );
        Ok(done)
    }
}
