//! Codes of coupons.

use super::history::{LOGGED, logged};
use super::link::{Failure, Link, bytes, maybe};
use crate::error::{Error, Result};
use crate::record::{CodeBatch, CodeFilter, CodeRow, Issue, Issued, Logged, code_state_sql};
use crate::writes::{CodeWrite, points};
use regulars_base::{Name, TenantId, Timestamp, WalletId};
use regulars_engine::code::Code;
use regulars_engine::state::CodeRecord;
use std::collections::BTreeSet;
use tokio_postgres::Row;

const COLUMNS: &str = "code, coupon, batch, issued_at, expires_at, used, holder, void_at";

/// The records of codes, for a batch of events; locked in their order, if they are to be changed.
pub(super) async fn find(
    link: &Link,
    tenant: i64,
    codes: &[Code],
    lock: bool,
) -> Result<Vec<(Code, CodeRecord)>, Failure> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let texts: Vec<&str> = codes.iter().map(Code::as_str).collect();
    let sql = format!(
        "SELECT c.* FROM unnest($2::text[]) u (code)
         CROSS JOIN LATERAL (SELECT {COLUMNS} FROM codes
                             WHERE tenant = $1 AND code = u.code LIMIT 1 {}) c",
        if lock { "FOR UPDATE" } else { "" }
    );
    let rows = link.rows(&sql, &[&tenant, &texts]).await?;
    let record = |row: &Row| read(row).map(|row| (row.code.clone(), row.record()));
    Ok(rows.iter().map(record).collect::<Result<_, Error>>()?)
}

/// Moves codes by what a batch of events did to them, and notes where in the log that stands.
pub(super) async fn write(
    link: &Link,
    tenant: i64,
    writes: &[(Code, CodeWrite)],
    steps: &[(Code, WalletId, i64)],
) -> Result<(), Failure> {
    let sql = "UPDATE codes SET used = used + $3,
                                holder = CASE WHEN $4::boolean THEN $5::bytea ELSE holder END
               WHERE tenant = $1 AND code = $2";
    for (code, write) in writes {
        let (moved, holder) = write.holder();
        let holder = holder.as_ref().map(|holder| &holder.bytes()[..]);
        link.run(sql, &[&tenant, &code.as_str(), &write.by, &moved, &holder])
            .await?;
    }
    let sql = "INSERT INTO code_history (tenant, code, wallet, seq) VALUES ($1, $2, $3, $4)
               ON CONFLICT DO NOTHING";
    for (code, wallet, seq) in steps {
        link.run(sql, &[&tenant, &code.as_str(), &&wallet.bytes()[..], seq])
            .await?;
    }
    Ok(())
}

impl super::Postgres {
    pub(super) fn insert_codes(
        &mut self,
        tenant: TenantId,
        issue: &Issue,
        codes: &[Code],
    ) -> Result<Issued> {
        let no = self.tenant_no(tenant)?;
        let wanted: BTreeSet<&str> = codes.iter().map(Code::as_str).collect();
        let texts: Vec<&str> = wanted.iter().copied().collect();
        self.write(async |link| {
            let coupon = i64::from(issue.coupon.number());
            let (at, batch) = (issue.issued_at.micros(), &issue.batch[..]);
            let expires = issue.expires_micros();
            let sql = "INSERT INTO codes (tenant, code, coupon, batch, issued_at, expires_at, used)
                       SELECT $1, code, $3, $4, $5, $6, 0 FROM unnest($2::text[]) u (code)
                       ON CONFLICT DO NOTHING RETURNING code";
            let rows = link
                .rows(sql, &[&no, &texts, &coupon, &batch, &at, &expires])
                .await?;
            let mut known = wanted.clone();
            for row in &rows {
                known.remove(row.get::<_, &str>(0));
            }
            let mut issued = Issued {
                added: i64::try_from(rows.len()).unwrap_or(i64::MAX),
                known: Vec::new(),
            };
            // One that stands there twice among these is known by its second time.
            let mut seen = BTreeSet::new();
            for code in codes {
                if !seen.insert(code) || known.contains(code.as_str()) {
                    issued.known.push(code.clone());
                }
            }
            let sql = "INSERT INTO code_batches (tenant, batch, coupon, asked, made, created_at)
                       VALUES ($1, $2, $3, $4, $5, $6)
                       ON CONFLICT (tenant, batch)
                       DO UPDATE SET made = code_batches.made + excluded.made";
            let (asked, made) = (issue.asked, issued.added);
            link.run(sql, &[&no, &batch, &coupon, &asked, &made, &at])
                .await?;
            Ok(issued)
        })
    }

    pub(super) fn read_code_batches(&mut self, tenant: TenantId) -> Result<Vec<CodeBatch>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT batch, coupon, asked, made, created_at FROM code_batches
                       WHERE tenant = $1 ORDER BY created_at, batch";
            let batch = |row: &Row| {
                Ok(CodeBatch {
                    batch: bytes(row, 0)?,
                    coupon: name(row.get(1))?,
                    asked: row.get(2),
                    made: row.get(3),
                    created_at: Timestamp::from_micros(row.get(4)),
                })
            };
            let rows = link.rows(sql, &[&no]).await?;
            Ok(rows.iter().map(batch).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_code(&mut self, tenant: TenantId, code: &Code) -> Result<Option<CodeRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = format!("SELECT {COLUMNS} FROM codes WHERE tenant = $1 AND code = $2");
            let rows = link.rows(&sql, &[&no, &code.as_str()]).await?;
            Ok(rows.first().map(read).transpose()?)
        })
    }

    pub(super) fn read_codes(
        &mut self,
        tenant: TenantId,
        filter: &CodeFilter,
        limit: usize,
    ) -> Result<Vec<CodeRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(async |link| {
            let sql = format!(
                "SELECT {COLUMNS} FROM codes
                 WHERE tenant = $1 AND code > $2 AND ($3::bigint IS NULL OR coupon = $3)
                   AND ($4::bytea IS NULL OR batch = $4) AND ($6::text IS NULL OR {} = $6)
                 ORDER BY code LIMIT $5",
                code_state_sql("$7::bigint", "$8::bigint")
            );
            let after = filter.after.as_ref().map_or("", Code::as_str);
            let coupon = filter.coupon.map(|coupon| i64::from(coupon.number()));
            let batch = filter.batch.as_ref().map(|batch| &batch[..]);
            let state = filter.standing.map(|own| own.state.name());
            let uses = filter.standing.map(|own| own.uses);
            let at = filter.standing.map(|own| own.at.micros());
            let rows = link
                .rows(
                    &sql,
                    &[&no, &after, &coupon, &batch, &limit, &state, &uses, &at],
                )
                .await?;
            Ok(rows.iter().map(read).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_code_history(
        &mut self,
        tenant: TenantId,
        code: &Code,
    ) -> Result<Vec<Logged>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = format!(
                "SELECT {LOGGED} FROM log
                 WHERE tenant = $1 AND (wallet, seq) IN (SELECT wallet, seq FROM code_history
                                                         WHERE tenant = $1 AND code = $2)
                 ORDER BY recorded_at, wallet, seq"
            );
            let rows = link.rows(&sql, &[&no, &code.as_str()]).await?;
            Ok(rows.iter().map(logged).collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn end_code(
        &mut self,
        tenant: TenantId,
        code: &Code,
        at: Timestamp,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE codes SET void_at = $3
                       WHERE tenant = $1 AND code = $2 AND void_at IS NULL";
            Ok(link.run(sql, &[&no, &code.as_str(), &at.micros()]).await? > 0)
        })
    }
}

/// How often each code is used that is used at all, for the proof.
pub(super) async fn used(link: &Link, tenant: i64) -> Result<Vec<(Code, i64)>, Failure> {
    let sql = "SELECT code, used FROM codes WHERE tenant = $1 AND used <> 0";
    let rows = link.rows(sql, &[&tenant]).await?;
    let one = |row: &Row| Ok((code(row.get(0))?, row.get(1)));
    Ok(rows.iter().map(one).collect::<Result<_, Error>>()?)
}

fn read(row: &Row) -> Result<CodeRow, Error> {
    let moment = |column| {
        row.get::<_, Option<i64>>(column)
            .map(Timestamp::from_micros)
    };
    Ok(CodeRow {
        code: code(row.get(0))?,
        coupon: name(row.get(1))?,
        batch: bytes(row, 2)?,
        issued_at: Timestamp::from_micros(row.get(3)),
        expires_at: moment(4),
        used: row.get(5),
        holder: maybe(row, 6)?.map(WalletId::from_bytes),
        void_at: moment(7),
    })
}

fn code(text: &str) -> Result<Code, Error> {
    Code::new(text).map_err(|_| Error::Corrupt(format!("`{text}` is no code")))
}

fn name(number: i64) -> Result<Name, Error> {
    points(number).ok_or_else(|| Error::Corrupt(format!("a code is of the coupon {number}")))
}
