//! Reports of what was sold on.

use regulars_api::Amount;
use regulars_api::sell_through::ReportOut;
use regulars_app::Report;
use regulars_base::Text;

/// A report.
pub fn report(report: &Report) -> ReportOut {
    let said = |text: &Text| (!text.is_empty()).then(|| text.to_string());
    let sold = &report.report.sold;
    ReportOut {
        id: report.id.clone(),
        member: report.member.to_string(),
        source: report.source.to_string(),
        order: sold.order.to_string(),
        at: report.at.to_string(),
        total: Amount::money(sold.total, sold.currency),
        currency: sold.currency.to_string(),
        lines: sold.lines.len(),
        end_customer: said(&report.report.customer),
        proof: said(&report.report.proof),
        invoice: report.invoice.as_ref().map(ToString::to_string),
        serials: report.serials.iter().map(ToString::to_string).collect(),
        filed_at: report.filed_at.to_string(),
        filed_by: report.filed_by.clone(),
        waits: report.waits.map(|waits| waits.name().to_owned()),
        state: report.state.name().to_owned(),
        decided_by: report.decided_by.clone(),
        decided_at: report.decided_at.map(|at| at.to_string()),
        reason: report.reason.clone(),
    }
}
