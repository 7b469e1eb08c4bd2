//! The program file: one, or two with a mark between them, of which the second takes over from the first.

use crate::life::Life;
use crate::{MARK, text};
use regulars_engine::Program;
use regulars_engine::changeover;
use regulars_engine::program::cards::{CardValue, cards};
use regulars_engine::program::compile::compile;
use regulars_engine::program::diagnostic::Severity;
use regulars_engine::program::words::difference::difference;
use regulars_engine::program::words::summary::parts;
use regulars_engine::program::words::{Language, Reader};
use std::sync::Arc;

pub(crate) fn open(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let (first, second) = text.split_once(MARK).unwrap_or((text, ""));
    let (old, new) = (compiled(first), compiled(second));
    let Some(old) = old else { return };
    if let Some(new) = &new {
        // In words, in both directions; and alike where the texts are.
        for language in Language::ALL {
            let said = difference(&old, new, language);
            let back = difference(new, &old, language);
            assert_eq!(said.is_empty(), back.is_empty(), "{said:#?}\n{back:#?}");
        }
        changeover::between(&old, new);
    }
    let mut life = Life::new(old);
    life.live();
    if let Some(new) = new {
        life.apply(new);
        life.live();
    }
}

/// The program of a text, if it is one. What is wrong is told with a place in the text; what is right reads
/// alike once more.
pub(crate) fn compiled(text: &str) -> Option<Arc<Program>> {
    forms(text);
    let (program, said) = compile(text);
    let lines = text.lines().count().max(1) + 1;
    for one in &said {
        assert!(
            one.line >= 1 && one.line <= lines && one.column >= 1,
            "{one:?}"
        );
        assert!(!one.message.is_empty(), "{one:?}");
        one.render("program.toml", text);
    }
    let errors = said.iter().any(|one| one.severity == Severity::Error);
    assert_eq!(program.is_some(), !errors, "{said:#?}");
    let program = program?;
    let again = compile(text).0.expect("what compiles, compiles again");
    assert_eq!(program.hash, again.hash);
    for language in Language::ALL {
        let said = difference(&program, &again, language);
        assert!(said.is_empty(), "a program differs from itself: {said:#?}");
        let program = &program;
        for part in parts(Reader { program, language }) {
            assert!(!part.sentence().is_empty());
        }
    }
    Some(Arc::new(program))
}

/// What a form shows of a text stands in it: whoever changes a field changes that value and nothing else.
fn forms(text: &str) {
    for card in cards(text).unwrap_or_default() {
        if let Some(span) = card.span {
            assert!(text.get(span.clone()).is_some(), "{span:?}");
        }
        if let Some(at) = card.add_at {
            assert!(text.is_char_boundary(at), "{at}");
        }
        for field in card.fields {
            let written = text.get(field.span.clone());
            let written = written.unwrap_or_else(|| panic!("{field:?} stands nowhere"));
            match &field.value {
                CardValue::Number(number) => assert_eq!(written, number),
                CardValue::Flag(flag) => assert_eq!(written, flag.to_string()),
                CardValue::Text(_) | CardValue::Other(_) => {}
            }
            if let Some(row) = field.row {
                assert!(text.get(row.clone()).is_some(), "{row:?}");
                assert!(row.start <= field.span.start && field.span.end <= row.end);
            }
        }
    }
}
