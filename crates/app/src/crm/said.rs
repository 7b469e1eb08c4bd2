//! What another program says of somebody: a line of CSV, or the same as JSON.

use super::{Attributes, cell_of, value_of};
use crate::awards::cells;
use crate::engagement::Consented;
use crate::members::Identity;
use crate::{App, Error, Member, identities};
use regulars_base::{MemberId, TenantId, Text, Timestamp};
use regulars_engine::event::Fault;
use serde::{Deserialize, Deserializer, de};
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::str::FromStr;

/// What somebody may be named by.
pub(super) const KINDS: [&str; 4] = ["customer", "email", "phone", "card"];
/// How the name of a column begins that holds an attribute.
const ATTRIBUTE: &str = "attribute.";
/// How the name of a column begins that holds a consent.
const CONSENT: &str = "consent.";
/// So many attributes and consents one contact may have.
const MOST: usize = 200;
/// So long a value may be.
const VALUE_MOST: usize = 10_000;

/// What another program says of somebody. What it does not say stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactSaid {
    /// Their id here, if it is known.
    #[serde(deserialize_with = "parsed")]
    pub member: Option<MemberId>,
    /// The shop's number for them.
    pub customer: String,
    /// Their e-mail address.
    pub email: String,
    /// Their telephone number.
    pub phone: String,
    /// The number of their card.
    pub card: String,
    /// When something of this was last changed there; of no known moment, if nothing.
    #[serde(deserialize_with = "parsed")]
    pub changed_at: Option<Timestamp>,
    /// What is known of them.
    pub attributes: Attributes,
    /// What they allow, by purpose.
    pub consents: BTreeMap<String, ConsentSaid>,
}

/// What another program says of a consent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentSaid {
    /// Whether it is given; taken back otherwise.
    pub given: bool,
    /// When they said so.
    #[serde(default, deserialize_with = "parsed")]
    pub at: Option<Timestamp>,
    /// Where and how it was given.
    #[serde(default)]
    pub proof: String,
}

/// What is written as a text; nothing where it is empty.
fn parsed<'a, T: FromStr, D: Deserializer<'a>>(from: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(from)?.unwrap_or_default();
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            de::Error::custom(format!(
                "`{text}` is neither an id nor a moment as 2025-03-01T09:00:00Z"
            ))
        }),
    }
}

impl ContactSaid {
    /// What another program says in JSON.
    pub fn read(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::invalid("", error.to_string()))
    }

    /// What is wrong with it at first sight.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), Error> {
        let mut faults = Vec::new();
        let ahead = now.plus_micros(24 * 3600 * 1_000_000);
        let moments = self
            .consents
            .iter()
            .map(|(purpose, own)| (format!("/consents/{purpose}/at"), own.at));
        for (at, moment) in moments.chain([("/changed_at".to_owned(), self.changed_at)]) {
            if moment.is_some_and(|moment| moment > ahead) {
                faults.push(Fault::new(
                    at,
                    "is more than a day ahead; check the sender's clock",
                ));
            }
        }
        if self.attributes.len() + self.consents.len() > MOST {
            let what = format!("has more than {MOST} attributes and consents");
            faults.push(Fault::new("", what));
        }
        for (name, value) in &self.attributes {
            if Text::new(name.as_str()).is_err() || name.is_empty() {
                faults.push(Fault::new(
                    "/attributes",
                    format!("`{name:.40}` is no name"),
                ));
            } else if cell_of(value).len() > VALUE_MOST {
                let what = format!("is longer than {VALUE_MOST} bytes");
                faults.push(Fault::new(format!("/attributes/{name}"), what));
            }
        }
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Error::Invalid(faults)),
        }
    }

    /// All that names them, as it is written.
    pub(super) fn identities(&self) -> Result<Vec<Identity>, Error> {
        let values = [&self.customer, &self.email, &self.phone, &self.card];
        let said = KINDS.into_iter().zip(values);
        let said = said.filter(|(_, value)| !value.trim().is_empty());
        let identity = |(kind, value): (&str, &String)| {
            let text = |text: &str| {
                let wrong = |error: regulars_base::TextError| {
                    Error::invalid(format!("/{kind}"), error.to_string())
                };
                Text::new(text).map_err(wrong)
            };
            Ok(Identity {
                kind: text(kind)?,
                value: text(value.trim())?,
            })
        };
        said.map(identity).collect()
    }

    /// The same in the form in which they are kept.
    pub(super) fn settled_identities(
        &self,
        app: &App,
        tenant: TenantId,
    ) -> Result<Vec<Identity>, Error> {
        let all = self.identities()?;
        app.core().pool.with(|store| {
            let settled = all.iter().map(|own| {
                let at = format!("/{}", own.kind);
                let settled = identities::settled(store, tenant, (own.stored(), &at))?;
                Identity::read(&settled.own)
            });
            settled.collect()
        })
    }
}

/// The columns of a file that is written.
pub(super) struct Columns {
    pub(super) names: BTreeSet<String>,
    pub(super) purposes: Vec<String>,
}

impl Columns {
    pub(super) fn head(&self) -> String {
        let mut head = vec!["member".to_owned()];
        head.extend(KINDS.map(str::to_owned));
        head.extend(["joined_at".to_owned(), "changed_at".to_owned()]);
        head.extend(self.names.iter().map(|name| format!("{ATTRIBUTE}{name}")));
        for purpose in &self.purposes {
            head.extend([
                format!("{CONSENT}{purpose}"),
                format!("{CONSENT}{purpose}.at"),
            ]);
        }
        row(&head)
    }

    pub(super) fn line(
        &self,
        member: &Member,
        changed_at: Timestamp,
        consents: &[Consented],
    ) -> String {
        let mut line = vec![member.id.to_string()];
        line.extend(KINDS.map(|kind| {
            let own = member
                .identities
                .iter()
                .find(|own| own.kind.as_str() == kind);
            own.map_or_else(String::new, |own| own.value.to_string())
        }));
        line.push(
            member
                .enrolled_at
                .map_or_else(String::new, |at| at.to_string()),
        );
        line.push(changed_at.to_string());
        line.extend(self.names.iter().map(|name| {
            member
                .attributes
                .get(name)
                .map_or_else(String::new, cell_of)
        }));
        for purpose in &self.purposes {
            let own = consents.iter().find(|own| own.purpose == *purpose);
            let says = match own {
                None => "",
                Some(own) if own.to_confirm => TO_CONFIRM,
                Some(own) if own.given => "given",
                Some(_) => "withdrawn",
            };
            let since = own.map_or_else(String::new, |own| own.since.to_string());
            line.extend([says.to_owned(), since]);
        }
        row(&line)
    }
}

/// A consent that is asked for, and was not confirmed yet.
const TO_CONFIRM: &str = "to_confirm";

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|own| crate::rejects::cell(own)).collect();
    format!("{}\n", cells.join(","))
}

/// What a column of a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Member,
    Identity(usize),
    ChangedAt,
    Attribute(String),
    Consent(String),
    ConsentAt(String),
    ConsentProof(String),
    Unread,
}

/// What a row says, with the number of its line, or why it says nothing.
type ReadRow = (u64, Result<ContactSaid, String>);

/// Reads a file of contacts.
pub(super) fn read_csv(text: &str, map: &[String]) -> Result<Vec<ReadRow>, Error> {
    let lines = text.trim_start_matches('\u{feff}').lines().zip(1_u64..);
    let mut lines = lines.filter(|(line, _)| !line.trim().is_empty()).peekable();
    let head = next_row(&mut lines).and_then(|(_, cells)| cells.ok());
    let head = head.ok_or_else(|| Error::invalid("", "has no line that names the columns"))?;
    let columns = columns(&head, map)?;
    let mut rows = Vec::new();
    while let Some((line, cells)) = next_row(&mut lines) {
        rows.push((line, cells.and_then(|cells| said(&columns, cells))));
    }
    Ok(rows)
}

/// The cells of the next row, which may go over several lines.
fn next_row<'a>(
    lines: &mut Peekable<impl Iterator<Item = (&'a str, u64)>>,
) -> Option<(u64, Result<Vec<String>, String>)> {
    let (first, number) = lines.next()?;
    let mut row = first.to_owned();
    loop {
        if let Some(cells) = cells(&row) {
            return Some((number, Ok(cells)));
        }
        match lines.next() {
            Some((line, _)) if row.len() < VALUE_MOST * 10 => {
                row.push('\n');
                row.push_str(line);
            }
            _ => return Some((number, Err("a quotation mark is not closed".into()))),
        }
    }
}

fn columns(head: &[String], map: &[String]) -> Result<Vec<Column>, Error> {
    let mut called: BTreeMap<String, String> = BTreeMap::new();
    for own in map {
        let (what, column) = own.split_once('=').ok_or_else(|| {
            let what =
                format!("`{own}` is no column: write `email=E-Mail`, or `Fax=-` to leave one out");
            Error::invalid("/columns", what)
        })?;
        let known = column == "-" || head.iter().any(|own| own.trim() == column.trim());
        if !known {
            let there = head.join(", ");
            let what = format!("there is no column `{column}`; there are: {there}");
            return Err(Error::invalid("/columns", what));
        }
        match column {
            "-" => called.insert(what.trim().to_owned(), String::new()),
            column => called.insert(column.trim().to_owned(), what.trim().to_owned()),
        };
    }
    let mut found = Vec::new();
    for name in head {
        let name = name.trim();
        let own = called.get(name).map_or(name, String::as_str);
        found.push(column(own).ok_or_else(|| {
            let what = format!(
                "the column `{name}` is not known: name it (`attribute.city={name}`), or leave it out (`{name}=-`)"
            );
            Error::invalid("/columns", what)
        })?);
    }
    let names = |column: &&Column| matches!(column, Column::Member | Column::Identity(_));
    if !found.iter().any(|own| names(&own)) {
        let what =
            "no column names anybody: one must be `member`, `customer`, `email`, `phone` or `card`";
        return Err(Error::invalid("/columns", what));
    }
    for (at, own) in found.iter().enumerate() {
        if *own != Column::Unread && found[..at].contains(own) {
            let what = format!("the column `{}` says the same as one before it", head[at]);
            return Err(Error::invalid("/columns", what));
        }
    }
    Ok(found)
}

fn column(name: &str) -> Option<Column> {
    let small = name.to_lowercase();
    if let Some(kind) = KINDS.iter().position(|kind| *kind == small) {
        return Some(Column::Identity(kind));
    }
    match small.as_str() {
        "" | "joined_at" => return Some(Column::Unread),
        "member" => return Some(Column::Member),
        "changed_at" => return Some(Column::ChangedAt),
        _ => {}
    }
    if let Some(attribute) = name.strip_prefix(ATTRIBUTE) {
        return (!attribute.is_empty()).then(|| Column::Attribute(attribute.to_owned()));
    }
    let consent = name.strip_prefix(CONSENT).filter(|own| !own.is_empty())?;
    Some(match consent.rsplit_once('.') {
        Some((purpose, "at")) => Column::ConsentAt(purpose.to_owned()),
        Some((purpose, "proof")) => Column::ConsentProof(purpose.to_owned()),
        _ => Column::Consent(consent.to_owned()),
    })
}

fn said(columns: &[Column], cells: Vec<String>) -> Result<ContactSaid, String> {
    if cells.len() != columns.len() {
        return Err(format!(
            "has {} cells; there are {} columns",
            cells.len(),
            columns.len()
        ));
    }
    let mut said = ContactSaid::default();
    let (mut given, mut at, mut proof) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (column, cell) in columns.iter().zip(cells) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        match column {
            Column::Unread => {}
            Column::Member => {
                let id = cell
                    .parse()
                    .map_err(|_| format!("`{cell:.60}` is no member's id"))?;
                said.member = Some(id);
            }
            Column::Identity(kind) => {
                let into = [
                    &mut said.customer,
                    &mut said.email,
                    &mut said.phone,
                    &mut said.card,
                ];
                cell.clone_into(into.into_iter().nth(*kind).expect("each kind has a field"));
            }
            Column::ChangedAt => said.changed_at = Some(moment(cell)?),
            Column::Attribute(name) => {
                said.attributes.insert(name.clone(), value_of(cell));
            }
            Column::Consent(purpose) => {
                if let Some(own) = allows(purpose, cell)? {
                    given.insert(purpose.clone(), own);
                }
            }
            Column::ConsentAt(purpose) => drop(at.insert(purpose.clone(), moment(cell)?)),
            Column::ConsentProof(purpose) => drop(proof.insert(purpose.clone(), cell.to_owned())),
        }
    }
    for (purpose, given) in given {
        let own = ConsentSaid {
            given,
            at: at.remove(&purpose),
            proof: proof.remove(&purpose).unwrap_or_default(),
        };
        said.consents.insert(purpose, own);
    }
    Ok(said)
}

fn moment(cell: &str) -> Result<Timestamp, String> {
    let wrong = |_| format!("`{cell:.60}` is no moment; write it as 2025-03-01T09:00:00Z");
    cell.parse().map_err(wrong)
}

/// Whether a consent is given or taken back; nothing where it is only asked for.
fn allows(purpose: &str, cell: &str) -> Result<Option<bool>, String> {
    match cell.to_lowercase().as_str() {
        "given" | "yes" | "true" | "1" => Ok(Some(true)),
        "withdrawn" | "no" | "false" | "0" => Ok(Some(false)),
        TO_CONFIRM => Ok(None),
        _ => Err(format!(
            "`{cell:.60}` is neither `given` nor `withdrawn` (consent.{purpose})"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, map: &[&str]) -> Result<Vec<ReadRow>, Error> {
        let map: Vec<String> = map.iter().map(|own| (*own).to_owned()).collect();
        read_csv(text, &map)
    }

    #[test]
    fn columns_are_mapped_and_cells_go_over_lines() {
        let text = "E-Mail,Town,Fax,consent.letters,consent.letters.at\n\
                    ana@example.com,\"Bad\nHomburg, v. d. H.\",1,no,2025-03-01T09:00:00Z\n\
                    bo@example.com,,2,to_confirm,\n";
        let map = ["email=E-Mail", "attribute.city=Town", "Fax=-"];
        let rows = read(text, &map).expect("it is read");
        let said = rows[0].1.as_ref().expect("it is one");
        assert_eq!(said.email, "ana@example.com");
        assert_eq!(said.attributes["city"], "Bad\nHomburg, v. d. H.");
        assert!(!said.consents["letters"].given && said.consents["letters"].at.is_some());
        let other = rows[1].1.as_ref().expect("it is one");
        assert!(other.attributes.is_empty() && other.consents.is_empty());
    }

    #[test]
    fn what_is_wrong_with_columns_or_rows_is_said() {
        for (text, map, expected) in [
            ("", &[][..], "no line that names the columns"),
            ("name\nana\n", &[], "`name` is not known"),
            ("attribute.name\nana\n", &[], "no column names anybody"),
            ("email,E-Mail\na,b\n", &["email=E-Mail"], "says the same"),
            ("email\na\n", &["phone=Phone"], "there is no column `Phone`"),
            ("email\na\n", &["phone"], "is no column"),
        ] {
            let wrong = read(text, map).expect_err(text).to_string();
            assert!(wrong.contains(expected), "{text}: {wrong}");
        }
        for (row, expected) in [
            ("a@example.com,soon,given", "is no moment"),
            ("a@example.com,,perhaps", "neither `given` nor `withdrawn`"),
            ("a@example.com", "has 1 cells"),
            ("\"a@example.com", "not closed"),
        ] {
            let text = format!("email,changed_at,consent.letters\n{row}\n");
            let rows = read(&text, &[]).expect("the columns are right");
            let wrong = rows[0].1.as_ref().expect_err(row);
            assert!(wrong.contains(expected), "{row}: {wrong}");
        }
    }
}
