//! Rows written several at a time: for a short row, starting its statement is half of the cost.

use rusqlite::{Connection, Result, Statement, ToSql};

/// So many rows go into one statement.
const TOGETHER: usize = 16;

/// Where the values of one row go.
pub(super) struct Values<'a, 'db> {
    statement: &'a mut Statement<'db>,
    place: usize,
}

impl Values<'_, '_> {
    /// The value of the next column.
    pub(super) fn add(&mut self, value: impl ToSql) -> Result<()> {
        self.place += 1;
        self.statement.raw_bind_parameter(self.place, value)
    }
}

/// Adds rows to `into`, a table and its columns; `bind` gives the values of a row in their order.
/// If one cannot be added, those before it stay: the caller has to undo the transaction. (Else
/// SQLite would keep a copy of each page that a statement of several rows changes.)
pub(super) fn insert<T>(
    db: &Connection,
    into: &str,
    rows: &[T],
    bind: impl Fn(&mut Values<'_, '_>, &T) -> Result<()>,
) -> Result<()> {
    let columns = into.matches(',').count() + 1;
    let one = format!("({})", vec!["?"; columns].join(", "));
    let (groups, rest) = rows.as_chunks::<TOGETHER>();
    if !groups.is_empty() {
        let all = vec![one.as_str(); TOGETHER].join(", ");
        let mut statement =
            db.prepare_cached(&format!("INSERT OR FAIL INTO {into} VALUES {all}"))?;
        for group in groups {
            write(&mut statement, group, &bind)?;
        }
    }
    if !rest.is_empty() {
        let mut statement =
            db.prepare_cached(&format!("INSERT OR FAIL INTO {into} VALUES {one}"))?;
        for row in rest {
            write(&mut statement, std::slice::from_ref(row), &bind)?;
        }
    }
    Ok(())
}

fn write<T>(
    statement: &mut Statement<'_>,
    rows: &[T],
    bind: &impl Fn(&mut Values<'_, '_>, &T) -> Result<()>,
) -> Result<()> {
    let mut values = Values {
        statement,
        place: 0,
    };
    for row in rows {
        bind(&mut values, row)?;
    }
    values.statement.raw_execute()?;
    Ok(())
}
