//! The words that every other crate shares: values that are valid once they exist.
//!
//! Nothing here knows members, programs or databases. Everything is exact: points and money are
//! integers, every division names its rounding, and no clock is read.

#![deny(clippy::float_arithmetic)]

mod id;
mod key;
mod money;
mod ratio;
mod share;
mod text;
mod time;

pub use id::{BadId, Id, MemberId, TenantId, WalletId};
pub use key::EventKey;
pub use money::{Currency, Money, MoneyError};
pub use ratio::{Ratio, RatioError, Rounding};
pub use share::{largest_remainder, to_whole};
pub use text::{Name, Text, TextError};
pub use time::{Almanac, CivilDay, Period, Span, TimeError, Timestamp, Zone};
