//! `regulars tenants`: the merchants in the database.

use crate::Answer;
use crate::flags::Place;
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_app::App;
use regulars_server::view;

/// List the tenants of the database, or make one
#[derive(Args)]
pub(crate) struct Tenants {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    place: Place,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List all tenants (the same as nothing).
    List,
    /// Make a tenant.
    Create {
        /// Its name, unique in the database.
        name: String,
    },
}

pub(crate) fn run(ask: &Tenants, print: &Print) -> anyhow::Result<Answer> {
    let answer = match &ask.what {
        None | Some(What::List) => with(ask.place.open()?, |app| list(app, print)),
        Some(What::Create { name }) => {
            with(ask.place.open_or_make()?, |app| create(app, name, print))
        }
    };
    answer.map(|()| Answer::Yes)
}

fn with(app: App, run: impl FnOnce(&App) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let done = run(&app);
    app.close();
    done
}

fn list(app: &App, print: &Print) -> anyhow::Result<()> {
    let tenants = app.tenants()?;
    let mut table = Table::new(&["NAME", "ID", "SINCE"]);
    for tenant in &tenants {
        table.row(vec![
            tenant.name.clone(),
            tenant.id.to_string(),
            tenant.created_at.to_string(),
        ]);
    }
    print.table(&table);
    let items: Vec<_> = tenants
        .iter()
        .map(|tenant| view::tenant(tenant, None))
        .collect();
    print.json(&regulars_api::access::TenantsOut { items })
}

fn create(app: &App, name: &str, print: &Print) -> anyhow::Result<()> {
    let tenant = app.create_tenant(name)?;
    print.line(format!("{} ({})", tenant.name, tenant.id));
    print.json(&view::tenant(&tenant, None))
}
