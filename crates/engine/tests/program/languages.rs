//! Reasons in the languages that are not English: each has all that the code says and nothing else, and
//! what it makes of it.

#![expect(
    clippy::disallowed_methods,
    reason = "a test may read the sources that it holds to the languages"
)]

use regulars_base::{Name, Timestamp};
use regulars_engine::outcome::{Miss, Note, Refusal};
use regulars_engine::program::compile::compile;
use regulars_engine::program::words::{Language, Reader, note, outlook, refusal};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const COFFEE: &str = include_str!("../../../../programs/coffee-shop.toml");

/// The templates that the code says, each with whether a count chooses its form: the first text of each
/// `say!` and `word!`, and the second of `plural!`, which is the one for many.
fn said() -> BTreeMap<String, bool> {
    let words = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/program/words");
    let mut files = vec![words.with_extension("rs")];
    let mut folders = vec![words];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    let mut said = BTreeMap::new();
    // The file of the macros says nothing, it explains them.
    files.retain(|file| !file.ends_with("language.rs"));
    for file in files {
        let text = std::fs::read_to_string(file).expect("it can be read");
        for (name, by_count) in [("say!(", false), ("word!(", false), ("plural!(", true)] {
            for (at, _) in text.match_indices(name) {
                let rest = &text[at + name.len()..];
                let (first, rest) = literal(rest);
                let template = if by_count { literal(rest).0 } else { first };
                said.insert(template, by_count);
            }
        }
    }
    said
}

/// The first literal of a text, as it is at run time, and what comes after it.
fn literal(text: &str) -> (String, &str) {
    let (_, inside) = text.split_once('"').expect("a template is a literal");
    let mut escaped = false;
    let end = inside.find(|letter| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    });
    let (literal, rest) = inside.split_at(end.expect("a literal has an end"));
    // A line that ends in a backslash goes on where the next one begins.
    let mut lines = literal.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let whole = lines.fold(first, |whole, line| whole + line.trim_start());
    (
        whole.replace("\\\"", "\"").replace("\\\\", "\\"),
        &rest[1..],
    )
}

fn places(text: &str) -> BTreeSet<&str> {
    let parts = text.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .collect()
}

#[test]
fn every_language_has_all_that_is_said_and_nothing_else() {
    let said = said();
    assert!(said.len() > 400, "the templates are found: {}", said.len());
    let mut faults = Vec::new();
    for language in Language::ALL.into_iter().skip(1) {
        let tag = language.tag();
        let texts: BTreeMap<_, _> = language.texts().into_iter().collect();
        let lacks = said.keys().filter(|own| !texts.contains_key(own.as_str()));
        faults.extend(lacks.map(|own| format!("{tag} lacks {own:?}")));
        let unused = texts.keys().filter(|own| !said.contains_key(**own));
        faults.extend(unused.map(|own| format!("{tag} has {own:?}, which nobody says")));
        for (template, forms) in texts {
            let names: BTreeSet<_> = forms.iter().map(|(form, _)| *form).collect();
            let wanted: BTreeSet<_> = match said.get(template) {
                Some(true) if language.forms().len() > 1 => {
                    language.forms().iter().copied().collect()
                }
                _ => BTreeSet::from([""]),
            };
            if names != wanted {
                faults.push(format!("{tag} has {template:?} in the forms {names:?}"));
            }
            let other = |(_, text): &&(&str, &str)| places(text) != places(template);
            let other = forms.iter().filter(other);
            faults.extend(other.map(|(_, text)| format!("{tag}: {text:?} for {template:?}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_purchase_is_explained_in_each_language() {
    let program = compile(COFFEE).0.expect("the example compiles");
    let gave = Note::Gave {
        rule: 0,
        points: Name::of("beans"),
        basis: 1240,
        before: 12,
        given: 12,
    };
    let missed = |rule, why| Note::Missed { rule, why };
    let lapsed = Note::Expired {
        points: Name::of("beans"),
        amount: 12,
        at: "2025-03-01T12:00:00Z"
            .parse::<Timestamp>()
            .expect("is a moment"),
    };
    let stamped = |by| Note::Stamped {
        card: 0,
        by,
        stamps: 3,
    };
    for (language, said) in [
        (
            Language::En,
            [
                "spend: 12.40 EUR gives 12 beans",
                "breakfast: not counted, its limit of once per member and day is used up",
                "tuesday-beans: not counted, its condition `weekday == \"tue\" && line.category == \"coffee-beans\"` does not hold",
                "12 beans lapsed on 2025-03-01",
                "card tenth-coffee-free: +1 stamp, 3 of 10 now",
                "card tenth-coffee-free: +2 stamps, 3 of 10 now",
                "card tenth-coffee-free: +5 stamps, 3 of 10 now",
            ],
        ),
        (
            Language::De,
            [
                "spend: 12,40 EUR ergeben 12 beans",
                "breakfast: zählt nicht, die Grenze von einmal je Mitglied und Tag ist ausgeschöpft",
                "tuesday-beans: zählt nicht, die Bedingung `weekday == \"tue\" && line.category == \"coffee-beans\"` trifft nicht zu",
                "12 beans am 01.03.2025 verfallen",
                "Karte tenth-coffee-free: +1 Stempel, jetzt 3 von 10",
                "Karte tenth-coffee-free: +2 Stempel, jetzt 3 von 10",
                "Karte tenth-coffee-free: +5 Stempel, jetzt 3 von 10",
            ],
        ),
        (
            Language::Ru,
            [
                "spend: 12,40 EUR — это 12 beans",
                "breakfast: не учтено, предел «один раз на участника в день» исчерпан",
                "tuesday-beans: не учтено, условие `weekday == \"tue\" && line.category == \"coffee-beans\"` не выполнено",
                "12 beans: срок истёк 01.03.2025",
                "карта tenth-coffee-free: +1 штамп, теперь 3 из 10",
                "карта tenth-coffee-free: +2 штампа, теперь 3 из 10",
                "карта tenth-coffee-free: +5 штампов, теперь 3 из 10",
            ],
        ),
        (
            Language::ZhHans,
            [
                "spend：12.40 EUR 得 12 beans",
                "breakfast：未计入，限额（1 次，每位会员每天）已用完",
                "tuesday-beans：未计入，条件 `weekday == \"tue\" && line.category == \"coffee-beans\"` 不成立",
                "12 beans 已于 2025年3月1日 过期",
                "集章卡 tenth-coffee-free：+1 个章，现有 3 / 10",
                "集章卡 tenth-coffee-free：+2 个章，现有 3 / 10",
                "集章卡 tenth-coffee-free：+5 个章，现有 3 / 10",
            ],
        ),
        (
            Language::ZhHant,
            [
                "spend：12.40 EUR 得 12 beans",
                "breakfast：未計入，限額（1 次，每位會員每天）已用完",
                "tuesday-beans：未計入，條件 `weekday == \"tue\" && line.category == \"coffee-beans\"` 不成立",
                "12 beans 已於 2025年3月1日 過期",
                "集章卡 tenth-coffee-free：+1 個章，現有 3 / 10",
                "集章卡 tenth-coffee-free：+2 個章，現有 3 / 10",
                "集章卡 tenth-coffee-free：+5 個章，現有 3 / 10",
            ],
        ),
    ] {
        let reader = Reader {
            program: &program,
            language,
        };
        let notes = [
            &gave,
            &missed(2, Miss::Limit(0)),
            &missed(1, Miss::Condition),
            &lapsed,
            &stamped(1),
            &stamped(2),
            &stamped(5),
        ];
        assert_eq!(notes.map(|own| note(reader, own)), said);
    }
}

#[test]
fn what_is_refused_and_where_a_member_stands_is_said_too() {
    let program = compile(COFFEE).0.expect("the example compiles");
    let refused = Refusal::InsufficientPoints {
        points: Name::of("beans"),
        available: 3,
        price: 450,
    };
    let reader = |language| Reader {
        program: &program,
        language,
    };
    let why = |language| refusal(reader(language), &refused);
    assert_eq!(
        why(Language::De),
        "es kostet 450 beans, und 3 beans sind da"
    );
    assert_eq!(why(Language::ZhHans), "需要 450 beans，可用 3 beans");
    let outlook_of = regulars_engine::outlook::TierOutlook {
        tier: 0,
        since: None,
        until: None,
        own: None,
        held: Vec::new(),
        keep: None,
        challenge: None,
        next: None,
        lifetime: None,
    };
    let said = outlook::tier(reader(Language::De), &outlook_of);
    assert_eq!(said, [format!("Stufe {}", program.tiers[0].id)]);
}

#[test]
fn languages_are_known_by_their_tags() {
    for language in Language::ALL {
        assert_eq!(Language::of(language.tag()), Some(language));
    }
    assert_eq!(Language::of("zh-HK"), Some(Language::ZhHant));
    assert_eq!(Language::of("de_CH"), Some(Language::De));
    assert_eq!(Language::of("fr"), None);
}
