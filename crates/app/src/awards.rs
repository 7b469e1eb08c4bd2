//! Points for many members at once, from a file: one person proposes it, a second one approves it,
//! and only then anything is booked. Undone as a whole by the opposite bookings.

use crate::cases::{read, written};
use crate::held_adjustments::is_same;
use crate::members::{self, Identity, MemberRef};
use crate::programs::hex;
use crate::{App, Error, NOW, Page, PageAsk, Receipt};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Adjustment, Event, Incoming, Kind, Who};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::Points;
use regulars_engine::program::words;
use regulars_store::{Case, CaseMove, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The sort of cases.
pub(crate) const AWARD: &str = "award";
/// How many rows a file may have.
const ROWS_MOST: usize = 100_000;
/// How many are booked at a time.
const AT_ONCE: usize = 500;
/// The most points that one row may give, in their smallest unit.
const ROW_MOST: i64 = 1_000_000_000_000;

/// Points for many members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// Its id, made from the file: the same file is the same award.
    pub id: String,
    /// Where it stands.
    pub state: AwardState,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Timestamp,
    /// What for.
    pub note: String,
    /// Who approved or rejected it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Who undid it.
    pub undone_by: Option<String>,
    /// How many members would get something.
    pub members: u64,
    /// What it comes to: points, decimals, how many in the smallest unit.
    pub totals: Vec<(String, u8, i64)>,
    /// Rows that can be booked.
    pub rows: Vec<AwardRow>,
    /// Rows that cannot, by their line in the file, and why.
    pub rejects: Vec<(u64, String)>,
    /// Rows that were refused when they were booked or undone, by their line, and why.
    pub refused: Vec<(u64, String)>,
}

/// What one member gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwardRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// Who.
    pub member: MemberId,
    /// Which points.
    pub points: Text,
    /// How many, in the smallest unit.
    pub amount: i64,
    /// Why.
    pub reason: Text,
}

/// Where an award stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AwardState {
    /// It waits for a second person.
    Proposed,
    /// It is booked.
    Approved,
    /// It is not, and will not be.
    Rejected,
    /// It was booked, and booked back.
    Undone,
}

/// A file of points for many members: `member,points,reason`, and `kind` where the program has
/// several kinds of points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProposeAward {
    /// The file, as CSV with a first line that names the columns.
    pub text: String,
    /// Who proposes it.
    pub by: String,
    /// What for.
    pub note: String,
}

impl AwardState {
    /// As it is stored and asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Undone => "undone",
        }
    }
}

impl App {
    /// Reads a file and says what it comes to. Nothing is booked before a second person approves
    /// it. The same file again is answered with the first.
    pub fn propose_award(&self, tenant: TenantId, ask: &ProposeAward) -> Result<Award, Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        let digest = hex(&Sha256::digest(ask.text.as_bytes()));
        let mut award = Award {
            id: format!("awd_{}", &digest[..32]),
            state: AwardState::Proposed,
            proposed_by: ask.by.clone(),
            proposed_at: now,
            note: ask.note.clone(),
            decided_by: None,
            decided_at: None,
            undone_by: None,
            members: 0,
            totals: Vec::new(),
            rows: Vec::new(),
            rejects: Vec::new(),
            refused: Vec::new(),
        };
        self.core()
            .pool
            .with(|store| read_rows(store, tenant, &program, &ask.text, &mut award))?;
        let members: BTreeSet<MemberId> = award.rows.iter().map(|row| row.member).collect();
        award.members = members.len() as u64;
        award.totals = totals(&program, &award.rows);
        let case = Case {
            kind: AWARD.into(),
            id: award.id.clone(),
            state: award.state.name().into(),
            body: written(&award)?,
        };
        let taken = self
            .core()
            .write(move |store| Ok(store.open_case(tenant, &case, &[])?))?;
        match taken {
            Some(id) => self.award(tenant, &id),
            None => Ok(award),
        }
    }

    /// An award.
    pub fn award(&self, tenant: TenantId, id: &str) -> Result<Award, Error> {
        read(&self.case(tenant, (AWARD, "award"), id)?)
    }

    /// Awards by their ids: those in one state, or all.
    pub fn awards(
        &self,
        tenant: TenantId,
        state: Option<AwardState>,
        page: &PageAsk,
    ) -> Result<Page<Award>, Error> {
        self.cases(tenant, (AWARD, state.map(AwardState::name)), page, read)
    }

    /// Approves an award and books it; whoever proposed it cannot. Said again, it books what is
    /// missing, and nothing twice.
    pub fn approve_award(&self, tenant: TenantId, id: &str, by: &str) -> Result<Award, Error> {
        let mut award = self.award(tenant, id)?;
        if is_same(&award.proposed_by, by) {
            return Err(Error::SecondPerson(by.to_owned()));
        }
        match award.state {
            AwardState::Proposed => {
                award.state = AwardState::Approved;
                award.decided_by = Some(by.to_owned());
                award.decided_at = Some(self.now());
                self.move_award(tenant, AwardState::Proposed, &award)?;
            }
            AwardState::Approved => {}
            state => return Err(closed(state)),
        }
        award.refused = self.book(tenant, &award, 1)?;
        self.move_award(tenant, AwardState::Approved, &award)?;
        Ok(award)
    }

    /// Rejects an award: nothing is booked.
    pub fn reject_award(&self, tenant: TenantId, id: &str, by: &str) -> Result<Award, Error> {
        let mut award = self.award(tenant, id)?;
        match award.state {
            AwardState::Proposed => {}
            AwardState::Rejected => return Ok(award),
            state => return Err(closed(state)),
        }
        award.state = AwardState::Rejected;
        award.decided_by = Some(by.to_owned());
        award.decided_at = Some(self.now());
        self.move_award(tenant, AwardState::Proposed, &award)?;
        Ok(award)
    }

    /// Undoes an award as a whole, by the opposite bookings. `refused` says of whom that could not be
    /// done, because the points were spent or have lapsed.
    pub fn undo_award(&self, tenant: TenantId, id: &str, by: &str) -> Result<Award, Error> {
        let mut award = self.award(tenant, id)?;
        match award.state {
            AwardState::Approved => {
                award.state = AwardState::Undone;
                award.undone_by = Some(by.to_owned());
                self.move_award(tenant, AwardState::Approved, &award)?;
            }
            AwardState::Undone => {}
            state => return Err(closed(state)),
        }
        award.refused = self.book(tenant, &award, -1)?;
        self.move_award(tenant, AwardState::Undone, &award)?;
        Ok(award)
    }

    fn move_award(&self, tenant: TenantId, from: AwardState, award: &Award) -> Result<(), Error> {
        let to = CaseMove {
            from: from.name().into(),
            to: award.state.name().into(),
            body: written(award)?,
            frees_marks: false,
        };
        self.decide_case(tenant, (AWARD, &award.id), to)
    }

    /// Books all rows, or the opposite of them. Those that were refused, and why.
    fn book(
        &self,
        tenant: TenantId,
        award: &Award,
        sign: i64,
    ) -> Result<Vec<(u64, String)>, Error> {
        let (what, by) = match sign {
            1 => ("", award.decided_by.as_deref()),
            _ => ("/undo", award.undone_by.as_deref()),
        };
        let (proposed, by) = (&award.proposed_by, by.unwrap_or_default());
        let mut who = format!("{by}, proposed by {proposed}");
        while who.len() > Text::MAX {
            who.pop();
        }
        let who = Text::new(who).map_err(|error| Error::Bug(error.to_string()))?;
        let mut refused = Vec::new();
        // What an undoing takes back was given, so what was refused then is left alone.
        let given =
            |row: &&AwardRow| sign > 0 || !award.refused.iter().any(|(line, _)| *line == row.line);
        let rows: Vec<&AwardRow> = award.rows.iter().filter(given).collect();
        for some in rows.chunks(AT_ONCE) {
            let mut events = Vec::with_capacity(some.len());
            for row in some {
                let id = format!("{}/{}{what}", award.id, row.line);
                events.push(event(row, &id, sign, &who)?);
            }
            for (row, answer) in some.iter().zip(self.ingest(tenant, events)) {
                if let Some(why) = why_not(answer?) {
                    refused.push((row.line, why));
                }
            }
        }
        if sign < 0 {
            let before = award.refused.iter().cloned();
            refused.extend(before);
            refused.sort();
            refused.dedup();
        }
        Ok(refused)
    }
}

fn why_not(receipt: Receipt) -> Option<String> {
    match &receipt.verdict {
        Verdict::Accepted => None,
        Verdict::Refused(refusal) => Some(words::refusal(&receipt.program, refusal)),
    }
}

fn event(row: &AwardRow, id: &str, sign: i64, by: &Text) -> Result<Incoming, Error> {
    let text = |text: &str| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
    Ok(Incoming {
        who: Who::Member(row.member),
        event: Event {
            key: EventKey {
                source: text("award")?,
                external_id: text(id)?,
            },
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind: Kind::Adjustment(Adjustment {
                points: row.points.clone(),
                amount: sign * row.amount,
                reason: row.reason.clone(),
                by: by.clone(),
            }),
        },
    })
}

fn closed(state: AwardState) -> Error {
    Error::invalid("/award", format!("is {} already", state.name()))
}

fn totals(program: &Program, rows: &[AwardRow]) -> Vec<(String, u8, i64)> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for row in rows {
        *sums.entry(row.points.as_str()).or_default() += row.amount;
    }
    let decimals = |id: &str| {
        let points = program.points.iter().find(|points| points.id == id);
        points.map_or(0, |points| points.decimals)
    };
    sums.into_iter()
        .map(|(id, sum)| (id.to_owned(), decimals(id), sum))
        .collect()
}

/// The places of the columns.
struct Columns {
    member: usize,
    points: usize,
    reason: usize,
    kind: Option<usize>,
}

fn read_rows(
    store: &mut dyn Store,
    tenant: TenantId,
    program: &Program,
    text: &str,
    award: &mut Award,
) -> Result<(), Error> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1_u64..);
    let head = lines.next().map_or("", |(line, _)| line);
    let names = cells(head).unwrap_or_default();
    let place = |name: &str| names.iter().position(|own| own.trim() == name);
    let (Some(member), Some(points), Some(reason)) =
        (place("member"), place("points"), place("reason"))
    else {
        let what = "must begin with a line that names the columns: member,points,reason";
        return Err(Error::invalid("", what));
    };
    let columns = Columns {
        member,
        points,
        reason,
        kind: place("kind"),
    };
    for (line, number) in lines {
        if line.trim().is_empty() {
            continue;
        }
        if award.rows.len() + award.rejects.len() == ROWS_MOST {
            let what = format!("has more than {ROWS_MOST} rows; split it");
            return Err(Error::invalid("", what));
        }
        match read_row(store, tenant, program, &columns, line)? {
            Ok(row) => award.rows.push(AwardRow {
                line: number,
                ..row
            }),
            Err(why) => award.rejects.push((number, why)),
        }
    }
    if award.rows.is_empty() && award.rejects.is_empty() {
        return Err(Error::invalid("", "has no rows"));
    }
    Ok(())
}

/// A row, or why it is none.
fn read_row(
    store: &mut dyn Store,
    tenant: TenantId,
    program: &Program,
    columns: &Columns,
    line: &str,
) -> Result<Result<AwardRow, String>, Error> {
    let Some(cells) = cells(line) else {
        return Ok(Err("a quotation mark is not closed".into()));
    };
    let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
    let kind = columns.kind.map_or("", cell);
    let points = match (kind, program.points.as_slice()) {
        ("", [one]) => one,
        ("", _) => {
            return Ok(Err(
                "the program has several kinds of points: say `kind`".into()
            ));
        }
        (id, all) => match all.iter().find(|points| points.id == id) {
            Some(points) => points,
            None => return Ok(Err(format!("the program has no points `{id}`"))),
        },
    };
    let (amount, reason) =
        match amount_and_reason(points, cell(columns.points), cell(columns.reason)) {
            Ok(both) => both,
            Err(why) => return Ok(Err(why)),
        };
    let Some(who) = member_ref(cell(columns.member)) else {
        let said = cell(columns.member);
        return Ok(Err(format!(
            "`{said}` names no member: write an id (mem_...) or an identity (email:ana@example.com)"
        )));
    };
    let member = match members::find(store, tenant, &who) {
        Ok(member) => member,
        Err(Error::NotFound { .. }) => return Ok(Err(format!("there is no member `{who}`"))),
        Err(error) => return Err(error),
    };
    let wallet = store.wallet(tenant, member.id)?;
    if wallet.is_none_or(|row| row.state.enrolled_at.is_none()) {
        return Ok(Err(format!("`{who}` is no member yet")));
    }
    let id = Text::new(&points.id).map_err(|error| Error::Bug(error.to_string()))?;
    Ok(Ok(AwardRow {
        line: 0,
        member: member.id,
        points: id,
        amount,
        reason,
    }))
}

fn amount_and_reason(points: &Points, amount: &str, reason: &str) -> Result<(i64, Text), String> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) {
        return Err(format!("`{amount}` is no number of points above zero"));
    }
    let decimals = usize::from(points.decimals);
    if part.len() > decimals {
        return Err(format!("`{amount}` is finer than `{}` are", points.id));
    }
    let units = format!("{whole}{part:0<decimals$}").parse::<i64>();
    let amount = match units {
        Ok(units) if (1..=ROW_MOST).contains(&units) => units,
        _ => return Err(format!("`{amount}` is no number of points above zero")),
    };
    if reason.is_empty() {
        return Err("the reason is empty: the member and auditors will read it".into());
    }
    let reason = Text::new(reason).map_err(|error| format!("the reason {error}"))?;
    Ok((amount, reason))
}

/// Who is named by an id or by `kind:value`.
pub(crate) fn member_ref(text: &str) -> Option<MemberRef> {
    if let Ok(id) = text.parse() {
        return Some(MemberRef::Id(id));
    }
    let (kind, value) = text.split_once(':')?;
    Some(MemberRef::Identity(Identity {
        kind: Text::new(kind).ok().filter(|kind| !kind.is_empty())?,
        value: Text::new(value).ok().filter(|value| !value.is_empty())?,
    }))
}

/// The cells of a line; nothing if a quotation mark is not closed.
pub(crate) fn cells(line: &str) -> Option<Vec<String>> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.trim_end_matches('\r').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            letter => cell.push(letter),
        }
    }
    cells.push(cell);
    (!quoted).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn cells_may_hold_commas_and_quotation_marks() {
        let read = cells("a, \"b, \"\"c\"\"\",,d\r").unwrap();
        assert_eq!(read, ["a", "b, \"c\"", "", "d"]);
        assert_eq!(cells("a,\"b"), None);
    }
}
