//! Reads tables of a TOML text by the format's list of fields, and says what does not fit.

use super::diagnostic::{Findings, Wrong, did_you_mean, nearest};
use super::file::{Absent, Shape, Table};
use std::ops::Range;
use toml_edit::{Item, TableLike, Value};

/// The text and what was found wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    /// The whole text.
    pub(crate) text: &'a str,
    /// What is wrong.
    pub(crate) findings: &'a Findings,
}

/// A table of the text whose fields have been checked against the format.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    table: &'a dyn TableLike,
    spec: &'static Table,
    at: Place,
    source: Source<'a>,
}

/// Where something stands in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    start: usize,
    end: usize,
}

/// A value of the text.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    item: &'a Item,
    value: Option<&'a Value>,
    at: Place,
    source: Source<'a>,
}

impl Place {
    /// The start of the text.
    pub(crate) const START: Self = Self { start: 0, end: 0 };

    pub(crate) fn of(span: Option<Range<usize>>) -> Self {
        span.map_or(Self::START, |span| Self {
            start: span.start,
            end: span.end,
        })
    }

    pub(crate) const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl Source<'_> {
    /// This is wrong there.
    pub(crate) fn error(&self, at: Place, wrong: Wrong) {
        self.findings.error(at.range(), wrong);
    }
}

impl<'a> Node<'a> {
    /// Checks a table: says which keys are unknown, which are missing, and which hold the wrong
    /// sort of value.
    pub(crate) fn open(
        table: &'a dyn TableLike,
        spec: &'static Table,
        at: Place,
        source: Source<'a>,
    ) -> Self {
        let node = Self {
            table,
            spec,
            at,
            source,
        };
        for (key, item) in table.iter() {
            let shape = match spec.field(key) {
                Some(field) => field.shape,
                // Whoever takes other keys knows which they may be.
                None if spec.others.is_some() => continue,
                None => {
                    node.unknown(key, &[]);
                    continue;
                }
            };
            if !fits(item, shape) {
                let at = Place::of(item.span()).or(node.key(key));
                source.error(at, misfit(item, &format!("`{key}`"), shape));
            }
        }
        for field in spec.fields {
            if field.absent == Absent::Needed && !table.contains_key(field.name) {
                let wrong = Wrong::new(
                    format!("{}: the field `{}` is missing", spec.name, field.name),
                    format!("add `{} = ...`: {}", field.name, field.doc),
                );
                source.error(at, wrong);
            }
        }
        node
    }

    /// Says that a key is none of the fields, nor one of `more`.
    pub(crate) fn unknown(&self, key: &str, more: &[&str]) {
        let mut known: Vec<&str> = self.spec.fields.iter().map(|field| field.name).collect();
        known.extend(more);
        let wrong = Wrong {
            message: format!("unknown field `{key}`"),
            hint: did_you_mean(key, &known),
        };
        self.source.error(self.key(key), wrong);
    }

    /// Where a key stands.
    pub(crate) fn key(&self, key: &str) -> Place {
        let span = self
            .table
            .get_key_value(key)
            .and_then(|(key, _)| key.span());
        Place::of(span).or(self.at)
    }

    /// Where the table stands.
    pub(crate) const fn place(&self) -> Place {
        self.at
    }

    /// The value of a field, if it is there and of the right sort.
    pub(crate) fn get(&self, name: &str) -> Option<At<'a>> {
        let field = self.spec.field(name);
        let field = field.expect("the compiler asks only for fields that the format lists");
        let item = self.table.get(name)?;
        fits(item, field.shape).then(|| self.at(name, item))
    }

    /// Whether a field is there, of the right sort or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// Keys that are none of the fields, with their values.
    pub(crate) fn others(&self) -> Vec<(&'a str, At<'a>)> {
        let table = self.table;
        table
            .iter()
            .filter(|(key, _)| self.spec.field(key).is_none())
            .map(|(key, item)| (key, self.at(key, item)))
            .collect()
    }

    fn at(&self, key: &str, item: &'a Item) -> At<'a> {
        At {
            item,
            value: item.as_value(),
            at: Place::of(item.span()).or(self.key(key)),
            source: self.source,
        }
    }

    /// The text that it was found in.
    pub(crate) const fn source(&self) -> Source<'a> {
        self.source
    }

    /// This is wrong with the table as a whole.
    pub(crate) fn error(&self, wrong: Wrong) {
        self.source.error(self.at, wrong);
    }
}

impl Place {
    /// This place, or `other` if it is nowhere.
    pub(crate) const fn or(self, other: Self) -> Self {
        if self.end == 0 { other } else { self }
    }
}

impl<'a> At<'a> {
    /// A value that stands somewhere in the text.
    pub(crate) fn new(item: &'a Item, at: Place, source: Source<'a>) -> Self {
        Self {
            item,
            value: item.as_value(),
            at: Place::of(item.span()).or(at),
            source,
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&'a str> {
        self.value?.as_str()
    }

    /// The flag, if it is one.
    pub(crate) fn flag(&self) -> Option<bool> {
        self.value?.as_bool()
    }

    /// The whole number, if it is one.
    pub(crate) fn whole(&self) -> Option<i64> {
        self.value?.as_integer()
    }

    /// Text, a number as it is written, or a date: what the parsers of small forms read.
    pub(crate) fn written(&self) -> Option<String> {
        match self.value? {
            Value::String(text) => Some(text.value().clone()),
            Value::Integer(number) => Some(number.value().to_string()),
            Value::Float(_) => self
                .source
                .text
                .get(self.at.range())
                .map(|raw| raw.replace('_', "")),
            Value::Datetime(moment) => Some(moment.value().to_string()),
            Value::Boolean(_) | Value::Array(_) | Value::InlineTable(_) => None,
        }
    }

    /// The value, read by `parse`; what it finds wrong is said here.
    pub(crate) fn read<T>(&self, parse: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        let written = self.written()?;
        self.or_say(parse(&written))
    }

    /// The value, or what is wrong said here.
    pub(crate) fn or_say<T>(&self, value: Result<T, Wrong>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.error(wrong);
                None
            }
        }
    }

    /// The elements of a list; none if it is no list.
    pub(crate) fn list(&self) -> Vec<At<'a>> {
        let of_values = |value: &'a Value| Self {
            item: self.item,
            value: Some(value),
            at: Place::of(value.span()).or(self.at),
            source: self.source,
        };
        let values = self.value.and_then(Value::as_array);
        values.map_or(Vec::new(), |array| array.iter().map(of_values).collect())
    }

    /// The table, opened by `spec`; nothing if it is none.
    pub(crate) fn node(&self, spec: &'static Table) -> Option<Node<'a>> {
        self.table()
            .map(|table| Node::open(table, spec, self.at, self.source))
    }

    /// The keys and values of a table; none if it is no table.
    pub(crate) fn entries(&self) -> Vec<(&'a str, At<'a>)> {
        let Some(table) = self.table() else {
            return Vec::new();
        };
        table
            .iter()
            .map(|(key, item)| (key, Self::new(item, self.at, self.source)))
            .collect()
    }

    /// Where a key of this table stands.
    pub(crate) fn key(&self, key: &str) -> Place {
        let key = self.table().and_then(|table| table.get_key_value(key));
        Place::of(key.and_then(|(key, _)| key.span())).or(self.at)
    }

    fn table(&self) -> Option<&'a dyn TableLike> {
        match self.value {
            Some(value) => value.as_inline_table().map(|table| table as &dyn TableLike),
            None => self.item.as_table_like(),
        }
    }

    /// Where it stands.
    pub(crate) const fn place(&self) -> Place {
        self.at
    }

    /// The place of a byte of its text, where the text stands in the file as it is; else its start.
    pub(crate) fn inside(&self, offset: usize) -> Place {
        let raw = self.source.text.get(self.at.range()).unwrap_or_default();
        match self.text().and_then(|text| raw.find(text)) {
            Some(start) => Place {
                start: self.at.start + start + offset,
                end: self.at.end,
            },
            None => self.at,
        }
    }

    /// The text that it was found in.
    pub(crate) const fn source(&self) -> Source<'a> {
        self.source
    }

    /// This is wrong here.
    pub(crate) fn error(&self, wrong: Wrong) {
        self.source.error(self.at, wrong);
    }

    /// This is odd here.
    pub(crate) fn warn(&self, wrong: Wrong) {
        self.source.findings.warn(self.at.range(), wrong);
    }
}

/// Whether a value is of the sort that a shape takes. What stands inside of text is looked at
/// later, by whoever reads it.
fn fits(item: &Item, shape: Shape) -> bool {
    match item {
        Item::Value(value) => value_fits(value, shape),
        Item::Table(_) => match shape {
            Shape::Table(_) | Shape::Map(_) => true,
            Shape::Either(shapes) => shapes.iter().any(|shape| fits(item, *shape)),
            _ => false,
        },
        Item::ArrayOfTables(_) | Item::None => false,
    }
}

fn value_fits(value: &Value, shape: Shape) -> bool {
    match shape {
        Shape::Text | Shape::Id | Shape::Money | Shape::Length | Shape::Condition => value.is_str(),
        Shape::Phrase(..) => value.is_str(),
        Shape::Choice(words) => value
            .as_str()
            .is_some_and(|text| words.iter().any(|(word, _)| *word == text)),
        Shape::Flag => value.is_bool(),
        Shape::Whole(low, high) => value
            .as_integer()
            .is_some_and(|number| (low..=high).contains(&number)),
        Shape::Decimal | Shape::Amount => value.is_integer() || value.is_float(),
        Shape::Moment | Shape::Day => value.is_str() || value.is_datetime(),
        Shape::List(of) => value
            .as_array()
            .is_some_and(|list| list.iter().all(|value| value_fits(value, *of))),
        Shape::Table(_) | Shape::Map(_) => value.is_inline_table(),
        Shape::Either(shapes) => shapes.iter().any(|shape| value_fits(value, *shape)),
    }
}

/// What is wrong with a value of the wrong sort.
fn misfit(item: &Item, what: &str, shape: Shape) -> Wrong {
    let text = item.as_str();
    if let (Some(text), Some(words)) = (text, choices(shape)) {
        return Wrong {
            message: format!("{what} cannot be `{text}`"),
            hint: did_you_mean(text, &words),
        };
    }
    if let (Some(number), Shape::Whole(..)) = (item.as_integer(), shape) {
        return Wrong::new(
            format!("{what} cannot be {number}"),
            format!("write {}", shape.words()),
        );
    }
    let is = match item {
        Item::Table(_) => "a table",
        Item::ArrayOfTables(_) => "a list of tables",
        Item::None => "nothing",
        Item::Value(value) => match value {
            Value::String(_) => "text",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a decimal number",
            Value::Boolean(_) => "true or false",
            Value::Datetime(_) => "a date",
            Value::Array(_) if matches!(shape, Shape::List(_)) => "a list with other things in it",
            Value::Array(_) => "a list",
            Value::InlineTable(_) => "a table",
        },
    };
    Wrong::new(
        format!("{what} is {is}"),
        format!("write {}", shape.words()),
    )
}

/// The words of a choice, if nothing but words is taken.
fn choices(shape: Shape) -> Option<Vec<&'static str>> {
    match shape {
        Shape::Choice(words) => Some(words.iter().map(|(word, _)| *word).collect()),
        Shape::Either(shapes) => {
            let of_words = |shape: &Shape| matches!(shape, Shape::Choice(_));
            let only = shapes
                .iter()
                .all(|shape| of_words(shape) || matches!(shape, Shape::Table(_) | Shape::Map(_)));
            let words = shapes.iter().find(|shape| of_words(shape));
            words.filter(|_| only).and_then(|shape| choices(*shape))
        }
        _ => None,
    }
}

/// Where in a list of known ids a reference points to; says so if nowhere.
pub(crate) fn find(at: &At<'_>, what: &str, id: &str, known: &[String]) -> Option<u16> {
    find_at(at.source(), at.place(), what, id, known)
}

/// As [`find`], at a place of its own.
pub(crate) fn find_at(
    source: Source<'_>,
    place: Place,
    what: &str,
    id: &str,
    known: &[String],
) -> Option<u16> {
    if let Some(at) = known.iter().position(|known| known == id) {
        return u16::try_from(at).ok();
    }
    let ids: Vec<&str> = known.iter().map(String::as_str).collect();
    let hint = if ids.is_empty() {
        Some(format!("the file declares no {what}"))
    } else {
        match nearest(id, ids.iter().copied()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None => did_you_mean(id, &ids),
        }
    };
    let message = format!("there is no {what} `{id}`");
    source.error(place, Wrong { message, hint });
    None
}
