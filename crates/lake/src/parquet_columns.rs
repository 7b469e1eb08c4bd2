//! Columns of Parquet, one loop for each family of types.

use crate::{
    Field,
    batch::{Cells, Texts},
    dictionary::{Interner, NONE},
    field::Shape,
    moment::Written,
    number::{self, NumberFault},
    row::{Builder, check_text, refund},
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    StringArray, TimestampMicrosecondArray, cast::AsArray,
};
use arrow_cast::{CastOptions, cast_with_options, display::array_value_to_string};
use arrow_schema::{DataType, TimeUnit};
use regulars_base::Currency;
use std::collections::BTreeMap;

/// Rows that cannot be read, with the first reason of each.
pub(crate) type Faults = BTreeMap<usize, String>;

/// Whether it is text, plain or by dictionary.
pub(crate) fn is_text(kind: &DataType) -> bool {
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

/// Whether a column of that type can be read as a field of this shape.
pub(crate) fn fits(shape: Shape, kind: &DataType) -> bool {
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

/// The currency of each row, where the file has a column for it.
pub(crate) fn currencies(
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

/// A column as its field keeps it; rows that cannot be read are put into `faults`.
pub(crate) fn read_column(
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
            let cell = Cell::new(&array, field);
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
        &self,
        builder: &mut Builder,
        row: usize,
        currency: Currency,
    ) -> Result<Option<i64>, String> {
        match &self.typed {
            Typed::Text(texts) => {
                let text = texts.value(row).trim();
                if text.is_empty() {
                    return Ok(None);
                }
                self.of_text(builder, text, currency)
            }
            Typed::Flag(values) => Ok(i64::from(values.value(row))),
            Typed::Int(values) if self.shape == Shape::Moment => {
                builder.moment(&values.value(row).to_string())
            }
            Typed::Stamp(..) | Typed::Day(_) => self.moment(builder, row),
            Typed::Int(_) | Typed::Double(_) | Typed::Decimal(_) => {
                self.scaled(row, builder.decimals(currency))
            }
        }
        .map(Some)
    }

    fn scaled(&self, row: usize, money_decimals: u8) -> Result<i64, String> {
        let money = self.shape == Shape::Money;
        let decimals = if money { money_decimals } else { 3 };
        let max = number::largest(money);
        let value = match &self.typed {
            Typed::Int(values) => rescaled(values.value(row).into(), 0, decimals),
            Typed::Decimal(values) => rescaled(values.value(row), values.scale(), decimals),
            Typed::Double(values) => {
                number::from_double(values.value(row), decimals, max).ok_or(NumberFault::OutOfRange)
            }
            _ => Err(NumberFault::NotANumber),
        };
        value
            .and_then(|v| {
                if v.abs() <= max {
                    Ok(v)
                } else {
                    Err(NumberFault::OutOfRange)
                }
            })
            .map_err(|fault| {
                let (field, text) = (self.field, self.shown(row));
                match fault {
                    NumberFault::NotANumber => format!("{field} `{text}` is no number"),
                    NumberFault::TooFine => {
                        format!("{field} `{text}` has more than {decimals} decimals")
                    }
                    NumberFault::OutOfRange => format!("{field} `{text}` is beyond the range"),
                }
            })
    }

    fn shown(&self, row: usize) -> String {
        match &self.typed {
            Typed::Int(values) => values.value(row).to_string(),
            Typed::Double(values) => values.value(row).to_string(),
            Typed::Decimal(values) => values.value_as_string(row),
            Typed::Stamp(values, _) => format!("{} µs", values.value(row)),
            Typed::Day(values) => format!("day {}", values.value(row)),
            Typed::Flag(values) => values.value(row).to_string(),
            Typed::Text(values) => values.value(row).to_owned(),
        }
    }

    fn moment(&self, builder: &mut Builder, row: usize) -> Result<i64, String> {
        let found = match &self.typed {
            Typed::Stamp(values, true) => builder.clock.moment(Written::Moment(values.value(row))),
            Typed::Stamp(values, false) => builder.clock.moment_of_wall_micros(values.value(row)),
            Typed::Day(values) => builder
                .clock
                .moment_of_wall_micros(i64::from(values.value(row)) * 86_400_000_000),
            _ => None,
        };
        found.ok_or_else(|| {
            format!(
                "{} ({} since 1970) is outside of the years 1900 to 2200",
                self.field,
                self.shown(row)
            )
        })
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
            _ => builder.numbers.thousandths(text, self.field),
        }
    }
}

/// A decimal of `scale` in units of a tenth to the power of `decimals`.
fn rescaled(value: i128, scale: i8, decimals: u8) -> Result<i64, NumberFault> {
    let shift = i32::from(decimals) - i32::from(scale);
    let unit = 10_i128
        .checked_pow(shift.unsigned_abs())
        .ok_or(NumberFault::OutOfRange)?;
    let value = if shift >= 0 {
        value.checked_mul(unit).ok_or(NumberFault::OutOfRange)?
    } else if value % unit == 0 {
        value / unit
    } else {
        return Err(NumberFault::TooFine);
    };
    i64::try_from(value).map_err(|_| NumberFault::OutOfRange)
}

/// Where the texts of a column go: codes into the dictionary, or the texts themselves.
struct Sink<'a> {
    interner: &'a mut Interner,
    coded: bool,
    codes: Vec<u32>,
    plain: Texts,
}

impl Sink<'_> {
    fn number(&mut self, number: i64) {
        if self.coded {
            self.codes.push(self.interner.code_of_number(number));
        } else {
            self.plain.push_number(number);
        }
    }

    /// An empty text stands for none.
    fn text(&mut self, text: &str) {
        match (self.coded, text.is_empty()) {
            (true, true) => self.codes.push(NONE),
            (true, false) => self.codes.push(self.interner.code(text)),
            (false, _) => self.plain.push(text),
        }
    }
}

fn texts(builder: &mut Builder, field: Field, array: &ArrayRef, faults: &mut Faults) -> Cells {
    use arrow_array::types::{Float64Type, Int64Type};
    let interner = &mut builder.interners[field.index()];
    let coded = field.shape() == Shape::Coded;
    let mut sink = Sink {
        interner,
        coded,
        codes: Vec::new(),
        plain: Texts::default(),
    };
    let mut checked = |sink: &mut Sink<'_>, row: usize, text: &str| match check_text(field, text) {
        Ok(()) => sink.text(text),
        Err(reason) => {
            faults.entry(row).or_insert(reason);
            sink.text("");
        }
    };
    let (ints, texts) = (
        array.as_primitive_opt::<Int64Type>(),
        array.as_string_opt::<i32>(),
    );
    let doubles = array.as_primitive_opt::<Float64Type>();
    for row in 0..array.len() {
        if array.is_null(row) {
            sink.text("");
        } else if let Some(ints) = ints {
            sink.number(ints.value(row));
        } else if let Some(texts) = texts {
            checked(&mut sink, row, texts.value(row).trim());
        } else {
            // Whole numbers became doubles where a column had gaps.
            let whole = |value: &f64| value.fract() == 0.0 && value.abs() < 9e15;
            match doubles.map(|doubles| doubles.value(row)).filter(whole) {
                Some(value) => sink.number(value as i64),
                None => {
                    let text = array_value_to_string(array, row).unwrap_or_default();
                    checked(&mut sink, row, text.trim());
                }
            }
        }
    }
    if coded {
        Cells::Codes(sink.codes)
    } else {
        Cells::Texts(sink.plain)
    }
}
