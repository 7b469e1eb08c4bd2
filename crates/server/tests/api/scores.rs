//! Scores over HTTP: what there is, by whom it is not said and why, and of one member.

use crate::metrics::over;
use crate::testapp::{PROGRAM, TestApp, purchase};
use regulars_testkit::TestDb;
use serde_json::json;

regulars_testkit::on_both! {
    scores_say_of_whom_they_are_known_and_why_not,
}

fn scores_say_of_whom_they_are_known_and_why_not(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let ana = app.member_with("ana@example.com", "12.00");
    let before = app.get("/v1/scores").with(200);
    assert!(before.get("asked_at").is_none(), "{before:#}");
    let names = |of: &str| -> Vec<String> {
        let all = before[of].as_array().expect("a list").iter();
        all.map(|own| own["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(
        names("scores"),
        ["advocate", "churn", "alive", "orders", "value"]
    );
    assert_eq!(names("labels"), ["rfm", "loyalty"]);

    let begun = app.post("/v1/jobs", &json!({"what": "scores"})).with(202);
    let (path, done) = over(&app, &begun);
    assert_eq!(done["state"], "done", "{done:#}");
    let result = app.get(&format!("{path}/result")).with(200);
    assert_eq!(
        (&result["customers"], &result["changed"]),
        (&json!(1), &json!(1))
    );

    let after = app.get("/v1/scores").with(200);
    assert!(after["as_of"].is_string(), "{after:#}");
    let churn = &after["scores"][1];
    assert_eq!(
        (&churn["members"], &churn["refused"]),
        (&json!(0), &json!("too_few"))
    );
    assert!(
        churn["why"].as_str().expect("is said").contains("at least"),
        "{churn:#}"
    );
    assert_eq!(after["labels"][0]["members"], 1);

    let own = app.get(&format!("/v1/members/{ana}/scores")).with(200);
    // 2 for an order, 10 for its being of the last days.
    assert_eq!(own["scores"][0]["name"], "advocate");
    assert_eq!(own["scores"][0]["value"], "12");
    assert_eq!(own["scores"].as_array().map(Vec::len), Some(1));
    assert_eq!(own["labels"][0]["name"], "rfm");
    app.get("/v1/members/email:nobody@example.com/scores")
        .problem("unknown_member");

    // One more order: the label is what it was until models are asked again.
    app.post("/v1/events", &purchase("more", "ana@example.com", "5.00"))
        .with(201);
    let again = app.get(&format!("/v1/members/{ana}/scores")).with(200);
    assert_eq!(again["labels"], own["labels"]);
    assert_eq!(again["scores"][0]["value"], "14");
}
