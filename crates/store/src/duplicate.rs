//! Members who may be one person.

use crate::finding::words_of_names;
use regulars_base::{MemberId, Timestamp};
use sha2::{Digest, Sha256};

/// Two members who may be one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateRow {
    /// The one with the lower id, so the older one.
    pub one: MemberId,
    /// The other.
    pub other: MemberId,
    /// How much speaks for it: 1 to 99.
    pub score: i64,
    /// Why, as words: `email`, `phone`, `name_birthday`, `address`. Sorted.
    pub reasons: Vec<String>,
    /// Whether somebody said that they are two.
    pub not_same: bool,
    /// When it was found last.
    pub found_at: Timestamp,
}

/// What may be the same of two members, and how much it speaks for one person.
pub(crate) const REASONS: [(&str, i64); 4] = [
    ("email", 60),
    ("phone", 70),
    ("name_birthday", 60),
    ("address", 20),
];
/// What speaks for less is not listed: a household has one address.
pub(crate) const LEAST: i64 = 50;
/// The most that can speak for it.
pub(crate) const MOST: i64 = 99;
/// What more members have in common than this is no sign: the telephone of a company.
pub(crate) const CROWD: i64 = 20;

/// Something that a member may have in common with others: a reason, and a hash of what is compared.
pub(crate) type Sign = (&'static str, String);

/// What is compared of an e-mail address or a telephone number: what the databases compare where they can read it.
pub(crate) fn sign_of_identity(kind: &str, value: &str) -> Option<Sign> {
    match kind {
        "email" => {
            let (local, domain) = value.trim().split_once('@')?;
            let local = local.to_lowercase();
            let local = match local.find('+') {
                Some(plus) if plus > 0 => &local[..plus],
                _ => &local,
            };
            let what = format!("{}@{}", local.replace('.', ""), domain.to_lowercase());
            (!local.is_empty()).then(|| sign("email", &what)).flatten()
        }
        "phone" => {
            let digits: String = value.chars().filter(|c| !" -/().+".contains(*c)).collect();
            sign("phone", digits.trim_start_matches('0'))
        }
        _ => None,
    }
}

/// What is compared of the attributes of a member.
pub(crate) fn signs_of_attributes(attributes: &str) -> Vec<Sign> {
    let read: serde_json::Value = serde_json::from_str(attributes).unwrap_or_default();
    let text = |name: &str| read.get(name).and_then(serde_json::Value::as_str);
    let written = ["email", "phone"].map(|kind| sign_of_identity(kind, text(kind)?));
    let words: Vec<String> = words_of_names(attributes).into_iter().collect();
    let born = ["birthday", "birth_date", "date_of_birth"]
        .iter()
        .find_map(|name| text(name));
    let called = match born {
        Some(day) if !day.is_empty() && !words.is_empty() => {
            sign("name_birthday", &format!("{} {day}", words.join(" ")))
        }
        _ => None,
    };
    written.into_iter().flatten().chain(called).collect()
}

/// What is compared of where something is sent to.
pub(crate) fn sign_of_address(address: &str) -> Option<Sign> {
    sign("address", &address.to_lowercase().replace([' ', '\n'], ""))
}

/// What is short is no sign.
fn sign(reason: &'static str, what: &str) -> Option<Sign> {
    (what.chars().count() > 6).then(|| {
        let hash = Sha256::digest(what);
        (
            reason,
            hash[..16]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    })
}

/// Signs that a few have in common, each of a member once.
pub(crate) fn few(mut signs: Vec<(Sign, MemberId)>) -> Vec<(Sign, MemberId)> {
    signs.sort();
    signs.dedup();
    let few = signs.chunk_by(|one, next| one.0 == next.0);
    let few = few.filter(|own| own.len() >= 2 && own.len() <= CROWD.unsigned_abs() as usize);
    few.flatten().cloned().collect()
}

/// The reasons' figures, as a term of SQL of the reason of the column `reason`.
pub(crate) fn figure() -> String {
    let cases = REASONS.map(|(word, score)| format!("WHEN '{word}' THEN {score}"));
    format!("CASE reason {} ELSE 0 END", cases.join(" "))
}

/// Where a page ends.
pub type DuplicatePlace = (i64, MemberId, MemberId);

/// The words of a row's reasons.
pub(crate) fn words(reasons: &str) -> Vec<String> {
    let mut words: Vec<String> = reasons.split(' ').map(str::to_owned).collect();
    words.sort();
    words.dedup();
    words
}
