//! Points of another program that are taken over, as they are read and sent.

use super::read::points_amount;
use super::{EventIn, HeadIn};
use crate::Amount;
use crate::json::Fields;
use regulars_base::Timestamp;
use regulars_engine::event::{Fault, OpeningBalance};
use serde::Serialize;
use utoipa::ToSchema;

/// Points that a member had in another program are taken over: as many as are gone at the same moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpeningBalanceIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which points, by their id in the program file.
    #[schema(example = "beans")]
    pub points: String,
    /// How many; above zero.
    pub amount: Amount,
    /// The first moment at which they are gone, as it was promised. If left out they lapse as points do
    /// that are earned at the time of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Where they were held: shown to the member and to auditors.
    #[schema(example = "Stamp Club")]
    pub from: String,
}

/// The fields of one.
pub(super) fn read(
    fields: &mut Fields<'_>,
    decimals: &dyn Fn(&str) -> Option<u8>,
    faults: &mut Vec<Fault>,
) -> Option<OpeningBalance> {
    let points = fields.required_text("points", faults);
    let places = points.as_ref().and_then(|points| decimals(points.as_str()));
    let amount = points_amount(fields, places.unwrap_or(0), faults);
    if amount.is_some_and(|amount| amount < 0) {
        let what = "is below zero: only what a member has is taken over";
        faults.push(fields.at().field("amount").fault(what));
    }
    let expires_at: Option<Timestamp> = fields.moment("expires_at", faults);
    let from = fields.required_text("from", faults);
    Some(OpeningBalance {
        points: points?,
        amount: amount?,
        expires_at,
        from: from?,
    })
}

/// As it is sent.
pub(super) fn write(
    head: HeadIn,
    it: &OpeningBalance,
    decimals: &dyn Fn(&str) -> Option<u8>,
) -> EventIn {
    EventIn::OpeningBalance(OpeningBalanceIn {
        head,
        points: it.points.to_string(),
        amount: Amount::number(it.amount, decimals(it.points.as_str()).unwrap_or(0)),
        expires_at: it.expires_at.map(|at| at.to_string()),
        from: it.from.to_string(),
    })
}
