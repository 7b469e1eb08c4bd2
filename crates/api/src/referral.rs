//! Between members on the wire: codes, who joined by them, what must be looked at, points sent.

use crate::amount::Amount;
use crate::event::{FingerprintIn, fingerprints, sent};
use crate::json::{At, Fields, FromJson};
use regulars_base::{Text, Timestamp};
use regulars_engine::event::Fault;
use regulars_engine::state::Mark;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A member's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReferralCodeOut {
    /// Whose.
    pub member: String,
    /// The code. Letters and digits that nobody mistakes for one another, large or small.
    #[schema(example = "7KD2Q9XW4M")]
    pub code: String,
    /// The link that ends with it, if the program makes links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Somebody followed a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClickIn {
    /// The code at its end.
    #[schema(example = "7KD2Q9XW4M")]
    pub code: String,
}

/// Somebody joins by other members' links: a code, or clicks that were told before.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JoinIn {
    /// The code of whoever sent them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When that link was followed; now, if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followed_at: Option<String>,
    /// The ids of clicks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clicks: Vec<String>,
    /// What the customer is recognised by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fingerprints: Vec<FingerprintIn>,
}

/// [`JoinIn`] as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRead {
    /// The code.
    pub code: Option<Text>,
    /// When its link was followed.
    pub followed_at: Option<Timestamp>,
    /// The ids of clicks.
    pub clicks: Vec<Text>,
    /// What the customer is recognised by.
    pub marks: Vec<Mark>,
}

/// Whether a referral counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewIn {
    /// It does, or it does not (any more: then what it gave is taken back).
    pub approve: bool,
    /// Why.
    #[schema(example = "They live together")]
    pub reason: String,
    /// Who says so; the API key's name if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Referrals that somebody must look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewsOut {
    /// The oldest first.
    pub items: Vec<InReviewOut>,
}

/// A referral that somebody must look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InReviewOut {
    /// Who was sent: approve or reject it under this member.
    pub friend: String,
    /// Who sent them.
    pub referrer: String,
    /// Since when.
    pub at: String,
    /// Why.
    #[schema(example = "same device")]
    pub reason: String,
    /// How many purchases would count.
    pub purchases: usize,
}

/// Where a member stands with referrals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReferralOut {
    /// Their code, if one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Their link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// How often it was followed.
    pub clicks: i64,
    /// Friends who joined by it and count.
    pub joined: i64,
    /// Friends whom somebody must look at.
    pub in_review: i64,
    /// Friends who bought what they had to.
    pub bought: i64,
    /// Rewards for friends that are held back for now.
    pub held: usize,
    /// Who sent the member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by: Option<String>,
    /// Whether that counts: `counts`, `review` or `refused`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_by_standing: Option<String>,
}

/// Points for another member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransferIn {
    /// To whom: an id (`mem_…`) or an identity (`email:ana@example.com`).
    #[schema(example = "email:bo@example.com")]
    pub to: String,
    /// Which points, by their id in the program file.
    #[schema(example = "beans")]
    pub points: String,
    /// How many.
    pub amount: Amount,
}

/// [`TransferIn`] as it was read; what the amount means is only known with the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRead {
    /// To whom.
    pub to: Text,
    /// Which points.
    pub points: Text,
    /// How many, in the smallest unit.
    pub amount: i64,
}

impl TransferRead {
    /// Reads a transfer. `decimals` are those of points by their id.
    pub fn read(raw: &RawValue, decimals: &dyn Fn(&str) -> Option<u8>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let read = Self::fields(raw, decimals, &mut faults);
        match read {
            Some(read) if faults.is_empty() => Ok(read),
            _ => Err(faults),
        }
    }

    fn fields(
        raw: &RawValue,
        decimals: &dyn Fn(&str) -> Option<u8>,
        faults: &mut Vec<Fault>,
    ) -> Option<Self> {
        let mut fields = Fields::read(raw, At::ROOT, faults)?;
        let to = fields.required_text("to", faults);
        let (points, amount) = sent(&mut fields, decimals, faults);
        fields.finish(faults);
        Some(Self {
            to: to?,
            points: points?,
            amount: amount?,
        })
    }
}

impl FromJson for ClickIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let code = fields.required_text("code", faults);
        fields.finish(faults);
        Some(Self {
            code: code?.to_string(),
        })
    }
}

impl FromJson for JoinRead {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let code = fields.text("code", faults);
        let followed_at = match fields.has("followed_at") {
            true => fields.moment("followed_at", faults),
            false => {
                let _ = fields.raw("followed_at");
                None
            }
        };
        let list = at.field("clicks");
        let raws = fields.list("clicks", 32, faults).unwrap_or_default();
        let mut clicks = Vec::new();
        for (place, raw) in raws.into_iter().enumerate() {
            clicks.extend(crate::json::text(raw, list.item(place), faults));
        }
        let marks = fingerprints(&mut fields, faults);
        fields.finish(faults);
        Some(Self {
            code: code.filter(|code| !code.is_empty()),
            followed_at,
            clicks,
            marks,
        })
    }
}

impl FromJson for ReviewIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("approve") {
            let what = "is missing: `true` if the referral counts, `false` if not";
            faults.push(at.field("approve").fault(what));
        }
        let approve = fields.boolean("approve", faults);
        let reason = fields.required_text("reason", faults);
        let by = fields.text("by", faults).filter(|by| !by.is_empty());
        fields.finish(faults);
        Some(Self {
            approve: approve?,
            reason: reason?.to_string(),
            by: by.map(|by| by.to_string()),
        })
    }
}
