//! Journeys: where members are, and what was done for them.

use super::link::{Failure, Link, Parameter, bytes};
use super::messages;
use crate::error::{Error, Result};
use crate::journey::{
    DEED, JourneyAsk, JourneyCount, JourneyCrowd, JourneyDeed, JourneyPass, JourneyRow, ROW,
};
use regulars_base::{TenantId, Timestamp, WalletId};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn read_journeys_of(
        &mut self,
        tenant: TenantId,
        wallets: &[WalletId],
    ) -> Result<Vec<JourneyRow>> {
        let no = self.tenant_no(tenant)?;
        let ids: Vec<&[u8]> = wallets.iter().map(|own| &own.bytes()[..]).collect();
        self.read(async |link| {
            let sql = format!(
                "SELECT {ROW} FROM journey_members WHERE tenant = $1 AND wallet = ANY($2)
                 ORDER BY wallet, journey"
            );
            let rows = link.rows(&sql, &[&no, &ids]).await?;
            Ok(rows.iter().map(journey).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_journeys_due(
        &mut self,
        tenant: TenantId,
        (journeys, now): (&[String], Timestamp),
        most: usize,
    ) -> Result<Vec<WalletId>> {
        let no = self.tenant_no(tenant)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read(async |link| {
            let sql = "SELECT DISTINCT wallet FROM (SELECT wallet FROM journey_members
                       WHERE tenant = $1 AND due <= $2 AND journey = ANY($3)
                       ORDER BY due LIMIT $4) d";
            let rows = link
                .rows(sql, &[&no, &now.micros(), &journeys, &most])
                .await?;
            let read = |row: &Row| Ok(WalletId::from_bytes(bytes(row, 0)?));
            rows.iter().map(read).collect()
        })
    }

    pub(super) fn write_wake(&mut self, tenant: TenantId, day: i32) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            // Whoever is about to write portraits has to look again.
            moved_on(link, no).await?;
            let sql = "UPDATE portraits SET next_on = $2
                       WHERE tenant = $1 AND (next_on IS NULL OR next_on > $2)";
            link.run(sql, &[&no, &i64::from(day)]).await?;
            Ok(())
        })
    }

    pub(super) fn write_journey_end(&mut self, tenant: TenantId, of: &str) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            moved_on(link, no).await?;
            let sql = "UPDATE journey_members SET done = 1, due = NULL
                       WHERE tenant = $1 AND journey = $2 AND done = 0";
            link.run(sql, &[&no, &of]).await
        })
    }

    pub(super) fn read_journey_members(
        &mut self,
        tenant: TenantId,
        of: &str,
        ask: &JourneyAsk,
        limit: usize,
    ) -> Result<Vec<JourneyRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = ask.after.map_or(Vec::new(), |id| id.bytes().to_vec());
        let done = ask.done.map(i64::from);
        self.read(async |link| {
            let sql = format!(
                "SELECT {ROW} FROM journey_members WHERE tenant = $1 AND journey = $2 AND wallet > $3
                 AND ($4::text IS NULL OR step = $4) AND ($5::bigint IS NULL OR done = $5)
                 ORDER BY wallet LIMIT $6"
            );
            let with: [Parameter<'_>; 6] = [&no, &of, &after, &ask.step, &done, &limit];
            let rows = link.rows(&sql, &with).await?;
            Ok(rows.iter().map(journey).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_journey_deeds(
        &mut self,
        tenant: TenantId,
        (of, wallet): (&str, WalletId),
        limit: usize,
    ) -> Result<Vec<JourneyDeed>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let wallet = wallet.bytes().to_vec();
        self.read(async |link| {
            let sql = format!(
                "SELECT {DEED} FROM journey_deeds WHERE tenant = $1 AND wallet = $2 AND journey = $3
                 ORDER BY entry DESC, no LIMIT $4"
            );
            let rows = link.rows(&sql, &[&no, &wallet, &of, &limit]).await?;
            Ok(rows.iter().map(deed).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_journey_counts(
        &mut self,
        tenant: TenantId,
        of: &str,
    ) -> Result<(Vec<JourneyCount>, Vec<JourneyCrowd>)> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT step, did, reason, count(*), sum(points)::bigint FROM journey_deeds
                       WHERE tenant = $1 AND journey = $2
                       GROUP BY step, did, reason
                       ORDER BY step COLLATE \"C\", did COLLATE \"C\", reason COLLATE \"C\"";
            let counts = link.rows(sql, &[&no, &of]).await?;
            let count = |row: &Row| JourneyCount {
                step: row.get(0),
                did: row.get(1),
                reason: row.get(2),
                count: row.get(3),
                points: row.get(4),
            };
            let counts = counts.iter().map(count).collect();
            let sql = "SELECT step, done, held_out, count(*) FROM journey_members
                       WHERE tenant = $1 AND journey = $2
                       GROUP BY step, done, held_out ORDER BY step COLLATE \"C\", done, held_out";
            let crowds = link.rows(sql, &[&no, &of]).await?;
            let crowd = |row: &Row| JourneyCrowd {
                step: row.get(0),
                done: row.get::<_, i64>(1) != 0,
                held_out: row.get::<_, i64>(2) != 0,
                count: row.get(3),
            };
            Ok((counts, crowds.iter().map(crowd).collect()))
        })
    }

    pub(super) fn read_deeds_to_book(
        &mut self,
        tenant: TenantId,
        limit: usize,
    ) -> Result<Vec<JourneyDeed>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(async |link| {
            let sql = format!(
                "SELECT {DEED} FROM journey_deeds WHERE tenant = $1 AND pending = 1
                 ORDER BY wallet, journey, entry, no LIMIT $2"
            );
            let rows = link.rows(&sql, &[&no, &limit]).await?;
            Ok(rows.iter().map(deed).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn write_deed(&mut self, tenant: TenantId, own: &JourneyDeed) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE journey_deeds SET reason = $6, points = $7, pending = 0
                       WHERE tenant = $1 AND wallet = $2 AND journey = $3 AND entry = $4 AND no = $5
                       AND pending = 1";
            let (wallet, entry) = (&own.wallet.bytes()[..], i64::from(own.entry));
            let with: [Parameter<'_>; 7] = [
                &no,
                &wallet,
                &own.journey,
                &entry,
                &i64::from(own.no),
                &own.reason,
                &own.points,
            ];
            Ok(link.run(sql, &with).await? > 0)
        })
    }
}

async fn moved_on(link: &Link, no: i64) -> Result<(), Failure> {
    let sql = "UPDATE segment_runs SET version = version + 1 WHERE tenant = $1";
    link.run(sql, &[&no]).await?;
    Ok(())
}

/// Writes what comes of journeys in a pass.
pub(super) async fn pass(link: &Link, no: i64, own: &JourneyPass) -> Result<(), Failure> {
    rows(link, no, &own.rows).await?;
    deeds(link, no, &own.deeds).await?;
    for send in &own.sends {
        messages::add_send_once(link, no, send).await?;
    }
    messages::add(link, no, &own.messages).await
}

async fn rows(link: &Link, no: i64, rows: &[JourneyRow]) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let wallets: Vec<&[u8]> = rows.iter().map(|own| &own.wallet.bytes()[..]).collect();
    let journeys: Vec<&str> = rows.iter().map(|own| own.journey.as_str()).collect();
    let versions: Vec<i64> = rows.iter().map(|own| own.version).collect();
    let entries: Vec<i64> = rows.iter().map(|own| own.entry.into()).collect();
    let steps: Vec<&str> = rows.iter().map(|own| own.step.as_str()).collect();
    let since: Vec<i64> = rows.iter().map(|own| own.since.micros()).collect();
    let due = rows.iter().map(|own| own.due.map(Timestamp::micros));
    let due: Vec<Option<i64>> = due.collect();
    let done: Vec<i64> = rows.iter().map(|own| own.done.into()).collect();
    let held_out: Vec<i64> = rows.iter().map(|own| own.held_out.into()).collect();
    let counts: Vec<i64> = rows.iter().map(|own| own.deeds.into()).collect();
    let states: Vec<&str> = rows.iter().map(|own| own.state.as_str()).collect();
    let sql = format!(
        "INSERT INTO journey_members (tenant, {ROW})
         SELECT $1, u.* FROM unnest($2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::text[],
             $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[]) u
         ON CONFLICT (tenant, wallet, journey) DO UPDATE SET version = excluded.version,
             entry = excluded.entry, step = excluded.step, since = excluded.since, due = excluded.due,
             done = excluded.done, held_out = excluded.held_out, deeds = excluded.deeds,
             state = excluded.state"
    );
    let with: [Parameter<'_>; 12] = [
        &no, &wallets, &journeys, &versions, &entries, &steps, &since, &due, &done, &held_out,
        &counts, &states,
    ];
    link.run(&sql, &with).await?;
    Ok(())
}

async fn deeds(link: &Link, no: i64, deeds: &[JourneyDeed]) -> Result<(), Failure> {
    if deeds.is_empty() {
        return Ok(());
    }
    let wallets: Vec<&[u8]> = deeds.iter().map(|own| &own.wallet.bytes()[..]).collect();
    let journeys: Vec<&str> = deeds.iter().map(|own| own.journey.as_str()).collect();
    let entries: Vec<i64> = deeds.iter().map(|own| own.entry.into()).collect();
    let numbers: Vec<i64> = deeds.iter().map(|own| own.no.into()).collect();
    let steps: Vec<&str> = deeds.iter().map(|own| own.step.as_str()).collect();
    let at: Vec<i64> = deeds.iter().map(|own| own.at.micros()).collect();
    let did: Vec<&str> = deeds.iter().map(|own| own.did.as_str()).collect();
    let reasons: Vec<&str> = deeds.iter().map(|own| own.reason.as_str()).collect();
    let points: Vec<i64> = deeds.iter().map(|own| own.points).collect();
    let pending: Vec<i64> = deeds.iter().map(|own| own.pending.into()).collect();
    let sql = format!(
        "INSERT INTO journey_deeds (tenant, {DEED})
         SELECT $1, u.* FROM unnest($2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::text[],
             $7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::bigint[]) u"
    );
    let with: [Parameter<'_>; 11] = [
        &no, &wallets, &journeys, &entries, &numbers, &steps, &at, &did, &reasons, &points,
        &pending,
    ];
    link.run(&sql, &with).await?;
    Ok(())
}

fn number(row: &Row, column: usize) -> Result<u32, Error> {
    let number: i64 = row.get(column);
    let wrong = |_| Error::Corrupt(format!("a journey counts {number}"));
    u32::try_from(number).map_err(wrong)
}

fn journey(row: &Row) -> Result<JourneyRow, Error> {
    Ok(JourneyRow {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        journey: row.get(1),
        version: row.get(2),
        entry: number(row, 3)?,
        step: row.get(4),
        since: Timestamp::from_micros(row.get(5)),
        due: row.get::<_, Option<i64>>(6).map(Timestamp::from_micros),
        done: row.get::<_, i64>(7) != 0,
        held_out: row.get::<_, i64>(8) != 0,
        deeds: number(row, 9)?,
        state: row.get(10),
    })
}

fn deed(row: &Row) -> Result<JourneyDeed, Error> {
    Ok(JourneyDeed {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        journey: row.get(1),
        entry: number(row, 2)?,
        no: number(row, 3)?,
        step: row.get(4),
        at: Timestamp::from_micros(row.get(5)),
        did: row.get(6),
        reason: row.get(7),
        points: row.get(8),
        pending: row.get::<_, i64>(9) != 0,
    })
}
