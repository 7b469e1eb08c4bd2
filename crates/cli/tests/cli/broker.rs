//! Events by way of a broker: a real one, which is killed, and so is the server.

use crate::serving::Server;
use crate::shop::{CAFE, Shop};
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::{self, Context, ErrorCode};
use regulars_app::Database;
use regulars_connect::Broker;
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const MEMBERS: usize = 8;
const EVENTS: usize = 120;
const PATIENCE: Duration = Duration::from_secs(90);

/// A broker that is killed at the end of the test if it is still there.
struct Nats {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
    runtime: Runtime,
}

impl Nats {
    fn start() -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let mut nats = Self {
            folder: tempfile::tempdir().expect("the temporary folder takes a folder"),
            port: free.local_addr().expect("it has a port").port(),
            child: None,
            runtime: Runtime::new().expect("a runtime starts"),
        };
        drop(free);
        nats.begin();
        nats
    }

    /// Starts it, on what it kept.
    fn begin(&mut self) {
        let program = [
            "/usr/sbin/nats-server",
            "/usr/local/bin/nats-server",
            "nats-server",
        ]
        .into_iter()
        .find(|path| !path.starts_with('/') || std::path::Path::new(path).exists());
        let child = Command::new(program.unwrap_or("nats-server"))
            .args([
                "-js",
                "-a",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
                "-sd",
            ])
            .arg(self.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nats-server is missing: scripts/install-tools installs it");
        self.child = Some(child);
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the broker does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        // It lets in before it knows again what it kept.
        until("the broker's streams do not come", || {
            self.other(async |broker| match broker.get_stream("NONE").await {
                Ok(_) => true,
                Err(error) => matches!(
                    error.kind(),
                    GetStreamErrorKind::JetStream(why) if why.error_code() == ErrorCode::STREAM_NOT_FOUND
                ),
            })
        });
    }

    /// Holds it: it answers nothing, and nothing says so.
    fn hold(&self) {
        let child = self.child.as_ref().expect("it runs");
        let held = Command::new("kill")
            .args(["-STOP", &child.id().to_string()])
            .status();
        assert!(held.is_ok_and(|status| status.success()), "it is held");
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Does something as somebody else at the broker.
    fn other<T>(&self, what: impl AsyncFnOnce(Context) -> T) -> T {
        self.runtime.block_on(async {
            let client = async_nats::connect(self.url()).await.expect("it is there");
            what(jetstream::new(client)).await
        })
    }

    /// Publishes what is acknowledged.
    fn publish(&self, subject: &str, all: impl IntoIterator<Item = String>) {
        self.other(async |broker| {
            for text in all {
                let kept = broker.publish(subject.to_owned(), text.into()).await;
                kept.expect("it is there").await.expect("it is kept");
            }
        });
    }

    /// All that a stream keeps: subject, headers by name, text.
    fn kept(&self, stream: &str) -> Vec<(BTreeMap<String, String>, String)> {
        self.other(async |broker| {
            let stream = broker.get_stream(stream).await.expect("it was made");
            let state = &stream.cached_info().state;
            let mut all = Vec::new();
            // One that holds nothing may say that it goes from 0 to 0, and numbers begin with 1.
            for number in state.first_sequence.max(1)..=state.last_sequence {
                let message = stream.get_raw_message(number).await.expect("is kept");
                let headers = message.headers.iter().map(|(name, values)| {
                    (
                        name.to_string(),
                        values.first().map(ToString::to_string).unwrap_or_default(),
                    )
                });
                all.push((
                    headers.collect(),
                    String::from_utf8_lossy(&message.payload).into_owned(),
                ));
            }
            all
        })
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.kill();
    }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn purchase(n: usize, total: &str) -> String {
    let event = format!("p-{n}");
    json!({
        "type": "purchase", "source": "shop", "id": event, "order": event, "at": "2026-03-01T10:00:00Z",
        "customer": {"kind": "customer", "value": format!("c{}", n % MEMBERS)}, "currency": "EUR", "total": total,
    })
    .to_string()
}

/// How many events the members' logs hold, all together.
fn recorded(shop: &Shop) -> usize {
    let events = |n: usize| {
        let done = shop.run(["balance", &format!("customer:c{n}"), "--json"]);
        let said: Value = serde_json::from_str(&done.out).unwrap_or_default();
        let points = said["points"]
            .as_array()
            .and_then(|all| all.first()?["available"].as_str()?.parse().ok());
        points.unwrap_or(0)
    };
    (0..MEMBERS).map(events).sum::<usize>() / 5
}

/// `killed`: the server is killed in the middle, too, and not only the broker.
fn counts_once(shop: &Shop, killed: bool) {
    let mut nats = Nats::start();
    shop.write("cafe.toml", CAFE);
    shop.ok(["apply", "cafe.toml"]);
    let url = nats.url();
    let subject = "nats:regulars.default.out";
    let elsewhere = shop.run(["webhooks", "add", "nats:regulars.other.out", "--nats", &url]);
    assert!(elsewhere.err.contains(subject), "{elsewhere:?}");
    let unknown = shop.run(["webhooks", "add", subject]);
    assert!(unknown.err.contains("--nats"), "{unknown:?}");
    shop.ok([
        "webhooks",
        "add",
        subject,
        "--topic",
        "purchase.recorded",
        "--nats",
        &url,
    ]);

    let mut server = Server::start(shop, &["--nats", &url]);
    until("no stream is made", || {
        nats.other(async |broker| broker.get_stream("REGULARS_IN").await.is_ok())
    });
    let half = EVENTS / 2;
    // Every third one twice, as those do who are not sure; one with other words under its id; three that are
    // no events of anybody.
    let twice =
        |from, to| (from..to).flat_map(|n| vec![purchase(n, "5.00"); 1 + usize::from(n % 3 == 0)]);
    nats.publish("regulars.default.in", twice(0, half));
    until("nothing is taken in", || recorded(shop) > 0);
    nats.publish(
        "regulars.default.in",
        [
            purchase(0, "500.00"),
            "{".to_owned(),
            json!({"type": "gift"}).to_string(),
        ],
    );
    nats.publish("regulars.nobody.in", [purchase(0, "5.00")]);
    if killed {
        drop(server);
        server = Server::start(shop, &["--nats", &url]);
    }
    nats.publish("regulars.default.in", twice(half, EVENTS - 10));
    nats.kill();
    nats.begin();
    nats.publish("regulars.default.in", twice(EVENTS - 10, EVENTS));

    until("not all is taken in", || recorded(shop) == EVENTS);
    until("not all that is wrong is put aside", || {
        nats.kept("REGULARS_REFUSED").len() >= 4
    });
    until("not all is told", || {
        nats.kept("REGULARS_OUT").len() >= EVENTS
    });
    assert!(server.stop().success());
    assert_eq!(recorded(shop), EVENTS);
    assert_eq!(shop.json(["verify"])["ok"], true);

    let refused = nats.kept("REGULARS_REFUSED");
    let reasons: Vec<&str> = refused
        .iter()
        .map(|(headers, _)| headers["Regulars-Reason"].as_str())
        .collect();
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    for part in ["another content", "tenant `nobody`", "gift"] {
        assert!(
            reasons.iter().any(|reason| reason.contains(part)),
            "{part}: {reasons:?}"
        );
    }

    let told = nats.kept("REGULARS_OUT");
    let ids: BTreeSet<&str> = told
        .iter()
        .map(|(headers, _)| headers["webhook-id"].as_str())
        .collect();
    assert_eq!(
        (told.len(), ids.len()),
        (EVENTS, EVENTS),
        "each is told once"
    );
    let mut seqs: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (headers, text) in &told {
        assert!(
            headers["webhook-signature"].starts_with("v1,"),
            "{headers:?}"
        );
        let said: Value = serde_json::from_str(text).expect("is JSON");
        let entry = &said["data"]["entry"];
        let member = entry["member"].as_str().expect("has a member").to_owned();
        seqs.entry(member)
            .or_default()
            .push(entry["seq"].as_u64().expect("has a place"));
    }
    assert!(
        seqs.values().all(|own| own.is_sorted()),
        "out of order: {seqs:?}"
    );
}

#[test]
fn sqlite_counts_what_is_published_once_whatever_is_killed() {
    counts_once(&Shop::new(), true);
}

#[test]
fn postgres_counts_what_is_published_once_whatever_is_killed() {
    let db = TestDb::postgres_empty();
    let Database::Postgres(address) = &db.database else {
        unreachable!("the test's database is PostgreSQL");
    };
    counts_once(&Shop::on(address), false);
}

/// A question that the broker took to its grave is asked again.
#[test]
fn an_answer_that_never_comes_is_not_waited_for_for_ever() {
    let mut nats = Nats::start();
    let broker = Broker::connect(&nats.url()).expect("is an address");
    let moment = Duration::from_millis(10);
    assert!(broker.take(10, moment).expect("it is there").is_empty());
    nats.hold();
    let asking = {
        let broker = broker.clone();
        std::thread::spawn(move || broker.take(10, moment))
    };
    // Until it was asked.
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    nats.kill();
    nats.begin();
    nats.publish("regulars.default.in", [purchase(0, "5.00")]);
    let mut taken = asking.join().expect("does not panic").unwrap_or_default();
    while taken.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "nothing is handed over");
        taken = broker.take(10, moment).unwrap_or_default();
    }
    assert_eq!(taken[0].text, purchase(0, "5.00"));
}

#[test]
fn a_server_starts_without_its_broker_and_an_address_that_is_none_is_refused() {
    let shop = Shop::new();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let port = free.local_addr().expect("it has a port").port();
    drop(free);
    let mut server = Server::start(&shop, &["--nats", &format!("nats://127.0.0.1:{port}")]);
    assert!(server.stop().success());
    let refused = shop.run(["serve", "--listen", "127.0.0.1:0", "--nats", "no address"]);
    assert!(refused.err.contains("nats://"), "{refused:?}");
}
