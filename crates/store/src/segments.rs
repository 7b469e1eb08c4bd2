//! What is kept for segments, and a segment's condition as SQL.
//!
//! The condition is the one that `regulars-engage` asks of one member in memory: the same tree, with the
//! three values that SQL has anyway. Figures are columns, so a million members are one pass.

use crate::journey::JourneyPass;
use regulars_base::{MemberId, Timestamp, WalletId};
use regulars_engine::program::condition::figure::{Figure, Plain};
use regulars_engine::program::condition::{Asked, Order, Sum, TextFigure, Where};
use std::fmt::Write as _;

/// How far the log is followed for segments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SegmentRun {
    /// How often something was written: whoever writes says what they saw.
    pub version: i64,
    /// The last seal that is in it.
    pub seal: i64,
}

/// What is kept of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortraitRow {
    /// Whose: the wallet has the id of its member.
    pub wallet: WalletId,
    /// Whether that is a member now.
    pub here: bool,
    /// The day (number) on which it is to be looked at without an event.
    pub next_on: Option<i32>,
    /// The id of the tier.
    pub tier: String,
    /// The id of the plan; empty if none.
    pub plan: String,
    /// The figures that everybody has, by [`Plain::place`].
    pub plain: [Option<i64>; Plain::COUNT],
    /// Figures with a name of their own, by key.
    pub numbers: Vec<(String, i64)>,
    /// Texts with a name of their own, by key.
    pub texts: Vec<(String, String)>,
    /// What the figures are folded from.
    pub state: String,
}

/// Why somebody came into a segment, or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveCause {
    /// An event, by its number in the wallet's log.
    Event(u64),
    /// A day came.
    Day,
    /// The segment was made or changed.
    Change,
    /// A model said something new of them.
    Score,
}

/// Somebody came into a segment, or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentMove {
    /// Its number, from 1. Of a new one: not looked at.
    pub no: i64,
    /// The segment.
    pub segment: String,
    /// Who.
    pub wallet: WalletId,
    /// When it was seen.
    pub at: Timestamp,
    /// On which day of the shop, by number.
    pub day: i32,
    /// In or out.
    pub entered: bool,
    /// Why.
    pub cause: MoveCause,
}

/// Portraits that changed, and who came and went with that: written together, or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentPass {
    /// What was seen before.
    pub seen: SegmentRun,
    /// The seal that is in it now.
    pub seal: i64,
    /// What is kept now.
    pub portraits: Vec<PortraitRow>,
    /// Who came and went.
    pub moves: Vec<SegmentMove>,
    /// What comes of journeys.
    pub journeys: JourneyPass,
}

/// A segment's condition on a day; a segment that there is no more has none.
#[derive(Clone, Copy, Debug)]
pub struct SegmentAsk<'a> {
    /// The condition.
    pub asked: &'a Asked,
    /// The day, by number.
    pub today: i32,
}

/// What a segment comes to that is made or changed.
#[derive(Clone, Copy, Debug)]
pub struct SegmentFill<'a> {
    /// The segment.
    pub segment: &'a str,
    /// What was seen before.
    pub seen: SegmentRun,
    /// What it asks; nothing to let all go.
    pub ask: Option<SegmentAsk<'a>>,
    /// How many days after which day it may turn: members are to be looked at then.
    pub turns: &'a [(Plain, i64)],
    /// Whether it may turn on any day.
    pub daily: bool,
    /// When.
    pub at: Timestamp,
    /// The day, by number.
    pub day: i32,
}

/// Where a list goes on that is sorted by a figure, the highest first: behind which figure, and which member of it.
pub(crate) fn place(after: Option<(i64, MemberId)>) -> (i64, Vec<u8>) {
    after.map_or((i64::MAX, Vec::new()), |(number, id)| {
        (number, id.bytes().to_vec())
    })
}

/// How a segment grew on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SegmentDay {
    /// The day, by number.
    pub day: i32,
    /// How many came.
    pub entered: i64,
    /// How many went.
    pub left: i64,
}

impl MoveCause {
    /// As it is stored: what, and by which event.
    pub(crate) fn stored(self) -> (i64, Option<i64>) {
        match self {
            Self::Event(seq) => (0, Some(crate::writes::signed(seq))),
            Self::Day => (1, None),
            Self::Change => (2, None),
            Self::Score => (3, None),
        }
    }

    /// From how it is stored.
    pub(crate) fn read(cause: i64, seq: Option<i64>) -> Self {
        match (cause, seq) {
            (_, Some(seq)) => Self::Event(seq.unsigned_abs()),
            (1, None) => Self::Day,
            (3, None) => Self::Score,
            _ => Self::Change,
        }
    }
}

/// A condition as SQL, and the texts in it, which are parameters.
#[derive(Debug)]
pub(crate) struct Sql {
    /// `?` or `$`.
    mark: char,
    /// The tenant's number.
    tenant: i64,
    today: i32,
    /// How many parameters there are before its own.
    before: usize,
    pub(crate) text: String,
    pub(crate) texts: Vec<String>,
}

impl Sql {
    /// Of a condition over the rows `f` of `portraits`.
    pub(crate) fn of(
        ask: Option<SegmentAsk<'_>>,
        (mark, tenant): (char, i64),
        before: usize,
    ) -> Self {
        let mut sql = Self {
            mark,
            tenant,
            today: ask.map_or(0, |ask| ask.today),
            before,
            text: String::new(),
            texts: Vec::new(),
        };
        match ask {
            Some(ask) => sql.asked(ask.asked),
            None => sql.push("1 = 0"),
        }
        sql
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A text as a parameter.
    fn parameter(&mut self, text: &str) -> String {
        self.texts.push(text.to_owned());
        format!("{}{}", self.mark, self.before + self.texts.len())
    }

    fn asked(&mut self, asked: &Asked) {
        self.push("(");
        match asked {
            Asked::Always(held) => self.push(if *held { "1 = 1" } else { "1 = 0" }),
            Asked::Not(inner) => {
                self.push("NOT ");
                self.asked(inner);
            }
            Asked::All(tests) => self.row(tests, " AND "),
            Asked::Any(tests) => self.row(tests, " OR "),
            Asked::Same(both) => {
                self.asked(&both.0);
                self.push(" = ");
                self.asked(&both.1);
            }
            Asked::Within(figure, first, last) => self.within(figure, *first, *last),
            Asked::Compare(both) => {
                let (left, order, right) = &**both;
                let (left, right) = (self.sum(left), self.sum(right));
                let _ = write!(self.text, "{left} {} {right}", sign(*order));
            }
            Asked::OneOf(sum, list) => {
                let sum = self.sum(sum);
                let list: Vec<String> = list.iter().map(i64::to_string).collect();
                let _ = match list.is_empty() {
                    // Unknown stays unknown.
                    true => write!(self.text, "{sum} <> {sum}"),
                    false => write!(self.text, "{sum} IN ({})", list.join(", ")),
                };
            }
            other => self.of_text(other),
        }
        self.push(")");
    }

    fn row(&mut self, tests: &[Asked], between: &str) {
        for (place, test) in tests.iter().enumerate() {
            if place > 0 {
                self.push(between);
            }
            self.asked(test);
        }
    }

    fn within(&mut self, figure: &Figure, first: i64, last: i64) {
        let figure = self.figure(figure);
        let _ = match (first, last) {
            (i64::MIN, i64::MAX) => write!(self.text, "{figure} = {figure}"),
            (i64::MIN, last) => write!(self.text, "{figure} <= {last}"),
            (first, i64::MAX) => write!(self.text, "{figure} >= {first}"),
            (first, last) if first == last => write!(self.text, "{figure} = {first}"),
            (first, last) => write!(self.text, "{figure} BETWEEN {first} AND {last}"),
        };
    }

    fn of_text(&mut self, asked: &Asked) {
        match asked {
            Asked::Is(text, is) => {
                let (text, is) = (self.words(text), self.parameter(is));
                let _ = write!(self.text, "{text} = {is}");
            }
            Asked::Alike(left, right) => {
                let (left, right) = (self.words(left), self.words(right));
                let _ = write!(self.text, "{left} = {right}");
            }
            Asked::IsOneOf(text, list) => {
                let text = self.words(text);
                let list: Vec<String> = list.iter().map(|one| self.parameter(one)).collect();
                let _ = match list.is_empty() {
                    true => write!(self.text, "{text} <> {text}"),
                    false => write!(self.text, "{text} IN ({})", list.join(", ")),
                };
            }
            Asked::Part(text, place, part) => {
                let (text, length) = (self.words(text), part.chars().count());
                let find = if self.mark == '$' { "strpos" } else { "instr" };
                let part = self.parameter(part);
                let _ = match place {
                    Where::Anywhere => write!(self.text, "{find}({text}, {part}) > 0"),
                    Where::Start => write!(self.text, "substr({text}, 1, {length}) = {part}"),
                    Where::End => write!(
                        self.text,
                        "length({text}) >= {length} AND
                         substr({text}, length({text}) - {length} + 1) = {part}"
                    ),
                };
            }
            _ => {}
        }
    }

    fn sum(&mut self, sum: &Sum) -> String {
        match sum {
            Sum::Always(number) => format!("({number})"),
            Sum::Of(figure) => self.figure(figure),
            Sum::Neg(inner) => format!("(- {})", self.sum(inner)),
            Sum::Add(both) => format!("({} + {})", self.sum(&both.0), self.sum(&both.1)),
            Sum::Sub(both) => format!("({} - {})", self.sum(&both.0), self.sum(&both.1)),
        }
    }

    fn figure(&mut self, figure: &Figure) -> String {
        match figure {
            Figure::Plain(plain) => format!("f.{}", plain.column()),
            Figure::Age(plain) => format!("({} - f.{})", self.today, plain.column()),
            Figure::Named(named) => {
                let found = self.named("number", &named.key());
                match named.may_be_unknown() {
                    true => found,
                    false => format!("coalesce({found}, 0)"),
                }
            }
        }
    }

    fn words(&mut self, text: &TextFigure) -> String {
        let Some(key) = text.key() else {
            let column = if *text == TextFigure::Tier {
                "tier"
            } else {
                "plan"
            };
            return format!("f.{column}");
        };
        let found = self.named("text", &key);
        match text.may_be_unknown() {
            true => found,
            false => format!("coalesce({found}, '')"),
        }
    }

    fn named(&mut self, column: &str, key: &str) -> String {
        let key = self.parameter(key);
        format!(
            "(SELECT n.{column} FROM portrait_names n
              WHERE n.tenant = {} AND n.key = {key} AND n.wallet = f.wallet)",
            self.tenant
        )
    }
}

/// Statements that have members looked at when a segment may turn.
pub(crate) fn turning(fill: &SegmentFill<'_>, tenant: i64) -> Vec<String> {
    let today = fill.day;
    let statement = |on: String, known: String| {
        format!(
            "UPDATE portraits SET next_on = {on} WHERE tenant = {tenant} AND {known}
             AND (next_on IS NULL OR next_on > {on})"
        )
    };
    let turns = fill.turns.iter().map(|(plain, after)| {
        let on = format!("{} + {after}", plain.column());
        let known = format!("{} IS NOT NULL AND {on} > {today}", plain.column());
        statement(on, known)
    });
    let daily = fill
        .daily
        .then(|| statement(format!("{today} + 1"), "here = 1".to_owned()));
    turns.chain(daily).collect()
}

const fn sign(order: Order) -> &'static str {
    match order {
        Order::Is => "=",
        Order::IsNot => "<>",
        Order::Less => "<",
        Order::LessOrIs => "<=",
        Order::More => ">",
        Order::MoreOrIs => ">=",
    }
}

/// The columns of what is kept, in the order in which they are written.
pub(crate) fn columns() -> Vec<String> {
    let plain = Plain::all().map(Plain::column);
    let first = ["tenant", "wallet", "here", "next_on", "tier", "plan"];
    first.map(str::to_owned).into_iter().chain(plain).collect()
}
