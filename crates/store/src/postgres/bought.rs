//! Whoever is compared with others, and what they bought.

use super::link::bytes;
use crate::bought::{BoughtOf, BoughtRow, MEANT};
use crate::error::{Error, Result};
use regulars_base::{TenantId, Timestamp, WalletId};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn read_bought(
        &mut self,
        tenant: TenantId,
        of: &BoughtOf,
        after: Option<WalletId>,
        limit: usize,
    ) -> Result<Vec<BoughtRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or(Vec::new(), |id| id.bytes().to_vec());
        let (sql, id) = statement(of);
        self.read(async |link| {
            let rows = link.rows(&sql, &[&no, &after, &limit, &id]).await?;
            Ok(rows.iter().map(bought).collect::<Result<_, Error>>()?)
        })
    }
}

/// The statement, and the id that it asks for.
fn statement(of: &BoughtOf) -> (String, &str) {
    let (sql, id) = match of {
        BoughtOf::Everybody => (
            "SELECT f.wallet, NULL::bigint, f.joined, 0::bigint, s.state FROM portraits f
             JOIN portrait_states s ON s.tenant = f.tenant AND s.wallet = f.wallet
             WHERE f.tenant = $1 AND f.wallet > $2 AND f.here = 1 AND $4::text = ''
             ORDER BY f.wallet LIMIT $3"
                .to_owned(),
            "",
        ),
        BoughtOf::Segment(id) => (
            "SELECT m.wallet, NULL::bigint, NULL::bigint, 0::bigint, s.state FROM segment_members m
             JOIN portrait_states s ON s.tenant = m.tenant AND s.wallet = m.wallet
             WHERE m.tenant = $1 AND m.segment = $4 AND m.wallet > $2
             ORDER BY m.wallet LIMIT $3"
                .to_owned(),
            id.as_str(),
        ),
        // Coming in is the first deed of an entry.
        BoughtOf::Journey(id) => (
            "SELECT m.wallet, d.at, NULL::bigint, m.held_out, s.state FROM journey_members m
             JOIN journey_deeds d ON d.tenant = m.tenant AND d.wallet = m.wallet
                 AND d.journey = m.journey AND d.entry = 1 AND d.no = 0
             LEFT JOIN portrait_states s ON s.tenant = m.tenant AND s.wallet = m.wallet
             WHERE m.tenant = $1 AND m.journey = $4 AND m.wallet > $2
             ORDER BY m.wallet LIMIT $3"
                .to_owned(),
            id.as_str(),
        ),
        BoughtOf::Offers(id) => (
            "SELECT o.wallet, o.chosen_at, NULL::bigint, o.held_out, s.state
             FROM offer_choices o
             LEFT JOIN portrait_states s ON s.tenant = o.tenant AND s.wallet = o.wallet
             WHERE o.tenant = $1 AND o.offer_set = $4 AND o.wallet > $2 AND o.round = 1
             ORDER BY o.wallet LIMIT $3"
                .to_owned(),
            id.as_str(),
        ),
        BoughtOf::Send(id) => (
            format!(
                "SELECT g.member, NULL::bigint, NULL::bigint,
                     (g.stage = 3 AND g.reason = 'held_out')::int::bigint, s.state
                 FROM messages g
                 LEFT JOIN portrait_states s ON s.tenant = g.tenant AND s.wallet = g.member
                 WHERE g.tenant = $1 AND g.send = $4 AND g.member > $2 AND {MEANT}
                 ORDER BY g.member LIMIT $3"
            ),
            id.as_str(),
        ),
    };
    (sql, id)
}

fn bought(row: &Row) -> Result<BoughtRow, Error> {
    let joined: Option<i64> = row.get(2);
    Ok(BoughtRow {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        came_at: row.get::<_, Option<i64>>(1).map(Timestamp::from_micros),
        joined_on: joined.and_then(|day| i32::try_from(day).ok()),
        held_out: row.get::<_, i64>(3) != 0,
        portrait: row.get(4),
    })
}
