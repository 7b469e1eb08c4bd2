//! Suspicions on the wire: what speaks against somebody, and what is decided of it.

use crate::Amount;
use crate::json::{At, Fields, FromJson};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// So many paces, and so many signs, one may send.
const RULES_MOST: usize = 100;

/// Something that speaks against somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignOut {
    /// What: `pace`, `shared_mark`, `duplicate`, `ring`, `idle_friends`, `fan_in`, `laundering`, `owing`,
    /// `same_seller`, `own_points`, `same_members`, `new_device`, `new_contact` or `guesses`.
    #[schema(example = "pace")]
    pub sign: String,
    /// More exactly: what a pace counts and for whom, what is shared, who the seller is. Empty where there is no more
    /// to say.
    #[schema(example = "purchases.member")]
    pub of: String,
    /// How much it weighs.
    #[schema(example = 40)]
    pub weight: i64,
    /// The reason, in words.
    #[schema(example = "7 purchases in 1 hour per member; at most 5")]
    pub text: String,
    /// The figures in it, by name.
    #[schema(example = json!({"count": 7, "most": 5, "minutes": 60}))]
    pub figures: BTreeMap<String, i64>,
    /// Members who have to do with it.
    pub members: Vec<String>,
}

/// Points that are taken back, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TakenOut {
    /// Whose.
    pub member: String,
    /// Which points.
    #[schema(example = "beans")]
    pub points: String,
    /// How many were given wrongly.
    pub given: Amount,
    /// How many of them are there, and are taken.
    pub amount: Amount,
    /// How many are not free yet, and are taken as soon as they are.
    pub later: Amount,
    /// `due` (would be taken), `booked`, `later` (what was free is booked), `waits` (for a second person), or `gone`
    /// (spent already).
    #[schema(example = "booked")]
    pub state: String,
}

/// All that speaks against somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuspicionOut {
    /// Its id.
    #[schema(example = "sus_0195a1b2c3d470000a1b")]
    pub id: String,
    /// `open`, `cleared` or `reversed`.
    pub state: String,
    /// Against whom: `member`, `seller`, `store`, `agent` or `caller`.
    #[schema(example = "member")]
    pub suspect: String,
    /// Which one: the id of a member, a person or a key; the name of a seller or a store.
    pub suspect_id: String,
    /// What an agent or a caller is called; empty for others.
    pub suspect_name: String,
    /// What all signs come to: 1 to 100.
    #[schema(example = 80)]
    pub score: i64,
    /// The reasons.
    pub signs: Vec<SignOut>,
    /// When it was opened.
    pub opened_at: String,
    /// When a reason last came in.
    pub changed_at: String,
    /// When the member was put on hold for it; not there if they were not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_at: Option<String>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Points that were taken back; of an open one, those that would be. In lists only for those that were decided.
    pub taken: Vec<TakenOut>,
}

/// What a look came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuspicionsLookedOut {
    /// New suspicions.
    pub opened: u64,
    /// Those for which more speaks than before.
    pub more: u64,
    /// Members who were put on hold.
    pub held: u64,
}

/// There was nothing wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClearSuspicionIn {
    /// Why.
    #[schema(example = "She paid for the whole table.")]
    pub reason: String,
}

/// What was given wrongly is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReverseSuspicionIn {
    /// Why.
    #[schema(example = "Receipts picked up from the floor.")]
    pub reason: String,
    /// Whether the member stays on hold all the same; `false` if left out.
    #[serde(default)]
    #[schema(required = false)]
    pub stays_on_hold: bool,
}

/// How much in a time is too much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaceBody {
    /// What is counted: `purchases`, `redemptions` or `points`.
    #[schema(example = "purchases")]
    pub of: String,
    /// For each `member`, `store` or `seller`.
    #[schema(example = "member")]
    pub per: String,
    /// In so many minutes.
    #[schema(example = 60)]
    pub minutes: u32,
    /// So much is nothing out of the ordinary; points in their smallest unit.
    #[schema(example = 5)]
    pub most: i64,
    /// How much more weighs: 1 to 100.
    #[schema(example = 40)]
    pub weight: i64,
}

/// From where on something is a sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignRuleBody {
    /// Which sign.
    #[schema(example = "fan_in")]
    pub sign: String,
    /// More than this is one: members, times or friends; for `new_device` and `new_contact` so many hours, for
    /// `duplicate` the score of the pair.
    #[schema(example = 3)]
    pub limit: i64,
    /// How much it weighs: 0 (no sign) to 100.
    #[schema(example = 45)]
    pub weight: i64,
}

/// What is taken for suspicious, and what happens then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuspicionRulesBody {
    /// Whether anything is looked for.
    pub on: bool,
    /// From this score on somebody looks at it.
    #[schema(example = 40)]
    pub review_from: i64,
    /// From this score on a member is put on hold until then.
    #[schema(example = 70)]
    pub hold_from: i64,
    /// How many days a look goes back: 1 to 90.
    #[schema(example = 30)]
    pub days: u16,
    /// How much in which time is too much.
    pub paces: Vec<PaceBody>,
    /// The other signs. Sent, those that are left out are as they are by default.
    #[schema(required = false)]
    pub signs: Vec<SignRuleBody>,
}

impl FromJson for ClearSuspicionIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let reason = fields.required_string("reason", faults);
        fields.finish(faults);
        Some(Self { reason: reason? })
    }
}

impl FromJson for ReverseSuspicionIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let reason = fields.required_string("reason", faults);
        let stays_on_hold = fields.boolean("stays_on_hold", faults).unwrap_or_default();
        fields.finish(faults);
        Some(Self {
            reason: reason?,
            stays_on_hold,
        })
    }
}

/// A whole number that must be there and fit.
fn number<T: TryFrom<i64>>(
    fields: &mut Fields<'_>,
    (name, at): (&'static str, At<'_>),
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let before = faults.len();
    let own = fields.integer(name, faults);
    let fits = own.and_then(|own| T::try_from(own).ok());
    if fits.is_none() && faults.len() == before {
        let what = match own {
            None => "is missing",
            Some(_) => "is no number that fits here",
        };
        faults.push(at.field(name).fault(what));
    }
    fits
}

impl FromJson for PaceBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let of = fields.required_string("of", faults);
        let per = fields.required_string("per", faults);
        let minutes = number(&mut fields, ("minutes", at), faults);
        let most = number(&mut fields, ("most", at), faults);
        let weight = number(&mut fields, ("weight", at), faults);
        fields.finish(faults);
        Some(Self {
            of: of?,
            per: per?,
            minutes: minutes?,
            most: most?,
            weight: weight?,
        })
    }
}

impl FromJson for SignRuleBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let sign = fields.required_string("sign", faults);
        let limit = number(&mut fields, ("limit", at), faults);
        let weight = number(&mut fields, ("weight", at), faults);
        fields.finish(faults);
        Some(Self {
            sign: sign?,
            limit: limit?,
            weight: weight?,
        })
    }
}

impl FromJson for SuspicionRulesBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("on") {
            faults.push(at.field("on").fault("is missing"));
        }
        let on = fields.boolean("on", faults);
        let review_from = number(&mut fields, ("review_from", at), faults);
        let hold_from = number(&mut fields, ("hold_from", at), faults);
        let days = number(&mut fields, ("days", at), faults);
        if fields.lacks("paces") {
            faults.push(at.field("paces").fault("is missing; send [] for none"));
        }
        let paces = each(&mut fields, ("paces", at), faults);
        let signs = each(&mut fields, ("signs", at), faults);
        fields.finish(faults);
        Some(Self {
            on: on?,
            review_from: review_from?,
            hold_from: hold_from?,
            days: days?,
            paces,
            signs,
        })
    }
}

fn each<T: FromJson>(
    fields: &mut Fields<'_>,
    (name, at): (&'static str, At<'_>),
    faults: &mut Vec<Fault>,
) -> Vec<T> {
    let raws = fields.list(name, RULES_MOST, faults).unwrap_or_default();
    let list = at.field(name);
    let mut all = Vec::new();
    for (place, raw) in raws.into_iter().enumerate() {
        all.extend(T::from_json(raw, list.item(place), faults));
    }
    all
}
