//! How long personal data are kept, on the wire.

use crate::json::{At, Fields, FromJson};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// How long personal data are kept; 0 for as long as the member is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionBody {
    /// After so many months in which nothing happened for a member they are forgotten: 6 to 240.
    #[schema(required = false)]
    pub members_months: u32,
    /// What messages said, and to which address, goes after so many days: 7 to 3650.
    #[schema(required = false)]
    pub messages_days: u32,
    /// What members wrote in surveys.
    #[schema(required = false)]
    pub answers_days: u32,
    /// Where rewards were sent, since they came or will not.
    #[schema(required = false)]
    pub addresses_days: u32,
    /// What was said in cases, since they were solved.
    #[schema(required = false)]
    pub cases_days: u32,
    /// What was noted of talks with members.
    #[schema(required = false)]
    pub contacts_days: u32,
}

impl FromJson for RetentionBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let mut number = |name: &'static str| {
            let given = fields.integer(name, faults).unwrap_or(0);
            let own = u32::try_from(given);
            if own.is_err() {
                faults.push(at.field(name).fault("is out of range"));
            }
            own.unwrap_or(0)
        };
        let own = Self {
            members_months: number("members_months"),
            messages_days: number("messages_days"),
            answers_days: number("answers_days"),
            addresses_days: number("addresses_days"),
            cases_days: number("cases_days"),
            contacts_days: number("contacts_days"),
        };
        fields.finish(faults);
        Some(own)
    }
}

/// How much of each is older than it is kept, or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgedOut {
    /// Members for whom nothing happened.
    pub members: u64,
    /// More of them who stay all the same: they are on a plan.
    pub on_plan: u64,
    /// Messages that still say something.
    pub messages: u64,
    /// Surveys with words of members.
    pub answers: u64,
    /// Addresses of rewards that were sent.
    pub addresses: u64,
    /// Cases that were solved.
    pub cases: u64,
    /// Talks that were noted.
    pub contacts: u64,
}
