//! The write half of a batch.

use super::Failure;
use super::load::find;
use crate::batch::{Answer, Ask, Commit, Loaded};
use crate::error::Error;
use crate::format::encode;
use crate::hash::Key;
use crate::plan::Wanted;
use crate::writes::{EntryRow, Writes, signed};
use regulars_base::{TenantId, Timestamp};
use rusqlite::{Connection, Statement, params};

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
        // New events are the rule: their keys are not looked for, and if one turns out to be known
        // when it is written, all is undone and done once more with looking. Duplicates come in
        // crowds (a file that is imported again), so we go on looking until a batch has none.
        loop {
            let look = self.look_for_keys;
            let (mut seen, mut known) = (false, false);
            let result = self.write(|db| {
                let found = find(db, no, &wanted, look)?;
                seen = !found.events.is_empty();
                let (mut loaded, aside) = found.assemble(asks, &wanted)?;
                let fresh = fresh(&loaded, &wanted);
                let due: Vec<_> = loaded.wallets.iter().map(|row| row.due_at).collect();
                let commits = decide(&mut loaded);
                let writes = Writes::of(tenant, &mut loaded, &aside, &commits);
                known = !look && any_known(db, no, &fresh, &writes)?;
                known = known || !keys(db, no, &writes, look)?;
                match known {
                    true => Err(Error::Retry("an event is known already".into()).into()),
                    false if commits.is_empty() => Ok(()),
                    false => write(db, no, (&loaded, &due), &writes),
                }
            });
            self.look_for_keys = seen || known;
            if !known {
                return result;
            }
        }
    }

    pub(super) fn run_peek(&mut self, tenant: TenantId, asks: &[Ask]) -> crate::Result<Loaded> {
        let no = self.tenant_no(tenant)?;
        let wanted = Wanted::of(asks);
        self.read(|db| Ok(find(db, no, &wanted, true)?.assemble(asks, &wanted)?.0))
    }
}

/// `due` says of each wallet when it needed a tick before.
fn write(
    db: &Connection,
    tenant: i64,
    (loaded, due): (&Loaded, &[Option<Timestamp>]),
    writes: &Writes,
) -> Result<()> {
    append(db, tenant, writes)?;
    wallets(db, tenant, (loaded, due), writes)?;
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

/// Writes the keys, before anything else. `false` if one is known and nobody looked for it: then
/// the rows written so far must not stay.
fn keys(db: &Connection, tenant: i64, writes: &Writes, looked: bool) -> Result<bool> {
    let mut insert = db.prepare_cached(
        "INSERT INTO event_keys (tenant, key, wallet, seq) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (key, wallet, seq) in &writes.keys {
        match insert.execute(params![tenant, key, wallet.bytes(), seq]) {
            Ok(_) => {}
            Err(error) if !looked && is_constraint(&error) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// The keys of the events that are new as far as we know.
fn fresh(loaded: &Loaded, wanted: &Wanted) -> Vec<Key> {
    let answers = loaded.answers.iter().zip(&wanted.of_ask);
    let is_fresh = |answer: &Answer| matches!(answer, Answer::Fresh { .. });
    answers
        .filter(|(answer, _)| is_fresh(answer))
        .map(|(_, key)| *key)
        .collect()
}

/// Whether any event that the closure did not commit is known: writing it would have shown that.
fn any_known(db: &Connection, tenant: i64, fresh: &[Key], writes: &Writes) -> Result<bool> {
    if fresh.len() <= writes.keys.len() {
        return Ok(false);
    }
    let mut select =
        db.prepare_cached("SELECT 1 FROM event_keys WHERE tenant = ?1 AND key = ?2")?;
    for key in fresh {
        let written = writes.keys.binary_search_by_key(key, |(key, _, _)| *key);
        if written.is_err() && select.exists(params![tenant, key])? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}

/// Log and ledger.
fn append(db: &Connection, tenant: i64, writes: &Writes) -> Result<()> {
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
    entries(db, tenant, &writes.entries)
}

/// The columns of an entry, and a place for each of its values.
const ENTRY: &str = "INSERT INTO entries (tenant, wallet, seq, no, points, from_account,
    to_account, amount, expires_at, available_at, effective_at) VALUES ";
const VALUES: &str = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// So many entries go into one statement: an event has several.
const TOGETHER: usize = 8;

fn entries(db: &Connection, tenant: i64, rows: &[EntryRow]) -> Result<()> {
    let (groups, rest) = rows.as_chunks::<TOGETHER>();
    let mut insert = db.prepare_cached(&format!("{ENTRY}{}", [VALUES; TOGETHER].join(", ")))?;
    for group in groups {
        bind(&mut insert, tenant, group)?;
    }
    let mut insert = db.prepare_cached(&format!("{ENTRY}{VALUES}"))?;
    for row in rest {
        bind(&mut insert, tenant, std::slice::from_ref(row))?;
    }
    Ok(())
}

fn bind(insert: &mut Statement<'_>, tenant: i64, rows: &[EntryRow]) -> Result<()> {
    for (row, place) in rows.iter().zip((1..).step_by(11)) {
        insert.raw_bind_parameter(place, tenant)?;
        insert.raw_bind_parameter(place + 1, row.wallet.bytes())?;
        insert.raw_bind_parameter(place + 2, row.seq)?;
        insert.raw_bind_parameter(place + 3, row.no)?;
        insert.raw_bind_parameter(place + 4, row.points)?;
        insert.raw_bind_parameter(place + 5, row.from)?;
        insert.raw_bind_parameter(place + 6, row.to)?;
        insert.raw_bind_parameter(place + 7, row.amount)?;
        insert.raw_bind_parameter(place + 8, row.expires_at)?;
        insert.raw_bind_parameter(place + 9, row.available_at)?;
        insert.raw_bind_parameter(place + 10, row.effective_at)?;
    }
    insert.raw_execute()?;
    Ok(())
}

/// Wallets, and the members and identities that are new. An update that names `due_at` writes its
/// index anew, a page of its own for each wallet; so it is named only where it changed.
fn wallets(
    db: &Connection,
    tenant: i64,
    (loaded, due): (&Loaded, &[Option<Timestamp>]),
    writes: &Writes,
) -> Result<()> {
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
        "UPDATE wallets SET merged_into = ?3, seq = ?4, head = ?5, tier = ?6, state = ?7
         WHERE tenant = ?1 AND wallet = ?2",
    )?;
    let mut put_off =
        db.prepare_cached("UPDATE wallets SET due_at = ?3 WHERE tenant = ?1 AND wallet = ?2")?;
    for place in &writes.wallets {
        let row = &loaded.wallets[*place];
        let into = row.merged_into.map(|into| *into.bytes());
        let due_at = row.due_at.map(|at| at.micros());
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
                due_at,
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
                tier,
                state
            ])?;
            if changed != 1 {
                return Err(Error::Corrupt(format!("{} went away", row.wallet)).into());
            }
            if due.get(*place) != Some(&row.due_at) {
                put_off.execute(params![tenant, row.wallet.bytes(), due_at])?;
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
