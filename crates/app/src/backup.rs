//! A copy of the database, made while it is in use; and the way back.

use crate::app::soon;
use crate::{App, Database, Error};
use std::path::Path;

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupDone {
    /// How large it is.
    pub bytes: u64,
}

impl App {
    /// Copies the database into the file `to`, which must not exist yet, while it is in use.
    pub fn backup(&self, _to: &Path) -> Result<BackupDone, Error> {
        soon()
    }
}

/// Puts a copy back into `database`, which must be empty or not exist yet.
pub fn restore(_from: &Path, _database: &Database) -> Result<BackupDone, Error> {
    soon()
}
