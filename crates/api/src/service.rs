//! Service cases on the wire: what members are not happy with, and what is done about it.

use crate::amount::Amount;
use crate::json::{At, Fields, FromJson};
use crate::metric::MeasuredOut;
use crate::survey::NamedCountOut;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// So many letters one may answer at most.
const ANSWERS_MOST: usize = 200;

/// Somebody who works at a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentOut {
    /// Their id.
    pub id: String,
    /// What they are called.
    pub name: String,
}

/// A case of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseOut {
    /// Its id.
    #[schema(example = "cas_0195a1b2c3d470000a1b")]
    pub id: String,
    /// `open` (the shop's turn), `waiting` (the member's), or `solved`.
    pub state: String,
    /// Why it was opened: `low_score`, `keyword`, `complaint`, `by_hand`.
    pub cause: String,
    /// Whose it is about.
    pub member: String,
    /// The organisation that they belong to, where somebody looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What it is about; empty once the member was forgotten.
    pub subject: String,
    /// The survey that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<String>,
    /// When it was opened.
    pub opened_at: String,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentOut>,
    /// Until when the member has a first answer.
    pub answer_due: String,
    /// Until when it is solved.
    pub solve_due: String,
    /// Until when something is to be done next; not there where it is the member's turn, or it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Whether the first answer or the solution came late, or is late.
    pub late: bool,
    /// When the member had a first answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<String>,
    /// When it was solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved_at: Option<String>,
    /// How it ended: `made_good`, `explained`, `nothing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Points that were given for it.
    #[schema(example = "50")]
    pub made_good: String,
}

/// A line of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseLineOut {
    /// Its id.
    pub id: String,
    /// `member` said it, `reply` was said to them, `note` is between agents, `change` was done.
    pub kind: String,
    /// When.
    pub at: String,
    /// Who, if not the member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentOut>,
    /// What; empty once the member was forgotten.
    pub text: String,
    /// Why no letter went, where one was to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent: Option<String>,
}

/// A case with all that was said and done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseWithLinesOut {
    /// The case.
    #[serde(flatten)]
    pub case: CaseOut,
    /// What was said and done, the oldest first.
    pub lines: Vec<CaseLineOut>,
    /// Points that the caller may still give this month without a second person.
    pub budget_left: String,
    /// Which points these are.
    pub points: String,
}

/// A case to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseIn {
    /// Whose it is about: an id (`mem_…`), or an identity (`email:ana@example.com`).
    pub member: String,
    /// What it is about, in one line.
    pub subject: String,
    /// What is known of it.
    pub text: String,
}

/// A change to a case: one of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CasePatch {
    /// Whose it is to be: the id of a person; `""` for nobody.
    #[schema(required = false)]
    pub agent: Option<String>,
    /// It is solved, and how it ended: `made_good`, `explained`, `nothing`.
    #[schema(required = false)]
    pub solved: Option<String>,
    /// It is not solved after all.
    #[schema(required = false)]
    pub reopen: Option<bool>,
}

/// Something that is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseTextIn {
    /// What.
    pub text: String,
    /// Whether it is a note between agents, which the member never sees.
    #[schema(required = false)]
    pub note: bool,
}

/// Points for a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MakeGoodIn {
    /// How many of the program's first points.
    #[schema(value_type = Amount, example = "50")]
    pub amount: String,
    /// Why: the member and auditors see it.
    pub reason: String,
}

/// What came of points for a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MadeGoodOut {
    /// `given`, `refused` by the program, or `waits` for a second person.
    pub state: String,
    /// What waits, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// The case as it is now.
    pub case: CaseOut,
}

/// A letter of a member that came in: whole, or taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct InboundIn {
    /// All of it, headers too, as it came; the rest is then not looked at.
    #[schema(required = false)]
    pub raw: String,
    /// What it is about.
    #[schema(required = false)]
    pub subject: String,
    /// What it says, as plain text.
    #[schema(required = false)]
    pub text: String,
    /// Its `Message-ID`: the same one again is taken once.
    #[schema(required = false)]
    pub message_id: String,
    /// What its headers `In-Reply-To` and `References` name.
    #[schema(required = false)]
    pub answers: Vec<String>,
}

/// Where a letter went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InboundOut {
    /// The case.
    pub case: CaseOut,
    /// Whether it had come before: nothing is done then.
    pub before: bool,
}

/// A survey that asks how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUpBody {
    /// Its id.
    pub survey: String,
    /// So many days after a case was solved.
    pub days: u16,
}

/// What is promised, and what agents may give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceSettingsBody {
    /// When somebody works, from Monday on: `09:00-17:00`, or empty for a day off. All empty: at any time.
    pub hours: Vec<String>,
    /// In so many minutes of work a member has a first answer.
    pub answer_minutes: u32,
    /// In so many it is solved.
    pub solve_minutes: u32,
    /// How many points an agent may give for cases in a month; more waits for a second person.
    pub budget: i64,
    /// Who bought again within so many days after a case was opened was won back.
    pub recovered_days: u16,
    /// Where answers to letters go; to whoever sends them, if empty.
    #[schema(required = false)]
    pub reply_to: String,
    /// Asks how it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub follow_up: Option<FollowUpBody>,
}

/// How the cases went that were opened in a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServiceReportOut {
    /// How many were opened.
    pub opened: u64,
    /// How many of them are solved.
    pub solved: u64,
    /// Had their first answer in time, of those that had one or are past it.
    pub answered_in_time: MeasuredOut,
    /// Were solved in time, of those that are solved or are past it.
    pub solved_in_time: MeasuredOut,
    /// Minutes of work to the first answer: the median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_minutes: Option<i64>,
    /// Minutes of work to the solution: the median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solve_minutes: Option<i64>,
    /// Members who bought again within the days that are set, of those whose days are over or who did.
    pub recovered: MeasuredOut,
    /// Members whose days are over, and who did not.
    pub lost: u64,
    /// Members whose days are not over, and who did not buy yet.
    pub open_still: u64,
    /// Points that were given.
    pub made_good: String,
    /// How many of each cause were opened.
    pub causes: Vec<NamedCountOut>,
}

/// A case as the member sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnCaseOut {
    /// Its id.
    pub id: String,
    /// `open`, `waiting` (for the member), or `solved`.
    pub state: String,
    /// What it is about.
    pub subject: String,
    /// When it was opened.
    pub opened_at: String,
    /// What was said, the oldest first.
    pub lines: Vec<OwnCaseLineOut>,
}

/// What was said in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnCaseLineOut {
    /// Whether the member said it.
    pub own: bool,
    /// When.
    pub at: String,
    /// What.
    pub text: String,
}

/// A member's cases, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnCasesOut {
    /// One by one.
    pub items: Vec<OwnCaseOut>,
}

/// A member's complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnCaseIn {
    /// What it is about, in one line.
    pub subject: String,
    /// What happened.
    pub text: String,
}

/// A whole number that must be there and fit.
fn number<T: TryFrom<i64>>(
    fields: &mut Fields<'_>,
    name: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let at = fields.at();
    if fields.lacks(name) {
        faults.push(at.field(name).fault("is missing"));
    }
    let given = fields.integer(name, faults)?;
    let own = T::try_from(given).ok();
    if own.is_none() {
        faults.push(at.field(name).fault("is out of range"));
    }
    own
}

impl FromJson for CaseIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let member = fields.required_string("member", faults);
        let subject = fields.required_string("subject", faults);
        let text = fields.required_string("text", faults);
        fields.finish(faults);
        Some(Self {
            member: member?,
            subject: subject?,
            text: text?,
        })
    }
}

impl FromJson for CasePatch {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let agent = fields.string("agent", faults).map(Into::into);
        let solved = fields.string("solved", faults).map(Into::into);
        let reopen = fields.boolean("reopen", faults);
        fields.finish(faults);
        let said = [agent.is_some(), solved.is_some(), reopen == Some(true)];
        if said.into_iter().filter(|own| *own).count() != 1 {
            faults.push(at.fault("must say one of `agent`, `solved` and `reopen`"));
        }
        Some(Self {
            agent,
            solved,
            reopen,
        })
    }
}

impl FromJson for CaseTextIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let text = fields.required_string("text", faults);
        let note = fields.boolean("note", faults).unwrap_or_default();
        fields.finish(faults);
        Some(Self { text: text?, note })
    }
}

impl FromJson for MakeGoodIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("amount") {
            faults.push(at.field("amount").fault("is missing"));
        }
        let amount = fields.decimal("amount", faults).map(Into::into);
        let reason = fields.required_string("reason", faults);
        fields.finish(faults);
        Some(Self {
            amount: amount?,
            reason: reason?,
        })
    }
}

impl FromJson for InboundIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let whole = fields
            .string("raw", faults)
            .map(Into::into)
            .unwrap_or_default();
        let subject = fields
            .string("subject", faults)
            .map(Into::into)
            .unwrap_or_default();
        let says = fields
            .string("text", faults)
            .map(Into::into)
            .unwrap_or_default();
        let message_id = fields
            .string("message_id", faults)
            .map(Into::into)
            .unwrap_or_default();
        let answers = fields.strings("answers", ANSWERS_MOST, faults);
        fields.finish(faults);
        Some(Self {
            raw: whole,
            subject,
            text: says,
            message_id,
            answers,
        })
    }
}

impl FromJson for FollowUpBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let survey = fields.required_string("survey", faults);
        let days = number(&mut fields, "days", faults);
        fields.finish(faults);
        Some(Self {
            survey: survey?,
            days: days?,
        })
    }
}

impl FromJson for ServiceSettingsBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let hours = fields.strings("hours", 7, faults);
        if hours.len() != 7 {
            faults.push(at.field("hours").fault("must be seven, from Monday on"));
        }
        let answer_minutes = number(&mut fields, "answer_minutes", faults);
        let solve_minutes = number(&mut fields, "solve_minutes", faults);
        let budget = number(&mut fields, "budget", faults);
        let recovered_days = number(&mut fields, "recovered_days", faults);
        let reply_to = fields
            .string("reply_to", faults)
            .map(Into::into)
            .unwrap_or_default();
        let own = fields.raw("follow_up").filter(|raw| raw.get() != "null");
        let follow_up =
            own.and_then(|raw| FollowUpBody::from_json(raw, at.field("follow_up"), faults));
        fields.finish(faults);
        Some(Self {
            hours,
            answer_minutes: answer_minutes?,
            solve_minutes: solve_minutes?,
            budget: budget?,
            recovered_days: recovered_days?,
            reply_to,
            follow_up,
        })
    }
}

impl FromJson for OwnCaseIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let subject = fields.required_string("subject", faults);
        let text = fields.required_string("text", faults);
        fields.finish(faults);
        Some(Self {
            subject: subject?,
            text: text?,
        })
    }
}
