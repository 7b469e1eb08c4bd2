//! Program files: checked, applied as a version, rolled back.

use crate::versions::Versions;
use crate::{App, Error};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::Program;
use regulars_engine::program::compile::compile;
use regulars_engine::program::diagnostic::{Diagnostic, Severity};
use regulars_ledger::Account;
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

/// An earlier version is to decide again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollBack {
    /// Which; the one before, if nothing.
    pub to: Option<i64>,
    /// From when on; from now, if nothing.
    pub from: Option<Timestamp>,
    /// Who says so.
    pub by: String,
    /// Why.
    pub note: String,
}

/// An earlier version decides again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolledBack {
    /// The version whose text it is.
    pub to: i64,
    /// The new version.
    pub version: ProgramVersion,
    /// Since when the version that it replaces had decided.
    pub since: Timestamp,
    /// What cannot be undone: what was spent and what lapsed since then.
    pub lost: Vec<LostPoints>,
}

/// Points that are gone, in their smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostPoints {
    /// Which.
    pub points: String,
    /// Decimals of the amounts.
    pub decimals: u8,
    /// How many were spent.
    pub spent: i64,
    /// How many lapsed.
    pub lapsed: i64,
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
    ///
    /// Where a second person must approve it, [`Error::ApprovalNeeded`]: propose it.
    pub fn apply(&self, tenant: TenantId, apply: &Apply) -> Result<ProgramVersion, Error> {
        if self.approval_needed(tenant)? {
            return Err(Error::ApprovalNeeded);
        }
        self.apply_now(tenant, apply)
    }

    /// The same, once nobody has to be asked any more.
    pub(crate) fn apply_now(
        &self,
        tenant: TenantId,
        apply: &Apply,
    ) -> Result<ProgramVersion, Error> {
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

    /// Applies the text of an older version as a new one, from `from` (now, if nothing) on; that of
    /// the version before, if none is named. Says what cannot be undone.
    pub fn roll_back(&self, tenant: TenantId, ask: &RollBack) -> Result<RolledBack, Error> {
        let now = self.now();
        let from = ask.from.unwrap_or(now);
        let versions = self.versions(tenant)?;
        let (current, program) = versions.at(from)?;
        let row = versions.list.iter().find(|(row, _)| row.no == current);
        let since = row.map_or(Timestamp::FIRST, |(row, _)| {
            row.in_force_from.max(row.applied_at)
        });
        let before = || versions.at(since.plus_micros(-1)).map(|(no, _)| no);
        let to = match ask.to {
            Some(to) => to,
            None => match before()? {
                no if no == current => {
                    let what = "there is no version before the first";
                    return Err(Error::invalid("/version", what));
                }
                no => no,
            },
        };
        let moved = self
            .core()
            .pool
            .with(|store| Ok(store.moved(tenant, &[since])?))?;
        let lost = program.points.iter().filter_map(|points| {
            let sum = |to: Account| {
                let rows = moved.iter().filter(|row| row.stretch > 0);
                let rows = rows.filter(|row| row.points == points.name && row.to == to);
                rows.map(|row| row.amount).sum::<i64>()
            };
            let lost = LostPoints {
                points: points.id.clone(),
                decimals: points.decimals,
                spent: sum(Account::Redeemed),
                lapsed: sum(Account::Expired),
            };
            (lost.spent > 0 || lost.lapsed > 0).then_some(lost)
        });
        let apply = Apply {
            text: self.program_text(tenant, to)?,
            from: ask.from,
            by: ask.by.clone(),
            note: ask.note.clone(),
        };
        Ok(RolledBack {
            to,
            lost: lost.collect(),
            since,
            version: self.apply(tenant, &apply)?,
        })
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

/// The bytes of a text that [`hex`] wrote; nothing where it is none.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |letter: u8| char::from(letter).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    };
    text.as_bytes().chunks(2).map(byte).collect()
}
