//! Columns of Parquet straight into rows, where customers are whole numbers and days and amounts are
//! no text: what is decoded is three columns, and no value passes through a text.

use super::{
    FactsFile,
    rows::{Row, spread},
    scan::{Known, Taking, hash_of_text},
};
use crate::{Error, Field, Kind, Options, Reject, number, row::missing};
use arrow_array::{
    Array, ArrayRef,
    cast::AsArray,
    types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType},
};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, TimeUnit};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder},
    },
    file::{metadata::RowGroupMetaData, statistics::Statistics},
};
use regulars_base::{Timestamp, Zone};
use std::{fs::File, path::PathBuf};

/// Rows that are decoded at once: their columns fit into a processor's second cache.
const BATCH: usize = 16 * 1024;

/// Stands for a day or an amount that cannot be read.
const NO_DAY: i32 = i32::MIN;
const NO_AMOUNT: i64 = i64::MIN;

/// A Parquet file whose groups of rows can be read on all threads.
pub(super) struct Columns {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    /// Number of the column in the file, by what it means.
    customer: usize,
    time: usize,
    amount: usize,
    order: Option<usize>,
    kind: Option<usize>,
    zone: Zone,
    decimals: u8,
    /// Whether a customer's number may need more than 32 bits.
    pub(super) wide_customer: bool,
    /// Whether an amount may.
    pub(super) wide_amount: bool,
}

/// A group of rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Task {
    group: usize,
    /// The number of its first row, counted from 1.
    first: u64,
}

impl Columns {
    /// `None` where this file has to be read the long way.
    pub(super) fn open(file: &FactsFile, kind: Option<Field>, options: &Options) -> Option<Self> {
        let found = &file.found;
        if found.kind != Kind::Parquet {
            return None;
        }
        let metadata =
            ArrowReaderMetadata::load(&File::open(&file.path).ok()?, Default::default()).ok()?;
        let at = |field: Field| {
            let mut columns = found.mapping.columns();
            columns.find(|(f, ..)| *f == field).map(|(_, at, _)| at)
        };
        let type_of = |at: usize| metadata.schema().field(at).data_type();
        let (customer, time, amount) = (at(Field::Customer)?, at(Field::Time)?, at(Field::Amount)?);
        let (order, kind) = (at(Field::Order), kind.and_then(at));
        // What these say is known only to the long way.
        let other = [Field::Currency, Field::Kind]
            .into_iter()
            .any(|field| at(field).is_some());
        let whole = |at: usize| type_of(at).is_integer() && *type_of(at) != DataType::UInt64;
        let fits = whole(customer)
            && matches!(type_of(time), DataType::Date32 | DataType::Timestamp(..))
            && (whole(amount) || matches!(type_of(amount), DataType::Float32 | DataType::Float64 | DataType::Decimal128(..)))
            && order.is_none_or(|at| whole(at) || *type_of(at) == DataType::Utf8)
            && kind.is_none_or(whole)
            // Nested columns would shift the numbers of the leaves, by which statistics are found.
            && metadata.metadata().file_metadata().schema_descr().num_columns() == metadata.schema().fields().len();
        if other || !fits {
            return None;
        }
        // A word holds the number of a kind, and its highest value stands for none.
        let narrow = |group: &RowGroupMetaData, at: usize| {
            range(group, at).is_some_and(|(low, high)| low >= 0.0 && high < f64::from(u32::MAX))
        };
        if let Some(at) = kind
            && !metadata
                .metadata()
                .row_groups()
                .iter()
                .all(|group| narrow(group, at))
        {
            return None;
        }
        let decimals = if found.minor_units {
            0
        } else {
            options.currency.exponent()
        };
        let groups = metadata.metadata().row_groups();
        let wide_customer = !groups.iter().all(|group| {
            range(group, customer)
                .is_some_and(|(low, high)| low >= 0.0 && high <= f64::from(u32::MAX))
        });
        let unit = match type_of(amount) {
            DataType::Decimal128(_, scale) => 10_f64.powi(i32::from(decimals) - i32::from(*scale)),
            _ => 10_f64.powi(decimals.into()),
        };
        let most = f64::from(i32::MAX - 1);
        let wide_amount = !groups.iter().all(|group| {
            range(group, amount)
                .is_some_and(|(low, high)| low * unit >= -most && high * unit <= most)
        });
        Some(Self {
            path: file.path.clone(),
            customer,
            time,
            amount,
            order,
            kind,
            zone: options.zone.clone(),
            decimals,
            wide_customer,
            wide_amount,
            metadata,
        })
    }

    /// How many rows the file says it has.
    pub(super) fn rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// Its groups of rows.
    pub(super) fn tasks(&self) -> impl Iterator<Item = Task> {
        let mut first = 1;
        self.metadata
            .metadata()
            .row_groups()
            .iter()
            .enumerate()
            .map(move |(group, about)| {
                let task = Task { group, first };
                first += u64::try_from(about.num_rows()).unwrap_or(0);
                task
            })
    }

    fn damaged(&self, reason: impl ToString) -> Error {
        Error::Parquet {
            path: self.path.clone(),
            reason: reason.to_string(),
        }
    }

    /// Reads a group of rows and hands them over; after each batch `batch_done` is told how many rows it had
    /// and which were left out.
    pub(super) fn read(
        &self,
        task: Task,
        taking: &mut Taking<'_>,
        mut batch_done: impl FnMut(&mut Taking<'_>, u64, Vec<Reject>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut columns = vec![self.customer, self.time, self.amount];
        columns.extend(self.order.into_iter().chain(self.kind));
        columns.sort_unstable();
        columns.dedup();
        let file = File::open(&self.path).map_err(|e| Error::io("open", &self.path, e))?;
        let schema = self.metadata.metadata().file_metadata().schema_descr();
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_projection(ProjectionMask::roots(schema, columns.iter().copied()))
                .with_row_groups(vec![task.group])
                .with_batch_size(BATCH)
                .build()
                .map_err(|e| self.damaged(e))?;
        let place = |at: usize| columns.binary_search(&at).expect("was put in above");
        let mut first = task.first;
        for batch in reader {
            let batch = batch.map_err(|e| self.damaged(e))?;
            let column = |at: usize| batch.column(place(at));
            let count = batch.num_rows();
            let as_integers =
                |at: usize| cast(column(at), DataType::Int64).map_err(|e| self.damaged(e));
            let customers = as_integers(self.customer)?;
            let customers = customers.as_primitive::<Int64Type>();
            let days = self.days(column(self.time)).map_err(|e| self.damaged(e))?;
            let amounts = self
                .amounts(column(self.amount))
                .map_err(|e| self.damaged(e))?;
            let orders = self
                .order
                .map(|at| orders(column(at)))
                .transpose()
                .map_err(|e| self.damaged(e))?;
            let kinds = self.kind.map(as_integers).transpose()?;
            let mut rejects = Vec::new();
            let all_known = customers.null_count() == 0;
            let kinds = kinds
                .as_ref()
                .map(|kinds| kinds.as_primitive::<Int64Type>());
            for at in 0..count {
                let (day, amount) = (days[at], amounts[at]);
                if day == NO_DAY || amount == NO_AMOUNT {
                    rejects.push(self.reject(&batch, at, first, day == NO_DAY, &place));
                    continue;
                }
                let has_customer = all_known || customers.is_valid(at);
                let kind = match kinds.filter(|kinds| kinds.is_valid(at)) {
                    Some(kinds) => {
                        u32::try_from(kinds.value(at)).map_err(|_| Error::WrongStatistics)?
                    }
                    None => u32::MAX,
                };
                taking.take(&Known {
                    row: Row {
                        customer: customers.value(at).cast_unsigned(),
                        day,
                        amount,
                        order: orders.as_ref().map_or(0, |orders| orders[at]),
                        group: 0,
                        kind,
                    },
                    has_customer,
                })?;
            }
            first += count as u64;
            batch_done(taking, count as u64, rejects)?;
        }
        Ok(())
    }

    fn reject(
        &self,
        batch: &arrow_array::RecordBatch,
        at: usize,
        first: u64,
        is_day: bool,
        place: &impl Fn(usize) -> usize,
    ) -> Reject {
        let (field, column) = if is_day {
            (Field::Time, self.time)
        } else {
            (Field::Amount, self.amount)
        };
        let text = |column: usize| {
            arrow_cast::display::array_value_to_string(batch.column(place(column)), at)
                .unwrap_or_default()
        };
        let reason = if batch.column(place(column)).is_null(at) {
            missing(field)
        } else if is_day {
            "is outside of the years 1900 to 2200; check the column of the time".to_owned()
        } else {
            format!(
                "amount `{}` has too many decimals or is beyond the range",
                text(column)
            )
        };
        let names = [
            (Field::Customer, self.customer),
            (Field::Time, self.time),
            (Field::Amount, self.amount),
        ];
        let cells: Vec<String> = names
            .iter()
            .map(|(field, at)| format!("{field}={}", text(*at)))
            .collect();
        Reject {
            line: first + at as u64,
            reason,
            text: cells.join(" "),
            order: None,
        }
    }

    fn days(&self, array: &ArrayRef) -> Result<Vec<i32>, arrow_schema::ArrowError> {
        const DAY: i64 = 86_400_000_000;
        let (first, last) = (Timestamp::FIRST.micros(), Timestamp::LAST.micros());
        let days: Vec<i32> = match array.data_type() {
            DataType::Date32 => {
                let (first, last) = (day_of(first), day_of(last));
                let checked = |day: &i32| {
                    if (first..last).contains(day) {
                        *day
                    } else {
                        NO_DAY
                    }
                };
                array
                    .as_primitive::<Date32Type>()
                    .values()
                    .iter()
                    .map(checked)
                    .collect()
            }
            DataType::Timestamp(_, zone) => {
                let has_zone = zone.is_some();
                let array = cast(
                    array,
                    DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
                )?;
                let values = array.as_primitive::<TimestampMicrosecondType>().values();
                let inside = |at: i64| (first..last).contains(&at);
                if has_zone && self.zone.name() != "UTC" {
                    let local = |&at: &i64| {
                        if inside(at) {
                            self.zone.day(Timestamp::from_micros(at)).number()
                        } else {
                            NO_DAY
                        }
                    };
                    values.iter().map(local).collect()
                } else {
                    // What a clock on the wall showed, or UTC itself.
                    values
                        .iter()
                        .map(|&at| {
                            if inside(at) {
                                day_of(at.div_euclid(DAY) * DAY)
                            } else {
                                NO_DAY
                            }
                        })
                        .collect()
                }
            }
            _ => Vec::new(),
        };
        Ok(without_nulls(array, days, NO_DAY))
    }

    fn amounts(&self, array: &ArrayRef) -> Result<Vec<i64>, arrow_schema::ArrowError> {
        let most = number::largest(true);
        let decimals = self.decimals;
        let checked = |value: i64| {
            if value.abs() <= most {
                value
            } else {
                NO_AMOUNT
            }
        };
        let amounts: Vec<i64> = match array.data_type() {
            DataType::Float32 | DataType::Float64 => {
                let array = cast(array, DataType::Float64)?;
                let values = array.as_primitive::<Float64Type>().values();
                values
                    .iter()
                    .map(|&v| number::from_double(v, decimals, most).unwrap_or(NO_AMOUNT))
                    .collect()
            }
            DataType::Decimal128(_, scale) => {
                let fine = i32::from(decimals) - i32::from(*scale);
                let power = 10_i128.pow(fine.unsigned_abs());
                let scaled = |&value: &i128| {
                    let value = if fine >= 0 {
                        value.checked_mul(power)
                    } else {
                        (value % power == 0).then(|| value / power)
                    };
                    value
                        .and_then(|v| i64::try_from(v).ok())
                        .map_or(NO_AMOUNT, checked)
                };
                array
                    .as_primitive::<Decimal128Type>()
                    .values()
                    .iter()
                    .map(scaled)
                    .collect()
            }
            _ => {
                let power = 10_i64.pow(decimals.into());
                let array = cast(array, DataType::Int64)?;
                let values = array.as_primitive::<Int64Type>().values();
                values
                    .iter()
                    .map(|v| v.checked_mul(power).map_or(NO_AMOUNT, checked))
                    .collect()
            }
        };
        Ok(without_nulls(array, amounts, NO_AMOUNT))
    }
}

/// The number of the day of a moment that is known to be between 1900 and 2200.
fn day_of(micros: i64) -> i32 {
    i32::try_from(micros.div_euclid(86_400_000_000)).unwrap_or(NO_DAY)
}

fn without_nulls<T: Copy>(array: &ArrayRef, mut values: Vec<T>, none: T) -> Vec<T> {
    if array.null_count() > 0 {
        for (at, value) in values.iter_mut().enumerate() {
            if array.is_null(at) {
                *value = none;
            }
        }
    }
    values
}

fn orders(array: &ArrayRef) -> Result<Vec<u64>, arrow_schema::ArrowError> {
    if *array.data_type() == DataType::Utf8 {
        let texts = array.as_string::<i32>();
        return Ok((0..texts.len())
            .map(|at| {
                if texts.is_valid(at) {
                    hash_of_text(texts.value(at))
                } else {
                    0
                }
            })
            .collect());
    }
    let array = cast(array, DataType::Int64)?;
    let numbers = array.as_primitive::<Int64Type>();
    // One to one, so numbers that differ stay apart; 0 stands for none.
    let hash = |number: i64| spread(number.cast_unsigned().wrapping_add(1)).max(1);
    Ok((0..numbers.len())
        .map(|at| {
            if numbers.is_valid(at) {
                hash(numbers.value(at))
            } else {
                0
            }
        })
        .collect())
}

fn cast(array: &ArrayRef, wanted: DataType) -> Result<ArrayRef, arrow_schema::ArrowError> {
    if *array.data_type() == wanted {
        return Ok(array.clone());
    }
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(array, &wanted, &options)
}

/// The lowest and the highest value of a column in a group of rows, where the file says them.
fn range(group: &RowGroupMetaData, column: usize) -> Option<(f64, f64)> {
    let (low, high) = match group.column(column).statistics()? {
        Statistics::Int32(it) => (f64::from(*it.min_opt()?), f64::from(*it.max_opt()?)),
        Statistics::Int64(it) => (*it.min_opt()? as f64, *it.max_opt()? as f64),
        Statistics::Float(it) => (f64::from(*it.min_opt()?), f64::from(*it.max_opt()?)),
        Statistics::Double(it) => (*it.min_opt()?, *it.max_opt()?),
        _ => return None,
    };
    (low.is_finite() && high.is_finite()).then_some((low, high))
}
