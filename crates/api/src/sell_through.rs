//! Reports of what resellers sold on, on the wire.

use crate::amount::Amount;
use crate::event::sell_through;
use crate::json::{self, At, Fields, FromJson};
use crate::receipt::ReceiptOut;
use regulars_base::{Text, Timestamp};
use regulars_engine::event::{Fault, SellThrough};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The most serial numbers of a report.
const SERIALS_MAX: usize = 1_000;

/// A reseller reports what it sold on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportIn {
    /// The source that numbers the report; `api` if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "portal")]
    pub source: Option<Text>,
    /// When it was sold on.
    #[schema(value_type = String, example = "2025-03-01T09:00:00Z")]
    pub at: Timestamp,
    /// The number of the reseller's own invoice: each of its lines counts once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub invoice: Option<Text>,
    /// Serial numbers of what was sold on: each counts once, whoever reports it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>, max_items = 1000)]
    pub serials: Vec<Text>,
    /// What was sold on: the same fields as those of an event `sell_through` (`order`, `currency`,
    /// `total`, `lines`, `staff`, `end_customer`, `proof` ...), beside these.
    #[serde(skip)]
    #[schema(value_type = Option<Object>)]
    pub report: Option<SellThrough>,
}

/// A report of what was sold on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportOut {
    /// Its id.
    #[schema(example = "slt_0195…")]
    pub id: String,
    /// Whose.
    pub member: String,
    /// The source that numbers it.
    pub source: String,
    /// Its number.
    pub order: String,
    /// When it was sold on.
    pub at: String,
    /// For how much in all.
    pub total: Amount,
    /// In which currency.
    pub currency: String,
    /// How many lines it has.
    pub lines: usize,
    /// To whom, as the reseller writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_customer: Option<String>,
    /// Where the proof is kept, or its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// The number of the reseller's own invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// Serial numbers of what was sold on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<String>,
    /// When it was filed.
    pub filed_at: String,
    /// By whom.
    pub filed_by: String,
    /// Why a person must look at it: `approval`, or `audit` if it was drawn by lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<String>,
    /// `open`, `approved`, `refused` (let through, but the program refused it), `rejected` or
    /// `withdrawn`.
    pub state: String,
    /// Who decided; `rule` if nobody had to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Why a report is decided so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportRulingIn {
    /// Why: the reseller may ask.
    pub reason: String,
}

/// A report that was decided, and what that moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RuledReportOut {
    /// The report.
    pub report: ReportOut,
    /// What it gave, or what was taken back; not there if nothing was booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptOut>,
}

impl FromJson for ReportRulingIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let reason = fields.required_text("reason", faults);
        fields.finish(faults);
        Some(Self {
            reason: reason?.to_string(),
        })
    }
}

impl FromJson for ReportIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("at") {
            faults.push(at.field("at").fault("is missing: when was it sold on?"));
        }
        let source = fields.text("source", faults);
        let moment = fields.moment("at", faults);
        let invoice = fields.text("invoice", faults);
        let list = at.field("serials");
        let raws = fields.list("serials", SERIALS_MAX, faults);
        let mut serials = Vec::new();
        for (place, raw) in raws.unwrap_or_default().into_iter().enumerate() {
            serials.extend(json::text(raw, list.item(place), faults));
        }
        let report = sell_through(&mut fields, faults);
        fields.finish(faults);
        Some(Self {
            source,
            at: moment?,
            invoice,
            serials,
            report: Some(report?),
        })
    }
}
