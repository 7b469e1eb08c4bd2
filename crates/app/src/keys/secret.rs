//! The secret of a key: `reg_`, 32 random bytes in base 62, and a checksum, so that a mistyped key
//! is known without a look-up, and scanners recognise one that leaked.

use crate::input;
use sha2::{Digest, Sha256};

const PREFIX: &str = "reg_";
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 is more than 2^256.
const RANDOM_LEN: usize = 43;
/// 62^6 is more than 2^32.
const CHECK_LEN: usize = 6;

/// A new secret.
pub(super) fn draw() -> String {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&input::random());
    bytes[16..].copy_from_slice(&input::random());
    let random = base62(&bytes, RANDOM_LEN);
    let check = check(&random);
    format!("{PREFIX}{random}{check}")
}

/// What is kept of it. The secret is random throughout, so a fast hash is right.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether a text may be a secret at all.
pub(super) fn looks_right(secret: &str) -> bool {
    let body = secret.strip_prefix(PREFIX).unwrap_or_default();
    let whole = body.len() == RANDOM_LEN + CHECK_LEN;
    whole && body.is_ascii() && check(&body[..RANDOM_LEN]) == body[RANDOM_LEN..]
}

/// The first four bytes of the hash of what stands before it.
fn check(random: &str) -> String {
    base62(&Sha256::digest(random.as_bytes())[..4], CHECK_LEN)
}

/// A number, its first byte the highest, in digits of base 62.
fn base62(bytes: &[u8], len: usize) -> String {
    let mut rest = bytes.to_vec();
    let mut digits = vec![b'0'; len];
    for digit in digits.iter_mut().rev() {
        let mut carry = 0_usize;
        for byte in &mut rest {
            let value = carry * 256 + usize::from(*byte);
            *byte = u8::try_from(value / 62).expect("a quotient by 62 of less than 62 * 256 fits");
            carry = value % 62;
        }
        *digit = DIGITS[carry];
    }
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_recognised_and_a_mistyped_one_is_not() {
        let secret = draw();
        assert!(looks_right(&secret), "{secret}");
        assert_ne!(draw(), secret);
        let mut mistyped = secret.clone().into_bytes();
        mistyped[10] = if mistyped[10] == b'a' { b'b' } else { b'a' };
        let mistyped = String::from_utf8(mistyped).expect("is ASCII");
        for wrong in ["", "reg_", "reg_ü", &secret[1..], mistyped.as_str()] {
            assert!(!looks_right(wrong), "{wrong}");
        }
    }
}
