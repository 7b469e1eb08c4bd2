//! In which language reasons are said.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp, purchase};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    reasons_are_said_in_the_language_of_who_asks,
    a_program_and_what_would_change_is_said_in_the_language_of_who_asks,
}

/// Asks in a language.
fn asks(app: &TestApp, request: Request, language: &str) -> Answer {
    let request = request.key(&app.admin);
    request
        .header("Accept-Language", language)
        .send(app.address)
}

/// Asserts that a list of sentences has this one.
fn says(list: &Value, sentence: &str) {
    let mut all = list.as_array().expect("a list").iter();
    assert!(
        all.any(|own| own == sentence),
        "{sentence} is not in {list:#}"
    );
}

fn reasons_are_said_in_the_language_of_who_asks(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);

    // What is told of an event, and what is read of it later: each reader has their own.
    let event = purchase("R-1", "ana@example.com", "5.00");
    let sent = asks(
        &app,
        Request::new("POST", "/v1/events").json(&event),
        "de-AT, en;q=0.5",
    );
    says(
        &sent.with(201)["reasons"],
        "spend: 5,00 EUR ergeben 5 beans",
    );
    assert_eq!(sent.header("content-language"), Some("de"));
    for (language, tag, first) in [
        ("ru", "ru", "spend: 5,00 EUR — это 5 beans"),
        ("zh-CN", "zh-Hans", "spend：5.00 EUR 得 5 beans"),
        ("zh-TW", "zh-Hant", "spend：5.00 EUR 得 5 beans"),
        ("fr", "en", "spend: 5.00 EUR gives 5 beans"),
    ] {
        let path = "/v1/members/email:ana@example.com/ledger";
        let read = asks(&app, Request::new("GET", path), language);
        let entry = &read.with(200)["items"][0];
        says(&entry["reasons"], first);
        assert_eq!(read.header("content-language"), Some(tag));
        // What did not count is told apart without reading it.
        assert_eq!(
            entry["missed"].as_array().map(Vec::len),
            Some(2),
            "{entry:#}"
        );
        let reasons = entry["reasons"].as_array().expect("a list");
        assert!(reasons.contains(&entry["missed"][0]));
    }

    // A refusal, and where they stand.
    let redeem = Request::new("POST", "/v1/members/email:ana@example.com/redemptions")
        .json(&json!({"reward": "free-coffee"}))
        .header("Idempotency-Key", "one");
    let refused = asks(&app, redeem, "de");
    let problem = refused.problem("insufficient_points");
    assert_eq!(problem["detail"], "es kostet 10 beans, und 5 beans sind da");
    assert_eq!(refused.header("content-language"), Some("de"));
    let balance = Request::new("GET", "/v1/members/email:ana@example.com/balance");
    let balance = asks(&app, balance, "zh-Hans").with(200);
    let words = &balance["tier"]["words"];
    assert_eq!(words[0], "等级 friend", "{balance:#}");

    // A stream of results, and many at once.
    let lines = purchase("R-2", "ana@example.com", "7.00").to_string();
    let stream = Request::new("POST", "/v1/events/stream")
        .header("Content-Type", "application/x-ndjson")
        .body(lines);
    let stream = asks(&app, stream, "zh-Hant");
    assert_eq!(stream.header("content-language"), Some("zh-Hant"));
    let result: Value = serde_json::from_str(stream.text().trim()).expect("one line of JSON");
    says(&result["receipt"]["reasons"], "spend：7.00 EUR 得 7 beans");
    let batch = json!([purchase("R-3", "ana@example.com", "8.00")]);
    let batch = asks(
        &app,
        Request::new("POST", "/v1/events/batch").json(&batch),
        "ru",
    );
    let first = &batch.with(200)["results"][0]["receipt"]["reasons"];
    says(first, "spend: 8,00 EUR — это 8 beans");

    // Where nothing is put into words, no language is named: the others are for who writes programs.
    let wrong = Request::new("POST", "/v1/events").body("{");
    let wrong = asks(&app, wrong.header("Content-Type", "application/json"), "de");
    wrong.problem("invalid_json");
    assert_eq!(wrong.header("content-language"), None);
}

fn a_program_and_what_would_change_is_said_in_the_language_of_who_asks(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let dearer = PROGRAM.replace("price = { beans = 10 }", "price = { beans = 20 }");
    assert_ne!(dearer, PROGRAM, "the program of the tests has the reward");
    let toml = |path: &str, language: &str| {
        let request = Request::new("POST", path)
            .header("Content-Type", "application/toml")
            .body(dearer.as_str());
        asks(&app, request, language)
    };

    // What sort of part it is, and which, is the same in all languages.
    let checked = toml("/v1/programs/check", "de");
    assert_eq!(checked.header("content-language"), Some("de"));
    let parts = checked.with(200)["parts"].clone();
    let mut all = parts.as_array().expect("a list").iter();
    let coffee = all.find(|own| own["kind"] == "reward" && own["id"] == "free-coffee");
    says(&coffee.expect("it is there")["says"], "nötig: 20 beans");

    let planned = toml("/v1/programs/plan", "de").with(200);
    let german = "Prämie `free-coffee`: nötig: 20 beans (bisher: 10 beans)";
    says(&planned["differences"], german);
    let catalogue = asks(&app, Request::new("GET", "/v1/rewards"), "zh-CN").with(200);
    says(&catalogue["items"][0]["says"], "需要：10 beans");

    // A proposal is kept in English, and said anew to whoever looks at it.
    let english = "reward `free-coffee`: takes 20 beans instead of 10 beans";
    let proposed = toml("/v1/programs/proposals", "de").with(201);
    says(&proposed["effect"]["differences"], german);
    let id = proposed["id"].as_str().expect("an id").to_owned();
    let of = |id: &str| Request::new("GET", &format!("/v1/programs/proposals/{id}"));
    let read = asks(&app, of(&id), "en").with(200);
    says(&read["effect"]["differences"], english);
    let list = asks(&app, Request::new("GET", "/v1/programs/proposals"), "ru").with(200);
    let russian = "награда `free-coffee`: нужно: 20 beans (было: 10 beans)";
    says(&list["items"][0]["effect"]["differences"], russian);
}
