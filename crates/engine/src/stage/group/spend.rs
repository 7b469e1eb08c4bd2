//! What people of a group bring in and spend.

use super::{acting, may, take};
use crate::draft::Draft;
use crate::event::Event;
use crate::outcome::{Change, Refusal};
use crate::state::{Act, Grants, GroupChange, Spent};
use regulars_base::{Almanac, Name, Period, Text};

/// Whether whoever acts may spend, and still so much in this month.
pub(crate) fn may_spend(
    draft: &Draft<'_>,
    event: &Event,
    price: &[(Name, i64)],
) -> Result<(), Refusal> {
    let acts = acting(draft.program, &draft.state.wallet, draft.state.actor);
    let Some((person, rule)) = acts else {
        return Ok(());
    };
    may(draft, |role| role.spend, Refusal::MayNotSpend)?;
    let role = rule.and_then(|rule| rule.role(person.role));
    let of_role = role.map_or(&[][..], |role| &role.spend_max);
    let limits = match person.spend_max.is_empty() {
        true => of_role,
        false => &person.spend_max,
    };
    let month = month(draft, event);
    for (points, most) in limits {
        let asked = price.iter().filter(|(name, _)| name == points);
        let asked: i64 = asked.map(|(_, amount)| amount).sum();
        let left = (most - person.spent_in(month, *points)).max(0);
        if asked > left {
            let points = *points;
            return Err(Refusal::SpendMaxReached { points, left });
        }
    }
    Ok(())
}

/// The number of the calendar month whose limit an event counts against.
fn month(draft: &Draft<'_>, event: &Event) -> i32 {
    let (day, _): (Almanac, i32) = draft.local(event.occurred_at);
    day.number(Period::Month)
}

/// Somebody asked for a reward, and it was paid.
pub(crate) fn spent(draft: &mut Draft<'_>, event: &Event, redemption: &Text, paid: &[Spent]) {
    let acts = acting(draft.program, &draft.state.wallet, draft.state.actor);
    let Some(person) = acts.map(|(person, _)| person.member) else {
        return;
    };
    let month = month(draft, event);
    for spent in paid {
        take(
            draft,
            GroupChange::Spent {
                person,
                month,
                points: spent.paid.points,
                by: spent.paid.amount,
            },
        );
    }
    take(
        draft,
        GroupChange::Acted(Act {
            redemption: redemption.clone(),
            person,
            month,
        }),
    );
}

/// Points came back that had paid for a reward: whoever asked for it may spend them again.
pub(crate) fn gave_back(draft: &mut Draft<'_>, redemption: &Text, points: Name, amount: i64) {
    let Some(group) = draft.state.wallet.group() else {
        return;
    };
    let mut acts = group.acts.iter();
    let Some(act) = acts.find(|act| act.redemption == *redemption) else {
        return;
    };
    // Who left since and came back began anew.
    let (person, month) = (act.person, act.month);
    let spent = group
        .person(person)
        .map_or(0, |own| own.spent_in(month, points));
    let by = -amount.min(spent);
    if by < 0 {
        take(
            draft,
            GroupChange::Spent {
                person,
                month,
                points,
                by,
            },
        );
    }
}

/// A redemption is no more: who asked for it need not be known any longer.
pub(crate) fn forget(draft: &mut Draft<'_>, redemption: &Text) {
    let acts = draft.state.wallet.group().map(|group| &group.acts);
    if acts.is_some_and(|acts| acts.iter().any(|act| act.redemption == *redemption)) {
        take(draft, GroupChange::ActGone(redemption.clone()));
    }
}

/// Somebody bought: the order is theirs, and they brought in what it gave.
pub(crate) fn brought(draft: &mut Draft<'_>, grants: &Grants) {
    let Some(person) = draft.state.actor else {
        return;
    };
    draft.take(Change::OrderOf(person));
    for grant in grants {
        move_brought(draft, grant.points, grant.given);
    }
}

/// What an order had given was taken back.
pub(crate) fn came_back(draft: &mut Draft<'_>, points: Name, amount: i64) {
    move_brought(draft, points, -amount);
}

/// Moves what the buyer of the order brought in; nobody's, if they are not in the group any more.
fn move_brought(draft: &mut Draft<'_>, points: Name, by: i64) {
    let Some(person) = draft.state.order.person else {
        return;
    };
    let group = draft.state.wallet.group();
    if by != 0 && group.is_some_and(|group| group.person(person).is_some()) {
        take(draft, GroupChange::Brought { person, points, by });
    }
}
