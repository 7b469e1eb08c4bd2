//! How the vault stands, and bringing everything to how it is to stand.

use super::{Failure, Sqlite};
use crate::carry::Cell;
use crate::error::Result;
use crate::vault::{
    TABLES, Table, Vault, VaultPlace, VaultState, VaultStep, guards, select, update,
};
use regulars_base::TenantId;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params, params_from_iter};

/// Looks whether the vault stands as it is known to. Without keys nobody asks: it was looked at when the file was
/// opened.
pub(super) fn look(db: &Connection, vault: &Vault) -> Result<(), Failure> {
    if !vault.has_keys() {
        return Ok(());
    }
    let epoch = db
        .prepare_cached("SELECT epoch FROM vault")?
        .query_row([], |row| row.get(0))?;
    match vault.is_known(epoch) {
        true => Ok(()),
        false => Ok(vault.found(state(db)?)?),
    }
}

fn state(db: &Connection) -> Result<VaultState, Failure> {
    let sql = "SELECT epoch, key, older, clear_names FROM vault";
    let row: (i64, String, String, String) = db.query_row(sql, [], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    Ok(VaultState::read(row.0, &row.1, &row.2, &row.3))
}

impl Sqlite {
    /// Refuses a file whose personal fields are closed with a key that is not there.
    pub(super) fn see_vault(&mut self) -> Result<()> {
        let seen = state(&self.connection).map_err(|failure| failure.at(&self.path))?;
        self.vault.found(seen)
    }

    pub(crate) fn read_vault(&mut self) -> Result<VaultState> {
        self.read(|db| state(db))
    }

    pub(crate) fn write_vault(
        &mut self,
        change: &dyn Fn(&VaultState) -> VaultState,
    ) -> Result<VaultState> {
        let vault = self.vault.clone();
        self.write(|db| {
            let before = state(db)?;
            let next = change(&before);
            if before.key.is_some() != next.key.is_some() {
                db.execute_batch(&guards(true, next.key.is_some()))?;
            }
            let (key, older, names) = next.stored();
            db.execute(
                "UPDATE vault SET epoch = ?1, key = ?2, older = ?3, clear_names = ?4",
                params![next.epoch, key, older, names],
            )?;
            vault.found(next.clone())?;
            Ok(next)
        })
    }

    pub(crate) fn vault_of(&mut self, tenant: TenantId) -> Result<crate::vault::TenantVault> {
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
        let work = |db: &Connection| -> Result<VaultStep, Failure> {
            let Some(table) = TABLES.get(place.table) else {
                return Ok(VaultStep::default());
            };
            let sql = select(table, '?', place.after.is_some(), limit);
            let mut rows = db.prepare_cached(&sql)?;
            let behind = params_from_iter(place.after.iter().flatten());
            let rows = rows.query_map(behind, cells)?;
            let rows: Vec<Vec<Cell>> = rows.collect::<rusqlite::Result<_>>()?;
            let mut step = VaultStep {
                next: place.then(table, &rows, limit),
                ..VaultStep::default()
            };
            let mut update = db.prepare_cached(&update(table, '?'))?;
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
                update.execute(params_from_iter(&found.values))?;
                if let Some((member, attributes)) = &found.words {
                    super::finding::put_words(db, &own, *member, attributes)?;
                }
            }
            Ok(step)
        };
        match only_look {
            true => self.read(|db| work(db)),
            false => self.write(|db| work(db)),
        }
    }

    /// What was closed, or stood in clear before, is not in the file any more.
    pub(crate) fn wipe(&mut self) -> Result<()> {
        self.cut_off()
    }
}

fn cells(row: &Row<'_>) -> rusqlite::Result<Vec<Cell>> {
    let columns = row.as_ref().column_count();
    let cell = |at| {
        Ok(match row.get_ref(at)? {
            ValueRef::Null | ValueRef::Real(_) => Cell::Nothing,
            ValueRef::Integer(number) => Cell::Number(number),
            ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        })
    };
    (0..columns).map(cell).collect()
}
