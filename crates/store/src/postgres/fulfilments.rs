//! What is sent to members, where to, and the codes of suppliers.

use super::link::{Failure, Link, bytes};
use crate::error::{Error, Result};
use crate::record::{BroughtCodes, FulfilmentAsk, FulfilmentRow, ShownCode};
use crate::writes::{Writes, points};
use regulars_base::{MemberId, Name, TenantId, Timestamp, WalletId};
use tokio_postgres::Row;

/// How far redemptions have come that a batch of events moved.
pub(super) async fn write(link: &Link, tenant: i64, writes: &Writes) -> Result<(), Failure> {
    let sql =
        "INSERT INTO fulfilments (tenant, wallet, redemption, member, reward, quantity, state,
                                        since, carrier, tracking)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
               ON CONFLICT (tenant, wallet, redemption) DO UPDATE
               SET member = excluded.member, reward = excluded.reward,
                   quantity = excluded.quantity, state = excluded.state, since = excluded.since,
                   carrier = excluded.carrier, tracking = excluded.tracking";
    for ((wallet, redemption), (member, now)) in &writes.fulfilments {
        let (wallet, member) = (&wallet.bytes()[..], &member.bytes()[..]);
        let reward = i64::from(now.reward.number());
        link.run(
            sql,
            &[
                &tenant,
                &wallet,
                &redemption.as_str(),
                &member,
                &reward,
                &now.quantity,
                &now.stage.word(),
                &now.since.micros(),
                &now.carrier.as_str(),
                &now.tracking.as_str(),
            ],
        )
        .await?;
    }
    Ok(())
}

impl super::Postgres {
    pub(super) fn read_fulfilments(
        &mut self,
        tenant: TenantId,
        ask: &FulfilmentAsk,
        limit: usize,
    ) -> Result<Vec<FulfilmentRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (since, wallet, redemption) = ask.cursor();
        self.read(async |link| {
            let of = match ask.state {
                Some(_) => "AND f.state = $6",
                None => "AND $6 = ''",
            };
            let sql = format!(
                "SELECT f.wallet, f.redemption, f.member, f.reward, f.quantity, f.state, f.since,
                        f.carrier, f.tracking, a.address
                 FROM fulfilments f LEFT JOIN addresses a ON a.tenant = f.tenant
                      AND a.wallet = f.wallet AND a.redemption = f.redemption
                 WHERE f.tenant = $1 {of} AND (f.since, f.wallet, f.redemption) > ($2, $3, $4)
                 ORDER BY f.since, f.wallet, f.redemption LIMIT $5"
            );
            let state = ask.state.as_deref().unwrap_or_default();
            let rows = link
                .rows(&sql, &[&no, &since, &wallet, &redemption, &limit, &state])
                .await?;
            Ok(rows.iter().map(row).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn write_address(
        &mut self,
        tenant: TenantId,
        (wallet, redemption): (WalletId, &str),
        (member, address): (MemberId, Option<&str>),
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        let (wallet, member) = (&wallet.bytes()[..], &member.bytes()[..]);
        self.write(async |link| {
            match address {
                Some(address) => {
                    let sql = "INSERT INTO addresses (tenant, wallet, redemption, member, address)
                               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, wallet, redemption)
                               DO UPDATE SET member = excluded.member, address = excluded.address";
                    link.run(sql, &[&no, &wallet, &redemption, &member, &address])
                        .await?;
                }
                None => {
                    let sql = "DELETE FROM addresses
                               WHERE tenant = $1 AND wallet = $2 AND redemption = $3";
                    link.run(sql, &[&no, &wallet, &redemption]).await?;
                }
            }
            Ok(())
        })
    }

    pub(super) fn insert_supplier_codes(
        &mut self,
        tenant: TenantId,
        (reward, batch): (Name, &str),
        codes: &[String],
    ) -> Result<BroughtCodes> {
        let no = self.tenant_no(tenant)?;
        let reward = i64::from(reward.number());
        self.write(async |link| {
            // Two lists at once: the second is numbered after the first.
            let lock = "SELECT pg_advisory_xact_lock($1, $2)";
            let places = (
                i32::try_from(no).unwrap_or(i32::MAX),
                i32::from_ne_bytes(u32::try_from(reward).unwrap_or(0).to_ne_bytes()),
            );
            link.rows(lock, &[&places.0, &places.1]).await?;
            let of_batch = "SELECT count(*) FROM supplier_codes
                            WHERE tenant = $1 AND reward = $2 AND batch = $3";
            let rows = link.rows(of_batch, &[&no, &reward, &batch]).await?;
            let before: i64 = rows.first().map_or(0, |row| row.get(0));
            if before > 0 {
                // A batch is counted once, so that it stays as it was brought in at first.
                let sql = "SELECT count(*) FROM unnest($3::text[]) u (code)
                           WHERE NOT EXISTS (SELECT 1 FROM supplier_codes s
                                             WHERE s.tenant = $1 AND s.reward = $2
                                               AND s.code = u.code)";
                let rows = link.rows(sql, &[&no, &reward, &codes]).await?;
                return Ok(BroughtCodes {
                    added: 0,
                    of_batch: before,
                    missing: rows.first().map_or(0, |row| row.get(0)),
                });
            }
            let sql = "WITH come AS (
                           SELECT DISTINCT ON (code) code, at
                           FROM unnest($3::text[]) WITH ORDINALITY u (code, at)
                           WHERE NOT EXISTS (SELECT 1 FROM supplier_codes s
                                             WHERE s.tenant = $1 AND s.reward = $2
                                               AND s.code = u.code)
                           ORDER BY code, at)
                       INSERT INTO supplier_codes (tenant, reward, number, code, batch)
                       SELECT $1, $2, row_number() OVER (ORDER BY at) - 1 +
                              (SELECT coalesce(max(number) + 1, 0) FROM supplier_codes
                               WHERE tenant = $1 AND reward = $2), code, $4
                       FROM come";
            let added = link.run(sql, &[&no, &reward, &codes, &batch]).await?;
            let rows = link.rows(of_batch, &[&no, &reward, &batch]).await?;
            Ok(BroughtCodes {
                added: i64::try_from(added).unwrap_or(i64::MAX),
                of_batch: rows.first().map_or(0, |row| row.get(0)),
                missing: 0,
            })
        })
    }

    pub(super) fn update_shown_codes(
        &mut self,
        tenant: TenantId,
        reward: Name,
        (first, count): (i64, i64),
        at: Timestamp,
    ) -> Result<Vec<ShownCode>> {
        let no = self.tenant_no(tenant)?;
        let (reward, until) = (i64::from(reward.number()), first.saturating_add(count));
        self.write(async |link| {
            let sql = "SELECT code, shown_at FROM supplier_codes
                       WHERE tenant = $1 AND reward = $2 AND number >= $3 AND number < $4
                       ORDER BY number FOR UPDATE";
            let rows = link.rows(sql, &[&no, &reward, &first, &until]).await?;
            let shown = rows.iter().map(|row| {
                let before: Option<i64> = row.get(1);
                ShownCode {
                    code: row.get(0),
                    shown_before: before.map(Timestamp::from_micros),
                }
            });
            let shown: Vec<ShownCode> = shown.collect();
            let sql = "UPDATE supplier_codes SET shown_at = $5
                       WHERE tenant = $1 AND reward = $2 AND number >= $3 AND number < $4
                         AND shown_at IS NULL";
            link.run(sql, &[&no, &reward, &first, &until, &at.micros()])
                .await?;
            Ok(shown)
        })
    }
}

/// All of them, without where they are sent to.
pub(super) const BY_WALLET: &str =
    "SELECT wallet, redemption, member, reward, quantity, state, since, carrier, tracking,
            NULL::text
     FROM fulfilments WHERE tenant = $1 ORDER BY wallet";

pub(super) fn row(row: &Row) -> Result<FulfilmentRow, Error> {
    Ok(FulfilmentRow {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        redemption: row.get(1),
        member: MemberId::from_bytes(bytes(row, 2)?),
        reward: points(row.get(3)),
        quantity: row.get(4),
        state: row.get(5),
        since: Timestamp::from_micros(row.get(6)),
        carrier: row.get(7),
        tracking: row.get(8),
        address: row.get(9),
    })
}
