//! Rows of CSV and NDJSON, put into a batch or refused with a reason.

use crate::{
    Delimited, Field, Reject,
    batch::shortened,
    json,
    lines::{Lines, MAX_ROW_BYTES, MAX_ROW_LINES, Part, Record},
    row::{Builder, Cellsful},
};
use std::{
    borrow::Cow,
    io::{self, Read},
};

/// A CSV file that is being read.
pub(crate) struct CsvSource<R> {
    pub(crate) lines: Lines<R>,
    pub(crate) how: Delimited,
    /// How many columns each row must have; the first row says it.
    pub(crate) columns: usize,
    /// Field and number of column.
    pub(crate) mapped: Vec<(Field, usize)>,
    pub(crate) parts: Vec<Part>,
}

/// An NDJSON file that is being read.
pub(crate) struct JsonSource<R> {
    pub(crate) lines: Lines<R>,
    /// Field and name of the member.
    pub(crate) mapped: Vec<(Field, String)>,
}

impl<R: Read> CsvSource<R> {
    /// Reads one row; false at the end.
    pub(crate) fn read(
        &mut self,
        builder: &mut Builder,
        rejects: &mut Vec<Reject>,
    ) -> io::Result<bool> {
        let Some(record) = self.lines.next_record(&self.how, &mut self.parts)? else {
            return Ok(false);
        };
        let (line, bytes) = (self.lines.line, self.lines.bytes());
        let mut order = None;
        let read = valid(record, bytes, &mut self.columns, &self.parts).and_then(|text| {
            let cells = cells(text, &self.parts, &self.mapped, self.how.quote);
            let row: Cellsful<'_> = std::array::from_fn(|i| present(&cells[i]));
            order = row[Field::Order.index()].map(str::to_owned);
            builder.push(line, &row)
        });
        if let Err(reason) = read {
            let text = shortened(&String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]));
            rejects.push(Reject {
                line,
                reason,
                text,
                order,
            });
        }
        Ok(true)
    }
}

impl<R: Read> JsonSource<R> {
    /// Reads one row; false at the end.
    pub(crate) fn read(
        &mut self,
        builder: &mut Builder,
        rejects: &mut Vec<Reject>,
    ) -> io::Result<bool> {
        let Some(record) = self.lines.next_line()? else {
            return Ok(false);
        };
        let (line, bytes) = (self.lines.line, self.lines.bytes());
        let mut order = None;
        let read = utf8(record, bytes).and_then(|text| {
            let object = json::object(text)?;
            let mut cells: [Cow<'_, str>; Field::COUNT] = Default::default();
            let mut fault = None;
            for (field, name) in &self.mapped {
                match object
                    .get(name)
                    .map_or(Ok(None), |value| json::cell(name, value))
                {
                    Ok(cell) => cells[field.index()] = cell.unwrap_or_default(),
                    Err(reason) => fault = Some(reason),
                }
            }
            let row: Cellsful<'_> = std::array::from_fn(|i| present(&cells[i]));
            order = row[Field::Order.index()].map(str::to_owned);
            fault.map_or_else(|| builder.push(line, &row), Err)
        });
        if let Err(reason) = read {
            let text = shortened(&String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]));
            rejects.push(Reject {
                line,
                reason,
                text,
                order,
            });
        }
        Ok(true)
    }
}

fn utf8(record: Record, bytes: &[u8]) -> Result<&str, String> {
    match record {
        Record::TooLong => Err(format!(
            "is longer than {MAX_ROW_BYTES} bytes; a row is one line of an order"
        )),
        Record::Unclosed => Err(format!(
            "opens a quote that is not closed within {MAX_ROW_LINES} lines; close it, or read the file without quoting"
        )),
        Record::Row => std::str::from_utf8(bytes).map_err(|error| {
            format!(
                "is not UTF-8 at byte {}; save the file as UTF-8",
                error.valid_up_to() + 1
            )
        }),
    }
}

fn valid<'a>(
    record: Record,
    bytes: &'a [u8],
    columns: &mut usize,
    parts: &[Part],
) -> Result<&'a str, String> {
    let text = utf8(record, bytes)?;
    if *columns == 0 {
        *columns = parts.len();
    }
    // A delimiter at the end of the row opens no column.
    let trailing = parts.len() == *columns + 1 && parts.last().is_some_and(|p| p.start == p.end);
    if parts.len() != *columns && !trailing {
        return Err(format!(
            "has {} columns where {} are expected; put quotes around texts that hold the delimiter",
            parts.len(),
            columns
        ));
    }
    Ok(text)
}

fn cells<'a>(
    text: &'a str,
    parts: &[Part],
    mapped: &[(Field, usize)],
    quote: Option<u8>,
) -> [Cow<'a, str>; Field::COUNT] {
    let mut cells: [Cow<'a, str>; Field::COUNT] = Default::default();
    for &(field, at) in mapped {
        let Some(part) = parts.get(at) else { continue };
        let raw = text[part.start..part.end].trim();
        cells[field.index()] = match quote.filter(|_| part.doubled).map(char::from) {
            Some(quote) => Cow::Owned(raw.replace(&format!("{quote}{quote}"), &quote.to_string())),
            None => Cow::Borrowed(raw),
        };
    }
    cells
}

fn present(cell: &str) -> Option<&str> {
    let text = cell.trim();
    (!text.is_empty()).then_some(text)
}
