//! Program files: checked, planned, applied as a version, rolled back.

use crate::app::soon;
use crate::{App, Error};
use regulars_base::{Name, TenantId, Timestamp};
use regulars_engine::Program;
use std::fmt;
use std::sync::Arc;

/// Something that is wrong with a program file, or doubtful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Wrong, or only doubtful.
    pub error: bool,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What a check of a program file found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The program, if nothing is wrong.
    pub program: Option<Arc<Program>>,
    /// All that is wrong or doubtful, in order of the file.
    pub findings: Vec<Finding>,
}

/// A program version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramVersion {
    /// Its number, from 1.
    pub version: i64,
    /// SHA-256 of its text, in hexadecimal.
    pub hash: String,
    /// What people call the program.
    pub name: String,
    /// From when on it decides (by the time of the event).
    pub in_force_from: Timestamp,
    /// When it was applied.
    pub applied_at: Timestamp,
    /// Who applied it.
    pub by: String,
    /// Why.
    pub note: String,
}

/// A program file to be applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apply {
    /// The program file's text.
    pub text: String,
    /// From when on it decides (by the time of the event): from now, if nothing; for a first
    /// version from the beginning of time.
    pub from: Option<Timestamp>,
    /// Who applies it.
    pub by: String,
    /// Why.
    pub note: String,
}

/// What a program file would change.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The version in force that it is compared with, if any.
    pub against: Option<i64>,
    /// The candidate.
    pub candidate: Arc<Program>,
    /// The differences in words, rule by rule; empty if there is none.
    pub differences: Vec<String>,
    /// The effect on purchases of the last time.
    pub effect: PlanEffect,
}

/// The effect of a candidate on recorded purchases, each decided afresh by both versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanEffect {
    /// How many purchases were looked at.
    pub purchases: u64,
    /// How many would give something else.
    pub changed: u64,
    /// Points given for them: which, by today's version, by the candidate.
    pub points: Vec<(Name, i64, i64)>,
    /// How many members would get more.
    pub members_better: u64,
    /// How many members would get less.
    pub members_worse: u64,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// Checks a program file: all that is wrong with it at once.
pub fn check(_text: &str) -> Checked {
    Checked {
        program: None,
        findings: Vec::new(),
    }
}

impl App {
    /// What `text` would change: the differences in words, and the effect on the last `sample`
    /// purchases. `Error::InvalidProgram` if it is wrong.
    pub fn plan(&self, _tenant: TenantId, _text: &str, _sample: usize) -> Result<Plan, Error> {
        soon()
    }

    /// Makes a text the next version. The same text again as is in force changes nothing and
    /// answers with that version.
    pub fn apply(&self, _tenant: TenantId, _apply: &Apply) -> Result<ProgramVersion, Error> {
        soon()
    }

    /// All versions, newest first.
    pub fn programs(&self, _tenant: TenantId) -> Result<Vec<ProgramVersion>, Error> {
        soon()
    }

    /// The text of a version, as it was applied.
    pub fn program_text(&self, _tenant: TenantId, _version: i64) -> Result<String, Error> {
        soon()
    }

    /// Applies the text of an older version as a new one, from now on.
    pub fn roll_back(
        &self,
        _tenant: TenantId,
        _to: i64,
        _by: &str,
        _note: &str,
    ) -> Result<ProgramVersion, Error> {
        soon()
    }

    /// The version that decides events of `at`. `Error::NoProgram` if there is none.
    pub fn program_in_force(
        &self,
        _tenant: TenantId,
        _at: Timestamp,
    ) -> Result<(i64, Arc<Program>), Error> {
        soon()
    }

    /// A version, compiled.
    pub fn program_version(&self, _tenant: TenantId, _version: i64) -> Result<Arc<Program>, Error> {
        soon()
    }
}
