//! A program that is being written: cards, trials, the library, proposals, and the sandbox beside what is
//! live; and the customers behind a figure.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp, at};
use regulars_app::Scope;
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    the_customers_behind_a_figure_are_listed,
    a_second_person_approves_and_nobody_else,
    a_sandbox_is_apart_from_what_is_live,
}

fn bought(app: &TestApp, id: &str, who: &str, day: &str, total: &str) {
    let event = json!({
        "type": "purchase", "source": "till", "id": id, "order": id, "at": format!("{day}T10:00:00Z"),
        "customer": {"kind": "email", "value": who}, "currency": "EUR", "total": total,
    });
    app.post("/v1/events", &event).with(201);
}

fn toml(app: &TestApp, path: &str, text: &str) -> Answer {
    Request::new("POST", path)
        .key(&app.admin)
        .header("Content-Type", "application/toml")
        .body(text)
        .send(app.address)
}

fn the_customers_behind_a_figure_are_listed(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    app.set_clock(at("2025-06-02T09:00:00Z"));
    bought(&app, "M-1", "ana@example.com", "2025-03-03", "10.00");
    bought(&app, "M-2", "ana@example.com", "2025-05-03", "20.00");
    bought(&app, "M-3", "bo@example.com", "2025-03-10", "30.00");
    bought(&app, "M-4", "cy@example.com", "2025-04-10", "30.00");
    let who = |list: &str| -> Vec<String> {
        let answer = app.get(&format!("/v1/customers?list={list}")).with(200);
        let items = answer["items"].as_array().expect("a list");
        assert_eq!(answer["customers"], items.len());
        let mut names: Vec<String> = items
            .iter()
            .map(|it| {
                it["identities"][0]["value"]
                    .as_str()
                    .expect("a text")
                    .to_owned()
            })
            .collect();
        names.sort();
        names
    };
    assert_eq!(who("cohort=2025-03"), ["ana@example.com", "bo@example.com"]);
    assert_eq!(who("cohort=2025-03%2B2"), ["ana@example.com"]);
    assert!(who("cohort=2025-04%2B1").is_empty());
    // Of three, each fifth that has somebody has one; together they are all.
    let mut all = 0;
    for (recency, frequency) in (1..=5).flat_map(|r| (1..=5).map(move |f| (r, f))) {
        all += who(&format!("scores={recency}-{frequency}")).len();
    }
    assert_eq!(all, 3);
    let page = app
        .get("/v1/customers?list=cohort%3D2025-03&limit=1")
        .with(200);
    assert_eq!(
        (&page["customers"], page["items"].as_array().map(Vec::len)),
        (&json!(2), Some(1))
    );
    let next = page["next"].as_str().expect("there is more");
    let rest = app
        .get(&format!(
            "/v1/customers?list=cohort%3D2025-03&limit=1&after={next}"
        ))
        .with(200);
    assert_ne!(rest["items"][0]["id"], page["items"][0]["id"]);
    assert!(rest.get("next").is_none());
    for wrong in ["luck=1", "scores=6-1", "tenth=11", "kind=blind", "segment"] {
        app.get(&format!("/v1/customers?list={wrong}"))
            .problem("invalid_parameter");
    }
    app.get("/v1/customers?list=cohort=1999-01")
        .problem("invalid_input");
}

#[test]
fn a_file_is_seen_as_cards_that_say_where_values_stand() {
    let app = TestApp::new();
    let text = "# Ä 😀\n[program]\nname = \"Kaffee\" # so\ncurrency = \"EUR\"\n\n[[earn]]\nid = \"spend\"\ngive = { beans = 1 }\n";
    let cards = toml(&app, "/v1/programs/cards", text).with(200);
    let field = &cards["cards"][0]["fields"][0];
    assert_eq!(
        (&field["key"], &field["value"]),
        (&json!("name"), &json!("Kaffee"))
    );
    // As JavaScript counts: the face is two.
    let units: Vec<u16> = text.encode_utf16().collect();
    let place = |name: &str| {
        usize::try_from(field["span"][name].as_u64().expect("a number")).expect("small")
    };
    let found = String::from_utf16(&units[place("start")..place("end")]).expect("is text");
    assert_eq!(found, "\"Kaffee\"");
    assert_eq!(cards["cards"][1]["id"], "spend");
    assert_eq!(
        toml(&app, "/v1/programs/cards", "= 3").with(200)["cards"],
        json!([])
    );
    let schema = app.get("/v1/programs/schema").with(200);
    assert!(schema["properties"]["earn"]["items"]["properties"]["give"].is_object());
}

#[test]
fn a_program_is_tried_on_the_shop_on_samples_and_on_a_file() {
    let app = TestApp::new();
    bought(&app, "T-1", "ana@example.com", "2025-02-03", "10.00");
    bought(&app, "T-2", "bo@example.com", "2025-02-04", "250.00");
    let twice = PROGRAM.replace("beans = \"1 per 1 EUR\"", "beans = \"2 per 1 EUR\"");
    let tried = app
        .post(
            "/v1/programs/try",
            &json!({"program": twice, "against": PROGRAM, "on": "shop"}),
        )
        .with(200);
    assert_eq!(
        (&tried["members"], &tried["sides"]["more"]),
        (&json!(2), &json!(2))
    );
    let issued = |side: &str| tried[side]["months"][0]["issued"].clone();
    assert_eq!(
        (issued("candidate"), issued("against")),
        (json!("520"), json!("260"))
    );
    let file = "order,customer,date,amount\nA,ana,2025-01-02,12.00\nB,bo,never,1.00\n";
    let tried = app
        .post(
            "/v1/programs/try",
            &json!({"program": PROGRAM, "on": "file", "file": file}),
        )
        .with(200);
    assert_eq!(
        (&tried["events"], &tried["rejected"]),
        (&json!(1), &json!(1))
    );
    let reject = tried["rejects"][0].as_str().expect("a text");
    assert!(reject.starts_with("line 3: "), "{reject}");
    let tried = app
        .post(
            "/v1/programs/try",
            &json!({"program": PROGRAM, "on": "sample", "basket": "12.50"}),
        )
        .with(200);
    assert!(
        tried["members"]
            .as_u64()
            .is_some_and(|members| members > 150),
        "{}",
        tried["members"]
    );
    for (body, code) in [
        (json!({"program": PROGRAM, "on": "luck"}), "invalid_input"),
        (json!({"program": PROGRAM, "on": "file"}), "invalid_input"),
        (
            json!({"program": "nothing", "on": "shop"}),
            "invalid_program",
        ),
        (json!({"on": "shop"}), "invalid_input"),
    ] {
        app.post("/v1/programs/try", &body).problem(code);
    }
}

#[test]
fn the_library_fits_a_shop() {
    let app = TestApp::new();
    let library = app.get("/v1/library").with(200);
    let names: Vec<&Value> = library["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert!(names.contains(&&json!("beauty-tiers")), "{names:?}");
    let answers = json!({"business": "Rosa", "currency": "CHF", "basket": "40", "generosity": 20, "months": 24, "cards": false});
    let fitted = app.post("/v1/library/beauty-tiers/fit", &answers).with(200);
    let text = fitted["text"].as_str().expect("a text");
    let checked = toml(&app, "/v1/programs/check", text).with(200);
    assert_eq!(
        (&checked["ok"], &checked["name"]),
        (&json!(true), &json!("Rosa"))
    );
    let wrong =
        json!({"business": "", "currency": "X", "basket": "0", "generosity": 9000, "months": 1});
    app.post("/v1/library/beauty-tiers/fit", &wrong)
        .problem("invalid_input");
    app.get("/v1/library/luck/text").problem("not_found");
}

fn a_second_person_approves_and_nobody_else(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let [ana, bo] = [
        app.key(&[Scope::Read, Scope::Program]),
        app.key(&[Scope::Read, Scope::Program]),
    ];
    let needs = |key: &str, needed: bool| {
        Request::new("PUT", "/v1/programs/approval")
            .key(key)
            .json(&json!({"needed": needed}))
            .send(app.address)
    };
    needs(&ana, true).problem("forbidden");
    needs(&app.admin, true).with(200);
    let other = PROGRAM.replace("Test Café", "Other Café");
    let send = |key: &str, path: &str, text: &str| {
        Request::new("POST", path)
            .key(key)
            .header("Content-Type", "application/toml")
            .body(text)
            .send(app.address)
    };
    send(&app.admin, "/v1/programs", &other).problem("second_person_needed");
    send(&ana, "/v1/programs/1/roll-back", "").problem("second_person_needed");
    let made = send(&ana, "/v1/programs/proposals?note=a%20name", &other).with(201);
    let id = made["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        (&made["state"], &made["own"]),
        (&json!("proposed"), &json!(true))
    );
    let decide = |key: &str, id: &str, how: &str| {
        Request::new("POST", &format!("/v1/programs/proposals/{id}/{how}"))
            .key(key)
            .send(app.address)
    };
    decide(&ana, &id, "approve").problem("second_person_needed");
    let versions = app.get("/v1/programs").with(200);
    assert_eq!(versions["items"].as_array().map(Vec::len), Some(1));
    let approved = decide(&bo, &id, "approve").with(200);
    assert_eq!(
        (&approved["state"], &approved["version"]),
        (&json!("approved"), &json!(2))
    );
    assert_eq!(
        app.get("/v1/programs").with(200)["items"][0]["name"],
        "Other Café"
    );
    decide(&bo, &id, "approve").problem("invalid_input");

    // What was compared with a version that is no longer in force is proposed again.
    let one = send(&ana, "/v1/programs/proposals", PROGRAM).with(201);
    let two = send(
        &ana,
        "/v1/programs/proposals",
        &other.replace("Other", "Third"),
    )
    .with(201);
    let [one, two] = [one, two].map(|it| it["id"].as_str().expect("an id").to_owned());
    decide(&bo, &two, "approve").with(200);
    decide(&bo, &one, "approve").problem("invalid_input");
    let taken_back = decide(&ana, &one, "reject").with(200);
    assert_eq!(taken_back["state"], "rejected");
    let waiting = app.get("/v1/programs/proposals?state=proposed").with(200);
    assert_eq!(waiting["items"], json!([]));
    needs(&app.admin, false).with(200);
    send(&ana, "/v1/programs", PROGRAM).with(201);
}

fn a_sandbox_is_apart_from_what_is_live(db: TestDb) {
    let app = TestApp::on(db);
    app.post("/v1/sandbox", &json!({})).problem("no_program");
    app.apply(PROGRAM);
    bought(&app, "S-1", "ana@example.com", "2025-02-03", "10.00");
    bought(&app, "S-2", "bo@example.com", "2025-02-04", "50.00");
    let made = app.post("/v1/sandbox", &json!({"members": 1})).with(201);
    assert_eq!(made["members"], 1);
    app.post("/v1/sandbox", &json!({})).problem("exists");

    // Signed in, out there and in here are told apart by cookie and by token.
    let signed_in = Request::new("POST", "/v1/sessions")
        .key(&app.admin)
        .send(app.address);
    let live = signed_in.with(201);
    let live_token = live["csrf_token"].as_str().expect("a token").to_owned();
    let cookie = signed_in.header("set-cookie").expect("a cookie");
    let cookie = cookie.split(';').next().expect("a part").to_owned();
    let entered = Request::new("POST", "/v1/sandbox/enter")
        .header("Cookie", &cookie)
        .header("X-Csrf-Token", &live_token)
        .send(app.address);
    assert_eq!(entered.status, 204);
    let inside = entered.header("set-cookie").expect("a cookie");
    assert!(
        inside.starts_with("regulars_workspace=sandbox;"),
        "{inside}"
    );
    let both = format!("{cookie}; regulars_workspace=sandbox");
    let get = |path: &str| {
        Request::new("GET", path)
            .header("Cookie", &both)
            .send(app.address)
    };
    let session = get("/v1/sessions/current").with(200);
    assert_eq!(session["workspace"], "sandbox");
    assert_ne!(session["tenant"], live["tenant"]);
    let members = get("/v1/members").with(200);
    let names = members["items"][0]["identities"].to_string();
    assert!(
        names.contains("S-000001") && !names.contains("example.com"),
        "{names}"
    );

    // A page that still shows what is live changes nothing in here.
    let other = PROGRAM.replace("Test Café", "Tried Café");
    let apply = |token: &str| {
        Request::new("POST", "/v1/programs")
            .header("Cookie", &both)
            .header("X-Csrf-Token", token)
            .header("Content-Type", "application/toml")
            .body(other.as_str())
            .send(app.address)
    };
    apply(&live_token).problem("forbidden");
    apply(session["csrf_token"].as_str().expect("a token")).with(201);
    assert_eq!(
        app.get("/v1/programs").with(200)["items"][0]["name"],
        "Test Café"
    );

    let promoted = app
        .post("/v1/sandbox/promote?note=tried", &json!({}))
        .with(200);
    assert_eq!(promoted["version"]["version"], 2);
    assert_eq!(
        app.get("/v1/programs").with(200)["items"][0]["name"],
        "Tried Café"
    );
    assert_eq!(
        app.get("/v1/members").with(200)["items"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );

    // Once it is gone, who is still in it does nothing, least of all on what is live.
    let gone = Request::new("DELETE", "/v1/sandbox")
        .key(&app.admin)
        .send(app.address);
    gone.with(200);
    get("/v1/members").problem("not_found");
    let left = Request::new("POST", "/v1/sandbox/leave")
        .header("Cookie", &both)
        .send(app.address);
    assert!(
        left.header("set-cookie")
            .is_some_and(|cookie| cookie.contains("Max-Age=0"))
    );
}
