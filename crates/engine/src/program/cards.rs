//! A program file as cards: its parts with their fields, and where in the text each value stands.
//!
//! Whoever changes a field in a form replaces those characters and no others, so comments, order and
//! spaces of the file stay as they were written: the text is the program, and a card is a view of it.

use super::file::{Form, SECTIONS};
use std::ops::Range;
use toml_edit::{Document, Item, Table, TableLike, Value};

/// A part of a program file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The section that it is of: `earn`, `tier`, `points`.
    pub section: String,
    /// Its id, or the name it has in its section; empty for what there is only one of.
    pub id: String,
    /// From where to where it stands, its header and its own tables included; nothing where it is
    /// written within another value.
    pub span: Option<Range<usize>>,
    /// Where a line with another field can be put: before this place; nothing where it cannot.
    pub add_at: Option<usize>,
    /// Its fields, as they stand.
    pub fields: Vec<CardField>,
}

/// A field of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardField {
    /// Its name; with a dot where it stands in a table of its own: `keep.until`.
    pub key: String,
    /// What it is.
    pub value: CardValue,
    /// Where its value stands.
    pub span: Range<usize>,
    /// The line that it stands on, to its end; nothing where it shares it with others.
    pub row: Option<Range<usize>>,
}

/// What a field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardValue {
    /// A text, without its quotation marks.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// Yes or no.
    Flag(bool),
    /// A list or a table, as it is written.
    Other(String),
}

/// The cards of a text, in the order of the sections of the manual; nothing where it is no TOML.
/// Places are bytes of the text.
pub fn cards(text: &str) -> Option<Vec<Card>> {
    let document = Document::parse(text).ok()?;
    let heads = heads(document.as_table());
    let reader = Reader { text, heads };
    let mut cards = Vec::new();
    for section in SECTIONS {
        let Some(item) = document.get(section.key) else {
            continue;
        };
        match section.form {
            Form::Once => cards.extend(reader.card(section.key, None, item)),
            Form::Named => {
                for (name, item) in item.as_table_like().iter().flat_map(|table| table.iter()) {
                    cards.extend(reader.card(section.key, Some(name), item));
                }
            }
            Form::Many => match item {
                Item::ArrayOfTables(tables) => {
                    let each = tables
                        .iter()
                        .map(|table| reader.of_table(section.key, None, table));
                    cards.extend(each);
                }
                Item::Value(Value::Array(array)) => {
                    let each = array.iter().filter_map(Value::as_inline_table);
                    cards.extend(each.map(|table| reader.of_inline(section.key, None, table)));
                }
                _ => {}
            },
        }
    }
    Some(cards)
}

struct Reader<'t> {
    text: &'t str,
    /// Where headers of tables begin, and of which part of the file each is, in order.
    heads: Vec<(usize, Head)>,
}

/// A header: whether it begins a part of the file, or a table within the part before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    Part,
    Within,
}

/// All headers of a file, in order.
fn heads(root: &Table) -> Vec<(usize, Head)> {
    let mut heads = Vec::new();
    for (key, item) in root.iter() {
        let form = SECTIONS.iter().find(|section| section.key == key);
        let named = form.is_some_and(|section| section.form == Form::Named);
        match item {
            Item::Table(table) if named => {
                own(table, Head::Part, &mut heads);
                for (_, item) in table.iter() {
                    tell(item, Head::Part, &mut heads);
                }
            }
            other => tell(other, Head::Part, &mut heads),
        }
    }
    heads.sort_unstable_by_key(|head| head.0);
    heads
}

fn own(table: &Table, head: Head, heads: &mut Vec<(usize, Head)>) {
    if let (Some(span), false, false) = (table.span(), table.is_implicit(), table.is_dotted()) {
        heads.push((span.start, head));
    }
}

fn tell(item: &Item, head: Head, heads: &mut Vec<(usize, Head)>) {
    let mut table = |table: &Table| {
        own(table, head, heads);
        for (_, item) in table.iter() {
            tell(item, Head::Within, heads);
        }
    };
    match item {
        Item::Table(it) => table(it),
        Item::ArrayOfTables(tables) => tables.iter().for_each(table),
        _ => {}
    }
}

impl Reader<'_> {
    fn card(&self, section: &str, name: Option<&str>, item: &Item) -> Option<Card> {
        match item {
            Item::Table(table) => Some(self.of_table(section, name, table)),
            Item::Value(Value::InlineTable(table)) => Some(self.of_inline(section, name, table)),
            _ => None,
        }
    }

    fn of_inline(&self, section: &str, name: Option<&str>, table: &toml_edit::InlineTable) -> Card {
        let mut fields = Vec::new();
        self.fields(table, "", false, &mut fields);
        Card {
            section: section.to_owned(),
            id: id(name, table),
            span: None,
            add_at: None,
            fields,
        }
    }

    fn of_table(&self, section: &str, name: Option<&str>, table: &Table) -> Card {
        let mut fields = Vec::new();
        self.fields(table, "", true, &mut fields);
        fields.sort_by_key(|field| field.span.start);
        let begins = table
            .span()
            .filter(|_| !table.is_implicit() && !table.is_dotted());
        let next = |from: usize, also_within: bool| {
            let later = self.heads.iter().filter(|head| head.0 > from);
            let mut ends = later.filter(|head| also_within || head.1 == Head::Part);
            ends.next()
                .map_or(self.text.len(), |head| self.line(head.0).start)
        };
        let span = begins.clone().map(|head| {
            // Comments before the next part belong to that one.
            let end = self.without_comments(head.end, next(head.start, false));
            self.line(head.start).start..end
        });
        let add_at = begins.map(|head| {
            let own = next(head.start, true);
            let last = fields.iter().filter(|field| field.span.end <= own);
            let last = last.map(|field| field.span.end).max().unwrap_or(head.end);
            self.line(last).end
        });
        Card {
            section: section.to_owned(),
            id: id(name, table),
            span,
            add_at,
            fields,
        }
    }

    /// The fields of a table; those of tables within it that have a header of their own, too.
    fn fields(&self, table: &dyn TableLike, before: &str, rows: bool, fields: &mut Vec<CardField>) {
        for (key, item) in table.iter() {
            let key = format!("{before}{key}");
            match item {
                Item::Value(value) => {
                    let Some(span) = value.span() else {
                        continue;
                    };
                    let source = &self.text[span.clone()];
                    let value = match value {
                        Value::String(text) => CardValue::Text(text.value().clone()),
                        Value::Integer(_) | Value::Float(_) => CardValue::Number(source.to_owned()),
                        Value::Boolean(flag) => CardValue::Flag(*flag.value()),
                        _ => CardValue::Other(source.to_owned()),
                    };
                    let row = rows.then(|| self.line(span.start).start..self.line(span.end).end);
                    fields.push(CardField {
                        key,
                        value,
                        span,
                        row,
                    });
                }
                Item::Table(table) => self.fields(table, &format!("{key}."), rows, fields),
                // Each of them would be a card of its own; they are read in the text.
                Item::ArrayOfTables(_) | Item::None => {}
            }
        }
    }

    /// The line around a place, its end included.
    fn line(&self, at: usize) -> Range<usize> {
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = self.text[at..].find('\n');
        start..end.map_or(self.text.len(), |newline| at + newline + 1)
    }

    /// `end`, without the lines before it that are blank or comments.
    fn without_comments(&self, from: usize, end: usize) -> usize {
        let mut at = end;
        while at > from {
            let line = self.line(at - 1);
            let said = self.text[line.clone()].trim();
            if line.start <= from
                || !(said.is_empty() || said.starts_with('#'))
                || end == self.text.len()
            {
                break;
            }
            at = line.start;
        }
        at
    }
}

/// By what a part is known.
fn id(name: Option<&str>, table: &dyn TableLike) -> String {
    let own = || table.get("id").and_then(Item::as_str);
    name.or_else(own).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# A shop.
[program]
name = \"Corner\"   # its name
currency = \"EUR\"

[points.beans]  # spent
worth = \"0.01 EUR\"

# What is earned.
[[earn]]
id = \"spend\"
give = { beans = \"1 per 1 EUR\" }
limit = [
  { beans = 5 },
]

# The next rule.
[[earn]]
id = \"extra\"
times = 2

[earn.base]
tax = false
";

    fn field<'c>(cards: &'c [Card], id: &str, key: &str) -> &'c CardField {
        let card = cards.iter().find(|card| card.id == id).expect("a card");
        let field = card.fields.iter().find(|field| field.key == key);
        field.expect("a field")
    }

    #[test]
    fn a_value_is_replaced_where_it_stands_and_all_else_stays() {
        let all = cards(FILE).expect("is TOML");
        let ids: Vec<(&str, &str)> = all
            .iter()
            .map(|it| (it.section.as_str(), it.id.as_str()))
            .collect();
        assert_eq!(
            ids,
            [
                ("program", ""),
                ("points", "beans"),
                ("earn", "spend"),
                ("earn", "extra")
            ]
        );
        let name = field(&all, "", "name");
        assert_eq!(name.value, CardValue::Text("Corner".to_owned()));
        let mut text = FILE.to_owned();
        text.replace_range(name.span.clone(), "\"Kiosk\"");
        assert_eq!(text, FILE.replace("\"Corner\"", "\"Kiosk\""));
        assert_eq!(
            field(&all, "extra", "base.tax").value,
            CardValue::Flag(false)
        );
        assert_eq!(
            field(&all, "extra", "times").value,
            CardValue::Number("2".to_owned())
        );
        let CardValue::Other(limit) = &field(&all, "spend", "limit").value else {
            panic!("a list is shown as it is written");
        };
        assert!(limit.starts_with("[\n  { beans"), "{limit}");
    }

    #[test]
    fn a_card_goes_with_its_tables_and_leaves_the_comment_of_the_next() {
        let all = cards(FILE).expect("is TOML");
        let spend = all.iter().find(|card| card.id == "spend").expect("a card");
        let mut text = FILE.to_owned();
        text.replace_range(spend.span.clone().expect("a place"), "");
        assert!(
            text.contains("# The next rule.\n[[earn]]\nid = \"extra\""),
            "{text}"
        );
        assert!(!text.contains("spend\""), "{text}");
        let extra = all.iter().find(|card| card.id == "extra").expect("a card");
        assert!(FILE[extra.span.clone().expect("a place")].ends_with("tax = false\n"));
        // Another field comes before the table within, or it would be of that.
        let mut text = FILE.to_owned();
        text.insert_str(extra.add_at.expect("a place"), "note = \"x\"\n");
        assert!(
            text.contains("times = 2\nnote = \"x\"\n\n[earn.base]"),
            "{text}"
        );
        let row = field(&all, "spend", "limit").row.clone().expect("a row");
        assert!(FILE[row].ends_with("]\n"));
        assert_eq!(cards("= 1"), None);
    }
}
