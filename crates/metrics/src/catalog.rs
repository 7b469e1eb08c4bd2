//! The list of all metrics with their definitions: what a report prints, and what the manual says.

use crate::Unit;

/// A metric: its name in files and addresses, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name in JSON, in addresses and on the command line.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What its value is in.
    pub unit: Unit,
    /// What is counted over what, in a sentence or two. Printed with every figure.
    pub definition: &'static str,
}
