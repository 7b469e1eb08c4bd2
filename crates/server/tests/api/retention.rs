//! What is not kept for ever goes when its time is over, and not a day before.

use crate::isolation::shop::World;
use crate::testapp::{TestApp, at, purchase};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    what_is_older_than_it_is_kept_goes_and_nothing_else,
    a_shop_that_says_nothing_keeps_everything,
    whoever_does_something_is_not_forgotten,
}

fn counts(answer: &Value, names: &[&str]) -> Vec<u64> {
    let count = |name: &&str| answer[*name].as_u64().expect("is a number");
    names.iter().map(count).collect()
}

/// Something of each sort, from the first of March.
fn what_is_older_than_it_is_kept_goes_and_nothing_else(db: TestDb) {
    let world = World::on(db);
    let app = &world.shop.app;
    let member = world.member();
    let talk = json!({"kind": "phone", "text": "Called about Beeblebrox"});
    app.post(&format!("/v1/members/{member}/contacts"), &talk)
        .with(201);
    let case = json!({"member": member, "subject": "Beeblebrox is lost", "text": "No towel"});
    let case = app.post("/v1/cases", &case).with(201);
    let case = case["id"].as_str().expect("has an id").to_owned();
    let solved = app.app.service_case(app.tenant, &case);
    assert!(solved.expect("is there").solved_at.is_none());
    patch(
        app,
        &format!("/v1/cases/{case}"),
        &json!({"solved": "explained"}),
    );

    let times = json!({"cases_days": 30, "contacts_days": 30, "messages_days": 30});
    let names = ["cases", "contacts", "members"];
    let preview = |times: &Value| app.post("/v1/retention/preview", times).with(200);
    assert_eq!(counts(&preview(&times), &names), [0, 0, 0]);
    app.set_clock(at("2025-03-31T08:59:00Z"));
    assert_eq!(counts(&preview(&times), &names), [0, 0, 0]);
    app.set_clock(at("2025-03-31T09:01:00Z"));
    assert_eq!(counts(&preview(&times), &names), [1, 1, 0]);
    // A look changes nothing, and nothing goes before it is set.
    assert!(
        !app.db
            .places_of(&["beeblebrox is lost", "called about"])
            .is_empty()
    );
    let went = app.post("/v1/retention/run", &json!({})).with(200);
    assert_eq!(counts(&went, &names), [0, 0, 0]);

    // What was done by hand was done for this night.
    put(app, "/v1/retention", &times);
    assert_eq!(
        app.app.retain_at_night(app.tenant).expect("it is looked"),
        None
    );
    app.set_clock(at("2025-04-01T09:01:00Z"));
    let went = app.app.retain_at_night(app.tenant).expect("it is done");
    let went = went.expect("it was not done since this night");
    assert_eq!((went.cases, went.contacts, went.members), (1, 1, 0));
    assert!(
        app.db
            .places_of(&["beeblebrox is lost", "called about"])
            .is_empty()
    );
    // That there was a case, and who it was, is known.
    app.get(&format!("/v1/cases/{case}")).with(200);
    assert!(!app.db.places_of(&["beeblebrox"]).is_empty());
    assert_eq!(
        app.app.retain_at_night(app.tenant).expect("it is looked"),
        None
    );
    let again = app.post("/v1/retention/run", &json!({})).with(200);
    assert_eq!(counts(&again, &names), [0, 0, 0]);

    let trail = app.get("/v1/audit").with(200).to_string();
    for told in [
        "cases: 30 days",
        "cases: 1, contacts: 1",
        "members: for ever",
    ] {
        assert!(trail.contains(told), "{told}: {trail}");
    }
}

fn a_shop_that_says_nothing_keeps_everything(db: TestDb) {
    let world = World::on(db);
    let app = &world.shop.app;
    app.set_clock(at("2045-03-01T09:00:00Z"));
    let before = app.db.places_of(&["beeblebrox"]);
    assert_eq!(
        app.app.retain_at_night(app.tenant).expect("it is looked"),
        None
    );
    assert_eq!(app.db.places_of(&["beeblebrox"]), before);
    for (times, at) in [
        (json!({"members_months": 5}), "/members_months"),
        (json!({"messages_days": 6}), "/messages_days"),
        (json!({"cases_days": 4000}), "/cases_days"),
        (json!({"cases_days": -1}), "/cases_days"),
        (json!({"days": 30}), "/days"),
    ] {
        let told = app.post("/v1/retention/preview", &times);
        let told = told.problem("invalid_input");
        assert_eq!(told["errors"][0]["at"], at, "{told}");
    }
}

fn whoever_does_something_is_not_forgotten(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let silent = app.member_with("silent@example.com", "25.00");
    app.member_with("busy@example.com", "25.00");
    put(&app, "/v1/retention", &json!({"members_months": 12}));
    // Time alone makes nobody busy: what is pending comes free, and lapses.
    app.set_clock(at("2025-09-01T09:00:00Z"));
    app.app
        .tick_due(app.app.now())
        .expect("what is due is done");
    let later = json!({"at": "2025-09-01T09:00:00Z"});
    let later = crate::testapp::but(purchase("later", "busy@example.com", "5.00"), &later);
    app.post("/v1/events", &later).with(201);
    app.set_clock(at("2026-03-15T09:00:00Z"));
    app.app
        .tick_due(app.app.now())
        .expect("what is due is done");
    let went = app.post("/v1/retention/run", &json!({})).with(200);
    assert_eq!(counts(&went, &["members", "on_plan"]), [1, 0]);
    app.get("/v1/members/email:silent@example.com")
        .problem("unknown_member");
    let left = app.get(&format!("/v1/members/{silent}")).with(200);
    assert_eq!(left["identities"], json!([]));
    app.get("/v1/members/email:busy@example.com").with(200);
    assert_eq!(
        app.db.places_of(&["silent@"]).len(),
        1,
        "the id that the till gave to the order"
    );
    let proof = app.app.verify(app.tenant, None, &mut |_| ());
    assert_eq!(proof.expect("is read").wrong, None);
}

fn put(app: &TestApp, path: &str, body: &Value) -> Value {
    let request = crate::client::Request::new("PUT", path).key(&app.admin);
    request.json(body).send(app.address).with(200)
}

fn patch(app: &TestApp, path: &str, body: &Value) -> Value {
    let request = crate::client::Request::new("PATCH", path).key(&app.admin);
    request.json(body).send(app.address).with(200)
}
