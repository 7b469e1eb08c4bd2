//! A story's TOML as a small tree in which every value knows its place in the file.

use std::ops::Range;
use toml_edit::{Item, Value};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// What it is.
    pub(super) what: What,
    /// The bytes of the file that hold it.
    pub(super) span: Range<usize>,
}

/// What a value is. Numbers and moments are kept as they were written: they are read exactly.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// Words.
    Text(String),
    /// A number.
    Number(String),
    /// Yes or no.
    Bool(bool),
    /// A moment or a day.
    Moment(String),
    /// Several values.
    List(Vec<Node>),
    /// Named values.
    Table(Vec<(String, Node)>),
}

/// Something wrong with a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The line, from 1, on which byte `at` of `text` stands.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// Reads `text` as one table.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let document = toml_edit::Document::parse(text).map_err(|error| Fault {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        what: error.message().to_owned(),
    })?;
    Ok(of_item(text, document.as_item(), 0..text.len()))
}

fn of_item(text: &str, item: &Item, around: Range<usize>) -> Node {
    let span = item.span().unwrap_or(around);
    match item {
        Item::None => Node {
            what: What::Table(Vec::new()),
            span,
        },
        Item::Value(value) => of_value(text, value, span),
        Item::Table(table) => {
            let entries = table.iter();
            let named =
                |(name, item): (&str, &Item)| (name.to_owned(), of_item(text, item, span.clone()));
            Node {
                what: What::Table(entries.map(named).collect()),
                span: span.clone(),
            }
        }
        Item::ArrayOfTables(tables) => {
            let entry = |table: &toml_edit::Table| {
                let at = table.span().unwrap_or(span.clone());
                let item = Item::Table(table.clone());
                of_item(text, &item, at)
            };
            Node {
                what: What::List(tables.iter().map(entry).collect()),
                span: span.clone(),
            }
        }
    }
}

fn of_value(text: &str, value: &Value, around: Range<usize>) -> Node {
    let span = value.span().unwrap_or(around);
    let what = match value {
        Value::String(words) => What::Text(words.value().clone()),
        Value::Integer(_) | Value::Float(_) => {
            let written = text.get(span.clone()).unwrap_or_default();
            What::Number(written.replace('_', ""))
        }
        Value::Boolean(yes) => What::Bool(*yes.value()),
        Value::Datetime(moment) => What::Moment(moment.value().to_string()),
        Value::Array(values) => What::List(
            values
                .iter()
                .map(|value| of_value(text, value, span.clone()))
                .collect(),
        ),
        Value::InlineTable(table) => What::Table(
            table
                .iter()
                .map(|(name, value)| (name.to_owned(), of_value(text, value, span.clone())))
                .collect(),
        ),
    };
    Node { what, span }
}
