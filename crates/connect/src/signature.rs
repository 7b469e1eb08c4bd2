//! Signatures as Standard Webhooks has them: `webhook-signature: v1,BASE64`, the code (HMAC with SHA-256)
//! of `id.timestamp.body`. While a secret is being replaced there are several, with a space between.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;

/// Stands before a secret.
const PREFIX: &str = "whsec_";
/// The fewest and the most bytes of a secret, by the specification.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// So old (or so far ahead) a signature may be: what was overheard cannot be sent again later.
pub const TOLERANCE_SECONDS: i64 = 300;

/// A secret that an endpoint and we know. No log shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Of bytes that were drawn.
    pub fn of(drawn: [u8; 32]) -> Self {
        Self(drawn.into())
    }

    /// As it is written: `whsec_` and base64, of 24 to 64 bytes.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// As it is written.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    fn code(&self, id: &str, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut code = Hmac::<Sha256>::new_from_slice(&self.0)
            .expect("a code of this kind takes keys of any length");
        code.update(format!("{id}.{seconds}.").as_bytes());
        code.update(body);
        code
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What stands in `webhook-signature`: one signature for each secret.
pub fn sign(secrets: &[Secret], id: &str, seconds: i64, body: &[u8]) -> String {
    let signed = secrets.iter().map(|secret| {
        let code = secret.code(id, seconds, body).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(code))
    });
    signed.collect::<Vec<_>>().join(" ")
}

/// Whether some signature is by this secret, and of these minutes; each is compared in constant time.
pub fn is_by(
    secret: &Secret,
    signature: &str,
    (id, seconds): (&str, i64),
    body: &[u8],
    now_seconds: i64,
) -> bool {
    let fresh = now_seconds.saturating_sub(seconds).saturating_abs() <= TOLERANCE_SECONDS;
    let mut matched = false;
    for one in signature.split(' ') {
        let code = one
            .strip_prefix("v1,")
            .and_then(|it| STANDARD.decode(it).ok());
        if let Some(code) = code {
            matched |= secret.code(id, seconds, body).verify_slice(&code).is_ok();
        }
    }
    matched && fresh
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    /// The vector that the reference libraries are tested with.
    #[test]
    fn it_is_the_signature_of_the_reference() {
        let secret = Secret::read(SECRET).expect("is a secret");
        assert_eq!(
            sign(std::slice::from_ref(&secret), ID, 1_614_265_330, BODY),
            SIGNATURE
        );
        assert_eq!(secret.text(), SECRET);
    }

    #[test]
    fn while_a_secret_is_replaced_either_opens() {
        let (old, new) = (Secret::of([1; 32]), Secret::of([2; 32]));
        let both = sign(&[new.clone(), old.clone()], ID, 1000, BODY);
        assert_eq!(both.split(' ').count(), 2);
        for secret in [&old, &new] {
            assert!(is_by(secret, &both, (ID, 1000), BODY, 1300));
        }
        let other = Secret::of([3; 32]);
        assert!(!is_by(&other, &both, (ID, 1000), BODY, 1000));
    }

    #[test]
    fn what_is_forged_old_or_torn_is_refused() {
        let secret = Secret::of([7; 32]);
        let good = sign(std::slice::from_ref(&secret), ID, 1000, BODY);
        assert!(is_by(&secret, &good, (ID, 1000), BODY, 1000));
        for (signature, id, at, body, now) in [
            (&*good, ID, 1000, &BODY[1..], 1000),
            (&*good, "msg_other", 1000, BODY, 1000),
            (&*good, ID, 1001, BODY, 1000),
            (&*good, ID, 1000, BODY, 1301),
            (&*good, ID, 1000, BODY, 699),
            (&good[..good.len() - 2], ID, 1000, BODY, 1000),
            (&good[3..], ID, 1000, BODY, 1000),
            ("v1a,AAAA", ID, 1000, BODY, 1000),
            ("", ID, 1000, BODY, 1000),
        ] {
            assert!(
                !is_by(&secret, signature, (id, at), body, now),
                "{signature}"
            );
        }
    }

    #[test]
    fn a_secret_that_is_too_short_is_none() {
        assert!(Secret::read("whsec_AAAA").is_none());
        assert!(Secret::read("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_none());
        assert!(!format!("{:?}", Secret::of([7; 32])).contains('7'));
    }
}
