//! Joining: by asking, or by buying (policy `unknown_customers`).
//!
//! *Ana signs up and gets 50 beans for it, if a rule listens to enrolments. Under the policy
//! `enrol` her first purchase would have done the same; under `hold` what she bought before is
//! kept and counts from now on; under `refuse` it is turned away.*

use crate::draft::Draft;
use crate::due::kept_waits;
use crate::event::Event;
use crate::follow;
use crate::outcome::{Change, FollowUp, Note, Refusal};
use crate::program::Trigger;
use crate::stage::{earn, tier};
use regulars_base::EventKey;

/// A customer asks to join.
pub(crate) fn enrol(draft: &mut Draft<'_>, event: &Event) -> Result<(), Refusal> {
    if draft.state.wallet.enrolled_at.is_some() {
        return Err(Refusal::AlreadyEnrolled);
    }
    welcome(draft, event);
    tier::review(draft);
    Ok(())
}

/// The customer is a member from the moment of the event on.
pub(crate) fn welcome(draft: &mut Draft<'_>, event: &Event) {
    draft.take(Change::Enrolled(event.occurred_at));
    draft.take(Change::WasActive(event.occurred_at));
    draft.note(Note::Enrolled);
    earn::without_purchase(draft, event, Trigger::Enrolment);
}

/// What was kept until the enrolment is ingested anew, under a key of its own. It is said again by
/// every event until it was.
pub(crate) fn say_again(draft: &mut Draft<'_>) {
    if !kept_waits(&draft.state.wallet) {
        return;
    }
    for kept in &draft.state.wallet.waiting {
        let mut event = kept.clone();
        event.key = kept_key(&kept.key);
        event.recorded_at = draft.now;
        draft.out.follow_ups.push(FollowUp {
            member: None,
            event,
        });
    }
}

/// Whether this event was kept, and is dealt with now.
pub(crate) fn is_kept(draft: &Draft<'_>, event: &Event) -> bool {
    let mut waiting = draft.state.wallet.waiting.iter();
    waiting.any(|kept| kept_key(&kept.key) == event.key)
}

/// If this event is one that was kept, it is dealt with now.
pub(crate) fn take_kept(draft: &mut Draft<'_>, event: &Event) {
    if draft.state.wallet.waiting.is_empty() {
        return;
    }
    let is = |kept: &&Event| kept_key(&kept.key) == event.key;
    if let Some(key) = draft
        .state
        .wallet
        .waiting
        .iter()
        .find(is)
        .map(|kept| kept.key.clone())
    {
        draft.take(Change::KeptTaken(Box::new(key)));
    }
}

fn kept_key(key: &EventKey) -> EventKey {
    follow::key(key, "kept")
}
