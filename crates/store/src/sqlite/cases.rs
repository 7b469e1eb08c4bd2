//! What waits for a person.

use crate::error::Result;
use crate::record::{Case, CaseMove};
use regulars_base::TenantId;
use rusqlite::{OptionalExtension, Row, params};

impl super::Sqlite {
    pub(super) fn insert_case(
        &mut self,
        tenant: TenantId,
        case: &Case,
        marks: &[[u8; 32]],
    ) -> Result<Option<String>> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            for mark in marks {
                let mut select =
                    db.prepare_cached("SELECT id FROM case_marks WHERE tenant = ?1 AND mark = ?2")?;
                let taken = select.query_row(params![no, mark], |row| row.get(0));
                if let Some(id) = taken.optional()? {
                    return Ok(Some(id));
                }
            }
            let added = db.execute(
                "INSERT INTO cases (tenant, kind, id, state, body) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO NOTHING",
                params![no, case.kind, case.id, case.state, case.body],
            )?;
            if added == 0 {
                return Ok(Some(case.id.clone()));
            }
            for mark in marks {
                db.execute(
                    "INSERT INTO case_marks (tenant, mark, kind, id) VALUES (?1, ?2, ?3, ?4)",
                    params![no, mark, case.kind, case.id],
                )?;
            }
            Ok(None)
        })
    }

    pub(super) fn read_case(
        &mut self,
        tenant: TenantId,
        kind: &str,
        id: &str,
    ) -> Result<Option<Case>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT kind, id, state, body FROM cases
                 WHERE tenant = ?1 AND kind = ?2 AND id = ?3",
            )?;
            Ok(select.query_row(params![no, kind, id], case).optional()?)
        })
    }

    pub(super) fn read_cases(
        &mut self,
        tenant: TenantId,
        (kind, state): (&str, Option<&str>),
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Case>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.unwrap_or_default();
        self.read(|db| match state {
            Some(state) => {
                let mut select = db.prepare_cached(
                    "SELECT kind, id, state, body FROM cases
                     WHERE tenant = ?1 AND kind = ?2 AND state = ?3 AND id > ?4
                     ORDER BY id LIMIT ?5",
                )?;
                let rows = select.query_map(params![no, kind, state, after, limit], case)?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
            None => {
                let mut select = db.prepare_cached(
                    "SELECT kind, id, state, body FROM cases
                     WHERE tenant = ?1 AND kind = ?2 AND id > ?3 ORDER BY id LIMIT ?4",
                )?;
                let rows = select.query_map(params![no, kind, after, limit], case)?;
                Ok(rows.collect::<Result<_, _>>()?)
            }
        })
    }

    pub(super) fn update_case(
        &mut self,
        tenant: TenantId,
        (kind, id): (&str, &str),
        to: &CaseMove,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let moved = db.execute(
                "UPDATE cases SET state = ?5, body = ?6
                 WHERE tenant = ?1 AND kind = ?2 AND id = ?3 AND state = ?4",
                params![no, kind, id, to.from, to.to, to.body],
            )?;
            if moved > 0 && to.frees_marks {
                db.execute(
                    "DELETE FROM case_marks WHERE tenant = ?1 AND kind = ?2 AND id = ?3",
                    params![no, kind, id],
                )?;
            }
            Ok(moved > 0)
        })
    }

    pub(super) fn rewrite_case(
        &mut self,
        tenant: TenantId,
        seen: &Case,
        next: &Case,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let written = db.execute(
                "UPDATE cases SET state = ?6, body = ?7
                 WHERE tenant = ?1 AND kind = ?2 AND id = ?3 AND state = ?4 AND body = ?5",
                params![
                    no, seen.kind, seen.id, seen.state, seen.body, next.state, next.body
                ],
            )?;
            Ok(written > 0)
        })
    }
}

fn case(row: &Row<'_>) -> rusqlite::Result<Case> {
    Ok(Case {
        kind: row.get(0)?,
        id: row.get(1)?,
        state: row.get(2)?,
        body: row.get(3)?,
    })
}
