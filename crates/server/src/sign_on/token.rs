//! The token that says who somebody is: signed by a key of the provider, meant for us, for this sign-in,
//! and still good.

use super::provider::Trouble;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regulars_app::SignOn;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde_json::Value;

/// How far two clocks may differ, in seconds.
const CLOCKS_SECONDS: i64 = 120;

/// What a token claims, if one of the keys has signed it. Only RS256 and ES256 are taken: never `none`,
/// and never a secret that both sides have.
pub(super) fn checked(token: &str, keys: &[Value]) -> Result<Value, Trouble> {
    let broken = |what: &str| Trouble::broken(format!("the token {what}"));
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(broken("has not three parts"));
    };
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let json = |text: &str| -> Option<Value> { serde_json::from_slice(&bytes(text)?).ok() };
    let (Some(said), Some(claims), Some(signature)) = (json(head), json(body), bytes(signature))
    else {
        return Err(broken("cannot be read"));
    };
    let signed = &token[..head.len() + 1 + body.len()];
    let algorithm = said["alg"].as_str().unwrap_or_default();
    let named = |key: &&Value| {
        let for_signing = key["use"].is_null() || key["use"] == "sig";
        let same = said["kid"].is_null() || key["kid"] == said["kid"];
        let meant = key["alg"].is_null() || key["alg"] == said["alg"];
        for_signing && same && meant
    };
    let fits = |key: &Value| {
        let number = |name: &str| bytes(key[name].as_str()?);
        match (algorithm, key["kty"].as_str()) {
            ("RS256", Some("RSA")) => {
                let (Some(n), Some(e)) = (number("n"), number("e")) else {
                    return false;
                };
                RsaPublicKeyComponents { n, e }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
                    .is_ok()
            }
            ("ES256", Some("EC")) if key["crv"] == "P-256" => {
                let (Some(x), Some(y)) = (number("x"), number("y")) else {
                    return false;
                };
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .verify(signed.as_bytes(), &signature)
                    .is_ok()
            }
            _ => false,
        }
    };
    match keys.iter().filter(named).any(fits) {
        true => Ok(claims),
        false => Err(broken("is signed by none of the provider's keys")),
    }
}

/// Refuses a token that is not by this issuer, not meant for us and this sign-in, or not good now.
pub(super) fn meant_for(
    claims: &Value,
    own: &SignOn,
    nonce: &str,
    now_seconds: i64,
) -> Result<(), Trouble> {
    let broken = |what: &str| Err(Trouble::broken(format!("the token {what}")));
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    if text("iss").trim_end_matches('/') != own.issuer {
        return broken("is by another issuer");
    }
    let is_us = |value: &Value| value == own.client_id.as_str();
    let for_us = match &claims["aud"] {
        // Meant for several, it must have been asked for by us.
        Value::Array(all) if all.len() > 1 => all.iter().any(is_us) && is_us(&claims["azp"]),
        Value::Array(all) => all.iter().any(is_us),
        one => is_us(one),
    };
    if !for_us {
        return broken("is meant for somebody else");
    }
    let ends = claims["exp"].as_i64().unwrap_or(0);
    if ends + CLOCKS_SECONDS <= now_seconds {
        return broken("is over");
    }
    if claims["iat"].as_i64().unwrap_or(i64::MAX) > now_seconds + CLOCKS_SECONDS {
        return broken("is of the future");
    }
    if text("nonce") != nonce {
        return broken("is of another sign-in");
    }
    Ok(())
}

/// The address that the provider vouches for, in what it told of the same person.
pub(super) fn address(claims: &Value, told: &Value) -> Result<String, Trouble> {
    if claims["sub"] != told["sub"] || !claims["sub"].is_string() {
        return Err(Trouble::broken("the provider tells of somebody else"));
    }
    let email = told["email"].as_str().unwrap_or_default();
    // An address that the provider has not seen proved may be anybody's.
    if email.is_empty() || told["email_verified"] != Value::Bool(true) {
        return Err(Trouble {
            reason: "unverified",
            cause: "the provider does not vouch for an e-mail address".into(),
        });
    }
    Ok(email.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    };
    use serde_json::json;

    fn own() -> SignOn {
        SignOn {
            name: "Staff".into(),
            issuer: "https://id.example.com".into(),
            client_id: "regulars".into(),
            client_secret: String::new(),
        }
    }

    fn claims() -> Value {
        json!({
            "iss": "https://id.example.com", "aud": "regulars", "exp": 1_000, "iat": 900,
            "nonce": "n", "sub": "1", "email": "mia@example.com", "email_verified": true,
        })
    }

    #[test]
    fn a_token_is_taken_only_as_it_was_meant() {
        let all = |claims: &Value| {
            meant_for(claims, &own(), "n", 950).and_then(|()| address(claims, claims))
        };
        assert_eq!(all(&claims()).unwrap(), "mia@example.com");
        let wrong = [
            ("iss", json!("https://evil.example.com")),
            ("aud", json!("somebody")),
            ("aud", json!(["regulars", "somebody"])),
            ("exp", json!(100)),
            ("iat", json!(5_000)),
            ("nonce", json!("m")),
            ("sub", Value::Null),
            ("email", json!("")),
            ("email_verified", json!(false)),
            ("email_verified", json!("true")),
            ("email_verified", Value::Null),
        ];
        for (name, value) in wrong {
            let mut claims = claims();
            claims[name] = value;
            assert!(all(&claims).is_err(), "{claims}");
        }
        let other = json!({"sub": "2", "email": "owner@example.com", "email_verified": true});
        assert!(address(&claims(), &other).is_err(), "of somebody else");
    }

    #[test]
    fn only_what_a_key_of_the_provider_has_signed_is_taken() {
        let random = SystemRandom::new();
        let kept = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, kept.as_ref(), &random)
                .unwrap();
        let point = pair.public_key().as_ref();
        let part = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&point[range]);
        let key =
            json!({"kty": "EC", "crv": "P-256", "kid": "1", "x": part(1..33), "y": part(33..65)});
        let token = |head: Value, claims: &Value| {
            let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", text(&head), text(claims));
            let signature = pair.sign(&random, signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
        };
        let good = token(json!({"alg": "ES256", "kid": "1"}), &claims());
        assert_eq!(
            checked(&good, std::slice::from_ref(&key)).unwrap(),
            claims()
        );
        let mut other = key.clone();
        other["kid"] = json!("2");
        assert!(checked(&good, &[other]).is_err(), "another key");
        assert!(checked(&good, &[]).is_err(), "no key");
        for alg in ["none", "HS256", "RS256", "ES384"] {
            let head = json!({"alg": alg, "kid": "1"});
            assert!(
                checked(&token(head, &claims()), std::slice::from_ref(&key)).is_err(),
                "{alg}"
            );
        }
        let (start, end) = good.rsplit_once('.').unwrap();
        let (head, _) = start.split_once('.').unwrap();
        let mut changed = claims();
        changed["email"] = json!("owner@example.com");
        let body = URL_SAFE_NO_PAD.encode(changed.to_string());
        assert!(checked(&format!("{head}.{body}.{end}"), std::slice::from_ref(&key)).is_err());
        assert!(checked(&format!("{start}."), &[key]).is_err());
    }

    /// Most providers sign so. The key was made for this test and is in no use.
    #[test]
    fn what_is_signed_by_rsa_is_taken_under_its_own_key_only() {
        let kept = include_bytes!("rs256-of-tests.der");
        let pair = RsaKeyPair::from_pkcs8(kept).unwrap();
        let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let key = json!({"kty": "RSA", "kid": "1", "n": part(&parts.n), "e": part(&parts.e)});
        let token = |head: Value| {
            let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", text(&head), text(&claims()));
            let mut signature = vec![0; pair.public().modulus_len()];
            let random = SystemRandom::new();
            pair.sign(
                &RSA_PKCS1_SHA256,
                &random,
                signed.as_bytes(),
                &mut signature,
            )
            .unwrap();
            format!("{signed}.{}", part(&signature))
        };
        let good = token(json!({"alg": "RS256", "kid": "1"}));
        let with = |name: &str, value: &str| {
            let mut other = key.clone();
            other[name] = json!(value);
            checked(&good, &[other])
        };
        assert_eq!(
            checked(&good, std::slice::from_ref(&key)).unwrap(),
            claims()
        );
        assert!(with("kid", "2").is_err(), "another key");
        assert!(with("use", "enc").is_err(), "a key that signs nothing");
        assert!(with("alg", "PS256").is_err(), "a key for another way");
        let mut n = parts.n.clone();
        n[20] ^= 1;
        assert!(with("n", &part(&n)).is_err(), "another number");
        // A public key is known to all: as a secret that both sides have it would prove nothing.
        for alg in ["none", "HS256", "ES256", "RS512"] {
            let head = json!({"alg": alg, "kid": "1"});
            assert!(
                checked(&token(head), std::slice::from_ref(&key)).is_err(),
                "{alg}"
            );
        }
    }
}
