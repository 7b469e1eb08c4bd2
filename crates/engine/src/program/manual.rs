//! The manual's page on program files, made from the list of fields: what is written there is what
//! the compiler takes.

use super::condition::documented;
use super::file::{Absent, Body, Field, Form, SECTIONS, Section, Shape, Table};

const OPENING: &str = "\
# Program files

<!-- Made from the format's list of fields: UPDATE=1 cargo test -p regulars-engine --test program -->

A program file says how a loyalty program works. It is TOML: a shop owner reads it aloud, a till can
rely on it. `regulars check FILE` says everything that is wrong with a file at once, each with line,
column and what to do; editors that know JSON Schema check it while it is written, with
`#:schema ./program.schema.json` in the first line. The folder `programs/` holds whole examples.

All arithmetic is exact. Points and money are whole numbers of their smallest unit, every division
names its rounding, and whatever is not written has the meaning that this page states.

";

const CONDITIONS: &str = "\
## Conditions

Conditions are written in CEL, the Common Expression Language, in a text of their own; single quotes
around it keep the double quotes inside readable: `when = 'weekday == \"tue\" && order.total >= 15'`.
They are checked when the file is: a name that is not known, or money compared with a day of the week,
is said at once, at its place.

- `&&`, `||`, `!` and parentheses; `==`, `!=`, `<`, `<=`, `>`, `>=`; `x in [..]`; `+`, `-`, `*`.
- Money is compared with numbers as they are read aloud: `order.total >= 15` and `>= 15.00` are the
  same. A number finer than the currency is refused, and nothing is ever rounded: `line.price <= 4.50`
  is exact also where three things cost 13.51 together.
- Text: `line.sku.startsWith(\"tea-\")`, `.endsWith(..)`, `.contains(..)`.
- `paid_by(\"gift-card\") > 0`: what was paid by a method.
- `order.lines.exists(l, l.brand == \"x\")`: whether one line is so; `order.lines.all(..)`: whether all.
- A condition that names a `line` is asked for each line, and only the lines for which it holds count.
- What an event does not say is empty text or 0. Conditions do not divide.
- A text of at most 4,096 bytes, 64 levels deep, lists of at most 256 elements.

| name | is | means |
|---|---|---|
";

/// The page.
pub fn page() -> String {
    let mut page = OPENING.to_owned();
    for section in SECTIONS {
        chapter(&mut page, section);
    }
    page += CONDITIONS;
    for (name, kind, doc) in documented() {
        page += &format!("| `{name}` | {kind} | {} |\n", cell(doc));
    }
    page += "| `activity.FIELD` | as declared | a field of the activity |\n";
    page
}

fn chapter(page: &mut String, section: &Section) {
    let key = section.key;
    let head = match section.form {
        Form::Once => format!("[{key}]"),
        Form::Named => format!("[{key}.NAME]"),
        Form::Many => format!("[[{key}]]"),
    };
    *page += &format!("## `{head}`\n\n{}\n\n", section.doc);
    *page += &format!("```toml\n{}\n```\n\n", section.example);
    if let Body::Fields(table) = section.body {
        rows(page, table);
        for (path, inner) in inner_tables(table) {
            *page += &format!("In `{path}`:\n\n");
            rows(page, inner);
        }
        for field in table.fields {
            words(page, "", field);
        }
        for (path, inner) in inner_tables(table) {
            for field in inner.fields {
                words(page, &path, field);
            }
        }
    }
}

/// The tables that stand inside of a table's fields, with the fields' names.
fn inner_tables(table: &Table) -> Vec<(String, &'static Table)> {
    let mut found = Vec::new();
    for field in table.fields {
        if let Some(inner) = inner_table(field.shape) {
            found.push((field.name.to_owned(), inner));
        }
    }
    found
}

fn inner_table(shape: Shape) -> Option<&'static Table> {
    match shape {
        Shape::Table(table) => Some(table),
        Shape::List(of) | Shape::Map(of) => inner_table(*of),
        Shape::Either(shapes) => shapes.iter().find_map(|shape| inner_table(*shape)),
        _ => None,
    }
}

fn rows(page: &mut String, table: &Table) {
    *page += "| field | takes | if absent | means |\n|---|---|---|---|\n";
    for field in table.fields {
        let absent = match field.absent {
            Absent::Needed => "must be there".to_owned(),
            Absent::Means(means) => cell(means),
        };
        let takes = cell(&takes(field.shape));
        *page += &format!(
            "| `{}` | {takes} | {absent} | {} |\n",
            field.name,
            cell(field.doc)
        );
    }
    *page += "\n";
}

/// What a field takes, short enough for a table.
fn takes(shape: Shape) -> String {
    match shape {
        Shape::Choice(_) => "a word, see below".into(),
        Shape::Table(_) => "a table, see below".into(),
        Shape::List(Shape::Table(_)) => "a list of tables, see below".into(),
        Shape::Either(shapes) => {
            let words: Vec<String> = shapes.iter().map(|shape| takes(*shape)).collect();
            words.join(", or ")
        }
        other => other.words(),
    }
}

/// The words that a field takes, and their meanings.
fn words(page: &mut String, path: &str, field: &Field) {
    let name = match path {
        "" => field.name.to_owned(),
        path => format!("{path}.{}", field.name),
    };
    if let Some(words) = choice(field.shape) {
        *page += &format!("`{name}` is one of\n\n");
        for (word, means) in words {
            *page += &format!("- `\"{word}\"`: {means}\n");
        }
        *page += "\n";
    }
}

fn choice(shape: Shape) -> Option<&'static [(&'static str, &'static str)]> {
    match shape {
        Shape::Choice(words) => Some(words),
        Shape::List(of) | Shape::Map(of) => choice(*of),
        Shape::Either(shapes) => shapes.iter().find_map(|shape| choice(*shape)),
        _ => None,
    }
}

/// Text that can stand in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
