//! What pays once is paid once, and what comes by itself comes once a year.

use super::{Auditor, Books};
use crate::timeline::Decision;
use regulars_base::{Name, Timestamp};
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, Note};
use regulars_engine::program::Again;
use std::collections::{BTreeMap, BTreeSet};

/// What a wallet did without buying, from notes and changes alone.
#[derive(Clone, Debug, Default)]
pub(super) struct Engaged {
    /// Activities that pay once, and what they were about.
    done: BTreeSet<(Name, Name)>,
    /// When those were done that pay again so long after.
    times: BTreeMap<(Name, Name), Vec<Timestamp>>,
    filled: BTreeSet<Name>,
    birthday: Option<Timestamp>,
    anniversaries: BTreeSet<i32>,
}

impl Auditor {
    pub(super) fn engagement(&mut self, books: &mut Books, decision: &Decision) {
        if matches!(decision.event.kind, Kind::MergeOut(_) | Kind::MergeIn(_)) {
            // Of two members who did the same, both were paid.
            books.engaged = Engaged::default();
            return;
        }
        let own = &mut books.engaged;
        let mut faults = Vec::new();
        for change in &decision.outcome.changes {
            match change {
                Change::Done(done) => {
                    let mut rules = decision.program.activities.iter();
                    let rule = rules.find(|rule| rule.name == done.activity);
                    let once = rule.and_then(|rule| rule.once.as_ref());
                    let new = own.done.insert((done.activity, done.about));
                    let key = (done.activity, done.about);
                    if let Some(Again::After(span)) = once.map(|once| once.again) {
                        let zone = &decision.program.zone;
                        let day = zone.day(done.at);
                        let times = own.times.entry(key).or_default();
                        let close = times
                            .iter()
                            .map(|at| zone.day(*at))
                            .any(|other| span.after(day.min(other)) > day.max(other));
                        if close {
                            faults.push(format!("{done:?} is too close to another"));
                        }
                        times.push(done.at);
                    }
                    if !new && once.is_some_and(|once| once.again == Again::Never) {
                        faults.push(format!("{done:?} was done before"));
                    }
                }
                Change::Undone(done) => {
                    own.done.remove(&(done.activity, done.about));
                    if let Some(times) = own.times.get_mut(&(done.activity, done.about)) {
                        // What is forgotten is so long ago that nothing comes close to it any more.
                        times.retain(|at| *at != done.at);
                    }
                }
                _ => {}
            }
        }
        for note in &decision.outcome.trace {
            match note {
                Note::ProfileFilled { field } if !own.filled.insert(*field) => {
                    faults.push(format!("{field:?} was filled before"));
                }
                Note::Birthday { at } => {
                    let since = own.birthday.replace(*at);
                    let days = since.map(|since| (at.micros() - since.micros()) / 86_400_000_000);
                    if days.is_some_and(|days| days < 350) {
                        faults.push("two birthdays in a year".to_owned());
                    }
                }
                Note::Anniversary { years, at }
                    if !own.anniversaries.insert(*years) || *at > decision.event.recorded_at =>
                {
                    faults.push(format!("anniversary {years} came twice, or too early"));
                }
                _ => {}
            }
        }
        self.faults.extend(faults);
    }
}
