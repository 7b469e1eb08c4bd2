//! Whoever is compared with others, and what they bought.

use crate::bought::{BoughtOf, BoughtRow, MEANT};
use crate::error::Result;
use regulars_base::{TenantId, Timestamp, WalletId};
use rusqlite::{Row, params};

impl super::Sqlite {
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
        self.read(|db| {
            let mut select = db.prepare_cached(&sql)?;
            let rows = select.query_map(params![no, after, limit, id], bought)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// The statement, and the id that it asks for. A cross join keeps the order of the tables.
fn statement(of: &BoughtOf) -> (String, &str) {
    let (sql, id) = match of {
        BoughtOf::Everybody => (
            "SELECT f.wallet, NULL, f.joined, 0, s.state FROM portraits f
             CROSS JOIN portrait_states s ON s.tenant = f.tenant AND s.wallet = f.wallet
             WHERE f.tenant = ?1 AND f.wallet > ?2 AND f.here = 1 AND ?4 = ''
             ORDER BY f.wallet LIMIT ?3"
                .to_owned(),
            "",
        ),
        BoughtOf::Segment(id) => (
            "SELECT m.wallet, NULL, NULL, 0, s.state FROM segment_members m
             CROSS JOIN portrait_states s ON s.tenant = m.tenant AND s.wallet = m.wallet
             WHERE m.tenant = ?1 AND m.segment = ?4 AND m.wallet > ?2
             ORDER BY m.wallet LIMIT ?3"
                .to_owned(),
            id.as_str(),
        ),
        // Coming in is the first deed of an entry.
        BoughtOf::Journey(id) => (
            "SELECT m.wallet, d.at, NULL, m.held_out, s.state
             FROM journey_members m INDEXED BY journey_members_by_journey
             CROSS JOIN journey_deeds d ON d.tenant = m.tenant AND d.wallet = m.wallet
                 AND d.journey = m.journey AND d.entry = 1 AND d.no = 0
             LEFT JOIN portrait_states s ON s.tenant = m.tenant AND s.wallet = m.wallet
             WHERE m.tenant = ?1 AND m.journey = ?4 AND m.wallet > ?2
             ORDER BY m.wallet LIMIT ?3"
                .to_owned(),
            id.as_str(),
        ),
        BoughtOf::Offers(id) => (
            "SELECT o.wallet, o.chosen_at, NULL, o.held_out, s.state
             FROM offer_choices o INDEXED BY offer_choices_by_set
             LEFT JOIN portrait_states s ON s.tenant = o.tenant AND s.wallet = o.wallet
             WHERE o.tenant = ?1 AND o.offer_set = ?4 AND o.wallet > ?2 AND o.round = 1
             ORDER BY o.wallet LIMIT ?3"
                .to_owned(),
            id.as_str(),
        ),
        BoughtOf::Send(id) => (
            format!(
                "SELECT g.member, NULL, NULL, g.stage = 3 AND g.reason = 'held_out', s.state
                 FROM messages g
                 LEFT JOIN portrait_states s ON s.tenant = g.tenant AND s.wallet = g.member
                 WHERE g.tenant = ?1 AND g.send = ?4 AND g.member > ?2 AND {MEANT}
                 ORDER BY g.member LIMIT ?3"
            ),
            id.as_str(),
        ),
    };
    (sql, id)
}

fn bought(row: &Row<'_>) -> rusqlite::Result<BoughtRow> {
    Ok(BoughtRow {
        wallet: WalletId::from_bytes(row.get(0)?),
        came_at: row.get::<_, Option<i64>>(1)?.map(Timestamp::from_micros),
        joined_on: row.get(2)?,
        held_out: row.get::<_, i64>(3)? != 0,
        portrait: row.get(4)?,
    })
}
