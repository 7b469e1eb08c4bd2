//! What resellers sold on, over HTTP: filed, listed, decided, withdrawn; and a partner's own awards.

use crate::client::Request;
use crate::testapp::{NOW, PROGRAM, TestApp, but};
use regulars_app::Scope;
use serde_json::json;

const MORE: &str = r#"
[sell_through]
approval = "above 100 EUR"

[[earn]]
id = "sold-on"
on = "sell_through"
give = { beans = "1 per 1 EUR" }
"#;

#[test]
fn a_report_is_filed_listed_decided_and_withdrawn() {
    let app = TestApp::new();
    app.apply(&format!("{PROGRAM}{MORE}"));
    let ana = app.member("ana@example.com");
    let path = format!("/v1/members/{ana}/sell-through");
    let report = json!({"source": "portal", "at": NOW, "order": "S-1", "currency": "EUR",
        "total": "50.00", "end_customer": "a school", "proof": "invoice-17",
        "invoice": "17", "serials": ["SN-1"]});
    let before = app.beans(&ana);
    let filed = app.post(&path, &report).with(201);
    assert_eq!(filed["state"], "approved", "{filed:#}");
    assert_eq!(filed["end_customer"], "a school");
    assert_ne!(app.beans(&ana), before);
    assert_eq!(app.post(&path, &report).with(201)["id"], filed["id"]);
    let other = but(report.clone(), &json!({"order": "S-2"}));
    app.post(&path, &other).problem("exists");
    let large = json!({"source": "portal", "at": NOW, "order": "S-3", "currency": "EUR",
        "lines": [{"amount": "100.01"}]});
    let large = app.post(&path, &large).with(201);
    assert_eq!(
        (&large["state"], &large["waits"]),
        (&json!("open"), &json!("approval"))
    );
    let wrong = json!({"order": "", "serials": [""], "total": "x", "colour": 1});
    let wrong = app.post(&path, &wrong).problem("invalid_input");
    assert!(
        wrong["errors"].as_array().is_some_and(|all| all.len() >= 4),
        "{wrong:#}"
    );
    let open = app.get("/v1/sell-through?state=open").with(200);
    assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
    app.get("/v1/sell-through?state=lost")
        .problem("invalid_parameter");
    app.get("/v1/sell-through/slt_none").problem("not_found");
    let of = |report: &serde_json::Value, what: &str| {
        let id = report["id"].as_str().unwrap_or_default();
        format!("/v1/sell-through/{id}{what}")
    };
    let why = json!({"reason": "seen"});
    app.post(&of(&large, "/approve"), &json!({}))
        .problem("invalid_input");
    let clerk = app.key(&[Scope::Ingest, Scope::Read]);
    let asked = Request::new("POST", &of(&large, "/approve")).key(&clerk);
    asked.json(&why).send(app.address).problem("forbidden");
    let done = app.post(&of(&large, "/approve"), &why).with(200);
    assert_eq!(done["report"]["state"], "approved");
    assert!(
        done["receipt"]["points"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    );
    app.post(&of(&large, "/reject"), &why)
        .problem("invalid_input");
    for report in [&large, &filed] {
        let back = app.post(&of(report, "/withdraw"), &why).with(200);
        assert_eq!(back["report"]["state"], "withdrawn");
    }
    assert_eq!(app.beans(&ana), before);
    assert_eq!(app.get(&of(&filed, "")).with(200)["state"], "withdrawn");
}

#[test]
fn a_partners_key_gives_out_of_its_own_budget_alone() {
    let app = TestApp::new();
    let with = "awards = { limit = [{ beans = 10, per = \"program\" }] }\n";
    app.apply(&PROGRAM.replace("[partner.bakery]\n", &format!("[partner.bakery]\n{with}")));
    let key = app.partner_key("bakery");
    let give = |source: &str, id: &str| {
        let award = json!({"type": "partner_award", "source": source, "id": id, "at": NOW,
            "customer": {"kind": "email", "value": "ana@example.com"},
            "points": "beans", "amount": "6", "reason": "the cake was late"});
        let request = Request::new("POST", "/v1/events").key(&key);
        request.json(&award).send(app.address)
    };
    give("bakery-till", "W-1").with(201);
    give("bakery-till", "W-2").problem("partner_budget_spent");
    give("cinema-till", "W-3").problem("forbidden");
    let entries = Request::new("GET", "/v1/partners/bakery/entries").key(&key);
    let entries = entries.send(app.address).with(200);
    let first = &entries["items"][0];
    assert_eq!(first["event"], "bakery-till/W-1", "{entries:#}");
}
