//! Journeys, on the wire.

use crate::json::{self, At, Fields, FromJson};
use crate::lift::PowerOut;
use crate::program::FindingOut;
use regulars_base::CivilDay;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A journey, and what it came to so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneyOut {
    /// Its id.
    #[schema(example = "welcome")]
    pub id: String,
    /// What people call it.
    pub name: String,
    /// `draft` (never started), `running`, `paused` or `stopped`.
    #[schema(example = "running")]
    pub state: String,
    /// Its text, in TOML.
    pub text: String,
    /// How often it was written: whoever changes it says which version they saw.
    pub version: i64,
    /// When it was changed last.
    pub changed_at: String,
    /// When it was started last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun_at: Option<String>,
    /// The steps, in their order, with what was done at each.
    pub steps: Vec<JourneyStepOut>,
    /// How many members are in it now.
    pub here: i64,
    /// How often somebody came in.
    pub entered: i64,
    /// How many of those who are or were in it are held out: nothing is sent or given to them.
    pub held_out: i64,
    /// How many in a hundred are to be.
    pub hold_out_percent: u8,
    /// How often it ended, by how: `done`, `goal`, `exit`, `left`, `changed`.
    pub ended: Vec<JourneyCountOut>,
    /// Which points it gives.
    pub points: String,
    /// How many it gave.
    #[schema(example = "250")]
    pub given: String,
    /// How many it gives in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<String>,
    /// How many more it would have given without a budget.
    pub over_budget: String,
    /// What is wrong with it since the program, a template or a segment changed; until it is mended, nobody comes
    /// in or goes on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingOut>,
}

/// A step of a journey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneyStepOut {
    /// Its id.
    #[schema(example = "hello")]
    pub id: String,
    /// `wait`, `wait_until`, `wait_for`, `if`, `send`, `award` or `task`; empty for one that is no more.
    #[schema(example = "send")]
    pub does: String,
    /// The template, the reason of the points, or the task.
    pub what: String,
    /// Who is to do a task.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// How many members are there now.
    pub here: i64,
    /// What was done there, and how often.
    pub counts: Vec<JourneyCountOut>,
}

/// How often something was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneyCountOut {
    /// `entered`, `message`, `award`, `over_budget`, `yes`, `no`, `seen`, `late`, `task`, `completed` or
    /// `ended`.
    #[schema(example = "message")]
    pub did: String,
    /// Why it came to nothing (as in the log of messages; `held_out`, `refused`), or how it ended.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How often.
    pub count: i64,
}

/// All journeys, by their ids, and those of the library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneysOut {
    /// One by one.
    pub items: Vec<JourneyOut>,
    /// Journeys to start from.
    pub library: Vec<JourneySampleOut>,
}

/// A journey to start from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneySampleOut {
    /// Its name.
    #[schema(example = "welcome")]
    pub name: String,
    /// What it is.
    pub about: String,
    /// Its text, in TOML.
    pub text: String,
    /// The templates that it sends.
    pub templates: Vec<String>,
}

/// What a journey is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct JourneyIn {
    /// The version that you saw; left out for a new one.
    #[schema(required = false)]
    pub version: Option<i64>,
    /// Its text, in TOML.
    pub text: String,
}

/// How far a journey is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct JourneyStateIn {
    /// The version that you saw.
    pub version: i64,
    /// `running`, `paused` or `stopped`.
    #[schema(example = "running")]
    pub state: String,
}

/// A journey to be run over history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct JourneyPreviewIn {
    /// Its id, if it has one: who is held out goes by it.
    #[schema(required = false)]
    pub id: String,
    /// Its text, in TOML.
    pub text: String,
    /// Since which day; 90 days ago if left out.
    #[schema(required = false, example = "2025-01-01")]
    pub since: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    day: Option<CivilDay>,
}

/// What a journey would have come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JourneyPreviewOut {
    /// The first day that counts.
    pub since: String,
    /// The last.
    pub until: String,
    /// How many members there were.
    pub members: i64,
    /// How often somebody would have come in.
    pub entered: i64,
    /// How many of these would have been held out.
    pub held_out: i64,
    /// How many points it would have given.
    pub given: String,
    /// How many more without a budget.
    pub over_budget: String,
    /// Which points.
    pub points: String,
    /// How often what, by step.
    pub steps: Vec<JourneyTrialStepOut>,
    /// The same by day and step, the oldest first.
    pub days: Vec<JourneyTrialDayOut>,
    /// What it asks that history cannot answer, as it is written: what models say is only known now, so it held of
    /// nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// What could be told of its effect with as many members as would have come in; left out while what they
    /// bought is still being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power: Option<PowerOut>,
}

/// What would have been done at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneyTrialStepOut {
    /// The step.
    pub step: String,
    /// What.
    pub did: String,
    /// How it would have ended.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How often.
    pub count: i64,
}

/// What would have been done at a step on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneyTrialDayOut {
    /// The day.
    #[schema(example = "2025-03-01")]
    pub day: String,
    /// The step.
    pub step: String,
    /// What.
    pub did: String,
    /// How it would have ended.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How often.
    pub count: i64,
    /// How many points in all.
    pub points: String,
}

/// Somebody in a journey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneyMemberOut {
    /// Who.
    pub member: String,
    /// The how many-th time they are in it.
    pub entry: u32,
    /// When they came in.
    pub entered_at: String,
    /// At which step they are, or were at the end.
    #[schema(example = "three-days")]
    pub step: String,
    /// Since when.
    pub since: String,
    /// When it goes on by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
    /// Whether they are held out: nothing is sent or given to them.
    pub held_out: bool,
    /// How it ended, if it did: `done`, `goal`, `exit`, `left`, `changed`, `stopped`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
}

/// A member in a journey, with all that was done for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneyOfOut {
    /// Where they are.
    pub member: JourneyMemberOut,
    /// What was done, the newest entry first, in its order.
    pub deeds: Vec<JourneyDeedOut>,
}

/// Something that was done for a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JourneyDeedOut {
    /// Of which entry.
    pub entry: u32,
    /// At which step.
    pub step: String,
    /// When.
    pub at: String,
    /// What: as in the counts of steps.
    pub did: String,
    /// Why it came to nothing, or how it ended.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How many points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<String>,
}

/// A task that somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskDoneIn {
    /// For whom: an id (`mem_…`), or an identity (`email:ana@example.com`).
    pub member: String,
    /// At which step.
    #[schema(example = "call")]
    pub step: String,
}

impl JourneyPreviewIn {
    /// Since which day.
    pub const fn day(&self) -> Option<CivilDay> {
        self.day
    }
}

/// A text that may be longer than a name.
fn long(fields: &mut Fields<'_>, name: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
    let at = fields.at();
    let raw = fields.required(name, faults)?;
    json::string(raw, at.field(name), faults).map(Into::into)
}

impl FromJson for JourneyIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let version = fields.integer("version", faults);
        let text = long(&mut fields, "text", faults);
        fields.finish(faults);
        Some(Self {
            version,
            text: text?,
        })
    }
}

impl FromJson for JourneyStateIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("version") {
            faults.push(at.field("version").fault("is missing"));
        }
        let version = fields.integer("version", faults);
        let state = fields.required_text("state", faults);
        fields.finish(faults);
        Some(Self {
            version: version?,
            state: state?.to_string(),
        })
    }
}

impl FromJson for JourneyPreviewIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let id = fields.text_or_empty("id", faults);
        let text = long(&mut fields, "text", faults);
        let day = fields.day("since", faults);
        fields.finish(faults);
        Some(Self {
            id: id.to_string(),
            text: text?,
            since: day.map(|day| day.to_string()),
            day,
        })
    }
}

impl FromJson for TaskDoneIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let member = fields.required_text("member", faults);
        let step = fields.required_text("step", faults);
        fields.finish(faults);
        Some(Self {
            member: member?.to_string(),
            step: step?.to_string(),
        })
    }
}
