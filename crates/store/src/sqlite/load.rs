//! The read half of a batch.

use super::Failure;
use super::history::{LOGGED, logged};
use crate::batch::WalletRow;
use crate::error::Error;
use crate::format::decode;
use crate::plan::{Found, FoundOrder, Wanted};
use crate::writes::unsigned;
use regulars_base::{MemberId, Timestamp, WalletId};
use rusqlite::{Connection, OptionalExtension, Row, params};

type Result<T, E = Failure> = std::result::Result<T, E>;

/// Finds what a batch wants. The file's lock, where it is held, is the lock on all of it. Events
/// and purchases that were seen before are found by writing them, if nobody looks for them first.
pub(super) fn find(db: &Connection, tenant: i64, wanted: &Wanted, look: bool) -> Result<Found> {
    let mut found = Found {
        program: super::programs::newest(db, tenant)?,
        ..Found::default()
    };
    if look {
        events(db, tenant, wanted, &mut found)?;
    }
    orders(db, tenant, wanted, look, &mut found)?;
    identities(db, tenant, wanted, &mut found)?;
    found.rename_older(wanted);
    let cards = super::cards::find(db, tenant, &found.cards_missing(wanted))?;
    found.cards.extend(cards);
    members(db, tenant, &wanted.members, &mut found)?;
    loop {
        let missing = found.members_missing();
        if missing.is_empty() {
            break;
        }
        members(db, tenant, &missing, &mut found)?;
        if let Some(lost) = missing.iter().find(|m| !found.members.contains_key(m)) {
            return Err(Error::Corrupt(format!("{lost} is named and is not there")).into());
        }
    }
    for wallet in found.wallets_wanted(wanted)? {
        if found.wallets.contains_key(&wallet) {
            continue;
        }
        if let Some(row) = wallet_row(db, tenant, wallet)? {
            found.wallets.insert(wallet, row);
        }
    }
    let mut select = db.prepare_cached(
        "SELECT used FROM shared WHERE tenant = ?1 AND name = ?2 AND period = ?3",
    )?;
    for key in &wanted.shared {
        let used: Option<i64> = select
            .query_row(params![tenant, key.name.number(), key.period], |row| {
                row.get(0)
            })
            .optional()?;
        found.shared.used.extend(used.map(|used| (*key, used)));
    }
    found.codes.known = super::codes::find(db, tenant, &wanted.codes)?;
    Ok(found)
}

fn events(db: &Connection, tenant: i64, wanted: &Wanted, found: &mut Found) -> Result<()> {
    let mut no_of =
        db.prepare_cached("SELECT log_no FROM event_keys WHERE tenant = ?1 AND key = ?2")?;
    for key in &wanted.events {
        let no: Option<i64> = no_of
            .query_row(params![tenant, key], |row| row.get(0))
            .optional()?;
        let Some(no) = no else { continue };
        let mut select =
            db.prepare_cached(&format!("SELECT {LOGGED}, input FROM log WHERE no = ?1"))?;
        let row = select
            .query_row([no], |row| Ok((logged(row)?, row.get(8)?)))
            .optional()?;
        let Some((row, input)) = row else {
            return Err(Error::Corrupt(format!("log row {no} is missing")).into());
        };
        found.events.insert(*key, (row?, input));
    }
    Ok(())
}

fn orders(
    db: &Connection,
    tenant: i64,
    wanted: &Wanted,
    look: bool,
    found: &mut Found,
) -> Result<()> {
    let mut select = db.prepare_cached(
        "SELECT o.wallet, o.purchased, o.record, l.outcome FROM orders o
         LEFT JOIN log l ON l.no = o.log_no
         WHERE o.tenant = ?1 AND o.key = ?2",
    )?;
    let placed = if look { &wanted.placed[..] } else { &[] };
    for key in wanted.orders.iter().chain(placed) {
        let mut rows = select.query(params![tenant, key])?;
        if let Some(row) = rows.next()? {
            let order = FoundOrder {
                wallet: WalletId::from_bytes(row.get(0)?),
                purchased: row.get(1)?,
                state: crate::order::read(maybe_blob(row, 2)?, maybe_blob(row, 3)?)?,
            };
            found.orders.insert(*key, order);
        }
    }
    let mut owner =
        db.prepare_cached("SELECT member FROM wallets WHERE tenant = ?1 AND wallet = ?2")?;
    for wallet in found.wallets_owning(wanted) {
        let member = owner.query_row(params![tenant, wallet.bytes()], |row| row.get(0))?;
        found.owners.insert(wallet, MemberId::from_bytes(member));
    }
    Ok(())
}

/// Identities, and with them the wallet: one look instead of three, since nearly every event comes
/// this way. A member whom an event made has a wallet of the same id, and the identity says where it
/// stands; for others, and where a merge is to be followed, the member is looked up next.
fn identities(db: &Connection, tenant: i64, wanted: &Wanted, found: &mut Found) -> Result<()> {
    let mut select = db.prepare_cached(
        "SELECT w.wallet, w.member, w.merged_into, w.seq, w.head, w.due_at, w.state, w.newest,
                w.no, i.member
         FROM identities i
         LEFT JOIN wallets w ON w.no = i.wallet_no AND w.tenant = i.tenant AND w.wallet = i.member
                            AND w.member = i.member AND w.merged_into IS NULL
         WHERE i.tenant = ?1 AND i.hash = ?2",
    )?;
    let most = wanted.identities.len();
    found.identities.reserve(most);
    found.members.reserve(most);
    found.wallets.reserve(most);
    for key in &wanted.identities {
        let mut rows = select.query(params![tenant, key])?;
        let Some(row) = rows.next()? else { continue };
        let member = MemberId::from_bytes(row.get(9)?);
        found.identities.insert(*key, member);
        if maybe_blob(row, 0)?.is_some() {
            let wallet = wallet(row)?;
            found.members.insert(member, (wallet.wallet, None));
            found.wallets.insert(wallet.wallet, wallet);
        }
    }
    Ok(())
}

fn members(db: &Connection, tenant: i64, members: &[MemberId], found: &mut Found) -> Result<()> {
    let mut select = db.prepare_cached(
        "SELECT wallet, merged_into FROM members WHERE tenant = ?1 AND member = ?2",
    )?;
    for member in members {
        let row = select
            .query_row(params![tenant, member.bytes()], |row| {
                let wallet = WalletId::from_bytes(row.get(0)?);
                let into: Option<[u8; 16]> = row.get(1)?;
                Ok((wallet, into.map(MemberId::from_bytes)))
            })
            .optional()?;
        if let Some(row) = row {
            found.members.insert(*member, row);
        }
    }
    Ok(())
}

/// The columns of a wallet, for [`wallet`].
pub(super) const WALLET: &str = "wallet, member, merged_into, seq, head, due_at, state, newest, no";

/// A wallet by its id.
pub(super) fn wallet_row(db: &Connection, tenant: i64, id: WalletId) -> Result<Option<WalletRow>> {
    let mut select = db.prepare_cached(&format!(
        "SELECT {WALLET} FROM wallets WHERE tenant = ?1 AND wallet = ?2"
    ))?;
    let mut rows = select.query(params![tenant, id.bytes()])?;
    rows.next()?.map(wallet).transpose()
}

/// Reads a row of [`WALLET`].
pub(super) fn wallet(row: &Row<'_>) -> Result<WalletRow> {
    let into: Option<[u8; 16]> = row.get(2)?;
    let due: Option<i64> = row.get(5)?;
    Ok(WalletRow {
        wallet: WalletId::from_bytes(row.get(0)?),
        member: MemberId::from_bytes(row.get(1)?),
        merged_into: into.map(MemberId::from_bytes),
        seq: unsigned(row.get(3)?)?,
        head: row.get(4)?,
        newest: row.get(7)?,
        no: row.get(8)?,
        due_at: due.map(Timestamp::from_micros),
        state: decode(blob(row, 6)?, "a wallet's state")?,
        is_new: false,
    })
}

/// The bytes of a column, without copying them.
pub(super) fn blob<'a>(row: &'a Row<'_>, column: usize) -> Result<&'a [u8]> {
    let value = row.get_ref(column)?;
    value
        .as_blob()
        .map_err(|_| Error::Corrupt("a column of bytes holds something else".into()).into())
}

/// The same, or nothing.
pub(super) fn maybe_blob<'a>(row: &'a Row<'_>, column: usize) -> Result<Option<&'a [u8]>> {
    match row.get_ref(column)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => blob(row, column).map(Some),
    }
}
