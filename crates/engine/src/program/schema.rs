//! The JSON Schema of the format, for editors: they offer fields and words, show what they mean,
//! and mark what does not fit while it is written.

use super::file::{Absent, Body, Form, SECTIONS, Shape, Table};
use serde_json::{Map, Value, json};

/// The form of an id.
const ID: &str = "^[a-z0-9][a-z0-9_-]{0,63}$";

/// The schema (draft 2020-12), made from the list of fields.
pub fn schema() -> Value {
    let mut sections = Map::new();
    for section in SECTIONS {
        let body = match section.body {
            Body::Fields(table) => fields(table),
            Body::Values(shape) => map(shape),
        };
        let mut whole = match section.form {
            Form::Once => body,
            Form::Named => json!({
                "type": "object",
                "propertyNames": { "pattern": ID },
                "additionalProperties": body,
            }),
            Form::Many => json!({ "type": "array", "items": body }),
        };
        whole["description"] = json!(section.doc);
        sections.insert(section.key.into(), whole);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A loyalty program",
        "type": "object",
        "properties": sections,
        "required": ["program", "points"],
        "additionalProperties": false,
    })
}

/// The schema as text, as it is kept beside the example programs.
pub fn text() -> String {
    let pretty = serde_json::to_string_pretty(&schema());
    pretty.expect("a value of strings, numbers and lists can be written") + "\n"
}

/// A table of fields.
fn fields(table: &Table) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in table.fields {
        let mut value = of(field.shape);
        value["description"] = match field.absent {
            Absent::Needed => json!(field.doc),
            Absent::Means(means) => json!(format!("{} If absent: {means}.", field.doc)),
        };
        properties.insert(field.name.into(), value);
        if field.absent == Absent::Needed {
            required.push(field.name);
        }
    }
    let others = table.others.map_or(json!(false), of);
    let mut made = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": others,
    });
    if !required.is_empty() {
        made["required"] = json!(required);
    }
    made
}

/// A table whose keys people choose.
fn map(shape: &Shape) -> Value {
    json!({ "type": "object", "additionalProperties": of(*shape) })
}

/// What a shape takes.
fn of(shape: Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Condition => json!({ "type": "string", "maxLength": 4096 }),
        Shape::Id => json!({ "type": "string", "pattern": ID }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Whole(low, i64::MAX) => json!({ "type": "integer", "minimum": low }),
        Shape::Whole(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Shape::Decimal | Shape::Amount => json!({ "type": "number", "minimum": 0 }),
        Shape::Money => json!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? [A-Z]{3}$" }),
        Shape::Length => json!({
            "type": "string",
            "pattern": "^[1-9][0-9]* (days?|weeks?|months?|years?)$",
        }),
        Shape::Moment => json!({
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].+)?$",
        }),
        Shape::Day => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Shape::Choice(words) => {
            let one = |(word, means): &(&str, &str)| json!({ "const": word, "description": means });
            json!({ "oneOf": words.iter().map(one).collect::<Vec<Value>>() })
        }
        Shape::Phrase(pattern, example) => json!({
            "type": "string",
            "pattern": pattern,
            "examples": [example],
        }),
        Shape::List(shape) => json!({ "type": "array", "items": of(*shape) }),
        Shape::Table(table) => fields(table),
        Shape::Map(shape) => map(shape),
        Shape::Either(shapes) => {
            json!({ "anyOf": shapes.iter().map(|shape| of(*shape)).collect::<Vec<Value>>() })
        }
    }
}
