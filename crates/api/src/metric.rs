//! Metrics about customers and the jobs that work out whole reports, on the wire.

use crate::json::{At, Fields};
use crate::member::MemberOut;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A metric of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MetricOut {
    /// Its name in addresses.
    #[schema(example = "repurchase_rate")]
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What its value is in: `share`, `ratio`, `minor_units`, `days`, `months`, `count`, `score`.
    pub unit: String,
    /// What is counted over what.
    pub definition: String,
}

/// A metric with its figures, from the shop's own purchases and refunds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MetricFiguresOut {
    /// Which metric.
    pub metric: MetricOut,
    /// The currency of figures in `minor_units`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// For how many days after a purchase a customer counts as active.
    pub window_days: i32,
    /// Over all time.
    pub figure: MeasuredOut,
    /// By period, the oldest first; empty where it is not had by period.
    pub periods: Vec<NamedFigureOut>,
    /// By the values of what was asked for with `by`.
    pub groups: Vec<NamedFigureOut>,
}

/// A figure with what it is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeasuredOut {
    /// Its value; not there where there is no denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// What stands above the line, a whole number.
    pub numerator: String,
    /// What stands below it, a whole number.
    pub denominator: String,
    /// Over whom.
    pub population: String,
    /// How many customers are behind it.
    pub customers: u64,
    /// From where to where the true value lies in 95 of 100 such samples, where a sample is behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<IntervalOut>,
}

/// An alert of the program file, as its figure stood when it was looked at last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertOut {
    /// The rule, as the program file says it.
    #[schema(example = "churn_rate above 0.1")]
    pub rule: String,
    /// The metric.
    pub metric: String,
    /// The value of the last whole period; not there where there is no denominator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The same in words, with period, population and definition.
    pub shown: String,
    /// Whether it is on the wrong side of its threshold.
    pub crossed: bool,
    /// When it was looked at.
    pub at: String,
}

/// A customer behind a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BehindFigureOut {
    /// The member's id.
    pub member: String,
    /// Whether they are counted above the line of the figure too, or below it only.
    pub above: bool,
}

/// How sure a figure is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IntervalOut {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// How it was worked out.
    pub method: String,
}

/// A figure of a period or a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NamedFigureOut {
    /// The period (`2025-03`) or the group.
    pub name: String,
    /// The figure.
    #[serde(flatten)]
    pub figure: MeasuredOut,
}

/// The customers behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CustomersOut {
    /// How many there are in all.
    pub customers: u64,
    /// A page of them, in order of their ids.
    pub items: Vec<MemberOut>,
    /// Where the next page begins; not there after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A job to begin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobIn {
    /// What is worked out: `report`, with all figures, models, kinds of loyalty and forecasts; `metrics` or
    /// `forecast` alone; `finance`, what points mean in the books; `backtest`, what a program file would have
    /// come to over the shop's own log beside the version in force; `recommendations`, what goes with what members
    /// bought.
    #[schema(example = "report")]
    pub what: String,
    /// By `day`, `week`, `month`, `quarter` or `year`; `month` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Show figures by the values of this field: `store`, `channel`, `category`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// For how many days after a purchase a customer counts as active; found from the data if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u32>,
    /// How many months ahead is looked; 12 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon_months: Option<u32>,
    /// The text of a program file, for a back-test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

impl JobIn {
    /// Reads what is to be worked out; all faults at once.
    pub fn read(raw: &RawValue) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let Some(mut fields) = Fields::read(raw, At::ROOT, &mut faults) else {
            return Err(faults);
        };
        let what = fields.required_text("what", &mut faults);
        let period = fields.text("period", &mut faults);
        let by = fields.text("by", &mut faults);
        let [window_days, horizon_months] = ["window_days", "horizon_months"].map(|name| {
            let number = fields.integer(name, &mut faults)?;
            let read = u32::try_from(number).ok();
            if read.is_none() {
                faults.push(At::ROOT.field(name).fault("must be 0 or more"));
            }
            read
        });
        let program = fields.string("program", &mut faults);
        let program = program.map(std::borrow::Cow::into_owned);
        fields.finish(&mut faults);
        let text = |text: regulars_base::Text| text.as_str().to_owned();
        match what {
            Some(what) if faults.is_empty() => Ok(Self {
                what: text(what),
                period: period.map(text),
                by: by.map(text),
                window_days,
                horizon_months,
                program,
            }),
            _ => Err(faults),
        }
    }
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobOut {
    /// Its id.
    pub id: String,
    /// `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// What it works out.
    pub ask: JobIn,
    /// Who began it.
    pub by: String,
    /// When.
    pub begun_at: String,
    /// When it was last heard of.
    pub heard_at: String,
    /// How much of what it reads is read, from 0 to 100.
    pub percent: u64,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}
