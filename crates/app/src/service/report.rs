//! How cases went: how soon, how late, and who was won back.

use super::{ServiceCase, ServiceState};
use crate::{App, Error};
use regulars_base::{CivilDay, TenantId, Timestamp, WalletId};
use regulars_engage::median;
use regulars_engine::event::Kind;
use regulars_engine::outcome::Verdict;
use regulars_metrics::Figure;
use regulars_store::{Cursor, Store};
use std::collections::BTreeSet;

const DAY_MICROS: i64 = 86_400_000_000;
const ROWS: usize = 64;

/// How the cases went that were opened in a time.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceReport {
    /// How many were opened.
    pub opened: u64,
    /// How many of them are solved.
    pub solved: u64,
    /// How many had their first answer in time, of those that had one or are past it.
    pub answered_in_time: Figure,
    /// How many were solved in time, of those that are solved or are past it.
    pub solved_in_time: Figure,
    /// Minutes of work to the first answer: the median.
    pub answer_minutes: Option<i64>,
    /// Minutes of work to the solution: the median.
    pub solve_minutes: Option<i64>,
    /// Whose members bought again within the days that are set, of those whose days are over or who did.
    pub recovered: Figure,
    /// Members whose days are over, and who did not buy again.
    pub lost: u64,
    /// Members whose days are not over, and who did not buy yet.
    pub open_still: u64,
    /// Points that were given, in the smallest unit.
    pub made_good: i64,
    /// How many of each cause were opened.
    pub causes: Vec<(&'static str, u64)>,
}

impl App {
    /// How the cases went that were opened between two days, both counted.
    pub fn service_report(
        &self,
        tenant: TenantId,
        (from, to): (Option<CivilDay>, Option<CivilDay>),
    ) -> Result<ServiceReport, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let settings = self.service_settings(tenant)?;
        let (zone, hours) = (&program.zone, settings.business_hours());
        let inside = |own: &ServiceCase| {
            let day = zone.day(own.opened_at);
            from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to)
        };
        let mut cases = self.all_service_cases(tenant, None)?;
        cases.retain(inside);
        let solved_at =
            |own: &ServiceCase| own.solved_at.filter(|_| own.state == ServiceState::Solved);
        let minutes =
            |own: &ServiceCase, until: Timestamp| hours.minutes(own.opened_at, until, zone);
        let in_time = |done: &dyn Fn(&ServiceCase) -> Option<Timestamp>,
                       due: &dyn Fn(&ServiceCase) -> Timestamp| {
            let told = cases
                .iter()
                .filter(|own| done(own).is_some() || due(own) < now);
            let right = cases
                .iter()
                .filter(|own| done(own).is_some_and(|at| at <= due(own)));
            Figure::share(right.count() as u64, told.count() as u64, "cases")
        };
        let answers = cases
            .iter()
            .filter_map(|own| Some(minutes(own, own.answered_at?)));
        let solutions = cases
            .iter()
            .filter_map(|own| Some(minutes(own, solved_at(own)?)));
        let (mut won, mut lost, mut open_still) = (0_u64, 0_u64, 0_u64);
        let days = i64::from(settings.recovered_days) * DAY_MICROS;
        let mut seen = BTreeSet::new();
        // A member is won back once, however many cases they had: the first of the time counts.
        for case in cases.iter().filter(|own| seen.insert(own.member)) {
            let until = case.opened_at.plus_micros(days);
            let wallet = WalletId::from_bytes(*case.member.bytes());
            let bought = self
                .core()
                .pool
                .with(|store| bought_between(store, (tenant, wallet), (case.opened_at, until)))?;
            match (bought, until <= now) {
                (true, _) => won += 1,
                (false, true) => lost += 1,
                (false, false) => open_still += 1,
            }
        }
        let causes = ["low_score", "keyword", "complaint", "by_hand"].map(|name| {
            let own = cases.iter().filter(|own| own.cause.name() == name);
            (name, own.count() as u64)
        });
        Ok(ServiceReport {
            opened: cases.len() as u64,
            solved: cases
                .iter()
                .filter(|own| own.state == ServiceState::Solved)
                .count() as u64,
            answered_in_time: in_time(&|own| own.answered_at, &|own| own.answer_due),
            solved_in_time: in_time(&solved_at, &|own| own.solve_due),
            answer_minutes: median(answers.collect()),
            solve_minutes: median(solutions.collect()),
            recovered: Figure::share(
                won,
                won + lost,
                "members whose days are over, or who bought again",
            ),
            lost,
            open_still,
            made_good: cases.iter().map(|own| own.made_good).sum(),
            causes: causes.into(),
        })
    }
}

/// Whether a wallet has a purchase that happened between two moments.
fn bought_between(
    store: &mut dyn Store,
    (tenant, wallet): (TenantId, WalletId),
    (from, until): (Timestamp, Timestamp),
) -> Result<bool, Error> {
    let mut before = u64::MAX;
    loop {
        let page = store.log(tenant, wallet, Cursor::Before(before), ROWS)?;
        for row in &page {
            let at = row.event.occurred_at;
            let bought = matches!(row.event.kind, Kind::Purchase(_))
                && row.outcome.verdict == Verdict::Accepted;
            if bought && at > from && at <= until {
                return Ok(true);
            }
            // What was recorded before the case happened before it.
            if row.event.recorded_at < from {
                return Ok(false);
            }
        }
        match page.last() {
            Some(last) if page.len() == ROWS => before = last.seq,
            _ => return Ok(false),
        }
    }
}
