//! The server as a process: starts, says where it listens, answers, and ends in good order.

use crate::shop::{ORDERS, Shop};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// A server that is killed at the end of the test if it is still there.
pub(crate) struct Server {
    child: Child,
    hello: Value,
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().ok().flatten().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Server {
    /// Starts on a free port and waits until it says where it listens.
    pub(crate) fn start(shop: &Shop, args: &[&str]) -> Self {
        let all = ["serve", "--listen", "127.0.0.1:0", "--json"];
        Self::start_as(&mut shop.command(all.iter().chain(args)))
    }

    /// The same by a command that is ready.
    pub(crate) fn start_as(command: &mut Command) -> Self {
        Self::start_heard(command, Stdio::inherit())
    }

    /// The same, with its log into something else.
    pub(crate) fn start_heard(command: &mut Command, log: Stdio) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the executable starts");
        let mut out = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let mut line = String::new();
        out.read_line(&mut line).expect("it speaks");
        let hello = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let server = Self { child, hello };
        assert_eq!(server.get("/healthz", None).0, 200);
        server
    }

    pub(crate) fn text(&self, what: &str) -> &str {
        self.hello[what]
            .as_str()
            .unwrap_or_else(|| panic!("no {what} in {}", self.hello))
    }

    /// Status and body of a GET.
    pub(crate) fn get(&self, path: &str, key: Option<&str>) -> (u16, String) {
        let heads = key.map_or_else(String::new, |key| {
            format!("Authorization: Bearer {key}\r\n")
        });
        self.ask(("GET", path), &heads, "")
    }

    /// The same of a POST of this JSON.
    pub(crate) fn post(&self, path: &str, (key, id): (&str, &str), body: &Value) -> (u16, String) {
        let heads = format!("Authorization: Bearer {key}\r\nIdempotency-Key: {id}\r\n");
        self.ask(("POST", path), &heads, &body.to_string())
    }

    /// Status and body of any request; without a body where that is nothing.
    pub(crate) fn request(&self, what: (&str, &str), key: &str, body: &Value) -> (u16, String) {
        let heads = format!("Authorization: Bearer {key}\r\n");
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.ask(what, &heads, &body)
    }

    fn ask(&self, what: (&str, &str), heads: &str, body: &str) -> (u16, String) {
        Self::ask_at(self.text("listening"), what, heads, body)
    }

    fn ask_at(url: &str, (method, path): (&str, &str), heads: &str, body: &str) -> (u16, String) {
        let address = url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("it listens");
        let timeout = Some(Duration::from_secs(60));
        stream
            .set_read_timeout(timeout)
            .expect("a socket takes a timeout");
        let length = body.len();
        let heads = format!(
            "{heads}Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close"
        );
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n{heads}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .expect("has a head and a body");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        (status.expect("has a status"), body.to_owned())
    }

    /// Ends it as the system does that is out of memory: it learns nothing of it.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Asks anything of it; status and body.
    pub(crate) fn asked(&self, what: (&str, &str), key: &str, body: &str) -> (u16, String) {
        let heads = format!("Authorization: Bearer {key}\r\n");
        self.ask(what, &heads, body)
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.terminate();
        self.ended()
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("kill is there").success());
    }
}

#[test]
fn the_demo_shop_is_there_at_once_and_the_server_ends_in_good_order() {
    let shop = Shop::new();
    let mut server = Server::start(&shop, &["--demo=orders"]);
    let key = server.text("key").to_owned();
    assert!(key.starts_with("reg_"), "{key}");
    let member = server.hello["demo"]["member"]
        .as_str()
        .expect("is named")
        .to_owned();
    let path = format!("/v1/members/{member}/balance");
    let (status, body) = server.get(&path, Some(&key));
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("available"), "{body}");
    assert_eq!(server.get(&path, None).0, 401);
    // The command line works beside the server, on the same figures.
    let beside = shop.json(["balance", &member]);
    let served: Value = serde_json::from_str(&body).expect("is JSON");
    assert_eq!(beside["points"], served["points"]);
    assert!(server.stop().success());
    assert!(shop.ok(["explain", &member]).contains("available"));
    assert_eq!(shop.json(["verify"])["ok"], true);

    // A second start finds everything, and does not show the key again.
    let mut again = Server::start(&shop, &["--demo=orders"]);
    assert_eq!(again.hello["key"], Value::Null);
    assert_eq!(again.get(&path, Some(&key)).0, 200);
    assert!(again.stop().success());
}

#[test]
fn a_first_start_without_the_demo_makes_a_tenant_and_a_key() {
    let shop = Shop::new();
    let mut server = Server::start(&shop, &[]);
    assert_eq!(server.text("tenant"), "default");
    let key = server.text("key").to_owned();
    let (status, body) = server.get("/v1/keys/current", Some(&key));
    assert_eq!(status, 200, "{body}");
    assert!(server.stop().success());
}

#[test]
fn the_demo_shop_is_not_mixed_into_a_merchants_own_database() {
    let shop = Shop::cafe();
    let mut server = Server::start(&shop, &["--demo"]);
    assert_eq!(server.hello["demo"], Value::Null);
    assert!(server.stop().success());
    let tenants = shop.json(["tenants"]);
    assert_eq!(tenants["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_import_beside_a_running_server_is_seen_by_it() {
    let shop = Shop::cafe();
    let mut server = Server::start(&shop, &[]);
    let key = server.text("key").to_owned();
    shop.write("more.csv", ORDERS.replace("A-", "B-"));
    shop.ok(["import", "more.csv"]);
    let (status, body) = server.get("/v1/members/customer:ana/balance", Some(&key));
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("\"240\""), "{body}");
    assert!(server.stop().success());
}

#[test]
fn the_document_of_the_api_is_printed_without_a_server() {
    let printed = Shop::new().ok(["serve", "--openapi"]);
    let kept = "../../openapi.json";
    let kept = std::fs::read_to_string(kept).expect("the document is kept");
    assert!(printed == kept, "the API is another than openapi.json says");
}

#[test]
fn an_address_that_is_taken_is_said_so_and_nothing_is_made() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = taken.local_addr().expect("has an address").to_string();
    let shop = Shop::new();
    let (what, advice) = shop.refuses(["serve", "--listen", &address]);
    assert!(what.contains(&address), "{what}");
    assert!(advice.contains("--listen"), "{advice}");
    assert!(!shop.database().exists());
}

#[test]
fn whoever_operates_it_sees_what_it_does_and_that_it_is_leaving() {
    let shop = Shop::new();
    shop.write("cafe.toml", crate::shop::CAFE);
    shop.ok(["apply", "cafe.toml"]);
    let args = ["--metrics", "127.0.0.1:0", "--slow", "0", "--drain", "60"];
    let server = Server::start(&shop, &args);
    let key = shop.json(["keys", "create", "--name", "till", "--scope", "admin"]);
    let key = key["secret"].as_str().expect("is shown").to_owned();
    for id in ["o-1", "o-1", "o-2"] {
        let event = serde_json::json!({
            "type": "purchase", "source": "till", "id": id, "order": id, "currency": "EUR", "total": "5.00",
            "customer": {"kind": "customer", "value": "c1"},
        });
        assert!(matches!(
            server.post("/v1/events", (&key, id), &event).0,
            200 | 201
        ));
    }
    server.get("/not/a/path", None);
    let at = server.text("metrics").to_owned();
    let (host, path) = at.rsplit_once('/').expect("has a path");
    let path = format!("/{path}");
    let (status, figures) = Server::ask_at(host, ("GET", &path), "", "");
    assert_eq!(status, 200);
    for line in [
        r#"regulars_events_total{end="accepted"} 2"#,
        r#"regulars_events_total{end="duplicate"} 1"#,
        r#"regulars_http_requests_total{method="POST",path="/v1/events",status="201"} 2"#,
        r#"regulars_http_requests_total{method="GET",path="none",status="404"} 1"#,
        r#"regulars_database_up 1"#,
        r#"regulars_waiting_events 0"#,
    ] {
        assert!(figures.lines().any(|own| own == line), "{line}: {figures}");
    }
    assert!(figures.contains(r#"regulars_database_use_seconds_count{by=""#));
    assert!(!figures.contains("o-1"), "nothing of an event is in it");
    // The public address does not have them.
    assert_eq!(server.get("/metrics", None).0, 404);

    // Told to stop, it says so and still answers.
    assert_eq!(server.get("/readyz", None).0, 200);
    server.terminate();
    let begun = std::time::Instant::now();
    while server.get("/readyz", None).0 != 503 {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it does not say that it leaves"
        );
    }
    assert_eq!(server.get("/healthz", None).0, 200);
    assert_eq!(server.get("/v1/keys/current", Some(&key)).0, 200);
}
