//! Rows as JSON lines: an object for each, with all columns of its table in order. Whole numbers are numbers,
//! texts are texts, bytes are texts of hexadecimal digits, nothing is `null`.

use super::{FileOf, Manifest, failed, wrong};
use crate::Error;
use crate::programs::{hex, unhex};
use regulars_store::{CarriedTable, Cell, CellKind};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A table's rows as they would stand in its file: how many, how long, and their hash.
pub(super) struct Sum {
    pub(super) table: String,
    rows: u64,
    bytes: u64,
    hash: Sha256,
    line: Vec<u8>,
}

impl Sum {
    pub(super) fn new(table: &CarriedTable) -> Self {
        Self {
            table: table.name.clone(),
            rows: 0,
            bytes: 0,
            hash: Sha256::new(),
            line: Vec::new(),
        }
    }

    /// Takes a row; its line.
    pub(super) fn take(&mut self, table: &CarriedTable, row: &[Cell]) -> &[u8] {
        self.line.clear();
        line(&mut self.line, table, row);
        self.rows += 1;
        self.bytes += self.line.len() as u64;
        self.hash.update(&self.line);
        &self.line
    }

    pub(super) fn finish(self) -> FileOf {
        FileOf {
            table: self.table,
            rows: self.rows,
            bytes: self.bytes,
            sha256: hex(&self.hash.finalize()),
        }
    }
}

/// A table's file that is being written.
pub(super) struct WrittenTable {
    pub(super) table: String,
    path: PathBuf,
    file: BufWriter<File>,
    sum: Sum,
}

impl WrittenTable {
    pub(super) fn create(folder: &Path, table: &CarriedTable) -> Result<Self, Error> {
        let path = folder.join(format!("{}.ndjson", table.name));
        let file = create(&path)?;
        Ok(Self {
            table: table.name.clone(),
            path,
            file: BufWriter::with_capacity(1 << 18, file),
            sum: Sum::new(table),
        })
    }

    pub(super) fn write(&mut self, table: &CarriedTable, row: &[Cell]) -> Result<(), Error> {
        let line = self.sum.take(table, row);
        self.file
            .write_all(line)
            .map_err(|error| failed(&self.path, &error))
    }

    pub(super) fn finish(self) -> Result<FileOf, Error> {
        let path = self.path;
        let file = self
            .file
            .into_inner()
            .map_err(|error| failed(&path, error.error()))?;
        file.sync_all().map_err(|error| failed(&path, &error))?;
        Ok(self.sum.finish())
    }
}

/// A new file that only its owner reads: it holds what members are called and what webhooks are signed with.
fn create(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| failed(path, &error))
}

pub(super) fn write_whole(path: &Path, manifest: &Manifest) -> Result<(), Error> {
    let mut file = create(path)?;
    let mut text = serde_json::to_vec_pretty(manifest)
        .map_err(|error| Error::Bug(format!("a manifest is no JSON: {error}")))?;
    text.push(b'\n');
    let done = file.write_all(&text).and_then(|()| file.sync_all());
    done.map_err(|error| failed(path, &error))
}

/// The SHA-256 of a file.
pub(super) fn digest(path: &Path) -> Result<String, Error> {
    let mut file = File::open(path).map_err(|error| failed(path, &error))?;
    let (mut hash, mut part) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        let read = file.read(&mut part).map_err(|error| failed(path, &error))?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&part[..read]);
    }
}

fn line(into: &mut Vec<u8>, table: &CarriedTable, row: &[Cell]) {
    const INTO_MEMORY: &str = "memory takes all that is written to it";
    for (at, ((name, _), cell)) in table.columns.iter().zip(row).enumerate() {
        into.push(if at == 0 { b'{' } else { b',' });
        serde_json::to_writer(&mut *into, name).expect(INTO_MEMORY);
        into.push(b':');
        match cell {
            Cell::Nothing => into.extend_from_slice(b"null"),
            Cell::Number(number) => write!(into, "{number}").expect(INTO_MEMORY),
            Cell::Text(text) => serde_json::to_writer(&mut *into, text).expect(INTO_MEMORY),
            Cell::Bytes(bytes) => {
                into.push(b'"');
                for byte in bytes {
                    write!(into, "{byte:02x}").expect(INTO_MEMORY);
                }
                into.push(b'"');
            }
        }
    }
    into.extend_from_slice(b"}\n");
}

/// What was wrong with a file, told past the store, which can only be stopped.
#[derive(Clone, Default)]
pub(super) struct Failed(Rc<RefCell<Option<Error>>>);

impl Failed {
    pub(super) fn take(self) -> Option<Error> {
        self.0.take()
    }

    fn stop(&self, error: Error) -> regulars_store::Error {
        self.0.replace(Some(error));
        regulars_store::Error::Stopped
    }
}

/// The rows of a table's file.
pub(super) struct ReadRows {
    path: PathBuf,
    columns: Vec<(String, CellKind)>,
    file: BufReader<File>,
    line: String,
    at: u64,
    failed: Failed,
}

impl ReadRows {
    pub(super) fn open(
        path: PathBuf,
        table: &CarriedTable,
        failed: &Failed,
    ) -> Result<Self, regulars_store::Error> {
        let file = File::open(&path).map_err(|error| failed.stop(super::failed(&path, &error)))?;
        Ok(Self {
            path,
            columns: table.columns.clone(),
            file: BufReader::with_capacity(1 << 18, file),
            line: String::new(),
            at: 0,
            failed: failed.clone(),
        })
    }

    fn row(&self) -> Result<Vec<Cell>, String> {
        let Ok(Value::Object(mut row)) = serde_json::from_str(&self.line) else {
            return Err("is no object of JSON".into());
        };
        let cells = self.columns.iter().map(|(name, kind)| {
            let value = row.remove(name);
            let value = value.ok_or_else(|| format!("has no column `{name}`"))?;
            cell(value, *kind).ok_or_else(|| format!("has another sort of value in `{name}`"))
        });
        let cells = cells.collect::<Result<Vec<Cell>, String>>()?;
        match row.keys().next() {
            Some(name) => Err(format!("has a column `{name}`, which its table has not")),
            None => Ok(cells),
        }
    }
}

impl Iterator for ReadRows {
    type Item = Result<Vec<Cell>, regulars_store::Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line.clear();
        self.at += 1;
        let row = match self.file.read_line(&mut self.line) {
            Ok(0) => return None,
            Ok(_) => self.row(),
            Err(error) => Err(error.to_string()),
        };
        Some(row.map_err(|why| {
            let why = format!("line {} {why}; copy the folder again", self.at);
            self.failed.stop(wrong(&self.path, why))
        }))
    }
}

fn cell(value: Value, kind: CellKind) -> Option<Cell> {
    match (value, kind) {
        (Value::Null, _) => Some(Cell::Nothing),
        (Value::Number(number), CellKind::Number) => number.as_i64().map(Cell::Number),
        (Value::String(text), CellKind::Text) => Some(Cell::Text(text)),
        (Value::String(text), CellKind::Bytes) => unhex(&text).map(Cell::Bytes),
        _ => None,
    }
}
