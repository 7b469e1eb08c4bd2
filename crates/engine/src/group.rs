//! In whose wallet an event is decided: somebody's own, or that of the group that they belong to.
//!
//! Whoever resolves an event to a wallet (the application, a world in memory, a back-test) asks here
//! once it has found the person's wallet, and before it decides.

use crate::decide::step;
use crate::event::{Event, Kind, PerkEvent};
use crate::outcome::Outcome;
use crate::program::{OnLeaving, Program};
use crate::stage;
use crate::state::{Person, State, Wallet};
use regulars_base::{MemberId, Name, Rounding, Text, Timestamp};

/// The group in whose wallet an event of this person is decided; nothing if it is their own affair.
/// What is bought, what is spent, and what happens to the group itself is the group's.
pub fn acts_for(program: &Program, person: &Wallet, event: &Event) -> Option<MemberId> {
    let group = person.member_of()?.group;
    if stage::hold::stops(person, event) {
        return None;
    }
    if person.in_team().is_some() {
        // Of a team people share nothing but the team: what they buy is theirs.
        let of_team =
            stage::group::is_about(&event.kind) && !matches!(event.kind, Kind::GroupJoin(_));
        return of_team.then_some(group);
    }
    // What is theirs depends on what has happened to them by then, looked at or not.
    let by_now = match event.kind {
        Kind::RewardRequest(_) | Kind::RewardCommit(_) | Kind::RewardCancel(_) | Kind::Perk(_) => {
            Some(caught_up(program, person, event))
        }
        _ => None,
    };
    let person = by_now.as_ref().unwrap_or(person);
    let own = |redemption: &Text| person.redemption(redemption).is_some();
    let in_hand = |reward: &Text| {
        let reward = Name::of(reward.as_str());
        person.vouchers.iter().any(|held| held.reward == reward)
    };
    let shared = match &event.kind {
        Kind::Purchase(_)
        | Kind::GroupSet(_)
        | Kind::GroupInvite(_)
        | Kind::GroupLeave(_)
        | Kind::GroupRole(_)
        | Kind::GroupClose => true,
        // What somebody was given for themselves they use themselves, and what they redeemed before
        // they came they use or give back themselves.
        Kind::RewardRequest(asked) => asked.quantity > 1 || !in_hand(&asked.reward),
        Kind::RewardCommit(end) | Kind::RewardCancel(end) => !own(&end.redemption),
        Kind::Perk(perk) => match &**perk {
            PerkEvent::Return(asked) => !own(&asked.redemption),
            PerkEvent::Fulfil(asked) => !own(&asked.redemption),
            PerkEvent::Pick(asked) => !in_hand(&asked.menu),
            PerkEvent::Automatic(_) => true,
            PerkEvent::Reissue(asked) => !stage::perk::knows(person, &asked.of),
            PerkEvent::ReissueBack(asked) => !stage::perk::gave(person, &asked.reissue),
            PerkEvent::Restock(_)
            | PerkEvent::CodesAdded(_)
            | PerkEvent::Attributes(_)
            | PerkEvent::Moved(_)
            | PerkEvent::Gift(_) => false,
        },
        // It pays for what the group buys. What is paid out of a refund goes where the order is
        // ([`is_own_groups`]).
        Kind::StoreCredit(credit) => credit.order.is_none(),
        _ => false,
    };
    shared.then_some(group)
}

/// Whether an order that this member placed is one of the group that somebody belongs to: what is paid
/// out of it ([`Event::pays_out`]) is the group's, whomever it is sent for.
pub fn is_own_groups(person: &Wallet, placed_by: MemberId) -> bool {
    person.member_of().is_some_and(|own| own.group == placed_by)
}

/// A wallet as it is when an event is decided: what was due by then has happened.
fn caught_up(program: &Program, wallet: &Wallet, event: &Event) -> Wallet {
    let now = event.recorded_at.max(event.occurred_at).max(wallet.clock);
    let mut state = State {
        wallet: wallet.clone(),
        ..State::default()
    };
    let tick = Event {
        occurred_at: now,
        recorded_at: now,
        kind: Kind::Tick,
        ..event.clone()
    };
    step(program, &mut state, &tick, &mut Outcome::default());
    state.wallet
}

/// How many of a group's points somebody would take along who left at `now`: of those that are free
/// then, by the rule of their sort of group, rounded down. Of store credit nobody takes along more than
/// they brought: what the shop owes the group for its orders is the group's.
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
    let is_money = program.points_named(points).is_none();
    let weigh = |own: &Person| match how {
        OnLeaving::Nothing => 0,
        OnLeaving::Equal if !is_money => 1,
        OnLeaving::Equal | OnLeaving::BroughtIn => i128::from(own.brought(points).max(0)),
    };
    let whole: i128 = own.people.iter().map(weigh).sum();
    let part = own.person(person).map_or(0, weigh);
    let mut available = group.available(points, now);
    if is_money {
        available = available.min(i64::try_from(whole).unwrap_or(i64::MAX));
    }
    match part > 0 && available > 0 {
        true => Rounding::Down.divide_clamped(i128::from(available) * part, whole),
        false => 0,
    }
}
