//! Households and organisations.

use super::balance::{challenge, of_points};
use super::{points, points_id, unless_never};
use regulars_api::group::{GroupOut, InvitedOut, PersonOut, TeamChallengeOut, TeamPartOut};
use regulars_api::receipt::PointsOut;
use regulars_app::{GroupInHand, PersonInHand, TeamChallenge, TeamPart};
use regulars_base::Name;
use regulars_engine::Program;
use regulars_engine::program::words;
use regulars_engine::state::Invited;

/// A group.
pub fn group(own: &GroupInHand) -> GroupOut {
    let (program, group) = (&own.program, &own.group);
    let said = |text: &regulars_base::Text| (!text.is_empty()).then(|| text.to_string());
    let invited = |it: &Invited| InvitedOut {
        member: it.person.to_string(),
        role: words::id_of(program, it.role).to_owned(),
        until: it.until.to_string(),
    };
    GroupOut {
        id: own.member.to_string(),
        group: own.sort().to_owned(),
        title: group.title.to_string(),
        manager: said(&group.manager),
        from: group.from.and_then(unless_never),
        until: group.until.and_then(unless_never),
        closed_at: group.closed_at.map(|at| at.to_string()),
        people: own.people.iter().map(|it| person(program, it)).collect(),
        invited: group.invited.iter().map(invited).collect(),
        points: own.points.iter().map(of_points).collect(),
    }
}

/// What a team does together.
pub fn team_challenge(own: &TeamChallenge) -> TeamChallengeOut {
    let part = |part: &TeamPart| TeamPartOut {
        nickname: part.nickname.clone(),
        did: part.counts.clone(),
        gets: part.gets,
    };
    TeamChallengeOut {
        challenge: challenge(&own.challenge),
        people: own.parts.iter().map(part).collect(),
        others: u32::try_from(own.others).unwrap_or(u32::MAX),
        others_did: own.others_did.clone(),
    }
}

fn person(program: &Program, it: &PersonInHand) -> PersonOut {
    let own = &it.person;
    PersonOut {
        member: own.member.to_string(),
        role: words::id_of(program, own.role).to_owned(),
        since: own.since.to_string(),
        brought: amounts(program, &own.brought),
        spent: amounts(program, &own.spent),
        spend_max: amounts(program, &own.spend_max),
        share: amounts(program, &it.share),
    }
}

fn amounts(program: &Program, all: &[(Name, i64)]) -> Vec<PointsOut> {
    let one = |(name, amount): &(Name, i64)| PointsOut {
        points: points_id(program, *name),
        amount: points(program, *name, *amount),
    };
    all.iter().map(one).collect()
}
