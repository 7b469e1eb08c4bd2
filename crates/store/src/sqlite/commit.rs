//! The write half of a batch.

use super::Failure;
use super::load::find;
use super::places::Places;
use super::rows::{Values, insert};
use crate::batch::{Answer, Ask, Commit, Loaded, WalletRow};
use crate::error::Error;
use crate::hash::Key;
use crate::plan::{Aside, Wanted};
use crate::writes::{Chain, EntryRow, LogRow, OrderWrite, Writes, signed};
use regulars_base::{TenantId, Timestamp};
use rusqlite::{Connection, params};

type Result<T, E = Failure> = std::result::Result<T, E>;

/// From so many events on, a thread of their own that makes their log rows is worth starting.
const WORTH_A_THREAD: usize = 64;

/// A batch on its way.
struct Batch<'a> {
    db: &'a Connection,
    id: TenantId,
    /// The number under which the tenant's rows stand.
    tenant: i64,
    wanted: &'a Wanted,
    /// Whether events and orders that ought to be new were looked for.
    looked: bool,
}

impl super::Sqlite {
    pub(super) fn run_batch(
        &mut self,
        tenant: TenantId,
        asks: &[Ask],
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> crate::Result<()> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        // New events are the rule: their keys are not looked for, and if one turns out to be known
        // when it is written, all is undone and done once more with looking. Duplicates come in
        // crowds (a file that is imported again), so we go on looking until a batch has none.
        loop {
            let looked = self.look;
            let (mut seen, mut known) = (false, false);
            let result = self.write(|db| {
                let wanted = Wanted::of(asks, vault.of(no));
                let found = find(db, no, &wanted, looked)?;
                seen = looked && found.has_known(&wanted);
                let assembled = found.assemble(asks, &wanted)?;
                let batch = Batch {
                    db,
                    id: tenant,
                    tenant: no,
                    wanted: &wanted,
                    looked,
                };
                let result = batch.run(assembled, decide);
                known = matches!(result, Err(Failure::Known));
                result
            });
            self.look = seen || known;
            if !known {
                return result;
            }
        }
    }

    pub(super) fn run_peek(&mut self, tenant: TenantId, asks: &[Ask]) -> crate::Result<Loaded> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.read(|db| {
            let wanted = Wanted::of(asks, vault.of(no));
            Ok(find(db, no, &wanted, true)?.assemble(asks, &wanted)?.0)
        })
    }
}

impl Batch<'_> {
    /// Decides and writes. The keys come first, since they may tell that all was for nothing. The
    /// log rows, which take most of the work before the database gets them, are made beside that.
    fn run(
        &self,
        (mut loaded, aside): (Loaded, Aside),
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> Result<()> {
        let fresh = self.fresh(&loaded);
        let due: Vec<_> = loaded.wallets.iter().map(|row| row.due_at).collect();
        let commits = decide(&mut loaded);
        let (loaded, id) = (&loaded, self.id);
        let places = Places::of(self.db, loaded, &commits)?;
        let (chain, written) = side_by_side(
            commits.len() >= WORTH_A_THREAD,
            || Chain::of(id, loaded, &commits),
            || {
                let writes = Writes::of(loaded, &aside, &commits);
                if !self.looked && self.any_known(&fresh, &writes)? {
                    return Err(Failure::Known);
                }
                self.keys(&writes, &places)?;
                self.orders(loaded, &writes, &places)?;
                self.entries(&writes.entries)?;
                let rows = self.rows(loaded)?;
                self.members(loaded, &writes, &rows)?;
                Ok((writes, rows))
            },
        );
        let (writes, rows) = written?;
        if commits.is_empty() {
            return Ok(());
        }
        self.log(&chain.log, &places)?;
        self.wallets((loaded, &due), &writes, (&chain, &places, &rows))?;
        self.shared(&writes)?;
        self.paying(loaded, &writes)?;
        self.scores(&writes)?;
        super::fulfilments::write(self.db, self.tenant, &writes)?;
        for (member, patch) in &writes.people {
            super::members::change(self.db, &writes.vault, *member, patch)?;
        }
        let lists = [
            (crate::writes::WAITING, &writes.submitting[..]),
            (crate::writes::SUBSCRIBERS, &writes.subscribing[..]),
        ];
        for list in lists {
            super::listed::write(self.db, self.tenant, loaded, list)?;
        }
        let codes: Vec<_> = writes.codes.into_iter().collect();
        if !codes.is_empty() {
            let steps = writes.code_steps.iter();
            let steps: Vec<_> = steps
                .map(|(code, wallet, seq)| (code, places.no(*wallet, *seq)))
                .collect();
            super::codes::write(self.db, self.tenant, &codes)?;
            super::codes::note(self.db, self.tenant, &steps)?;
        }
        let (batch, heads) = (chain.name(), chain.heads());
        self.db
            .prepare_cached("INSERT INTO unsealed (tenant, batch, heads) VALUES (?1, ?2, ?3)")?
            .execute(params![self.tenant, batch, heads])?;
        Ok(())
    }

    /// The keys of the events that are new as far as we know.
    fn fresh(&self, loaded: &Loaded) -> Vec<Key> {
        let answers = loaded.answers.iter().zip(&self.wanted.of_ask);
        let is_fresh = |answer: &Answer| matches!(answer, Answer::Fresh { .. });
        answers
            .filter(|(answer, _)| is_fresh(answer))
            .map(|(_, key)| *key)
            .collect()
    }

    /// Whether any event that the closure did not commit is known: writing it would have shown
    /// that.
    fn any_known(&self, fresh: &[Key], writes: &Writes) -> Result<bool> {
        if fresh.len() <= writes.keys.len() {
            return Ok(false);
        }
        let mut select = self
            .db
            .prepare_cached("SELECT 1 FROM event_keys WHERE tenant = ?1 AND key = ?2")?;
        for key in fresh {
            let written = writes.keys.binary_search_by_key(key, |(key, _, _)| *key);
            if written.is_err() && select.exists(params![self.tenant, key])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a failed insert of something new means: if nobody looked for it, it is known, and the
    /// rows written so far must not stay.
    fn is_new(&self, inserted: rusqlite::Result<()>) -> Result<()> {
        inserted.map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) if !self.looked => Failure::Known,
            _ => error.into(),
        })
    }

    fn keys(&self, writes: &Writes, places: &Places) -> Result<()> {
        let into = "event_keys (tenant, key, log_no)";
        self.is_new(insert(self.db, into, &writes.keys, |values, row| {
            let (key, wallet, seq) = row;
            values.add(self.tenant)?;
            values.add(key)?;
            values.add(places.no(*wallet, *seq))
        }))
    }

    fn orders(&self, loaded: &Loaded, writes: &Writes, places: &Places) -> Result<()> {
        let held = |order: &OrderWrite| {
            let state = &loaded.orders[order.place].state;
            let (seq, record) = crate::order::held(order, state);
            (seq.map(|seq| places.no(order.wallet, seq)), record)
        };
        let (found, new): (Vec<OrderWrite>, Vec<OrderWrite>) =
            writes.orders.iter().partition(|order| order.found);
        let into = "orders (tenant, key, wallet, purchased, log_no, record)";
        self.is_new(insert(self.db, into, &new, |values, order| {
            let (log_no, record) = held(order);
            values.add(self.tenant)?;
            values.add(order.key)?;
            values.add(order.wallet.bytes())?;
            values.add(order.purchased)?;
            values.add(log_no)?;
            values.add(record)
        }))?;
        let mut update = self.db.prepare_cached(
            "UPDATE orders SET wallet = ?3, purchased = ?4, log_no = ?5, record = ?6
             WHERE tenant = ?1 AND key = ?2",
        )?;
        for order in &found {
            let ((log_no, record), wallet) = (held(order), order.wallet.bytes());
            let (tenant, purchased) = (self.tenant, order.purchased);
            update.execute(params![
                tenant, order.key, wallet, purchased, log_no, record
            ])?;
        }
        Ok(())
    }

    fn log(&self, rows: &[LogRow], places: &Places) -> Result<()> {
        let into = "log (no, tenant, wallet, seq, before, kind, occurred_at, recorded_at, member,
                         program, input, event, outcome, hash)";
        let bind = |values: &mut Values<'_, '_>, row: &LogRow| {
            values.add(places.no(row.wallet, row.seq))?;
            values.add(self.tenant)?;
            values.add(row.wallet.bytes())?;
            values.add(row.seq)?;
            values.add(places.before(row.wallet, row.seq))?;
            values.add(&*row.kind)?;
            values.add(row.occurred_at)?;
            values.add(row.recorded_at)?;
            values.add(row.member.bytes())?;
            values.add(row.program)?;
            values.add(row.input)?;
            values.add(&*row.event)?;
            values.add(&*row.outcome)?;
            values.add(row.hash)
        };
        Ok(insert(self.db, into, rows, bind)?)
    }

    fn entries(&self, rows: &[EntryRow]) -> Result<()> {
        let into = "entries (tenant, wallet, seq, no, points, from_account, to_account, amount,
                             expires_at, available_at, effective_at)";
        let bind = |values: &mut Values<'_, '_>, row: &EntryRow| {
            values.add(self.tenant)?;
            values.add(row.wallet.bytes())?;
            values.add(row.seq)?;
            values.add(row.no)?;
            values.add(row.points)?;
            values.add(row.from)?;
            values.add(row.to)?;
            values.add(row.amount)?;
            values.add(row.expires_at)?;
            values.add(row.available_at)?;
            values.add(row.effective_at)
        };
        Ok(insert(self.db, into, rows, bind)?)
    }

    /// Where the row of each wallet stands; new ones come after all that there are.
    fn rows(&self, loaded: &Loaded) -> Result<Vec<i64>> {
        let last: Option<i64> = match loaded.wallets.iter().any(|row| row.no.is_none()) {
            true => self
                .db
                .prepare_cached("SELECT max(no) FROM wallets")?
                .query_row([], |row| row.get(0))?,
            false => None,
        };
        let mut new = last.unwrap_or(0) + 1..;
        let rows = loaded
            .wallets
            .iter()
            .map(|row| row.no.or_else(|| new.next()));
        Ok(rows.flatten().collect())
    }

    /// Members and identities that are new, and members who were merged. Nobody else can have made
    /// them since they were looked for: the file is locked.
    fn members(&self, loaded: &Loaded, writes: &Writes, rows: &[i64]) -> Result<()> {
        let into = "members (tenant, member, wallet, created_at)";
        insert(self.db, into, &writes.members, |values, (place, at)| {
            let row = &loaded.wallets[*place];
            values.add(self.tenant)?;
            values.add(row.member.bytes())?;
            values.add(row.wallet.bytes())?;
            values.add(at.micros())
        })?;
        let into = "identities (tenant, hash, member, wallet_no, kind, value)";
        insert(self.db, into, &writes.identities, |values, row| {
            let (key, place, identity) = row;
            values.add(self.tenant)?;
            values.add(key)?;
            values.add(loaded.wallets[*place].member.bytes())?;
            values.add(rows[*place])?;
            values.add(&*identity.kind)?;
            values.add(&*identity.value)
        })?;
        let mut merge = self.db.prepare_cached(
            "UPDATE members SET merged_into = ?3 WHERE tenant = ?1 AND member = ?2",
        )?;
        for (member, into) in &writes.merged {
            let into = into.as_ref().map(|into| into.bytes());
            merge.execute(params![self.tenant, member.bytes(), into])?;
        }
        Ok(())
    }

    /// `due` says of each wallet when it needed a tick before. An update that names `due_at` writes
    /// its index anew, a page of its own for each wallet; so it is named only where it changed.
    fn wallets(
        &self,
        (loaded, due): (&Loaded, &[Option<Timestamp>]),
        writes: &Writes,
        (chain, places, rows): (&Chain, &Places, &[i64]),
    ) -> Result<()> {
        let tier = |place: usize| {
            let tier = loaded.wallets[place].state.tier.name;
            tier.map(|name| name.number())
        };
        let micros = |at: Option<Timestamp>| at.map(|at| at.micros());
        let newest = |row: &WalletRow| places.no(row.wallet, signed(row.seq));
        let (new, known): (Vec<usize>, Vec<usize>) = writes
            .wallets
            .iter()
            .partition(|place| loaded.wallets[**place].is_new);
        let into = "wallets (no, tenant, wallet, member, merged_into, seq, head, newest, due_at,
                             tier, state)";
        insert(self.db, into, &new, |values, place| {
            let (row, after) = (&loaded.wallets[*place], chain.after(*place));
            values.add(rows[*place])?;
            values.add(self.tenant)?;
            values.add(row.wallet.bytes())?;
            values.add(row.member.bytes())?;
            values.add(row.merged_into.as_ref().map(|into| into.bytes()))?;
            values.add(signed(row.seq))?;
            values.add(after.head)?;
            values.add(newest(row))?;
            values.add(micros(row.due_at))?;
            values.add(tier(*place))?;
            values.add(&*after.state)
        })?;
        let update = |due_at: &str| {
            self.db.prepare_cached(&format!(
                "UPDATE wallets SET merged_into = ?3, seq = ?4, head = ?5, newest = ?6, tier = ?7,
                                    state = ?8 {due_at} WHERE no = ?1 AND wallet = ?2"
            ))
        };
        let (mut update, mut put_off) = (update("")?, update(", due_at = ?9")?);
        for place in known {
            let (row, after) = (&loaded.wallets[place], chain.after(place));
            let is_put_off = due.get(place) != Some(&row.due_at);
            let statement = if is_put_off {
                &mut put_off
            } else {
                &mut update
            };
            statement.raw_bind_parameter(1, rows[place])?;
            statement.raw_bind_parameter(2, row.wallet.bytes())?;
            statement.raw_bind_parameter(3, row.merged_into.as_ref().map(|into| into.bytes()))?;
            statement.raw_bind_parameter(4, signed(row.seq))?;
            statement.raw_bind_parameter(5, after.head)?;
            statement.raw_bind_parameter(6, newest(row))?;
            statement.raw_bind_parameter(7, tier(place))?;
            statement.raw_bind_parameter(8, &*after.state)?;
            if is_put_off {
                statement.raw_bind_parameter(9, micros(row.due_at))?;
            }
            if statement.raw_execute()? != 1 {
                return Err(Error::Corrupt(format!("{} went away", row.wallet)).into());
            }
        }
        Ok(())
    }

    /// Whoever moves money reads from here what it is asked for.
    fn paying(&self, loaded: &Loaded, writes: &Writes) -> Result<()> {
        for (place, asks) in &writes.paying {
            let row = &loaded.wallets[*place];
            let (tenant, wallet, member) = (self.tenant, row.wallet.bytes(), row.member.bytes());
            if *asks {
                self.db
                    .prepare_cached(
                        "INSERT INTO payment_requests
                             (tenant, wallet, member, tries, first_at, not_before)
                         VALUES (?1, ?2, ?3, 0, NULL, 0)
                         ON CONFLICT (tenant, wallet) DO UPDATE
                         SET member = excluded.member, tries = 0, first_at = NULL, not_before = 0",
                    )?
                    .execute(params![tenant, wallet, member])?;
            } else {
                self.db
                    .prepare_cached(
                        "DELETE FROM payment_requests WHERE tenant = ?1 AND wallet = ?2",
                    )?
                    .execute(params![tenant, wallet])?;
            }
        }
        Ok(())
    }

    fn shared(&self, writes: &Writes) -> Result<()> {
        let mut draw = self.db.prepare_cached(
            "INSERT INTO shared (tenant, name, period, used) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, name, period) DO UPDATE SET used = used + excluded.used",
        )?;
        for (key, by) in &writes.shared {
            draw.execute(params![self.tenant, key.name.number(), key.period, by])?;
        }
        Ok(())
    }
}

impl Batch<'_> {
    fn scores(&self, writes: &Writes) -> Result<()> {
        if writes.scores.is_empty() {
            return Ok(());
        }
        let mut score = self.db.prepare_cached(
            "INSERT INTO scores (tenant, wallet, board, period, figure, reached_at, shown)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6,
                     EXISTS (SELECT 1 FROM nicknames WHERE tenant = ?1 AND wallet = ?2))
             ON CONFLICT (tenant, wallet, board, period)
             DO UPDATE SET figure = figure + excluded.figure, reached_at = excluded.reached_at",
        )?;
        for ((wallet, board, period), (by, at)) in &writes.scores {
            score.execute(params![self.tenant, wallet.bytes(), board, period, by, at])?;
        }
        Ok(())
    }
}

/// Runs `aside` on a thread of its own while `here` runs, where that is worth it.
fn side_by_side<A: Send, B>(
    worth_it: bool,
    aside: impl FnOnce() -> A + Send,
    here: impl FnOnce() -> B,
) -> (A, B) {
    if !worth_it {
        return (aside(), here());
    }
    std::thread::scope(|scope| {
        let aside = scope.spawn(aside);
        let here = here();
        match aside.join() {
            Ok(aside) => (aside, here),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
