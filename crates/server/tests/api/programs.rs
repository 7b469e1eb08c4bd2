//! Program files: checked, planned, applied, rolled back.

use crate::client::Request;
use crate::testapp::{PROGRAM, TestApp, purchase};
use regulars_testkit::TestDb;
use serde_json::json;

fn file(app: &TestApp, path: &str, text: &str) -> crate::client::Answer {
    let request = Request::new("POST", path).key(&app.admin);
    request
        .header("Content-Type", "application/toml")
        .body(text)
        .send(app.address)
}

#[test]
fn a_program_is_checked_planned_applied_and_rolled_back() {
    let app = TestApp::on(TestDb::sqlite());
    app.post("/v1/events", &purchase("R-1", "ana@example.com", "12.40"))
        .problem("no_program");
    let checked = file(&app, "/v1/programs/check", PROGRAM).with(200);
    assert_eq!(
        (&checked["ok"], &checked["name"]),
        (&json!(true), &json!("Test Café"))
    );
    let first = file(&app, "/v1/programs?note=first", PROGRAM).with(201);
    assert_eq!(
        (&first["version"], &first["note"]),
        (&json!(1), &json!("first"))
    );
    assert_eq!(first["hash"], checked["hash"]);
    assert_eq!(file(&app, "/v1/programs", PROGRAM).with(200)["version"], 1);

    app.post("/v1/events", &purchase("R-1", "ana@example.com", "12.40"))
        .with(201);
    let twice = PROGRAM.replace("beans = \"1 per 1 EUR\"", "beans = \"2 per 1 EUR\"");
    let plan = file(&app, "/v1/programs/plan?sample=10", &twice).with(200);
    assert_eq!(plan["against"], 1);
    assert_eq!(plan["effect"]["purchases"], 1, "{plan:#}");
    assert_eq!(
        plan["effect"]["points"][0],
        json!({"points": "beans", "before": "12", "after": "24"})
    );
    assert!(
        !plan["differences"]
            .as_array()
            .expect("is a list")
            .is_empty()
    );

    assert_eq!(file(&app, "/v1/programs", &twice).with(201)["version"], 2);
    assert_eq!(app.get("/v1/programs/2/text").text(), twice);
    assert_eq!(app.get("/v1/programs/1").with(200)["note"], "first");
    let back = app
        .post("/v1/programs/1/roll-back?note=oops", &json!({}))
        .with(201);
    assert_eq!(
        (&back["version"], &back["note"]),
        (&json!(3), &json!("oops"))
    );
    assert_eq!(app.get("/v1/programs/3/text").text(), PROGRAM);
    let listed = app.get("/v1/programs").with(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_wrong_program_is_told_with_lines_and_hints() {
    let app = TestApp::new();
    let wrong = PROGRAM.replace("worth = \"0.01 EUR\"", "wroth = \"0.01 EUR\"");
    let checked = file(&app, "/v1/programs/check", &wrong).with(200);
    assert_eq!(checked["ok"], false);
    let finding = &checked["findings"][0];
    assert_eq!(finding["line"], 8, "{finding:#}");
    let told = file(&app, "/v1/programs", &wrong).problem("invalid_program");
    assert_eq!(told["findings"], checked["findings"]);
    file(&app, "/v1/programs/plan", &wrong).problem("invalid_program");
    app.get("/v1/programs/9").problem("unknown_version");
    app.get("/v1/programs/9/text").problem("unknown_version");
    app.post("/v1/programs/9/roll-back", &json!({}))
        .problem("unknown_version");
    app.get("/v1/programs/first").problem("invalid_parameter");
}
