//! What assistants can ask: each tool is a name, what it takes, and the requests of the API that it makes.

use rmcp::model::{Tool as Described, ToolAnnotations};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// A request of the API: a `GET`, or a `POST` with a body.
pub(super) struct Ask {
    pub(super) path: String,
    pub(super) body: Option<Value>,
}

impl Ask {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            body: None,
        }
    }

    fn post(path: &str, body: Value) -> Self {
        Self {
            path: path.to_owned(),
            body: Some(body),
        }
    }
}

type Given = Map<String, Value>;
type Asks = Result<Vec<(&'static str, Ask)>, String>;

/// A tool.
pub(super) struct Tool {
    pub(super) name: &'static str,
    title: &'static str,
    says: &'static str,
    takes: fn() -> Value,
    pub(super) asks: fn(&Given) -> Asks,
}

/// All of them.
pub(super) const TOOLS: [Tool; 6] = [
    Tool {
        name: "find_member",
        title: "Find a member",
        says: "Members whose identity (e-mail, phone, card ...) or name begins so, or who have this id.",
        takes: || {
            fields(
                &["find"],
                json!({
                    "find": {"type": "string", "description": "The beginning of an identity or a name, or an id (mem_...)"},
                    "limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 10},
                }),
            )
        },
        asks: |given| {
            let limit = whole(given, "limit", 10, 50)?;
            let query = [("find", text(given, "find")?), ("limit", limit.to_string())];
            Ok(vec![("members", Ask::get(with("/v1/members", &query)))])
        },
    },
    Tool {
        name: "explain_balance",
        title: "Explain a balance",
        says: "What a member has now, and the newest entries of their ledger with the reason for each.",
        takes: || {
            fields(
                &["member"],
                json!({
                    "member": {"type": "string", "description": "An id (mem_...), or an identity (email:ana@example.com)"},
                    "entries": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
                }),
            )
        },
        asks: |given| {
            let member = format!("/v1/members/{}", encoded(&text(given, "member")?));
            let limit = whole(given, "entries", 20, 100)?;
            let ledger = with(&format!("{member}/ledger"), &[("limit", limit.to_string())]);
            Ok(vec![
                ("balance", Ask::get(format!("{member}/balance"))),
                ("ledger", Ask::get(ledger)),
            ])
        },
    },
    Tool {
        name: "list_metrics",
        title: "List metrics",
        says: "Every metric about customers, with its definition and unit.",
        takes: || fields(&[], json!({})),
        asks: |_| Ok(vec![("metrics", Ask::get("/v1/metrics"))]),
    },
    Tool {
        name: "metric",
        title: "See a metric",
        says: "A metric of the shop with its definition: over all time, by period, by the values of a field.",
        takes: || {
            fields(
                &["metric"],
                json!({
                    "metric": {"type": "string", "description": "Its id, as list_metrics says: repurchase_rate"},
                    "period": {"type": "string", "description": "month, quarter or year"},
                    "by": {"type": "string", "description": "A field to part by, such as store or channel"},
                    "window_days": {"type": "integer", "description": "For how many days after a purchase somebody counts as active"},
                }),
            )
        },
        asks: |given| {
            let path = format!("/v1/metrics/{}", encoded(&text(given, "metric")?));
            let mut query = Vec::new();
            for name in ["period", "by"] {
                query.extend(maybe(given, name)?.map(|value| (name, value)));
            }
            if given.contains_key("window_days") {
                let days = whole(given, "window_days", 365, 3660)?;
                query.push(("window_days", days.to_string()));
            }
            Ok(vec![("metric", Ask::get(with(&path, &query)))])
        },
    },
    Tool {
        name: "preview_basket",
        title: "Preview a basket",
        says: "What a basket would cost with rewards and codes, and what it would earn and why. Nothing is \
               written. Fields are those of POST /v1/quote.",
        takes: || {
            json!({
                "type": "object",
                "properties": {
                    "member": {"type": "string", "description": "An id (mem_...); nobody's basket if neither this nor customer is said"},
                    "customer": {"type": "object", "description": "An identity: {\"kind\": \"email\", \"value\": \"ana@example.com\"}"},
                    "order": {"type": "string"},
                    "currency": {"type": "string", "description": "EUR"},
                    "total": {"type": "string", "description": "12.40"},
                    "lines": {"type": "array", "items": {"type": "object"}},
                    "codes": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["currency"],
                "additionalProperties": true,
            })
        },
        asks: |given| {
            if given
                .get("reserve")
                .is_some_and(|reserve| *reserve != Value::Bool(false))
            {
                return Err(
                    "`reserve` sets rewards aside, and tools only read: leave it out".into(),
                );
            }
            Ok(vec![(
                "quote",
                Ask::post("/v1/quote", Value::Object(given.clone())),
            )])
        },
    },
    Tool {
        name: "try_program",
        title: "Back-test a program file",
        says: "What a program file would have come to, month by month: on what members of the shop did (up \
               to 500,000 events), or on a made-up year of 200 customers. Nothing is written.",
        takes: || {
            fields(
                &["program"],
                json!({
                    "program": {"type": "string", "description": "The program file, as TOML"},
                    "against": {"type": "string", "description": "A program file to compare it with"},
                    "on": {"type": "string", "enum": ["shop", "sample"], "default": "sample"},
                    "basket": {"type": "string", "description": "An average basket, for sample: 25"},
                }),
            )
        },
        asks: |given| {
            let on = maybe(given, "on")?.unwrap_or_else(|| "sample".into());
            if on != "shop" && on != "sample" {
                return Err(format!("`on` is `{on}`; it is shop or sample"));
            }
            let mut body = json!({"program": text(given, "program")?, "on": on});
            for name in ["against", "basket"] {
                if let Some(value) = maybe(given, name)? {
                    body[name] = value.into();
                }
            }
            Ok(vec![("trial", Ask::post("/v1/programs/try", body))])
        },
    },
];

impl Tool {
    /// As assistants read it.
    pub(super) fn described(&self) -> Described {
        let Value::Object(takes) = (self.takes)() else {
            unreachable!("what a tool takes is written as an object");
        };
        let reads = ToolAnnotations::with_title(self.title)
            .read_only(true)
            .destructive(false)
            .idempotent(true)
            .open_world(false);
        Described::new(self.name, self.says, takes)
            .with_title(self.title)
            .with_annotations(reads)
    }
}

fn fields(required: &[&str], properties: Value) -> Value {
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn maybe(given: &Given, name: &str) -> Result<Option<String>, String> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("`{name}` must be a text")),
    }
}

fn text(given: &Given, name: &str) -> Result<String, String> {
    let found = maybe(given, name)?.filter(|text| !text.trim().is_empty());
    found.ok_or_else(|| format!("`{name}` is missing"))
}

fn whole(given: &Given, name: &str, usual: u64, most: u64) -> Result<u64, String> {
    let Some(value) = given.get(name).filter(|value| !value.is_null()) else {
        return Ok(usual);
    };
    let own = value.as_u64().filter(|own| (1..=most).contains(own));
    own.ok_or_else(|| format!("`{name}` must be a whole number from 1 to {most}"))
}

/// A path with a query.
fn with(path: &str, query: &[(&str, String)]) -> String {
    let mut path = path.to_owned();
    for (at, (name, value)) in query.iter().enumerate() {
        path.push(if at == 0 { '?' } else { '&' });
        path.push_str(name);
        path.push('=');
        path.push_str(&encoded(value));
    }
    path
}

/// A text as a part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_does_not_leave_its_place_in_an_address() {
        let given = json!({"member": "../keys?x=1#é"});
        let given = given.as_object().expect("is an object");
        let tool = TOOLS.iter().find(|own| own.name == "explain_balance");
        let asks = (tool.expect("is there").asks)(given).expect("is right");
        let path = "/v1/members/..%2Fkeys%3Fx%3D1%23%C3%A9/balance";
        assert_eq!(asks[0].1.path, path);
    }

    #[test]
    fn every_tool_only_reads_and_says_what_it_takes() {
        for tool in &TOOLS {
            let told = serde_json::to_value(tool.described()).expect("is JSON");
            assert_eq!(told["annotations"]["readOnlyHint"], true, "{}", tool.name);
            assert_eq!(told["inputSchema"]["type"], "object", "{}", tool.name);
        }
    }
}
