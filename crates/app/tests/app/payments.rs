//! Payments by a provider: asked for out of the database, answered at once, later, twice, or not.

use crate::support::{Shop, customer, event, moment, text, who};
use regulars_app::pay::{Secret, Stripe, sign};
use regulars_app::{Config, Error};
use regulars_base::{MemberId, Timestamp};
use regulars_engine::event::{Kind, PaymentEnd, PlanChoice};
use regulars_engine::state::Invoice;
use regulars_testkit::{PayStandIn, Play, TestDb};
use std::sync::Arc;
use std::time::Duration;

regulars_testkit::on_both! {
    a_card_is_charged_once_however_often_it_is_asked,
    a_card_that_is_declined_is_asked_again_on_the_stated_day_under_a_key_of_its_own,
    a_webhook_tells_later_twice_and_out_of_order,
    money_goes_back_through_the_provider,
    nobody_is_asked_without_a_card_or_without_a_provider,
    what_was_asked_and_never_answered_is_left_to_people,
}

const CLUB: &str = r#"
[program]
name     = "Club"
currency = "EUR"
timezone = "Europe/Berlin"

[[plan]]
id     = "club"
title  = "The Club"
price  = "4.90 EUR"
every  = "1 month"
cancel = { when = "at once", refund = "pro rata" }
retry  = ["3 days"]
grace  = "10 days"
"#;

const START: &str = "2025-03-01T09:00:00Z";

/// A shop whose payments go through a stand-in, and a member with a card on file.
fn shop(db: TestDb, provider: &PayStandIn) -> Shop {
    let secrets = vec![Secret::new("next"), Secret::new("whsec")];
    let patience = Duration::from_millis(300);
    let stripe = Stripe::new(&provider.url(), Secret::new("sk"), secrets, patience);
    let stripe = stripe.expect("it is on this machine");
    let shop = Shop::with(db, CLUB, |config| Config {
        payments: Some(Arc::new(stripe)),
        ..config
    });
    join(&shop, "ana");
    let patch = regulars_app::MemberPatch {
        add_identities: vec![regulars_app::Identity {
            kind: text("stripe"),
            value: text("cus_1/pm_1"),
        }],
        ..regulars_app::MemberPatch::default()
    };
    let patched = shop.app.patch_member(shop.tenant, id_of(&shop), patch);
    patched.expect("the identity is new");
    shop
}

fn join(shop: &Shop, name: &str) {
    let choice = PlanChoice { plan: text("club") };
    let id = format!("join-{name}");
    shop.take(event(who(name), &id, START, Kind::PlanJoin(choice)));
}

fn invoices(shop: &Shop, name: &str) -> Vec<Invoice> {
    let invoices = shop.app.invoices(shop.tenant, &customer(name));
    invoices.expect("the member is known").items
}

fn statuses(shop: &Shop) -> Vec<&'static str> {
    invoices(shop, "ana").iter().map(Invoice::status).collect()
}

fn asked(shop: &Shop) -> usize {
    shop.app.ask_payments().expect("the database answers")
}

fn id_of(shop: &Shop) -> MemberId {
    let member = shop.app.member(shop.tenant, &customer("ana"));
    member.expect("is known").id
}

fn later(at: &str, minutes: i64) -> Timestamp {
    moment(at).plus_micros(minutes * 60_000_000)
}

/// A webhook as the provider sends it.
fn tell(shop: &Shop, kind: &str, id: &str, attempt: u16, more: &str) -> Result<(), Error> {
    let (tenant, member) = (shop.tenant, id_of(shop));
    let body = format!(
        r#"{{"type": "{kind}", "data": {{"object": {{"id": "{id}", {more} "metadata": {{
            "regulars_tenant": "{tenant}", "regulars_member": "{member}",
            "regulars_invoice": "1", "regulars_attempt": "{attempt}"}}}}}}}}"#
    );
    let seconds = shop.app.now().micros() / 1_000_000;
    let signature = sign(&Secret::new("whsec"), seconds, body.as_bytes());
    shop.app.payment_webhook(&signature, body.as_bytes())
}

fn a_card_is_charged_once_however_often_it_is_asked(db: TestDb) {
    let provider = PayStandIn::start("sk");
    let shop = shop(db, &provider);
    provider.play(&[Play::Break, Play::Hang, Play::LoseAnswer]);
    for (minutes, requests) in [(0, 1), (0, 1), (1, 2), (1, 2), (3, 3), (7, 4)] {
        shop.set_to(later(START, minutes));
        asked(&shop);
        assert_eq!(provider.requests(), requests, "after {minutes} minutes");
    }
    assert_eq!(statuses(&shop), ["paid"]);
    let done = provider.done();
    assert_eq!(done.len(), 1);
    let charge = &done[0];
    assert_eq!(charge.path, "/v1/payment_intents");
    for (field, value) in [
        ("amount", "490"),
        ("currency", "eur"),
        ("customer", "cus_1"),
        ("payment_method", "pm_1"),
        ("confirm", "true"),
        ("off_session", "true"),
        ("description", "The Club, 2025-03-01 to 2025-03-31"),
        ("metadata[regulars_invoice]", "1"),
    ] {
        assert_eq!(charge.field(field), value, "{field}");
    }
    let paid = invoices(&shop, "ana").remove(0);
    assert_eq!(paid.reference.as_str(), charge.id);
    assert_eq!(asked(&shop), 0);
    shop.verified();
}

fn a_card_that_is_declined_is_asked_again_on_the_stated_day_under_a_key_of_its_own(db: TestDb) {
    let provider = PayStandIn::start("sk");
    let shop = shop(db, &provider);
    provider.play(&[Play::Decline("insufficient_funds")]);
    asked(&shop);
    assert_eq!(invoices(&shop, "ana")[0].attempts, 1);
    shop.set("2025-03-03T22:59:00Z");
    shop.app.tick_due(shop.app.now()).expect("ticks");
    assert_eq!(asked(&shop), 0);
    // Midnight of 4 March in Berlin.
    shop.set("2025-03-03T23:00:00Z");
    shop.app.tick_due(shop.app.now()).expect("ticks");
    assert_eq!(asked(&shop), 1);
    assert_eq!(statuses(&shop), ["paid"]);
    let done = provider.done();
    assert_eq!(done.len(), 1);
    assert!(done[0].key.ends_with("-1-2"), "{}", done[0].key);
    assert_eq!(provider.requests(), 2);
}

fn a_webhook_tells_later_twice_and_out_of_order(db: TestDb) {
    let provider = PayStandIn::start("sk");
    let shop = shop(db, &provider);
    provider.play(&[Play::Process]);
    asked(&shop);
    assert_eq!(statuses(&shop), ["open"]);
    let told = tell(&shop, "payment_intent.succeeded", "pi_1", 1, "");
    told.expect("it is signed");
    assert_eq!(statuses(&shop), ["paid"]);
    let entries = |shop: &Shop| {
        let page = regulars_app::PageAsk::default();
        let log = shop.app.explain(shop.tenant, &customer("ana"), &page);
        log.expect("is known").items.len()
    };
    let before = entries(&shop);
    let again = tell(&shop, "payment_intent.succeeded", "pi_1", 1, "");
    again.expect("it is taken in silence");
    assert_eq!(entries(&shop), before);
    // Told late: by now it is paid.
    let late = tell(&shop, "payment_intent.payment_failed", "pi_1", 1, "");
    late.expect("it is taken in silence");
    assert_eq!(statuses(&shop), ["paid"]);
    tell(&shop, "customer.created", "cus_9", 1, "").expect("it is not ours");
    let body = b"{}";
    let seconds = shop.app.now().micros() / 1_000_000;
    let forged = sign(&Secret::new("guessed"), seconds, body);
    for (signature, body) in [(forged.as_str(), &body[..]), ("", &body[..])] {
        let refused = shop.app.payment_webhook(signature, body);
        assert!(matches!(refused, Err(Error::BadWebhook(_))));
    }
    let signed = sign(&Secret::new("next"), seconds, b"no json");
    let refused = shop.app.payment_webhook(&signed, b"no json");
    assert!(matches!(refused, Err(Error::BadWebhook(_))));
}

fn money_goes_back_through_the_provider(db: TestDb) {
    let provider = PayStandIn::start("sk");
    let shop = shop(db, &provider);
    asked(&shop);
    assert_eq!(statuses(&shop), ["paid"]);
    let day = "2025-03-11T09:00:00Z";
    shop.set(day);
    shop.take(event(who("ana"), "out", day, Kind::PlanCancel));
    provider.play(&[Play::Hang, Play::Process]);
    asked(&shop);
    shop.set_to(later(day, 2));
    asked(&shop);
    // 20 of 31 days are left after the eleventh: 3.16.
    let refund = provider.done().pop().expect("it was asked");
    assert_eq!(refund.path, "/v1/refunds");
    assert_eq!(refund.field("payment_intent"), "pi_1");
    assert_eq!(refund.field("amount"), "316");
    let more = r#""amount": 316, "status": "succeeded","#;
    for _ in 0..2 {
        let told = tell(&shop, "refund.updated", &refund.id, 1, more);
        told.expect("it is signed");
    }
    let invoice = invoices(&shop, "ana").remove(0);
    assert_eq!((invoice.owed_back, invoice.paid_back), (0, 316));
    assert_eq!(asked(&shop), 0);
    shop.verified();
}

fn nobody_is_asked_without_a_card_or_without_a_provider(db: TestDb) {
    let provider = PayStandIn::start("sk");
    let shop = shop(db, &provider);
    asked(&shop);
    join(&shop, "bo");
    asked(&shop);
    assert_eq!(provider.requests(), 1);
    let bo = invoices(&shop, "bo").remove(0);
    assert!(bo.is_open() && !bo.asked && bo.retry_at.is_some());
    // An agent takes cash.
    let end = PaymentEnd {
        invoice: 1,
        attempt: None,
        reference: text("receipt 7"),
        reason: text(""),
    };
    shop.take(event(who("bo"), "cash", START, Kind::PaymentSucceeded(end)));
    assert_eq!(invoices(&shop, "bo")[0].status(), "paid");
    let other = Shop::open(TestDb::sqlite(), CLUB);
    join(&other, "cy");
    assert_eq!(asked(&other), 0);
}

fn what_was_asked_and_never_answered_is_left_to_people(db: TestDb) {
    let provider = PayStandIn::start("sk");
    let shop = shop(db, &provider);
    provider.play(&[Play::Break; 100]);
    for hour in 0..30 {
        shop.set_to(later(START, hour * 60));
        asked(&shop);
    }
    // A provider keeps its keys for a day: later, the same request might be another payment.
    assert_eq!(provider.requests(), 21);
    assert_eq!(statuses(&shop), ["open"]);
    assert!(provider.done().is_empty());
    // People looked it up: it was not done. It is asked for anew, under another key.
    let end = PaymentEnd {
        invoice: 1,
        attempt: None,
        reference: text(""),
        reason: text("never arrived"),
    };
    let now = shop.app.now().to_string();
    shop.take(event(who("ana"), "no", &now, Kind::PaymentFailed(end)));
    shop.set("2025-03-04T09:00:00Z");
    shop.app.tick_due(shop.app.now()).expect("ticks");
    provider.play(&[]);
    asked(&shop);
    assert_eq!(provider.requests(), 22);
}
