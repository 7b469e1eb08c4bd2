//! Activities that count once somebody has looked at them.
//!
//! *Ana's review waits. On Monday an agent approves it: she gets what the program in force on the
//! day of the review gave for it, within the limits of that day, with the dates of Monday. Had the
//! agent rejected it, or had nobody looked at it for 30 days, she would have got nothing, and could
//! write another.*

use crate::draft::Draft;
use crate::event::{self, Activity, Approved, Event, Kind};
use crate::outcome::{Change, FollowUp, Note, Refusal};
use crate::program;
use crate::stage::{activity, tier};
use crate::state::{Submission, Wallet};
use regulars_base::{EventKey, Name, Text, Timestamp};

fn find<'a>(wallet: &'a Wallet, id: &Text) -> Option<&'a Submission> {
    let engaged = wallet.engaged()?;
    engaged.submissions.iter().find(|waits| waits.id == *id)
}

/// Whether an activity of this id waits.
pub(crate) fn waits(draft: &Draft<'_>, id: &Text) -> bool {
    find(&draft.state.wallet, id).is_some()
}

/// An activity waits from now on.
pub(crate) fn submit(
    draft: &mut Draft<'_>,
    event: &Event,
    activity: &Activity,
    moderation: program::Moderation,
) {
    let last = moderation.lapses.after(draft.today.day);
    let lapses_at = draft.program.zone.start_of(last.plus_days(1));
    let name = Name::of(activity.name.as_str());
    draft.note(Note::Submitted {
        activity: name,
        until: lapses_at,
    });
    draft.take(Change::Submitted(Box::new(Submission {
        id: event.key.external_id.clone(),
        source: event.key.source.clone(),
        at: event.occurred_at,
        activity: activity.clone(),
        lapses_at,
        approved_at: None,
    })));
}

/// Somebody has looked at it.
pub(crate) fn moderate(
    draft: &mut Draft<'_>,
    moderation: &event::Moderation,
) -> Result<(), Refusal> {
    let found = find(&draft.state.wallet, &moderation.submission);
    let waiting = found.filter(|waits| waits.approved_at.is_none()).cloned();
    let waiting = waiting.ok_or(Refusal::UnknownSubmission)?;
    let approved = moderation.approved;
    draft.note(Note::Moderated {
        activity: Name::of(waiting.activity.name.as_str()),
        approved,
    });
    if approved {
        let (id, at) = (waiting.id, draft.now);
        draft.take(Change::SubmissionApproved { id, at });
    } else {
        drop_it(draft, waiting);
    }
    Ok(())
}

/// It counts for nothing: as if it had not been done.
fn drop_it(draft: &mut Draft<'_>, waiting: Submission) {
    let program = draft.program;
    if let Some(rule) = program.activity(waiting.activity.name.as_str())
        && let Some(once) = &rule.once
    {
        let done = activity::done(rule, once, waiting.at, &waiting.activity);
        draft.take(Change::Undone(done));
    }
    draft.take(Change::SubmissionGone { id: waiting.id });
}

/// What was approved counts, in an event of its own, so that the program that was in force when it
/// happened decides. It is said again by every event until it was.
pub(crate) fn say_again(draft: &mut Draft<'_>) {
    let Some(engaged) = draft.state.wallet.engaged() else {
        return;
    };
    for waits in &engaged.submissions {
        let Some(at) = waits.approved_at else {
            continue;
        };
        let external_id = Text::new(format!("{}#approved", waits.id));
        let event = Event {
            key: EventKey {
                source: waits.source.clone(),
                external_id: external_id.unwrap_or_else(|_| waits.id.clone()),
            },
            occurred_at: waits.at,
            recorded_at: draft.now,
            entropy: draft.entropy,
            kind: Kind::Approved(Box::new(Approved {
                submission: waits.id.clone(),
                activity: waits.activity.clone(),
                at,
            })),
        };
        draft.out.follow_ups.push(FollowUp {
            member: None,
            event,
        });
    }
}

/// Whether something that was approved has not been dealt with.
pub(crate) fn approved_waits(wallet: &Wallet) -> bool {
    let waits = |own: &Submission| own.approved_at.is_some();
    wallet
        .engaged()
        .is_some_and(|engaged| engaged.submissions.iter().any(waits))
}

/// What was approved counts.
pub(crate) fn approved(draft: &mut Draft<'_>, event: &Event, approved: &Approved) {
    let id = &approved.submission;
    if find(&draft.state.wallet, id).is_none_or(|waits| waits.approved_at.is_none()) {
        return;
    }
    draft.take(Change::SubmissionGone { id: id.clone() });
    activity::count(draft, event, &approved.activity, approved.at);
    tier::review(draft);
}

/// What waits in vain lapses.
pub(crate) fn lapse(draft: &mut Draft<'_>, at: Timestamp) {
    loop {
        let over = |waits: &&Submission| waits.approved_at.is_none() && waits.lapses_at <= at;
        let engaged = draft.state.wallet.engaged();
        let Some(waits) = engaged.and_then(|own| own.submissions.iter().find(over).cloned()) else {
            return;
        };
        draft.note(Note::SubmissionLapsed {
            activity: Name::of(waits.activity.name.as_str()),
        });
        drop_it(draft, waits);
    }
}
