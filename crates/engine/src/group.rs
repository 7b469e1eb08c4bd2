//! In whose wallet an event is decided: somebody's own, or that of the group that they belong to.
//!
//! Whoever resolves an event to a wallet (the application, a world in memory, a back-test) asks here
//! once it has found the person's wallet, and before it decides.

use crate::event::{Event, Kind};
use crate::program::{OnLeaving, Program};
use crate::state::{Person, Wallet};
use regulars_base::{MemberId, Name, Rounding, Timestamp};

/// The group in whose wallet an event of this person is decided; nothing if it is their own affair.
/// What is bought, what is spent, and what happens to the group itself is the group's.
pub fn acts_for(person: &Wallet, event: &Event) -> Option<MemberId> {
    let group = person.member_of()?.group;
    let shared = matches!(
        event.kind,
        Kind::Purchase(_)
            | Kind::RewardRequest(_)
            | Kind::RewardCommit(_)
            | Kind::RewardCancel(_)
            | Kind::GroupSet(_)
            | Kind::GroupInvite(_)
            | Kind::GroupLeave(_)
            | Kind::GroupRole(_)
            | Kind::GroupClose
    );
    shared.then_some(group)
}

/// How many of a group's points somebody would take along who left at `now`: of those that are free
/// then, by the rule of their sort of group, rounded down.
pub fn share(
    program: &Program,
    group: &Wallet,
    person: MemberId,
    points: Name,
    now: Timestamp,
) -> i64 {
    let Some(own) = group.group() else { return 0 };
    let rule = program.group_named(own.rule);
    let how = rule.map_or(OnLeaving::Nothing, |rule| rule.on_leaving);
    let weigh = |own: &Person| match how {
        OnLeaving::Nothing => 0,
        OnLeaving::Equal => 1,
        OnLeaving::BroughtIn => i128::from(own.brought(points).max(0)),
    };
    let whole: i128 = own.people.iter().map(weigh).sum();
    let part = own.person(person).map_or(0, weigh);
    let available = group.available(points, now);
    match part > 0 && available > 0 {
        true => Rounding::Down.divide_clamped(i128::from(available) * part, whole),
        false => 0,
    }
}
