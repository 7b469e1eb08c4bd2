//! More is asked for than the server works on at once.

use crate::client::Answer;
use crate::testapp::{PROGRAM, TestApp, purchase};
use regulars_server::Settings;
use regulars_testkit::TestDb;
use std::io::Write as _;
use std::net::TcpStream;

fn app(at_once: usize) -> TestApp {
    let settings = Settings {
        at_once,
        ..Settings::default()
    };
    let app = TestApp::with(TestDb::sqlite(), settings);
    if at_once > 0 {
        app.apply(PROGRAM);
    }
    app
}

fn sent(app: &TestApp, order: &str) -> Answer {
    app.post("/v1/events", &purchase(order, "ana@example.com", "12.40"))
}

#[test]
fn who_comes_too_many_is_told_when_to_come_again_and_health_is_always_told() {
    let app = app(0);
    let answer = sent(&app, "R-1");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.status, 429);
    answer.problem("busy");
    app.get("/v1/members").problem("busy");
    assert_eq!(app.get("/healthz").status, 200);
    assert_eq!(app.get("/readyz").status, 200);
}

#[test]
fn bodies_that_come_slowly_take_no_room() {
    let app = app(1);
    let slow = || {
        let mut stream = TcpStream::connect(app.address).expect("connects");
        let head = format!(
            "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"type\"",
            app.admin
        );
        stream.write_all(head.as_bytes()).expect("is sent");
        stream
    };
    // Whose key is known is not looked up again; that would be work.
    assert_eq!(sent(&app, "R-0").status, 201);
    let held: Vec<TcpStream> = (0..8).map(|_| slow()).collect();
    assert_eq!(sent(&app, "R-1").status, 201);
    drop(held);
}

#[test]
fn in_a_crowd_each_is_served_or_told_to_wait_and_room_is_given_back() {
    let app = app(1);
    let shop = &app;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let one = |client: usize| {
            scope.spawn(move || {
                let each = |at: usize| sent(shop, &format!("R-{client}-{at}")).status;
                (0..10).map(each).collect::<Vec<u16>>()
            })
        };
        let clients: Vec<_> = (0..8).map(one).collect();
        let ended = clients.into_iter().flat_map(|it| it.join().expect("ends"));
        ended.collect()
    });
    let count = |status: u16| statuses.iter().filter(|it| **it == status).count();
    assert_eq!(count(201) + count(429), 80, "{statuses:?}");
    assert!(count(201) > 0);
    // Whoever was told to wait sends the same again; nothing was written of it.
    assert_eq!(sent(&app, "R-after").status, 201);
    let ledger = app.get("/v1/members?limit=10").json();
    assert_eq!(ledger["items"].as_array().map(Vec::len), Some(1));
}
