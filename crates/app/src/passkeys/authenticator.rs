//! What an authenticator says, read and checked: Web Authentication, level 2. Nothing here asks a clock or
//! a database.
//!
//! Nobody attests which make of authenticator it is: that is asked of nobody, and not looked at.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The sorts of keys that are taken, best first, by their numbers at IANA: Ed25519, P-256, RSA.
pub(crate) const ALGORITHMS: [i64; 3] = [-8, -7, -257];
/// The longest id of a credential, as the standard says.
const ID_MOST: usize = 1023;

/// A public key of an authenticator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PublicKey {
    /// A point of P-256, uncompressed.
    P256(Vec<u8>),
    /// Ed25519.
    Ed25519(Vec<u8>),
    /// RSA: modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
}

/// What a browser says that it asked for, and for which page.
#[derive(Deserialize)]
pub(crate) struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    /// What it was asked with.
    pub(crate) challenge: String,
    /// The page.
    pub(crate) origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

/// What an authenticator says of a credential.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AuthenticatorData {
    /// SHA-256 of the name that the credential is for.
    pub(crate) party: [u8; 32],
    flags: u8,
    /// Goes up with each use, where an authenticator counts.
    pub(crate) count: u32,
    /// A credential that was just made: its id and its key.
    pub(crate) made: Option<(Vec<u8>, PublicKey)>,
}

impl ClientData {
    /// Reads it, if it is of a page of its own and of that kind (`webauthn.create`, `webauthn.get`).
    pub(crate) fn read(json: &[u8], kind: &str) -> Option<Self> {
        let read: Self = serde_json::from_slice(json).ok()?;
        (read.kind == kind && !read.cross_origin).then_some(read)
    }
}

impl AuthenticatorData {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = Bytes(bytes);
        let party = rest.take(32)?.try_into().ok()?;
        let flags = rest.take(1)?[0];
        let count = u32::from_be_bytes(rest.take(4)?.try_into().ok()?);
        let made = match flags & 0x40 != 0 {
            false => None,
            true => {
                rest.take(16)?;
                let length = u16::from_be_bytes(rest.take(2)?.try_into().ok()?);
                let id = rest.take(usize::from(length))?.to_vec();
                if id.is_empty() || id.len() > ID_MOST {
                    return None;
                }
                Some((id, PublicKey::read(&rest.value(0)?)?))
            }
        };
        // What comes behind are extensions, of which none was asked for.
        Some(Self {
            party,
            flags,
            count,
            made,
        })
    }

    /// Of what came with a new credential: its data inside the attestation, which is not looked at.
    pub(crate) fn of_attestation(bytes: &[u8]) -> Option<Self> {
        let mut rest = Bytes(bytes);
        let whole = rest.value(0)?;
        if !rest.0.is_empty() {
            return None;
        }
        match whole.get(&Value::Text("authData".into()))? {
            Value::Bytes(data) => Self::read(data),
            _ => None,
        }
    }

    /// Whether it is for this name, somebody was there, and proved to the authenticator who they are.
    pub(crate) fn is_of(&self, party: &str) -> bool {
        let hash: [u8; 32] = Sha256::digest(party.as_bytes()).into();
        self.party == hash && self.flags & 0x05 == 0x05
    }
}

impl PublicKey {
    /// A key as authenticators write it (COSE).
    fn read(value: &Value) -> Option<Self> {
        let number = |label: i64| match value.get(&Value::Int(label)) {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        };
        let bytes = |label: i64| match value.get(&Value::Int(label)) {
            Some(Value::Bytes(bytes)) => Some(bytes.clone()),
            _ => None,
        };
        match (number(1)?, number(3)?) {
            (2, -7) if number(-1) == Some(1) => {
                let (x, y) = (bytes(-2)?, bytes(-3)?);
                let whole = x.len() == 32 && y.len() == 32;
                whole.then(|| Self::P256([&[4][..], &x, &y].concat()))
            }
            (1, -8) if number(-1) == Some(6) => {
                bytes(-2).filter(|x| x.len() == 32).map(Self::Ed25519)
            }
            (3, -257) => Some(Self::Rsa(bytes(-1)?, bytes(-2)?)),
            _ => None,
        }
    }

    /// Whether the key signed that: what the authenticator says, and the hash of what the browser says.
    pub(crate) fn signed(&self, data: &[u8], client_data: &[u8], signature: &[u8]) -> bool {
        let message = [data, &Sha256::digest(client_data)].concat();
        match self {
            Self::P256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key)
                .verify(&message, signature)
                .is_ok(),
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key)
                .verify(&message, signature)
                .is_ok(),
            Self::Rsa(n, e) => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, &message, signature)
                .is_ok(),
        }
    }
}

/// How deep values may be nested: a certificate chain in an attestation is the deepest.
const DEPTH_MOST: usize = 6;

/// A value of CBOR, as far as authenticators use it.
#[derive(Debug, PartialEq, Eq)]
enum Value {
    Int(i64),
    Bytes(Vec<u8>),
    Text(String),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    /// True, false, nothing.
    Simple,
}

impl Value {
    fn get(&self, key: &Self) -> Option<&Self> {
        let Self::Map(pairs) = self else {
            return None;
        };
        pairs
            .iter()
            .find_map(|(own, it)| (own == key).then_some(it))
    }
}

/// What is left to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// The next value. Lengths are said beforehand, and nothing is longer than what is left.
    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH_MOST {
            return None;
        }
        let first = self.take(1)?[0];
        let (sort, short) = (first >> 5, first & 31);
        let number = match short {
            0..=23 => u64::from(short),
            24 => u64::from(self.take(1)?[0]),
            25 => u64::from(u16::from_be_bytes(self.take(2)?.try_into().ok()?)),
            26 => u64::from(u32::from_be_bytes(self.take(4)?.try_into().ok()?)),
            27 => u64::from_be_bytes(self.take(8)?.try_into().ok()?),
            _ => return None,
        };
        let length = usize::try_from(number).ok()?;
        Some(match sort {
            0 => Value::Int(i64::try_from(number).ok()?),
            1 => Value::Int(-1 - i64::try_from(number).ok()?),
            2 => Value::Bytes(self.take(length)?.to_vec()),
            3 => Value::Text(String::from_utf8(self.take(length)?.to_vec()).ok()?),
            4 if length <= self.0.len() => Value::List(
                (0..length)
                    .map(|_| self.value(depth + 1))
                    .collect::<Option<_>>()?,
            ),
            5 if length <= self.0.len() => {
                let pair = |_| Some((self.value(depth + 1)?, self.value(depth + 1)?));
                Value::Map((0..length).map(pair).collect::<Option<_>>()?)
            }
            7 if (20..=22).contains(&short) => Value::Simple,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    };

    fn data(party: &str, flags: u8, tail: &[u8]) -> Vec<u8> {
        let hash = Sha256::digest(party.as_bytes());
        [&hash[..], &[flags], &7_u32.to_be_bytes(), tail].concat()
    }

    /// A credential that was made: sort of authenticator, id, key.
    fn made(key: &[u8]) -> Vec<u8> {
        [&[0; 16][..], &[0, 3], b"abc", key].concat()
    }

    /// A key of P-256, as authenticators write it.
    fn p256(point: &[u8]) -> Vec<u8> {
        let head = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
        [&head[..], &point[1..33], &[0x22, 0x58, 32], &point[33..]].concat()
    }

    #[test]
    fn what_a_key_signed_is_taken_and_nothing_else() {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pair = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(kind, pair.as_ref(), &random).unwrap();
        let whole = data(
            "shop.example",
            0x45,
            &made(&p256(pair.public_key().as_ref())),
        );
        let read = AuthenticatorData::read(&whole).expect("is whole");
        assert_eq!(read.count, 7);
        assert!(read.is_of("shop.example") && !read.is_of("evil.example"));
        let (id, key) = read.made.expect("has a credential");
        assert_eq!(id, b"abc");

        let (said, asked) = (data("shop.example", 5, &[]), br#"{"type":"webauthn.get"}"#);
        let message = [&said[..], &Sha256::digest(asked)].concat();
        let signature = pair.sign(&random, &message).unwrap();
        assert!(key.signed(&said, asked, signature.as_ref()));
        assert!(!key.signed(&said, b"{}", signature.as_ref()));
        assert!(!key.signed(&data("shop.example", 1, &[]), asked, signature.as_ref()));
        assert!(!key.signed(&said, asked, &signature.as_ref()[1..]));

        let pair = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(pair.as_ref()).unwrap();
        let head = [0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32];
        let cose = [&head[..], pair.public_key().as_ref()].concat();
        let read = AuthenticatorData::read(&data("shop.example", 0x45, &made(&cose))).unwrap();
        let other = read.made.expect("has a credential").1;
        assert!(other.signed(&said, asked, pair.sign(&message).as_ref()));
        assert!(!other.signed(&said, asked, signature.as_ref()));
        assert!(!key.signed(&said, asked, pair.sign(&message).as_ref()));
    }

    #[test]
    fn whoever_was_not_there_or_did_not_prove_who_they_are_is_not_taken() {
        for (flags, taken) in [(0, false), (1, false), (4, false), (5, true), (0x1d, true)] {
            let read = AuthenticatorData::read(&data("a", flags, &[])).unwrap();
            assert_eq!(read.is_of("a"), taken, "{flags}");
        }
    }

    #[test]
    fn what_breaks_off_or_is_something_else_is_no_credential() {
        let whole = data("a", 0x45, &made(&p256(&[4; 65])));
        let head = [&[0xa1, 0x68][..], b"authData", &[0x58]].concat();
        let length = u8::try_from(whole.len()).unwrap();
        let attested = [&head[..], &[length], &whole].concat();
        assert!(AuthenticatorData::of_attestation(&attested).is_some());
        for end in 0..attested.len() {
            assert!(
                AuthenticatorData::of_attestation(&attested[..end]).is_none(),
                "{end}"
            );
        }
        for end in 0..whole.len() {
            assert!(AuthenticatorData::read(&whole[..end]).is_none(), "{end}");
        }
        // Lists of lists, a length that is never there, a sort of key that is not known.
        assert!(Bytes(&[0x81; 40]).value(0).is_none());
        assert!(
            Bytes(&[0x9b, 255, 255, 255, 255, 255, 255, 255, 255])
                .value(0)
                .is_none()
        );
        let mut unknown = p256(&[4; 65]);
        unknown[4] = 0x25;
        assert!(AuthenticatorData::read(&data("a", 0x45, &made(&unknown))).is_none());
    }

    #[test]
    fn what_a_browser_says_is_of_that_kind_and_of_its_own_page() {
        let of = |json: &str| ClientData::read(json.as_bytes(), "webauthn.get").is_some();
        assert!(of(
            r#"{"type":"webauthn.get","challenge":"x","origin":"https://a","more":1}"#
        ));
        assert!(!of(
            r#"{"type":"webauthn.create","challenge":"x","origin":"https://a"}"#
        ));
        assert!(!of(
            r#"{"type":"webauthn.get","challenge":"x","origin":"https://a","crossOrigin":true}"#
        ));
        assert!(!of("{}"));
    }
}
