//! Why a file as a whole cannot be read or written, and what to do about it.

use std::path::{Path, PathBuf};

/// A failure that concerns the whole file. A row that cannot be read is a [`crate::Reject`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such file.
    #[error("there is no file `{0}`; check the path")]
    Missing(PathBuf),
    /// A folder where a file was expected.
    #[error("`{0}` is a folder; name one file in it")]
    Folder(PathBuf),
    /// Nothing in it.
    #[error("`{0}` is empty; nothing can be read from it")]
    Empty(PathBuf),
    /// The operating system refused.
    #[error("cannot {doing} `{path}`: {source}{hint}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
        /// What to do about it.
        hint: &'static str,
    },
    /// A file of a kind that is not read.
    #[error("`{path}` {what}")]
    WrongKind {
        /// Which file.
        path: PathBuf,
        /// What it is, and what to do.
        what: &'static str,
    },
    /// Parquet that breaks off or is damaged.
    #[error(
        "`{path}` cannot be read as Parquet: {reason}; it may have been cut off on its way: fetch or export it again"
    )]
    Parquet {
        /// Which file.
        path: PathBuf,
        /// What the decoder said.
        reason: String,
    },
    /// A `name=header` whose name is no field.
    #[error("`{name}` is no column that is known here; known are {known}")]
    UnknownField {
        /// As given.
        name: String,
        /// The names of all fields.
        known: String,
    },
    /// A `name=header` that is not of that form.
    #[error("`{0}` is no mapping; write it as customer=household_id, or customer=#1 by number")]
    NotAMapping(String),
    /// A header that the file does not have.
    #[error("the file has no column `{header}` (for {field}){nearest}; it has {headers}")]
    NoSuchColumn {
        /// The field it was to fill.
        field: &'static str,
        /// As asked for.
        header: String,
        /// ", did you mean ...?" or nothing.
        nearest: String,
        /// All that there are.
        headers: String,
    },
    /// A field that is needed and was neither named nor guessed.
    #[error(
        "no column was found for {field}; name it with `{field}=HEADER` (or `{field}=#N` by number); the file has {headers}"
    )]
    NotMapped {
        /// What is needed.
        field: &'static str,
        /// All headers that there are.
        headers: String,
    },
    /// A Parquet column of a type that does not fit its meaning.
    #[error("column `{header}` holds {found}, which cannot be read as {field}; map another column")]
    ColumnType {
        /// The column.
        header: String,
        /// Its type.
        found: String,
        /// What it was to be.
        field: &'static str,
    },
    /// Days and months cannot be told apart.
    #[error(
        "`{0}` may be day/month or month/day; say which: 31/12/2025 or 12/31/2025 (for the date format)"
    )]
    AmbiguousDate(String),
    /// No date format fits.
    #[error(
        "`{value}` cannot be read as a date; tried {tried}; name the date format or map another column to time"
    )]
    UnreadableDate {
        /// The first value.
        value: String,
        /// The forms that were tried.
        tried: String,
    },
    /// Thousands and decimals cannot be told apart.
    #[error(
        "`{0}` may be a thousand or a decimal; say which: 1,234.50 or 1.234,50 (for the number format)"
    )]
    AmbiguousNumber(String),
    /// A word for a format that is not known.
    #[error("`{given}` is no {what}; use one of {known}")]
    UnknownWord {
        /// What was being named.
        what: &'static str,
        /// As given.
        given: String,
        /// All that are known.
        known: &'static str,
    },
    /// Columns that do not fit the table that is being written.
    #[error("the columns do not fit the table `{path}`: {reason}")]
    Shape {
        /// The table.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// A folder without anything to read.
    #[error(
        "the folder `{0}` holds no file that can be read; files end with csv, tsv, txt, ndjson or parquet"
    )]
    NoFiles(PathBuf),
    /// A pattern that no file is of.
    #[error("no file is of the form `{0}`; check the path")]
    NoMatch(PathBuf),
    /// Amounts that cannot be added up.
    #[error(
        "the orders are in several currencies ({0}), which cannot be added up; give the orders of one currency"
    )]
    MixedCurrencies(String),
    /// Parquet whose values lie outside of what its own statistics say.
    #[error(
        "a Parquet file holds values beyond its own statistics; whatever wrote it did so wrongly: export it again"
    )]
    WrongStatistics,
    /// Somebody asked to stop.
    #[error("reading was stopped; nothing was written")]
    Interrupted,
    /// The reading thread ended without a word.
    #[error(
        "reading `{0}` ended before its end; this is a fault of the program: please report it with the file's first lines"
    )]
    Stopped(PathBuf),
}

impl Error {
    pub(crate) fn io(doing: &'static str, path: &Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let hint = match source.kind() {
            K::NotFound if doing == "open" => return Self::Missing(path.to_owned()),
            K::IsADirectory => return Self::Folder(path.to_owned()),
            K::NotFound => "; create the folder first",
            K::PermissionDenied => "; grant access to it, or use another folder",
            K::StorageFull | K::QuotaExceeded => {
                "; free some space or use another disk; nothing was left behind"
            }
            K::ReadOnlyFilesystem => "; use a folder that can be written to",
            _ => "",
        };
        Self::Io {
            doing,
            path: path.to_owned(),
            source,
            hint,
        }
    }
}
