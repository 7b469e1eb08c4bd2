//! What happened with a member, in one list over HTTP.

use crate::testapp::{TestApp, but, purchase};
use regulars_base::Timestamp;
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    all_that_happened_stands_in_one_list_the_newest_first,
    what_was_said_goes_along_and_is_forgotten_with_the_member,
}

fn on(db: TestDb) -> TestApp {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    app
}

/// So many minutes after the start.
fn later(app: &TestApp, minutes: i64) -> Timestamp {
    let now = crate::testapp::at(crate::testapp::NOW).plus_micros(minutes * 60_000_000);
    app.set_clock(now);
    now
}

fn kinds(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("a list").iter();
    let each = items.map(|own| {
        format!(
            "{} {}",
            own["kind"].as_str().expect("a kind"),
            own["what"].as_str().expect("a word")
        )
    });
    each.collect()
}

fn all_that_happened_stands_in_one_list_the_newest_first(db: TestDb) {
    let app = on(db);
    let ana = app.member("ana@example.com");
    later(&app, 10);
    let path = format!("/v1/members/{ana}");
    let call = json!({"kind": "phone", "text": "Asked where the shop is."});
    let noted = app.post(&format!("{path}/contacts"), &call).with(201);
    assert_eq!(
        (&noted["kind"], &noted["by"]),
        (&json!("phone"), &json!("test"))
    );
    let at = later(&app, 20).to_string();
    let buys = purchase("R-1", "ana@example.com", "10.00");
    app.post("/v1/events", &but(buys, &json!({"at": at})))
        .with(201);
    later(&app, 30);
    let case = json!({"member": ana, "subject": "Cold coffee", "text": "It was cold."});
    app.post("/v1/cases", &case).with(201);
    later(&app, 40);
    // Noted late: it stands where it happened.
    let visit = json!({"kind": "in_person", "text": "Came by.", "at": later(&app, 25).to_string()});
    later(&app, 40);
    app.post(&format!("{path}/contacts"), &visit).with(201);
    let timeline = format!("{path}/timeline");
    let all = [
        "case by_hand",
        "contact in_person",
        "entry purchase",
        "contact phone",
        "entry enrolment",
    ];
    let page = app.get(&timeline).with(200);
    assert_eq!(kinds(&page), all);
    let bought = &page["items"][2];
    assert_eq!(
        (&bought["order"], &bought["state"]),
        (&json!("R-1"), &json!("accepted"))
    );
    assert!(
        bought["points"]
            .as_array()
            .is_some_and(|own| !own.is_empty()),
        "{bought}"
    );
    assert_eq!(page["items"][0]["says"], json!(["Cold coffee"]));
    // Page by page it is the same.
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{timeline}?limit=2{after}")).with(200);
        seen.extend(kinds(&page));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
    let contacts = app.get(&format!("{timeline}?kind=contact")).with(200);
    assert_eq!(kinds(&contacts), ["contact in_person", "contact phone"]);
    app.get(&format!("{timeline}?kind=dream"))
        .problem("invalid_parameter");
    let path = format!("{path}/contacts");
    app.post(&path, &json!({"kind": "telex", "text": "x"}))
        .problem("invalid_input");
    app.post(&path, &json!({"kind": "chat", "text": " "}))
        .problem("invalid_input");
    let tomorrow = json!({"kind": "chat", "text": "x", "at": "2025-03-02T09:00:00Z"});
    app.post(&path, &tomorrow).problem("invalid_input");
}

fn what_was_said_goes_along_and_is_forgotten_with_the_member(db: TestDb) {
    let app = on(db);
    let ana = app.member("ana@example.com");
    let path = format!("/v1/members/{ana}");
    let call = json!({"kind": "phone", "text": "Has a new address."});
    app.post(&format!("{path}/contacts"), &call).with(201);
    let all = app
        .post(&format!("{path}/export"), &json!({"reason": "asked"}))
        .with(200);
    assert_eq!(all["contacts"][0]["text"], "Has a new address.");
    assert!(
        all["contacts"][0]["by"].is_null(),
        "who noted it is the shop's own affair"
    );
    let trail = app.get("/v1/audit").text();
    assert!(!trail.contains("new address"), "{trail}");
    app.post(&format!("{path}/erase"), &json!({"reason": "asked"}))
        .with(200);
    let left = app.get(&format!("{path}/timeline?kind=contact")).with(200);
    assert_eq!(kinds(&left), ["contact phone"]);
    assert_eq!(left["items"][0]["says"], json!([]));
    app.post(&format!("{path}/contacts"), &call)
        .problem("invalid_input");
}
