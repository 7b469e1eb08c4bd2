//! The table of invoices: each once, as it stands at the end of the log.

use super::tables::Rows;
use regulars_base::{CivilDay, MemberId};
use regulars_engine::Program;
use regulars_engine::outcome::Change;
use regulars_engine::program::words;
use regulars_engine::state::Invoice;
use regulars_lake::{ColumnKind, Values};
use regulars_store::Logged;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Invoices, by whose they are and their number. Amounts are in minor units.
pub(super) struct Invoices {
    program: Arc<Program>,
    newest: BTreeMap<(MemberId, u32), Invoice>,
}

impl Invoices {
    /// `program` has the words and the currency.
    pub(super) const fn new(program: Arc<Program>) -> Self {
        let newest = BTreeMap::new();
        Self { program, newest }
    }

    /// What a row of the log says of them; later rows of a wallet come later.
    pub(super) fn push(&mut self, row: &Logged) {
        for change in &row.outcome.changes {
            if let Change::Invoiced(invoice) = change {
                let key = (row.member, invoice.number);
                self.newest.insert(key, (**invoice).clone());
            }
        }
    }
}

impl Rows for Invoices {
    const NAME: &'static str = "invoices";
    const COLUMNS: &'static [(&'static str, ColumnKind)] = &[
        ("member", ColumnKind::Text),
        ("plan", ColumnKind::Text),
        ("from", ColumnKind::Text),
        ("until", ColumnKind::Text),
        ("currency", ColumnKind::Text),
        ("status", ColumnKind::Text),
        ("reference", ColumnKind::Text),
        ("issued_at", ColumnKind::Time),
        ("number", ColumnKind::Int),
        ("price", ColumnKind::Int),
        ("discount", ColumnKind::Int),
        ("credit", ColumnKind::Int),
        ("amount", ColumnKind::Int),
        ("tax", ColumnKind::Int),
        ("credited", ColumnKind::Int),
        ("owed_back", ColumnKind::Int),
        ("paid_back", ColumnKind::Int),
    ];

    fn len(&self) -> usize {
        self.newest.len()
    }

    fn take(&mut self) -> Vec<Values> {
        let rows = std::mem::take(&mut self.newest);
        let day = |number| CivilDay::from_number(number).to_string();
        let text = |of: &dyn Fn(&MemberId, &Invoice) -> String| {
            let values = rows.iter().map(|((member, _), own)| Some(of(member, own)));
            Values::Text(values.collect())
        };
        let int =
            |of: fn(&Invoice) -> i64| Values::Int(rows.values().map(|own| Some(of(own))).collect());
        let program = &*self.program;
        let issued = rows.values().map(|own| Some(own.issued_at.micros()));
        vec![
            text(&|member, _| member.to_string()),
            text(&|_, own| words::id_of(program, own.plan).to_owned()),
            text(&|_, own| day(own.from)),
            text(&|_, own| day(own.until)),
            text(&|_, _| program.currency.to_string()),
            text(&|_, own| own.status().to_owned()),
            text(&|_, own| own.reference.to_string()),
            Values::Time(issued.collect()),
            int(|own| own.number.into()),
            int(|own| own.price),
            int(|own| own.discount),
            int(|own| own.credit),
            int(Invoice::amount),
            int(|own| own.tax),
            int(|own| own.credited),
            int(|own| own.owed_back),
            int(|own| own.paid_back),
        ]
    }
}
