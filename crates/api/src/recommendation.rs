//! Recommendations, on the wire.

use crate::json::{At, Fields, FromJson};
use crate::master_data::ProductOut;
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What is recommended to a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecommendationsOut {
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// They are held out, so that the others can be compared with them: show them nothing.
    pub held_out: bool,
    /// Of when the table is that says so; left out if none was made yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_at: Option<String>,
    /// The best first.
    pub items: Vec<RecommendationOut>,
}

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecommendationOut {
    /// Which product. Of one of which the shop says nothing, the name is the id.
    pub product: ProductOut,
    /// `also` (bought by customers of what they bought), `together` (in one basket with it), `after` (within 30
    /// days after it), `popular`, or `again` (they bought it before).
    #[schema(example = "also")]
    pub kind: String,
    /// What they bought that leads to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bought: Option<String>,
    /// What that is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bought_name: Option<String>,
    /// How many baskets had both, or how many customers bought both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 240)]
    pub both: Option<u32>,
    /// Of how many with the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 1200)]
    pub of: Option<u32>,
    /// How many times they bought it before, of one that is named `again`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// How recommendations stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecommendationStatusOut {
    /// Of when the table is; left out if none was made yet: begin a job `recommendations`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_at: Option<String>,
    /// Lines of orders that were counted.
    pub lines: u64,
    /// Baskets.
    pub baskets: u64,
    /// Customers.
    pub customers: u64,
    /// Products.
    pub products: u64,
    /// Links between products.
    pub links: u64,
    /// How many members in a hundred are held out.
    pub hold_out: u8,
    /// What was shown in the last 90 days, by place.
    pub shown: Vec<RecommendedOut>,
}

/// How much was shown in a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecommendedOut {
    /// Where: `quote`, `portal`, `message`, or a word of a caller.
    pub place: String,
    /// To those who are held out (what they would have been shown), or to the others.
    pub held_out: bool,
    /// To how many members.
    pub members: i64,
    /// How often a product.
    pub times: i64,
}

/// What a merchant sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecommendationSettingsIn {
    /// How many members in a hundred are shown nothing, in any place: 0 to 50.
    #[schema(minimum = 0, maximum = 50, example = 10)]
    pub hold_out: u8,
}

/// Products of a category side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComparisonOut {
    /// Those that most customers bought first.
    pub items: Vec<ComparedOut>,
}

/// A product beside others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComparedOut {
    /// The product.
    pub product: ProductOut,
    /// In how many baskets it was.
    pub baskets: u32,
    /// How many customers bought it.
    pub customers: u32,
    /// How many of them bought it on another day again.
    pub again: u32,
    /// The dearer one that most of its customers went on to buy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_up: Option<StepUpOut>,
}

/// A dearer product that customers of another went on to buy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepUpOut {
    /// Which.
    pub product: String,
    /// How many customers of the other later bought it for the first time.
    pub moved: u32,
    /// Of how many.
    pub of: u32,
}

impl FromJson for RecommendationSettingsIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("hold_out") {
            faults.push(at.field("hold_out").fault("is missing"));
        }
        let hold_out = fields.integer("hold_out", faults);
        fields.finish(faults);
        let read = u8::try_from(hold_out?);
        if read.is_err() {
            faults.push(at.field("hold_out").fault("must be 0 to 50"));
        }
        Some(Self {
            hold_out: read.ok()?,
        })
    }
}
