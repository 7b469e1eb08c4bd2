//! Everything of a tenant as Parquet files.

mod facts;
mod games;
mod invoices;
mod partner_entries;
mod tables;

use crate::{App, Error};
pub use facts::FactsDone;
use games::Games;
use invoices::Invoices;
use partner_entries::PartnerEntries;
use regulars_base::TenantId;
use regulars_store::Store;
use std::path::{Path, PathBuf};
use tables::{Balances, Entries, Log, Members, Table};

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportDone {
    /// The files, and how many rows each has.
    pub files: Vec<(PathBuf, u64)>,
}

impl App {
    /// Writes `members.parquet`, `log.parquet`, `entries.parquet`, `balances.parquet`,
    /// `invoices.parquet` (where the program has plans), `partner_entries.parquet` (where it has
    /// partners), `games.parquet` (where it has games) and
    /// `programs/*.toml` into `folder`, which is made if need be and must be empty.
    pub fn export(&self, tenant: TenantId, folder: &Path) -> Result<ExportDone, Error> {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let mut entries = std::fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
        if entries.next().is_some() {
            return Err(Error::File {
                path: folder.to_owned(),
                why: "is not empty; name a new folder".into(),
            });
        }
        let now = self.now();
        let core = self.core();
        let mut done = ExportDone::default();
        core.pool.with(|store| {
            let versions = core.versions.latest(tenant, store)?;
            let mut members = Table::create(folder, Members::default())?;
            let mut after = None;
            loop {
                let page = store.members(tenant, after, 1000)?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                for member in &page {
                    members.rows.push(member);
                    members.flush_when_full()?;
                }
            }
            done.files.push(members.finish()?);
            let mut balances = Table::create(folder, Balances::new(&versions, now))?;
            let mut failed = None;
            store.each_wallet(tenant, &mut |row| {
                balances.rows.push(&row);
                keep(&mut failed, balances.flush_when_full());
                Ok(())
            })?;
            let mut log = Table::create(folder, Log::default())?;
            let mut entries = Table::create(folder, Entries::new(&versions))?;
            let program = versions.at(now);
            let has_games = program.as_ref().is_ok_and(|(_, it)| !it.games.is_empty());
            let mut games = match has_games {
                true => Some(Table::create(folder, Games::new(&versions))?),
                false => None,
            };
            let partners = program
                .as_ref()
                .is_ok_and(|(_, it)| !it.partners.is_empty());
            let mut booked = match partners {
                true => Some(Table::create(folder, PartnerEntries::new(&versions))?),
                false => None,
            };
            let plans = program
                .ok()
                .map(|(_, program)| program)
                .filter(|program| !program.plans.is_empty());
            let mut invoices = match plans {
                Some(program) => Some(Table::create(folder, Invoices::new(program.clone()))?),
                None => None,
            };
            store.each_event(tenant, &mut |row| {
                if let Some(invoices) = &mut invoices {
                    invoices.rows.push(&row);
                }
                if let Some(booked) = &mut booked {
                    booked.rows.push(&row);
                    keep(&mut failed, booked.flush_when_full());
                }
                if let Some(games) = &mut games {
                    games.rows.push(&row);
                    keep(&mut failed, games.flush_when_full());
                }
                log.rows.push(&row);
                keep(&mut failed, log.flush_when_full());
                entries.rows.push(&row);
                keep(&mut failed, entries.flush_when_full());
                Ok(())
            })?;
            if let Some(error) = failed {
                return Err(error);
            }
            done.files.push(balances.finish()?);
            done.files.push(log.finish()?);
            done.files.push(entries.finish()?);
            if let Some(invoices) = invoices {
                done.files.push(invoices.finish()?);
            }
            if let Some(games) = games {
                done.files.push(games.finish()?);
            }
            if let Some(booked) = booked {
                done.files.push(booked.finish()?);
            }
            programs(store, tenant, folder, &mut done)
        })?;
        Ok(done)
    }
}

/// Keeps the first error: what goes through all rows cannot be stopped by one of ours.
fn keep(first: &mut Option<Error>, result: Result<(), Error>) {
    if let Err(error) = result {
        first.get_or_insert(error);
    }
}

fn programs(
    store: &mut dyn Store,
    tenant: TenantId,
    folder: &Path,
    done: &mut ExportDone,
) -> Result<(), Error> {
    let folder = folder.join("programs");
    std::fs::create_dir(&folder).map_err(|error| failed(&folder, &error))?;
    for version in store.program_versions(tenant)? {
        let text = store.program_text(tenant, &version.hash)?;
        let file = folder.join(format!("{:04}.toml", version.no));
        std::fs::write(&file, text.unwrap_or_default()).map_err(|e| failed(&file, &e))?;
        done.files.push((file, 1));
    }
    Ok(())
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        why: format!("{error}; check the path and the space that is left"),
    }
}
