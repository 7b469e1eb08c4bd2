//! A program that is being written, on the wire: its cards, trials, proposals, the library, the sandbox.

use crate::amount::Amount;
use crate::json::{self, At, Fields, FromJson};
use crate::program::VersionOut;
use regulars_base::Text;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A program file as cards: its parts with their fields, and where in the text each value stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardsOut {
    /// The parts, section by section; empty where the text is no TOML.
    pub cards: Vec<ProgramCardOut>,
}

/// A part of a program file. Places count UTF-16 code units from the beginning of the text, as texts of
/// JavaScript do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgramCardOut {
    /// The section that it is of.
    #[schema(example = "earn")]
    pub section: String,
    /// Its id or name; empty for what there is only one of.
    #[schema(example = "spend")]
    pub id: String,
    /// From where to where it stands; not there where it is written within another value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<SpanOut>,
    /// Where a line with another field can be put; not there where it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add_at: Option<usize>,
    /// Its fields.
    pub fields: Vec<CardFieldOut>,
}

/// A field of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CardFieldOut {
    /// Its name, with a dot where it stands in a table of its own.
    #[schema(example = "keep.until")]
    pub key: String,
    /// What it is: `text`, `number`, `flag`, or `other` for lists and tables.
    pub kind: String,
    /// A text without its quotation marks; all else as it is written.
    pub value: String,
    /// Where its value stands.
    pub span: SpanOut,
    /// The whole line, to take the field out; not there where it shares it with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<SpanOut>,
}

/// A stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpanOut {
    /// Where it begins.
    pub start: usize,
    /// Where it has ended.
    pub end: usize,
}

/// A program to be tried on orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialIn {
    /// The program file.
    pub program: String,
    /// The program file that it is compared with; none if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// On what: `shop` (what members did, up to 500,000 events), `sample` (a year of orders of 200
    /// customers, with the baskets of `basket`), or `file`.
    #[schema(example = "shop")]
    pub on: String,
    /// A file of orders, CSV or NDJSON, for `file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Which column is which field, beyond what is guessed: `customer=household_id`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// An average basket, for `sample`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Amount>)]
    pub basket: Option<String>,
}

impl FromJson for TrialIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let program = fields.required_string("program", faults);
        let against = fields.string("against", faults).map(|it| it.into_owned());
        let on = fields.required_text("on", faults);
        let file = fields.string("file", faults).map(|it| it.into_owned());
        let columns = fields.list("columns", 100, faults).unwrap_or_default();
        let column = |(place, raw): (usize, &&RawValue)| {
            json::text(raw, at.field("columns").item(place), faults).map(|it| it.to_string())
        };
        let columns = columns.iter().enumerate().filter_map(column).collect();
        let basket = fields.decimal("basket", faults).map(|it| it.into_owned());
        fields.finish(faults);
        Some(Self {
            program: program?,
            against,
            on: on?.to_string(),
            file,
            columns,
            basket,
        })
    }
}

/// What a program comes to on orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrialOut {
    /// The currency of all money here.
    pub currency: String,
    /// Rows that were read, or events.
    pub rows: u64,
    /// Orders and refunds that were decided.
    pub events: u64,
    /// Rows that could not be taken.
    pub rejected: u64,
    /// The first of them, each with its line and why.
    pub rejects: Vec<String>,
    /// Customers.
    pub members: u64,
    /// What the program comes to.
    pub candidate: TrialSideOut,
    /// What the other comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<TrialSideOut>,
    /// Who earns more and who less than under the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sides: Option<TrialSidesOut>,
    /// Who would be in another tier.
    pub tier_moves: Vec<TrialMoveOut>,
    /// The largest differences between customers.
    pub differences: Vec<TrialDifferenceOut>,
}

/// What one program comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrialSideOut {
    /// By month and kind of points, the oldest first.
    pub months: Vec<TrialMonthOut>,
    /// Customers in each tier at the end.
    pub tiers: Vec<TrialTierOut>,
}

/// Customers in a tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialTierOut {
    /// Which.
    pub tier: String,
    /// How many.
    pub members: u64,
}

/// A month of one kind of points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrialMonthOut {
    /// Its first day.
    pub month: String,
    /// Which points.
    pub points: String,
    /// Earned, less what refunds took back.
    pub issued: Amount,
    /// Spent.
    pub redeemed: Amount,
    /// Lapsed.
    pub expired: Amount,
    /// What wallets hold at the end.
    pub closing: Amount,
    /// What that is worth, if the program says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liability: Option<Amount>,
    /// What was issued is worth, if the program says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
}

/// How many customers a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialSidesOut {
    /// Who earns more.
    pub more: u64,
    /// Who earns less.
    pub less: u64,
    /// Who earns more of some points and less of others.
    pub mixed: u64,
    /// Whom it does not concern.
    pub same: u64,
}

/// So many customers go from one tier to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialMoveOut {
    /// The tier under the other program.
    pub from: String,
    /// The tier under this one.
    pub to: String,
    /// How many.
    pub members: u64,
}

/// What a customer would have earned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrialDifferenceOut {
    /// Who, as the file names them; members by id.
    pub customer: String,
    /// Which points.
    pub points: String,
    /// Under the other program.
    pub against: Amount,
    /// Under this one.
    pub candidate: Amount,
}

/// The library: programs to start from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LibraryOut {
    /// By name.
    pub items: Vec<SampleOut>,
}

/// A program to start from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SampleOut {
    /// Its name.
    #[schema(example = "beauty-tiers")]
    pub name: String,
    /// What it is, in a sentence or two.
    pub about: String,
    /// Its currency.
    pub currency: String,
    /// Which sections it has: `tier`, `card`, `reward` ...
    pub sections: Vec<String>,
}

/// What a shop says of itself, so that a program of the library fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnswersIn {
    /// What members know it by.
    #[schema(example = "Corner Café")]
    pub business: String,
    /// Its currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What an order comes to on average.
    #[schema(value_type = Amount, example = "24.50")]
    pub basket: String,
    /// How much of sales is given back, in thousandths: 30 is 3 %.
    #[schema(example = 30)]
    pub generosity: i64,
    /// After how many months points lapse; 0 for never.
    #[schema(example = 12)]
    pub months: i64,
    /// Whether it has tiers; it has, if nothing is said.
    #[schema(required = false)]
    pub tiers: bool,
    /// Whether it has stamp cards; it has, if nothing is said.
    #[schema(required = false)]
    pub cards: bool,
}

impl FromJson for AnswersIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        for name in ["basket", "generosity", "months"] {
            if fields.lacks(name) {
                faults.push(at.field(name).fault("is missing"));
            }
        }
        let business = fields.required_text("business", faults);
        let currency = fields.required_text("currency", faults);
        let basket = fields.decimal("basket", faults).map(|it| it.into_owned());
        let numbers = ["generosity", "months"].map(|name| fields.integer(name, faults));
        let flags = ["tiers", "cards"].map(|name| fields.boolean(name, faults).unwrap_or(true));
        fields.finish(faults);
        Some(Self {
            business: business?.to_string(),
            currency: currency?.to_string(),
            basket: basket?,
            generosity: numbers[0]?,
            months: numbers[1]?,
            tiers: flags[0],
            cards: flags[1],
        })
    }
}

/// A program of the library that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FittedOut {
    /// Its file.
    pub text: String,
    /// Sections that were not wanted and stay, since other parts need them.
    pub kept: Vec<String>,
}

/// Whether a second person must approve what changes the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalOut {
    /// Whether it is so.
    pub needed: bool,
}

impl FromJson for ApprovalOut {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let needed = fields.boolean("needed", faults);
        if needed.is_none() && faults.is_empty() {
            faults.push(at.field("needed").fault("is missing"));
        }
        fields.finish(faults);
        Some(Self { needed: needed? })
    }
}

/// Why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReasonIn {
    /// In words.
    #[schema(required = false, value_type = String)]
    pub reason: Text,
}

impl FromJson for ReasonIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let reason = fields.text_or_empty("reason", faults);
        fields.finish(faults);
        Some(Self { reason })
    }
}

/// A change of the program that a second person must approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalOut {
    /// Its id.
    pub id: String,
    /// `proposed`, `approved` or `rejected`.
    pub state: String,
    /// Who proposed it.
    pub by: String,
    /// Whether that is whoever asks: they cannot approve it.
    pub own: bool,
    /// When.
    pub at: String,
    /// Why.
    pub note: String,
    /// From when on it is to decide; from its approval if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The program file.
    pub text: String,
    /// What it would change, as it was when it was proposed.
    pub effect: ProposalEffectOut,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<String>,
    /// Why it was rejected.
    pub reason: String,
    /// The version that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// What a proposal would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalEffectOut {
    /// The version that it is compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<i64>,
    /// In words, rule by rule.
    pub differences: Vec<String>,
    /// How many of the last purchases were looked at.
    pub purchases: u64,
    /// How many would give something else.
    pub changed: u64,
    /// How many members would get more.
    pub members_better: u64,
    /// How many members would get less.
    pub members_worse: u64,
}

/// A shop's sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SandboxOut {
    /// The merchant that it is: as far apart from the live one as any other.
    pub tenant: String,
    /// When it was made.
    pub made_at: String,
    /// Who made it.
    pub by: String,
    /// The version of the live program that it began with.
    pub from_version: i64,
    /// How many members were copied.
    pub members: u64,
    /// How many of their events.
    pub events: u64,
}

/// The sandbox, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SandboxStateOut {
    /// The sandbox; not there if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<SandboxOut>,
}

/// A sandbox to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SandboxIn {
    /// How many members are copied, without their names: 0 to 500; 100 if left out.
    #[schema(required = false, example = 100)]
    pub members: u32,
}

impl FromJson for SandboxIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let members = fields.integer("members", faults).unwrap_or(100);
        fields.finish(faults);
        let read = u32::try_from(members)
            .ok()
            .filter(|members| *members <= 500);
        if read.is_none() {
            faults.push(at.field("members").fault("must be 0 to 500"));
        }
        Some(Self { members: read? })
    }
}

/// What became of the sandbox's program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromotedOut {
    /// The version of the live program that it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionOut>,
    /// The proposal that a second person must approve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalOut>,
}
