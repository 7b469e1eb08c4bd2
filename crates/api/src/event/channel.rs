//! Events of selling through others on the wire: partners' awards, and what was sold on.

use super::read::{parts, points_amount, tell};
use super::{Door, HeadIn, LineIn, PaymentIn};
use crate::amount::Amount;
use crate::json::Fields;
use regulars_engine::event::{Fault, Kind, PartnerAward, PartnerAwardBack, Purchase, SellThrough};
use serde::Serialize;
use utoipa::ToSchema;

/// The kinds that this file reads.
pub(super) const KINDS: [&str; 3] = ["partner_award", "partner_award_cancel", "sell_through"];

/// A partner gives a member points, out of its budget in the program. The source is one of the
/// partner's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartnerAwardIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Which points, by their id in the program file.
    #[schema(example = "points")]
    pub points: String,
    /// How many; above zero.
    pub amount: Amount,
    /// Why: one of the partner's `reasons`, if the program lists them.
    #[schema(example = "the cake was late")]
    pub reason: String,
}

/// A partner takes back what it gave.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartnerAwardCancelIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The id of the event that gave it, of the same source and member.
    #[schema(example = "A-1")]
    pub award: String,
    /// Why.
    #[schema(example = "it was another customer's cake")]
    pub reason: String,
}

/// A reseller sold on to somebody else.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SellThroughIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The number of the report. Reports and orders of one source share their numbers.
    #[schema(example = "S-1")]
    pub order: String,
    /// The currency of all amounts, as in ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What was paid for it in all; worked out from the lines if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Amount>,
    /// Of that, for delivery: it is not sold on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Amount>,
    /// A discount on all of it that is not in the lines' amounts yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<Amount>,
    /// What was sold on: at most 10,000 lines. One line over all if left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10000)]
    pub lines: Vec<LineIn>,
    /// With what it was paid. If said, it adds up to the total.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<PaymentIn>,
    /// `shop`, `web` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// In which store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Who sold it: the identity of the kind `staff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// To whom, as the reseller writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_customer: Option<String>,
    /// Where the proof is kept, or its hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
}

impl SellThroughIn {
    /// As it was read.
    pub(super) fn of(head: HeadIn, report: &SellThrough) -> Self {
        let written = super::write::purchase(head, &report.sold);
        let said = |text: &regulars_base::Text| (!text.is_empty()).then(|| text.to_string());
        Self {
            head: written.head,
            order: written.order,
            currency: written.currency,
            total: written.total,
            delivery: written.delivery,
            discount: written.discount,
            lines: written.lines,
            payments: written.payments,
            channel: written.channel,
            store: written.store,
            staff: written.staff,
            end_customer: said(&report.customer),
            proof: said(&report.proof),
        }
    }
}

/// Reads an event of [`KINDS`].
pub(super) fn read(
    named: &str,
    fields: &mut Fields<'_>,
    door: &Door<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Kind> {
    match named {
        "partner_award" => award(fields, door, faults),
        "partner_award_cancel" => {
            let award = fields.required_text("award", faults);
            let reason = fields.required_text("reason", faults);
            Some(Kind::PartnerAwardCancel(Box::new(PartnerAwardBack {
                award: award?,
                reason: reason?,
            })))
        }
        _ => sell_through(fields, faults).map(|report| Kind::SellThrough(Box::new(report))),
    }
}

fn award(fields: &mut Fields<'_>, door: &Door<'_>, faults: &mut Vec<Fault>) -> Option<Kind> {
    let base = fields.at();
    let points = fields.required_text("points", faults);
    let decimals = points.as_ref().and_then(|it| (door.decimals)(it.as_str()));
    let amount = points_amount(fields, decimals.unwrap_or(0), faults);
    let reason = fields.required_text("reason", faults);
    let award = PartnerAward {
        points: points?,
        amount: amount?,
        reason: reason?,
    };
    tell(award.check(), base, faults);
    Some(Kind::PartnerAward(Box::new(award)))
}

/// A report: a purchase in all but what it is.
pub(crate) fn sell_through(
    fields: &mut Fields<'_>,
    faults: &mut Vec<Fault>,
) -> Option<SellThrough> {
    let base = fields.at();
    let parts = parts(fields, faults);
    let customer = fields.text_or_empty("end_customer", faults);
    let proof = fields.text_or_empty("proof", faults);
    let sold = Purchase::new(parts?);
    let sold = sold.map_err(|found| tell(found, base, faults)).ok()?;
    Some(SellThrough {
        sold: Box::new(sold),
        customer,
        proof,
    })
}
