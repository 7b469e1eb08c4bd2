//! A report about a running shop: its purchases and refunds, by the same way as files of orders. They
//! are exported as facts into a folder for a moment and read from there, so that no figure has a
//! second definition.

use super::lists::behind;
use super::people::{Known, Log};
use super::{
    BehindFigure, Counted, Insight, InsightOptions, check_options, counted, insight_of, json,
    modelled, settled, terms,
};
use crate::scratch::Scratch;
use crate::{App, Error};
use regulars_base::TenantId;
use regulars_engine::Program;
use regulars_lake::facts::FactsProgress;
use regulars_metrics::catalog;
use regulars_metrics::coming::coming;
use regulars_metrics::report::Report;
use regulars_metrics::{Figure, Unit};
use std::sync::Arc;

/// Metrics that a model of customers answers.
const MODELLED: [&str; 3] = ["lifetime_value", "expected_churn", "clv_to_cac"];

impl App {
    /// Works everything out from the shop's purchases and refunds, as [`crate::insight`] does from files.
    /// Days are those of the program's time zone. What `options` say of files is left aside.
    pub fn insight(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
        progress: &(dyn Fn(FactsProgress) -> bool + Sync),
    ) -> Result<Insight, Error> {
        let shop = self.shop_facts(tenant, options)?;
        let known = shop.known(self, tenant)?;
        let mut found = insight_of(&shop.options, known, None, progress)?;
        self.money(tenant, &mut found.report)?;
        found.report.title = format!("Customers of {}", shop.name);
        found.report.source.files = vec![("the shop's own log".to_owned(), shop.how)];
        Ok(found)
    }

    /// The figures of a report alone, without models.
    pub fn figures(&self, tenant: TenantId, options: &InsightOptions) -> Result<Report, Error> {
        Ok(self.counted(tenant, options)?.report)
    }

    /// The figures of a report in which this metric is worked out, with the models that it needs and no others.
    pub fn figures_with(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
        metric: &str,
    ) -> Result<Report, Error> {
        match MODELLED.contains(&metric) {
            true => self.modelled(tenant, options, &|_| true),
            false => self.figures(tenant, options),
        }
    }

    /// All figures as JSON, without forecasts, kinds of loyalty and who is likely to leave.
    pub(crate) fn metrics_json(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
        progress: &(dyn Fn(FactsProgress) -> bool + Sync),
    ) -> Result<serde_json::Value, Error> {
        let report = self.modelled(tenant, options, progress)?;
        Ok(json::report(&report)["figures"].take())
    }

    /// The forecasts alone as JSON: no model of customers is fitted for them.
    pub(crate) fn forecasts_json(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
        progress: &(dyn Fn(FactsProgress) -> bool + Sync),
    ) -> Result<serde_json::Value, Error> {
        let report = self.counted_told(tenant, options, progress)?.0.report;
        let all = coming(&report, terms(options)?.months(), &[]);
        let all = all.map_err(|refusal| Error::invalid("/horizon", refusal.to_string()))?;
        Ok(json::coming(&report, &all))
    }

    fn modelled(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
        progress: &(dyn Fn(FactsProgress) -> bool + Sync),
    ) -> Result<Report, Error> {
        let (mut counted, options) = self.counted_told(tenant, options, progress)?;
        // A refusal is put down in the figures that it concerns.
        let _ = modelled(&mut counted, &options)?;
        self.money(tenant, &mut counted.report)?;
        Ok(counted.report)
    }

    /// What is counted of the shop, without models.
    pub(super) fn counted(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
    ) -> Result<Counted, Error> {
        let (mut counted, _) = self.counted_told(tenant, options, &|_| true)?;
        self.money(tenant, &mut counted.report)?;
        Ok(counted)
    }

    /// What is counted of the shop's log alone, and the options that it was counted by.
    fn counted_told(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
        progress: &(dyn Fn(FactsProgress) -> bool + Sync),
    ) -> Result<(Counted, InsightOptions), Error> {
        let shop = self.shop_facts(tenant, options)?;
        let (options, _) = settled(&shop.options)?;
        let mut known = shop.known(self, tenant)?;
        Ok((counted(&options, &mut known, None, progress)?, options))
    }

    /// Who is behind a figure: of all time, or of the period of that name.
    pub fn behind_figure(
        &self,
        tenant: TenantId,
        metric: &str,
        period: Option<&str>,
        options: &InsightOptions,
    ) -> Result<Vec<BehindFigure>, Error> {
        let metric = catalog::find(metric).ok_or_else(|| Error::not_found("metric", metric))?;
        let shop = self.shop_facts(tenant, options)?;
        let (options, _) = settled(&shop.options)?;
        let mut known = shop.known(self, tenant)?;
        let Counted { facts, report, .. } = counted(&options, &mut known, None, &|_| true)?;
        let period = period.map(|name| report.period(name)).transpose();
        let period = period.map_err(|why| Error::invalid("/of", why))?;
        behind(&facts, &report, metric, period, |each| {
            known.each(each).map(drop)
        })
    }

    /// Puts down what the books say: breakage, liability and deferred revenue of the points that are
    /// looked at.
    fn money(&self, tenant: TenantId, report: &mut Report) -> Result<(), Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let finance = self.finance(tenant, None)?;
        let place = program.insight.points.map_or(0, usize::from);
        let id = program.points.get(place).map(|points| points.id.clone());
        let Some(own) = finance
            .points
            .iter()
            .find(|own| Some(&own.points) == id.as_ref())
        else {
            return Ok(());
        };
        let members = report.beside.deeds.sheet.all.members;
        let breakage = match &own.breakage {
            Ok(_) => {
                let issued: i64 = own.cohorts.iter().map(|it| it.issued).sum();
                let ultimate: f64 = own
                    .cohorts
                    .iter()
                    .map(|it| it.ultimate.map_or(it.issued as f64, |it| it.ultimate))
                    .sum();
                let never = issued - ultimate.round() as i64;
                let over = "points of all issue cohorts; those of the running month are taken to be redeemed";
                Figure::quotient(Unit::Share, never.into(), issued.into(), members, over)
            }
            Err(refusal) => Figure::none(Unit::Share, format!("n/a: {refusal}")),
        };
        report.put("breakage", breakage, Vec::new());
        let as_of = program.zone.day(finance.as_of);
        let liability = match &own.liability {
            Some(it) => Figure::sum(
                Unit::Money,
                it.cost_minor.into(),
                members,
                format!("open points of members on {as_of}"),
            ),
            None => Figure::none(
                Unit::Money,
                "n/a: the program file does not say what points are worth",
            ),
        };
        report.put("liability", liability, Vec::new());
        let deferred: Vec<i64> = own
            .cohorts
            .iter()
            .filter_map(|it| Some(it.deferred?.balance()))
            .collect();
        let figure = if deferred.is_empty() {
            Figure::none(
                Unit::Money,
                "n/a: no sale of a month gave points of a known worth",
            )
        } else {
            let sum = deferred.iter().map(|it| i128::from(*it)).sum();
            Figure::sum(
                Unit::Money,
                sum,
                members,
                format!("points of members on {as_of}"),
            )
        };
        report.put("deferred_revenue", figure, Vec::new());
        Ok(())
    }

    pub(super) fn shop_facts(
        &self,
        tenant: TenantId,
        options: &InsightOptions,
    ) -> Result<ShopFacts, Error> {
        check_options(options)?;
        let (version, program) = self.program_in_force(tenant, self.now())?;
        let text = self.program_text(tenant, version)?;
        let folder = Scratch::new("regulars-facts")?;
        let facts = self.export_facts(tenant, folder.path())?;
        if facts.rows == 0 {
            return Err(Error::not_found("purchase", "of anybody yet"));
        }
        let months = facts.written.len();
        Ok(ShopFacts {
            options: InsightOptions {
                files: vec![folder.path().to_owned()],
                timezone: Some(program.zone.name().to_owned()),
                by: options.by.clone(),
                product: options.product.clone(),
                period: options.period.clone(),
                window_days: options.window_days,
                threads: options.threads,
                memory_bytes: options.memory_bytes,
                horizon_months: options.horizon_months,
                margin: options.margin,
                discount_yearly: options.discount_yearly,
                scores: options.scores.clone(),
                costs: options.costs.clone(),
                items: options.items,
                scenarios: options.scenarios.clone(),
                currency: Some(program.currency.to_string()),
                program: Some(text),
                ..InsightOptions::default()
            },
            program: Arc::clone(&program),
            name: program.name.to_string(),
            how: format!(
                "purchases and refunds of {months} months, days in {}",
                program.zone.name()
            ),
            _folder: folder,
        })
    }
}

/// A shop's facts in a folder that stays as long as this does.
pub(super) struct ShopFacts {
    pub(super) options: InsightOptions,
    name: String,
    how: String,
    program: Arc<Program>,
    _folder: Scratch,
}

impl ShopFacts {
    /// What is known beside orders.
    pub(super) fn known<'a>(&self, app: &'a App, tenant: TenantId) -> Result<Known<'a>, Error> {
        let by = self.options.by.as_deref().unwrap_or_default();
        let fields = by.split(',').map(str::trim);
        let log = Log {
            app,
            tenant,
            program: Arc::clone(&self.program),
            by: fields
                .filter(|it| !it.is_empty())
                .map(str::to_owned)
                .collect(),
        };
        Known::of_shop(log, &self.options)
    }
}
