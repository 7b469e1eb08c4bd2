//! Program files: checked, applied as a version, rolled back.

use crate::versions::Versions;
use crate::{App, Error};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::program::compile::compile;
use regulars_engine::program::diagnostic::{Diagnostic, Severity};
use regulars_store::{NewVersion, Version};
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
pub fn check(text: &str) -> Checked {
    let (program, diagnostics) = compile(text);
    Checked {
        program: program.map(Arc::new),
        findings: diagnostics.into_iter().map(Finding::from).collect(),
    }
}

/// The program of a text that is right.
pub(crate) fn compiled(text: &str) -> Result<Arc<Program>, Error> {
    let checked = check(text);
    checked.program.ok_or_else(|| {
        let wrong = checked.findings.into_iter().filter(|finding| finding.error);
        Error::InvalidProgram(wrong.collect())
    })
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            error: diagnostic.severity == Severity::Error,
            line: place(diagnostic.line),
            column: place(diagnostic.column),
            message: diagnostic.message,
            hint: diagnostic.hint,
        }
    }
}

impl App {
    /// Makes a text the next version. The same text again as is in force changes nothing and
    /// answers with that version.
    pub fn apply(&self, tenant: TenantId, apply: &Apply) -> Result<ProgramVersion, Error> {
        let program = compiled(&apply.text)?;
        let now = self.now();
        self.tenant(tenant)?;
        self.core().pool.with(|store| {
            let versions = store.program_versions(tenant)?;
            let current = Version::in_force(&versions, now);
            let at_once = apply.from.is_none_or(|from| from <= now);
            if let Some(same) = current.filter(|current| at_once && current.hash == program.hash) {
                return Ok(shown(same, &program));
            }
            let first = if versions.is_empty() {
                Timestamp::FIRST
            } else {
                now
            };
            let new = NewVersion {
                hash: program.hash,
                text: apply.text.clone(),
                in_force_from: apply.from.unwrap_or(first),
                applied_at: now,
                by: apply.by.clone(),
                note: apply.note.clone(),
                after: versions.last().map_or(0, |version| version.no),
            };
            let no = store.apply_program(tenant, &new)?;
            self.core().versions.latest(tenant, store)?;
            Ok(ProgramVersion {
                version: no,
                hash: hex(&new.hash),
                name: program.name.clone(),
                in_force_from: new.in_force_from,
                applied_at: now,
                by: new.by,
                note: new.note,
            })
        })
    }

    /// All versions, newest first.
    pub fn programs(&self, tenant: TenantId) -> Result<Vec<ProgramVersion>, Error> {
        let versions = self.versions(tenant)?;
        let rows = versions.list.iter().rev();
        Ok(rows.map(|(row, program)| shown(row, program)).collect())
    }

    /// The text of a version, as it was applied.
    pub fn program_text(&self, tenant: TenantId, version: i64) -> Result<String, Error> {
        self.core().pool.with(|store| {
            let versions = store.program_versions(tenant)?;
            let row = versions.iter().find(|row| row.no == version);
            let row = row.ok_or_else(|| Error::not_found("program version", version))?;
            let missing = || Error::Corrupt(format!("the text of version {version} is missing"));
            store.program_text(tenant, &row.hash)?.ok_or_else(missing)
        })
    }

    /// Applies the text of an older version as a new one, from now on.
    pub fn roll_back(
        &self,
        tenant: TenantId,
        to: i64,
        by: &str,
        note: &str,
    ) -> Result<ProgramVersion, Error> {
        let apply = Apply {
            text: self.program_text(tenant, to)?,
            from: None,
            by: by.to_owned(),
            note: note.to_owned(),
        };
        self.apply(tenant, &apply)
    }

    /// The version that decides events of `at`. `Error::NoProgram` if there is none.
    pub fn program_in_force(
        &self,
        tenant: TenantId,
        at: Timestamp,
    ) -> Result<(i64, Arc<Program>), Error> {
        let versions = self.versions(tenant)?;
        let (no, program) = versions.at(at)?;
        Ok((no, Arc::clone(program)))
    }

    /// A version, compiled.
    pub fn program_version(&self, tenant: TenantId, version: i64) -> Result<Arc<Program>, Error> {
        let missing = || Error::not_found("program version", version);
        let versions = self.versions(tenant)?;
        versions.numbered(version).cloned().ok_or_else(missing)
    }

    /// All versions, as the database has them now.
    pub(crate) fn versions(&self, tenant: TenantId) -> Result<Arc<Versions>, Error> {
        let core = self.core();
        core.pool.with(|store| core.versions.latest(tenant, store))
    }
}

fn shown(row: &Version, program: &Program) -> ProgramVersion {
    ProgramVersion {
        version: row.no,
        hash: hex(&row.hash),
        name: program.name.clone(),
        in_force_from: row.in_force_from,
        applied_at: row.applied_at,
        by: row.by.clone(),
        note: row.note.clone(),
    }
}

/// Bytes in hexadecimal, as hashes are shown.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
