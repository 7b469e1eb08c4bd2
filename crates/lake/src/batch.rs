//! Rows in columns, and the rows that were refused.

use crate::{Field, dictionary::NONE, field::Shape};

/// A row (or an order) that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The line of the file it began on, counted from 1; in Parquet the row, counted from 1.
    pub line: u64,
    /// Why, and what to do.
    pub reason: String,
    /// The row as it stood in the file, shortened to 4 KiB.
    pub text: String,
    /// The order it belonged to, if that could be read: the rest of that order must not be taken
    /// without it.
    pub order: Option<String>,
}

/// What the reader yields: some rows that were read, and those that could not be.
#[derive(Debug)]
pub struct Chunk {
    /// The rows.
    pub batch: Batch,
    /// What was left out between the first and the last row.
    pub rejects: Vec<Reject>,
    /// How far the file is read, on the scale of [`crate::Reader::total`].
    pub done: u64,
}

/// Short texts, one after the other; an empty one stands for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    bytes: String,
    ends: Vec<usize>,
}

impl Texts {
    pub(crate) fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
    }

    pub(crate) fn push_number(&mut self, number: i64) {
        // By hand, because a column of order numbers is long and the formatter is slow.
        let (mut digits, mut at, mut rest) = ([0_u8; 20], 20, number.unsigned_abs());
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            self.bytes.push('-');
        }
        self.bytes
            .push_str(std::str::from_utf8(&digits[at..]).expect("digits are ASCII"));
        self.ends.push(self.bytes.len());
    }

    fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)?;
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        Some(&self.bytes[start..end]).filter(|text| !text.is_empty())
    }

    fn split_off(&mut self, at: usize) -> Self {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        let bytes = self.bytes.split_off(start);
        let ends = self
            .ends
            .split_off(at)
            .into_iter()
            .map(|end| end - start)
            .collect();
        Self { bytes, ends }
    }

    fn append(&mut self, other: &Self) {
        let start = self.bytes.len();
        self.bytes.push_str(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| end + start));
    }
}

/// One column of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cells {
    /// The file has no such column.
    #[default]
    Absent,
    /// Moments, minor units, thousandths.
    Numbers(Vec<Option<i64>>),
    /// Codes into the reader's dictionary of the field.
    Codes(Vec<u32>),
    /// Texts kept with the batch.
    Texts(Texts),
}

impl Cells {
    pub(crate) fn of(shape: Shape) -> Self {
        match shape {
            Shape::Moment | Shape::Money | Shape::Thousandths | Shape::Refund => {
                Self::Numbers(Vec::new())
            }
            Shape::Coded => Self::Codes(Vec::new()),
            Shape::Plain => Self::Texts(Texts::default()),
        }
    }

    fn split_off(&mut self, at: usize) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Numbers(values) => Self::Numbers(values.split_off(at)),
            Self::Codes(codes) => Self::Codes(codes.split_off(at)),
            Self::Texts(texts) => Self::Texts(texts.split_off(at)),
        }
    }

    fn append(&mut self, other: Self) {
        match (self, other) {
            (Self::Numbers(values), Self::Numbers(more)) => values.extend(more),
            (Self::Codes(codes), Self::Codes(more)) => codes.extend(more),
            (Self::Texts(texts), Self::Texts(more)) => texts.append(&more),
            (this, other) => {
                // Batches of one reader have the same columns; the empty batch has none yet.
                if *this == Self::Absent {
                    *this = other;
                }
            }
        }
    }

    fn gather(&self, rows: &[usize]) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Numbers(values) => Self::Numbers(rows.iter().map(|&row| values[row]).collect()),
            Self::Codes(codes) => Self::Codes(rows.iter().map(|&row| codes[row]).collect()),
            Self::Texts(texts) => {
                let mut taken = Texts::default();
                rows.iter()
                    .for_each(|&row| taken.push(texts.get(row).unwrap_or_default()));
                Self::Texts(taken)
            }
        }
    }
}

/// Some rows, column by column. Columns that the file lacks are absent: every question about them
/// is answered with `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    pub(crate) line: Vec<u64>,
    pub(crate) cells: [Cells; Field::COUNT],
}

impl Batch {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.line.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.line.is_empty()
    }

    /// The line of the file on which `row` began, counted from 1; in Parquet the row's number.
    pub fn line(&self, row: usize) -> u64 {
        self.line[row]
    }

    /// A number of `row`: microseconds for the time, minor units for money, thousandths for the
    /// quantity.
    pub fn number(&self, field: Field, row: usize) -> Option<i64> {
        match &self.cells[field.index()] {
            Cells::Numbers(values) => values[row],
            _ => None,
        }
    }

    /// The code of a recurring text (customer, article, category, brand, store, channel, staff,
    /// payment, currency): codes count from 0 in the order of first appearance, so that a consumer
    /// can keep what it knows of each in a vector. [`crate::Reader::texts`] holds the texts.
    pub fn code(&self, field: Field, row: usize) -> Option<u32> {
        match &self.cells[field.index()] {
            Cells::Codes(codes) => Some(codes[row]).filter(|&code| code != NONE),
            _ => None,
        }
    }

    /// A text that differs from row to row (order, line, e-mail, phone, card).
    /// [`crate::Reader::text`] answers for recurring texts too.
    pub fn plain(&self, field: Field, row: usize) -> Option<&str> {
        match &self.cells[field.index()] {
            Cells::Texts(texts) => texts.get(row),
            _ => None,
        }
    }

    /// Whether the file says that `row` is a refund; `None` when it does not say.
    pub fn is_refund(&self, row: usize) -> Option<bool> {
        self.number(Field::Kind, row).map(|kind| kind != 0)
    }

    /// Whether the file has this column.
    pub fn has(&self, field: Field) -> bool {
        self.cells[field.index()] != Cells::Absent
    }

    pub(crate) fn split_off(&mut self, at: usize) -> Self {
        Self {
            line: self.line.split_off(at),
            cells: std::array::from_fn(|i| self.cells[i].split_off(at)),
        }
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.line.extend(other.line);
        for (cells, more) in self.cells.iter_mut().zip(other.cells) {
            cells.append(more);
        }
    }

    pub(crate) fn gather(&self, rows: &[usize]) -> Self {
        Self {
            line: rows.iter().map(|&row| self.line[row]).collect(),
            cells: std::array::from_fn(|i| self.cells[i].gather(rows)),
        }
    }
}

/// At most 4 KiB of a row, for the file of rejects.
pub(crate) fn shortened(row: &str) -> String {
    let mut end = row.len().min(4096);
    while !row.is_char_boundary(end) {
        end -= 1;
    }
    row[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_the_texts_that_people_write() {
        let mut texts = Texts::default();
        let numbers = [0, 7, -7, 31_198_570_044, i64::MAX, i64::MIN];
        numbers.iter().for_each(|&number| texts.push_number(number));
        for (row, number) in numbers.iter().enumerate() {
            assert_eq!(texts.get(row), Some(&*number.to_string()));
        }
    }
}
