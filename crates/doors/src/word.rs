//! Short things that people type and machines send: what it is on the first line, the thing behind it. What is
//! read can be written and reads alike, and a form is its own form.

use crate::headed;
use regulars_app::{doors, is_email_address};
use regulars_base::{CivilDay, Currency, MemberId, Text, Timestamp, Zone};
use regulars_engine::code::{Code, Fit, Pattern};
use std::fmt::{Debug, Display};
use std::str::FromStr;

pub(crate) fn open(data: &[u8]) {
    if let Some(bytes) = data.strip_prefix(b"attestation\n") {
        doors::attestation(bytes);
        return;
    }
    let Some((sort, text)) = headed(data) else {
        return;
    };
    match sort {
        "moment" => same::<Timestamp>(text),
        "day" => same::<CivilDay>(text),
        "member" => same::<MemberId>(text),
        "text" => {
            if let Ok(read) = Text::new(text) {
                assert_eq!(read.as_str(), text);
            }
        }
        "zone" => zone(text),
        "money" => money(text),
        "code" => code(text),
        "pattern" => pattern(text),
        "email" | "phone" | "card" | "customer" => identity(sort, text),
        "qr" => {
            if let Ok(svg) = regulars_pass::qr_svg(text) {
                assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
            }
        }
        "picture" => drop(regulars_pass::png_of(text)),
        "address" => {
            regulars_connect::target::fault(text, false);
            regulars_connect::target::fault(text, true);
        }
        _ => {}
    }
}

fn same<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    let Ok(read) = text.parse::<T>() else { return };
    match read.to_string().parse::<T>() {
        Ok(again) => assert_eq!(read, again),
        Err(_) => panic!("{read} is none any more"),
    }
}

fn zone(text: &str) {
    let Ok(zone) = Zone::new(text) else { return };
    for at in [Timestamp::FIRST, Timestamp::from_micros(0), Timestamp::LAST] {
        let day = zone.day(at);
        assert!(
            zone.start_of(day) <= at || at == Timestamp::FIRST,
            "{text} {at}"
        );
    }
}

fn money(text: &str) {
    for code in ["EUR", "JPY", "KWD"] {
        let currency = Currency::new(code).expect("is one");
        let Ok(minor) = currency.minor(text) else {
            continue;
        };
        let written = regulars_base::Money::new(minor, currency).to_string();
        let number = written.split(' ').next().unwrap_or_default();
        assert_eq!(currency.minor(number), Ok(minor), "{written}");
    }
    if let Ok(currency) = Currency::new(text) {
        assert_eq!(currency.code(), text);
    }
}

fn code(text: &str) {
    if let Ok(code) = Code::new(text) {
        assert_eq!(Code::new(code.as_str()), Ok(code.clone()), "{code}");
    }
}

/// What a pattern makes fits it, however it is typed; with one letter mistyped it does not.
fn pattern(text: &str) {
    let Ok(pattern) = Pattern::new(text) else {
        return;
    };
    assert_eq!(Pattern::new(pattern.as_str()).as_ref(), Ok(&pattern));
    let mut next = 0_u8;
    let mut random = |bytes: &mut [u8]| {
        for byte in bytes {
            next = next.wrapping_mul(37).wrapping_add(11);
            *byte = next;
        }
    };
    let code = pattern.draw(&mut random);
    assert_eq!(pattern.fit(&code), Fit::Yes, "{code}");
    let printed = pattern.printed(&code);
    assert_eq!(Code::new(&printed), Ok(code), "{printed}");
    let _ = pattern.room_for(1_000_000);
}

fn identity(kind: &str, value: &str) {
    for country in ["", "DE", "US"] {
        let Some(form) = doors::identity(kind, value, country) else {
            continue;
        };
        let again = doors::identity(kind, &form, country);
        assert_eq!(again.as_ref(), Some(&form), "{kind} {value} {country}");
    }
    if kind == "email" {
        assert_eq!(
            is_email_address(value),
            doors::identity(kind, value, "").is_some()
        );
    }
}
