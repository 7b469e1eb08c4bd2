//! What others are told of what happened, and what they tell: webhooks, out and in.
//!
//! What is told, how it is signed and when it is tried again is worked out without a clock, a disk or a
//! network: [`topic`], [`signature`], [`pace`], [`target`]. [`courier`] alone sends; what goes by a broker of
//! messages, out and in, goes through [`broker`].
//!
//! What shops and payment providers tell is read the same way: [`inbound`], one file for each. [`puller`]
//! alone asks them.

pub mod broker;
pub mod courier;
pub mod inbound;
pub mod pace;
pub mod puller;
pub mod signature;
pub mod target;
pub mod topic;

pub use broker::Broker;
pub use courier::{Courier, Delivery, Letter};
pub use signature::Secret;
pub use topic::Topic;
