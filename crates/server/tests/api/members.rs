//! Members: joined, found, changed, merged; what they have, and why.

use crate::client::Request;
use crate::testapp::{TestApp, at, but, purchase};
use regulars_testkit::TestDb;
use serde_json::json;

regulars_testkit::on_both! {
    a_member_is_enrolled_found_changed_and_merged,
    a_balance_is_answered_as_of_a_date_and_explained,
    a_member_is_exported_and_forgotten_with_a_reason,
    what_a_member_allowed_and_took_back_is_listed_with_its_proof,
    whoever_was_merged_goes_along_and_is_forgotten_with_the_member,
}

fn a_member_is_enrolled_found_changed_and_merged(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let body = json!({
        "identities": [{"kind": "email", "value": "ana@example.com"}, {"kind": "card", "value": "4711"}],
        "attributes": {"first_name": "Ana", "likes": ["espresso"]},
    });
    let made = app.post_once("/v1/members", "k-1", &body).with(201);
    assert_eq!(app.post_once("/v1/members", "k-1", &body).with(200), made);
    let id = made["member"]["id"].as_str().expect("has an id").to_owned();
    for path in [format!("/v1/members/{id}"), "/v1/members/card:4711".into()] {
        assert_eq!(app.get(&path).with(200), made["member"]);
    }
    let found = app.post(
        "/v1/members/lookup",
        &json!({"kind": "card", "value": "4711"}),
    );
    assert_eq!(found.with(200), made["member"]);
    app.post_once(
        "/v1/members",
        "k-1",
        &but(body.clone(), &json!({"attributes": {}})),
    )
    .problem("key_reused");
    app.post("/v1/members", &body).problem("already_enrolled");
    let bob = app.member("bob@example.com");
    let theirs = json!({"add_identities": [{"kind": "card", "value": "4711"}]});
    let told = Request::new("PATCH", &format!("/v1/members/{bob}"));
    let told = told.key(&app.admin).json(&theirs).send(app.address);
    told.problem("identity_taken");

    let patch = json!({
        "add_identities": [{"kind": "phone", "value": "+49 30 123456"}],
        "remove_identities": [{"kind": "card", "value": "4711"}],
        "attributes": {"likes": null, "language": "de"},
    });
    let patched = Request::new("PATCH", &format!("/v1/members/{id}"))
        .key(&app.admin)
        .json(&patch)
        .send(app.address)
        .with(200);
    assert_eq!(
        patched["attributes"],
        json!({"first_name": "Ana", "language": "de"})
    );
    app.get("/v1/members/card:4711").problem("unknown_member");
    assert_eq!(
        app.get("/v1/members/phone:+49%20(0)30%20123456").with(200)["id"],
        id.as_str()
    );

    let other = app.member_with("ana@work.example", "20.00");
    let merge = json!({"into": id});
    let path = format!("/v1/members/{other}/merge");
    app.post(&path, &merge).with(201);
    app.post(&path, &merge).with(200);
    // Named by an identity, which leads to another member once they are merged.
    app.member("ana@third.example");
    let path = "/v1/members/email:ana@third.example/merge";
    app.post_once(path, "m-1", &merge).with(201);
    app.post_once(path, "m-1", &merge).with(200);
    assert_eq!(app.beans(&id), "20");
    assert_eq!(
        app.get("/v1/members/email:ana@work.example").with(200)["id"],
        id.as_str()
    );
}

#[test]
fn members_are_listed_page_by_page() {
    let app = TestApp::new();
    let mut made: Vec<String> = (0..7)
        .map(|n| app.member(&format!("{n}@example.com")))
        .collect();
    made.sort();
    let mut listed = Vec::new();
    let mut path = "/v1/members?limit=3".to_owned();
    loop {
        let page = app.get(&path).with(200);
        let items = page["items"].as_array().expect("is a list");
        assert!(items.len() <= 3);
        listed.extend(
            items
                .iter()
                .map(|item| item["id"].as_str().expect("has an id").to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/members?limit=3&after={next}"),
            None => break,
        }
    }
    assert_eq!(listed, made);
    app.get("/v1/members?after=%21")
        .problem("invalid_parameter");
    app.get("/v1/members?limit=1001")
        .problem("invalid_parameter");
    app.get("/v1/members?limit=many")
        .problem("invalid_parameter");
    app.get("/v1/members/nobody").problem("invalid_parameter");
}

fn a_balance_is_answered_as_of_a_date_and_explained(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let id = app.member_with("ana@example.com", "12.40");
    app.set_clock(at("2025-03-20T09:00:00Z"));
    let second = but(
        purchase("R-2", "ana@example.com", "30.00"),
        &json!({"at": "2025-03-20T08:00:00Z", "currency": "EUR", "total": null,
            "lines": [{"category": "coffee", "quantity": 3, "amount": "30.00"}]}),
    );
    app.post("/v1/events", &second).with(201);
    let now = app.get(&format!("/v1/members/{id}/balance")).with(200);
    assert_eq!(now["points"][0]["available"], "42", "{now:#}");
    // 1.2 stars of the first are free by now, 3 of the second are pending.
    assert_eq!(now["points"][1]["available"], "1.2");
    assert_eq!(now["points"][1]["pending"], "3");
    assert_eq!(now["tier"]["tier"], "friend");
    assert_eq!(
        now["tier"]["next"],
        json!({
            "tier": "regular",
            "rewards": ["gold"],
            "way": {
                "need": 1,
                "met": false,
                "figures": [{
                    "metric": "spend",
                    "within": "in a calendar year",
                    "counted": "42.40",
                    "needed": "200.00",
                    "missing": "157.60",
                    "from": "2025-01-01",
                    "until": "2025-12-31T23:00:00Z",
                }],
            },
        })
    );
    assert_eq!(now["cards"][0]["stamps"], 3);
    for day in ["2025-03-02", "2025-03-02T22:59:59.999999Z"] {
        let then = app
            .get(&format!("/v1/members/{id}/balance?at={day}"))
            .with(200);
        assert_eq!(then["points"][0]["available"], "12", "{then:#}");
        assert_eq!(then["as_of"], "2025-03-02T22:59:59.999999Z");
    }
    app.get(&format!("/v1/members/{id}/balance?at=soon"))
        .problem("invalid_parameter");

    let page = app
        .get(&format!("/v1/members/{id}/ledger?limit=2"))
        .with(200);
    let newest = &page["items"][0];
    assert_eq!(newest["id"], "R-2");
    assert!(
        newest["reasons"].to_string().contains("30 beans"),
        "{newest:#}"
    );
    assert_eq!(newest["postings"][0]["from"], "issued");
    let next = page["next"].as_str().expect("there is an older entry");
    let older = app
        .get(&format!("/v1/members/{id}/ledger?limit=2&after={next}"))
        .with(200);
    assert_eq!(older["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(older["next"], json!(null));
}

#[test]
fn points_are_adjusted_with_a_reason_once() {
    let app = TestApp::new();
    let id = app.member("ana@example.com");
    let path = format!("/v1/members/{id}/adjustments");
    let body = json!({"points": "beans", "amount": "25", "reason": "Sorry for the cold coffee"});
    let receipt = app.post_once(&path, "a-1", &body).with(201);
    assert_eq!(receipt["points"][0]["amount"], "25");
    app.post_once(&path, "a-1", &body).with(200);
    assert_eq!(app.beans(&id), "25");
    let other = but(body, &json!({"amount": "26"}));
    app.post_once(&path, "a-1", &other).problem("key_reused");
    let told = app.post(
        &path,
        &json!({"points": "stars", "amount": "0.25", "reson": "x"}),
    );
    let told = told.problem("invalid_input");
    let places: Vec<&str> = told["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["at"].as_str())
        .collect();
    assert_eq!(places, ["/amount", "/reason", "/reson"], "{told:#}");
}

fn whoever_was_merged_goes_along_and_is_forgotten_with_the_member(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let ana = app.member("ana@example.com");
    // Two, one of whom took the other over before.
    let made = |email: &str, name: &str| {
        let body = json!({"identities": [{"kind": "email", "value": email}], "attributes": {"name": name}});
        let made = app.post("/v1/members", &body).with(201);
        made["member"]["id"].as_str().expect("has an id").to_owned()
    };
    let (first, second) = (
        made("first@example.com", "Anna Firstborn"),
        made("second@example.com", "Anna Secondborn"),
    );
    let talk = json!({"kind": "phone", "text": "Called about her Thirdborn"});
    app.post(&format!("/v1/members/{second}/contacts"), &talk)
        .with(201);
    for (from, into) in [(&second, &first), (&first, &ana)] {
        let path = format!("/v1/members/{from}/merge");
        app.post(&path, &json!({"into": into})).with(201);
    }
    let all = app.post(
        &format!("/v1/members/{ana}/export"),
        &json!({"reason": "asked"}),
    );
    let all = all.with(200).to_string();
    let known = [
        "first@example.com",
        "second@example.com",
        "Firstborn",
        "Secondborn",
        "Thirdborn",
    ];
    for word in known {
        assert!(all.contains(word), "{word} is not in {all}");
    }
    app.post(
        &format!("/v1/members/{ana}/erase"),
        &json!({"reason": "asked"}),
    )
    .with(200);
    for email in ["ana", "first", "second"] {
        app.get(&format!("/v1/members/email:{email}@example.com"))
            .problem("unknown_member");
    }
    let left = app.db.places_of(&known);
    assert!(left.is_empty(), "{left:#?}");
    assert!(app.db.leftovers_of(&known).is_empty());
}

fn what_a_member_allowed_and_took_back_is_listed_with_its_proof(db: TestDb) {
    let app = TestApp::on(db);
    let program = format!("{}{}", crate::testapp::PROGRAM, crate::portal::WITH_PAGES);
    app.apply(&program);
    let ana = app.member("ana@example.com");
    let say = |id: &str, at: &str, given: bool, origin: &str| {
        let event = json!({"type": "activity", "source": "web", "id": id, "at": at,
            "customer": {"kind": "email", "value": "ana@example.com"}, "name": "newsletter",
            "fields": {"given": given, "channel": "web", "origin": origin, "version": "text of March"}});
        app.post("/v1/events", &event).with(201);
    };
    say("c-1", "2025-02-01T09:00:00Z", true, "footer of the page");
    say("c-2", "2025-02-03T09:00:00Z", false, "letter");
    let path = format!("/v1/members/{ana}/consents");
    let all = app.get(&path).with(200);
    let said = |at: usize| {
        let own = &all["items"][at];
        (
            own["purpose"].clone(),
            own["given"].clone(),
            own["at"].clone(),
            own["said"].clone(),
        )
    };
    let proof =
        |origin: &str| json!({"channel": "web", "origin": origin, "version": "text of March"});
    let newest = (
        json!("newsletter"),
        json!(false),
        json!("2025-02-03T09:00:00Z"),
        proof("letter"),
    );
    let first = (
        json!("newsletter"),
        json!(true),
        json!("2025-02-01T09:00:00Z"),
        proof("footer of the page"),
    );
    assert_eq!((said(0), said(1)), (newest, first), "{all:#}");
    assert_eq!(all["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(all["items"][0]["source"], "web");
    // It goes along with what is kept about them, and stays when it is forgotten who they are.
    let export = format!("/v1/members/{ana}/export");
    let export = app.post(&export, &json!({"reason": "asked"})).with(200);
    assert_eq!(export["consents"], all["items"]);
    let erase = format!("/v1/members/{ana}/erase");
    app.post(&erase, &json!({"reason": "asked"})).with(200);
    assert_eq!(app.get(&path).with(200), all);
    // Nobody changes it afterwards, whoever sits at the database: it is in the log.
    app.db.unlock();
    app.db
        .execute("UPDATE log SET event = outcome WHERE kind = 'activity'");
    let proof = app.app.verify(app.tenant, None, &mut |_| ());
    assert!(
        !matches!(proof, Ok(ref own) if own.wrong.is_none()),
        "a changed consent is found"
    );
}

fn a_member_is_exported_and_forgotten_with_a_reason(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let ana = app.member_with("ana@example.com", "25.00");
    let ben = app.member_with("ben@example.com", "12.00");
    let on = |what: &str| format!("/v1/members/email:ana@example.com/{what}");
    let why = json!({"reason": "asked by letter of 1 March"});

    let all = app.post(&on("export"), &why).with(200);
    assert_eq!(all["me"]["member"]["id"], json!(ana), "{all}");
    assert_eq!(all["me"]["balance"]["points"][0]["available"], "25");
    assert_eq!(all["ledger"].as_array().map(Vec::len), Some(2), "{all}");
    assert!(!all.to_string().contains("ben@example.com"));

    let today = app.app.now().to_string();
    let claim = json!({"order": "R-9", "on": &today[..10], "currency": "EUR", "total": "3.00",
        "reference": "till 7, Ana", "text": "Ana's receipt"});
    let filed = app.post(&on("claims"), &claim).with(201);
    let filed = format!("/v1/claims/{}", filed["id"].as_str().expect("has an id"));
    let agent = app.key(&[regulars_app::Scope::Adjust]);
    let asked = Request::new("POST", &on("erase")).key(&agent).json(&why);
    asked.send(app.address).problem("forbidden");
    app.post(&on("erase"), &json!({"reason": " "}))
        .problem("invalid_input");
    let left = app.post(&on("erase"), &why).with(200);
    assert_eq!(
        (&left["id"], &left["identities"]),
        (&json!(ana), &json!([]))
    );
    app.get(&on("balance")).problem("unknown_member");
    // What was written of a receipt is forgotten too; which order it was stands.
    let kept = app.get(&filed).with(200);
    assert_eq!(kept["order"], "R-9");
    assert!(!kept.to_string().contains("Ana"), "{kept}");
    // The books are whole, and nobody's: points stay, nothing can be asked of a person any more.
    let balance = app.get(&format!("/v1/members/{ana}/balance")).with(200);
    assert_eq!(balance["points"][0]["available"], "25");
    app.post(&format!("/v1/members/{ana}/export"), &why)
        .problem("invalid_input");
    assert_eq!(
        app.get(&format!("/v1/members/{ana}")).with(200),
        left,
        "no code for friends is made"
    );
    app.get(&format!("/v1/members/{ben}/balance")).with(200);
    let verified = app
        .app
        .verify(app.tenant, None, &mut |_| ())
        .expect("is read");
    assert_eq!(verified.wrong, None);

    let trail = app.get("/v1/audit").with(200);
    let lines = trail["items"].as_array().expect("is a list").iter();
    let about: Vec<_> = lines
        .filter(|line| line["act"] == "erase_member" || line["act"] == "export_member")
        .filter(|line| line.get("refused").is_none())
        .map(|line| {
            (
                line["act"].as_str().unwrap_or(""),
                line["why"].as_str().unwrap_or(""),
            )
        })
        .collect();
    let reason = "asked by letter of 1 March";
    assert_eq!(about, [("erase_member", reason), ("export_member", reason)]);
    assert!(
        !trail.to_string().contains("ana@example.com"),
        "the trail does not name them: {trail}"
    );
}
