//! Everything of a merchant as a folder of open files, and back into a database of either kind: the log goes
//! entry by entry, with its hashes, so that the proof goes on ([ADR
//! 0126](../../../docs/adr/0126-what-is-carried-when-a-merchant-moves.md)).
//!
//! A folder holds `manifest.json` and, in `rows`, a file of JSON lines for each table. The manifest says how many
//! rows and bytes each file has and which SHA-256, so a torn or a changed file is found before anything is written.

mod file;

use crate::programs::hex;
use crate::{App, Config, Error, Tenant, Verified};
use file::{Failed, ReadRows, WrittenTable, digest};
use regulars_base::{Name, TenantId, Timestamp};
use regulars_engine::program::words;
use regulars_ledger::Account;
use regulars_store::{CARRIED_VERSION, CarriedTable, Cell, Store};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The form of the files.
const FORMAT: i64 = 1;

/// The file that says what the others are.
const MANIFEST: &str = "manifest.json";

/// The folder of the rows.
const ROWS: &str = "rows";

/// A merchant who was carried, out or in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Who.
    pub tenant: Tenant,
    /// How many rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// What each account of the ledger came to.
    pub balances: Vec<CarriedBalance>,
    /// The newest seal: its number and its hash.
    pub head: Option<(i64, [u8; 32])>,
}

/// What an account of the ledger comes to, in one kind of points. All accounts together come to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedBalance {
    /// The points: their id in the newest program that has them.
    pub points: String,
    /// Their number in the rows.
    pub number: i64,
    /// The account.
    pub account: String,
    /// In the smallest unit: what it got, less what was taken from it.
    pub amount: i128,
}

/// What came of carrying a merchant in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedIn {
    /// What is there now.
    pub carried: Carried,
    /// What `verify` says of it, asked for the head that the manifest names.
    pub verified: Verified,
    /// Tables that are not there as they were written, byte for byte. None, if all went well.
    pub differ: Vec<String>,
}

impl CarriedIn {
    /// Whether all is there as it was, and proved.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.differ.is_empty() && self.verified.wrong.is_none()
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// The form of the files.
    format: i64,
    /// The version of the tables.
    tables: i64,
    /// The version of the program that wrote it.
    regulars: String,
    made_at: String,
    tenant: TenantOf,
    head: Option<HeadOf>,
    balances: Vec<CarriedBalance>,
    files: Vec<FileOf>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct TenantOf {
    id: String,
    name: String,
    /// Microseconds since 1970.
    created_at: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct HeadOf {
    no: i64,
    hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FileOf {
    table: String,
    rows: u64,
    bytes: u64,
    sha256: String,
}

impl App {
    /// Writes everything of a tenant into `folder`, which is made if need be and must be empty: one picture, taken
    /// while others go on writing.
    pub fn carry_out(&self, tenant: TenantId, folder: &Path) -> Result<Carried, Error> {
        let tenant = self.tenant(tenant)?;
        let rows = folder.join(ROWS);
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let mut there = std::fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
        if there.next().is_some() {
            return Err(wrong(folder, "is not empty; name a new folder"));
        }
        std::fs::create_dir(&rows).map_err(|error| failed(&rows, &error))?;
        let core = self.core();
        let (told, files) = core.pool.with(|store| {
            let mut files: Vec<WrittenTable> = Vec::new();
            let told = Told::by(store, tenant.id, &mut |table, row| {
                if files.last().is_none_or(|it| it.table != table.name) {
                    files.push(WrittenTable::create(&rows, table)?);
                }
                files.last_mut().expect("it was added").write(table, row)
            })?;
            let files = files.into_iter().map(WrittenTable::finish);
            Ok((told, files.collect::<Result<Vec<FileOf>, Error>>()?))
        })?;
        let carried = core.pool.with(|store| told.carried(self, store, tenant))?;
        let manifest = Manifest {
            format: FORMAT,
            tables: CARRIED_VERSION,
            regulars: env!("CARGO_PKG_VERSION").into(),
            made_at: self.now().to_string(),
            tenant: TenantOf {
                id: carried.tenant.id.to_string(),
                name: carried.tenant.name.clone(),
                created_at: carried.tenant.created_at.micros(),
            },
            head: carried.head.map(|(no, hash)| HeadOf {
                no,
                hash: hex(&hash),
            }),
            balances: carried.balances.clone(),
            files,
        };
        // The last of all: a folder without it is no whole export.
        let path = folder.join(MANIFEST);
        file::write_whole(&path, &manifest)?;
        Ok(carried)
    }

    /// Adds the merchant whom `folder` holds, with everything of theirs, and proves it: every table is read again
    /// and compared with what was written, every balance is folded from the first entry, and the head is the one of
    /// the manifest. Nothing is written if a file is not what the manifest says, or the merchant is there already.
    /// `progress` hears how many rows of how many.
    pub fn carry_in(
        &self,
        folder: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<CarriedIn, Error> {
        let manifest = Manifest::read(folder)?;
        let tenant = manifest.tenant(folder)?;
        let core = self.core();
        let total = 2 * manifest.files.iter().map(|file| file.rows).sum::<u64>();
        core.pool.with(|store| {
            let tables = store.carried_tables()?;
            manifest.check(folder, &tables)?;
            let known = store.tenants()?;
            if let Some(own) = known
                .iter()
                .find(|it| it.id == tenant.id || it.name == tenant.name)
            {
                return Err(Error::Exists {
                    what: "tenant",
                    name: own.name.clone(),
                });
            }
            let failed = Failed::default();
            let mut done = 0;
            let carried = store.carry_in(&tenant, &mut |table| {
                let Some(file) = manifest.files.iter().find(|it| it.table == table.name) else {
                    return Ok(Box::new(std::iter::empty()));
                };
                progress(done, total);
                done += file.rows;
                let path = path_of(folder, &table.name);
                Ok(Box::new(ReadRows::open(path, table, &failed)?))
            });
            match failed.take() {
                Some(error) => Err(error),
                None => Ok(carried?),
            }
        })?;
        self.prove_carried(tenant, &manifest, total, progress)
    }

    fn prove_carried(
        &self,
        tenant: Tenant,
        manifest: &Manifest,
        total: u64,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<CarriedIn, Error> {
        let core = self.core();
        let id = tenant.id;
        let mut found: Vec<file::Sum> = Vec::new();
        let mut read = 0;
        let told = core.pool.with(|store| {
            Told::by(store, id, &mut |table, row| {
                if found.last().is_none_or(|it| it.table != table.name) {
                    found.push(file::Sum::new(table));
                }
                read += 1;
                if read % 4096 == 0 {
                    progress(total / 2 + read, total);
                }
                found.last_mut().expect("it was added").take(table, row);
                Ok(())
            })
        })?;
        let found: Vec<FileOf> = found.into_iter().map(file::Sum::finish).collect();
        let named = |files: &[FileOf]| -> BTreeMap<String, FileOf> {
            files
                .iter()
                .map(|it| (it.table.clone(), it.clone()))
                .collect()
        };
        let (there, written) = (named(&found), named(&manifest.files));
        let all: BTreeSet<&String> = there.keys().chain(written.keys()).collect();
        let differ = all
            .into_iter()
            .filter(|table| there.get(*table) != written.get(*table))
            .cloned()
            .collect();
        let head = manifest.head.as_ref().map(|head| head.hash.as_str());
        Ok(CarriedIn {
            carried: core.pool.with(|store| told.carried(self, store, tenant))?,
            verified: self.verify(id, head, &mut |_| {})?,
            differ,
        })
    }
}

/// Brings the merchant of `folder` into the database of `config`, which is made if need be.
pub fn carry_in(
    folder: &Path,
    config: Config,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<CarriedIn, Error> {
    // What is wrong with the folder is said before a database is made for it.
    Manifest::read(folder)?;
    let app = App::open(config)?;
    let done = app.carry_in(folder, progress);
    app.close();
    done
}

/// Who sees every row, one by one.
type EachRow<'a> = &'a mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<(), Error>;

/// What rows told on their way.
#[derive(Default)]
struct Told {
    rows: BTreeMap<String, u64>,
    sums: BTreeMap<(i64, i64), i128>,
    head: Option<(i64, [u8; 32])>,
}

impl Told {
    /// Goes through all rows of a tenant; `each` sees every one.
    fn by(store: &mut dyn Store, tenant: TenantId, each: EachRow<'_>) -> Result<Self, Error> {
        let mut told = Self::default();
        let mut failed = None;
        let done = store.carry_out(tenant, &mut |table, row| {
            told.take(table, row);
            each(table, row).map_err(|error| {
                failed = Some(error);
                regulars_store::Error::Stopped
            })
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(done.map(|()| told)?),
        }
    }

    fn take(&mut self, table: &CarriedTable, row: &[Cell]) {
        *self.rows.entry(table.name.clone()).or_default() += 1;
        let cell = |name: &str| {
            let at = table.columns.iter().position(|(own, _)| own == name);
            at.and_then(|at| row.get(at))
        };
        let number = |name: &str| match cell(name) {
            Some(Cell::Number(number)) => *number,
            _ => 0,
        };
        match table.name.as_str() {
            "entries" => {
                let (points, amount) = (number("points"), i128::from(number("amount")));
                *self
                    .sums
                    .entry((points, number("from_account")))
                    .or_default() -= amount;
                *self.sums.entry((points, number("to_account"))).or_default() += amount;
            }
            "seals" => {
                if let Some(Cell::Bytes(hash)) = cell("hash")
                    && let Ok(hash) = hash.as_slice().try_into()
                {
                    self.head = Some((number("no"), hash));
                }
            }
            _ => {}
        }
    }

    /// In words, by the programs of the tenant.
    fn carried(self, app: &App, store: &mut dyn Store, tenant: Tenant) -> Result<Carried, Error> {
        let versions = app.core().versions.latest(tenant.id, store)?;
        let id = |number: i64| {
            let name = u32::try_from(number).map(Name::from_number).ok()?;
            let programs = versions.list.iter().rev();
            let with = programs
                .map(|(_, it)| it)
                .find(|it| it.terms_named(name).is_some())?;
            Some(words::id_of(with, name).to_owned())
        };
        let account = |number: i64| {
            let known = Account::ALL.into_iter().find(|it| *it as i64 == number);
            known.map_or_else(|| number.to_string(), |it| it.name().to_owned())
        };
        let balances = self
            .sums
            .iter()
            .map(|(&(points, of), &amount)| CarriedBalance {
                points: id(points).unwrap_or_else(|| points.to_string()),
                number: points,
                account: account(of),
                amount,
            });
        Ok(Carried {
            tenant,
            balances: balances.collect(),
            rows: self.rows,
            head: self.head,
        })
    }
}

impl Manifest {
    /// The manifest of a folder, if this program can read what it is about.
    fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => wrong(
                folder,
                "holds no manifest.json: name a folder that `regulars export --whole` wrote to its end",
            ),
            _ => failed(&path, &error),
        })?;
        let torn = |why: String| {
            wrong(
                &path,
                format!("is no manifest of a whole export ({why}); copy the folder again"),
            )
        };
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| torn(error.to_string()))?;
        let number = |name: &str| value.get(name).and_then(serde_json::Value::as_i64);
        let said = value.get("regulars").and_then(serde_json::Value::as_str);
        let by = said.unwrap_or("another version");
        for (what, known) in [("format", FORMAT), ("tables", CARRIED_VERSION)] {
            let found = number(what).ok_or_else(|| torn(format!("`{what}` is missing")))?;
            if found > known {
                return Err(wrong(
                    &path,
                    format!(
                        "was written by a newer Regulars ({by}; {what} {found}, this program knows up to \
                         {known}): bring it in with that one"
                    ),
                ));
            }
            if found < known {
                return Err(wrong(
                    &path,
                    format!(
                        "was written by an older Regulars ({by}; {what} {found}, this program has {known}): \
                         bring it in with that one, then let this program bring the database up to date"
                    ),
                ));
            }
        }
        serde_json::from_value(value).map_err(|error| torn(error.to_string()))
    }

    fn tenant(&self, folder: &Path) -> Result<Tenant, Error> {
        let id = self.tenant.id.parse().map_err(|error| {
            wrong(
                &folder.join(MANIFEST),
                format!("names a tenant that is none ({error})"),
            )
        })?;
        Ok(Tenant {
            id,
            name: self.tenant.name.clone(),
            created_at: Timestamp::from_micros(self.tenant.created_at),
        })
    }

    /// Whether every file is there and is what was written, and no other is.
    fn check(&self, folder: &Path, tables: &[CarriedTable]) -> Result<(), Error> {
        for file in &self.files {
            let path = path_of(folder, &file.table);
            if !tables.iter().any(|table| table.name == file.table) {
                let what = format!(
                    "names the table `{}`, which this program has not",
                    file.table
                );
                return Err(wrong(&folder.join(MANIFEST), what));
            }
            let meta = std::fs::metadata(&path).map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => wrong(
                    &path,
                    "is missing, and the manifest names it; copy the folder again",
                ),
                _ => failed(&path, &error),
            })?;
            if meta.len() != file.bytes {
                let (has, had) = (meta.len(), file.bytes);
                let why = format!("is torn: it has {has} bytes of {had}; copy the folder again");
                return Err(wrong(&path, why));
            }
            let found = digest(&path)?;
            if found != file.sha256 {
                let why = format!(
                    "is not what was written: its SHA-256 is {found}, the manifest says {}; copy the folder again",
                    file.sha256
                );
                return Err(wrong(&path, why));
            }
        }
        let rows = folder.join(ROWS);
        let there = std::fs::read_dir(&rows).map_err(|error| failed(&rows, &error))?;
        for entry in there {
            let path = entry.map_err(|error| failed(&rows, &error))?.path();
            if !self
                .files
                .iter()
                .any(|file| path_of(folder, &file.table) == path)
            {
                return Err(wrong(
                    &path,
                    "is not named by the manifest; take it away, or copy the folder again",
                ));
            }
        }
        Ok(())
    }
}

/// The file of a table.
fn path_of(folder: &Path, table: &str) -> PathBuf {
    folder.join(ROWS).join(format!("{table}.ndjson"))
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    wrong(
        path,
        format!("{error}; check the path and the space that is left"),
    )
}

fn wrong(path: &Path, why: impl Into<String>) -> Error {
    Error::File {
        path: path.to_owned(),
        why: why.into(),
    }
}
