//! What was brought, against those who were held out, on the wire.

use crate::json::{At, Fields, FromJson};
use crate::metric::IntervalOut;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What a journey, a send or the program as a whole brought. Means are in `unit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiftOut {
    /// What is compared: `spend`, `orders` or `returned`, the share who bought at all.
    #[schema(example = "spend")]
    pub metric: String,
    /// What means are in: `minor_units`, `count` or `share`.
    pub unit: String,
    /// The currency of `minor_units`.
    pub currency: String,
    /// How many decimals its amounts have.
    pub decimals: u8,
    /// In how many days after coming in.
    pub days: u16,
    /// Those who came in since this day count.
    pub since: String,
    /// How many in a hundred were to be held out.
    pub hold_out_percent: u8,
    /// Those who got it.
    pub treated: LiftGroupOut,
    /// Those who were held out.
    pub held_out: LiftGroupOut,
    /// How many came in before another share was held out, or too long ago to count.
    pub earlier: u64,
    /// How many were merged into somebody else, or nothing is known of them.
    pub unknown: u64,
    /// How many were in the control group of the program, which gets nothing of anything.
    pub control_group: u64,
    /// What each of those who got it came to more, of those whose window has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<LiftAnswerOut>,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_answer: Option<NoAnswerOut>,
    /// The same, for whoever looks every day: it may be believed on whichever day it leaves zero out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any_day: Option<LiftAnyDayOut>,
    /// Why there is none of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_any_day: Option<NoAnswerOut>,
    /// Whether all of the log was counted; if not, the figures move while one waits.
    pub complete: bool,
}

/// One of two groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiftGroupOut {
    /// How many of them there are whose window has ended.
    pub customers: u64,
    /// How many of these bought something in it.
    pub buyers: u64,
    /// What each of these comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// How many whose window has not ended yet.
    pub waiting: u64,
}

/// A difference, with how sure it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiftAnswerOut {
    /// So much more each came to.
    pub each: f64,
    /// Where that lies in 95 of 100 such samples, looked at once, at the end.
    pub interval: IntervalOut,
    /// The same in parts of what those held out came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    /// Which part of the spread was known from the days before.
    pub explained: f64,
    /// For all who got it.
    pub in_all: f64,
}

/// A difference that may be looked at on any day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiftAnyDayOut {
    /// So much more each came to so far.
    pub each: f64,
    /// Where that lies, also for whoever looks every day.
    pub interval: IntervalOut,
    /// On which day of the window that is.
    pub day: u16,
    /// Whether it leaves zero out: something was brought, or lost.
    pub shows: bool,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoAnswerOut {
    /// `nobody_held_out`, `too_early`, `too_few`, `few_buyers`, `mismatch`, `lopsided` or `no_spread`.
    #[schema(example = "too_few")]
    pub code: String,
    /// The same in words, with the figures behind it.
    pub detail: String,
}

/// What could be told of an effect on what members spend, before it starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PowerOut {
    /// In how many days after coming in.
    pub days: u16,
    /// How many members are expected.
    pub members: u64,
    /// How many of them would be held out.
    pub held_out: u64,
    /// What each of them spent in as many days before today, in minor units.
    pub each: f64,
    /// The least effect for each member that is seen four times of five, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// The same in parts of what each spends anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    /// Why little or nothing could be told: `nobody_held_out`, `too_few`, `few_buyers` or `weak`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// The currency.
    pub currency: String,
    /// How many decimals its amounts have.
    pub decimals: u8,
}

/// How the control group of the program is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ControlDrawOut {
    /// How many in a hundred.
    pub percent: u8,
    /// What the draw is called: another name draws others.
    #[schema(example = "2026")]
    pub name: String,
    /// Since when.
    pub since: String,
}

/// The control group of the program, and what all campaigns together brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ControlGroupOut {
    /// How it is drawn now; left out where it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<ControlDrawOut>,
    /// All draws, the newest first.
    pub draws: Vec<ControlDrawOut>,
    /// How many members there are.
    pub members: u64,
    /// How many of them are in it.
    pub in_it: u64,
    /// What those came to more who are not in it, since it was drawn so or since they joined.
    pub lift: LiftOut,
}

/// How the control group is to be drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ControlGroupIn {
    /// How many in a hundred: 0 to 20.
    pub percent: u8,
    /// What the draw is called. Another name draws others; under the same name a larger share has whom the smaller
    /// had.
    #[schema(example = "2026")]
    pub name: String,
}

/// Whether a member is in the control group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InControlGroupOut {
    /// Whether they are in it: no campaigns reach them.
    pub in_it: bool,
    /// By which draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<ControlDrawOut>,
}

impl FromJson for ControlGroupIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("percent") {
            faults.push(at.field("percent").fault("is missing"));
        }
        let percent = fields.integer("percent", faults);
        let name = fields.required_text("name", faults);
        fields.finish(faults);
        Some(Self {
            percent: u8::try_from(percent?).unwrap_or(u8::MAX),
            name: name?.to_string(),
        })
    }
}
