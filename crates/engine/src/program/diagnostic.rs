//! What is wrong with a program file, and where.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but it hardly says what was meant.
    Warning,
}

/// Something wrong with a program file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// For people: place, message, and the line itself with a caret under the place.
    pub fn render(&self, file: &str, text: &str) -> String {
        let mut shown = format!("{file}:{self}");
        if let Some(line) = text.lines().nth(self.line - 1) {
            let number = self.line.to_string();
            let gutter = " ".repeat(number.len());
            // A tab before the caret stays a tab, so that the caret stands under its character.
            let pad: String = line
                .chars()
                .take(self.column - 1)
                .map(|c| if c == '\t' { '\t' } else { ' ' })
                .collect();
            shown += &format!("\n {gutter} |\n {number} | {line}\n {gutter} | {pad}^");
        }
        shown
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl fmt::Display for Diagnostic {
    /// `12:8: error: unknown field ..., did you mean ...?`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            severity,
            line,
            column,
            message,
            ..
        } = self;
        write!(f, "{line}:{column}: {severity}: {message}")?;
        match &self.hint {
            Some(hint) if hint.starts_with("did you mean") => write!(f, ", {hint}"),
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// What is wrong with a value, before it is known where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

impl Wrong {
    /// This is wrong, and that is what to do.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// What another reader found wrong: up to the semicolon what it is, after it what to do.
    pub(crate) fn said(error: &impl fmt::Display) -> Self {
        let said = error.to_string();
        match said.split_once("; ") {
            Some((message, hint)) => Self::new(message, hint),
            None => Self {
                message: said,
                hint: None,
            },
        }
    }
}

/// Everything wrong that was found so far, by place in the text.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: RefCell<Vec<(Range<usize>, Severity, Wrong)>>,
}

impl Findings {
    /// This is wrong there.
    pub(crate) fn error(&self, at: Range<usize>, wrong: Wrong) {
        self.found.borrow_mut().push((at, Severity::Error, wrong));
    }

    /// This is odd there.
    pub(crate) fn warn(&self, at: Range<usize>, wrong: Wrong) {
        self.found.borrow_mut().push((at, Severity::Warning, wrong));
    }

    /// Whether anything stands in the way of using the file.
    pub(crate) fn any_error(&self) -> bool {
        let found = self.found.borrow();
        found
            .iter()
            .any(|(_, severity, _)| *severity == Severity::Error)
    }

    /// All of it, sorted by place, each once.
    pub(crate) fn into_diagnostics(self, text: &str) -> Vec<Diagnostic> {
        let mut found = self.found.into_inner();
        found.sort_by(|a, b| (a.0.start, a.1, &a.2.message).cmp(&(b.0.start, b.1, &b.2.message)));
        found.dedup();
        found
            .into_iter()
            .map(|(at, severity, wrong)| {
                let (line, column) = place(text, at.start);
                Diagnostic {
                    severity,
                    line,
                    column,
                    message: wrong.message,
                    hint: wrong.hint,
                }
            })
            .collect()
    }
}

/// Line and column, from 1, of a byte of the text.
fn place(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, before[start..].chars().count() + 1)
}

/// Of `known`, the one that `word` was most likely meant to be.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|known| (strsim::osa_distance(word, known), known))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// The hint for a word that is not known: the nearest, or all of them.
pub(crate) fn did_you_mean(word: &str, known: &[&str]) -> Option<String> {
    match nearest(word, known.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if known.is_empty() => None,
        None => Some(format!("use one of {}", listed(known))),
    }
}

/// `a`, `b` or `c`, at most a dozen.
pub(crate) fn listed(words: &[&str]) -> String {
    let ticked: Vec<String> = words
        .iter()
        .take(12)
        .map(|word| format!("`{word}`"))
        .collect();
    let more = if words.len() > 12 { ", ..." } else { "" };
    match ticked.split_last() {
        Some((last, rest)) if !rest.is_empty() && more.is_empty() => {
            format!("{} or {last}", rest.join(", "))
        }
        _ => format!("{}{more}", ticked.join(", ")),
    }
}
