//! Events as sources send them: the name of a program on the first line, an event on each other. What is taken
//! is decided, and the auditor agrees.

use crate::headed;
use crate::life::Life;
use crate::program::compiled;
use regulars_engine::Program;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// So many events are told.
const EVENTS: usize = 40;

/// Programs that were compiled before.
static KNOWN: Mutex<BTreeMap<String, Arc<Program>>> = Mutex::new(BTreeMap::new());

pub(crate) fn open(data: &[u8]) {
    let Some((name, events)) = headed(data) else {
        return;
    };
    let Some(program) = known(name) else { return };
    let mut life = Life::new(program);
    for line in events.lines().take(EVENTS) {
        let days = line
            .strip_prefix("days ")
            .and_then(|days| days.parse().ok());
        if let Some(days @ 1..=800) = days {
            life.pass(days);
        }
        let Ok(raw) = serde_json::from_str::<&RawValue>(line) else {
            continue;
        };
        if let Ok(incoming) = life.read(raw) {
            life.feed(&incoming);
        }
    }
    life.pass(1);
}

/// A program of the repository.
pub(crate) fn known(name: &str) -> Option<Arc<Program>> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(name) {
        return Some(found.clone());
    }
    let program = compiled(&crate::example::program(name)?)?;
    known.insert(name.to_owned(), program.clone());
    Some(program)
}
