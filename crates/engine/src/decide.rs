//! `decide` and `step`: the order of the stages, and all control flow.
//!
//! First whatever was due before the event is done (lapsed points, ended holds, tiers, cards), in
//! the order of time. Then the event itself, by its kind. Then tiers are looked at. A late tick
//! and many early ones therefore end alike, and an event that overtakes its tick is still right.

use crate::draft::Draft;
use crate::event::{Event, Kind};
use crate::outcome::{Change, Note, Outcome, Refusal, Verdict};
use crate::program::{Program, UnknownCustomer};
use crate::stage::{
    activity, adjust, catch_up, changeover, earn, enrol, merge, redeem, reverse, tier,
};
use crate::state::State;

/// Decides an event and moves the state: the hot path. `out` is cleared first and keeps its
/// memory. Total: what the event may not do is a refusal in `out`.
pub fn step(program: &Program, state: &mut State, event: &Event, out: &mut Outcome) {
    out.clear();
    let mut draft = Draft::new(program, state, event, out);
    catch_up::catch_up(&mut draft);
    if let Err(refusal) = dispatch(&mut draft, event) {
        draft.out.verdict = Verdict::Refused(refusal);
    }
    enrol::say_again(&mut draft);
}

/// Decides an event on a copy of the state: for previews.
pub fn decide(program: &Program, state: &State, event: &Event) -> Outcome {
    let mut out = Outcome::default();
    step(program, &mut state.clone(), event, &mut out);
    out
}

/// The event itself. Whatever may be refused is refused before anything changes.
fn dispatch(draft: &mut Draft<'_>, event: &Event) -> Result<(), Refusal> {
    match &event.kind {
        Kind::Tick => return Ok(()),
        Kind::Enrolment => return enrol::enrol(draft, event),
        Kind::Refund(refund) => return reverse::refund(draft, event, refund),
        Kind::MergeOut(merge) => return merge::merge_out(draft, event, merge),
        Kind::MergeIn(merge) => {
            merge::merge_in(draft, event, merge);
            tier::review(draft);
            return Ok(());
        }
        Kind::Changeover(over) => {
            changeover::changeover(draft, over);
            return Ok(());
        }
        _ => {}
    }
    refuse_early(draft, event)?;
    if draft.state.wallet.enrolled_at.is_none() {
        match draft.program.unknown {
            UnknownCustomer::Enrol => enrol::welcome(draft, event),
            UnknownCustomer::Refuse => return Err(Refusal::NotEnrolled),
            UnknownCustomer::Hold => {
                draft.take(Change::Kept(Box::new(event.clone())));
                draft.note(Note::Kept);
                return Ok(());
            }
        }
    }
    enrol::take_kept(draft, event);
    match &event.kind {
        Kind::Purchase(purchase) => earn::purchase(draft, event, purchase),
        Kind::Activity(activity) => activity::activity(draft, event, activity),
        Kind::RewardRequest(request) => redeem::request(draft, event, request)?,
        Kind::RewardCommit(end) => redeem::commit(draft, event, end)?,
        Kind::RewardCancel(end) => redeem::cancel(draft, event, end)?,
        Kind::Adjustment(adjustment) => adjust::adjust(draft, event, adjustment)?,
        _ => {}
    }
    tier::review(draft);
    Ok(())
}

/// What is refused whether or not the customer is a member: nothing is enrolled or kept for it.
fn refuse_early(draft: &Draft<'_>, event: &Event) -> Result<(), Refusal> {
    match &event.kind {
        Kind::Purchase(purchase) => earn::check(draft, purchase),
        Kind::Activity(activity) => activity::check(draft, activity),
        _ => Ok(()),
    }
}
