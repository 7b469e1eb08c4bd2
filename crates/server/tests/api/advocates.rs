//! Advocates: listed by score, page by page; of one member with each part; as a segment, and asked by a survey.

use crate::client::Request;
use crate::testapp::{PROGRAM, TestApp, purchase};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    advocates_are_listed_by_score_and_made_a_panel,
    what_is_asked_wrongly_is_said,
    points_for_a_reference_come_once_it_is_looked_at,
}

fn members(page: &Value) -> Vec<(String, i64)> {
    let items = page["items"].as_array().expect("a list");
    let each = items.iter().map(|own| {
        let member = own["member"].as_str().expect("an id").to_owned();
        (member, own["score"].as_i64().expect("a number"))
    });
    each.collect()
}

fn advocates_are_listed_by_score_and_made_a_panel(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(&format!("{PROGRAM}\n[activity.survey]\n"));
    // 2 for an order, 10 for its being of the last days.
    let ana = app.member_with("ana@example.com", "12.00");
    let bo = app.member_with("bo@example.com", "12.00");
    let cy = app.member_with("cy@example.com", "12.00");
    app.member("dana@example.com");
    for (email, more) in [("bo", 3), ("cy", 1)] {
        for no in 0..more {
            let order = purchase(
                &format!("{email}-{no}"),
                &format!("{email}@example.com"),
                "5.00",
            );
            app.post("/v1/events", &order).with(201);
        }
    }
    let expected = [(bo.clone(), 18), (cy, 14), (ana.clone(), 12)];
    let one = app
        .get("/v1/advocates?least=1&sort=score&limit=2")
        .with(200);
    assert_eq!(members(&one), expected[..2]);
    let next = one["next"].as_str().expect("there is more");
    let two = app
        .get(&format!(
            "/v1/advocates?least=1&sort=score&limit=2&after={next}"
        ))
        .with(200);
    assert_eq!(members(&two), expected[2..]);
    assert!(two["next"].is_null(), "{two:#}");
    // By member, as whoever goes through all of them wants it; from a score on.
    let mut by_member = expected[..2].to_vec();
    by_member.sort();
    for path in [
        "/v1/advocates?least=13",
        "/v1/advocates?least=13&sort=member",
    ] {
        assert_eq!(members(&app.get(path).with(200)), by_member);
    }
    assert_eq!(members(&app.get("/v1/advocates").with(200)), []);

    let own = app.get(&format!("/v1/members/{bo}/advocacy")).with(200);
    assert_eq!(own["score"], 18);
    let parts = own["parts"].as_array().expect("a list").iter();
    let parts: Vec<(&str, i64, i64)> = parts
        .map(|part| {
            let number = |name: &str| part[name].as_i64().expect("a number");
            (
                part["part"].as_str().expect("a name"),
                number("times"),
                number("points"),
            )
        })
        .collect();
    let told = [
        ("orders", 4, 8),
        ("recency", 1, 10),
        ("referrals", 0, 0),
        ("actions", 0, 0),
        ("challenges", 0, 0),
    ];
    assert_eq!(parts, told);

    // A panel: the same people as a segment, who are asked by a survey.
    let segment = json!({"id": "panel", "name": "Panel", "condition": "score(\"advocate\") >= 14"});
    assert_eq!(app.post("/v1/segments", &segment).with(201)["members"], 2);
    let survey = json!({
        "name": "Panel", "language": "en", "title": {"en": "Will you join our panel?"},
        "thanks": {"en": "Thank you."}, "activity": "survey", "ways": ["portal"], "live": true,
        "questions": [{"id": "join", "kind": "text", "says": {"en": "What shall we ask you about?"}}],
    });
    let put = Request::new("PUT", "/v1/surveys/panel").key(&app.admin);
    put.json(&survey).send(app.address).with(200);
    let asked = app.post("/v1/surveys/panel/askings", &json!({"segment": "panel"}));
    assert_eq!(asked.with(201), json!({"made": 2}));
    app.app.ask_due(app.tenant).expect("asks");
    let askings = app.get("/v1/surveys/panel/askings?stage=asked").with(200);
    let invited = askings["items"].as_array().expect("a list").iter();
    let mut invited: Vec<&str> = invited.filter_map(|own| own["member"].as_str()).collect();
    invited.sort_unstable();
    let mut panel: Vec<&str> = expected[..2].iter().map(|own| own.0.as_str()).collect();
    panel.sort_unstable();
    assert_eq!(invited, panel);
}

fn what_is_asked_wrongly_is_said(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    for (query, parameter) in [
        ("least=0", "least"),
        ("least=101", "least"),
        ("sort=name", "sort"),
        ("sort=score&after=nowhere", "after"),
        ("after=nowhere", "after"),
    ] {
        let wrong = app.get(&format!("/v1/advocates?{query}"));
        let said = wrong.with(wrong.status);
        assert!((400..500).contains(&wrong.status), "{query}: {said:#}");
        assert!(said.to_string().contains(parameter), "{query}: {said:#}");
    }
    app.get("/v1/members/email:nobody@example.com/advocacy")
        .with(404);
    let nobody = Request::new("GET", "/v1/advocates").send(app.address);
    assert_eq!(nobody.status, 401);
}

const REFERENCE: &str = r#"
[activity.reference]
moderated = true

[[earn]]
id   = "reference"
on   = "reference"
give = { beans = 200 }

[insight]
engagement = { reference = 8 }
"#;

fn points_for_a_reference_come_once_it_is_looked_at(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(&format!("{PROGRAM}{REFERENCE}"));
    let ana = app.member("ana@example.com");
    let told = json!({
        "type": "activity", "source": "site", "id": "ref-1", "name": "reference", "member": ana,
    });
    app.post("/v1/events", &told).with(201);
    let score = || app.get(&format!("/v1/members/{ana}/advocacy")).with(200)["score"].clone();
    // It counts once somebody has looked at it: in the score, and in points.
    assert_eq!((app.beans(&ana), score()), ("0".to_owned(), json!(0)));
    let looked_at = |id: &str, approved: bool| {
        json!({
            "type": "moderation", "source": "desk", "id": format!("{id}-seen"), "member": ana,
            "submission": id, "approved": approved, "reason": "seen", "by": "eva",
        })
    };
    app.post("/v1/events", &looked_at("ref-1", true)).with(201);
    assert_eq!((app.beans(&ana), score()), ("200".to_owned(), json!(8)));
    // What was refused never counts.
    let mut again = told;
    again["id"] = json!("ref-2");
    app.post("/v1/events", &again).with(201);
    app.post("/v1/events", &looked_at("ref-2", false)).with(201);
    assert_eq!((app.beans(&ana), score()), ("200".to_owned(), json!(8)));
}
