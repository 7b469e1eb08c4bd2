//! A server for one test: on a free port, with a database, a clock, a merchant and keys of its own.

use crate::client::{Answer, Request};
use regulars_app::{App, Apply, Clock, Config, Inbound, NewKey, Outbound, Scope};
use regulars_base::{TenantId, Timestamp};
use regulars_server::{Front, Settings, view};
use regulars_testkit::TestDb;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// What time it is when a test begins: a Saturday morning.
pub(crate) const NOW: &str = "2025-03-01T09:00:00Z";
/// The key that makes merchants.
pub(crate) const OPERATOR: &str = "operator-of-this-test";

/// A program with what tests ask for: plain points and points with decimals, a pending kind,
/// tiers, a card and rewards.
pub(crate) const PROGRAM: &str = r#"
[program]
name     = "Test Café"
currency = "EUR"
timezone = "Europe/Berlin"

[points.beans]
worth = "0.01 EUR"

[points.stars]
decimals = 1
pending  = "14 days"
expires  = { after = "12 months" }

[[earn]]
id   = "spend"
on   = "purchase"
give = { beans = "1 per 1 EUR", stars = "0.1 per 1 EUR" }

[[tier]]
id = "friend"

[[tier]]
id    = "regular"
reach = { spend = "200 EUR", within = "calendar year" }
keep  = { until = "end of next year" }

[[match]]
id        = "other-cafe"
tiers     = { gold = "regular" }
trial     = "90 days"
challenge = { visits = 2 }

[[card]]
id    = "tenth-free"
on    = "purchase"
when  = 'line.category == "coffee"'
each  = "item"
full  = 10
gives = "free-coffee"

[[reward]]
id    = "free-coffee"
title = "A coffee on the house"
kind  = "other"
price = { beans = 10 }

[[reward]]
id    = "mug"
title = "The last mug"
kind  = "other"
price = { beans = 1 }
stock = 1

[[reward]]
id    = "once"
title = "Once for each"
kind  = "other"
price = { beans = 1 }
limit = [{ times = 1, per = "member" }]

[[reward]]
id    = "soon"
title = "Not yet"
kind  = "other"
price = { beans = 1 }
from  = "2030-01-01"

[[reward]]
id    = "late"
title = "No more"
kind  = "other"
price = { beans = 1 }
until = "2020-01-01"

[[reward]]
id    = "gold"
title = "For regulars"
kind  = "other"
price = { beans = 1 }
tier  = "regular"

[partner.bakery]
sources = ["bakery-till"]
cost    = { beans = "0.01 EUR" }
worth   = { beans = "0.008 EUR" }

[partner.cinema]
sources = ["cinema-till"]
cost    = { beans = "0.01 EUR" }
worth   = { beans = "0.009 EUR" }
pays    = "ahead"

[[reward]]
id      = "bread"
title   = "Only at the bakery"
kind    = "other"
price   = { beans = 1 }
partner = "bakery"

[[reward]]
id    = "voucher-only"
title = "Only with a voucher"
kind  = "other"

[[card]]
id    = "unreachable"
on    = "purchase"
when  = 'line.category == "nothing-like-it"'
each  = "item"
full  = 1000
gives = "voucher-only"

[referral]
link = "https://cafe.example/?friend="
step = [{ purchase = 1, referrer = { beans = 1 } }]

[transfer]
points = ["beans"]
least  = { beans = 2 }
most   = { beans = 40 }
limit  = [{ times = 1 }]

[[challenge]]
id     = "joined"
opt_in = true
step   = [{ on = "visit", count = 100 }]
gives  = "voucher-only"

[[game]]
id    = "wheel"
earn  = [{ on = "visit" }]
prize = [{ id = "treat", odds = "1 in 2", gives = "voucher-only" }]

[[game]]
id    = "past"
until = "2020-01-01"
price = { beans = 1 }
prize = [{ id = "treat", odds = "1 in 2", gives = "voucher-only" }]

[[cause]]
id     = "meals"
points = "beans"
least  = 10

[[leaderboard]]
id     = "week"
title  = "This week"
counts = "points"
points = "beans"
every  = "week"
"#;

/// A running server.
pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) address: SocketAddr,
    pub(crate) tenant: TenantId,
    /// A key that may do everything for the merchant.
    pub(crate) admin: String,
    clock: Arc<AtomicI64>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    // Last, so that the database goes after those who use it.
    pub(crate) db: TestDb,
}

impl TestApp {
    /// On SQLite, with the program of the tests in force.
    pub(crate) fn new() -> Self {
        let own = Self::on(TestDb::sqlite());
        own.apply(PROGRAM);
        own
    }

    /// On this database, without a program.
    pub(crate) fn on(db: TestDb) -> Self {
        let settings = Settings {
            // Whether the console was built must not matter to a test.
            console: Front::Folder("/nowhere".into()),
            portal: Front::Folder("/nowhere".into()),
            ..Settings::default()
        };
        Self::with(db, settings)
    }

    /// On this database, with these settings, without a program.
    pub(crate) fn with(db: TestDb, settings: Settings) -> Self {
        Self::configured(db, settings, |config| config)
    }

    /// The same, opened in another way.
    pub(crate) fn configured(
        db: TestDb,
        settings: Settings,
        change: impl FnOnce(Config) -> Config,
    ) -> Self {
        let clock = Arc::new(AtomicI64::new(at(NOW).micros()));
        let hands = Arc::clone(&clock);
        let config = Config {
            clock: Clock::from_fn(move || Timestamp::from_micros(hands.load(Ordering::SeqCst))),
            webhooks: Some(Outbound::new(view::webhook, true)),
            inbound: Some(Inbound::new(view::own_event)),
            vault: db.vault.clone(),
            ..Config::new(db.database.clone())
        };
        let app = App::open(change(config)).expect("a new database opens");
        let tenant = app.create_tenant("test").expect("the first of its name").id;
        let settings = Settings {
            operator_key: Some(OPERATOR.into()),
            ..settings
        };
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it has an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let served = app.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime starts");
            let told = async {
                // Told, or the test is over: both mean stop.
                let _ = stopped.await;
            };
            runtime
                .block_on(regulars_server::serve_until(
                    served, listener, settings, told,
                ))
                .expect("the server ends in good order");
        });
        let mut own = Self {
            app,
            address,
            tenant,
            admin: String::new(),
            clock,
            stop: Some(stop),
            thread: Some(thread),
            db,
        };
        own.admin = own.key(&[Scope::Admin]);
        own
    }

    /// A key of the merchant with these scopes.
    pub(crate) fn key(&self, scopes: &[Scope]) -> String {
        let new = NewKey {
            store: None,
            rate: None,
            name: "test".into(),
            scopes: scopes.to_vec(),
            partner: None,
            expires_at: None,
        };
        let key = self
            .app
            .create_key(self.tenant, new)
            .expect("a key is made");
        key.secret
    }

    /// A key of a partner.
    pub(crate) fn partner_key(&self, partner: &str) -> String {
        let new = NewKey {
            store: None,
            rate: None,
            name: format!("of {partner}"),
            scopes: vec![Scope::Read, Scope::Ingest, Scope::Redeem],
            expires_at: None,
            partner: Some(partner.into()),
        };
        let key = self.app.create_key(self.tenant, new);
        key.expect("a key is made").secret
    }

    /// Puts a program in force, from the beginning of time if it is the first.
    pub(crate) fn apply(&self, text: &str) {
        let apply = Apply {
            text: text.into(),
            by: "test".into(),
            ..Apply::default()
        };
        self.app
            .apply(self.tenant, &apply)
            .expect("the program is right");
    }

    /// Sets the clock.
    pub(crate) fn set_clock(&self, now: Timestamp) {
        self.clock.store(now.micros(), Ordering::SeqCst);
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        Request::new("GET", path)
            .key(&self.admin)
            .send(self.address)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.posting(path, body).send(self.address)
    }

    /// A POST that can still be given headers.
    pub(crate) fn posting(&self, path: &str, body: &Value) -> Request {
        Request::new("POST", path).key(&self.admin).json(body)
    }

    /// A POST with an `Idempotency-Key`.
    pub(crate) fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.posting(path, body).header("Idempotency-Key", key);
        request.send(self.address)
    }

    /// Enrols somebody by e-mail; their id.
    pub(crate) fn member(&self, email: &str) -> String {
        let body = json!({"identities": [{"kind": "email", "value": email}]});
        let made = self.post("/v1/members", &body).with(201);
        made["member"]["id"].as_str().expect("has an id").to_owned()
    }

    /// Enrols somebody and lets them buy for so much; their id.
    pub(crate) fn member_with(&self, email: &str, total: &str) -> String {
        let member = self.member(email);
        let order = format!("first-{email}");
        self.post("/v1/events", &purchase(&order, email, total))
            .with(201);
        member
    }

    /// What somebody may spend of `beans`.
    pub(crate) fn beans(&self, member: &str) -> String {
        let balance = self.get(&format!("/v1/members/{member}/balance")).with(200);
        let points = balance["points"].as_array().expect("is a list");
        let beans = points.iter().find(|points| points["points"] == "beans");
        let beans = beans.expect("there are beans");
        beans["available"].as_str().expect("is a text").to_owned()
    }

    /// Stops the server, as SIGTERM does.
    pub(crate) fn stop(&mut self) {
        // The server may have ended on its own; then there is nobody to tell.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the server ends in good order");
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.stop();
        }
    }
}

/// Settings with a short patience for bodies, and for requests that are open at the end.
pub(crate) fn impatient() -> Settings {
    Settings {
        body_timeout: Duration::from_millis(100),
        stop_timeout: Duration::from_millis(100),
        ..Settings::default()
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("is a time")
}

/// A purchase by e-mail at the test's `NOW`: the order's number is the event's id.
pub(crate) fn purchase(order: &str, email: &str, total: &str) -> Value {
    json!({
        "type": "purchase", "source": "till-1", "id": order, "at": NOW,
        "customer": {"kind": "email", "value": email},
        "order": order, "currency": "EUR", "total": total,
    })
}

/// The object with other values for some fields; `null` takes a field away.
pub(crate) fn but(mut object: Value, other: &Value) -> Value {
    let fields = object.as_object_mut().expect("is an object");
    for (name, value) in other.as_object().expect("is an object") {
        if value.is_null() {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    object
}
