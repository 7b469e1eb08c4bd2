//! Consents that are confirmed by a link.

use super::Failure;
use crate::confirmation::ConfirmationRow;
use crate::error::Result;
use regulars_base::{MemberId, TenantId, Timestamp};
use rusqlite::{Connection, Row, params};

const COLUMNS: &str = "member, purpose, asked_at, expires_at, letters, due, confirmed_at";

fn row(row: &Row<'_>) -> rusqlite::Result<ConfirmationRow> {
    let maybe = |at: Option<i64>| at.map(Timestamp::from_micros);
    Ok(ConfirmationRow {
        member: MemberId::from_bytes(row.get(0)?),
        purpose: row.get(1)?,
        asked_at: Timestamp::from_micros(row.get(2)?),
        expires_at: Timestamp::from_micros(row.get(3)?),
        letters: row.get(4)?,
        due: maybe(row.get(5)?),
        confirmed_at: maybe(row.get(6)?),
    })
}

impl super::Sqlite {
    pub(super) fn read_confirmations(
        &mut self,
        tenant: TenantId,
        members: &[MemberId],
    ) -> Result<Vec<ConfirmationRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM confirmations WHERE tenant = ?1 AND member = ?2"
            ))?;
            let mut all = Vec::new();
            for member in members {
                let rows = select.query_map(params![no, member.bytes()], row)?;
                all.extend(rows.collect::<std::result::Result<Vec<_>, _>>()?);
            }
            Ok(all)
        })
    }

    pub(super) fn read_due_confirmations(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ConfirmationRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM confirmations WHERE tenant = ?1 AND due <= ?2
                 ORDER BY due LIMIT ?3"
            ))?;
            let rows = select.query_map(params![no, now.micros(), limit], row)?;
            Ok(rows.collect::<std::result::Result<_, _>>()?)
        })
    }

    pub(super) fn insert_confirmations(
        &mut self,
        tenant: TenantId,
        rows: &[ConfirmationRow],
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let mut insert = db.prepare_cached(
                "INSERT INTO confirmations
                     (tenant, member, purpose, asked_at, expires_at, letters, due, confirmed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (tenant, member, purpose) DO UPDATE
                 SET asked_at = excluded.asked_at, expires_at = excluded.expires_at,
                     letters = excluded.letters, due = excluded.due,
                     confirmed_at = excluded.confirmed_at
                 WHERE confirmations.asked_at < excluded.asked_at",
            )?;
            let micros = |at: Option<Timestamp>| at.map(|at| at.micros());
            for own in rows {
                insert.execute(params![
                    no,
                    own.member.bytes(),
                    own.purpose,
                    own.asked_at.micros(),
                    own.expires_at.micros(),
                    own.letters,
                    micros(own.due),
                    micros(own.confirmed_at)
                ])?;
            }
            Ok(())
        })
    }

    pub(super) fn update_confirmation(
        &mut self,
        tenant: TenantId,
        seen: &ConfirmationRow,
        next: &ConfirmationRow,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        let micros = |at: Option<Timestamp>| at.map(|at| at.micros());
        self.write(|db| {
            let changed = db
                .prepare_cached(
                    "UPDATE confirmations SET letters = ?6, due = ?7, confirmed_at = ?8
                     WHERE tenant = ?1 AND member = ?2 AND purpose = ?3 AND asked_at = ?4
                       AND letters = ?5 AND confirmed_at IS NULL",
                )?
                .execute(params![
                    no,
                    seen.member.bytes(),
                    seen.purpose,
                    seen.asked_at.micros(),
                    seen.letters,
                    next.letters,
                    micros(next.due),
                    micros(next.confirmed_at)
                ])?;
            Ok(changed > 0)
        })
    }
}

/// Who is forgotten has nothing to confirm.
pub(super) fn forget(
    db: &Connection,
    tenant: i64,
    member: MemberId,
) -> std::result::Result<(), Failure> {
    db.prepare_cached("DELETE FROM confirmations WHERE tenant = ?1 AND member = ?2")?
        .execute(params![tenant, member.bytes()])?;
    Ok(())
}
