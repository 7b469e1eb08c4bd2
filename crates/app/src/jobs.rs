//! Jobs: what takes too long for one answer. A job is begun, says how far it is, may be cancelled, and
//! keeps its result.
//!
//! A job is a case of the tenant (`cases`), so it outlives the server that works on it and another
//! server can tell of it or cancel it. Whoever works on it says so every second; a job of which nothing
//! was heard for a while has lost its server, and is told to have failed.

use crate::cases::written;
use crate::programs::compiled;
use crate::{App, Error, Finance, ImportProgress, InsightOptions, Page, PageAsk, PlanOrders};
use regulars_base::{TenantId, Timestamp};
use regulars_lake::facts::FactsProgress;
use regulars_store::{Case, CaseMove};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// The sort of case.
const JOB: &str = "job";

/// How often a job says that it is worked on.
const BEAT: Duration = Duration::from_secs(1);

/// After so long without a word a job has lost its server.
const LOST_MICROS: i64 = 60_000_000;

/// So many jobs of a tenant may be under way.
const UNDER_WAY_MOST: usize = 4;

/// What a job works out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JobAsk {
    /// What: [`JobAsk::WHATS`].
    pub what: String,
    /// By which period figures are shown, for a report.
    pub period: Option<String>,
    /// By what orders are grouped, for a report.
    pub by: Option<String>,
    /// How long a customer counts as active after a purchase, for a report.
    pub window_days: Option<u32>,
    /// How many months ahead is looked, for a report.
    pub horizon_months: Option<u32>,
    /// A program file, for a back-test: over all that the shop's log says customers did, beside the
    /// version in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// A connector, and since when (microseconds since 1970) its platform is asked for what was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconcile: Option<(String, i64)>,
}

impl JobAsk {
    /// What a job is called that asks a platform for what was lost.
    const RECONCILE: &'static str = "reconcile";

    /// A job that asks a connector's platform for what was lost since then.
    pub fn reconcile(connector: String, since: Timestamp) -> Self {
        Self {
            what: Self::RECONCILE.into(),
            reconcile: Some((connector, since.micros())),
            ..Self::default()
        }
    }

    /// What a job can work out.
    pub const WHATS: [&'static str; 7] = [
        "report",
        "metrics",
        "forecast",
        "backtest",
        "finance",
        "recommendations",
        "scores",
    ];
}

/// How finances are written: the API says, which a job of them answers as.
pub type FinanceAsJson = fn(&Finance) -> Result<serde_json::Value, serde_json::Error>;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It is worked on.
    Running,
    /// Its result is there.
    Done,
    /// There will be none.
    Failed,
    /// Somebody did not want it any more.
    Cancelled,
}

impl JobState {
    const ALL: [Self; 4] = [Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// Its name in tables and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: JobState,
    /// What it works out.
    pub ask: JobAsk,
    /// Who began it.
    pub by: String,
    /// When.
    pub begun_at: Timestamp,
    /// When it was last heard of.
    pub heard_at: Timestamp,
    /// How much of what it reads is read, from 0 to 100.
    pub percent: u64,
    /// Why it failed.
    pub problem: Option<String>,
}

/// What a case of a job says.
#[derive(Clone, Serialize, Deserialize)]
struct Body {
    ask: JobAsk,
    by: String,
    begun_at: i64,
    heard_at: i64,
    percent: u64,
    problem: Option<String>,
    result: Option<serde_json::Value>,
}

/// What the one who works and the one who says so share.
#[derive(Default)]
struct Work {
    percent: AtomicU64,
    stopped: AtomicBool,
    over: AtomicBool,
}

impl App {
    /// Begins a job.
    pub fn begin_job(
        &self,
        tenant: TenantId,
        ask: JobAsk,
        by: String,
        as_json: FinanceAsJson,
    ) -> Result<Job, Error> {
        if let Some((connector, _)) = &ask.reconcile {
            self.check_askable(tenant, connector)?;
        } else if !JobAsk::WHATS.contains(&ask.what.as_str()) {
            let what = format!(
                "`{}` is no job; there is {}",
                ask.what,
                JobAsk::WHATS.join(", ")
            );
            return Err(Error::invalid("/what", what));
        }
        crate::insight::check_options(&options(&ask))?;
        match (ask.what.as_str(), &ask.program) {
            ("backtest", None) => {
                return Err(Error::invalid(
                    "/program",
                    "a back-test needs a program file",
                ));
            }
            ("backtest", Some(text)) => drop(compiled(text)?),
            _ => {}
        }
        let under_way = self.jobs_in(tenant, JobState::Running)?;
        if under_way.len() >= UNDER_WAY_MOST {
            return Err(Error::Busy);
        }
        let now = self.now();
        let body = Body {
            ask,
            by,
            begun_at: now.micros(),
            heard_at: now.micros(),
            percent: 0,
            problem: None,
            result: None,
        };
        let case = Case {
            kind: JOB.into(),
            id: new_id(now)?,
            state: JobState::Running.name().into(),
            body: written(&body)?,
        };
        let id = case.id.clone();
        self.core()
            .write(move |store| Ok(store.open_case(tenant, &case, &[])?))?;
        let work = Arc::new(Work::default());
        let (app, of, same) = (self.clone(), id.clone(), Arc::clone(&work));
        let start = |name: &str, thread: Box<dyn FnOnce() + Send>| {
            let started = std::thread::Builder::new().name(name.into()).spawn(thread);
            started.map(drop).map_err(|error| {
                Error::Unavailable(format!("a thread could not be started: {error}"))
            })
        };
        start("job", {
            let body = body.clone();
            Box::new(move || app.work(tenant, &of, body, (&same, as_json)))
        })?;
        let (app, of) = (self.clone(), id.clone());
        let told = body.clone();
        start(
            "job's beat",
            Box::new(move || app.beat(tenant, &of, told, &work)),
        )?;
        self.told(id, JobState::Running, body)
    }

    /// A job.
    pub fn job(&self, tenant: TenantId, id: &str) -> Result<Job, Error> {
        let (state, body) = self.job_case(tenant, id)?;
        self.told(id.to_owned(), state, body)
    }

    /// Jobs by id, which is by when they were begun.
    pub fn jobs(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<Job>, Error> {
        self.cases(tenant, (JOB, None), page, |case| {
            let (state, body) = read(case)?;
            self.told(case.id.clone(), state, body)
        })
    }

    /// Gives a job up. One that is over stays as it is.
    pub fn cancel_job(&self, tenant: TenantId, id: &str) -> Result<Job, Error> {
        let (state, body) = self.job_case(tenant, id)?;
        if state == JobState::Running {
            self.move_job(tenant, id, JobState::Cancelled, &body)?;
        }
        self.job(tenant, id)
    }

    /// What a job came to; nothing while it is not done.
    pub fn job_result(
        &self,
        tenant: TenantId,
        id: &str,
    ) -> Result<Option<serde_json::Value>, Error> {
        Ok(self.job_case(tenant, id)?.1.result)
    }

    fn job_case(&self, tenant: TenantId, id: &str) -> Result<(JobState, Body), Error> {
        read(&self.case(tenant, (JOB, "job"), id)?)
    }

    fn jobs_in(&self, tenant: TenantId, state: JobState) -> Result<Vec<Job>, Error> {
        let of = (JOB, Some(state.name()));
        let cases = self
            .core()
            .pool
            .with(|store| Ok(store.cases(tenant, of, None, 1000)?))?;
        let jobs = cases.into_iter().map(|case| {
            let (state, body) = read(&case)?;
            self.told(case.id, state, body)
        });
        let mut jobs = jobs.collect::<Result<Vec<_>, Error>>()?;
        jobs.retain(|job| job.state == state);
        Ok(jobs)
    }

    /// A job as it is told: one that lost its server has failed.
    fn told(&self, id: String, state: JobState, body: Body) -> Result<Job, Error> {
        let silent = self.now().micros().saturating_sub(body.heard_at);
        let lost = state == JobState::Running && silent > LOST_MICROS;
        let why = "the server that worked on it has stopped; begin it again";
        Ok(Job {
            id,
            state: if lost { JobState::Failed } else { state },
            ask: body.ask,
            by: body.by,
            begun_at: Timestamp::from_micros(body.begun_at),
            heard_at: Timestamp::from_micros(body.heard_at),
            percent: body.percent,
            problem: body.problem.or_else(|| lost.then(|| why.to_owned())),
        })
    }

    /// Moves a job on that is worked on; `false` if it is not any more.
    fn move_job(
        &self,
        tenant: TenantId,
        id: &str,
        to: JobState,
        body: &Body,
    ) -> Result<bool, Error> {
        let to = CaseMove {
            from: JobState::Running.name().into(),
            to: to.name().into(),
            body: written(body)?,
            frees_marks: true,
        };
        self.move_case(tenant, (JOB, id), to)
    }

    fn worked_out(
        &self,
        tenant: TenantId,
        ask: &JobAsk,
        as_json: FinanceAsJson,
        told: &(dyn Fn(u64, u64) -> bool + Sync),
    ) -> Result<serde_json::Value, Error> {
        let of_rows = |at: FactsProgress| told(at.done, at.total);
        let no_json = |error| Error::Bug(format!("what a job came to is no JSON: {error}"));
        match ask.what.as_str() {
            "backtest" => {
                let text = ask.program.as_deref().unwrap_or_default();
                let mut at = |at: ImportProgress| told(at.done, at.total);
                let figures = self.plan_figures(tenant, text, PlanOrders::Log, &mut at)?;
                serde_json::to_value(figures).map_err(no_json)
            }
            JobAsk::RECONCILE => {
                let (connector, since) = ask.reconcile.clone().unwrap_or_default();
                let since = Timestamp::from_micros(since);
                // How many pages there are nobody knows before the last.
                let pages = |done: u64| told(done, done + 1);
                let found = self.reconcile(tenant, &connector, since, &pages)?;
                serde_json::to_value(found).map_err(no_json)
            }
            "finance" => {
                let finance = self.finance_told(tenant, None, &mut |done, all| told(done, all))?;
                as_json(&finance).map_err(no_json)
            }
            "recommendations" => {
                let model = self.build_recommendations(tenant, &mut |done, all| told(done, all))?;
                serde_json::to_value(model).map_err(no_json)
            }
            "scores" => {
                let run = self.score_members(tenant, &of_rows)?;
                Ok(serde_json::json!({
                    "as_of": run.as_of().map(|day| day.to_string()),
                    "customers": run.customers,
                    "changed": run.changed,
                }))
            }
            "metrics" => self.metrics_json(tenant, &options(ask), &of_rows),
            "forecast" => self.forecasts_json(tenant, &options(ask), &of_rows),
            _ => Ok(self.insight(tenant, &options(ask), &of_rows)?.json()),
        }
    }

    fn work(
        &self,
        tenant: TenantId,
        id: &str,
        mut body: Body,
        (work, as_json): (&Work, FinanceAsJson),
    ) {
        let told = |done: u64, total: u64| {
            // All is read before all is worked out.
            let percent = (done.saturating_mul(100) / total.max(1)).min(99);
            work.percent.store(percent, Ordering::Relaxed);
            !work.stopped.load(Ordering::Relaxed)
        };
        let found = self.worked_out(tenant, &body.ask, as_json, &told);
        work.over.store(true, Ordering::Relaxed);
        let state = match found {
            Ok(found) => {
                body.percent = 100;
                body.result = Some(found);
                JobState::Done
            }
            Err(error) => {
                body.problem = Some(error.to_string());
                JobState::Failed
            }
        };
        body.heard_at = self.now().micros();
        // One that was cancelled meanwhile stays so.
        if let Err(error) = self.move_job(tenant, id, state, &body) {
            tracing::warn!(%error, job = id, "what a job came to could not be written");
        }
    }

    /// Says that the job is worked on, and stops it where nobody wants it any more.
    fn beat(&self, tenant: TenantId, id: &str, mut body: Body, work: &Work) {
        while !work.over.load(Ordering::Relaxed) {
            if self.core().stop.wait(BEAT) {
                work.stopped.store(true, Ordering::Relaxed);
                return;
            }
            if work.over.load(Ordering::Relaxed) {
                return;
            }
            body.percent = work.percent.load(Ordering::Relaxed);
            body.heard_at = self.now().micros();
            // A write that failed is tried again with the next beat.
            if matches!(
                self.move_job(tenant, id, JobState::Running, &body),
                Ok(false)
            ) {
                work.stopped.store(true, Ordering::Relaxed);
                return;
            }
        }
    }
}

fn options(ask: &JobAsk) -> InsightOptions {
    InsightOptions {
        period: ask.period.clone(),
        by: ask.by.clone(),
        window_days: ask.window_days,
        horizon_months: ask.horizon_months,
        items: true,
        ..InsightOptions::default()
    }
}

/// Ids are in the order in which jobs were begun.
fn new_id(now: Timestamp) -> Result<String, Error> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Unavailable(format!("the system gives no randomness: {error}")))?;
    let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
    Ok(id.to_string())
}

fn read(case: &Case) -> Result<(JobState, Body), Error> {
    let state = JobState::ALL
        .into_iter()
        .find(|state| state.name() == case.state);
    let body = serde_json::from_str(&case.body).ok();
    state
        .zip(body)
        .ok_or_else(|| Error::Bug(format!("the job {} cannot be read", case.id)))
}
