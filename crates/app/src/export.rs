//! Everything of a tenant as Parquet files.

use crate::app::soon;
use crate::{App, Error};
use regulars_base::TenantId;
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportDone {
    /// The files, and how many rows each has.
    pub files: Vec<(PathBuf, u64)>,
}

impl App {
    /// Writes `members.parquet`, `log.parquet`, `entries.parquet`, `balances.parquet` and
    /// `programs/*.toml` into `folder`, which is made if need be and must be empty.
    pub fn export(&self, _tenant: TenantId, _folder: &Path) -> Result<ExportDone, Error> {
        soon()
    }
}
