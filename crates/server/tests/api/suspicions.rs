//! Suspicions over HTTP: listed with reasons, decided once; codes that are guessed; rules.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp};
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

regulars_testkit::on_both! {
    a_suspicion_is_listed_and_decided_once,
    whoever_guesses_codes_waits_and_stands_in_the_queue,
    what_is_suspicious_is_set_as_a_whole,
}

fn put(app: &TestApp, body: &Value) -> Answer {
    let request = Request::new("PUT", "/v1/suspicion-rules").key(&app.admin);
    request.json(body).send(app.address)
}

fn items(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app.get(&format!("/v1/suspicions{query}")).with(200);
    page["items"].as_array().expect("a list").clone()
}

fn a_suspicion_is_listed_and_decided_once(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let ana = app.member("ana@example.com");
    let given = json!({"points": "beans", "amount": "10", "reason": "goodwill", "by": "Bo"});
    for number in 0..6 {
        let path = format!("/v1/members/{ana}/adjustments");
        app.post_once(&path, &format!("g-{number}"), &given)
            .with(201);
    }
    let looked = app.post("/v1/suspicions/find", &json!({})).with(200);
    assert_eq!((&looked["opened"], &looked["held"]), (&json!(1), &json!(0)));
    let all = items(&app, "");
    let [own] = &all[..] else {
        panic!("one: {all:?}")
    };
    assert_eq!(
        (&own["suspect"], &own["state"], &own["score"]),
        (&json!("agent"), &json!("open"), &json!(45))
    );
    assert_eq!(
        own["signs"][0]["text"],
        "6 of 6 times that points were given by hand, it was to the same 1; at most 5 times"
    );
    assert_eq!(own["signs"][0]["members"], json!([ana]));
    for (query, count) in [
        ("?sign=same_members", 1),
        ("?sign=ring", 0),
        ("?suspect=agent", 1),
        ("?suspect=member", 0),
        ("?least=46", 0),
        ("?state=cleared", 0),
        ("?limit=1", 1),
    ] {
        assert_eq!(items(&app, query).len(), count, "{query}");
    }
    assert!(items(&app, &format!("?member={ana}")).is_empty());
    for wrong in ["?state=odd", "?sign=odd", "?suspect=odd"] {
        let path = format!("/v1/suspicions{wrong}");
        app.get(&path).problem("invalid_parameter");
    }
    let id = own["id"].as_str().expect("it has an id");
    let path = format!("/v1/suspicions/{id}");
    let takes = app.get(&path).with(200)["taken"].clone();
    assert_eq!(
        (&takes[0]["amount"], &takes[0]["state"]),
        (&json!("60"), &json!("due"))
    );
    app.get("/v1/suspicions/sus_none").problem("not_found");
    let reverse = format!("{path}/reverse");
    app.post(&reverse, &json!({"reason": ""}))
        .problem("invalid_input");
    app.post(&reverse, &json!({})).problem("invalid_input");
    let body = json!({"reason": "always to Ana"});
    let decided = app.post(&reverse, &body).with(200);
    assert_eq!(
        (&decided["state"], &decided["taken"][0]["state"]),
        (&json!("reversed"), &json!("booked"))
    );
    let balance = app.get(&format!("/v1/members/{ana}/balance")).with(200);
    assert_eq!(balance["points"][0]["available"], "0");
    app.post(&reverse, &body).with(200);
    app.post(&format!("{path}/clear"), &body)
        .problem("invalid_input");
    let acts = app.get("/v1/audit?act=reverse_suspicion").with(200);
    assert_eq!(acts["items"][0]["why"], "always to Ana");
}

fn whoever_guesses_codes_waits_and_stands_in_the_queue(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    for number in 0..30 {
        app.get(&format!("/v1/codes/NONE{number}"))
            .problem("not_found");
    }
    let refused = app.get("/v1/codes/NONE30");
    refused.problem("too_many_guesses");
    let wait: u32 = refused
        .header("retry-after")
        .and_then(|own| own.parse().ok())
        .expect("how long");
    assert!((1..=60).contains(&wait), "{wait}");
    // It is noted beside the request.
    let until = Instant::now() + Duration::from_secs(20);
    let found = loop {
        let found = items(&app, "?suspect=caller");
        if !found.is_empty() || Instant::now() > until {
            break found;
        }
        std::thread::yield_now();
    };
    assert_eq!(found[0]["signs"][0]["sign"], "guesses");
    assert_eq!(found[0]["signs"][0]["figures"]["count"], 30);
}

fn what_is_suspicious_is_set_as_a_whole(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    let usual = app.get("/v1/suspicion-rules").with(200);
    assert_eq!(
        (&usual["on"], &usual["hold_from"]),
        (&json!(true), &json!(70))
    );
    assert_eq!(put(&app, &usual).with(200), usual);
    let mut other = usual.clone();
    other["paces"] =
        json!([{"of": "points", "per": "store", "minutes": 5, "most": 1000, "weight": 50}]);
    other["signs"] = json!([{"sign": "ring", "limit": 0, "weight": 0}]);
    let set = put(&app, &other).with(200);
    assert_eq!(set["paces"], other["paces"]);
    let ring = set["signs"]
        .as_array()
        .expect("all")
        .iter()
        .find(|own| own["sign"] == "ring");
    assert_eq!(ring.expect("it is there")["weight"], 0);
    other["paces"][0]["per"] = json!("card");
    other["signs"][0]["sign"] = json!("pace");
    let problem = put(&app, &other).problem("invalid_input");
    let at: Vec<&Value> = problem["errors"]
        .as_array()
        .expect("faults")
        .iter()
        .map(|own| &own["at"])
        .collect();
    assert_eq!(at, [&json!("/paces/0/per"), &json!("/signs/0/sign")]);
    put(&app, &json!({"on": true})).problem("invalid_input");
}
