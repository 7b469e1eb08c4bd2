//! The rows of one order, and the texts in them.

use regulars_base::{Currency, Text};
use regulars_engine::event::Who;
use regulars_lake::{Batch, Field, Reader};
use std::ops::Range;

/// Texts that recur, made once.
#[derive(Default)]
pub(super) struct Words {
    known: Vec<Vec<Text>>,
}

/// Which rows of an order are what.
pub(super) struct Order<'a> {
    pub(super) batch: &'a Batch,
    pub(super) lines: Range<usize>,
    pub(super) number: Text,
    pub(super) who: Who,
    pub(super) currency: Currency,
}

impl Order<'_> {
    /// Whether a row came back: it says so, or all of the order's amounts are negative.
    pub(super) fn is_refund(&self, row: usize) -> bool {
        match self.batch.is_refund(row) {
            Some(said) => said,
            None => self.all_negative(),
        }
    }

    fn all_negative(&self) -> bool {
        let amount = |row| self.batch.number(Field::Amount, row).unwrap_or_default();
        self.lines.clone().all(|row| amount(row) < 0)
    }

    /// The rows that came back, by the times at which they did.
    pub(super) fn refunds(&self) -> Vec<Vec<usize>> {
        let mut refunds: Vec<Vec<usize>> = Vec::new();
        let time = |row| self.batch.number(Field::Time, row);
        for row in self.lines.clone() {
            // Most orders have none: the question is asked of each row, and must be cheap.
            let amount = self.batch.number(Field::Amount, row).unwrap_or_default();
            if self.batch.is_refund(row) == Some(false) || (amount >= 0 && !self.is_refund(row)) {
                continue;
            }
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
        for (place, field) in Field::ALL.into_iter().enumerate() {
            let known = &mut self.known[place];
            let texts = reader.texts(field).iter().skip(known.len());
            // The reader refuses rows with texts that are none of ours.
            known.extend(texts.map(|word| Text::new(word.as_ref()).unwrap_or_default()));
        }
    }

    pub(super) fn text(&self, batch: &Batch, field: Field, row: usize) -> Option<Text> {
        let code = usize::try_from(batch.code(field, row)?).ok()?;
        let place = Field::ALL.iter().position(|other| *other == field)?;
        self.known.get(place)?.get(code).cloned()
    }
}
