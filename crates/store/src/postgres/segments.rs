//! Segments: what is kept of members, who is in, and who came and went.

use super::link::{Failure, Link, Parameter, bytes};
use super::load::wallets;
use crate::batch::WalletRow;
use crate::error::{Error, Result};
use crate::segments::{
    MoveCause, PortraitRow, SegmentAsk, SegmentDay, SegmentFill, SegmentMove, SegmentPass,
    SegmentRun, Sql, columns, place, turning,
};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn read_segment_run(&mut self, tenant: TenantId) -> Result<Option<SegmentRun>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT version, seal FROM segment_runs WHERE tenant = $1";
            let rows = link.rows(sql, &[&no]).await?;
            Ok(rows.first().map(|row| SegmentRun {
                version: row.get(0),
                seal: row.get(1),
            }))
        })
    }

    pub(super) fn read_wallets(
        &mut self,
        tenant: TenantId,
        ids: &[WalletId],
    ) -> Result<Vec<WalletRow>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let mut found = wallets(link, no, ids, false).await?;
            Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
        })
    }

    pub(super) fn read_portraits(
        &mut self,
        tenant: TenantId,
        wallets: &[WalletId],
    ) -> Result<Vec<(WalletId, String)>> {
        let no = self.tenant_no(tenant)?;
        let ids = ids(wallets);
        self.read(async |link| {
            let sql = "SELECT wallet, state FROM portrait_states
                       WHERE tenant = $1 AND wallet = ANY($2)";
            let rows = link.rows(sql, &[&no, &ids]).await?;
            let read = |row: &Row| Ok((WalletId::from_bytes(bytes(row, 0)?), row.get(1)));
            rows.iter().map(read).collect()
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
        self.read(async |link| {
            let sql = "SELECT wallet FROM portraits
                       WHERE tenant = $1 AND next_on IS NOT NULL AND next_on <= $2
                       ORDER BY next_on LIMIT $3";
            let rows = link.rows(sql, &[&no, &i64::from(day), &most]).await?;
            let read = |row: &Row| Ok(WalletId::from_bytes(bytes(row, 0)?));
            rows.iter().map(read).collect()
        })
    }

    pub(super) fn write_segment_pass(
        &mut self,
        tenant: TenantId,
        pass: &SegmentPass,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            if !moved_on(link, no, pass.seen, pass.seal).await? {
                return Ok(false);
            }
            portraits(link, no, &pass.portraits).await?;
            moves(link, no, &pass.moves).await?;
            super::journeys::pass(link, no, &pass.journeys).await?;
            Ok(true)
        })
    }

    pub(super) fn count_members(
        &mut self,
        tenant: TenantId,
        ask: SegmentAsk<'_>,
    ) -> Result<(i64, i64)> {
        let no = self.tenant_no(tenant)?;
        let sql = Sql::of(Some(ask), ('$', no), 1);
        self.read(async |link| {
            let text = format!(
                "SELECT count(*), count(CASE WHEN {} THEN 1 END) FROM portraits f
                 WHERE f.tenant = $1 AND f.here = 1",
                sql.text
            );
            let rows = link.rows_once(&text, &parameters(&[&no], &sql)).await?;
            Ok(rows.first().map_or((0, 0), |row| (row.get(1), row.get(0))))
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
        let sql = Sql::of(Some(ask), ('$', no), 3);
        self.read(async |link| {
            let text = format!(
                "SELECT f.wallet FROM portraits f
                 WHERE f.tenant = $1 AND f.wallet > $2 AND f.here = 1 AND {}
                 ORDER BY f.wallet LIMIT $3",
                sql.text
            );
            let with = parameters(&[&no, &after, &limit], &sql);
            let rows = link.rows_once(&text, &with).await?;
            let read = |row: &Row| Ok(MemberId::from_bytes(bytes(row, 0)?));
            rows.iter().map(read).collect()
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
        self.read(async |link| {
            let sql = "SELECT n.wallet, n.number FROM portrait_names n
                 JOIN portraits f ON f.tenant = n.tenant AND f.wallet = n.wallet AND f.here = 1
                 WHERE n.tenant = $1 AND n.key = $2 AND n.number >= $3
                   AND (n.number < $4 OR (n.number = $4 AND n.wallet > $5))
                 ORDER BY n.number DESC, n.wallet LIMIT $6";
            let with: [Parameter<'_>; 6] = [&no, &key, &least, &number, &id, &limit];
            let rows = link.rows(sql, &with).await?;
            let read = |row: &Row| Ok((MemberId::from_bytes(bytes(row, 0)?), row.get(1)));
            rows.iter().map(read).collect()
        })
    }

    pub(super) fn write_segment_fill(
        &mut self,
        tenant: TenantId,
        fill: SegmentFill<'_>,
    ) -> Result<Option<(i64, i64)>> {
        let no = self.tenant_no(tenant)?;
        let sql = Sql::of(fill.ask, ('$', no), 5);
        self.write(async |link| {
            if !moved_on(link, no, fill.seen, fill.seen.seal).await? {
                return Ok(None);
            }
            for turn in turning(&fill, no) {
                link.run_once(&turn, &[]).await?;
            }
            let last = newest(link, no).await?;
            let (at, day) = (fill.at.micros(), i64::from(fill.day));
            let condition = &sql.text;
            let left = format!(
                "INSERT INTO segment_moves
                     (tenant, no, segment, wallet, at, day, entered, cause, seq)
                 SELECT $1, $5 + row_number() OVER (ORDER BY m.wallet), $2, m.wallet, $3, $4, 0, 2, NULL
                 FROM segment_members m WHERE m.tenant = $1 AND m.segment = $2
                 AND NOT EXISTS (SELECT 1 FROM portraits f WHERE f.tenant = $1
                                 AND f.wallet = m.wallet AND f.here = 1 AND {condition})"
            );
            let with = parameters(&[&no, &fill.segment, &at, &day, &last], &sql);
            let left = link.run_once(&left, &with).await?;
            let next = newest(link, no).await?;
            let entered = format!(
                "INSERT INTO segment_moves
                     (tenant, no, segment, wallet, at, day, entered, cause, seq)
                 SELECT $1, $5 + row_number() OVER (ORDER BY f.wallet), $2, f.wallet, $3, $4, 1, 2, NULL
                 FROM portraits f WHERE f.tenant = $1 AND f.here = 1 AND {condition}
                 AND NOT EXISTS (SELECT 1 FROM segment_members m WHERE m.tenant = $1
                                 AND m.segment = $2 AND m.wallet = f.wallet)"
            );
            let with = parameters(&[&no, &fill.segment, &at, &day, &next], &sql);
            let entered = link.run_once(&entered, &with).await?;
            follow_moves(link, (no, fill.segment, last)).await?;
            let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
            Ok(Some((count(entered), count(left))))
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
        self.read(async |link| {
            let sql = "SELECT wallet, since FROM segment_members
                       WHERE tenant = $1 AND segment = $2 AND wallet > $3 ORDER BY wallet LIMIT $4";
            let rows = link.rows(sql, &[&no, &segment, &after, &limit]).await?;
            let read = |row: &Row| {
                let since = Timestamp::from_micros(row.get(1));
                Ok((MemberId::from_bytes(bytes(row, 0)?), since))
            };
            rows.iter().map(read).collect()
        })
    }

    pub(super) fn read_segments_of(
        &mut self,
        tenant: TenantId,
        wallets: &[WalletId],
    ) -> Result<Vec<(WalletId, String)>> {
        let no = self.tenant_no(tenant)?;
        let ids = ids(wallets);
        self.read(async |link| {
            let sql = "SELECT wallet, segment FROM segment_members
                       WHERE tenant = $1 AND wallet = ANY($2) ORDER BY wallet, segment";
            let rows = link.rows(sql, &[&no, &ids]).await?;
            let read = |row: &Row| Ok((WalletId::from_bytes(bytes(row, 0)?), row.get(1)));
            rows.iter().map(read).collect()
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
        self.read(async |link| {
            let sql = "SELECT no, segment, wallet, at, day, entered, cause, seq FROM segment_moves
                       WHERE tenant = $1 AND segment = $2 AND no > $3 ORDER BY no LIMIT $4";
            let rows = link.rows(sql, &[&no, &segment, &after, &limit]).await?;
            rows.iter().map(read_move).collect()
        })
    }

    pub(super) fn read_segment_growth(
        &mut self,
        tenant: TenantId,
        segment: &str,
        from: i32,
    ) -> Result<Vec<SegmentDay>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT day, sum(entered)::bigint, (count(*) - sum(entered))::bigint
                       FROM segment_moves WHERE tenant = $1 AND segment = $2 AND day >= $3
                       GROUP BY day ORDER BY day";
            let rows = link.rows(sql, &[&no, &segment, &i64::from(from)]).await?;
            let read = |row: &Row| {
                Ok(SegmentDay {
                    day: day(row.get(0))?,
                    entered: row.get(1),
                    left: row.get(2),
                })
            };
            rows.iter().map(read).collect()
        })
    }

    pub(super) fn count_segment(&mut self, tenant: TenantId, segment: &str) -> Result<i64> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT count(*) FROM segment_members WHERE tenant = $1 AND segment = $2";
            let rows = link.rows(sql, &[&no, &segment]).await?;
            Ok(rows.first().map_or(0, |row| row.get(0)))
        })
    }
}

fn ids(wallets: &[WalletId]) -> Vec<&[u8]> {
    wallets.iter().map(|wallet| &wallet.bytes()[..]).collect()
}

fn day(number: i64) -> Result<i32, Failure> {
    let wrong = |_| Error::Corrupt("a move between segments has no day".into());
    Ok(i32::try_from(number).map_err(wrong)?)
}

fn read_move(row: &Row) -> Result<SegmentMove, Failure> {
    Ok(SegmentMove {
        no: row.get(0),
        segment: row.get(1),
        wallet: WalletId::from_bytes(bytes(row, 2)?),
        at: Timestamp::from_micros(row.get(3)),
        day: day(row.get(4))?,
        entered: row.get::<_, i64>(5) != 0,
        cause: MoveCause::read(row.get(6), row.get(7)),
    })
}

/// What stands before the texts of a condition, and these.
fn parameters<'a>(first: &[Parameter<'a>], sql: &'a Sql) -> Vec<Parameter<'a>> {
    let texts = sql.texts.iter().map(|text| text as Parameter<'a>);
    first.iter().copied().chain(texts).collect()
}

/// Notes that something is written; not if somebody else was faster.
async fn moved_on(link: &Link, tenant: i64, seen: SegmentRun, seal: i64) -> Result<bool, Failure> {
    let sql = match seen.version {
        0 => {
            "INSERT INTO segment_runs (tenant, version, seal) VALUES ($1, $2::bigint + 1, $3)
              ON CONFLICT DO NOTHING"
        }
        _ => {
            "UPDATE segment_runs SET version = version + 1, seal = $3
              WHERE tenant = $1 AND version = $2"
        }
    };
    Ok(link.run(sql, &[&tenant, &seen.version, &seal]).await? > 0)
}

async fn newest(link: &Link, tenant: i64) -> Result<i64, Failure> {
    let sql = "SELECT coalesce(max(no), 0) FROM segment_moves WHERE tenant = $1";
    let rows = link.rows(sql, &[&tenant]).await?;
    Ok(rows.first().map_or(0, |row| row.get(0)))
}

/// One statement for each column, so that many rows cost as many statements as few.
async fn portraits(link: &Link, tenant: i64, rows: &[PortraitRow]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let wallets: Vec<&[u8]> = rows.iter().map(|row| &row.wallet.bytes()[..]).collect();
    let here: Vec<i64> = rows.iter().map(|row| row.here.into()).collect();
    let next: Vec<Option<i64>> = rows.iter().map(|row| row.next_on.map(Into::into)).collect();
    let tiers: Vec<&str> = rows.iter().map(|row| row.tier.as_str()).collect();
    let plans: Vec<&str> = rows.iter().map(|row| row.plan.as_str()).collect();
    let columns = columns();
    let plain: Vec<Vec<Option<i64>>> = (0..columns.len() - 6)
        .map(|place| rows.iter().map(|row| row.plain[place]).collect())
        .collect();
    let arrays: Vec<String> = (7..=columns.len())
        .map(|at| format!("${at}::bigint[]"))
        .collect();
    let puts = columns
        .iter()
        .skip(2)
        .map(|own| format!("{own} = excluded.{own}"));
    let sql = format!(
        "INSERT INTO portraits ({}) SELECT $1, * FROM unnest
             ($2::bytea[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], {})
         ON CONFLICT (tenant, wallet) DO UPDATE SET {}",
        columns.join(", "),
        arrays.join(", "),
        puts.collect::<Vec<_>>().join(", ")
    );
    let mut with: Vec<Parameter<'_>> = vec![&tenant, &wallets, &here, &next, &tiers, &plans];
    with.extend(plain.iter().map(|column| column as Parameter<'_>));
    link.run(&sql, &with).await?;
    let states: Vec<&str> = rows.iter().map(|row| row.state.as_str()).collect();
    let sql = "INSERT INTO portrait_states (tenant, wallet, state)
               SELECT $1, * FROM unnest($2::bytea[], $3::text[])
               ON CONFLICT (tenant, wallet) DO UPDATE SET state = excluded.state";
    link.run(sql, &[&tenant, &wallets, &states]).await?;
    let sql = "DELETE FROM portrait_names WHERE tenant = $1 AND wallet = ANY($2)";
    link.run(sql, &[&tenant, &wallets]).await?;
    names(link, tenant, rows).await
}

/// A name with a value, whose, and the number or the text.
type Named<'a> = (&'a str, &'a [u8], Option<i64>, Option<&'a str>);

async fn names(link: &Link, tenant: i64, rows: &[PortraitRow]) -> Result<(), Failure> {
    let mut named: Vec<Named<'_>> = Vec::new();
    for row in rows {
        let wallet = &row.wallet.bytes()[..];
        let numbers = row.numbers.iter();
        named.extend(numbers.map(|(key, number)| (key.as_str(), wallet, Some(*number), None)));
        let texts = row.texts.iter();
        named.extend(texts.map(|(key, text)| (key.as_str(), wallet, None, Some(text.as_str()))));
    }
    let keys: Vec<&str> = named.iter().map(|own| own.0).collect();
    let wallets: Vec<&[u8]> = named.iter().map(|own| own.1).collect();
    let numbers: Vec<Option<i64>> = named.iter().map(|own| own.2).collect();
    let texts: Vec<Option<&str>> = named.iter().map(|own| own.3).collect();
    let sql = "INSERT INTO portrait_names (tenant, key, wallet, number, text)
               SELECT $1, * FROM unnest($2::text[], $3::bytea[], $4::bigint[], $5::text[])";
    link.run(sql, &[&tenant, &keys, &wallets, &numbers, &texts])
        .await?;
    Ok(())
}

/// Who came and went, numbered on. Nobody moves twice in one pass.
async fn moves(link: &Link, tenant: i64, moves: &[SegmentMove]) -> Result<(), Failure> {
    if moves.is_empty() {
        return Ok(());
    }
    let last = newest(link, tenant).await?;
    let numbers: Vec<i64> = (last + 1..).take(moves.len()).collect();
    let segments: Vec<&str> = moves.iter().map(|own| own.segment.as_str()).collect();
    let wallets: Vec<&[u8]> = moves.iter().map(|own| &own.wallet.bytes()[..]).collect();
    let at: Vec<i64> = moves.iter().map(|own| own.at.micros()).collect();
    let days: Vec<i64> = moves.iter().map(|own| own.day.into()).collect();
    let entered: Vec<i64> = moves.iter().map(|own| own.entered.into()).collect();
    let causes: Vec<i64> = moves.iter().map(|own| own.cause.stored().0).collect();
    let seqs: Vec<Option<i64>> = moves.iter().map(|own| own.cause.stored().1).collect();
    let sql = "INSERT INTO segment_moves
                   (tenant, no, segment, wallet, at, day, entered, cause, seq)
               SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bytea[], $5::bigint[],
                                        $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])";
    let with: [Parameter<'_>; 9] = [
        &tenant, &numbers, &segments, &wallets, &at, &days, &entered, &causes, &seqs,
    ];
    link.run(sql, &with).await?;
    let moved: std::collections::BTreeSet<&str> = segments.into_iter().collect();
    for segment in moved {
        follow_moves(link, (tenant, segment, last)).await?;
    }
    Ok(())
}

/// Brings who is in to what the moves after a number say.
async fn follow_moves(
    link: &Link,
    (tenant, segment, last): (i64, &str, i64),
) -> Result<(), Failure> {
    let sql = "DELETE FROM segment_members WHERE tenant = $1 AND segment = $2 AND wallet IN
                   (SELECT wallet FROM segment_moves
                    WHERE tenant = $1 AND segment = $2 AND no > $3 AND entered = 0)";
    link.run(sql, &[&tenant, &segment, &last]).await?;
    let sql = "INSERT INTO segment_members (tenant, segment, wallet, since)
               SELECT tenant, segment, wallet, at FROM segment_moves
               WHERE tenant = $1 AND segment = $2 AND no > $3 AND entered = 1
               ON CONFLICT DO NOTHING";
    link.run(sql, &[&tenant, &segment, &last]).await?;
    Ok(())
}
