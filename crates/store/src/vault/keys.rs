//! The keys that personal fields are closed with, as a file has them, and what is done with one of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt;
use std::sync::Arc;

/// What a line with a key begins with: the format, so that a later one can be told from it.
const BEGINS: &str = "regulars_vault_1_";

/// The length of a key, and of what is made of one.
const KEY_LEN: usize = 32;
/// How many digits tell keys apart.
const ID_LEN: usize = 8;
/// How many digits of a keyed hash a value is found by.
const TOKEN_LEN: usize = 32;

/// The keys of a vault: with the first of them things are closed, with the others they are opened, too.
#[derive(Clone)]
pub struct VaultKeys(Arc<Vec<VaultKey>>);

impl fmt::Debug for VaultKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

/// One of them, as the keys that are made of it: none of them tells of another.
pub(super) struct VaultKey {
    id: String,
    cells: LessSafeKey,
    /// What values are found by.
    hashes: hmac::Key,
    /// What makes the nonce of what is to look the same each time.
    nonces: hmac::Key,
}

impl VaultKeys {
    /// Reads a file of keys: one in a line, the newest first; empty lines and those that begin with `#` say nothing.
    ///
    /// # Errors
    ///
    /// What is wrong, by line. No word of a key is in it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut keys: Vec<VaultKey> = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = || {
                format!(
                    "line {} is no key; `regulars vault new-key` makes one",
                    at + 1
                )
            };
            let digits = line.strip_prefix(BEGINS).ok_or_else(wrong)?;
            let bytes = bytes(digits).ok_or_else(wrong)?;
            let key = VaultKey::of(&bytes);
            if keys.iter().any(|own| own.id == key.id) {
                return Err(format!("line {} has a key that is there already", at + 1));
            }
            keys.push(key);
        }
        match keys.is_empty() {
            true => Err("there is no key in it; `regulars vault new-key` makes one".into()),
            false => Ok(Self(Arc::new(keys))),
        }
    }

    /// A new key, as a line of a file.
    pub fn fresh() -> String {
        let mut bytes = [0; KEY_LEN];
        fill(&mut bytes);
        format!("{BEGINS}{}", hex(&bytes))
    }

    /// The id of the newest.
    pub fn newest(&self) -> &str {
        &self.0[0].id
    }

    /// The ids of all, the newest first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| &*key.id)
    }

    pub(super) fn get(&self, id: &str) -> Option<&VaultKey> {
        self.0.iter().find(|key| key.id == id)
    }
}

fn fill(bytes: &mut [u8]) {
    SystemRandom::new()
        .fill(bytes)
        .expect("the system gives random bytes, as it did when ids were made");
}

impl VaultKey {
    fn of(bytes: &[u8; KEY_LEN]) -> Self {
        let whole = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let part = |what: &str| hmac::sign(&whole, format!("regulars vault 1 {what}").as_bytes());
        let sign = |what| hmac::Key::new(hmac::HMAC_SHA256, part(what).as_ref());
        let cells = UnboundKey::new(&AES_256_GCM, part("cells").as_ref());
        Self {
            id: hex(&part("id").as_ref()[..ID_LEN / 2]),
            cells: LessSafeKey::new(cells.expect("a hash is as long as the key")),
            hashes: sign("hashes"),
            nonces: sign("nonces"),
        }
    }

    /// A hash that nobody makes who has not the key.
    pub(super) fn hash(&self, what: &[u8]) -> [u8; 32] {
        let tag = hmac::sign(&self.hashes, what);
        let mut hash = [0; 32];
        hash.copy_from_slice(tag.as_ref());
        hash
    }

    /// The same as digits, of a length of its own, for what is found by how it begins.
    pub(super) fn token(&self, what: &[u8]) -> String {
        hex(&self.hash(what)[..TOKEN_LEN / 2])
    }

    /// A text, closed for its place: another one each time, or (`alike`) the same one each time.
    pub(super) fn close(&self, place: &[u8], text: &str, alike: bool) -> String {
        let mut nonce = [0; NONCE_LEN];
        match alike {
            false => fill(&mut nonce),
            true => {
                let mut made = hmac::Context::with_key(&self.nonces);
                made.update(&(place.len() as u64).to_be_bytes());
                made.update(place);
                made.update(text.as_bytes());
                nonce.copy_from_slice(&made.sign().as_ref()[..NONCE_LEN]);
            }
        }
        let mut cell = text.as_bytes().to_vec();
        let tag = self.cells.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place),
            &mut cell,
        );
        let tag = tag.expect("a text is shorter than the cipher takes");
        let whole = [&nonce[..], &cell, tag.as_ref()].concat();
        BASE64.encode(whole)
    }

    /// The text of what was closed for this place with this key; nothing of anything else.
    pub(super) fn open(&self, place: &[u8], closed: &str) -> Option<String> {
        let whole = BASE64.decode(closed).ok()?;
        let (nonce, cell) = whole.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut cell = cell.to_vec();
        let text = self.cells.open_in_place(nonce, Aad::from(place), &mut cell);
        String::from_utf8(text.ok()?.to_vec()).ok()
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // A text takes all that is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn bytes(digits: &str) -> Option<[u8; KEY_LEN]> {
    let mut bytes = [0; KEY_LEN];
    if digits.len() != 2 * KEY_LEN || !digits.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_keys_and_remarks_and_says_which_line_is_wrong() {
        let (one, two) = (VaultKeys::fresh(), VaultKeys::fresh());
        let keys = VaultKeys::parse(&format!("# newest\n{one}\n\n  {two}\n")).unwrap();
        assert_eq!(keys.ids().count(), 2);
        assert_ne!(Some(keys.newest()), keys.ids().nth(1));
        assert!(!format!("{keys:?}").contains(&one[BEGINS.len()..]));
        for (text, says) in [
            (String::new(), "no key in it"),
            (format!("{one}\nsecret"), "line 2 is no key"),
            (one[..60].to_owned(), "line 1 is no key"),
            (format!("{one}\n{one}"), "line 2 has a key that is there"),
        ] {
            let said = VaultKeys::parse(&text).unwrap_err();
            assert!(said.contains(says), "{said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn what_is_closed_opens_at_its_place_alone_and_with_its_key_alone() {
        let keys = VaultKeys::parse(&format!("{}\n{}", VaultKeys::fresh(), VaultKeys::fresh()));
        let keys = keys.unwrap();
        let (one, two) = (&keys.0[0], &keys.0[1]);
        for alike in [false, true] {
            let closed = one.close(b"here", "zaphod@example.com", alike);
            assert!(!closed.contains("zaphod"));
            let open = one.open(b"here", &closed);
            assert_eq!(open.as_deref(), Some("zaphod@example.com"));
            assert_eq!(one.open(b"there", &closed), None);
            assert_eq!(two.open(b"here", &closed), None);
            assert_eq!(one.open(b"here", &closed[2..]), None);
            let again = one.close(b"here", "zaphod@example.com", alike);
            assert_eq!(again == closed, alike);
        }
        assert_eq!(one.open(b"here", ""), None);
        assert_ne!(one.hash(b"a"), two.hash(b"a"));
    }
}
