//! Cards of members, on the wire: what one shows at a till, and plastic ones that are made in batches.

use crate::json::{At, Fields, FromJson};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What a member shows at a till.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberCardOut {
    /// What the code on it says: the number of a card of theirs, or their id.
    #[schema(example = "2900012345678905")]
    pub number: String,
    /// What they are called; empty if that is not known.
    pub name: String,
    /// What members call the program.
    pub title: String,
    /// The colour of the card.
    #[schema(example = "#7a3e1d")]
    pub colour: String,
    /// Whether there is a pass for Apple Wallet.
    pub apple: bool,
    /// Whether there is a link for Google Wallet.
    pub google: bool,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PassLinkOut {
    /// Where it leads.
    pub link: String,
}

/// Cards are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MakeMemberCardsIn {
    /// The batch's name: small letters, digits and dashes. The same name is the same batch.
    #[schema(example = "spring-2026")]
    pub batch: String,
    /// The digits that all numbers begin with.
    #[schema(required = false, example = "290")]
    pub prefix: String,
    /// How many digits a number has, the check digit among them: 8 to 19.
    #[schema(minimum = 8, maximum = 19)]
    pub digits: i64,
    /// How many cards the batch is to have.
    #[schema(minimum = 1, maximum = 100_000)]
    pub count: i64,
}

/// A batch of cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberCardBatchOut {
    /// Its name.
    pub batch: String,
    /// The digits that all numbers begin with.
    pub prefix: String,
    /// How many digits a number has.
    pub digits: usize,
    /// When it was made.
    pub made_at: String,
    /// How many cards nobody has yet.
    pub blank: u64,
    /// How many members have.
    pub active: u64,
    /// How many are no longer good.
    pub ended: u64,
}

/// Batches of cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberCardBatchesOut {
    /// By their names.
    pub items: Vec<MemberCardBatchOut>,
}

/// A plastic card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlasticCardOut {
    /// Its number.
    pub number: String,
    /// The batch that it was made with; left out if it came from elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// `blank` while nobody has it, `active`, or `ended` when it is no longer good.
    #[schema(example = "active")]
    pub state: String,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Since when it stands so.
    pub since: String,
    /// The card that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A card is handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActivateCardIn {
    /// To whom: an id (`mem_…`), or an identity (`email:ana@example.com`).
    pub member: String,
}

/// A card is lost, or not wanted any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplaceCardIn {
    /// The blank card that takes its place; none if left out.
    pub by: Option<String>,
    /// Why, for the audit trail.
    pub reason: String,
}

impl FromJson for MakeMemberCardsIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let batch = fields.required_string("batch", faults);
        let prefix = fields.string("prefix", faults);
        let mut number = |name| {
            if fields.lacks(name) {
                faults.push(at.field(name).fault("is missing"));
            }
            fields.integer(name, faults)
        };
        let (digits, count) = (number("digits"), number("count"));
        fields.finish(faults);
        Some(Self {
            batch: batch?,
            prefix: prefix.unwrap_or_default().into(),
            digits: digits?,
            count: count?,
        })
    }
}

impl FromJson for ActivateCardIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let member = fields.required_string("member", faults);
        fields.finish(faults);
        Some(Self { member: member? })
    }
}

impl FromJson for ReplaceCardIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let by = fields.string("by", faults).map(Into::into);
        let reason = fields.required_string("reason", faults);
        fields.finish(faults);
        Some(Self {
            by,
            reason: reason?,
        })
    }
}
