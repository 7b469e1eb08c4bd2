//! Metrics, jobs and the books over HTTP.

use crate::testapp::{PROGRAM, TestApp, at};
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn bought(app: &TestApp, id: &str, who: &str, day: &str, total: &str) {
    let event = json!({
        "type": "purchase", "source": "till", "id": id, "order": id, "at": format!("{day}T10:00:00Z"),
        "customer": {"kind": "email", "value": who}, "currency": "EUR", "total": total, "store": "north",
    });
    app.post("/v1/events", &event).with(201);
}

fn world(db: TestDb) -> TestApp {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    app.set_clock(at("2025-05-02T09:00:00Z"));
    bought(&app, "M-1", "ana@example.com", "2025-03-03", "10.00");
    bought(&app, "M-2", "ana@example.com", "2025-04-03", "20.00");
    bought(&app, "M-3", "bo@example.com", "2025-03-10", "30.00");
    app
}

fn a_metric_comes_from_the_shops_own_log(db: TestDb) {
    let app = world(db);
    let catalog = app.get("/v1/metrics").with(200);
    let ids: Vec<&Value> = catalog["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["id"])
        .collect();
    assert!(ids.contains(&&json!("repurchase_rate")), "{ids:?}");
    let rate = app.get("/v1/metrics/repurchase_rate?by=store").with(200);
    assert_eq!(rate["figure"]["value"], 0.5);
    assert_eq!(
        (&rate["figure"]["numerator"], &rate["figure"]["denominator"]),
        (&json!("1"), &json!("2"))
    );
    assert_eq!(rate["groups"][0]["name"], "north");
    let revenue = app.get("/v1/metrics/revenue?period=quarter").with(200);
    assert_eq!(
        (&revenue["figure"]["numerator"], &revenue["currency"]),
        (&json!("6000"), &json!("EUR"))
    );
    assert_eq!(revenue["periods"].as_array().map(Vec::len), Some(2));
    let behind = app.get("/v1/metrics/repurchase_rate/customers").with(200);
    let all = behind["items"].as_array().expect("a list");
    let above = all.iter().filter(|it| it["above"] == true).count();
    assert_eq!((all.len(), above), (2, 1), "{behind:#}");
    let first = app
        .get("/v1/metrics/participation/customers?of=2025-03&limit=1")
        .with(200);
    assert_eq!(first["items"].as_array().map(Vec::len), Some(1));
    assert!(first["next"].is_string(), "{first:#}");
    let issued = app.get("/v1/metrics/points_issued").with(200);
    assert_ne!(issued["figure"]["numerator"], "0", "{issued:#}");
    app.get("/v1/metrics/nps/customers")
        .problem("invalid_input");
    app.get("/v1/metrics/revenue/customers?of=2031-01")
        .problem("invalid_input");
    app.get("/v1/metrics/luck").problem("not_found");
    app.get("/v1/metrics/revenue?period=moon")
        .problem("invalid_input");
}

#[test]
fn metrics_on_sqlite() {
    a_metric_comes_from_the_shops_own_log(TestDb::sqlite());
}

#[test]
fn metrics_on_postgres() {
    a_metric_comes_from_the_shops_own_log(TestDb::postgres());
}

/// Where a job is found, and the job once it is over.
pub(crate) fn over(app: &TestApp, begun: &Value) -> (String, Value) {
    let id = begun["id"].as_str().expect("a job has an id");
    let path = format!("/v1/jobs/{id}");
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let job = app.get(&path).with(200);
        if job["state"] != "running" {
            return (path, job);
        }
        assert!(Instant::now() < until, "{job:#}");
        std::thread::yield_now();
    }
}

fn a_job_works_out_what_it_is_for(db: TestDb) {
    let app = world(db);
    let result = |ask: Value| {
        let (path, done) = over(&app, &app.post("/v1/jobs", &ask).with(202));
        assert_eq!(done["state"], "done", "{done:#}");
        app.get(&format!("{path}/result")).with(200)
    };
    let report = result(json!({"what": "report"}));
    // The same figures and forecasts as in the whole report.
    assert_eq!(result(json!({"what": "metrics"})), report["figures"]);
    assert_eq!(result(json!({"what": "forecast"})), report["coming"]);
    let mut finance = result(json!({"what": "finance"}));
    let mut answered = app.get("/v1/finance").with(200);
    // The clock of the test stands still.
    assert_eq!(finance["points"].take(), answered["points"].take());
    assert_eq!(finance, answered);
    let half = PROGRAM.replace("1 per 1 EUR", "2 per 1 EUR");
    assert_ne!(half, PROGRAM);
    let tested = result(json!({"what": "backtest", "program": half}));
    assert_eq!(
        (&tested["members"], &tested["events"]),
        (&json!(2), &json!(3)),
        "{tested:#}"
    );
    app.post("/v1/jobs", &json!({"what": "backtest"}))
        .problem("invalid_input");
    // A metric that a model answers says why it cannot be had, and not that nobody asked the model.
    let value = app.get("/v1/metrics/lifetime_value").with(200);
    let population = value["figure"]["population"].as_str().expect("is said");
    assert!(
        population.contains("at least 50 are needed"),
        "{population}"
    );
}

#[test]
fn jobs_are_for_what_they_say_on_sqlite() {
    a_job_works_out_what_it_is_for(TestDb::sqlite());
}

#[test]
fn jobs_are_for_what_they_say_on_postgres() {
    a_job_works_out_what_it_is_for(TestDb::postgres());
}

/// Whoever cancels a job finds it cancelled for good, unless it was over by then.
fn a_backtest_is_cancelled(db: TestDb) {
    let app = world(db);
    let ask = json!({"what": "backtest", "program": PROGRAM});
    let begun = app.post("/v1/jobs", &ask).with(202);
    let path = format!("/v1/jobs/{}", begun["id"].as_str().expect("an id"));
    let cancelled = app.post(&format!("{path}/cancel"), &json!({})).with(200);
    let state = cancelled["state"].as_str().expect("a state").to_owned();
    // Longer than whoever works on it takes to hear of it.
    let until = Instant::now() + Duration::from_millis(2500);
    while Instant::now() < until {
        assert_eq!(app.get(&path).with(200)["state"], *state);
        std::thread::sleep(Duration::from_millis(100));
    }
    match state.as_str() {
        "cancelled" => drop(app.get(&format!("{path}/result")).problem("not_found")),
        other => assert_eq!(other, "done"),
    }
}

#[test]
fn a_backtest_is_cancelled_on_sqlite() {
    a_backtest_is_cancelled(TestDb::sqlite());
}

#[test]
fn a_backtest_is_cancelled_on_postgres() {
    a_backtest_is_cancelled(TestDb::postgres());
}

fn a_job_is_begun_followed_and_fetched(db: TestDb) {
    let app = world(db);
    app.post("/v1/jobs", &json!({"what": "miracle"}))
        .problem("invalid_input");
    app.post("/v1/jobs", &json!({"what": "report", "horizon_months": 0}))
        .problem("invalid_input");
    app.post("/v1/jobs", &json!({"what": "report", "window_days": -1}))
        .problem("invalid_input");
    let begun = app
        .post("/v1/jobs", &json!({"what": "report", "by": "store"}))
        .with(202);
    let (path, done) = over(&app, &begun);
    assert_eq!(
        (&done["state"], &done["percent"]),
        (&json!("done"), &json!(100)),
        "{done:#}"
    );
    let result = app.get(&format!("{path}/result")).with(200);
    assert_eq!(result["rows"], 3);
    assert_eq!(result["leaving"]["refused"], "too_few");
    // What is over stays as it is.
    assert_eq!(
        app.post(&format!("{path}/cancel"), &json!({})).with(200),
        done
    );
    assert_eq!(app.get("/v1/alerts").with(200)["items"], json!([]));
    let listed = app.get("/v1/jobs").with(200);
    assert_eq!(listed["items"], json!([done]));
    app.get("/v1/jobs/nothing").problem("not_found");
}

#[test]
fn a_job_on_sqlite() {
    a_job_is_begun_followed_and_fetched(TestDb::sqlite());
}

#[test]
fn a_job_on_postgres() {
    a_job_is_begun_followed_and_fetched(TestDb::postgres());
}

fn the_books_are_closed_for_good(db: TestDb) {
    let app = world(db);
    let books = app.get("/v1/finance/periods").with(200);
    assert_eq!(books["periods"][0]["period"], "2025-03");
    let close = |month: &str| app.post(&format!("/v1/finance/periods/{month}/close"), &json!({}));
    close("2025-04").problem("invalid_input");
    let march = close("2025-03").with(200);
    assert_eq!(march["closed"], true);
    bought(&app, "M-4", "bo@example.com", "2025-03-20", "5.00");
    assert_eq!(close("2025-03").with(200), march);
    let april = close("2025-04").with(200);
    assert_eq!(april["lines"][0]["opening"], march["lines"][0]["closing"]);
    close("2025-05").problem("invalid_input");
    let finance = app.get("/v1/finance?at=2025-04-30").with(200);
    assert_eq!(finance["points"][0]["open"], april["lines"][0]["closing"]);
    let verified = app
        .app
        .verify(app.tenant, None, &mut |_| {})
        .expect("it can be proved");
    assert!(verified.wrong.is_none(), "{verified:?}");
}

#[test]
fn the_books_on_sqlite() {
    the_books_are_closed_for_good(TestDb::sqlite());
}

#[test]
fn the_books_on_postgres() {
    the_books_are_closed_for_good(TestDb::postgres());
}
