//! What an event means: `decide(&Program, &State, &Event) -> Outcome`, total, deterministic,
//! exact; without clock, randomness, floating point or I/O.

#![deny(clippy::float_arithmetic)]

pub mod changeover;
mod decide;
mod draft;
mod due;
pub mod event;
mod needs;
pub mod outcome;
pub mod program;
mod stage;
pub mod state;

pub use decide::{decide, step};
pub use due::due;
pub use needs::{Needs, needs};
pub use outcome::Outcome;
pub use program::Program;
pub use state::State;
