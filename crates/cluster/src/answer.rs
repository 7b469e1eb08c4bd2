//! What a query came to, read column by column.

use crate::Error;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type, SchemaRef};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

/// Rows with the names of their columns.
#[derive(Clone, Debug)]
pub struct Answer {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Answer {
    pub(crate) const fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }

    /// The names of the columns, each with whether it holds numbers.
    pub fn columns(&self) -> Vec<(String, bool)> {
        let fields = self.schema.fields().iter();
        fields
            .map(|field| (field.name().clone(), field.data_type().is_numeric()))
            .collect()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Shows each row as texts; nothing where a value is missing.
    pub fn each(&self, mut show: impl FnMut(Vec<Option<String>>)) -> Result<(), Error> {
        let wrong = |error: datafusion::arrow::error::ArrowError| Error::Answer(error.to_string());
        let options = FormatOptions::default();
        for batch in &self.batches {
            let columns = batch.columns().iter();
            let columns: Vec<_> = columns
                .map(|column| Ok((column, ArrayFormatter::try_new(column, &options)?)))
                .collect::<Result<_, _>>()
                .map_err(wrong)?;
            for row in 0..batch.num_rows() {
                let value = |(column, format): &(&ArrayRef, ArrayFormatter<'_>)| {
                    (!column.is_null(row)).then(|| format.value(row).to_string())
                };
                show(columns.iter().map(value).collect());
            }
        }
        Ok(())
    }

    /// The parts of the answer, each to be read by column.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.batches.iter().map(Part)
    }
}

/// A stretch of rows.
pub(crate) struct Part<'a>(&'a RecordBatch);

impl Part<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.num_rows() == 0
    }

    fn column(&self, at: usize, kind: &DataType) -> Result<ArrayRef, Error> {
        let missing = || Error::Answer(format!("there is no column {at}"));
        let column = self.0.columns().get(at).ok_or_else(missing)?;
        cast(column, kind).map_err(|error| Error::Answer(error.to_string()))
    }

    /// A column of texts; a missing one is empty.
    pub(crate) fn texts(&self, at: usize) -> Result<Vec<String>, Error> {
        let column = self.column(at, &DataType::Utf8)?;
        let values = column.as_string::<i32>().iter();
        Ok(values
            .map(|value| value.unwrap_or_default().to_owned())
            .collect())
    }

    /// A column of whole numbers.
    pub(crate) fn integers(&self, at: usize) -> Result<Vec<Option<i64>>, Error> {
        let column = self.column(at, &DataType::Int64)?;
        Ok(column.as_primitive::<Int64Type>().iter().collect())
    }

    /// A column of amounts, of which none is missing.
    pub(crate) fn amounts(&self, at: usize) -> Result<Vec<i128>, Error> {
        let column = self.column(at, &DataType::Decimal128(38, 0))?;
        let values = column.as_primitive::<Decimal128Type>().iter();
        values
            .map(|value| value.ok_or_else(|| Error::Answer(format!("column {at} has a gap"))))
            .collect()
    }

    /// A column of counts, of which none is missing.
    pub(crate) fn counts<N: TryFrom<i64>>(&self, at: usize) -> Result<Vec<N>, Error> {
        let wrong = || Error::Answer(format!("column {at} is no count"));
        let values = self.integers(at)?.into_iter();
        values
            .map(|value| value.and_then(|it| N::try_from(it).ok()).ok_or_else(wrong))
            .collect()
    }
}
