//! Codes that a telephone makes of a secret and the time: RFC 6238, with SHA-1, six digits and thirty
//! seconds, which is what every such app takes.

use ring::hmac;
use subtle::ConstantTimeEq;

/// How long a code is good, in seconds.
const STEP_SECONDS: i64 = 30;
/// How many steps a telephone's clock may be off, either way.
const OFF_MOST: i64 = 1;
/// So many digits has a code.
pub(super) const DIGITS: u32 = 6;
/// So many bytes has a secret: as many as the hash, which RFC 4226 recommends.
pub(super) const SECRET_LEN: usize = 20;

/// The step at a moment in seconds.
fn step(seconds: i64) -> i64 {
    seconds.div_euclid(STEP_SECONDS)
}

/// The code of a step, of so many digits.
fn code(secret: &[u8], step: i64, digits: u32) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let begins = usize::from(tag[tag.len() - 1] & 0x0f);
    let four = [
        tag[begins],
        tag[begins + 1],
        tag[begins + 2],
        tag[begins + 3],
    ];
    (u32::from_be_bytes(four) & 0x7fff_ffff) % 10_u32.pow(digits)
}

/// The step whose code that is, if it is one of about now and none that was used: `after` is the newest
/// that was.
pub(super) fn matching(secret: &[u8], typed: &str, seconds: i64, after: i64) -> Option<i64> {
    let now = step(seconds);
    let mut found = None;
    // All of them are compared, so that nothing tells which one it was.
    for at in now - OFF_MOST..=now + OFF_MOST {
        let own = format!("{:06}", code(secret, at, DIGITS));
        if bool::from(own.as_bytes().ct_eq(typed.as_bytes())) && at > after {
            found = Some(at);
        }
    }
    found
}

/// The letters in which secrets are written down: RFC 4648, without what fills up.
pub(super) fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[((held >> bits) & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(LETTERS[((held << (5 - bits)) & 31) as usize]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the rows of SHA-1: eight digits.
        for (seconds, told) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(code(SECRET, step(seconds), 8), told, "{seconds}");
        }
        // RFC 4226, appendix D: six digits, by the counter.
        let told = [
            755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871,
            520_489,
        ];
        for (count, told) in (0..).zip(told) {
            assert_eq!(code(SECRET, count, 6), told, "{count}");
        }
    }

    #[test]
    fn a_code_is_good_a_step_early_and_late_and_once() {
        let at = |seconds, after| matching(SECRET, "287082", seconds, after);
        assert_eq!(at(59, -9), Some(1));
        assert_eq!((at(0, -9), at(89, -9)), (Some(1), Some(1)));
        assert_eq!((at(-1, -9), at(90, -9)), (None, None));
        assert_eq!(at(59, 1), None, "it was used");
        assert_eq!(at(59, 0), Some(1));
        for wrong in ["287083", "", "28708", "2870820", " 287082", "２８７０８２"] {
            assert_eq!(matching(SECRET, wrong, 59, -9), None, "{wrong}");
        }
    }

    #[test]
    fn base_32_is_that_of_the_standard() {
        // RFC 4648, section 10.
        for (plain, told) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), told);
        }
    }
}
