//! Takes named values out of a table, one by one, and reports what is wrong or left over.

use super::node::{Fault, Node, What, line_of};
use regulars_base::Text;
use std::ops::Range;

/// What is read, and what was wrong with it so far.
pub(super) struct Reader<'a> {
    /// The file.
    pub(super) text: &'a str,
    /// All faults, in the order in which they were found.
    pub(super) faults: Vec<Fault>,
}

/// The values of one table that were not asked for yet.
pub(super) struct Fields {
    entries: Vec<(String, Node)>,
    known: Vec<&'static str>,
    what: &'static str,
    /// Where the table stands.
    pub(super) span: Range<usize>,
}

impl Reader<'_> {
    /// Something is wrong at `at`.
    pub(super) fn fault(&mut self, at: &Range<usize>, what: impl Into<String>) {
        self.faults.push(Fault {
            line: line_of(self.text, at.start),
            what: what.into(),
        });
    }

    /// The table in `node`, which is called `what` in messages.
    pub(super) fn fields(&mut self, node: Node, what: &'static str) -> Option<Fields> {
        match node.what {
            What::Table(entries) => Some(Fields {
                entries,
                known: Vec::new(),
                what,
                span: node.span,
            }),
            _ => {
                self.fault(
                    &node.span,
                    format!("{what} must be a table: {{ name = value }}"),
                );
                None
            }
        }
    }

    /// Words.
    pub(super) fn words(&mut self, node: Node) -> Option<String> {
        match node.what {
            What::Text(words) => Some(words),
            _ => {
                self.fault(&node.span, "must be words between quotes");
                None
            }
        }
    }

    /// Words that may stand in keys and records.
    pub(super) fn text(&mut self, node: Node) -> Option<Text> {
        let span = node.span.clone();
        let words = match node.what {
            What::Number(digits) => digits,
            _ => self.words(node)?,
        };
        match Text::new(words) {
            Ok(text) => Some(text),
            Err(error) => {
                self.fault(&span, error.to_string());
                None
            }
        }
    }

    /// Yes or no.
    pub(super) fn yes(&mut self, node: &Node) -> bool {
        match node.what {
            What::Bool(yes) => yes,
            _ => {
                self.fault(&node.span, "must be true or false");
                false
            }
        }
    }

    /// A number with at most `decimals` decimals, in units of the last of them.
    pub(super) fn number(&mut self, node: &Node, decimals: u8) -> Option<i64> {
        let written = match &node.what {
            What::Number(digits) | What::Text(digits) => digits.as_str(),
            _ => "",
        };
        let number = exact(written, decimals);
        if number.is_none() {
            let what = match decimals {
                0 => "must be a whole number".to_owned(),
                _ => format!("must be a number with at most {decimals} decimals"),
            };
            self.fault(&node.span, what);
        }
        number
    }
}

/// `12.5` with two decimals is 1250; nothing if it is no such number.
pub(super) fn exact(written: &str, decimals: u8) -> Option<i64> {
    let (sign, digits) = match written.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, written.strip_prefix('+').unwrap_or(written)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let decimals = usize::from(decimals);
    let part = part.trim_end_matches('0');
    if whole.is_empty() || part.len() > decimals {
        return None;
    }
    let all = format!("{whole}{part:0<decimals$}");
    let only_digits = all.bytes().all(|byte| byte.is_ascii_digit());
    let size: i64 = if only_digits {
        all.parse().ok()?
    } else {
        return None;
    };
    Some(sign * size)
}

impl Fields {
    /// Whether `name` is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(own, _)| own == name)
    }

    /// The value of `name`, if it is there.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Node> {
        self.known.push(name);
        let at = self.entries.iter().position(|(own, _)| own == name)?;
        Some(self.entries.remove(at).1)
    }

    /// The words of `name`, or nothing said.
    pub(super) fn text(&mut self, reader: &mut Reader<'_>, name: &'static str) -> Option<Text> {
        self.take(name).and_then(|node| reader.text(node))
    }

    /// The words of `name`, which must be there.
    pub(super) fn needed(&mut self, reader: &mut Reader<'_>, name: &'static str) -> Option<Text> {
        match self.take(name) {
            Some(node) => reader.text(node),
            None => {
                reader.fault(&self.span, format!("{} needs `{name}`", self.what));
                None
            }
        }
    }

    /// All that was not asked for.
    pub(super) fn rest(&mut self) -> Vec<(String, Node)> {
        std::mem::take(&mut self.entries)
    }

    /// Reports what was not asked for.
    pub(super) fn done(mut self, reader: &mut Reader<'_>) {
        for (name, node) in self.rest() {
            let known = self.known.join(", ");
            let what = format!("{} has no field `{name}`; it may have: {known}", self.what);
            reader.fault(&node.span, what);
        }
    }
}
