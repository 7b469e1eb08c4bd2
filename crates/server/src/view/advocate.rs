//! Advocates.

use regulars_api::advocate::{AdvocacyActionOut, AdvocacyPartOut, AdvocateOut};
use regulars_app::Advocate;

/// A member with their score.
pub fn advocate(own: Advocate) -> AdvocateOut {
    let parts = own.advocacy.parts.into_iter().map(|own| AdvocacyPartOut {
        part: own.part.name().to_owned(),
        times: own.times,
        points: own.points,
        most: own.most,
    });
    let actions = own
        .advocacy
        .actions
        .into_iter()
        .map(|own| AdvocacyActionOut {
            activity: own.activity,
            times: own.times,
            weight: own.weight,
        });
    AdvocateOut {
        member: own.member.to_string(),
        score: own.advocacy.score,
        parts: parts.collect(),
        actions: actions.collect(),
    }
}
