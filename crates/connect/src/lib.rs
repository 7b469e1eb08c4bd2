//! What others are told of what happened: webhooks.
//!
//! What is told, how it is signed and when it is tried again is worked out without a clock, a disk or a
//! network: [`topic`], [`signature`], [`pace`], [`target`]. [`courier`] alone sends.

pub mod courier;
pub mod pace;
pub mod signature;
pub mod target;
pub mod topic;

pub use courier::{Courier, Delivery, Letter};
pub use signature::Secret;
pub use topic::Topic;
