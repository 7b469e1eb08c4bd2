//! NDJSON: one object per line; numbers keep the digits they were written with.

use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap};

/// An object whose values are not looked into yet: nesting costs nothing and cannot overflow.
pub(crate) type Object<'a> = BTreeMap<String, &'a RawValue>;

/// The object on a line.
pub(crate) fn object(text: &str) -> Result<Object<'_>, String> {
    serde_json::from_str(text).map_err(|error| {
        format!(
            "is no JSON object at column {}: write one object per line",
            error.column()
        )
    })
}

/// The text of a value: `None` for null, an error for a list or an object.
pub(crate) fn cell<'a>(name: &str, value: &'a RawValue) -> Result<Option<Cow<'a, str>>, String> {
    let raw = value.get();
    match raw.as_bytes().first() {
        Some(b'"') if !raw.contains('\\') => Ok(Some(Cow::Borrowed(&raw[1..raw.len() - 1]))),
        Some(b'"') => serde_json::from_str::<String>(raw)
            .map(|text| Some(Cow::Owned(text)))
            .map_err(|error| format!("`{name}` is no text: {error}")),
        Some(b'n') => Ok(None),
        Some(b'{' | b'[') => Err(format!(
            "`{name}` is a list or an object; a text or a number is needed"
        )),
        _ => Ok(Some(Cow::Borrowed(raw))),
    }
}

/// Names and texts of an object, for a look at the first rows.
pub(crate) fn texts(object: &Object<'_>) -> Vec<(String, String)> {
    let text = |name: &str, value| {
        cell(name, value)
            .ok()
            .flatten()
            .unwrap_or_default()
            .into_owned()
    };
    object
        .iter()
        .map(|(name, value)| (name.clone(), text(name, value)))
        .collect()
}
