//! From rows of an order file to events: the one place that says what a row means, for imports
//! and back-tests alike.
//!
//! Rows of one order are one purchase. A row that is marked as a refund is a refund of the order
//! it names. A negative amount is taken off the order it stands in; where all amounts of an order
//! are negative, the order is a refund of itself. A refund that names no order cannot be matched
//! with what was earned, so it is rejected and not guessed at.

mod order;

use crate::Error;
use crate::import::ImportOptions;
use order::{Order, Words, all_negative};
use regulars_base::{Currency, EventKey, Text, Timestamp, Zone};
use regulars_engine::Program;
use regulars_engine::event::{
    Event, Fault, Incoming, Kind, LineParts, Payment, Purchase, PurchaseParts, Refund, Refunded,
    Who,
};
use regulars_lake::{
    Batch, Encoding, Field, Grouping, Options, OrderBatch, Orders, Reader, Reject, Table,
};
use std::ops::Range;

/// The identity by which files name customers.
pub(crate) const CUSTOMER: &str = "customer";

/// An order file that is being read as events.
pub(crate) struct Rows {
    orders: Orders,
    words: Words,
    source: Text,
    /// The file's digest: names orders that have no number.
    digest: String,
    currency: Currency,
    kind: Text,
    unsorted: bool,
    /// Rows read so far.
    pub(crate) rows: u64,
}

/// Events of some rows, in order, and the rows that came to none.
#[derive(Default)]
pub(crate) struct Part {
    /// Each with the line that it began on.
    pub(crate) events: Vec<(u64, Incoming)>,
    pub(crate) rejects: Vec<Reject>,
    /// How far the file is read.
    pub(crate) done: u64,
}

/// What the reader is to be told.
pub(crate) fn lake_options(
    options: &ImportOptions,
    table: Table,
    program: &Program,
) -> Result<Options, Error> {
    let wrong = |at: &str, why: String| Error::invalid(at, why);
    let currency = match &options.currency {
        Some(code) => Currency::new(code).map_err(|e| wrong("/currency", e.to_string()))?,
        None => program.currency,
    };
    let zone = match &options.timezone {
        Some(name) => Zone::new(name).map_err(|e| wrong("/timezone", e.to_string()))?,
        None => program.zone.clone(),
    };
    let mut lake = Options::orders(currency, zone);
    lake.table = table;
    lake.columns.clone_from(&options.columns);
    lake.header = options.header;
    lake.kind = parsed("/kind", options.kind.as_deref())?;
    lake.delimiter = parsed("/delimiter", options.delimiter.as_deref())?;
    lake.dates = parsed("/dates", options.dates.as_deref())?;
    lake.numbers = parsed("/numbers", options.numbers.as_deref())?;
    let encoding = parsed("/encoding", options.encoding.as_deref())?;
    lake.encoding = Some(encoding.unwrap_or(Encoding::Utf8));
    Ok(lake)
}

/// How a file is written, as it was told; a fault at the pointer `at` if it is no such word.
pub(crate) fn parsed<T: std::str::FromStr<Err = regulars_lake::Error>>(
    at: &str,
    text: Option<&str>,
) -> Result<Option<T>, Error> {
    let parse = |text: &str| {
        text.parse()
            .map_err(|error: regulars_lake::Error| Error::invalid(at, error.to_string()))
    };
    text.map(parse).transpose()
}

/// What makes order numbers of a file unique: as said, or the file's name.
pub(crate) fn source(options: &ImportOptions) -> Result<Text, Error> {
    let name = || {
        let name = options.file.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    let source = options.source.clone().unwrap_or_else(name);
    let source = Text::new(&source).map_err(|why| Error::invalid("/source", why.to_string()))?;
    if source.is_empty() {
        return Err(Error::invalid(
            "/source",
            "is empty; name the system the file is from",
        ));
    }
    Ok(source)
}

/// Opens a file, whatever holds it.
pub(crate) fn open(options: &ImportOptions, lake: &Options) -> Result<Reader, Error> {
    regulars_lake::open(&options.file, lake).map_err(|error| failed(options, &error))
}

pub(crate) fn failed(options: &ImportOptions, error: &regulars_lake::Error) -> Error {
    Error::File {
        path: options.file.clone(),
        why: error.to_string(),
    }
}

impl Rows {
    /// Opens an order file.
    pub(crate) fn open(options: &ImportOptions, program: &Program) -> Result<Self, Error> {
        let lake = lake_options(options, Table::Orders, program)?;
        let reader = open(options, &lake)?;
        let digest = reader.digest().map_err(|error| failed(options, &error))?;
        let grouping = if options.unsorted {
            Grouping::Anywhere
        } else {
            Grouping::Adjacent
        };
        Ok(Self {
            orders: Orders::new(reader, grouping),
            words: Words::default(),
            source: source(options)?,
            digest: digest.short(),
            currency: lake.currency,
            kind: text(CUSTOMER),
            unsorted: options.unsorted,
            rows: 0,
        })
    }

    /// The source of the events.
    pub(crate) const fn source(&self) -> &Text {
        &self.source
    }

    /// The file's digest, shortened.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    /// How the file was read, in words.
    pub(crate) fn found(&self) -> String {
        self.orders.reader().found().to_string()
    }

    /// The end of the scale of [`Part::done`].
    pub(crate) fn total(&self) -> u64 {
        self.orders.reader().total()
    }

    /// The next events; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Part>, regulars_lake::Error> {
        let Some(OrderBatch {
            batch,
            orders,
            rejects,
            done,
        }) = self.orders.next()?
        else {
            return Ok(None);
        };
        self.rows += batch.len() as u64 + rejects.len() as u64;
        self.words.learn(self.orders.reader());
        let longest = orders.iter().map(ExactSizeIterator::len).max();
        self.words.reach(longest.unwrap_or_default());
        let mut part = Part {
            events: Vec::with_capacity(orders.len()),
            rejects,
            done,
        };
        for lines in orders {
            let first = batch.line(lines.start);
            if let Err(reason) = self.order(&batch, lines.clone(), &mut part.events) {
                let order = batch.plain(Field::Order, lines.start).map(str::to_owned);
                let named = order.as_ref().map(|order| format!("order {order}"));
                part.rejects.push(Reject {
                    line: first,
                    reason,
                    text: named.unwrap_or_default(),
                    order,
                });
            }
        }
        if self.unsorted {
            part.events
                .sort_by_key(|(_, event)| event.event.occurred_at);
        }
        Ok(Some(part))
    }

    /// The events of one order.
    fn order(
        &self,
        batch: &Batch,
        lines: Range<usize>,
        out: &mut Vec<(u64, Incoming)>,
    ) -> Result<(), String> {
        let first = lines.start;
        let value = self.words.text(batch, Field::Customer, first);
        let value = value.ok_or("names no customer; an order of nobody earns nothing")?;
        let named = batch.plain(Field::Order, first);
        let number = match named {
            Some(number) => Text::new(number).map_err(|why| format!("the order's number {why}"))?,
            None => text(&format!("{}:{}", self.digest, batch.line(first))),
        };
        let order = Order {
            batch,
            number,
            who: Who::Identity {
                kind: self.kind.clone(),
                value,
            },
            currency: self.currency_of(batch, first)?,
            negative: all_negative(batch, lines.clone()),
            lines,
        };
        let refunds = order.refunds();
        if named.is_none() && !refunds.is_empty() {
            return Err(
                "is a refund that names no order, so nobody can say what it takes back; \
                 give it the number of its order, or adjust the points by hand"
                    .into(),
            );
        }
        if let Some(purchase) = self.purchase(&order)? {
            out.push(self.event(&order, first, "", Kind::Purchase(Box::new(purchase))));
        }
        for refund in refunds {
            let kind = self.refund(&order, &refund)?;
            let suffix = format!("#refund-{}", batch.line(refund[0]));
            out.push(self.event(&order, refund[0], &suffix, kind));
        }
        Ok(())
    }

    fn currency_of(&self, batch: &Batch, row: usize) -> Result<Currency, String> {
        match self.orders.reader().text(batch, Field::Currency, row) {
            Some(code) => Currency::new(code).map_err(|why| why.to_string()),
            None => Ok(self.currency),
        }
    }

    fn event(&self, order: &Order<'_>, row: usize, suffix: &str, kind: Kind) -> (u64, Incoming) {
        let external_id = match suffix {
            "" => order.number.clone(),
            // An order's number is never so long that a line's number does not fit beside it.
            suffix => Text::new(format!("{}{suffix}", order.number)).unwrap_or_default(),
        };
        let at = order.batch.number(Field::Time, row).unwrap_or_default();
        let at = Timestamp::from_micros(at);
        let event = Event {
            key: EventKey {
                source: self.source.clone(),
                external_id,
            },
            occurred_at: at,
            recorded_at: at,
            entropy: [0; 16],
            kind,
        };
        let who = order.who.clone();
        (order.batch.line(row), Incoming { who, event })
    }

    /// The purchase of an order; nothing if it only has refunds.
    fn purchase(&self, order: &Order<'_>) -> Result<Option<Purchase>, String> {
        let batch = order.batch;
        let (mut lines, mut discount) = (Vec::with_capacity(order.lines.len()), 0_i64);
        for row in order.lines.clone().filter(|row| !order.is_refund(*row)) {
            let amount = batch.number(Field::Amount, row).unwrap_or_default();
            if amount < 0 {
                discount = discount.saturating_sub(amount);
            } else {
                lines.push(self.line(batch, row, amount, lines.len()));
            }
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let first = order.lines.start;
        let word = |field| self.words.text(batch, field, first).unwrap_or_default();
        let parts = PurchaseParts {
            codes: Vec::new(),
            order: order.number.clone(),
            currency: order.currency,
            total: None,
            delivery: 0,
            discount,
            payments: self.payments(order, discount),
            lines,
            channel: word(Field::Channel),
            store: word(Field::Store),
            staff: word(Field::Staff),
        };
        Purchase::new(parts)
            .map(Some)
            .map_err(|faults| in_words(&faults))
    }

    fn line(&self, batch: &Batch, row: usize, amount: i64, place: usize) -> LineParts {
        let word = |field| self.words.text(batch, field, row).unwrap_or_default();
        let number = |field| batch.number(field, row);
        let id = batch.plain(Field::Line, row);
        LineParts {
            id: match id {
                Some(id) => Text::new(id).unwrap_or_default(),
                None => self.words.place(place),
            },
            sku: word(Field::Sku),
            category: word(Field::Category),
            brand: word(Field::Brand),
            quantity: number(Field::Quantity).unwrap_or(1000),
            amount,
            // Some shops write what they took off with a minus.
            discount: number(Field::Discount).unwrap_or_default().saturating_abs(),
            tax: number(Field::Tax).unwrap_or_default(),
        }
    }

    /// With what it was paid: the lines' amounts by method. Nothing is said if a discount on the
    /// whole order makes that unclear.
    fn payments(&self, order: &Order<'_>, discount: i64) -> Vec<Payment> {
        let mut payments: Vec<Payment> = Vec::new();
        for row in order.lines.clone().filter(|row| !order.is_refund(*row)) {
            let Some(method) = self.words.text(order.batch, Field::Payment, row) else {
                return Vec::new();
            };
            let amount = order.batch.number(Field::Amount, row).unwrap_or_default();
            match payments.iter_mut().find(|paid| paid.method == method) {
                Some(paid) => paid.amount += amount,
                None => payments.push(Payment {
                    method,
                    amount,
                    from: None,
                }),
            }
        }
        if discount > 0 && payments.len() > 1 {
            payments.clear();
        }
        payments
    }

    /// One refund of an order: some rows of the same time.
    fn refund(&self, order: &Order<'_>, rows: &[usize]) -> Result<Kind, String> {
        let amount = |row: &usize| order.batch.number(Field::Amount, *row).unwrap_or_default();
        let total = rows.iter().fold(0_i64, |sum, row| {
            sum.saturating_add(amount(row).saturating_abs())
        });
        let refund = Refund::new(order.number.clone(), Refunded::Amount(total));
        refund.map(Kind::Refund).map_err(|faults| in_words(&faults))
    }
}

/// A text that is one by construction.
fn text(text: &str) -> Text {
    Text::new(text).expect("a few letters and digits are a text")
}

pub(crate) fn in_words(faults: &[Fault]) -> String {
    let each = |fault: &Fault| format!("{} {}", fault.at, fault.what);
    faults.iter().map(each).collect::<Vec<_>>().join("; ")
}
