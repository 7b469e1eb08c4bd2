//! Codes of coupons.

use super::Failure;
use super::history::{LOGGED, logged};
use crate::error::{Error, Result};
use crate::record::{CodeBatch, CodeFilter, CodeRow, Issue, Issued, Logged, code_state_sql};
use crate::writes::{CodeWrite, points};
use regulars_base::{Name, TenantId, Timestamp, WalletId};
use regulars_engine::code::Code;
use regulars_engine::state::CodeRecord;
use rusqlite::{Connection, OptionalExtension, Row, params};

const COLUMNS: &str = "code, coupon, batch, issued_at, expires_at, used, holder, void_at";

/// The records of codes, for a batch of events.
pub(super) fn find(
    db: &Connection,
    tenant: i64,
    codes: &[Code],
) -> Result<Vec<(Code, CodeRecord)>, Failure> {
    let mut found = Vec::with_capacity(codes.len());
    for code in codes {
        let row = row_of(db, tenant, code)?;
        found.extend(row.map(|row| (code.clone(), row.record())));
    }
    Ok(found)
}

/// Moves codes by what a batch of events did to them.
pub(super) fn write(
    db: &Connection,
    tenant: i64,
    writes: &[(Code, CodeWrite)],
) -> Result<(), Failure> {
    let mut update = db.prepare_cached(
        "UPDATE codes SET used = used + ?3, holder = CASE WHEN ?4 THEN ?5 ELSE holder END
         WHERE tenant = ?1 AND code = ?2",
    )?;
    for (code, write) in writes {
        let (moved, holder) = write.holder();
        let holder = holder.as_ref().map(WalletId::bytes);
        update.execute(params![tenant, code.as_str(), write.by, moved, holder])?;
    }
    Ok(())
}

/// Notes where in the log something happened to codes.
pub(super) fn note(db: &Connection, tenant: i64, steps: &[(&Code, i64)]) -> Result<(), Failure> {
    let mut insert = db.prepare_cached(
        "INSERT INTO code_history (tenant, code, log_no) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for (code, no) in steps {
        insert.execute(params![tenant, code.as_str(), no])?;
    }
    Ok(())
}

fn row_of(db: &Connection, tenant: i64, code: &Code) -> Result<Option<CodeRow>, Failure> {
    let sql = format!("SELECT {COLUMNS} FROM codes WHERE tenant = ?1 AND code = ?2");
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query(params![tenant, code.as_str()])?;
    rows.next()?.map(read).transpose()
}

impl super::Sqlite {
    pub(super) fn insert_codes(
        &mut self,
        tenant: TenantId,
        issue: &Issue,
        codes: &[Code],
    ) -> Result<Issued> {
        let no = self.tenant_no(tenant)?;
        let mut sorted: Vec<&Code> = codes.iter().collect();
        // Neighbours stand on the same page.
        sorted.sort_unstable();
        self.write(|db| {
            let mut issued = Issued::default();
            let mut insert = db.prepare_cached(
                "INSERT INTO codes (tenant, code, coupon, batch, issued_at, expires_at, used)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) ON CONFLICT DO NOTHING",
            )?;
            let (coupon, at) = (issue.coupon.number(), issue.issued_at.micros());
            let expires = issue.expires_micros();
            for code in sorted {
                let text = code.as_str();
                match insert.execute(params![no, text, coupon, issue.batch, at, expires])? {
                    0 => issued.known.push(code.clone()),
                    _ => issued.added += 1,
                }
            }
            let mut count = db.prepare_cached(
                "INSERT INTO code_batches (tenant, batch, coupon, asked, made, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (tenant, batch) DO UPDATE SET made = made + excluded.made",
            )?;
            let (asked, made) = (issue.asked, issued.added);
            count.execute(params![no, issue.batch, coupon, asked, made, at])?;
            Ok(issued)
        })
    }

    pub(super) fn read_code_batches(&mut self, tenant: TenantId) -> Result<Vec<CodeBatch>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT batch, coupon, asked, made, created_at FROM code_batches
                 WHERE tenant = ?1 ORDER BY created_at, batch",
            )?;
            let rows = select.query_map([no], |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ))
            })?;
            let mut batches = Vec::new();
            for row in rows {
                let (batch, coupon, asked, made, at) = row?;
                batches.push(CodeBatch {
                    batch,
                    coupon: name(coupon)?,
                    asked,
                    made,
                    created_at: Timestamp::from_micros(at),
                });
            }
            Ok(batches)
        })
    }

    pub(super) fn read_code(&mut self, tenant: TenantId, code: &Code) -> Result<Option<CodeRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| row_of(db, no, code))
    }

    pub(super) fn read_codes(
        &mut self,
        tenant: TenantId,
        filter: &CodeFilter,
        limit: usize,
    ) -> Result<Vec<CodeRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let sql = format!(
                "SELECT {COLUMNS} FROM codes
                 WHERE tenant = ?1 AND code > ?2 AND (?3 IS NULL OR coupon = ?3)
                   AND (?4 IS NULL OR batch = ?4) AND (?6 IS NULL OR {} = ?6)
                 ORDER BY code LIMIT ?5",
                code_state_sql("?7", "?8")
            );
            let mut select = db.prepare_cached(&sql)?;
            let after = filter.after.as_ref().map_or("", Code::as_str);
            let coupon = filter.coupon.map(Name::number);
            let standing = filter.standing;
            let mut rows = select.query(params![
                no,
                after,
                coupon,
                filter.batch,
                limit,
                standing.map(|own| own.state.name()),
                standing.map(|own| own.uses),
                standing.map(|own| own.at.micros()),
            ])?;
            let mut codes = Vec::new();
            while let Some(row) = rows.next()? {
                codes.push(read(row)?);
            }
            Ok(codes)
        })
    }

    pub(super) fn read_code_history(
        &mut self,
        tenant: TenantId,
        code: &Code,
    ) -> Result<Vec<Logged>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut steps = db.prepare_cached(
                "SELECT log_no FROM code_history WHERE tenant = ?1 AND code = ?2 ORDER BY log_no",
            )?;
            let mut select =
                db.prepare_cached(&format!("SELECT {LOGGED} FROM log WHERE no = ?1"))?;
            let places = steps.query_map(params![no, code.as_str()], |row| row.get(0))?;
            let places: Vec<i64> = places.collect::<Result<_, _>>()?;
            let mut history = Vec::with_capacity(places.len());
            for place in places {
                let row = select.query_row([place], logged).optional()?;
                let missing = || Error::Corrupt(format!("log row {place} is missing"));
                history.push(row.ok_or_else(missing)??);
            }
            Ok(history)
        })
    }

    pub(super) fn end_code(
        &mut self,
        tenant: TenantId,
        code: &Code,
        at: Timestamp,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let changed = db.execute(
                "UPDATE codes SET void_at = ?3 WHERE tenant = ?1 AND code = ?2 AND void_at IS NULL",
                params![no, code.as_str(), at.micros()],
            )?;
            Ok(changed > 0)
        })
    }
}

/// How often each code is used that is used at all, for the proof.
pub(super) fn used(db: &Connection, tenant: i64) -> Result<Vec<(Code, i64)>, Failure> {
    let mut select = db.prepare("SELECT code, used FROM codes WHERE tenant = ?1 AND used <> 0")?;
    let mut rows = select.query([tenant])?;
    let mut used = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        used.push((code(&text)?, row.get(1)?));
    }
    Ok(used)
}

fn read(row: &Row<'_>) -> Result<CodeRow, Failure> {
    let text: String = row.get(0)?;
    let moment = |column| {
        let micros = row.get::<_, Option<i64>>(column);
        micros.map(|at| at.map(Timestamp::from_micros))
    };
    let holder: Option<[u8; 16]> = row.get(6)?;
    Ok(CodeRow {
        code: code(&text)?,
        coupon: name(row.get(1)?)?,
        batch: row.get(2)?,
        issued_at: Timestamp::from_micros(row.get(3)?),
        expires_at: moment(4)?,
        used: row.get(5)?,
        holder: holder.map(WalletId::from_bytes),
        void_at: moment(7)?,
    })
}

fn code(text: &str) -> Result<Code, Error> {
    Code::new(text).map_err(|_| Error::Corrupt(format!("`{text}` is no code")))
}

fn name(number: i64) -> Result<Name, Error> {
    points(number).ok_or_else(|| Error::Corrupt(format!("a code is of the coupon {number}")))
}
