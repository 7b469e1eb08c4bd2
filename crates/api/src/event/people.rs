//! Events between members on the wire: referrals, and points that are sent.

use super::Door;
use super::HeadIn;
use super::read::points_amount;
use crate::amount::Amount;
use crate::json::{self, Fields};
use regulars_base::{MemberId, Text, Timestamp};
use regulars_engine::event::{Fault, Kind, ReferralReview, SignUp, Touch, TransferOut};
use regulars_engine::state::{Mark, MarkKind};
use serde::Serialize;
use utoipa::ToSchema;

/// The kinds that this file reads.
pub(super) const KINDS: [&str; 5] = [
    "referral_click",
    "sign_up",
    "fingerprints",
    "referral_review",
    "transfer",
];

/// Somebody followed a member's link. Nothing is said of who it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferralClickIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
}

/// A customer joins by the links of other members: they are enrolled if they are not yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignUpIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Whose links they followed, at least one.
    pub touches: Vec<TouchIn>,
    /// What they are recognised by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fingerprints: Vec<FingerprintIn>,
}

/// A link that was followed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TouchIn {
    /// Whose: the member's id. Who has only the code of a link enrols the friend with `referral_code`
    /// (`POST /v1/members`) or lets them sign up (`POST /v1/members/{member}/sign-up`).
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub referrer: String,
    /// When; when the customer joined, if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// What a member is recognised by.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FingerprintsIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// By which devices, addresses or means of payment.
    pub fingerprints: Vec<FingerprintIn>,
}

/// A device, an address or a means of payment. Only a hash of it is kept: send a hash of your own.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FingerprintIn {
    /// `device`, `address` or `payment`.
    #[schema(example = "device")]
    pub kind: String,
    /// What it is recognised by; `#` and 16 hexadecimal digits are taken for the hash that is kept.
    pub value: String,
}

/// Somebody says whether a doubtful referral counts. It is an event of the friend who was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReferralReviewIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// It counts, or it does not (any more: then what it gave is taken back).
    pub approve: bool,
    /// Why.
    #[schema(example = "They live together")]
    pub reason: String,
    /// Who says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A member sends points to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TransferEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// To whom: the member's id.
    #[schema(example = "mem_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub to: String,
    /// Which points, by their id in the program file.
    #[schema(example = "beans")]
    pub points: String,
    /// How many.
    pub amount: Amount,
}

/// Reads an event of [`KINDS`].
pub(super) fn read(
    named: &str,
    fields: &mut Fields<'_>,
    (door, at): (&Door<'_>, Option<Timestamp>),
    faults: &mut Vec<Fault>,
) -> Option<Kind> {
    match named {
        "referral_click" => Some(Kind::ReferralClick),
        "sign_up" => {
            let touches = touches(fields, at, faults);
            let marks = fingerprints(fields, faults);
            let touches = touches?;
            Some(Kind::SignUp(Box::new(SignUp { touches, marks })))
        }
        "fingerprints" => Some(Kind::Fingerprints(fingerprints(fields, faults))),
        "referral_review" => review(fields, faults),
        _ => transfer(fields, door, faults),
    }
}

fn touches(
    fields: &mut Fields<'_>,
    joined: Option<Timestamp>,
    faults: &mut Vec<Fault>,
) -> Option<Vec<Touch>> {
    /// Nobody follows more links than this before they join.
    const MOST: usize = 32;
    let base = fields.at();
    let at = base.field("touches");
    let raws = fields.list("touches", MOST, faults).unwrap_or_default();
    if raws.is_empty() {
        faults.push(at.fault("is empty: whose links did they follow?"));
        return None;
    }
    let mut touches = Vec::new();
    for (place, raw) in raws.into_iter().enumerate() {
        let mut own = Fields::read(raw, at.item(place), faults)?;
        let referrer = member(&mut own, "referrer", faults);
        let followed = match own.has("at") {
            true => own.moment("at", faults),
            false => {
                let _ = own.raw("at");
                joined
            }
        };
        own.finish(faults);
        touches.push(Touch {
            referrer: referrer?,
            at: followed?,
        });
    }
    Some(touches)
}

pub(crate) fn fingerprints(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Vec<Mark> {
    let base = fields.at();
    let at = base.field("fingerprints");
    let raws = fields
        .list("fingerprints", Mark::KEPT, faults)
        .unwrap_or_default();
    let mut marks = Vec::new();
    for (place, raw) in raws.into_iter().enumerate() {
        let at = at.item(place);
        let Some(mut own) = Fields::read(raw, at, faults) else {
            continue;
        };
        let kind = own.required_text("kind", faults);
        let value = own.required_text("value", faults);
        own.finish(faults);
        let (Some(kind), Some(value)) = (kind, value) else {
            continue;
        };
        match MarkKind::ALL
            .into_iter()
            .find(|own| own.name() == kind.as_str())
        {
            Some(kind) => marks.push(mark(kind, value.as_str())),
            None => faults.push(
                at.field("kind")
                    .fault("is none of `device`, `address` and `payment`"),
            ),
        }
    }
    marks
}

/// A hash as it is kept, or one of anything else.
fn mark(kind: MarkKind, value: &str) -> Mark {
    let kept = value.strip_prefix('#').filter(|hex| hex.len() == 16);
    match kept.and_then(|hex| u64::from_str_radix(hex, 16).ok()) {
        Some(hash) => Mark { kind, hash },
        None => Mark::of(kind, value),
    }
}

fn review(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Kind> {
    let base = fields.at();
    if fields.lacks("approve") {
        faults.push(
            base.field("approve")
                .fault("is missing: `true` if the referral counts, `false` if not"),
        );
    }
    let approve = fields.boolean("approve", faults);
    let reason = fields.required_text("reason", faults);
    let by = fields.text_or_empty("by", faults);
    Some(Kind::ReferralReview(Box::new(ReferralReview {
        approve: approve?,
        reason: reason?,
        by,
    })))
}

fn transfer(fields: &mut Fields<'_>, door: &Door<'_>, faults: &mut Vec<Fault>) -> Option<Kind> {
    let to = member(fields, "to", faults);
    let (points, amount) = sent(fields, door.decimals, faults);
    Some(Kind::TransferOut(Box::new(TransferOut {
        to: to?,
        points: points?,
        amount: amount?,
    })))
}

/// Which points, and how many: above zero.
pub(crate) fn sent(
    fields: &mut Fields<'_>,
    decimals: &dyn Fn(&str) -> Option<u8>,
    faults: &mut Vec<Fault>,
) -> (Option<Text>, Option<i64>) {
    let base = fields.at();
    let points = fields.required_text("points", faults);
    let places = points.as_ref().and_then(|points| decimals(points.as_str()));
    let amount = points_amount(fields, places.unwrap_or(0), faults);
    if amount.is_some_and(|amount| amount < 0) {
        faults.push(base.field("amount").fault("must be above zero"));
        return (points, None);
    }
    (points, amount)
}

pub(super) fn member(
    fields: &mut Fields<'_>,
    name: &'static str,
    faults: &mut Vec<Fault>,
) -> Option<MemberId> {
    let base = fields.at();
    let at = base.field(name);
    let raw = fields.required(name, faults)?;
    let written = json::string(raw, at, faults)?;
    match written.parse::<MemberId>() {
        Ok(member) => Some(member),
        Err(error) => {
            faults.push(at.fault(error.to_string()));
            None
        }
    }
}

/// Marks as they are sent.
pub(super) fn written(marks: &[Mark]) -> Vec<FingerprintIn> {
    let one = |mark: &Mark| FingerprintIn {
        kind: mark.kind.name().to_owned(),
        value: format!("#{:016x}", mark.hash),
    };
    marks.iter().map(one).collect()
}
