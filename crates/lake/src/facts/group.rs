//! Bringing the rows of each customer of a part together.

use super::rows::{Layout, Row, spread};
use regulars_base::CivilDay;
use regulars_metrics::{CustomerFacts, History, Purchase};

/// Groups the rows of one part after the other; keeps its memory from part to part.
pub(super) struct Grouper {
    layout: Layout,
    numbers: Numbers,
    /// The customer of each row, by its number within the part.
    of_row: Vec<u32>,
    purchases: Vec<Purchase>,
    rows: Vec<Row>,
    groups: Vec<u32>,
    kinds: Vec<u32>,
    /// Orders, a row each, as far as rows hold them.
    settled: Option<Vec<u32>>,
}

/// The customers of a part, numbered in the order of appearance, and how many rows each has.
#[derive(Default)]
struct Numbers {
    /// Number plus one, at the customer's place or behind it; 0 is free.
    slots: Vec<u32>,
    shift: u32,
    customers: Vec<u64>,
    counts: Vec<u32>,
}

impl Numbers {
    fn clear(&mut self) {
        if self.slots.is_empty() {
            self.slots = vec![0; 1024];
            self.shift = 54;
        }
        self.slots.fill(0);
        self.customers.clear();
        self.counts.clear();
    }

    /// The place where a search begins. The highest 8 bits of the product are those of the part, the
    /// same for all that are here, so the next ones are taken.
    #[inline]
    fn place(&self, customer: u64) -> usize {
        (spread(customer) << 8 >> self.shift) as usize
    }

    #[inline]
    fn count(&mut self, customer: u64) -> u32 {
        let mut at = self.place(customer);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.add(at, customer);
            }
            if self.customers[slot as usize - 1] == customer {
                self.counts[slot as usize - 1] += 1;
                return slot - 1;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    fn add(&mut self, at: usize, customer: u64) -> u32 {
        self.customers.push(customer);
        self.counts.push(1);
        let number = u32::try_from(self.customers.len()).expect("a part has fewer rows than 2^32");
        self.slots[at] = number;
        if self.customers.len() * 2 > self.slots.len() {
            self.grow();
        }
        number - 1
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        self.shift -= 1;
        for (number, &customer) in (1_u32..).zip(&self.customers) {
            let mut at = self.place(customer);
            while self.slots[at] != 0 {
                at = (at + 1) & (self.slots.len() - 1);
            }
            self.slots[at] = number;
        }
    }

    /// Where each customer's rows begin; `counts` are used up.
    fn starts(&mut self) -> Vec<u32> {
        let mut starts = std::mem::take(&mut self.counts);
        let mut sum = 0;
        for start in &mut starts {
            (*start, sum) = (sum, sum + *start);
        }
        starts
    }
}

impl Grouper {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout,
            numbers: Numbers::default(),
            of_row: Vec::new(),
            purchases: Vec::new(),
            rows: Vec::new(),
            groups: Vec::new(),
            kinds: Vec::new(),
            settled: None,
        }
    }

    /// Shows each customer of the part. If wanted, and lines were put together to orders, the orders come
    /// back, a row each: whoever asks again need not do that again.
    pub(super) fn run(
        &mut self,
        chunks: &[&[u32]],
        may_settle: bool,
        each: &mut impl FnMut(CustomerFacts<'_>),
    ) -> Option<Vec<u32>> {
        self.numbers.clear();
        self.of_row.clear();
        if self.layout.is_plain() {
            self.run_plain(chunks, each);
            return None;
        }
        // Kinds are those of lines.
        let settles = may_settle && self.layout.order && !self.layout.kind;
        self.settled = settles.then(Vec::new);
        self.run_any(chunks, each);
        self.settled.take()
    }

    /// Rows of three words: the case of the largest files, so written without a branch for each row.
    fn run_plain(&mut self, chunks: &[&[u32]], each: &mut impl FnMut(CustomerFacts<'_>)) {
        let rows = chunks.iter().map(|chunk| chunk.len()).sum::<usize>() / 3;
        self.of_row.reserve(rows);
        for chunk in chunks {
            for row in chunk.as_chunks::<3>().0 {
                let number = self.numbers.count(row[0].into());
                self.of_row.push(number);
            }
        }
        let mut ends = self.numbers.starts();
        let empty = Purchase {
            day: CivilDay::from_number(0),
            amount: 0,
        };
        self.purchases.clear();
        self.purchases.resize(rows, empty);
        let mut of_row = self.of_row.iter();
        for chunk in chunks {
            for (row, &customer) in chunk.as_chunks::<3>().0.iter().zip(of_row.by_ref()) {
                let end = &mut ends[customer as usize];
                self.purchases[*end as usize] = Purchase {
                    day: CivilDay::from_number(row[1].cast_signed()),
                    amount: row[2].cast_signed().into(),
                };
                *end += 1;
            }
        }
        let mut start = 0;
        for (&customer, &end) in self.numbers.customers.iter().zip(&ends) {
            let purchases = &mut self.purchases[start..end as usize];
            start = end as usize;
            // Files are by time more often than not.
            if !purchases.is_sorted() {
                purchases.sort_unstable();
            }
            each(CustomerFacts {
                history: History {
                    customer,
                    purchases,
                },
                groups: &[],
                kinds: &[],
            });
        }
    }

    fn run_any(&mut self, chunks: &[&[u32]], each: &mut impl FnMut(CustomerFacts<'_>)) {
        let (layout, words) = (self.layout, self.layout.words());
        let rows = || chunks.iter().flat_map(|chunk| chunk.chunks_exact(words));
        for row in rows() {
            let number = self.numbers.count(layout.read(row).customer);
            self.of_row.push(number);
        }
        let mut ends = self.numbers.starts();
        self.rows.clear();
        self.rows.resize(self.of_row.len(), Row::default());
        for (row, &customer) in rows().zip(&self.of_row) {
            let end = &mut ends[customer as usize];
            self.rows[*end as usize] = layout.read(row);
            *end += 1;
        }
        let mut start = 0;
        for (at, &end) in ends.iter().enumerate() {
            let customer = self.numbers.customers[at];
            self.show(start..end as usize, customer, each);
            start = end as usize;
        }
    }

    /// Shows a customer whose rows say more than day and amount.
    fn show(
        &mut self,
        rows: std::ops::Range<usize>,
        customer: u64,
        each: &mut impl FnMut(CustomerFacts<'_>),
    ) {
        let rows = &mut self.rows[rows];
        self.kinds.clear();
        if self.layout.kind {
            let bought = rows
                .iter()
                .filter(|row| row.amount >= 0 && row.kind != u32::MAX);
            self.kinds.extend(bought.map(|row| row.kind));
            self.kinds.sort_unstable();
            self.kinds.dedup();
        }
        if self.layout.order {
            rows.sort_unstable_by_key(|row| (row.order, row.day, row.group, row.amount));
        }
        // The lines of an order are one purchase, on the day and in the group of the first line.
        let mut orders: Vec<Row> = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            match orders.last_mut() {
                Some(order) if self.layout.order && order.order == row.order && row.order != 0 => {
                    order.amount = order.amount.saturating_add(row.amount);
                }
                _ => orders.push(*row),
            }
        }
        if let Some(settled) = &mut self.settled {
            match orders.iter().all(|order| self.layout.fits(order)) {
                true => orders
                    .iter()
                    .for_each(|row| self.layout.write(row, settled)),
                false => self.settled = None,
            }
        }
        orders.sort_unstable_by_key(|row| (row.day, row.amount, row.group));
        self.purchases.clear();
        self.purchases.extend(orders.iter().map(|row| Purchase {
            day: CivilDay::from_number(row.day),
            amount: row.amount,
        }));
        self.groups.clear();
        if self.layout.group {
            self.groups.extend(orders.iter().map(|row| row.group));
        }
        each(CustomerFacts {
            history: History {
                customer,
                purchases: &self.purchases,
            },
            groups: &self.groups,
            kinds: &self.kinds,
        });
    }
}
