//! Reading files into facts: Parquet with whole numbers for customers on all threads, a group of rows
//! at a time; everything else through the reader that an import uses too.

use super::{
    Facts, FactsFile, FactsReject, Names, Totals,
    columns::{Columns, Task},
    paths,
    rows::{Layout, Row},
    store::{Parting, Store},
};
use crate::{Batch, Error, Field, Kind, Options, Reader, Reject, detect, field::Shape, open};
use regulars_base::{Currency, Timestamp};
use std::{
    collections::{BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

/// How facts are to be read.
#[derive(Clone, Debug)]
pub struct FactsOptions {
    /// How the files are written.
    pub files: Options,
    /// A field (`channel`) or a header of the files by whose values orders are grouped; several with
    /// commas between them (`store,channel`) for groups by all of them together.
    pub group: Option<String>,
    /// The field that tells kinds of product apart; left out where the files lack it.
    pub kind: Field,
    /// On how many threads; 0 for as many as the machine has.
    pub threads: usize,
    /// How many bytes of rows may lie in memory; what is more goes to a temporary file. The table of
    /// customers comes on top.
    pub memory_bytes: usize,
    /// Where the temporary file is made.
    pub folder: PathBuf,
    /// How many of the rows that are left out are kept with their text.
    pub rejects: usize,
}

/// How far reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactsProgress {
    /// Bytes of files that are read.
    pub done: u64,
    /// Bytes of all files.
    pub total: u64,
    /// Rows so far.
    pub rows: u64,
}

impl FactsOptions {
    /// Everything found out, up to a gibibyte of rows in memory.
    pub fn new(files: Options) -> Self {
        Self {
            files,
            group: None,
            kind: Field::Category,
            threads: 0,
            memory_bytes: 1 << 30,
            folder: std::env::temp_dir(),
            rejects: 10_000,
        }
    }
}

/// A file with what was found out about it.
struct Planned {
    file: FactsFile,
    bytes: u64,
    /// Of Parquet that can be read on all threads.
    columns: Option<Columns>,
}

/// What all threads share while reading.
struct Shared<'a> {
    progress: &'a (dyn Fn(FactsProgress) -> bool + Sync),
    done: AtomicU64,
    total: u64,
    rows: AtomicU64,
    stopped: AtomicBool,
    /// How many rejects are still kept.
    room: AtomicUsize,
}

impl Shared<'_> {
    /// Says how far it is; an error where nobody wants the rest.
    fn advance(&self, bytes: u64, rows: u64) -> Result<(), Error> {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        let at = FactsProgress {
            done: done.min(self.total),
            total: self.total,
            rows,
        };
        if !(self.progress)(at) {
            self.stopped.store(true, Ordering::Relaxed);
        }
        if self.stopped.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        Ok(())
    }
}

/// What a thread found beside the rows.
#[derive(Default)]
pub(super) struct Beside {
    totals: Totals,
    rejects: Vec<(usize, Reject)>,
}

pub(super) fn read(
    paths: &[PathBuf],
    options: &FactsOptions,
    progress: &(dyn Fn(FactsProgress) -> bool + Sync),
) -> Result<Facts, Error> {
    let mut options = options.clone();
    let group = options
        .group
        .as_deref()
        .map(|by| grouped(by, options.kind, &mut options.files))
        .transpose()?
        .unwrap_or_default();
    let mut planned = Vec::new();
    for path in paths::files(paths)? {
        planned.push(plan(&path, &options.files)?);
    }
    let has = |field: Field| planned.iter().any(|one| one.file.found.mapping.has(field));
    if let Some(field) = group.iter().find(|field| !has(**field)) {
        let headers = String::from("no such column in any file");
        return Err(Error::NotMapped {
            field: field.name(),
            headers,
        });
    }
    let mut layout = Layout {
        wide_customer: false,
        wide_amount: true,
        order: has(Field::Order),
        group: !group.is_empty(),
        kind: has(options.kind),
    };
    let kind = layout.kind.then_some(options.kind);
    let fast = !planned.is_empty()
        && group.is_empty()
        && planned.iter_mut().all(|one| {
            one.columns = Columns::open(&one.file, kind, &options.files);
            one.columns.is_some()
        });
    let threads = threads(options.threads);
    if fast {
        let columns = || planned.iter().filter_map(|one| one.columns.as_ref());
        layout.wide_customer = columns().any(|it| it.wide_customer);
        layout.wide_amount = columns().any(|it| it.wide_amount);
    }
    let store = Store::new(options.memory_bytes, &options.folder);
    let shared = Shared {
        progress,
        done: AtomicU64::new(0),
        total: planned.iter().map(|one| one.bytes).sum(),
        rows: AtomicU64::new(0),
        stopped: AtomicBool::new(false),
        room: AtomicUsize::new(options.rejects),
    };
    let mut facts = Facts {
        files: planned.iter().map(|one| one.file.clone()).collect(),
        layout,
        store,
        names: Names::Numbers,
        groups: Vec::new(),
        totals: Totals::default(),
        rejects: Vec::new(),
        currency: options.files.currency,
        threads,
    };
    let beside = if fast {
        let columns: Vec<&Columns> = planned
            .iter()
            .filter_map(|one| one.columns.as_ref())
            .collect();
        in_parallel(&columns, &planned, &facts.store, layout, threads, &shared)?
    } else {
        one_by_one(&planned, &options, &group, kind, &mut facts, &shared)?
    };
    let mut rejects = Vec::new();
    for beside in beside {
        facts.totals.merge(&beside.totals);
        rejects.extend(beside.rejects);
    }
    rejects.sort_by_key(|(file, reject)| (*file, reject.line));
    facts.rejects = rejects
        .into_iter()
        .map(|(file, reject)| FactsReject {
            path: facts.files[file].path.clone(),
            reject,
        })
        .collect();
    Ok(facts)
}

fn threads(asked: usize) -> usize {
    if asked > 0 {
        return asked;
    }
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Between the names of a group that is made of several.
pub const GROUP_MARK: &str = " / ";

/// The fields by which orders are grouped. A header that is no field of ours takes the place of one
/// that nobody asked for.
fn grouped(by: &str, kind: Field, files: &mut Options) -> Result<Vec<Field>, Error> {
    let field = |name: &str| {
        let field = name.parse::<Field>().ok();
        field.filter(|field| field.shape() == Shape::Coded)
    };
    let names: Vec<&str> = by.split(',').map(str::trim).collect();
    let mut taken: Vec<Field> = names.iter().filter_map(|name| field(name)).collect();
    taken.extend([kind, Field::Customer, Field::Currency]);
    let mut fields = Vec::new();
    for name in names {
        if let Some(field) = field(name) {
            fields.push(field);
            continue;
        }
        let free = [
            Field::Channel,
            Field::Campaign,
            Field::Partner,
            Field::Group,
            Field::Tier,
        ]
        .into_iter()
        .chain([Field::Staff, Field::Payment, Field::Store]);
        let Some(place) = free.clone().find(|free| !taken.contains(free)) else {
            let headers = "orders can be grouped by eight columns at most".to_owned();
            return Err(Error::NotMapped {
                field: Field::Channel.name(),
                headers,
            });
        };
        files.columns.push(format!("{}={name}", place.name()));
        taken.push(place);
        fields.push(place);
    }
    Ok(fields)
}

fn plan(path: &Path, options: &Options) -> Result<Planned, Error> {
    let found = detect::found(path, options)?;
    let bytes = std::fs::metadata(path)
        .map_err(|e| Error::io("open", path, e))?
        .len();
    let path = path.to_owned();
    Ok(Planned {
        file: FactsFile { path, found },
        bytes,
        columns: None,
    })
}

/// All groups of rows of all files, each by whichever thread is free.
fn in_parallel(
    columns: &[&Columns],
    planned: &[Planned],
    store: &Store,
    layout: Layout,
    threads: usize,
    shared: &Shared<'_>,
) -> Result<Vec<Beside>, Error> {
    let tasks: Vec<(usize, Task)> = (0..)
        .zip(columns)
        .flat_map(|(file, columns)| columns.tasks().map(move |task| (file, task)))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<Beside, Error> {
        let mut taking = Taking {
            beside: Beside::default(),
            parting: Parting::new(store, layout),
        };
        loop {
            let group = next.fetch_add(1, Ordering::Relaxed);
            let Some(&(file, task)) = tasks.get(group) else {
                taking.parting.finish()?;
                return Ok(taking.beside);
            };
            taking.parting.begin(group)?;
            let all = columns[file].rows().max(1);
            columns[file].read(task, &mut taking, |taking, count, rejects| {
                for reject in rejects {
                    taking.beside.reject(file, reject, shared);
                }
                // Of 128 bits, because bytes times rows pass 64 for files of a few terabytes.
                let bytes = u128::from(planned[file].bytes) * u128::from(count) / u128::from(all);
                shared.advance(u64::try_from(bytes).unwrap_or(0), count)
            })?;
        }
    };
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join())
            .collect::<Vec<_>>()
    });
    let gave_up = || Error::Parquet {
        path: planned[0].file.path.clone(),
        reason: "the decoder gave up".to_owned(),
    };
    // The decoder of Parquet may give up on bytes that no writer would have written.
    results
        .into_iter()
        .map(|result| result.unwrap_or_else(|_| Err(gave_up())))
        .collect()
}

/// A row as columns of Parquet give it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    pub(super) row: Row,
    pub(super) has_customer: bool,
}

/// What a thread does with rows.
pub(super) struct Taking<'a> {
    beside: Beside,
    parting: Parting<'a>,
}

impl Taking<'_> {
    /// Takes a row.
    #[inline]
    pub(super) fn take(&mut self, known: &Known) -> Result<(), Error> {
        self.beside.take(known, &mut self.parting)
    }
}

impl Beside {
    #[inline]
    fn take(&mut self, known: &Known, parting: &mut Parting<'_>) -> Result<(), Error> {
        self.totals.rows += 1;
        if !known.has_customer {
            self.totals.anonymous.rows += 1;
            self.totals.anonymous.amount += i128::from(known.row.amount);
            return Ok(());
        }
        self.totals.amount += i128::from(known.row.amount);
        self.totals.see_day(known.row.day);
        if !parting.layout.fits(&known.row) {
            return Err(Error::WrongStatistics);
        }
        parting.push(&known.row)
    }

    fn reject(&mut self, file: usize, reject: Reject, shared: &Shared<'_>) {
        self.totals.rejected += 1;
        let room = |room: usize| room.checked_sub(1);
        if shared
            .room
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, room)
            .is_ok()
        {
            self.rejects.push((file, reject));
        }
    }
}

/// Numbers for texts over all files: each file's reader counts from 0.
#[derive(Default)]
struct Dictionary {
    texts: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u32>,
    /// Of the file that is being read: its code to ours.
    map: Vec<u32>,
}

impl Dictionary {
    fn code(&mut self, reader: &Reader, field: Field, code: u32) -> u32 {
        for text in &reader.texts(field)[self.map.len()..] {
            let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
            let code = *self.codes.entry(Arc::clone(text)).or_insert(next);
            if code == next {
                self.texts.push(Arc::clone(text));
            }
            self.map.push(code);
        }
        self.map[code as usize]
    }
}

/// Numbers for groups of orders, by the values of one field or of several.
struct Groups {
    fields: Vec<Field>,
    /// By the codes of the values in the file that is read.
    known: HashMap<Vec<Option<u32>>, u32>,
    codes: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
    key: Vec<Option<u32>>,
}

impl Groups {
    fn new(fields: &[Field]) -> Self {
        Self {
            fields: fields.to_vec(),
            known: HashMap::new(),
            codes: HashMap::new(),
            texts: Vec::new(),
            key: Vec::new(),
        }
    }

    /// Another file begins: its codes are others.
    fn begin(&mut self) {
        self.known.clear();
    }

    fn code(&mut self, reader: &Reader, batch: &Batch, at: usize) -> u32 {
        self.key.clear();
        self.key
            .extend(self.fields.iter().map(|field| batch.code(*field, at)));
        if let Some(code) = self.known.get(&self.key) {
            return *code;
        }
        let part = |(field, code): (&Field, &Option<u32>)| match code {
            Some(code) => reader.texts(*field)[*code as usize].to_string(),
            None => String::new(),
        };
        let parts: Vec<String> = self.fields.iter().zip(&self.key).map(part).collect();
        let text: Arc<str> = parts.join(GROUP_MARK).into();
        let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let code = *self.codes.entry(Arc::clone(&text)).or_insert(next);
        if code == next {
            self.texts.push(text);
        }
        self.known.insert(self.key.clone(), code);
        code
    }
}

fn one_by_one(
    planned: &[Planned],
    options: &FactsOptions,
    group: &[Field],
    kind: Option<Field>,
    facts: &mut Facts,
    shared: &Shared<'_>,
) -> Result<Vec<Beside>, Error> {
    let mut beside = Beside::default();
    let mut currencies = BTreeSet::new();
    let (mut customers, mut kinds) = <(Dictionary, Dictionary)>::default();
    let mut groups = Groups::new(group);
    {
        let mut parting = Parting::new(&facts.store, facts.layout);
        for (file, one) in planned.iter().enumerate() {
            let mut reader = open(&one.file.path, &options.files)?;
            for dictionary in [&mut customers, &mut kinds] {
                dictionary.map.clear();
            }
            groups.begin();
            let mut before = 0;
            while let Some(chunk) = reader.next()? {
                let batch = &chunk.batch;
                for at in 0..batch.len() {
                    currencies.insert(
                        batch
                            .code(Field::Currency, at)
                            .map(|code| code_text(&reader, code)),
                    );
                    let mut known = known(batch, at, options);
                    if let Some(code) = batch.code(Field::Customer, at) {
                        known.has_customer = true;
                        known.row.customer = customers.code(&reader, Field::Customer, code).into();
                    }
                    if !group.is_empty() {
                        known.row.group = groups.code(&reader, batch, at);
                    }
                    if let Some(field) = kind {
                        known.row.kind = batch
                            .code(field, at)
                            .map_or(u32::MAX, |code| kinds.code(&reader, field, code));
                    }
                    beside.take(&known, &mut parting)?;
                }
                let rows = batch.len() as u64;
                for reject in chunk.rejects {
                    beside.reject(file, reject, shared);
                }
                let done = match one.file.found.kind {
                    Kind::Parquet => scaled(chunk.done, reader.total(), one.bytes),
                    _ => chunk.done.min(one.bytes),
                };
                shared.advance(done.saturating_sub(before), rows)?;
                before = before.max(done);
            }
        }
        parting.finish()?;
    }
    facts.currency = one_currency(&currencies, options)?;
    facts.names = Names::Texts(customers.texts);
    facts.groups = groups.texts;
    Ok(vec![beside])
}

fn scaled(done: u64, total: u64, bytes: u64) -> u64 {
    u64::try_from(u128::from(done) * u128::from(bytes) / u128::from(total.max(1))).unwrap_or(bytes)
}

fn code_text(reader: &Reader, code: u32) -> Arc<str> {
    reader.texts(Field::Currency)[code as usize].clone()
}

/// All but what texts say of a row.
fn known(batch: &Batch, at: usize, options: &FactsOptions) -> Known {
    let time = batch.number(Field::Time, at).unwrap_or(0);
    let amount = batch.number(Field::Amount, at).unwrap_or(0);
    let is_refund = batch.is_refund(at) == Some(true);
    Known {
        row: Row {
            day: options
                .files
                .zone
                .day(Timestamp::from_micros(time))
                .number(),
            amount: if is_refund { -amount.abs() } else { amount },
            order: batch.plain(Field::Order, at).map_or(0, hash_of_text),
            ..Row::default()
        },
        has_customer: false,
    }
}

/// Orders are told apart by 64 bits, within one customer: that two of the same customer fall together
/// by chance is as likely as a fault of the memory.
pub(super) fn hash_of_text(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish().max(1)
}

fn one_currency(
    found: &BTreeSet<Option<Arc<str>>>,
    options: &FactsOptions,
) -> Result<Currency, Error> {
    let default = options.files.currency;
    let codes: BTreeSet<&str> = found
        .iter()
        .map(|it| it.as_deref().unwrap_or(default.code()))
        .collect();
    if codes.len() > 1 {
        let codes: Vec<&str> = codes.into_iter().collect();
        return Err(Error::MixedCurrencies(codes.join(", ")));
    }
    let code = codes.first().copied().unwrap_or(default.code());
    // The reader has refused rows with a currency that there is not.
    Ok(Currency::new(code).unwrap_or(default))
}
