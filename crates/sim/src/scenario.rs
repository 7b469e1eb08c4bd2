//! Scenarios: stories in a file, with what should come of each step.
//!
//! ```toml
//! # A merchant learns: points for coffee, and two of them are better than one.
//! program = "cafe.toml"                       # or the program itself, between """ and """
//!
//! [[step]]
//! at = "2025-03-01 09:00"                     # the clock in the shop; or 2025-03-01T08:00:00Z
//! purchase = { member = "ana", order = "r-1", total = "12.40" }
//! expect = { beans = 12, tier = "friend", because = ["spend: +12 beans"] }
//! ```
//!
//! A step is one of
//! - `enrol = "ana"`
//! - `purchase = { member, order, total, currency, delivery, discount, lines, payments, channel,
//!   store, staff, codes = ["WELCOME10"], rewards = { five-off = 1 } }` (a reward that is set aside by
//!   its redemption: `{ mug = "m-1" }`); a line is `{ id, sku, category, brand, quantity, amount, discount, tax }`,
//!   payments are `{ cash = "5.00", gift-card = "7.40" }` (out of an account that is kept:
//!   `store-credit = { amount = "5.00", from = "store credit" }`, `gift-card = { amount = "5.00", card =
//!   "card-1", hold = "h-1" }`); an order of one line may have its `sku`,
//!   `category`, `brand` and `quantity` beside the total
//! - `refund = { order, member, amount | lines | rest }`: everything if nothing else is said; lines
//!   are ids, or `{ line, amount, quantity }`
//! - `visit = "ana"` or `{ member, store }`, `activity = { member, name, store, fields }`
//! - `reward_request = { member, reward, redemption, quantity, order, commit }`,
//!   `reward_commit = { member, redemption, order }`, `reward_cancel = { member, redemption }`
//! - `adjust = { member, points, amount, reason, by }`
//! - `merge = { member, into }`
//! - `click = "ana"`: somebody followed her link; `sign_up = { member, by, device, address, payment }`,
//!   or with `touches = [{ by, at }]` instead of `by`; `fingerprints = { member, device, address,
//!   payment }`; `review = { member, approve, reason, by }`: of the friend
//! - `transfer = { member, to, points, amount }`
//! - `codes = { coupon, codes = ["SORRY-1"] }`: codes of a campaign are brought along;
//!   `void = "SORRY-1"`: one of them is made void
//! - `code_use = { member, code, order }`, `code_undo = { member, code, order, reason }`,
//!   `code_assign = { member, code }`, `code_transfer = { member, code, into }`
//! - `sell_through = { member, order, ..., customer, proof }`: as a purchase; a refund takes it back
//! - `partner_award = { member, points, amount, reason }`, `partner_award_cancel = { member, award,
//!   reason }`: with the `source` of the partner
//! - `tick = "ana"`: time passes, and whatever was due is done
//! - `apply = "new.toml"`: another version of the program is in force from then on
//!
//! and may have `recorded_at` (it was told later than it happened), `again = true` (it is delivered
//! twice), `key` and `source` (two steps with one key are one event). A member is a customer's
//! name, or another identity: `email:ana@example.org`.
//!
//! `expect` names what is compared; what is not named is not compared, but for a refusal, which is
//! always a difference if it was not expected:
//! - kinds of points by their id: `beans = 12` (available), or `beans = { available, pending, debt,
//!   held, lots }`; a lot is `"12"`, `"12 until 2026-04-01"` (the first day on which it is gone),
//!   `"12 from 2025-03-15 until 2026-04-01"`, `"12 of bakery"` where a partner funds it
//! - `tier`, `stamps = { card = 3 }`, `vouchers = { reward = 1 }`
//! - `refused = "insufficient_points"`, `duplicate = true`
//! - `because`: the short notes of the step, all of them in order
//! - `member`: whom it is about, if not the member of the step

mod compare;
mod expect;
mod fields;
mod money;
mod node;
mod people;
mod perk;
mod read;
mod run;
mod step;

pub use compare::{Difference, compare, update};
pub use expect::{Expect, Fact, Seen, SeenPoints, Value, Wanted, code, lot_words};
pub use node::Fault;
pub use run::{Clockwork, StepResult, run};

use regulars_base::{EventKey, MemberId, Timestamp};
use regulars_engine::Program;
use regulars_engine::code::Code;
use regulars_engine::event::{Event, Incoming, Who};
use std::sync::Arc;

/// A story.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What a merchant learns from it: the first comment of the file.
    pub about: String,
    /// The program that it begins with.
    pub program: Version,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// A program, and the text that it was compiled from.
#[derive(Clone, Debug)]
pub struct Version {
    /// As it was written.
    pub text: String,
    /// Ready to decide by.
    pub program: Arc<Program>,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub struct Step {
    /// The line of the file that it begins on.
    pub line: usize,
    /// When it happened.
    pub at: Timestamp,
    /// When it is told, which may be later.
    pub recorded_at: Timestamp,
    /// What.
    pub action: Action,
    /// The other members that its event names, by placeholders: see [`Step::named`].
    pub others: Vec<Other>,
    /// It is delivered twice.
    pub again: bool,
    /// What should come of it.
    pub expect: Expect,
}

/// Another member whom a step names.
#[derive(Clone, Debug)]
pub struct Other {
    /// What stands for them in the event.
    pub placeholder: MemberId,
    /// Who it is.
    pub who: Who,
}

/// What happens in a step.
#[derive(Clone, Debug)]
pub enum Action {
    /// An event comes in. Its `recorded_at` is the step's.
    Event(Box<Incoming>),
    /// Two members turn out to be one. (Members have ids only once they are there, so the runner
    /// makes the event.)
    Merge {
        /// Its key.
        key: EventKey,
        /// Who leaves.
        from: Who,
        /// Who stays.
        into: Who,
    },
    /// A member hands a code on. (Members have ids only once they are there.)
    Transfer {
        /// The event, but for the members.
        event: Box<Event>,
        /// From whom.
        from: Who,
        /// To whom.
        into: Who,
    },
    /// Codes of a campaign are brought along.
    Codes {
        /// The campaign's id.
        coupon: String,
        /// The codes.
        codes: Vec<Code>,
    },
    /// A code is made void.
    Void(Code),
    /// A merge is undone.
    Unmerge {
        /// The event's key.
        key: EventKey,
        /// Who had been merged.
        member: Who,
    },
    /// Time passes: whatever was due to this member is done.
    Tick(Who),
    /// Another version of the program is in force from then on.
    Apply(Version),
}

impl Step {
    /// Whom the expectations are about.
    pub fn about(&self) -> Option<&Who> {
        self.expect.member.as_ref().or(match &self.action {
            Action::Event(incoming) => Some(&incoming.who),
            Action::Merge { into, .. } | Action::Transfer { into, .. } => Some(into),
            Action::Tick(who) | Action::Unmerge { member: who, .. } => Some(who),
            Action::Apply(_) | Action::Codes { .. } | Action::Void(_) => None,
        })
    }
}

impl Scenario {
    /// Reads a story. `load_program` finds a program file by the name that the story gives.
    /// All faults at once, in the story or in its program.
    pub fn parse(
        text: &str,
        load_program: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Self, Vec<Fault>> {
        read::scenario(text, load_program)
    }
}
