//! An order's record as it is stored. While only one event named an order, its row says where that
//! event stands in the log, and the record is folded from there: nearly all orders stay like that,
//! and nothing is written twice. With the next event the row holds the record itself.

use crate::error::{Error, Result};
use crate::format::{decode, encode};
use crate::writes::OrderWrite;
use regulars_engine::Outcome;
use regulars_engine::outcome::Change;
use regulars_engine::state::Order;

/// What a row holds to be written: the number of a log row of its wallet, or the record.
pub(crate) type Held = (Option<i64>, Option<Vec<u8>>);

/// What the row of an order is to hold.
pub(crate) fn held(order: &OrderWrite, state: &Order) -> Held {
    match order.alone {
        Some(seq) => (Some(seq), None),
        None => (None, Some(encode(state))),
    }
}

/// The record out of the row's own column, or out of the outcome of the log row that it names.
pub(crate) fn read(record: Option<&[u8]>, outcome: Option<&[u8]>) -> Result<Order> {
    match (record, outcome) {
        (Some(record), _) => decode(record, "an order's record"),
        (None, Some(outcome)) => {
            let outcome: Outcome = decode(outcome, "a log row's outcome")?;
            Ok(fold(&outcome.changes))
        }
        (None, None) => Err(Error::Corrupt(
            "an order's row leads to no log row".to_owned(),
        )),
    }
}

/// The record that some changes come to.
pub(crate) fn fold<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Order {
    let mut order = Order::default();
    changes.into_iter().for_each(|change| order.apply(change));
    order
}
