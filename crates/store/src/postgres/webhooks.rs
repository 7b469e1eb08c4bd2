//! Webhooks: how far endpoints were told.

use super::link::{Failure, Link, bytes};
use crate::error::{Error, Result};
use crate::webhook::{
    WebhookAgain, WebhookHealth, WebhookLetter, WebhookMoves, WebhookStream, seq, signed_seq,
};
use regulars_base::{TenantId, Timestamp, WalletId};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn insert_webhook(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        sealed: i64,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "INSERT INTO webhook_endpoints (tenant, endpoint, sealed, taken, failures,
                                                      next_at, failure)
                       VALUES ($1, $2, $3, 0, 0, 0, '') ON CONFLICT DO NOTHING";
            link.run(sql, &[&no, &endpoint, &sealed]).await?;
            Ok(())
        })
    }

    pub(super) fn remove_webhook(&mut self, tenant: TenantId, endpoint: &str) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            for table in ["webhook_letters", "webhook_streams", "webhook_endpoints"] {
                let sql = format!("DELETE FROM {table} WHERE tenant = $1 AND endpoint = $2");
                link.run(&sql, &[&no, &endpoint]).await?;
            }
            Ok(())
        })
    }

    pub(super) fn read_webhook(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
    ) -> Result<Option<WebhookHealth>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT sealed, taken, taken_at, failures, failing_since, next_at, failure,
                              (SELECT count(*) FROM webhook_streams s WHERE s.tenant = $1
                               AND s.endpoint = $2 AND s.next_at IS NOT NULL),
                              (SELECT count(*) FROM webhook_letters l WHERE l.tenant = $1
                               AND l.endpoint = $2 AND l.next_at IS NULL)
                       FROM webhook_endpoints WHERE tenant = $1 AND endpoint = $2";
            let rows = link.rows(sql, &[&no, &endpoint]).await?;
            Ok(rows.first().map(health))
        })
    }

    pub(super) fn write_webhook_work(
        &mut self,
        tenant: TenantId,
        (endpoint, at): (&str, Timestamp),
        (from, to): (i64, i64),
        heads: &[(WalletId, u64)],
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        let wallets: Vec<&[u8]> = heads.iter().map(|(id, _)| &id.bytes()[..]).collect();
        let known: Vec<i64> = heads.iter().map(|(_, seq)| signed_seq(*seq)).collect();
        self.write(async |link| {
            let sql = "UPDATE webhook_endpoints SET sealed = $4
                       WHERE tenant = $1 AND endpoint = $2 AND sealed = $3";
            if link.run(sql, &[&no, &endpoint, &from, &to]).await? == 0 {
                return Ok(false);
            }
            let sql = "INSERT INTO webhook_streams AS own (tenant, endpoint, wallet, told, known,
                                                           next_at, failures, failure)
                       SELECT $1, $2, wallet, -1, known, $5, 0, ''
                       FROM unnest($3::bytea[], $4::bigint[]) AS new (wallet, known)
                       ORDER BY wallet
                       ON CONFLICT (tenant, endpoint, wallet) DO UPDATE
                       SET known = greatest(own.known, excluded.known),
                           next_at = coalesce(own.next_at, excluded.next_at)";
            link.run(sql, &[&no, &endpoint, &wallets, &known, &at.micros()])
                .await?;
            Ok(true)
        })
    }

    pub(super) fn take_webhook_streams(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        (now, until): (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<WebhookStream>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(async |link| {
            let sql = "SELECT wallet, told, known, failures, since, failure, next_at
                       FROM webhook_streams
                       WHERE tenant = $1 AND endpoint = $2 AND next_at <= $3
                       ORDER BY next_at, wallet LIMIT $4 FOR UPDATE SKIP LOCKED";
            let now = now.micros();
            let rows = link.rows(sql, &[&no, &endpoint, &now, &limit]).await?;
            let mut taken: Vec<WebhookStream> = rows.iter().map(stream).collect::<Result<_>>()?;
            let wallets: Vec<&[u8]> = taken.iter().map(|own| &own.wallet.bytes()[..]).collect();
            let sql = "UPDATE webhook_streams SET next_at = $4
                       WHERE tenant = $1 AND endpoint = $2 AND wallet = ANY($3)";
            link.run(sql, &[&no, &endpoint, &wallets, &until.micros()])
                .await?;
            taken.iter_mut().for_each(|own| own.next_at = until);
            Ok(taken)
        })
    }

    pub(super) fn take_webhook_letters(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        (now, until): (Timestamp, Timestamp),
        limit: usize,
    ) -> Result<Vec<WebhookLetter>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.write(async |link| {
            let sql = "SELECT wallet, seq, failures, since, failure, next_at FROM webhook_letters
                       WHERE tenant = $1 AND endpoint = $2 AND next_at <= $3
                       ORDER BY next_at, wallet, seq LIMIT $4 FOR UPDATE SKIP LOCKED";
            let now = now.micros();
            let rows = link.rows(sql, &[&no, &endpoint, &now, &limit]).await?;
            let mut taken: Vec<WebhookLetter> = rows.iter().map(letter).collect::<Result<_>>()?;
            let sql = "UPDATE webhook_letters SET next_at = $5
                       WHERE tenant = $1 AND endpoint = $2 AND wallet = $3 AND seq = $4";
            for own in &mut taken {
                let (wallet, seq) = (&own.wallet.bytes()[..], signed_seq(own.seq));
                link.run(sql, &[&no, &endpoint, &wallet, &seq, &until.micros()])
                    .await?;
                own.next_at = Some(until);
            }
            Ok(taken)
        })
    }

    pub(super) fn write_webhook_moves(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        moves: &WebhookMoves,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            fares(link, (no, endpoint), moves).await?;
            streams(link, (no, endpoint), moves).await?;
            for own in &moves.added {
                put_letter(link, (no, endpoint), own).await?;
            }
            for (held, wallet, seq, own) in &moves.letters {
                let (wallet, seq, held) = (&wallet.bytes()[..], signed_seq(*seq), held.micros());
                let Some(own) = own else {
                    let sql = "DELETE FROM webhook_letters WHERE tenant = $1 AND endpoint = $2
                               AND wallet = $3 AND seq = $4 AND next_at = $5";
                    link.run(sql, &[&no, &endpoint, &wallet, &seq, &held])
                        .await?;
                    continue;
                };
                let sql = "UPDATE webhook_letters
                           SET failures = $6, since = $7, failure = $8, next_at = $9
                           WHERE tenant = $1 AND endpoint = $2 AND wallet = $3 AND seq = $4
                           AND next_at = $5";
                let failures = i64::from(own.failures);
                let since = own.since.map(Timestamp::micros);
                let next_at = own.next_at.map(Timestamp::micros);
                link.run(
                    sql,
                    &[
                        &no,
                        &endpoint,
                        &wallet,
                        &seq,
                        &held,
                        &failures,
                        &since,
                        &own.failure,
                        &next_at,
                    ],
                )
                .await?;
            }
            Ok(())
        })
    }

    pub(super) fn read_webhook_troubles(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        limit: usize,
    ) -> Result<(Vec<WebhookStream>, Vec<WebhookLetter>)> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(async |link| {
            let sql = "SELECT wallet, told, known, failures, since, failure, coalesce(next_at, 0)
                       FROM webhook_streams
                       WHERE tenant = $1 AND endpoint = $2 AND failures > 0
                       ORDER BY wallet LIMIT $3";
            let failing = link.rows(sql, &[&no, &endpoint, &limit]).await?;
            let sql = "SELECT wallet, seq, failures, since, failure, next_at FROM webhook_letters
                       WHERE tenant = $1 AND endpoint = $2 ORDER BY wallet, seq LIMIT $3";
            let letters = link.rows(sql, &[&no, &endpoint, &limit]).await?;
            let failing = failing.iter().map(stream).collect::<Result<_>>()?;
            Ok((failing, letters.iter().map(letter).collect::<Result<_>>()?))
        })
    }

    pub(super) fn write_webhook_again(
        &mut self,
        tenant: TenantId,
        (endpoint, at): (&str, Timestamp),
        again: WebhookAgain,
    ) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| match again {
            WebhookAgain::GivenUp => {
                let sql = "UPDATE webhook_letters SET next_at = $3, failures = 0, since = NULL
                           WHERE tenant = $1 AND endpoint = $2 AND next_at IS NULL";
                link.run(sql, &[&no, &endpoint, &at.micros()]).await
            }
            WebhookAgain::One(wallet, seq) => {
                let asked = WebhookLetter {
                    wallet,
                    seq,
                    failures: 0,
                    since: None,
                    failure: String::new(),
                    next_at: Some(at),
                };
                put_letter(link, (no, endpoint), &asked).await?;
                Ok(1)
            }
        })
    }

    pub(super) fn reset_webhook_row(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        at: Timestamp,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE webhook_endpoints
                       SET failures = 0, failing_since = NULL, failure = '', next_at = 0
                       WHERE tenant = $1 AND endpoint = $2";
            link.run(sql, &[&no, &endpoint]).await?;
            let sql = "UPDATE webhook_streams
                       SET failures = 0, since = NULL, failure = '', next_at = $3
                       WHERE tenant = $1 AND endpoint = $2 AND failures > 0";
            link.run(sql, &[&no, &endpoint, &at.micros()]).await?;
            Ok(())
        })
    }
}

/// How the endpoint fares.
async fn fares(
    link: &Link,
    (no, endpoint): (i64, &str),
    moves: &WebhookMoves,
) -> Result<(), Failure> {
    let sql = "UPDATE webhook_endpoints
               SET taken = taken + $3,
                   taken_at = CASE WHEN $3 > 0 THEN $4 ELSE taken_at END,
                   failures = CASE WHEN $3 > 0 THEN $5 ELSE failures + $5 END,
                   failing_since = CASE WHEN $5 = 0 AND $3 > 0 THEN NULL
                                        WHEN $5 > 0 AND $3 > 0 THEN $4
                                        WHEN $5 > 0 THEN coalesce(failing_since, $4)
                                        ELSE failing_since END,
                   failure = CASE WHEN $5 > 0 OR $3 > 0 THEN $6 ELSE failure END,
                   next_at = $7
               WHERE tenant = $1 AND endpoint = $2";
    let (taken, failures) = (signed_seq(moves.taken), i64::from(moves.failures));
    let (at, next_at) = (moves.at.micros(), moves.next_at.micros());
    link.run(
        sql,
        &[
            &no,
            &endpoint,
            &taken,
            &at,
            &failures,
            &moves.failure,
            &next_at,
        ],
    )
    .await?;
    Ok(())
}

/// Streams that are still held by whoever worked on them.
async fn streams(
    link: &Link,
    (no, endpoint): (i64, &str),
    moves: &WebhookMoves,
) -> Result<(), Failure> {
    let of = |pick: fn(&(Timestamp, WebhookStream)) -> i64| -> Vec<i64> {
        moves.streams.iter().map(pick).collect()
    };
    let wallets = moves.streams.iter().map(|(_, own)| &own.wallet.bytes()[..]);
    let wallets: Vec<&[u8]> = wallets.collect();
    let held = of(|(held, _)| held.micros());
    let told = of(|(_, own)| own.told.map_or(-1, signed_seq));
    let failures = of(|(_, own)| i64::from(own.failures));
    let since = moves.streams.iter();
    let since: Vec<Option<i64>> = since
        .map(|(_, own)| own.since.map(Timestamp::micros))
        .collect();
    let failure = moves.streams.iter().map(|(_, own)| own.failure.as_str());
    let failure: Vec<&str> = failure.collect();
    let next_at = of(|(_, own)| own.next_at.micros());
    let sql = "UPDATE webhook_streams AS own
               SET told = new.told, failures = new.failures, since = new.since,
                   failure = new.failure,
                   next_at = CASE WHEN own.known > new.told THEN new.next_at ELSE NULL END
               FROM unnest($3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                           $8::text[], $9::bigint[])
                    AS new (wallet, held, told, failures, since, failure, next_at)
               WHERE own.tenant = $1 AND own.endpoint = $2 AND own.wallet = new.wallet
               AND own.next_at = new.held";
    link.run(
        sql,
        &[
            &no, &endpoint, &wallets, &held, &told, &failures, &since, &failure, &next_at,
        ],
    )
    .await?;
    Ok(())
}

async fn put_letter(
    link: &Link,
    (no, endpoint): (i64, &str),
    own: &WebhookLetter,
) -> Result<(), Failure> {
    let sql =
        "INSERT INTO webhook_letters (tenant, endpoint, wallet, seq, failures, since, failure,
                                            next_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (tenant, endpoint, wallet, seq) DO UPDATE
               SET failures = excluded.failures, since = excluded.since,
                   failure = excluded.failure, next_at = excluded.next_at";
    let (wallet, seq) = (&own.wallet.bytes()[..], signed_seq(own.seq));
    let failures = i64::from(own.failures);
    let since = own.since.map(Timestamp::micros);
    let next_at = own.next_at.map(Timestamp::micros);
    link.run(
        sql,
        &[
            &no,
            &endpoint,
            &wallet,
            &seq,
            &failures,
            &since,
            &own.failure,
            &next_at,
        ],
    )
    .await?;
    Ok(())
}

fn moment(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}

fn count(kept: i64) -> u32 {
    u32::try_from(kept).unwrap_or(u32::MAX)
}

fn health(row: &Row) -> WebhookHealth {
    WebhookHealth {
        sealed: row.get(0),
        taken: seq(row.get(1)),
        taken_at: moment(row.get(2)),
        failures: count(row.get(3)),
        failing_since: moment(row.get(4)),
        next_at: Timestamp::from_micros(row.get(5)),
        failure: row.get(6),
        waiting: seq(row.get(7)),
        given_up: seq(row.get(8)),
    }
}

fn stream(row: &Row) -> Result<WebhookStream, Error> {
    let told: i64 = row.get(1);
    Ok(WebhookStream {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        told: u64::try_from(told).ok(),
        known: seq(row.get(2)),
        failures: count(row.get(3)),
        since: moment(row.get(4)),
        failure: row.get(5),
        next_at: Timestamp::from_micros(row.get(6)),
    })
}

fn letter(row: &Row) -> Result<WebhookLetter, Error> {
    Ok(WebhookLetter {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        seq: seq(row.get(1)),
        failures: count(row.get(2)),
        since: moment(row.get(3)),
        failure: row.get(4),
        next_at: moment(row.get(5)),
    })
}
