//! Leaving a group, and its end. Whoever leaves takes a share along; tier, progress, cards and orders
//! stay with the group. What a refund takes back of them later, the group owes.

use super::{may, note, open, set_role, share, take};
use crate::draft::Draft;
use crate::event::{Event, GroupLeave, GroupLeft, Kind};
use crate::follow::tell;
use crate::outcome::{GroupNote, Refusal};
use crate::program::HeadLeaves;
use crate::stage::games;
use crate::state::{GroupChange, Paid, Person, RedemptionStage};
use regulars_base::{MemberId, Name};

/// Somebody leaves, or is put out.
pub(super) fn leave(
    draft: &mut Draft<'_>,
    event: &Event,
    asked: &GroupLeave,
) -> Result<(), Refusal> {
    let actor = draft.state.actor;
    let Some(group) = draft.state.wallet.group().cloned() else {
        return Err(Refusal::NotInGroup);
    };
    let person = asked.person.or(actor).ok_or(Refusal::NotInGroup)?;
    let own = group.person(person).ok_or(Refusal::NotInGroup)?;
    if actor.is_some_and(|actor| actor != person) {
        may(draft, |role| role.manage, Refusal::MayNotManage)?;
    }
    let rule = draft.program.group_named(group.rule);
    let heads = rule.is_some_and(|rule| rule.head() == own.role) && group.people.len() > 1;
    if heads && rule.is_some_and(|rule| rule.head_leaves == HeadLeaves::NotAllowed) {
        return Err(Refusal::HeadStays);
    }
    out(draft, event, person);
    if let (Some(rule), true) = (rule, heads)
        && let Some(next) = longest(draft)
    {
        set_role(draft, next, rule.head(), Vec::new());
    }
    Ok(())
}

/// Who has been in the group longest: of those who came at one moment, who came first.
fn longest(draft: &Draft<'_>) -> Option<MemberId> {
    let people = draft.state.wallet.group()?.people.iter();
    people.min_by_key(|own| own.since).map(|own| own.member)
}

/// The group is no more: everybody is out, its head last.
pub(super) fn close(draft: &mut Draft<'_>, event: &Event) -> Result<(), Refusal> {
    // What the program does not have any more can still be closed.
    match open(draft) {
        Ok(_) | Err(Refusal::UnknownGroup) => {}
        Err(refusal) => return Err(refusal),
    }
    let Some(group) = draft.state.wallet.group().cloned() else {
        return Err(Refusal::NotAGroup);
    };
    may(draft, |role| role.manage, Refusal::MayNotManage)?;
    let held = |stage: RedemptionStage| matches!(stage, RedemptionStage::Held(_));
    let mut redemptions = draft.state.wallet.redemptions.iter();
    if redemptions.any(|own| held(own.stage)) {
        return Err(Refusal::OpenRedemptions);
    }
    let rule = draft.program.group_named(group.rule);
    let heads = |own: &&Person| rule.is_some_and(|rule| rule.head() == own.role);
    let others = group.people.iter().filter(|own| !heads(own));
    let head = group.people.iter().filter(heads);
    let closed_at = draft.now;
    for invited in &group.invited {
        take(draft, GroupChange::InvitedNoMore(invited.person));
    }
    take(draft, GroupChange::Closed(closed_at));
    note(draft, GroupNote::Closed);
    for person in others.chain(head) {
        out(draft, event, person.member);
    }
    Ok(())
}

/// Somebody is out, with their share.
fn out(draft: &mut Draft<'_>, event: &Event, person: MemberId) {
    let Some(group) = draft.state.wallet.group().cloned() else {
        return;
    };
    let is_last = group.people.len() == 1;
    let lots = match group.closed_at {
        Some(_) if is_last => share::all(draft),
        _ => share_of(draft, person),
    };
    for (points, amount) in share::sums(&lots) {
        note(
            draft,
            GroupNote::Share {
                person,
                points,
                amount,
            },
        );
    }
    games::leave_team(draft, person);
    // What is taken along was brought in by nobody who is left.
    take(draft, GroupChange::Out(person));
    note(draft, GroupNote::Out { person });
    let own = draft.state.owner.unwrap_or(person);
    let left = GroupLeft { group: own, lots };
    let mark = format!("out-{}", group.people.len());
    tell(draft, event, &mark, person, Kind::GroupLeft(Box::new(left)));
}

/// The share of somebody who leaves, of the points that are free.
fn share_of(draft: &mut Draft<'_>, person: MemberId) -> Vec<Paid> {
    let books = draft.state.wallet.books.iter();
    let points: Vec<Name> = books.map(|own| own.points).collect();
    let mut lots = Vec::new();
    for points in points {
        let (wallet, now) = (&draft.state.wallet, draft.now);
        let amount = crate::group::share(draft.program, wallet, person, points, now);
        if amount > 0 {
            lots.extend(share::some(draft, points, amount));
        }
    }
    lots
}

/// The member is out of their group.
pub(crate) fn left(draft: &mut Draft<'_>, left: &GroupLeft) {
    let at = draft.now;
    take(draft, GroupChange::Left(at));
    note(draft, GroupNote::Left { group: left.group });
    share::take_in(draft, &left.lots);
    for (points, amount) in share::sums(&left.lots) {
        note(draft, GroupNote::Got { points, amount });
    }
}
