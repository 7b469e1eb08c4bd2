//! The real executable, as people call it: each command's way through, and each of its clear
//! errors.

mod backtests;
mod broker;
mod carried;
mod cdnow;
#[cfg(feature = "cluster")]
mod cluster;
mod codes;
mod facts;
mod faults;
mod finance;
mod heard;
mod imports;
mod interrupted;
mod journeys;
mod keys;
mod lift;
mod members;
mod messages;
mod offers;
mod places;
mod programs;
mod proof;
mod reports;
mod rewards;
mod serving;
mod shop;
mod stories;
mod vault;
mod webhooks;
