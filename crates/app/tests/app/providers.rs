//! Messages that a provider sends on, mailboxes that are full for a while, and tenants that take turns.

use crate::messages::{allows, draft, everybody, hello, join, outbox, program, send, to, told};
use crate::support::{Shop, key, text};
use regulars_app::connect::{Secret, signature};
use regulars_app::mail::Mailer;
use regulars_app::{
    Apply, Audience, ChannelSettings, Config, Identity, MessageSettings, MessageStage, NewMember,
    NewSend, Outbound, OutboxAsk, PageAsk, Send,
};
use regulars_base::{MemberId, TenantId};
use regulars_testkit::{HookStandIn, Reply, TestDb};
use serde_json::{Value, json};
use std::collections::BTreeMap;

regulars_testkit::on_both! {
    a_provider_is_given_each_message_signed_and_under_its_key,
    a_provider_that_is_busy_is_asked_again_and_one_that_refuses_is_not,
    a_mailbox_that_is_full_is_tried_again_a_few_times_and_one_that_is_gone_never,
    a_long_send_of_one_tenant_does_not_delay_anothers,
}

/// A shop that sends text messages by a provider on this machine.
fn shop(db: TestDb, mailer: Mailer) -> (Shop, HookStandIn) {
    let provider = HookStandIn::start();
    let shop = Shop::with(db, &program(), |config| Config {
        mail: Some(mailer),
        webhooks: Some(Outbound::new(|_, _| String::new(), true)),
        ..config
    });
    shop.set("2025-03-03T12:00:00Z");
    let own = |url: String| ChannelSettings {
        consent: "letters".into(),
        url,
        ..ChannelSettings::default()
    };
    let channels = [
        ("email".to_owned(), own(String::new())),
        ("sms".to_owned(), own(provider.url())),
    ];
    let settings = MessageSettings {
        address: "https://club.example".into(),
        channels: BTreeMap::from(channels),
        ..MessageSettings::default()
    };
    let set = shop.app.set_message_settings(shop.tenant, settings);
    set.expect("is right");
    hello(&shop);
    (shop, provider)
}

/// Somebody with a phone, who may be written to.
fn with_phone(shop: &Shop, name: &str, phone: &str) -> MemberId {
    let identity = |kind: &str, value: &str| Identity {
        kind: text(kind),
        value: text(value),
    };
    let new = NewMember {
        key: key(&format!("join-{name}")),
        identities: vec![identity("customer", name), identity("phone", phone)],
        attributes: serde_json::from_value(json!({"name": name})).expect("is an object"),
        occurred_at: None,
        referral_code: None,
    };
    let member = shop.app.enrol(shop.tenant, new).expect("joins").0.id;
    allows(shop, member);
    member
}

fn text_message(shop: &Shop, member: MemberId) -> Send {
    let new = NewSend {
        channel: "sms".into(),
        ..to(Audience::Member(member))
    };
    let sent = shop.app.send_message(shop.tenant, &new).expect("is sent");
    shop.app.plan_sends(shop.tenant).expect("is planned");
    shop.app.post_messages(shop.tenant).expect("is posted");
    sent
}

fn a_provider_is_given_each_message_signed_and_under_its_key(db: TestDb) {
    let (shop, provider) = shop(db, Mailer::kept().0);
    let ana = with_phone(&shop, "Ana", "+4930123456");
    let sent = text_message(&shop, ana);
    assert_eq!(told(&shop, &sent, ana).0, MessageStage::Sent);
    let hooks = provider.hooks();
    assert_eq!(hooks.len(), 1);
    let body: Value = serde_json::from_str(&hooks[0].body).expect("is JSON");
    assert_eq!(hooks[0].id, outbox(&shop, &sent)[0].id);
    assert_eq!(body["id"], hooks[0].id.as_str());
    assert_eq!(body["to"], "+4930123456");
    assert_eq!(body["member"], ana.to_string());
    assert!(
        body["text"]
            .as_str()
            .expect("is a text")
            .starts_with("Hello Ana, 0 beans.")
    );
    let settings = shop.app.message_settings(shop.tenant).expect("is set");
    let secret = Secret::read(&settings.channels["sms"].secret).expect("was made");
    let now = shop.app.now().micros() / 1_000_000;
    let signed = |body: &str| {
        let by = (hooks[0].id.as_str(), hooks[0].seconds);
        signature::is_by(&secret, &hooks[0].signature, by, body.as_bytes(), now)
    };
    assert!(signed(&hooks[0].body));
    assert!(!signed(&hooks[0].body.replace("Ana", "Eva")));
}

fn a_provider_that_is_busy_is_asked_again_and_one_that_refuses_is_not(db: TestDb) {
    let (shop, provider) = shop(db, Mailer::kept().0);
    let ana = with_phone(&shop, "Ana", "+4930123456");
    provider.play(&[
        Reply::Status(503),
        Reply::With(429, "Retry-After: 600"),
        Reply::Lose,
        Reply::Status(200),
    ]);
    let busy = text_message(&shop, ana);
    let post_at = |at: &str| {
        shop.set(at);
        shop.app.post_messages(shop.tenant).expect("is posted");
        let own = outbox(&shop, &busy).remove(0);
        (own.stage, own.tries)
    };
    assert_eq!(told(&shop, &busy, ana).0, MessageStage::Waiting);
    assert_eq!(post_at("2025-03-03T12:01:00Z"), (MessageStage::Waiting, 2));
    // It asked for ten minutes, and gets them.
    assert_eq!(post_at("2025-03-03T12:10:30Z"), (MessageStage::Waiting, 2));
    assert_eq!(post_at("2025-03-03T12:12:00Z"), (MessageStage::Waiting, 3));
    assert_eq!(post_at("2025-03-03T13:00:00Z"), (MessageStage::Sent, 4));
    let hooks = provider.hooks();
    assert_eq!(hooks.len(), 4);
    // The same key each time: one that had it, and whose answer was lost, sends it once.
    assert!(
        hooks
            .iter()
            .all(|own| own.id == hooks[0].id && own.body == hooks[0].body)
    );

    provider.play(&[Reply::Status(422)]);
    let refused = text_message(&shop, ana);
    let (stage, reason) = told(&shop, &refused, ana);
    assert_eq!(stage, MessageStage::GivenUp);
    assert!(reason.contains("422"), "{reason}");
    shop.set("2025-03-04T12:00:00Z");
    shop.app.post_messages(shop.tenant).expect("is posted");
    assert_eq!(provider.hooks().len(), 5);

    provider.play(&[Reply::Status(410)]);
    let gone = text_message(&shop, ana);
    assert_eq!(told(&shop, &gone, ana).0, MessageStage::Bounced);
    let after = text_message(&shop, ana);
    let not = (MessageStage::NotSent, "bounced".to_owned());
    assert_eq!(told(&shop, &after, ana), not);
    assert_eq!(provider.hooks().len(), 6);
}

fn a_mailbox_that_is_full_is_tried_again_a_few_times_and_one_that_is_gone_never(db: TestDb) {
    let (mailer, letters) = Mailer::kept();
    let (shop, _) = shop(db, mailer);
    let ana = join(&shop, "ana", json!({"name": "Ana"}));
    allows(&shop, ana);
    let soft = send(&shop, Audience::Member(ana));
    let id = outbox(&shop, &soft)[0].id.clone();
    let bounce = |hard| {
        let back = shop
            .app
            .message_bounced(shop.tenant, &id, (hard, "mailbox full"));
        back.expect("is noted")
    };
    for day in 4..7 {
        let back = bounce(false);
        assert_eq!(back.stage, MessageStage::Waiting);
        assert!(back.due > Some(shop.app.now()), "{back:?}");
        shop.app.post_messages(shop.tenant).expect("is posted");
        assert_eq!(letters.lock().expect("is whole").len(), day - 3);
        shop.set(&format!("2025-03-0{day}T12:00:00Z"));
        shop.app.post_messages(shop.tenant).expect("is posted");
        assert_eq!(told(&shop, &soft, ana).0, MessageStage::Sent);
    }
    let got = letters.lock().expect("is whole").clone();
    assert_eq!(got.len(), 4);
    assert!(
        got.iter()
            .all(|own| own.text == got[0].text && own.id == got[0].id)
    );
    // That was often enough; and the address is still written to.
    assert_eq!(bounce(false).stage, MessageStage::Bounced);
    shop.set("2025-03-20T12:00:00Z");
    let hard = send(&shop, Audience::Member(ana));
    assert_eq!(told(&shop, &hard, ana).0, MessageStage::Sent);
    let id = outbox(&shop, &hard)[0].id.clone();
    let back = shop
        .app
        .message_bounced(shop.tenant, &id, (true, "no such mailbox"));
    assert_eq!(back.expect("is noted").stage, MessageStage::Bounced);
    shop.set("2025-04-20T12:00:00Z");
    shop.app.post_messages(shop.tenant).expect("is posted");
    assert_eq!(letters.lock().expect("is whole").len(), 5);
    let after = send(&shop, Audience::Member(ana));
    let not = (MessageStage::NotSent, "bounced".to_owned());
    assert_eq!(told(&shop, &after, ana), not);
}

/// How many messages of a tenant's send went.
fn gone(shop: &Shop, tenant: TenantId, send: &Send) -> usize {
    let ask = OutboxAsk {
        stage: Some(MessageStage::Sent),
        reason: None,
    };
    let page = PageAsk {
        after: None,
        limit: 1000,
    };
    let found = shop.app.outbox(tenant, (send.id.as_str(), &ask), &page);
    found.expect("is listed").items.len()
}

fn a_long_send_of_one_tenant_does_not_delay_anothers(db: TestDb) {
    let (shop, _) = shop(db, Mailer::kept().0);
    for number in 0..600 {
        let member = join(&shop, &format!("m{number}"), json!({}));
        allows(&shop, member);
    }
    let long = to(everybody(&shop));
    let long = shop.app.send_message(shop.tenant, &long).expect("is sent");
    // A shop that was made later, and whose turn is behind.
    let small = shop.app.create_tenant("small").expect("is new").id;
    let apply = Apply {
        text: program(),
        by: "a test".into(),
        ..Apply::default()
    };
    shop.app.apply(small, &apply).expect("is right");
    let settings = shop.app.message_settings(shop.tenant).expect("is set");
    let set = shop.app.set_message_settings(small, settings);
    set.expect("is right");
    let words = draft(&[("en", "Hello", "Hello {first_name|there}")]);
    let template = shop.app.put_template(small, ("hello", None), &words);
    template.expect("is right");
    let identity = Identity {
        kind: text("email"),
        value: text("one@example.com"),
    };
    let new = NewMember {
        key: key("join-one"),
        identities: vec![identity],
        attributes: serde_json::from_value(json!({})).expect("is an object"),
        occurred_at: None,
        referral_code: None,
    };
    let one = shop.app.enrol(small, new).expect("joins").0.id;
    shop.app
        .consent(small, one, "letters", true)
        .expect("is taken");
    let short = shop.app.send_message(small, &to(Audience::Member(one)));
    let short = short.expect("is sent");
    for tenant in [shop.tenant, small] {
        shop.app.plan_sends(tenant).expect("is planned");
    }
    assert!(shop.app.post_round(), "there is more to send");
    assert_eq!(gone(&shop, small, &short), 1);
    let first = gone(&shop, shop.tenant, &long);
    assert!((1..600).contains(&first), "{first}");
    while shop.app.post_round() {}
    assert_eq!(gone(&shop, shop.tenant, &long), 600);
}
