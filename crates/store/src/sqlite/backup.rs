//! Backup while the file is in use, and restore.

use crate::error::{Conflict, Error, Result};
use std::fs::File;
use std::path::Path;

impl super::Sqlite {
    pub(super) fn write_backup(&mut self, to: &Path) -> Result<()> {
        if to.exists() {
            return Err(Error::Conflict(Conflict::File(to.display().to_string())));
        }
        let file = to
            .to_str()
            .ok_or_else(|| Error::Unsupported(format!("`{}` is no path in UTF-8", to.display())))?;
        self.connection
            .execute("VACUUM INTO ?1", [file])
            .map_err(|error| self.failed(error))?;
        // The copy is only a backup once it is on the disk.
        let synced = File::open(to).and_then(|file| file.sync_all());
        sync_name(to);
        synced.map_err(|error| Error::Unavailable(format!("`{file}`: {error}")))
    }
}

/// Makes the name of a new file or folder as safe as what it holds: or the power fails, and nobody finds it. Where a
/// file system syncs no folders, nobody can.
pub fn sync_name(of: &Path) {
    let synced = File::open(super::folder_of(of)).and_then(|folder| folder.sync_all());
    if let Err(error) = synced {
        tracing::debug!(%error, "the folder of `{}` is not synced", of.display());
    }
}

/// Makes a database file of a backup. The new file must not exist; a backup of a newer version is
/// refused, one of an older version is brought up to date.
pub fn restore(backup: &Path, to: &Path) -> Result<()> {
    let conflict = || Error::Conflict(Conflict::File(to.display().to_string()));
    if !backup.exists() {
        return Err(Error::Unavailable(format!(
            "there is no backup at `{}`",
            backup.display()
        )));
    }
    let copy = |mut from: File| -> std::io::Result<()> {
        let mut into = File::create_new(to)?;
        std::io::copy(&mut from, &mut into)?;
        into.sync_all()?;
        sync_name(to);
        Ok(())
    };
    if to.exists() {
        return Err(conflict());
    }
    // Checked on a copy: opening the backup itself would write beside it.
    match File::open(backup).and_then(copy) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(conflict()),
        Err(error) => {
            let why = error.to_string();
            let path = to.display().to_string();
            return Err(Error::ReadOnly { path, why });
        }
    }
    super::migrate(to).map(|_| ()).inspect_err(|_| {
        // What was copied is no database that we can use; leave nothing behind.
        drop(std::fs::remove_file(to));
    })
}
