//! Who is spoken to, when and about what: who is in a segment, what a message says to whom, and whether it
//! may go to them now.
//!
//! Everything here is pure. What a segment asks of a member is kept as a [`Portrait`], folded from the
//! wallet's log one row at a time; [`Figures`] are that portrait on a day, and a [`Segment`] says of them
//! whether its condition holds. A database holds the same figures as columns and answers the same condition
//! over a million members at once.

#![deny(clippy::float_arithmetic)]

mod advocacy;
mod case;
mod channel;
mod figures;
pub mod holdout;
mod id;
pub mod journey;
pub mod offer;
mod portrait;
mod score;
mod segment;
mod sending;
pub mod survey;
pub mod suspicion;
mod template;
mod theme;

pub use advocacy::{
    ADVOCACY_MOST, ADVOCATE, Advocacy, AdvocacyAction, AdvocacyPart, AdvocacyShare, advocacy,
};
pub use case::{BusinessHours, median, unquoted};
pub use channel::Channel;
pub use figures::Figures;
pub use id::{ID_RULE, is_id};
pub use journey::Journey;
pub use portrait::{Bought, Portrait, Seen, in_own};
pub use score::Said;
pub use segment::{NAME_MOST, Segment, SegmentFault, Segments};
pub use sending::{
    Addressee, Allowed, Cap, NotSent, QuietHours, Sending, SendingRules, minute_of_day, sending,
};
pub use template::{FIELDS, Field, Parsed, Personal, TemplateFault};
pub use theme::{Theme, default_themes, theme_faults, themes_of};
