//! Holds what was seen against what was expected.

use super::{Expect, Fact, Seen, Value};
use std::ops::Range;

/// Something that came out otherwise than expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// In words: `beans: expected 24, got 20`.
    pub what: String,
    /// Where the expectation stands in the file, and what would have to stand there; nothing where
    /// no expectation was written.
    pub instead: Option<(Range<usize>, String)>,
}

/// Every difference between what was expected and what was seen. A refusal that nobody expected
/// is one too.
pub fn compare(expect: &Expect, seen: &Seen) -> Vec<Difference> {
    let mut differences = Vec::new();
    let refusal_named = expect.wanted.iter().any(|w| w.fact == Fact::Refused);
    if let (Some(code), false) = (&seen.refused, refusal_named) {
        differences.push(Difference {
            what: format!("refused: {code}, and no refusal was expected"),
            instead: None,
        });
    }
    for wanted in &expect.wanted {
        let Some(got) = seen.get(&wanted.fact) else {
            continue;
        };
        if got != wanted.value {
            differences.push(Difference {
                what: format!(
                    "{}: expected {}, got {}",
                    wanted.fact.words(),
                    wanted.value.written(),
                    got.written()
                ),
                instead: Some((wanted.span.clone(), got.written())),
            });
        }
    }
    differences
}

/// The story with what was seen in place of what was expected; everything else, comments too,
/// stays as it is.
pub fn update(text: &str, differences: &[Difference]) -> String {
    let mut changes: Vec<&(Range<usize>, String)> = differences
        .iter()
        .filter_map(|difference| difference.instead.as_ref())
        .collect();
    changes.sort_by_key(|(span, _)| span.start);
    changes.dedup_by_key(|(span, _)| span.start);
    let mut updated = text.to_owned();
    for (span, instead) in changes.into_iter().rev() {
        updated.replace_range(span.clone(), instead);
    }
    updated
}

impl Fact {
    fn words(&self) -> String {
        match self {
            Self::Available(id) => id.clone(),
            Self::Pending(id) => format!("{id} pending"),
            Self::Debt(id) => format!("{id} owed"),
            Self::Held(id) => format!("{id} held"),
            Self::Lots(id) => format!("lots of {id}"),
            Self::Tier => "tier".into(),
            Self::Plan => "plan".into(),
            Self::Stamps(card) => format!("stamps on {card}"),
            Self::Vouchers(reward) => format!("vouchers for {reward}"),
            Self::Refused => "refused".into(),
            Self::Duplicate => "duplicate".into(),
            Self::Because => "because".into(),
        }
    }
}

impl Value {
    /// As it stands in the file.
    fn written(&self) -> String {
        let quoted = |text: &String| format!("{text:?}");
        match self {
            Self::Number(number) if number.contains('.') => quoted(number),
            Self::Number(number) => number.clone(),
            Self::Text(text) => quoted(text),
            Self::Bool(yes) => yes.to_string(),
            Self::Texts(texts) => {
                let texts: Vec<String> = texts.iter().map(quoted).collect();
                format!("[{}]", texts.join(", "))
            }
        }
    }
}
