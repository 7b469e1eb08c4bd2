//! Conditions: text in a part of CEL, type-checked and compiled to an evaluator over typed fields.
//!
//! Everything is exact: money is minor units, quantities are thousandths, times of day are seconds,
//! and a literal such as `15.00` is scaled to whichever of these it meets. Evaluating allocates
//! nothing, and takes time in proportion to the text (and to the lines of the order, inside
//! `order.lines.exists`).

mod asked;
mod check;
mod fields;
pub mod figure;
mod number;
mod parse;
mod token;
pub(crate) mod tree;

pub use asked::{Asked, Sum, TextFigure};
pub(super) use fields::documented;
pub use fields::documented_for_segments;
pub use figure::Figure;
pub use tree::{Order, Where};

use super::{AttributeRule, FieldType, Program};
use crate::event::{Activity, Line, Purchase};
use crate::state::Wallet;
use regulars_base::{CivilDay, Currency};

/// A condition, ready to be asked.
#[derive(Clone, Debug)]
pub struct Condition {
    /// As it was written.
    pub text: String,
    /// Whether it names a line, and so must be asked for each.
    pub per_line: bool,
    /// Whether it names the member: then it cannot be answered from the event alone.
    pub of_member: bool,
    /// All of these must hold: most conditions are a row of `&&`, and this spares them a level.
    tests: Box<[tree::Test]>,
}

/// What a condition may ask about.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The purchase, if it is one.
    pub purchase: Option<&'a Purchase>,
    /// The line, where it is asked for each.
    pub line: Option<&'a Line>,
    /// The activity, if it is one.
    pub activity: Option<&'a Activity>,
    /// The day on the shop's calendar.
    pub day: CivilDay,
    /// The second of the day on the shop's clock.
    pub second: i32,
    /// The wallet.
    pub wallet: &'a Wallet,
    /// The id of the member's tier; empty if there are none.
    pub tier: &'a str,
    /// The id of the plan whose benefits the member has; empty if none.
    pub plan: &'a str,
    /// The id of the partner whose event it is; empty if it is nobody's.
    pub partner: &'a str,
    /// The program, which says what a birthday and a year of membership are.
    pub program: Option<&'a Program>,
}

/// What a condition is about: what it may name.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// What happens.
    pub subject: Subject<'a>,
    /// The program's currency.
    pub currency: Currency,
    /// The ids of the tiers.
    pub tiers: &'a [String],
    /// The ids of the plans.
    pub plans: &'a [String],
    /// The ids of the partners.
    pub partners: &'a [String],
    /// What sorts of members there are.
    pub attributes: &'a [AttributeRule],
}

/// What happens when a condition is asked.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// Somebody buys.
    Purchase,
    /// Somebody does something else, with these fields.
    Activity(&'a [(String, FieldType)]),
    /// Somebody becomes a member.
    Enrolment,
    /// Nothing happens: it is asked of a member as they are, by what is kept of them.
    Member(&'a figure::Kept<'a>),
}

/// Something wrong with a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionFault {
    /// The byte of the text at which it is wrong.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Condition {
    /// The longest condition, in bytes.
    pub const TEXT_MAX: usize = 4096;
    /// The most levels, of brackets and of parts within parts.
    pub const NESTING_MAX: usize = 64;
    /// The most elements of a list.
    pub const LIST_MAX: usize = 256;

    /// Reads and checks a condition; all faults at once.
    pub fn compile(text: &str, scope: &Scope<'_>) -> Result<Self, Vec<ConditionFault>> {
        let parsed = parse::parse(text).map_err(|fault| vec![fault])?;
        let checked = check::check(&parsed, scope)?;
        Ok(Self {
            text: text.to_owned(),
            per_line: checked.per_line,
            of_member: checked.of_member,
            tests: match checked.test {
                tree::Test::All(tests) => tests,
                test => Box::new([test]),
            },
        })
    }

    /// What must hold, each of these.
    pub(crate) fn tests(&self) -> &[tree::Test] {
        &self.tests
    }

    /// Whether it holds.
    pub fn holds(&self, facts: &Facts<'_>) -> bool {
        tree::all_hold(&self.tests, facts, facts.line)
    }

    /// Whether it holds for a line.
    pub(crate) fn holds_for(&self, facts: &Facts<'_>, line: &Line) -> bool {
        tree::all_hold(&self.tests, facts, Some(line))
    }

    /// Reads and checks a condition on members as they are ([`Subject::Member`]), which is asked of figures
    /// in memory and in a database alike; all faults at once.
    pub fn compile_for_members(
        text: &str,
        scope: &Scope<'_>,
    ) -> Result<Asked, Vec<ConditionFault>> {
        let parsed = parse::parse(text).map_err(|fault| vec![fault])?;
        let checked = check::check(&parsed, scope)?;
        asked::asked(checked.test, scope).map_err(|fault| vec![fault])
    }

    /// Whether it cannot hold, whatever happens.
    pub fn never(&self) -> bool {
        matches!(*self.tests, [tree::Test::Always(false)])
    }
}
