//! Writing Parquet. A table appears under its name only when it is whole: until then it stands
//! beside it under a temporary name, which is removed when writing fails.

use crate::Error;
use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::WriterProperties,
};
use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The type of a column. Every column may have gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    Int,
    /// Text.
    Text,
    /// Moments: microseconds since 1970, UTC.
    Time,
    /// Figures that are made of two whole numbers.
    Float,
}

/// Values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Whole numbers.
    Int(Vec<Option<i64>>),
    /// Text.
    Text(Vec<Option<String>>),
    /// Moments: microseconds since 1970, UTC.
    Time(Vec<Option<i64>>),
    /// Figures that are made of two whole numbers.
    Float(Vec<Option<f64>>),
}

/// A column with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its header.
    pub name: String,
    /// Its values.
    pub values: Values,
}

/// A Parquet file that is being written, batch by batch.
pub struct TableWriter {
    path: PathBuf,
    part: Part,
    schema: Arc<Schema>,
    writer: ArrowWriter<File>,
}

/// The unfinished file: gone when this is dropped, unless it was renamed.
struct Part {
    path: PathBuf,
    kept: bool,
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.kept {
            // Writing has failed already; that error is the one to report.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Writes a whole table at once.
pub fn write_table(path: &Path, columns: Vec<Column>) -> Result<(), Error> {
    let kinds: Vec<(&str, ColumnKind)> = columns
        .iter()
        .map(|column| (column.name.as_str(), column.values.kind()))
        .collect();
    let mut writer = TableWriter::create(path, &kinds)?;
    writer.write(columns.into_iter().map(|column| column.values).collect())?;
    writer.finish()
}

impl Values {
    const fn kind(&self) -> ColumnKind {
        match self {
            Self::Int(_) => ColumnKind::Int,
            Self::Text(_) => ColumnKind::Text,
            Self::Time(_) => ColumnKind::Time,
            Self::Float(_) => ColumnKind::Float,
        }
    }

    fn array(self) -> ArrayRef {
        match self {
            Self::Int(values) => Arc::new(Int64Array::from(values)),
            Self::Text(values) => Arc::new(StringArray::from(values)),
            Self::Float(values) => Arc::new(Float64Array::from(values)),
            Self::Time(values) => {
                Arc::new(TimestampMicrosecondArray::from(values).with_timezone("UTC"))
            }
        }
    }
}

impl TableWriter {
    /// Begins a table of these columns. A file that stands under `path` stays until
    /// [`TableWriter::finish`].
    pub fn create(path: &Path, columns: &[(&str, ColumnKind)]) -> Result<Self, Error> {
        let field = |(name, kind): &(&str, ColumnKind)| {
            let kind = match kind {
                ColumnKind::Int => DataType::Int64,
                ColumnKind::Text => DataType::Utf8,
                ColumnKind::Float => DataType::Float64,
                ColumnKind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            };
            Field::new(*name, kind, true)
        };
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        if path.is_dir() {
            return Err(Error::Folder(path.to_owned()));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        let file = File::create(&part).map_err(|e| Error::io("write", path, e))?;
        Self::over(
            file,
            Part {
                path: part,
                kept: false,
            },
            path,
            schema,
        )
    }

    fn over(file: File, part: Part, path: &Path, schema: Arc<Schema>) -> Result<Self, Error> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(
                ZstdLevel::try_new(3).map_err(|e| failed(path, e))?,
            ))
            .build();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties));
        let writer = writer.map_err(|e| failed(path, e))?;
        Ok(Self {
            path: path.to_owned(),
            part,
            schema,
            writer,
        })
    }

    /// Adds rows: one vector for each column, all of the same length.
    pub fn write(&mut self, columns: Vec<Values>) -> Result<(), Error> {
        let arrays = columns.into_iter().map(Values::array).collect();
        let batch =
            RecordBatch::try_new(self.schema.clone(), arrays).map_err(|e| Error::Shape {
                path: self.path.clone(),
                reason: e.to_string(),
            })?;
        self.writer.write(&batch).map_err(|e| failed(&self.path, e))
    }

    /// Completes the table: it is on the disk and under its name when this returns.
    pub fn finish(mut self) -> Result<(), Error> {
        self.writer.finish().map_err(|e| failed(&self.path, e))?;
        let path = &self.path;
        self.writer
            .inner()
            .sync_all()
            .map_err(|e| Error::io("write", path, e))?;
        std::fs::rename(&self.part.path, path).map_err(|e| Error::io("write", path, e))?;
        self.part.kept = true;
        Ok(())
    }
}

impl std::fmt::Debug for TableWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableWriter")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// The system's error inside the encoder's, so that a full disk is called one.
fn failed(path: &Path, error: ParquetError) -> Error {
    let source = match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    };
    Error::io("write", path, source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_called_one() {
        let full = Path::new("/dev/full");
        let file = File::options()
            .write(true)
            .open(full)
            .expect("every Linux has this device");
        let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Int64, true)]));
        // The part is marked as kept, so that dropping it does not try to remove the device.
        let part = Part {
            path: full.to_owned(),
            kept: true,
        };
        let error = TableWriter::over(file, part, full, schema).and_then(|mut table| {
            table.write(vec![Values::Int((0..100_000).map(Some).collect())])?;
            table.finish()
        });
        let said = error.expect_err("nothing fits on it").to_string();
        assert!(said.contains("free some space"), "{said}");
    }
}
