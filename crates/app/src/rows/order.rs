//! The rows of one order, and the texts in them.

use regulars_base::{Currency, Text};
use regulars_engine::event::Who;
use regulars_lake::{Batch, Field, Reader};
use std::ops::Range;

/// Texts that recur, made once.
#[derive(Default)]
pub(super) struct Words {
    known: Vec<Vec<Text>>,
    /// `1`, `2` ...: the ids of lines that have none of their own.
    places: Vec<Text>,
}

/// Which rows of an order are what.
pub(super) struct Order<'a> {
    pub(super) batch: &'a Batch,
    pub(super) lines: Range<usize>,
    pub(super) number: Text,
    pub(super) who: Who,
    pub(super) currency: Currency,
    /// Whether all of its amounts are below zero.
    pub(super) negative: bool,
}

/// Whether all amounts of some rows are below zero.
pub(super) fn all_negative(batch: &Batch, mut lines: Range<usize>) -> bool {
    let amount = |row| batch.number(Field::Amount, row).unwrap_or_default();
    lines.all(|row| amount(row) < 0)
}

impl Order<'_> {
    /// Whether a row came back: it says so, or all of the order's amounts are negative.
    pub(super) fn is_refund(&self, row: usize) -> bool {
        self.batch.is_refund(row).unwrap_or(self.negative)
    }

    /// The rows that came back, by the times at which they did.
    pub(super) fn refunds(&self) -> Vec<Vec<usize>> {
        let mut refunds: Vec<Vec<usize>> = Vec::new();
        let time = |row| self.batch.number(Field::Time, row);
        for row in self.lines.clone() {
            let amount = self.batch.number(Field::Amount, row).unwrap_or_default();
            if !self.is_refund(row) || amount == 0 {
                continue;
            }
            match refunds.iter_mut().find(|same| time(same[0]) == time(row)) {
                Some(same) => same.push(row),
                None => refunds.push(vec![row]),
            }
        }
        refunds
    }
}

impl Words {
    /// Learns the texts that the reader met since the last time.
    pub(super) fn learn(&mut self, reader: &Reader) {
        self.known.resize_with(Field::ALL.len(), Vec::new);
        for field in Field::ALL {
            let known = &mut self.known[field as usize];
            let texts = reader.texts(field).iter().skip(known.len());
            // The reader refuses rows with texts that are none of ours.
            known.extend(texts.map(|word| Text::new(word.as_ref()).unwrap_or_default()));
        }
    }

    pub(super) fn text(&self, batch: &Batch, field: Field, row: usize) -> Option<Text> {
        let code = usize::try_from(batch.code(field, row)?).ok()?;
        self.known.get(field as usize)?.get(code).cloned()
    }

    /// Makes ids for orders of so many lines.
    pub(super) fn reach(&mut self, lines: usize) {
        while self.places.len() < lines {
            let place = (self.places.len() + 1).to_string();
            // Digits are a text.
            self.places.push(Text::new(place).unwrap_or_default());
        }
    }

    /// The id of the line at `place`, from 0, of an order whose lines have none.
    pub(super) fn place(&self, place: usize) -> Text {
        self.places.get(place).cloned().unwrap_or_default()
    }
}
