//! From lines to orders.

use crate::{Batch, Error, Field, Reader, Reject};
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    ops::Range,
};

/// The most lines of one order.
pub const MAX_ORDER_LINES: usize = 10_000;

/// Where the lines of an order stand in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// One after the other, in a file of any length. An order that comes again later is refused.
    #[default]
    Adjacent,
    /// Anywhere: the whole file is held in memory, orders come in the order of their first lines.
    Anywhere,
}

/// Whole orders. A file without order numbers has an order per line: its key is the file's digest
/// and the line's number.
#[derive(Debug)]
pub struct OrderBatch {
    /// The rows; some may belong to no order, because it was refused.
    pub batch: Batch,
    /// The rows of each order. All have the same customer and currency.
    pub orders: Vec<Range<usize>>,
    /// Lines that could not be read, and orders that were refused as a whole: an order is never
    /// taken without one of its lines.
    pub rejects: Vec<Reject>,
    /// How far the file is read, on the scale of [`Reader::total`].
    pub done: u64,
}

/// Groups the lines that a reader yields.
#[derive(Debug)]
pub struct Orders {
    reader: Reader,
    grouping: Grouping,
    /// Rows of the order that may go on in the next batch.
    open: Batch,
    /// First lines of the orders that were taken, by a hash of their number: a file may have more
    /// orders than memory has room for their numbers.
    seen: HashMap<u64, u64>,
    hasher: RandomState,
    /// Orders of which a line could not be read.
    broken: HashMap<String, u64>,
    /// Orders whose refusal was reported.
    refused: HashSet<String>,
    ended: bool,
}

impl Orders {
    /// Over the rest of what `reader` yields.
    pub fn new(reader: Reader, grouping: Grouping) -> Self {
        Self {
            reader,
            grouping,
            open: Batch::default(),
            seen: HashMap::new(),
            hasher: RandomState::new(),
            broken: HashMap::new(),
            refused: HashSet::new(),
            ended: false,
        }
    }

    /// Whose batches these are: it holds their texts.
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The next orders; `None` at the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator could not lend the reader"
    )]
    pub fn next(&mut self) -> Result<Option<OrderBatch>, Error> {
        // Rows that only prolong an open order yield nothing yet.
        while !self.ended {
            let part = self.step()?;
            if !part.orders.is_empty() || !part.rejects.is_empty() {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }

    fn step(&mut self) -> Result<OrderBatch, Error> {
        let (done, mut rejects) = self.take_chunks()?;
        let mut batch = std::mem::take(&mut self.open);
        if self.grouping == Grouping::Anywhere {
            batch = brought_together(&batch);
        }
        let mut groups = groups(&batch);
        if !self.ended && batch.has(Field::Order) {
            self.open = batch.split_off(still_open(&mut groups));
        }
        let mut orders = Vec::with_capacity(groups.len());
        for lines in groups {
            let Some(reason) = self.refusal(&batch, &lines) else {
                orders.push(lines);
                continue;
            };
            let id = batch
                .plain(Field::Order, lines.start)
                .unwrap_or_default()
                .to_owned();
            if self.refused.insert(id.clone()) {
                let (line, text) = (batch.line(lines.start), format!("order {id}"));
                rejects.push(Reject {
                    line,
                    reason,
                    text,
                    order: Some(id),
                });
            }
        }
        Ok(OrderBatch {
            batch,
            orders,
            rejects,
            done,
        })
    }

    /// Adds the next rows to the open ones (all that are left, when orders may be anywhere); says
    /// how far the file is read, and what was left out.
    fn take_chunks(&mut self) -> Result<(u64, Vec<Reject>), Error> {
        let mut rejects = Vec::new();
        loop {
            let Some(chunk) = self.reader.next()? else {
                self.ended = true;
                return Ok((self.reader.total(), rejects));
            };
            self.note_broken(&chunk.rejects);
            rejects.extend(chunk.rejects);
            self.open.append(chunk.batch);
            if self.grouping == Grouping::Adjacent {
                return Ok((chunk.done, rejects));
            }
        }
    }

    fn note_broken(&mut self, rejects: &[Reject]) {
        for reject in rejects {
            if let Some(order) = &reject.order {
                self.broken.entry(order.clone()).or_insert(reject.line);
            }
        }
    }

    /// Why the order in these `lines` cannot be taken.
    fn refusal(&mut self, batch: &Batch, lines: &Range<usize>) -> Option<String> {
        let id = batch.plain(Field::Order, lines.start)?;
        if let Some(line) = self.broken.get(id) {
            return Some(format!(
                "order {id} was left out, because its line {line} could not be read; mend that line"
            ));
        }
        let first = batch.line(lines.start);
        let before = self.seen.insert(self.hasher.hash_one(id), first);
        if let Some(line) = before {
            return Some(format!(
                "order {id} began on line {line} and comes again on line {first}; sort the file by order, or read it as unsorted"
            ));
        }
        if lines.len() > MAX_ORDER_LINES {
            return Some(format!(
                "order {id} has more than {MAX_ORDER_LINES} lines; check that the column of order numbers is the right one"
            ));
        }
        let differs = |field| {
            let code = batch.code(field, lines.start);
            lines.clone().find(|&row| batch.code(field, row) != code)
        };
        for field in [Field::Customer, Field::Currency] {
            if let Some(row) = differs(field) {
                return Some(format!(
                    "order {id} has another {field} on line {} than on line {first}; an order has one",
                    batch.line(row)
                ));
            }
        }
        None
    }
}

/// Runs of rows with the same order number; a row without one is an order of its own.
fn groups(batch: &Batch) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut current = None;
    for row in 0..batch.len() {
        let id = batch.plain(Field::Order, row);
        match groups.last_mut() {
            Some(group) if id.is_some() && id == current => group.end = row + 1,
            _ => groups.push(row..row + 1),
        }
        current = id;
    }
    groups
}

/// Takes the last order out of `groups`, because it may go on in the next rows; says where it begins.
/// One beyond the limit is ended here, or it could fill the memory: it is refused, and what follows
/// of it too.
fn still_open(groups: &mut Vec<Range<usize>>) -> usize {
    match groups.pop() {
        Some(last) if last.len() > MAX_ORDER_LINES => {
            groups.push(last.clone());
            last.end
        }
        Some(last) => last.start,
        None => 0,
    }
}

/// The rows of each order side by side, orders and rows as they first appeared.
fn brought_together(batch: &Batch) -> Batch {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut count = 0;
    let mut rows: Vec<(usize, usize)> = Vec::with_capacity(batch.len());
    for row in 0..batch.len() {
        let mut new = || {
            count += 1;
            count
        };
        let number = match batch.plain(Field::Order, row) {
            Some(id) => *numbers.entry(id).or_insert_with(new),
            None => new(),
        };
        rows.push((number, row));
    }
    rows.sort_unstable();
    let rows: Vec<usize> = rows.into_iter().map(|(_, row)| row).collect();
    batch.gather(&rows)
}
