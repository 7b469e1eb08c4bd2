//! Partners on the wire: statements, entries, what is booked by hand, settlements.

use crate::amount::Amount;
use crate::json::{self, At, Fields};
use crate::receipt::PointsOut;
use regulars_base::{Currency, Text};
use regulars_engine::event::{Fault, PostWhat};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartnerOut {
    /// Its id in the program file.
    #[schema(example = "bakery")]
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The sources whose events are its own.
    pub sources: Vec<String>,
}

/// The partners of a merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartnersOut {
    /// One by one.
    pub items: Vec<PartnerOut>,
}

/// What a partner has coming for a period, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PartnerStatementOut {
    /// The partner; `operator` for whoever runs the program.
    #[schema(example = "bakery")]
    pub partner: String,
    /// The period.
    #[schema(example = "2025-03")]
    pub period: String,
    /// Its first moment.
    pub from: String,
    /// The first moment after it.
    pub until: String,
    /// Whether it is closed: then it does not change any more.
    pub closed: bool,
    /// The figures, each of which is a sum of entries.
    pub lines: Vec<StatementLineOut>,
    /// What the figures, each rounded on its own, are away from the position.
    pub rounding: Amount,
    /// What the partner has coming; below zero what it owes.
    pub position: Amount,
    /// What a partner who pays ahead had not used before and after; not there for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_ahead: Option<PaidAheadOut>,
    /// The currency of all money but `own`.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What it comes to in the partner's currency; not there for those who reckon in the program's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnStatementOut>,
    /// Disputes that are open.
    pub disputes: Vec<DisputeOut>,
}

/// A figure of a statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatementLineOut {
    /// What happened: `issued`, `taken_back`, `redeemed`, `returned`, `fee`, `lapsed`, `pooled`,
    /// `share_of_lapsed`, `paid_in`, `corrected`; `own_points_redeemed` and `own_points_returned` for
    /// points that the partner funded, wherever they were spent.
    #[schema(example = "issued")]
    pub what: String,
    /// The points, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsOut>,
    /// What the partner has coming for it; below zero what it owes.
    pub money: Amount,
    /// Whether that concerns what was paid ahead, not the position.
    pub paid_ahead: bool,
    /// Part of it that was booked into closed periods after they were closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Amount>,
    /// `money` in the partner's currency; not there for those who reckon in the program's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Amount>,
}

/// What a statement comes to in the partner's currency, at the rate in force at the end of the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnStatementOut {
    /// The partner's currency.
    #[schema(example = "PLN")]
    pub currency: String,
    /// What one unit of it is settled at, in the program's currency.
    #[schema(example = "0.235")]
    pub rate: String,
    /// What the figures, each rounded on its own, are away from the position.
    pub rounding: Amount,
    /// What the partner has coming; below zero what it owes.
    pub position: Amount,
}

/// Money in a partner's own currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnMoneyOut {
    /// How much.
    pub amount: Amount,
    /// The currency.
    #[schema(example = "PLN")]
    pub currency: String,
}

/// What a partner paid ahead and has not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaidAheadOut {
    /// At the beginning of the period.
    pub opening: Amount,
    /// At its end; below zero what is missing.
    pub closing: Amount,
}

/// A dispute that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DisputeOut {
    /// Its id.
    pub id: String,
    /// The partner.
    pub partner: String,
    /// The event whose entry it is about, as `source/id`.
    pub refers: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: String,
}

/// An entry of a partner's account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PartnerEntryOut {
    /// When it was booked.
    pub recorded_at: String,
    /// When it happened.
    pub at: String,
    /// What happened, as in a statement.
    pub what: String,
    /// The points, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsOut>,
    /// What the partner has coming for it, exactly; below zero what it owes.
    pub money: Amount,
    /// Whether that concerns what was paid ahead.
    pub paid_ahead: bool,
    /// Who funded the points: a partner's id, or `operator`. Not shown to another partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funder: Option<String>,
    /// The event, as `source/id`. Not shown to a partner where it happened elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The member. Not shown to a partner where it happened elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Why, where it was booked by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The event that it is about, where it was booked by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refers: Option<String>,
}

/// What all parties owe for a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SettlementOut {
    /// The period.
    #[schema(example = "2025-03")]
    pub period: String,
    /// Whether it is closed.
    pub closed: bool,
    /// The currency of all money.
    pub currency: String,
    /// What each party has coming; they add up to zero.
    pub positions: Vec<PositionOut>,
    /// Who pays whom: as few payments as possible.
    pub payments: Vec<PaymentOut>,
}

/// What a party has coming.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PositionOut {
    /// A partner's id, or `operator`.
    pub partner: String,
    /// What it has coming; below zero what it owes.
    pub position: Amount,
    /// The same in the partner's currency; not there for those who reckon in the program's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnMoneyOut>,
}

/// Money from one party to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentOut {
    /// Who pays.
    pub from: String,
    /// Who is paid.
    pub to: String,
    /// How much.
    pub amount: Amount,
    /// What whoever pays pays in its own currency; not there for those who reckon in the program's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pays: Option<OwnMoneyOut>,
    /// What whoever is paid gets in its own currency; not there for those who reckon in the program's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gets: Option<OwnMoneyOut>,
}

/// Something that is booked with a partner by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartnerPostIn {
    /// `paid_in`, `corrected`, `disputed` or `dispute_ended`.
    #[schema(example = "corrected")]
    pub what: String,
    /// With `paid_in` and `corrected`: how much, in the program's currency. `corrected` is in favour
    /// of the partner; below zero in the operator's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Amount>)]
    pub amount: Option<String>,
    /// With `corrected` and `disputed`: the event whose entry it is about, as `source/id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "bakery-till/R-17")]
    pub refers: Option<String>,
    /// With `dispute_ended`: the dispute's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute: Option<String>,
    /// Why.
    pub reason: String,
}

impl PartnerPostIn {
    /// Reads what is booked, and why; all faults at once.
    pub fn read(raw: &RawValue, currency: Currency) -> Result<(PostWhat, Text), Vec<Fault>> {
        let mut faults = Vec::new();
        match fields(raw, currency, &mut faults) {
            Some(read) if faults.is_empty() => Ok(read),
            _ => Err(faults),
        }
    }
}

fn fields(raw: &RawValue, currency: Currency, faults: &mut Vec<Fault>) -> Option<(PostWhat, Text)> {
    let mut fields = Fields::read(raw, At::ROOT, faults)?;
    let kind = fields.required_text("what", faults);
    let what = match kind.as_ref().map(Text::as_str) {
        Some("paid_in") => money(&mut fields, currency, faults).map(PostWhat::PaidIn),
        Some("corrected") => {
            let amount = money(&mut fields, currency, faults);
            let refers = fields.required_text("refers", faults);
            amount
                .zip(refers)
                .map(|(amount, refers)| PostWhat::Corrected { amount, refers })
        }
        Some("disputed") => {
            let refers = fields.required_text("refers", faults);
            refers.map(|refers| PostWhat::Disputed { refers })
        }
        Some("dispute_ended") => {
            let dispute = fields.required_text("dispute", faults);
            dispute.map(|dispute| PostWhat::DisputeEnded { dispute })
        }
        Some(_) => {
            let what = "must be `paid_in`, `corrected`, `disputed` or `dispute_ended`";
            faults.push(At::ROOT.field("what").fault(what));
            None
        }
        None => None,
    };
    let reason = fields.required_text("reason", faults);
    fields.finish(faults);
    what.zip(reason)
}

/// Money either way.
fn money(fields: &mut Fields<'_>, currency: Currency, faults: &mut Vec<Fault>) -> Option<i64> {
    let at = At::ROOT;
    let at = at.field("amount");
    let Some(raw) = fields.raw("amount") else {
        faults.push(at.fault("is missing"));
        return None;
    };
    let written = json::decimal(raw, at, faults)?;
    match json::scaled(&written, currency.exponent()) {
        Ok(minor) => Some(minor),
        Err(what) => {
            faults.push(at.fault(what));
            None
        }
    }
}
