//! Personal offers: what was chosen for whom, what was taken, and what came of it.

use super::link::{Failure, Link, Parameter, bytes};
use crate::error::{Error, Result};
use crate::offer::{
    CHOICE, OfferChoice, OfferKey, OfferKnown, OfferOutcome, OfferStage, OfferTaking, small,
};
use regulars_base::{TenantId, Timestamp, WalletId};
use tokio_postgres::Row;

impl super::Postgres {
    pub(super) fn insert_offer_choice(
        &mut self,
        tenant: TenantId,
        own: &OfferChoice,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = format!(
                "INSERT INTO offer_choices (tenant, {CHOICE})
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
                 ON CONFLICT DO NOTHING"
            );
            let (wallet, round, number) = (
                &own.key.wallet.bytes()[..],
                i64::from(own.key.round),
                i64::from(own.number),
            );
            let (held_out, stage) = (i64::from(own.held_out), own.stage.number());
            let seq = i64::try_from(own.seq).unwrap_or(i64::MAX);
            let (chosen_at, until) = (own.chosen_at.micros(), own.until.micros());
            let taken_at = own.taken_at.map(Timestamp::micros);
            let orders = own.orders.map(i64::from);
            let with: [Parameter<'_>; 18] = [
                &no,
                &wallet,
                &own.key.set,
                &round,
                &own.cell,
                &own.offer,
                &number,
                &own.among,
                &held_out,
                &chosen_at,
                &seq,
                &until,
                &stage,
                &own.cost,
                &taken_at,
                &own.reason,
                &orders,
                &own.spent,
            ];
            Ok(link.run(&sql, &with).await? > 0)
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
        self.read(async |link| {
            let sql = format!(
                "SELECT {CHOICE} FROM offer_choices WHERE tenant = $1 AND wallet = $2
                 ORDER BY offer_set DESC, round DESC LIMIT $3"
            );
            let rows = link
                .rows(&sql, &[&no, &&wallet.bytes()[..], &limit])
                .await?;
            Ok(rows.iter().map(choice).collect::<Result<_, Error>>()?)
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
        let (wallet, round) = after.map_or((Vec::new(), 0), |own| {
            (own.0.bytes().to_vec(), i64::from(own.1))
        });
        self.read(async |link| {
            let sql = format!(
                "SELECT {CHOICE} FROM offer_choices
                 WHERE tenant = $1 AND offer_set = $2 AND (wallet, round) > ($3, $4)
                 ORDER BY wallet, round LIMIT $5"
            );
            let rows = link
                .rows(&sql, &[&no, &set, &wallet, &round, &limit])
                .await?;
            Ok(rows.iter().map(choice).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn read_offer_known(
        &mut self,
        tenant: TenantId,
        set: &str,
    ) -> Result<Vec<OfferKnown>> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT cell, offer, brought, did_not FROM offer_known
                       WHERE tenant = $1 AND offer_set = $2 ORDER BY cell, offer";
            let rows = link.rows(sql, &[&no, &set]).await?;
            let known = |row: &Row| OfferKnown {
                cell: row.get(0),
                offer: row.get(1),
                brought: u64::try_from(row.get::<_, i64>(2)).unwrap_or(0),
                did_not: u64::try_from(row.get::<_, i64>(3)).unwrap_or(0),
            };
            Ok(rows.iter().map(known).collect())
        })
    }

    pub(super) fn read_offer_budget(&mut self, tenant: TenantId, set: &str) -> Result<i64> {
        let no = self.tenant_no(tenant)?;
        self.read(async |link| {
            let sql = "SELECT drawn FROM offer_budgets WHERE tenant = $1 AND offer_set = $2";
            let rows = link.rows(sql, &[&no, &set]).await?;
            Ok(rows.first().map_or(0, |row| row.get(0)))
        })
    }

    pub(super) fn begin_offer_taking(
        &mut self,
        tenant: TenantId,
        key: &OfferKey,
        (cost, budget, at): (i64, i64, Timestamp),
    ) -> Result<OfferTaking> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let (wallet, round) = (&key.wallet.bytes()[..], i64::from(key.round));
            let sql =
                "SELECT 1 FROM offer_choices WHERE tenant = $1 AND wallet = $2 AND offer_set = $3
                       AND round = $4 AND stage = 0 AND held_out = 0 AND until > $5 FOR UPDATE";
            let with: [Parameter<'_>; 5] = [&no, &wallet, &key.set, &round, &at.micros()];
            if link.rows(sql, &with).await?.is_empty() {
                return Ok(OfferTaking::NotOpen);
            }
            if !draw(link, no, (&key.set, cost), budget).await? {
                return Ok(OfferTaking::BudgetSpent);
            }
            let sql = "UPDATE offer_choices SET stage = 1, cost = $5, taken_at = $6
                       WHERE tenant = $1 AND wallet = $2 AND offer_set = $3 AND round = $4";
            let with: [Parameter<'_>; 6] = [&no, &wallet, &key.set, &round, &cost, &at.micros()];
            link.run(sql, &with).await?;
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
        self.write(async |link| {
            let (wallet, round) = (&key.wallet.bytes()[..], i64::from(key.round));
            let sql = "SELECT cost FROM offer_choices WHERE tenant = $1 AND wallet = $2
                       AND offer_set = $3 AND round = $4 AND stage = 1 FOR UPDATE";
            let rows = link.rows(sql, &[&no, &wallet, &key.set, &round]).await?;
            let Some(cost) = rows.first().map(|row| row.get::<_, i64>(0)) else {
                return Ok(false);
            };
            let (stage, kept) = match refused {
                Some(_) => (OfferStage::Refused.number(), 0),
                None => (OfferStage::Taken.number(), cost),
            };
            if refused.is_some() {
                draw(link, no, (&key.set, -cost), i64::MAX).await?;
            }
            let reason = refused.unwrap_or_default();
            let sql = "UPDATE offer_choices SET stage = $5, reason = $6, cost = $7
                       WHERE tenant = $1 AND wallet = $2 AND offer_set = $3 AND round = $4";
            let with: [Parameter<'_>; 7] = [&no, &wallet, &key.set, &round, &stage, &reason, &kept];
            link.run(sql, &with).await?;
            Ok(true)
        })
    }

    pub(super) fn read_offers_to_book(
        &mut self,
        tenant: TenantId,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<OfferChoice>> {
        let order = "stage = 1 AND taken_at <= $2 ORDER BY taken_at LIMIT $3";
        self.read_offers_due(tenant, (order, before), limit)
    }

    pub(super) fn read_offers_to_settle(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<OfferChoice>> {
        let order = "orders IS NULL AND until <= $2 ORDER BY until LIMIT $3";
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
        self.read(async |link| {
            let sql = format!("SELECT {CHOICE} FROM offer_choices WHERE tenant = $1 AND {order}");
            let rows = link.rows(&sql, &[&no, &at.micros(), &limit]).await?;
            Ok(rows.iter().map(choice).collect::<Result<_, Error>>()?)
        })
    }

    pub(super) fn write_offer_outcomes(
        &mut self,
        tenant: TenantId,
        outcomes: &[OfferOutcome],
    ) -> Result<usize> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE offer_choices SET orders = $5, spent = $6
                       WHERE tenant = $1 AND wallet = $2 AND offer_set = $3 AND round = $4
                       AND orders IS NULL";
            let mut settled = 0;
            for own in outcomes {
                let key = &own.key;
                let (wallet, round) = (&key.wallet.bytes()[..], i64::from(key.round));
                let orders = i64::from(own.orders);
                let with: [Parameter<'_>; 6] =
                    [&no, &wallet, &key.set, &round, &orders, &own.spent];
                if link.run(sql, &with).await? > 0 {
                    settled += 1;
                    learn(link, no, own).await?;
                }
            }
            Ok(settled)
        })
    }
}

/// Draws so much of a budget, or gives it back; `false`, and nothing is drawn, where it does not reach.
async fn draw(
    link: &Link,
    no: i64,
    (set, cost): (&str, i64),
    budget: i64,
) -> Result<bool, Failure> {
    let sql = "INSERT INTO offer_budgets (tenant, offer_set, drawn) VALUES ($1, $2, 0)
               ON CONFLICT DO NOTHING";
    link.run(sql, &[&no, &set]).await?;
    let sql = "UPDATE offer_budgets SET drawn = drawn + $3::bigint
               WHERE tenant = $1 AND offer_set = $2 AND drawn <= $4::bigint - $3::bigint";
    let budget = budget.min(i64::MAX / 2);
    Ok(link.run(sql, &[&no, &set, &cost, &budget]).await? > 0)
}

/// Counts what came of a choice that was shown.
async fn learn(link: &Link, no: i64, own: &OfferOutcome) -> Result<(), Failure> {
    let key = &own.key;
    let (wallet, round) = (&key.wallet.bytes()[..], i64::from(key.round));
    let bought = i64::from(own.orders > 0);
    let sql = "INSERT INTO offer_known AS k (tenant, offer_set, cell, offer, brought, did_not)
               SELECT tenant, offer_set, cell, offer, $5::bigint, 1 - $5::bigint FROM offer_choices
               WHERE tenant = $1 AND wallet = $2 AND offer_set = $3 AND round = $4 AND held_out = 0
               ON CONFLICT (tenant, offer_set, cell, offer)
               DO UPDATE SET brought = k.brought + excluded.brought,
                             did_not = k.did_not + excluded.did_not";
    link.run(sql, &[&no, &wallet, &key.set, &round, &bought])
        .await?;
    Ok(())
}

fn choice(row: &Row) -> Result<OfferChoice, Error> {
    let taken_at: Option<i64> = row.get(13);
    let orders: Option<i64> = row.get(15);
    Ok(OfferChoice {
        key: OfferKey {
            wallet: WalletId::from_bytes(bytes(row, 0)?),
            set: row.get(1),
            round: small(row.get(2))?,
        },
        cell: row.get(3),
        offer: row.get(4),
        number: small(row.get(5))?,
        among: row.get(6),
        held_out: row.get::<_, i64>(7) != 0,
        chosen_at: Timestamp::from_micros(row.get(8)),
        seq: u64::try_from(row.get::<_, i64>(9)).unwrap_or(0),
        until: Timestamp::from_micros(row.get(10)),
        stage: OfferStage::of(row.get(11))?,
        cost: row.get(12),
        taken_at: taken_at.map(Timestamp::from_micros),
        reason: row.get(14),
        orders: orders.map(small).transpose()?,
        spent: row.get(16),
    })
}
