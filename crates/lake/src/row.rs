//! One row of text, checked and put into the columns of a batch.

use crate::{
    DateForm, Field, NumberForm, Options, Table,
    batch::{Batch, Cells},
    dictionary::{Interner, NONE},
    field::Shape,
    format::Found,
    moment::WallClock,
    number::{price_times_quantity, shown},
};
use regulars_base::{Currency, Text};

/// The cells of a row by field; `None` where the file has none, or nothing stands there.
pub(crate) type Cellsful<'a> = [Option<&'a str>; Field::COUNT];

/// Builds batches; owns the dictionaries.
pub(crate) struct Builder {
    pub(crate) batch: Batch,
    pub(crate) interners: [Interner; Field::COUNT],
    pub(crate) clock: WallClock,
    pub(crate) dates: DateForm,
    pub(crate) numbers: NumberForm,
    table: Table,
    minor_units: bool,
    currency: Currency,
    last_currency: Currency,
    fields: Vec<Field>,
    /// Whether the amount is price times quantity, because the file gives no amount.
    derives: bool,
    /// The last date and its moment: the lines of an order, and often those of a day, share it.
    last_time: (String, i64),
}

impl Builder {
    pub(crate) fn new(found: &Found, options: &Options) -> Self {
        let mut builder = Self {
            batch: Batch::default(),
            interners: std::array::from_fn(|_| Interner::default()),
            clock: WallClock::new(options.zone.clone()),
            dates: found.dates,
            numbers: found.numbers,
            table: options.table,
            minor_units: found.minor_units,
            currency: options.currency,
            last_currency: options.currency,
            fields: found.mapping.columns().map(|(field, ..)| field).collect(),
            derives: false,
            last_time: (String::new(), 0),
        };
        builder.derives = builder.table == Table::Orders
            && !builder.fields.contains(&Field::Amount)
            && builder.fields.contains(&Field::UnitPrice);
        if builder.derives {
            builder.fields.push(Field::Amount);
        }
        builder.batch = builder.empty();
        builder
    }

    pub(crate) const fn derives_amount(&self) -> bool {
        self.derives
    }

    pub(crate) const fn default_currency(&self) -> Currency {
        self.currency
    }

    /// A row of a member is useless without anything that they are recognised by; an order may be anybody's.
    /// `has` says of a field whether the row has it.
    pub(crate) fn recognised(&self, has: impl Fn(Field) -> bool) -> Result<(), String> {
        let by = self.table.recognised_by();
        match self.table == Table::Orders || by.iter().any(|field| has(*field)) {
            true => Ok(()),
            false => Err(missing(by[0])),
        }
    }

    fn empty(&self) -> Batch {
        let mut batch = Batch::default();
        for field in &self.fields {
            batch.cells[field.index()] = Cells::of(field.shape());
        }
        batch
    }

    /// Takes out what was built so far.
    pub(crate) fn take(&mut self) -> Batch {
        let empty = self.empty();
        std::mem::replace(&mut self.batch, empty)
    }

    /// Checks `row` and adds it; on a fault nothing is added.
    pub(crate) fn push(&mut self, line: u64, row: &Cellsful<'_>) -> Result<(), String> {
        let currency = match row[Field::Currency.index()] {
            None => self.currency,
            Some(code) => self.currency_of(code)?,
        };
        let mut numbers = [None; Field::COUNT];
        for at in 0..self.fields.len() {
            let field = self.fields[at];
            let Some(text) = row[field.index()] else {
                continue;
            };
            numbers[field.index()] = match field.shape() {
                Shape::Moment => Some(self.moment(text)?),
                Shape::Money => Some(
                    self.money(text, currency)
                        .map_err(|e| format!("{field}: {e}"))?,
                ),
                Shape::Thousandths => Some(self.numbers.thousandths(text, field)?),
                Shape::Refund => Some(refund(text)?),
                Shape::Coded | Shape::Plain => {
                    check_text(field, text)?;
                    None
                }
            };
        }
        if self.derives {
            numbers[Field::Amount.index()] = self.derived(
                numbers[Field::UnitPrice.index()],
                numbers[Field::Quantity.index()],
            )?;
        }
        let number = |field: Field| numbers[field.index()];
        self.complete(number)?;
        self.recognised(|field| row[field.index()].is_some())?;
        for field in &self.fields {
            let index = field.index();
            match &mut self.batch.cells[index] {
                Cells::Absent => {}
                Cells::Numbers(values) => values.push(numbers[index]),
                Cells::Codes(codes) => {
                    codes.push(row[index].map_or(NONE, |text| self.interners[index].code(text)));
                }
                Cells::Texts(texts) => texts.push(row[index].unwrap_or_default()),
            }
        }
        self.batch.line.push(line);
        Ok(())
    }

    fn money(&self, text: &str, currency: Currency) -> Result<i64, String> {
        if self.minor_units {
            self.numbers.minor_units(text)
        } else {
            self.numbers.money(text, currency)
        }
    }

    /// How many decimals a written amount may have.
    pub(crate) fn decimals(&self, currency: Currency) -> u8 {
        if self.minor_units {
            0
        } else {
            currency.exponent()
        }
    }

    /// The amount of a line that gives price and quantity; one piece, where it gives no quantity.
    pub(crate) fn derived(
        &self,
        price: Option<i64>,
        quantity: Option<i64>,
    ) -> Result<Option<i64>, String> {
        price
            .map(|price| price_times_quantity(price, quantity.unwrap_or(1000)))
            .transpose()
    }

    /// Asks for the numbers that a row must have.
    pub(crate) fn complete(&self, number: impl Fn(Field) -> Option<i64>) -> Result<(), String> {
        let needed: &[Field] = match self.table {
            Table::Orders => &[Field::Time, Field::Amount],
            Table::Members | Table::Tiers => &[],
            Table::Balances => &[Field::Balance],
        };
        match needed.iter().find(|field| number(**field).is_none()) {
            Some(field) => Err(missing(*field)),
            None => Ok(()),
        }
    }

    pub(crate) fn currency_of(&mut self, code: &str) -> Result<Currency, String> {
        if self.last_currency.code() != code {
            self.last_currency = Currency::new(code).map_err(|e| e.to_string())?;
        }
        Ok(self.last_currency)
    }

    pub(crate) fn moment(&mut self, text: &str) -> Result<i64, String> {
        if self.last_time.0 == text {
            return Ok(self.last_time.1);
        }
        let written = self.dates.read(text).ok_or_else(|| {
            format!(
                "`{}` is no date of the form {} between the years 1900 and 2200",
                shown(text),
                self.dates
            )
        })?;
        let micros = self
            .clock
            .moment(written)
            .ok_or_else(|| format!("`{}` is outside of the years 1900 to 2200", shown(text)))?;
        self.last_time.0.clear();
        self.last_time.0.push_str(text);
        self.last_time.1 = micros;
        Ok(micros)
    }
}

pub(crate) fn missing(field: Field) -> String {
    format!("has no {field}; give it one, or map another column to it")
}

/// What [`Text`] would refuse is refused here, where the line is known.
pub(crate) fn check_text(field: Field, text: &str) -> Result<(), String> {
    if text.len() > Text::MAX {
        return Err(format!(
            "{field} is {} bytes long; at most {} are allowed",
            text.len(),
            Text::MAX
        ));
    }
    match text.bytes().position(|byte| byte < 0x20 || byte == 0x7f) {
        Some(at) => Err(format!(
            "{field} holds a control character at byte {}",
            at + 1
        )),
        None => Ok(()),
    }
}

pub(crate) fn refund(text: &str) -> Result<i64, String> {
    const PURCHASES: [&str; 8] = ["purchase", "sale", "order", "sold", "buy", "kauf", "p", "s"];
    const REFUNDS: [&str; 8] = [
        "refund",
        "return",
        "returned",
        "refunded",
        "credit",
        "retoure",
        "gutschrift",
        "r",
    ];
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&PURCHASES) {
        Ok(0)
    } else if is(&REFUNDS) {
        Ok(1)
    } else {
        Err(format!(
            "type `{}` is neither a purchase nor a refund; write purchase or refund",
            shown(text)
        ))
    }
}
