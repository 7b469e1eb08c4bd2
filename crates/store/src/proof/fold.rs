//! Folding orders' records again. An order is nearly always named by one wallet's events, and is
//! compared at the end of that wallet; the few that several wallets name are kept to the end.

use super::{Stop, StoredOrder, Stream, take, wrong};
use crate::hash::{Key, order_key};
use regulars_base::{Text, Timestamp, WalletId};
use regulars_engine::Outcome;
use regulars_engine::event::Event;
use regulars_engine::outcome::Change;
use regulars_engine::state::Order;
use std::collections::BTreeMap;
use std::iter::Peekable;

/// Changes of one order, each with the moment at which it was recorded.
type Changes = Vec<(Timestamp, Change)>;

/// Orders on their way.
#[derive(Default)]
pub(super) struct Orders {
    /// Of the wallet at hand.
    here: BTreeMap<Key, Changes>,
    /// Rows that did not match their own wallet's log alone.
    open: BTreeMap<Key, Vec<u8>>,
    /// Changes in the logs of wallets that do not own the order, or that own an open one.
    strays: BTreeMap<Key, Changes>,
}

impl Orders {
    /// What an event did to the order that it names.
    pub(super) fn take(&mut self, event: &Event, number: &Text, outcome: &Outcome) {
        let key = order_key(&event.key.source, number);
        let changes = self.here.entry(key).or_default();
        let all = outcome.changes.iter().cloned();
        changes.extend(all.map(|change| (event.recorded_at, change)));
    }

    /// Compares the rows of the orders that `wallet` owns.
    pub(super) fn end_of_wallet(
        &mut self,
        wallet: WalletId,
        rows: &mut Peekable<Stream<'_, StoredOrder>>,
    ) -> Result<(), Stop> {
        while let Some(row) = take(rows, |row: &StoredOrder| row.wallet <= wallet)? {
            let changes = self.here.remove(&row.key).unwrap_or_default();
            if !matches(&row, &changes)? {
                self.strays.entry(row.key).or_default().extend(changes);
                self.open.insert(row.key, row.record);
            }
        }
        for (key, changes) in std::mem::take(&mut self.here) {
            self.strays.entry(key).or_default().extend(changes);
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
            let mut changes = self.strays.remove(&key).unwrap_or_default();
            // The rows of one wallet are in order already, and stay so.
            changes.sort_by_key(|(at, _)| *at);
            let row = StoredOrder {
                wallet: WalletId::from_bytes([0; 16]),
                key,
                record,
            };
            if !matches(&row, &changes)? {
                return wrong(
                    "orders",
                    hex(&key),
                    "its record is not what the log comes to",
                );
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

fn matches(row: &StoredOrder, changes: &Changes) -> Result<bool, Stop> {
    let stored: Order = crate::format::decode(&row.record, "its record")
        .or_else(|error| wrong("orders", hex(&row.key), error.to_string()))?;
    let mut order = Order::default();
    changes.iter().for_each(|(_, change)| order.apply(change));
    Ok(order == stored)
}

fn hex(key: &Key) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}
