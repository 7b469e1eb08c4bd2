//! Templates: what a message says, with what is known of the member in its places.
//!
//! *`Hello {first_name|there}, your {balance} beans wait.`* A place in braces names a field; what may be unknown
//! of a member says after a bar what stands there instead. There is nothing else: no condition and no loop, so
//! that a template that was saved always says something, in the same time for everybody.

use regulars_base::CivilDay;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Something known of a member that a template may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// What they are called, first.
    FirstName,
    /// What they are called.
    Name,
    /// Their points of the first kind.
    Balance,
    /// Their tier.
    Tier,
    /// How many points lapse next.
    PointsToLapse,
    /// On which day.
    LapseOn,
    /// The cheapest reward that is not within reach yet.
    NextReward,
    /// How many points are missing to it.
    PointsToReward,
    /// The dearest reward that is within reach.
    RewardInReach,
    /// A product that is recommended to them: the first, second or third.
    Recommended(u8),
    /// What the shop is called.
    Shop,
    /// Their pages.
    PortalLink,
    /// Where they unsubscribe.
    UnsubscribeLink,
    /// An attribute that the program declares.
    Attribute(String),
}

/// The fields by their names, whether each may be unknown, and what they mean.
pub const FIELDS: [(&str, Field, bool, &str); 15] = [
    (
        "first_name",
        Field::FirstName,
        true,
        "the first word of the member's name",
    ),
    ("name", Field::Name, true, "the member's name"),
    (
        "balance",
        Field::Balance,
        false,
        "the points that may be spent now",
    ),
    ("tier", Field::Tier, true, "the member's tier"),
    (
        "points_to_lapse",
        Field::PointsToLapse,
        true,
        "how many points lapse next",
    ),
    (
        "lapse_on",
        Field::LapseOn,
        true,
        "the day on which they lapse",
    ),
    (
        "next_reward",
        Field::NextReward,
        true,
        "the cheapest reward that is not within reach yet",
    ),
    (
        "points_to_reward",
        Field::PointsToReward,
        true,
        "how many points are missing to it",
    ),
    (
        "reward_in_reach",
        Field::RewardInReach,
        true,
        "the dearest reward that is within reach",
    ),
    (
        "recommended_1",
        Field::Recommended(0),
        true,
        "the product that is recommended first; of members who are held out it is unknown",
    ),
    (
        "recommended_2",
        Field::Recommended(1),
        true,
        "the product that is recommended second",
    ),
    (
        "recommended_3",
        Field::Recommended(2),
        true,
        "the product that is recommended third",
    ),
    ("shop", Field::Shop, false, "what the shop is called"),
    (
        "portal_link",
        Field::PortalLink,
        false,
        "the address of the member's pages",
    ),
    (
        "unsubscribe_link",
        Field::UnsubscribeLink,
        false,
        "where the member unsubscribes, without signing in",
    ),
];

/// How an attribute is named.
const ATTRIBUTE: &str = "attribute.";

/// A text with its places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Words(String),
    Place(Field, String),
}

/// Something that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFault {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// What is known of a member, in the words of their language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Personal {
    /// What they are called.
    pub name: Option<String>,
    /// Their points.
    pub balance: String,
    /// Their tier.
    pub tier: Option<String>,
    /// How many points lapse next, and when.
    pub lapse: Option<(String, CivilDay)>,
    /// The next reward, and what is missing to it.
    pub next_reward: Option<(String, String)>,
    /// The dearest reward within reach.
    pub reward_in_reach: Option<String>,
    /// What is recommended to them, the best first.
    pub recommended: Vec<String>,
    /// What the shop is called.
    pub shop: String,
    /// Their pages.
    pub portal_link: String,
    /// Where they unsubscribe.
    pub unsubscribe_link: String,
    /// Their attributes.
    pub attributes: BTreeMap<String, String>,
}

impl Parsed {
    /// Reads a text; all faults at once. `attributes` are those that the program declares.
    ///
    /// # Errors
    /// It names what is not there, leaves a brace open, or does not say what stands in for what may be unknown.
    pub fn new(text: &str, attributes: &[&str]) -> Result<Self, Vec<TemplateFault>> {
        let (mut parts, mut faults) = (Vec::new(), Vec::new());
        let (mut words, mut rest) = (String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            words.push_str(&rest[..at]);
            let offset = text.len() - rest.len() + at;
            let from = &rest[at..];
            if from.starts_with("{{") || from.starts_with("}}") {
                words.push_str(&from[..1]);
                rest = &from[2..];
                continue;
            }
            let end = from.find('}').filter(|_| from.starts_with('{'));
            let Some(end) = end else {
                let what = format!("`{}` stands alone", &from[..1]);
                faults.push(fault(
                    text,
                    offset,
                    what,
                    "write it twice where it is meant as it is".into(),
                ));
                rest = &from[1..];
                continue;
            };
            match place(&from[1..end], attributes) {
                Ok((field, otherwise)) => {
                    if !words.is_empty() {
                        parts.push(Part::Words(std::mem::take(&mut words)));
                    }
                    parts.push(Part::Place(field, otherwise));
                }
                Err((message, hint)) => faults.push(fault(text, offset, message, hint)),
            }
            rest = &from[end + 1..];
        }
        words.push_str(rest);
        if !words.is_empty() {
            parts.push(Part::Words(words));
        }
        match faults.is_empty() {
            true => Ok(Self(parts)),
            false => Err(faults),
        }
    }

    /// Whether it names what is recommended to somebody.
    pub fn recommends(&self) -> bool {
        let names = |own: &Part| matches!(own, Part::Place(Field::Recommended(_), _));
        self.0.iter().any(names)
    }

    /// What it says to somebody.
    pub fn text(&self, personal: &Personal, language: &str) -> String {
        self.write(personal, language, |value, out| out.push_str(value))
    }

    /// The same in one line, for a subject.
    pub fn line(&self, personal: &Personal, language: &str) -> String {
        let text = self.text(personal, language);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What it says to somebody, as HTML: what is known of the member is text there, and never a tag.
    pub fn html(&self, personal: &Personal, language: &str) -> String {
        self.write(personal, language, escaped)
    }

    fn write(&self, personal: &Personal, language: &str, put: fn(&str, &mut String)) -> String {
        let mut out = String::new();
        for part in &self.0 {
            match part {
                Part::Words(words) => out.push_str(words),
                Part::Place(field, otherwise) => {
                    let value = personal.value(field, language);
                    put(value.as_deref().unwrap_or(otherwise), &mut out);
                }
            }
        }
        out
    }
}

impl Personal {
    fn value(&self, field: &Field, language: &str) -> Option<Cow<'_, str>> {
        let known = |text: &'_ str| !text.trim().is_empty();
        let value = match field {
            Field::FirstName => {
                let name = self.name.as_deref()?;
                name.split_whitespace().next().map(Cow::Borrowed)
            }
            Field::Name => self.name.as_deref().map(Cow::Borrowed),
            Field::Balance => Some(Cow::Borrowed(self.balance.as_str())),
            Field::Tier => self.tier.as_deref().map(Cow::Borrowed),
            Field::PointsToLapse => self.lapse.as_ref().map(|own| Cow::Borrowed(&*own.0)),
            Field::LapseOn => {
                let day = self.lapse.as_ref().map(|own| own.1);
                day.map(|day| Cow::Owned(day_words(day, language)))
            }
            Field::NextReward => self.next_reward.as_ref().map(|own| Cow::Borrowed(&*own.0)),
            Field::PointsToReward => self.next_reward.as_ref().map(|own| Cow::Borrowed(&*own.1)),
            Field::RewardInReach => self.reward_in_reach.as_deref().map(Cow::Borrowed),
            Field::Recommended(place) => {
                let own = self.recommended.get(usize::from(*place));
                own.map(|own| Cow::Borrowed(own.as_str()))
            }
            Field::Shop => Some(Cow::Borrowed(self.shop.as_str())),
            Field::PortalLink => Some(Cow::Borrowed(self.portal_link.as_str())),
            Field::UnsubscribeLink => Some(Cow::Borrowed(self.unsubscribe_link.as_str())),
            Field::Attribute(name) => self.attributes.get(name).map(|own| Cow::Borrowed(&**own)),
        };
        value.filter(|value| known(value))
    }
}

/// What stands between two braces.
fn place(inside: &str, attributes: &[&str]) -> Result<(Field, String), (String, String)> {
    let (name, otherwise) = match inside.split_once('|') {
        Some((name, otherwise)) => (name.trim(), Some(otherwise)),
        None => (inside.trim(), None),
    };
    let known = FIELDS.iter().find(|own| own.0 == name);
    let own = name.strip_prefix(ATTRIBUTE);
    let own = own.filter(|own| attributes.contains(own));
    let (field, may_be_unknown) = match (known, own) {
        (Some((_, field, may_be_unknown, _)), _) => (field.clone(), *may_be_unknown),
        (None, Some(own)) => (Field::Attribute(own.to_owned()), true),
        (None, None) => return Err(unknown(name, attributes)),
    };
    match otherwise {
        None if may_be_unknown => Err((
            format!("`{name}` is not known of every member"),
            format!(
                "say what stands there instead, as in {{{name}|there}}; nothing after the bar for nothing"
            ),
        )),
        otherwise => Ok((field, otherwise.unwrap_or_default().to_owned())),
    }
}

fn unknown(name: &str, attributes: &[&str]) -> (String, String) {
    let shown: String = name.chars().take(40).collect();
    let own = attributes.iter().map(|own| format!("{ATTRIBUTE}{own}"));
    let all: Vec<String> = FIELDS
        .iter()
        .map(|own| own.0.to_owned())
        .chain(own)
        .collect();
    let hint = format!(
        "there are {}; write {{{{ where a brace is meant as it is",
        all.join(", ")
    );
    (format!("`{shown}` is no field"), hint)
}

fn fault(text: &str, offset: usize, message: String, hint: String) -> TemplateFault {
    let before = text.get(..offset).unwrap_or(text);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
    let line = before.rsplit('\n').next().unwrap_or(before);
    TemplateFault {
        line: count(before.matches('\n').count()),
        column: count(line.chars().count()),
        message,
        hint,
    }
}

fn escaped(value: &str, out: &mut String) {
    for letter in value.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
/// As they are after a number.
const RUSSIAN: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// A day, as it is written in a language; by its numbers where that is not known here.
fn day_words(day: CivilDay, language: &str) -> String {
    let (year, month, number) = day.year_month_day();
    let named = |names: [&'static str; 12]| names[usize::try_from(month - 1).unwrap_or(0).min(11)];
    match language.split('-').next().unwrap_or_default() {
        "en" => format!("{number} {} {year}", named(ENGLISH)),
        "de" => format!("{number}. {} {year}", named(GERMAN)),
        "ru" => format!("{number} {} {year} г.", named(RUSSIAN)),
        "zh" => format!("{year}年{month}月{number}日"),
        _ => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Personal {
        Personal {
            name: Some("Ana <b>Lima</b>".into()),
            balance: "120".into(),
            lapse: Some(("20".into(), CivilDay::of(2025, 3, 9))),
            shop: "Bean & Co".into(),
            attributes: BTreeMap::from([("city".to_owned(), "Köln".to_owned())]),
            ..Personal::default()
        }
    }

    fn read(text: &str) -> Parsed {
        Parsed::new(text, &["city"]).expect("is right")
    }

    #[test]
    fn places_say_what_is_known_and_what_stands_in_for_it() {
        let text = read(
            "Hello {first_name|there}: {balance} ({tier|no tier}{next_reward|}) {points_to_lapse|0} on \
             {lapse_on|no day}, {attribute.city|?} {{as it is}}",
        );
        assert_eq!(
            text.text(&ana(), "en"),
            "Hello Ana: 120 (no tier) 20 on 9 March 2025, Köln {as it is}"
        );
        let nobody = Personal::default();
        assert_eq!(
            text.text(&nobody, "de"),
            "Hello there:  (no tier) 0 on no day, ? {as it is}"
        );
        let day = read("{lapse_on|}");
        let said = ["de", "ru", "zh-Hans", "fr"].map(|language| day.text(&ana(), language));
        assert_eq!(
            said,
            [
                "9. März 2025",
                "9 марта 2025 г.",
                "2025年3月9日",
                "2025-03-09"
            ]
        );
    }

    #[test]
    fn what_a_member_is_called_is_never_a_tag_and_never_a_second_line() {
        let html = read("<p>{name|\"you\"} {shop}</p>");
        assert_eq!(
            html.html(&ana(), "en"),
            "<p>Ana &lt;b&gt;Lima&lt;/b&gt; Bean &amp; Co</p>"
        );
        let nobody = Personal::default();
        assert_eq!(html.html(&nobody, "en"), "<p>&quot;you&quot; </p>");
        let two = Personal {
            name: Some("Ana\r\nBcc: all@example.com".into()),
            ..Personal::default()
        };
        assert_eq!(
            read("For {name|you}").line(&two, "en"),
            "For Ana Bcc: all@example.com"
        );
    }

    #[test]
    fn what_is_wrong_is_said_at_its_place_all_at_once() {
        let faults = Parsed::new(
            "Dear {nobody}\nyou {first_name} and {attribute.shoe|x} }",
            &["city"],
        );
        let faults = faults.expect_err("is wrong");
        let places: Vec<_> = faults.iter().map(|own| (own.line, own.column)).collect();
        assert_eq!(places, [(1, 6), (2, 5), (2, 22), (2, 41)]);
        assert!(
            faults[0].message.contains("`nobody` is no field"),
            "{faults:?}"
        );
        assert!(faults[0].hint.contains("attribute.city"), "{faults:?}");
        assert!(faults[1].hint.contains("{first_name|there}"), "{faults:?}");
        assert!(faults[3].message.contains("stands alone"), "{faults:?}");
        assert!(Parsed::new("open {first_name", &[]).is_err());
    }
}
