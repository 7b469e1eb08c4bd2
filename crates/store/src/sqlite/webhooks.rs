//! Webhooks: how far endpoints were told.

use super::Failure;
use crate::error::Result;
use crate::webhook::{
    WebhookAgain, WebhookHealth, WebhookLetter, WebhookMoves, WebhookStream, seq, signed_seq,
};
use regulars_base::{TenantId, Timestamp, WalletId};
use rusqlite::{Connection, OptionalExtension, Row, params};

impl super::Sqlite {
    pub(super) fn insert_webhook(
        &mut self,
        tenant: TenantId,
        endpoint: &str,
        sealed: i64,
    ) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "INSERT INTO webhook_endpoints (tenant, endpoint, sealed, taken, failures, next_at, failure)
                 VALUES (?1, ?2, ?3, 0, 0, 0, '') ON CONFLICT DO NOTHING",
                params![no, endpoint, sealed],
            )?;
            Ok(())
        })
    }

    pub(super) fn remove_webhook(&mut self, tenant: TenantId, endpoint: &str) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            for table in ["webhook_letters", "webhook_streams", "webhook_endpoints"] {
                let sql = format!("DELETE FROM {table} WHERE tenant = ?1 AND endpoint = ?2");
                db.execute(&sql, params![no, endpoint])?;
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
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT sealed, taken, taken_at, failures, failing_since, next_at, failure,
                        (SELECT count(*) FROM webhook_streams s WHERE s.tenant = ?1
                         AND s.endpoint = ?2 AND s.next_at IS NOT NULL),
                        (SELECT count(*) FROM webhook_letters l WHERE l.tenant = ?1
                         AND l.endpoint = ?2 AND l.next_at IS NULL)
                 FROM webhook_endpoints WHERE tenant = ?1 AND endpoint = ?2",
            )?;
            Ok(select.query_row(params![no, endpoint], health).optional()?)
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
        self.write(|db| {
            let moved = db.execute(
                "UPDATE webhook_endpoints SET sealed = ?4
                 WHERE tenant = ?1 AND endpoint = ?2 AND sealed = ?3",
                params![no, endpoint, from, to],
            )?;
            if moved == 0 {
                return Ok(false);
            }
            let mut upsert = db.prepare_cached(
                "INSERT INTO webhook_streams (tenant, endpoint, wallet, told, known, next_at, failures,
                                              failure)
                 VALUES (?1, ?2, ?3, -1, ?4, ?5, 0, '')
                 ON CONFLICT (tenant, endpoint, wallet) DO UPDATE
                 SET known = max(known, excluded.known), next_at = coalesce(next_at, excluded.next_at)",
            )?;
            for (wallet, known) in heads {
                upsert.execute(params![
                    no,
                    endpoint,
                    wallet.bytes(),
                    signed_seq(*known),
                    at.micros()
                ])?;
            }
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
        self.write(|db| {
            let mut select = db.prepare_cached(
                "SELECT wallet, told, known, failures, since, failure, next_at FROM webhook_streams
                 WHERE tenant = ?1 AND endpoint = ?2 AND next_at <= ?3
                 ORDER BY next_at, wallet LIMIT ?4",
            )?;
            let rows = select.query_map(params![no, endpoint, now.micros(), limit], stream)?;
            let mut taken: Vec<WebhookStream> = rows.collect::<Result<_, _>>()?;
            let mut hold = db.prepare_cached(
                "UPDATE webhook_streams SET next_at = ?4
                 WHERE tenant = ?1 AND endpoint = ?2 AND wallet = ?3",
            )?;
            for own in &mut taken {
                hold.execute(params![no, endpoint, own.wallet.bytes(), until.micros()])?;
                own.next_at = until;
            }
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
        self.write(|db| {
            let mut select = db.prepare_cached(
                "SELECT wallet, seq, failures, since, failure, next_at FROM webhook_letters
                 WHERE tenant = ?1 AND endpoint = ?2 AND next_at <= ?3
                 ORDER BY next_at, wallet, seq LIMIT ?4",
            )?;
            let rows = select.query_map(params![no, endpoint, now.micros(), limit], letter)?;
            let mut taken: Vec<WebhookLetter> = rows.collect::<Result<_, _>>()?;
            let mut hold = db.prepare_cached(
                "UPDATE webhook_letters SET next_at = ?5
                 WHERE tenant = ?1 AND endpoint = ?2 AND wallet = ?3 AND seq = ?4",
            )?;
            for own in &mut taken {
                let (wallet, seq) = (own.wallet.bytes(), signed_seq(own.seq));
                hold.execute(params![no, endpoint, wallet, seq, until.micros()])?;
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
        self.write(|db| {
            fares(db, (no, endpoint), moves)?;
            streams(db, (no, endpoint), moves)?;
            for own in &moves.added {
                put_letter(db, (no, endpoint), own)?;
            }
            let mut gone = db.prepare_cached(
                "DELETE FROM webhook_letters WHERE tenant = ?1 AND endpoint = ?2 AND wallet = ?3
                 AND seq = ?4 AND next_at = ?5",
            )?;
            let mut stays = db.prepare_cached(
                "UPDATE webhook_letters SET failures = ?6, since = ?7, failure = ?8, next_at = ?9
                 WHERE tenant = ?1 AND endpoint = ?2 AND wallet = ?3 AND seq = ?4 AND next_at = ?5",
            )?;
            for (held, wallet, seq, own) in &moves.letters {
                let (wallet, seq, held) = (wallet.bytes(), signed_seq(*seq), held.micros());
                match own {
                    None => gone.execute(params![no, endpoint, wallet, seq, held])?,
                    Some(own) => stays.execute(params![
                        no,
                        endpoint,
                        wallet,
                        seq,
                        held,
                        own.failures,
                        own.since.map(Timestamp::micros),
                        own.failure,
                        own.next_at.map(Timestamp::micros)
                    ])?,
                };
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
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT wallet, told, known, failures, since, failure, coalesce(next_at, 0)
                 FROM webhook_streams
                 WHERE tenant = ?1 AND endpoint = ?2 AND failures > 0 ORDER BY wallet LIMIT ?3",
            )?;
            let rows = select.query_map(params![no, endpoint, limit], stream)?;
            let failing = rows.collect::<Result<_, _>>()?;
            let mut select = db.prepare_cached(
                "SELECT wallet, seq, failures, since, failure, next_at FROM webhook_letters
                 WHERE tenant = ?1 AND endpoint = ?2 ORDER BY wallet, seq LIMIT ?3",
            )?;
            let rows = select.query_map(params![no, endpoint, limit], letter)?;
            Ok((failing, rows.collect::<Result<_, _>>()?))
        })
    }

    pub(super) fn write_webhook_again(
        &mut self,
        tenant: TenantId,
        (endpoint, at): (&str, Timestamp),
        again: WebhookAgain,
    ) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| match again {
            WebhookAgain::GivenUp => {
                let asked = db.execute(
                    "UPDATE webhook_letters SET next_at = ?3, failures = 0, since = NULL
                     WHERE tenant = ?1 AND endpoint = ?2 AND next_at IS NULL",
                    params![no, endpoint, at.micros()],
                )?;
                Ok(asked as u64)
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
                put_letter(db, (no, endpoint), &asked)?;
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
        self.write(|db| {
            db.execute(
                "UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, failure = '', next_at = 0
                 WHERE tenant = ?1 AND endpoint = ?2",
                params![no, endpoint],
            )?;
            db.execute(
                "UPDATE webhook_streams SET failures = 0, since = NULL, failure = '', next_at = ?3
                 WHERE tenant = ?1 AND endpoint = ?2 AND failures > 0",
                params![no, endpoint, at.micros()],
            )?;
            Ok(())
        })
    }
}

/// How the endpoint fares.
fn fares(
    db: &Connection,
    (no, endpoint): (i64, &str),
    moves: &WebhookMoves,
) -> Result<(), Failure> {
    db.prepare_cached(
        "UPDATE webhook_endpoints
         SET taken = taken + ?3,
             taken_at = CASE WHEN ?3 > 0 THEN ?4 ELSE taken_at END,
             failures = CASE WHEN ?3 > 0 THEN ?5 ELSE failures + ?5 END,
             failing_since = CASE WHEN ?5 = 0 AND ?3 > 0 THEN NULL
                                  WHEN ?5 > 0 AND ?3 > 0 THEN ?4
                                  WHEN ?5 > 0 THEN coalesce(failing_since, ?4)
                                  ELSE failing_since END,
             failure = CASE WHEN ?5 > 0 OR ?3 > 0 THEN ?6 ELSE failure END,
             next_at = ?7
         WHERE tenant = ?1 AND endpoint = ?2",
    )?
    .execute(params![
        no,
        endpoint,
        signed_seq(moves.taken),
        moves.at.micros(),
        moves.failures,
        moves.failure,
        moves.next_at.micros()
    ])?;
    Ok(())
}

/// Streams that are still held by whoever worked on them.
fn streams(
    db: &Connection,
    (no, endpoint): (i64, &str),
    moves: &WebhookMoves,
) -> Result<(), Failure> {
    let mut update = db.prepare_cached(
        "UPDATE webhook_streams
         SET told = ?5, failures = ?6, since = ?7, failure = ?8,
             next_at = CASE WHEN known > ?5 THEN ?9 ELSE NULL END
         WHERE tenant = ?1 AND endpoint = ?2 AND wallet = ?3 AND next_at = ?4",
    )?;
    for (held, own) in &moves.streams {
        update.execute(params![
            no,
            endpoint,
            own.wallet.bytes(),
            held.micros(),
            own.told.map_or(-1, signed_seq),
            own.failures,
            own.since.map(Timestamp::micros),
            own.failure,
            own.next_at.micros()
        ])?;
    }
    Ok(())
}

fn put_letter(
    db: &Connection,
    (no, endpoint): (i64, &str),
    own: &WebhookLetter,
) -> Result<(), Failure> {
    db.prepare_cached(
        "INSERT INTO webhook_letters (tenant, endpoint, wallet, seq, failures, since, failure, next_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (tenant, endpoint, wallet, seq) DO UPDATE
         SET failures = excluded.failures, since = excluded.since, failure = excluded.failure,
             next_at = excluded.next_at",
    )?
    .execute(params![
        no,
        endpoint,
        own.wallet.bytes(),
        signed_seq(own.seq),
        own.failures,
        own.since.map(Timestamp::micros),
        own.failure,
        own.next_at.map(Timestamp::micros)
    ])?;
    Ok(())
}

fn moment(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}

fn health(row: &Row<'_>) -> rusqlite::Result<WebhookHealth> {
    Ok(WebhookHealth {
        sealed: row.get(0)?,
        taken: seq(row.get(1)?),
        taken_at: moment(row.get(2)?),
        failures: row.get(3)?,
        failing_since: moment(row.get(4)?),
        next_at: Timestamp::from_micros(row.get(5)?),
        failure: row.get(6)?,
        waiting: seq(row.get(7)?),
        given_up: seq(row.get(8)?),
    })
}

fn stream(row: &Row<'_>) -> rusqlite::Result<WebhookStream> {
    let told: i64 = row.get(1)?;
    Ok(WebhookStream {
        wallet: WalletId::from_bytes(row.get(0)?),
        told: u64::try_from(told).ok(),
        known: seq(row.get(2)?),
        failures: row.get(3)?,
        since: moment(row.get(4)?),
        failure: row.get(5)?,
        next_at: Timestamp::from_micros(row.get(6)?),
    })
}

fn letter(row: &Row<'_>) -> rusqlite::Result<WebhookLetter> {
    Ok(WebhookLetter {
        wallet: WalletId::from_bytes(row.get(0)?),
        seq: seq(row.get(1)?),
        failures: row.get(2)?,
        since: moment(row.get(3)?),
        failure: row.get(4)?,
        next_at: moment(row.get(5)?),
    })
}
