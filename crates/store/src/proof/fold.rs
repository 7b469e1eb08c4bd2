//! Folding orders' records again. An order is nearly always named by one wallet's events, and is
//! compared at the end of that wallet; the few that several wallets name are kept to the end.

use super::{Stop, StoredOrder, Stream, take, wrong};
use crate::hash::{Key, order_key};
use crate::order::fold;
use regulars_base::{Text, Timestamp, WalletId};
use regulars_engine::Outcome;
use regulars_engine::event::Event;
use regulars_engine::outcome::Change;
use regulars_engine::state::Order;
use std::collections::BTreeMap;
use std::iter::Peekable;

/// What one log row did to an order.
struct Did {
    /// Its number in the log of its wallet.
    seq: i64,
    recorded_at: Timestamp,
    changes: Vec<Change>,
}

/// Orders on their way.
#[derive(Default)]
pub(super) struct Orders {
    /// Of the wallet at hand.
    here: BTreeMap<Key, Vec<Did>>,
    /// Records that did not match their own wallet's log alone.
    open: BTreeMap<Key, Order>,
    /// What was done in the logs of wallets that do not own the order, or that own an open one.
    strays: BTreeMap<Key, Vec<Did>>,
}

impl Orders {
    /// What an event did to the order that it names.
    pub(super) fn take(&mut self, seq: i64, event: &Event, number: &Text, outcome: &Outcome) {
        let key = order_key(&event.key.source, number);
        self.here.entry(key).or_default().push(Did {
            seq,
            recorded_at: event.recorded_at,
            changes: outcome.changes.clone(),
        });
    }

    /// Compares the rows of the orders that `wallet` owns.
    pub(super) fn end_of_wallet(
        &mut self,
        wallet: WalletId,
        rows: &mut Peekable<Stream<'_, StoredOrder>>,
    ) -> Result<(), Stop> {
        while let Some(row) = take(rows, |row: &StoredOrder| row.wallet <= wallet)? {
            let done = self.here.remove(&row.key).unwrap_or_default();
            let record = record(&row, &done)?;
            if record != sum(&done) {
                self.strays.entry(row.key).or_default().extend(done);
                self.open.insert(row.key, record);
            }
        }
        for (key, done) in std::mem::take(&mut self.here) {
            self.strays.entry(key).or_default().extend(done);
        }
        Ok(())
    }

    /// Compares what was kept, at the end.
    pub(super) fn end(
        &mut self,
        rows: &mut Peekable<Stream<'_, StoredOrder>>,
        is_there: &mut dyn FnMut(&Key) -> crate::Result<bool>,
    ) -> Result<(), Stop> {
        if let Some(row) = rows.next().transpose()? {
            return wrong("orders", hex(&row.key), "belongs to no wallet");
        }
        for (key, record) in std::mem::take(&mut self.open) {
            let mut done = self.strays.remove(&key).unwrap_or_default();
            // The rows of one wallet are in order already, and stay so.
            done.sort_by_key(|did| did.recorded_at);
            if record != sum(&done) {
                let what = "its record is not what the log comes to";
                return wrong("orders", hex(&key), what);
            }
        }
        // What is left changed orders whose rows are right without it: refunds that came before the
        // purchase and were taken over by it.
        for key in self.strays.keys() {
            if !is_there(key)? {
                return wrong("orders", hex(key), "the row is missing");
            }
        }
        Ok(())
    }
}

/// The record of a row: its own, or that of the log row of its wallet that it names.
fn record(row: &StoredOrder, done: &[Did]) -> Result<Order, Stop> {
    match (&row.record, row.seq) {
        (Some(record), None) => crate::order::read(Some(record), None)
            .or_else(|error| wrong("orders", hex(&row.key), error.to_string())),
        (None, Some(seq)) => match done.iter().find(|did| did.seq == seq) {
            Some(did) => Ok(fold(&did.changes)),
            None => wrong(
                "orders",
                hex(&row.key),
                format!("leads to row {seq} of the log, which names another order or none"),
            ),
        },
        _ => wrong(
            "orders",
            hex(&row.key),
            "has to hold a record, or the number of a log row",
        ),
    }
}

/// What a number of log rows come to.
fn sum(done: &[Did]) -> Order {
    fold(done.iter().flat_map(|did| &did.changes))
}

fn hex(key: &Key) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}
