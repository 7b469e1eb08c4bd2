//! The table of what was booked with partners: one row for each entry, as the log has it.

use super::tables::Rows;
use crate::receipt;
use crate::versions::Versions;
use regulars_base::Name;
use regulars_engine::outcome::Change;
use regulars_engine::program::words;
use regulars_lake::{ColumnKind, Values};
use regulars_store::Logged;

type Texts = Vec<Option<String>>;
type Ints = Vec<Option<i64>>;

/// Entries of partners' accounts. Points are in their smallest unit; money is exact, in millionths of the
/// smallest coin of the program's currency, and what a partner has coming is above zero.
pub(super) struct PartnerEntries<'a> {
    versions: &'a Versions,
    texts: [Texts; 9],
    times: [Ints; 2],
    ints: [Ints; 4],
}

impl<'a> PartnerEntries<'a> {
    pub(super) fn new(versions: &'a Versions) -> Self {
        Self {
            versions,
            texts: Default::default(),
            times: Default::default(),
            ints: Default::default(),
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
            let id = |name: Name| match &program {
                Some(program) => words::id_of(program, name).to_owned(),
                None => name.number().to_string(),
            };
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
            for (column, text) in self.texts.iter_mut().zip(texts) {
                column.push(text);
            }
            let times = [row.event.recorded_at, row.event.occurred_at];
            for (column, time) in self.times.iter_mut().zip(times) {
                column.push(Some(time.micros()));
            }
            let ints = [
                i64::try_from(row.seq).ok(),
                Some(place),
                Some(entry.amount),
                Some(entry.micros),
            ];
            for (column, int) in self.ints.iter_mut().zip(ints) {
                column.push(int);
            }
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
        self.ints[0].len()
    }

    fn take(&mut self) -> Vec<Values> {
        use std::mem::take;
        let texts = self.texts.iter_mut().map(|it| Values::Text(take(it)));
        let mut columns: Vec<Values> = texts.collect();
        columns.extend(self.times.iter_mut().map(|it| Values::Time(take(it))));
        columns.extend(self.ints.iter_mut().map(|it| Values::Int(take(it))));
        columns
    }
}
