//! Webhooks of the executable: made by a command, sent by a server that is killed.

use crate::serving::Server;
use crate::shop::{CAFE, Shop};
use regulars_testkit::{Hook, HookStandIn, Reply};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// A killed server leaves what it was telling claimed for half a minute: each round waits so long.
const ROUNDS: u64 = 1;
const EACH: u64 = 80;
const MEMBERS: u64 = 8;

fn begin() -> (Shop, HookStandIn, String) {
    let (shop, receiver) = (Shop::new(), HookStandIn::start());
    shop.write("cafe.toml", CAFE);
    shop.ok(["apply", "cafe.toml"]);
    let made = shop.json(["webhooks", "add", &receiver.url(), "--webhooks-private"]);
    let secret = made["secret"].as_str().expect("is shown once");
    assert!(secret.starts_with("whsec_"), "{made:#}");
    let id = made["id"].as_str().expect("has an id").to_owned();
    (shop, receiver, id)
}

fn distinct(hooks: &[Hook]) -> usize {
    let ids: BTreeSet<&str> = hooks.iter().map(|hook| hook.id.as_str()).collect();
    ids.len()
}

#[test]
fn a_server_that_is_killed_loses_no_webhook_and_makes_none_up() {
    let (shop, receiver, id) = begin();
    receiver.always(Reply::Slow(Duration::from_millis(20)));
    let key = shop.json(["keys", "create", "--name", "till", "--scope", "ingest"]);
    let key = key["secret"].as_str().expect("is shown once").to_owned();
    for round in 0..ROUNDS {
        let server = Server::start(&shop, &["--webhooks-private"]);
        for n in 0..EACH {
            let event = format!("r-{round}-{n}");
            let body = json!({
                "type": "purchase", "source": "till", "id": event, "order": event,
                "customer": {"kind": "customer", "value": format!("c{}", n % MEMBERS)}, "currency": "EUR", "total": "5.00",
            });
            let (status, said) = server.post("/v1/events", (&key, &event), &body);
            assert_eq!(status, 201, "{said}");
        }
        // In the middle of telling: after some of this round came, before all did.
        let (before, begun) = (distinct(&receiver.hooks()), Instant::now());
        while distinct(&receiver.hooks()) < before + 5 {
            assert!(begun.elapsed() < Duration::from_secs(90), "nobody is told");
            std::thread::sleep(Duration::from_millis(5));
        }
        // A server that goes is killed, not stopped.
        drop(server);
    }
    let all = usize::try_from(ROUNDS * EACH).expect("is small");
    assert!(
        distinct(&receiver.hooks()) < all,
        "nothing was left to tell"
    );
    let server = Server::start(&shop, &["--webhooks-private"]);
    let begun = Instant::now();
    while distinct(&receiver.hooks()) < all {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "not all are told"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(server);
    let mut bodies: BTreeMap<&str, &str> = BTreeMap::new();
    let mut seen: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let hooks = receiver.hooks();
    for hook in &hooks {
        let known = bodies.insert(&hook.id, &hook.body);
        assert!(
            known.is_none_or(|known| known == hook.body),
            "one id, two events"
        );
        if known.is_none() {
            let sent: serde_json::Value = serde_json::from_str(&hook.body).expect("is JSON");
            let entry = &sent["data"]["entry"];
            let member = entry["member"].as_str().expect("has a member").to_owned();
            seen.entry(member)
                .or_default()
                .push(entry["seq"].as_u64().expect("has a place"));
        }
    }
    assert_eq!(bodies.len(), all);
    assert_eq!(seen.len() as u64, MEMBERS);
    for seqs in seen.values() {
        assert!(seqs.is_sorted(), "out of order: {seqs:?}");
    }
    let listed = shop.json(["webhooks", "list"]);
    assert_eq!(listed["items"][0]["given_up"], 0, "{listed:#}");
    assert_eq!(listed["items"][0]["id"], id.as_str());
}

/// What is said by a call that comes to nothing.
fn said_no(shop: &Shop, args: &[&str]) -> String {
    let done = shop.run(args);
    assert_ne!(done.code, Some(0), "{done:?}");
    done.out + &done.err
}

#[test]
fn an_endpoint_is_tested_paused_changed_and_removed_by_commands() {
    let (shop, receiver, id) = begin();
    shop.ok(["webhooks", "test", &id, "--webhooks-private"]);
    assert_eq!(receiver.hooks().len(), 1);
    // Not allowed here: the address is in the house.
    let refused = said_no(&shop, &["webhooks", "test", &id]);
    assert!(refused.contains("private address"), "{refused}");
    let refused = said_no(&shop, &["webhooks", "add", "http://127.0.0.1:1/"]);
    assert!(refused.contains("https://"), "{refused}");
    assert_eq!(shop.json(["webhooks", "pause", &id])["paused"], "hand");
    assert!(shop.json(["webhooks", "resume", &id])["paused"].is_null());
    let rotated = shop.json(["webhooks", "rotate", &id, "--overlap", "2"]);
    assert!(rotated["old_secret_until"].is_string(), "{rotated:#}");
    assert_eq!(
        shop.json(["webhooks", "replay", &id, "--given-up"])["events"],
        0
    );
    let refused = said_no(&shop, &["webhooks", "replay", &id]);
    assert!(refused.contains("--given-up"), "{refused}");
    assert_eq!(
        shop.json(["webhooks", "troubles", &id])["letters"],
        json!([])
    );
    shop.ok(["webhooks", "remove", &id]);
    assert_eq!(shop.json(["webhooks", "list"])["items"], json!([]));
}
