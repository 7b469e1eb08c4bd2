//! Surveys and cases over HTTP: faults at their places, askings with links, figures and files; cases that are
//! opened, noted, made good and solved, and what they refuse.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    a_survey_is_written_asked_and_counted,
    a_case_is_opened_noted_made_good_and_solved,
}

const MORE: &str = r#"
[activity.survey]
fields = { recommend = { type = "int", least = 0, most = 10 }, survey = "text" }

[insight]
recommend = "survey.recommend"
"#;

fn shop(db: TestDb) -> TestApp {
    let app = TestApp::on(db);
    app.apply(&format!("{PROGRAM}{MORE}"));
    app
}

fn ask(app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::new(method, path).key(&app.admin);
    request.json(body).send(app.address)
}

fn survey() -> Value {
    json!({
        "name": "After a purchase", "language": "en", "title": {"en": "How was it?"},
        "thanks": {"en": "Thank you."}, "activity": "survey", "ways": ["portal"], "live": true,
        "questions": [
            {"id": "recommend", "kind": "nps", "needed": true, "field": "recommend", "says": {"en": "Would you recommend us?"}},
            {"id": "why", "kind": "text", "says": {"en": "Why?"}},
        ],
    })
}

/// The same with some fields replaced.
fn but(fields: Value) -> Value {
    let mut own = survey();
    for (name, value) in fields.as_object().expect("is an object") {
        own[name] = value.clone();
    }
    own
}

fn a_survey_is_written_asked_and_counted(db: TestDb) {
    let app = shop(db);
    let ana = app.member_with("ana@example.com", "12.00");
    let put = |body: &Value| ask(&app, "PUT", "/v1/surveys/nps", body);
    let made = put(&survey()).with(200)["survey"].clone();
    assert_eq!((&made["version"], &made["live"]), (&json!(1), &json!(true)));
    // Whoever did not see the version in force does not overwrite it.
    put(&survey()).problem("exists");
    let back = json!({"version": 1, "questions": [
        {"id": "a", "kind": "text", "says": {"en": "A?"}},
        {"id": "b", "kind": "text", "says": {"en": "B?"}, "next": [{"to": "a"}]},
    ]});
    let wrong = put(&but(back)).problem("invalid_input").to_string();
    assert!(wrong.contains("/questions"), "{wrong}");
    let wrong = put(&but(
        json!({"version": 1, "ways": ["pigeon"], "activity": "flying"}),
    ));
    let wrong = wrong.problem("invalid_input").to_string();
    assert!(wrong.contains("/ways"), "{wrong}");

    let asked = ask(
        &app,
        "POST",
        "/v1/surveys/nps/askings",
        &json!({"member": ana}),
    );
    assert_eq!(asked.with(201), json!({"made": 1}));
    app.app.ask_due(app.tenant).expect("asks");
    let askings = app.get("/v1/surveys/nps/askings?stage=asked").with(200);
    let asking = &askings["items"][0];
    assert_eq!(asking["member"], json!(ana), "{askings:#}");
    assert!(asking["link"].as_str().is_some_and(|link| !link.is_empty()));
    let figures = app.get("/v1/surveys/nps/figures?by=month").with(200);
    assert_eq!(
        (&figures["asked"], &figures["answered"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(
        figures["questions"][0]["value"],
        Value::Null,
        "no answer is no zero"
    );
    assert!(app.get("/v1/surveys/nps/answers").text().lines().count() == 1);
    app.get("/v1/surveys/nps/figures?from=soon")
        .problem("invalid_parameter");
    app.get("/v1/surveys/none").problem("not_found");
    assert_eq!(app.get("/v1/surveys").with(200)["items"][0]["id"], "nps");
    let mut settings = app.get("/v1/survey-settings").with(200);
    settings["apart_days"] = json!(7);
    let kept = ask(&app, "PUT", "/v1/survey-settings", &settings).with(200);
    assert_eq!(kept["apart_days"], json!(7));
}

fn a_case_is_opened_noted_made_good_and_solved(db: TestDb) {
    let app = shop(db);
    let ana = app.member_with("ana@example.com", "12.00");
    let new = json!({"member": "email:ana@example.com", "subject": "On the phone", "text": "The mug broke"});
    let case = ask(&app, "POST", "/v1/cases", &new).with(201);
    let id = case["id"].as_str().expect("has an id").to_owned();
    assert_eq!(
        (&case["state"], &case["member"]),
        (&json!("open"), &json!(ana))
    );
    let nobody = json!({"member": "email:nobody@example.com", "subject": "x", "text": "x"});
    ask(&app, "POST", "/v1/cases", &nobody).problem("unknown_member");

    let of = |what: &str| format!("/v1/cases/{id}{what}");
    let note = json!({"text": "Ask the shop", "note": true});
    ask(&app, "POST", &of("/lines"), &note).with(201);
    let shown = app.get(&of("")).with(200).to_string();
    assert!(
        shown.contains("The mug broke") && shown.contains("Ask the shop"),
        "{shown}"
    );
    // Nothing is set, so an agent has nothing to give.
    let points = json!({"amount": "50", "reason": "the mug"});
    let held = ask(&app, "POST", &of("/points"), &points).with(202);
    assert_eq!(held["state"], "waits", "{held:#}");
    let solved = ask(&app, "PATCH", &of(""), &json!({"solved": "explained"})).with(200);
    assert_eq!(
        (&solved["state"], &solved["outcome"]),
        (&json!("solved"), &json!("explained"))
    );
    ask(&app, "PATCH", &of(""), &json!({"solved": "explained"})).problem("invalid_input");
    let open = app.get("/v1/cases?state=open").with(200);
    assert_eq!(open["items"], json!([]));
    let report = app.get("/v1/cases/report").with(200);
    assert_eq!(
        (&report["opened"], &report["solved"]),
        (&json!(1), &json!(1)),
        "{report:#}"
    );
    // A letter that names no case, or names one without its signature, goes nowhere.
    let letter =
        json!({"subject": format!("Re: [{id}.0123456789abcdef]"), "text": "Give me points"});
    ask(&app, "POST", "/v1/cases/inbound", &letter).problem("invalid_input");
    app.get("/v1/cases/cas_none").problem("not_found");
}
