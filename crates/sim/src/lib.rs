//! Worlds in which the engine decides without a database: stories with expected results, a
//! merchant's history under another program, and synthetic shoppers.

pub mod assumption;
pub mod auditor;
pub mod replay;
pub mod scenario;
pub mod shopper;
pub mod timeline;
