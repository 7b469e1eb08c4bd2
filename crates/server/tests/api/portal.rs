//! Members who sign in, see and do their own, and nobody else's; and the widget of a shop's page.

use crate::client::{Answer, Request};
use crate::testapp::{PROGRAM, TestApp, purchase};
use regulars_server::{Front, Letter, Mailer, Settings};
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

regulars_testkit::on_both! {
    a_member_joins_by_a_code_and_the_terms,
    a_code_is_good_for_some_minutes_some_tries_and_once,
    a_member_sees_and_does_their_own_and_nobody_elses,
    new_terms_come_before_everything_but_ones_data_and_the_way_out,
    who_leaves_is_forgotten_and_signed_out,
    a_widget_is_for_one_member_some_minutes_and_the_pages_of_the_shop,
}

/// The program of the tests, with pages for members.
pub(crate) const WITH_PAGES: &str = r##"
[portal]
title   = "Test Club"
colour  = "#14532d"
contact = "hello@shop.example"
terms   = "Be kind."
origins = ["https://shop.example"]
faq     = [{ question = "When?", answer = "Soon." }]

[[leaderboard]]
id     = "buyers"
counts = "orders"
every  = "month"

[activity.newsletter]
consent = "keep"
"##;

/// A shop with pages for members, and the letters that it wrote.
pub(crate) struct Shop {
    pub(crate) app: TestApp,
    /// Where those who operate the server are told its figures.
    pub(crate) figures: SocketAddr,
    letters: Arc<Mutex<Vec<Letter>>>,
}

/// What the browser of a member keeps.
pub(crate) struct Browser {
    cookie: String,
    csrf: String,
}

impl Shop {
    pub(crate) fn on(db: TestDb) -> Self {
        let (mailer, letters) = Mailer::kept();
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let figures = listener.local_addr().expect("it has an address");
        let app = TestApp::with(
            db,
            Settings {
                console: Front::Folder("/nowhere".into()),
                portal: Front::Folder("/nowhere".into()),
                mailer: Some(mailer),
                figures: Some(Arc::new(listener)),
                ..Settings::default()
            },
        );
        app.apply(&format!("{PROGRAM}{WITH_PAGES}"));
        Self {
            app,
            figures,
            letters,
        }
    }

    fn send(&self, path: &str, body: &Value) -> Answer {
        let request = Request::new("POST", path).json(body);
        request.send(self.app.address)
    }

    /// Asks for a code, and reads it in the letter. The letter is written beside the answer.
    pub(crate) fn code(&self, email: &str) -> String {
        self.code_at("test", email)
    }

    fn code_at(&self, shop: &str, email: &str) -> String {
        let before = self.letters.lock().expect("nobody panicked with it").len();
        let path = format!("/v1/portal/{shop}/codes");
        let asked = self.send(&path, &json!({"email": email}));
        assert_eq!(asked.status, 202);
        let begun = Instant::now();
        loop {
            let letters = self.letters.lock().expect("nobody panicked with it");
            if let Some(letter) = letters.get(before) {
                assert_eq!(letter.to, email);
                let code: String = letter.text.chars().filter(char::is_ascii_digit).collect();
                assert!(
                    code.len() >= 6 && letter.subject.contains(&code[..6]),
                    "{letter:?}"
                );
                return code[..6].to_owned();
            }
            drop(letters);
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "no letter was written"
            );
            std::thread::yield_now();
        }
    }

    pub(crate) fn show(&self, email: &str, code: &str, more: &Value) -> Answer {
        let mut body = json!({"email": email, "code": code});
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.send("/v1/portal/test/sessions", &body)
    }

    pub(crate) fn join(&self, email: &str) -> Browser {
        self.join_at("test", email)
    }

    /// Somebody becomes a member of another shop of this server.
    pub(crate) fn join_at(&self, shop: &str, email: &str) -> Browser {
        let code = self.code_at(shop, email);
        let body = json!({"email": email, "code": code, "terms": "1"});
        Browser::of(&self.send(&format!("/v1/portal/{shop}/sessions"), &body))
    }
}

impl Browser {
    fn of(answer: &Answer) -> Self {
        let body = answer.with(201);
        let set = answer.header("set-cookie").expect("a cookie is set");
        assert!(
            set.contains("HttpOnly") && set.contains("SameSite=Strict"),
            "{set}"
        );
        assert!(set.contains("Path=/v1/me"), "{set}");
        let cookie = set.split(';').next().expect("has a value").to_owned();
        let csrf = body["csrf_token"].as_str().expect("has a token").to_owned();
        Self { cookie, csrf }
    }

    pub(crate) fn asks(&self, method: &str, path: &str) -> Request {
        let request = Request::new(method, path).header("Cookie", &self.cookie);
        request.header("X-Csrf-Token", &self.csrf)
    }

    pub(crate) fn get(&self, shop: &Shop, path: &str) -> Answer {
        self.asks("GET", path).send(shop.app.address)
    }

    pub(crate) fn does(&self, shop: &Shop, method: &str, path: &str, body: &Value) -> Answer {
        self.asks(method, path).json(body).send(shop.app.address)
    }
}

fn a_member_joins_by_a_code_and_the_terms(db: TestDb) {
    let shop = Shop::on(db);
    let seen = Request::new("GET", "/v1/portal/test")
        .send(shop.app.address)
        .with(200);
    assert_eq!(seen["title"], "Test Club");
    assert_eq!(seen["terms"]["version"], "1");
    assert_eq!(seen["consents"], json!(["newsletter"]));
    assert!(
        seen["explained"]
            .as_array()
            .is_some_and(|all| all.len() > 5),
        "{seen:?}"
    );
    let german = Request::new("GET", "/v1/portal/test").header("Accept-Language", "de");
    let german = german.send(shop.app.address);
    assert_eq!(german.header("content-language"), Some("de"));
    let explained = german.with(200)["explained"].clone();
    let mut parts = explained.as_array().expect("a list").iter();
    let coffee = parts.find(|own| own["kind"] == "reward").expect("a reward");
    assert_eq!(coffee["title"], "A coffee on the house");
    let says = coffee["says"].as_array().expect("a list");
    assert!(says.contains(&json!("nötig: 10 beans")), "{says:?}");
    shop.send(
        "/v1/portal/nobody/codes",
        &json!({"email": "ana@example.com"}),
    )
    .problem("not_found");
    shop.send("/v1/portal/test/codes", &json!({"email": "no address"}))
        .problem("invalid_input");

    let code = shop.code("Ana@Example.com");
    let refused = shop.show("Ana@Example.com", &code, &json!({}));
    assert_eq!(refused.with(409)["terms"], "1");
    let accepts = json!({"terms": "1", "name": "Ana"});
    let joined = shop.show("ana@example.com", &code, &accepts);
    assert_eq!(joined.with(201)["joined"], true);
    let ana = Browser::of(&joined);
    let own = ana.get(&shop, "/v1/me").with(200);
    assert_eq!(own["member"]["attributes"]["name"], "Ana");
    assert_eq!(own["member"]["identities"][0]["value"], "ana@example.com");
    assert_eq!(own["terms"][0]["version"], "1");

    // Whoever is known signs in, and joins no second time.
    let code = shop.code("ana@example.com");
    let again = shop.show("ana@example.com", &code, &json!({}));
    assert_eq!(again.with(201)["joined"], false);
    assert_eq!(again.with(201)["member"], own["member"]["id"]);
    assert!(Browser::of(&again).get(&shop, "/v1/me/session").with(200)["terms_due"].is_null());
}

fn a_code_is_good_for_some_minutes_some_tries_and_once(db: TestDb) {
    let shop = Shop::on(db);
    shop.app.member("ana@example.com");
    let terms = json!({"terms": "1"});
    let code = shop.code("ana@example.com");
    let other = if code == "000000" { "000001" } else { "000000" };
    shop.show("bob@example.com", &code, &terms)
        .problem("wrong_code");
    for _ in 0..4 {
        shop.show("ana@example.com", other, &terms)
            .problem("wrong_code");
    }
    shop.show("ana@example.com", &code, &terms).with(201);
    shop.show("ana@example.com", &code, &terms)
        .problem("wrong_code");

    let code = shop.code("ana@example.com");
    let other = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        shop.show("ana@example.com", other, &terms)
            .problem("wrong_code");
    }
    shop.show("ana@example.com", &code, &terms)
        .problem("wrong_code");

    let code = shop.code("ana@example.com");
    shop.app
        .set_clock(crate::testapp::at("2025-03-01T09:10:00Z"));
    shop.show("ana@example.com", &code, &terms)
        .problem("wrong_code");

    // Five an hour; the answer to the sixth is the same, and no letter is written.
    // (The first of them was used, and counts no more.)
    for _ in 0..3 {
        shop.code("ana@example.com");
    }
    let before = shop.letters.lock().expect("nobody panicked with it").len();
    let asked = shop.send(
        "/v1/portal/test/codes",
        &json!({"email": "ana@example.com"}),
    );
    assert_eq!((asked.status, asked.body.len()), (202, 0));
    // Another's letter, which is asked for later, comes next.
    shop.code("bob@example.com");
    assert_eq!(
        shop.letters.lock().expect("nobody panicked with it").len(),
        before + 1
    );
    shop.app
        .set_clock(crate::testapp::at("2025-03-01T10:00:01Z"));
    shop.code("ana@example.com");
}

fn a_member_sees_and_does_their_own_and_nobody_elses(db: TestDb) {
    let shop = Shop::on(db);
    let (ana, bob) = (shop.join("ana@example.com"), shop.join("bob@example.com"));
    shop.app
        .post("/v1/events", &purchase("R-1", "ana@example.com", "25.00"))
        .with(201);
    let own = ana.get(&shop, "/v1/me").with(200);
    assert_eq!(own["balance"]["points"][0]["available"], "25");
    let offer = |own: &Value, reward: &str| {
        let all = own["rewards"].as_array().expect("a list").iter();
        all.clone()
            .find(|it| it["reward"] == reward)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(offer(&own, "free-coffee")["within_reach"], true);
    assert_eq!(offer(&own, "gold")["within_reach"], false);
    let poor = bob.get(&shop, "/v1/me").with(200);
    assert_eq!(offer(&poor, "free-coffee")["missing"][0]["amount"], "10");
    let ledger = ana.get(&shop, "/v1/me/ledger").with(200);
    assert!(
        ledger["items"][0]["reasons"][0]
            .as_str()
            .is_some_and(|why| why.contains("spend"))
    );

    // Redeemed once, however often it is pressed; seen by nobody else.
    let redeem = |who: &Browser| {
        let request = who
            .asks("POST", "/v1/me/redemptions")
            .json(&json!({"reward": "free-coffee"}));
        request
            .header("Idempotency-Key", "ABCDE23456")
            .send(shop.app.address)
    };
    redeem(&ana).with(201);
    redeem(&ana).with(200);
    redeem(&bob).problem("key_reused");
    assert_eq!(
        ana.get(&shop, "/v1/me").with(200)["redemptions"][0]["id"],
        "ABCDE23456"
    );
    assert_eq!(bob.get(&shop, "/v1/me").with(200)["redemptions"], json!([]));
    let cancel = "/v1/me/redemptions/ABCDE23456/cancel";
    bob.does(&shop, "POST", cancel, &json!({}))
        .problem("not_found");
    ana.does(&shop, "POST", cancel, &json!({})).with(201);
    redeem(&ana).with(200);
    let used = ana
        .asks("POST", "/v1/me/redemptions")
        .json(&json!({"reward": "mug"}));
    used.header("Idempotency-Key", "MUG2345678")
        .send(shop.app.address)
        .with(201);
    shop.app
        .post(
            "/v1/members/email:ana@example.com/redemptions/MUG2345678/commit",
            &json!({}),
        )
        .with(201);
    ana.does(
        &shop,
        "POST",
        "/v1/me/redemptions/MUG2345678/cancel",
        &json!({}),
    )
    .problem("invalid_input");

    let claim = json!({"order": "R-9", "on": "2025-03-01", "total": "9.00", "currency": "EUR"});
    let claim = ana.does(&shop, "POST", "/v1/me/claims", &claim).with(201);
    let path = format!("/v1/me/claims/{}", claim["id"].as_str().expect("has an id"));
    assert_eq!(ana.get(&shop, &path).with(200)["state"], "open");
    bob.get(&shop, &path).problem("not_found");

    let consent = |given: bool| {
        ana.does(
            &shop,
            "PUT",
            "/v1/me/consents/newsletter",
            &json!({"given": given}),
        )
    };
    consent(true).with(201);
    assert_eq!(
        ana.get(&shop, "/v1/me").with(200)["balance"]["consents"][0]["given"],
        true
    );
    consent(false).with(201);
    ana.does(
        &shop,
        "PUT",
        "/v1/me/consents/other",
        &json!({"given": true}),
    )
    .problem("not_found");
    let says = json!({"attributes": {"name": "Ana Weber"}});
    ana.does(&shop, "PATCH", "/v1/me/profile", &says).with(200);
    let more = json!({"attributes": {"vip": true}});
    ana.does(&shop, "PATCH", "/v1/me/profile", &more)
        .problem("invalid_input");
    ana.does(
        &shop,
        "PUT",
        "/v1/me/nickname",
        &json!({"nickname": "Bean Queen"}),
    )
    .with(200);
    let board = bob.get(&shop, "/v1/me/leaderboards/buyers").with(200);
    assert_eq!(board["top"][0]["nickname"], "Bean Queen");
    assert!(board["own"].is_null());

    let all = ana.get(&shop, "/v1/me/export").with(200);
    assert!(all["ledger"].as_array().is_some_and(|all| all.len() >= 4));
    assert!(!all.to_string().contains("bob@example.com"));

    // Without the token, from elsewhere, or with a key: nothing.
    let bare = Request::new("PUT", "/v1/me/nickname").header("Cookie", &ana.cookie);
    bare.json(&json!({"nickname": null}))
        .send(shop.app.address)
        .problem("forbidden");
    let elsewhere = ana
        .asks("GET", "/v1/me")
        .header("Sec-Fetch-Site", "cross-site");
    elsewhere.send(shop.app.address).problem("forbidden");
    shop.app.get("/v1/me").problem("unauthorized");
    // And a member's cookie opens nothing of the shop's.
    ana.get(&shop, "/v1/members").problem("unauthorized");
    let out = ana.asks("DELETE", "/v1/me/session").send(shop.app.address);
    assert_eq!(out.status, 204);
    ana.get(&shop, "/v1/me").problem("unauthorized");
    bob.get(&shop, "/v1/me").with(200);
    shop.app
        .set_clock(crate::testapp::at("2025-04-01T09:00:00Z"));
    bob.get(&shop, "/v1/me").problem("unauthorized");
}

fn new_terms_come_before_everything_but_ones_data_and_the_way_out(db: TestDb) {
    let shop = Shop::on(db);
    let ana = shop.join("ana@example.com");
    let newer = WITH_PAGES.replace("\"Be kind.\"", "\"Be kinder.\"\nterms_version = \"2\"");
    shop.app.apply(&format!("{PROGRAM}{newer}"));
    assert_eq!(ana.get(&shop, "/v1/me/session").with(200)["terms_due"], "2");
    ana.get(&shop, "/v1/me").problem("terms_needed");
    ana.get(&shop, "/v1/me/export").with(200);
    let accept =
        |version: &str| ana.does(&shop, "POST", "/v1/me/terms", &json!({"version": version}));
    accept("1").problem("invalid_input");
    assert_eq!(accept("2").status, 204);
    let terms = ana.get(&shop, "/v1/me").with(200)["terms"].clone();
    assert_eq!(terms.as_array().map(Vec::len), Some(2));
}

fn who_leaves_is_forgotten_and_signed_out(db: TestDb) {
    let shop = Shop::on(db);
    let ana = shop.join("ana@example.com");
    shop.app
        .post("/v1/events", &purchase("R-1", "ana@example.com", "25.00"))
        .with(201);
    let left = ana.asks("DELETE", "/v1/me").send(shop.app.address);
    assert_eq!(left.status, 204);
    ana.get(&shop, "/v1/me").problem("unauthorized");
    shop.app
        .get("/v1/members/email:ana@example.com")
        .problem("unknown_member");
    // Whoever comes back is somebody new.
    let again = shop.join("ana@example.com").get(&shop, "/v1/me").with(200);
    assert_eq!(again["balance"]["points"][0]["available"], "0");
}

fn a_widget_is_for_one_member_some_minutes_and_the_pages_of_the_shop(db: TestDb) {
    let shop = Shop::on(db);
    shop.app.member_with("ana@example.com", "25.00");
    let reader = shop.app.key(&[regulars_app::Scope::Read]);
    let made = Request::new("POST", "/v1/members/email:ana@example.com/widget-token").key(&reader);
    let made = made.send(shop.app.address).with(201);
    let token = made["token"].as_str().expect("has a token").to_owned();
    let show = |token: &str, origin: Option<&str>| {
        let request = Request::new("POST", "/v1/widget").body(token);
        let request = request.header("Content-Type", "text/plain");
        let request = match origin {
            Some(origin) => request.header("Origin", origin),
            None => request,
        };
        request.send(shop.app.address)
    };
    let shown = show(&token, Some("https://shop.example"));
    assert_eq!(
        shown.header("access-control-allow-origin"),
        Some("https://shop.example")
    );
    let shown = shown.with(200);
    assert_eq!(shown["balance"]["points"][0]["available"], "25");
    assert_eq!(shown["title"], "Test Club");
    for origin in [
        "https://elsewhere.example",
        "https://shop.example.evil.example",
        "null",
    ] {
        let refused = show(&token, Some(origin));
        assert_eq!(refused.header("access-control-allow-origin"), None);
        refused.problem("forbidden");
    }
    // Another member's id, a longer time, another signature: not ours.
    let parts: Vec<&str> = token.split('.').collect();
    let later = parts[2].parse::<i64>().expect("a number") + 1;
    let other = shop.app.member("bob@example.com");
    let forged = [
        format!("{}.{other}.{}.{}", parts[0], parts[2], parts[3]),
        format!("{}.{}.{later}.{}", parts[0], parts[1], parts[3]),
        format!("{}.{}.{}.{}", parts[0], parts[1], parts[2], "0".repeat(64)),
        "wid_".to_owned(),
        String::new(),
    ];
    for token in forged {
        show(&token, None).problem("unauthorized");
    }
    shop.app
        .set_clock(crate::testapp::at("2025-03-01T09:10:00Z"));
    show(&token, None).problem("unauthorized");
}

#[test]
fn pages_are_found_by_the_shops_name_and_installed_under_it() {
    let shop = Shop::on(TestDb::sqlite());
    let get = |path: &str| Request::new("GET", path).send(shop.app.address);
    assert_eq!(get("/portal/").header("location"), Some("/portal/test/"));
    assert_eq!(
        get("/portal/test").header("location"),
        Some("/portal/test/")
    );
    let manifest = get("/portal/test/manifest.webmanifest").with(200);
    assert_eq!(manifest["name"], "Test Club");
    assert_eq!(manifest["theme_color"], "#14532d");
    assert!(String::from_utf8_lossy(&get("/portal/test/icon.svg").body).contains("#14532d"));
    // Not built in: said, and nothing else.
    assert_eq!(get("/portal/test/").status, 404);
    assert_eq!(get("/portal/nobody/manifest.webmanifest").status, 404);
}

#[test]
fn a_shop_without_pages_for_members_shows_none() {
    let shop = Shop::on(TestDb::sqlite());
    shop.app.apply(PROGRAM);
    let get = Request::new("GET", "/v1/portal/test").send(shop.app.address);
    get.problem("not_found");
    shop.send(
        "/v1/portal/test/codes",
        &json!({"email": "ana@example.com"}),
    )
    .problem("not_found");
    let token = shop
        .app
        .post("/v1/members/email:ana@example.com/widget-token", &json!({}));
    token.problem("not_found");
}

/// What is refused of members who sign in.
pub(crate) fn refused() -> Vec<(regulars_api::Code, Answer)> {
    use regulars_api::Code;
    let shop = Shop::on(TestDb::sqlite());
    let code = shop.code("ana@example.com");
    let wrong = shop.show("bob@example.com", &code, &json!({"terms": "1"}));
    let needed = shop.show("ana@example.com", &code, &json!({}));
    let bob = shop.join("bob@example.com");
    for _ in 0..239 {
        bob.get(&shop, "/v1/me/session").with(200);
    }
    let mut much = bob.get(&shop, "/v1/me/session");
    if much.status == 200 {
        much = bob.get(&shop, "/v1/me/session");
    }
    let silent = TestApp::new();
    silent.apply(&format!("{PROGRAM}{WITH_PAGES}"));
    let ask =
        Request::new("POST", "/v1/portal/test/codes").json(&json!({"email": "ana@example.com"}));
    vec![
        (Code::WrongCode, wrong),
        (Code::TermsNeeded, needed),
        (Code::TooManyRequests, much),
        (Code::NoMail, ask.send(silent.address)),
    ]
}
