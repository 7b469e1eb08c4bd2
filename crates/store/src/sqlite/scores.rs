//! Leaderboards, nicknames, and the secrets of draws.

use super::Failure;
use super::members::standing;
use crate::board;
use crate::error::{Error, Result};
use crate::record::{Board, DrawSecret, PeriodSum, Standing, Ticket};
use regulars_base::{MemberId, TenantId, Timestamp, WalletId};
use rusqlite::{Connection, OptionalExtension, Row, params};

fn standing_of(row: &Row<'_>) -> rusqlite::Result<Standing> {
    Ok(Standing {
        place: 0,
        nickname: row.get(0)?,
        member: MemberId::from_bytes(row.get(1)?),
        figure: row.get(2)?,
        reached_at: Timestamp::from_micros(row.get(3)?),
    })
}

/// Somebody appears on leaderboards from now on, or does not any more.
fn show(db: &Connection, tenant: i64, wallet: WalletId, shown: bool) -> Result<(), Failure> {
    db.prepare_cached("UPDATE scores SET shown = ?3 WHERE tenant = ?1 AND wallet = ?2")?
        .execute(params![tenant, wallet.bytes(), shown])?;
    Ok(())
}

impl super::Sqlite {
    pub(super) fn read_standings(
        &mut self,
        tenant: TenantId,
        board: Board,
        (after, limit): (usize, usize),
    ) -> Result<Vec<Standing>> {
        let no = self.tenant_no(tenant)?;
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT n.nickname, n.member, s.figure, s.reached_at
                 FROM scores s JOIN nicknames n ON n.tenant = s.tenant AND n.wallet = s.wallet
                 WHERE s.tenant = ?1 AND s.board = ?2 AND s.period = ?3 AND s.shown = 1
                   AND s.figure > 0
                 ORDER BY s.figure DESC, s.reached_at, s.wallet LIMIT ?4 OFFSET ?5",
            )?;
            let asked = params![
                no,
                board.number(),
                board.period,
                number(limit),
                number(after)
            ];
            let rows = select.query_map(asked, standing_of)?;
            let mut rows: Vec<Standing> = rows.collect::<rusqlite::Result<_>>()?;
            for (place, row) in rows.iter_mut().enumerate() {
                row.place = number(after + place + 1);
            }
            Ok(rows)
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
        self.read(|db| {
            let asked = params![no, board.number(), board.period, wallet.bytes()];
            let own = db
                .prepare_cached(
                    "SELECT n.nickname, n.member, s.figure, s.reached_at
                     FROM scores s JOIN nicknames n ON n.tenant = s.tenant AND n.wallet = s.wallet
                     WHERE s.tenant = ?1 AND s.board = ?2 AND s.period = ?3 AND s.wallet = ?4
                       AND s.figure > 0",
                )?
                .query_row(asked, standing_of)
                .optional()?;
            let Some(own) = own else { return Ok(None) };
            let (board, period) = (board.number(), board.period);
            let (figure, since) = (own.figure, own.reached_at.micros());
            let place = db.prepare_cached(board::PLACE)?.query_row(
                params![no, board, period, figure, since, wallet.bytes()],
                |row| row.get(0),
            )?;
            let mut select = db.prepare_cached(board::NEIGHBOURS)?;
            let most = i64::try_from(around).unwrap_or(i64::MAX);
            let rows = select.query_map(
                params![no, board, period, figure, since, wallet.bytes(), most],
                |row| Ok((standing_of(row)?, WalletId::from_bytes(row.get(4)?))),
            )?;
            let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(Some(board::placed(place, (own, wallet), rows, around)))
        })
    }

    pub(super) fn read_tickets(&mut self, tenant: TenantId, board: Board) -> Result<Vec<Ticket>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT s.wallet, w.member, s.figure
                 FROM scores s
                 JOIN wallets w ON w.tenant = s.tenant AND w.wallet = s.wallet
                 WHERE s.tenant = ?1 AND s.board = ?2 AND s.period = ?3 AND s.figure > 0
                 ORDER BY s.wallet",
            )?;
            let asked = params![no, board.number(), board.period];
            let rows = select.query_map(asked, |row| {
                Ok(Ticket {
                    wallet: WalletId::from_bytes(row.get(0)?),
                    member: MemberId::from_bytes(row.get(1)?),
                    count: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    pub(super) fn read_sums(&mut self, tenant: TenantId, board: i64) -> Result<Vec<PeriodSum>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT period, sum(figure), count(*) FROM scores
                 WHERE tenant = ?1 AND board = ?2 GROUP BY period ORDER BY period",
            )?;
            let rows = select.query_map(params![no, board], |row| {
                Ok(PeriodSum {
                    period: row.get(0)?,
                    sum: row.get(1)?,
                    members: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    pub(super) fn read_nickname(
        &mut self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Option<String>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let Some((_, wallet)) = standing(db, no, member)? else {
                return Ok(None);
            };
            Ok(db
                .prepare_cached("SELECT nickname FROM nicknames WHERE tenant = ?1 AND wallet = ?2")?
                .query_row(params![no, wallet.bytes()], |row| row.get(0))
                .optional()?)
        })
    }

    pub(super) fn write_nickname(
        &mut self,
        tenant: TenantId,
        member: MemberId,
        nickname: Option<(&str, &str)>,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let (member, wallet) =
                standing(db, no, member)?.ok_or_else(|| Failure::from(Error::Missing("member")))?;
            let Some((key, nickname)) = nickname else {
                db.execute(
                    "DELETE FROM nicknames WHERE tenant = ?1 AND wallet = ?2",
                    params![no, wallet.bytes()],
                )?;
                show(db, no, wallet, false)?;
                return Ok(true);
            };
            let owner: Option<[u8; 16]> = db
                .prepare_cached("SELECT wallet FROM nicknames WHERE tenant = ?1 AND key = ?2")?
                .query_row(params![no, key], |row| row.get(0))
                .optional()?;
            if owner.is_some_and(|owner| owner != *wallet.bytes()) {
                return Ok(false);
            }
            db.execute(
                "INSERT INTO nicknames (tenant, wallet, member, key, nickname)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (tenant, wallet)
                 DO UPDATE SET member = excluded.member, key = excluded.key,
                               nickname = excluded.nickname",
                params![no, wallet.bytes(), member.bytes(), key, nickname],
            )?;
            show(db, no, wallet, true)?;
            Ok(true)
        })
    }

    pub(super) fn read_secrets(&mut self, tenant: TenantId) -> Result<Vec<DrawSecret>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT period, secret, made_at FROM draw_secrets WHERE tenant = ?1 ORDER BY period",
            )?;
            let rows = select.query_map(params![no], |row| {
                Ok(DrawSecret {
                    period: row.get(0)?,
                    secret: row.get(1)?,
                    made_at: Timestamp::from_micros(row.get(2)?),
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    pub(super) fn insert_secret(&mut self, tenant: TenantId, secret: &DrawSecret) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "INSERT INTO draw_secrets (tenant, period, secret, made_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (tenant, period) DO NOTHING",
                params![no, secret.period, secret.secret, secret.made_at.micros()],
            )?;
            Ok(())
        })
    }
}
