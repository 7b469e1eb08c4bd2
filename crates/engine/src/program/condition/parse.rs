//! From text to the tree of a condition: the part of CEL that conditions are written in.
//!
//! The parser is our own. A generated one took more than a hundred kilobytes of stack for each
//! pair of parentheses, and a text that somebody sends must never be able to end the process.

use super::number::Number;
use super::token::{Token, Word, tokens};
use super::{Condition, ConditionFault};

/// A part of a condition.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The byte of the text at which it stands.
    pub(super) at: usize,
    pub(super) kind: Kind,
    /// How many levels it has.
    depth: usize,
}

/// What a part is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Flag(bool),
    Number(Number),
    Text(String),
    /// `weekday`, `order.total`.
    Name(String),
    List(Vec<Node>),
    Not(Box<Node>),
    Negative(Box<Node>),
    /// All of these, however many in a row.
    All(Vec<Node>),
    /// One of these, however many in a row.
    Any(Vec<Node>),
    /// Two parts and the sign between them.
    Two(&'static str, Box<(Node, Node)>),
    /// `f(x)`, `a.b.f(x)`.
    Call(Option<Box<Node>>, String, Vec<Node>),
}

/// Parses a condition.
pub(super) fn parse(text: &str) -> Result<Node, ConditionFault> {
    let fault = |message: String, hint: &str| ConditionFault {
        offset: 0,
        message,
        hint: Some(hint.into()),
    };
    if text.len() > Condition::TEXT_MAX {
        let message = format!("the condition is longer than {} bytes", Condition::TEXT_MAX);
        return Err(fault(message, "make it two rules"));
    }
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        let message = "the condition is empty".to_owned();
        return Err(fault(message, "leave it out to mean always"));
    }
    let mut parser = Parser {
        tokens,
        next: 0,
        level: 0,
        end: text.len(),
    };
    let node = parser.either()?;
    match parser.tokens.get(parser.next) {
        None => Ok(node),
        Some(_) => Err(parser.stray()),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    /// How deep the parser is in brackets and signs.
    level: usize,
    /// Where the text ends.
    end: usize,
}

type Parsed = Result<Node, ConditionFault>;

impl Parser {
    /// `a || b`: binds least.
    fn either(&mut self) -> Parsed {
        self.row("||", Self::both, Kind::Any)
    }

    /// `a && b`.
    fn both(&mut self) -> Parsed {
        self.row("&&", Self::relation, Kind::All)
    }

    /// Any number of parts with the same sign between them.
    fn row(
        &mut self,
        sign: &'static str,
        part: fn(&mut Self) -> Parsed,
        kind: fn(Vec<Node>) -> Kind,
    ) -> Parsed {
        let first = part(self)?;
        if !self.sees(sign) {
            return Ok(first);
        }
        let at = first.at;
        let mut parts = vec![first];
        while self.takes(sign) {
            parts.push(part(self)?);
        }
        let depth = parts.iter().map(|part| part.depth).max().unwrap_or(0);
        self.node(at, kind(parts), depth)
    }

    /// `a == b`, `a in [..]`.
    fn relation(&mut self) -> Parsed {
        self.twos(&["==", "!=", "<=", ">=", "<", ">", "in"], Self::sum)
    }

    fn sum(&mut self) -> Parsed {
        self.twos(&["+", "-"], Self::product)
    }

    fn product(&mut self) -> Parsed {
        self.twos(&["*", "/", "%"], Self::signed)
    }

    /// Parts with one of these signs between them; the ones on the left bind first.
    fn twos(&mut self, signs: &[&'static str], part: fn(&mut Self) -> Parsed) -> Parsed {
        let mut left = part(self)?;
        while let Some((at, sign)) = self.takes_one_of(signs) {
            let right = part(self)?;
            let depth = left.depth.max(right.depth);
            // A comparison stands where its sign is, the rest where it begins.
            left = self.node(at, Kind::Two(sign, Box::new((left, right))), depth)?;
        }
        Ok(left)
    }

    /// `!a`, `-a`.
    fn signed(&mut self) -> Parsed {
        let Some((at, sign)) = self.takes_one_of(&["!", "-"]) else {
            return self.member();
        };
        let inner = self.deeper(at, Self::signed)?;
        let depth = inner.depth;
        let kind = match sign {
            "!" => Kind::Not(inner.into()),
            _ => Kind::Negative(inner.into()),
        };
        self.node(at, kind, depth)
    }

    /// `order.total`, `line.sku.startsWith("x")`.
    fn member(&mut self) -> Parsed {
        let mut node = self.primary()?;
        while self.takes(".") {
            let (at, name) = self.name()?;
            if self.sees("(") {
                let args = self.args(at)?;
                let depth = args
                    .iter()
                    .map(|arg| arg.depth)
                    .max()
                    .unwrap_or(0)
                    .max(node.depth);
                let start = node.at;
                node = self.node(start, Kind::Call(Some(node.into()), name, args), depth)?;
                continue;
            }
            match node.kind {
                Kind::Name(ref root) if !root.contains('.') => {
                    node.kind = Kind::Name(format!("{root}.{name}"));
                }
                _ => {
                    let hint = "write it as in `order.total`";
                    return Err(fault(at, "names have one dot at most", hint));
                }
            }
        }
        Ok(node)
    }

    fn primary(&mut self) -> Parsed {
        let Some(Token { at, word }) = self.tokens.get(self.next).cloned() else {
            return Err(self.stray());
        };
        self.next += 1;
        match word {
            Word::Number(size) => {
                let negative = false;
                self.node(at, Kind::Number(Number { negative, size }), 0)
            }
            Word::Text(text) => self.node(at, Kind::Text(text), 0),
            Word::Name(name) => match name.as_str() {
                "true" | "false" => self.node(at, Kind::Flag(name == "true"), 0),
                _ if self.sees("(") => {
                    let args = self.args(at)?;
                    let depth = args.iter().map(|arg| arg.depth).max().unwrap_or(0);
                    self.node(at, Kind::Call(None, name, args), depth)
                }
                _ => self.node(at, Kind::Name(name), 0),
            },
            Word::Sign("(") => {
                let inner = self.deeper(at, Self::either)?;
                self.expect(")")?;
                Ok(inner)
            }
            Word::Sign("[") => {
                let parts = self.parts(at, "]")?;
                let depth = parts.iter().map(|part| part.depth).max().unwrap_or(0);
                self.node(at, Kind::List(parts), depth)
            }
            Word::Sign(_) => {
                self.next -= 1;
                Err(self.stray())
            }
        }
    }

    /// `(a, b)` after a name.
    fn args(&mut self, at: usize) -> Result<Vec<Node>, ConditionFault> {
        self.expect("(")?;
        self.parts(at, ")")
    }

    /// Parts with commas between them, up to the bracket that closes them.
    fn parts(&mut self, at: usize, close: &'static str) -> Result<Vec<Node>, ConditionFault> {
        let mut parts = Vec::new();
        while !self.takes(close) {
            if !parts.is_empty() {
                self.expect(",")?;
                if self.takes(close) {
                    break;
                }
            }
            parts.push(self.deeper(at, Self::either)?);
        }
        Ok(parts)
    }

    fn name(&mut self) -> Result<(usize, String), ConditionFault> {
        match self.tokens.get(self.next).cloned() {
            Some(Token {
                at,
                word: Word::Name(name),
            }) => {
                self.next += 1;
                Ok((at, name))
            }
            _ => Err(self.stray()),
        }
    }

    /// Reads a part that stands one level deeper.
    fn deeper(&mut self, at: usize, part: fn(&mut Self) -> Parsed) -> Parsed {
        self.level += 1;
        if self.level > Condition::NESTING_MAX {
            return Err(too_deep(at));
        }
        let node = part(self);
        self.level -= 1;
        node
    }

    /// A part over parts of so many levels.
    fn node(&self, at: usize, kind: Kind, depth: usize) -> Parsed {
        let depth = depth + 1;
        if depth > Condition::NESTING_MAX {
            return Err(too_deep(at));
        }
        Ok(Node { at, kind, depth })
    }

    fn sees(&self, sign: &str) -> bool {
        let next = self.tokens.get(self.next).map(|token| &token.word);
        match next {
            Some(Word::Sign(own)) => *own == sign,
            Some(Word::Name(name)) => sign == "in" && name == "in",
            _ => false,
        }
    }

    fn takes(&mut self, sign: &str) -> bool {
        let sees = self.sees(sign);
        self.next += usize::from(sees);
        sees
    }

    fn takes_one_of(&mut self, signs: &[&'static str]) -> Option<(usize, &'static str)> {
        let sign = signs.iter().find(|sign| self.sees(sign))?;
        let at = self.tokens[self.next].at;
        self.next += 1;
        Some((at, sign))
    }

    fn expect(&mut self, sign: &str) -> Result<(), ConditionFault> {
        if self.takes(sign) {
            return Ok(());
        }
        let mut stray = self.stray();
        stray.hint = Some(format!("a `{sign}` is missing"));
        Err(stray)
    }

    /// What stands next does not belong there.
    fn stray(&self) -> ConditionFault {
        let hint = "write it as in `order.total >= 15 && weekday == \"tue\"`";
        let Some(token) = self.tokens.get(self.next) else {
            return fault(self.end, "the condition ends too early", hint);
        };
        let (word, hint) = match &token.word {
            Word::Name(name) if name == "and" => ("and".to_owned(), "write `&&`"),
            Word::Name(name) if name == "or" => ("or".to_owned(), "write `||`"),
            Word::Name(name) => (name.clone(), hint),
            Word::Number(_) => ("a number".to_owned(), hint),
            Word::Text(text) => (format!("\"{text}\""), hint),
            Word::Sign("?") => (
                "?".to_owned(),
                "conditions have no `? :`: make it two rules",
            ),
            Word::Sign(sign) => ((*sign).to_owned(), hint),
        };
        fault(token.at, format!("`{word}` does not belong here"), hint)
    }
}

fn too_deep(at: usize) -> ConditionFault {
    let most = Condition::NESTING_MAX;
    fault(
        at,
        format!("this is nested deeper than {most}"),
        "make it two rules",
    )
}

fn fault(at: usize, message: impl Into<String>, hint: &str) -> ConditionFault {
    ConditionFault {
        offset: at,
        message: message.into(),
        hint: Some(hint.into()),
    }
}
