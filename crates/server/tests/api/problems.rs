//! Every problem code is provoked: the table of codes and this file hold each other.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp, but, impatient, purchase};
use axum::response::IntoResponse;
use regulars_api::Code;
use regulars_app::Error;
use regulars_server::Failure;
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn raw(app: &TestApp, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
    Request::new("POST", path)
        .key(&app.admin)
        .header("Content-Type", kind)
        .body(body)
        .send(app.address)
}

/// What the request itself is told.
fn of_requests(app: &TestApp, ana: &str) -> Vec<(Code, Answer)> {
    let event = |body: &str| raw(app, "/v1/events", "application/json", body);
    let get = |path: &str| app.get(path);
    let reader = app.key(&[regulars_app::Scope::Read]);
    let redemptions = format!("/v1/members/{ana}/redemptions");
    let coffee = json!({"reward": "free-coffee"});
    let bob = app.member("bob@example.com");
    let taken = json!({"add_identities": [{"kind": "email", "value": "ana@example.com"}]});
    let taken = Request::new("PATCH", &format!("/v1/members/{bob}"))
        .key(&app.admin)
        .json(&taken);
    let used = purchase("first-ana@example.com", "ana@example.com", "1.00");
    vec![
        (Code::InvalidJson, event("{")),
        (
            Code::InvalidUtf8,
            raw(app, "/v1/events", "application/json", b"\xff".to_vec()),
        ),
        (Code::TooDeep, event(&"[".repeat(65))),
        (Code::InvalidParameter, get("/v1/members?limit=x")),
        (Code::IdempotencyKeyMissing, app.post(&redemptions, &coffee)),
        (
            Code::Unauthorized,
            Request::new("GET", "/v1/members").send(app.address),
        ),
        (
            Code::Forbidden,
            Request::new("GET", "/v1/keys")
                .key(&reader)
                .send(app.address),
        ),
        (Code::UnknownRoute, get("/v1/nothing")),
        (Code::UnknownMember, get("/v1/members/email:nobody")),
        (Code::UnknownVersion, get("/v1/programs/99")),
        (
            Code::UnknownKey,
            Request::new("DELETE", "/v1/keys/key_none")
                .key(&app.admin)
                .send(app.address),
        ),
        (Code::UnknownEvent, get("/v1/events/till-1/nothing")),
        (
            Code::MethodNotAllowed,
            Request::new("PUT", "/v1/events").send(app.address),
        ),
        (Code::KeyReused, app.post("/v1/events", &used)),
        (Code::IdentityTaken, taken.send(app.address)),
        (Code::TooLarge, event(&" ".repeat(4 * 1024 * 1024 + 1))),
        (
            Code::UnsupportedMediaType,
            raw(app, "/v1/events", "text/xml", "<event/>"),
        ),
        (Code::InvalidInput, event("{}")),
        (
            Code::InvalidProgram,
            raw(app, "/v1/programs", "application/toml", "x"),
        ),
        (Code::SecondPersonNeeded, {
            let file = "member,points,reason\nemail:ana@example.com,5,sorry\n";
            let award = raw(app, "/v1/awards", "text/csv", file).with(201);
            let id = award["id"].as_str().unwrap_or_default();
            app.post(&format!("/v1/awards/{id}/approve"), &json!({}))
        }),
        (Code::Exists, {
            let request = Request::new("POST", "/v1/tenants").key(crate::testapp::OPERATOR);
            request.json(&json!({"name": "test"})).send(app.address)
        }),
    ]
}

/// What the program refuses.
fn of_program(app: &TestApp, ana: &str) -> Vec<(Code, Answer)> {
    let event = |id: &str, kind: &str, more: &Value| {
        let head = json!({"type": kind, "source": "till-1", "id": id,
            "customer": {"kind": "email", "value": "ana@example.com"}});
        app.post("/v1/events", &but(head, more))
    };
    let redeem = |id: &str, reward: &str, quantity: i64| {
        let body = json!({"reward": reward, "quantity": quantity});
        app.post_once(&format!("/v1/members/{ana}/redemptions"), id, &body)
    };
    let order = purchase("R-7", "ana@example.com", "1.00");
    let first = "first-ana@example.com";
    let refund = |id: &str, more: &Value| {
        event(
            id,
            "refund",
            &but(json!({"order": first, "currency": "EUR"}), more),
        )
    };
    let end = |what: &str, id: &str| {
        app.post(
            &format!("/v1/members/{ana}/redemptions/{id}/{what}"),
            &json!({}),
        )
    };
    let adjust = json!({"points": "peas", "amount": "1", "reason": "x"});
    redeem("mug-1", "mug", 1).with(201);
    redeem("once-1", "once", 1).with(201);
    let merge_open = {
        app.member("old@example.com");
        app.post(
            &format!("/v1/members/{ana}/merge"),
            &json!({"into": "email:old@example.com"}),
        )
    };
    end("commit", "mug-1").with(201);
    let existing = json!({"redemption": "mug-1", "reward": "once"});
    vec![
        (
            Code::AlreadyEnrolled,
            event("again", "enrolment", &json!({})),
        ),
        (
            Code::OrderExists,
            app.post(
                "/v1/events",
                &but(order.clone(), &json!({"id": "R-8", "order": first})),
            ),
        ),
        (
            Code::CurrencyNotAccepted,
            app.post(
                "/v1/events",
                &but(order, &json!({"currency": "JPY", "total": "100"})),
            ),
        ),
        (
            Code::RefundTooLarge,
            refund("F-1", &json!({"amount": "9999.00"})),
        ),
        (
            Code::UnknownLine,
            refund("F-2", &json!({"lines": [{"line": "x"}]})),
        ),
        (
            Code::UnknownPoints,
            app.post(&format!("/v1/members/{ana}/adjustments"), &adjust),
        ),
        (
            Code::UnknownActivity,
            event("V-1", "activity", &json!({"name": "flying"})),
        ),
        (Code::UnknownReward, redeem("x-1", "nothing", 1)),
        (Code::RewardNotYetOffered, redeem("x-2", "soon", 1)),
        (Code::RewardEnded, redeem("x-3", "late", 1)),
        (Code::TierTooLow, redeem("x-4", "gold", 1)),
        (Code::VoucherNeeded, redeem("x-5", "voucher-only", 1)),
        (Code::LimitReached, redeem("x-6", "once", 1)),
        (Code::OutOfStock, redeem("x-7", "mug", 1)),
        (Code::InsufficientPoints, redeem("x-8", "free-coffee", 1000)),
        (
            Code::RedemptionExists,
            event("x-9", "reward_request", &existing),
        ),
        (Code::UnknownRedemption, end("commit", "nothing")),
        (Code::RedemptionUsed, {
            let path = format!("/v1/members/{ana}/redemptions/mug-1/commit");
            app.post_once(&path, "commit-2", &json!({}))
        }),
        (Code::OpenRedemptions, merge_open),
        (
            Code::SameMember,
            app.post(&format!("/v1/members/{ana}/merge"), &json!({"into": ana})),
        ),
    ]
}

/// What only another server is told.
fn of_other_servers() -> Vec<(Code, Answer)> {
    let bare = TestApp::with(TestDb::sqlite(), impatient());
    let slow = Request::new("POST", "/v1/events")
        .key(&bare.admin)
        .told_length(9);
    let no_program = bare.post("/v1/events", &purchase("R-1", "ana@example.com", "1.00"));
    let members_only = TestApp::on(TestDb::sqlite());
    let named = "timezone = \"Europe/Berlin\"\nunknown_customers = \"refuse\"";
    members_only.apply(&PROGRAM.replace("timezone = \"Europe/Berlin\"", named));
    let stranger = members_only.post("/v1/events", &purchase("R-1", "ana@example.com", "1.00"));
    let closed = TestApp::new();
    closed.app.close();
    let unavailable = closed.post("/v1/events", &purchase("R-1", "ana@example.com", "1.00"));
    vec![
        (Code::BodyTooSlow, slow.send(bare.address)),
        (Code::NoProgram, no_program),
        (Code::NotEnrolled, stranger),
        (Code::Unavailable, unavailable),
    ]
}

#[test]
fn every_code_is_provoked() {
    let app = TestApp::new();
    let ana = app.member_with("ana@example.com", "50.00");
    let mut answers = of_requests(&app, &ana);
    answers.extend(of_program(&app, &ana));
    answers.extend(of_other_servers());
    let mut provoked = BTreeSet::new();
    for (code, answer) in answers {
        let problem = answer.problem(code.code());
        assert_eq!(answer.status, code.status(), "{}", code.code());
        assert_eq!(problem["type"], format!("/docs/errors#{}", code.code()));
        assert_eq!(
            problem["request_id"].as_str(),
            answer.header("x-request-id")
        );
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
        provoked.insert(code);
    }
    // What no request can bring about at will is made of the application's own errors.
    let made = [
        (Code::Busy, Error::Busy),
        (Code::Internal, Error::Corrupt("a test says so".into())),
        (
            Code::NotFound,
            Error::NotFound {
                what: "thing",
                name: "x".into(),
            },
        ),
    ];
    for (code, error) in made {
        let failure = Failure::from(error);
        assert_eq!(failure.problem.code, code.code());
        assert_eq!(
            failure
                .into_response()
                .extensions()
                .get::<Failure>()
                .map(|it| it.problem.status),
            Some(code.status())
        );
        provoked.insert(code);
    }
    let all: BTreeSet<Code> = Code::ALL.iter().copied().collect();
    assert_eq!(provoked, all, "each code of the table needs a line here");
}
