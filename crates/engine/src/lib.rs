//! What an event means: `decide(&Program, &State, &Event) -> Outcome`, total, deterministic,
//! exact; without clock, randomness, floating point or I/O.

#![deny(clippy::float_arithmetic)]

pub mod changeover;
pub mod code;
mod coupons;
mod decide;
mod draft;
mod due;
pub mod event;
mod follow;
pub mod group;
mod needs;
pub mod origin;
pub mod outcome;
pub mod outlook;
pub mod price;
pub mod program;
pub mod quote;
pub mod settlement;
mod stage;
pub mod state;

pub use coupons::{Validated, ValidatedCode, validate};
pub use decide::{decide, step, step_late};
pub use due::due;
pub use needs::{Needs, needs};
pub use outcome::Outcome;
pub use program::Program;
pub use stage::games::Run;
pub use stage::staff::IDENTITY as STAFF;
pub use state::State;
