//! Everything of a merchant, carried out by cursors and in by `COPY`.

use super::Postgres;
use super::link::{Failure, Link};
use super::verify::{cursor, fetch};
use crate::carry::{
    CARRIED, CarriedRows, CarriedTable, Cell, CellKind, Column, Whose, carried, tables,
};
use crate::error::{Conflict, Error, Result};
use crate::record::Tenant;
use regulars_base::{MemberId, TenantId, WalletId};
use std::fmt::Write;
use std::io::Cursor;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

/// How much is sent at once, in bytes.
const AT_ONCE: usize = 1 << 20;

impl Postgres {
    pub(super) fn read_carried_tables(&mut self) -> Result<Vec<CarriedTable>> {
        self.read(async |link| Ok(carried(catalogue(link).await?.into_iter())?))
    }

    pub(super) fn visit_all_rows(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.read_once(async |link| {
            let vault = vault.of(no);
            for table in carried(catalogue(link).await?.into_iter())? {
                let (name, names) = (&table.name, table.names());
                let order = table.order(" COLLATE \"C\"");
                let sql = format!("SELECT {CARRIED} {names} FROM {name} WHERE tenant = $1{order}");
                // Each of its own name: the statement that reads on is kept with its columns.
                let own = format!("carried_{name}");
                cursor(link, &own, &sql, no).await?;
                loop {
                    let rows = fetch(link, &own).await?;
                    if rows.is_empty() {
                        break;
                    }
                    for row in &rows {
                        each(&table, &vault.open_row(&table, cells(&table, row)?)?)?;
                    }
                }
                link.execute(&format!("CLOSE {own}")).await?;
            }
            Ok(())
        })
    }

    pub(super) fn visit_rows_about(
        &mut self,
        tenant: TenantId,
        (member, wallet): (MemberId, WalletId),
        each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let whose = Whose { member, wallet };
        let vault = self.vault.clone();
        self.read_once(async |link| {
            let vault = vault.of(no);
            for table in tables(catalogue(link).await?.into_iter())? {
                let Some((column, id)) = table.owned_by(&whose) else {
                    continue;
                };
                let (name, names) = (&table.name, table.names());
                let order = table.order(" COLLATE \"C\"");
                let sql = format!(
                    "SELECT {CARRIED} {names} FROM {name} WHERE tenant = $1 AND {column} = $2{order}"
                );
                for row in link.rows(&sql, &[&no, &&id[..]]).await? {
                    each(&table, &vault.open_row(&table, cells(&table, &row)?)?)?;
                }
            }
            Ok(())
        })
    }

    pub(super) fn write_all_rows(
        &mut self,
        tenant: &Tenant,
        rows: &mut dyn FnMut(&CarriedTable) -> Result<CarriedRows>,
    ) -> Result<()> {
        let vault = self.vault.clone();
        self.write_once(async |link| {
            link.execute("LOCK TABLE tenants IN EXCLUSIVE MODE").await?;
            let sql = "INSERT INTO tenants (no, id, name, created_at)
                       SELECT coalesce(max(no), 0) + 1, $1, $2, $3 FROM tenants
                       ON CONFLICT DO NOTHING";
            let (id, at) = (&tenant.id.bytes()[..], tenant.created_at.micros());
            if link.run(sql, &[&id, &tenant.name, &at]).await? == 0 {
                return Err(Conflict::Tenant(tenant.name.clone()).into());
            }
            let sql = "SELECT no FROM tenants WHERE id = $1";
            let no: i64 = link.rows(sql, &[&id]).await?[0].get(0);
            let vault = vault.of(no);
            for table in carried(catalogue(link).await?.into_iter())? {
                let copy = format!("COPY {} (tenant, {}) FROM STDIN", table.name, table.names());
                let mut text = String::new();
                for row in rows(&table)? {
                    line(&mut text, no, &vault.close_row(&table, row?)?);
                    if text.len() >= AT_ONCE {
                        let full = std::mem::take(&mut text);
                        link.copy(&copy, Cursor::new(full.into_bytes())).await?;
                    }
                }
                if !text.is_empty() {
                    link.copy(&copy, Cursor::new(text.into_bytes())).await?;
                }
            }
            Ok(())
        })
    }
}

async fn catalogue(link: &Link) -> Result<Vec<Column>, Failure> {
    let sql = "SELECT t.relname::text, a.attname::text, k.typname::text,
                      coalesce(array_position(x.indkey::int2[], a.attnum) + 1, 0)::bigint
               FROM pg_class t
               JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema()
               JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
               JOIN pg_type k ON k.oid = a.atttypid
               LEFT JOIN pg_index x ON x.indrelid = t.oid AND x.indisprimary
               WHERE t.relkind IN ('r', 'p') ORDER BY t.relname COLLATE \"C\", a.attnum";
    let rows = link.rows(sql, &[]).await?;
    let column = |row: &Row| Column {
        table: row.get(0),
        name: row.get(1),
        kind: row.get(2),
        key: row.get(3),
    };
    Ok(rows.iter().map(column).collect())
}

fn cells(table: &CarriedTable, row: &Row) -> Result<Vec<Cell>> {
    let cell = |(at, (_, kind)): (usize, &(String, CellKind))| {
        let found = match kind {
            CellKind::Text => row.get::<_, Option<String>>(at).map(Cell::Text),
            CellKind::Bytes => row.get::<_, Option<Vec<u8>>>(at).map(Cell::Bytes),
            CellKind::Number => match *row.columns()[at].type_() {
                Type::INT8 => row.get::<_, Option<i64>>(at),
                Type::INT4 => row.get::<_, Option<i32>>(at).map(i64::from),
                Type::INT2 => row.get::<_, Option<i16>>(at).map(i64::from),
                Type::BOOL => row.get::<_, Option<bool>>(at).map(i64::from),
                ref other => {
                    let what = format!("{} holds `{other}`, which is not carried", table.name);
                    return Err(Error::Unsupported(what));
                }
            }
            .map(Cell::Number),
        };
        Ok(found.unwrap_or(Cell::Nothing))
    };
    table.columns.iter().enumerate().map(cell).collect()
}

/// A row as `COPY` takes it. A yes or no is taken from a number, too.
fn line(text: &mut String, tenant: i64, row: &[Cell]) {
    text.push_str(&tenant.to_string());
    for cell in row {
        text.push('\t');
        match cell {
            Cell::Nothing => text.push_str("\\N"),
            Cell::Number(number) => text.push_str(&number.to_string()),
            Cell::Bytes(bytes) => {
                text.push_str("\\\\x");
                for byte in bytes {
                    // A text takes all that is written to it.
                    let _ = write!(text, "{byte:02x}");
                }
            }
            Cell::Text(own) => {
                for letter in own.chars() {
                    match letter {
                        '\\' => text.push_str("\\\\"),
                        '\t' => text.push_str("\\t"),
                        '\n' => text.push_str("\\n"),
                        '\r' => text.push_str("\\r"),
                        other => text.push(other),
                    }
                }
            }
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::{Cell, line};

    #[test]
    fn what_would_end_a_column_or_a_row_is_escaped() {
        let mut text = String::new();
        let row = [
            Cell::Text("a\tb\\c\r\nd".into()),
            Cell::Nothing,
            Cell::Bytes(vec![0, 255]),
            Cell::Number(-7),
            Cell::Text(String::new()),
        ];
        line(&mut text, 3, &row);
        assert_eq!(text, "3\ta\\tb\\\\c\\r\\nd\t\\N\t\\\\x00ff\t-7\t\n");
    }
}
