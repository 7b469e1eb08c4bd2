//! The write half of a batch.

use super::TRIES;
use super::link::{Failure, Link};
use super::load::{Look, events, find};
use super::rows::{Rows, Table};
use crate::batch::{Ask, Commit, Loaded};
use crate::hash::Key;
use crate::plan::Wanted;
use crate::writes::{Chain, EntryRow, LogRow, Writes, signed};
use futures_util::future::{try_join, try_join4};
use regulars_base::{TenantId, Timestamp};
use std::time::Duration;

type Result<T, E = Failure> = std::result::Result<T, E>;

impl super::Postgres {
    pub(super) fn run_batch(
        &mut self,
        tenant: TenantId,
        asks: &[Ask],
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> crate::Result<()> {
        let no = self.tenant_no(tenant)?;
        let mut tried = 1;
        loop {
            let look = self.look;
            let failure = match self.try_batch((tenant, no), asks, decide) {
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
            self.look = Look::Careful;
            // What hope got wrong is found at once; whoever was faster needs time to finish.
            if look == Look::Careful {
                std::thread::sleep(Duration::from_millis(1 << tried));
            }
            tried += 1;
        }
    }

    /// New events and new orders are the rule: they are not looked for, and if one turns out to be
    /// known when it is written, all is undone and done once more with looking. Known ones come in
    /// crowds (a file that is imported again), so we go on looking until a batch has none.
    ///
    /// A commit whose answer was lost may have been made: then the next try finds the keys, and
    /// the closure is told that it saw the events before.
    fn try_batch(
        &mut self,
        (tenant, no): (TenantId, i64),
        asks: &[Ask],
        decide: &mut dyn FnMut(&mut Loaded) -> Vec<Commit>,
    ) -> Result<()> {
        let (look, vault) = (self.look, self.vault.clone());
        let (runtime, link) = self.begin(self.begin)?;
        link.set_urgent(true);
        let wanted = &Wanted::of(asks, vault.of(no));
        let mut run = || {
            let found = runtime.block_on(find(link, no, wanted, look))?;
            let as_hoped = !found.has_known(wanted);
            let (mut loaded, aside) = found.assemble(asks, wanted)?;
            // Outside of the runtime: the closure may use one of its own.
            let commits = decide(&mut loaded);
            let writes = Writes::of(&loaded, &aside, &commits);
            runtime.block_on(async {
                if !commits.is_empty() {
                    let chain = Chain::of(tenant, &loaded, &commits);
                    write(link, no, &loaded, (&writes, &chain)).await?;
                }
                if look == Look::Hopeful {
                    // Writing an event would have shown that it is known; these were not written.
                    let left = left_out(wanted, &writes);
                    if !events(link, no, &left).await?.is_empty() {
                        return Err(Failure::Overtaken);
                    }
                }
                link.mark("COMMIT").await.map(|()| as_hoped)
            })
        };
        let run = run().inspect_err(|_| {
            // If this fails too, the connection is gone and the transaction with it.
            drop(runtime.block_on(link.mark("ROLLBACK")));
        });
        link.set_urgent(false);
        self.look = match run? {
            true => Look::Hopeful,
            false => Look::Careful,
        };
        Ok(())
    }

    pub(super) fn run_peek(&mut self, tenant: TenantId, asks: &[Ask]) -> crate::Result<Loaded> {
        let no = self.tenant_no(tenant)?;
        let vault = self.vault.clone();
        self.read(async |link| {
            let wanted = Wanted::of(asks, vault.of(no));
            link.set_urgent(true);
            let found = find(link, no, &wanted, Look::Peek).await;
            link.set_urgent(false);
            Ok(found?.assemble(asks, &wanted)?.0)
        })
    }
}

/// The keys of events that were not committed.
fn left_out(wanted: &Wanted, writes: &Writes) -> Vec<Key> {
    let written = |key: &Key| writes.keys.binary_search_by_key(key, |(key, _, _)| *key);
    let left = wanted.events.iter().filter(|key| written(key).is_err());
    left.copied().collect()
}

/// All statements are sent at once; the server runs them one after the other. Wallets come first,
/// as they do where they are locked before, so that two writers of one wallet never wait for each
/// other in a circle.
async fn write(
    link: &Link,
    tenant: i64,
    loaded: &Loaded,
    (writes, chain): (&Writes, &Chain),
) -> Result<()> {
    let append = try_join4(
        wallets(link, tenant, loaded, (writes, chain)),
        keys(link, tenant, writes),
        log(link, tenant, &chain.log),
        entries(link, tenant, &writes.entries),
    );
    let touch = try_join4(
        unsealed(link, tenant, chain),
        members(link, tenant, loaded, writes),
        orders(link, tenant, loaded, writes),
        shared(link, tenant, writes),
    );
    try_join(append, touch).await?;
    paying(link, tenant, loaded, writes).await
}

/// Whoever moves money reads from here what it is asked for.
async fn paying(link: &Link, tenant: i64, loaded: &Loaded, writes: &Writes) -> Result<()> {
    for (place, asks) in &writes.paying {
        let row = &loaded.wallets[*place];
        let (wallet, member) = (&row.wallet.bytes()[..], &row.member.bytes()[..]);
        if *asks {
            let sql = "INSERT INTO payment_requests
                           (tenant, wallet, member, tries, first_at, not_before)
                       VALUES ($1, $2, $3, 0, NULL, 0)
                       ON CONFLICT (tenant, wallet) DO UPDATE
                       SET member = excluded.member, tries = 0, first_at = NULL, not_before = 0";
            link.run(sql, &[&tenant, &wallet, &member]).await?;
        } else {
            let sql = "DELETE FROM payment_requests WHERE tenant = $1 AND wallet = $2";
            link.run(sql, &[&tenant, &wallet]).await?;
        }
    }
    if !writes.codes.is_empty() {
        let codes = writes.codes.iter();
        let codes: Vec<_> = codes.map(|(code, write)| (code.clone(), *write)).collect();
        super::codes::write(link, tenant, &codes, &writes.code_steps).await?;
    }
    scores(link, tenant, writes).await?;
    for (member, patch) in &writes.people {
        super::members::change(link, &writes.vault, *member, patch).await?;
    }
    super::fulfilments::write(link, tenant, writes).await?;
    let lists = [
        (crate::writes::WAITING, &writes.submitting[..]),
        (crate::writes::SUBSCRIBERS, &writes.subscribing[..]),
    ];
    for list in lists {
        super::listed::write(link, tenant, loaded, list).await?;
    }
    Ok(())
}

const KEYS: Table = Table {
    name: "event_keys",
    columns: &[
        ("tenant", "bigint"),
        ("key", "bytea"),
        ("wallet", "bytea"),
        ("seq", "bigint"),
    ],
};

async fn keys(link: &Link, tenant: i64, writes: &Writes) -> Result<()> {
    let mut rows = Rows::new(&KEYS);
    for (key, wallet, seq) in &writes.keys {
        let mut row = rows.row();
        row.bigint(tenant).bytes(key);
        row.bytes(wallet.bytes()).bigint(*seq);
    }
    rows.append(link).await
}

const LOG: Table = Table {
    name: "log",
    columns: &[
        ("tenant", "bigint"),
        ("wallet", "bytea"),
        ("seq", "bigint"),
        ("kind", "text"),
        ("occurred_at", "bigint"),
        ("recorded_at", "bigint"),
        ("member", "bytea"),
        ("program", "bigint"),
        ("input", "bytea"),
        ("event", "bytea"),
        ("outcome", "bytea"),
        ("hash", "bytea"),
    ],
};

async fn log(link: &Link, tenant: i64, log: &[LogRow]) -> Result<()> {
    let mut rows = Rows::new(&LOG);
    for of in log {
        let mut row = rows.row();
        row.bigint(tenant).bytes(of.wallet.bytes()).bigint(of.seq);
        row.text(&of.kind);
        row.bigint(of.occurred_at).bigint(of.recorded_at);
        row.bytes(of.member.bytes()).bigint(of.program);
        row.bytes(&of.input).bytes(&of.event).bytes(&of.outcome);
        row.bytes(&of.hash);
    }
    rows.append(link).await
}

const ENTRIES: Table = Table {
    name: "entries",
    columns: &[
        ("tenant", "bigint"),
        ("wallet", "bytea"),
        ("seq", "bigint"),
        ("no", "integer"),
        ("points", "bigint"),
        ("from_account", "smallint"),
        ("to_account", "smallint"),
        ("amount", "bigint"),
        ("expires_at", "bigint"),
        ("available_at", "bigint"),
        ("effective_at", "bigint"),
    ],
};

async fn entries(link: &Link, tenant: i64, entries: &[EntryRow]) -> Result<()> {
    let mut rows = Rows::new(&ENTRIES);
    for of in entries {
        let mut row = rows.row();
        row.bigint(tenant).bytes(of.wallet.bytes());
        row.bigint(of.seq).integer(of.no).bigint(of.points);
        row.smallint(of.from).smallint(of.to).bigint(of.amount);
        row.maybe_bigint(of.expires_at);
        row.maybe_bigint(of.available_at);
        row.bigint(of.effective_at);
    }
    rows.append(link).await
}

async fn unsealed(link: &Link, tenant: i64, chain: &Chain) -> Result<()> {
    let (batch, heads) = (chain.name(), chain.heads());
    link.run(
        "INSERT INTO unsealed (tenant, batch, heads) VALUES ($1, $2, $3)",
        &[&tenant, &&batch[..], &heads],
    )
    .await?;
    Ok(())
}

const MEMBERS: Table = Table {
    name: "members",
    columns: &[
        ("tenant", "bigint"),
        ("member", "bytea"),
        ("wallet", "bytea"),
        ("created_at", "bigint"),
    ],
};

const IDENTITIES: Table = Table {
    name: "identities",
    columns: &[
        ("tenant", "bigint"),
        ("hash", "bytea"),
        ("member", "bytea"),
        ("kind", "text"),
        ("value", "text"),
    ],
};

/// Members and identities that are new, and members who were merged.
async fn members(link: &Link, tenant: i64, loaded: &Loaded, writes: &Writes) -> Result<()> {
    let mut rows = Rows::new(&MEMBERS);
    for (place, at) in &writes.members {
        let of = &loaded.wallets[*place];
        let mut row = rows.row();
        row.bigint(tenant).bytes(of.member.bytes());
        row.bytes(of.wallet.bytes()).bigint(at.micros());
    }
    rows.append(link).await?;
    let mut rows = Rows::new(&IDENTITIES);
    for (hash, place, identity) in &writes.identities {
        let mut row = rows.row();
        let member = loaded.wallets[*place].member;
        row.bigint(tenant).bytes(hash).bytes(member.bytes());
        row.text(&identity.kind).text(&identity.value);
    }
    rows.append(link).await?;
    for (member, into) in &writes.merged {
        let sql = "UPDATE members SET merged_into = $3 WHERE tenant = $1 AND member = $2";
        let into = into.as_ref().map(|into| &into.bytes()[..]);
        link.run(sql, &[&tenant, &&member.bytes()[..], &into])
            .await?;
    }
    Ok(())
}

const WALLETS: Table = Table {
    name: "wallets",
    columns: &[
        ("tenant", "bigint"),
        ("wallet", "bytea"),
        ("member", "bytea"),
        ("merged_into", "bytea"),
        ("seq", "bigint"),
        ("head", "bytea"),
        ("due_at", "bigint"),
        ("tier", "bigint"),
        ("state", "bytea"),
    ],
};

/// New wallets, and those that are there. An insert that conflicts always goes by the key; an
/// update that is joined leaves the planner a choice.
async fn wallets(
    link: &Link,
    tenant: i64,
    loaded: &Loaded,
    (writes, chain): (&Writes, &Chain),
) -> Result<()> {
    let (mut new, mut known) = (Rows::new(&WALLETS), Rows::new(&WALLETS));
    for place in &writes.wallets {
        let (of, after) = (&loaded.wallets[*place], chain.after(*place));
        let mut row = match of.is_new {
            true => new.row(),
            false => known.row(),
        };
        row.bigint(tenant).bytes(of.wallet.bytes());
        row.bytes(of.member.bytes());
        row.maybe_bytes(of.merged_into.as_ref().map(|into| &into.bytes()[..]));
        row.bigint(signed(of.seq)).bytes(&after.head);
        row.maybe_bigint(of.due_at.map(Timestamp::micros));
        row.maybe_bigint(of.state.tier.name.map(|name| name.number().into()));
        row.bytes(&after.state);
    }
    let put = "ON CONFLICT (tenant, wallet) DO UPDATE
               SET merged_into = excluded.merged_into, seq = excluded.seq, head = excluded.head,
                   due_at = excluded.due_at, tier = excluded.tier, state = excluded.state";
    known.put(link, put).await?;
    new.append(link).await
}

const ORDERS: Table = Table {
    name: "orders",
    columns: &[
        ("tenant", "bigint"),
        ("key", "bytea"),
        ("wallet", "bytea"),
        ("purchased", "boolean"),
        ("seq", "bigint"),
        ("record", "bytea"),
    ],
};

/// A new order that somebody else made meanwhile is a conflict; one that we found is ours.
async fn orders(link: &Link, tenant: i64, loaded: &Loaded, writes: &Writes) -> Result<()> {
    let (mut new, mut known) = (Rows::new(&ORDERS), Rows::new(&ORDERS));
    for order in &writes.orders {
        let (seq, record) = crate::order::held(order, &loaded.orders[order.place].state);
        let mut row = match order.found {
            true => known.row(),
            false => new.row(),
        };
        row.bigint(tenant).bytes(&order.key);
        row.bytes(order.wallet.bytes()).boolean(order.purchased);
        row.maybe_bigint(seq).maybe_bytes(record.as_deref());
    }
    new.append(link).await?;
    let put = "ON CONFLICT (tenant, key) DO UPDATE
               SET wallet = excluded.wallet, purchased = excluded.purchased,
                   seq = excluded.seq, record = excluded.record";
    known.put(link, put).await
}

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

async fn scores(link: &Link, tenant: i64, writes: &Writes) -> Result<()> {
    if writes.scores.is_empty() {
        return Ok(());
    }
    let keys = writes.scores.keys();
    let wallets: Vec<&[u8]> = keys.clone().map(|key| &key.0.bytes()[..]).collect();
    let boards: Vec<i64> = keys.clone().map(|key| key.1).collect();
    let periods: Vec<i32> = keys.map(|key| key.2).collect();
    let by: Vec<i64> = writes.scores.values().map(|moved| moved.0).collect();
    let at: Vec<i64> = writes.scores.values().map(|moved| moved.1).collect();
    link.run(
        "INSERT INTO scores (tenant, wallet, board, period, figure, reached_at, shown)
         SELECT $1, own.*, CASE WHEN EXISTS
                    (SELECT 1 FROM nicknames n WHERE n.tenant = $1 AND n.wallet = own.wallet)
                    THEN 1 ELSE 0 END
         FROM unnest($2::bytea[], $3::bigint[], $4::integer[], $5::bigint[], $6::bigint[])
              AS own (wallet, board, period, figure, reached_at)
         ON CONFLICT (tenant, wallet, board, period)
         DO UPDATE SET figure = scores.figure + excluded.figure,
                       reached_at = excluded.reached_at",
        &[&tenant, &wallets, &boards, &periods, &by, &at],
    )
    .await?;
    Ok(())
}
