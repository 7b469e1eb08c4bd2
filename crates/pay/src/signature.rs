//! Signatures with a time in them: `t=1492774577,v1=5257a869…`. What is signed is the time, a point and
//! the body as it came; there may be several signatures, while a secret is being replaced.

use crate::{BadWebhook, Secret};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// So old (or so far ahead) a signature may be: what was overheard cannot be sent again later.
pub const TOLERANCE_SECONDS: i64 = 300;

/// Checks that some signature is by one of the secrets, in constant time for each.
pub(crate) fn check(
    header: &str,
    body: &[u8],
    secrets: &[Secret],
    now_seconds: i64,
) -> Result<(), BadWebhook> {
    let parts = || {
        header
            .split(',')
            .filter_map(|part| part.trim().split_once('='))
    };
    let time = parts().find(|(name, _)| *name == "t").map(|(_, time)| time);
    let time = time.ok_or(BadWebhook::Signature("the signature has no time"))?;
    let signed_at: i64 = time
        .parse()
        .map_err(|_| BadWebhook::Signature("the signature's time is no number"))?;
    let mut matched = false;
    for (_, signature) in parts().filter(|(name, _)| *name == "v1") {
        let Some(signature) = bytes(signature) else {
            continue;
        };
        for secret in secrets {
            matched |= mac(secret, time, body).verify_slice(&signature).is_ok();
        }
    }
    if !matched {
        return Err(BadWebhook::Signature("no signature is by a secret of ours"));
    }
    if now_seconds.saturating_sub(signed_at).saturating_abs() > TOLERANCE_SECONDS {
        return Err(BadWebhook::Signature(
            "the signature is more than five minutes off: check the clock",
        ));
    }
    Ok(())
}

/// The header that signs `body`: what a provider sends, for stand-ins of one.
pub fn sign(secret: &Secret, seconds: i64, body: &[u8]) -> String {
    let time = seconds.to_string();
    let code = mac(secret, &time, body).finalize().into_bytes();
    let code: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={code}")
}

fn mac(secret: &Secret, time: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.word().as_bytes())
        .expect("a code of this kind takes keys of any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

/// Hexadecimal digits as bytes.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|n| u8::try_from(n).ok())
    };
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `printf '1492774577.{"a":1}' | openssl dgst -sha256 -hmac whsec_test`.
    #[test]
    fn it_is_the_code_that_others_make() {
        let header = sign(&Secret::new("whsec_test"), 1_492_774_577, b"{\"a\":1}");
        assert_eq!(
            header,
            "t=1492774577,v1=2a55874e33dedb30da6fac02873208f53a243141599a71c0d52a1d5b89656823"
        );
    }

    #[test]
    fn what_is_forged_old_or_torn_is_refused() {
        let (ours, other) = (Secret::new("ours"), Secret::new("other"));
        let secrets = [Secret::new("next"), ours.clone()];
        let (now, body) = (1_000_000, &b"{}"[..]);
        let good = sign(&ours, now, body);
        assert_eq!(check(&good, body, &secrets, now), Ok(()));
        assert_eq!(check(&good, body, &secrets, now + 300), Ok(()));
        let both = format!("{},v1=00,v0=abc", sign(&ours, now, body));
        assert_eq!(check(&both, body, &secrets, now), Ok(()));
        let code = good.split_once("v1=").expect("is signed").1;
        let moved = format!("t={},v1={code}", now + 1);
        for (header, body, now) in [
            (sign(&other, now, body), body, now),
            (good.clone(), b"{ }", now),
            (good.clone(), body, now + 301),
            (good.clone(), body, now - 301),
            (good[..good.len() - 1].to_owned(), body, now),
            (moved, body, now),
            ("v1=00".to_owned(), body, now),
            ("t=x,v1=00".to_owned(), body, now),
            (String::new(), body, now),
        ] {
            assert!(check(&header, body, &secrets, now).is_err(), "{header}");
        }
        assert!(check(&good, body, &[], now).is_err());
    }
}
