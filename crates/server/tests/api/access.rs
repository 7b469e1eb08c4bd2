//! Keys and what they may do; merchants and what they may not see of each other.

use crate::client::Request;
use crate::testapp::{OPERATOR, TestApp, purchase};
use regulars_app::Scope;
use regulars_testkit::TestDb;
use serde_json::{Value, json};

/// Where somebody comes who is not signed in.
pub(crate) const SIGN_IN: [&str; 7] = [
    "/v1/front-door",
    "/v1/sessions/person",
    "/v1/sessions/invitation",
    "/v1/sessions/passkey",
    "/v1/sessions/passkey/challenge",
    "/v1/sign-on/tenant",
    "/v1/sign-on/callback",
];

#[test]
fn every_path_of_the_document_asks_for_a_key() {
    let app = TestApp::new();
    let document: Value =
        serde_json::from_str(&regulars_server::document()).expect("the document is JSON");
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().expect("has paths") {
        for method in methods.as_object().expect("has methods").keys() {
            let path = path.replace("{version}", "1").replace(['{', '}'], "");
            let method = method.to_uppercase();
            let bare = Request::new(&method, &path).send(app.address);
            let wrong = Request::new(&method, &path)
                .key("reg_wrong")
                .send(app.address);
            if ["/healthz", "/readyz"].contains(&path.as_str()) {
                assert_eq!((bare.status, wrong.status), (200, 200));
            } else if path == "/v1/payments/webhook" {
                // What comes in is signed instead.
                bare.problem("bad_webhook");
                wrong.problem("bad_webhook");
            } else if path.starts_with("/hooks/") {
                // What comes in is signed instead; there is no such connector.
                bare.problem("not_found");
                wrong.problem("not_found");
            } else if SIGN_IN.contains(&path.as_str()) {
                // Whoever comes here has nothing yet; what they show stands in the body or the address.
                assert_ne!(bare.status, 401, "{path}");
                assert_eq!(bare.header("set-cookie"), None, "{path}");
            } else if path.starts_with("/v1/portal/") {
                // What everybody may see of a shop; there is none of this name.
                assert!([400, 404].contains(&bare.status), "{path}: {}", bare.status);
            } else if path == "/v1/tenants" {
                bare.problem("unauthorized");
                wrong.problem("forbidden");
            } else {
                bare.problem("unauthorized");
                wrong.problem("unauthorized");
                assert_eq!(wrong.header("www-authenticate"), Some("Bearer"));
                asked += 1;
            }
        }
    }
    assert!(asked > 25, "only {asked} paths");
}

#[test]
fn a_key_does_what_its_scopes_say_and_nothing_else() {
    let app = TestApp::new();
    let id = app.member_with("ana@example.com", "50.00");
    let event = |id: &str| purchase(id, "ana@example.com", "1.00");
    let of_kind = |kind: &str, more: &Value| {
        let head = json!({"type": kind, "source": "till-1", "id": kind,
            "customer": {"kind": "email", "value": "ana@example.com"}});
        crate::testapp::but(head, more)
    };
    let requests = [
        (
            Scope::Read,
            "GET",
            format!("/v1/members/{id}/balance"),
            json!({}),
        ),
        (
            Scope::Read,
            "GET",
            format!("/v1/members/{id}/ledger"),
            json!({}),
        ),
        (Scope::Ingest, "POST", "/v1/events".into(), event("R-1")),
        (
            Scope::Ingest,
            "POST",
            "/v1/members".into(),
            json!({"identities": [{"kind": "card", "value": "1"}]}),
        ),
        (
            Scope::Redeem,
            "POST",
            "/v1/events".into(),
            of_kind("reward_request", &json!({"reward": "free-coffee"})),
        ),
        (
            Scope::Redeem,
            "POST",
            format!("/v1/members/{id}/redemptions"),
            json!({"reward": "free-coffee"}),
        ),
        (
            Scope::Adjust,
            "POST",
            "/v1/events".into(),
            of_kind(
                "adjustment",
                &json!({"points": "beans", "amount": "1", "reason": "x"}),
            ),
        ),
        (
            Scope::Adjust,
            "POST",
            format!("/v1/members/{id}/adjustments"),
            json!({"points": "beans", "amount": "1", "reason": "x"}),
        ),
        (
            Scope::Adjust,
            "POST",
            format!("/v1/members/{id}/tier-grants"),
            json!({"tier": "regular", "reason": "x"}),
        ),
        (
            Scope::Adjust,
            "POST",
            "/v1/events".into(),
            of_kind("tier_revoke", &json!({"reason": "x"})),
        ),
        (Scope::Program, "POST", "/v1/programs".into(), json!({})),
        (Scope::Admin, "GET", "/v1/keys".into(), json!({})),
    ];
    // A cashier's key may send some events of tills: `people.rs` tests which.
    let scopes = Scope::ALL.into_iter().filter(|scope| *scope != Scope::Till);
    let keys: Vec<(Scope, String)> = scopes.map(|scope| (scope, app.key(&[scope]))).collect();
    for (needed, method, path, body) in &requests {
        for (scope, key) in &keys {
            let answer = Request::new(method, path)
                .key(key)
                .header("Idempotency-Key", &format!("{}-1", scope.name()))
                .json(body)
                .send(app.address);
            if scope == needed || *scope == Scope::Admin {
                assert!(
                    ![401, 403].contains(&answer.status),
                    "{scope:?} {path} {}",
                    answer.text()
                );
            } else {
                answer.problem("forbidden");
            }
        }
    }
}

#[test]
fn a_key_is_made_used_and_revoked() {
    let app = TestApp::new();
    let new = json!({"name": "till in Berlin", "scopes": ["ingest", "redeem"]});
    let made = app.post("/v1/keys", &new).with(201);
    let secret = made["secret"].as_str().expect("is shown once");
    let current = || {
        Request::new("GET", "/v1/keys/current")
            .key(secret)
            .send(app.address)
    };
    assert_eq!(current().with(200)["scopes"], json!(["ingest", "redeem"]));
    let listed = app.get("/v1/keys").with(200);
    assert!(
        !listed.to_string().contains(secret),
        "a secret is shown only once"
    );
    let path = format!("/v1/keys/{}", made["id"].as_str().expect("has an id"));
    let revoked = Request::new("DELETE", &path)
        .key(&app.admin)
        .send(app.address)
        .with(200);
    assert!(revoked["revoked_at"].is_string());
    current().problem("unauthorized");
    let unknown = Request::new("DELETE", "/v1/keys/key_none").key(&app.admin);
    unknown.send(app.address).problem("unknown_key");
    let wrong = app.post("/v1/keys", &json!({"name": "x", "scopes": ["reed"]}));
    wrong.problem("invalid_input");
}

#[test]
fn merchants_are_made_with_the_operator_key_only() {
    let app = TestApp::new();
    let operator = |method: &str, body: &Value| {
        Request::new(method, "/v1/tenants")
            .key(OPERATOR)
            .json(body)
            .send(app.address)
    };
    let made = operator("POST", &json!({"name": "second"})).with(201);
    let key = made["key"]["secret"].as_str().expect("has a first key");
    let caller = Request::new("GET", "/v1/keys/current")
        .key(key)
        .send(app.address);
    assert_eq!(caller.with(200)["tenant"], made["id"]);
    operator("POST", &json!({"name": "second"})).problem("exists");
    let listed = operator("GET", &json!({})).with(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(2));
    app.get("/v1/tenants").problem("forbidden");
    app.post("/v1/tenants", &json!({"name": "third"}))
        .problem("forbidden");
}

#[test]
fn one_merchant_sees_nothing_of_another() {
    isolated(TestDb::sqlite());
}

#[test]
fn one_merchant_sees_nothing_of_another_on_postgres() {
    isolated(TestDb::postgres());
}

fn isolated(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let id = app.member_with("ana@example.com", "50.00");
    app.post_once(
        &format!("/v1/members/{id}/redemptions"),
        "r-1",
        &json!({"reward": "free-coffee"}),
    )
    .with(201);
    let other = Request::new("POST", "/v1/tenants")
        .key(OPERATOR)
        .json(&json!({"name": "other"}))
        .send(app.address)
        .with(201);
    let key = other["key"]["secret"]
        .as_str()
        .expect("has a first key")
        .to_owned();
    let send = |method: &str, path: &str, body: &Value| {
        Request::new(method, path)
            .key(&key)
            .header("Idempotency-Key", "k-1")
            .json(body)
            .send(app.address)
    };
    let apply = Request::new("POST", "/v1/programs")
        .key(&key)
        .body(crate::testapp::PROGRAM);
    apply.send(app.address).with(201);
    let adjust = json!({"points": "beans", "amount": "1", "reason": "x"});
    let patch = json!({"attributes": {"x": 1}});
    let mine = [
        ("GET", format!("/v1/members/{id}"), json!({})),
        ("GET", "/v1/members/email:ana@example.com".into(), json!({})),
        (
            "POST",
            "/v1/members/lookup".into(),
            json!({"kind": "email", "value": "ana@example.com"}),
        ),
        ("PATCH", format!("/v1/members/{id}"), patch),
        ("GET", format!("/v1/members/{id}/balance"), json!({})),
        ("GET", format!("/v1/members/{id}/ledger"), json!({})),
        ("GET", format!("/v1/members/{id}/redemptions"), json!({})),
        (
            "POST",
            format!("/v1/members/{id}/redemptions"),
            json!({"reward": "free-coffee"}),
        ),
        (
            "POST",
            format!("/v1/members/{id}/redemptions/r-1/commit"),
            json!({}),
        ),
        (
            "POST",
            format!("/v1/members/{id}/redemptions/r-1/cancel"),
            json!({}),
        ),
        ("POST", format!("/v1/members/{id}/adjustments"), adjust),
        (
            "POST",
            format!("/v1/members/{id}/merge"),
            json!({"into": "email:ana@example.com"}),
        ),
        (
            "GET",
            "/v1/events/till-1/first-ana@example.com".into(),
            json!({}),
        ),
    ];
    for (method, path, body) in &mine {
        let answer = send(method, path, body);
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
    }
    assert_eq!(
        send("GET", "/v1/members", &json!({})).with(200)["items"],
        json!([])
    );
    // The same event and the same e-mail address are another merchant's own.
    let event = purchase("first-ana@example.com", "ana@example.com", "50.00");
    send("POST", "/v1/events", &event).with(201);
    let event = crate::testapp::but(
        purchase("R-2", "ana@example.com", "1.00"),
        &json!({"customer": null, "member": id}),
    );
    assert_eq!(send("POST", "/v1/events", &event).status, 404);
    assert_eq!(app.beans(&id), "40");
}

#[test]
fn a_key_of_a_store_tells_of_this_store_alone() {
    let app = TestApp::new();
    let made = app.post(
        "/v1/keys",
        &json!({"name": "till", "scopes": ["read", "ingest", "redeem"], "store": "market"}),
    );
    let made = made.with(201);
    assert_eq!(made["store"], "market");
    let replaced = app.post(
        &format!("/v1/keys/{}/rotate", made["id"].as_str().expect("an id")),
        &json!({}),
    );
    let key = replaced.with(201)["secret"].clone();
    let key = key.as_str().expect("it is shown once");
    let send = |path: &str, body: &Value| {
        Request::new("POST", path)
            .key(key)
            .json(body)
            .send(app.address)
    };
    let sold = |id: &str, more: &Value| {
        crate::testapp::but(purchase(id, "ana@example.com", "12.00"), more)
    };

    // What it sends happened there, whether it says so or not.
    send("/v1/events", &sold("R-1", &json!({}))).with(201);
    send("/v1/events", &sold("R-2", &json!({"store": "market"}))).with(201);
    for id in ["R-1", "R-2"] {
        let told = |store: &str| app.post("/v1/events", &sold(id, &json!({"store": store})));
        told("market").with(200);
        told("station").problem("key_reused");
    }
    // What happened elsewhere is told by others, by whichever way it comes.
    let elsewhere = sold("R-3", &json!({"store": "station"}));
    send("/v1/events", &elsewhere).problem("forbidden");
    let batch = send(
        "/v1/events/batch",
        &json!([elsewhere, sold("R-4", &json!({}))]),
    )
    .with(200);
    assert_eq!(
        (batch["failed"].as_u64(), batch["accepted"].as_u64()),
        (Some(1), Some(1))
    );
    let lines = format!("{elsewhere}\n");
    let stream = Request::new("POST", "/v1/events/stream")
        .key(key)
        .header("Content-Type", "application/x-ndjson")
        .body(lines)
        .send(app.address);
    assert!(stream.text().contains("\"forbidden\""), "{}", stream.text());
    let basket = json!({"customer": {"kind": "email", "value": "ana@example.com"}, "store": "station",
        "currency": "EUR", "lines": [{"sku": "mug", "price": "10.00"}]});
    send("/v1/quote", &basket).problem("forbidden");
    app.get("/v1/events/till-1/R-3").problem("unknown_event");
    // It is no key of the API that says stores in words of its own, and does nothing for all stores.
    send("/compat/square/v2/loyalty/accounts/search", &json!({})).with(403);
    let wide = json!({"name": "till", "scopes": ["adjust"], "store": "market"});
    app.post("/v1/keys", &wide).problem("invalid_input");
}
