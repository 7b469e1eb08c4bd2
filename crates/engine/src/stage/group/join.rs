//! Coming into a group: the group invites, the person says yes, the group lets them in, and what they
//! bring along comes after them. Each is an event of its own, in one commit.

use super::{may, note, open, take};
use crate::draft::Draft;
use crate::event::{
    Event, GroupAnswer, GroupBrought, GroupEntry, GroupInvite, GroupInvited, GroupJoin, Kind,
};
use crate::follow::tell;
use crate::outcome::{GroupNote, Refusal};
use crate::program::GroupRule;
use crate::state::{Belongs, Group, GroupChange, Invitation, Invited, Person, Wallet};
use regulars_base::{MemberId, Name, Timestamp};

/// Somebody may come in.
pub(super) fn invite(
    draft: &mut Draft<'_>,
    event: &Event,
    invite: &GroupInvite,
) -> Result<(), Refusal> {
    let (rule, group) = open(draft)?;
    may(draft, |role| role.invite, Refusal::MayNotInvite)?;
    let (person, now) = (invite.person, draft.now);
    if draft.state.owner == Some(person) {
        return Err(Refusal::IsAGroup);
    }
    if group.person(person).is_some() {
        return Err(Refusal::InGroupAlready);
    }
    let role = match invite.role.is_empty() {
        true => by_itself(rule, &group),
        false => Name::of(invite.role.as_str()),
    };
    if rule.role(role).is_none() {
        return Err(Refusal::UnknownRole);
    }
    if role == rule.head() && has_head(rule, &group) {
        return Err(Refusal::HeadExists);
    }
    if seats(&group, person, now) >= rule.people_max {
        return Err(Refusal::GroupFull);
    }
    let zone = &draft.program.zone;
    let until = zone.same_time_on(zone.day(now).plus_days(rule.invited_days), now);
    for over in group.invited.iter().filter(|own| own.until <= now) {
        take(draft, GroupChange::InvitedNoMore(over.person));
    }
    take(
        draft,
        GroupChange::Invited(Invited {
            person,
            role,
            until,
        }),
    );
    note(
        draft,
        GroupNote::Invited {
            person,
            role,
            until,
        },
    );
    let Some(own) = draft.state.owner else {
        return Ok(());
    };
    let invited = GroupInvited {
        group: own,
        rule: rule.name,
        role,
        until,
    };
    let kind = Kind::GroupInvited(Box::new(invited));
    tell(draft, event, "wanted", person, kind);
    Ok(())
}

/// What somebody is of whom nothing else is said: the head, if there is nobody yet.
fn by_itself(rule: &GroupRule, group: &Group) -> Name {
    match group.people.is_empty() && group.invited.is_empty() {
        true => rule.head(),
        false => rule.plain(),
    }
}

fn has_head(rule: &GroupRule, group: &Group) -> bool {
    group.people.iter().any(|own| own.role == rule.head())
}

/// How many are in, or may come in, beside `person`.
fn seats(group: &Group, person: MemberId, now: Timestamp) -> usize {
    let invited = group.invited.iter();
    let invited = invited.filter(|own| own.until > now && own.person != person);
    group.people.len() + invited.count()
}

/// A group wants the member. They may be no member yet: an invitation can be what makes them one.
pub(crate) fn wanted(draft: &mut Draft<'_>, invited: &GroupInvited) {
    let GroupInvited {
        group,
        rule,
        role,
        until,
    } = *invited;
    let invitation = Invitation {
        group,
        rule,
        role,
        until,
    };
    take(draft, GroupChange::Wanted(invitation));
    note(draft, GroupNote::Wanted { group, role, until });
}

/// The member asks to be let in.
pub(super) fn join(draft: &mut Draft<'_>, event: &Event, asked: &GroupJoin) -> Result<(), Refusal> {
    let (program, wallet) = (draft.program, &draft.state.wallet);
    if wallet.enrolled_at.is_none() {
        return Err(Refusal::NotEnrolled);
    }
    if wallet.group().is_some() {
        return Err(Refusal::IsAGroup);
    }
    if wallet.member_of().is_some() {
        return Err(Refusal::InGroupAlready);
    }
    let Some(person) = draft.state.owner else {
        return Err(Refusal::NotEnrolled);
    };
    let rule = match invitation(wallet, asked.group, draft.now) {
        Some(own) => program.group_named(own.rule),
        // Only the group knows whether it takes whoever asks. Where none does, that need not be asked.
        None if program.groups.iter().any(|rule| rule.open) => None,
        None => return Err(Refusal::NotInvited),
    };
    if let Some(rule) = rule {
        soon_again(draft, rule)?;
    }
    note(draft, GroupNote::Asked { group: asked.group });
    let kind = Kind::GroupEntry(GroupEntry { person });
    tell(draft, event, "entry", asked.group, kind);
    Ok(())
}

/// The invitation of a group that holds.
fn invitation(wallet: &Wallet, group: MemberId, now: Timestamp) -> Option<Invitation> {
    let known = wallet.groups.as_ref()?.invitations.iter();
    let mut own = known.filter(|own| own.group == group && own.until > now);
    own.next().copied()
}

/// Whether the member left a group so lately that this one does not take them.
fn soon_again(draft: &Draft<'_>, rule: &GroupRule) -> Result<(), Refusal> {
    let groups = draft.state.wallet.groups.as_ref();
    let Some(left_at) = groups.and_then(|own| own.left_at) else {
        return Ok(());
    };
    let zone = &draft.program.zone;
    let again_at = zone.same_time_on(zone.day(left_at).plus_days(rule.rejoin_days), left_at);
    match draft.now < again_at {
        true => Err(Refusal::RejoinTooSoon { again_at }),
        false => Ok(()),
    }
}

/// Somebody asks the group to be let in: it says yes, or why not.
pub(crate) fn entry(draft: &mut Draft<'_>, event: &Event, entry: &GroupEntry) {
    let person = entry.person;
    let answer = let_in(draft, person);
    match &answer {
        Ok((_, role)) => note(
            draft,
            GroupNote::Entered {
                person,
                role: *role,
            },
        ),
        Err(why) => note(
            draft,
            GroupNote::TurnedAway {
                person,
                why: Box::new(why.clone()),
            },
        ),
    }
    let group = draft.state.owner.unwrap_or(person);
    let kind = Kind::GroupAnswer(Box::new(GroupAnswer { group, answer }));
    tell(draft, event, "answer", person, kind);
}

fn let_in(draft: &mut Draft<'_>, person: MemberId) -> Result<(Name, Name), Refusal> {
    let (rule, group) = open(draft)?;
    let now = draft.now;
    let mut invited = group.invited.iter();
    let invited = invited.find(|own| own.person == person && own.until > now);
    if invited.is_none() && !rule.open {
        return Err(Refusal::NotInvited);
    }
    // A seat is kept for whoever is invited.
    let taken = match invited {
        Some(_) => group.people.len(),
        None => seats(&group, person, now),
    };
    if taken >= rule.people_max {
        return Err(Refusal::GroupFull);
    }
    let role = invited.map_or_else(|| by_itself(rule, &group), |own| own.role);
    let role = match role == rule.head() && has_head(rule, &group) {
        true => rule.plain(),
        false => role,
    };
    take(draft, GroupChange::InvitedNoMore(person));
    take(
        draft,
        GroupChange::Entered(Person {
            member: person,
            role,
            since: now,
            spend_max: Vec::new(),
            month: 0,
            spent: Vec::new(),
            brought: Vec::new(),
        }),
    );
    Ok((rule.name, role))
}

/// What the group says to the member who asked.
pub(crate) fn answer(draft: &mut Draft<'_>, event: &Event, answer: &GroupAnswer) {
    let group = answer.group;
    let (rule, role) = match &answer.answer {
        Ok(both) => *both,
        Err(why) => {
            let why = Box::new(why.clone());
            note(draft, GroupNote::NotLetIn { group, why });
            return;
        }
    };
    take(draft, GroupChange::WantedNoMore(group));
    let since = draft.now;
    let sort = draft.program.group_named(rule);
    let belongs = Belongs { group, rule, since };
    let joined = match sort.is_some_and(GroupRule::is_team) {
        true => GroupChange::JoinedTeam(belongs),
        false => GroupChange::Joined(belongs),
    };
    take(draft, joined);
    note(draft, GroupNote::Joined { group, role });
    let brings = sort.is_some_and(|rule| rule.bring);
    let lots = match brings {
        true => super::share::all(draft),
        false => Vec::new(),
    };
    if let (Some(person), false) = (draft.state.owner, lots.is_empty()) {
        for (points, amount) in super::share::sums(&lots) {
            note(draft, GroupNote::BroughtAlong { points, amount });
        }
        let kind = Kind::GroupBrought(Box::new(GroupBrought { person, lots }));
        tell(draft, event, "brought", group, kind);
    }
}

/// What somebody who came in had before is the group's.
pub(crate) fn brought_along(draft: &mut Draft<'_>, brought: &GroupBrought) {
    let person = brought.person;
    super::share::take_in(draft, &brought.lots);
    for (points, amount) in super::share::sums(&brought.lots) {
        note(
            draft,
            GroupNote::CameIn {
                person,
                points,
                amount,
            },
        );
        take(
            draft,
            GroupChange::Brought {
                person,
                points,
                by: amount,
            },
        );
    }
}
