//! The read half of a batch.

use super::history::{LOGGED, logged};
use super::link::{Failure, Link, bytes, maybe};
use crate::batch::WalletRow;
use crate::error::Error;
use crate::format::decode;
use crate::hash::Key;
use crate::plan::{Found, FoundOrder, Wanted};
use crate::writes::unsigned;
use futures_util::future::try_join5;
use regulars_base::{MemberId, Name, Timestamp, WalletId};
use regulars_engine::state::SharedKey;
use std::collections::HashMap;
use tokio_postgres::Row;

type Result<T, E = Failure> = std::result::Result<T, E>;

// Each key is looked up by itself, in order (`CROSS JOIN LATERAL ... LIMIT 1`). A plain join leaves
// the planner the choice, and while a table is new and looks empty it chooses to read all of it for
// each key; the plan is then kept when the table is large.

/// How hard to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Only to see: nothing is locked.
    Peek,
    /// To write, trusting that events and the orders of purchases are new and that nobody else
    /// works on the same wallets. Writing shows it where that is not so: keys, orders and the
    /// numbers in a wallet's log are there once.
    Hopeful,
    /// To write, trusting nothing.
    Careful,
}

/// Finds what a batch wants, and locks what it may change, if it is to be changed. Rows are locked
/// in the order of their keys, wallets before orders before figures before codes, by everybody.
pub(super) async fn find(link: &Link, tenant: i64, wanted: &Wanted, look: Look) -> Result<Found> {
    let (lock, hopeful) = (look != Look::Peek, look == Look::Hopeful);
    let mut found = Found::default();
    let (program, events, owned, identities, members) = try_join5(
        super::programs::newest(link, tenant),
        events(link, tenant, if hopeful { &[] } else { &wanted.events }),
        owners(link, tenant, &wanted.owned),
        identities(link, tenant, &wanted.identities),
        members(link, tenant, &wanted.members),
    )
    .await?;
    found.program = program;
    found.events = events;
    found.owners = owned.values().copied().collect();
    found.members = members;
    for (key, member, row) in identities {
        found.identities.insert(key, member);
        found.members.insert(member, row);
    }
    found.rename_older(wanted);
    let cards = found.cards_missing(wanted);
    found
        .cards
        .extend(super::cards::find(link, tenant, &cards).await?);
    follow(link, tenant, &mut found).await?;
    let ids = found.wallets_wanted(wanted)?;
    found.wallets = wallets(link, tenant, &ids, look == Look::Careful).await?;
    found.orders = match hopeful {
        true => orders(link, tenant, &wanted.orders, lock).await?,
        false => orders(link, tenant, &wanted.all_orders(), lock).await?,
    };
    // Between the look at the owners and the lock, somebody may have merged a wallet or placed an
    // order: then what we know of them is old, and all is read again.
    let moved = |key: &Key| {
        found.orders.get(key).map(|order| order.wallet) != owned.get(key).map(|(wallet, _)| *wallet)
    };
    if lock && (found.has_merged(wanted) || wanted.owned.iter().any(moved)) {
        return Err(Failure::Overtaken);
    }
    found.shared.used = shared(link, tenant, &wanted.shared, lock).await?;
    found.codes.known = super::codes::find(link, tenant, &wanted.codes, lock).await?;
    Ok(found)
}

/// Looks up members until every merge is followed to its end.
async fn follow(link: &Link, tenant: i64, found: &mut Found) -> Result<()> {
    loop {
        let missing = found.members_missing();
        if missing.is_empty() {
            return Ok(());
        }
        found.members.extend(members(link, tenant, &missing).await?);
        if let Some(lost) = missing.iter().find(|m| !found.members.contains_key(m)) {
            return Err(Error::Corrupt(format!("{lost} is named and is not there")).into());
        }
    }
}

/// Log rows by the keys of their events. The keys alone are looked up first: a plan that joins them
/// with the log, made while the log was small, reads all of the log each time. Few keys of a batch
/// are known, so their rows are asked for one by one, all at once.
pub(super) async fn events(
    link: &Link,
    tenant: i64,
    keys: &[Key],
) -> Result<HashMap<Key, (crate::Logged, [u8; 32])>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT u.key, k.wallet, k.seq FROM unnest($2::bytea[]) u (key)
               CROSS JOIN LATERAL (SELECT wallet, seq FROM event_keys
                                   WHERE tenant = $1 AND key = u.key LIMIT 1) k";
    let found = link.rows(sql, &[&tenant, &slices(keys)]).await?;
    if found.is_empty() {
        return Ok(HashMap::new());
    }
    let wallets: Vec<&[u8]> = found.iter().map(|row| row.get(1)).collect();
    let seqs: Vec<i64> = found.iter().map(|row| row.get(2)).collect();
    let sql = format!(
        "SELECT l.* FROM unnest($2::bytea[], $3::bigint[]) u (at, no)
         CROSS JOIN LATERAL (SELECT {LOGGED}, input FROM log
                             WHERE tenant = $1 AND wallet = u.at AND seq = u.no LIMIT 1) l"
    );
    let rows = link.rows(&sql, &[&tenant, &wallets, &seqs]).await?;
    if rows.len() != found.len() {
        return Err(Error::Corrupt("a key leads to a log row that is missing".into()).into());
    }
    let read = |(key, row): (&Row, &Row)| Ok((bytes(key, 0)?, (logged(row)?, bytes(row, 7)?)));
    found.iter().zip(&rows).map(read).collect()
}

/// The wallets of orders, and whose they are.
async fn owners(
    link: &Link,
    tenant: i64,
    keys: &[Key],
) -> Result<HashMap<Key, (WalletId, MemberId)>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT u.key, o.wallet, w.member FROM unnest($2::bytea[]) u (key)
               CROSS JOIN LATERAL (SELECT wallet FROM orders
                                   WHERE tenant = $1 AND key = u.key LIMIT 1) o
               CROSS JOIN LATERAL (SELECT member FROM wallets
                                   WHERE tenant = $1 AND wallet = o.wallet LIMIT 1) w";
    let rows = link.rows(sql, &[&tenant, &slices(keys)]).await?;
    let read = |row: &Row| {
        let wallet = WalletId::from_bytes(bytes(row, 1)?);
        Ok((
            bytes(row, 0)?,
            (wallet, MemberId::from_bytes(bytes(row, 2)?)),
        ))
    };
    rows.iter().map(read).collect()
}

/// A member's wallet, and who took them over.
type FoundMember = (WalletId, Option<MemberId>);

/// The members with these identities, and what is known of each.
async fn identities(
    link: &Link,
    tenant: i64,
    keys: &[Key],
) -> Result<Vec<(Key, MemberId, FoundMember)>> {
    let sql = "SELECT u.hash, i.member, m.wallet, m.merged_into FROM unnest($2::bytea[]) u (hash)
               CROSS JOIN LATERAL (SELECT member FROM identities
                                   WHERE tenant = $1 AND hash = u.hash LIMIT 1) i
               CROSS JOIN LATERAL (SELECT wallet, merged_into FROM members
                                   WHERE tenant = $1 AND member = i.member LIMIT 1) m";
    let rows = link.rows(sql, &[&tenant, &slices(keys)]).await?;
    let read = |row: &Row| {
        let wallet = WalletId::from_bytes(bytes(row, 2)?);
        let into = maybe(row, 3)?.map(MemberId::from_bytes);
        let member = MemberId::from_bytes(bytes(row, 1)?);
        Ok((bytes(row, 0)?, member, (wallet, into)))
    };
    rows.iter().map(read).collect()
}

async fn members(
    link: &Link,
    tenant: i64,
    members: &[MemberId],
) -> Result<HashMap<MemberId, FoundMember>> {
    if members.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<&[u8]> = members.iter().map(|member| &member.bytes()[..]).collect();
    let sql = "SELECT u.id, m.wallet, m.merged_into FROM unnest($2::bytea[]) u (id)
               CROSS JOIN LATERAL (SELECT wallet, merged_into FROM members
                                   WHERE tenant = $1 AND member = u.id LIMIT 1) m";
    let rows = link.rows(sql, &[&tenant, &ids]).await?;
    let read = |row: &Row| {
        let wallet = WalletId::from_bytes(bytes(row, 1)?);
        let into = maybe(row, 2)?.map(MemberId::from_bytes);
        Ok((MemberId::from_bytes(bytes(row, 0)?), (wallet, into)))
    };
    rows.iter().map(read).collect()
}

/// The columns of a wallet, for [`wallet`].
pub(super) const WALLET: &str = "wallet, member, merged_into, seq, head, due_at, state";

/// Wallets by their ids.
pub(super) async fn wallets(
    link: &Link,
    tenant: i64,
    wallets: &[WalletId],
    lock: bool,
) -> Result<HashMap<WalletId, WalletRow>> {
    let ids: Vec<&[u8]> = wallets.iter().map(|wallet| &wallet.bytes()[..]).collect();
    let sql = format!(
        "SELECT w.* FROM unnest($2::bytea[]) u (id)
         CROSS JOIN LATERAL (SELECT {WALLET} FROM wallets
                             WHERE tenant = $1 AND wallet = u.id LIMIT 1 {}) w",
        locking(lock)
    );
    let rows = link.rows(&sql, &[&tenant, &ids]).await?;
    let read = |row: &Row| wallet(row).map(|row| (row.wallet, row));
    Ok(rows.iter().map(read).collect::<Result<_, Error>>()?)
}

/// Reads a row of [`WALLET`].
pub(super) fn wallet(row: &Row) -> Result<WalletRow, Error> {
    let due: Option<i64> = row.get(5);
    Ok(WalletRow {
        wallet: WalletId::from_bytes(bytes(row, 0)?),
        member: MemberId::from_bytes(bytes(row, 1)?),
        merged_into: maybe(row, 2)?.map(MemberId::from_bytes),
        seq: unsigned(row.get(3))?,
        head: bytes(row, 4)?,
        newest: None,
        no: None,
        due_at: due.map(Timestamp::from_micros),
        state: decode(row.get(6), "a wallet's state")?,
        is_new: false,
    })
}

async fn orders(
    link: &Link,
    tenant: i64,
    keys: &[Key],
    lock: bool,
) -> Result<HashMap<Key, FoundOrder>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT u.id, o.wallet, o.purchased, o.record, l.outcome FROM unnest($2::bytea[]) u (id)
         CROSS JOIN LATERAL (SELECT wallet, purchased, record, seq FROM orders
                             WHERE tenant = $1 AND key = u.id LIMIT 1 {}) o
         LEFT JOIN LATERAL (SELECT outcome FROM log
                            WHERE tenant = $1 AND wallet = o.wallet AND seq = o.seq LIMIT 1) l
             ON true",
        locking(lock)
    );
    let rows = link.rows(&sql, &[&tenant, &slices(keys)]).await?;
    let read = |row: &Row| {
        let order = FoundOrder {
            wallet: WalletId::from_bytes(bytes(row, 1)?),
            purchased: row.get(2),
            state: crate::order::read(row.get(3), row.get(4))?,
        };
        Ok((bytes(row, 0)?, order))
    };
    rows.iter().map(read).collect()
}

/// Shared figures. Where they are to be changed, a row that is missing is made first: what is not
/// there cannot be locked.
async fn shared(
    link: &Link,
    tenant: i64,
    keys: &[SharedKey],
    lock: bool,
) -> Result<Vec<(SharedKey, i64)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<i64> = keys.iter().map(|key| key.name.number().into()).collect();
    let periods: Vec<i32> = keys.iter().map(|key| key.period).collect();
    if lock {
        link.run(
            "INSERT INTO shared (tenant, name, period, used)
             SELECT $1, name, period, 0 FROM unnest($2::bigint[], $3::integer[]) u (name, period)
             ON CONFLICT DO NOTHING",
            &[&tenant, &names, &periods],
        )
        .await?;
    }
    let sql = format!(
        "SELECT u.name, u.period, s.used
         FROM unnest($2::bigint[], $3::integer[]) u (name, period)
         CROSS JOIN LATERAL (SELECT used FROM shared
                             WHERE tenant = $1 AND name = u.name AND period = u.period
                             LIMIT 1 {}) s",
        locking(lock)
    );
    let rows = link.rows(&sql, &[&tenant, &names, &periods]).await?;
    let read = |row: &Row| {
        let name: i64 = row.get(0);
        let name = crate::writes::points(name)
            .ok_or_else(|| Error::Corrupt(format!("a shared figure has the name {name}")))?;
        let key = SharedKey {
            name: Name::from_number(name.number()),
            period: row.get(1),
        };
        Ok((key, row.get(2)))
    };
    rows.iter().map(read).collect()
}

const fn locking(lock: bool) -> &'static str {
    if lock { "FOR UPDATE" } else { "" }
}

/// Keys as a parameter.
pub(super) fn slices(keys: &[Key]) -> Vec<&[u8]> {
    keys.iter().map(|key| &key[..]).collect()
}
