//! A storm: thousands of members over three years, through the real engine, the real ingest code and a
//! real store, while everything goes wrong that may. Events come late, twice, in another order, under
//! the key of others, or make no sense; two servers write in turns, one of them not knowing what the
//! other did; clocks jump; programs change; servers die between any two steps.
//!
//! A clerk with pencil and paper ([`clerk`]) follows from the manual alone, and after each event looks
//! whether the books say what the paper says. Everything comes from a seed: the same seed is the same
//! history, to the last hash, so that what was found once is found again.
//!
//! | file | what it is |
//! |---|---|
//! | `terms.rs` | a program, as its file and as the numbers that the clerk reads |
//! | `deed.rs` | what happens: steps, as values that can be written to a file |
//! | `weather.rs` | makes steps out of a seed |
//! | `clerk.rs` | the naive model |
//! | `world.rs` | the real thing: servers, their database, their clock, and how they die |
//! | `storm.rs` | steps, done and looked at |
//! | `shrink.rs` | fewest steps that still go wrong |

pub mod clerk;
pub mod deed;
mod paper;
pub mod shrink;
pub mod storm;
mod terms;
mod weather;
mod world;

pub use deed::{Crash, Step, Told, What};
pub use storm::{Finding, Size, Storm, Weathered, run};
pub use terms::Terms;
pub use weather::weather;
pub use world::Fault;
