//! What several commands ask in the same words: which database, whose, and how a file is read.

use crate::failure::Failure;
use crate::moment;
use clap::Args;
use regulars_app::{App, Config, Database, ImportFile, ImportOptions, Tenant, VaultKeys};
use regulars_base::{TenantId, Timestamp, Zone};
use std::path::{Path, PathBuf};

/// The merchant of whom there is only one.
pub(crate) const DEFAULT_TENANT: &str = "default";

/// Which database, and which merchant in it.
#[derive(Args, Clone, Debug)]
pub(crate) struct Shop {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Whose program and members. The one named `default` if there is one, or the only one.
    #[arg(long, env = "REGULARS_TENANT", value_name = "NAME")]
    pub(crate) tenant: Option<String>,
}

/// Which database.
#[derive(Args, Clone, Debug)]
pub(crate) struct Place {
    /// The database: a file (SQLite), or postgres://user@host/name.
    #[arg(
        long,
        env = "REGULARS_DATABASE",
        value_name = "PATH|URL",
        default_value = Place::USUAL,
        hide_env_values = true
    )]
    pub(crate) database: String,
    /// A file with the keys with which personal fields are closed, one in a line, the newest first
    /// (`regulars vault new-key` makes one).
    #[arg(long, env = "REGULARS_VAULT_KEYS", value_name = "FILE")]
    pub(crate) vault_keys: Option<PathBuf>,
}

/// A database that is open, and the merchant whom the command is about.
pub(crate) struct Open {
    pub(crate) app: App,
    pub(crate) tenant: Tenant,
}

impl Open {
    /// The merchant's id.
    pub(crate) fn id(&self) -> TenantId {
        self.tenant.id
    }

    /// The time zone of the program in force; UTC before there is one.
    pub(crate) fn zone(&self) -> Zone {
        match self.app.program_in_force(self.id(), self.app.now()) {
            Ok((_, program)) => program.zone.clone(),
            Err(_) => Zone::UTC,
        }
    }

    /// A moment from a flag; of a day its end.
    pub(crate) fn end_of(
        &self,
        flag: &str,
        text: Option<&str>,
    ) -> anyhow::Result<Option<Timestamp>> {
        text.map(|text| moment::read_end(flag, text, &self.zone()))
            .transpose()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.app.close();
    }
}

impl Place {
    /// Where the database is if nobody says.
    pub(crate) const USUAL: &str = "./regulars-data/regulars.db";

    /// The database's address, where the folder of a file is made if need be.
    pub(crate) fn address_with_folder(&self) -> anyhow::Result<Database> {
        let database = self.address();
        if let Database::Sqlite(path) = &database {
            make_folder_of(path)?;
        }
        Ok(database)
    }

    /// How the database is opened.
    pub(crate) fn config(&self) -> anyhow::Result<Config> {
        Ok(Config {
            vault: self.keys()?,
            ..Config::new(self.address())
        })
    }

    fn keys(&self) -> anyhow::Result<Option<VaultKeys>> {
        let Some(path) = &self.vault_keys else {
            return Ok(None);
        };
        let wrong = |why: String| {
            Failure::new(
                format!("`{}` is no file of keys: {why}", path.display()),
                "it has a key in each line, the newest first: `regulars vault new-key` makes one",
            )
        };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        Ok(Some(VaultKeys::parse(&text).map_err(wrong)?))
    }

    /// The database's address.
    pub(crate) fn address(&self) -> Database {
        Database::parse(&self.database)
    }

    /// Opens a database that is there.
    pub(crate) fn open(&self) -> anyhow::Result<App> {
        self.open_as(|config| config)
    }

    /// Opens a database that is there, with what a command needs beside it.
    pub(crate) fn open_as(&self, with: impl FnOnce(Config) -> Config) -> anyhow::Result<App> {
        self.must_be_there()?;
        self.open_with(with(self.config()?))
    }

    fn must_be_there(&self) -> anyhow::Result<()> {
        if let Database::Sqlite(path) = self.address()
            && !path.exists()
        {
            return Err(Failure::new(
                format!("there is no database at `{}`", path.display()),
                "name it with --database (or REGULARS_DATABASE), or make one with \
                 `regulars serve`, `regulars apply` or `regulars import`",
            )
            .into());
        }
        Ok(())
    }

    /// Opens a database, and makes it if there is none.
    pub(crate) fn open_or_make(&self) -> anyhow::Result<App> {
        self.open_with(self.config()?)
    }

    /// The same, as a configuration asks for it.
    pub(crate) fn open_with(&self, config: Config) -> anyhow::Result<App> {
        if let Database::Sqlite(path) = &config.database {
            make_folder_of(path)?;
        }
        Ok(App::open(config)?)
    }
}

impl Shop {
    /// Opens a database that is there.
    pub(crate) fn open(&self) -> anyhow::Result<Open> {
        self.of(self.place.open()?)
    }

    /// Opens a database, and makes it, with a first merchant, if there is none.
    pub(crate) fn open_or_make(&self) -> anyhow::Result<Open> {
        let app = self.place.open_or_make()?;
        if app.tenants()?.is_empty() {
            app.create_tenant(self.tenant.as_deref().unwrap_or(DEFAULT_TENANT))?;
        }
        self.of(app)
    }

    /// The merchant whom the command is about.
    pub(crate) fn of(&self, app: App) -> anyhow::Result<Open> {
        match self.choose(&app) {
            Ok(tenant) => Ok(Open { app, tenant }),
            Err(error) => {
                app.close();
                Err(error)
            }
        }
    }

    fn choose(&self, app: &App) -> anyhow::Result<Tenant> {
        let mut tenants = app.tenants()?;
        let wanted = self.tenant.as_deref();
        let name = wanted.unwrap_or(DEFAULT_TENANT);
        if let Some(at) = tenants.iter().position(|tenant| tenant.name == name) {
            return Ok(tenants.swap_remove(at));
        }
        let names: Vec<&str> = tenants.iter().map(|tenant| tenant.name.as_str()).collect();
        let names = names.join(", ");
        match (wanted, tenants.len()) {
            (None, 1) => Ok(tenants.swap_remove(0)),
            (Some(wanted), _) => Err(Failure::new(
                format!("there is no tenant `{wanted}`; there are: {names}"),
                "choose one of them, or make it: `regulars tenants create NAME`",
            )
            .into()),
            (None, 0) => Err(Failure::new(
                "there is no tenant yet",
                "make one: `regulars tenants create NAME`, or apply a program: `regulars apply FILE`",
            )
            .into()),
            (None, _) => Err(Failure::new(
                format!("there are several tenants: {names}"),
                "say which: --tenant NAME (or REGULARS_TENANT)",
            )
            .into()),
        }
    }
}

/// How a file of orders or members is read. What is not said is found out from the file itself.
#[derive(Args, Clone, Debug)]
pub(crate) struct Reading {
    /// Which column is which field, where it is not guessed: customer=household_id, amount=#4 (the
    /// fourth), brand=- (none). Once for each field. Fields: customer, order, line, time, amount,
    /// unit_price, quantity, discount, tax, sku, category, brand, store, channel, staff, payment,
    /// currency, kind, email, phone, card; of balances: points, balance, expires.
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// The source of the events: makes order numbers unique. The file's name if left out.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// The kind of file: csv, ndjson or parquet.
    #[arg(long, value_name = "KIND")]
    format: Option<String>,
    /// Between the columns of a CSV file: `,` `;` `|` tab blanks.
    #[arg(long, value_name = "MARK")]
    delimiter: Option<String>,
    /// The first row of a CSV file names the columns (true), or does not (false).
    #[arg(long, value_name = "BOOL")]
    header: Option<bool>,
    /// How dates are written, as in YYYY-MM-DD or 31/12/2025.
    #[arg(long, value_name = "FORM")]
    dates: Option<String>,
    /// How numbers are written, as in 1,234.50 or 1.234,50.
    #[arg(long, value_name = "FORM")]
    numbers: Option<String>,
    /// How letters are written: utf-8, latin-1, utf-16le or utf-16be. UTF-8 if left out.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// The lines of an order may stand anywhere in the file; it is then held in memory.
    #[arg(long)]
    unsorted: bool,
    /// The currency of amounts that name none. The program's if left out.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// The time zone of times that name none. The program's if left out.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Where rows that cannot be taken are written, with line and reason. FILE.rejects.csv if left
    /// out.
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
}

impl Reading {
    /// For this file.
    pub(crate) fn options(&self, file: &Path, holds: ImportFile) -> ImportOptions {
        let reading = self.clone();
        ImportOptions {
            file: file.to_owned(),
            holds,
            source: reading.source,
            columns: reading.map,
            kind: reading.format,
            delimiter: reading.delimiter,
            header: reading.header,
            dates: reading.dates,
            numbers: reading.numbers,
            encoding: reading.encoding,
            unsorted: reading.unsorted,
            currency: reading.currency,
            timezone: reading.timezone,
            rejects: reading.rejects,
            points: None,
            levels: Vec::new(),
            tiers_end: None,
        }
    }
}

/// Who does it: the user of this machine.
pub(crate) fn whoever() -> String {
    let user = std::env::var("USER").unwrap_or_default();
    if user.is_empty() {
        "command line".to_owned()
    } else {
        format!("{user} (command line)")
    }
}

/// Reads a text file, or standard input for `-`.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    let text = if path.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    text.map_err(|error| Failure::reading(path, &error).into())
}

fn make_folder_of(path: &Path) -> anyhow::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => return Ok(()),
    };
    let missing = folder.ancestors().take_while(|it| !it.exists());
    let missing: Vec<&Path> = missing.filter(|it| !it.as_os_str().is_empty()).collect();
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::new(
            format!("the folder `{}` cannot be made: {error}", folder.display()),
            "give this user the right to write there, or name another place with --database",
        )
    })?;
    // Or the power fails, and the database is gone with its folder.
    missing.into_iter().for_each(regulars_app::sync_name);
    Ok(())
}
