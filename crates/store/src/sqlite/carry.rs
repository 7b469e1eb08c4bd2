//! Everything of a merchant, carried out and in. What leads to a log row does so by that row's own number here;
//! outside it names the wallet and the number in the wallet's log.

use super::{Failure, Sqlite};
use crate::carry::{CARRIED, CarriedRows, CarriedTable, Cell, Column, Whose, carried, tables};
use crate::error::{Conflict, Error, Result};
use crate::record::Tenant;
use regulars_base::{MemberId, TenantId, WalletId};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{OptionalExtension, Row, ToSql, Transaction, params, params_from_iter};

impl Sqlite {
    pub(super) fn read_carried_tables(&mut self) -> Result<Vec<CarriedTable>> {
        self.read(|db| Ok(carried(catalogue(db)?)?))
    }

    pub(super) fn visit_all_rows(
        &mut self,
        tenant: TenantId,
        each: &mut dyn FnMut(&CarriedTable, &[Cell]) -> Result<()>,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.read(|db| {
            let vault = vault.of(no);
            for table in carried(catalogue(db)?)? {
                let names = table.names();
                let mut select = db.prepare(&select(&table))?;
                let mut rows = select.query([no])?;
                // The rows of the log are long and not in order: their places are sorted, not they.
                let whole = format!("SELECT {names} FROM log WHERE no = ?1");
                let mut whole = match table.name.as_str() {
                    "log" => Some(db.prepare(&whole)?),
                    _ => None,
                };
                while let Some(row) = rows.next()? {
                    let cells = match &mut whole {
                        Some(whole) => whole
                            .query_row([row.get::<_, i64>(0)?], |row| Ok(cells(&table, row)))?,
                        None => cells(&table, row),
                    };
                    each(&table, &vault.open_row(&table, cells?)?)?;
                }
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
        self.read(|db| {
            let vault = vault.of(no);
            for table in tables(catalogue(db)?)? {
                let Some((column, id)) = table.owned_by(&whose) else {
                    continue;
                };
                let (name, names, order) = (&table.name, table.names(), table.order(""));
                let mut select = db.prepare(&format!(
                    "SELECT {CARRIED} {names} FROM {name} WHERE tenant = ?1 AND {column} = ?2{order}"
                ))?;
                let mut rows = select.query(params![no, id])?;
                while let Some(row) = rows.next()? {
                    each(&table, &vault.open_row(&table, cells(&table, row)?)?)?;
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
        self.write(|db| {
            let added = db.execute(
                "INSERT INTO tenants (no, id, name, created_at)
                 SELECT coalesce(max(no), 0) + 1, ?1, ?2, ?3 FROM tenants WHERE true
                 ON CONFLICT DO NOTHING",
                params![tenant.id.bytes(), tenant.name, tenant.created_at.micros()],
            )?;
            if added == 0 {
                return Err(Conflict::Tenant(tenant.name.clone()).into());
            }
            let no = db.query_row(
                "SELECT no FROM tenants WHERE id = ?1",
                [tenant.id.bytes()],
                |row| row.get(0),
            )?;
            let vault = vault.of(no);
            let mut places = Places::of(db)?;
            for table in carried(catalogue(db)?)? {
                let mut into = db.prepare(&insert(&table))?;
                for row in rows(&table)? {
                    let row = vault.close_row(&table, row?)?;
                    let values = places.values(&table, no, row)?;
                    into.execute(params_from_iter(values))?;
                }
            }
            places.end()
        })
    }
}

fn catalogue(db: &Transaction<'_>) -> Result<impl Iterator<Item = Column> + use<>, Failure> {
    let mut columns = db.prepare(
        "SELECT t.name, c.name, c.type, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c
         WHERE t.type = 'table' ORDER BY t.name, c.cid",
    )?;
    let columns = columns.query_map([], |row| {
        Ok(Column {
            table: row.get(0)?,
            name: row.get(1)?,
            kind: row.get(2)?,
            key: row.get(3)?,
        })
    })?;
    let columns: Vec<Column> = columns.collect::<rusqlite::Result<_>>()?;
    Ok(columns.into_iter().flat_map(outside))
}

/// A column as it is called outside: numbers of rows of this file have no meaning there.
fn outside(column: Column) -> Vec<Column> {
    let named = |name: &str, kind: &str| Column {
        table: column.table.clone(),
        name: name.into(),
        kind: kind.into(),
        key: 0,
    };
    match (column.table.as_str(), column.name.as_str()) {
        ("log", "no" | "before") | ("wallets", "no" | "newest") | ("identities", "wallet_no") => {
            Vec::new()
        }
        ("event_keys" | "code_history", "log_no") => {
            vec![named("wallet", "BLOB"), named("seq", "INTEGER")]
        }
        ("orders", "log_no") => vec![named("seq", "INTEGER")],
        _ => vec![column],
    }
}

fn select(table: &CarriedTable) -> String {
    let CarriedTable { name, .. } = table;
    let names = table.names();
    let order = table.order("");
    match name.as_str() {
        "log" => format!("SELECT {CARRIED} no FROM log WHERE tenant = ?1{order}"),
        "event_keys" | "code_history" | "orders" => {
            let own = |name: &str| match (table.name.as_str(), name) {
                (_, "seq") | ("event_keys" | "code_history", "wallet") => format!("l.{name}"),
                _ => format!("t.{name}"),
            };
            let columns: Vec<String> = table.columns.iter().map(|(name, _)| own(name)).collect();
            let order: Vec<String> = table.sorted_by.iter().map(|name| own(name)).collect();
            format!(
                "SELECT {CARRIED} {} FROM {name} t LEFT JOIN log l ON l.no = t.log_no
                 WHERE t.tenant = ?1 ORDER BY {}",
                columns.join(", "),
                order.join(", ")
            )
        }
        _ => format!("SELECT {CARRIED} {names} FROM {name} WHERE tenant = ?1{order}"),
    }
}

/// What [`Places::values`] fills: the merchant's number first, then the columns, then what this file alone has.
fn insert(table: &CarriedTable) -> String {
    let columns = table.columns.iter().map(|(name, _)| name.as_str());
    let columns: Vec<&str> = match table.name.as_str() {
        "log" => columns.chain(["no", "before"]).collect(),
        "wallets" => columns.chain(["newest"]).collect(),
        "event_keys" | "code_history" => columns
            .filter(|name| !["wallet", "seq"].contains(name))
            .chain(["log_no"])
            .collect(),
        "orders" => columns
            .filter(|name| *name != "seq")
            .chain(["log_no"])
            .collect(),
        "identities" => columns.chain(["wallet_no"]).collect(),
        _ => columns.collect(),
    };
    let marks: Vec<String> = (1..=columns.len() + 1).map(|at| format!("?{at}")).collect();
    let (name, names) = (&table.name, columns.join(", "));
    format!(
        "INSERT INTO {name} (tenant, {names}) VALUES ({})",
        marks.join(", ")
    )
}

fn cells(table: &CarriedTable, row: &Row<'_>) -> Result<Vec<Cell>, Failure> {
    let cell = |at| {
        Ok(match row.get_ref(at)? {
            ValueRef::Null => Cell::Nothing,
            ValueRef::Integer(number) => Cell::Number(number),
            ValueRef::Text(text) => {
                let text = std::str::from_utf8(text);
                let wrong = |_| Error::Corrupt(format!("a text of {} is not UTF-8", table.name));
                Cell::Text(text.map_err(wrong)?.to_owned())
            }
            ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
            ValueRef::Real(_) => {
                let what = format!("a column of {} holds a fraction", table.name);
                return Err(Error::Corrupt(what).into());
            }
        })
    };
    (0..table.columns.len()).map(cell).collect()
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Nothing => ToSqlOutput::Owned(Value::Null),
            Self::Number(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

/// Where log rows stand in this file, by wallet and number. Kept in a table of the connection's own: there may
/// be more of them than memory holds. A row that is named before it comes has its place from then on.
struct Places<'a> {
    db: &'a Transaction<'a>,
    next: i64,
}

impl<'a> Places<'a> {
    fn of(db: &'a Transaction<'a>) -> Result<Self, Failure> {
        db.execute_batch(
            "CREATE TEMP TABLE carried_places (
                 wallet BLOB NOT NULL,
                 seq    INTEGER NOT NULL,
                 no     INTEGER NOT NULL,
                 PRIMARY KEY (wallet, seq)
             ) WITHOUT ROWID",
        )?;
        let last: Option<i64> = db.query_row("SELECT max(no) FROM log", [], |row| row.get(0))?;
        let next = last.unwrap_or(0) + 1;
        Ok(Self { db, next })
    }

    fn end(self) -> Result<(), Failure> {
        Ok(self.db.execute_batch("DROP TABLE temp.carried_places")?)
    }

    fn known(&self, wallet: &Cell, seq: i64) -> Result<Option<i64>, Failure> {
        let sql = "SELECT no FROM temp.carried_places WHERE wallet = ?1 AND seq = ?2";
        let mut select = self.db.prepare_cached(sql)?;
        Ok(select
            .query_row(params![wallet, seq], |row| row.get(0))
            .optional()?)
    }

    /// The place of a log row; a new one, if nobody has named it before.
    fn place(&mut self, wallet: &Cell, seq: i64) -> Result<i64, Failure> {
        if let Some(known) = self.known(wallet, seq)? {
            return Ok(known);
        }
        let sql = "INSERT INTO temp.carried_places (wallet, seq, no) VALUES (?1, ?2, ?3)";
        self.db
            .prepare_cached(sql)?
            .execute(params![wallet, seq, self.next])?;
        self.next += 1;
        Ok(self.next - 1)
    }

    /// What [`insert`] asks for.
    fn values(
        &mut self,
        table: &CarriedTable,
        tenant: i64,
        row: Vec<Cell>,
    ) -> Result<Vec<Cell>, Failure> {
        let mut values = vec![Cell::Number(tenant)];
        let of = |name: &str| Ok::<_, Failure>(row[table.at(name)?].clone());
        match table.name.as_str() {
            "log" => {
                let (wallet, seq) = (of("wallet")?, number(table, &of("seq")?)?);
                let before = match seq {
                    ..=1 => Cell::Nothing,
                    _ => Cell::Number(self.place(&wallet, seq - 1)?),
                };
                let no = self.place(&wallet, seq)?;
                values.extend(row);
                values.extend([Cell::Number(no), before]);
            }
            "wallets" => {
                let newest = match number(table, &of("seq")?)? {
                    0 => Cell::Nothing,
                    seq => self.led_to(table, &of("wallet")?, seq)?,
                };
                values.extend(row);
                values.push(newest);
            }
            "event_keys" | "code_history" => {
                let place = self.led_to(table, &of("wallet")?, number(table, &of("seq")?)?)?;
                let leading = [table.at("wallet")?, table.at("seq")?];
                let kept = row.into_iter().enumerate();
                values.extend(
                    kept.filter(|(at, _)| !leading.contains(at))
                        .map(|(_, it)| it),
                );
                values.push(place);
            }
            "orders" => {
                let place = match of("seq")? {
                    Cell::Nothing => Cell::Nothing,
                    seq => self.led_to(table, &of("wallet")?, number(table, &seq)?)?,
                };
                let leading = table.at("seq")?;
                let kept = row.into_iter().enumerate();
                values.extend(kept.filter(|(at, _)| *at != leading).map(|(_, it)| it));
                values.push(place);
            }
            "identities" => {
                let sql = "SELECT no FROM wallets WHERE tenant = ?1 AND wallet = ?2";
                let mut select = self.db.prepare_cached(sql)?;
                let hint = select
                    .query_row(params![tenant, of("member")?], |row| row.get(0))
                    .optional()?;
                values.extend(row);
                values.push(hint.map_or(Cell::Nothing, Cell::Number));
            }
            _ => values.extend(row),
        }
        Ok(values)
    }

    fn led_to(&self, table: &CarriedTable, wallet: &Cell, seq: i64) -> Result<Cell, Failure> {
        let known = self.known(wallet, seq)?;
        let missing = || {
            let name = &table.name;
            Error::Refused(format!(
                "a row of {name} leads to number {seq} of a log that has none"
            ))
        };
        Ok(Cell::Number(known.ok_or_else(missing)?))
    }
}

fn number(table: &CarriedTable, cell: &Cell) -> Result<i64, Failure> {
    match cell {
        Cell::Number(number) => Ok(*number),
        _ => Err(Error::Refused(format!("a row of {} has no number", table.name)).into()),
    }
}
