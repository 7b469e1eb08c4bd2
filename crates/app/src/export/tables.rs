//! The tables of an export and their columns. Points are in the currency's smallest unit, times
//! are UTC, ids are the API's.

use crate::Error;
use crate::programs::hex;
use crate::receipt;
use crate::versions::Versions;
use regulars_base::{Name, Timestamp};
use regulars_engine::Program;
use regulars_engine::outcome::Verdict;
use regulars_engine::program::words;
use regulars_lake::{ColumnKind, TableWriter, Values};
use regulars_store::{Logged, Member, WalletRow};
use std::path::{Path, PathBuf};

/// How many rows are held before they are written.
const AT_ONCE: usize = 20_000;

/// Rows of one table that are not written yet.
pub(super) trait Rows {
    const NAME: &'static str;
    const COLUMNS: &'static [(&'static str, ColumnKind)];
    /// How many.
    fn len(&self) -> usize;
    /// Column by column, as [`Rows::COLUMNS`] says.
    fn take(&mut self) -> Vec<Values>;
}

/// A table that is being written.
pub(super) struct Table<R> {
    writer: TableWriter,
    path: PathBuf,
    written: u64,
    pub(super) rows: R,
}

impl<R: Rows> Table<R> {
    pub(super) fn create(folder: &Path, rows: R) -> Result<Self, Error> {
        let path = folder.join(format!("{}.parquet", R::NAME));
        let writer = TableWriter::create(&path, R::COLUMNS).map_err(|e| failed(&path, &e))?;
        Ok(Self {
            writer,
            path,
            written: 0,
            rows,
        })
    }

    pub(super) fn flush_when_full(&mut self) -> Result<(), Error> {
        match self.rows.len() {
            0..AT_ONCE => Ok(()),
            _ => self.flush(),
        }
    }

    pub(super) fn flush(&mut self) -> Result<(), Error> {
        self.written += self.rows.len() as u64;
        let columns = self.rows.take();
        self.writer
            .write(columns)
            .map_err(|error| failed(&self.path, &error))
    }

    /// The file, and how many rows it has.
    pub(super) fn finish(mut self) -> Result<(PathBuf, u64), Error> {
        self.flush()?;
        let path = self.path;
        self.writer
            .finish()
            .map_err(|error| failed(&path, &error))?;
        Ok((path, self.written))
    }
}

fn failed(path: &Path, error: &regulars_lake::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        why: error.to_string(),
    }
}

pub(super) type Texts = Vec<Option<String>>;
pub(super) type Ints = Vec<Option<i64>>;

/// The columns of a table that has its texts first, then its times, then its numbers.
pub(super) struct Columns<const TEXTS: usize, const TIMES: usize, const INTS: usize> {
    texts: [Texts; TEXTS],
    times: [Ints; TIMES],
    ints: [Ints; INTS],
}

impl<const TEXTS: usize, const TIMES: usize, const INTS: usize> Default
    for Columns<TEXTS, TIMES, INTS>
{
    fn default() -> Self {
        Self {
            texts: std::array::from_fn(|_| Vec::new()),
            times: std::array::from_fn(|_| Vec::new()),
            ints: std::array::from_fn(|_| Vec::new()),
        }
    }
}

impl<const TEXTS: usize, const TIMES: usize, const INTS: usize> Columns<TEXTS, TIMES, INTS> {
    /// Adds a row.
    pub(super) fn push(
        &mut self,
        texts: [Option<String>; TEXTS],
        times: [Option<Timestamp>; TIMES],
        ints: [Option<i64>; INTS],
    ) {
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.push(text);
        }
        for (column, time) in self.times.iter_mut().zip(times) {
            column.push(time.map(Timestamp::micros));
        }
        for (column, int) in self.ints.iter_mut().zip(ints) {
            column.push(int);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ints.first().map_or(0, Vec::len)
    }

    pub(super) fn take(&mut self) -> Vec<Values> {
        let Self { texts, times, ints } = std::mem::take(self);
        let texts = texts.into_iter().map(Values::Text);
        let times = times.into_iter().map(Values::Time);
        let ints = ints.into_iter().map(Values::Int);
        texts.chain(times).chain(ints).collect()
    }
}

/// The id of what `name` means in the version that wrote a row; its number where that version is gone.
pub(super) fn id_in(program: Option<&Program>, name: Name) -> String {
    match program {
        Some(program) => words::id_of(program, name).to_owned(),
        None => name.number().to_string(),
    }
}

/// Members and what is known of them.
#[derive(Default)]
pub(super) struct Members {
    member: Texts,
    created_at: Ints,
    identities: Texts,
    attributes: Texts,
}

impl Members {
    pub(super) fn push(&mut self, row: &Member) {
        let identities: Vec<String> = row
            .identities
            .iter()
            .map(|identity| format!("{}:{}", identity.kind, identity.value))
            .collect();
        self.member.push(Some(row.id.to_string()));
        self.created_at.push(Some(row.created_at.micros()));
        self.identities.push(Some(identities.join("\n")));
        self.attributes.push(Some(row.attributes.clone()));
    }
}

impl Rows for Members {
    const NAME: &'static str = "members";
    const COLUMNS: &'static [(&'static str, ColumnKind)] = &[
        ("member", ColumnKind::Text),
        ("created_at", ColumnKind::Time),
        ("identities", ColumnKind::Text),
        ("attributes", ColumnKind::Text),
    ];

    fn len(&self) -> usize {
        self.member.len()
    }

    fn take(&mut self) -> Vec<Values> {
        let Self {
            member,
            created_at,
            identities,
            attributes,
        } = std::mem::take(self);
        vec![
            Values::Text(member),
            Values::Time(created_at),
            Values::Text(identities),
            Values::Text(attributes),
        ]
    }
}

/// What each member has, per kind of points.
pub(super) struct Balances<'a> {
    versions: &'a Versions,
    now: Timestamp,
    member: Texts,
    points: Texts,
    figures: [Ints; 4],
    tier: Texts,
    enrolled_at: Ints,
}

impl<'a> Balances<'a> {
    pub(super) fn new(versions: &'a Versions, now: Timestamp) -> Self {
        Self {
            versions,
            now,
            member: Vec::new(),
            points: Vec::new(),
            figures: Default::default(),
            tier: Vec::new(),
            enrolled_at: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, row: &WalletRow) {
        let Ok((_, program)) = self.versions.at(self.now) else {
            return;
        };
        let caught_up = self
            .versions
            .caught_up(row.member, row.state.clone(), self.now);
        let Ok(wallet) = caught_up else {
            return;
        };
        for book in &wallet.books {
            self.member.push(Some(row.member.to_string()));
            let points = words::id_of(program, book.points);
            self.points.push(Some(points.to_owned()));
            let figures = [
                book.available(self.now),
                book.pending(self.now),
                book.held,
                book.debt,
            ];
            for (column, figure) in self.figures.iter_mut().zip(figures) {
                column.push(Some(figure));
            }
            let tier = words::tier_id(program, wallet.tier.name);
            self.tier.push(Some(tier.to_owned()));
            self.enrolled_at
                .push(wallet.enrolled_at.map(Timestamp::micros));
        }
    }
}

impl Rows for Balances<'_> {
    const NAME: &'static str = "balances";
    const COLUMNS: &'static [(&'static str, ColumnKind)] = &[
        ("member", ColumnKind::Text),
        ("points", ColumnKind::Text),
        ("available", ColumnKind::Int),
        ("pending", ColumnKind::Int),
        ("held", ColumnKind::Int),
        ("debt", ColumnKind::Int),
        ("tier", ColumnKind::Text),
        ("enrolled_at", ColumnKind::Time),
    ];

    fn len(&self) -> usize {
        self.member.len()
    }

    fn take(&mut self) -> Vec<Values> {
        use std::mem::take;
        let mut columns = vec![
            Values::Text(take(&mut self.member)),
            Values::Text(take(&mut self.points)),
        ];
        columns.extend(
            self.figures
                .iter_mut()
                .map(|column| Values::Int(take(column))),
        );
        columns.push(Values::Text(take(&mut self.tier)));
        columns.push(Values::Time(take(&mut self.enrolled_at)));
        columns
    }
}

/// Every event and what came of it.
#[derive(Default)]
pub(super) struct Log {
    columns: Columns<8, 2, 2>,
}

impl Log {
    pub(super) fn push(&mut self, row: &Logged) {
        let refusal = match &row.outcome.verdict {
            Verdict::Accepted => None,
            Verdict::Refused(refusal) => Some(format!("{refusal:?}")),
        };
        let kind = row.event.kind_name();
        let texts = [
            Some(row.member.to_string()),
            Some(row.wallet.to_string()),
            Some(row.event.key.source.to_string()),
            Some(row.event.key.external_id.to_string()),
            Some(kind.to_owned()),
            refusal,
            serde_json::to_string(&row.event).ok(),
            Some(hex(&row.hash)),
        ];
        let times = [Some(row.event.occurred_at), Some(row.event.recorded_at)];
        let ints = [i64::try_from(row.seq).ok(), Some(row.program)];
        self.columns.push(texts, times, ints);
    }
}

impl Rows for Log {
    const NAME: &'static str = "log";
    const COLUMNS: &'static [(&'static str, ColumnKind)] = &[
        ("member", ColumnKind::Text),
        ("wallet", ColumnKind::Text),
        ("source", ColumnKind::Text),
        ("external_id", ColumnKind::Text),
        ("kind", ColumnKind::Text),
        ("refusal", ColumnKind::Text),
        ("event", ColumnKind::Text),
        ("hash", ColumnKind::Text),
        ("occurred_at", ColumnKind::Time),
        ("recorded_at", ColumnKind::Time),
        ("seq", ColumnKind::Int),
        ("program_version", ColumnKind::Int),
    ];

    fn len(&self) -> usize {
        self.columns.len()
    }

    fn take(&mut self) -> Vec<Values> {
        self.columns.take()
    }
}

/// Every posting.
pub(super) struct Entries<'a> {
    versions: &'a Versions,
    columns: Columns<4, 3, 2>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(versions: &'a Versions) -> Self {
        Self {
            versions,
            columns: Columns::default(),
        }
    }

    pub(super) fn push(&mut self, row: &Logged) {
        let program = receipt::version(self.versions, row.program).ok();
        for posting in row.outcome.postings() {
            let texts = [
                Some(row.member.to_string()),
                Some(id_in(program.as_deref(), posting.points)),
                Some(posting.from.name().to_owned()),
                Some(posting.to.name().to_owned()),
            ];
            let lapses = posting.dates.expires_at;
            let times = [
                Some(posting.effective_at),
                Some(row.event.recorded_at),
                (lapses < Timestamp::LAST).then_some(lapses),
            ];
            let ints = [i64::try_from(row.seq).ok(), Some(posting.amount)];
            self.columns.push(texts, times, ints);
        }
    }
}

impl Rows for Entries<'_> {
    const NAME: &'static str = "entries";
    const COLUMNS: &'static [(&'static str, ColumnKind)] = &[
        ("member", ColumnKind::Text),
        ("points", ColumnKind::Text),
        ("from", ColumnKind::Text),
        ("to", ColumnKind::Text),
        ("effective_at", ColumnKind::Time),
        ("recorded_at", ColumnKind::Time),
        ("lot_expires_at", ColumnKind::Time),
        ("seq", ColumnKind::Int),
        ("amount", ColumnKind::Int),
    ];

    fn len(&self) -> usize {
        self.columns.len()
    }

    fn take(&mut self) -> Vec<Values> {
        self.columns.take()
    }
}
