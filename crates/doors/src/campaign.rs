//! What is written to members, and when: `template`, `journey` or `assumptions` on the first line, the text
//! behind it.

use crate::headed;
use regulars_engage::journey::Known;
use regulars_engage::{Journey, Parsed, Personal};
use regulars_sim::assumption;

pub(crate) fn open(data: &[u8]) {
    let Some((sort, text)) = headed(data) else {
        return;
    };
    match sort {
        "template" => template(text),
        "journey" => journey(text),
        "assumptions" => match assumption::read(text) {
            Ok(all) => assert!(!all.is_empty()),
            Err(why) => assert!(!why.to_string().is_empty()),
        },
        _ => {}
    }
}

/// A template says what it says, and nothing of a member is a tag.
fn template(text: &str) {
    let parsed = match Parsed::new(text, &["city"]) {
        Ok(parsed) => parsed,
        Err(faults) => {
            assert!(!faults.is_empty());
            return;
        }
    };
    let mark = "<b>Ana & \"Co\"</b>";
    let personal = Personal {
        name: Some(mark.into()),
        balance: "1".into(),
        attributes: [("city".to_owned(), mark.to_owned())].into(),
        ..Personal::default()
    };
    let written = text.matches(mark).count();
    for language in ["en", "de", "zh-Hant", "xx"] {
        let line = parsed.line(&personal, language);
        assert!(!line.contains('\n') && line.trim() == line, "{line}");
        let html = parsed.html(&personal, language);
        assert!(html.matches(mark).count() <= written, "{html}");
        parsed.text(&personal, language);
    }
    parsed.recommends();
}

/// A journey names all that is wrong with it, by place.
fn journey(text: &str) {
    let program = crate::event::known("fashion.toml").expect("is one of ours");
    let known = Known {
        templates: ["hello", "soon"].map(str::to_owned).into(),
        segments: ["regulars"].map(str::to_owned).into(),
    };
    match Journey::read(text, &program, &known) {
        Ok(journey) => {
            for place in 0..journey.steps.len() {
                assert_eq!(journey.place(&journey.steps[place].id), Some(place));
            }
            journey.conditions();
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(fault.line >= 1 && fault.column >= 1 && !fault.message.is_empty());
            }
        }
    }
}
