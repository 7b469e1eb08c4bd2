//! Cards over HTTP: what a member shows at a till, and plastic ones from the printer to their end.

use crate::client::{Answer, Request};
use crate::testapp::{TestApp, but, purchase};
use regulars_app::{Config, Passes, Scope};
use regulars_server::Settings;
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::path::PathBuf;

regulars_testkit::on_both! {
    a_card_is_refused_until_it_is_activated_and_again_once_it_is_replaced,
    a_card_becomes_nobodys_by_no_other_way,
    a_batch_is_made_once_and_has_no_more_than_asked_for,
}

const CERTIFICATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../pass/tests/certificates");

fn on(db: TestDb) -> TestApp {
    let app = TestApp::on(db);
    app.apply(crate::testapp::PROGRAM);
    app
}

/// Numbers of a batch of three.
pub(crate) fn made(app: &TestApp) -> Vec<String> {
    let body = json!({"batch": "spring", "prefix": "290", "digits": 16, "count": 3});
    app.post("/v1/card-batches", &body).with(201);
    let file = app.get("/v1/card-batches/spring/cards.csv").text();
    let rows = file.lines().skip(1);
    rows.map(|row| row.split(',').next().expect("a number").to_owned())
        .collect()
}

fn with_card(id: &str, number: &str) -> Value {
    let card = json!({"customer": {"kind": "card", "value": number}});
    but(purchase(id, "nobody@example.com", "10.00"), &card)
}

fn activate(app: &TestApp, number: &str, member: &str) -> Answer {
    let path = format!("/v1/member-cards/{number}/activate");
    app.post(&path, &json!({"member": member}))
}

fn find(app: &TestApp, text: &str) -> Answer {
    app.post("/v1/till/find", &json!({"text": text}))
}

fn a_card_is_refused_until_it_is_activated_and_again_once_it_is_replaced(db: TestDb) {
    let app = on(db);
    let ana = app.member("ana@example.com");
    let cards = made(&app);
    assert_eq!(cards.len(), 3);
    app.post("/v1/events", &with_card("R-1", &cards[0]))
        .problem("card_inactive");
    app.get(&format!("/v1/members/card:{}", cards[0]))
        .problem("card_inactive");
    find(&app, &format!("card:{}", cards[0])).problem("card_inactive");

    // As it is printed, in groups.
    let printed: Vec<&str> = (0..4).map(|at| &cards[0][at * 4..at * 4 + 4]).collect();
    let active = activate(&app, &printed.join("-"), "email:ana@example.com").with(200);
    assert_eq!(
        (&active["state"], &active["member"]),
        (&json!("active"), &json!(ana))
    );
    activate(&app, &cards[0], &ana).with(200);
    app.post("/v1/events", &with_card("R-1", &cards[0]))
        .with(201);
    assert_eq!(app.beans(&ana), "10");
    assert_eq!(find(&app, &cards[0]).with(200)["member"], json!(ana));
    app.member("bob@example.com");
    activate(&app, &cards[0], "email:bob@example.com").problem("identity_taken");

    let lost = format!("/v1/member-cards/{}/replace", cards[0]);
    app.post(&lost, &json!({"by": cards[1]}))
        .problem("invalid_input");
    let done = app.post(&lost, &json!({"by": cards[1], "reason": "lost in town"}));
    let done = done.with(200);
    assert_eq!(
        (&done["number"], &done["member"]),
        (&json!(cards[1]), &json!(ana))
    );
    let why = app
        .post("/v1/events", &with_card("R-2", &cards[0]))
        .problem("card_ended");
    let detail = why["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("another one took its place"), "{detail}");
    // What is said of the card's own order is still taken, whoever sends it.
    let refund = json!({"type": "refund", "source": "till-1", "id": "B-1", "order": "R-1",
        "currency": "EUR", "customer": {"kind": "card", "value": cards[0]}});
    app.post("/v1/events", &refund).with(201);
    assert_eq!(app.beans(&ana), "0");
    app.post("/v1/events", &with_card("R-3", &cards[1]))
        .with(201);
    assert_eq!(app.beans(&ana), "10");

    let batch = app.get("/v1/card-batches").with(200)["items"][0].clone();
    assert_eq!(
        json!([batch["blank"], batch["active"], batch["ended"]]),
        json!([1, 1, 1])
    );
    let trail = app.get("/v1/audit").with(200);
    let acts = trail["items"].as_array().expect("a list");
    let act = acts
        .iter()
        .find(|own| own["act"] == "replace_card")
        .expect("it is noted");
    assert_eq!(act["why"], "lost in town");
}

fn a_card_becomes_nobodys_by_no_other_way(db: TestDb) {
    let app = on(db);
    let cards = made(&app);
    let card = json!({"kind": "card", "value": cards[0]});
    let own = json!({"kind": "email", "value": "ana@example.com"});
    let joins = json!({"identities": [own, card]});
    app.post("/v1/members", &joins).problem("card_inactive");
    let ana = app.member("ana@example.com");
    let patch = Request::new("PATCH", &format!("/v1/members/{ana}")).key(&app.admin);
    let patch = patch.json(&json!({"add_identities": [card]}));
    patch.send(app.address).problem("card_inactive");
    // A slip of the finger is told from a card that nobody has.
    let last = cards[0].ends_with('0');
    let slip = format!("{}{}", &cards[0][..15], if last { '1' } else { '0' });
    activate(&app, &slip, &ana).problem("invalid_input");
    activate(&app, "4111111111111111", &ana).problem("not_found");
    let cashier = app.key(&[Scope::Till]);
    let as_cashier = |path: &str, body: &Value| {
        Request::new("POST", path)
            .key(&cashier)
            .json(body)
            .send(app.address)
    };
    let path = format!("/v1/member-cards/{}", cards[0]);
    as_cashier(&format!("{path}/activate"), &json!({"member": ana})).with(200);
    as_cashier(&format!("{path}/replace"), &json!({"reason": "lost"})).problem("forbidden");
    // Who leaves takes nothing along: the card is nobody's for ever.
    app.post(
        &format!("/v1/members/{ana}/erase"),
        &json!({"reason": "asked"}),
    )
    .with(200);
    activate(&app, &cards[0], &app.member("bob@example.com")).problem("card_ended");
}

fn a_batch_is_made_once_and_has_no_more_than_asked_for(db: TestDb) {
    let app = on(db);
    let make = |digits: i64, count: i64| {
        let body = json!({"batch": "spring", "prefix": "290", "digits": digits, "count": count});
        app.post("/v1/card-batches", &body)
    };
    let fault = make(9, 1000).problem("invalid_input");
    assert_eq!(fault["errors"][0]["at"], "/digits");
    assert_eq!(make(16, 7000).with(201)["blank"], 7000);
    assert_eq!(make(16, 7000).with(201)["blank"], 7000);
    make(15, 7000).problem("exists");
    let file = app.get("/v1/card-batches/spring/cards.csv").text();
    let numbers: std::collections::BTreeSet<&str> = file
        .lines()
        .skip(1)
        .filter_map(|row| row.split(',').next())
        .collect();
    assert_eq!(numbers.len(), 7000);
    assert!(
        numbers
            .iter()
            .all(|own| own.len() == 16 && own.starts_with("290"))
    );
}

#[test]
fn a_member_shows_the_number_of_their_card_or_their_id() {
    let app = TestApp::new();
    let ana = app.member("ana@example.com");
    let path = format!("/v1/members/{ana}/card");
    let card = app.get(&path).with(200);
    assert_eq!(
        (&card["number"], &card["apple"]),
        (&json!(ana), &json!(false))
    );
    assert_eq!(
        find(&app, card["number"].as_str().expect("a text")).with(200)["member"],
        json!(ana)
    );
    let number = &made(&app)[0];
    activate(&app, number, &ana).with(200);
    assert_eq!(app.get(&path).with(200)["number"], json!(number));
    let picture = app.get(&format!("{path}.svg"));
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    assert!(picture.text().starts_with("<svg "));
    for way in [".pkpass", "/google"] {
        let why = app.get(&format!("{path}{way}")).problem("no_passes");
        let detail = why["detail"].as_str().unwrap_or_default();
        assert!(
            detail.contains("--passes") && detail.contains("[test."),
            "{detail}"
        );
    }
}

/// A file that names the certificates of the tests.
fn passes(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let key = std::fs::read_to_string(format!("{CERTIFICATES}/key.pem")).expect("a key");
    let account = json!({"client_email": "club@example.com", "private_key": key});
    let path = folder.path().join("passes.toml");
    std::fs::write(folder.path().join("account.json"), account.to_string()).expect("written");
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

#[test]
fn passes_are_signed_by_the_merchants_certificates() {
    let (_folder, path) = passes(&format!(
        "[test.apple]\ncertificate = '{CERTIFICATES}/certificate.pem'\nkey = '{CERTIFICATES}/key.pem'\n\
         chain = '{CERTIFICATES}/authority.pem'\n[test.google]\naccount = 'account.json'\nclass = '3388.club'\n"
    ));
    let own = Passes::read(&path).expect("they fit");
    let app = TestApp::configured(TestDb::sqlite(), Settings::default(), |config| Config {
        passes: own,
        ..config
    });
    app.apply(crate::testapp::PROGRAM);
    let ana = app.member("ana@example.com");
    let path = format!("/v1/members/{ana}/card");
    let card = app.get(&path).with(200);
    assert_eq!(
        (&card["apple"], &card["google"]),
        (&json!(true), &json!(true))
    );
    let pass = app.get(&format!("{path}.pkpass"));
    assert_eq!(
        pass.header("content-type"),
        Some("application/vnd.apple.pkpass")
    );
    assert!(pass.body.starts_with(b"PK"), "it is a zip file");
    let link = app.get(&format!("{path}/google")).with(200)["link"].clone();
    let link = link.as_str().expect("a text");
    assert!(
        link.starts_with("https://pay.google.com/gp/v/save/"),
        "{link}"
    );
}

#[test]
fn a_file_of_passes_that_is_wrong_says_where() {
    let wrong = |text: &str| {
        let (_folder, path) = passes(text);
        Passes::read(&path).expect_err("refused").to_string()
    };
    assert!(wrong("[test.apple]\nkey = 'k'\n").contains("[test.apple]: `certificate"));
    assert!(wrong("[test.samsung]\n").contains("`apple` and `google`"));
    assert!(wrong("[test.google]\naccount = 'none.json'\nclass = 'x'\n").contains("none.json"));
    assert!(wrong("[test.google]\naccount = 'account.json'\nclass = 'x'\n").contains("a dot"));
}
