//! What the service desk does for a member, as it is read: alike in events and in requests of their own.

use super::{EventIn, HeadIn};
use crate::event::write::said;
use crate::json::{At, Fields};
use regulars_base::Text;
use regulars_engine::event::{
    Fault, Kind, MemberHold, PerkEvent, Reissue, ReissueBack, ReissueOf, RewardGift,
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A voucher that is given is good for so many days at most.
const GIFT_DAYS_MOST: u16 = 3650;

/// The kinds that this file reads.
pub(super) const KINDS: [&str; 5] = [
    "member_hold",
    "member_release",
    "reissue",
    "reissue_undo",
    "reward_gift",
];

/// A member is put on hold (they earn, and neither spend nor send), or let go.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberHoldEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// Why: shown to the member, to tills and to auditors.
    #[schema(example = "Her phone was stolen")]
    pub reason: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A free reward is given again: the one whose voucher lapsed last, or one for a used redemption that the
/// member had nothing of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReissueEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The reward whose voucher lapsed, by its id in the program file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reward: Option<String>,
    /// Instead of it: the id of a used redemption of a single reward.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redemption: Option<String>,
    /// Why: shown to the member and to auditors.
    pub reason: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What was given again is taken back, as long as it is unused.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReissueUndoEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The id of the event that gave it again.
    pub reissue: String,
    /// Why: shown to the member and to auditors.
    pub reason: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A reward is given to the member, who pays nothing for it: a voucher in their hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RewardGiftEventIn {
    #[serde(flatten)]
    #[allow(
        missing_docs,
        reason = "flattened: its fields have their own descriptions"
    )]
    pub head: HeadIn,
    /// The reward, by its id in the program file.
    #[schema(example = "coffee")]
    pub reward: String,
    /// For how many days the voucher is good, with today: 1 to 3650; for ever if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u16>,
    /// Why: shown to the member and to auditors.
    pub reason: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// What a request of its own says beside its body.
#[derive(Clone, Copy, Debug)]
pub struct DeskAsk<'a> {
    /// Which of the kinds.
    pub kind: &'a str,
    /// What is taken back, where the path says so.
    pub reissue: Option<&'a Text>,
    /// Who asks.
    pub by: &'a Text,
    /// Whether the body may say that somebody else does it.
    pub for_others: bool,
}

/// The fields of one of [`KINDS`].
pub(super) fn read(named: &str, fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Kind> {
    let asked = DeskAsk {
        kind: named,
        reissue: None,
        by: &Text::default(),
        for_others: true,
    };
    read_asked(asked, fields, faults)
}

fn read_asked(
    asked: DeskAsk<'_>,
    fields: &mut Fields<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Kind> {
    let reason = fields.required_text("reason", faults);
    let named = fields.text_or_empty("by", faults);
    let by = match asked.for_others && !named.is_empty() {
        true => named,
        false => asked.by.clone(),
    };
    Some(match asked.kind {
        "reissue" => {
            let of = of(fields, faults);
            Kind::Perk(Box::new(PerkEvent::Reissue(Box::new(Reissue {
                of: of?,
                reason: reason?,
                by,
            }))))
        }
        "reissue_undo" => {
            let reissue = match asked.reissue {
                Some(reissue) => Some(reissue.clone()),
                None => fields.required_text("reissue", faults),
            };
            Kind::Perk(Box::new(PerkEvent::ReissueBack(Box::new(ReissueBack {
                reissue: reissue?,
                reason: reason?,
                by,
            }))))
        }
        "reward_gift" => {
            let reward = fields.required_text("reward", faults);
            let days = gift_days(fields, faults);
            Kind::Perk(Box::new(PerkEvent::Gift(Box::new(RewardGift {
                reward: reward?,
                days: days?,
                reason: reason?,
                by,
            }))))
        }
        _ => Kind::MemberHold(Box::new(MemberHold {
            on: asked.kind == "member_hold",
            reason: reason?,
            by,
        })),
    })
}

/// For how many days a voucher is good that is given.
fn gift_days(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Option<u16>> {
    let at = fields.at();
    if fields.lacks("days") {
        return Some(None);
    }
    let days = fields.integer("days", faults)?;
    let good = u16::try_from(days)
        .ok()
        .filter(|days| (1..=GIFT_DAYS_MOST).contains(days));
    if good.is_none() {
        let what = format!("must be 1 to {GIFT_DAYS_MOST}; leave it out for ever");
        faults.push(at.field("days").fault(what));
    }
    good.map(Some)
}

/// `reward` or `redemption`.
fn of(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<ReissueOf> {
    let at = fields.at();
    let named = ["reward", "redemption"].map(|name| fields.has(name));
    let reward = fields.text("reward", faults);
    let redemption = fields.text("redemption", faults);
    match named {
        [true, false] => reward.map(ReissueOf::Lapsed),
        [false, true] => redemption.map(ReissueOf::Used),
        _ => {
            let what = "says not what is given again: give `reward` (its voucher lapsed) or `redemption` \
                        (it was used)";
            faults.push(at.fault(what));
            None
        }
    }
}

/// As it is sent, if it is one of these.
pub(super) fn write(kind: &Kind, head: &HeadIn) -> Option<EventIn> {
    let head = head.clone();
    match kind {
        Kind::MemberHold(it) => {
            let own = MemberHoldEventIn {
                head,
                reason: it.reason.to_string(),
                by: said(&it.by),
            };
            Some(match it.on {
                true => EventIn::MemberHold(own),
                false => EventIn::MemberRelease(own),
            })
        }
        Kind::Perk(perk) => match &**perk {
            PerkEvent::Reissue(it) => {
                let (reward, redemption) = match &it.of {
                    ReissueOf::Lapsed(reward) => (said(reward), None),
                    ReissueOf::Used(redemption) => (None, said(redemption)),
                };
                Some(EventIn::Reissue(ReissueEventIn {
                    head,
                    reward,
                    redemption,
                    reason: it.reason.to_string(),
                    by: said(&it.by),
                }))
            }
            PerkEvent::ReissueBack(it) => Some(EventIn::ReissueUndo(ReissueUndoEventIn {
                head,
                reissue: it.reissue.to_string(),
                reason: it.reason.to_string(),
                by: said(&it.by),
            })),
            PerkEvent::Gift(it) => Some(EventIn::RewardGift(RewardGiftEventIn {
                head,
                reward: it.reward.to_string(),
                days: it.days,
                reason: it.reason.to_string(),
                by: said(&it.by),
            })),
            _ => None,
        },
        _ => None,
    }
}

/// Reads the body of a request of its own.
pub fn read_desk(raw: &RawValue, asked: DeskAsk<'_>) -> Result<Kind, Vec<Fault>> {
    let mut faults = Vec::new();
    let found = Fields::read(raw, At::ROOT, &mut faults).and_then(|mut fields| {
        let found = read_asked(asked, &mut fields, &mut faults);
        fields.finish(&mut faults);
        found
    });
    found.filter(|_| faults.is_empty()).ok_or(faults)
}
