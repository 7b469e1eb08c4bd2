//! Figures about customers and their definitions: what is counted, over whom, and how sure it is.
//!
//! Everything here is pure: no clock, no file. Threads share the work of a fit and change nothing of
//! its result. Sums are exact integers; floating point begins where a figure is made of two of them, and a figure that has no denominator is "n/a",
//! never zero and never NaN. Whoever reads orders hands over the purchases of one customer at a
//! time ([`History`]), in any order of customers; what comes out is the same.

pub mod behind;
mod calendar;
pub mod catalog;
pub mod coming;
pub mod deeds;
pub mod each;
mod figure;
pub mod finance;
pub mod forecast;
mod history;
pub mod kind_of_loyalty;
pub mod kinds;
pub mod leaving;
pub mod lift;
pub mod metric;
pub mod model;
pub mod offer;
pub mod outlook;
pub mod recommend;
pub mod report;
pub mod sums;

pub use calendar::{Calendar, MOST_PERIODS};
pub use figure::{Figure, Interval, Unit, mean_interval, wilson};
pub use history::{CustomerFacts, CustomerSummary, History, Purchase, summarize};
