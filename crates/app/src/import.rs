//! Orders and members out of files.

mod balances;
mod orders;
mod people;
mod tiers;

use crate::rejects::Rejects;
use crate::rows;
use crate::{App, Error};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::Program;
use regulars_lake::{Batch, Reader, Reject, Table};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often `progress` hears from an import.
const EVERY: Duration = Duration::from_millis(200);

/// What a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportFile {
    /// Orders, or lines of orders.
    #[default]
    Orders,
    /// Members: identities and attributes.
    Members,
    /// Members and the points that they hold in another program.
    Balances,
    /// Members and the tier that they have in another program.
    Tiers,
}

/// Until when tiers of another program hold a member up here, where the file does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierEnd {
    /// For ever.
    Never,
    /// Until this moment: from then on their own figures count.
    At(Timestamp),
}

/// How a file is imported. What is not said is found out from the file itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The file: CSV, NDJSON or Parquet.
    pub file: PathBuf,
    /// What it holds.
    pub holds: ImportFile,
    /// The source of its events: makes its order numbers unique. The file's name, if nothing.
    pub source: Option<String>,
    /// Which column is which field, beyond what is guessed: `customer=household_id`, `amount=#4`
    /// (the fourth), `brand=-` (none).
    pub columns: Vec<String>,
    /// `csv`, `ndjson` or `parquet`.
    pub kind: Option<String>,
    /// Between the columns of a CSV file: `,` `;` `|` `tab` `blanks`.
    pub delimiter: Option<String>,
    /// Whether the first row of a CSV file names the columns.
    pub header: Option<bool>,
    /// How dates are written, as in `YYYY-MM-DD`.
    pub dates: Option<String>,
    /// How numbers are written, as in `1,234.56`.
    pub numbers: Option<String>,
    /// How letters are written: `utf-8`, `latin-1`, `utf-16le` or `utf-16be`. UTF-8, if nothing: what
    /// goes into the books is not guessed.
    pub encoding: Option<String>,
    /// Whether the lines of an order may stand anywhere; the file is then held in memory.
    pub unsorted: bool,
    /// The currency of amounts that name none; the program's, if nothing.
    pub currency: Option<String>,
    /// The time zone of times that name none; the program's, if nothing.
    pub timezone: Option<String>,
    /// Where rows that cannot be taken are written, with line and reason; `FILE.rejects.csv`, if
    /// nothing. Made only if there are any.
    pub rejects: Option<PathBuf>,
    /// Which points balances are of where the file does not say it, by their id in the program; the only
    /// ones that the program has, if nothing.
    pub points: Option<String>,
    /// What tiers of the file are called here, where they are called otherwise: `LEVEL=TIER`, or `LEVEL=-` for
    /// one that is none here.
    pub levels: Vec<String>,
    /// Until when tiers hold, where the file does not say it.
    pub tiers_end: Option<TierEnd>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// How far the file is read, in bytes or rows ...
    pub done: u64,
    /// ... of so many.
    pub total: u64,
    /// Rows read.
    pub rows: u64,
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
    /// How the file was read: format and columns, in words.
    pub found: String,
    /// Whether `progress` asked to stop before the end. The same import again goes on from there.
    pub stopped: bool,
    /// What became of the balances, by kind of points.
    pub balances: Vec<BalanceProof>,
    /// What became of the tiers, from the lowest.
    pub tiers: Vec<TierProof>,
}

/// A tier of a file against where members stand. Who has it in the file stands in it here, or higher, or was not
/// taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TierProof {
    /// Which tier, by its id in the program.
    pub tier: String,
    /// How many rows of the file have it.
    pub in_file: u64,
    /// Of how many of these the member stands in it, or higher, now that all was read.
    pub standing: u64,
    /// How many were refused, or stand in rejected rows.
    pub not_taken: u64,
}

impl TierProof {
    /// Whether nobody is missing.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.in_file == self.standing + self.not_taken
    }
}

/// Balances of a file against the ledger, for one kind of points, in its smallest unit. What is in the file
/// is in the ledger or was not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BalanceProof {
    /// Which points, by their id in the program.
    pub points: String,
    /// Their decimals.
    pub decimals: u8,
    /// What the rows of the file come to.
    pub in_file: i128,
    /// What the ledger has of these rows.
    pub in_ledger: i128,
    /// What was refused, or stands in rejected rows that could be read.
    pub not_taken: i128,
}

impl BalanceProof {
    /// Whether nothing is missing and nothing too much.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.in_file == self.in_ledger + self.not_taken
    }
}

impl App {
    /// Imports a file. `progress` hears from it a few times a second, and returns `false` to stop
    /// after what is being written. An import that was stopped or killed is simply started again:
    /// it goes on where it stopped, and nothing counts twice.
    pub fn import(
        &self,
        tenant: TenantId,
        options: &ImportOptions,
        progress: &mut dyn FnMut(ImportProgress) -> bool,
    ) -> Result<ImportDone, Error> {
        match options.holds {
            ImportFile::Orders => orders::import(self, tenant, options, progress),
            ImportFile::Members => people::import(self, tenant, options, progress),
            ImportFile::Balances => balances::import(self, tenant, options, progress),
            ImportFile::Tiers => tiers::import(self, tenant, options, progress),
        }
    }
}

/// A row of a file that is read row by row.
struct At<'a> {
    reader: &'a Reader,
    batch: &'a Batch,
    row: usize,
}

/// Goes through a file row by row. `take` writes a row, and answers what is wrong with it.
fn each_row(
    app: &App,
    (tenant, table): (TenantId, Table),
    options: &ImportOptions,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
    mut take: impl FnMut(At<'_>, &Program, &mut ImportDone) -> Result<Option<Error>, Error>,
) -> Result<ImportDone, Error> {
    let (_, program) = app.program_in_force(tenant, app.now())?;
    let lake = rows::lake_options(options, table, &program)?;
    let mut reader = rows::open(options, &lake)?;
    let mut rejects = Rejects::new(rejects(options));
    let mut done = ImportDone {
        found: reader.found().to_string(),
        ..ImportDone::default()
    };
    let mut pulse = Pulse {
        tell: progress,
        told: None,
    };
    while let Some(chunk) = reader.next().map_err(|e| rows::failed(options, &e))? {
        for reject in &chunk.rejects {
            rejects.write(reject)?;
        }
        done.rows += (chunk.batch.len() + chunk.rejects.len()) as u64;
        for row in 0..chunk.batch.len() {
            let at = At {
                reader: &reader,
                batch: &chunk.batch,
                row,
            };
            if let Some(error) = take(at, &program, &mut done)? {
                rejects.write(&Reject {
                    line: chunk.batch.line(row),
                    reason: error.to_string(),
                    text: String::new(),
                    order: None,
                })?;
            }
            let told = ImportProgress {
                done: chunk.done,
                total: reader.total(),
                rows: done.rows,
                events: done.events + done.duplicates,
                rejected: rejects.count,
            };
            if !pulse.beat(told) {
                done.stopped = true;
                break;
            }
        }
        if done.stopped {
            break;
        }
    }
    done.rejected = rejects.count;
    done.rejects = rejects.finish()?;
    Ok(done)
}

/// Where rejects go: as said, or beside the file.
fn rejects(options: &ImportOptions) -> PathBuf {
    options.rejects.clone().unwrap_or_else(|| {
        let mut name = options.file.file_name().unwrap_or_default().to_owned();
        name.push(".rejects.csv");
        options.file.with_file_name(name)
    })
}

/// Tells how far it is, a few times a second.
struct Pulse<'a> {
    tell: &'a mut dyn FnMut(ImportProgress) -> bool,
    /// Nothing before the first time.
    told: Option<Instant>,
}

impl Pulse<'_> {
    /// Whether to go on.
    fn beat(&mut self, progress: ImportProgress) -> bool {
        if self.told.is_some_and(|told| told.elapsed() < EVERY) {
            return true;
        }
        self.told = Some(Instant::now());
        (self.tell)(progress)
    }
}
