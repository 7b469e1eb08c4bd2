//! Finding out how a file is written, from its first rows.

use crate::{
    DateForm, Delimited, Delimiter, Encoding, Error, Field, Found, Kind, Mapping, NumberForm,
    Options, Table,
    field::Shape,
    json,
    lines::{Lines, Record},
    mapping::listed,
    parquet_file,
};
use std::{fs::File, io::Read, path::Path};

/// How many bytes and rows of a file are looked at.
const LOOK: u64 = 256 * 1024;
const ROWS: usize = 2000;

/// The first rows of a file, as text.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    pub(crate) headers: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Sample {
    /// What stands in a column, without the empty cells.
    pub(crate) fn column(&self, at: usize) -> impl Iterator<Item = &str> + Clone {
        self.rows
            .iter()
            .filter_map(move |row| row.get(at))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
    }
}

/// What is found out about the file at `path`, with what `options` say already.
pub(crate) fn found(path: &Path, options: &Options) -> Result<Found, Error> {
    let bytes = first_bytes(path)?;
    let encoding = options
        .encoding
        .unwrap_or_else(|| Encoding::detect(&bytes, bytes.len() as u64 == LOOK));
    let text = encoding.decoded(&bytes);
    let kind = kind(path, &bytes, &text, options)?;
    let bytes = &*text;
    let (delimited, sample) = match kind {
        Kind::Csv => {
            let how = delimited(bytes, options);
            (Some(how), csv_sample(bytes, &how))
        }
        Kind::Ndjson => (None, json_sample(bytes)),
        Kind::Parquet => (None, parquet_file::sample(path, ROWS)?),
    };
    let with_names = delimited.is_none_or(|how| how.header);
    let mut mapping = if with_names {
        Mapping::guess(&sample.headers)
    } else {
        Mapping::guess_by_values(&sample)
    };
    mapping.keep(|field| options.table.has(field));
    mapping.set_all(&options.columns, &sample.headers)?;
    check_needed(&mapping, &sample.headers, options.table)?;

    let columns_of = |shape: fn(Shape) -> bool| {
        let columns = mapping
            .columns()
            .filter(move |(field, ..)| shape(field.shape()));
        columns.map(|(_, at, _)| at).collect::<Vec<_>>()
    };
    let dates = match (
        options.dates,
        columns_of(|shape| shape == Shape::Moment).first(),
    ) {
        (Some(dates), _) => dates,
        (None, Some(&at)) => DateForm::detect(sample.column(at))?,
        (None, None) => DateForm::YearFirst,
    };
    let numbers = match (options.numbers, kind) {
        (Some(numbers), _) => numbers,
        (None, Kind::Parquet | Kind::Ndjson) => NumberForm::Point,
        (None, Kind::Csv) => {
            let columns = columns_of(|shape| matches!(shape, Shape::Money | Shape::Thousandths));
            NumberForm::detect(columns.iter().flat_map(|&at| sample.column(at)))?
        }
    };
    let says_minor = mapping.columns().any(|(field, _, header)| {
        field.shape() == Shape::Money && crate::mapping::is_minor(header)
    });
    Ok(Found {
        kind,
        delimited,
        mapping,
        dates,
        numbers,
        minor_units: options.minor_units.unwrap_or(says_minor),
        encoding,
    })
}

fn first_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let about = std::fs::metadata(path).map_err(|e| Error::io("open", path, e))?;
    if about.is_dir() {
        return Err(Error::Folder(path.to_owned()));
    }
    let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
    let mut bytes = Vec::new();
    file.take(LOOK)
        .read_to_end(&mut bytes)
        .map_err(|e| Error::io("read", path, e))?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::Empty(path.to_owned()));
    }
    Ok(bytes)
}

fn kind(path: &Path, bytes: &[u8], text: &[u8], options: &Options) -> Result<Kind, Error> {
    let wrong = |what| {
        Err(Error::WrongKind {
            path: path.to_owned(),
            what,
        })
    };
    if bytes.starts_with(b"PAR1") {
        return Ok(Kind::Parquet);
    }
    let ending = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if options.kind == Some(Kind::Parquet) || ending == "parquet" {
        return wrong(
            "is not Parquet: it does not begin with PAR1; export it again, or say what it is",
        );
    }
    for (magic, what) in [
        (&b"\x1f\x8b"[..], "is compressed with gzip; unpack it first"),
        (
            b"\x28\xb5\x2f\xfd",
            "is compressed with zstd; unpack it first",
        ),
        (
            b"PK\x03\x04",
            "is a zip archive or a spreadsheet; unpack it, or save the sheet as CSV",
        ),
        (
            b"\xd0\xcf\x11\xe0",
            "is an old spreadsheet; save the sheet as CSV",
        ),
    ] {
        if bytes.starts_with(magic) {
            return wrong(what);
        }
    }
    if let Some(kind) = options.kind {
        return Ok(kind);
    }
    match text.trim_ascii_start().first() {
        Some(b'{') => Ok(Kind::Ndjson),
        Some(b'[') if matches!(&*ending, "json" | "ndjson" | "jsonl") => {
            wrong("is one JSON array; write one object per line instead (NDJSON)")
        }
        _ if matches!(&*ending, "ndjson" | "jsonl") => Ok(Kind::Ndjson),
        _ if text.contains(&0) => {
            wrong("is no text: it holds zero bytes; give a CSV, NDJSON or Parquet file")
        }
        _ => Ok(Kind::Csv),
    }
}

fn delimited(bytes: &[u8], options: &Options) -> Delimited {
    let quote = options.quote.unwrap_or(Some(b'"'));
    let with = |delimiter| Delimited {
        delimiter,
        quote,
        header: false,
    };
    let delimiter = options.delimiter.unwrap_or_else(|| {
        let candidates = [b'\t', b'|', b';', b','].map(Delimiter::Byte);
        let mut best = (0, Delimiter::Byte(b','));
        for delimiter in candidates.into_iter().chain([Delimiter::Blanks]) {
            // Blanks stand inside dates and texts, so they part columns only when nothing else does.
            if delimiter == Delimiter::Blanks && best.0 > 0 {
                continue;
            }
            let score = score(&csv_sample(bytes, &with(delimiter)).rows);
            if score > best.0 {
                best = (score, delimiter);
            }
        }
        best.1
    });
    let how = with(delimiter);
    let sample = csv_sample(bytes, &how);
    let header = options
        .header
        .unwrap_or_else(|| sample.rows.first().is_some_and(|row| is_header(row)));
    Delimited { header, ..how }
}

/// How well a delimiter fits: the share of rows with the same number of columns counts most, then
/// how many columns there are.
fn score(rows: &[Vec<String>]) -> usize {
    let Some(columns) = rows.first().map(Vec::len).filter(|&columns| columns > 1) else {
        return 0;
    };
    let alike = rows.iter().filter(|row| row.len() == columns).count();
    if alike * 10 < rows.len() * 8 {
        0
    } else {
        alike * 100 / rows.len() * 1000 + columns.min(999)
    }
}

fn is_header(row: &[String]) -> bool {
    if Mapping::guess(row).columns().next().is_some() {
        return true;
    }
    row.iter().all(|cell| {
        let a_number = [NumberForm::Point, NumberForm::Comma]
            .iter()
            .any(|f| f.scaled(cell, 9).is_ok());
        !cell.trim().is_empty() && !a_number && !looks_like_a_date(cell)
    })
}

pub(crate) fn looks_like_a_date(text: &str) -> bool {
    use DateForm::{Compact, DayFirst, MonthFirst, YearFirst};
    [YearFirst, Compact, DayFirst, MonthFirst]
        .iter()
        .any(|form| form.read(text).is_some())
}

/// The sample ends within a row unless the file does; that row is left out.
fn whole_rows<T>(rows: &mut Vec<T>, bytes: &[u8]) {
    if bytes.len() as u64 >= LOOK - 3 && rows.len() > 1 {
        rows.pop();
    }
    rows.truncate(ROWS);
}

fn csv_sample(bytes: &[u8], how: &Delimited) -> Sample {
    let (mut lines, mut parts, mut rows) = (Lines::new(bytes), Vec::new(), Vec::new());
    // Reading from memory cannot fail.
    while let Ok(Some(record)) = lines.next_record(how, &mut parts) {
        if record == Record::Row {
            let cell = |part: &crate::lines::Part| {
                String::from_utf8_lossy(&lines.bytes()[part.start..part.end])
                    .trim()
                    .to_owned()
            };
            rows.push(parts.iter().map(cell).collect::<Vec<String>>());
        }
        if rows.len() > ROWS {
            break;
        }
    }
    whole_rows(&mut rows, bytes);
    let headers = if how.header && !rows.is_empty() {
        rows.remove(0)
    } else {
        let columns = rows.first().map_or(0, Vec::len);
        (1..=columns).map(|number| format!("#{number}")).collect()
    };
    Sample { headers, rows }
}

fn json_sample(bytes: &[u8]) -> Sample {
    let (mut lines, mut objects) = (Lines::new(bytes), Vec::new());
    while let Ok(Some(record)) = lines.next_line() {
        let text = if record == Record::Row {
            std::str::from_utf8(lines.bytes()).ok()
        } else {
            None
        };
        objects.extend(
            text.and_then(|text| json::object(text).ok())
                .map(|object| json::texts(&object)),
        );
        if objects.len() > ROWS {
            break;
        }
    }
    let mut headers: Vec<String> = Vec::new();
    for (name, _) in objects.iter().take(100).flatten() {
        if !headers.contains(name) {
            headers.push(name.clone());
        }
    }
    let cell = |object: &Vec<(String, String)>, header: &String| {
        object
            .iter()
            .find(|(name, _)| name == header)
            .map_or_else(String::new, |(_, text)| text.clone())
    };
    let rows = objects
        .iter()
        .map(|o| headers.iter().map(|header| cell(o, header)).collect())
        .collect();
    Sample { headers, rows }
}

fn check_needed(mapping: &Mapping, headers: &[String], table: Table) -> Result<(), Error> {
    let lacks = |field: Field| Error::NotMapped {
        field: field.name(),
        headers: listed(headers),
    };
    let by = table.recognised_by();
    if !by.iter().any(|field| mapping.has(*field)) {
        return Err(lacks(by[0]));
    }
    if table == Table::Balances && !mapping.has(Field::Balance) {
        return Err(lacks(Field::Balance));
    }
    if table == Table::Tiers && !mapping.has(Field::Tier) {
        return Err(lacks(Field::Tier));
    }
    if table == Table::Orders {
        if !mapping.has(Field::Time) {
            return Err(lacks(Field::Time));
        }
        if !mapping.has(Field::Amount) && !mapping.has(Field::UnitPrice) {
            return Err(lacks(Field::Amount));
        }
    }
    Ok(())
}
