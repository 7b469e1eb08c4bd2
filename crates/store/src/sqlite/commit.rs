//! The write half of a batch.

use super::Failure;
use super::load::find;
use crate::batch::{Ask, Commit, Loaded};
use crate::error::Error;
use crate::format::encode;
use crate::plan::Wanted;
use crate::writes::{Writes, signed};
use regulars_base::TenantId;
use rusqlite::{Connection, params};

type Result<T, E = Failure> = std::result::Result<T, E>;

impl super::Sqlite {
    pub(super) fn run_batch(
        &mut self,
        tenant: TenantId,
        asks: &[Ask],
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> crate::Result<()> {
        let no = self.tenant_no(tenant)?;
        let wanted = Wanted::of(asks);
        self.write(|db| {
            let (mut loaded, aside) = find(db, no, &wanted)?.assemble(asks, &wanted)?;
            let commits = decide(&mut loaded);
            if commits.is_empty() {
                return Ok(());
            }
            let writes = Writes::of(tenant, &mut loaded, &aside, &commits);
            write(db, no, &loaded, &writes)
        })
    }

    pub(super) fn run_peek(&mut self, tenant: TenantId, asks: &[Ask]) -> crate::Result<Loaded> {
        let no = self.tenant_no(tenant)?;
        let wanted = Wanted::of(asks);
        self.read(|db| Ok(find(db, no, &wanted)?.assemble(asks, &wanted)?.0))
    }
}

fn write(db: &Connection, tenant: i64, loaded: &Loaded, writes: &Writes) -> Result<()> {
    append(db, tenant, writes)?;
    wallets(db, tenant, loaded, writes)?;
    orders(db, tenant, loaded, writes)?;
    let mut draw = db.prepare_cached(
        "INSERT INTO shared (tenant, name, period, used) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, name, period) DO UPDATE SET used = used + excluded.used",
    )?;
    for (key, by) in &writes.shared {
        draw.execute(params![tenant, key.name.number(), key.period, by])?;
    }
    let (batch, wallets) = &writes.unsealed;
    db.prepare_cached("INSERT INTO unsealed (tenant, batch, wallets) VALUES (?1, ?2, ?3)")?
        .execute(params![tenant, batch, wallets])?;
    Ok(())
}

/// Keys, log and ledger.
fn append(db: &Connection, tenant: i64, writes: &Writes) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO event_keys (tenant, key, wallet, seq) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (key, wallet, seq) in &writes.keys {
        insert.execute(params![tenant, key, wallet.bytes(), seq])?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO log (tenant, wallet, seq, kind, occurred_at, recorded_at, member, program,
                          input, event, outcome, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    for row in &writes.log {
        insert.execute(params![
            tenant,
            row.wallet.bytes(),
            row.seq,
            row.kind,
            row.occurred_at,
            row.recorded_at,
            row.member.bytes(),
            row.program,
            row.input,
            row.event,
            row.outcome,
            row.hash
        ])?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO entries (tenant, wallet, seq, no, points, from_account, to_account, amount,
                              expires_at, available_at, effective_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for row in &writes.entries {
        insert.execute(params![
            tenant,
            row.wallet.bytes(),
            row.seq,
            row.no,
            row.points,
            row.from,
            row.to,
            row.amount,
            row.expires_at,
            row.available_at,
            row.effective_at
        ])?;
    }
    Ok(())
}

/// Wallets, and the members and identities that are new.
fn wallets(db: &Connection, tenant: i64, loaded: &Loaded, writes: &Writes) -> Result<()> {
    for (place, at) in &writes.members {
        let row = &loaded.wallets[*place];
        super::members::insert(db, tenant, row.member, row.wallet, *at)?;
    }
    for (key, member, identity) in &writes.identities {
        super::members::insert_identity(db, tenant, key, *member, identity)?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO wallets (tenant, wallet, member, merged_into, seq, head, due_at, tier, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut update = db.prepare_cached(
        "UPDATE wallets SET merged_into = ?3, seq = ?4, head = ?5, due_at = ?6, tier = ?7,
                            state = ?8
         WHERE tenant = ?1 AND wallet = ?2",
    )?;
    for place in &writes.wallets {
        let row = &loaded.wallets[*place];
        let into = row.merged_into.map(|into| *into.bytes());
        let due = row.due_at.map(|at| at.micros());
        let tier = row.state.tier.name.map(|name| name.number());
        let state = encode(&row.state);
        if row.is_new {
            insert.execute(params![
                tenant,
                row.wallet.bytes(),
                row.member.bytes(),
                into,
                signed(row.seq),
                row.head,
                due,
                tier,
                state
            ])?;
        } else {
            let changed = update.execute(params![
                tenant,
                row.wallet.bytes(),
                into,
                signed(row.seq),
                row.head,
                due,
                tier,
                state
            ])?;
            if changed != 1 {
                return Err(Error::Corrupt(format!("{} went away", row.wallet)).into());
            }
        }
    }
    let mut merge =
        db.prepare_cached("UPDATE members SET merged_into = ?3 WHERE tenant = ?1 AND member = ?2")?;
    for (member, into) in &writes.merged {
        merge.execute(params![tenant, member.bytes(), into.bytes()])?;
    }
    Ok(())
}

fn orders(db: &Connection, tenant: i64, loaded: &Loaded, writes: &Writes) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO orders (tenant, key, wallet, purchased, source, number, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut update = db.prepare_cached(
        "UPDATE orders SET wallet = ?3, purchased = ?4, record = ?5
         WHERE tenant = ?1 AND key = ?2",
    )?;
    for order in &writes.orders {
        let row = &loaded.orders[order.place];
        let record = encode(&row.state);
        let (key, wallet) = (&order.key, order.wallet.bytes());
        if order.found {
            update.execute(params![tenant, key, wallet, order.purchased, record])?;
        } else {
            insert.execute(params![
                tenant,
                key,
                wallet,
                order.purchased,
                row.source.as_str(),
                row.number.as_str(),
                record
            ])?;
        }
    }
    Ok(())
}
