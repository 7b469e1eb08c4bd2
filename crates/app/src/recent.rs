//! Which lane took an order not long ago, so that its refund follows it there.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// How many orders are remembered.
const MOST: usize = 100_000;

/// Orders by hash, and the lane of each.
#[derive(Default)]
pub(crate) struct RecentOrders(Mutex<(HashMap<u64, usize>, VecDeque<u64>)>);

impl RecentOrders {
    pub(crate) fn remember(&self, order: u64, lane: usize) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (lanes, line) = &mut *held;
        if lanes.insert(order, lane).is_none() {
            line.push_back(order);
        }
        if line.len() > MOST
            && let Some(oldest) = line.pop_front()
        {
            lanes.remove(&oldest);
        }
    }

    pub(crate) fn lane_of(&self, order: u64) -> Option<usize> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.0.get(&order).copied()
    }
}
