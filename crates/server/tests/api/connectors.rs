//! Connectors over the API: what platforms tell, signed as they sign, and what it comes to.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::client::{Answer, Request};
use crate::metrics::over;
use crate::testapp::{PROGRAM, TestApp, at};
use regulars_app::connect::inbound::{Platform, sign_base64, sign_timed_hex};
use regulars_app::connect::{Secret, signature};
use regulars_testkit::{PageSaid, PageStandIn, TestDb};
use serde_json::{Value, json};
use std::path::Path;

regulars_testkit::on_both! {
    what_shopify_tells_counts_once,
    what_woocommerce_tells_counts_once,
    what_stripe_tells_counts_once,
    what_square_tells_counts_once,
    what_medusa_tells_counts_once,
    what_vendure_tells_counts_once,
    what_others_tell_counts_once,
    what_was_lost_at_shopify_is_found_and_taken_once,
    what_was_lost_at_woocommerce_is_found_and_taken_once,
    what_was_lost_at_stripe_is_found_and_taken_once,
    a_connector_is_made_changed_and_removed,
    a_secret_is_replaced_without_a_gap,
    what_could_not_be_decided_is_kept_and_taken_again,
    what_the_law_asks_for_waits_for_a_person,
    customers_join_where_the_merchant_wants_it,
    a_coupon_of_the_shop_uses_the_redemption,
    a_crm_tells_who_somebody_is,
}

/// Some days after what the files of deliveries tell of.
const LATER: &str = "2025-03-10T09:00:00Z";
const SECONDS: i64 = 1_741_597_200;
const ADDRESS: &str = "https://points.example/hooks/square";

/// A connector, and what signs its deliveries.
struct Hook {
    platform: Platform,
    path: String,
    id: String,
    secret: String,
}

/// A shop with a member, some days later.
fn begin(db: TestDb) -> (TestApp, String) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let ana = app.member("ana@example.com");
    app.set_clock(at(LATER));
    (app, ana)
}

fn connect(app: &TestApp, platform: Platform, more: &Value) -> Hook {
    let mut body = json!({"platform": platform.name()});
    if !platform.takes_our_secret() {
        body["secret"] = json!("their-secret-1");
    }
    if platform == Platform::Square {
        body["address"] = json!(ADDRESS);
    }
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = app.post("/v1/connectors", &body).with(201);
    let secret = made["secret"].as_str().or(body["secret"].as_str());
    Hook {
        platform,
        path: made["path"].as_str().unwrap().to_owned(),
        id: made["id"].as_str().unwrap().to_owned(),
        secret: secret.unwrap().to_owned(),
    }
}

/// A delivery out of the files that `regulars-connect` is tested with.
fn golden(platform: Platform, name: &str) -> (Vec<(String, String)>, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connect/tests/golden");
    let file = folder.join(platform.name()).join(format!("{name}.json"));
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let headers = golden["headers"].as_object().unwrap().iter();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
    (headers.collect(), golden["body"].to_string())
}

fn signed(hook: &Hook, seconds: i64, (headers, body): &(Vec<(String, String)>, String)) -> Request {
    let mut request = Request::new("POST", &hook.path).header("Content-Type", "application/json");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let bytes = body.as_bytes();
    let request = match hook.platform {
        Platform::Shopify => request.header(
            "X-Shopify-Hmac-Sha256",
            &sign_base64(&hook.secret, &[bytes]),
        ),
        Platform::WooCommerce => request.header(
            "X-WC-Webhook-Signature",
            &sign_base64(&hook.secret, &[bytes]),
        ),
        Platform::Square => {
            let code = sign_base64(&hook.secret, &[ADDRESS.as_bytes(), bytes]);
            request.header("x-square-hmacsha256-signature", &code)
        }
        Platform::Stripe => request.header(
            "Stripe-Signature",
            &sign_timed_hex(&hook.secret, seconds, bytes),
        ),
        _ => {
            let id = headers.iter().find(|(name, _)| name == "webhook-id");
            let id = id.map_or("msg_1", |(_, id)| id);
            let secret = [Secret::read(&hook.secret).unwrap()];
            let code = signature::sign(&secret, id, seconds, bytes);
            request
                .header("webhook-timestamp", &seconds.to_string())
                .header("webhook-signature", &code)
        }
    };
    request.body(body.clone())
}

fn send(app: &TestApp, hook: &Hook, name: &str) -> Value {
    tell(app, hook, &golden(hook.platform, name)).with(200)
}

fn tell(app: &TestApp, hook: &Hook, what: &(Vec<(String, String)>, String)) -> Answer {
    signed(hook, SECONDS, what).send(app.address)
}

/// The input is wrong there.
fn wrong(answer: &Answer, at: &str) {
    let problem = answer.problem("invalid_input");
    let faults = problem["errors"].as_array().unwrap();
    assert!(faults.iter().any(|fault| fault["at"] == at), "{problem:#}");
}

/// An order counts once, however often and in which order it is told; what is not theirs does nothing.
fn counts_once(db: TestDb, platform: Platform, (order, refund): (&str, &str), beans: (&str, &str)) {
    let (app, ana) = begin(db);
    let hook = connect(&app, platform, &json!({}));
    let what = golden(platform, order);
    // Not theirs: another secret, another body, none at all, and (where it is signed) another time.
    let forged = Hook {
        secret: "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".into(),
        path: hook.path.clone(),
        id: hook.id.clone(),
        platform,
    };
    tell(&app, &forged, &what).problem("unsigned_delivery");
    let torn = signed(&hook, SECONDS, &what).body(format!("{} ", what.1));
    torn.send(app.address).problem("unsigned_delivery");
    let bare = Request::new("POST", &hook.path).body(what.1.clone());
    bare.send(app.address).problem("unsigned_delivery");
    let mut unsigned = 3;
    if !matches!(
        platform,
        Platform::Shopify | Platform::WooCommerce | Platform::Square
    ) {
        let old = signed(&hook, SECONDS - 301, &what).send(app.address);
        assert_eq!(old.status, 401, "{}", old.text());
        old.problem("unsigned_delivery");
        unsigned += 1;
    }
    let own = format!("/v1/connectors/{}", hook.id);
    assert_eq!(app.get(&own).with(200)["unsigned"], unsigned);
    assert_eq!(app.beans(&ana), "0");
    // Theirs: once.
    assert_eq!(
        send(&app, &hook, order),
        json!({"state": "taken", "again": false})
    );
    assert_eq!(app.beans(&ana), beans.0);
    assert_eq!(
        send(&app, &hook, order),
        json!({"state": "taken", "again": true})
    );
    let mut other = what.clone();
    for (name, value) in &mut other.0 {
        if name.ends_with("-id") {
            value.push('x');
        }
    }
    // The same said by another delivery.
    other.1.push(' ');
    assert_eq!(tell(&app, &hook, &other).with(200)["state"], "known");
    assert_eq!(app.beans(&ana), beans.0);
    assert_eq!(send(&app, &hook, refund)["state"], "taken");
    assert_eq!(app.beans(&ana), beans.1);
    let listed = app.get(&format!("{own}/deliveries")).with(200);
    let states: Vec<&str> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["state"].as_str().unwrap())
        .collect();
    assert_eq!(states.len(), 3, "{states:?}");
    // What is decided is not kept.
    assert!(listed["items"][0]["body"].is_null());
    app.app.verify(app.tenant, None, &mut |_| {}).unwrap();
}

/// The refund first: the end is the same.
fn out_of_turn(db: TestDb, platform: Platform, (order, refund): (&str, &str), beans: &str) {
    let (app, ana) = begin(db);
    let hook = connect(&app, platform, &json!({}));
    assert_eq!(send(&app, &hook, refund)["state"], "taken");
    send(&app, &hook, order);
    assert_eq!(app.beans(&ana), beans);
}

fn both(platform: Platform, db: TestDb, files: (&str, &str), beans: (&str, &str)) {
    let again = match &db.database {
        regulars_app::Database::Sqlite(_) => TestDb::sqlite(),
        regulars_app::Database::Postgres(_) => TestDb::postgres(),
    };
    counts_once(db, platform, files, beans);
    out_of_turn(again, platform, files, beans.1);
}

fn what_shopify_tells_counts_once(db: TestDb) {
    both(
        Platform::Shopify,
        db,
        ("orders-paid", "refunds-create"),
        ("55", "30"),
    );
}

fn what_woocommerce_tells_counts_once(db: TestDb) {
    both(
        Platform::WooCommerce,
        db,
        ("order-created-plain", "order-updated-refunds"),
        ("47", "28"),
    );
}

fn what_stripe_tells_counts_once(db: TestDb) {
    both(
        Platform::Stripe,
        db,
        ("charge-succeeded", "charge-refunded-first"),
        ("59", "50"),
    );
}

fn what_square_tells_counts_once(db: TestDb) {
    both(
        Platform::Square,
        db,
        ("payment-updated", "refund-updated"),
        ("59", "50"),
    );
}

fn what_medusa_tells_counts_once(db: TestDb) {
    both(
        Platform::Medusa,
        db,
        ("payment-captured-plain", "payment-refunded"),
        ("30", "20"),
    );
}

fn what_vendure_tells_counts_once(db: TestDb) {
    both(
        Platform::Vendure,
        db,
        ("order-settled-plain", "refund-settled"),
        ("55", "35"),
    );
}

fn what_others_tell_counts_once(db: TestDb) {
    let (app, ana) = begin(db);
    let hook = connect(&app, Platform::Generic, &json!({"source": "kiosk"}));
    let purchase = json!({"type": "purchase", "source": "kiosk", "id": "R-1", "order": "R-1", "currency": "EUR",
        "total": 12.40, "at": "2025-03-05T09:00:00Z", "customer": {"kind": "email", "value": "ana@example.com"}});
    let refund =
        json!({"type": "refund", "source": "kiosk", "id": "B-1", "order": "R-1", "at": LATER});
    let with = |id: &str, body: &Value| {
        (
            vec![("webhook-id".to_owned(), id.to_owned())],
            body.to_string(),
        )
    };
    let envelope = json!({"specversion": "1.0", "id": "1", "source": "/kiosk", "type": "order.paid", "data": purchase});
    // The refund first.
    assert_eq!(
        tell(&app, &hook, &with("m-0", &refund)).with(200)["state"],
        "taken"
    );
    assert_eq!(
        tell(&app, &hook, &with("m-1", &envelope)).with(200)["state"],
        "taken"
    );
    assert_eq!(app.beans(&ana), "0");
    assert_eq!(
        tell(&app, &hook, &with("m-2", &purchase)).with(200)["state"],
        "known"
    );
    let second = crate::testapp::but(purchase.clone(), &json!({"id": "R-2", "order": "R-2"}));
    assert_eq!(
        tell(&app, &hook, &with("m-3", &json!([second]))).with(200)["state"],
        "taken"
    );
    assert_eq!(app.beans(&ana), "12");
    // Another's source, and what needs a key.
    let other = crate::testapp::but(purchase, &json!({"id": "R-3", "source": "till-1"}));
    assert_eq!(
        tell(&app, &hook, &with("m-4", &other)).with(200)["state"],
        "failed"
    );
    let gift = json!({"type": "adjustment", "source": "kiosk", "id": "A-1", "points": "beans", "amount": 9,
        "reason": "none", "customer": {"kind": "email", "value": "ana@example.com"}});
    assert_eq!(
        tell(&app, &hook, &with("m-5", &gift)).with(200)["state"],
        "failed"
    );
    assert_eq!(app.beans(&ana), "12");
    let forged = signed(&hook, SECONDS - 301, &with("m-6", &refund)).send(app.address);
    forged.problem("unsigned_delivery");
}

/// Asks for what was lost, and waits for what that comes to.
fn reconciled(app: &TestApp, hook: &Hook) -> Value {
    let path = format!("/v1/connectors/{}/reconciliations", hook.id);
    let begun = app
        .post(&path, &json!({"since": "2025-03-01T00:00:00Z"}))
        .with(202);
    let (path, job) = over(app, &begun);
    assert_eq!(job["state"], "done", "{job:#}");
    app.get(&format!("{path}/result")).with(200)
}

fn body_of(platform: Platform, name: &str) -> String {
    golden(platform, name).1
}

fn page(body: String, header: &str) -> PageSaid {
    PageSaid {
        status: 200,
        header: header.into(),
        body,
    }
}

fn too_fast() -> PageSaid {
    PageSaid {
        status: 429,
        header: "retry-after: 0.05".into(),
        body: String::new(),
    }
}

fn what_was_lost_at_shopify_is_found_and_taken_once(db: TestDb) {
    let (app, ana) = begin(db);
    let platform = Platform::Shopify;
    let (order, refunded) = (
        body_of(platform, "orders-paid"),
        body_of(platform, "orders-updated-refunded"),
    );
    let unpaid = body_of(platform, "orders-updated-unpaid").replace("450789469", "450789470");
    let shop = PageStandIn::start(move |before, asked| match before {
        0 => too_fast(),
        _ if asked.path.contains("page_info=two") => {
            page(format!("{{\"orders\":[{refunded},{unpaid}]}}"), "")
        }
        _ => {
            let host = asked.header("host");
            let link = format!(
                "link: <http://{host}/admin/api/x/orders.json?page_info=two>; rel=\"next\""
            );
            page(format!("{{\"orders\":[{order}]}}"), &link)
        }
    });
    let hook = connect(
        &app,
        platform,
        &json!({"ask_url": shop.url(), "ask_secret": "shpat_1"}),
    );
    let found = reconciled(&app, &hook);
    assert_eq!(
        (
            &found["pages"],
            &found["things"],
            &found["taken"],
            &found["known"],
            &found["unused"]
        ),
        (&json!(2), &json!(3), &json!(2), &json!(1), &json!(1))
    );
    assert_eq!(app.beans(&ana), "30");
    let asked = shop.asked();
    assert_eq!(asked.len(), 3);
    assert!(
        asked
            .iter()
            .all(|own| own.header("x-shopify-access-token") == "shpat_1")
    );
    assert!(
        asked[0]
            .path
            .contains("updated_at_min=2025-03-01T00:00:00Z"),
        "{}",
        asked[0].path
    );
    // What comes by a delivery after all is known, and so is all when it is asked again.
    assert_eq!(send(&app, &hook, "orders-paid")["state"], "known");
    assert_eq!(send(&app, &hook, "refunds-create")["state"], "known");
    assert_eq!(reconciled(&app, &hook)["taken"], 0);
    assert_eq!(app.beans(&ana), "30");
}

fn what_was_lost_at_woocommerce_is_found_and_taken_once(db: TestDb) {
    let (app, ana) = begin(db);
    let platform = Platform::WooCommerce;
    let refunded = body_of(platform, "order-updated-refunds");
    let second = body_of(platform, "order-updated-cancelled").replace("727", "728");
    let shop = PageStandIn::start(move |before, asked| match before {
        0 => too_fast(),
        _ if asked.path.ends_with("&page=2") => page(format!("[{second}]"), "x-wp-totalpages: 2"),
        _ => page(format!("[{refunded}]"), "x-wp-totalpages: 2"),
    });
    let access = json!({"ask_url": shop.url(), "ask_key": "ck_1", "ask_secret": "cs_1"});
    let hook = connect(&app, platform, &access);
    assert_eq!(send(&app, &hook, "order-created-plain")["state"], "taken");
    let found = reconciled(&app, &hook);
    // Two refunds of the order that was known; the other order, and that it was called off.
    assert_eq!((&found["taken"], &found["known"]), (&json!(4), &json!(1)));
    assert_eq!(app.beans(&ana), "28");
    assert!(
        shop.asked()
            .iter()
            .all(|own| own.header("authorization") == "Basic Y2tfMTpjc18x")
    );
    assert_eq!(reconciled(&app, &hook)["taken"], 0);
    assert_eq!(send(&app, &hook, "order-updated-refunds")["state"], "known");
    assert_eq!(app.beans(&ana), "28");
}

fn what_was_lost_at_stripe_is_found_and_taken_once(db: TestDb) {
    let (app, ana) = begin(db);
    let platform = Platform::Stripe;
    let (paid, first, second) = (
        body_of(platform, "charge-succeeded"),
        body_of(platform, "charge-refunded-first"),
        body_of(platform, "charge-refunded-second"),
    );
    // Newest first, as Stripe lists them: what came back before what was paid.
    let stripe = PageStandIn::start(move |before, asked| match before {
        0 => too_fast(),
        _ if asked.path.contains("starting_after=evt_1") => {
            page(format!("{{\"data\":[{paid}],\"has_more\":false}}"), "")
        }
        _ => page(
            format!("{{\"data\":[{second},{first}],\"has_more\":true}}"),
            "",
        ),
    });
    let hook = connect(
        &app,
        platform,
        &json!({"ask_url": stripe.url(), "ask_secret": "sk_1"}),
    );
    let found = reconciled(&app, &hook);
    assert_eq!((&found["pages"], &found["taken"]), (&json!(2), &json!(3)));
    assert_eq!(app.beans(&ana), "45");
    assert!(
        stripe
            .asked()
            .iter()
            .all(|own| own.header("authorization") == "Bearer sk_1")
    );
    assert!(stripe.asked()[0].path.contains("created[gte]=1740787200"));
    for file in [
        "charge-refunded-second",
        "charge-succeeded",
        "charge-refunded-first",
    ] {
        assert_eq!(send(&app, &hook, file)["state"], "known");
    }
    assert_eq!(app.beans(&ana), "45");
}

fn a_connector_is_made_changed_and_removed(db: TestDb) {
    let (app, _) = begin(db);
    let make = |body: &Value| app.post("/v1/connectors", body);
    wrong(&make(&json!({"platform": "shopware"})), "/platform");
    wrong(&make(&json!({"platform": "shopify"})), "/secret");
    wrong(
        &make(&json!({"platform": "square", "secret": "long-enough"})),
        "/address",
    );
    wrong(
        &make(&json!({"platform": "vendure", "secret": "no-webhook-secret"})),
        "/secret",
    );
    wrong(
        &make(&json!({"platform": "generic", "source": "payments"})),
        "/source",
    );
    wrong(
        &make(&json!({"platform": "generic", "currency": "XYZ"})),
        "/currency",
    );
    wrong(
        &make(&json!({"platform": "woocommerce", "paid": ["shipped"]})),
        "/paid/0",
    );
    wrong(
        &make(
            &json!({"platform": "stripe", "secret": "whsec_123", "paid": ["charge", "checkout"]}),
        ),
        "/paid",
    );
    wrong(
        &make(&json!({"platform": "vendure", "ask_url": "http://127.0.0.1:1"})),
        "/ask_url",
    );
    let hook = connect(&app, Platform::WooCommerce, &json!({"note": "the shop"}));
    wrong(&make(&json!({"platform": "woocommerce"})), "/source");
    let path = format!("/v1/connectors/{}", hook.id);
    let own = app.get(&path).with(200);
    assert_eq!(
        (&own["note"], &own["secret"]),
        (&json!("the shop"), &Value::Null)
    );
    assert_eq!(own["paid"], json!(["processing", "completed", "refunded"]));
    let change = |body: &Value| {
        Request::new("PATCH", &path)
            .key(&app.admin)
            .json(body)
            .send(app.address)
    };
    let asked = json!({"ask_url": "http://127.0.0.1:1/", "ask_key": "ck", "ask_secret": "cs-secret", "enrols": true});
    let changed = change(&asked).with(200);
    assert_eq!(
        (&changed["enrols"], &changed["ask_key"]),
        (&json!(true), &json!("ck"))
    );
    assert!(!changed.to_string().contains("cs-secret"));
    // What lets us in at one address is not carried to another.
    wrong(
        &change(&json!({"ask_url": "http://127.0.0.1:2/"})),
        "/ask_secret",
    );
    // The greeting of a new address says nothing and needs no signature.
    let greeting = Request::new("POST", &hook.path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("webhook_id=12");
    assert_eq!(greeting.send(app.address).with(200)["state"], "unused");
    let strange = hook.path.replace("woocommerce", "shopify");
    Request::new("POST", &strange)
        .body("{}")
        .send(app.address)
        .problem("not_found");
    let gone = Request::new("DELETE", &path)
        .key(&app.admin)
        .send(app.address);
    assert_eq!(gone.status, 204);
    tell(&app, &hook, &golden(hook.platform, "order-created")).problem("not_found");
    let acts = app.get("/v1/audit").text();
    assert!(
        acts.contains("create_connector") && acts.contains("delete_connector"),
        "{acts}"
    );
    assert!(
        !acts.contains("whsec_") && !acts.contains("cs-secret"),
        "{acts}"
    );
}

fn a_secret_is_replaced_without_a_gap(db: TestDb) {
    let (app, ana) = begin(db);
    let mut hook = connect(&app, Platform::Vendure, &json!({}));
    let path = format!("/v1/connectors/{}/secret", hook.id);
    let rotated = app.post(&path, &json!({"overlap_hours": 1})).with(200);
    assert_ne!(rotated["old_secret_until"], Value::Null);
    let new = rotated["secret"].as_str().unwrap().to_owned();
    assert_eq!(send(&app, &hook, "order-settled-plain")["state"], "taken");
    let old = std::mem::replace(&mut hook.secret, new);
    assert_eq!(send(&app, &hook, "refund-settled")["state"], "taken");
    assert_eq!(app.beans(&ana), "35");
    app.set_clock(at("2025-03-10T10:00:01Z"));
    hook.secret = old;
    let late = signed(
        &hook,
        SECONDS + 3601,
        &golden(hook.platform, "order-cancelled"),
    );
    late.send(app.address).problem("unsigned_delivery");
    wrong(
        &app.post(&path, &json!({"overlap_hours": 721})),
        "/overlap_hours",
    );
}

fn what_could_not_be_decided_is_kept_and_taken_again(db: TestDb) {
    let (app, ana) = begin(db);
    let hook = connect(&app, Platform::Shopify, &json!({"currency": "USD"}));
    let own = format!("/v1/connectors/{}", hook.id);
    // The sender is not told to send it again: somebody here must look at it.
    assert_eq!(send(&app, &hook, "orders-paid")["state"], "failed");
    assert_eq!(app.get(&own).with(200)["failed"], 1);
    let listed = app.get(&format!("{own}/deliveries?state=failed")).with(200);
    let kept = &listed["items"][0];
    assert!(kept["said"].as_str().unwrap().contains("USD"), "{kept}");
    assert!(kept["body"].as_str().unwrap().contains("450789469"));
    let change = Request::new("PATCH", &own)
        .key(&app.admin)
        .json(&json!({"currency": ""}));
    change.send(app.address).with(200);
    let path = format!("{own}/deliveries/{}", kept["id"].as_str().unwrap());
    let again = app.post(&path, &json!({"to": "again"})).with(200);
    assert_eq!(
        (&again["state"], &again["body"]),
        (&json!("taken"), &Value::Null)
    );
    assert_eq!(app.beans(&ana), "55");
    wrong(&app.post(&path, &json!({"to": "again"})), "/delivery");
    wrong(&app.post(&path, &json!({"to": "away"})), "/to");
    app.get(&format!("{own}/deliveries?state=lost"))
        .problem("invalid_parameter");
    let first = app.get(&format!("{own}/deliveries?limit=1")).with(200);
    assert_eq!(
        (first["items"].as_array().unwrap().len(), &first["next"]),
        (1, &Value::Null)
    );
}

fn what_the_law_asks_for_waits_for_a_person(db: TestDb) {
    let (app, _) = begin(db);
    let john = app.member("john@example.com");
    let hook = connect(&app, Platform::Shopify, &json!({}));
    let own = format!("/v1/connectors/{}", hook.id);
    assert_eq!(send(&app, &hook, "customers-redact")["state"], "asks");
    assert_eq!(send(&app, &hook, "shop-redact")["state"], "asks");
    let listed = app.get(&format!("{own}/deliveries?state=asks")).with(200);
    let asks = listed["items"].as_array().unwrap();
    assert_eq!(asks.len(), 2);
    let erase = asks
        .iter()
        .find(|own| own["topic"] == "customers/redact")
        .unwrap();
    assert!(erase["said"].as_str().unwrap().contains(&john), "{erase}");
    assert!(!listed.to_string().contains("john@example.com"));
    let path = format!("{own}/deliveries/{}", erase["id"].as_str().unwrap());
    assert_eq!(
        app.post(&path, &json!({"to": "done"})).with(200)["state"],
        "done"
    );
    assert_eq!(app.get(&own).with(200)["asks"], 1);
    // Of whom nothing is known, nothing is asked.
    let mut other = golden(hook.platform, "customers-data-request");
    other.1 = other
        .1
        .replace("john@", "nobody@")
        .replace("191167", "191168");
    assert_eq!(tell(&app, &hook, &other).with(200)["state"], "unused");
}

fn customers_join_where_the_merchant_wants_it(db: TestDb) {
    let (app, _) = begin(db);
    let hook = connect(&app, Platform::Vendure, &json!({}));
    let mut what = golden(hook.platform, "customer-registered");
    what.1 = what.1.replace("ana@", "bob@");
    assert_eq!(tell(&app, &hook, &what).with(200)["state"], "unused");
    app.get("/v1/members/vendure:7").problem("unknown_member");
    let own = format!("/v1/connectors/{}", hook.id);
    let change = Request::new("PATCH", &own)
        .key(&app.admin)
        .json(&json!({"enrols": true}));
    change.send(app.address).with(200);
    what.1.push(' ');
    assert_eq!(tell(&app, &hook, &what).with(200)["state"], "taken");
    let bob = app.get("/v1/members/vendure:7").with(200);
    assert_eq!(
        bob["id"],
        app.get("/v1/members/email:bob@example.com").with(200)["id"]
    );
    // From then on the shop's number finds them, whatever address an order says.
    assert_eq!(send(&app, &hook, "order-settled-plain")["state"], "taken");
    assert_eq!(app.beans(bob["id"].as_str().unwrap()), "55");
}

fn a_coupon_of_the_shop_uses_the_redemption(db: TestDb) {
    let (app, ana) = begin(db);
    let hook = connect(&app, Platform::Vendure, &json!({}));
    let many = json!({"points": "beans", "amount": "20", "reason": "a test"});
    app.post_once(&format!("/v1/members/{ana}/adjustments"), "a-1", &many)
        .with(201);
    let wanted = json!({"reward": "free-coffee"});
    let held = app.post_once(&format!("/v1/members/{ana}/redemptions"), "RG-55", &wanted);
    assert_eq!(held.status, 201, "{}", held.text());
    assert_eq!(app.beans(&ana), "10");
    assert_eq!(send(&app, &hook, "order-settled")["state"], "taken");
    let listed = app.get(&format!("/v1/members/{ana}/redemptions")).text();
    assert!(
        listed.contains("RG-55") && listed.contains("committed"),
        "{listed}"
    );
    assert_eq!(app.beans(&ana), "65");
}

fn a_crm_tells_who_somebody_is(db: TestDb) {
    let (app, ana) = begin(db);
    let hook = connect(&app, Platform::Generic, &json!({"source": "crm"}));
    let mut number = 0;
    let mut says = |body: &Value| {
        number += 1;
        let headers = vec![("webhook-id".to_owned(), format!("msg_{number}"))];
        tell(&app, &hook, &(headers, body.to_string())).with(200)
    };
    let contact = |more: Value| {
        let head = json!({"type": "contact", "source": "crm", "email": "ana@example.com"});
        crate::testapp::but(head, &more)
    };
    let city = || app.get(&format!("/v1/members/{ana}")).with(200)["attributes"]["city"].clone();
    let newer = contact(
        json!({"changed_at": "2025-03-09T00:00:00Z", "customer": "4711",
        "attributes": {"city": "Bonn"}}),
    );
    assert_eq!(says(&newer)["state"], "taken");
    assert_eq!(city(), "Bonn");
    assert_eq!(
        app.get("/v1/members/customer:4711").with(200)["id"],
        json!(ana)
    );
    assert_eq!(says(&newer)["state"], "known");
    let older =
        contact(json!({"changed_at": "2025-03-08T00:00:00Z", "attributes": {"city": "Ulm"}}));
    assert_eq!(says(&older)["state"], "known");
    assert_eq!(city(), "Bonn");
    // Nobody joins by it, unless the merchant wants that.
    let nobody = contact(json!({"email": "bo@example.com"}));
    assert_eq!(says(&nobody)["state"], "unused");
    app.get("/v1/members/email:bo@example.com")
        .problem("unknown_member");
    let change = Request::new("PATCH", &format!("/v1/connectors/{}", hook.id)).key(&app.admin);
    change
        .json(&json!({"enrols": true}))
        .send(app.address)
        .with(200);
    assert_eq!(says(&nobody)["state"], "taken");
    app.get("/v1/members/email:bo@example.com").with(200);
    // What is wrong is kept and said; another source's, an unknown field, a consent that nobody knows.
    for (wrong, expected) in [
        (json!({"source": "till"}), "have the source"),
        (json!({"town": "Bonn"}), "town"),
        (json!({"changed_at": "yesterday"}), "yesterday"),
    ] {
        let came = says(&contact(wrong));
        assert_eq!(came["state"], "failed", "{came:#}");
        let listed = app
            .get(&format!("/v1/connectors/{}/deliveries", hook.id))
            .with(200);
        assert!(
            listed.to_string().contains(expected),
            "{expected}: {listed:#}"
        );
    }
    let fax = json!({"consents": {"fax": {"given": true, "at": "2025-03-01T00:00:00Z", "proof": "a form"}}});
    assert_eq!(says(&contact(fax))["state"], "refused");
    // It is signed, like all that comes in.
    let unsigned = Request::new("POST", &hook.path)
        .json(&newer)
        .send(app.address);
    assert_eq!(unsigned.status, 401, "{}", unsigned.text());
}
