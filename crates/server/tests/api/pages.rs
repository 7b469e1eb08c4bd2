//! Pages for people, headers for all.

use crate::client::Request;
use crate::testapp::{TestApp, impatient, purchase};
use regulars_api::Code;
use regulars_testkit::TestDb;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

#[test]
fn pages_are_served_and_name_nothing_from_elsewhere() {
    let app = TestApp::new();
    let get = |path: &str| Request::new("GET", path).send(app.address);
    for path in ["/", "/docs/", "/docs/errors"] {
        let page = get(path);
        assert_eq!(page.status, 200, "{path}");
        let text = page.text();
        for elsewhere in ["src=\"http", "href=\"http", "src=\"//", "@import"] {
            assert!(!text.contains(elsewhere), "{path} asks for {elsewhere}");
        }
    }
    let errors = get("/docs/errors").text();
    for code in Code::ALL {
        let anchor = format!("id=\"{}\"", code.code());
        assert!(errors.contains(&anchor), "{anchor}");
    }
    let script = get("/docs/swagger-ui-bundle.js");
    assert!(script.status == 200 && script.body.len() > 100_000);
    assert_eq!(get("/docs").status, 303);
}

#[test]
fn requests_are_named_and_answers_are_kept_from_browsers_that_would_run_them() {
    let app = TestApp::new();
    let named = Request::new("GET", "/v1/members")
        .key(&app.admin)
        .header("X-Request-Id", "mine-1")
        .send(app.address);
    assert_eq!(named.header("x-request-id"), Some("mine-1"));
    assert_eq!(named.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(named.header("cache-control"), Some("no-store"));
    assert!(
        named
            .header("content-security-policy")
            .is_some_and(|it| it.contains("'none'"))
    );
    let sly = Request::new("GET", "/v1/nothing")
        .header("X-Request-Id", "a b\"c")
        .send(app.address);
    let problem = sly.problem("unknown_route");
    let made = sly.header("x-request-id").expect("has an id");
    assert!(made.starts_with("req_"), "{made}");
    assert_eq!(problem["request_id"], made);
    let other = app.get("/v1/members");
    assert_ne!(other.header("x-request-id"), Some(made));
}

#[test]
fn the_server_ends_in_good_order_and_what_it_answered_is_there_afterwards() {
    let mut app = TestApp::new();
    app.post("/v1/events", &purchase("R-1", "ana@example.com", "12.00"))
        .with(201);
    app.stop();
    assert!(
        TcpStream::connect(app.address).is_err(),
        "nobody listens any more"
    );
    let mut store = app.db.connect();
    let counts = store.counts(app.tenant).expect("the database opens");
    assert_eq!(counts.members, 1);
}

#[test]
fn a_stream_that_never_ends_does_not_keep_the_server_from_ending() {
    let mut app = TestApp::with(TestDb::sqlite(), impatient());
    app.apply(crate::testapp::PROGRAM);
    let event = purchase("R-1", "ana@example.com", "12.00");
    let mut stream = TcpStream::connect(app.address).expect("the server listens");
    let line = format!("{event}\n");
    let head = format!(
        "POST /v1/events/stream HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{line}\r\n",
        app.admin,
        line.len()
    );
    stream.write_all(head.as_bytes()).expect("the server reads");
    let mut answer = BufReader::new(stream.try_clone().expect("a connection has two ends"));
    let mut read = String::new();
    while !read.contains("accepted") {
        let more = answer.read_line(&mut read).expect("the server answers");
        assert!(more > 0, "{read}");
    }
    app.stop();
    let mut store = app.db.connect();
    let counts = store.counts(app.tenant).expect("the database opens");
    assert_eq!(counts.members, 1);
}
