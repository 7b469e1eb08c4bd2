//! What shops and payment providers tell: the platform on the first line, headers behind it, the body after an
//! empty line. Whatever a body says, its signature is good and no other body's is; and what follows from it is
//! decided, and the auditor agrees.

use crate::life::Life;
use crate::text;
use regulars_base::{Currency, EventKey, Text, Timestamp};
use regulars_connect::inbound::{
    Access, Answer, Fault, Headers, News, Parcel, Platform, Seal, Setup, Told, Whom, sign_base64,
    sign_timed_hex,
};
use regulars_connect::{Secret, signature};
use regulars_engine::event::{Event, Incoming, Who};
use serde_json::value::RawValue;

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const URL: &str = "https://shop.example/v1/in/square/1";
const NOW: i64 = 1_740_819_600;

pub(crate) fn open(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Some((head, body)) = text.split_once("\n\n") else {
        return;
    };
    let mut lines = head.lines();
    let Some(platform) = lines.next().and_then(Platform::by_name) else {
        return;
    };
    let header = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        Some((name.to_lowercase(), value.to_owned()))
    };
    let headers = Headers(lines.filter_map(header).collect());
    signed(platform, body);
    let setup = setup(platform);
    platform.is_greeting(body);
    let parcel = platform.read(&setup, &headers, body);
    assert_eq!(parcel, platform.read(&setup, &headers, body), "read twice");
    let mut life = Life::new(crate::event::known("fashion.toml").expect("is one of ours"));
    taken(&mut life, &setup, parcel);
    pages(&mut life, platform, &setup, body);
}

fn setup(platform: Platform) -> Setup {
    let paid = platform.paid_by_default().iter().map(|own| (*own).into());
    Setup {
        source: Text::new(platform.name()).expect("is short"),
        currency: Some(Currency::new("EUR").expect("is one")),
        paid: paid.collect(),
        enrols: true,
        code_prefix: "RG-".into(),
    }
}

/// What was asked for says the same things as what is told.
fn pages(life: &mut Life, platform: Platform, setup: &Setup, body: &str) {
    let access = Access {
        url: "https://shop.example/".into(),
        key: "key".into(),
        secret: "secret".into(),
    };
    let Some(first) = platform.begin(&access, Timestamp::from_micros(NOW * 1_000_000)) else {
        return;
    };
    let answer = Answer {
        url: first.url,
        link: "<https://shop.example/next>; rel=\"next\"".into(),
        pages: "2".into(),
        body: body.into(),
    };
    if let Ok(page) = platform.page(setup, &access, &answer) {
        for parcel in page.parcels {
            taken(life, setup, parcel);
        }
        if let Some(next) = page.next {
            assert!(
                next.url.starts_with("https://shop.example/"),
                "{}",
                next.url
            );
        }
    }
}

/// A merchant's server takes a parcel as this does.
fn taken(life: &mut Life, setup: &Setup, parcel: Result<Parcel, Fault>) {
    let parcel = match parcel {
        Ok(parcel) => parcel,
        Err(Fault(why)) => {
            assert!(!why.is_empty() && why.chars().count() <= 500, "{why}");
            return;
        }
    };
    for news in parcel.news {
        match news {
            News::Event(told) => life.feed(&incoming(setup, told)),
            News::Own(own) => {
                let Ok(raw) = serde_json::from_str::<&RawValue>(&own) else {
                    panic!("not JSON any more: {own}");
                };
                if let Ok(incoming) = life.read(raw) {
                    life.feed(&incoming);
                }
            }
            News::Customer(person, _) => {
                let form = person.email.to_lowercase();
                assert!(person.id.trim() == person.id && person.email == form);
            }
            News::Privacy(..) => {}
        }
    }
}

fn incoming(setup: &Setup, told: Told) -> Incoming {
    let identity = |kind: Text, value: &str| {
        let value: String = value.chars().take(60).collect();
        Text::new(value).map_or(Who::OfOrder, |value| Who::Identity { kind, value })
    };
    let who = match &told.whom {
        Whom::OfOrder => Who::OfOrder,
        Whom::Customer(person) if person.id.is_empty() => {
            identity(Text::new("email").expect("is short"), &person.email)
        }
        Whom::Customer(person) => identity(setup.source.clone(), &person.id),
    };
    let who = match (&who, &told.whom) {
        (Who::OfOrder, Whom::Customer(_)) => Who::house(),
        _ => who,
    };
    let now = Timestamp::from_micros(NOW * 1_000_000).max(told.at);
    Incoming {
        who,
        event: Event {
            key: EventKey {
                source: setup.source.clone(),
                external_id: told.id,
            },
            occurred_at: told.at,
            recorded_at: now,
            entropy: [0; 16],
            kind: told.kind,
        },
    }
}

/// A signature by the secret is good, for this body and no other.
fn signed(platform: Platform, body: &str) {
    let bytes = body.as_bytes();
    let header = |name: &str, value: String| (name.to_owned(), value);
    let headers = match platform {
        Platform::Shopify => vec![header(
            "x-shopify-hmac-sha256",
            sign_base64(SECRET, &[bytes]),
        )],
        Platform::WooCommerce => vec![header(
            "x-wc-webhook-signature",
            sign_base64(SECRET, &[bytes]),
        )],
        Platform::Square => vec![header(
            "x-square-hmacsha256-signature",
            sign_base64(SECRET, &[URL.as_bytes(), bytes]),
        )],
        Platform::Stripe => vec![header(
            "stripe-signature",
            sign_timed_hex(SECRET, NOW, bytes),
        )],
        Platform::Generic | Platform::Medusa | Platform::Vendure => {
            let secret = Secret::read(SECRET).expect("is one");
            vec![
                header("webhook-id", "1".into()),
                header("webhook-timestamp", NOW.to_string()),
                header(
                    "webhook-signature",
                    signature::sign(&[secret], "1", NOW, bytes),
                ),
            ]
        }
    };
    let headers = Headers(headers);
    let check = |body: &[u8]| {
        let seal = Seal {
            headers: &headers,
            body,
            url: URL,
            now_seconds: NOW,
        };
        platform.check(&seal, &[SECRET.to_owned()])
    };
    assert_eq!(check(bytes), Ok(()));
    assert!(check(&[bytes, b" "].concat()).is_err());
}
