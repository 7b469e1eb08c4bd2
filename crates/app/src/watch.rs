//! Reports and alerts that come by themselves: what `[insight]` of the program in force asks for, done
//! once for each period that is over, by whichever server comes first, or by hand.
//!
//! Each report and each alert is a case: a report that was written is not written again, an alert that
//! was told is told again only after the figure was back on the right side.

use crate::cases::{read, written};
use crate::{App, Error, InsightOptions, Page, PageAsk};
use regulars_base::{Period, TenantId, Timestamp};
use regulars_engine::program::{AlertRule, InsightRules, ReportRule};
use regulars_metrics::report::{Report, words};
use regulars_store::{Case, CaseMove};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The sort of case of a report that was written.
const REPORT: &str = "report";

/// The sort of case of an alert.
const ALERT: &str = "alert";

/// The figure of the last period that was looked at is on the right side.
const CALM: &str = "calm";

/// It is not, and somebody was told.
const CROSSED: &str = "crossed";

/// Somebody works on a report, or gave it up.
const BEGUN: &str = "begun";

/// A report was written.
const WRITTEN: &str = "written";

/// What came of a look at everything that comes by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watched {
    /// Reports that were written, by page.
    pub reports: Vec<PathBuf>,
    /// Figures that crossed their threshold since the last look.
    pub alerts: Vec<Alert>,
    /// Rules that could not be looked at, and why.
    pub problems: Vec<(String, String)>,
}

/// An alert: a figure and its threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The rule, as the program file says it.
    pub rule: String,
    /// The metric.
    pub metric: String,
    /// The period that was looked at last.
    pub period: String,
    /// Its value; nothing where there is no denominator.
    pub value: Option<f64>,
    /// The value in words, with all that it is made of.
    pub shown: String,
    /// Whether it is on the wrong side.
    pub crossed: bool,
    /// When it was looked at, in microseconds.
    pub at_micros: i64,
}

/// A report that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenReport {
    /// The rule, as the program file says it.
    pub rule: String,
    /// The last period that it covers.
    pub period: String,
    /// The page's name in the folder.
    pub file: String,
    /// When it was written, in microseconds.
    pub at_micros: i64,
}

/// How often a server looks.
const EVERY: Duration = Duration::from_secs(60);

/// Looks until the app is closed: each tenant has a folder of its own, by its name.
pub(crate) fn run(app: &App, folder: &Path) {
    let mut wait = Duration::from_secs(1);
    while !app.core().stop.wait(wait) {
        wait = EVERY;
        for tenant in app.tenants().unwrap_or_default() {
            let done = match app.watch(tenant.id, &folder.join(slug(&tenant.name))) {
                Ok(done) => done,
                // No program is in force yet, or the database is away: it is tried again.
                Err(error) => {
                    tracing::debug!(%error, tenant = tenant.name, "reports and alerts wait");
                    continue;
                }
            };
            for page in &done.reports {
                tracing::info!(page = %page.display(), "a report was written");
            }
            for alert in &done.alerts {
                tracing::warn!(
                    rule = alert.rule,
                    figure = alert.shown,
                    "a figure crossed its threshold"
                );
            }
            for (rule, why) in &done.problems {
                tracing::warn!(rule, why, "a report or an alert could not be done");
            }
        }
    }
}

impl App {
    /// Does what is to come by itself by now: reports into `folder`, and alerts, as files there too.
    /// Asked again in the same period it does nothing.
    ///
    /// # Errors
    /// There is no program in force, or the folder cannot be written.
    pub fn watch(&self, tenant: TenantId, folder: &Path) -> Result<Watched, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let rules: &InsightRules = &program.insight;
        let mut watched = Watched::default();
        let over = |period: Period| {
            let number = period.number(program.zone.day(now)) - 1;
            period.first_day(number).to_string()
        };
        for rule in &rules.reports {
            let done = self.write_report(tenant, folder, rule, &over(rule.every), now);
            watched.take(&rule.text, done, |it, page| it.reports.extend(page));
        }
        for rule in &rules.alerts {
            let done = self.look(tenant, folder, rule, &over(rule.by), now);
            watched.take(&rule.text, done, |it, alert| it.alerts.extend(alert));
        }
        Ok(watched)
    }

    /// All alerts as they stood when they were looked at last.
    pub fn alerts(&self, tenant: TenantId, page: &PageAsk) -> Result<Page<Alert>, Error> {
        self.cases(tenant, (ALERT, None), page, read)
    }

    /// All reports that came by themselves.
    pub fn written_reports(
        &self,
        tenant: TenantId,
        page: &PageAsk,
    ) -> Result<Page<WrittenReport>, Error> {
        self.cases(tenant, (REPORT, Some(WRITTEN)), page, read)
    }

    fn write_report(
        &self,
        tenant: TenantId,
        folder: &Path,
        rule: &ReportRule,
        since: &str,
        now: Timestamp,
    ) -> Result<Option<PathBuf>, Error> {
        let id = format!("{}/{since}", slug(&rule.text));
        let file = format!("{}-{since}.html", slug(&rule.text));
        let report = WrittenReport {
            rule: rule.text.clone(),
            period: since.to_owned(),
            file: file.clone(),
            at_micros: now.micros(),
        };
        let case = Case {
            kind: REPORT.into(),
            id: id.clone(),
            state: BEGUN.into(),
            body: written(&report)?,
        };
        let known = self
            .core()
            .pool
            .with(|store| Ok(store.case(tenant, REPORT, &id)?))?;
        match known {
            Some(case) if case.state == WRITTEN => return Ok(None),
            // Another server works on it, or stopped while it did: then it is tried again.
            Some(_) => {}
            None => {
                self.core()
                    .write(move |store| Ok(store.open_case(tenant, &case, &[])?))?;
            }
        }
        let options = InsightOptions {
            period: Some(name(rule.every).to_owned()),
            by: rule.by.clone(),
            ..InsightOptions::default()
        };
        let found = self.insight(tenant, &options, &|_| true)?;
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let page = folder.join(&file);
        found.write_html(&page)?;
        let json = page.with_extension("json");
        std::fs::write(&json, format!("{:#}\n", found.json()))
            .map_err(|error| failed(&json, &error))?;
        let to = move_to(BEGUN, WRITTEN, written(&report)?);
        self.move_case(tenant, (REPORT, &id), to)?;
        Ok(Some(page))
    }

    fn look(
        &self,
        tenant: TenantId,
        folder: &Path,
        rule: &AlertRule,
        since: &str,
        now: Timestamp,
    ) -> Result<Option<Alert>, Error> {
        let id = slug(&rule.text);
        let known = self
            .core()
            .pool
            .with(|store| Ok(store.case(tenant, ALERT, &id)?))?;
        let before: Option<Alert> = known.as_ref().map(read).transpose()?;
        let state = known.map(|case| case.state);
        let options = InsightOptions {
            period: Some(name(rule.by).to_owned()),
            ..InsightOptions::default()
        };
        // A period that was looked at is over: its figure would tell nothing new.
        let looked = format!("{since}/");
        if before.is_some_and(|it| it.period.starts_with(&looked)) {
            return Ok(None);
        }
        let report = self.figures_with(tenant, &options, &rule.metric)?;
        let mut alert = judge(&report, rule, now)?;
        let named = alert.period.clone();
        alert.period = format!("{looked}{named}");
        let to = if alert.crossed { CROSSED } else { CALM };
        let body = written(&alert)?;
        let moved = match state.as_deref() {
            None => {
                let case = Case {
                    kind: ALERT.into(),
                    id: id.clone(),
                    state: to.into(),
                    body,
                };
                let taken = self
                    .core()
                    .write(move |store| Ok(store.open_case(tenant, &case, &[])?))?;
                taken.is_none()
            }
            Some(from) => self.move_case(tenant, (ALERT, &id), move_to(from, to, body))?,
        };
        alert.period = named;
        if !moved || !alert.crossed || state.as_deref() == Some(CROSSED) {
            return Ok(None);
        }
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let file = folder.join(format!("alert-{id}-{}.json", alert.period));
        let text = serde_json::to_string_pretty(&alert)
            .map_err(|error| Error::Bug(format!("an alert is no JSON: {error}")))?;
        std::fs::write(&file, text + "\n").map_err(|error| failed(&file, &error))?;
        Ok(Some(alert))
    }
}

impl Watched {
    fn take<T>(&mut self, rule: &str, done: Result<T, Error>, put: impl FnOnce(&mut Self, T)) {
        match done {
            Ok(done) => put(self, done),
            Err(error) => self.problems.push((rule.to_owned(), error.to_string())),
        }
    }
}

/// The figure of the last whole period, and whether it is on the wrong side.
fn judge(report: &Report, rule: &AlertRule, now: Timestamp) -> Result<Alert, Error> {
    let found = report.find(&rule.metric);
    let it = found.ok_or_else(|| Error::not_found("metric", &rule.metric))?;
    let calendar = &report.calendar;
    let last = (0..calendar.len()).rev().find(|&at| calendar.is_whole(at));
    let (figure, period) = match last.and_then(|at| Some((it.periods.get(at)?, at))) {
        Some((figure, at)) => (figure, calendar.name(at)),
        None => (&it.figure, "all".to_owned()),
    };
    let threshold = rule.millionths as f64 / 1e6;
    let crossed = figure.value.is_some_and(|value| match rule.above {
        true => value > threshold,
        false => value < threshold,
    });
    let value = words::figure(figure, report.decimals, report.currency);
    Ok(Alert {
        rule: rule.text.clone(),
        metric: rule.metric.clone(),
        shown: format!(
            "{} of {period}: {value}, {} ({}). {}",
            it.metric.name, figure.population, figure.customers, it.metric.definition
        ),
        period,
        value: figure.value,
        crossed,
        at_micros: now.micros(),
    })
}

const fn name(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Quarter => "quarter",
        Period::Year => "year",
        Period::Month | Period::HalfYear => "month",
    }
}

/// A rule as part of a file's name.
fn slug(text: &str) -> String {
    let letter = |letter: char| match letter {
        'a'..='z' | '0'..='9' | '_' | '.' => letter,
        _ => '-',
    };
    text.chars().map(letter).collect()
}

fn move_to(from: &str, to: &str, body: String) -> CaseMove {
    CaseMove {
        from: from.into(),
        to: to.into(),
        body,
        frees_marks: false,
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        why: format!("{error}; name a folder that takes files"),
    }
}
