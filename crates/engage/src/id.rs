//! Ids that people give to what they write: segments, journeys, templates, sets of offers, roles.

/// What an id must be that [`is_id`] refuses, in words.
pub const ID_RULE: &str = "must be 1 to 40 small letters, digits and hyphens";

/// Whether something may be an id.
pub fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(fits)
}
