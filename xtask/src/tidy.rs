//! The rules of the house that no compiler knows, each in a file of its own.
//!
//! A fault fails the build and says what to do. A remark (a long file, a long function) does not:
//! it is a question to the author, and cutting a file in two is not always the answer.

mod arrows;
mod licences;
mod listed;
mod metadata;
mod migrations;
mod sizes;
mod sources;
mod spdx;
mod wire;

use std::fmt;
use std::path::Path;

/// What `tidy` found.
pub(crate) struct Report {
    /// What must be put right, one sentence each.
    pub(crate) faults: Vec<String>,
    /// What is worth a look.
    pub(crate) remarks: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for remark in &self.remarks {
            writeln!(f, "worth a look: {remark}")?;
        }
        for fault in &self.faults {
            writeln!(f, "fault: {fault}")?;
        }
        match self.faults.len() {
            0 => writeln!(f, "tidy"),
            n => writeln!(f, "{n} fault(s)"),
        }
    }
}

/// Holds the repository against every rule, with what is built with these features.
pub(crate) fn inspect(root: &Path, features: &[&str]) -> anyhow::Result<Report> {
    let workspace = metadata::read(root, features)?;
    let files = sources::read_all(root)?;
    let faults = [
        arrows::faults(&workspace),
        licences::faults(&workspace),
        listed::faults(root)?,
        migrations::faults(&root.join("crates/store/migrations"))?,
        sources::faults(&files),
        wire::faults(&files),
    ];
    Ok(Report {
        faults: faults.concat(),
        remarks: sizes::remarks(&files),
    })
}
