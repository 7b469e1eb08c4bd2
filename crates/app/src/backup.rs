//! A copy of the database, made while it is in use; and the way back.

use crate::{App, Database, Error, sync_name};
use std::path::Path;

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupDone {
    /// How large it is.
    pub bytes: u64,
}

impl App {
    /// Copies the database into the file `to`, which must not exist yet, while it is in use. For
    /// a PostgreSQL database its own tools are better; what is said then says so.
    pub fn backup(&self, to: &Path) -> Result<BackupDone, Error> {
        self.core().pool.with(|store| Ok(store.backup(to)?))?;
        let copy = std::fs::metadata(to).map_err(|error| failed(to, &error))?;
        Ok(BackupDone { bytes: copy.len() })
    }
}

/// Puts a copy back as `database`, which must not exist yet. The copy is opened and brought up to
/// date, so that one which is damaged or too new is found out now.
pub fn restore(from: &Path, database: &Database) -> Result<BackupDone, Error> {
    let Database::Sqlite(to) = database else {
        return Err(Error::Unavailable(
            "a copy of an SQLite database cannot be put into PostgreSQL: restore a copy of a \
             PostgreSQL database with pg_restore, or export and import"
                .into(),
        ));
    };
    for companion in ["", "-wal", "-shm"] {
        let mut name = to.clone().into_os_string();
        name.push(companion);
        let name = Path::new(&name);
        if name.exists() {
            return Err(Error::File {
                path: name.to_owned(),
                why: "exists already and is not overwritten; move it away first".into(),
            });
        }
    }
    // Under another name until it is whole, so that half a copy is never taken for a database.
    let mut part = to.clone().into_os_string();
    part.push(".part");
    let part = Path::new(&part);
    let copied = copy(from, part);
    let result = copied.and_then(|bytes| {
        Database::Sqlite(part.to_owned()).migrate()?;
        std::fs::rename(part, to).map_err(|error| failed(to, &error))?;
        sync_name(to);
        Ok(BackupDone { bytes })
    });
    for companion in ["", "-wal", "-shm"] {
        let mut name = part.as_os_str().to_owned();
        name.push(companion);
        // Usually nothing of it is left: what cannot be removed does no harm.
        let _ = std::fs::remove_file(&name);
    }
    result
}

fn copy(from: &Path, to: &Path) -> Result<u64, Error> {
    let bytes = std::fs::copy(from, to).map_err(|error| failed(from, &error))?;
    let file = std::fs::File::open(to).map_err(|error| failed(to, &error))?;
    file.sync_all().map_err(|error| failed(to, &error))?;
    Ok(bytes)
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        why: format!("{error}; check the path and the space that is left"),
    }
}
