//! Journeys: written, looked at over history, started, followed, stopped; faults at their lines.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp, at};
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::time::Duration;

regulars_testkit::on_both! {
    a_journey_of_the_library_is_taken_started_followed_and_stopped,
    a_wrong_journey_is_told_at_its_lines_and_a_task_is_done,
}

fn shop(db: TestDb) -> TestApp {
    let app = TestApp::on(db);
    app.apply(&format!(
        "{PROGRAM}\n[activity.letters]\nconsent = \"keep\"\n"
    ));
    let settings = json!({
        "address": "https://club.example", "cap_most": 3, "cap_days": 7, "quiet_from": "21:00",
        "quiet_until": "08:00", "when_uncertain": "leave", "channels": {"email": {"consent": "letters"}},
    });
    ask(&app, "PUT", "/v1/message-settings", &settings).with(200);
    app
}

fn ask(app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::new(method, path).key(&app.admin);
    request.json(body).send(app.address)
}

/// Follows the log, as the server does by itself where it is run.
fn follow(app: &TestApp) {
    let wait = Duration::from_secs(60);
    assert!(app.app.follow_segments(app.tenant, wait).expect("follows"));
}

fn a_journey_of_the_library_is_taken_started_followed_and_stopped(db: TestDb) {
    let app = shop(db);
    let old = app.member_with("old@example.com", "12.00");
    let all = app.get("/v1/journeys").with(200);
    assert_eq!(all["items"], json!([]));
    let library = all["library"].as_array().expect("is a list");
    let welcome = library
        .iter()
        .find(|own| own["name"] == "welcome")
        .expect("is there");
    let text = welcome["text"]
        .as_str()
        .expect("is text")
        .replace("10 %", "0 %");
    let put = |version: Value, text: &str| {
        ask(
            &app,
            "PUT",
            "/v1/journeys/welcome",
            &json!({"version": version, "text": text}),
        )
    };
    // Its templates are not there yet.
    let wrong = put(Value::Null, &text).with(422);
    assert_eq!(wrong["code"], "invalid_journey");
    assert_eq!(
        wrong["findings"].as_array().map(Vec::len),
        Some(2),
        "{wrong:#}"
    );
    let taken = app
        .post("/v1/journeys/library/welcome", &json!({}))
        .with(200);
    assert_eq!(
        taken["templates"],
        json!(["welcome-hello", "welcome-nudge"])
    );
    let again = app
        .post("/v1/journeys/library/welcome", &json!({}))
        .with(200);
    assert_eq!(again["templates"], json!([]));
    app.post("/v1/journeys/library/none", &json!({})).with(404);

    let made = put(Value::Null, &text).with(200);
    assert_eq!(
        (&made["state"], &made["version"]),
        (&json!("draft"), &json!(1))
    );
    assert_eq!(put(Value::Null, &text).with(409)["code"], "exists");
    put(json!(7), &text).with(422);
    let preview = json!({"id": "welcome", "text": text, "since": "2025-03-01"});
    let shown = app.post("/v1/journeys/preview", &preview).with(200);
    assert_eq!(
        (&shown["entered"], &shown["members"]),
        (&json!(1), &json!(1)),
        "{shown:#}"
    );
    assert_eq!(shown["days"][0]["day"], "2025-03-01");
    let late = json!({"text": text, "since": "2031-01-01"});
    app.post("/v1/journeys/preview", &late).with(422);

    let state = |version: i64, state: &str| {
        app.post(
            "/v1/journeys/welcome/state",
            &json!({"version": version, "state": state}),
        )
    };
    state(1, "paused").with(422);
    state(1, "flying").with(422);
    // Whoever joined before it begins is not set off.
    app.set_clock(at("2025-03-01T10:00:00Z"));
    assert_eq!(state(1, "running").with(200)["state"], "running");
    state(1, "running").with(422);
    let ana = app.member("ana@example.com");
    follow(&app);
    let own = app.get("/v1/journeys/welcome").with(200);
    assert_eq!(
        (&own["here"], &own["entered"]),
        (&json!(1), &json!(1)),
        "{own:#}"
    );
    let hello = &own["steps"][0];
    assert_eq!(
        hello["counts"],
        json!([
            {"did": "entered", "count": 1}, {"did": "message", "reason": "no_consent", "count": 1},
        ])
    );
    let members = app
        .get("/v1/journeys/welcome/members?step=three-days&done=false")
        .with(200);
    assert_eq!(members["items"][0]["member"], ana.as_str());
    let of = app
        .get(&format!("/v1/journeys/welcome/members/{ana}"))
        .with(200);
    assert_eq!(of["member"]["due_at"], "2025-03-04T10:00:00Z");
    assert_eq!(of["deeds"].as_array().map(Vec::len), Some(2));
    app.get(&format!("/v1/journeys/welcome/members/{old}"))
        .with(404);
    let sends = app.get("/v1/sends").with(200);
    assert_eq!(sends["items"][0]["journey"], "welcome");

    ask(&app, "DELETE", "/v1/journeys/welcome", &json!({})).with(422);
    assert_eq!(state(2, "stopped").with(200)["here"], 0);
    ask(&app, "DELETE", "/v1/journeys/welcome", &json!({})).with(200);
    app.get("/v1/journeys/welcome").with(404);
}

fn a_wrong_journey_is_told_at_its_lines_and_a_task_is_done(db: TestDb) {
    let app = shop(db);
    let text = "name = \"Calls\"\n[start]\non = \"enrolment\"\n[[step]]\nid = \"call\"\ntask = \"Call\"\nowner = \"Eva\"\n";
    let wrong = text.replace("owner", "onwer");
    let told = ask(&app, "PUT", "/v1/journeys/calls", &json!({"text": wrong})).with(422);
    let lines = told["findings"].as_array().expect("is a list").iter();
    let lines: Vec<_> = lines.map(|own| own["line"].as_i64()).collect();
    assert_eq!(lines, [Some(4), Some(7)], "{told:#}");
    ask(&app, "PUT", "/v1/journeys/preview", &json!({"text": text})).with(405);
    ask(&app, "PUT", "/v1/journeys/calls", &json!({"text": text})).with(200);
    let running = json!({"version": 1, "state": "running"});
    app.post("/v1/journeys/calls/state", &running).with(200);
    let ana = app.member("ana@example.com");
    follow(&app);
    let done = |step: &str| {
        app.post(
            "/v1/journeys/calls/tasks",
            &json!({"member": ana, "step": step}),
        )
    };
    done("none").with(422);
    assert_eq!(done("call").with(200)["ended"], "done");
    done("call").with(422);
}
