//! From text to the syntax tree of CEL, within bounds.

use super::{Condition, ConditionFault};
use cel::IdedExpr;
use cel::common::ast::SourceInfo;
use cel::parser::Parser;

/// The most operators of a condition: each may deepen the tree by one.
const OPERATORS_MAX: usize = 400;

/// A condition that is CEL.
pub(super) struct Parsed<'a> {
    pub(super) text: &'a str,
    pub(super) expr: IdedExpr,
    info: SourceInfo,
}

/// Parses a condition. The bounds are checked before the parser sees the text, because it calls
/// itself for each level of nesting.
pub(super) fn parse(text: &str) -> Result<Parsed<'_>, Vec<ConditionFault>> {
    if let Err(fault) = check_bounds(text) {
        return Err(vec![fault]);
    }
    match Parser::new()
        .error_recovery_limit(8)
        .parse_with_source_info(text)
    {
        Ok((expr, info)) => Ok(Parsed { text, expr, info }),
        Err(errors) => {
            let fault = |error: &cel::ParseError| {
                let (message, hint) = plain(&error.msg);
                ConditionFault {
                    offset: byte_of(text, error.pos),
                    message,
                    hint: Some(hint.into()),
                }
            };
            // One slip of the pen makes the parser stumble several times; the first is the slip.
            let first = errors.errors.first().map(fault);
            Err(vec![first.unwrap_or_else(|| ConditionFault {
                offset: 0,
                message: "this is no condition".into(),
                hint: None,
            })])
        }
    }
}

impl Parsed<'_> {
    /// The byte at which a part of the tree stands.
    pub(super) fn offset(&self, id: u64) -> usize {
        let place = self.info.offset_for(id).map_or(0, |(start, _)| start);
        nth_char(self.text, usize::try_from(place).unwrap_or(0))
    }
}

/// The byte at which character `count` stands.
fn nth_char(text: &str, count: usize) -> usize {
    text.char_indices()
        .nth(count)
        .map_or(text.len(), |(byte, _)| byte)
}

/// The byte of a line (from 1) and column (from 1).
fn byte_of(text: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line - 1).unwrap_or(0);
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let column = usize::try_from(column - 1).unwrap_or(0);
    before + nth_char(&text[before..], column)
}

/// The parser's words in ours: what does not belong there, and what to do.
fn plain(message: &str) -> (String, &'static str) {
    let hint = "write it as in `order.total >= 15 && weekday == \"tue\"`";
    if message.contains("input '<EOF>'") || message.contains("at '<EOF>'") {
        return ("the condition ends too early".into(), hint);
    }
    let quoted = message
        .split_once('\'')
        .and_then(|(_, rest)| rest.split_once('\''));
    let Some((token, _)) = quoted else {
        let short: String = message.chars().take(80).collect();
        return (format!("this is no condition ({short})"), hint);
    };
    let token: String = token.trim().chars().take(40).collect();
    let hint = match token.as_str() {
        "=" => "write `==` to compare",
        "&" => "write `&&` for and",
        "|" => "write `||` for or",
        _ => hint,
    };
    (format!("`{token}` does not belong here"), hint)
}

/// Length, nesting and number of operators, outside of quoted text.
fn check_bounds(text: &str) -> Result<(), ConditionFault> {
    let fault = |offset, message: String, hint: &str| ConditionFault {
        offset,
        message,
        hint: Some(hint.into()),
    };
    if text.len() > Condition::TEXT_MAX {
        let most = Condition::TEXT_MAX;
        return Err(fault(
            0,
            format!("the condition is longer than {most} bytes"),
            "make it two rules",
        ));
    }
    if text.trim().is_empty() {
        return Err(fault(
            0,
            "the condition is empty".into(),
            "leave it out to mean always",
        ));
    }
    let (mut depth, mut operators, mut quote, mut escaped) = (0_usize, 0_usize, None, false);
    for (offset, byte) in text.bytes().enumerate() {
        if let Some(open) = quote {
            if escaped {
                escaped = false;
            } else if byte == b'\\' {
                escaped = true;
            } else if byte == open {
                quote = None;
            }
            continue;
        }
        match byte {
            b'"' | b'\'' => quote = Some(byte),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'!' | b'-' | b'+' | b'*' | b'/' | b'%' | b'?' | b'&' | b'|' | b'=' | b'<' | b'>'
            | b'.' => {
                operators += 1;
            }
            _ => {}
        }
        if depth > Condition::NESTING_MAX {
            let most = Condition::NESTING_MAX;
            return Err(fault(
                offset,
                format!("this is nested deeper than {most}"),
                "make it two rules",
            ));
        }
        if operators > OPERATORS_MAX {
            return Err(fault(
                offset,
                "the condition is too long-winded".into(),
                "make it two rules",
            ));
        }
    }
    Ok(())
}
