//! What a call says, made of the document: ids where they are asked for, and bodies that are good enough
//! to be looked at.

use serde_json::{Map, Value, json};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Something that has an id: where it stands in a path, as far as that must be said, and the id.
pub(crate) struct Known {
    /// As in `cases/{case}`.
    pub(crate) place: &'static str,
    pub(crate) id: String,
    /// Whether it is nobody's own: a month, a metric.
    pub(crate) of_all: bool,
}

/// The ids of what is there, or others like them.
pub(crate) struct Ids<'w> {
    pub(crate) known: &'w [Known],
    pub(crate) there: bool,
    /// Whether words can be told again wherever they turn up, and how much is said.
    pub(crate) marks: Marks,
}

/// How bodies are filled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marks {
    /// With any words, and with what must be there.
    None,
    /// With [`MARK`] in every word that may be somebody's, and with what must be there.
    Needed,
    /// The same, and with all that may be there.
    Everything,
}

/// What stands in every marked word, in any case.
pub(crate) const MARK: &str = "Zarquon";

/// A body, and of which kind.
pub(crate) struct Body {
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Ids<'_> {
    fn shown(&self, known: &Known) -> String {
        match self.there || known.of_all {
            true => known.id.clone(),
            // Of these the form is looked at before the card is.
            false if known.place.starts_with("member-cards") => unlike_card(&known.id),
            false => unlike(&known.id),
        }
    }

    pub(crate) fn in_path(&self, path: &str, name: &str) -> Option<String> {
        let own = |known: &&Known| {
            known.place.ends_with(&format!("{{{name}}}")) && path.contains(known.place)
        };
        // Where several fit, the one that says most of where it stands.
        let fits = self.known.iter().filter(own);
        let best = fits.max_by_key(|known| known.place.len())?;
        Some(self.shown(best))
    }

    /// An id by the name of the field that asks for it.
    fn named(&self, name: &str) -> Option<String> {
        let place = match name {
            "member" | "into" | "to" => "members/{member}",
            "person" | "agent" => "v1/people/{person}",
            "group" => "groups/{group}",
            "segment" => "segments/{segment}",
            "template" => "templates/{template}",
            "code" => "codes/{code}",
            "redemption" => "redemptions/{redemption}",
            "survey" => "surveys/{survey}",
            "case" => "cases/{case}",
            "by" => "member-cards/{number}",
            _ => return None,
        };
        let known = self.known.iter().find(|known| known.place == place);
        known.map(|known| self.shown(known))
    }

    pub(crate) fn in_query(&self, name: &str) -> Option<String> {
        match name {
            "find" if self.there => Some("Zaphod".into()),
            "find" => Some("Nobody".into()),
            // What this says is by what, not by whom.
            "by" => None,
            name => self.named(name),
        }
    }

    /// All ids, also as codes are written without their lines: for looking away from them.
    pub(crate) fn all(&self) -> Vec<String> {
        let own = self.known.iter().filter(|known| !known.of_all);
        let own = own.map(|known| self.shown(known));
        own.flat_map(|id| [id.replace('-', ""), id]).collect()
    }

    /// A word that no call before had.
    pub(crate) fn unlike(&self, what: &str) -> String {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        format!("{what}-{}", COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// A marked word that no call before had.
    pub(crate) fn marked(&self) -> String {
        self.unlike(MARK)
    }
}

/// An id of the same shape that nobody has: its last letters and digits are others.
pub(crate) fn unlike(id: &str) -> String {
    let keep = id.len().saturating_sub(6);
    let other = |(at, c): (usize, char)| match c {
        _ if at < keep => c,
        '9' => '1',
        '0'..='8' => char::from(c as u8 + 1),
        'f' => 'a',
        'z' => 'y',
        'a'..='y' => char::from(c as u8 + 1),
        'Z' => 'Y',
        'A'..='Y' => char::from(c as u8 + 1),
        c => c,
    };
    id.chars().enumerate().map(other).collect()
}

/// The number of a card that nobody has: another one that is right by the rule of ISO/IEC 7812.
fn unlike_card(number: &str) -> String {
    let stem = unlike(&number[..number.len() - 1]);
    let doubled = |at: usize, digit: u32| match at % 2 {
        0 => (digit * 2) / 10 + (digit * 2) % 10,
        _ => digit,
    };
    let digits = stem.chars().rev().filter_map(|own| own.to_digit(10));
    let sum: u32 = digits.enumerate().map(|(at, own)| doubled(at, own)).sum();
    format!("{stem}{}", (10 - sum % 10) % 10)
}

/// A body for an operation, if it takes one.
pub(crate) fn body(operation: &Value, ids: &Ids<'_>) -> Option<Body> {
    let content = operation["requestBody"]["content"].as_object()?;
    let (kind, body) = content.iter().next()?;
    let text = match kind.as_str() {
        "application/json" => sample(&body["schema"], "", ids, 0).to_string(),
        "application/x-ndjson" if ids.marks != Marks::None => format!("{{\"id\":\"{MARK}\""),
        "application/x-ndjson" => "{\"id\":\"thing\",\"name\":\"Thing\"}".into(),
        "text/csv" if operation["operationId"] == "proposeAward" => {
            let member = ids.named("member").unwrap_or_default();
            format!("member,points,reason,kind\n{member},5,word,coins\n")
        }
        "text/csv" => "id,name\nthing,Thing\n".into(),
        "application/toml" if ids.marks != Marks::None => format!("[program]\nname = {MARK}\n"),
        "application/toml" => super::shop::OTHERS.into(),
        _ if ids.marks != Marks::None => ids.marked(),
        _ => "word".into(),
    };
    Some(Body {
        kind: kind.clone(),
        text,
    })
}

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        serde_json::from_str(&regulars_server::document()).expect("the document is JSON")
    })
}

/// A value of a schema, under the name of its field.
fn sample(schema: &Value, name: &str, ids: &Ids<'_>, depth: usize) -> Value {
    if depth > 8 {
        return Value::Null;
    }
    if let Some(to) = schema["$ref"].as_str() {
        let to = document().pointer(to.trim_start_matches('#'));
        return sample(to.expect("references lead somewhere"), name, ids, depth + 1);
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(fields) = sample(part, name, ids, depth + 1) {
                whole.extend(fields);
            }
        }
        return Value::Object(whole);
    }
    for one_of in ["oneOf", "anyOf"] {
        let some = |of: &&Value| of["type"] != "null";
        if let Some(first) = schema[one_of]
            .as_array()
            .and_then(|all| all.iter().find(some))
        {
            return sample(first, name, ids, depth + 1);
        }
    }
    plain(schema, name, ids, depth)
}

fn plain(schema: &Value, name: &str, ids: &Ids<'_>, depth: usize) -> Value {
    let kind = schema["type"].as_str();
    let kind = kind.or_else(|| {
        let kinds = schema["type"].as_array()?;
        kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null")
    });
    match kind {
        Some("object") | None if schema["properties"].is_object() => {
            let needed = |field: &str| {
                let mut needed = schema["required"].as_array().into_iter().flatten();
                needed.any(|own| own == field)
                    || ids.named(field).is_some()
                    || ids.marks == Marks::Everything
            };
            let fields = schema["properties"]
                .as_object()
                .expect("was just looked at");
            let fields = fields.iter().filter(|(field, _)| needed(field));
            let fields = fields
                .map(|(field, schema)| (field.clone(), sample(schema, field, ids, depth + 1)));
            Value::Object(fields.collect())
        }
        Some("array") => json!([sample(&schema["items"], name, ids, depth + 1)]),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(false),
        Some("string") => word(name, ids),
        // Names that anybody gives: what is known of somebody is of this shape.
        _ if ids.marks != Marks::None => json!({"name": ids.marked(), "towel": ids.marked()}),
        _ => json!({}),
    }
}

/// A text by the name of its field.
fn word(name: &str, ids: &Ids<'_>) -> Value {
    if let Some(id) = ids.named(name) {
        return json!(id);
    }
    let marked = ids.marks != Marks::None;
    let text = match name {
        "email" if marked => format!("{}@example.com", ids.marked()),
        "value" if marked => format!("{}@example.com", ids.marked()),
        "text" if marked => ids.marked(),
        "email" => format!("{}@example.com", ids.unlike("new")),
        "value" if ids.there => "zaphod@example.com".into(),
        "value" => "nobody@example.com".into(),
        "text" => "some words".into(),
        "on" => "2025-02-20".into(),
        "at" | "since" | "from" | "until" => "2025-02-20T09:00:00Z".into(),
        "amount" | "total" | "quantity" => "1.00".into(),
        "currency" => "EUR".into(),
        "points" if marked => "beans".into(),
        "points" => "coins".into(),
        "condition" => "orders_ever < 9".into(),
        "kind" => "email".into(),
        "colour" => "#112233".into(),
        "language" => "en".into(),
        "url" => "https://example.com/hook".into(),
        "scopes" => "read".into(),
        "source" => "till-9".into(),
        "type" => "purchase".into(),
        "channel" => "sms".into(),
        "prefix" => "291".into(),
        _ if marked => ids.marked(),
        _ => ids.unlike("word"),
    };
    json!(text)
}
