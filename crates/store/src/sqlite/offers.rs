//! Personal offers: what was chosen for whom, what was taken, and what came of it.

use super::Failure;
use crate::error::Result;
use crate::offer::{
    CHOICE, OfferChoice, OfferKey, OfferKnown, OfferOutcome, OfferStage, OfferTaking, small,
};
use regulars_base::{TenantId, Timestamp, WalletId};
use rusqlite::{OptionalExtension, Row, Transaction, params};

impl super::Sqlite {
    pub(super) fn insert_offer_choice(
        &mut self,
        tenant: TenantId,
        own: &OfferChoice,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let sql = format!(
                "INSERT INTO offer_choices (tenant, {CHOICE})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
                 ON CONFLICT DO NOTHING"
            );
            let added = db.prepare_cached(&sql)?.execute(params![
                no,
                own.key.wallet.bytes(),
                own.key.set,
                own.key.round,
                own.cell,
                own.offer,
                own.number,
                own.among,
                own.held_out,
                own.chosen_at.micros(),
                i64::try_from(own.seq).unwrap_or(i64::MAX),
                own.until.micros(),
                own.stage.number(),
                own.cost,
                own.taken_at.map(Timestamp::micros),
                own.reason,
                own.orders,
                own.spent
            ])?;
            Ok(added > 0)
        })
    }

    pub(super) fn read_offer_choices_of(
        &mut self,
        tenant: TenantId,
        wallet: WalletId,
        limit: usize,
    ) -> Result<Vec<OfferChoice>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let sql = format!(
                "SELECT {CHOICE} FROM offer_choices WHERE tenant = ?1 AND wallet = ?2
                 ORDER BY offer_set DESC, round DESC LIMIT ?3"
            );
            let mut select = db.prepare_cached(&sql)?;
            let rows =
                select.query_map(params![no, wallet.bytes(), limit], |row| Ok(choice(row)))?;
            rows.map(|row| row.map_err(Failure::from)?).collect()
        })
    }

    pub(super) fn read_offer_choices(
        &mut self,
        tenant: TenantId,
        (set, after): (&str, Option<(WalletId, u32)>),
        limit: usize,
    ) -> Result<Vec<OfferChoice>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (wallet, round) = after.map_or((Vec::new(), 0), |own| (own.0.bytes().to_vec(), own.1));
        self.read(|db| {
            let sql = format!(
                "SELECT {CHOICE} FROM offer_choices INDEXED BY offer_choices_by_set
                 WHERE tenant = ?1 AND offer_set = ?2 AND (wallet, round) > (?3, ?4)
                 ORDER BY wallet, round LIMIT ?5"
            );
            let mut select = db.prepare_cached(&sql)?;
            let asked = params![no, set, wallet, round, limit];
            let rows = select.query_map(asked, |row| Ok(choice(row)))?;
            rows.map(|row| row.map_err(Failure::from)?).collect()
        })
    }

    pub(super) fn read_offer_known(
        &mut self,
        tenant: TenantId,
        set: &str,
    ) -> Result<Vec<OfferKnown>> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT cell, offer, brought, did_not FROM offer_known
                 WHERE tenant = ?1 AND offer_set = ?2 ORDER BY cell, offer",
            )?;
            let rows = select.query_map(params![no, set], |row| {
                Ok(OfferKnown {
                    cell: row.get(0)?,
                    offer: row.get(1)?,
                    brought: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
                    did_not: u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    pub(super) fn read_offer_budget(&mut self, tenant: TenantId, set: &str) -> Result<i64> {
        let no = self.tenant_no(tenant)?;
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT drawn FROM offer_budgets WHERE tenant = ?1 AND offer_set = ?2",
            )?;
            let drawn = select
                .query_row(params![no, set], |row| row.get(0))
                .optional()?;
            Ok(drawn.unwrap_or(0))
        })
    }

    pub(super) fn begin_offer_taking(
        &mut self,
        tenant: TenantId,
        key: &OfferKey,
        (cost, budget, at): (i64, i64, Timestamp),
    ) -> Result<OfferTaking> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let stands: Option<i64> = db
                .prepare_cached(
                    "SELECT 1 FROM offer_choices WHERE tenant = ?1 AND wallet = ?2 AND offer_set = ?3
                     AND round = ?4 AND stage = 0 AND held_out = 0 AND until > ?5",
                )?
                .query_row(
                    params![no, key.wallet.bytes(), key.set, key.round, at.micros()],
                    |row| row.get(0),
                )
                .optional()?;
            if stands.is_none() {
                return Ok(OfferTaking::NotOpen);
            }
            if !draw(db, no, (&key.set, cost), budget)? {
                return Ok(OfferTaking::BudgetSpent);
            }
            db.prepare_cached(
                "UPDATE offer_choices SET stage = 1, cost = ?5, taken_at = ?6
                 WHERE tenant = ?1 AND wallet = ?2 AND offer_set = ?3 AND round = ?4",
            )?
            .execute(params![no, key.wallet.bytes(), key.set, key.round, cost, at.micros()])?;
            Ok(OfferTaking::Begun)
        })
    }

    pub(super) fn end_offer_taking(
        &mut self,
        tenant: TenantId,
        key: &OfferKey,
        refused: Option<&str>,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let cost: Option<i64> = db
                .prepare_cached(
                    "SELECT cost FROM offer_choices WHERE tenant = ?1 AND wallet = ?2 AND offer_set = ?3
                     AND round = ?4 AND stage = 1",
                )?
                .query_row(params![no, key.wallet.bytes(), key.set, key.round], |row| row.get(0))
                .optional()?;
            let Some(cost) = cost else {
                return Ok(false);
            };
            let (stage, kept) = match refused {
                Some(_) => (OfferStage::Refused, 0),
                None => (OfferStage::Taken, cost),
            };
            if refused.is_some() {
                draw(db, no, (&key.set, -cost), i64::MAX)?;
            }
            let reason = refused.unwrap_or_default();
            db.prepare_cached(
                "UPDATE offer_choices SET stage = ?5, reason = ?6, cost = ?7
                 WHERE tenant = ?1 AND wallet = ?2 AND offer_set = ?3 AND round = ?4",
            )?
            .execute(params![
                no,
                key.wallet.bytes(),
                key.set,
                key.round,
                stage.number(),
                reason,
                kept
            ])?;
            Ok(true)
        })
    }

    pub(super) fn read_offers_to_book(
        &mut self,
        tenant: TenantId,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<OfferChoice>> {
        let order =
            "INDEXED BY offer_choices_to_book WHERE tenant = ?1 AND stage = 1 AND taken_at <= ?2
                     ORDER BY taken_at LIMIT ?3";
        self.read_offers_due(tenant, (order, before), limit)
    }

    pub(super) fn read_offers_to_settle(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<OfferChoice>> {
        let order = "INDEXED BY offer_choices_to_settle WHERE tenant = ?1 AND orders IS NULL AND until <= ?2
                     ORDER BY until LIMIT ?3";
        self.read_offers_due(tenant, (order, now), limit)
    }

    fn read_offers_due(
        &mut self,
        tenant: TenantId,
        (order, at): (&str, Timestamp),
        limit: usize,
    ) -> Result<Vec<OfferChoice>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|db| {
            let sql = format!("SELECT {CHOICE} FROM offer_choices {order}");
            let mut select = db.prepare_cached(&sql)?;
            let rows = select.query_map(params![no, at.micros(), limit], |row| Ok(choice(row)))?;
            rows.map(|row| row.map_err(Failure::from)?).collect()
        })
    }

    pub(super) fn write_offer_outcomes(
        &mut self,
        tenant: TenantId,
        outcomes: &[OfferOutcome],
    ) -> Result<usize> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            let mut settled = 0;
            for own in outcomes {
                let key = &own.key;
                let written = db
                    .prepare_cached(
                        "UPDATE offer_choices SET orders = ?5, spent = ?6
                         WHERE tenant = ?1 AND wallet = ?2 AND offer_set = ?3 AND round = ?4
                         AND orders IS NULL",
                    )?
                    .execute(params![
                        no,
                        key.wallet.bytes(),
                        key.set,
                        key.round,
                        own.orders,
                        own.spent
                    ])?;
                settled += written;
                if written > 0 {
                    learn(db, no, own)?;
                }
            }
            Ok(settled)
        })
    }
}

/// Draws so much of a budget, or gives it back; `false`, and nothing is drawn, where it does not reach.
fn draw(
    db: &Transaction<'_>,
    no: i64,
    (set, cost): (&str, i64),
    budget: i64,
) -> Result<bool, Failure> {
    db.prepare_cached(
        "INSERT INTO offer_budgets (tenant, offer_set, drawn) VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING",
    )?
    .execute(params![no, set])?;
    let drawn = db
        .prepare_cached(
            "UPDATE offer_budgets SET drawn = drawn + ?3
             WHERE tenant = ?1 AND offer_set = ?2 AND drawn <= ?4 - ?3",
        )?
        .execute(params![no, set, cost, budget.min(i64::MAX / 2)])?;
    Ok(drawn > 0)
}

/// Counts what came of a choice that was shown.
fn learn(db: &Transaction<'_>, no: i64, own: &OfferOutcome) -> Result<(), Failure> {
    let key = &own.key;
    let bought = i64::from(own.orders > 0);
    db.prepare_cached(
        "INSERT INTO offer_known (tenant, offer_set, cell, offer, brought, did_not)
         SELECT tenant, offer_set, cell, offer, ?5, 1 - ?5 FROM offer_choices
         WHERE tenant = ?1 AND wallet = ?2 AND offer_set = ?3 AND round = ?4 AND held_out = 0
         ON CONFLICT (tenant, offer_set, cell, offer)
         DO UPDATE SET brought = brought + excluded.brought, did_not = did_not + excluded.did_not",
    )?
    .execute(params![no, key.wallet.bytes(), key.set, key.round, bought])?;
    Ok(())
}

fn choice(row: &Row<'_>) -> Result<OfferChoice, Failure> {
    let orders: Option<i64> = row.get(15)?;
    Ok(OfferChoice {
        key: OfferKey {
            wallet: WalletId::from_bytes(row.get(0)?),
            set: row.get(1)?,
            round: small(row.get(2)?)?,
        },
        cell: row.get(3)?,
        offer: row.get(4)?,
        number: small(row.get(5)?)?,
        among: row.get(6)?,
        held_out: row.get::<_, i64>(7)? != 0,
        chosen_at: Timestamp::from_micros(row.get(8)?),
        seq: u64::try_from(row.get::<_, i64>(9)?).unwrap_or(0),
        until: Timestamp::from_micros(row.get(10)?),
        stage: OfferStage::of(row.get(11)?)?,
        cost: row.get(12)?,
        taken_at: row.get::<_, Option<i64>>(13)?.map(Timestamp::from_micros),
        reason: row.get(14)?,
        orders: orders.map(small).transpose()?,
        spent: row.get(16)?,
    })
}
