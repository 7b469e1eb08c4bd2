//! The tests, tested: servers and stores that are broken from outside, each of which must be noticed.
//!
//! Disks that sync nothing stand in `power.rs`.

use crate::faults::book::Book;
use crate::faults::kills::open;
use crate::faults::load::{Line, Load};
use crate::faults::{seed, until};
use crate::serving::Server;
use crate::shop::Shop;
use regulars_app::Database;
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What stands in front of a server and makes it a broken one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Front {
    /// Hands on all that it is told.
    Honest,
    /// Acknowledges first, and then has it written.
    Hasty,
    /// Takes what comes a second time for something new.
    Forgetful,
    /// Takes another content under a known id for the first one.
    Careless,
}

/// Starts one; its address.
fn front(of: &Server, front: Front, key: &str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let address = listener.local_addr().expect("it has a port").to_string();
    let (behind, key) = (of.text("listening").to_owned(), key.to_owned());
    let seen: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    // Its threads end with the process of the test.
    std::thread::spawn(move || {
        for line in listener.incoming().map_while(Result::ok) {
            let (behind, key, seen) = (behind.clone(), key.clone(), Arc::clone(&seen));
            std::thread::spawn(
                move || while serve(&line, front, (&behind, &key), &seen).is_some() {},
            );
        }
    });
    address
}

/// Reads a request, and answers it.
fn serve(
    line: &TcpStream,
    front: Front,
    (behind, key): (&str, &str),
    seen: &Mutex<BTreeSet<String>>,
) -> Option<()> {
    static TIMES: AtomicU64 = AtomicU64::new(0);
    let mut from = BufReader::new(line);
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut head = String::new();
        from.read_line(&mut head).ok().filter(|count| *count > 0)?;
        let head = head.trim_end();
        if path.is_empty() {
            path = head.split(' ').nth(1)?.to_owned();
        } else if head.is_empty() {
            break;
        } else if let Some(("Content-Length", value)) = head.split_once(": ") {
            length = value.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    let mut told: Value = serde_json::from_slice(&body).ok()?;
    let is_batch = told.is_array();
    let mut one = |event: &mut Value| {
        let id = event["id"].as_str().expect("the tills give ids").to_owned();
        let is_new = seen.lock().expect("nobody panicked").insert(id.clone());
        if front == Front::Forgetful && !is_new {
            event["id"] = json!(format!(
                "{id}-again-{}",
                TIMES.fetch_add(1, Ordering::Relaxed)
            ));
        }
        is_new
    };
    let all_new = match &mut told {
        Value::Array(events) => events.iter_mut().map(&mut one).collect(),
        event => vec![one(event)],
    };
    let (status, said) = match front {
        // Only what is new: else an answer to another content would be what is noticed.
        Front::Hasty if all_new.iter().all(|is_new| *is_new) => {
            let (behind, key, path) = (behind.to_owned(), key.to_owned(), path.clone());
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(15));
                let _ = Line::to(&behind).ask(("POST", &path), &key, &told.to_string());
            });
            let results: Vec<Value> = all_new.iter().map(|_| json!({"status": 201})).collect();
            (
                if is_batch { 200 } else { 201 },
                json!({"results": results}).to_string(),
            )
        }
        Front::Careless if all_new == [false] => (200, "{}".to_owned()),
        _ => Line::to(behind)
            .ask(("POST", &path), key, &told.to_string())
            .ok()?,
    };
    let mut line = line;
    let answer = format!(
        "HTTP/1.1 {status} -\r\nContent-Length: {}\r\n\r\n{said}",
        said.len()
    );
    line.write_all(answer.as_bytes()).ok()
}

/// A kill under load behind this front; what is found.
fn a_kill_behind(shop: &Shop, of: Front) -> Result<(), String> {
    let (mut dice, book, key) = (seed("broken"), Book::default(), open(shop));
    let mut server = Server::start(shop, &[]);
    let load = Load {
        book: &book,
        round: 0,
        addresses: vec![front(&server, of, &key)],
        key: &key,
        mark: &|| 0,
    };
    load.during(&mut dice, || {
        until("nothing is acknowledged", || book.acknowledged() >= 300);
        server.kill();
    });
    server = Server::start(shop, &[]);
    let found = book.check(shop, &server, &key, 0).map(drop);
    assert!(server.stop().success());
    found
}

#[test]
fn a_front_that_hands_on_what_it_is_told_is_not_in_the_way() {
    a_kill_behind(&Shop::new(), Front::Honest).expect("nothing is wrong");
}

#[test]
fn an_acknowledgement_before_the_commit_is_noticed() {
    let found = a_kill_behind(&Shop::new(), Front::Hasty).expect_err("it lost something");
    assert!(
        found.contains("was acknowledged and is not there"),
        "{found}"
    );
}

#[test]
fn an_event_that_counts_twice_is_noticed() {
    let found = a_kill_behind(&Shop::new(), Front::Forgetful).expect_err("it doubled something");
    assert!(found.contains("and not"), "{found}");
}

#[test]
fn a_conflict_of_keys_that_is_passed_over_is_noticed() {
    let found = a_kill_behind(&Shop::new(), Front::Careless).expect_err("it took another content");
    assert!(found.contains("another content counts"), "{found}");
}

/// What a store would leave that writes a batch in parts: one statement undoes the part that it had not come to.
fn a_part_is_missing(db: &TestDb, shop: &Shop, statement: &str) -> String {
    let (mut dice, book, key) = (seed("half"), Book::default(), open(shop));
    let mut server = Server::start(shop, &[]);
    let load = Load::on(&server, &book, &key, 0);
    load.during(&mut dice, || {
        until("nothing is acknowledged", || book.acknowledged() >= 50);
        server.kill();
    });
    db.unlock();
    db.execute(statement);
    server = Server::start(shop, &[]);
    let found = book
        .check(shop, &server, &key, 0)
        .expect_err("a part is missing");
    assert!(server.stop().success());
    found
}

#[test]
fn an_event_that_is_half_there_is_noticed() {
    let last = "seq = (SELECT max(l.seq) FROM log l)";
    let parts = [
        format!("DELETE FROM entries WHERE {last}"),
        format!("DELETE FROM log WHERE {last}"),
        "UPDATE wallets SET seq = seq - 1".to_owned(),
    ];
    for statement in parts {
        for db in [TestDb::sqlite(), TestDb::postgres()] {
            let shop = match &db.database {
                Database::Postgres(address) => Shop::on(address),
                Database::Sqlite(path) => {
                    Shop::on(path.to_str().expect("the test's paths are text"))
                }
            };
            let found = a_part_is_missing(&db, &shop, &statement);
            assert!(!found.is_empty(), "{statement}");
        }
    }
}
