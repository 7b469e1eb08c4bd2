//! The referrer's side: what a member is given for the friends they sent.
//!
//! *Ana has sent eleven friends this month, and the limit is ten: for the eleventh she gets nothing,
//! and her history says so.*

use super::friend::standing;
use super::{gift, own, ring, take, worse};
use crate::draft::Draft;
use crate::event::{Event, FriendNews, Kind, News};
use crate::follow::tell;
use crate::outcome::Note;
use crate::program::{Limited, Metric};
use crate::stage::{grant, tier};
use crate::state::{Doubt, Mark, ReferralChange, ReferralGift, Standing};
use regulars_base::MemberId;

/// Somebody followed the member's link.
pub(crate) fn click(draft: &mut Draft<'_>) {
    count(draft, 1, 0, 0, 0);
    draft.note(Note::LinkFollowed);
}

fn count(draft: &mut Draft<'_>, clicks: i64, joined: i64, in_review: i64, bought: i64) {
    take(
        draft,
        ReferralChange::Counted {
            clicks,
            joined,
            in_review,
            bought,
        },
    );
}

/// Something happened to a friend.
pub(crate) fn news(draft: &mut Draft<'_>, event: &Event, told: &FriendNews) {
    let friend = told.friend;
    match &told.news {
        News::Joined { marks, doubt } => joined(draft, event, friend, (marks, *doubt)),
        News::Bought { step } => bought(draft, event, friend, *step),
        News::Returned { step } => returned(draft, friend, *step),
        News::Approved { was_in_review } => {
            count(draft, 0, 1, -i64::from(*was_in_review), 0);
            draft.note(Note::FriendJoined { friend });
        }
        News::Rejected { was_in_review } => {
            let in_review = i64::from(*was_in_review);
            count(draft, 0, in_review - 1, -in_review, 0);
            draft.note(Note::FriendDoubted {
                friend,
                why: Doubt::ByHand,
                refused: true,
            });
        }
    }
    tier::review(draft);
}

fn joined(
    draft: &mut Draft<'_>,
    event: &Event,
    friend: MemberId,
    (marks, doubt): (&[Mark], Option<Doubt>),
) {
    let program = draft.program;
    let is_member = draft.state.wallet.enrolled_at.is_some();
    let Some(rule) = program.referral.as_deref().filter(|_| is_member) else {
        return settle(draft, event, friend, Some(Doubt::NoReferrer));
    };
    if draft.state.owner == Some(friend) {
        return settle(draft, event, friend, Some(Doubt::NoReferrer));
    }
    let seen = |mark: &&Mark| {
        own(draft).is_some_and(|own| own.marks.contains(mark) || own.friend_marks.contains(mark))
    };
    let shared = marks.iter().find(seen);
    let shared = shared.map(|mark| Doubt::SharedFingerprint(mark.kind));
    for mark in marks {
        take(draft, ReferralChange::FriendMarked(*mark));
    }
    let doubt = worse(rule, doubt, shared);
    ring::ask(draft, event, friend, doubt);
}

/// All that could be asked has been: the friend is told where the referral stands.
pub(super) fn settle(draft: &mut Draft<'_>, event: &Event, friend: MemberId, doubt: Option<Doubt>) {
    let rule = draft.program.referral.as_deref();
    let stands = match (rule, doubt) {
        (Some(rule), doubt) => standing(rule, doubt),
        (None, doubt) => Standing::Refused(doubt.unwrap_or(Doubt::NoReferrer)),
    };
    match stands {
        Standing::Counts | Standing::Asked(_) => {
            count(draft, 0, 1, 0, 0);
            draft.note(Note::FriendJoined { friend });
        }
        Standing::InReview(why) => {
            count(draft, 0, 0, 1, 0);
            let refused = false;
            draft.note(Note::FriendDoubted {
                friend,
                why,
                refused,
            });
        }
        Standing::Refused(why) => {
            let refused = true;
            draft.note(Note::FriendDoubted {
                friend,
                why,
                refused,
            });
        }
    }
    tell(draft, event, "answer", friend, Kind::ReferralAnswer(stands));
}

/// A purchase of the friend counts: within the limits the member is given what it gives, now or
/// later.
fn bought(draft: &mut Draft<'_>, event: &Event, friend: MemberId, step: i64) {
    let program = draft.program;
    draft.note(Note::FriendBought { friend, step });
    let Some(rule) = program.referral.as_deref() else {
        return;
    };
    let (day, _) = draft.local(event.occurred_at);
    if is_first(draft, step) {
        count(draft, 0, 0, 0, 1);
        let day = program.progress_day(&day);
        tier::progress(draft, Metric::Referrals, day, 1);
    }
    let held_until = rule
        .held_for
        .map(|span| gift::end(draft, Some(span), event.occurred_at));
    let waits = held_until.is_some_and(|until| until > draft.now);
    // What waits is given by the tier that the member has then.
    let given = rule.step(step).filter(|step| step.rewards_referrers());
    let given = given.map(|step| step.for_referrer(gift::tier(draft)));
    let Some(gives) = given.filter(|gives| waits || gives.is_some()) else {
        return;
    };
    let left = |limit: &crate::program::Limit| {
        limit.what != Limited::Times || grant::left(draft, &day, limit) > 0
    };
    if !rule.limits.iter().all(left) {
        return draft.note(Note::ReferralLimit { friend, step });
    }
    for limit in &rule.limits {
        grant::use_up(draft, &day, limit, 1);
    }
    let gift = ReferralGift {
        friend: Some(friend),
        step,
        held_until,
        at: event.occurred_at,
        day: program.progress_day(&day),
        counted: !rule.limits.is_empty(),
        paid: Vec::new(),
        voucher: None,
    };
    match (held_until.filter(|_| waits), gives) {
        (Some(until), _) => {
            take(draft, ReferralChange::Gave(gift));
            draft.note(Note::ReferralHeld { until });
        }
        (None, Some(gives)) => gift::give(draft, gift, gives, event.occurred_at),
        (None, None) => {}
    }
}

/// Whether this purchase makes the referral a success.
fn is_first(draft: &Draft<'_>, step: i64) -> bool {
    let rule = draft.program.referral.as_deref();
    let first = rule.and_then(|rule| rule.steps.first());
    first.is_some_and(|first| first.purchase == step)
}

/// It came back.
fn returned(draft: &mut Draft<'_>, friend: MemberId, step: i64) {
    draft.note(Note::FriendReturned { friend, step });
    if is_first(draft, step) {
        count(draft, 0, 0, 0, -1);
        // Where nothing was given for it, the day on which it counted is not known any more.
        let gifts = own(draft).map_or(&[][..], |own| &own.gifts);
        let given = gifts
            .iter()
            .find(|gift| gift.friend == Some(friend) && gift.step == step);
        let today = draft.program.progress_day(&draft.today);
        let day = given.map_or(today, |gift| gift.day);
        tier::progress(draft, Metric::Referrals, day, -1);
    }
    gift::take_back(draft, Some(friend), step);
}

/// The member is about to be merged into somebody whom they sent: they sent themselves.
pub(super) fn unmask(draft: &mut Draft<'_>, friend: MemberId) {
    let gifts = own(draft).map_or(&[][..], |own| &own.gifts);
    let theirs = gifts.iter().filter(|gift| gift.friend == Some(friend));
    for step in theirs.map(|gift| gift.step).collect::<Vec<i64>>() {
        returned(draft, friend, step);
    }
}
