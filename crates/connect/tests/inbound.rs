//! What each delivery says: a file for each kind that platforms document, made by hand, with the events that
//! come of it. Run with `GOLDEN=write` to have the files say what comes of them now, and read the difference.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use regulars_base::{Currency, Text};
use regulars_connect::inbound::{
    Headers, News, Parcel, Person, Platform, Seal, Setup, Told, Unsigned, Whom, sign_base64,
    sign_timed_hex,
};
use regulars_connect::{Secret, signature};
use regulars_engine::event::{Kind, Refunded};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Deserialize, Serialize)]
struct Golden {
    why: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    setup: Option<Changed>,
    headers: BTreeMap<String, String>,
    body: Box<RawValue>,
    says: Vec<String>,
}

/// How its connector is set up otherwise than most.
#[derive(Deserialize, Serialize)]
struct Changed {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paid: Option<Vec<String>>,
}

fn setup(platform: Platform, changed: Option<&Changed>) -> Setup {
    let paid = platform.paid_by_default().iter().map(|own| (*own).into());
    let code = changed
        .and_then(|own| own.currency.as_deref())
        .unwrap_or("EUR");
    Setup {
        source: Text::new(platform.name()).unwrap(),
        currency: (!code.is_empty()).then(|| Currency::new(code).unwrap()),
        paid: changed
            .and_then(|own| own.paid.clone())
            .unwrap_or(paid.collect()),
        enrols: false,
        code_prefix: "RG-".into(),
    }
}

fn files(platform: Platform) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let files = std::fs::read_dir(folder.join(platform.name())).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn each_delivery_says_what_its_file_says() {
    let mut read = 0;
    for platform in Platform::ALL {
        for file in files(platform) {
            let text = std::fs::read_to_string(&file).unwrap();
            let mut golden: Golden = serde_json::from_str(&text).unwrap();
            let headers = Headers(golden.headers.clone().into_iter().collect());
            let setup = setup(platform, golden.setup.as_ref());
            let parcel = platform.read(&setup, &headers, golden.body.get());
            let said = match parcel {
                Ok(parcel) => words(&parcel),
                Err(fault) => vec![format!("fault: {}", fault.0)],
            };
            if std::env::var("GOLDEN").is_ok_and(|how| how == "write") {
                golden.says = said;
                let text = serde_json::to_string_pretty(&golden).unwrap();
                std::fs::write(&file, text + "\n").unwrap();
            } else {
                assert_eq!(said, golden.says, "{}", file.display());
            }
            read += 1;
        }
    }
    assert!(read > 50, "only {read} files");
}

fn words(parcel: &Parcel) -> Vec<String> {
    let head = format!("{} {}", parcel.topic, parcel.id);
    let mut all = vec![head.trim().to_owned()];
    if !parcel.unused.is_empty() {
        all.push(format!("not used: {}", parcel.unused));
    }
    all.extend(parcel.news.iter().map(|news| match news {
        News::Event(told) => happened(told),
        News::Own(text) => format!("own: {text}"),
        News::Customer(who, since) => format!("customer {} since {}", person(who), since.unwrap()),
        News::Privacy(what, who) => format!("{what:?} {}", person(who)),
    }));
    all
}

fn person(who: &Person) -> String {
    format!("[{} {}]", who.id, who.email)
}

fn happened(told: &Told) -> String {
    let whom = match &told.whom {
        Whom::Customer(who) => person(who),
        Whom::OfOrder => "whose order it is".into(),
    };
    let what = match &told.kind {
        Kind::Purchase(own) => {
            let lines = own.lines.iter().map(|line| {
                let (id, sku, category) = (&line.id, &line.sku, &line.category);
                let (pieces, amount) = (line.quantity, line.amount);
                format!(
                    "{id} {sku} {category} x{pieces} {amount} (-{} tax {})",
                    line.discount, line.tax
                )
            });
            let lines: Vec<String> = lines.collect();
            let (order, total, delivery) = (&own.order, own.total, own.delivery);
            format!(
                "purchase {order} {} {total}, delivery {delivery}, lines: {}",
                own.currency,
                lines.join(" | ")
            )
        }
        Kind::Refund(own) => match &own.what {
            Refunded::Rest => format!("refund of {}: the rest", own.order),
            Refunded::Amount(amount) => format!("refund of {}: {amount}", own.order),
            Refunded::Lines(lines) => {
                let lines = lines.iter().map(|line| {
                    let (amount, quantity) = (line.amount.unwrap(), line.quantity.unwrap());
                    format!("{} x{quantity} {amount}", line.line)
                });
                let lines: Vec<String> = lines.collect();
                format!("refund of {}: lines {}", own.order, lines.join(" | "))
            }
        },
        Kind::RewardCommit(own) => {
            format!(
                "uses {} for {}",
                own.redemption,
                own.order.as_ref().unwrap()
            )
        }
        other => panic!("{other:?} is nothing that a shop tells"),
    };
    format!("{} at {} of {whom}: {what}", told.id, told.at)
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW: i64 = 1_740_819_600;
const URL: &str = "https://points.example/hooks/square/con_1";
const BODY: &[u8] = br#"{"id": 1, "name": "Z\u00fcrich"}"#;

/// The headers that a platform sends with a body at a moment.
fn signed(platform: Platform, secret: &str, seconds: i64, body: &[u8]) -> Headers {
    let header = |name: &str, value: String| (name.to_owned(), value);
    Headers(match platform {
        Platform::Shopify => vec![header(
            "x-shopify-hmac-sha256",
            sign_base64(secret, &[body]),
        )],
        Platform::WooCommerce => {
            vec![header(
                "x-wc-webhook-signature",
                sign_base64(secret, &[body]),
            )]
        }
        Platform::Square => {
            let code = sign_base64(secret, &[URL.as_bytes(), body]);
            vec![header("x-square-hmacsha256-signature", code)]
        }
        Platform::Stripe => {
            vec![header(
                "stripe-signature",
                sign_timed_hex(secret, seconds, body),
            )]
        }
        _ => {
            let secret = [Secret::read(secret).unwrap()];
            let code = signature::sign(&secret, "msg_1", seconds, body);
            vec![
                header("webhook-id", "msg_1".into()),
                header("webhook-timestamp", seconds.to_string()),
                header("webhook-signature", code),
            ]
        }
    })
}

fn check(
    platform: Platform,
    headers: &Headers,
    body: &[u8],
    secrets: &[&str],
) -> Result<(), Unsigned> {
    let secrets: Vec<String> = secrets.iter().map(|own| (*own).to_owned()).collect();
    let seal = Seal {
        headers,
        body,
        url: URL,
        now_seconds: NOW,
    };
    platform.check(&seal, &secrets)
}

#[test]
fn what_is_theirs_is_taken_and_what_is_not_is_not() {
    let other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for platform in Platform::ALL {
        let headers = signed(platform, SECRET, NOW, BODY);
        let is = |headers: &Headers, body: &[u8], secrets: &[&str]| {
            check(platform, headers, body, secrets)
        };
        assert_eq!(is(&headers, BODY, &[SECRET]), Ok(()), "{platform:?}");
        // While a secret is being replaced, either is good.
        assert_eq!(is(&headers, BODY, &[other, SECRET]), Ok(()), "{platform:?}");
        assert_eq!(
            is(&headers, BODY, &[other]),
            Err(Unsigned::Wrong),
            "{platform:?}"
        );
        assert_eq!(
            is(&headers, BODY, &[]),
            Err(Unsigned::Wrong),
            "{platform:?}"
        );
        assert_eq!(
            is(&headers, &BODY[1..], &[SECRET]),
            Err(Unsigned::Wrong),
            "{platform:?}"
        );
        let missing = is(&Headers::default(), BODY, &[SECRET]);
        assert!(matches!(missing, Err(Unsigned::Missing(_))), "{platform:?}");
        for (at, (name, value)) in headers.0.iter().enumerate() {
            if name == "webhook-id" || name == "webhook-timestamp" {
                continue;
            }
            let mut torn = headers.clone();
            torn.0[at].1 = value[..value.len() - 3].to_owned();
            assert_eq!(
                is(&torn, BODY, &[SECRET]),
                Err(Unsigned::Wrong),
                "{platform:?}"
            );
        }
    }
}

#[test]
fn what_was_overheard_is_refused_five_minutes_later_where_the_time_is_signed() {
    let timed = [
        Platform::Stripe,
        Platform::Generic,
        Platform::Medusa,
        Platform::Vendure,
    ];
    for platform in timed {
        for (seconds, expected) in [
            (NOW - 300, Ok(())),
            (NOW + 300, Ok(())),
            (NOW - 301, Err(Unsigned::Old)),
            (NOW + 301, Err(Unsigned::Old)),
        ] {
            let headers = signed(platform, SECRET, seconds, BODY);
            assert_eq!(
                check(platform, &headers, BODY, &[SECRET]),
                expected,
                "{platform:?}"
            );
        }
    }
}

#[test]
fn stripe_may_sign_several_times() {
    let body = br#"{"a":1}"#;
    let right = sign_timed_hex("whsec_new_one", NOW, body);
    let (time, code) = right.split_once(',').unwrap();
    let zeros = "0".repeat(64);
    for header in [
        format!("{time},v1={zeros},{code}"),
        format!("{time},{code},v1={zeros}"),
        format!("{time},v0={zeros},{code}"),
    ] {
        let headers = Headers(vec![("stripe-signature".into(), header)]);
        assert_eq!(
            check(Platform::Stripe, &headers, body, &["whsec_new_one"]),
            Ok(())
        );
    }
    let only_old = Headers(vec![(
        "stripe-signature".into(),
        format!("{time},v0={}", &code[3..]),
    )]);
    let found = check(Platform::Stripe, &only_old, body, &["whsec_new_one"]);
    assert_eq!(found, Err(Unsigned::Wrong));
}

#[test]
fn what_is_not_in_the_shape_is_a_fault_and_no_fault_of_ours() {
    let paid = |platform: Platform| match platform {
        Platform::Shopify => ("x-shopify-topic", "orders/paid"),
        Platform::WooCommerce => ("x-wc-webhook-topic", "order.updated"),
        _ => ("webhook-id", "msg_1"),
    };
    for platform in Platform::ALL {
        let (name, value) = paid(platform);
        let headers = Headers(vec![(name.into(), value.into())]);
        for body in ["", "{", "[1", "null", "7", "\"x\"", "\u{0}"] {
            let found = platform.read(&setup(platform, None), &headers, body);
            assert!(found.is_err(), "{platform:?} {body}: {found:?}");
        }
    }
}

#[test]
fn the_greeting_of_a_new_address_is_no_delivery() {
    assert!(Platform::WooCommerce.is_greeting("webhook_id=12"));
    for other in [
        "webhook_id=",
        "webhook_id=12&x=1",
        "{\"webhook_id\":12}",
        "",
    ] {
        assert!(!Platform::WooCommerce.is_greeting(other), "{other}");
    }
    assert!(!Platform::Shopify.is_greeting("webhook_id=12"));
}
