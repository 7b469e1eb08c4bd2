//! Rows to append to a table. Each cell is kept as the wire has it, so that many rows go as a
//! binary `COPY`, which is the cheapest way in, and few as the arrays of one `INSERT`, which waits
//! for nobody's answer before the next statement is sent.

use super::link::{Failure, Link, Parameter};
use bytes::BytesMut;
use std::error::Error;
use std::io::Cursor;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, to_sql_checked};

/// From so many rows on a `COPY` is cheaper than an `INSERT`.
const COPIED_FROM: usize = 32;

/// What a binary `COPY` starts with: its signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// A table, and the columns to fill with the types that arrays of them have.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, &'static str)],
}

/// Rows for a table.
#[derive(Debug)]
pub(super) struct Rows {
    table: &'static Table,
    count: usize,
    bytes: Vec<u8>,
}

/// A row that is being written: its cells, in the order of the columns.
#[derive(Debug)]
pub(super) struct Cells<'a>(&'a mut Vec<u8>);

impl Rows {
    /// None yet.
    pub(super) fn new(table: &'static Table) -> Self {
        Self {
            table,
            count: 0,
            bytes: HEADER.to_vec(),
        }
    }

    /// A row to write the cells of.
    pub(super) fn row(&mut self) -> Cells<'_> {
        let width = i16::try_from(self.table.columns.len()).expect("a table has few columns");
        self.count += 1;
        self.bytes.extend_from_slice(&width.to_be_bytes());
        Cells(&mut self.bytes)
    }

    /// Appends them to the table.
    pub(super) async fn append(mut self, link: &Link) -> Result<(), Failure> {
        match self.count {
            0 => Ok(()),
            count if count >= COPIED_FROM => {
                self.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
                let sql = self.table.copy();
                link.copy(&sql, Cursor::new(self.bytes)).await
            }
            _ => self.put(link, "").await,
        }
    }

    /// Inserts them, and does `on_conflict` where they are there.
    pub(super) async fn put(self, link: &Link, on_conflict: &str) -> Result<(), Failure> {
        if self.count == 0 {
            return Ok(());
        }
        let arrays = self.arrays();
        let with: Vec<Parameter<'_>> = arrays.iter().map(|array| array as _).collect();
        let sql = format!("{} {on_conflict}", self.table.insert());
        link.run(&sql, &with).await.map(drop)
    }

    /// The same cells, column by column.
    fn arrays(&self) -> Vec<Array> {
        let mut arrays: Vec<Array> = Vec::new();
        arrays.resize_with(self.table.columns.len(), Array::default);
        let mut rest = &self.bytes[HEADER.len()..];
        while let Some((_, cells)) = rest.split_first_chunk::<2>() {
            rest = cells;
            for array in &mut arrays {
                let length = rest
                    .first_chunk()
                    .map_or(-1, |four| i32::from_be_bytes(*four));
                let (cell, after) = rest.split_at(4 + usize::try_from(length).unwrap_or(0));
                array.count += 1;
                array.cells.extend_from_slice(cell);
                rest = after;
            }
        }
        arrays
    }
}

impl Cells<'_> {
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let length = i32::try_from(bytes.len()).expect("no cell is larger than a batch may be");
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub(super) fn boolean(&mut self, is: bool) -> &mut Self {
        self.bytes(&[u8::from(is)])
    }

    pub(super) fn smallint(&mut self, number: i16) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(super) fn integer(&mut self, number: i32) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(super) fn bigint(&mut self, number: i64) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    pub(super) fn maybe_bigint(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            Some(number) => self.bigint(number),
            None => self.null(),
        }
    }

    pub(super) fn maybe_bytes(&mut self, bytes: Option<&[u8]>) -> &mut Self {
        match bytes {
            Some(bytes) => self.bytes(bytes),
            None => self.null(),
        }
    }

    fn null(&mut self) -> &mut Self {
        self.0.extend_from_slice(&(-1_i32).to_be_bytes());
        self
    }
}

impl Table {
    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    fn copy(&self) -> String {
        format!("COPY {} ({}) FROM STDIN BINARY", self.name, self.names())
    }

    fn insert(&self) -> String {
        let arrays = self.columns.iter().zip(1..);
        let arrays: Vec<String> = arrays
            .map(|((_, of), at)| format!("${at}::{of}[]"))
            .collect();
        let (name, names, arrays) = (self.name, self.names(), arrays.join(", "));
        format!("INSERT INTO {name} ({names}) SELECT * FROM unnest({arrays})")
    }
}

/// A column of some rows, as a parameter.
#[derive(Debug, Default)]
struct Array {
    count: i32,
    cells: Vec<u8>,
}

impl ToSql for Array {
    fn to_sql(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Kind::Array(of) = of.kind() else {
            return Err("only an array takes a column".into());
        };
        let (dimensions, may_have_nulls, first) = (1_i32, 1_i32, 1_i32);
        out.extend_from_slice(&dimensions.to_be_bytes());
        out.extend_from_slice(&may_have_nulls.to_be_bytes());
        out.extend_from_slice(&of.oid().to_be_bytes());
        out.extend_from_slice(&self.count.to_be_bytes());
        out.extend_from_slice(&first.to_be_bytes());
        out.extend_from_slice(&self.cells);
        Ok(IsNull::No)
    }

    fn accepts(of: &Type) -> bool {
        matches!(of.kind(), Kind::Array(_))
    }

    to_sql_checked!();
}
