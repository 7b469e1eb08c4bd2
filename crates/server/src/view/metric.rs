//! Metrics about customers, and jobs.

use regulars_api::metric::{
    AlertOut, BehindFigureOut, IntervalOut, JobIn, JobOut, MeasuredOut, MetricFiguresOut,
    MetricOut, NamedFigureOut,
};
use regulars_app::{Alert, BehindFigure, CatalogMetric, InsightReport, Job, MetricFigure};
use regulars_base::Timestamp;

/// A metric of the catalog.
pub(crate) fn metric(metric: &CatalogMetric) -> MetricOut {
    MetricOut {
        id: metric.id.to_owned(),
        name: metric.name.to_owned(),
        unit: metric.unit.name().to_owned(),
        definition: metric.definition.to_owned(),
    }
}

/// A metric with the figures that a report has of it; nothing where the facts do not allow it.
pub(crate) fn metric_figures(id: &str, report: &InsightReport) -> Option<MetricFiguresOut> {
    let it = report.find(id)?;
    let calendar = &report.calendar;
    let named = |name: String, of: &MetricFigure| NamedFigureOut {
        name,
        figure: figure(of),
    };
    let periods = it.periods.iter().enumerate();
    let groups = report.source.groups.iter().zip(&it.groups);
    Some(MetricFiguresOut {
        metric: metric(it.metric),
        currency: report.currency.map(|currency| currency.to_string()),
        window_days: report.window.days,
        figure: figure(&it.figure),
        periods: periods
            .map(|(at, of)| named(calendar.name(at), of))
            .collect(),
        groups: groups.map(|(name, of)| named(name.clone(), of)).collect(),
    })
}

pub(super) fn figure(it: &MetricFigure) -> MeasuredOut {
    MeasuredOut {
        value: it.value,
        numerator: it.numerator.to_string(),
        denominator: it.denominator.to_string(),
        population: it.population.clone(),
        customers: it.customers,
        interval: it.interval.map(|interval| IntervalOut {
            low: interval.low,
            high: interval.high,
            method: interval.method.to_owned(),
        }),
    }
}

/// An alert.
pub(crate) fn alert(it: Alert) -> AlertOut {
    AlertOut {
        rule: it.rule,
        metric: it.metric,
        value: it.value,
        shown: it.shown,
        crossed: it.crossed,
        at: Timestamp::from_micros(it.at_micros).to_string(),
    }
}

/// A customer behind a figure.
pub(crate) fn behind_figure(it: BehindFigure) -> BehindFigureOut {
    BehindFigureOut {
        member: it.customer,
        above: it.above,
    }
}

/// A job.
pub(crate) fn job(job: &Job) -> JobOut {
    JobOut {
        id: job.id.clone(),
        state: job.state.name().to_owned(),
        ask: JobIn {
            what: job.ask.what.clone(),
            period: job.ask.period.clone(),
            by: job.ask.by.clone(),
            window_days: job.ask.window_days,
            horizon_months: job.ask.horizon_months,
            program: None,
        },
        by: job.by.clone(),
        begun_at: job.begun_at.to_string(),
        heard_at: job.heard_at.to_string(),
        percent: job.percent,
        problem: job.problem.clone(),
    }
}
