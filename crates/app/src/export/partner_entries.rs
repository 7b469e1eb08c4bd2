//! The table of what was booked with partners: one row for each entry, as the log has it.

use super::tables::{Columns, Rows, id_in};
use crate::receipt;
use crate::versions::Versions;
use regulars_base::Name;
use regulars_engine::outcome::Change;
use regulars_lake::{ColumnKind, Values};
use regulars_store::Logged;

/// Entries of partners' accounts. Points are in their smallest unit; money is exact, in millionths of the
/// smallest coin of the program's currency, and what a partner has coming is above zero.
pub(super) struct PartnerEntries<'a> {
    versions: &'a Versions,
    columns: Columns<9, 2, 4>,
}

impl<'a> PartnerEntries<'a> {
    pub(super) fn new(versions: &'a Versions) -> Self {
        Self {
            versions,
            columns: Columns::default(),
        }
    }

    pub(super) fn push(&mut self, row: &Logged) {
        let booked = row
            .outcome
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::PartnerBooked(entry) => Some(**entry),
                _ => None,
            });
        for (place, entry) in (0_i64..).zip(booked) {
            let program = receipt::version(self.versions, row.program).ok();
            let id = |name| id_in(program.as_deref(), name);
            let party = |name: Option<Name>| name.map_or_else(|| "operator".to_owned(), id);
            let texts = [
                Some(party(entry.partner)),
                Some(entry.what.name().to_owned()),
                entry.points.map(id),
                entry.points.map(|_| party(entry.funder)),
                program.as_ref().map(|program| program.currency.to_string()),
                // What was booked by hand is about points of nobody.
                entry.points.map(|_| row.member.to_string()),
                Some(row.event.key.source.to_string()),
                Some(row.event.key.external_id.to_string()),
                Some(row.wallet.to_string()),
            ];
            let times = [Some(row.event.recorded_at), Some(row.event.occurred_at)];
            let ints = [
                i64::try_from(row.seq).ok(),
                Some(place),
                Some(entry.amount),
                Some(entry.micros),
            ];
            self.columns.push(texts, times, ints);
        }
    }
}

impl Rows for PartnerEntries<'_> {
    const NAME: &'static str = "partner_entries";
    const COLUMNS: &'static [(&'static str, ColumnKind)] = &[
        ("partner", ColumnKind::Text),
        ("what", ColumnKind::Text),
        ("points", ColumnKind::Text),
        ("funder", ColumnKind::Text),
        ("currency", ColumnKind::Text),
        ("member", ColumnKind::Text),
        ("source", ColumnKind::Text),
        ("external_id", ColumnKind::Text),
        ("wallet", ColumnKind::Text),
        ("recorded_at", ColumnKind::Time),
        ("occurred_at", ColumnKind::Time),
        ("seq", ColumnKind::Int),
        ("place", ColumnKind::Int),
        ("amount", ColumnKind::Int),
        ("money_micros", ColumnKind::Int),
    ];

    fn len(&self) -> usize {
        self.columns.len()
    }

    fn take(&mut self) -> Vec<Values> {
        self.columns.take()
    }
}
