//! What was told to the server, what it acknowledged, and what must therefore be there.

use crate::faults::load::Line;
use crate::serving::Server;
use crate::shop::Shop;
use regulars_app::{App, Config, Database, Error};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

/// So few that everybody is in everybody's way.
pub(super) const MEMBERS: usize = 12;

/// An event that was told at least once.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) member: usize,
    /// What was sent, so that the same can be sent again.
    pub(super) body: Value,
    /// The points that it moves.
    pub(super) points: i64,
    /// How much had been written when its acknowledgement was read.
    pub(super) acknowledged: Option<u64>,
    /// Whether it was found, and is counted in what is settled.
    settled: bool,
    /// How often it was not there when all was checked.
    missed: u8,
}

impl Told {
    /// One that nobody has heard yet.
    pub(super) fn new(id: String, member: usize, points: i64, body: Value) -> Self {
        Self {
            id,
            member,
            body,
            points,
            acknowledged: None,
            settled: false,
            missed: 0,
        }
    }
}

/// What is known of the events told.
#[derive(Default)]
pub(super) struct Book {
    told: Mutex<BTreeMap<String, Told>>,
    acknowledged: AtomicUsize,
    /// What is not looked for any more, because it was found.
    settled: Mutex<There>,
    /// Answers that were neither an acknowledgement nor a lost connection.
    problems: Mutex<Vec<(u16, String)>>,
    /// Answers that can't be, as soon as they are seen.
    wrong: Mutex<Vec<String>>,
}

/// What was found to be there: points for each member, and how many events.
#[derive(Clone, Debug, Default)]
pub(super) struct There {
    points: [i64; MEMBERS],
    events: u64,
    ids: BTreeSet<String>,
}

/// So many faults of a sort are said, so that somebody reads them.
const SHOWN: usize = 5;

/// So many that are settled are kept, to be told again.
const KEPT: usize = 200;

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no other thread of the test panicked")
}

impl Book {
    /// Writes down what is about to be told.
    pub(super) fn tell(&self, told: Told) {
        held(&self.told).insert(told.id.clone(), told);
    }

    /// Writes down an answer: its status, whether it says that the event was known already, what was written by
    /// then, and what the problem is if there is one.
    pub(super) fn answered(&self, id: &str, status: u16, mark: u64, said: &str) {
        let mut all = held(&self.told);
        let told = all.get_mut(id).expect("what is answered was told");
        match (status, told.acknowledged) {
            (201, Some(_)) => {
                let what =
                    format!("{id} was acknowledged, and counts for new when it is sent again");
                held(&self.wrong).push(what);
            }
            (200 | 201, None) => {
                told.acknowledged = Some(mark);
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            (200, Some(_)) => {}
            _ => held(&self.problems).push((status, said.to_owned())),
        }
    }

    /// Writes down what cannot be.
    pub(super) fn fault(&self, what: String) {
        held(&self.wrong).push(what);
    }

    /// How many are acknowledged.
    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Whether this one is.
    pub(super) fn is_acknowledged(&self, id: &str) -> bool {
        let all = held(&self.told);
        all.get(id).is_some_and(|told| told.acknowledged.is_some())
    }

    /// One that is acknowledged, by the number that the dice say.
    pub(super) fn any_acknowledged(&self, number: u64) -> Option<Told> {
        let all = held(&self.told);
        let known: Vec<&Told> = all
            .values()
            .filter(|it| it.acknowledged.is_some())
            .collect();
        let at = usize::try_from(number % known.len().max(1) as u64).expect("is small");
        known.get(at).map(|told| (*told).clone())
    }

    /// The problems that were answered since this was asked last.
    pub(super) fn problems(&self) -> Vec<(u16, String)> {
        std::mem::take(&mut held(&self.problems))
    }

    /// All that was told.
    pub(super) fn all(&self) -> Vec<Told> {
        held(&self.told).values().cloned().collect()
    }

    /// What was found need not be looked for again: its sums are known.
    pub(super) fn settle(&self, mut there: There) {
        let mut all = held(&self.told);
        for told in all.values_mut().filter(|told| !told.settled) {
            told.settled = there.ids.contains(&told.id);
            told.missed += u8::from(!told.settled);
        }
        let mut surplus = all.len().saturating_sub(KEPT);
        all.retain(|_, told| {
            // What a database may still be about to write is looked for once more.
            let goes = told.missed > 1 || told.settled && surplus > 0;
            surplus -= usize::from(goes && surplus > 0);
            !goes
        });
        there.ids.clear();
        *held(&self.settled) = there;
    }

    /// The same, and the test ends where something is wrong: what is there now is settled.
    pub(super) fn must_hold(
        &self,
        after: impl fmt::Display,
        (shop, server): (&Shop, &Server),
        key: &str,
        mark: u64,
    ) {
        match self.check(shop, server, key, mark) {
            Ok(there) => self.settle(there),
            Err(faults) => panic!("{after}:\n{faults}"),
        }
    }

    /// Holds what the server says against the book: every event that was acknowledged by `mark` is there once,
    /// any other is there whole or not at all, each member has the sum of what is there, there is nothing else,
    /// and the proof holds. What is wrong is said in words.
    pub(super) fn check(
        &self,
        shop: &Shop,
        server: &Server,
        key: &str,
        mark: u64,
    ) -> Result<There, String> {
        let answers = std::mem::take(&mut *held(&self.wrong));
        let (mut lost, mut faults, mut sums) = (Vec::new(), Vec::new(), Vec::new());
        let mut line = Line::to(server.text("listening"));
        let mut there = held(&self.settled).clone();
        for told in self.all().into_iter().filter(|told| !told.settled) {
            let path = format!("/v1/events/till/{}", told.id);
            let (status, body) = line
                .ask(("GET", &path), key, "")
                .map_err(|error| error.to_string())?;
            let must = told.acknowledged.is_some_and(|at| at <= mark);
            match status {
                200 => {
                    there.events += 1;
                    there.ids.insert(told.id.clone());
                    there.points[told.member] += told.points;
                    let entry: Value =
                        serde_json::from_str(&body).map_err(|error| error.to_string())?;
                    let moved = points(&entry["points"], "amount");
                    if moved != told.points {
                        faults.push(format!(
                            "{} moved {moved} and not {}: {body}",
                            told.id, told.points
                        ));
                    }
                }
                404 if must => lost.push(format!("{} was acknowledged and is not there", told.id)),
                404 => {}
                _ => faults.push(format!("{}: {status} {body}", told.id)),
            }
        }
        for (member, sum) in there.points.iter().enumerate() {
            let path = format!("/v1/members/customer:c{member}/balance");
            let (status, body) = line
                .ask(("GET", &path), key, "")
                .map_err(|error| error.to_string())?;
            let said: Value = serde_json::from_str(&body).map_err(|error| error.to_string())?;
            let has = if status == 404 {
                0
            } else {
                points(&said["points"], "available")
            };
            if has != *sum {
                sums.push(format!("c{member} has {has} and not {sum}: {body}"));
            }
        }
        match events(shop) {
            Ok(events) if events == there.events => {}
            Ok(events) => sums.push(format!(
                "the log has {events} events and not {}",
                there.events
            )),
            Err(error) => sums.push(format!("the log cannot be read: {error}")),
        }
        let verified = shop.run(["verify"]);
        if verified.code != Some(0) {
            sums.push(format!("{verified:?}"));
        }
        let sorts = [lost, sums, faults, answers];
        let all: usize = sorts.iter().map(Vec::len).sum();
        if all == 0 {
            return Ok(there);
        }
        // Some of each sort: many of one must not hide another.
        let shown = sorts.iter().flat_map(|sort| sort.iter().take(SHOWN));
        let shown: Vec<&str> = shown.map(String::as_str).collect();
        Err(format!("{all} faults, among them:\n{}", shown.join("\n")))
    }
}

/// The beans in a list of points.
fn points(list: &Value, field: &str) -> i64 {
    let beans = list
        .as_array()
        .and_then(|all| all.iter().find(|it| it["points"] == "beans"));
    let number = beans.and_then(|beans| beans[field].as_str()?.parse().ok());
    number.unwrap_or(0)
}

/// How many events the log has, past the server.
fn events(shop: &Shop) -> Result<u64, Error> {
    let database = shop
        .address()
        .map_or_else(|| Database::Sqlite(shop.database()), Database::parse);
    let app = App::open(Config::new(database))?;
    let tenants = app.tenants()?;
    let counts = app.counts(tenants.first().expect("there is a merchant").id);
    app.close();
    Ok(counts?.events)
}
