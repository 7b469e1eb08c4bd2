//! Invoices.

use regulars_api::Amount;
use regulars_api::membership::InvoiceOut;
use regulars_base::CivilDay;
use regulars_engine::Program;
use regulars_engine::program::words;
use regulars_engine::state::{Invoice, InvoiceStage};

/// An invoice as it stands.
pub fn invoice(program: &Program, invoice: &Invoice) -> InvoiceOut {
    let money = |minor| Amount::money(minor, program.currency);
    let day = |number| CivilDay::from_number(number).to_string();
    let settled_at = match invoice.stage {
        InvoiceStage::Open => None,
        InvoiceStage::Paid(at) | InvoiceStage::Failed(at) | InvoiceStage::Void(at) => Some(at),
    };
    InvoiceOut {
        number: invoice.number,
        plan: words::id_of(program, invoice.plan).to_owned(),
        issued_at: invoice.issued_at.to_string(),
        from: day(invoice.from),
        until: day(invoice.until),
        currency: program.currency.to_string(),
        price: money(invoice.price),
        discount: money(invoice.discount),
        credit: money(invoice.credit),
        amount: money(invoice.amount()),
        tax: money(invoice.tax),
        status: invoice.status().to_owned(),
        settled_at: settled_at.map(|at| at.to_string()),
        attempts: invoice.attempts,
        retry_at: invoice.retry_at.map(|at| at.to_string()),
        credited: money(invoice.credited),
        owed_back: money(invoice.owed_back),
        paid_back: money(invoice.paid_back),
        reference: (!invoice.reference.is_empty()).then(|| invoice.reference.to_string()),
    }
}
