//! Partners who share points: what their keys may see, statements, settlements.

use crate::access::SIGN_IN;
use crate::client::{Answer, Request};
use crate::testapp::{NOW, TestApp, at, but, purchase};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

fn send(app: &TestApp, key: &str, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::new(method, path).key(key);
    request.json(body).send(app.address)
}

fn bought_at(source: &str, order: &str, email: &str, total: &str) -> Value {
    but(purchase(order, email, total), &json!({"source": source}))
}

/// Ana at both partners' tills: 100 beans of the bakery's, 50 of the cinema's; 120 spent at the cinema.
fn world(app: &TestApp) {
    for (source, order, total) in [
        ("bakery-till", "B-1", "100.00"),
        ("cinema-till", "C-1", "50.00"),
    ] {
        let event = bought_at(source, order, "ana@example.com", total);
        app.post("/v1/events", &event).with(201);
    }
    let redeem = json!({"type": "reward_request", "source": "cinema-till", "id": "C-2", "at": NOW,
        "customer": {"kind": "email", "value": "ana@example.com"},
        "reward": "free-coffee", "quantity": 12, "commit": true});
    app.post("/v1/events", &redeem).with(201);
}

#[test]
fn a_partners_key_is_answered_nothing_but_its_own() {
    let app = TestApp::new();
    world(&app);
    let key = app.partner_key("bakery");
    let document: Value =
        serde_json::from_str(&regulars_server::document()).expect("the document is JSON");
    // All that may be asked with such a key; each is looked at below.
    let open = [
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/v1/keys/current"),
        ("POST", "/v1/sessions"),
        ("GET", "/v1/sessions/current"),
        ("DELETE", "/v1/sessions/current"),
        ("GET", "/v1/partners"),
        ("GET", "/v1/partners/{partner}/statement"),
        ("GET", "/v1/partners/{partner}/entries"),
        ("POST", "/v1/partners/{partner}/posts"),
        ("POST", "/v1/events"),
        ("POST", "/v1/events/batch"),
        // It asks for the signature of the payment provider, and for no key.
        ("POST", "/v1/payments/webhook"),
    ];
    let mut closed = 0;
    for (path, methods) in document["paths"].as_object().expect("has paths") {
        for method in methods.as_object().expect("has methods").keys() {
            let method = method.to_uppercase();
            if open.contains(&(method.as_str(), path)) {
                continue;
            }
            let real = path
                .replace("{member}", "email:ana@example.com")
                .replace("{version}", "1")
                .replace("{source}", "cinema-till")
                .replace("{id}", "C-1")
                .replace("{period}", "2025-03")
                .replace("{redemption}", "C-2")
                .replace(['{', '}'], "");
            let answer = send(&app, &key, &method, &real, &json!({}));
            let asks_for_none = SIGN_IN.contains(&real.as_str())
                || [
                    "/v1/me",
                    "/v1/sandbox/leave",
                    // It knows the step of somebody whose password was right, and no key.
                    "/v1/sessions/second-factor",
                ]
                .contains(&path.as_str())
                || ["/v1/portal/", "/v1/me/", "/v1/widget", "/hooks/"]
                    .iter()
                    .any(|open| path.starts_with(open));
            if asks_for_none {
                // Whoever shows the key is answered as if they showed none.
                let bare = Request::new(&method, &real)
                    .json(&json!({}))
                    .send(app.address);
                assert_eq!(answer.status, bare.status, "{method} {path}");
                let code = |answer: &Answer| {
                    let body: Option<Value> = serde_json::from_str(&answer.text()).ok();
                    body.map(|body| body["code"].clone())
                };
                assert_eq!(code(&answer), code(&bare), "{method} {path}");
            } else {
                answer.problem("forbidden");
                closed += 1;
            }
        }
    }
    assert!(closed > 20, "only {closed} paths");
    // A session may no more than its key.
    let session = send(&app, &key, "POST", "/v1/sessions", &json!({}));
    let cookie = session.header("set-cookie").expect("sets a cookie");
    let cookie = cookie.split(';').next().expect("has a first part");
    let members = Request::new("GET", "/v1/members").header("Cookie", cookie);
    members.send(app.address).problem("forbidden");
    for path in ["statement", "entries"] {
        for other in ["cinema", "operator", "nobody"] {
            let path = format!("/v1/partners/{other}/{path}");
            assert_eq!(send(&app, &key, "GET", &path, &json!({})).status, 404);
        }
    }
    let listed = send(&app, &key, "GET", "/v1/partners", &json!({})).with(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    let all = [
        listed,
        send(
            &app,
            &key,
            "GET",
            "/v1/partners/bakery/statement",
            &json!({}),
        )
        .with(200),
        send(&app, &key, "GET", "/v1/partners/bakery/entries", &json!({})).with(200),
        send(&app, &key, "GET", "/v1/keys/current", &json!({})).with(200),
    ];
    for told in &all {
        let told = told.to_string();
        for secret in ["cinema", "C-1", "C-2", "0.009"] {
            assert!(!told.contains(secret), "{secret} is told: {told}");
        }
    }
    // What Ana did there it sees, with whom; what she did elsewhere with its points, without.
    let entries = all[2]["items"].as_array().expect("a list").clone();
    let shown = |entry: &Value| (entry["event"].clone(), entry["member"].is_string());
    let shown: Vec<_> = entries.iter().map(shown).collect();
    // Beans and stars that were given there, and beans of its own that were spent elsewhere.
    assert_eq!(shown.len(), 3, "{entries:?}");
    assert!(shown.contains(&(json!("bakery-till/B-1"), true)));
    assert!(shown.contains(&(Value::Null, false)));
}

#[test]
fn a_partners_key_sends_what_happens_at_its_own_tills() {
    let app = TestApp::new();
    world(&app);
    let key = app.partner_key("bakery");
    let own = bought_at("bakery-till", "B-2", "bo@example.com", "10.00");
    let receipt = send(&app, &key, "POST", "/v1/events", &own).with(201);
    assert_eq!(receipt["reasons"], json!([]), "they tell of others' rules");
    let other = bought_at("cinema-till", "C-1", "ana@example.com", "50.00");
    send(&app, &key, "POST", "/v1/events", &other).problem("forbidden");
    let batch = json!([own, other]);
    let results = send(&app, &key, "POST", "/v1/events/batch", &batch).with(200);
    let status = |at: usize| results["results"][at]["status"].as_u64();
    assert_eq!((status(0), status(1)), (Some(200), Some(403)));
    assert_eq!(results["results"][0]["receipt"]["reasons"], json!([]));
    // It ends no redemption that was made at another's till.
    let cancel = json!({"type": "reward_cancel", "source": "bakery-till", "id": "B-3", "at": NOW,
        "customer": {"kind": "email", "value": "ana@example.com"}, "redemption": "C-2"});
    send(&app, &key, "POST", "/v1/events", &cancel).problem("unknown_redemption");
    let wrong = json!({"name": "x", "scopes": ["admin"], "partner": "bakery"});
    app.post("/v1/keys", &wrong).problem("invalid_input");
    let wrong = json!({"name": "x", "scopes": ["read"], "partner": "nobody"});
    app.post("/v1/keys", &wrong).problem("invalid_input");
    let made = json!({"name": "x", "scopes": ["read"], "partner": "bakery"});
    assert_eq!(app.post("/v1/keys", &made).with(201)["partner"], "bakery");
}

#[test]
fn partners_are_settled_with() {
    settled(TestDb::sqlite());
}

#[test]
fn partners_are_settled_with_on_postgres() {
    settled(TestDb::postgres());
}

fn settled(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    world(&app);
    let paid = json!({"what": "paid_in", "amount": "20.00", "reason": "bank transfer of 1 March"});
    app.post_once("/v1/partners/cinema/posts", "in-1", &paid)
        .with(201);
    app.post_once("/v1/partners/cinema/posts", "in-1", &paid)
        .with(200);
    let key = app.partner_key("bakery");
    let dispute =
        json!({"what": "disputed", "refers": "bakery-till/B-1", "reason": "counted twice"});
    let posts = "/v1/partners/bakery/posts";
    let disputed = Request::new("POST", posts)
        .key(&key)
        .header("Idempotency-Key", "d-1");
    disputed.json(&dispute).send(app.address).with(201);
    send(&app, &key, "POST", posts, &paid).problem("forbidden");

    // The bakery's 100 beans cost 1.00; 120 spent at the cinema bring it 1.08; it had paid in 20.00,
    // and its own 50 cost it 0.50 of that.
    let statement = |partner: &str, period: &str| {
        let path = format!("/v1/partners/{partner}/statement?period={period}");
        app.get(&path).with(200)
    };
    let bakery = statement("bakery", "2025-03");
    assert_eq!(
        (&bakery["position"], &bakery["closed"]),
        (&json!("-1.00"), &json!(false))
    );
    assert_eq!(bakery["disputes"][0]["id"], "d-1");
    let cinema = statement("cinema", "2025-03");
    assert_eq!(cinema["position"], "1.08");
    assert_eq!(
        cinema["paid_ahead"],
        json!({"opening": "0.00", "closing": "19.50"})
    );
    let settlement = app.get("/v1/settlements/2025-03").with(200);
    assert_eq!(
        settlement["positions"],
        json!([
            {"partner": "operator", "position": "-0.08"},
            {"partner": settlement["positions"][1]["partner"], "position": settlement["positions"][1]["position"]},
            {"partner": settlement["positions"][2]["partner"], "position": settlement["positions"][2]["position"]},
        ])
    );
    assert_eq!(
        settlement["payments"],
        json!([
            {"from": "bakery", "to": "cinema", "amount": "1.00"},
            {"from": "operator", "to": "cinema", "amount": "0.08"},
        ])
    );
    // It is closed once it is over, and stays as it is; what is corrected counts for the next.
    let close = |period: &str| app.post(&format!("/v1/settlements/{period}/close"), &json!({}));
    close("2025-03").problem("invalid_input");
    app.set_clock(at("2025-04-02T09:00:00Z"));
    let closed = close("2025-03").with(200);
    assert_eq!(
        (&closed["closed"], &closed["payments"]),
        (&json!(true), &settlement["payments"])
    );
    assert_eq!(close("2025-03").with(200), closed);
    let correct = json!({"what": "corrected", "amount": "0.40", "refers": "bakery-till/B-1",
        "reason": "40 beans were counted twice"});
    app.post_once(posts, "c-1", &correct).with(201);
    let over = json!({"what": "dispute_ended", "dispute": "d-1", "reason": "corrected by c-1"});
    app.post_once(posts, "d-2", &over).with(201);
    assert_eq!(app.get("/v1/settlements/2025-03").with(200), closed);
    let april = statement("bakery", "2025-04");
    assert_eq!(
        (&april["position"], &april["disputes"]),
        (&json!("0.40"), &json!([]))
    );
    let entries = app
        .get("/v1/partners/bakery/entries?period=2025-04")
        .with(200);
    let entry = &entries["items"][0];
    assert_eq!(
        (&entry["what"], &entry["refers"]),
        (&json!("corrected"), &json!("bakery-till/B-1"))
    );
    close("2025-06").problem("invalid_input");
    app.get("/v1/settlements/yesterday")
        .problem("invalid_input");
    let verified = app
        .app
        .verify(app.tenant, None, &mut |_| {})
        .expect("it can be proved");
    assert!(verified.wrong.is_none(), "{verified:?}");
}

/// A bakery that reckons in zlotys beside a cinema that reckons in euros: 0.04 PLN at 0.25 EUR are a cent.
const TWO_CURRENCIES: &str = r#"
[program]
name     = "Two Currencies"
currency = "EUR"
timezone = "UTC"

[points.beans]

[partner.bakery]
sources  = ["bakery-till"]
currency = "PLN"
rate     = "0.25 EUR"
cost     = { beans = "0.04 PLN" }
worth    = { beans = "0.032 PLN" }

[partner.cinema]
sources = ["cinema-till"]
cost    = { beans = "0.01 EUR" }
worth   = { beans = "0.009 EUR" }

[partner.florist]
sources = ["florist-till"]
worth   = { beans = "0.005 EUR" }

[[earn]]
id   = "spend"
give = { beans = "1 per 1 EUR" }

[[reward]]
id    = "treat"
kind  = "other"
price = { beans = 1 }
"#;

#[test]
fn a_partner_is_told_what_it_owes_in_its_own_currency() {
    let app = TestApp::new();
    app.apply(TWO_CURRENCIES);
    let spent = |source: &str, id: &str, quantity: i64| {
        let redeem = json!({"type": "reward_request", "source": source, "id": id, "at": NOW,
            "customer": {"kind": "email", "value": "ana@example.com"},
            "reward": "treat", "quantity": quantity, "commit": true});
        app.post("/v1/events", &redeem).with(201);
    };
    let event = bought_at("bakery-till", "B-1", "ana@example.com", "133.00");
    app.post("/v1/events", &event).with(201);
    spent("cinema-till", "C-1", 33);
    spent("florist-till", "F-1", 51);
    // 133 beans cost 1.33 EUR, which are 5.32 PLN.
    let statement = app
        .get("/v1/partners/bakery/statement?period=2025-03")
        .with(200);
    assert_eq!(statement["position"], "-1.33");
    assert_eq!(
        statement["own"],
        json!({"currency": "PLN", "rate": "0.25", "rounding": "0.00", "position": "-5.32"})
    );
    let issued = &statement["lines"][0];
    assert_eq!(
        (&issued["money"], &issued["own"]),
        (&json!("-1.33"), &json!("-5.32"))
    );
    let settlement = app.get("/v1/settlements/2025-03").with(200);
    let abroad: Vec<_> = settlement["positions"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|position| !position["own"].is_null())
        .collect();
    assert_eq!(abroad.len(), 1, "{abroad:?}");
    assert_eq!(
        abroad[0]["own"],
        json!({"amount": "-5.32", "currency": "PLN"})
    );
    // Whoever it pays, all that it pays is its position.
    let paid = settlement["payments"].as_array().expect("a list").iter();
    let paid = paid.filter(|payment| payment["from"] == "bakery");
    let paid = paid.map(|payment| {
        assert!(payment["gets"].is_null(), "{payment}");
        assert_eq!(payment["pays"]["currency"], "PLN");
        let amount = payment["pays"]["amount"].as_str().expect("is told");
        amount.replace('.', "").parse::<i64>().expect("is money")
    });
    let paid: Vec<i64> = paid.collect();
    assert!(paid.len() > 1, "{settlement}");
    assert_eq!(paid.iter().sum::<i64>(), 532);
    // A new rate tells of a closed period as before.
    app.set_clock(at("2025-04-02T09:00:00Z"));
    app.post("/v1/settlements/2025-03/close", &json!({}))
        .with(200);
    app.apply(&TWO_CURRENCIES.replace("0.25 EUR", "0.2 EUR"));
    let later = app
        .get("/v1/partners/bakery/statement?period=2025-03")
        .with(200);
    assert_eq!(later["own"], statement["own"]);
}
