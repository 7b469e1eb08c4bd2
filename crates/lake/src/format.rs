//! How a file is written: what was found, and what may be said about it.

use crate::{DateForm, Encoding, Error, Field, Mapping, NumberForm};
use regulars_base::{Currency, Zone};
use std::{fmt, str::FromStr};

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rows of text with a mark between the columns.
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

/// What stands between two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// One byte: a comma, a semicolon, a tab, a bar.
    Byte(u8),
    /// One or more blanks.
    Blanks,
}

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimited {
    /// Between columns.
    pub delimiter: Delimiter,
    /// Around texts; `None` when quotes are text like any other.
    pub quote: Option<u8>,
    /// Whether the first row names the columns.
    pub header: bool,
}

/// What the file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Lines of orders: time, and an amount or a price and a quantity, are needed.
    Orders,
    /// Members: the customer's number is needed.
    Members,
    /// What members hold elsewhere: how many points, and something that they are recognised by, are needed.
    Balances,
    /// Which tier members have elsewhere: the tier, and something that they are recognised by, are needed.
    Tiers,
}

impl Table {
    /// Fields of which a file has to have one at least, and each row too where it is of one member.
    pub(crate) const fn recognised_by(self) -> &'static [Field] {
        match self {
            Self::Orders | Self::Members => &[Field::Customer],
            Self::Balances | Self::Tiers => {
                &[Field::Customer, Field::Email, Field::Phone, Field::Card]
            }
        }
    }

    /// Whether such a file may have a column of this field.
    pub(crate) const fn has(self, field: Field) -> bool {
        let held = matches!(field, Field::Points | Field::Balance | Field::Expires);
        let who = matches!(
            field,
            Field::Customer | Field::Email | Field::Phone | Field::Card
        );
        match self {
            Self::Orders | Self::Members => !held,
            Self::Balances => held || who,
            Self::Tiers => who || matches!(field, Field::Tier | Field::Expires),
        }
    }
}

/// What is known about a file before it is opened. Whatever is `None` is found out.
#[derive(Clone, Debug)]
pub struct Options {
    /// What it holds.
    pub table: Table,
    /// `customer=household_id`, `amount=#4`, `brand=-`: beyond what is guessed.
    pub columns: Vec<String>,
    /// The kind of file.
    pub kind: Option<Kind>,
    /// Between columns of a CSV file.
    pub delimiter: Option<Delimiter>,
    /// Around texts of a CSV file; `Some(None)` for no quoting.
    pub quote: Option<Option<u8>>,
    /// Whether the first row of a CSV file names the columns.
    pub header: Option<bool>,
    /// How dates are written.
    pub dates: Option<DateForm>,
    /// How numbers are written.
    pub numbers: Option<NumberForm>,
    /// Whether amounts are written in minor units (cents). A header that ends with `cents` or
    /// `minor` says so by itself.
    pub minor_units: Option<bool>,
    /// Of amounts without a currency column.
    pub currency: Currency,
    /// How letters are written in bytes.
    pub encoding: Option<Encoding>,
    /// Of dates without an offset.
    pub zone: Zone,
    /// Rows per batch.
    pub batch_rows: usize,
}

/// How the file is written, as it was found or told; `Display` says it in a line per part.
#[derive(Clone, Debug)]
pub struct Found {
    /// The kind of file.
    pub kind: Kind,
    /// Of a CSV file.
    pub delimited: Option<Delimited>,
    /// Which column means what.
    pub mapping: Mapping,
    /// How dates are written, where they are text.
    pub dates: DateForm,
    /// How numbers are written, where they are text.
    pub numbers: NumberForm,
    /// Whether amounts are in minor units.
    pub minor_units: bool,
    /// How letters are written in bytes; UTF-8 for Parquet.
    pub encoding: Encoding,
}

impl Options {
    /// For a file of orders: everything else is found out.
    pub const fn orders(currency: Currency, zone: Zone) -> Self {
        Self {
            table: Table::Orders,
            columns: Vec::new(),
            kind: None,
            delimiter: None,
            quote: None,
            header: None,
            dates: None,
            numbers: None,
            minor_units: None,
            encoding: None,
            currency,
            zone,
            batch_rows: 8192,
        }
    }

    /// For a file of members.
    pub fn members(currency: Currency, zone: Zone) -> Self {
        Self {
            table: Table::Members,
            ..Self::orders(currency, zone)
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blanks => f.write_str("blanks"),
            Self::Byte(b'\t') => f.write_str("tab"),
            Self::Byte(byte) => write!(f, "{}", char::from(*byte)),
        }
    }
}

impl FromStr for Delimiter {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "blanks" | "blank" | "space" | " " => Ok(Self::Blanks),
            "tab" | "\t" | "\\t" => Ok(Self::Byte(b'\t')),
            "," | ";" | "|" | ":" => Ok(Self::Byte(text.as_bytes()[0])),
            _ => Err(Error::UnknownWord {
                what: "delimiter",
                given: text.chars().take(20).collect(),
                known: "`,` `;` `|` `:` tab blanks",
            }),
        }
    }
}

impl FromStr for Kind {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "csv" | "tsv" => Ok(Self::Csv),
            "ndjson" | "jsonl" => Ok(Self::Ndjson),
            "parquet" => Ok(Self::Parquet),
            _ => Err(Error::UnknownWord {
                what: "kind of file",
                given: text.chars().take(20).collect(),
                known: "csv, ndjson, parquet",
            }),
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.delimited) {
            (Kind::Csv, Some(csv)) => {
                let header = if csv.header {
                    "with a header"
                } else {
                    "without a header"
                };
                writeln!(
                    f,
                    "format   CSV, columns parted by `{}`, {header}",
                    csv.delimiter
                )?;
            }
            (Kind::Csv, None) => writeln!(f, "format   CSV")?,
            (Kind::Ndjson, _) => writeln!(f, "format   NDJSON, one object per line")?,
            (Kind::Parquet, _) => writeln!(f, "format   Parquet")?,
        }
        if self.kind != Kind::Parquet {
            writeln!(f, "dates    as {}", self.dates)?;
            writeln!(f, "numbers  as {}", self.numbers)?;
            if self.encoding != Encoding::Utf8 {
                writeln!(f, "letters  as {}", self.encoding)?;
            }
        }
        if self.minor_units {
            writeln!(f, "amounts  in minor units (cents)")?;
        }
        let columns: Vec<String> = self
            .mapping
            .columns()
            .map(|(field, _, header)| format!("{field}={header}"))
            .collect();
        write!(f, "columns  {}", columns.join(" "))
    }
}
