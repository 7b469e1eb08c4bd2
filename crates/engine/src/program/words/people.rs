//! What happened between members, in words: referrals, and points that were sent.

use super::{amount_of, id_of, title};
use crate::outcome::Note;
use crate::program::Program;
use crate::state::{Doubt, MarkKind};
use regulars_base::{MemberId, Name};

/// What makes a referral doubtful, in a few words.
pub const fn doubt(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::KnownCustomer => "known customer",
        Doubt::SharedFingerprint(MarkKind::Device) => "same device",
        Doubt::SharedFingerprint(MarkKind::Address) => "same address",
        Doubt::SharedFingerprint(MarkKind::Payment) => "same means of payment",
        Doubt::Ring => "ring",
        Doubt::NoReferrer => "no referrer",
        Doubt::ByHand => "by hand",
    }
}

/// A note about referrals or points that were sent, as a sentence; nothing for other notes.
pub(super) fn sentence(program: &Program, note: &Note) -> Option<String> {
    let of = |points: &Name, n: &i64| amount_of(program, *points, *n);
    Some(match note {
        Note::LinkFollowed => "somebody followed the member's link".to_owned(),
        Note::CameByReferral { referrer } => format!("came by the link of {referrer}"),
        Note::ReferralCounts => "the referral counts".to_owned(),
        Note::ReferralInReview(why) => format!(
            "the referral waits until somebody has looked at it: {}",
            doubt(*why)
        ),
        Note::ReferralRefused(why) => format!("the referral does not count: {}", doubt(*why)),
        Note::FriendJoined { friend } => format!("{friend} joined by the member's link"),
        Note::FriendDoubted {
            friend,
            why,
            refused,
        } => {
            let then = match refused {
                true => "and does not count",
                false => "and waits until somebody has looked at it",
            };
            format!(
                "{friend} joined by the member's link {then}: {}",
                doubt(*why)
            )
        }
        Note::FriendBought { friend, step } => {
            format!("{friend}, whom the member sent, made purchase {step}")
        }
        Note::FriendReturned { friend, step } => {
            format!("{friend}, whom the member sent, brought purchase {step} back")
        }
        Note::ReferralHeld { until } => format!(
            "what it gives is held back until {}",
            program.zone.day(*until)
        ),
        Note::ReferralGave {
            friend,
            step,
            points,
            amount,
        } => format!("{} gives {}", occasion(*friend, *step), of(points, amount)),
        Note::ReferralGaveReward {
            friend,
            step,
            reward,
        } => {
            let title = title(program, *reward);
            format!("{} gives {title}", occasion(*friend, *step))
        }
        Note::ReferralLimit { friend, step } => format!(
            "{} gives nothing: the member's limit for referrals is used up",
            occasion(Some(*friend), *step)
        ),
        Note::ReferralTookBack { points, amount } => format!(
            "{} of a referral taken back, since it counts no more",
            of(points, amount)
        ),
        Note::ReferralTookReward { reward } => format!(
            "{} of a referral taken back, since it counts no more",
            title(program, *reward)
        ),
        Note::ReferralHoldEnded => {
            "what a referral would have given is not given: it counts no more".to_owned()
        }
        Note::Sent { to, points, amount } => format!("{} sent to {to}", of(points, amount)),
        Note::SentFee { points, amount } => format!("{} paid for sending", of(points, amount)),
        Note::Received {
            from,
            points,
            amount,
        } => format!("{} came from {from}", of(points, amount)),
        Note::NotTaken {
            from,
            points,
            amount,
        } => format!(
            "{} from {from} not taken, since the customer is no member: they go back",
            of(points, amount)
        ),
        Note::CameBack { points, amount } => {
            format!(
                "{} came back, since they were not taken",
                of(points, amount)
            )
        }
        Note::PartedOut { points, amount } => {
            format!(
                "{} went back, since the merge was undone",
                of(points, amount)
            )
        }
        Note::Parted { from } => format!("the merge into {from} was undone"),
        Note::PartedIn { points, amount } => {
            format!(
                "{} came back, since the merge was undone",
                of(points, amount)
            )
        }
        _ => return None,
    })
}

/// For what a referral gives something.
fn occasion(friend: Option<MemberId>, step: i64) -> String {
    match (friend, step) {
        (None, 0) => "joining by a link".to_owned(),
        (None, step) => format!("purchase {step} after joining by a link"),
        (Some(friend), step) => format!("purchase {step} of {friend}"),
    }
}

/// The few words that stories assert; nothing for other notes.
pub(super) fn short(program: &Program, note: &Note) -> Option<String> {
    let of = |points: &Name, n: &i64| super::short::of(program, *points, *n);
    Some(match note {
        Note::LinkFollowed => "friend: clicked".to_owned(),
        Note::CameByReferral { .. } => "referral: came".to_owned(),
        Note::ReferralCounts => "referral: counts".to_owned(),
        Note::ReferralInReview(why) => format!("referral: review: {}", doubt(*why)),
        Note::ReferralRefused(why) => format!("referral: refused: {}", doubt(*why)),
        Note::FriendJoined { .. } => "friend: joined".to_owned(),
        Note::FriendDoubted {
            why, refused: true, ..
        } => format!("friend: refused: {}", doubt(*why)),
        Note::FriendDoubted { why, .. } => format!("friend: review: {}", doubt(*why)),
        Note::FriendBought { step, .. } => format!("friend: bought {step}"),
        Note::FriendReturned { step, .. } => format!("friend: returned {step}"),
        Note::ReferralHeld { .. } => "friend: held".to_owned(),
        Note::ReferralLimit { .. } => "friend: limit".to_owned(),
        Note::ReferralGave {
            step,
            points,
            amount,
            ..
        } => format!("referral {step}: +{}", of(points, amount)),
        Note::ReferralGaveReward { step, reward, .. } => {
            format!("referral {step}: {}", id_of(program, *reward))
        }
        Note::ReferralTookBack { points, amount } => format!("referral: -{}", of(points, amount)),
        Note::ReferralTookReward { reward } => {
            format!("referral: {} taken back", id_of(program, *reward))
        }
        Note::ReferralHoldEnded => "referral: not given".to_owned(),
        Note::Sent { points, amount, .. } => format!("sent: {}", of(points, amount)),
        Note::SentFee { points, amount } => format!("fee: {}", of(points, amount)),
        Note::Received { points, amount, .. } => format!("received: {}", of(points, amount)),
        Note::NotTaken { points, amount, .. } => format!("not taken: {}", of(points, amount)),
        Note::CameBack { points, amount } => format!("came back: {}", of(points, amount)),
        Note::PartedOut { points, amount } => format!("parted out: {}", of(points, amount)),
        Note::Parted { .. } => "parted".to_owned(),
        Note::PartedIn { points, amount } => format!("parted in: {}", of(points, amount)),
        _ => return None,
    })
}
