//! Missing points over HTTP: kept orders, claims, awards by two persons, and who would move.

use crate::client::Request;
use crate::testapp::{PROGRAM, TestApp};
use serde_json::json;

fn today(app: &TestApp) -> String {
    let at = app.get("/v1/programs").with(200)["items"][0]["applied_at"].clone();
    at.as_str().unwrap_or_default()[..10].to_owned()
}

#[test]
fn a_claim_is_filed_listed_and_decided() {
    let app = TestApp::new();
    let ana = app.member("ana@example.com");
    let on = today(&app);
    let kept = json!({"source": "till-1", "at": format!("{on}T00:00:01Z"), "order": "R-1",
        "currency": "EUR", "total": "12.40"});
    assert_eq!(app.post("/v1/kept-orders", &kept).with(201)["new"], true);
    assert_eq!(app.post("/v1/kept-orders", &kept).with(201)["new"], false);
    let other = json!({"source": "till-1", "at": format!("{on}T00:00:01Z"), "order": "R-1",
        "currency": "EUR", "total": "12.50"});
    app.post("/v1/kept-orders", &other).problem("key_reused");

    let path = format!("/v1/members/{ana}/claims");
    let claim = json!({"source": "till-1", "order": "R-1", "on": on, "currency": "EUR",
        "total": "12.40", "text": "Café total 12.40"});
    let filed = app.post(&path, &claim).with(201);
    assert_eq!(filed["state"], "open", "{filed:#}");
    assert_eq!(filed["matches"], "exact", "{filed:#}");
    assert_eq!(app.post(&path, &claim).with(201)["id"], filed["id"]);
    let bob = app.member("bob@example.com");
    let taken = app.post(&format!("/v1/members/{bob}/claims"), &claim);
    let taken = taken.problem("exists");
    assert!(!taken.to_string().contains(&ana), "{taken}");

    let wrong = app.post(&path, &json!({"order": "", "total": "x", "colour": 1}));
    let wrong = wrong.problem("invalid_input");
    assert!(
        wrong["errors"].as_array().is_some_and(|all| all.len() >= 4),
        "{wrong:#}"
    );
    let id = filed["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        app.get(&format!("/v1/claims/{id}")).with(200)["order"],
        "R-1"
    );
    let open = app.get("/v1/claims?state=open").with(200);
    assert_eq!(open["items"].as_array().map(Vec::len), Some(1));
    app.get("/v1/claims?state=lost")
        .problem("invalid_parameter");
    app.post(&format!("/v1/claims/{id}/approve"), &json!({}))
        .problem("invalid_input");
    let done = app.post(
        &format!("/v1/claims/{id}/approve"),
        &json!({"reason": "seen"}),
    );
    let done = done.with(200);
    assert_eq!(done["claim"]["state"], "approved");
    assert!(
        done["receipt"]["points"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    );
    app.post(&format!("/v1/claims/{id}/reject"), &json!({"reason": "no"}))
        .problem("invalid_input");
    app.get("/v1/claims/clm_none").problem("not_found");
}

#[test]
fn an_award_is_proposed_and_approved_by_two_keys() {
    let app = TestApp::new();
    app.member("ana@example.com");
    let send = |method: &str, path: &str, key: &str, body: &str| {
        let request = Request::new(method, path).key(key);
        let request = request.header("Content-Type", "text/csv");
        request.body(body.as_bytes().to_vec()).send(app.address)
    };
    let file = "member,points,reason,kind\nemail:ana@example.com,5,sorry,beans\nemail:eva@example.com,5,sorry,beans\n";
    let award = send("POST", "/v1/awards?note=oops", &app.admin, file).with(201);
    assert_eq!(award["totals"][0]["amount"], "5", "{award:#}");
    assert_eq!(award["rejected"], 1);
    let id = award["id"].as_str().unwrap_or_default().to_owned();
    let rejects = app.get(&format!("/v1/awards/{id}/rejects")).text();
    assert!(rejects.starts_with("line,reason\n3,"), "{rejects}");
    let second = app.key(&[regulars_app::Scope::Adjust, regulars_app::Scope::Read]);
    let path = format!("/v1/awards/{id}");
    let approved = send("POST", &format!("{path}/approve"), &second, "").with(200);
    assert_eq!(approved["state"], "approved", "{approved:#}");
    let listed = app.get("/v1/awards?state=approved").with(200);
    assert_eq!(listed["items"][0]["id"], award["id"]);
    let undone = send("POST", &format!("{path}/undo"), &second, "").with(200);
    assert_eq!(undone["state"], "undone");
    app.post(&format!("{path}/reject"), &json!({}))
        .problem("invalid_input");
    assert_eq!(app.get(&path).with(200)["state"], "undone");
}

#[test]
fn who_would_move_is_told_in_pages() {
    let app = TestApp::new();
    app.member("ana@example.com");
    let send = |path: &str, text: &str| {
        let request = Request::new("POST", path).key(&app.admin);
        let request = request.header("Content-Type", "application/toml");
        request.body(text.as_bytes().to_vec()).send(app.address)
    };
    let plan = send(
        "/v1/programs/plan?members=true&from=2099-01-01T00:00:00Z",
        PROGRAM,
    );
    let plan = plan.with(200);
    assert_eq!(plan["members"]["members"], 1, "{plan:#}");
    assert_eq!(plan["members"]["moved"], 0, "{plan:#}");
    let movers = send("/v1/programs/plan/members?limit=1", PROGRAM).with(200);
    assert_eq!(movers["items"].as_array().map(Vec::len), Some(0));
    send("/v1/programs/plan/members?after=x!", PROGRAM).problem("invalid_parameter");
    send("/v1/programs/plan?from=soon", PROGRAM).problem("invalid_parameter");
}
