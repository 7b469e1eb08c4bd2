//! The words that conditions are made of.

use super::ConditionFault;
use crate::program::phrase::Decimal;

/// A word and the byte at which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) word: Word,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Name(String),
    Number(Decimal),
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// Longer ones first, so that `<=` is not read as `<` and `=`.
const SIGNS: [&str; 22] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]",
    ",", ".", "?", ":",
];

/// Cuts a text into words.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ConditionFault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match first {
            _ if first.is_whitespace() => first.len_utf8(),
            '"' | '\'' => {
                let (word, length) = quoted(rest, first, at)?;
                tokens.push(Token { at, word });
                length
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = length_of(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                let word = Word::Name(rest[..length].to_owned());
                tokens.push(Token { at, word });
                length
            }
            '0'..='9' => {
                let (word, length) = number(rest, at)?;
                tokens.push(Token { at, word });
                length
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
                let sign = sign.ok_or_else(|| stray(first, at))?;
                let word = Word::Sign(sign);
                tokens.push(Token { at, word });
                sign.len()
            }
        };
        at += length;
    }
    Ok(tokens)
}

fn stray(found: char, at: usize) -> ConditionFault {
    let hint = match found {
        '=' => "write `==` to compare",
        '&' => "write `&&` for and",
        '|' => "write `||` for or",
        _ => "write it as in `order.total >= 15 && weekday == \"tue\"`",
    };
    fault(at, format!("`{found}` does not belong here"), hint)
}

fn fault(at: usize, message: impl Into<String>, hint: &str) -> ConditionFault {
    ConditionFault {
        offset: at,
        message: message.into(),
        hint: Some(hint.into()),
    }
}

fn length_of(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// A number: digits, and decimals if there are any.
fn number(text: &str, at: usize) -> Result<(Word, usize), ConditionFault> {
    let length = length_of(text, |c| c.is_ascii_alphanumeric() || c == '.');
    match Decimal::parse(&text[..length]) {
        Some(decimal) => Ok((Word::Number(decimal), length)),
        None => Err(fault(
            at,
            "the number cannot be taken exactly",
            "write it as `12.50`, with at most 15 digits",
        )),
    }
}

/// Text in quotes, and how long it is with them.
fn quoted(text: &str, quote: char, at: usize) -> Result<(Word, usize), ConditionFault> {
    let mut made = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((place, c)) = chars.next() {
        match c {
            _ if c == quote => return Ok((Word::Text(made), place + 1)),
            '\\' => match chars.next() {
                Some((_, escaped @ ('\\' | '"' | '\'' | '`' | '?'))) => made.push(escaped),
                Some((_, 'n')) => made.push('\n'),
                Some((_, 't')) => made.push('\t'),
                _ => {
                    return Err(fault(
                        at + place,
                        "this backslash means nothing",
                        "write `\\\\` for a backslash, `\\\"` for a quote",
                    ));
                }
            },
            '\n' => break,
            other => made.push(other),
        }
    }
    Err(fault(
        at,
        "the quoted text does not end",
        "close it with the quote that it begins with",
    ))
}
