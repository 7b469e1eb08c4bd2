//! Events: one, and many.

use crate::testapp::{TestApp, but, purchase};
use regulars_testkit::TestDb;
use serde_json::json;

regulars_testkit::on_both! {
    an_event_counts_once_however_often_it_is_sent,
    neighbours_in_a_batch_are_unharmed,
}

fn an_event_counts_once_however_often_it_is_sent(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let event = purchase("R-1", "ana@example.com", "12.40");
    let first = app.post("/v1/events", &event);
    let receipt = first.with(201);
    assert_eq!(receipt["verdict"], "accepted");
    assert_eq!(
        receipt["points"][0],
        json!({"points": "beans", "amount": "12"})
    );
    assert_eq!(
        receipt["points"][1],
        json!({"points": "stars", "amount": "1.2"})
    );
    let reasons = receipt["reasons"].to_string();
    assert!(reasons.contains("12 beans"), "{reasons}");
    let again = app.post("/v1/events", &event);
    assert_eq!(again.with(200), receipt);
    assert_eq!(again.header("idempotency-hit"), Some("true"));
    assert_eq!(first.header("idempotency-hit"), None);
    let other = but(event, &json!({"total": "99.00"}));
    app.post("/v1/events", &other).problem("key_reused");
    assert_eq!(app.beans("email:ana@example.com"), "12");
}

fn neighbours_in_a_batch_are_unharmed(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let batch = json!([
        purchase("R-1", "ana@example.com", "10.00"),
        purchase("R-2", "ana@example.com", "99999999999.00"),
        purchase("R-3", "ana@example.com", "20.00"),
        {"type": "purchase", "lines": 7},
        "nothing like an event",
        purchase("R-1", "ana@example.com", "10.00"),
        {"type": "refund", "source": "till-1", "id": "F-1", "order": "R-1", "currency": "EUR",
         "amount": "10.01"},
        purchase("R-4", "bob@example.com", "5.00"),
    ]);
    let out = app.post("/v1/events/batch", &batch).with(200);
    let results = out["results"].as_array().expect("is a list");
    let status = |place: usize| results[place]["status"].as_u64().expect("has a status");
    let told: Vec<u64> = (0..8).map(status).collect();
    assert_eq!(told, [201, 422, 201, 422, 422, 200, 409, 201], "{out:#}");
    assert_eq!(results[6]["problem"]["code"], "refund_too_large");
    assert_eq!(results[1]["problem"]["errors"][0]["at"], "/total");
    let counts = (&out["accepted"], &out["duplicates"], &out["failed"]);
    assert_eq!(counts, (&json!(3), &json!(1), &json!(4)));
    assert_eq!(app.beans("email:ana@example.com"), "30");
    assert_eq!(app.beans("email:bob@example.com"), "5");
}

#[test]
fn an_event_without_a_moment_happened_when_it_arrived_and_may_be_sent_again_later() {
    let app = TestApp::new();
    let event = but(
        purchase("R-1", "ana@example.com", "12.40"),
        &json!({"at": null}),
    );
    let receipt = app.post("/v1/events", &event).with(201);
    assert_eq!(receipt["at"], crate::testapp::NOW);
    app.set_clock(crate::testapp::at("2025-03-05T00:00:00Z"));
    assert_eq!(app.post("/v1/events", &event).with(200), receipt);
}

#[test]
fn every_kind_of_event_is_taken() {
    let app = TestApp::new();
    let customer = json!({"kind": "email", "value": "ana@example.com"});
    let head = |kind: &str, id: &str| json!({"type": kind, "source": "till-1", "id": id, "customer": customer});
    let events = [
        head("enrolment", "1"),
        purchase("R-1", "ana@example.com", "50.00"),
        but(
            head("refund", "3"),
            &json!({"order": "R-1", "currency": "EUR", "amount": "5.00", "customer": null}),
        ),
        but(
            head("activity", "4"),
            &json!({"name": "visit", "store": "1"}),
        ),
        but(
            head("reward_request", "5"),
            &json!({"reward": "free-coffee"}),
        ),
        but(head("reward_commit", "6"), &json!({"redemption": "5"})),
        but(head("reward_cancel", "7"), &json!({"redemption": "5"})),
        but(
            head("adjustment", "8"),
            &json!({"points": "stars", "amount": "1.5", "reason": "sorry"}),
        ),
        but(
            head("tier_grant", "9"),
            &json!({"tier": "regular", "reason": "sorry"}),
        ),
        but(head("tier_revoke", "10"), &json!({"reason": "by mistake"})),
        but(
            head("tier_match", "11"),
            &json!({"program": "other-cafe", "tier": "gold", "proof": "card 4711"}),
        ),
    ];
    for event in &events {
        app.post("/v1/events", event).with(201);
    }
    // 50 - 5 for the refund; the coffee's 10 went and came back.
    assert_eq!(app.beans("email:ana@example.com"), "45");
    let seen = app.get("/v1/events/till-1/8").with(200);
    assert_eq!(seen["type"], "adjustment");
    assert_eq!(
        seen["points"][0],
        json!({"points": "stars", "amount": "1.5"})
    );
}

#[test]
fn a_preview_writes_nothing() {
    let app = TestApp::new();
    let basket = json!({
        "type": "purchase", "customer": {"kind": "email", "value": "ana@example.com"},
        "order": "basket", "currency": "EUR", "total": "12.40",
    });
    let preview = app.post("/v1/preview", &basket).with(200);
    assert_eq!(
        preview["points"][0],
        json!({"points": "beans", "amount": "12"})
    );
    assert_eq!(
        preview["available"][0],
        json!({"points": "beans", "amount": "12"})
    );
    assert_eq!(preview["member"], json!(null));
    app.get("/v1/members/email:ana@example.com")
        .problem("unknown_member");
    let dear = json!({
        "type": "reward_request", "reward": "free-coffee",
        "customer": {"kind": "email", "value": "ana@example.com"},
    });
    app.member("ana@example.com");
    let preview = app.post("/v1/preview", &dear).with(200);
    assert_eq!(preview["code"], "insufficient_points", "{preview:#}");
}
