//! Parquet: only the mapped columns are decoded, whole columns at a time.
//!
//! Doubles are rounded to the nearest minor unit, halves away from zero; every other type is read
//! exactly. A timestamp without a zone is what a clock on the shop's wall showed.

use crate::{
    Error, Field, Mapping, Reject,
    batch::{Batch, Cells, shortened},
    detect::Sample,
    parquet_columns::{Faults, currencies, fits, is_text, read_column},
    row::Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_cast::display::array_value_to_string;
use arrow_schema::DataType;
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
};
use std::{fs::File, path::Path};

/// A Parquet file that is being read.
pub(crate) struct ParquetSource {
    reader: ParquetRecordBatchReader,
    /// Field and number of the column among those that are decoded.
    mapped: Vec<(Field, usize)>,
    pub(crate) done: u64,
    pub(crate) total: u64,
}

fn damaged(path: &Path, reason: impl ToString) -> Error {
    Error::Parquet {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| damaged(path, e))
}

/// Names of the columns, and the first rows as text where they are text or whole numbers: those may
/// be dates.
pub(crate) fn sample(path: &Path, rows: usize) -> Result<Sample, Error> {
    let builder = builder(path)?;
    let schema = builder.schema().clone();
    let headers: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let plain = |kind: &DataType| is_text(kind) || kind.is_integer();
    let flat = (0..headers.len()).filter(|&at| plain(schema.field(at).data_type()));
    let mask = ProjectionMask::roots(builder.parquet_schema(), flat.clone());
    let mut sample = Sample {
        headers,
        rows: Vec::new(),
    };
    let reader = builder
        .with_projection(mask)
        .with_limit(rows)
        .with_batch_size(rows)
        .build();
    for batch in reader.map_err(|e| damaged(path, e))? {
        let batch = batch.map_err(|e| damaged(path, e))?;
        for row in 0..batch.num_rows() {
            let mut cells = vec![String::new(); sample.headers.len()];
            for (column, at) in batch.columns().iter().zip(flat.clone()) {
                cells[at] = array_value_to_string(column, row).unwrap_or_default();
            }
            sample.rows.push(cells);
        }
    }
    Ok(sample)
}

impl ParquetSource {
    pub(crate) fn open(path: &Path, mapping: &Mapping, rows: usize) -> Result<Self, Error> {
        let builder = builder(path)?;
        for (field, at, header) in mapping.columns() {
            let found = builder.schema().field(at).data_type();
            if !fits(field.shape(), found) {
                let (header, found) = (header.to_owned(), found.to_string());
                return Err(Error::ColumnType {
                    header,
                    found,
                    field: field.name(),
                });
            }
        }
        let mut columns: Vec<usize> = mapping.columns().map(|(_, at, _)| at).collect();
        columns.sort_unstable();
        columns.dedup();
        let place = |at| {
            columns
                .iter()
                .position(|&known| known == at)
                .expect("each was collected above")
        };
        let mapped = mapping
            .columns()
            .map(|(field, at, _)| (field, place(at)))
            .collect();
        let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        let reader = builder.with_projection(mask).with_batch_size(rows).build();
        Ok(Self {
            reader: reader.map_err(|e| damaged(path, e))?,
            mapped,
            done: 0,
            total,
        })
    }

    /// Reads one batch into `builder`; false at the end.
    pub(crate) fn read(
        &mut self,
        path: &Path,
        builder: &mut Builder,
        rejects: &mut Vec<Reject>,
    ) -> Result<bool, Error> {
        let Some(columns) = self.reader.next() else {
            return Ok(false);
        };
        let columns = columns.map_err(|e| damaged(path, e))?;
        let rows = columns.num_rows();
        let mut faults = Faults::new();
        let mut batch = Batch {
            line: (self.done + 1..=self.done + rows as u64).collect(),
            ..Batch::default()
        };
        let column = |field: Field| {
            self.mapped
                .iter()
                .find(|(f, _)| *f == field)
                .map(|(_, at)| columns.column(*at))
        };
        let currencies = match column(Field::Currency) {
            Some(array) => {
                Some(currencies(builder, array, &mut faults).map_err(|e| damaged(path, e))?)
            }
            None => None,
        };
        for &(field, at) in &self.mapped {
            let read = read_column(
                builder,
                field,
                columns.column(at),
                currencies.as_deref(),
                &mut faults,
            );
            batch.cells[field.index()] = read.map_err(|e| damaged(path, e))?;
        }
        complete(builder, &mut batch, &mut faults);
        for (&row, reason) in &faults {
            let order = batch.plain(Field::Order, row).map(str::to_owned);
            rejects.push(Reject {
                line: batch.line(row),
                reason: reason.clone(),
                text: row_text(&columns, row),
                order,
            });
        }
        if !faults.is_empty() {
            let good: Vec<usize> = (0..rows).filter(|row| !faults.contains_key(row)).collect();
            batch = batch.gather(&good);
        }
        self.done += rows as u64;
        builder.batch = batch;
        Ok(true)
    }
}

fn row_text(columns: &RecordBatch, row: usize) -> String {
    let schema = columns.schema();
    let cell = |(field, array): (&std::sync::Arc<arrow_schema::Field>, &ArrayRef)| {
        format!(
            "{}={}",
            field.name(),
            array_value_to_string(array, row).unwrap_or_default()
        )
    };
    let cells: Vec<String> = schema
        .fields()
        .iter()
        .zip(columns.columns())
        .map(cell)
        .collect();
    shortened(&cells.join(" "))
}

/// Derives amounts where there are none, and refuses rows without what they must have.
fn complete(builder: &Builder, batch: &mut Batch, faults: &mut Faults) {
    let mut amounts = Vec::new();
    for row in 0..batch.len() {
        let number = |field| batch.number(field, row);
        let has = |field| batch.code(field, row).is_some() || batch.plain(field, row).is_some();
        if let Err(reason) = builder.recognised(has) {
            faults.entry(row).or_insert(reason);
            continue;
        }
        let amount = if builder.derives_amount() {
            let amount = builder.derived(number(Field::UnitPrice), number(Field::Quantity));
            amounts.push(amount.as_ref().ok().copied().flatten());
            amount
        } else {
            Ok(number(Field::Amount))
        };
        let whole = amount.and_then(|amount| {
            builder.complete(|field| match field {
                Field::Amount => amount,
                field => number(field),
            })
        });
        if let Err(reason) = whole {
            faults.entry(row).or_insert(reason);
        }
    }
    if builder.derives_amount() {
        batch.cells[Field::Amount.index()] = Cells::Numbers(amounts);
    }
}
