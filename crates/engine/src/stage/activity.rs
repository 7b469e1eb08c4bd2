//! Visits and other things that a member does without buying.
//!
//! *A visit counts towards the tier "family", gives a stamp, or earns ten beans, if the program
//! says so; a review with five stars the same.*

use crate::draft::Draft;
use crate::event::{Activity, Event};
use crate::outcome::{Change, Refusal};
use crate::program::{Metric, Trigger};
use crate::stage::{earn, tier};
use regulars_base::{Almanac, Name};

/// A visit needs no declaration; anything else does.
pub(crate) fn check(draft: &Draft<'_>, activity: &Activity) -> Result<(), Refusal> {
    let declared = draft
        .program
        .activities
        .iter()
        .any(|known| known.id == activity.name.as_str());
    if declared || activity.name.as_str() == "visit" {
        Ok(())
    } else {
        Err(Refusal::UnknownActivity)
    }
}

/// A member did something.
pub(crate) fn activity(draft: &mut Draft<'_>, event: &Event, activity: &Activity) {
    draft.take(Change::WasActive(event.occurred_at));
    if activity.name.as_str() == "visit" {
        let day = Almanac::of(draft.program.zone.day(event.occurred_at));
        let day = draft.program.progress_day(&day);
        tier::progress(draft, Metric::Visits, day, 1);
    }
    let trigger = Trigger::Activity(Name::of(activity.name.as_str()));
    earn::without_purchase(draft, event, trigger);
}
