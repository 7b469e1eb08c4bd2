//! How platforms sign what they tell. The body is signed as it came; every code is compared in constant time.

use super::Headers;
use crate::signature::{self, Secret, TOLERANCE_SECONDS};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What is checked.
#[derive(Clone, Copy, Debug)]
pub struct Seal<'a> {
    /// The headers.
    pub headers: &'a Headers,
    /// The body as it came.
    pub body: &'a [u8],
    /// The address that it was sent to, as the platform knows it.
    pub url: &'a str,
    /// What time it is, in seconds.
    pub now_seconds: i64,
}

/// Why a delivery is not taken for theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsigned {
    /// There is no signature.
    Missing(&'static str),
    /// It is by no secret of ours.
    Wrong,
    /// It is more than five minutes off: what was overheard cannot be sent again later.
    Old,
}

impl std::fmt::Display for Unsigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(header) => {
                write!(f, "the header `{header}` is missing or cannot be read")
            }
            Self::Wrong => f.write_str("the signature is by no secret of this connector"),
            Self::Old => {
                f.write_str("the signature is more than five minutes off: check the clocks")
            }
        }
    }
}

fn code(secret: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut code = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .expect("a code of this kind takes keys of any length");
    parts.iter().for_each(|part| code.update(part));
    code
}

/// Whether one of the secrets makes one of the codes. All are tried, so that the time tells nothing.
fn any(codes: &[Vec<u8>], parts: &[&[u8]], secrets: &[String]) -> Result<(), Unsigned> {
    let mut matched = false;
    for given in codes {
        for secret in secrets {
            matched |= code(secret, parts).verify_slice(given).is_ok();
        }
    }
    if matched {
        Ok(())
    } else {
        Err(Unsigned::Wrong)
    }
}

/// One code in base64, of these parts.
pub(super) fn base64(
    seal: &Seal<'_>,
    header: &'static str,
    parts: &[&[u8]],
    secrets: &[String],
) -> Result<(), Unsigned> {
    let given = seal.headers.get(header);
    if given.is_empty() {
        return Err(Unsigned::Missing(header));
    }
    let given = STANDARD.decode(given).map_err(|_| Unsigned::Wrong)?;
    any(&[given], parts, secrets)
}

/// A time and codes in hexadecimal, of the time, a point and the body: `t=1492774577,v1=5257a8…`.
pub(super) fn timed_hex(
    seal: &Seal<'_>,
    header: &'static str,
    secrets: &[String],
) -> Result<(), Unsigned> {
    let parts = || {
        let all = seal.headers.get(header).split(',');
        all.filter_map(|part| part.trim().split_once('='))
    };
    let time = parts().find(|(name, _)| *name == "t").map(|(_, time)| time);
    let time = time.ok_or(Unsigned::Missing(header))?;
    let seconds: i64 = time.parse().map_err(|_| Unsigned::Missing(header))?;
    let codes: Vec<Vec<u8>> = parts()
        .filter(|(name, _)| *name == "v1")
        .filter_map(|(_, digits)| bytes(digits))
        .collect();
    any(&codes, &[time.as_bytes(), b".", seal.body], secrets)?;
    fresh(seconds, seal.now_seconds)
}

/// By Standard Webhooks.
pub(super) fn standard(seal: &Seal<'_>, secrets: &[String]) -> Result<(), Unsigned> {
    let (id, header) = (seal.headers.get("webhook-id"), "webhook-signature");
    let seconds = seal.headers.get("webhook-timestamp").parse::<i64>();
    let (Ok(seconds), false) = (seconds, id.is_empty()) else {
        return Err(Unsigned::Missing("webhook-id and webhook-timestamp"));
    };
    let given = seal.headers.get(header);
    if given.is_empty() {
        return Err(Unsigned::Missing(header));
    }
    let mut matched = false;
    for secret in secrets.iter().filter_map(|text| Secret::read(text)) {
        // Whether it is of these minutes is said apart.
        matched |= signature::is_by(&secret, given, (id, seconds), seal.body, seconds);
    }
    if !matched {
        return Err(Unsigned::Wrong);
    }
    fresh(seconds, seal.now_seconds)
}

fn fresh(seconds: i64, now: i64) -> Result<(), Unsigned> {
    match now.saturating_sub(seconds).saturating_abs() <= TOLERANCE_SECONDS {
        true => Ok(()),
        false => Err(Unsigned::Old),
    }
}

/// Hexadecimal digits as bytes.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| {
        let value = char::from(digit).to_digit(16)?;
        u8::try_from(value).ok()
    };
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

/// How a delivery would be signed: for those who stand in for a platform.
pub fn sign_base64(secret: &str, parts: &[&[u8]]) -> String {
    STANDARD.encode(code(secret, parts).finalize().into_bytes())
}

/// The same with a time, in hexadecimal.
pub fn sign_timed_hex(secret: &str, seconds: i64, body: &[u8]) -> String {
    let time = seconds.to_string();
    let code = code(secret, &[time.as_bytes(), b".", body])
        .finalize()
        .into_bytes();
    let digits: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={digits}")
}
