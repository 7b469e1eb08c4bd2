//! What happened between members, in words: referrals, and points that were sent.

use super::language::{say, word};
use super::reader::Plain;
use super::{Language, Reader, id_of};
use crate::outcome::Note;
use crate::program::Program;
use crate::state::{Doubt, MarkKind};
use regulars_base::{MemberId, Name};

/// What makes a referral doubtful, in a few words.
pub fn doubt(language: Language, doubt: Doubt) -> &'static str {
    let reader = Plain { language };
    match doubt {
        Doubt::KnownCustomer => word!(reader, "known customer"),
        Doubt::SharedFingerprint(MarkKind::Device) => word!(reader, "same device"),
        Doubt::SharedFingerprint(MarkKind::Address) => word!(reader, "same address"),
        Doubt::SharedFingerprint(MarkKind::Payment) => word!(reader, "same means of payment"),
        Doubt::Ring => word!(reader, "ring"),
        Doubt::NoReferrer => word!(reader, "no referrer"),
        Doubt::ByHand => word!(reader, "by hand"),
    }
}

/// A note about referrals or points that were sent, as a sentence; nothing for other notes.
pub(super) fn sentence(reader: Reader<'_>, note: &Note) -> Option<String> {
    let of = |points: &Name, n: &i64| reader.of(*points, *n);
    Some(match note {
        Note::LinkFollowed => say!(reader, "somebody followed the member's link"),
        Note::CameByReferral { referrer } => {
            say!(reader, "came by the link of {referrer}", referrer)
        }
        Note::ReferralCounts => say!(reader, "the referral counts"),
        Note::ReferralInReview(why) => say!(
            reader,
            "the referral waits until somebody has looked at it: {why}",
            why = doubt(reader.language, *why)
        ),
        Note::ReferralRefused(why) => say!(
            reader,
            "the referral does not count: {why}",
            why = doubt(reader.language, *why)
        ),
        Note::FriendJoined { friend } => {
            say!(reader, "{friend} joined by the member's link", friend)
        }
        Note::FriendDoubted {
            friend,
            why,
            refused,
        } => {
            let then = match refused {
                true => word!(reader, "and does not count"),
                false => word!(reader, "and waits until somebody has looked at it"),
            };
            say!(
                reader,
                "{friend} joined by the member's link {then}: {why}",
                friend,
                then,
                why = doubt(reader.language, *why)
            )
        }
        Note::FriendBought { friend, step } => {
            say!(
                reader,
                "{friend}, whom the member sent, made purchase {step}",
                friend,
                step
            )
        }
        Note::FriendReturned { friend, step } => {
            say!(
                reader,
                "{friend}, whom the member sent, brought purchase {step} back",
                friend,
                step
            )
        }
        Note::ReferralHeld { until } => say!(
            reader,
            "what it gives is held back until {day}",
            day = reader.day(*until)
        ),
        Note::ReferralGave {
            friend,
            step,
            points,
            amount,
        } => say!(
            reader,
            "{occasion} gives {amount}",
            occasion = occasion(reader, *friend, *step),
            amount = of(points, amount)
        ),
        Note::ReferralGaveReward {
            friend,
            step,
            reward,
        } => {
            let title = reader.title(*reward);
            say!(
                reader,
                "{occasion} gives {title}",
                occasion = occasion(reader, *friend, *step),
                title
            )
        }
        Note::ReferralLimit { friend, step } => say!(
            reader,
            "{occasion} gives nothing: the member's limit for referrals is used up",
            occasion = occasion(reader, Some(*friend), *step)
        ),
        Note::ReferralTookBack { points, amount } => say!(
            reader,
            "{amount} of a referral taken back, since it counts no more",
            amount = of(points, amount)
        ),
        Note::ReferralTookReward { reward } => say!(
            reader,
            "{reward} of a referral taken back, since it counts no more",
            reward = reader.title(*reward)
        ),
        Note::ReferralHoldEnded => {
            say!(
                reader,
                "what a referral would have given is not given: it counts no more"
            )
        }
        Note::Sent { to, points, amount } => say!(
            reader,
            "{amount} sent to {to}",
            amount = of(points, amount),
            to
        ),
        Note::SentFee { points, amount } => say!(
            reader,
            "{amount} paid for sending",
            amount = of(points, amount)
        ),
        Note::Received {
            from,
            points,
            amount,
        } => say!(
            reader,
            "{amount} came from {from}",
            amount = of(points, amount),
            from
        ),
        Note::NotTaken {
            from,
            points,
            amount,
        } => say!(
            reader,
            "{amount} from {from} not taken, since the customer is no member: they go back",
            amount = of(points, amount),
            from
        ),
        Note::CameBack { points, amount } => {
            say!(
                reader,
                "{amount} came back, since they were not taken",
                amount = of(points, amount)
            )
        }
        Note::PartedOut { points, amount } => {
            say!(
                reader,
                "{amount} went back, since the merge was undone",
                amount = of(points, amount)
            )
        }
        Note::Parted { from } => say!(reader, "the merge into {from} was undone", from),
        Note::PartedIn { points, amount } => {
            say!(
                reader,
                "{amount} came back, since the merge was undone",
                amount = of(points, amount)
            )
        }
        _ => return None,
    })
}

/// For what a referral gives something.
fn occasion(reader: Reader<'_>, friend: Option<MemberId>, step: i64) -> String {
    match (friend, step) {
        (None, 0) => say!(reader, "joining by a link"),
        (None, step) => say!(reader, "purchase {step} after joining by a link", step),
        (Some(friend), step) => say!(reader, "purchase {step} of {friend}", step, friend),
    }
}

/// The few words that stories assert; nothing for other notes.
pub(super) fn short(program: &Program, note: &Note) -> Option<String> {
    let of = |points: &Name, n: &i64| super::short::of(program, *points, *n);
    Some(match note {
        Note::LinkFollowed => "friend: clicked".to_owned(),
        Note::CameByReferral { .. } => "referral: came".to_owned(),
        Note::ReferralCounts => "referral: counts".to_owned(),
        Note::ReferralInReview(why) => format!("referral: review: {}", doubt(Language::En, *why)),
        Note::ReferralRefused(why) => format!("referral: refused: {}", doubt(Language::En, *why)),
        Note::FriendJoined { .. } => "friend: joined".to_owned(),
        Note::FriendDoubted {
            why, refused: true, ..
        } => format!("friend: refused: {}", doubt(Language::En, *why)),
        Note::FriendDoubted { why, .. } => format!("friend: review: {}", doubt(Language::En, *why)),
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
