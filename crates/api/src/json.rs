//! Reading what came in: every fault at once, each with a JSON pointer to where it is.
//!
//! Fields are read from the text itself, not from a tree of numbers: an amount keeps the digits
//! that its sender wrote and never passes through floating point. Lists are cut off at their
//! longest, and counted on, so that a list of a million lines is answered without being built.

use regulars_base::{CivilDay, Text, Timestamp};
use regulars_engine::event::Fault;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Where a value stands in the body. It becomes a JSON pointer only when there is a fault.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Field(&'a str),
    Item(usize),
}

impl<'a> At<'a> {
    /// The body itself.
    pub const ROOT: At<'static> = At {
        parent: None,
        step: Step::Root,
    };

    /// A field of it.
    pub const fn field(&'a self, name: &'a str) -> At<'a> {
        At {
            parent: Some(self),
            step: Step::Field(name),
        }
    }

    /// An item of it.
    pub const fn item(&'a self, place: usize) -> At<'a> {
        At {
            parent: Some(self),
            step: Step::Item(place),
        }
    }

    /// A fault here.
    pub fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.to_string(), what)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            fmt::Display::fmt(parent, f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Item(place) => write!(f, "/{place}"),
        }
    }
}

/// A body that knows how to be read.
pub trait FromJson: Sized {
    /// Reads it from `raw`. Nothing, with the faults told, if it is not right.
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self>;
}

/// An object whose fields are taken one by one. [`Fields::finish`] tells what nobody asked for.
pub struct Fields<'a> {
    at: At<'a>,
    left: Vec<(Cow<'a, str>, &'a RawValue)>,
    asked: Vec<&'static str>,
}

/// The most fields of one object: more is no honest input, and looking for each would take long.
const FIELDS_MAX: usize = 256;

impl<'a> Fields<'a> {
    /// The fields of `raw`, which must be an object with different names.
    pub fn read(raw: &'a RawValue, at: At<'a>, faults: &mut Vec<Fault>) -> Option<Self> {
        Some(Self {
            at,
            left: pairs(raw, at, faults)?,
            asked: Vec::with_capacity(16),
        })
    }

    /// Where the object stands.
    pub const fn at(&self) -> At<'a> {
        self.at
    }

    /// The value of a field as it was written, if it is there and not `null`.
    pub fn raw(&mut self, name: &'static str) -> Option<&'a RawValue> {
        self.asked.push(name);
        let place = self.left.iter().position(|(field, _)| field == name)?;
        let (_, raw) = self.left.swap_remove(place);
        (raw.get() != "null").then_some(raw)
    }

    /// Whether a field was sent at all, be it as `null`. Asked before it is taken.
    pub fn has(&self, name: &str) -> bool {
        self.left.iter().any(|(field, _)| field == name)
    }

    /// Whether a field was not sent, or as `null`: so that what must be there is missed. Asked before it is taken.
    pub fn lacks(&self, name: &str) -> bool {
        let is_said =
            |(field, raw): &(Cow<'_, str>, &RawValue)| field == name && raw.get() != "null";
        !self.left.iter().any(is_said)
    }

    /// A text as it was written, if the field is there.
    pub fn string(&mut self, name: &'static str, faults: &mut Vec<Fault>) -> Option<Cow<'a, str>> {
        let raw = self.raw(name)?;
        string(raw, self.at.field(name), faults)
    }

    /// A text that may be longer than a name, and must be there.
    pub fn required_string(
        &mut self,
        name: &'static str,
        faults: &mut Vec<Fault>,
    ) -> Option<String> {
        let raw = self.required(name, faults)?;
        string(raw, self.at.field(name), faults).map(Into::into)
    }

    /// The texts of a list, at most `most` of them; none if the field is not there.
    pub fn strings(
        &mut self,
        name: &'static str,
        most: usize,
        faults: &mut Vec<Fault>,
    ) -> Vec<String> {
        let raws = self.list(name, most, faults).unwrap_or_default();
        let list = self.at.field(name);
        let each = raws.into_iter().enumerate();
        let read = |(place, raw)| string(raw, list.item(place), faults).map(Into::into);
        each.filter_map(read).collect()
    }

    /// A short text, if the field is there and fits.
    pub fn text(&mut self, name: &'static str, faults: &mut Vec<Fault>) -> Option<Text> {
        let raw = self.raw(name)?;
        text(raw, self.at.field(name), faults)
    }

    /// A short text, empty if the field is not there.
    pub fn text_or_empty(&mut self, name: &'static str, faults: &mut Vec<Fault>) -> Text {
        self.text(name, faults).unwrap_or_default()
    }

    /// A short text that must be there and must not be empty.
    pub fn required_text(&mut self, name: &'static str, faults: &mut Vec<Fault>) -> Option<Text> {
        let raw = self.required(name, faults)?;
        let text = text(raw, self.at.field(name), faults)?;
        if text.is_empty() {
            faults.push(self.at.field(name).fault("is empty"));
            return None;
        }
        Some(text)
    }

    /// The value of a field that must be there.
    pub fn required(
        &mut self,
        name: &'static str,
        faults: &mut Vec<Fault>,
    ) -> Option<&'a RawValue> {
        let found = self.raw(name);
        if found.is_none() {
            faults.push(self.at.field(name).fault("is missing"));
        }
        found
    }

    /// Yes or no; nothing if the field is not there.
    pub fn boolean(&mut self, name: &'static str, faults: &mut Vec<Fault>) -> Option<bool> {
        let raw = self.raw(name)?;
        match raw.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                let what = format!("is {}; true or false is expected", kind(raw));
                faults.push(self.at.field(name).fault(what));
                None
            }
        }
    }

    /// A whole number, if the field is there.
    pub fn integer(&mut self, name: &'static str, faults: &mut Vec<Fault>) -> Option<i64> {
        let raw = self.raw(name)?;
        let number = raw.get().parse().ok();
        if number.is_none() {
            let what = format!("is {}; a whole number is expected", kind(raw));
            faults.push(self.at.field(name).fault(what));
        }
        number
    }

    /// A decimal number as it was written, as text or as number, if the field is there.
    pub fn decimal(&mut self, name: &'static str, faults: &mut Vec<Fault>) -> Option<Cow<'a, str>> {
        let raw = self.raw(name)?;
        decimal(raw, self.at.field(name), faults)
    }

    /// A moment, if the field is there.
    pub fn moment(&mut self, name: &'static str, faults: &mut Vec<Fault>) -> Option<Timestamp> {
        let raw = self.raw(name)?;
        let at = self.at.field(name);
        let written = string(raw, at, faults)?;
        match written.parse() {
            Ok(moment) => Some(moment),
            Err(error) => {
                faults.push(at.fault(error.to_string()));
                None
            }
        }
    }

    /// A day, if the field is there.
    pub fn day(&mut self, name: &'static str, faults: &mut Vec<Fault>) -> Option<CivilDay> {
        let raw = self.raw(name)?;
        let at = self.at.field(name);
        let written = string(raw, at, faults)?;
        match written.parse() {
            Ok(day) => Some(day),
            Err(error) => {
                faults.push(at.fault(error.to_string()));
                None
            }
        }
    }

    /// The items of a list, if the field is there: at most `most` of them.
    pub fn list(
        &mut self,
        name: &'static str,
        most: usize,
        faults: &mut Vec<Fault>,
    ) -> Option<Vec<&'a RawValue>> {
        let raw = self.raw(name)?;
        list(raw, most, self.at.field(name), faults)
    }

    /// The pairs of an object with names of the sender's own, if the field is there.
    pub fn pairs(
        &mut self,
        name: &'static str,
        faults: &mut Vec<Fault>,
    ) -> Option<Vec<(Cow<'a, str>, &'a RawValue)>> {
        let raw = self.raw(name)?;
        pairs(raw, self.at.field(name), faults)
    }

    /// Tells the fields that nobody asked for.
    pub fn finish(self, faults: &mut Vec<Fault>) {
        for (name, _) in &self.left {
            let shown: String = name.chars().take(40).collect();
            let what = match nearest(&shown, &self.asked) {
                Some(known) => format!("is no field here; did you mean `{known}`?"),
                None => format!("is no field here; the fields are {}", self.asked.join(", ")),
            };
            faults.push(self.at.field(&shown).fault(what));
        }
    }
}

/// The names and values of an object whose names differ.
fn pairs<'a>(
    raw: &'a RawValue,
    at: At<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Vec<(Cow<'a, str>, &'a RawValue)>> {
    if !raw.get().starts_with('{') {
        faults.push(at.fault(format!("is {}; an object is expected", kind(raw))));
        return None;
    }
    let pairs = match serde_json::Deserializer::from_str(raw.get()).deserialize_map(Pairs) {
        Ok(pairs) => pairs,
        Err(error) => {
            faults.push(at.fault(format!("is no object that can be read: {error}")));
            return None;
        }
    };
    if pairs.len() > FIELDS_MAX {
        faults.push(at.fault(format!("has more than {FIELDS_MAX} fields")));
        return None;
    }
    for (place, (name, _)) in pairs.iter().enumerate() {
        let earlier = &pairs[..place];
        if earlier.iter().any(|(earlier, _)| earlier == name) {
            faults.push(at.field(name).fault("is there twice"));
        }
    }
    Some(pairs)
}

/// The name among `known` that `written` is most likely a slip of.
pub fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let distance = |name: &&'k str| strsim::damerau_levenshtein(written, name);
    let best = known.iter().copied().min_by_key(|name| distance(name))?;
    (distance(&best) <= (best.len() / 3).max(1)).then_some(best)
}

/// What a value is, in words.
pub fn kind(raw: &RawValue) -> &'static str {
    match raw.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// A text as it was written.
pub fn string<'a>(raw: &'a RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Cow<'a, str>> {
    if !raw.get().starts_with('"') {
        faults.push(at.fault(format!("is {}; a text is expected", kind(raw))));
        return None;
    }
    match serde_json::from_str::<Borrowed<'a>>(raw.get()) {
        Ok(Borrowed(text)) => Some(text),
        Err(_) => {
            faults.push(at.fault("is no text that can be read: half of a surrogate pair?"));
            None
        }
    }
}

/// A short text.
pub fn text(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Text> {
    let written = string(raw, at, faults)?;
    match Text::new(&written) {
        Ok(text) => Some(text),
        Err(error) => {
            faults.push(at.fault(error.to_string()));
            None
        }
    }
}

/// A decimal number as it was written: `"12.40"` or `12.40`.
pub fn decimal<'a>(raw: &'a RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Cow<'a, str>> {
    match raw.get().as_bytes().first() {
        Some(b'"') => string(raw, at, faults),
        Some(b'-' | b'0'..=b'9') => Some(Cow::Borrowed(raw.get())),
        _ => {
            let what = format!(
                "is {}; a decimal number such as \"12.40\" is expected",
                kind(raw)
            );
            faults.push(at.fault(what));
            None
        }
    }
}

/// The items of a list: at most `most` are kept. A longer one is a fault that says how long it is.
pub fn list<'a>(
    raw: &'a RawValue,
    most: usize,
    at: At<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Vec<&'a RawValue>> {
    if !raw.get().starts_with('[') {
        faults.push(at.fault(format!("is {}; a list is expected", kind(raw))));
        return None;
    }
    match serde_json::Deserializer::from_str(raw.get()).deserialize_seq(Items { most }) {
        Ok((items, count)) if count <= most => Some(items),
        Ok((_, count)) => {
            faults.push(at.fault(format!("holds {count} items; at most {most} are taken")));
            None
        }
        Err(error) => {
            faults.push(at.fault(format!("is no list that can be read: {error}")));
            None
        }
    }
}

/// A decimal text in units of `10^-decimals`, exactly.
pub fn scaled(written: &str, decimals: u8) -> Result<i64, String> {
    let shown = || written.chars().take(40).collect::<String>();
    let (negative, digits) = match written.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, written),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || digits.ends_with('.') || !only_digits(whole) || !only_digits(part) {
        return Err(format!(
            "`{}` is no decimal number; write it as 1.5",
            shown()
        ));
    }
    let part = part.trim_end_matches('0');
    let width = usize::from(decimals);
    if part.len() > width {
        return Err(format!("`{}` has more than {decimals} decimals", shown()));
    }
    let range = || format!("`{}` is beyond the range of numbers", shown());
    let mut value = 0_i64;
    let zeros = std::iter::repeat_n(b'0', width - part.len());
    for digit in whole.bytes().chain(part.bytes()).chain(zeros) {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(i64::from(digit - b'0')))
            .ok_or_else(range)?;
    }
    Ok(if negative { -value } else { value })
}

/// So many units of `10^-decimals`, as a decimal text.
pub fn unscaled(value: i64, decimals: u8) -> String {
    if decimals == 0 {
        return value.to_string();
    }
    let unit = 10_u64.saturating_pow(decimals.into());
    let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    let width = usize::from(decimals);
    format!("{sign}{}.{:0width$}", size / unit, size % unit)
}

struct Borrowed<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Borrowed<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Cow<'de, str>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        deserializer.deserialize_str(Words).map(Borrowed)
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::with_capacity(12);
        while let Some((Borrowed(name), raw)) = map.next_entry::<Borrowed<'de>, &RawValue>()? {
            pairs.push((name, raw));
            if pairs.len() > FIELDS_MAX {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            }
        }
        Ok(pairs)
    }
}

struct Items {
    most: usize,
}

impl<'de> Visitor<'de> for Items {
    type Value = (Vec<&'de RawValue>, usize);
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() < self.most {
            match seq.next_element()? {
                Some(item) => items.push(item),
                None => {
                    let count = items.len();
                    return Ok((items, count));
                }
            }
        }
        let mut count = items.len();
        while seq.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok((items, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> &RawValue {
        serde_json::from_str(text).expect("is JSON")
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_place() {
        let mut faults = Vec::new();
        let body = raw(r#"{"name": 7, "names": 1, "when": "today", "list": [1,2,3], "name": ""}"#);
        let root = At::ROOT;
        let mut fields = Fields::read(body, root, &mut faults).expect("is an object");
        assert_eq!(fields.text("name", &mut faults), None);
        assert_eq!(fields.moment("when", &mut faults), None);
        assert!(fields.list("list", 2, &mut faults).is_none());
        assert!(fields.required_text("missing", &mut faults).is_none());
        fields.finish(&mut faults);
        let told: Vec<String> = faults
            .iter()
            .map(|f| format!("{} {}", f.at, f.what))
            .collect();
        assert_eq!(
            told,
            [
                "/name is there twice",
                "/name is a number; a text is expected",
                "/when `today` is no time; write it as 2025-03-01T09:00:00Z",
                "/list holds 3 items; at most 2 are taken",
                "/missing is missing",
                "/name is no field here; did you mean `name`?",
                "/names is no field here; did you mean `name`?",
            ]
        );
    }

    #[test]
    fn decimals_keep_the_digits_they_were_written_with() {
        for (written, decimals, value) in [
            ("12.40", 2, Ok(1240)),
            ("-0.5", 1, Ok(-5)),
            ("1.5000", 3, Ok(1500)),
            ("9223372036854775807", 0, Ok(i64::MAX)),
            ("0.1234", 3, Err("more than 3 decimals")),
            ("1e3", 0, Err("no decimal number")),
            ("1.", 0, Err("no decimal number")),
            ("9223372036854775808", 0, Err("beyond the range")),
        ] {
            match (scaled(written, decimals), value) {
                (Ok(read), Ok(value)) => {
                    assert_eq!(read, value);
                    assert_eq!(scaled(&unscaled(read, decimals), decimals), Ok(value));
                }
                (Err(told), Err(part)) => assert!(told.contains(part), "{told}"),
                (read, _) => panic!("{written}: {read:?}"),
            }
        }
    }
}
