//! People, their roles, what they may do alone, and the trail of what they did.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp};
use regulars_base::Timestamp;
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    somebody_is_invited_once_works_and_is_out_at_once_when_disabled,
    more_points_than_somebody_may_adjust_wait_for_a_second_person,
    a_cashier_sells_and_redeems_and_sees_nothing_else,
    who_did_what_stands_in_a_trail_that_is_proved,
    settings_are_checked_and_never_tell_the_secret,
}

const PASSWORD: &str = "correct horse battery";

fn begin(db: TestDb) -> TestApp {
    let app = TestApp::on(db);
    app.apply(PROGRAM);
    app
}

/// Somebody who signed in.
struct Person {
    id: String,
    cookie: String,
    csrf: String,
}

impl Person {
    fn of(id: &str, answer: &Answer) -> Self {
        let out = answer.with(201);
        let cookie = answer.header("set-cookie").expect("sets a cookie");
        let cookie = cookie.split(';').next().expect("has a first part");
        Self {
            id: id.into(),
            cookie: cookie.into(),
            csrf: out["csrf_token"].as_str().expect("has a token").into(),
        }
    }

    fn asks(&self, app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
        let request = Request::new(method, path)
            .header("Cookie", &self.cookie)
            .header("X-Csrf-Token", &self.csrf);
        match method {
            "GET" => request.send(app.address),
            _ => request.json(body).send(app.address),
        }
    }

    fn get(&self, app: &TestApp, path: &str) -> Answer {
        self.asks(app, "GET", path, &Value::Null)
    }
}

fn invite(app: &TestApp, email: &str, roles: &[&str]) -> (String, String) {
    let body = json!({"email": email, "name": email.split('@').next(), "roles": roles});
    let made = app.post("/v1/people", &body).with(201);
    let text = |name: &str| made[name].as_str().expect("is a text").to_owned();
    (text("id"), text("invitation"))
}

fn take_up(app: &TestApp, invitation: &str, password: &str) -> Answer {
    let body = json!({"invitation": invitation, "password": password});
    let request = Request::new("POST", "/v1/sessions/invitation").json(&body);
    request.send(app.address)
}

fn person(app: &TestApp, email: &str, roles: &[&str]) -> Person {
    let (id, invitation) = invite(app, email, roles);
    Person::of(&id, &take_up(app, &invitation, PASSWORD))
}

fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    let request = Request::new("POST", "/v1/sessions/person").json(&body);
    request.send(app.address)
}

fn change(app: &TestApp, id: &str, body: &Value) -> Answer {
    let request = Request::new("PATCH", &format!("/v1/people/{id}")).key(&app.admin);
    request.json(body).send(app.address)
}

fn somebody_is_invited_once_works_and_is_out_at_once_when_disabled(db: TestDb) {
    let app = begin(db);
    let (id, invitation) = invite(&app, "Mia@Example.com", &["analyst"]);
    let again = json!({"email": "mia@example.com", "name": "Mia", "roles": ["analyst"]});
    app.post("/v1/people", &again).problem("exists");
    sign_in(&app, "mia@example.com", PASSWORD).problem("unauthorized");
    take_up(&app, &invitation, "too short").problem("invalid_input");
    take_up(&app, &format!("{invitation}0"), PASSWORD).problem("unauthorized");
    let mia = Person::of(&id, &take_up(&app, &invitation, PASSWORD));
    take_up(&app, &invitation, PASSWORD).problem("unauthorized");

    let current = mia.get(&app, "/v1/sessions/current").with(200);
    assert_eq!(
        (&current["name"], &current["scopes"]),
        (&json!("Mia"), &json!(["read"]))
    );
    mia.get(&app, "/v1/members").with(200);
    mia.get(&app, "/v1/people").problem("forbidden");
    mia.asks(&app, "POST", "/v1/members", &json!({}))
        .problem("forbidden");

    // Another role counts at once; nobody gives it to themselves.
    change(&app, &id, &json!({"roles": ["owner"]})).with(200);
    mia.get(&app, "/v1/people").with(200);
    let own = format!("/v1/people/{id}");
    mia.asks(&app, "PATCH", &own, &json!({"roles": ["analyst"]}))
        .problem("invalid_input");
    mia.asks(&app, "PATCH", &own, &json!({"enabled": false}))
        .problem("invalid_input");
    mia.asks(&app, "PATCH", &own, &json!({"name": "Mia B."}))
        .with(200);

    sign_in(&app, "MIA@example.com", PASSWORD).with(201);
    change(&app, &id, &json!({"enabled": false})).with(200);
    mia.get(&app, "/v1/members").problem("unauthorized");
    sign_in(&app, "mia@example.com", PASSWORD).problem("unauthorized");
    change(&app, &id, &json!({"enabled": true})).with(200);
    mia.get(&app, "/v1/members").with(200);

    // An invitation is over after a week, and a later one makes it void.
    let (other, first) = invite(&app, "noah@example.com", &["analyst"]);
    let path = format!("/v1/people/{other}/invitation");
    let second = app.post(&path, &json!({})).with(200);
    let second = second["invitation"].as_str().expect("is a text");
    take_up(&app, &first, PASSWORD).problem("unauthorized");
    let week: Timestamp = "2025-03-09T09:00:01Z".parse().expect("is a moment");
    app.set_clock(week);
    take_up(&app, second, PASSWORD).problem("unauthorized");

    // Whoever guesses waits.
    let tries = (0..12).map(|_| sign_in(&app, "mia@example.com", "a wrong password"));
    let codes: Vec<u16> = tries.map(|answer| answer.status).collect();
    assert_eq!(codes[..10], [401; 10]);
    assert_eq!(codes[10..], [429; 2]);
}

fn adjust(app: &TestApp, who: &Person, member: &str, amount: &str) -> Answer {
    let body = json!({"points": "beans", "amount": amount, "reason": "sorry", "by": "somebody"});
    who.asks(
        app,
        "POST",
        &format!("/v1/members/{member}/adjustments"),
        &body,
    )
}

fn more_points_than_somebody_may_adjust_wait_for_a_second_person(db: TestDb) {
    let app = begin(db);
    let member = app.member("ana@example.com");
    let agent = person(&app, "agent@example.com", &["agent"]);
    let other = person(&app, "other@example.com", &["agent"]);
    let manager = person(&app, "manager@example.com", &["manager"]);
    adjust(&app, &agent, &member, "500").with(201);
    assert_eq!(app.beans(&member), "500");
    let ledger = app.get(&format!("/v1/members/{member}/ledger")).with(200);
    let text = ledger.to_string();
    assert!(
        text.contains("agent (per_") && !text.contains("somebody"),
        "{text}"
    );

    let held = adjust(&app, &agent, &member, "501").with(202);
    assert_eq!(
        (&held["state"], &held["amount"]),
        (&json!("waiting"), &json!("501"))
    );
    assert_eq!(app.beans(&member), "500", "nothing is booked yet");
    // The same by an event is refused: there it would not wait.
    let event = json!({"type": "adjustment", "source": "x", "id": "1", "member": member,
        "points": "beans", "amount": "-501", "reason": "x"});
    agent
        .asks(&app, "POST", "/v1/events", &event)
        .problem("forbidden");
    let path = format!(
        "/v1/adjustments/{}",
        held["id"].as_str().expect("has an id")
    );
    let approve = format!("{path}/approve");
    agent
        .asks(&app, "POST", &approve, &json!({}))
        .problem("second_person_needed");
    other
        .asks(&app, "POST", &approve, &json!({}))
        .problem("invalid_input");
    let waiting = manager.get(&app, "/v1/adjustments?state=waiting").with(200);
    assert_eq!(waiting["items"].as_array().map(Vec::len), Some(1));
    let done = manager.asks(&app, "POST", &approve, &json!({})).with(200);
    assert_eq!(done["state"], "approved");
    assert_eq!(app.beans(&member), "1001");
    manager.asks(&app, "POST", &approve, &json!({})).with(200);
    assert_eq!(app.beans(&member), "1001", "said again, it is booked once");
    let reject = format!("{path}/reject");
    manager
        .asks(&app, "POST", &reject, &json!({}))
        .problem("invalid_input");

    let second = adjust(&app, &agent, &member, "-600").with(202);
    let path = format!(
        "/v1/adjustments/{}/reject",
        second["id"].as_str().expect("has an id")
    );
    manager.asks(&app, "POST", &path, &json!({})).with(200);
    assert_eq!(app.beans(&member), "1001");

    // A role of one's own has a limit of its own.
    let role = json!({"name": "Night shift", "scopes": ["read", "adjust"], "adjust_most": 10, "money_most": 20});
    let put = Request::new("PUT", "/v1/roles/night")
        .key(&app.admin)
        .json(&role);
    put.send(app.address).with(200);
    let night = person(&app, "night@example.com", &["night"]);
    adjust(&app, &night, &member, "10").with(201);
    adjust(&app, &night, &member, "11").with(202);
    // And so has the money that they give: by the request of its own, and by an event.
    let path = format!("/v1/members/{member}/store-credit");
    let credit = |amount: &str| json!({"amount": amount, "currency": "EUR", "reason": "sorry"});
    let over = night.asks(&app, "POST", &path, &credit("20.01"));
    over.problem("forbidden");
    night
        .asks(&app, "POST", &path, &credit("20.00"))
        .problem("no_store_credit");
    let mut event = credit("20.01");
    event["type"] = json!("store_credit");
    event["source"] = json!("desk");
    event["id"] = json!("sc-1");
    event["member"] = json!(member);
    night
        .asks(&app, "POST", "/v1/events", &event)
        .problem("forbidden");
    let delete = |id: &str| {
        let request = Request::new("DELETE", &format!("/v1/roles/{id}")).key(&app.admin);
        request.send(app.address)
    };
    delete("night").problem("invalid_input");
    change(&app, &night.id, &json!({"roles": ["analyst"]})).with(200);
    delete("night").with(200);
    delete("owner").problem("not_found");
    let built_in = Request::new("PUT", "/v1/roles/owner")
        .key(&app.admin)
        .json(&role);
    built_in.send(app.address).problem("invalid_input");
    let unknown = json!({"email": "x@example.com", "name": "X", "roles": ["night"]});
    app.post("/v1/people", &unknown).problem("invalid_input");
    let alone = json!({"email": "x@example.com", "name": "X", "roles": ["partner"]});
    app.post("/v1/people", &alone).problem("invalid_input");
}

fn a_cashier_sells_and_redeems_and_sees_nothing_else(db: TestDb) {
    let app = begin(db);
    let member = app.member_with("ana@example.com", "50.00");
    let add = json!({"add_identities": [{"kind": "phone", "value": "+4915123456789"}],
        "attributes": {"name": "Ana Maria Weber"}});
    let patch = Request::new("PATCH", &format!("/v1/members/{member}")).key(&app.admin);
    patch.json(&add).send(app.address).with(200);
    let cashier = person(&app, "till@example.com", &["cashier"]);
    let till = cashier.get(&app, "/v1/till").with(200);
    assert_eq!(till["currency"], "EUR");
    assert_eq!(till["cards"][0]["category"], "coffee");
    let find = |text: &str| cashier.asks(&app, "POST", "/v1/till/find", &json!({"text": text}));
    for text in [
        "+49 151 23456789",
        "ANA@example.com",
        "email:ana@example.com",
        &member,
    ] {
        assert_eq!(find(text).with(200)["member"], json!(member), "{text}");
    }
    let found = find(&member).with(200);
    assert_eq!(found["name"], "Ana W.", "no more of a name than is needed");
    assert_eq!(
        found["points"][0],
        json!({"points": "beans", "amount": "50"})
    );
    for text in ["ana", "+4915", "an"] {
        find(text).problem("unknown_member");
    }
    let rewards: Vec<&Value> = found["rewards"]
        .as_array()
        .expect("is a list")
        .iter()
        .collect();
    let has = |id: &str| rewards.iter().any(|own| own["reward"] == id);
    assert!(has("free-coffee") && !has("voucher-only") && !has("soon") && !has("late"));

    for path in [
        "/v1/members",
        "/v1/keys",
        "/v1/people",
        "/v1/audit",
        "/v1/settings",
        "/v1/overview",
    ] {
        cashier.get(&app, path).problem("forbidden");
    }
    cashier
        .get(&app, &format!("/v1/members/{member}"))
        .problem("forbidden");
    adjust(&app, &cashier, &member, "1").problem("forbidden");

    let sale = |source: &str, id: &str, total: &str| {
        json!({"type": "purchase", "source": source, "id": id, "order": id, "member": member,
            "currency": "EUR", "total": total,
            "lines": [{"category": "coffee", "quantity": "2", "amount": total}]})
    };
    let sends = |event: &Value| cashier.asks(&app, "POST", "/v1/events", event);
    sends(&sale("till-1", "1", "10.00")).with(201);
    sends(&sale("till-1", "1", "10.00")).with(200);
    let batch = cashier.asks(
        &app,
        "POST",
        "/v1/events/batch",
        &json!([
            sale("till-1", "1", "10.00"),
            sale("till-1", "2", "5.00"),
            sale("shop", "3", "5.00")
        ]),
    );
    let batch = batch.with(200);
    assert_eq!(
        (&batch["accepted"], &batch["duplicates"], &batch["failed"]),
        (&json!(1), &json!(1), &json!(1))
    );
    sends(&sale("web", "4", "10.00")).problem("forbidden");
    sends(&sale("till-1", "5", "500.01")).problem("forbidden");
    let gift = json!({"type": "purchase", "source": "till-1", "id": "6", "order": "6",
        "member": member, "currency": "EUR", "total": "1.00",
        "rewards": [{"redemption": "r", "reward": "mug"}]});
    sends(&gift).problem("forbidden");
    let refund = json!({"type": "refund", "source": "till-1", "id": "7", "order": "1", "currency": "EUR", "amount": "1.00"});
    sends(&refund).problem("forbidden");
    let wants = |commit: bool| {
        json!({"type": "reward_request", "source": "till-1", "id": format!("r{commit}"),
            "member": member, "reward": "free-coffee", "commit": commit})
    };
    sends(&wants(false)).problem("forbidden");
    sends(&wants(true)).with(201);
    let found = find(&member).with(200);
    assert_eq!(found["points"][0]["amount"], "55");
    assert_eq!(found["cards"][0]["stamps"], 4);
    let stream = Request::new("POST", "/v1/events/stream")
        .header("Cookie", &cashier.cookie)
        .header("X-Csrf-Token", &cashier.csrf)
        .header("Content-Type", "application/x-ndjson")
        .body(sale("till-1", "8", "1.00").to_string());
    assert!(!stream.send(app.address).text().contains("\"receipt\""));

    // Nobody reads the list of members through the till.
    // Tries are counted by the minute: twice as many as one allows, should another begin meanwhile.
    let stopped = (0..80).any(|number| find(&format!("+49150{number:06}")).status == 429);
    assert!(stopped);
}

fn who_did_what_stands_in_a_trail_that_is_proved(db: TestDb) {
    let app = begin(db);
    let manager = person(&app, "mia@example.com", &["manager"]);
    let key = app
        .post("/v1/keys", &json!({"name": "=cmd()", "scopes": ["read"]}))
        .with(201);
    let path = format!("/v1/keys/{}", key["id"].as_str().expect("has an id"));
    Request::new("DELETE", &path)
        .key(&app.admin)
        .send(app.address)
        .with(200);
    manager.get(&app, "/v1/keys").problem("forbidden");
    manager
        .asks(
            &app,
            "POST",
            "/v1/keys",
            &json!({"name": "x", "scopes": ["admin"]}),
        )
        .problem("forbidden");
    // What changes nothing, and what tills send, leaves no line; what a person does leaves one.
    app.member("ana@example.com");
    let event = json!({"type": "purchase", "source": "desk", "id": "1", "order": "1",
        "customer": {"kind": "email", "value": "ana@example.com"}, "currency": "EUR", "total": "1.00"});
    manager.asks(&app, "POST", "/v1/events/preview", &event);
    manager.asks(&app, "POST", "/v1/events", &event).with(201);
    let on = "/v1/members/email:ana@example.com/adjustments";
    let body = json!({"points": "beans", "amount": "5", "reason": "the machine was broken"});
    manager.asks(&app, "POST", on, &body).with(201);

    let trail = app.get("/v1/audit").with(200);
    let lines = trail["items"].as_array().expect("is a list");
    let acts: Vec<&str> = lines
        .iter()
        .rev()
        .filter_map(|line| line["act"].as_str())
        .collect();
    assert_eq!(
        acts,
        [
            "invite_somebody",
            "take_up_invitation",
            "create_key",
            "delete_key",
            "create_key",
            "create_event",
            "create_adjustment"
        ]
    );
    let last = &lines[0];
    assert_eq!(
        (&last["name"], &last["why"]),
        (&json!("mia"), &json!("the machine was broken"))
    );
    assert_eq!(
        (&last["target"], &last["after"]),
        (&json!("email:…"), &json!("5 beans"))
    );
    assert_eq!(lines[2]["refused"], "forbidden");
    assert_eq!(lines[4]["after"], "=cmd(): read");
    let text = trail.to_string();
    assert!(!text.contains("ana@example.com") && !text.contains("mia@example.com"));
    assert!(!text.contains(key["secret"].as_str().expect("has a secret")));

    let of = app
        .get(&format!(
            "/v1/audit?actor={}&act=create_adjustment",
            manager.id
        ))
        .with(200);
    assert_eq!(of["items"].as_array().map(Vec::len), Some(1));
    let first = app.get("/v1/audit?limit=3").with(200);
    let next = first["next"].as_str().expect("has a next page");
    let second = app
        .get(&format!("/v1/audit?limit=3&after={next}"))
        .with(200);
    assert_eq!(second["items"][0]["no"], json!(4));
    app.get("/v1/audit?from=yesterday")
        .problem("invalid_parameter");
    let file = app.get("/v1/audit/export").text();
    assert_eq!(file.lines().count(), 8);
    assert!(file.contains("\"'=cmd(): read\""), "{file}");

    let proof = app.get("/v1/audit/proof").with(200);
    assert_eq!((&proof["ok"], &proof["lines"]), (&json!(true), &json!(7)));
    assert_eq!(proof["head"], last["hash"]);
}

fn settings_are_checked_and_never_tell_the_secret(db: TestDb) {
    let app = begin(db);
    let own = |issuer: &str, secret: &str| {
        json!({"title": "Corner Café", "colour": "#0b7285", "logo": "", "language": "de",
            "languages": ["de", "en"], "till": {"sales_most": 10, "amount_most": 200},
            "sign_on": {"name": "Staff", "issuer": issuer, "client_id": "regulars",
                "client_secret": secret}})
    };
    let put = |body: &Value| {
        let request = Request::new("PUT", "/v1/settings")
            .key(&app.admin)
            .json(body);
        request.send(app.address)
    };
    let door = || Request::new("GET", "/v1/front-door").send(app.address);
    assert_eq!(door().with(200)["shops"][0]["title"], "test");
    put(&own("http://id.example.com", "s")).problem("invalid_input");
    let mut wrong = own("https://id.example.com", "s");
    wrong["colour"] = json!("red");
    put(&wrong).problem("invalid_input");
    wrong["colour"] = json!("");
    wrong["logo"] = json!("https://example.com/logo.png");
    put(&wrong).problem("invalid_input");

    let set = put(&own("https://id.example.com/", "very-secret")).with(200);
    assert_eq!(set["sign_on"]["has_secret"], json!(true));
    assert_eq!(
        set["sign_on"]["redirect_uri"],
        "http://test/v1/sign-on/callback"
    );
    let kept = put(&own("https://id.example.com", "")).with(200);
    assert_eq!(
        kept["sign_on"]["has_secret"],
        json!(true),
        "left empty, it stays"
    );
    let moved = put(&own("https://other.example.com", "")).with(200);
    assert_eq!(
        moved["sign_on"]["has_secret"],
        json!(false),
        "of another issuer it does not"
    );
    let told = [app.get("/v1/settings"), app.get("/v1/audit"), door()];
    for answer in told {
        assert!(!answer.text().contains("very-secret"));
    }
    let shop = &door().with(200)["shops"][0];
    assert_eq!(
        (&shop["title"], &shop["sign_on"]),
        (&json!("Corner Café"), &json!("Staff"))
    );

    // Without a sign-in under way nobody comes back.
    let back = Request::new("GET", "/v1/sign-on/callback?code=x&state=y").send(app.address);
    assert_eq!(back.status, 303);
    assert_eq!(back.header("location"), Some("/console/#sign-on=broken"));
    assert_eq!(back.header("set-cookie"), None);
}
