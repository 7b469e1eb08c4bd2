//! Backup: PostgreSQL brings its own tools for that, and they are better.

use crate::error::{Error, Result};
use std::path::Path;

impl super::Postgres {
    /// Its own checkpointer does that.
    pub(super) const fn carry_over(&self) -> Result<()> {
        Ok(())
    }

    pub(super) fn write_backup(&mut self, _to: &Path) -> Result<()> {
        Err(Error::Unsupported(
            "a PostgreSQL database is backed up with its own tools: `pg_dump --format=custom` for \
             a copy, `pg_basebackup` with archived WAL for every moment"
                .into(),
        ))
    }
}
