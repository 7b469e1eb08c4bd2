//! Paid membership and its invoices on the wire.

use crate::amount::Amount;
use crate::json::{self, At, Fields, FromJson};
use regulars_base::Text;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What a member wants of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MembershipIn {
    /// What to do.
    pub action: PlanAction,
    /// The plan's id in the program file, to join it or to change to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "club")]
    pub plan: Option<Text>,
}

/// What can be done with a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanAction {
    /// Join a plan.
    Join,
    /// Change to another: at once, or with the next period, as the plan says.
    Change,
    /// Pause: the days that are left wait.
    Pause,
    /// Go on after a pause, or take a cancellation back.
    Resume,
    /// Cancel: at once, or at the end of the period, as the plan says.
    Cancel,
}

const ACTIONS: [(&str, PlanAction); 5] = [
    ("join", PlanAction::Join),
    ("change", PlanAction::Change),
    ("pause", PlanAction::Pause),
    ("resume", PlanAction::Resume),
    ("cancel", PlanAction::Cancel),
];

impl FromJson for MembershipIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let action = word(&mut fields, "action", &ACTIONS, faults);
        let plan = fields.text("plan", faults).filter(|plan| !plan.is_empty());
        let needed = matches!(action, Some(PlanAction::Join | PlanAction::Change));
        if needed && plan.is_none() {
            faults.push(at.field("plan").fault("is missing: say which plan"));
        }
        if action.is_some() && !needed && plan.is_some() {
            let what = "means nothing here: only joining and changing name a plan";
            faults.push(at.field("plan").fault(what));
        }
        fields.finish(faults);
        Some(Self {
            action: action?,
            plan,
        })
    }
}

/// What became of an invoice's payment, told by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvoicePaymentIn {
    /// What became of it.
    pub result: PaymentResult,
    /// For `refunded`: how much; all that is owed back, or else all that was paid, if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// What the payment is called where it was made: the number of a transfer, of a receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reference: Option<Text>,
    /// For `failed`: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reason: Option<Text>,
}

/// What can become of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentResult {
    /// It was paid.
    Succeeded,
    /// It failed.
    Failed,
    /// Money went back.
    Refunded,
}

const RESULTS: [(&str, PaymentResult); 3] = [
    ("succeeded", PaymentResult::Succeeded),
    ("failed", PaymentResult::Failed),
    ("refunded", PaymentResult::Refunded),
];

impl FromJson for InvoicePaymentIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let result = word(&mut fields, "result", &RESULTS, faults);
        let amount = fields.decimal("amount", faults);
        if amount.is_some() && matches!(result, Some(own) if own != PaymentResult::Refunded) {
            let what = "means nothing here: an invoice is paid as a whole";
            faults.push(at.field("amount").fault(what));
        }
        let amount = amount.map(|amount| Amount(amount.into_owned()));
        let some = |text: &Text| !text.is_empty();
        let reference = fields.text("reference", faults).filter(some);
        let reason = fields.text("reason", faults).filter(some);
        fields.finish(faults);
        Some(Self {
            result: result?,
            amount,
            reference,
            reason,
        })
    }
}

/// One of several words.
fn word<T: Copy>(
    fields: &mut Fields<'_>,
    name: &'static str,
    words: &[(&str, T)],
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let base = fields.at();
    let at = base.field(name);
    let written = fields.required(name, faults)?;
    let written = json::string(written, at, faults)?;
    let known = words.iter().find(|(word, _)| *word == written);
    if known.is_none() {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        faults.push(at.fault(format!("must be one of {}", words.join(", "))));
    }
    known.map(|(_, meant)| *meant)
}

/// The plan that a member is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MembershipOut {
    /// Its id in the program file.
    #[schema(example = "club")]
    pub plan: String,
    /// `trial`, `waiting` (for the first payment), `active`, `overdue` (a payment is open), `paused`,
    /// or `ending` (cancelled, until the period ends).
    #[schema(example = "active")]
    pub status: String,
    /// Whether the member has its benefits now.
    pub benefits: bool,
    /// Since when they are on it.
    pub since: String,
    /// The first day of the period, or of the trial.
    #[schema(example = "2025-03-01")]
    pub from: String,
    /// The last day of it.
    #[schema(example = "2025-03-31")]
    pub until: String,
    /// The plan that follows with the next period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_plan: Option<String>,
    /// In a pause: the day on which it goes on by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes_on: Option<String>,
    /// The invoice that is to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_invoice: Option<u32>,
    /// Money that the next invoices are lowered by.
    pub credit: Amount,
    /// The currency of money.
    #[schema(example = "EUR")]
    pub currency: String,
}

/// An invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceOut {
    /// Its number, from 1 for each member.
    pub number: u32,
    /// For which plan, by its id in the program file.
    pub plan: String,
    /// When it was made.
    pub issued_at: String,
    /// The first day that it is for.
    pub from: String,
    /// The first day after them.
    pub until: String,
    /// The currency of all amounts.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The price of the period.
    pub price: Amount,
    /// By how much the price of the first periods is lower.
    pub discount: Amount,
    /// How much of it credit paid.
    pub credit: Amount,
    /// What is (or was) to be paid: price less discount and credit.
    pub amount: Amount,
    /// The tax within price less discount.
    pub tax: Amount,
    /// `open`, `paid`, `failed`, `void`, or `refunded`.
    pub status: String,
    /// Since when it is no longer open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<String>,
    /// How often its payment was asked for.
    pub attempts: u16,
    /// When it is asked for again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<String>,
    /// Credit notes: for days that a change of plan left over.
    pub credited: Amount,
    /// Credit notes: to be paid back.
    pub owed_back: Amount,
    /// Credit notes: paid back.
    pub paid_back: Amount,
    /// What the payment is called where it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A member's invoices, oldest first: all that there ever were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoicesOut {
    /// One by one.
    pub items: Vec<InvoiceOut>,
}
