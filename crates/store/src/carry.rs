//! Everything of a merchant, row by row: what is carried out of one database and into another, of either kind.
//!
//! Which tables and columns there are is read from the catalogue, so that a table which a later step adds is
//! carried without anybody thinking of it. Both databases call them the same: what SQLite alone has (the numbers
//! of its own rows) is left behind and found again on the way in.

use crate::error::{Error, Result};
use crate::migrations::KNOWN;
use regulars_base::{MemberId, WalletId};
use std::cmp::Ordering;

/// The version of the tables that rows are carried between.
pub const CARRIED_VERSION: i64 = KNOWN;

/// Whose a row is: what a table of a merchant has, and what is not carried.
const TENANT: &str = "tenant";

/// Tables whose rows stay behind, and why: who is signed in here signs in there.
const STAYS: [&str; 3] = ["sessions", "member_sessions", "sign_in_codes"];

/// Tables that are told of a member in words, from what they stand for: the log, and what is a cache of it.
const IN_WORDS: [&str; 6] = [
    "log",
    "entries",
    "wallets",
    "orders",
    "event_keys",
    "code_history",
];

/// What a column is called that says whose a row is, by a member's id or their wallet's.
const OWNERS: [(&str, bool); 3] = [("member", true), ("wallet", false), ("holder", false)];

/// What comes first on the way in, since others lead to it.
const FIRST: [&str; 2] = ["log", "wallets"];

/// Marks the statements that go through all rows of a merchant, as they are meant to.
pub(crate) const CARRIED: &str = "/* carried */";

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing.
    Nothing,
    /// A whole number; yes and no are 1 and 0.
    Number(i64),
    /// A text.
    Text(String),
    /// Bytes: an id, a hash, something that the store alone reads.
    Bytes(Vec<u8>),
}

impl Cell {
    /// The bytes that a text or an id is made of.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
            Self::Nothing | Self::Number(_) => &[],
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Whole numbers.
    Number,
    /// Texts.
    Text,
    /// Bytes.
    Bytes,
}

/// A table of which a merchant's rows are carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedTable {
    /// Its name.
    pub name: String,
    /// Its columns but for the merchant's number, in order.
    pub columns: Vec<(String, CellKind)>,
    /// The columns by which its rows are sorted, whichever database they come from.
    pub(crate) sorted_by: Vec<String>,
}

/// Rows of a table on their way in, each with a cell for every column of it.
pub type CarriedRows = Box<dyn Iterator<Item = Result<Vec<Cell>>>>;

/// A column, as a catalogue has it.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) table: String,
    pub(crate) name: String,
    /// As the database calls it.
    pub(crate) kind: String,
    /// Its place in the table's key, counted from 1; 0 if it is in none.
    pub(crate) key: i64,
}

/// The tables of a catalogue whose rows are carried.
pub(crate) fn carried(columns: impl Iterator<Item = Column>) -> Result<Vec<CarriedTable>> {
    let mut all = tables(columns)?;
    all.retain(|table| !STAYS.contains(&table.name.as_str()));
    Ok(all)
}

/// The tables of a catalogue that have rows of merchants; the columns come table by table and in order.
pub(crate) fn tables(columns: impl Iterator<Item = Column>) -> Result<Vec<CarriedTable>> {
    let mut found: Vec<(String, Vec<Column>)> = Vec::new();
    for column in columns {
        match found.last_mut() {
            Some((table, columns)) if *table == column.table => columns.push(column),
            _ => found.push((column.table.clone(), vec![column])),
        }
    }
    let of_a_merchant = |columns: &[Column]| columns.iter().any(|it| it.name == TENANT);
    let carried = found
        .into_iter()
        .filter(|(_, columns)| of_a_merchant(columns));
    let carried = carried.map(|(table, columns)| carried_table(table, columns));
    let mut carried = carried.collect::<Result<Vec<CarriedTable>>>()?;
    carried.sort_by_key(|table| {
        let first = FIRST.iter().position(|first| *first == table.name);
        (first.unwrap_or(FIRST.len()), table.name.clone())
    });
    Ok(carried)
}

fn carried_table(name: String, columns: Vec<Column>) -> Result<CarriedTable> {
    let (mut carried, mut key) = (Vec::new(), Vec::new());
    for column in columns.into_iter().filter(|it| it.name != TENANT) {
        let kind = kind(&column)?;
        if column.key > 0 {
            key.push((column.key, column.name.clone()));
        }
        carried.push((column.name, kind));
    }
    key.sort();
    let key = key.into_iter().map(|(_, name)| name).collect();
    Ok(CarriedTable {
        sorted_by: sorted_by(&name).unwrap_or(key),
        columns: carried,
        name,
    })
}

/// How rows are sorted where that is not the key of both databases: log rows in the order of time.
fn sorted_by(table: &str) -> Option<Vec<String>> {
    let columns: &[&str] = match table {
        "log" => &["recorded_at", "wallet", "seq"],
        "entries" => &["wallet", "seq", "no"],
        "wallets" => &["wallet"],
        "code_history" => &["code", "wallet", "seq"],
        _ => return None,
    };
    Some(columns.iter().map(|&column| column.to_owned()).collect())
}

fn kind(column: &Column) -> Result<CellKind> {
    match column.kind.to_ascii_lowercase().as_str() {
        "integer" | "bigint" | "smallint" | "boolean" | "int8" | "int4" | "int2" | "bool" => {
            Ok(CellKind::Number)
        }
        "text" => Ok(CellKind::Text),
        "blob" | "bytea" => Ok(CellKind::Bytes),
        other => Err(Error::Unsupported(format!(
            "the column {} of {} holds `{other}`, which is not carried",
            column.name, column.table
        ))),
    }
}

/// Whose rows are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose {
    pub(crate) member: MemberId,
    pub(crate) wallet: WalletId,
}

impl CarriedTable {
    /// By which column rows of this table are somebody's, and what stands in it.
    pub(crate) fn owned_by<'w>(&self, whose: &'w Whose) -> Option<(&'static str, &'w [u8; 16])> {
        if IN_WORDS.contains(&self.name.as_str()) {
            return None;
        }
        let has = |name: &str| {
            let mut columns = self.columns.iter();
            columns.any(|(own, kind)| own == name && *kind == CellKind::Bytes)
        };
        let (name, by_member) = OWNERS.into_iter().find(|(name, _)| has(name))?;
        let id = match by_member {
            true => whose.member.bytes(),
            false => whose.wallet.bytes(),
        };
        Some((name, id))
    }

    /// Whether its rows stand in another order where they are closed.
    pub(crate) fn is_sorted_by_what_is_closed(&self) -> bool {
        ["identities", "member_words"].contains(&self.name.as_str())
    }

    /// Sorts rows as they are told.
    pub(crate) fn sort(&self, rows: &mut [Vec<Cell>]) -> Result<()> {
        let by = self.sorted_by.iter().map(|name| self.at(name));
        let by: Vec<usize> = by.collect::<Result<_>>()?;
        rows.sort_by(|one, other| {
            let mut cells = by.iter().map(|at| one[*at].cmp(&other[*at]));
            cells.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        Ok(())
    }

    /// The names of its columns, as a statement has them.
    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }

    /// `ORDER BY ...`, or nothing where there is one row at most.
    pub(crate) fn order(&self, collated: &str) -> String {
        let by = |name: &String| {
            let is_text = self
                .columns
                .iter()
                .any(|(own, kind)| own == name && *kind == CellKind::Text);
            match is_text {
                true => format!("{name}{collated}"),
                false => name.clone(),
            }
        };
        match self.sorted_by.is_empty() {
            true => String::new(),
            false => format!(
                " ORDER BY {}",
                self.sorted_by.iter().map(by).collect::<Vec<_>>().join(", ")
            ),
        }
    }

    /// Where a column stands in its rows.
    pub(crate) fn at(&self, name: &str) -> Result<usize> {
        let at = self.columns.iter().position(|(own, _)| own == name);
        at.ok_or_else(|| Error::Refused(format!("{} has no column {name}", self.name)))
    }
}
