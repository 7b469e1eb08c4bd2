//! Every story of `scenarios/`, told over HTTP: the same file that the engine alone, SQLite and
//! PostgreSQL run. Each story has a merchant of its own.

use crate::client::{Answer, Request};
use crate::testapp::{OPERATOR, TestApp};
use regulars_api::EventIn;
use regulars_base::Currency;
use regulars_engine::Program;
use regulars_engine::event::{Incoming, Kind, Who};
use regulars_sim::scenario::{Action, Scenario, Seen, SeenPoints, Step, Version, compare};
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

regulars_testkit::on_both! { every_story_ends_as_it_says_over_http }

fn every_story_ends_as_it_says_over_http(db: TestDb) {
    let app = TestApp::on(db);
    let stories = stories();
    assert!(stories.len() >= 40, "only {} stories", stories.len());
    let mut failed = String::new();
    for path in &stories {
        let wrong = Teller::new(&app, path).tell(path);
        if !wrong.is_empty() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            failed += &format!("\n{name}\n  {}\n", wrong.join("\n  "));
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

fn folder() -> &'static Path {
    Path::new("../../scenarios")
}

fn stories() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the stories are there");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    paths
}

/// A program of the stories, or one of the examples for merchants.
fn load_program(name: &str) -> Result<String, String> {
    let folder = folder();
    let places = [
        folder.join("programs").join(name),
        folder.join("../programs").join(name),
    ];
    let found = places.iter().find(|path| path.is_file());
    let path = found.ok_or("is neither in scenarios/programs nor in programs")?;
    std::fs::read_to_string(path).map_err(|error| error.to_string())
}

/// Tells one story to the server.
struct Teller<'a> {
    app: &'a TestApp,
    key: String,
    program: Option<Arc<Program>>,
    /// The currency of each order, for the amounts of its refunds.
    currencies: BTreeMap<String, Currency>,
    /// The ids of those who were merged.
    gone: BTreeMap<String, String>,
}

impl<'a> Teller<'a> {
    fn new(app: &'a TestApp, path: &Path) -> Self {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let made = Request::new("POST", "/v1/tenants")
            .key(OPERATOR)
            .json(&json!({"name": name}))
            .send(app.address)
            .with(201);
        let key = made["key"]["secret"].as_str().expect("has a first key");
        Self {
            app,
            key: key.to_owned(),
            program: None,
            currencies: BTreeMap::new(),
            gone: BTreeMap::new(),
        }
    }

    fn tell(mut self, path: &Path) -> Vec<String> {
        let text = std::fs::read_to_string(path).expect("a readable story");
        let story = match Scenario::parse(&text, &load_program) {
            Ok(story) => story,
            Err(faults) => return faults.iter().map(ToString::to_string).collect(),
        };
        if let Some(first) = story.steps.first() {
            self.app.set_clock(first.recorded_at);
        }
        self.apply(&story.program, "");
        let mut wrong = Vec::new();
        for step in &story.steps {
            self.app.set_clock(step.recorded_at);
            let times = if step.again { 2 } else { 1 };
            let mut first: Option<Seen> = None;
            for _ in 0..times {
                let mut seen = self.one(step);
                if let Some(first) = &first {
                    if !seen.duplicate {
                        wrong.push(format!(
                            "line {}: it was not known as a duplicate",
                            step.line
                        ));
                    }
                    seen.duplicate = first.duplicate;
                }
                let differences = compare(&step.expect, &seen).into_iter();
                wrong.extend(differences.map(|it| format!("line {}: {}", step.line, it.what)));
                first = Some(seen);
            }
        }
        wrong
    }

    fn send(&self, method: &str, path: &str, id: &str, body: &Value) -> Answer {
        let request = Request::new(method, path).key(&self.key).json(body);
        let request = match id {
            "" => request,
            id => request.header("Idempotency-Key", id),
        };
        request.send(self.app.address)
    }

    fn apply(&mut self, version: &Version, from: &str) {
        let applied = Request::new("POST", &format!("/v1/programs{from}"))
            .key(&self.key)
            .body(version.text.clone())
            .send(self.app.address);
        assert!(applied.status < 300, "{}", applied.text());
        self.program = Some(Arc::clone(&version.program));
    }

    fn one(&mut self, step: &Step) -> Seen {
        let mut about = step.about().and_then(path_of);
        let answer = match &step.action {
            Action::Event(incoming) => {
                let incoming = step.named(incoming, &mut |who| {
                    self.id_of(who).parse().expect("is a member's id")
                });
                let answer = self.send("POST", "/v1/events", "", &self.written(&incoming));
                if let Kind::Purchase(purchase) = &incoming.event.kind {
                    self.currencies
                        .insert(purchase.order.to_string(), purchase.currency);
                }
                about = about.or_else(|| Some(answer.json()["member"].as_str()?.to_owned()));
                Some(answer)
            }
            Action::Merge { key, from, into } => {
                let was = self.id_of(from);
                let from = path_of(from).expect("a story names who goes");
                self.gone.entry(from.clone()).or_insert(was);
                let into = self.id_of(into);
                let path = format!("/v1/members/{from}/merge");
                let id = key.external_id.as_str();
                Some(self.send("POST", &path, id, &json!({"into": into})))
            }
            Action::Unmerge { key, member } => {
                let own = path_of(member).and_then(|path| self.gone.get(&path).cloned());
                let path = format!("/v1/members/{}/unmerge", own.expect("was merged"));
                Some(self.send("POST", &path, key.external_id.as_str(), &json!({})))
            }
            Action::Tick(_) => {
                let done = self.app.app.tick_due(step.recorded_at);
                done.expect("what is due is done");
                None
            }
            Action::Transfer { event, from, into } => {
                let Kind::CodeTransfer(asked) = &event.kind else {
                    unreachable!("a transfer is one")
                };
                let from = path_of(from).expect("a story names who has it");
                let path = format!("/v1/members/{from}/codes/transfer");
                let into = self.id_of(into);
                let body = json!({"code": asked.code.as_str(), "into": into});
                Some(self.send("POST", &path, event.key.external_id.as_str(), &body))
            }
            Action::Codes { coupon, codes } => {
                let codes: Vec<&str> = codes
                    .iter()
                    .map(regulars_engine::code::Code::as_str)
                    .collect();
                let path = format!("/v1/coupons/{coupon}/codes/import");
                let brought = self
                    .send("POST", &path, "", &json!({"codes": codes}))
                    .with(200);
                assert_eq!(brought["added"], codes.len(), "{brought}");
                None
            }
            Action::Void(code) => {
                let path = format!("/v1/codes/{code}/void");
                let void = self.send("POST", &path, "", &json!({})).with(200);
                assert_eq!(void["status"], "void");
                None
            }
            Action::Apply(version) => {
                self.apply(version, &format!("?from={}", step.at));
                None
            }
        };
        let mut seen = about.map(|about| self.seen(&about)).unwrap_or_default();
        if let Some(answer) = answer {
            assert!(
                [200, 201, 409].contains(&answer.status),
                "{}",
                answer.text()
            );
            seen.duplicate = answer.header("idempotency-hit") == Some("true");
            if answer.status == 409 {
                let code = answer.json()["code"].as_str().map(ToOwned::to_owned);
                seen.refused = code;
            }
        }
        seen
    }

    /// An event as a till would send it.
    fn written(&self, incoming: &Incoming) -> Value {
        let program = self
            .program
            .as_ref()
            .expect("a story begins with a program");
        let order = incoming.event.order().map(ToString::to_string);
        let currency = order.and_then(|order| self.currencies.get(&order).copied());
        let decimals = |id: &str| {
            let points = program.points.iter().find(|points| points.id == id);
            points.map(|points| points.decimals)
        };
        let event = EventIn::of(incoming, currency.unwrap_or(program.currency), &decimals);
        serde_json::to_value(event.expect("a story tells what sources send")).expect("is JSON")
    }

    /// The id of whom a merge goes to. Somebody who was never seen is made a member first.
    fn id_of(&self, who: &Who) -> String {
        let path = path_of(who).expect("a story names who stays");
        let found = self.send("GET", &format!("/v1/members/{path}"), "", &json!({}));
        if let (404, Who::Identity { kind, value }) = (found.status, who) {
            let body = json!({"identities": [{"kind": kind.as_str(), "value": value.as_str()}]});
            let made = self.send("POST", "/v1/members", "", &body).with(201);
            return made["member"]["id"]
                .as_str()
                .expect("is a member")
                .to_owned();
        }
        found.with(200)["id"]
            .as_str()
            .expect("is a member")
            .to_owned()
    }

    /// What the balance shows.
    fn seen(&self, about: &str) -> Seen {
        let path = format!("/v1/members/{about}/balance");
        let answer = self.send("GET", &path, "", &json!({}));
        if answer.status == 404 {
            return Seen::default();
        }
        let balance = answer.with(200);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let points = items(&balance["points"]);
        let money = items(&balance["money"]).into_iter().map(|it| {
            let account = text(&it["account"]).replace('_', " ");
            json!({
                "points": format!("{account} {}", text(&it["currency"])),
                "available": plain(&it["available"]), "held": plain(&it["held"]),
                "pending": "0", "debt": "0",
            })
        });
        let points = points
            .into_iter()
            .chain(money)
            .map(|it| SeenPoints {
                id: text(&it["points"]),
                available: text(&it["available"]),
                pending: text(&it["pending"]),
                debt: text(&it["debt"]),
                held: text(&it["held"]),
                // Only lots that lapse are answered.
                lots: None,
            })
            .collect();
        let stamps = items(&balance["cards"])
            .iter()
            .map(|it| (text(&it["card"]), it["stamps"].as_i64().unwrap_or(0)))
            .collect();
        let mut vouchers: BTreeMap<String, i64> = BTreeMap::new();
        for voucher in items(&balance["vouchers"]) {
            *vouchers.entry(text(&voucher["reward"])).or_default() += 1;
        }
        Seen {
            refused: None,
            duplicate: false,
            because: None,
            points,
            tier: balance["tier"]["tier"].as_str().map(ToOwned::to_owned),
            plan: match &balance["membership"] {
                Value::Null => None,
                own => Some(format!("{}: {}", text(&own["plan"]), text(&own["status"]))),
            },
            stamps: Some(stamps),
            vouchers: Some(vouchers.into_iter().collect()),
        }
    }
}

/// Money without decimals that say nothing, as stories write numbers.
fn plain(money: &Value) -> String {
    let written = money.as_str().unwrap_or_default();
    match written.contains('.') {
        true => written
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned(),
        false => written.to_owned(),
    }
}

/// How paths name somebody; nothing for whoever placed an order.
fn path_of(who: &Who) -> Option<String> {
    let escaped = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
        text.bytes()
            .map(|byte| match byte {
                byte if plain(byte) => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    match who {
        Who::Member(id) => Some(id.to_string()),
        Who::Identity { kind, value } => Some(format!(
            "{}:{}",
            escaped(kind.as_str()),
            escaped(value.as_str())
        )),
        Who::OfOrder => None,
    }
}
