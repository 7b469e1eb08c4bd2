//! What the repository has of each kind: seeds that are kept somewhere else already.

use crate::body::SHAPES;
use regulars_lake::{Column, Values, write_table};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder that end so, in order.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|own| own == ending))
        .collect();
    paths.sort();
    paths
}

/// A program that stories name.
pub(crate) fn program(name: &str) -> Option<String> {
    if name.contains(['/', '\\', '\0']) {
        return None;
    }
    let places = ["scenarios/programs", "programs"];
    let found = places.map(|folder| root().join(folder).join(name));
    let path = found.into_iter().find(|path| path.is_file())?;
    std::fs::read_to_string(path).ok()
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a readable file")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a readable text")
}

/// The examples of a door, in an order that does not change.
pub fn of(door: &str) -> Vec<Vec<u8>> {
    match door {
        "program" => programs(),
        "story" => files("scenarios", "toml")
            .iter()
            .map(|path| read(path))
            .collect(),
        "delivery" => deliveries(),
        "body" => bodies(),
        "campaign" => campaigns(),
        "stored" => stored(),
        "parquet" => vec![parquet()],
        _ => Vec::new(),
    }
}

/// Each program, and each of them followed by the next.
fn programs() -> Vec<Vec<u8>> {
    let paths = [
        files("programs", "toml"),
        files("scenarios/programs", "toml"),
    ]
    .concat();
    let alone: Vec<Vec<u8>> = paths.iter().map(|path| read(path)).collect();
    let pairs = alone.windows(2);
    let pairs = pairs.map(|pair| [&pair[0], crate::MARK.as_bytes(), &pair[1]].concat());
    let pairs: Vec<Vec<u8>> = pairs.collect();
    alone.into_iter().chain(pairs).collect()
}

/// What platforms document, as the tests of `regulars-connect` have it.
fn deliveries() -> Vec<Vec<u8>> {
    #[derive(serde::Deserialize)]
    struct Golden {
        headers: BTreeMap<String, String>,
        body: Box<serde_json::value::RawValue>,
    }
    let platforms = regulars_connect::inbound::Platform::ALL.into_iter();
    let of = |platform: regulars_connect::inbound::Platform| {
        let name = platform.name();
        let paths = files(&format!("crates/connect/tests/golden/{name}"), "json");
        let one = |path: PathBuf| {
            let golden: Golden = serde_json::from_str(&text(&path)).expect("is one");
            let headers = golden.headers.iter();
            let headers: String = headers
                .map(|(own, value)| format!("{own}: {value}\n"))
                .collect();
            format!("{name}\n{headers}\n{}", golden.body).into_bytes()
        };
        paths.into_iter().map(one).collect::<Vec<_>>()
    };
    platforms.flat_map(of).collect()
}

/// The description of the API, as it is committed.
pub fn description() -> Value {
    serde_json::from_str(&text(&root().join("openapi.json"))).expect("is JSON")
}

/// What the description says of a shape that is read.
pub fn schema<'d>(description: &'d Value, name: &str) -> Option<&'d Value> {
    let schemas = &description["components"]["schemas"];
    let own = name.trim_end_matches("Read");
    let names = [name.to_owned(), format!("{own}In"), format!("{own}Out")];
    names.iter().find_map(|name| schemas.get(name))
}

/// A body for each shape, made of the examples in the description of the API.
fn bodies() -> Vec<Vec<u8>> {
    let description = description();
    let body = |(name, _): &(&str, &str)| {
        let schema = schema(&description, name);
        let made = schema.map_or_else(
            || Value::Object(Map::new()),
            |own| example(&description, own),
        );
        format!("{name}\n{made}").into_bytes()
    };
    SHAPES.iter().map(body).collect()
}

/// Something that is as a schema of the description says.
pub fn example(description: &Value, schema: &Value) -> Value {
    made(schema, &description["components"]["schemas"], 0)
}

/// Something that is as a schema says.
fn made(schema: &Value, schemas: &Value, depth: usize) -> Value {
    if depth > 8 {
        return Value::Null;
    }
    let deeper = |own: &Value| made(own, schemas, depth + 1);
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return deeper(&schemas[name]);
    }
    for key in ["oneOf", "anyOf"] {
        let choices = schema[key].as_array().into_iter().flatten();
        if let Some(first) = choices.clone().find(|own| own["type"] != "null") {
            return deeper(first);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(own) = deeper(part) {
                whole.extend(own);
            }
        }
        return Value::Object(whole);
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    let sort = match &schema["type"] {
        Value::Array(sorts) => sorts
            .iter()
            .find(|own| *own != "null")
            .cloned()
            .unwrap_or_default(),
        other => other.clone(),
    };
    match sort.as_str() {
        Some("string") => match schema["format"].as_str() {
            Some("date-time") => "2025-03-01T09:00:00Z".into(),
            Some("date") => "2025-03-01".into(),
            _ => "a".into(),
        },
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| 1.into()),
        Some("boolean") => true.into(),
        Some("array") => vec![deeper(&schema["items"])].into(),
        Some("object") => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            fields
                .map(|(name, own)| (name.clone(), deeper(own)))
                .collect::<Map<_, _>>()
                .into()
        }
        _ => Value::Null,
    }
}

/// The journeys of the library, and what they send.
fn campaigns() -> Vec<Vec<u8>> {
    let journeys = files("journeys", "toml");
    let journeys = journeys
        .iter()
        .map(|path| format!("journey\n{}", text(path)).into_bytes());
    let templates: Value =
        serde_json::from_str(&text(&root().join("journeys/templates.json"))).expect("is JSON");
    let mut texts = Vec::new();
    strings(&templates, &mut texts);
    let templates = texts.into_iter().filter(|own| own.contains('{'));
    let templates = templates.map(|own| format!("template\n{own}").into_bytes());
    journeys.chain(templates).collect()
}

fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|own| strings(own, into)),
        Value::Object(all) => all.values().for_each(|own| strings(own, into)),
        _ => {}
    }
}

/// The golden lines of the stored formats: `change.Counted 0105b4b2`, of which the first byte is the version.
fn stored() -> Vec<Vec<u8>> {
    let golden = text(&root().join("crates/store/src/format/golden.txt"));
    let one = |line: &str| {
        let (name, digits) = line.split_once(' ')?;
        let sort = match name.split('.').next()? {
            "change" => b'h',
            "note" => b'n',
            "refusal" => b'f',
            "event" => b'k',
            _ => return None,
        };
        let digits = digits.as_bytes().chunks(2).skip(1);
        let bytes = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        let bytes: Option<Vec<u8>> = bytes.collect();
        Some([&[sort][..], &bytes?].concat())
    };
    golden.lines().filter_map(one).collect()
}

/// A file of orders, as we write them.
fn parquet() -> Vec<u8> {
    let text = |all: [Option<&str>; 4]| Values::Text(all.map(|own| own.map(str::to_owned)).into());
    let columns = [
        (
            "customer",
            text([Some("ana"), Some("ben"), None, Some("ana")]),
        ),
        ("order", text([Some("1"), Some("2"), Some("3"), Some("3")])),
        (
            "time",
            Values::Time(vec![Some(1), Some(1_740_819_600_000_000), None, Some(0)]),
        ),
        (
            "amount",
            Values::Float(vec![Some(12.4), Some(-3.0), Some(1e18), None]),
        ),
        (
            "quantity",
            Values::Int(vec![Some(1), Some(2), None, Some(-1)]),
        ),
        (
            "category",
            text([Some("coffee"), None, Some("tea"), Some("")]),
        ),
    ];
    let columns = columns.map(|(name, values)| Column {
        name: name.to_owned(),
        values,
    });
    let path = crate::rows::written(b"", "example.parquet");
    write_table(&path, columns.into()).expect("a table of four rows can be written");
    let bytes = read(&path);
    let _ = std::fs::remove_file(path);
    bytes
}

/// Words that are known behind a door: whoever makes inputs up puts them together.
pub fn words(door: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    match door {
        "program" | "story" => named(&regulars_engine::program::schema::schema(), &mut words),
        "body" | "event" => {
            let document = text(&root().join("openapi.json"));
            let document: Value = serde_json::from_str(&document).expect("is JSON");
            named(&document["components"]["schemas"], &mut words);
        }
        "condition" => {
            let names = regulars_engine::program::condition::documented_for_segments();
            words.extend(names.into_iter().map(|(name, ..)| name.to_owned()));
            words.extend(CONDITION.map(str::to_owned));
        }
        "rows" => words.extend(ROWS.map(str::to_owned)),
        "campaign" => {
            let fields = regulars_engage::FIELDS.iter();
            words.extend(fields.map(|field| format!("{{{}}}", field.0)));
        }
        _ => {}
    }
    words.retain(|word| (2..=40).contains(&word.len()) && word.is_ascii());
    words
}

const CONDITION: [&str; 34] = [
    "order.total",
    "order.lines.exists(l, ",
    "l.category",
    "line.category",
    "line.amount",
    "line.quantity",
    "line.sku",
    "line.brand",
    "order.store",
    "order.channel",
    "order.payments",
    "order.codes",
    "member.tier",
    "member.plan",
    "member.orders",
    "member.birthday",
    "member.attributes",
    "time.hour",
    "time.weekday",
    "time.month",
    "fields.stars",
    "partner",
    " in [",
    " && ",
    " || ",
    "!",
    " == ",
    " != ",
    ">= ",
    ".startsWith(",
    ".endsWith(",
    ".contains(",
    "15.00",
    "\"coffee\"",
];

const ROWS: [&str; 28] = [
    "customer_id",
    "order_id",
    "line",
    "date",
    "amount",
    "price",
    "quantity",
    "discount",
    "tax",
    "sku",
    "category",
    "brand",
    "store",
    "channel",
    "staff",
    "payment",
    "currency",
    "type",
    "refund",
    "email",
    "phone",
    "card",
    "tier",
    "points",
    "balance",
    "expires",
    "2025-03-01T09:00:00Z",
    "01.03.2025",
];

/// Names of properties, and the values of enumerations.
fn named(schema: &Value, into: &mut BTreeSet<String>) {
    match schema {
        Value::Array(all) => all.iter().for_each(|own| named(own, into)),
        Value::Object(all) => {
            for (name, own) in all {
                match (name.as_str(), own) {
                    ("properties", Value::Object(fields)) => into.extend(fields.keys().cloned()),
                    ("enum", Value::Array(values)) => {
                        into.extend(values.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    ("const", Value::String(value)) => drop(into.insert(value.clone())),
                    _ => {}
                }
                named(own, into);
            }
        }
        _ => {}
    }
}
