//! Consents that are confirmed by a link.

use super::link::{Failure, Link, bytes};
use crate::confirmation::ConfirmationRow;
use crate::error::Result;
use regulars_base::{MemberId, TenantId, Timestamp};
use tokio_postgres::Row;

const COLUMNS: &str =
    "c.member, c.purpose, c.asked_at, c.expires_at, c.letters, c.due, c.confirmed_at";

fn row(row: &Row) -> std::result::Result<ConfirmationRow, Failure> {
    let maybe = |at: Option<i64>| at.map(Timestamp::from_micros);
    Ok(ConfirmationRow {
        member: MemberId::from_bytes(bytes(row, 0)?),
        purpose: row.get(1),
        asked_at: Timestamp::from_micros(row.get(2)),
        expires_at: Timestamp::from_micros(row.get(3)),
        letters: row.get(4),
        due: maybe(row.get(5)),
        confirmed_at: maybe(row.get(6)),
    })
}

impl super::Postgres {
    pub(super) fn read_confirmations(
        &mut self,
        tenant: TenantId,
        members: &[MemberId],
    ) -> Result<Vec<ConfirmationRow>> {
        let no = self.tenant_no(tenant)?;
        let members: Vec<&[u8]> = members.iter().map(|id| &id.bytes()[..]).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM unnest($2::bytea[]) u (id)
             JOIN confirmations c ON c.tenant = $1 AND c.member = u.id ORDER BY c.member, c.purpose"
        );
        self.read(async |link| {
            let rows = link.rows(&sql, &[&no, &members]).await?;
            rows.iter().map(row).collect()
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
        let sql = format!(
            "SELECT {COLUMNS} FROM confirmations c WHERE c.tenant = $1 AND c.due <= $2
             ORDER BY c.due LIMIT $3"
        );
        self.read(async |link| {
            let rows = link.rows(&sql, &[&no, &now.micros(), &limit]).await?;
            rows.iter().map(row).collect()
        })
    }

    pub(super) fn insert_confirmations(
        &mut self,
        tenant: TenantId,
        rows: &[ConfirmationRow],
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let sql = "INSERT INTO confirmations
                       (tenant, member, purpose, asked_at, expires_at, letters, due, confirmed_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                   ON CONFLICT (tenant, member, purpose) DO UPDATE
                   SET asked_at = excluded.asked_at, expires_at = excluded.expires_at,
                       letters = excluded.letters, due = excluded.due,
                       confirmed_at = excluded.confirmed_at
                   WHERE confirmations.asked_at < excluded.asked_at";
        let micros = |at: Option<Timestamp>| at.map(|at| at.micros());
        self.write(async |link| {
            for own in rows {
                let (asked, expires) = (own.asked_at.micros(), own.expires_at.micros());
                let (due, confirmed) = (micros(own.due), micros(own.confirmed_at));
                let member = &own.member.bytes()[..];
                let with: [super::link::Parameter<'_>; 8] = [
                    &no,
                    &member,
                    &own.purpose,
                    &asked,
                    &expires,
                    &own.letters,
                    &due,
                    &confirmed,
                ];
                link.run(sql, &with).await?;
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
        let sql = "UPDATE confirmations SET letters = $6, due = $7, confirmed_at = $8
                   WHERE tenant = $1 AND member = $2 AND purpose = $3 AND asked_at = $4
                     AND letters = $5 AND confirmed_at IS NULL";
        let micros = |at: Option<Timestamp>| at.map(|at| at.micros());
        self.write(async |link| {
            let (member, asked) = (&seen.member.bytes()[..], seen.asked_at.micros());
            let (due, confirmed) = (micros(next.due), micros(next.confirmed_at));
            let with: [super::link::Parameter<'_>; 8] = [
                &no,
                &member,
                &seen.purpose,
                &asked,
                &seen.letters,
                &next.letters,
                &due,
                &confirmed,
            ];
            Ok(link.run(sql, &with).await? > 0)
        })
    }
}

/// Who is forgotten has nothing to confirm.
pub(super) async fn forget(
    link: &Link,
    tenant: i64,
    member: MemberId,
) -> std::result::Result<(), Failure> {
    let sql = "DELETE FROM confirmations WHERE tenant = $1 AND member = $2";
    link.run(sql, &[&tenant, &&member.bytes()[..]]).await?;
    Ok(())
}
