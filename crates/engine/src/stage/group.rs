//! Households and organisations: members who share a wallet.
//!
//! *Ana founds a household and invites Bo, who says yes. What either buys earns in the household's
//! wallet; their son may buy for it and not spend. When Bo leaves he takes along what he brought in, as
//! far as it is still there; his birthday and his own points were his all the time.*
//!
//! A group is a member of its own, with a wallet of its own. Its wallet knows its people, and theirs
//! the group; what one must know of the other is an event for it. A purchase of a person is decided in
//! the group's wallet, which is told who acts.

mod join;
mod leave;
mod share;
mod spend;

pub(crate) use join::{answer, brought_along, entry, wanted};
pub(crate) use leave::left;
pub(crate) use spend::{brought, came_back, forget, gave_back, may_spend, spent};

use crate::draft::Draft;
use crate::event::{Event, GroupRole, GroupSet, Kind, PerkEvent};
use crate::outcome::{Change, GroupNote, Note, Refusal};
use crate::program::{GroupRoleRule, GroupRule, Program};
use crate::stage::{money, tier};
use crate::state::{Group, GroupChange, Person, Wallet};
use regulars_base::{MemberId, Name, Timestamp};

/// Whether an event is about a group, and nothing that follows from another.
pub(crate) const fn is_about(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::GroupSet(_)
            | Kind::GroupInvite(_)
            | Kind::GroupJoin(_)
            | Kind::GroupLeave(_)
            | Kind::GroupRole(_)
            | Kind::GroupClose
    )
}

/// Something happens to a group.
pub(crate) fn happen(draft: &mut Draft<'_>, event: &Event, kind: &Kind) -> Result<(), Refusal> {
    match kind {
        Kind::GroupSet(set) => self::set(draft, event, set)?,
        Kind::GroupInvite(invite) => join::invite(draft, event, invite)?,
        Kind::GroupJoin(asked) => join::join(draft, event, asked)?,
        Kind::GroupLeave(asked) => leave::leave(draft, event, asked)?,
        Kind::GroupRole(role) => give_role(draft, role)?,
        _ => leave::close(draft, event)?,
    }
    tier::review(draft);
    Ok(())
}

/// Says who acts, where the wallet is a group's.
pub(crate) fn say_who(draft: &mut Draft<'_>) {
    if let Some(person) = draft.state.actor {
        note(draft, GroupNote::By { person });
    }
}

/// Whether whoever buys or spends may.
pub(crate) fn check(draft: &Draft<'_>, event: &Event) -> Result<(), Refusal> {
    // A team has no purse: what its people do is decided in their own wallets.
    let own = draft.state.wallet.group();
    let rule = own.and_then(|own| draft.program.group_named(own.rule));
    if rule.is_some_and(GroupRule::is_team) {
        return Err(Refusal::IsAGroup);
    }
    match &event.kind {
        Kind::Purchase(bought) => {
            may(draft, |role| role.buy, Refusal::MayNotBuy)?;
            // A gift card is for whoever has it, and needs nobody's leave.
            match bought.rewards.is_empty() && money::by_credit(bought) == 0 {
                true => Ok(()),
                false => may(draft, |role| role.spend, Refusal::MayNotSpend),
            }
        }
        Kind::RewardRequest(_) => may(draft, |role| role.spend, Refusal::MayNotSpend),
        // Whether rewards come by themselves, and which, is about spending too.
        Kind::Perk(perk) if matches!(**perk, PerkEvent::Pick(_) | PerkEvent::Automatic(_)) => {
            may(draft, |role| role.spend, Refusal::MayNotSpend)
        }
        _ => Ok(()),
    }
}

/// Whether the contract of the group, if the wallet is one's, does not hold at `at`.
pub(crate) fn is_out_of_contract(wallet: &Wallet, at: Timestamp) -> bool {
    wallet.group().is_some_and(|group| !group.in_contract(at))
}

/// Who acts, and what sort of group it is for; nothing if the wallet is nobody's but its owner's.
fn acting<'w, 'p>(
    program: &'p Program,
    wallet: &'w Wallet,
    actor: Option<MemberId>,
) -> Option<(&'w Person, Option<&'p GroupRule>)> {
    let group = wallet.group()?;
    let rule = program.group_named(group.rule);
    Some((group.person(actor?)?, rule))
}

/// Whether the role of whoever acts lets them. Where nobody acts it is the merchant, who may. A role
/// that the program does not have any more lets people do nothing.
fn may(
    draft: &Draft<'_>,
    what: impl Fn(&GroupRoleRule) -> bool,
    else_refused: Refusal,
) -> Result<(), Refusal> {
    let Some(actor) = draft.state.actor else {
        return Ok(());
    };
    let Some((person, rule)) = acting(draft.program, &draft.state.wallet, Some(actor)) else {
        return Err(Refusal::NotInGroup);
    };
    let role = rule.and_then(|rule| rule.role(person.role));
    match role.is_some_and(what) {
        true => Ok(()),
        false => Err(else_refused),
    }
}

/// The group that the wallet belongs to, which is not closed, and what sort it is.
fn open<'p>(draft: &Draft<'p>) -> Result<(&'p GroupRule, Group), Refusal> {
    let group = draft.state.wallet.group().ok_or(Refusal::NotAGroup)?;
    if group.closed_at.is_some() {
        return Err(Refusal::GroupClosed);
    }
    let rule = draft.program.group_named(group.rule);
    Ok((rule.ok_or(Refusal::UnknownGroup)?, group.clone()))
}

/// A group begins, or something else is known of it.
fn set(draft: &mut Draft<'_>, event: &Event, set: &GroupSet) -> Result<(), Refusal> {
    let rule = Name::of(set.group.as_str());
    if draft.program.group_named(rule).is_none() {
        return Err(Refusal::UnknownGroup);
    }
    let wallet = &draft.state.wallet;
    let is_new = match wallet.group() {
        Some(own) if own.rule != rule => return Err(Refusal::NotToBeAGroup),
        Some(_) => {
            open(draft)?;
            may(draft, |role| role.manage, Refusal::MayNotManage)?;
            false
        }
        None if draft.state.actor.is_some() => return Err(Refusal::NotInGroup),
        // Somebody who did anything is a person.
        None if *wallet
            != (Wallet {
                clock: wallet.clock,
                ..Wallet::default()
            }) =>
        {
            return Err(Refusal::NotToBeAGroup);
        }
        None => true,
    };
    if is_new {
        draft.take(Change::Enrolled(event.occurred_at));
    }
    take(
        draft,
        GroupChange::Set {
            rule,
            title: set.title.clone(),
            manager: set.manager.clone(),
            from: set.from,
            until: set.until,
        },
    );
    let said = if is_new {
        GroupNote::Founded
    } else {
        GroupNote::Changed
    };
    note(draft, said);
    Ok(())
}

/// Somebody has another role. Who gets that of the head hands it on.
fn give_role(draft: &mut Draft<'_>, given: &GroupRole) -> Result<(), Refusal> {
    let (rule, group) = open(draft)?;
    may(draft, |role| role.manage, Refusal::MayNotManage)?;
    let own = group.person(given.person).ok_or(Refusal::NotInGroup)?;
    let role = match given.role.is_empty() {
        true => own.role,
        false => Name::of(given.role.as_str()),
    };
    if !given.role.is_empty() && rule.role(role).is_none() {
        return Err(Refusal::UnknownRole);
    }
    let head = group.people.iter().find(|own| own.role == rule.head());
    // A group is headed by somebody: the head gives that to another, and nobody takes it from them.
    if head.is_some_and(|head| head.member == given.person) && role != rule.head() {
        return Err(Refusal::HeadStays);
    }
    let mut spend_max = Vec::with_capacity(given.spend_max.len());
    for (points, most) in &given.spend_max {
        let name = Name::of(points.as_str());
        if draft.program.points_named(name).is_none() {
            return Err(Refusal::UnknownPoints);
        }
        spend_max.push((name, *most));
    }
    if role == rule.head()
        && let Some(head) = head.filter(|head| head.member != given.person)
    {
        set_role(draft, head.member, rule.plain(), Vec::new());
    }
    set_role(draft, given.person, role, spend_max);
    Ok(())
}

fn set_role(draft: &mut Draft<'_>, person: MemberId, role: Name, spend_max: Vec<(Name, i64)>) {
    take(
        draft,
        GroupChange::RoleSet {
            person,
            role,
            spend_max,
        },
    );
    note(draft, GroupNote::Role { person, role });
}

fn take(draft: &mut Draft<'_>, change: GroupChange) {
    draft.take(Change::Group(Box::new(change)));
}

fn note(draft: &mut Draft<'_>, said: GroupNote) {
    draft.note(Note::Group(said));
}
