//! The description of the API says what is read: a field that it calls required is required, what may be left out
//! may be `null`, and a value of another sort is refused. Nobody has to be asked for it: each shape is read here.

use regulars_doors::body::{SHAPES, read};
use regulars_doors::example::{description, example, schema};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Which sorts of values a schema takes.
fn sorts(schema: &Value, all: &Value) -> BTreeSet<&'static str> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return sorts(&all[name], all);
    }
    let parts = ["oneOf", "anyOf", "allOf"];
    let parts = parts
        .iter()
        .filter_map(|key| schema[*key].as_array())
        .flatten();
    let mut found: BTreeSet<_> = parts.flat_map(|own| sorts(own, all)).collect();
    let named: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    for name in named {
        found.extend(match name {
            "string" => Some("string"),
            "integer" | "number" => Some("number"),
            "boolean" => Some("boolean"),
            "array" => Some("array"),
            "object" => Some("object"),
            "null" => Some("null"),
            _ => None,
        });
    }
    found
}

fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The fields of an object and those that it needs, wherever they stand.
fn fields<'d>(
    schema: &'d Value,
    all: &'d Value,
) -> (Vec<(&'d String, &'d Value)>, BTreeSet<&'d str>) {
    if let Some(name) = schema["$ref"].as_str() {
        return fields(&all[name.rsplit('/').next().unwrap_or_default()], all);
    }
    let own = schema["properties"].as_object().into_iter().flatten();
    let mut own: Vec<_> = own.collect();
    let needed = schema["required"].as_array().into_iter().flatten();
    let mut needed: BTreeSet<_> = needed.filter_map(Value::as_str).collect();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let (more, also) = fields(part, all);
        own.extend(more);
        needed.extend(also);
    }
    (own, needed)
}

/// The shapes that answers have. In these what is called required is always said; that a body may leave it out is no
/// promise that the description can hold beside that one.
fn answered(description: &Value) -> BTreeSet<String> {
    fn note(value: &Value, description: &Value, all: &mut BTreeSet<String>) {
        if let Some(name) = value["$ref"].as_str().and_then(|it| it.rsplit('/').next())
            && all.insert(name.to_owned())
        {
            note(
                &description["components"]["schemas"][name],
                description,
                all,
            );
        }
        match value {
            Value::Object(fields) => fields.values().for_each(|own| note(own, description, all)),
            Value::Array(items) => items.iter().for_each(|own| note(own, description, all)),
            _ => {}
        }
    }
    let mut all = BTreeSet::new();
    let paths = description["paths"].as_object().into_iter().flatten();
    for operation in paths.flat_map(|(_, own)| own.as_object().into_iter().flatten()) {
        note(&operation.1["responses"], description, &mut all);
    }
    all
}

#[test]
fn what_the_description_says_is_what_is_read() {
    let description = description();
    let answered = answered(&description);
    let all = &description["components"]["schemas"];
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for (name, _) in SHAPES {
        let Some(schema) = schema(&description, name) else {
            wrong.push(format!("{name} is in no description"));
            continue;
        };
        let Value::Object(body) = example(&description, schema) else {
            continue;
        };
        let is_taken = |body: &Map<String, Value>| {
            let text = Value::Object(body.clone()).to_string();
            read(name, &text).expect("is a shape, and JSON").is_ok()
        };
        // What two fields say together, no schema does: such an example is not taken as it is.
        if !is_taken(&body) {
            continue;
        }
        tried += 1;
        let (fields, needed) = fields(schema, all);
        for (field, own) in fields {
            let is_answered = needed.contains(field.as_str()) && answered.contains(*name);
            let mut without = body.clone();
            without.remove(field);
            if needed.contains(field.as_str()) && !is_answered && is_taken(&without) {
                wrong.push(format!(
                    "{name}.{field} is called required, and may be left out"
                ));
            }
            let taken = sorts(own, all);
            if taken.is_empty() {
                continue;
            }
            for value in [
                json!(null),
                json!(true),
                json!(7),
                json!("x"),
                json!([7]),
                json!({"x": 7}),
            ] {
                let mut other = body.clone();
                other.insert(field.clone(), value.clone());
                let may_be_left_out = is_answered && value.is_null();
                if !taken.contains(sort(&value)) && !may_be_left_out && is_taken(&other) {
                    wrong.push(format!(
                        "{name}.{field} takes {value}, which is not among {taken:?}"
                    ));
                }
            }
        }
    }
    assert!(tried > 60, "only {tried} examples are taken");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
