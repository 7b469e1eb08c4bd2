//! Nobody gets at what is another's: every route of the document, as every other caller.
//!
//! The shop "test" has something of everything. Then each route of `openapi.json` is called by others,
//! once with the ids of what is there, and once with ids of the same shape that nobody has. The two
//! answers must be the same, none may hold a word of what is there, and nothing of the shop may change.
//! A route that asks for an id that is not known here fails the test: give it one in `isolation/shop.rs`.

use crate::client::{Answer, Request};
use crate::portal::Browser;
use regulars_testkit::TestDb;
use sample::{Body, Ids};
use serde_json::Value;
use shop::{SHOP, World};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) mod sample;
pub(crate) mod shop;

regulars_testkit::on_both! {
    no_route_shows_or_changes_what_is_anothers,
    what_others_are_told_and_find_is_their_own,
}

/// A call that the document knows.
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) operation: Value,
}

/// Who calls.
enum Who<'w> {
    /// Whoever has this key.
    Key(&'w str),
    /// Whoever is signed in so.
    Member(&'w Browser),
    /// Nobody in particular.
    Nobody,
}

struct Caller<'w> {
    name: &'static str,
    who: Who<'w>,
    /// Whether they are turned away at the door.
    unknown: bool,
}

/// A route that asks no tenant, on purpose: the key of the shop itself is shown instead.
type Leak<'l> = Option<(&'l str, &'l str)>;

/// Where what is asked for is the caller's own, or everybody's: the two answers may differ, and something may be
/// written. That nothing is shown that is another's holds for these, too.
const OWN: [(&str, &str); 13] = [
    // The connector's drawn id is the door; who comes without a signature is counted at it.
    ("POST", "/hooks/{platform}/{connector}"),
    // Each shop has one sandbox, and the two calls come one after the other.
    ("POST", "/v1/sandbox"),
    ("DELETE", "/v1/sandbox"),
    // What a program has is the same for all of its members, and what they do of it is their own.
    ("POST", "/v1/me/challenges/{challenge}/join"),
    ("PUT", "/v1/me/consents/{purpose}"),
    ("GET", "/v1/me/leaderboards/{leaderboard}"),
    ("POST", "/v1/me/redemptions"),
    ("POST", "/v1/me/claims"),
    ("POST", "/v1/me/cases"),
    // Whoever looks is given what they have: a number for their card, an offer, which all members number alike.
    ("GET", "/v1/me"),
    ("GET", "/v1/me/offers"),
    ("POST", "/v1/me/offers/{choice}"),
    ("DELETE", "/v1/me"),
];

/// All calls of the document; whoever signs out, or leaves, does so last.
pub(crate) fn routes() -> Vec<Route> {
    let document: Value =
        serde_json::from_str(&regulars_server::document()).expect("the document is JSON");
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("has paths") {
        for (method, operation) in methods.as_object().expect("has methods") {
            all.push(Route {
                method: method.to_uppercase(),
                path: path.clone(),
                operation: operation.clone(),
            });
        }
    }
    all.sort_by_key(|route| route.method == "DELETE");
    all
}

impl Route {
    fn is_public(&self) -> bool {
        self.operation["security"] == serde_json::json!([{}])
    }

    fn is_own(&self) -> bool {
        OWN.contains(&(self.method.as_str(), self.path.as_str()))
    }

    /// Whether another partner of the same shop calls it, too.
    fn of_partners(&self) -> bool {
        self.path.contains("{award}") || self.path.contains("{partner}")
    }

    fn of_members(&self) -> bool {
        self.path.starts_with("/v1/me")
    }

    /// The path and the query, with these ids.
    pub(crate) fn address(&self, ids: &Ids<'_>) -> Result<String, String> {
        let mut address = self.path.clone();
        let mut query = String::new();
        for parameter in self.operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let name = parameter["name"].as_str().expect("has a name");
            if parameter["in"] == "path" {
                let id = ids.in_path(&self.path, name).ok_or_else(|| {
                    format!(
                        "{} {}: no value is known for `{name}`; give it one in isolation/shop.rs",
                        self.method, self.path
                    )
                })?;
                address = address.replace(&format!("{{{name}}}"), &escaped(&id));
            } else if parameter["in"] == "query"
                && let Some(value) = ids.in_query(name)
            {
                query += if query.is_empty() { "?" } else { "&" };
                query += &format!("{name}={}", escaped(&value));
            }
        }
        Ok(address + &query)
    }

    fn call(&self, world: &World, who: &Who<'_>, ids: &Ids<'_>) -> Result<Answer, String> {
        let address = self.address(ids)?;
        let mut request = match who {
            Who::Key(key) => Request::new(&self.method, &address).key(key),
            Who::Member(browser) => browser.asks(&self.method, &address),
            Who::Nobody => Request::new(&self.method, &address),
        };
        request = request.header("Idempotency-Key", &ids.unlike("key"));
        if let Some(Body { kind, text }) = sample::body(&self.operation, ids) {
            request = request.header("Content-Type", &kind).body(text);
        }
        Ok(request.send(world.shop.app.address))
    }
}

pub(crate) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let one = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// What an answer says, but for the ids that were asked for and what differs from call to call.
fn said(answer: &Answer, asked: [&Ids<'_>; 2]) -> String {
    let mut text = answer.text();
    if let Ok(mut json) = serde_json::from_str::<Value>(&text) {
        if let Some(fields) = json.as_object_mut() {
            fields.remove("request_id");
            fields.remove("instance");
        }
        text = json.to_string();
    }
    let mut ids: Vec<String> = asked.iter().flat_map(|ids| ids.all()).collect();
    ids.sort_by_key(|id| std::cmp::Reverse(id.len()));
    for id in ids {
        text = text.replace(&id, "*").replace(&escaped(&id), "*");
    }
    without_numbers(&text)
}

/// Without the words that are made for one call: those that end in a line and a number.
fn without_numbers(text: &str) -> String {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut left = text;
    let mut said = String::new();
    while !left.is_empty() {
        let until = left.find(|c| !part(c)).unwrap_or(left.len());
        let (word, rest) = left.split_at(until);
        let drawn = word.rsplit_once('-').is_some_and(|(_, end)| {
            end.chars().any(|c| c.is_ascii_digit()) && end.chars().all(|c| c.is_ascii_hexdigit())
        });
        said += if drawn { "*" } else { word };
        let next = rest.chars().next();
        said.extend(next);
        left = &rest[next.map_or(0, char::len_utf8)..];
    }
    said
}

/// All that is wrong, of all routes.
fn faults(world: &World, leak: Leak<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut looked_up = 0;
    let mut before = world.shop.app.db.rows_of(SHOP);
    let named =
        |route: &Route| leak.is_none_or(|own| own == (route.method.as_str(), route.path.as_str()));
    for route in routes().into_iter().filter(named) {
        for caller in callers(world, &route) {
            match compared(world, &route, &caller, leak) {
                Ok(found) => looked_up += usize::from(found),
                Err(fault) => faults.push(fault),
            }
        }
        let after = world.shop.app.db.rows_of(SHOP);
        let tables = after
            .iter()
            .filter(|(table, rows)| before.get(*table) != Some(rows));
        let tables: Vec<&str> = tables.map(|(table, _)| table.as_str()).collect();
        let rows = |of: &BTreeMap<String, Vec<String>>, others: &BTreeMap<String, Vec<String>>| {
            let all = tables.iter().flat_map(|table| &of[*table]);
            let known = |row: &&String| tables.iter().any(|table| others[*table].contains(row));
            all.filter(|row| !known(row)).cloned().collect::<Vec<_>>()
        };
        // What everybody may do at a shop's door is noted there, and what its own partners try.
        let noted = |table: &&str| match *table {
            "sign_in_codes" | "sessions" => route.is_public(),
            "audit" | "audit_heads" | "api_keys" => route.of_partners(),
            _ => route.is_own(),
        };
        if !tables.iter().all(noted) {
            faults.push(format!(
                "{} {}: changed {tables:?}: {:?} to {:?}",
                route.method,
                route.path,
                rows(&before, &after),
                rows(&after, &before)
            ));
        }
        before = after;
    }
    assert!(
        leak.is_some() || looked_up > 100,
        "only {looked_up} calls came as far as an id"
    );
    faults
}

fn callers<'w>(world: &'w World, route: &Route) -> Vec<Caller<'w>> {
    let known = |name, who| Caller {
        name,
        who,
        unknown: false,
    };
    let mut callers = vec![
        known("another shop", Who::Key(&world.other)),
        known("another shop's partner", Who::Key(&world.others_partner)),
        known("another shop's member", Who::Member(&world.others_member)),
    ];
    if route.of_members() {
        callers.push(known("another member", Who::Member(&world.another_member)));
    }
    if route.of_partners() {
        callers.push(known("another partner", Who::Key(&world.another_partner)));
    }
    for (name, who) in [
        ("nobody", Who::Nobody),
        ("a key that is over", Who::Key(&world.expired)),
        ("a key that is void", Who::Key(&world.revoked)),
    ] {
        callers.push(Caller {
            name,
            who,
            unknown: !route.is_public(),
        });
    }
    callers
}

/// Whether the answer to what is there came from looking for it.
fn compared(
    world: &World,
    route: &Route,
    caller: &Caller<'_>,
    leak: Leak<'_>,
) -> Result<bool, String> {
    let what = format!("{} {} as {}", route.method, route.path, caller.name);
    let forgets = leak.is_some_and(|own| own == (route.method.as_str(), route.path.as_str()));
    let leaks = forgets && caller.name == "another shop";
    let who = if leaks {
        &Who::Key(&world.shop.app.admin)
    } else {
        &caller.who
    };
    let (there, nowhere) = (world.ids(true), world.ids(false));
    let own = route.call(world, who, &there)?;
    let none = route.call(world, who, &nowhere)?;
    // This server signs no passes, and says so.
    if own.status >= 500 && !own.text().contains("\"no_passes\"") {
        return Err(format!("{what}: {} {}", own.status, own.text()));
    }
    // Whoever has no key of the operator's is told that it takes one.
    if caller.unknown && ![401, 403].contains(&own.status) {
        return Err(format!("{what}: {} {}", own.status, own.text()));
    }
    let (said_own, said_none) = (
        said(&own, [&there, &nowhere]),
        said(&none, [&there, &nowhere]),
    );
    // What somebody sends is no secret to them.
    let sent = sample::body(&route.operation, &there).map_or_else(String::new, |own| own.text);
    for secret in world.secrets() {
        if said_own.contains(secret) && !sent.contains(secret) {
            return Err(format!("{what}: shows `{secret}`: {said_own}"));
        }
    }
    if route.is_own() {
        return Ok(false);
    }
    if own.status != none.status {
        return Err(format!(
            "{what}: {} for what is there, {} for what is not: {said_own} / {said_none}",
            own.status, none.status
        ));
    }
    if own.status >= 400 && said_own != said_none {
        return Err(format!(
            "{what}: says whether it is there: {said_own} / {said_none}"
        ));
    }
    Ok(own.status == 404)
}

fn no_route_shows_or_changes_what_is_anothers(db: TestDb) {
    let world = World::on(db);
    let found = faults(&world, None);
    assert!(
        found.is_empty(),
        "{} faults:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// The test, tested: a route that forgets whose key it was shown.
#[test]
fn a_route_that_forgets_its_tenant_is_found() {
    let world = World::on(TestDb::sqlite());
    for (method, path) in [
        ("GET", "/v1/members/{member}"),
        ("GET", "/v1/members"),
        ("PATCH", "/v1/members/{member}"),
        ("GET", "/v1/cases/{case}"),
        ("DELETE", "/v1/segments/{segment}"),
    ] {
        let found = faults(&world, Some((method, path)));
        let named = found.iter().any(|fault| fault.contains(path));
        assert!(named, "{method} {path} is not found: {found:#?}");
    }
}

#[test]
fn every_route_that_takes_an_id_is_tried_with_one() {
    let world = World::on(TestDb::sqlite());
    let (there, nowhere) = (world.ids(true), world.ids(false));
    let mut unknown = BTreeSet::new();
    for route in routes() {
        for ids in [&there, &nowhere] {
            if let Err(fault) = route.address(ids) {
                unknown.insert(fault);
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// Jobs, searches and webhooks of another shop, which ask for no id.
fn what_others_are_told_and_find_is_their_own(db: TestDb) {
    let world = World::on(db);
    let told = world.others_hook();
    world.something_happens();
    world
        .shop
        .app
        .app
        .tell_webhooks()
        .expect("webhooks are told");
    for letter in told.hooks() {
        let text = format!("{letter:?}");
        let shown = world.secrets().find(|secret| text.contains(*secret));
        assert_eq!(shown, None, "{text}");
    }
    for text in ["Zaphod", "zaphod@example.com", "zaph"] {
        for address in [
            format!("/v1/members?find={text}"),
            format!("/v1/products?find={text}"),
            format!("/v1/stores?find={text}"),
        ] {
            let found = Request::new("GET", &address).key(&world.other);
            let found = found.send(world.shop.app.address).with(200);
            assert_eq!(found["items"].as_array().map(Vec::len), Some(0), "{found}");
        }
    }
    for what in world.jobs() {
        let result = world.others_job(&what);
        let shown = world.secrets().find(|secret| result.contains(*secret));
        assert_eq!(shown, None, "{what}: {result}");
    }
}
