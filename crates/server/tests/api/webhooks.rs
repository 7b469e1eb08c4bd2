//! Endpoints over the API, and what they are sent.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::client::Request;
use crate::testapp::{PROGRAM, TestApp, purchase};
use regulars_api::webhook::WebhookOut;
use regulars_app::Scope;
use regulars_app::connect::{Secret, signature};
use regulars_testkit::{HookStandIn, Reply, TestDb};
use serde_json::{Value, json};

regulars_testkit::on_both! {
    an_endpoint_is_made_told_paused_and_removed,
    what_is_sent_is_what_the_api_answers,
    what_is_wrong_is_told_with_its_place,
}

fn begin(db: TestDb) -> (TestApp, HookStandIn) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    (app, HookStandIn::start())
}

fn send(app: &TestApp, method: &str, path: &str, body: &Value) -> crate::client::Answer {
    let request = Request::new(method, path).key(&app.admin);
    request.json(body).send(app.address)
}

fn made(app: &TestApp, body: &Value) -> (String, Secret) {
    let out = app.post("/v1/webhooks", body).with(201);
    let secret = Secret::read(out["secret"].as_str().unwrap()).unwrap();
    (
        format!("/v1/webhooks/{}", out["id"].as_str().unwrap()),
        secret,
    )
}

fn an_endpoint_is_made_told_paused_and_removed(db: TestDb) {
    let (app, receiver) = begin(db);
    let (path, _) = made(&app, &json!({"url": receiver.url(), "note": "the CRM"}));
    let own = app.get(&path).with(200);
    assert_eq!(
        (&own["note"], &own["secret"]),
        (&json!("the CRM"), &Value::Null)
    );
    let tested = app.post(&format!("{path}/test"), &json!({})).with(200);
    assert_eq!(tested["taken"], true);
    receiver.always(Reply::Status(500));
    app.post("/v1/events", &purchase("r-1", "ana@example.com", "12.00"))
        .with(201);
    app.app.tell_webhooks().unwrap();
    let troubles = app.get(&format!("{path}/troubles")).with(200);
    assert_eq!(troubles["failing"][0]["id"], "r-1");
    assert_eq!(troubles["failing"][0]["failure"], "status 500");
    let paused = send(&app, "PATCH", &path, &json!({"paused": true})).with(200);
    assert_eq!(
        (&paused["paused"], &paused["waiting"]),
        (&json!("hand"), &json!(1))
    );
    receiver.always(Reply::Status(204));
    assert_eq!(app.app.tell_webhooks().unwrap(), 0);
    let goes = send(&app, "PATCH", &path, &json!({"paused": false})).with(200);
    assert_eq!(goes["paused"], Value::Null);
    assert_eq!(app.app.tell_webhooks().unwrap(), 1);
    let replay = format!("{path}/replays");
    let one = json!({"which": "event", "source": troubles["failing"][0]["source"], "id": "r-1"});
    let again = app.post(&replay, &one);
    assert_eq!(again.status, 202, "{}", again.text());
    assert_eq!(app.app.tell_webhooks().unwrap(), 1);
    let rotated = app
        .post(&format!("{path}/secret"), &json!({"overlap_hours": 24}))
        .with(200);
    assert!(rotated["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_ne!(rotated["old_secret_until"], Value::Null);
    assert_eq!(send(&app, "DELETE", &path, &json!({})).status, 204);
    assert_eq!(app.get("/v1/webhooks").with(200)["items"], json!([]));
    // Who did it stands in the trail; no secret does.
    let acts = app.get("/v1/audit").text();
    assert!(
        acts.contains("create_endpoint") && acts.contains("replay_events"),
        "{acts}"
    );
    assert!(!acts.contains("whsec_"));
}

fn what_is_sent_is_what_the_api_answers(db: TestDb) {
    let (app, receiver) = begin(db);
    let (_, secret) = made(
        &app,
        &json!({"url": receiver.url(), "topics": ["points.added"]}),
    );
    app.post("/v1/events", &purchase("r-1", "ana@example.com", "12.00"))
        .with(201);
    app.app.tell_webhooks().unwrap();
    let hooks = receiver.hooks();
    let hook = hooks
        .iter()
        .find(|hook| hook.body.contains("r-1"))
        .expect("is told");
    let by = (hook.id.as_str(), hook.seconds);
    assert!(signature::is_by(
        &secret,
        &hook.signature,
        by,
        hook.body.as_bytes(),
        hook.seconds
    ));
    let sent: WebhookOut = serde_json::from_str(&hook.body).unwrap();
    assert_eq!(sent.kind, "event.purchase");
    assert!(sent.data.topics.contains(&"purchase.recorded".to_owned()));
    let answered = app
        .get(&format!("/v1/events/{}/r-1", sent.data.entry.source))
        .with(200);
    assert_eq!(serde_json::to_value(&sent.data.entry).unwrap(), answered);
    // What it looks like stands in the document.
    let document: Value = serde_json::from_str(&regulars_server::document()).unwrap();
    let body = &document["webhooks"]["event"]["post"]["requestBody"]["content"];
    let named = body["application/json"]["schema"]["$ref"].as_str().unwrap();
    let name = named.rsplit('/').next().unwrap();
    let fields = &document["components"]["schemas"][name]["properties"];
    assert!(
        fields["type"].is_object() && fields["data"].is_object(),
        "{fields}"
    );
}

fn what_is_wrong_is_told_with_its_place(db: TestDb) {
    let (app, receiver) = begin(db);
    let (path, _) = made(&app, &json!({"url": receiver.url()}));
    for (body, place) in [
        (json!({"url": "ftp://shop.example/"}), "/url"),
        (
            json!({"url": receiver.url(), "topics": ["points.add"]}),
            "/topics/0",
        ),
        (
            json!({"url": receiver.url(), "note": "x".repeat(300)}),
            "/note",
        ),
        (json!({"url": receiver.url(), "secret": "mine"}), "/secret"),
    ] {
        let answer = app.post("/v1/webhooks", &body);
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
        assert!(answer.text().contains(place), "{body}: {}", answer.text());
    }
    for (body, status) in [
        (json!({"which": "all"}), 422),
        (
            json!({"which": "span", "from": "2025-01-01T00:00:00Z"}),
            422,
        ),
        (
            json!({"which": "event", "source": "till", "id": "none"}),
            404,
        ),
    ] {
        assert_eq!(
            app.post(&format!("{path}/replays"), &body).status,
            status,
            "{body}"
        );
    }
    assert_eq!(app.get("/v1/webhooks/whk_none").status, 404);
    let reader = app.key(&[Scope::Read]);
    let asked = Request::new("GET", &path).key(&reader).send(app.address);
    assert_eq!(asked.status, 403);
}
