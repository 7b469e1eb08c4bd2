//! The languages that reasons are read in. English stands in the code, where a sentence is said; each
//! other language is one file in `crates/engine/words`, from the English template to its own.
//!
//! [`say!`] fills the places of a template, [`plural!`] chooses its form by a count, [`word!`] has no
//! places. In English they are what `format!` and a literal are: nothing is looked up. A template that a
//! language lacks is said in English, and a test names it.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::OnceLock;

/// A language that reasons are read in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, the language of the code.
    #[default]
    En,
    /// German.
    De,
    /// Russian.
    Ru,
    /// Chinese, simplified.
    ZhHans,
    /// Chinese, traditional.
    ZhHant,
}

/// A language's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// How a date is written, with the places `y`, `m`, `d`, and `mm`, `dd` of two digits.
    date: String,
    /// What stands before decimals.
    decimal: String,
    texts: BTreeMap<String, Text>,
}

/// What a template is in a language: one text, or one for each form of its plural.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    One(String),
    Forms(BTreeMap<String, String>),
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::En, Self::De, Self::Ru, Self::ZhHans, Self::ZhHant];

    /// As the web writes it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Ru => "ru",
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
        }
    }

    /// The language of a tag as `de-AT` or `zh-TW`; nothing if it is none of ours.
    pub fn of(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        let mut parts = tag.split(['-', '_']);
        match parts.next()? {
            "en" => Some(Self::En),
            "de" => Some(Self::De),
            "ru" => Some(Self::Ru),
            "zh" => {
                // Whoever names the script means it, wherever they are.
                let parts: Vec<&str> = parts.collect();
                let simplified = parts.contains(&"hans");
                let traditional = ["hant", "tw", "hk", "mo"];
                let traditional = traditional.iter().any(|own| parts.contains(own));
                match traditional && !simplified {
                    true => Some(Self::ZhHant),
                    false => Some(Self::ZhHans),
                }
            }
            _ => None,
        }
    }

    /// The forms that a count chooses among, by the names that a file gives them.
    pub const fn forms(self) -> &'static [&'static str] {
        match self {
            Self::En | Self::De => &["one", "other"],
            Self::Ru => &["one", "few", "many"],
            Self::ZhHans | Self::ZhHant => &["other"],
        }
    }

    /// The form for so many.
    fn form(self, count: i64) -> &'static str {
        let n = count.unsigned_abs();
        match (self, n % 10, n % 100) {
            (Self::En | Self::De, ..) if n == 1 => "one",
            (Self::En | Self::De | Self::ZhHans | Self::ZhHant, ..) => "other",
            (Self::Ru, 1, tens) if tens != 11 => "one",
            (Self::Ru, 2..=4, tens) if !(12..=14).contains(&tens) => "few",
            (Self::Ru, ..) => "many",
        }
    }

    /// The file; none for English. It is built in and read once, when the language is first read.
    fn file(self) -> Option<&'static File> {
        static FILES: [OnceLock<File>; 4] = [const { OnceLock::new() }; 4];
        let (place, text) = match self {
            Self::En => return None,
            Self::De => (0, include_str!("../../../words/de.json")),
            Self::Ru => (1, include_str!("../../../words/ru.json")),
            Self::ZhHans => (2, include_str!("../../../words/zh-Hans.json")),
            Self::ZhHant => (3, include_str!("../../../words/zh-Hant.json")),
        };
        let read =
            || serde_json::from_str(text).expect("a test has read the file that is built in");
        Some(FILES[place].get_or_init(read))
    }

    /// A text without places.
    pub(super) fn word(self, template: &'static str) -> &'static str {
        match self.file().and_then(|file| file.texts.get(template)) {
            Some(Text::One(text)) => text,
            _ => template,
        }
    }

    /// A template with its places filled.
    pub(super) fn say(self, template: &str, values: &[(&str, &dyn Display)]) -> String {
        match self.file().and_then(|file| file.texts.get(template)) {
            Some(Text::One(text)) => fill(text, values),
            _ => fill(template, values),
        }
    }

    /// A template in the form that so many take. The template is that of many, as English has it.
    pub(super) fn plural(
        self,
        count: i64,
        template: &str,
        values: &[(&str, &dyn Display)],
    ) -> String {
        let text = match self.file().and_then(|file| file.texts.get(template)) {
            Some(Text::One(text)) => Some(text),
            Some(Text::Forms(forms)) => forms.get(self.form(count)),
            None => None,
        };
        fill(text.map_or(template, String::as_str), values)
    }

    /// What stands before decimals.
    pub(super) fn decimal(self) -> &'static str {
        self.file().map_or(".", |file| &file.decimal)
    }

    /// How dates are written; none for English, which keeps to `2025-03-01`.
    pub(super) fn date(self) -> Option<&'static str> {
        self.file().map(|file| file.date.as_str())
    }

    /// What the file has, for the test that it has all and nothing else: each template with its texts
    /// by their forms; a text of one form has no name.
    pub fn texts(self) -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
        let all = self.file().into_iter().flat_map(|file| &file.texts);
        let forms = |text: &'static Text| match text {
            Text::One(text) => vec![("", text.as_str())],
            Text::Forms(forms) => {
                let each = forms
                    .iter()
                    .map(|(form, text)| (form.as_str(), text.as_str()));
                each.collect()
            }
        };
        all.map(|(template, text)| (template.as_str(), forms(text)))
            .collect()
    }
}

/// Puts values into the places of a text. A place that has no value stays as it is.
pub(super) fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut said = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        said += before;
        let place = after.split_once('}').and_then(|(name, after)| {
            let value = values.iter().find(|(own, _)| *own == name)?;
            Some((value.1, after))
        });
        match place {
            Some((value, after)) => {
                let _ = write!(said, "{value}");
                rest = after;
            }
            None => {
                said.push('{');
                rest = after;
            }
        }
    }
    said + rest
}

/// A sentence from its template, as `say!(reader, "{amount} lapsed on {day}", amount = .., day = ..)`.
macro_rules! say {
    ($reader:expr, $template:literal) => {
        $crate::program::words::language::word!($reader, $template).to_owned()
    };
    ($reader:expr, $template:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        match $reader.language {
            $crate::program::words::Language::En => format!(
                $template,
                $($name = $crate::program::words::language::place!($name $(= $value)?)),+
            ),
            other => other.say(
                $template,
                &[$((
                    stringify!($name),
                    &$crate::program::words::language::place!($name $(= $value)?)
                        as &dyn std::fmt::Display,
                )),+],
            ),
        }
    };
}

/// A sentence whose form a count decides, with the forms for one and for more, as
/// `plural!(reader, n, "{n} stamp", "{n} stamps", n)`.
macro_rules! plural {
    ($reader:expr, $count:expr, $one:literal, $other:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        match $reader.language {
            $crate::program::words::Language::En if i64::from($count).unsigned_abs() == 1 => format!(
                $one,
                $($name = $crate::program::words::language::place!($name $(= $value)?)),+
            ),
            $crate::program::words::Language::En => format!(
                $other,
                $($name = $crate::program::words::language::place!($name $(= $value)?)),+
            ),
            other => other.plural(
                i64::from($count),
                $other,
                &[$((
                    stringify!($name),
                    &$crate::program::words::language::place!($name $(= $value)?)
                        as &dyn std::fmt::Display,
                )),+],
            ),
        }
    };
}

/// What stands in a place: the variable of its name, or what is given.
macro_rules! place {
    ($name:ident) => {
        $name
    };
    ($name:ident = $value:expr) => {
        $value
    };
}

/// A text without places, as `word!(reader, "by hand")`.
macro_rules! word {
    ($reader:expr, $template:literal) => {
        match $reader.language {
            $crate::program::words::Language::En => $template,
            other => other.word($template),
        }
    };
}

pub(super) use {place, plural, say, word};
