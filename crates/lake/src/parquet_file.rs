//! Parquet: only the mapped columns are decoded, whole columns at a time.
//!
//! Doubles are rounded to the nearest minor unit, halves away from zero; every other type is read
//! exactly. A timestamp without a zone is what a clock on the shop's wall showed.

use crate::{
    Error, Field, Mapping, Reject,
    batch::{Batch, Cells, Texts, shortened},
    detect::Sample,
    dictionary::NONE,
    field::Shape,
    number,
    row::{Builder, check_text, missing, refund},
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray, cast::AsArray,
};
use arrow_cast::{CastOptions, cast_with_options, display::array_value_to_string};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
};
use regulars_base::Currency;
use std::{collections::BTreeMap, fs::File, path::Path};

/// A Parquet file that is being read.
pub(crate) struct ParquetSource {
    reader: ParquetRecordBatchReader,
    /// Field and number of the column among those that are decoded.
    mapped: Vec<(Field, usize)>,
    pub(crate) done: u64,
    pub(crate) total: u64,
}

/// Rows that cannot be read, with the first reason of each.
type Faults = BTreeMap<usize, String>;

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

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

const fn is_decimal(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..)
    )
}

fn fits(shape: Shape, kind: &DataType) -> bool {
    let number = kind.is_integer() || kind.is_floating() || is_decimal(kind);
    is_text(kind)
        || match shape {
            Shape::Moment => {
                kind.is_integer()
                    || matches!(
                        kind,
                        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64
                    )
            }
            Shape::Money | Shape::Thousandths => number,
            Shape::Refund => *kind == DataType::Boolean,
            Shape::Coded | Shape::Plain => number || *kind == DataType::Boolean,
        }
}

/// One type for each family, so that there is one loop for each below.
fn unified(array: &ArrayRef) -> Result<ArrayRef, arrow_schema::ArrowError> {
    let kind = array.data_type();
    let wanted = match kind {
        _ if is_text(kind) => DataType::Utf8,
        _ if kind.is_integer() => DataType::Int64,
        _ if kind.is_floating() => DataType::Float64,
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        DataType::Date64 => DataType::Date32,
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal256(_, scale) => DataType::Decimal128(38, *scale),
        other => other.clone(),
    };
    if wanted == *kind {
        return Ok(array.clone());
    }
    // A value that does not fit is an error, never silently nothing.
    cast_with_options(
        array,
        &wanted,
        &CastOptions {
            safe: false,
            ..CastOptions::default()
        },
    )
}

fn currencies(
    builder: &mut Builder,
    array: &ArrayRef,
    faults: &mut Faults,
) -> Result<Vec<Option<Currency>>, arrow_schema::ArrowError> {
    let array = unified(array)?;
    let mut found = Vec::with_capacity(array.len());
    let texts = array.as_string_opt::<i32>();
    for row in 0..array.len() {
        let text = texts
            .filter(|texts| texts.is_valid(row))
            .map(|texts| texts.value(row).trim());
        found.push(
            match text
                .filter(|text| !text.is_empty())
                .map(|text| builder.currency_of(text))
            {
                Some(Err(reason)) => {
                    faults.entry(row).or_insert(reason);
                    None
                }
                Some(Ok(currency)) => Some(currency),
                None => None,
            },
        );
    }
    Ok(found)
}

fn read_column(
    builder: &mut Builder,
    field: Field,
    array: &ArrayRef,
    currencies: Option<&[Option<Currency>]>,
    faults: &mut Faults,
) -> Result<Cells, arrow_schema::ArrowError> {
    let array = unified(array)?;
    Ok(match field.shape() {
        Shape::Coded | Shape::Plain => texts(builder, field, &array, faults),
        _ => {
            let default = builder.default_currency();
            let currency = |row: usize| currencies.and_then(|all| all[row]).unwrap_or(default);
            let mut values = Vec::with_capacity(array.len());
            let mut cell = Cell::new(&array, field);
            for row in 0..array.len() {
                values.push(if array.is_null(row) {
                    None
                } else {
                    cell.number(builder, row, currency(row))
                        .unwrap_or_else(|reason| {
                            faults.entry(row).or_insert(reason);
                            None
                        })
                });
            }
            Cells::Numbers(values)
        }
    })
}

/// A column of numbers or moments by its type.
enum Typed<'a> {
    Int(&'a Int64Array),
    Double(&'a Float64Array),
    Decimal(&'a Decimal128Array),
    Text(&'a StringArray),
    Stamp(&'a TimestampMicrosecondArray, bool),
    Day(&'a Date32Array),
    Flag(&'a BooleanArray),
}

struct Cell<'a> {
    typed: Typed<'a>,
    field: Field,
    shape: Shape,
}

impl<'a> Cell<'a> {
    fn new(array: &'a ArrayRef, field: Field) -> Self {
        use arrow_array::types::{
            Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
        };
        let typed = match array.data_type() {
            DataType::Int64 => Typed::Int(array.as_primitive::<Int64Type>()),
            DataType::Float64 => Typed::Double(array.as_primitive::<Float64Type>()),
            DataType::Decimal128(..) => Typed::Decimal(array.as_primitive::<Decimal128Type>()),
            DataType::Timestamp(_, zone) => Typed::Stamp(
                array.as_primitive::<TimestampMicrosecondType>(),
                zone.is_some(),
            ),
            DataType::Date32 => Typed::Day(array.as_primitive::<Date32Type>()),
            DataType::Boolean => Typed::Flag(array.as_boolean()),
            _ => Typed::Text(array.as_string::<i32>()),
        };
        Self {
            typed,
            field,
            shape: field.shape(),
        }
    }

    fn number(
        &mut self,
        builder: &mut Builder,
        row: usize,
        currency: Currency,
    ) -> Result<Option<i64>, String> {
        let decimals = if self.shape == Shape::Money {
            currency.exponent()
        } else {
            3
        };
        let max = number::largest(self.shape == Shape::Money);
        let beyond = |value: String| format!("{} `{value}` is beyond the range", self.field);
        let value = match &self.typed {
            Typed::Text(texts) => {
                let text = texts.value(row).trim();
                return if text.is_empty() {
                    Ok(None)
                } else {
                    self.of_text(builder, text, currency).map(Some)
                };
            }
            Typed::Int(values) if self.shape == Shape::Moment => {
                builder.moment(&values.value(row).to_string())?
            }
            Typed::Int(values) => i128::from(values.value(row))
                .checked_mul(10_i128.pow(decimals.into()))
                .and_then(|value| i64::try_from(value).ok())
                .filter(|value| value.abs() <= max)
                .ok_or_else(|| beyond(values.value(row).to_string()))?,
            Typed::Double(values) => number::from_double(values.value(row), decimals, max)
                .ok_or_else(|| beyond(values.value(row).to_string()))?,
            Typed::Decimal(values) => rescaled(values.value(row), values.scale(), decimals)
                .map_err(|fine| {
                    let text = values.value_as_string(row);
                    if fine {
                        format!("{} `{text}` has more than {decimals} decimals", self.field)
                    } else {
                        beyond(text)
                    }
                })
                .and_then(|value| {
                    if value.abs() <= max {
                        Ok(value)
                    } else {
                        Err(beyond(value.to_string()))
                    }
                })?,
            Typed::Stamp(values, moment) => {
                let micros = values.value(row);
                let written = crate::moment::Written::Moment(micros);
                let found = if *moment {
                    builder.clock.moment(written)
                } else {
                    builder.clock.moment_of_wall_micros(micros)
                };
                found.ok_or_else(|| {
                    format!("time {micros} µs is outside of the years 1900 to 2200")
                })?
            }
            Typed::Day(values) => builder
                .clock
                .moment_of_wall_micros(i64::from(values.value(row)) * 86_400_000_000)
                .ok_or_else(|| "the date is outside of the years 1900 to 2200".to_owned())?,
            Typed::Flag(values) => i64::from(values.value(row)),
        };
        Ok(Some(value))
    }

    fn of_text(
        &self,
        builder: &mut Builder,
        text: &str,
        currency: Currency,
    ) -> Result<i64, String> {
        match self.shape {
            Shape::Moment => builder.moment(text),
            Shape::Money => builder
                .numbers
                .money(text, currency)
                .map_err(|e| format!("{}: {e}", self.field)),
            Shape::Refund => refund(text),
            _ => builder.numbers.quantity(text),
        }
    }
}

/// A decimal of `scale` in units of `decimals`; `Err(true)` when it is too fine for that.
fn rescaled(value: i128, scale: i8, decimals: u8) -> Result<i64, bool> {
    let shift = i32::from(decimals) - i32::from(scale);
    let unit = 10_i128.checked_pow(shift.unsigned_abs()).ok_or(false)?;
    let value = if shift >= 0 {
        value.checked_mul(unit).ok_or(false)?
    } else if value % unit == 0 {
        value / unit
    } else {
        return Err(true);
    };
    i64::try_from(value).map_err(|_| false)
}

fn texts(builder: &mut Builder, field: Field, array: &ArrayRef, faults: &mut Faults) -> Cells {
    use arrow_array::types::{Float64Type, Int64Type};
    let interner = &mut builder.interners[field.index()];
    let (mut codes, mut plain) = (Vec::new(), Texts::default());
    let coded = field.shape() == Shape::Coded;
    for row in 0..array.len() {
        let number = match array.data_type() {
            _ if array.is_null(row) => {
                if coded {
                    codes.push(NONE)
                } else {
                    plain.push("")
                }
                continue;
            }
            DataType::Int64 => Some(array.as_primitive::<Int64Type>().value(row)),
            // Whole numbers became doubles where a column had gaps.
            DataType::Float64 => Some(array.as_primitive::<Float64Type>().value(row))
                .filter(|value| value.fract() == 0.0 && value.abs() < 9e15)
                .map(|value| value as i64),
            _ => None,
        };
        if let Some(number) = number {
            if coded {
                codes.push(interner.code_of_number(number))
            } else {
                plain.push_number(number)
            }
            continue;
        }
        let owned;
        let text = if let Some(texts) = array.as_string_opt::<i32>() {
            texts.value(row).trim()
        } else {
            owned = array_value_to_string(array, row).unwrap_or_default();
            owned.trim()
        };
        let text = match check_text(field, text) {
            Ok(()) => text,
            Err(reason) => {
                faults.entry(row).or_insert(reason);
                ""
            }
        };
        match (coded, text.is_empty()) {
            (true, true) => codes.push(NONE),
            (true, false) => codes.push(interner.code(text)),
            (false, _) => plain.push(text),
        }
    }
    if coded {
        Cells::Codes(codes)
    } else {
        Cells::Texts(plain)
    }
}

/// Derives amounts where there are none, and refuses rows without what they must have.
fn complete(builder: &Builder, batch: &mut Batch, faults: &mut Faults) {
    let derives = builder.derives_amount();
    let mut amounts = Vec::new();
    for row in 0..batch.len() {
        let mut numbers = [None; Field::COUNT];
        for field in [
            Field::Time,
            Field::Amount,
            Field::UnitPrice,
            Field::Quantity,
        ] {
            numbers[field.index()] = batch.number(field, row);
        }
        if let Err(reason) = builder.complete(&mut numbers) {
            faults.entry(row).or_insert(reason);
        }
        if builder.needs_customer() && batch.code(Field::Customer, row).is_none() {
            faults
                .entry(row)
                .or_insert_with(|| missing(Field::Customer));
        }
        if derives {
            amounts.push(numbers[Field::Amount.index()]);
        }
    }
    if derives {
        batch.cells[Field::Amount.index()] = Cells::Numbers(amounts);
    }
}
