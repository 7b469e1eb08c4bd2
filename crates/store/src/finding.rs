//! What members are found by: how an identity begins, and how the words of a name begin.

use std::collections::BTreeSet;

/// Attributes that hold a person's name.
const NAMES: [&str; 5] = [
    "name",
    "first_name",
    "last_name",
    "given_name",
    "family_name",
];
/// So many words of a name are kept, and so many of a question asked.
const WORDS_MAX: usize = 8;

/// What is asked for, as the databases compare it.
pub(crate) struct Asked {
    /// How an identity begins.
    pub(crate) value: Reach,
    /// How words of the name begin, the longest first; all of them must.
    pub(crate) words: Vec<Reach>,
}

/// All texts that begin alike: from the first, up to one that is behind the last.
pub(crate) struct Reach {
    pub(crate) from: String,
    pub(crate) to: String,
}

impl Asked {
    pub(crate) fn of(text: &str) -> Self {
        let words = words_of_text(text);
        Self {
            // Capitals of other alphabets stay what they are: so do both databases leave them.
            value: Reach::of(text.trim().to_ascii_lowercase()),
            words: words.into_iter().map(Reach::of).collect(),
        }
    }
}

impl Reach {
    pub(crate) fn of(from: String) -> Self {
        let to = format!("{from}\u{10ffff}");
        Self { from, to }
    }
}

/// The words of a question, the longest first.
pub(crate) fn words_of_text(text: &str) -> Vec<String> {
    let mut words: Vec<String> = words(text).into_iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(WORDS_MAX);
    words
}

/// The words of the names among attributes, a JSON object.
pub(crate) fn words_of_names(attributes: &str) -> BTreeSet<String> {
    let read: serde_json::Value = serde_json::from_str(attributes).unwrap_or_default();
    let names = NAMES.iter().filter_map(|name| read.get(name)?.as_str());
    names.flat_map(words).take(WORDS_MAX).collect()
}

fn words(text: &str) -> BTreeSet<String> {
    let parts = text.split(|c: char| c.is_whitespace() || c == '-' || c == ',');
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_each_of_its_words_in_small_letters() {
        let words = words_of_names(r#"{"name":"Zoë Müller-Weiß","age":3,"last_name":"Weiß"}"#);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(words, ["müller", "weiß", "zoë"]);
        assert!(words_of_names("{}").is_empty());
        assert!(words_of_names("[1]").is_empty());
    }

    #[test]
    fn the_longest_word_is_asked_first() {
        let asked = Asked::of(" Al Weber ");
        let words: Vec<&str> = asked
            .words
            .iter()
            .map(|reach| reach.from.as_str())
            .collect();
        assert_eq!(
            (asked.value.from.as_str(), words),
            ("al weber", vec!["weber", "al"])
        );
    }
}
