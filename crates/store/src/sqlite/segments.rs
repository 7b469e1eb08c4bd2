//! Segments: what is kept of members, who is in, and who came and went.

use super::Failure;
use super::load::wallet_row;
use super::rows::insert;
use crate::batch::WalletRow;
use crate::error::Result;
use crate::segments::{
    MoveCause, PortraitRow, SegmentAsk, SegmentDay, SegmentFill, SegmentMove, SegmentPass,
    SegmentRun, Sql, columns, place, turning,
};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

impl super::Sqlite {
    pub(super) fn read_segment_run(&mut self, tenant: TenantId) -> Result<Option<SegmentRun>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select =
                db.prepare_cached("SELECT version, seal FROM segment_runs WHERE tenant = ?1")?;
            let run = |row: &Row<'_>| {
                Ok(SegmentRun {
                    version: row.get(0)?,
                    seal: row.get(1)?,
                })
            };
            Ok(select.query_row([no], run).optional()?)
        })
    }

    pub(super) fn read_wallets(
        &mut self,
        tenant: TenantId,
        wallets: &[WalletId],
    ) -> Result<Vec<WalletRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let rows = wallets
                .iter()
                .map(|wallet| wallet_row(db, no, *wallet).transpose());
            rows.flatten().collect::<Result<_, Failure>>()
        })
    }

    pub(super) fn read_portraits(
        &mut self,
        tenant: TenantId,
        wallets: &[WalletId],
    ) -> Result<Vec<(WalletId, String)>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT state FROM portrait_states WHERE tenant = ?1 AND wallet = ?2",
            )?;
            let mut found = Vec::new();
            for wallet in wallets {
                let state = select.query_row(params![no, wallet.bytes()], |row| row.get(0));
                found.extend(state.optional()?.map(|state| (*wallet, state)));
            }
            Ok(found)
        })
    }

    pub(super) fn read_portraits_due(
        &mut self,
        tenant: TenantId,
        day: i32,
        most: usize,
    ) -> Result<Vec<WalletId>> {
        let no = self.tenant_no(tenant)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT wallet FROM portraits
                 WHERE tenant = ?1 AND next_on IS NOT NULL AND next_on <= ?2
                 ORDER BY next_on LIMIT ?3",
            )?;
            let rows = select.query_map(params![no, day, most], |row| {
                Ok(WalletId::from_bytes(row.get(0)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn write_segment_pass(
        &mut self,
        tenant: TenantId,
        pass: &SegmentPass,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            if !moved_on(db, no, pass.seen, pass.seal)? {
                return Ok(false);
            }
            for row in &pass.portraits {
                portrait(db, no, row)?;
            }
            moves(db, no, &pass.moves)?;
            super::journeys::pass(db, no, &pass.journeys)?;
            Ok(true)
        })
    }

    pub(super) fn count_members(
        &mut self,
        tenant: TenantId,
        ask: SegmentAsk<'_>,
    ) -> Result<(i64, i64)> {
        let no = self.tenant_no(tenant)?;
        let sql = Sql::of(Some(ask), ('?', no), 1);
        self.read(|db| {
            let text = format!(
                "SELECT count(*), count(CASE WHEN {} THEN 1 END) FROM portraits f
                 WHERE f.tenant = ?1 AND f.here = 1",
                sql.text
            );
            let with = parameters([no.into()], &sql);
            let count = |row: &Row<'_>| Ok((row.get(1)?, row.get(0)?));
            Ok(db
                .prepare(&text)?
                .query_row(params_from_iter(with), count)?)
        })
    }

    pub(super) fn find_by_segment(
        &mut self,
        tenant: TenantId,
        ask: SegmentAsk<'_>,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<MemberId>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or(Vec::new(), |id| id.bytes().to_vec());
        let sql = Sql::of(Some(ask), ('?', no), 3);
        self.read(|db| {
            let text = format!(
                "SELECT f.wallet FROM portraits f
                 WHERE f.tenant = ?1 AND f.wallet > ?2 AND f.here = 1 AND {}
                 ORDER BY f.wallet LIMIT ?3",
                sql.text
            );
            let with = parameters([no.into(), after.into(), limit.into()], &sql);
            let mut select = db.prepare(&text)?;
            let rows = select.query_map(params_from_iter(with), |row| {
                Ok(MemberId::from_bytes(row.get(0)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn write_segment_fill(
        &mut self,
        tenant: TenantId,
        fill: SegmentFill<'_>,
    ) -> Result<Option<(i64, i64)>> {
        let no = self.tenant_no(tenant)?;
        let sql = Sql::of(fill.ask, ('?', no), 5);
        self.write(|db| {
            if !moved_on(db, no, fill.seen, fill.seen.seal)? {
                return Ok(None);
            }
            for turn in turning(&fill, no) {
                db.execute(&turn, [])?;
            }
            let last: i64 = newest(db, no)?;
            let with = |last: i64| {
                let own: [Value; 5] = [
                    no.into(),
                    fill.segment.to_owned().into(),
                    fill.at.micros().into(),
                    fill.day.into(),
                    last.into(),
                ];
                params_from_iter(parameters(own, &sql).collect::<Vec<_>>())
            };
            let condition = &sql.text;
            let left = db.prepare(&format!(
                "INSERT INTO segment_moves
                     (tenant, no, segment, wallet, at, day, entered, cause, seq)
                 SELECT ?1, ?5 + row_number() OVER (ORDER BY m.wallet), ?2, m.wallet, ?3, ?4, 0, 2, NULL
                 FROM segment_members m WHERE m.tenant = ?1 AND m.segment = ?2
                 AND NOT EXISTS (SELECT 1 FROM portraits f WHERE f.tenant = ?1
                                 AND f.wallet = m.wallet AND f.here = 1 AND {condition})"
            ))?.execute(with(last))?;
            let entered = db.prepare(&format!(
                "INSERT INTO segment_moves
                     (tenant, no, segment, wallet, at, day, entered, cause, seq)
                 SELECT ?1, ?5 + row_number() OVER (ORDER BY f.wallet), ?2, f.wallet, ?3, ?4, 1, 2, NULL
                 FROM portraits f WHERE f.tenant = ?1 AND f.here = 1 AND {condition}
                 AND NOT EXISTS (SELECT 1 FROM segment_members m WHERE m.tenant = ?1
                                 AND m.segment = ?2 AND m.wallet = f.wallet)"
            ))?.execute(with(newest(db, no)?))?;
            follow_moves(db, (no, fill.segment, last))?;
            let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
            Ok(Some((count(entered), count(left))))
        })
    }

    pub(super) fn read_highest(
        &mut self,
        tenant: TenantId,
        (key, least): (&str, i64),
        after: Option<(i64, MemberId)>,
        limit: usize,
    ) -> Result<Vec<(MemberId, i64)>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (number, id) = place(after);
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT n.wallet, n.number FROM portrait_names n
                 JOIN portraits f ON f.tenant = n.tenant AND f.wallet = n.wallet AND f.here = 1
                 WHERE n.tenant = ?1 AND n.key = ?2 AND n.number >= ?3
                   AND (n.number < ?4 OR (n.number = ?4 AND n.wallet > ?5))
                 ORDER BY n.number DESC, n.wallet LIMIT ?6",
            )?;
            let rows = select.query_map(params![no, key, least, number, id, limit], |row| {
                Ok((MemberId::from_bytes(row.get(0)?), row.get(1)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_segment_members(
        &mut self,
        tenant: TenantId,
        segment: &str,
        after: Option<MemberId>,
        limit: usize,
    ) -> Result<Vec<(MemberId, Timestamp)>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or(Vec::new(), |id| id.bytes().to_vec());
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT wallet, since FROM segment_members
                 WHERE tenant = ?1 AND segment = ?2 AND wallet > ?3 ORDER BY wallet LIMIT ?4",
            )?;
            let rows = select.query_map(params![no, segment, after, limit], |row| {
                let since = Timestamp::from_micros(row.get(1)?);
                Ok((MemberId::from_bytes(row.get(0)?), since))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_segments_of(
        &mut self,
        tenant: TenantId,
        wallets: &[WalletId],
    ) -> Result<Vec<(WalletId, String)>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT segment FROM segment_members
                 WHERE tenant = ?1 AND wallet = ?2 ORDER BY segment",
            )?;
            let mut found = Vec::new();
            for wallet in wallets {
                let rows = select.query_map(params![no, wallet.bytes()], |row| row.get(0))?;
                for segment in rows {
                    found.push((*wallet, segment?));
                }
            }
            Ok(found)
        })
    }

    pub(super) fn read_segment_moves(
        &mut self,
        tenant: TenantId,
        segment: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<SegmentMove>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT no, segment, wallet, at, day, entered, cause, seq FROM segment_moves
                 WHERE tenant = ?1 AND segment = ?2 AND no > ?3 ORDER BY no LIMIT ?4",
            )?;
            let rows = select.query_map(params![no, segment, after, limit], |row| {
                Ok(SegmentMove {
                    no: row.get(0)?,
                    segment: row.get(1)?,
                    wallet: WalletId::from_bytes(row.get(2)?),
                    at: Timestamp::from_micros(row.get(3)?),
                    day: row.get(4)?,
                    entered: row.get::<_, i64>(5)? != 0,
                    cause: MoveCause::read(row.get(6)?, row.get(7)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_segment_growth(
        &mut self,
        tenant: TenantId,
        segment: &str,
        from: i32,
    ) -> Result<Vec<SegmentDay>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT day, sum(entered), count(*) - sum(entered) FROM segment_moves
                 WHERE tenant = ?1 AND segment = ?2 AND day >= ?3 GROUP BY day ORDER BY day",
            )?;
            let rows = select.query_map(params![no, segment, from], |row| {
                Ok(SegmentDay {
                    day: row.get(0)?,
                    entered: row.get(1)?,
                    left: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn count_segment(&mut self, tenant: TenantId, segment: &str) -> Result<i64> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT count(*) FROM segment_members WHERE tenant = ?1 AND segment = ?2",
            )?;
            Ok(select.query_row(params![no, segment], |row| row.get(0))?)
        })
    }
}

/// What stands before the texts of a condition, and these.
fn parameters<const N: usize>(first: [Value; N], sql: &Sql) -> impl Iterator<Item = Value> {
    let texts = sql.texts.iter().map(|text| Value::from(text.clone()));
    first.into_iter().chain(texts)
}

/// Notes that something is written; not if somebody else was faster.
fn moved_on(db: &Connection, tenant: i64, seen: SegmentRun, seal: i64) -> Result<bool, Failure> {
    let with = params![tenant, seen.version, seal];
    let written = match seen.version {
        0 => db.execute(
            "INSERT INTO segment_runs (tenant, version, seal) VALUES (?1, ?2 + 1, ?3)
             ON CONFLICT DO NOTHING",
            with,
        )?,
        _ => db.execute(
            "UPDATE segment_runs SET version = version + 1, seal = ?3
             WHERE tenant = ?1 AND version = ?2",
            with,
        )?,
    };
    Ok(written > 0)
}

fn newest(db: &Connection, tenant: i64) -> Result<i64, Failure> {
    let mut select =
        db.prepare_cached("SELECT coalesce(max(no), 0) FROM segment_moves WHERE tenant = ?1")?;
    Ok(select.query_row([tenant], |row| row.get(0))?)
}

fn portrait(db: &Connection, tenant: i64, row: &PortraitRow) -> Result<(), Failure> {
    let columns = columns();
    let marks: Vec<String> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
    let mut put = db.prepare_cached(&format!(
        "INSERT OR REPLACE INTO portraits ({}) VALUES ({})",
        columns.join(", "),
        marks.join(", ")
    ))?;
    let wallet = row.wallet.bytes();
    let first: [Value; 6] = [
        tenant.into(),
        wallet.to_vec().into(),
        i64::from(row.here).into(),
        row.next_on.into(),
        row.tier.clone().into(),
        row.plan.clone().into(),
    ];
    let plain = row.plain.iter().map(|value| Value::from(*value));
    put.execute(params_from_iter(first.into_iter().chain(plain)))?;
    db.prepare_cached(
        "INSERT OR REPLACE INTO portrait_states (tenant, wallet, state) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![tenant, wallet, row.state])?;
    db.prepare_cached("DELETE FROM portrait_names WHERE tenant = ?1 AND wallet = ?2")?
        .execute(params![tenant, wallet])?;
    let mut name = db.prepare_cached(
        "INSERT INTO portrait_names (tenant, key, wallet, number, text) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (key, number) in &row.numbers {
        name.execute(params![tenant, key, wallet, number, None::<String>])?;
    }
    for (key, text) in &row.texts {
        name.execute(params![tenant, key, wallet, None::<i64>, text])?;
    }
    Ok(())
}

/// Who came and went, numbered on.
fn moves(db: &Connection, tenant: i64, moves: &[SegmentMove]) -> Result<(), Failure> {
    if moves.is_empty() {
        return Ok(());
    }
    let last = newest(db, tenant)?;
    let numbered: Vec<(i64, &SegmentMove)> = (last + 1..).zip(moves).collect();
    let into = "segment_moves (tenant, no, segment, wallet, at, day, entered, cause, seq)";
    insert(db, into, &numbered, |values, (no, own)| {
        let (cause, seq) = own.cause.stored();
        values.add(tenant)?;
        values.add(*no)?;
        values.add(&*own.segment)?;
        values.add(own.wallet.bytes())?;
        values.add(own.at.micros())?;
        values.add(i64::from(own.day))?;
        values.add(i64::from(own.entered))?;
        values.add(cause)?;
        values.add(seq)
    })?;
    for own in moves {
        let (wallet, at) = (own.wallet.bytes(), own.at.micros());
        match own.entered {
            true => db
                .prepare_cached(
                    "INSERT INTO segment_members (tenant, segment, wallet, since)
                     VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                )?
                .execute(params![tenant, own.segment, wallet, at])?,
            false => db
                .prepare_cached(
                    "DELETE FROM segment_members WHERE tenant = ?1 AND segment = ?2 AND wallet = ?3",
                )?
                .execute(params![tenant, own.segment, wallet])?,
        };
    }
    Ok(())
}

/// Brings who is in to what the moves after a number say.
fn follow_moves(db: &Connection, (tenant, segment, last): (i64, &str, i64)) -> Result<(), Failure> {
    let with = params![tenant, segment, last];
    db.execute(
        "DELETE FROM segment_members WHERE tenant = ?1 AND segment = ?2 AND wallet IN
             (SELECT wallet FROM segment_moves
              WHERE tenant = ?1 AND segment = ?2 AND no > ?3 AND entered = 0)",
        with,
    )?;
    db.execute(
        "INSERT INTO segment_members (tenant, segment, wallet, since)
         SELECT tenant, segment, wallet, at FROM segment_moves
         WHERE tenant = ?1 AND segment = ?2 AND no > ?3 AND entered = 1",
        with,
    )?;
    Ok(())
}
