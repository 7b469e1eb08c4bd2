//! What the executable says of itself while it serves, at its most talkative: nothing of what anybody sent.

use crate::serving::Server;
use crate::shop::{CAFE, ORDERS, Shop};
use regulars_app::Database;
use regulars_testkit::TestDb;
use serde_json::json;
use std::fs::File;
use std::process::Stdio;

/// What stands in every word that is sent.
const MARK: &str = "Zarquon";

fn at_its_most_talkative(shop: &Shop) {
    shop.write("cafe.toml", CAFE);
    shop.write("orders.csv", ORDERS);
    shop.ok(["import", "orders.csv", "--program", "cafe.toml"]);
    let log = shop.path("server.log");
    let heard = File::create(&log).expect("a file is made");
    // Each statement and each batch is slow, each library may speak.
    let args = [
        "--log",
        "trace",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--json",
        "--slow",
        "1",
    ];
    // Where it may leave files of its own.
    let scratch = shop.path("scratch");
    std::fs::create_dir(&scratch).expect("a folder is made");
    let mut command = shop.command(args);
    command.env("TMPDIR", &scratch);
    let mut server = Server::start_heard(&mut command, Stdio::from(heard));
    let key = server.text("key").to_owned();
    let email = format!("{MARK}@example.com");
    let member = json!({"identities": [{"kind": "email", "value": email}],
        "attributes": {"name": format!("{MARK} Beeblebrox"), "towel": MARK}});
    let (status, body) = server.asked(("POST", "/v1/members"), &key, &member.to_string());
    assert_eq!(status, 201, "{body}");
    for (method, path, body, status) in [
        (
            "GET",
            format!("/v1/members/email:{email}"),
            String::new(),
            200,
        ),
        (
            "GET",
            format!("/v1/members?find={MARK}"),
            String::new(),
            200,
        ),
        (
            "GET",
            format!("/v1/members/email:no-{email}/balance"),
            String::new(),
            404,
        ),
        ("GET", format!("/{MARK}"), String::new(), 404),
        ("POST", "/v1/members".into(), member.to_string(), 409),
        ("POST", "/v1/members".into(), format!("{{\"{MARK}\""), 400),
        (
            "POST",
            "/v1/events".into(),
            json!({"type": MARK}).to_string(),
            422,
        ),
    ] {
        let (is, said) = server.asked((method, &path), &key, &body);
        let refused = |status: u16| (400..500).contains(&status);
        assert!(
            is == status || refused(status) && refused(is),
            "{method} {path}: {is} {said}"
        );
    }
    assert!(
        server
            .asked(("GET", &format!("/v1/members/{MARK}")), MARK, "")
            .0
            == 401
    );
    refused_rows_are_in_the_file_that_was_asked_for_alone(shop);
    assert!(server.stop().success());
    let left: Vec<_> = std::fs::read_dir(&scratch).expect("it is there").collect();
    assert!(left.is_empty(), "{left:?}");
    let said = std::fs::read_to_string(&log).expect("the log is there");
    // The log is heard, down to the lines that only the most talkative has.
    assert!(
        said.contains("answered") && said.contains("DEBUG"),
        "{said}"
    );
    let shown: Vec<&str> = said
        .lines()
        .filter(|line| line.to_lowercase().contains(&MARK.to_lowercase()))
        .collect();
    assert!(shown.is_empty(), "{shown:#?}");
}

/// A file with rows that cannot be taken, and one that cannot be read at all.
fn refused_rows_are_in_the_file_that_was_asked_for_alone(shop: &Shop) {
    let good = "ana,B-1,2026-03-01,12.40,coffee";
    let wrong = format!("{MARK},{MARK},{MARK},{MARK},{MARK}");
    let head = "customer,order,date,amount,category";
    shop.write("wrong.csv", format!("{head}\n{good}\n{wrong}\n"));
    let args = [
        "--log",
        "trace",
        "import",
        "wrong.csv",
        "--rejects",
        "rejects.csv",
    ];
    let done = shop.run(args);
    assert!(shop.read("rejects.csv").contains(MARK), "{done:?}");
    assert!(
        !format!("{}{}", done.out, done.err).contains(MARK),
        "{done:?}"
    );
}

#[test]
fn nothing_that_is_sent_is_in_the_log() {
    at_its_most_talkative(&Shop::new());
}

#[test]
fn nothing_that_is_sent_is_in_the_log_on_postgresql() {
    let db = TestDb::postgres_empty();
    let Database::Postgres(address) = &db.database else {
        unreachable!("it is PostgreSQL")
    };
    at_its_most_talkative(&Shop::on(address));
}
