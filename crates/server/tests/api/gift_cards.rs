//! Gift cards and store credit over HTTP; and the limit on guessing, wherever codes come in.

use crate::client::{Answer, Request};
use crate::testapp::{TestApp, but, purchase};
use regulars_app::Scope;
use regulars_testkit::TestDb;
use serde_json::{Value, json};

/// A program with gift cards and store credit.
pub(crate) const CARDS: &str = r#"
[program]
name     = "Cards"
currency = "EUR"

[points.beans]

[[earn]]
id   = "spend"
on   = "purchase"
give = { beans = "1 per 1 EUR" }

[store_credit]
most = "100.00 EUR"

[gift_card]
pattern = "GIFT-####-####-####-####"
least   = "5.00 EUR"
most    = "500.00 EUR"

[[coupon]]
id   = "word"
kind = "money off"
off  = "1.00 EUR"
code = "WORD"
limit = [{ times = 5, per = "member" }]
"#;

pub(crate) fn app() -> TestApp {
    let app = TestApp::on(TestDb::sqlite());
    app.apply(CARDS);
    app
}

pub(crate) fn make(app: &TestApp, more: &Value) -> Value {
    let body = but(json!({"currency": "EUR", "amount": "50.00"}), more);
    app.post("/v1/gift-cards", &body).with(201)["items"][0].clone()
}

pub(crate) fn word(value: &Value) -> String {
    value.as_str().expect("is a text").to_owned()
}

fn keyed(app: &TestApp, path: &str, key: &str, body: &Value) -> Answer {
    Request::new("POST", path)
        .key(&app.admin)
        .header("Idempotency-Key", key)
        .json(body)
        .send(app.address)
}

#[test]
fn a_card_is_made_asked_for_spent_and_refunded_by_its_code() {
    let app = app();
    let made = make(&app, &json!({}));
    let (card, code) = (word(&made["card"]), word(&made["code"]));
    assert!(code.starts_with("GIFT-") && code.len() == 24, "{code}");
    let seen = app
        .post(
            "/v1/gift-cards/balance",
            &json!({"code": code.to_lowercase()}),
        )
        .with(200);
    assert_eq!(
        (&seen["card"], &seen["available"]),
        (&json!(card), &json!("50.00"))
    );
    let hold = json!({"code": code, "currency": "EUR", "amount": "18.40", "hold": "h-1"});
    let held = keyed(&app, "/v1/gift-cards/reserve", "k-1", &hold).with(201);
    assert_eq!(
        (&held["card"], &held["hold"]),
        (&json!(card), &json!("h-1"))
    );
    keyed(&app, "/v1/gift-cards/reserve", "k-1", &hold).with(200);
    let seen = app.get(&format!("/v1/gift-cards/{card}")).with(200);
    assert_eq!(seen["holds"][0]["amount"], "18.40");
    assert_eq!(
        (&seen["available"], &seen["held"]),
        (&json!("31.60"), &json!("18.40"))
    );
    let bought = but(
        purchase("R-1", "ana@example.com", "20.00"),
        &json!({"payments": [{"method": "gift-card", "amount": "18.40", "from": card, "hold": "h-1"},
            {"method": "cash", "amount": "1.60"}]}),
    );
    app.post("/v1/events", &bought).with(201);
    let on_card = |amount: &str| {
        let seen = app.get(&format!("/v1/gift-cards/{card}")).with(200);
        assert_eq!(
            (&seen["available"], &seen["held"]),
            (&json!(amount), &json!("0.00"))
        );
    };
    on_card("31.60");
    let refund = json!({"type": "refund", "source": "till-1", "id": "F-1", "order": "R-1"});
    app.post("/v1/events", &refund).with(201);
    on_card("50.00");
    // What the database keeps tells nothing of the code.
    let ledger = app.get(&format!("/v1/members/{card}/ledger")).with(200);
    let plain = code.replace('-', "");
    assert!(!ledger.to_string().contains(&plain[4..]), "{ledger}");
    let member = app.get(&format!("/v1/members/{card}")).with(200);
    assert!(!member.to_string().contains(&plain[4..]), "{member}");
}

#[test]
fn codes_are_told_once_and_a_lost_card_gets_another() {
    let app = app();
    let body = json!({"count": 3, "currency": "EUR", "amount": "10.00", "active": false});
    let first = keyed(&app, "/v1/gift-cards", "batch-1", &body).with(201);
    let again = keyed(&app, "/v1/gift-cards", "batch-1", &body).with(201);
    for number in 0..3 {
        let (one, other) = (&first["items"][number], &again["items"][number]);
        assert_eq!(one["card"], other["card"]);
        assert!(one["code"].is_string() && other["code"].is_null());
    }
    let more = but(body, &json!({"amount": "11.00"}));
    keyed(&app, "/v1/gift-cards", "batch-1", &more).problem("key_reused");
    let card = word(&first["items"][0]["card"]);
    let moved = |what: &Value| app.post(&format!("/v1/gift-cards/{card}/moves"), what);
    moved(&json!({"move": "activate"})).with(201);
    let lost = json!({"reason": "lost"});
    let new = keyed(
        &app,
        &format!("/v1/gift-cards/{card}/replace"),
        "r-1",
        &lost,
    )
    .with(201);
    let same = keyed(
        &app,
        &format!("/v1/gift-cards/{card}/replace"),
        "r-1",
        &lost,
    )
    .with(200);
    assert_eq!(new["card"], same["card"]);
    assert!(new["code"].is_string() && same["code"].is_null());
    let seen = app
        .post("/v1/gift-cards/balance", &json!({"code": new["code"]}))
        .with(200);
    assert_eq!(seen["available"], "10.00");
    let old = app
        .post(
            "/v1/gift-cards/balance",
            &json!({"code": first["items"][0]["code"]}),
        )
        .with(200);
    assert_eq!(
        (&old["status"], &old["available"]),
        (&json!("replaced"), &json!("0.00"))
    );
    assert_eq!(old["replaced_by"], new["card"]);
    moved(&json!({"move": "load", "currency": "EUR", "amount": "5.00"}))
        .problem("gift_card_blocked");
    moved(&json!({"move": "issue", "currency": "EUR", "amount": "5.00"})).problem("invalid_input");
}

#[test]
fn a_pin_is_asked_for_and_a_wrong_one_is_told_like_a_wrong_code() {
    let app = TestApp::on(TestDb::sqlite());
    app.apply(&CARDS.replace("least   =", "pin     = 4\nleast   ="));
    let made = make(&app, &json!({}));
    let (code, pin) = (word(&made["code"]), word(&made["pin"]));
    assert!(pin.len() == 4 && pin.bytes().all(|byte| byte.is_ascii_digit()));
    let ask = |pin: &Value| {
        let body = json!({"code": code, "pin": pin});
        app.post("/v1/gift-cards/balance", &body)
    };
    ask(&json!(pin)).with(200);
    let wrong = if pin == "0000" { "0001" } else { "0000" };
    for _ in 0..30 {
        ask(&json!(wrong)).problem("unknown_gift_card");
    }
    // By then even the right one waits.
    ask(&json!(pin)).problem("too_many_guesses");
}

#[test]
fn store_credit_is_given_and_paid_with() {
    let app = app();
    let ana = app.member("ana@example.com");
    let path = format!("/v1/members/{ana}/store-credit");
    let give = json!({"currency": "EUR", "amount": "12.40", "reason": "broken kettle"});
    keyed(&app, &path, "c-1", &give).with(201);
    keyed(&app, &path, "c-1", &give).with(200);
    app.post(&path, &but(give.clone(), &json!({"currency": "USD"})))
        .problem("invalid_input");
    let credit = |amount: &str| {
        let seen = app.get(&format!("/v1/members/{ana}/balance")).with(200);
        assert_eq!(seen["money"][0]["account"], "store_credit");
        assert_eq!(seen["money"][0]["available"], amount);
    };
    credit("12.40");
    let bought = but(
        purchase("R-1", "ana@example.com", "10.00"),
        &json!({"payments": [{"method": "store-credit", "amount": "10.00", "from": "store_credit"}]}),
    );
    // Paying takes more than telling.
    let till = app.key(&[Scope::Ingest]);
    let refused = Request::new("POST", "/v1/events").key(&till).json(&bought);
    refused.send(app.address).problem("forbidden");
    app.post("/v1/events", &bought).with(201);
    credit("2.40");
    let out = json!({"currency": "EUR", "amount": "3.00", "why": "refund", "order": "R-1",
        "source": "till-1", "reason": "came back"});
    app.post(&path, &out).problem("credit_beyond_refund");
}

#[test]
fn many_tills_spend_the_last_ten_euros_once() {
    let app = app();
    let made = make(&app, &json!({"amount": "10.00"}));
    let code = word(&made["code"]);
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let tills: Vec<_> = (0..12)
            .map(|till| {
                let (app, code) = (&app, &code);
                scope.spawn(move || {
                    let body = json!({"code": code, "currency": "EUR", "amount": "10.00",
                        "hold": format!("h-{till}"), "commit": till % 2 == 0});
                    let key = format!("k-{till}");
                    keyed(app, "/v1/gift-cards/reserve", &key, &body).status
                })
            })
            .collect();
        let answers = tills
            .into_iter()
            .map(|till| till.join().expect("no till breaks"));
        answers.collect()
    });
    let taken = answers.iter().filter(|status| **status == 201).count();
    let refused = answers.iter().filter(|status| **status == 409).count();
    assert_eq!((taken, refused), (1, 11), "{answers:?}");
    let card = word(&made["card"]);
    let seen = app.get(&format!("/v1/gift-cards/{card}")).with(200);
    assert_eq!(seen["available"], "0.00");
}

/// Guesses of codes, as many as one asks for.
fn guesses(count: usize) -> Vec<Value> {
    let guess = |number: usize| {
        but(
            purchase(&format!("G-{number}"), "ana@example.com", "9.00"),
            &json!({"codes": [format!("NOTHING{number}")]}),
        )
    };
    (0..count).map(guess).collect()
}

/// How many of the results are of codes that were looked at, and how many of those that were not.
fn counted(results: &[Value]) -> (usize, usize) {
    let of = |code: &str| {
        let is = |result: &&Value| result["problem"]["code"] == code;
        results.iter().filter(is).count()
    };
    (of("code_unknown"), of("too_many_guesses"))
}

#[test]
fn guesses_are_counted_in_a_batch() {
    let app = app();
    let mut events = guesses(120);
    events.push(purchase("R-1", "ana@example.com", "9.00"));
    let results = app.post("/v1/events/batch", &json!(events)).with(200)["results"].clone();
    let results = results.as_array().expect("is a list").clone();
    let (tried, stopped) = counted(&results[..120]);
    assert!(
        (30..=38).contains(&tried) && tried + stopped == 120,
        "{tried} {stopped}"
    );
    // What names no code goes on.
    assert_eq!(results[120]["status"], 201);
    let next = &guesses(121)[120];
    app.post("/v1/events", next).problem("too_many_guesses");
}

#[test]
fn guesses_are_counted_in_a_stream_and_good_codes_are_not() {
    let app = app();
    let good = |number: usize| {
        but(
            purchase(
                &format!("W-{number}"),
                &format!("m{number}@example.com"),
                "9.00",
            ),
            &json!({"codes": ["WORD"]}),
        )
    };
    let mut events: Vec<Value> = (0..60).map(good).collect();
    events.extend(guesses(120));
    let body: String = events.iter().map(|event| format!("{event}\n")).collect();
    let answer = Request::new("POST", "/v1/events/stream")
        .key(&app.admin)
        .header("Content-Type", "application/x-ndjson")
        .body(body.into_bytes())
        .send(app.address);
    let results: Vec<Value> = answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    assert!(results[..60].iter().all(|result| result["status"] == 201));
    let (tried, stopped) = counted(&results[60..]);
    assert!(
        (30..=38).contains(&tried) && tried + stopped == 120,
        "{tried} {stopped}"
    );
}
