//! Journeys.

use super::{finding, power};
use regulars_api::journey::{
    JourneyCountOut, JourneyDeedOut, JourneyMemberOut, JourneyOfOut, JourneyOut, JourneyPreviewOut,
    JourneySampleOut, JourneyStepOut, JourneyTrialDayOut, JourneyTrialStepOut, JourneysOut,
};
use regulars_api::json::unscaled;
use regulars_app::{
    JOURNEYS, JourneyCount, JourneyDeed, JourneyMember, JourneySample, JourneyState, JourneyTrial,
    JourneyView,
};
use std::collections::BTreeMap;

/// The name of how far a journey is.
pub const fn journey_state(state: JourneyState) -> &'static str {
    match state {
        JourneyState::Draft => "draft",
        JourneyState::Running => "running",
        JourneyState::Paused => "paused",
        JourneyState::Stopped => "stopped",
    }
}

fn count(own: &JourneyCount) -> JourneyCountOut {
    JourneyCountOut {
        did: own.did.clone(),
        reason: own.reason.clone(),
        count: own.count,
    }
}

/// A journey.
pub fn journey(own: &JourneyView) -> JourneyOut {
    let (_, decimals) = own.points;
    let ended = by_reason(of(own, "ended"));
    JourneyOut {
        id: own.id.clone(),
        name: own.name.clone(),
        state: journey_state(own.state).to_owned(),
        text: own.text.clone(),
        version: own.version,
        changed_at: own.changed_at.to_string(),
        begun_at: own.begun_at.map(|at| at.to_string()),
        steps: steps(own),
        here: crowd(own, |own| !own.done),
        entered: of(own, "entered").map(|own| own.count).sum(),
        held_out: crowd(own, |own| own.held_out),
        hold_out_percent: own.hold_out,
        ended,
        points: own.points.0.clone(),
        given: unscaled(own.given(), decimals),
        budget: own.budget.map(|budget| unscaled(budget, decimals)),
        over_budget: unscaled(of(own, "over_budget").map(|own| own.points).sum(), decimals),
        findings: own.findings.iter().map(finding).collect(),
    }
}

/// What was done of one sort.
fn of<'a>(own: &'a JourneyView, did: &'static str) -> impl Iterator<Item = &'a JourneyCount> {
    own.counts.iter().filter(move |own| own.did == did)
}

fn crowd(own: &JourneyView, of: impl Fn(&regulars_app::JourneyCrowd) -> bool) -> i64 {
    let crowds = own.crowds.iter().filter(|own| of(own));
    crowds.map(|own| own.count).sum()
}

fn by_reason<'a>(all: impl Iterator<Item = &'a JourneyCount>) -> Vec<JourneyCountOut> {
    let mut sums: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for own in all {
        *sums.entry((&own.did, &own.reason)).or_default() += own.count;
    }
    let each = sums
        .into_iter()
        .map(|((did, reason), count)| JourneyCountOut {
            did: did.to_owned(),
            reason: reason.to_owned(),
            count,
        });
    each.collect()
}

/// The steps as they are now, and behind them those that are no more.
fn steps(own: &JourneyView) -> Vec<JourneyStepOut> {
    let named = own.steps.iter().map(|own| own.id.as_str());
    let mut ids: Vec<&str> = named.collect();
    for count in &own.counts {
        if !ids.contains(&count.step.as_str()) {
            ids.push(&count.step);
        }
    }
    let each = ids.into_iter().map(|id| {
        let step = own.steps.iter().find(|own| own.id == id);
        let counts = own.counts.iter().filter(|own| own.step == id);
        // Points that wait to be booked have their words there until then.
        let counts = counts.map(count).map(|own| match own.did.as_str() {
            "award" if own.reason.starts_with('{') => JourneyCountOut {
                reason: "waiting".into(),
                ..own
            },
            _ => own,
        });
        JourneyStepOut {
            id: id.to_owned(),
            does: step.map_or("", |own| own.does).to_owned(),
            what: step.map_or(String::new(), |own| own.what.clone()),
            owner: step.map_or(String::new(), |own| own.owner.clone()),
            here: crowd(own, |own| own.step == id && !own.done),
            counts: counts.collect(),
        }
    });
    each.collect()
}

/// All of them, with those of the library.
pub fn journeys(all: &[JourneyView]) -> JourneysOut {
    JourneysOut {
        items: all.iter().map(journey).collect(),
        library: JOURNEYS.iter().map(journey_sample).collect(),
    }
}

/// A journey of the library.
pub fn journey_sample(own: &JourneySample) -> JourneySampleOut {
    JourneySampleOut {
        name: own.name.to_owned(),
        about: own.about(),
        text: own.text.to_owned(),
        templates: own.templates().into_iter().map(|(id, _)| id).collect(),
    }
}

/// Somebody in a journey.
pub fn journey_member(own: &JourneyMember) -> JourneyMemberOut {
    let standing = &own.standing;
    JourneyMemberOut {
        member: own.member.to_string(),
        entry: standing.entry,
        entered_at: standing.entered_at.to_string(),
        step: standing.step.clone(),
        since: standing.since.to_string(),
        due_at: standing.due.map(|at| at.to_string()),
        held_out: standing.held_out,
        ended: standing.end.map(|end| end.code().to_owned()),
    }
}

/// A member in a journey, with all that was done for them.
pub(crate) fn journey_of(
    member: &JourneyMember,
    deeds: &[JourneyDeed],
    decimals: u8,
) -> JourneyOfOut {
    let deeds = deeds.iter().map(|own| JourneyDeedOut {
        entry: own.entry,
        step: own.step.clone(),
        at: own.at.to_string(),
        did: own.did.clone(),
        reason: if own.pending {
            "waiting".to_owned()
        } else {
            own.reason.clone()
        },
        points: (own.points != 0).then(|| unscaled(own.points, decimals)),
    });
    JourneyOfOut {
        member: journey_member(member),
        deeds: deeds.collect(),
    }
}

/// What a journey would have come to.
pub fn journey_preview(own: &JourneyTrial) -> JourneyPreviewOut {
    let (points, decimals) = &own.points;
    let mut steps: Vec<JourneyTrialStepOut> = Vec::new();
    for count in &own.counts {
        let same = steps.iter_mut().find(|step| {
            step.step == count.step && step.did == count.did && step.reason == count.reason
        });
        match same {
            Some(step) => step.count += count.count,
            None => steps.push(JourneyTrialStepOut {
                step: count.step.clone(),
                did: count.did.to_owned(),
                reason: count.reason.to_owned(),
                count: count.count,
            }),
        }
    }
    let days = own.counts.iter().map(|own| JourneyTrialDayOut {
        day: own.day.to_string(),
        step: own.step.clone(),
        did: own.did.to_owned(),
        reason: own.reason.to_owned(),
        count: own.count,
        points: unscaled(own.points, *decimals),
    });
    JourneyPreviewOut {
        since: own.since.to_string(),
        until: own.until.to_string(),
        members: own.members,
        entered: own.entered,
        held_out: own.held_out,
        given: unscaled(own.given, *decimals),
        over_budget: unscaled(own.over_budget, *decimals),
        points: points.clone(),
        steps,
        days: days.collect(),
        unknown: own.unknown.clone(),
        power: own.power.as_ref().map(power),
    }
}
