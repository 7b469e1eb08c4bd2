//! Nothing personal comes out where it does not belong: every word that anybody sends is marked, every route
//! of the document is called with such words in its path, its query and its body, right and wrong; then all
//! that the server says to others than the one who sent them is searched for the mark.
//!
//! And whoever is forgotten is nowhere: the same is said of one member, who is then erased; then the database
//! is searched, by its own catalogue and past it. A field that is added is covered on the day it is there.

use crate::client::Request;
use crate::isolation::sample::{self, Body, Ids, MARK, Marks};
use crate::isolation::shop::World;
use crate::isolation::{Route, escaped, routes};
use regulars_app::MemberRef;
use regulars_base::MemberId;
use regulars_testkit::{Place, TestDb};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::{Debug, Write};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

regulars_testkit::on_both! {
    what_is_sent_is_in_no_log_no_figure_and_no_trail,
    who_is_forgotten_is_nowhere_in_the_database,
    who_asks_gets_all_that_is_kept_about_them,
    where_there_is_a_vault_nobody_reads_them_in_the_database,
}

/// What tells the member of the world, beside the mark.
const PERSON: [&str; 4] = [MARK, "zaphod@", "zaphod b", "beeblebrox"];

/// Where marked words may stand after the member who sent them is forgotten, and why.
const STAYS: [(&str, &str, &str); 2] = [
    (
        "log",
        "event",
        "the books: ids that the sender gave to an order or an event, and why somebody adjusted",
    ),
    (
        "audit",
        "body",
        "why somebody of the shop did something: written for auditors, and proved by hashes",
    ),
];

/// What the trail says of before and after in words of the shop, and of nobody else.
const OF_THE_SHOP: [&str; 4] = ["put_role", "delete_role", "create_key", "set_control_group"];

// ── what is logged ──

static SAID: Mutex<String> = Mutex::new(String::new());

fn said() -> MutexGuard<'static, String> {
    SAID.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps all that the project's own code logs, down to the most talkative level. (Of libraries the executable
/// shows warnings alone, which `cli/tests` holds it to.)
struct Listener;

struct Words<'w>(&'w mut String);

impl Visit for Words<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").expect("a text takes words");
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("regulars")
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut said = said();
        span.record(&mut Words(&mut said));
        said.push('\n');
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Words(&mut said()));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut said = said();
        said.push_str(event.metadata().target());
        event.record(&mut Words(&mut said));
        said.push('\n');
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn listen() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        tracing::subscriber::set_global_default(Listener).expect("nobody else listens");
    });
}

// ── what is sent ──

/// A call as it is sent: with a body of this kind, as somebody.
fn call(world: &World, route: &Route, address: &str, body: Option<Body>) {
    let request = Request::new(&route.method, address).key(&world.shop.app.admin);
    let request = request.header("Idempotency-Key", &world.ids(true).marked());
    let request = match body {
        Some(Body { kind, text }) => request.header("Content-Type", &kind).body(text),
        None => request,
    };
    request.send(world.shop.app.address);
}

/// A call that is right but for its words, one that says all there is to say, one about somebody who is named
/// by an address that is nobody's, and bodies of the wrong shape.
fn all_calls(world: &World, route: &Route) {
    let ids = |there, marks| Ids {
        marks,
        ..world.ids(there)
    };
    for ids in [
        ids(true, Marks::Needed),
        ids(true, Marks::Everything),
        ids(false, Marks::Everything),
    ] {
        let address = route.address(&ids).expect("its ids are known");
        call(
            world,
            route,
            &marked_query(route, &address),
            sample::body(&route.operation, &ids),
        );
    }
    let ids = ids(true, Marks::Needed);
    let mut named = route.path.clone();
    while let (Some(from), Some(to)) = (named.find('{'), named.find('}')) {
        let who = escaped(&format!("email:{}@example.com", ids.marked()));
        named.replace_range(from..=to, &who);
    }
    call(world, route, &named, sample::body(&route.operation, &ids));
    let wrong = |kind: &str, text: String| Body {
        kind: kind.into(),
        text,
    };
    let address = route.address(&ids).expect("its ids are known");
    for body in [
        wrong("application/json", format!("{{\"name\": \"{MARK}")),
        wrong("application/json", format!("{{\"{MARK}\": [\"{MARK}\"]}}")),
        wrong("application/json", json!([MARK]).to_string()),
        wrong(MARK, MARK.into()),
    ] {
        if sample::body(&route.operation, &ids).is_some() {
            call(world, route, &address, Some(body));
        }
    }
}

/// The same address with a marked word for each thing that may be asked.
fn marked_query(route: &Route, address: &str) -> String {
    let mut address = address.to_owned();
    let all = route.operation["parameters"].as_array();
    for parameter in all.into_iter().flatten() {
        let name = parameter["name"].as_str().expect("has a name");
        if parameter["in"] == "query" && !address.contains(&format!("{name}=")) {
            address += if address.contains('?') { "&" } else { "?" };
            address += &format!("{name}={MARK}");
        }
    }
    address
}

fn shows(text: &str) -> Vec<String> {
    let has = |line: &&str| line.to_lowercase().contains(&MARK.to_lowercase());
    text.lines().filter(has).map(str::to_owned).collect()
}

fn what_is_sent_is_in_no_log_no_figure_and_no_trail(db: TestDb) {
    listen();
    let world = World::on(db);
    let app = &world.shop.app;
    let mut calls = 0;
    for route in routes() {
        all_calls(&world, &route);
        calls += 1;
    }
    assert!(calls > 200, "only {calls} routes");
    // What goes on by itself, with what was left.
    let core = &app.app;
    core.seal(app.tenant).expect("it is sealed");
    core.plan_sends(app.tenant).expect("sends are planned");
    core.tell_webhooks().expect("webhooks are told");
    let logged = said().clone();
    assert!(logged.lines().count() > calls, "the log is not heard");
    let logged = shows(&logged);
    assert!(
        logged.is_empty(),
        "{} lines: {:#?}",
        logged.len(),
        &logged[..logged.len().min(20)]
    );

    let figures = Request::new("GET", "/metrics").send(world.shop.figures);
    assert_eq!(figures.status, 200);
    assert!(figures.text().contains("regulars_http_requests_total"));
    let figures = shows(&figures.text());
    assert!(figures.is_empty(), "{figures:#?}");

    let trail = app.get("/v1/audit?limit=1000").with(200);
    let trail = trail["items"].as_array().expect("is a list");
    assert!(trail.len() > 100, "only {} lines in the trail", trail.len());
    let told = |line: &Value| {
        let mut line = line.clone();
        let fields = line.as_object_mut().expect("is an object");
        // Why somebody did something is written to be read there.
        fields.remove("why");
        let act = fields["act"].as_str().unwrap_or_default().to_owned();
        match OF_THE_SHOP.contains(&act.as_str()) {
            true => String::new(),
            false => line.to_string(),
        }
    };
    let shown: Vec<String> = trail.iter().flat_map(|line| shows(&told(line))).collect();
    assert!(
        shown.is_empty(),
        "{} lines: {:#?}",
        shown.len(),
        &shown[..shown.len().min(20)]
    );
}

// ── who is forgotten ──

/// Whether a call says something of the member of the world.
fn is_about_them(world: &World, route: &Route, body: Option<&Body>) -> bool {
    const THEIRS: [&str; 6] = [
        "/members/{member}",
        "/cases/{case}",
        "/claims/{claim}",
        "/redemptions/{redemption}",
        "/sell-through/{report}",
        "/v1/me",
    ];
    let member = world.member();
    let names = body.is_some_and(|body| body.text.contains(&member));
    let over = ["/erase", "/merge", "/export", "/parts"];
    (names || THEIRS.iter().any(|own| route.path.contains(own)))
        && route.method != "DELETE"
        && !over.iter().any(|end| route.path.ends_with(end))
}

/// A shop in which all was said of its member that can be said.
fn told(db: TestDb) -> World {
    let world = World::on(db);
    let app = &world.shop.app;
    let own = world.shop.join("zaphod@example.com");
    let mut taken = 0;
    for route in routes() {
        for marks in [Marks::Needed, Marks::Everything] {
            let ids = Ids {
                marks,
                ..world.ids(true)
            };
            let body = sample::body(&route.operation, &ids);
            if !is_about_them(&world, &route, body.as_ref()) {
                continue;
            }
            let address = route.address(&ids).expect("its ids are known");
            let request = match route.path.starts_with("/v1/me") {
                true => own.asks(&route.method, &address),
                false => Request::new(&route.method, &address).key(&app.admin),
            };
            let request = request.header("Idempotency-Key", &ids.unlike("key"));
            let request = match body {
                Some(Body { kind, text }) => request.header("Content-Type", &kind).body(text),
                None => request,
            };
            let answer = request.send(app.address);
            taken += usize::from(answer.status < 300 && route.method != "GET");
        }
    }
    assert!(taken > 10, "only {taken} calls were taken");
    world
}

/// The marked words that stand in these places.
fn marks_in<'p>(places: impl IntoIterator<Item = &'p Place>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for place in places {
        for (at, _) in place.value.match_indices(MARK) {
            let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let word = place.value[at..].split(|c| !part(c)).next();
            found.extend(word.map(str::to_owned));
        }
    }
    found
}

fn who_is_forgotten_is_nowhere_in_the_database(db: TestDb) {
    let world = told(db);
    let app = &world.shop.app;
    let before = app.db.places_of(&PERSON);
    let written = marks_in(&before);
    assert!(written.len() > 20, "{written:#?}");

    let path = format!("/v1/members/{}/erase", world.member());
    app.post(&path, &json!({"reason": "asked by letter"}))
        .with(200);
    let stays = |place: &&Place| {
        let mut known = STAYS.iter();
        !known.any(|(table, column, _)| place.table == *table && place.column == *column)
    };
    let after = app.db.places_of(&PERSON);
    let left: Vec<&Place> = after.iter().filter(stays).collect();
    assert!(left.is_empty(), "{left:#?}");
    // And past the tables, but for what stays in them.
    let stays = marks_in(&after);
    let gone = |word: &&String| !stays.iter().any(|own| own.starts_with(word.as_str()));
    let mut gone: Vec<&str> = written.iter().filter(gone).map(String::as_str).collect();
    assert!(gone.len() > 10, "{gone:?}");
    gone.extend(&PERSON[1..]);
    let left = app.db.leftovers_of(&gone);
    assert!(left.is_empty(), "{left:#?}");
}

/// Tables in which a member is, and that are not in the export as they are: why.
const TOLD: [(&str, &str); 10] = [
    ("log", "the ledger of the export tells it in words"),
    ("entries", "so it does"),
    ("event_keys", "so it does"),
    ("orders", "a cache of the log"),
    (
        "wallets",
        "a cache of the log; what is in it stands under `me`",
    ),
    (
        "sends",
        "to whom one message goes, which stands under `messages`",
    ),
    ("unsealed", "hashes of the log"),
    ("seals", "hashes of the log"),
    ("audit", "what people of the shop did, and who of them"),
    (
        "records",
        "when something of them was last changed, which each row says",
    ),
];

fn who_asks_gets_all_that_is_kept_about_them(db: TestDb) {
    let world = told(db);
    let app = &world.shop.app;
    let member: MemberId = world.member().parse().expect("is an id");
    let about = app.app.member(app.tenant, &MemberRef::Id(member));
    let wallet = about.expect("is there").wallet;
    let ids = [
        member.bytes().to_vec(),
        wallet.bytes().to_vec(),
        member.to_string().into_bytes(),
    ];
    let path = format!("/v1/members/{member}/export");
    let all = app.post(&path, &json!({"reason": "asked"})).with(200);
    let kept = all["kept"].as_object().expect("is an object");
    let told = |table: &str| TOLD.iter().any(|(own, _)| *own == table);
    let places = app.db.places_of(&ids);
    let tables: BTreeSet<&str> = places.iter().map(|place| place.table.as_str()).collect();
    assert!(tables.len() > 15, "{tables:?}");
    let missing: Vec<&&str> = tables
        .iter()
        .filter(|table| !told(table) && !kept.contains_key(**table))
        .collect();
    assert!(missing.is_empty(), "{missing:?} are not in it: {all:#}");
    // What was written of them is in it, word by word.
    let text = all.to_string();
    let written = app.db.places_of(&[MARK]);
    let written = marks_in(written.iter().filter(|place| !told(&place.table)));
    assert!(written.len() > 10, "{written:?}");
    let missing: Vec<&String> = written
        .iter()
        .filter(|word| !text.contains(*word))
        .collect();
    assert!(missing.is_empty(), "{missing:?} are not in it: {all:#}");
    assert!(text.contains("zaphod@example.com"));
}

/// Where marked words stand in clear though there is a vault, and why.
const IN_CLEAR: [(&str, &str, &str); 2] = [
    (
        "log",
        "event",
        "the books are proved by hashes that cover them: ids of orders and events, reasons of adjustments",
    ),
    (
        "audit",
        "body",
        "why somebody of the shop did something: written for auditors, and proved by hashes",
    ),
];

fn where_there_is_a_vault_nobody_reads_them_in_the_database(db: TestDb) {
    let world = told(db.closed());
    let app = &world.shop.app;
    let places = app.db.places_of(&PERSON);
    let known = |place: &&Place| {
        let mut known = IN_CLEAR.iter();
        known.any(|(table, column, _)| place.table == *table && place.column == *column)
    };
    let shown: BTreeSet<(&str, &str)> = places
        .iter()
        .filter(|place| !known(place))
        .map(|place| (&*place.table, &*place.column))
        .collect();
    assert!(shown.is_empty(), "{shown:?}");
    // Past the tables neither: in no page of the file is more than in them.
    let left = app.db.leftovers_of(&PERSON[1..]);
    assert!(left.is_empty(), "{left:#?}");
    // Everything works: they are found by the whole of what they are known by, and all of it is told them.
    let member = world.member();
    let found = |text: &str| {
        let list = app.get(&format!("/v1/members?find={text}")).with(200);
        list["items"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(found("zaphod@example.com"), 1);
    assert_eq!(found("zaphod@exa"), 0);
    let shown = app
        .get(&format!("/v1/members/{member}"))
        .with(200)
        .to_string();
    assert!(shown.contains("zaphod@example.com"), "{shown}");
    let path = format!("/v1/members/{member}/export");
    let all = app.post(&path, &json!({"reason": "asked"})).with(200);
    let written = marks_in(&[Place {
        table: String::new(),
        column: String::new(),
        value: all.to_string(),
    }]);
    assert!(written.len() > 20, "{written:?}");
    // And with the key turned, too.
    let before = app.app.vault().expect("it is looked at");
    assert_eq!((before.left, before.state.is_settled()), (0, true));
    assert!(before.rows > 10, "{before:?}");
}

/// The search itself is tried on what is left where nobody writes over it.
#[test]
fn what_is_only_deleted_is_found_in_the_file() {
    let world = World::on(TestDb::sqlite());
    let db = &world.shop.app.db;
    assert_ne!(db.leftovers_of(&["beeblebrox"]).len(), 0);
    db.execute("PRAGMA secure_delete = OFF; DELETE FROM profiles; DELETE FROM member_words;");
    assert!(db.places_of(&["beeblebrox"]).is_empty());
    assert_ne!(db.leftovers_of(&["beeblebrox"]).len(), 0);
}
