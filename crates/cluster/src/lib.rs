//! Facts beyond one machine: SQL through DataFusion, here or on a Ballista cluster.
//!
//! A `Folder` is what `regulars export --facts` writes, as the table `facts`. It answers any SELECT, and the
//! [`Questions`] from which summaries of customers and cohorts are made: the same figures, to the unit, as
//! the passes of `regulars_lake::facts` over the same rows. `schedule` and `execute` are the processes of a
//! cluster.
//!
//! All but the texts of the questions is behind the feature `cluster`, so that nobody builds a query engine
//! who does not use it.

mod error;
mod questions;

#[cfg(feature = "cluster")]
mod answer;
#[cfg(feature = "cluster")]
mod folder;
#[cfg(feature = "cluster")]
mod process;
#[cfg(feature = "cluster")]
mod summaries;

pub use error::Error;
pub use questions::{COLUMNS, Questions};

#[cfg(feature = "cluster")]
pub use {
    answer::Answer,
    folder::Folder,
    process::{Executing, execute, schedule},
};
