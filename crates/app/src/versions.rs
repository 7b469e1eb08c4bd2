//! Program versions, compiled once and kept; read again when the database has a newer one.

use crate::Error;
use crate::programs;
use crate::takeovers::{self, Over};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::Program;
use regulars_store::{Store, Version};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// All versions of one tenant, compiled.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    /// By number, which starts at 1.
    pub(crate) list: Vec<(Version, Arc<Program>)>,
    /// Places in the list, by the moment from which each is in force.
    by_force: Vec<usize>,
    /// When each took over from another.
    pub(crate) overs: Vec<Over>,
}

/// The versions of all tenants that were asked for.
#[derive(Default)]
pub(crate) struct Cache {
    tenants: RwLock<HashMap<TenantId, Arc<Versions>>>,
}

impl Versions {
    fn new(list: Vec<(Version, Arc<Program>)>) -> Self {
        let mut by_force: Vec<usize> = (0..list.len()).collect();
        by_force.sort_by_key(|at| (list[*at].0.in_force_from, list[*at].0.no));
        let overs = takeovers::of(&list);
        Self {
            list,
            by_force,
            overs,
        }
    }

    /// The newest number; 0 if there is none.
    pub(crate) fn newest(&self) -> i64 {
        self.list.last().map_or(0, |(version, _)| version.no)
    }

    /// The version in force at `at`; before the first, the first.
    pub(crate) fn at(&self, at: Timestamp) -> Result<(i64, &Arc<Program>), Error> {
        let in_force = |place: &usize| self.list[*place].0.in_force_from <= at;
        let after = self.by_force.partition_point(in_force);
        let place = match after {
            0 if self.list.is_empty() => return Err(Error::NoProgram),
            0 => 0,
            after => self.by_force[after - 1],
        };
        let (version, program) = &self.list[place];
        Ok((version.no, program))
    }

    /// The version of this number.
    pub(crate) fn numbered(&self, no: i64) -> Option<&Arc<Program>> {
        let place = usize::try_from(no).ok()?.checked_sub(1)?;
        self.list.get(place).map(|(_, program)| program)
    }
}

impl Cache {
    /// What is known, however old; read if nothing is.
    pub(crate) fn known(
        &self,
        tenant: TenantId,
        store: &mut dyn Store,
    ) -> Result<Arc<Versions>, Error> {
        let known = self
            .tenants
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&tenant)
            .cloned();
        match known {
            Some(versions) if versions.newest() > 0 => Ok(versions),
            _ => self.latest(tenant, store),
        }
    }

    /// What the database has now; only what is new is compiled.
    pub(crate) fn latest(
        &self,
        tenant: TenantId,
        store: &mut dyn Store,
    ) -> Result<Arc<Versions>, Error> {
        let rows = store.program_versions(tenant)?;
        let known = {
            let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
            tenants.get(&tenant).cloned().unwrap_or_default()
        };
        if !rows.is_empty() && rows.last().map(|row| row.no) == Some(known.newest()) {
            return Ok(known);
        }
        let mut list = Vec::with_capacity(rows.len());
        for row in rows {
            let same = known.list.iter().find(|(old, _)| old.hash == row.hash);
            let program = match same {
                Some((_, program)) => Arc::clone(program),
                None => compiled(tenant, &row, store)?,
            };
            list.push((row, program));
        }
        let versions = Arc::new(Versions::new(list));
        self.tenants
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(tenant, Arc::clone(&versions));
        Ok(versions)
    }
}

fn compiled(tenant: TenantId, row: &Version, store: &mut dyn Store) -> Result<Arc<Program>, Error> {
    let text = store.program_text(tenant, &row.hash)?.ok_or_else(|| {
        Error::Corrupt(format!("the text of program version {} is missing", row.no))
    })?;
    let checked = programs::check(&text);
    checked.program.ok_or_else(|| {
        let why = checked.findings.first().map(ToString::to_string);
        let why = why.unwrap_or_default();
        Error::Unavailable(format!(
            "program version {} was applied by another release and cannot be read by this one \
             ({why}); use the release that applied it, or apply a corrected file with that one",
            row.no
        ))
    })
}
