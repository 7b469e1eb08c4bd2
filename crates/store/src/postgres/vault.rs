//! How the vault stands, and bringing everything to how it is to stand.

use super::link::{Failure, Link, Parameter};
use super::{Postgres, READ};
use crate::carry::Cell;
use crate::error::{Error, Result};
use crate::vault::{
    TABLES, Table, TenantVault, Vault, VaultPlace, VaultState, VaultStep, guards, select, update,
};
use bytes::BytesMut;
use regulars_base::TenantId;
use tokio_postgres::Row;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// Whoever writes holds it together with others, and whoever turns the key alone: so the key is turned when nobody
/// writes, and everybody sees it who writes after that.
const LOCK: i64 = 0x7661_756c_7400_0001;

/// Begins the transaction that turns the key: it holds the lock with nobody.
const ALONE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Begins a transaction, and looks whether the vault stands as it is known to. Without keys nobody asks: it was
/// looked at when the connection was made. It goes with what begins the transaction, so that nobody waits for it.
pub(super) async fn begin(link: &Link, begin: &str, vault: &Vault) -> Result<(), Failure> {
    if !vault.has_keys() {
        return link.mark(begin).await;
    }
    let lock = match [READ, ALONE].contains(&begin) {
        true => String::new(),
        false => format!("SELECT pg_advisory_xact_lock_shared({LOCK}); "),
    };
    let epoch = link
        .asked(&format!("{begin}; {lock}SELECT epoch FROM vault"))
        .await?;
    let epoch = epoch.and_then(|epoch| epoch.parse().ok()).unwrap_or(-1);
    if vault.is_known(epoch) {
        return Ok(());
    }
    let seen = match state(link).await {
        Ok(seen) => vault.found(seen).map_err(Failure::from),
        Err(failure) => Err(failure),
    };
    if seen.is_err() {
        // If this fails too, the connection is gone and the transaction with it.
        drop(link.mark("ROLLBACK").await);
    }
    seen
}

async fn state(link: &Link) -> Result<VaultState, Failure> {
    let sql = "SELECT epoch, key, older, clear_names FROM vault";
    let rows = link.rows(sql, &[]).await?;
    let row = rows.first();
    let row = row.ok_or_else(|| Error::Corrupt("the row of the vault is missing".into()))?;
    Ok(VaultState::read(
        row.get(0),
        row.get(1),
        row.get(2),
        row.get(3),
    ))
}

impl Postgres {
    /// Refuses a database whose personal fields are closed with a key that is not there.
    pub(super) fn see_vault(&mut self) -> Result<()> {
        let seen = self.read(async |link| state(link).await)?;
        self.vault.found(seen)
    }

    pub(crate) fn read_vault(&mut self) -> Result<VaultState> {
        self.read(async |link| state(link).await)
    }

    pub(crate) fn write_vault(
        &mut self,
        change: &dyn Fn(&VaultState) -> VaultState,
    ) -> Result<VaultState> {
        let vault = self.vault.clone();
        let next = self.attempts(ALONE, async |link| {
            link.rows("SELECT pg_advisory_xact_lock($1)", &[&LOCK])
                .await?;
            let before = state(link).await?;
            let next = change(&before);
            if before.key.is_some() != next.key.is_some() {
                link.execute(&guards(false, next.key.is_some())).await?;
            }
            let (key, older, names) = next.stored();
            let sql = "UPDATE vault SET epoch = $1, key = $2, older = $3, clear_names = $4";
            link.run(sql, &[&next.epoch, &key, &older, &names]).await?;
            Ok(next)
        })?;
        vault.found(next.clone())?;
        Ok(next)
    }

    pub(crate) fn vault_of(&mut self, tenant: TenantId) -> Result<TenantVault> {
        let no = self.tenant_no(tenant)?;
        Ok(self.vault.of(no))
    }

    pub(crate) const fn own_vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn turn_portion(
        &mut self,
        place: &VaultPlace,
        limit: usize,
        only_look: bool,
    ) -> Result<VaultStep> {
        let vault = self.vault.clone();
        let work = async |link: &Link| -> Result<VaultStep, Failure> {
            let Some(table) = TABLES.get(place.table) else {
                return Ok(VaultStep::default());
            };
            let mut sql = select(table, '$', place.after.is_some(), limit);
            if only_look {
                sql = sql.replace(" FOR UPDATE", "");
            }
            let behind: Vec<Parameter<'_>> = place
                .after
                .iter()
                .flatten()
                .map(|cell| cell as Parameter<'_>)
                .collect();
            let rows = link.rows(&sql, &behind).await?;
            let rows: Vec<Vec<Cell>> = rows.iter().map(cells).collect();
            let mut step = VaultStep {
                next: place.then(table, &rows, limit),
                ..VaultStep::default()
            };
            let update = update(table, '$');
            for row in &rows {
                step.seen += 1;
                let own = vault.of(Table::tenant(row));
                let Some(found) = table.found(&own, row)? else {
                    continue;
                };
                step.left += 1;
                if only_look {
                    continue;
                }
                let values: Vec<Parameter<'_>> = found
                    .values
                    .iter()
                    .map(|cell| cell as Parameter<'_>)
                    .collect();
                link.run(&update, &values).await?;
                if let Some((member, attributes)) = &found.words {
                    super::finding::put_words(link, &own, *member, attributes).await?;
                }
            }
            Ok(step)
        };
        match only_look {
            true => self.read(work),
            false => self.write(work),
        }
    }

    /// What was there before is wiped by `VACUUM` alone.
    pub(crate) fn wipe(&mut self) -> Result<()> {
        Ok(())
    }
}

fn cells(row: &Row) -> Vec<Cell> {
    let columns = row.columns().iter().enumerate();
    let cell = |(at, column): (usize, &tokio_postgres::Column)| match *column.type_() {
        Type::TEXT => row.get::<_, Option<String>>(at).map(Cell::Text),
        Type::BYTEA => row.get::<_, Option<Vec<u8>>>(at).map(Cell::Bytes),
        _ => row.get::<_, Option<i64>>(at).map(Cell::Number),
    };
    columns
        .map(|own| cell(own).unwrap_or(Cell::Nothing))
        .collect()
}

impl ToSql for Cell {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Nothing => Ok(IsNull::Yes),
            Self::Number(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}
