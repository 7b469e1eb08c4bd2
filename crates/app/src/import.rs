//! Orders and members out of files.

use crate::app::soon;
use crate::{App, Error};
use regulars_base::TenantId;
use std::path::PathBuf;

/// What a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportFile {
    /// Orders, or lines of orders.
    #[default]
    Orders,
    /// Members: identities and attributes.
    Members,
}

/// Which column of the file is which field: `(field, column)`. What is not said is guessed from
/// the names of the columns.
pub type Columns = Vec<(String, String)>;

/// How a file is imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The file: CSV, NDJSON or Parquet, told apart by its name and content.
    pub file: PathBuf,
    /// What it holds.
    pub holds: ImportFile,
    /// The source of its events: makes its order numbers unique. The file's name, if nothing.
    pub source: Option<String>,
    /// Which column is which field.
    pub columns: Columns,
    /// The currency of amounts that name none; the program's, if nothing.
    pub currency: Option<String>,
    /// The time zone of times that name none; the program's, if nothing.
    pub timezone: Option<String>,
    /// Where rows that cannot be taken are written, with line and reason; `FILE.rejects.csv`, if
    /// nothing. Made only if there are any.
    pub rejects: Option<PathBuf>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Rows read.
    pub rows: u64,
    /// Rows in the file, if that is known.
    pub rows_in_all: Option<u64>,
    /// Bytes read, and bytes in the file.
    pub bytes: u64,
    /// Bytes in the file.
    pub bytes_in_all: u64,
    /// Events written.
    pub events: u64,
    /// Rows rejected.
    pub rejected: u64,
}

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportDone {
    /// Rows read.
    pub rows: u64,
    /// Events that were new.
    pub events: u64,
    /// Events that had been taken before.
    pub duplicates: u64,
    /// Events that the program refused.
    pub refused: u64,
    /// Rows that could not be taken.
    pub rejected: u64,
    /// Where those are, if there are any.
    pub rejects: Option<PathBuf>,
    /// Whether it went on where an earlier import of the same file had stopped.
    pub resumed: bool,
    /// Whether `progress` asked to stop before the end. The same import again goes on from there.
    pub stopped: bool,
}

impl App {
    /// Imports a file. `progress` hears from it a few times a second, and returns `false` to stop
    /// after what is being written. An import that was stopped or killed is simply started again:
    /// it goes on where it stopped, and nothing counts twice.
    pub fn import(
        &self,
        _tenant: TenantId,
        _options: &ImportOptions,
        _progress: &mut dyn FnMut(ImportProgress) -> bool,
    ) -> Result<ImportDone, Error> {
        soon()
    }
}
