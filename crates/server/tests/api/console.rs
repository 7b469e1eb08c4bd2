//! The console: signing in and out, what a session may and may not, its pages; and what they ask for.

use crate::client::{Answer, Request};
use crate::testapp::{TestApp, purchase};
use regulars_app::Scope;
use regulars_base::Timestamp;
use regulars_server::{Front, Settings};
use regulars_testkit::TestDb;
use serde_json::{Value, json};

regulars_testkit::on_both! {
    a_session_stands_for_its_key_and_ends,
    members_are_found_as_somebody_types,
    the_shop_is_seen_at_a_glance,
}

/// What a browser would keep and send.
struct Browser {
    cookie: String,
    csrf: String,
}

fn sign_in(app: &TestApp, shown: &str) -> Browser {
    let answer = Request::new("POST", "/v1/sessions")
        .key(shown)
        .send(app.address);
    let out = answer.with(201);
    let cookie = answer.header("set-cookie").expect("sets a cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/v1", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let cookie = cookie.split(';').next().expect("has a first part");
    assert!(!answer.text().contains(&cookie["regulars_session=".len()..]));
    Browser {
        cookie: cookie.into(),
        csrf: out["csrf_token"].as_str().expect("has a token").into(),
    }
}

impl Browser {
    fn asks(&self, method: &str, path: &str) -> Request {
        Request::new(method, path).header("Cookie", &self.cookie)
    }

    fn get(&self, app: &TestApp, path: &str) -> Answer {
        self.asks("GET", path).send(app.address)
    }

    fn sends(&self, path: &str, body: &Value) -> Request {
        self.asks("POST", path)
            .header("X-Csrf-Token", &self.csrf)
            .json(body)
    }
}

fn a_session_stands_for_its_key_and_ends(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    app.member("ana@example.com");
    let key = app.key(&[Scope::Read, Scope::Ingest]);
    let browser = sign_in(&app, &key);
    let shown = browser.get(&app, "/v1/sessions/current").with(200);
    assert_eq!(shown["csrf_token"], browser.csrf.as_str());
    assert_eq!(shown["scopes"], json!(["read", "ingest"]));
    browser.get(&app, "/v1/members").with(200);
    let event = purchase("R-1", "ana@example.com", "12.00");
    browser
        .sends("/v1/events", &event)
        .send(app.address)
        .with(201);

    // What the key may not, the session may not.
    browser.get(&app, "/v1/keys").problem("forbidden");
    // A page of somebody else has the cookie sent, but neither the token nor our address.
    let bare = browser.asks("POST", "/v1/events").json(&event);
    bare.send(app.address).problem("forbidden");
    let wrong = bare.header("X-Csrf-Token", "0123");
    wrong.send(app.address).problem("forbidden");
    let elsewhere = browser
        .sends("/v1/events", &event)
        .header("Sec-Fetch-Site", "cross-site");
    elsewhere.send(app.address).problem("forbidden");
    let elsewhere = Request::new("POST", "/v1/sessions").key(&key);
    let elsewhere = elsewhere.header("Sec-Fetch-Site", "same-site");
    elsewhere.send(app.address).problem("forbidden");
    // A session's secret is no key, and no key is a session.
    let secret = browser.cookie.split_once('=').expect("has a value").1;
    let as_key = Request::new("GET", "/v1/members").key(secret);
    as_key.send(app.address).problem("unauthorized");
    let as_cookie = Request::new("GET", "/v1/members");
    let as_cookie = as_cookie.header("Cookie", &format!("regulars_session={key}"));
    as_cookie.send(app.address).problem("unauthorized");

    // Signed out, in this browser only.
    let other = sign_in(&app, &key);
    let out = browser
        .asks("DELETE", "/v1/sessions/current")
        .header("X-Csrf-Token", &browser.csrf)
        .send(app.address);
    assert_eq!(out.status, 204);
    assert!(
        out.header("set-cookie")
            .is_some_and(|it| it.contains("Max-Age=0"))
    );
    browser.get(&app, "/v1/members").problem("unauthorized");
    other.get(&app, "/v1/members").with(200);

    // A revoked key ends its sessions, and so does time.
    let admin = sign_in(&app, &app.admin);
    let id = app.get("/v1/keys").with(200)["items"]
        .as_array()
        .and_then(|keys| {
            keys.iter()
                .find(|key| key["scopes"] == json!(["read", "ingest"]))
        })
        .and_then(|key| key["id"].as_str().map(str::to_owned))
        .expect("the key is listed");
    let revoked = admin
        .asks("DELETE", &format!("/v1/keys/{id}"))
        .header("X-Csrf-Token", &admin.csrf)
        .send(app.address);
    revoked.with(200);
    other.get(&app, "/v1/members").problem("unauthorized");
    let fresh = sign_in(&app, &app.admin);
    app.set_clock(crate::testapp::at("2025-03-01T21:00:01Z"));
    // What was found not long ago is taken without asking: another key's secret asks anew.
    let late = fresh.get(&app, "/v1/sessions/current");
    late.problem("unauthorized");
}

fn members_are_found_as_somebody_types(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let ana = json!({
        "identities": [{"kind": "email", "value": "Ana@example.com"}, {"kind": "phone", "value": "+4915123456789"}],
        "attributes": {"name": "Ana Weber"},
    });
    let ana = app.post("/v1/members", &ana).with(201)["member"]["id"].clone();
    app.member("bo@example.com");
    let found = |find: &str| {
        let page = app.get(&format!("/v1/members?find={find}")).with(200);
        assert_eq!(page["next"], Value::Null);
        let items = page["items"].as_array().expect("has items");
        items
            .iter()
            .map(|item| item["id"].clone())
            .collect::<Vec<_>>()
    };
    for find in [
        "ana",
        "ANA%40",
        "web",
        "weber%20ana",
        "%2B49",
        ana.as_str().expect("is a text"),
    ] {
        assert_eq!(found(find), std::slice::from_ref(&ana), "{find}");
    }
    assert_eq!(found("example"), [] as [Value; 0]);
    assert_eq!(found("%20").len(), 2, "nothing asked is everybody");
    app.get("/v1/members?find=%00").problem("invalid_parameter");
}

fn the_shop_is_seen_at_a_glance(db: TestDb) {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    let ana = app.member_with("ana@example.com", "50.00");
    app.member("bo@example.com");
    let mug = app.post_once(
        &format!("/v1/members/{ana}/redemptions"),
        "r-1",
        &json!({"reward": "mug", "commit": true}),
    );
    mug.with(201);
    let shop = app.get("/v1/overview").with(200);
    assert_eq!(shop["members"], 2);
    assert_eq!(
        (&shop["active"], &shop["active_before"]),
        (&json!(1), &json!(0))
    );
    let months = shop["months"].as_array().expect("has months");
    let beans = months.iter().find(|month| month["points"] == "beans");
    let beans = beans.expect("beans moved");
    assert_eq!(beans["month"], "2025-03-01");
    assert_eq!(
        (&beans["issued"], &beans["redeemed"]),
        (&json!("50"), &json!("1"))
    );
    assert_eq!(
        (&beans["closing"], &beans["liability"]),
        (&json!("49"), &json!("0.49"))
    );
    let mug = json!({"kind": "reward", "id": "mug", "used": "1", "most": "1"});
    assert_eq!(shop["budgets"], json!([mug]));

    // What is added up over the log is kept for a minute; members are counted anew.
    app.member_with("cy@example.com", "5.00");
    let kept = app.get("/v1/overview").with(200);
    assert_eq!((&kept["members"], &kept["active"]), (&json!(3), &json!(1)));
    assert_eq!(kept["as_of"], shop["as_of"]);
    let later = shop["as_of"].as_str().expect("a moment");
    let later: Timestamp = later.parse().expect("a moment");
    app.set_clock(Timestamp::from_micros(later.micros() + 60_000_000));
    let anew = app.get("/v1/overview").with(200);
    assert_eq!(anew["active"], 2);
    assert_ne!(anew["as_of"], shop["as_of"]);
}

/// Settings with a console of two files, and a link that signs in.
fn with_console(folder: &std::path::Path) -> Settings {
    let page = "<meta content=\"%nonce%\"><title>The console</title>";
    std::fs::write(folder.join("index.html"), page).expect("can be written");
    std::fs::create_dir(folder.join("assets")).expect("can be made");
    std::fs::write(folder.join("assets/a-1.js"), "1").expect("can be written");
    std::fs::write(folder.join("assets/a-1.js.gz"), "zipped").expect("can be written");
    Settings {
        console: Front::Folder(folder.to_owned()),
        ..Settings::default()
    }
}

#[test]
fn the_console_is_served_with_a_strict_policy_and_its_files_are_kept_for_ever() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let app = TestApp::with(TestDb::sqlite(), with_console(folder.path()));
    let get = |path: &str| Request::new("GET", path).send(app.address);
    assert_eq!(get("/").header("location"), Some("/console/"));
    let nonce = |answer: &Answer| {
        let text = answer.text();
        let (_, rest) = text.split_once("content=\"").expect("has the nonce");
        rest.split('"').next().expect("ends").to_owned()
    };
    let page = get("/console/");
    let policy = page
        .header("content-security-policy")
        .expect("has a policy");
    assert!(policy.contains("script-src 'self';") && policy.contains("default-src 'none'"));
    assert!(
        policy.contains(&format!("'nonce-{}'", nonce(&page))),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    // Another answer, another nonce; every page of the console is the one page.
    for path in [
        "/console/members/email:ana@example.com",
        "/console/index.html",
    ] {
        let other = get(path);
        assert!(other.text().contains("The console"), "{path}");
        assert_ne!(nonce(&other), nonce(&page));
    }
    let script = get("/console/assets/a-1.js");
    assert_eq!((script.status, script.text().as_str()), (200, "1"));
    let kept = script.header("cache-control").expect("says how long");
    assert!(kept.contains("immutable"), "{kept}");
    let zipped = Request::new("GET", "/console/assets/a-1.js").header("Accept-Encoding", "gzip");
    let zipped = zipped.send(app.address);
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert_eq!(zipped.text(), "zipped");
    assert_eq!(get("/console/assets/gone.js").status, 404);
    assert_eq!(get("/console/assets/..%2F..%2Fetc%2Fpasswd").status, 404);
}

#[test]
fn without_a_console_the_server_says_how_to_get_one() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let settings = Settings {
        console: Front::Folder(folder.path().to_owned()),
        ..Settings::default()
    };
    let app = TestApp::with(TestDb::sqlite(), settings);
    let get = |path: &str| Request::new("GET", path).send(app.address);
    for (path, status) in [("/", 200), ("/console/", 404)] {
        let page = get(path);
        assert_eq!(page.status, status, "{path}");
        assert!(page.text().contains("make run"), "{path}");
    }
}
