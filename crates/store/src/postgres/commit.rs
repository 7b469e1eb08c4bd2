//! The write half of a batch.

use super::link::{Failure, Link};
use super::load::find;
use crate::batch::{Ask, Commit, Loaded};
use crate::plan::Wanted;
use crate::writes::{Chain, EntryRow, LogRow, Writes, signed};
use futures_util::future::{try_join, try_join4, try_join5};
use regulars_base::TenantId;
use std::time::Duration;

/// How often a batch is tried before the caller is asked to come back later. The pauses between
/// double, from two milliseconds to half a second.
const TRIES: u32 = 10;

type Result<T, E = Failure> = std::result::Result<T, E>;

impl super::Postgres {
    pub(super) fn run_batch(
        &mut self,
        tenant: TenantId,
        asks: &[Ask],
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> crate::Result<()> {
        let no = self.tenant_no(tenant)?;
        let wanted = Wanted::of(asks);
        let mut tried = 1;
        loop {
            let failure = match self.try_batch((tenant, no), asks, &wanted, decide) {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            if failure.is_lost() {
                self.link = None;
            }
            if !failure.passes() || tried == TRIES {
                return Err(failure.into_error());
            }
            tracing::debug!(tried, %failure, "a batch is tried again");
            std::thread::sleep(Duration::from_millis(1 << tried));
            tried += 1;
        }
    }

    /// A commit whose answer was lost may have been made: then the next try finds the keys, and
    /// the closure is told that it saw the events before.
    fn try_batch(
        &mut self,
        (tenant, no): (TenantId, i64),
        asks: &[Ask],
        wanted: &Wanted,
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> Result<()> {
        let (runtime, link) = self.begin("BEGIN")?;
        let mut run = || {
            let found = runtime.block_on(find(link, no, wanted, true))?;
            let (mut loaded, aside) = found.assemble(asks, wanted)?;
            // Outside of the runtime: the closure may use one of its own.
            let commits = decide(&mut loaded);
            runtime.block_on(async {
                if !commits.is_empty() {
                    let writes = Writes::of(&loaded, &aside, &commits);
                    let chain = Chain::of(tenant, &loaded, &commits);
                    write(link, no, &loaded, (&writes, &chain)).await?;
                }
                link.execute("COMMIT").await
            })
        };
        run().inspect_err(|_| {
            // If this fails too, the connection is gone and the transaction with it.
            drop(runtime.block_on(link.execute("ROLLBACK")));
        })
    }

    pub(super) fn run_peek(&mut self, tenant: TenantId, asks: &[Ask]) -> crate::Result<Loaded> {
        let no = self.tenant_no(tenant)?;
        let wanted = Wanted::of(asks);
        self.read(async |link| {
            let found = find(link, no, &wanted, false).await?;
            Ok(found.assemble(asks, &wanted)?.0)
        })
    }
}

/// All statements are sent at once; the server runs them one after the other.
async fn write(
    link: &Link,
    tenant: i64,
    loaded: &Loaded,
    (writes, chain): (&Writes, &Chain),
) -> Result<()> {
    let append = try_join4(
        keys(link, tenant, writes),
        log(link, tenant, &chain.log),
        entries(link, tenant, &writes.entries),
        unsealed(link, tenant, (writes, chain)),
    );
    let touch = try_join5(
        members(link, tenant, loaded, writes),
        new_wallets(link, tenant, Wallets::of(loaded, (writes, chain), true)),
        wallets(link, tenant, Wallets::of(loaded, (writes, chain), false)),
        orders(link, tenant, loaded, writes),
        shared(link, tenant, writes),
    );
    try_join(append, touch).await?;
    Ok(())
}

async fn keys(link: &Link, tenant: i64, writes: &Writes) -> Result<()> {
    let rows = &writes.keys;
    let keys: Vec<&[u8]> = rows.iter().map(|(key, _, _)| &key[..]).collect();
    let wallets: Vec<&[u8]> = rows
        .iter()
        .map(|(_, wallet, _)| &wallet.bytes()[..])
        .collect();
    let seqs: Vec<i64> = rows.iter().map(|(_, _, seq)| *seq).collect();
    link.run(
        "INSERT INTO event_keys (tenant, key, wallet, seq)
         SELECT $1, * FROM unnest($2::bytea[], $3::bytea[], $4::bigint[])",
        &[&tenant, &keys, &wallets, &seqs],
    )
    .await?;
    Ok(())
}

async fn log(link: &Link, tenant: i64, rows: &[LogRow]) -> Result<()> {
    let wallets: Vec<&[u8]> = rows.iter().map(|row| &row.wallet.bytes()[..]).collect();
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let kinds: Vec<&str> = rows.iter().map(|row| &*row.kind).collect();
    let occurred: Vec<i64> = rows.iter().map(|row| row.occurred_at).collect();
    let recorded: Vec<i64> = rows.iter().map(|row| row.recorded_at).collect();
    let members: Vec<&[u8]> = rows.iter().map(|row| &row.member.bytes()[..]).collect();
    let programs: Vec<i64> = rows.iter().map(|row| row.program).collect();
    let inputs: Vec<&[u8]> = rows.iter().map(|row| &row.input[..]).collect();
    let events: Vec<&[u8]> = rows.iter().map(|row| &row.event[..]).collect();
    let outcomes: Vec<&[u8]> = rows.iter().map(|row| &row.outcome[..]).collect();
    let hashes: Vec<&[u8]> = rows.iter().map(|row| &row.hash[..]).collect();
    link.run(
        "INSERT INTO log (tenant, wallet, seq, kind, occurred_at, recorded_at, member, program,
                          input, event, outcome, hash)
         SELECT $1, * FROM unnest($2::bytea[], $3::bigint[], $4::text[], $5::bigint[],
                                  $6::bigint[], $7::bytea[], $8::bigint[], $9::bytea[],
                                  $10::bytea[], $11::bytea[], $12::bytea[])",
        &[
            &tenant, &wallets, &seqs, &kinds, &occurred, &recorded, &members, &programs, &inputs,
            &events, &outcomes, &hashes,
        ],
    )
    .await?;
    Ok(())
}

async fn entries(link: &Link, tenant: i64, rows: &[EntryRow]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let wallets: Vec<&[u8]> = rows.iter().map(|row| &row.wallet.bytes()[..]).collect();
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let nos: Vec<i32> = rows.iter().map(|row| row.no).collect();
    let points: Vec<i64> = rows.iter().map(|row| row.points).collect();
    let from: Vec<i16> = rows.iter().map(|row| row.from).collect();
    let to: Vec<i16> = rows.iter().map(|row| row.to).collect();
    let amounts: Vec<i64> = rows.iter().map(|row| row.amount).collect();
    let expires: Vec<Option<i64>> = rows.iter().map(|row| row.expires_at).collect();
    let available: Vec<Option<i64>> = rows.iter().map(|row| row.available_at).collect();
    let effective: Vec<i64> = rows.iter().map(|row| row.effective_at).collect();
    link.run(
        "INSERT INTO entries (tenant, wallet, seq, no, points, from_account, to_account, amount,
                              expires_at, available_at, effective_at)
         SELECT $1, * FROM unnest($2::bytea[], $3::bigint[], $4::integer[], $5::bigint[],
                                  $6::smallint[], $7::smallint[], $8::bigint[], $9::bigint[],
                                  $10::bigint[], $11::bigint[])",
        &[
            &tenant, &wallets, &seqs, &nos, &points, &from, &to, &amounts, &expires, &available,
            &effective,
        ],
    )
    .await?;
    Ok(())
}

async fn unsealed(link: &Link, tenant: i64, (writes, chain): (&Writes, &Chain)) -> Result<()> {
    let (batch, wallets) = (chain.name(), &writes.unsealed);
    link.run(
        "INSERT INTO unsealed (tenant, batch, wallets) VALUES ($1, $2, $3)",
        &[&tenant, &&batch[..], wallets],
    )
    .await?;
    Ok(())
}

/// Members and identities that are new, and members who were merged.
async fn members(link: &Link, tenant: i64, loaded: &Loaded, writes: &Writes) -> Result<()> {
    if !writes.members.is_empty() {
        let rows = || {
            writes
                .members
                .iter()
                .map(|(place, _)| &loaded.wallets[*place])
        };
        let members: Vec<&[u8]> = rows().map(|row| &row.member.bytes()[..]).collect();
        let wallets: Vec<&[u8]> = rows().map(|row| &row.wallet.bytes()[..]).collect();
        let since: Vec<i64> = writes.members.iter().map(|(_, at)| at.micros()).collect();
        let sql = "INSERT INTO members (tenant, member, wallet, created_at)
                   SELECT $1, * FROM unnest($2::bytea[], $3::bytea[], $4::bigint[])";
        link.run(sql, &[&tenant, &members, &wallets, &since])
            .await?;
    }
    if !writes.identities.is_empty() {
        let rows = &writes.identities;
        let keys: Vec<&[u8]> = rows.iter().map(|(key, _, _)| &key[..]).collect();
        let members: Vec<&[u8]> = rows
            .iter()
            .map(|(_, member, _)| &member.bytes()[..])
            .collect();
        let kinds: Vec<&str> = rows
            .iter()
            .map(|(_, _, identity)| &*identity.kind)
            .collect();
        let values: Vec<&str> = rows
            .iter()
            .map(|(_, _, identity)| &*identity.value)
            .collect();
        let sql = "INSERT INTO identities (tenant, hash, member, kind, value)
                   SELECT $1, * FROM unnest($2::bytea[], $3::bytea[], $4::text[], $5::text[])";
        link.run(sql, &[&tenant, &keys, &members, &kinds, &values])
            .await?;
    }
    for (member, into) in &writes.merged {
        let sql = "UPDATE members SET merged_into = $3 WHERE tenant = $1 AND member = $2";
        link.run(sql, &[&tenant, &&member.bytes()[..], &&into.bytes()[..]])
            .await?;
    }
    Ok(())
}

/// What is written of a wallet, column by column.
#[derive(Default)]
struct Wallets<'a> {
    ids: Vec<&'a [u8]>,
    members: Vec<&'a [u8]>,
    merged: Vec<Option<&'a [u8]>>,
    seqs: Vec<i64>,
    heads: Vec<&'a [u8]>,
    due: Vec<Option<i64>>,
    tiers: Vec<Option<i64>>,
    states: Vec<&'a [u8]>,
}

impl<'a> Wallets<'a> {
    fn of(loaded: &'a Loaded, (writes, chain): (&Writes, &'a Chain), new: bool) -> Self {
        let mut columns = Self::default();
        for place in &writes.wallets {
            let (row, after) = (&loaded.wallets[*place], chain.after(*place));
            if row.is_new != new {
                continue;
            }
            columns.ids.push(row.wallet.bytes());
            columns.members.push(row.member.bytes());
            columns
                .merged
                .push(row.merged_into.as_ref().map(|into| &into.bytes()[..]));
            columns.seqs.push(signed(row.seq));
            columns.heads.push(&after.head);
            columns.due.push(row.due_at.map(|at| at.micros()));
            columns
                .tiers
                .push(row.state.tier.name.map(|name| name.number().into()));
            columns.states.push(&after.state);
        }
        columns
    }
}

async fn new_wallets(link: &Link, tenant: i64, rows: Wallets<'_>) -> Result<()> {
    if rows.ids.is_empty() {
        return Ok(());
    }
    link.run(
        "INSERT INTO wallets (tenant, wallet, member, merged_into, seq, head, due_at, tier, state)
         SELECT $1, * FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[],
                                  $6::bytea[], $7::bigint[], $8::bigint[], $9::bytea[])",
        &[
            &tenant,
            &rows.ids,
            &rows.members,
            &rows.merged,
            &rows.seqs,
            &rows.heads,
            &rows.due,
            &rows.tiers,
            &rows.states,
        ],
    )
    .await?;
    Ok(())
}

/// Their keys are named twice, so that a plan made while there were few wallets does not read all
/// of them; the same with orders.
async fn wallets(link: &Link, tenant: i64, rows: Wallets<'_>) -> Result<()> {
    if rows.ids.is_empty() {
        return Ok(());
    }
    // The rows are there, and locked by us. Written as an insert that conflicts, since that always
    // goes by the key; an update that is joined leaves the planner a choice.
    link.run(
        "INSERT INTO wallets (tenant, wallet, member, merged_into, seq, head, due_at, tier, state)
         SELECT $1, * FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[],
                                  $6::bytea[], $7::bigint[], $8::bigint[], $9::bytea[])
         ON CONFLICT (tenant, wallet) DO UPDATE
         SET merged_into = excluded.merged_into, seq = excluded.seq, head = excluded.head,
             due_at = excluded.due_at, tier = excluded.tier, state = excluded.state",
        &[
            &tenant,
            &rows.ids,
            &rows.members,
            &rows.merged,
            &rows.seqs,
            &rows.heads,
            &rows.due,
            &rows.tiers,
            &rows.states,
        ],
    )
    .await?;
    Ok(())
}

async fn orders(link: &Link, tenant: i64, loaded: &Loaded, writes: &Writes) -> Result<()> {
    let columns = |found: bool| {
        let orders: Vec<_> = writes.orders.iter().filter(|o| o.found == found).collect();
        let held = orders
            .iter()
            .map(|order| crate::order::held(order, &loaded.orders[order.place].state));
        let held: (Vec<Option<i64>>, Vec<Option<Vec<u8>>>) = held.unzip();
        (orders, held)
    };
    for found in [false, true] {
        let (orders, (seqs, records)) = columns(found);
        if orders.is_empty() {
            continue;
        }
        // A new order that somebody else made meanwhile is a conflict; one that we found is ours.
        let sql = match found {
            false => ORDERS.to_owned(),
            true => format!(
                "{ORDERS} ON CONFLICT (tenant, key) DO UPDATE
                 SET wallet = excluded.wallet, purchased = excluded.purchased,
                     seq = excluded.seq, record = excluded.record"
            ),
        };
        let keys: Vec<&[u8]> = orders.iter().map(|order| &order.key[..]).collect();
        let wallets = orders.iter().map(|order| &order.wallet.bytes()[..]);
        let wallets: Vec<&[u8]> = wallets.collect();
        let purchased: Vec<bool> = orders.iter().map(|order| order.purchased).collect();
        link.run(
            &sql,
            &[&tenant, &keys, &wallets, &purchased, &seqs, &records],
        )
        .await?;
    }
    Ok(())
}

/// New orders.
const ORDERS: &str = "INSERT INTO orders (tenant, key, wallet, purchased, seq, record)
     SELECT $1, * FROM unnest($2::bytea[], $3::bytea[], $4::boolean[], $5::bigint[], $6::bytea[])";

async fn shared(link: &Link, tenant: i64, writes: &Writes) -> Result<()> {
    if writes.shared.is_empty() {
        return Ok(());
    }
    let keys = writes.shared.keys();
    let names: Vec<i64> = keys.clone().map(|key| key.name.number().into()).collect();
    let periods: Vec<i32> = keys.map(|key| key.period).collect();
    let by: Vec<i64> = writes.shared.values().copied().collect();
    link.run(
        "INSERT INTO shared (tenant, name, period, used)
         SELECT $1, * FROM unnest($2::bigint[], $3::integer[], $4::bigint[])
         ON CONFLICT (tenant, name, period) DO UPDATE SET used = shared.used + excluded.used",
        &[&tenant, &names, &periods, &by],
    )
    .await?;
    Ok(())
}
