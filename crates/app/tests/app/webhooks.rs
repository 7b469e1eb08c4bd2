//! Webhooks: what receivers on this machine get, when they fail, hang, send elsewhere, or are slow.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use crate::support::{CAFE, Shop, app, customer, key, moment, purchase, text};
use regulars_app::connect::{Delivery, Secret, Topic, signature};
use regulars_app::{
    Config, EndpointPatch, Error, Explained, Identity, MemberPatch, NewEndpoint, Outbound, PageAsk,
    PausedBy, Replay,
};
use regulars_base::Timestamp;
use regulars_engine::event::Kind;
use regulars_testkit::{Hook, HookStandIn, Reply, TestDb};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

regulars_testkit::on_both! {
    each_event_is_told_once_signed_and_in_its_order,
    what_came_before_the_endpoint_is_not_told,
    one_that_wants_little_is_told_little,
    an_event_that_fails_holds_up_its_own_member_only_and_is_given_up_after_three_days,
    while_nothing_goes_through_little_is_tried_and_after_three_days_nothing,
    a_moment_in_which_many_fail_at_once_costs_seconds,
    who_says_farewell_is_paused_and_goes_on_where_it_stopped,
    an_answer_that_was_lost_brings_the_same_id_again,
    a_redirect_is_not_followed_and_an_endless_answer_is_cut_off,
    an_old_secret_signs_beside_the_new_one_for_a_while,
    events_are_told_again_one_a_span_and_all_that_were_given_up,
    what_a_server_had_taken_when_it_stopped_is_told_by_another,
    a_removed_endpoint_leaves_nothing_behind,
    a_change_of_a_record_is_told_by_its_names_alone,
}

const START: &str = "2025-03-01T09:00:00Z";

fn render(entry: &Explained, topics: &[Topic]) -> String {
    let topics: Vec<&str> = topics.iter().map(|topic| topic.name()).collect();
    format!(
        "{} {} {}",
        entry.event.key.external_id,
        entry.seq,
        topics.join(" ")
    )
}

fn with_webhooks(config: Config) -> Config {
    Config {
        webhooks: Some(Outbound::new(render, true)),
        ..config
    }
}

fn shop(db: TestDb) -> Shop {
    Shop::with(db, CAFE, with_webhooks)
}

fn endpoint(shop: &Shop, receiver: &HookStandIn, topics: &[&str]) -> (String, Secret) {
    let new = NewEndpoint {
        url: receiver.url(),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        note: String::new(),
    };
    let (made, secret) = shop.app.add_endpoint(shop.tenant, new).unwrap();
    (made.endpoint.id, Secret::read(&secret).unwrap())
}

fn buy(shop: &Shop, name: &str, order: &str) {
    shop.take(purchase(name, order, START, 10_00));
}

fn tell(shop: &Shop) -> u64 {
    shop.app.tell_webhooks().unwrap()
}

fn later(shop: &Shop, seconds: i64) -> Timestamp {
    let at = shop.app.now().plus_micros(seconds * 1_000_000);
    shop.set_to(at);
    at
}

fn orders(hooks: &[Hook]) -> Vec<&str> {
    let first = |hook: &'_ Hook| hook.body.split(' ').next().map(str::len);
    hooks
        .iter()
        .map(|hook| &hook.body[..first(hook).unwrap()])
        .collect()
}

fn each_event_is_told_once_signed_and_in_its_order(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    let (id, secret) = endpoint(&shop, &receiver, &[]);
    for round in 0..7 {
        for name in ["ana", "ben", "cem", "dot"] {
            buy(&shop, name, &format!("{name}-{round}"));
        }
    }
    assert_eq!(tell(&shop), 28);
    assert_eq!(tell(&shop), 0);
    let hooks = receiver.hooks();
    assert_eq!(hooks.len(), 28);
    let now = shop.app.now().micros() / 1_000_000;
    let mut of_member: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for hook in &hooks {
        let by = (hook.id.as_str(), hook.seconds);
        assert!(signature::is_by(
            &secret,
            &hook.signature,
            by,
            hook.body.as_bytes(),
            now
        ));
        let seq = hook.body.split(' ').nth(1).unwrap().parse().unwrap();
        of_member.entry(&hook.body[..3]).or_default().push(seq);
    }
    assert_eq!(of_member.len(), 4);
    for seqs in of_member.values() {
        assert_eq!(seqs, &(1..=7).collect::<Vec<u64>>(), "{of_member:?}");
    }
    let state = shop.app.endpoint(shop.tenant, &id).unwrap();
    assert_eq!((state.health.taken, state.health.waiting), (28, 0));
    buy(&shop, "ana", "ana-more");
    assert_eq!(tell(&shop), 1);
    assert_eq!(orders(&receiver.hooks())[28], "ana-more");
}

fn what_came_before_the_endpoint_is_not_told(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    for order in 0..40 {
        buy(&shop, "ana", &format!("before-{order}"));
    }
    later(&shop, 1);
    endpoint(&shop, &receiver, &[]);
    assert_eq!(tell(&shop), 0);
    for order in 0..40 {
        buy(&shop, "ana", &format!("after-{order}"));
    }
    buy(&shop, "new", "first");
    assert_eq!(tell(&shop), 41);
    let hooks = receiver.hooks();
    assert!(
        orders(&hooks)
            .iter()
            .all(|order| !order.starts_with("before"))
    );
}

fn one_that_wants_little_is_told_little(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    endpoint(&shop, &receiver, &["tier.upgraded"]);
    buy(&shop, "ana", "small");
    shop.take(purchase("ana", "large", START, 50_000));
    buy(&shop, "ana", "after");
    tell(&shop);
    assert_eq!(orders(&receiver.hooks()), ["large"]);
    let unknown = NewEndpoint {
        url: receiver.url(),
        topics: vec!["tier.upgrade".into()],
        note: String::new(),
    };
    let refused = shop.app.add_endpoint(shop.tenant, unknown);
    assert!(matches!(refused, Err(Error::Invalid(_))));
}

fn an_event_that_fails_holds_up_its_own_member_only_and_is_given_up_after_three_days(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    let (id, _) = endpoint(&shop, &receiver, &[]);
    receiver.about(Some(("bad", Reply::Status(500))));
    buy(&shop, "ana", "bad");
    buy(&shop, "ana", "ana-next");
    let begun = shop.app.now();
    let mut tries = 0;
    for order in 0.. {
        assert!(order < 200, "it is never given up");
        buy(&shop, "ben", &format!("ben-{order}"));
        tell(&shop);
        let hooks = receiver.hooks();
        assert!(orders(&hooks).contains(&format!("ben-{order}").as_str()));
        let now = orders(&hooks)
            .iter()
            .filter(|order| **order == "bad")
            .count();
        if orders(&hooks).contains(&"ana-next") {
            break;
        }
        assert!(now - tries <= 1, "it is tried at its own pace");
        tries = now;
        later(&shop, 3600);
    }
    let waited = shop.app.now().micros() - begun.micros();
    assert!(waited >= 72 * 3_600_000_000, "{waited}");
    assert!((8..30).contains(&tries), "{tries}");
    let troubles = shop.app.troubles(shop.tenant, &id).unwrap();
    assert_eq!(troubles.failing, []);
    let [given_up] = &troubles.letters[..] else {
        panic!("{troubles:?}")
    };
    assert_eq!(given_up.event, key("bad"));
    assert_eq!((given_up.next_at, &*given_up.failure), (None, "status 500"));
    receiver.about(None);
    assert_eq!(
        shop.app.replay(shop.tenant, &id, &Replay::GivenUp).unwrap(),
        1
    );
    assert_eq!(tell(&shop), 1);
    assert_eq!(orders(&receiver.taken()).last(), Some(&"bad"));
    assert_eq!(shop.app.troubles(shop.tenant, &id).unwrap().letters, []);
}

fn while_nothing_goes_through_little_is_tried_and_after_three_days_nothing(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    let (id, _) = endpoint(&shop, &receiver, &[]);
    receiver.always(Reply::Status(503));
    for name in 0..50 {
        buy(&shop, &format!("member-{name}"), &format!("order-{name}"));
    }
    tell(&shop);
    let first = receiver.hooks().len();
    assert!((5..20).contains(&first), "{first}: it stops soon");
    let begun = shop.app.now();
    loop {
        tell(&shop);
        let state = shop.app.endpoint(shop.tenant, &id).unwrap();
        if let Some(why) = state.endpoint.paused {
            assert_eq!(why, PausedBy::Failing);
            break;
        }
        assert!(state.health.failing_since.is_some());
        later(&shop, 600);
        assert!(shop.app.now().micros() - begun.micros() < 80 * 3_600_000_000);
    }
    let all = receiver.hooks().len();
    assert!(all < 600, "{all}: an hour between probes, few at a time");
    // Nothing is given up meanwhile, and nothing more is tried.
    let state = shop.app.endpoint(shop.tenant, &id).unwrap();
    assert_eq!(
        (
            state.health.taken,
            state.health.given_up,
            state.health.waiting
        ),
        (0, 0, 50)
    );
    later(&shop, 86_400);
    assert_eq!((tell(&shop), receiver.hooks().len()), (0, all));
    receiver.always(Reply::Status(204));
    let go_on = EndpointPatch {
        paused: Some(false),
        ..EndpointPatch::default()
    };
    shop.app.change_endpoint(shop.tenant, &id, go_on).unwrap();
    assert_eq!(tell(&shop), 50);
}

fn a_moment_in_which_many_fail_at_once_costs_seconds(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    let (id, _) = endpoint(&shop, &receiver, &[]);
    receiver.always(Reply::Status(503));
    for name in 0..8 {
        buy(&shop, &format!("member-{name}"), &format!("order-{name}"));
    }
    assert_eq!(tell(&shop), 0);
    let health = shop.app.endpoint(shop.tenant, &id).unwrap().health;
    assert!(health.failing_since.is_some());
    receiver.always(Reply::Status(204));
    later(&shop, 6);
    assert_eq!(tell(&shop), 8, "{health:?}");
}

fn who_says_farewell_is_paused_and_goes_on_where_it_stopped(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    let (id, _) = endpoint(&shop, &receiver, &[]);
    receiver.play(&[Reply::Status(204), Reply::Status(410)]);
    for order in ["a", "b", "c"] {
        buy(&shop, "ana", order);
    }
    assert_eq!(tell(&shop), 1);
    let state = shop.app.endpoint(shop.tenant, &id).unwrap();
    assert_eq!(state.endpoint.paused, Some(PausedBy::Gone));
    assert_eq!(tell(&shop), 0);
    let go_on = EndpointPatch {
        paused: Some(false),
        ..EndpointPatch::default()
    };
    shop.app.change_endpoint(shop.tenant, &id, go_on).unwrap();
    assert_eq!(tell(&shop), 2);
    assert_eq!(orders(&receiver.taken()), ["a", "b", "c"]);
}

fn an_answer_that_was_lost_brings_the_same_id_again(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    endpoint(&shop, &receiver, &[]);
    receiver.play(&[Reply::Lose, Reply::With(429, "retry-after: 100")]);
    buy(&shop, "ana", "a");
    buy(&shop, "ana", "b");
    assert_eq!(tell(&shop), 0);
    later(&shop, 10);
    assert_eq!(tell(&shop), 0);
    // It asked to be left alone for longer than it would have been.
    later(&shop, 60);
    assert_eq!((tell(&shop), receiver.hooks().len()), (0, 2));
    later(&shop, 60);
    assert_eq!(tell(&shop), 2);
    let hooks = receiver.hooks();
    assert_eq!(orders(&hooks), ["a", "a", "a", "b"]);
    assert!(hooks[..3].iter().all(|hook| hook.id == hooks[0].id));
    assert_ne!(hooks[2].id, hooks[3].id);
    assert_ne!(hooks[0].seconds, hooks[2].seconds);
}

fn a_redirect_is_not_followed_and_an_endless_answer_is_cut_off(db: TestDb) {
    let (shop, receiver, elsewhere) = (shop(db), HookStandIn::start(), HookStandIn::start());
    let (id, _) = endpoint(&shop, &receiver, &[]);
    let to: &'static str = format!("location: {}", elsewhere.url()).leak();
    receiver.play(&[Reply::With(307, to), Reply::Endless]);
    buy(&shop, "ana", "a");
    assert_eq!(tell(&shop), 0);
    let state = shop.app.endpoint(shop.tenant, &id).unwrap();
    assert!(state.health.failure.contains("redirects"), "{state:?}");
    later(&shop, 10);
    let began = Instant::now();
    assert_eq!(tell(&shop), 1);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(elsewhere.hooks(), []);
    // The connection was given up with the answer; the next event has another.
    buy(&shop, "ana", "b");
    assert_eq!(tell(&shop), 1);
}

fn an_old_secret_signs_beside_the_new_one_for_a_while(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    let (id, old) = endpoint(&shop, &receiver, &[]);
    let (_, new) = shop.app.rotate_secret(shop.tenant, &id, 2).unwrap();
    let new = Secret::read(&new).unwrap();
    buy(&shop, "ana", "a");
    tell(&shop);
    later(&shop, 2 * 3600);
    buy(&shop, "ana", "b");
    tell(&shop);
    let hooks = receiver.hooks();
    let opens = |secret: &Secret, hook: &Hook| {
        let by = (hook.id.as_str(), hook.seconds);
        signature::is_by(
            secret,
            &hook.signature,
            by,
            hook.body.as_bytes(),
            hook.seconds,
        )
    };
    assert!(opens(&old, &hooks[0]) && opens(&new, &hooks[0]));
    assert!(!opens(&old, &hooks[1]) && opens(&new, &hooks[1]));
    assert!(shop.app.rotate_secret(shop.tenant, &id, 10_000).is_err());
    shop.app.rotate_secret(shop.tenant, &id, 0).unwrap();
    buy(&shop, "ana", "c");
    tell(&shop);
    assert!(!opens(&new, &receiver.hooks()[2]), "it stopped at once");
    assert_eq!(
        shop.app.test_endpoint(shop.tenant, &id).unwrap(),
        Delivery::Taken
    );
}

fn events_are_told_again_one_a_span_and_all_that_were_given_up(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    for (order, at) in [("a", "10:00"), ("b", "11:00"), ("c", "12:00")] {
        shop.set(&format!("2025-03-01T{at}:00Z"));
        buy(&shop, "ana", order);
        buy(&shop, "ben", &format!("{order}-ben"));
        shop.app.seal(shop.tenant).unwrap();
    }
    let (id, _) = endpoint(&shop, &receiver, &[]);
    assert_eq!(tell(&shop), 0);
    let again = |which: &Replay| shop.app.replay(shop.tenant, &id, which);
    assert_eq!(again(&Replay::Event(key("b"))).unwrap(), 1);
    assert_eq!(again(&Replay::GivenUp).unwrap(), 0);
    assert_eq!(tell(&shop), 1);
    let at = |at: &str| moment(&format!("2025-03-01T{at}:00Z"));
    assert_eq!(again(&Replay::Span(at("10:30"), at("12:00"))).unwrap(), 2);
    assert_eq!(tell(&shop), 2);
    let hooks = receiver.hooks();
    let mut told = orders(&hooks);
    told[1..].sort_unstable();
    assert_eq!(told, ["b", "b", "b-ben"]);
    assert!(again(&Replay::Event(key("unknown"))).is_err());
    assert!(again(&Replay::Span(at("12:00"), at("10:00"))).is_err());
}

fn what_a_server_had_taken_when_it_stopped_is_told_by_another(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    let (id, _) = endpoint(&shop, &receiver, &[]);
    buy(&shop, "ana", "a");
    buy(&shop, "ben", "b");
    // A server took the first and stopped before it told anybody.
    shop.app.seal(shop.tenant).unwrap();
    let mut store = shop.db.connect();
    let heads: Vec<_> = store.sealed(shop.tenant, 0, 9).unwrap();
    let (to, all) = (
        heads.last().unwrap().no,
        heads.iter().flat_map(|seal| &seal.heads),
    );
    let all: Vec<_> = all.copied().collect();
    let now = shop.app.now();
    assert!(
        store
            .note_webhook_work(shop.tenant, (&id, now), (0, to), &all)
            .unwrap()
    );
    let until = now.plus_micros(120_000_000);
    let held = store
        .claim_webhook_streams(shop.tenant, &id, (now, until), 1)
        .unwrap();
    assert_eq!(held.len(), 1);
    let (other, clock) = app(&shop.db, with_webhooks);
    assert_eq!(other.tell_webhooks().unwrap(), 1);
    clock.store(until.micros(), std::sync::atomic::Ordering::SeqCst);
    assert_eq!(other.tell_webhooks().unwrap(), 1);
    let hooks = receiver.hooks();
    let mut told = orders(&hooks);
    told.sort_unstable();
    assert_eq!(told, ["a", "b"]);
}

fn a_removed_endpoint_leaves_nothing_behind(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    let (id, _) = endpoint(&shop, &receiver, &[]);
    buy(&shop, "ana", "a");
    shop.app.remove_endpoint(shop.tenant, &id).unwrap();
    assert_eq!((tell(&shop), receiver.hooks().len()), (0, 0));
    assert!(matches!(
        shop.app.endpoint(shop.tenant, &id),
        Err(Error::NotFound { .. })
    ));
    let mut store = shop.db.connect();
    assert_eq!(store.webhook(shop.tenant, &id).unwrap(), None);
}

#[test]
fn a_server_that_does_not_allow_it_sends_nothing_into_the_house() {
    let receiver = HookStandIn::start();
    let shop = Shop::with(TestDb::sqlite(), CAFE, |config| Config {
        webhooks: Some(Outbound::new(render, false)),
        ..config
    });
    let made = |url: String| {
        let new = NewEndpoint {
            url,
            ..NewEndpoint::default()
        };
        shop.app.add_endpoint(shop.tenant, new)
    };
    assert!(matches!(made(receiver.url()), Err(Error::Invalid(_))));
    // A name is looked up when something is sent, and what it leads to is looked at then.
    let url = format!("https://localhost:{}/hooks", receiver.address.port());
    let (own, _) = made(url).unwrap();
    let Delivery::Failed { why, .. } = shop
        .app
        .test_endpoint(shop.tenant, &own.endpoint.id)
        .unwrap()
    else {
        panic!("it was taken")
    };
    assert!(why.contains("private address"), "{why}");
    assert_eq!(receiver.hooks(), []);
}

#[test]
fn a_slow_endpoint_holds_up_no_other() {
    let (slow, quick) = (HookStandIn::start(), HookStandIn::start());
    slow.always(Reply::Slow(Duration::from_secs(5)));
    let shop = Shop::with(TestDb::sqlite(), CAFE, |config| Config {
        tell_every: Some(Duration::from_millis(20)),
        ..with_webhooks(config)
    });
    endpoint(&shop, &slow, &[]);
    endpoint(&shop, &quick, &[]);
    let began = Instant::now();
    for order in 0..20 {
        buy(&shop, "ana", &format!("order-{order}"));
        while quick.hooks().len() <= order {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "it is never told"
            );
            std::thread::yield_now();
        }
    }
    assert!(slow.hooks().len() < 20);
}

fn a_change_of_a_record_is_told_by_its_names_alone(db: TestDb) {
    let (shop, receiver) = (shop(db), HookStandIn::start());
    endpoint(&shop, &receiver, &["member.changed"]);
    buy(&shop, "ana", "ana-1");
    buy(&shop, "ben", "ben-1");
    let id = |name: &str| shop.app.member(shop.tenant, &customer(name)).unwrap().id;
    let (ana, ben) = (id("ana"), id("ben"));
    let mail = |address: &str| Identity {
        kind: text("email"),
        value: text(address),
    };
    let change = |member, attributes: serde_json::Value, add: &[Identity], remove: &[Identity]| {
        let patch = MemberPatch {
            attributes: serde_json::from_value(attributes).unwrap(),
            add_identities: add.to_vec(),
            remove_identities: remove.to_vec(),
        };
        shop.app.patch_member(shop.tenant, member, patch)
    };
    let home = json!({"city": "Ulm", "likes": "tea", "she said: no": 1});
    change(ana, home, &[mail("ana@example.com")], &[]).unwrap();
    // Again, and somebody else: what is as it was is no change.
    change(ana, json!({"city": "Ulm"}), &[mail("ana@example.com")], &[]).unwrap();
    let other = [mail("a@example.com")];
    change(
        ana,
        json!({"likes": null}),
        &other,
        &[mail("ana@example.com")],
    )
    .unwrap();
    // What belongs to somebody else changes nothing, and nothing is told of it.
    let taken = change(ben, json!({"city": "Bonn"}), &other, &[]);
    assert!(
        matches!(taken, Err(Error::IdentityTaken { .. })),
        "{taken:?}"
    );
    assert!(
        shop.app
            .member(shop.tenant, &customer("ben"))
            .unwrap()
            .attributes
            .is_empty()
    );
    assert_eq!(tell(&shop), 2);
    let hooks = receiver.hooks();
    assert!(
        hooks
            .iter()
            .all(|hook| hook.body.ends_with(" member.changed"))
    );
    let page = PageAsk::default();
    let told: Vec<Vec<String>> = (shop.app.explain(shop.tenant, &customer("ana"), &page))
        .unwrap()
        .items
        .iter()
        .filter_map(|entry| match &entry.event.kind {
            Kind::MemberChanged(names) => Some(names.iter().map(ToString::to_string).collect()),
            _ => None,
        })
        .collect();
    // The newest first. A name that is a sentence is told by what it is one of.
    assert_eq!(
        told,
        [
            &["attributes.likes", "identities.email"][..],
            &[
                "attributes",
                "attributes.city",
                "attributes.likes",
                "identities.email"
            ],
        ]
    );
    let ben = shop
        .app
        .explain(shop.tenant, &customer("ben"), &page)
        .unwrap();
    assert_eq!(ben.items.len(), 1);
    // It moves nothing, and is no sign that a member is there.
    assert_eq!(shop.available("ana"), 10);
    shop.verified();
}
