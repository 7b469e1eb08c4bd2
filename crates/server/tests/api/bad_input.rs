//! Input that is wrong, or meant to do harm: each gets a clear answer, and nothing is half-written.

use crate::client::Request;
use crate::testapp::{TestApp, but, impatient, purchase};
use regulars_testkit::TestDb;
use serde_json::json;

fn event(app: &TestApp, body: impl Into<Vec<u8>>) -> crate::client::Answer {
    Request::new("POST", "/v1/events")
        .key(&app.admin)
        .header("Content-Type", "application/json")
        .body(body)
        .send(app.address)
}

#[test]
fn wrong_events_are_told_field_by_field_and_leave_nothing_behind() {
    let app = TestApp::new();
    let right = purchase("R-1", "ana@example.com", "12.40");
    let cases = [
        (
            json!({"total": "10000000000.01"}),
            "/total",
            "beyond the range",
        ),
        (
            json!({"total": "99999999999999999999"}),
            "/total",
            "beyond the range",
        ),
        (json!({"total": "-1.00"}), "/total", "0 or more"),
        (
            json!({"currency": "BEANS"}),
            "/currency",
            "no currency of ISO 4217",
        ),
        (
            json!({"lines": [{"amount": "12.40", "quantity": "-1"}]}),
            "/lines/0/quantity",
            "0 or more",
        ),
        (
            json!({"at": "2025-03-02T09:00:01Z"}),
            "/at",
            "more than a day ahead",
        ),
        (json!({"at": "99999-03-02T09:00:01Z"}), "/at", "is no time"),
        (json!({"at": 1740819600}), "/at", "a text is expected"),
        (json!({"customer": null}), "", "names nobody"),
        (
            json!({"member": "mem_1", "customer": null}),
            "/member",
            "is no id",
        ),
        (
            json!({"totall": "1.00"}),
            "/totall",
            "did you mean `total`?",
        ),
    ];
    for (other, place, what) in cases {
        let told = app.post("/v1/events", &but(right.clone(), &other));
        assert_eq!(told.status, 422);
        let told = told.problem("invalid_input");
        let found = told["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|error| {
                error["at"] == place && error["what"].as_str().is_some_and(|it| it.contains(what))
            });
        assert!(found, "{place} {what}: {told:#}");
    }
    app.get("/v1/members/email:ana@example.com")
        .problem("unknown_member");
    assert_eq!(app.get("/v1/members").with(200)["items"], json!([]));
}

#[test]
fn a_refund_is_never_larger_than_its_purchase() {
    let app = TestApp::new();
    app.member_with("ana@example.com", "20.00");
    let refund = |id: &str, amount: &str| {
        json!({"type": "refund", "source": "till-1", "id": id, "order": "first-ana@example.com",
            "currency": "EUR", "amount": amount})
    };
    let told = app
        .post("/v1/events", &refund("F-1", "20.01"))
        .problem("refund_too_large");
    assert_eq!(
        (&told["left"], &told["asked"]),
        (&json!("20.00"), &json!("20.01"))
    );
    app.post("/v1/events", &refund("F-2", "15.00")).with(201);
    app.post("/v1/events", &refund("F-3", "5.01"))
        .problem("refund_too_large");
    let bare = json!({"type": "refund", "source": "till-1", "id": "F-4", "currency": "EUR",
        "order": "first-ana@example.com", "amount": "0"});
    app.post("/v1/events", &bare).problem("invalid_input");
    assert_eq!(app.beans("email:ana@example.com"), "5");
}

#[test]
fn a_customer_who_is_no_member_is_enrolled_or_held_or_refused_by_policy() {
    for (policy, status) in [("enrol", 201), ("hold", 201), ("refuse", 409)] {
        let app = TestApp::on(TestDb::sqlite());
        let named = format!("timezone = \"Europe/Berlin\"\nunknown_customers = \"{policy}\"");
        app.apply(&crate::testapp::PROGRAM.replace("timezone = \"Europe/Berlin\"", &named));
        let answer = app.post("/v1/events", &purchase("R-1", "ana@example.com", "12.40"));
        assert_eq!(answer.status, status, "{policy}: {}", answer.text());
        match policy {
            "enrol" => assert_eq!(app.beans("email:ana@example.com"), "12"),
            "hold" => {
                assert_eq!(app.beans("email:ana@example.com"), "0");
                let enrolment = json!({"type": "enrolment", "source": "till-1", "id": "E-1",
                    "customer": {"kind": "email", "value": "ana@example.com"}});
                app.post("/v1/events", &enrolment).with(201);
                assert_eq!(app.beans("email:ana@example.com"), "12");
            }
            _ => {
                answer.problem("not_enrolled");
            }
        }
    }
}

#[test]
fn bytes_that_are_no_text_and_text_that_is_no_json_are_told() {
    let app = TestApp::new();
    event(&app, b"{\"type\": \"\xff\"}".to_vec()).problem("invalid_utf8");
    event(&app, "{\"type\": \"purchase\"").problem("invalid_json");
    event(&app, "").problem("invalid_json");
    event(&app, "{} {}").problem("invalid_json");
    event(&app, "{\"type\": \"\\ud800\"}").problem("invalid_input");
    event(&app, "null").problem("invalid_input");
    let form = Request::new("POST", "/v1/events")
        .key(&app.admin)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("type=purchase");
    form.send(app.address).problem("unsupported_media_type");
}

#[test]
fn nested_json_is_cut_off_before_anything_is_built() {
    let app = TestApp::new();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let bomb = format!("{}1{}", open.repeat(500_000), close.repeat(500_000));
        event(&app, bomb).problem("too_deep");
    }
    let open_only = "[".repeat(4_000_000);
    event(&app, open_only).problem("too_deep");
    // Brackets within a text are none.
    let text = but(
        purchase("R-1", "ana@example.com", "1.00"),
        &json!({"store": "[".repeat(100)}),
    );
    app.post("/v1/events", &text).with(201);
}

#[test]
fn an_order_of_a_million_lines_is_refused_without_being_built() {
    let app = TestApp::new();
    let head = purchase("R-1", "ana@example.com", "1.00").to_string();
    let head = head.trim_end_matches('}');
    let order = |line: &str, count: usize| {
        let lines = format!("{line},").repeat(count);
        format!("{head},\"lines\":[{}]}}", lines.trim_end_matches(','))
    };
    // As sources write them, they are beyond the length of a body.
    let long = r#"{"sku":"4006381333931","category":"coffee","quantity":"1","amount":"0.01"}"#;
    event(&app, order(long, 1_000_000)).problem("too_large");
    // In a batch short ones are not: they are counted.
    let batch = format!("[{}]", order(r#"{"amount":1}"#, 1_000_000));
    let out = Request::new("POST", "/v1/events/batch")
        .key(&app.admin)
        .body(batch)
        .send(app.address)
        .with(200);
    let told = &out["results"][0]["problem"]["errors"][0];
    assert_eq!(told["what"], "holds 1000000 items; at most 10000 are taken");
    // The most that an order may have is taken.
    let most = but(
        purchase("R-2", "ana@example.com", "100.00"),
        &json!({"lines": vec![json!({"amount": "0.01"}); 10_000]}),
    );
    app.post("/v1/events", &most).with(201);
    assert_eq!(app.beans("email:ana@example.com"), "100");
}

#[test]
fn a_batch_is_as_long_as_it_may_be() {
    let app = TestApp::new();
    let events = |count: usize| vec![json!({}); count];
    app.post("/v1/events/batch", &json!(events(1001)))
        .problem("invalid_input");
    app.post("/v1/events/batch", &json!({}))
        .problem("invalid_input");
    let out = app.post("/v1/events/batch", &json!(events(1000))).with(200);
    assert_eq!(out["failed"], 1000);
}

#[test]
fn a_body_that_never_comes_is_not_waited_for() {
    let app = TestApp::with(TestDb::sqlite(), impatient());
    let half = Request::new("POST", "/v1/events")
        .key(&app.admin)
        .body("{\"type\"")
        .told_length(1000);
    half.send(app.address).problem("body_too_slow");
}

#[test]
fn fields_of_activities_are_held_to_what_the_program_declares() {
    let app = TestApp::with(TestDb::sqlite(), impatient());
    app.apply(
        r#"
program = { name = "Test", currency = "EUR" }
points.beans = {}

[activity.review.fields]
stars = { type = "int", least = 1, most = 5, needed = true }
words = { type = "writing", least = 10 }
mood  = { type = "text", one_of = ["good", "bad"] }
spent = { type = "money", most = 100 }
when  = { type = "day", least = "2025-01-01" }
"#,
    );
    let send = |id: &str, fields: &serde_json::Value| {
        app.post(
            "/v1/events",
            &json!({"type": "activity", "source": "web", "id": id, "name": "review",
                "customer": {"kind": "email", "value": "ana@example.com"}, "fields": fields}),
        )
    };
    let cases = [
        (json!({}), "/fields/stars", "is missing"),
        (json!({"stars": 6}), "/fields/stars", "must be 5 at most"),
        (json!({"stars": "5"}), "/fields/stars", "a whole number"),
        (json!({"stars": 4.5}), "/fields/stars", "a whole number"),
        (
            json!({"stars": [4]}),
            "/fields/stars",
            "neither true or false",
        ),
        (
            json!({"stars": 5, "starts": 1}),
            "/fields/starts",
            "is no field",
        ),
        (
            json!({"stars": 5, "words": "short"}),
            "/fields/words",
            "10 characters at least",
        ),
        (
            json!({"stars": 5, "mood": "ugly"}),
            "/fields/mood",
            "one of good, bad",
        ),
        (
            json!({"stars": 5, "spent": 100.01}),
            "/fields/spent",
            "100 at most",
        ),
        (
            json!({"stars": 5, "when": "yesterday"}),
            "/fields/when",
            "must be a day",
        ),
        (
            json!({"stars": 5, "when": "2024-12-31"}),
            "/fields/when",
            "2025-01-01 at least",
        ),
    ];
    for (place, (fields, at, what)) in cases.iter().enumerate() {
        let problem = send(&format!("W-{place}"), fields).problem("invalid_input");
        let fault = &problem["errors"][0];
        assert_eq!(fault["at"], *at, "{fields}");
        let told = fault["what"].as_str().expect("is a text");
        assert!(told.contains(what), "{fields}: {told}");
    }
    let long = "so good ".repeat(200);
    let right =
        json!({"stars": 5, "words": long, "mood": "good", "spent": 12.50, "when": "2025-03-01"});
    send("R-1", &right).with(201);
    let told = app.get("/v1/events/web/R-1").with(200);
    assert!(
        !told.to_string().contains("so good"),
        "only its length is kept"
    );
}
