//! What waits for a person.

use crate::error::Result;
use crate::record::{Case, CaseMove};
use regulars_base::TenantId;
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn insert_case(
        &mut self,
        tenant: TenantId,
        case: &Case,
        marks: &[[u8; 32]],
    ) -> Result<Option<String>> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let added = link
                .run(
                    "INSERT INTO cases (tenant, kind, id, state, body) VALUES ($1, $2, $3, $4, $5)
                     ON CONFLICT DO NOTHING",
                    &[&no, &case.kind, &case.id, &case.state, &case.body],
                )
                .await?;
            if added == 0 {
                return Ok(Some(case.id.clone()));
            }
            for mark in marks {
                let mark = &mark[..];
                // Two that come at once: the second waits here for the first.
                let added = link
                    .run(
                        "INSERT INTO case_marks (tenant, mark, kind, id) VALUES ($1, $2, $3, $4)
                         ON CONFLICT DO NOTHING",
                        &[&no, &mark, &case.kind, &case.id],
                    )
                    .await?;
                if added > 0 {
                    continue;
                }
                let sql = "SELECT id FROM case_marks WHERE tenant = $1 AND mark = $2";
                let rows = link.rows(sql, &[&no, &mark]).await?;
                let taken: Option<String> = rows.first().map(|row| row.get(0));
                if taken.as_deref() != Some(case.id.as_str()) {
                    for table in ["case_marks", "cases"] {
                        let sql = format!(
                            "DELETE FROM {table} WHERE tenant = $1 AND kind = $2 AND id = $3"
                        );
                        link.run(&sql, &[&no, &case.kind, &case.id]).await?;
                    }
                    return Ok(taken.or_else(|| Some(String::new())));
                }
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
        self.read(async |link| {
            let sql = "SELECT kind, id, state, body FROM cases
                       WHERE tenant = $1 AND kind = $2 AND id = $3";
            let rows = link.rows(sql, &[&no, &kind, &id]).await?;
            Ok(rows.first().map(case))
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
        self.read(async |link| {
            let rows = match state {
                Some(state) => {
                    let sql = "SELECT kind, id, state, body FROM cases
                               WHERE tenant = $1 AND kind = $2 AND state = $3
                               AND id > $4 ORDER BY id LIMIT $5";
                    link.rows(sql, &[&no, &kind, &state, &after, &limit])
                        .await?
                }
                None => {
                    let sql = "SELECT kind, id, state, body FROM cases
                               WHERE tenant = $1 AND kind = $2 AND id > $3
                               ORDER BY id LIMIT $4";
                    link.rows(sql, &[&no, &kind, &after, &limit]).await?
                }
            };
            Ok(rows.iter().map(case).collect())
        })
    }

    pub(super) fn update_case(
        &mut self,
        tenant: TenantId,
        (kind, id): (&str, &str),
        to: &CaseMove,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE cases SET state = $5, body = $6
                       WHERE tenant = $1 AND kind = $2 AND id = $3 AND state = $4";
            let moved = link
                .run(sql, &[&no, &kind, &id, &to.from, &to.to, &to.body])
                .await?;
            if moved > 0 && to.frees_marks {
                let sql = "DELETE FROM case_marks WHERE tenant = $1 AND kind = $2 AND id = $3";
                link.run(sql, &[&no, &kind, &id]).await?;
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
        self.write(async |link| {
            let sql = "UPDATE cases SET state = $6, body = $7
                       WHERE tenant = $1 AND kind = $2 AND id = $3 AND state = $4 AND body = $5";
            let with: [super::link::Parameter<'_>; 7] = [
                &no,
                &seen.kind,
                &seen.id,
                &seen.state,
                &seen.body,
                &next.state,
                &next.body,
            ];
            Ok(link.run(sql, &with).await? > 0)
        })
    }
}

fn case(row: &Row) -> Case {
    Case {
        kind: row.get(0),
        id: row.get(1),
        state: row.get(2),
        body: row.get(3),
    }
}
