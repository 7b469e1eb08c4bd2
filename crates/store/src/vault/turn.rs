//! Bringing what stands in the database to how it is to stand: portion by portion, table by table, along the keys.

use super::{Field, TenantVault};
use crate::carry::Cell;
use crate::error::{Error, Result};
use regulars_base::MemberId;

/// A table with columns that are closed, and the columns of its key behind the merchant's number.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) key: &'static [&'static str],
}

/// The tables that are gone through. Words of names go with the attributes that they come from.
pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "identities",
        key: &["hash"],
    },
    Table {
        name: "profiles",
        key: &["member"],
    },
    Table {
        name: "nicknames",
        key: &["wallet"],
    },
    Table {
        name: "addresses",
        key: &["wallet", "redemption"],
    },
    Table {
        name: "cases",
        key: &["kind", "id"],
    },
    Table {
        name: "messages",
        key: &["send", "member"],
    },
    Table {
        name: "sends",
        key: &["send"],
    },
    Table {
        name: "askings",
        key: &["member", "asking"],
    },
    Table {
        name: "connector_deliveries",
        key: &["connector", "delivery"],
    },
    Table {
        name: "portal_secrets",
        key: &[],
    },
    Table {
        name: "records",
        key: &["kind", "id"],
    },
    Table {
        name: "sessions",
        key: &["hash"],
    },
];

/// How far somebody came who brings everything to how it is to stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VaultPlace {
    pub(crate) table: usize,
    /// Behind which row: the merchant's number, then its key.
    pub(crate) after: Option<Vec<Cell>>,
}

/// What a portion came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VaultStep {
    /// Where to go on; nothing at the end.
    pub next: Option<VaultPlace>,
    /// How many rows were looked at.
    pub seen: u64,
    /// How many did not stand as they are to: were brought to it, or are to be.
    pub left: u64,
}

/// What is to be written of a row.
#[derive(Debug)]
pub(crate) struct Found {
    /// The parameters of [`update`].
    pub(crate) values: Vec<Cell>,
    /// Whose words of the name are put down anew, and the attributes that they come from.
    pub(crate) words: Option<(MemberId, String)>,
}

impl VaultPlace {
    /// Where to go on after these rows of a table.
    pub(crate) fn then(&self, table: &Table, rows: &[Vec<Cell>], limit: usize) -> Option<Self> {
        let next = match rows.last() {
            Some(last) if rows.len() >= limit => Self {
                table: self.table,
                after: Some(table.place(last)),
            },
            _ => Self {
                table: self.table + 1,
                after: None,
            },
        };
        (next.table < TABLES.len()).then_some(next)
    }
}

impl Table {
    fn fields(&self) -> impl Iterator<Item = Field> {
        let own = |field: &&Field| field.place().0 == self.name;
        Field::ALL
            .iter()
            .filter(own)
            .copied()
            .filter(|field| *field != Field::Word)
    }

    /// What [`select`] reads, in order.
    fn columns(&self) -> Vec<&'static str> {
        let mut columns = vec!["tenant"];
        let rows = self.fields().flat_map(|field| field.row().iter().copied());
        let named = self.key.iter().copied().chain(rows);
        for column in named.chain(self.fields().map(|field| field.place().1)) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    fn cell<'r>(&self, row: &'r [Cell], column: &str) -> &'r Cell {
        let at = self.columns().iter().position(|own| *own == column);
        &row[at.expect("it asks for its own columns")]
    }

    /// Where a row stands: what the next portion begins behind.
    pub(crate) fn place(&self, row: &[Cell]) -> Vec<Cell> {
        row[..=self.key.len()].to_vec()
    }

    /// The number of the merchant whose row it is.
    pub(crate) fn tenant(row: &[Cell]) -> i64 {
        match row.first() {
            Some(Cell::Number(tenant)) => *tenant,
            _ => 0,
        }
    }

    /// What is to be written of a row; nothing if it stands as it is to.
    pub(crate) fn found(&self, vault: &TenantVault, row: &[Cell]) -> Result<Option<Found>> {
        let mut is_right = true;
        let (mut values, mut words) = (Vec::new(), None);
        let mut hash = None;
        for field in self.fields() {
            let cell = self.cell(row, field.place().1);
            let place: Vec<&[u8]> = field
                .row()
                .iter()
                .map(|own| self.cell(row, own).bytes())
                .collect();
            if field == Field::Secret {
                let secret = vault.open_secret(cell.bytes())?;
                let stands = vault.close_secret(&secret);
                is_right &= (stands.len() == cell.bytes().len())
                    && vault.is_secret_as_it_shall(cell.bytes());
                values.push(Cell::Bytes(stands));
                continue;
            }
            let Cell::Text(text) = cell else {
                values.push(cell.clone());
                continue;
            };
            let open = vault.open(field, &place, text.clone())?;
            let names = field == Field::Attributes && vault.state.names_turn;
            let right = vault.is_as_it_shall(field, text) && !names;
            is_right &= right;
            if field == Field::IdentityValue {
                let Cell::Text(kind) = self.cell(row, "kind") else {
                    return Err(Error::Corrupt("an identity has no kind".into()));
                };
                hash = Some(Cell::Bytes(vault.identity_key(kind, &open).to_vec()));
            }
            values.push(Cell::Text(match right {
                true => text.clone(),
                false => vault.close(field, &place, &open).into_owned(),
            }));
            if field == Field::Attributes
                && let Ok(member) = <[u8; 16]>::try_from(self.cell(row, "member").bytes())
            {
                words = Some((MemberId::from_bytes(member), open));
            }
        }
        values.extend(hash);
        values.extend(self.place(row));
        Ok((!is_right).then_some(Found { values, words }))
    }
}

/// Marks the statements that go through all of a table.
const TURNED: &str = "/* vault */";
/// Reads so many rows of a table, behind one of them or from the first; `mark` is `?` or `$`.
pub(crate) fn select(table: &Table, mark: char, behind: bool, limit: usize) -> String {
    let (name, columns) = (table.name, table.columns().join(", "));
    let keys = std::iter::once("tenant").chain(table.key.iter().copied());
    let keys: Vec<&str> = keys.collect();
    let marks: Vec<String> = (1..=keys.len()).map(|at| format!("{mark}{at}")).collect();
    let keys = keys.join(", ");
    let from = match behind {
        true => format!(" WHERE ({keys}) > ({})", marks.join(", ")),
        false => String::new(),
    };
    let lock = if mark == '$' { " FOR UPDATE" } else { "" };
    format!("SELECT {TURNED} {columns} FROM {name}{from} ORDER BY {keys} LIMIT {limit}{lock}")
}

/// Writes what is closed of a row; the parameters are those of [`Found`].
pub(crate) fn update(table: &Table, mark: char) -> String {
    let mut at = 0;
    let mut marked = |column: &str| {
        at += 1;
        format!("{column} = {mark}{at}")
    };
    let fields = table.fields().map(|field| field.place().1);
    let hash = (table.name == "identities").then_some("hash");
    let set: Vec<String> = fields.chain(hash).map(&mut marked).collect();
    let keys = std::iter::once("tenant").chain(table.key.iter().copied());
    let keys: Vec<String> = keys.map(&mut marked).collect();
    format!(
        "UPDATE {} SET {} WHERE {}",
        table.name,
        set.join(", "),
        keys.join(" AND ")
    )
}
