//! Leaderboards, nicknames, and the secrets of draws.

use super::link::{Failure, bytes};
use super::members::standing;
use crate::board;
use crate::error::{Error, Result};
use crate::record::{Board, DrawSecret, PeriodSum, Standing, Ticket};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use tokio_postgres::Row;

fn standing_of(row: &Row) -> std::result::Result<Standing, Failure> {
    Ok(Standing {
        place: 0,
        nickname: row.get(0),
        member: MemberId::from_bytes(bytes(row, 1)?),
        figure: row.get(2),
        reached_at: Timestamp::from_micros(row.get(3)),
    })
}

/// Somebody appears on leaderboards from now on, or does not any more.
const SHOW: &str = "UPDATE scores SET shown = $3 WHERE tenant = $1 AND wallet = $2";

impl super::Postgres {
    pub(super) fn read_standings(
        &mut self,
        tenant: TenantId,
        board: Board,
        (after, limit): (usize, usize),
    ) -> Result<Vec<Standing>> {
        let no = self.tenant_no(tenant)?;
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (name, period) = (board.number(), board.period);
        self.read(async |link| {
            let sql = "SELECT n.nickname, n.member, s.figure, s.reached_at
                 FROM scores s JOIN nicknames n ON n.tenant = s.tenant AND n.wallet = s.wallet
                 WHERE s.tenant = $1 AND s.board = $2 AND s.period = $3 AND s.shown = 1
                   AND s.figure > 0
                 ORDER BY s.figure DESC, s.reached_at, s.wallet LIMIT $4 OFFSET $5";
            let asked = (number(limit), number(after));
            let rows = link
                .rows(sql, &[&no, &name, &period, &asked.0, &asked.1])
                .await?;
            let mut standings = Vec::with_capacity(rows.len());
            for (place, row) in rows.iter().enumerate() {
                standings.push(Standing {
                    place: number(after + place + 1),
                    ..standing_of(row)?
                });
            }
            Ok(standings)
        })
    }

    pub(super) fn read_standing(
        &mut self,
        tenant: TenantId,
        board: Board,
        wallet: WalletId,
        around: usize,
    ) -> Result<Option<(Standing, Vec<Standing>)>> {
        let no = self.tenant_no(tenant)?;
        let (name, period) = (board.number(), board.period);
        let id = &wallet.bytes()[..];
        self.read(async |link| {
            let sql = "SELECT n.nickname, n.member, s.figure, s.reached_at
                 FROM scores s JOIN nicknames n ON n.tenant = s.tenant AND n.wallet = s.wallet
                 WHERE s.tenant = $1 AND s.board = $2 AND s.period = $3 AND s.wallet = $4
                   AND s.figure > 0";
            let rows = link.rows(sql, &[&no, &name, &period, &id]).await?;
            let Some(row) = rows.first() else {
                return Ok(None);
            };
            let own = standing_of(row)?;
            let (figure, since) = (own.figure, own.reached_at.micros());
            let sql = board::PLACE.replace('?', "$");
            let rows = link
                .rows(&sql, &[&no, &name, &period, &figure, &since, &id])
                .await?;
            let place = rows.first().map_or(0, |row| row.get(0));
            let sql = board::NEIGHBOURS.replace('?', "$");
            let most = i64::try_from(around).unwrap_or(i64::MAX);
            let rows = link
                .rows(&sql, &[&no, &name, &period, &figure, &since, &id, &most])
                .await?;
            let mut near = Vec::with_capacity(rows.len());
            for row in &rows {
                near.push((standing_of(row)?, WalletId::from_bytes(bytes(row, 4)?)));
            }
            Ok(Some(board::placed(place, (own, wallet), near, around)))
        })
    }

    pub(super) fn read_tickets(&mut self, tenant: TenantId, board: Board) -> Result<Vec<Ticket>> {
        let no = self.tenant_no(tenant)?;
        let (name, period) = (board.number(), board.period);
        self.read(async |link| {
            let sql = "SELECT s.wallet, w.member, s.figure
                 FROM scores s JOIN wallets w ON w.tenant = s.tenant AND w.wallet = s.wallet
                 WHERE s.tenant = $1 AND s.board = $2 AND s.period = $3 AND s.figure > 0
                 ORDER BY s.wallet";
            let rows = link.rows(sql, &[&no, &name, &period]).await?;
            let ticket = |row: &Row| {
                Ok(Ticket {
                    wallet: WalletId::from_bytes(bytes(row, 0)?),
                    member: MemberId::from_bytes(bytes(row, 1)?),
                    count: row.get(2),
                })
            };
            rows.iter().map(ticket).collect()
        })
    }

    pub(super) fn read_sums(&mut self, tenant: TenantId, board: i64) -> Result<Vec<PeriodSum>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT period, sum(figure)::bigint, count(*) FROM scores
                 WHERE tenant = $1 AND board = $2 GROUP BY period ORDER BY period";
            let rows = link.rows(sql, &[&no, &board]).await?;
            let sum = |row: &Row| PeriodSum {
                period: row.get(0),
                sum: row.get(1),
                members: row.get(2),
            };
            Ok(rows.iter().map(sum).collect())
        })
    }

    pub(super) fn read_nickname(
        &mut self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Option<String>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let Some((_, wallet)) = standing(link, no, member).await? else {
                return Ok(None);
            };
            let sql = "SELECT nickname FROM nicknames WHERE tenant = $1 AND wallet = $2";
            let rows = link.rows(sql, &[&no, &&wallet.bytes()[..]]).await?;
            Ok(rows.first().map(|row| row.get(0)))
        })
    }

    pub(super) fn write_nickname(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        nickname: Option<(&str, &str)>,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let Some((member, wallet)) = standing(link, no, member).await? else {
                return Err(Error::Missing("member").into());
            };
            let (member, wallet) = (&member.bytes()[..], &wallet.bytes()[..]);
            // A batch writes the wallet before its figures, so that either sees what the other wrote.
            let sql = "SELECT FROM wallets WHERE tenant = $1 AND wallet = $2 FOR UPDATE";
            link.rows(sql, &[&no, &wallet]).await?;
            let Some((key, nickname)) = nickname else {
                let sql = "DELETE FROM nicknames WHERE tenant = $1 AND wallet = $2";
                link.run(sql, &[&no, &wallet]).await?;
                link.run(SHOW, &[&no, &wallet, &0_i16]).await?;
                return Ok(true);
            };
            // Of two who want it at once the key of the table lets one through.
            let sql = "SELECT wallet FROM nicknames WHERE tenant = $1 AND key = $2";
            let rows = link.rows(sql, &[&no, &key]).await?;
            if rows.iter().any(|row| row.get::<_, &[u8]>(0) != wallet) {
                return Ok(false);
            }
            let sql = "INSERT INTO nicknames (tenant, wallet, member, key, nickname)
                 SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS
                     (SELECT 1 FROM nicknames WHERE tenant = $1 AND key = $4 AND wallet <> $2)
                 ON CONFLICT (tenant, wallet)
                 DO UPDATE SET member = excluded.member, key = excluded.key,
                               nickname = excluded.nickname";
            let written = link
                .run(sql, &[&no, &wallet, &member, &key, &nickname])
                .await?;
            if written == 1 {
                link.run(SHOW, &[&no, &wallet, &1_i16]).await?;
            }
            Ok(written == 1)
        })
    }

    pub(super) fn read_secrets(&mut self, tenant: TenantId) -> Result<Vec<DrawSecret>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT period, secret, made_at FROM draw_secrets
                 WHERE tenant = $1 ORDER BY period";
            let rows = link.rows(sql, &[&no]).await?;
            let secret = |row: &Row| {
                Ok(DrawSecret {
                    period: row.get(0),
                    secret: bytes(row, 1)?,
                    made_at: Timestamp::from_micros(row.get(2)),
                })
            };
            rows.iter().map(secret).collect()
        })
    }

    pub(super) fn insert_secret(&mut self, tenant: TenantId, secret: &DrawSecret) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "INSERT INTO draw_secrets (tenant, period, secret, made_at)
                 VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, period) DO NOTHING";
            let made_at = secret.made_at.micros();
            link.run(sql, &[&no, &secret.period, &&secret.secret[..], &made_at])
                .await?;
            Ok(())
        })
    }
}
