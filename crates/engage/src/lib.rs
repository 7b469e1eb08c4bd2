//! Who is spoken to, when and about what. So far: who is in a segment.
//!
//! Everything here is pure. What a segment asks of a member is kept as a [`Portrait`], folded from the
//! wallet's log one row at a time; [`Figures`] are that portrait on a day, and a [`Segment`] says of them
//! whether its condition holds. A database holds the same figures as columns and answers the same condition
//! over a million members at once.

#![deny(clippy::float_arithmetic)]

mod figures;
mod portrait;
mod segment;

pub use figures::Figures;
pub use portrait::{Portrait, Seen};
pub use segment::{NAME_MOST, Segment, SegmentFault, Segments};
