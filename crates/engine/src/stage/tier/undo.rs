//! A refund that takes away what a tier was reached with.
//!
//! *Ivo buys a coffee machine, is "family" from that moment, gets 500 beans for it, and sends the
//! machine back: he is what he was before, and the beans are taken back. Had he bought enough beside
//! it by then, he would have stayed.*
//!
//! Each step up is remembered with the tier as it was before, until the tier's time is over or no
//! refund can be expected any more. A rise stands if the figures that are left would have been enough
//! on its own day, or on any day since: then it would have come about all the same, a little later.
//! A wallet forgets the figures of the last so many days about three months after they ceased to
//! count; from then on the rise stands.

use super::{Look, balance, floor, gift, review_own_end, show};
use crate::draft::Draft;
use crate::outcome::{Change, Note};
use crate::program::{Metric, Threshold, TierUndo};
use crate::state::Rise;
use regulars_base::{Almanac, CivilDay, Name, Timestamp};

/// After a refund: undoes the steps up that it took the ground from, from the last to the first.
pub(crate) fn undo(draft: &mut Draft<'_>) {
    let program = draft.program;
    if program.refund.tiers == TierUndo::Keep || draft.state.wallet.standing.is_none() {
        return;
    }
    balance::put_down(draft, draft.today.day, draft.now);
    while let Some(rise) = last_rise(draft) {
        if too_old(draft, &rise) || still_reached(draft, &rise) {
            break;
        }
        draft.take(Change::RiseGone(Box::new(rise)));
        draft.note(Note::RiseUndone { tier: rise.tier });
        gift::take_back(draft, rise.tier, rise.at);
        show(draft, rise.before, draft.now);
    }
    // The time of a tier before may have ended while the other one hid it.
    catch_up(draft);
    floor::undo(draft);
}

/// Whatever ended before now, in the order of time.
pub(super) fn catch_up(draft: &mut Draft<'_>) {
    let over = |draft: &Draft<'_>| {
        let until = draft.state.wallet.own_tier().until;
        until.filter(|until| *until <= draft.now)
    };
    while let Some(at) = over(draft) {
        review_own_end(draft, at);
    }
}

/// The step that led into the member's own tier.
fn last_rise(draft: &Draft<'_>) -> Option<Rise> {
    let own: Name = draft.state.wallet.own_tier().name?;
    let rises = draft.state.wallet.standing().rises.iter();
    rises.rev().find(|rise| rise.tier == own).copied()
}

/// Whether what is left would have been enough on the day of the rise, or on one since.
fn still_reached(draft: &Draft<'_>, rise: &Rise) -> bool {
    let (program, wallet) = (draft.program, &draft.state.wallet);
    let Some(rule) = program.tiers.iter().find(|rule| rule.name == rise.tier) else {
        return true;
    };
    let won = wallet
        .standing()
        .matched
        .filter(|own| own.tier == rise.tier);
    if won.is_some_and(|own| floor::challenge_met(program, wallet, &own)) {
        return true;
    }
    let first = program.zone.day(rise.at);
    let later = wallet.progress.iter().map(|progress| progress.day);
    let mut days: Vec<i32> = later.filter(|day| *day > first.number()).collect();
    days.extend([first.number(), draft.today.day.number()]);
    days.sort_unstable();
    days.dedup();
    days.into_iter().any(|day| {
        let day = Almanac::of(CivilDay::from_number(day));
        let look = Look::of(draft, &day, draft.now).back_then(rise);
        look.meets(rule.reach.as_ref())
    })
}

/// Steps into tiers that are no more can be undone no more; one that came from there goes back to
/// where its members land.
pub(super) fn land(draft: &mut Draft<'_>, landing: &impl Fn(Name) -> Option<(Name, Option<Name>)>) {
    let rises = draft.state.wallet.standing().rises.clone();
    let before = |rise: &Rise| rise.before.name.and_then(landing);
    if !rises
        .iter()
        .any(|rise| landing(rise.tier).or_else(|| before(rise)).is_some())
    {
        return;
    }
    // All of them, so that they stay in their order.
    for rise in &rises {
        draft.take(Change::RiseGone(Box::new(*rise)));
    }
    for mut rise in rises {
        if let Some((_, to)) = before(&rise) {
            rise.before.name = to;
            rise.before.until = rise.before.until.filter(|_| to.is_some());
        }
        if landing(rise.tier).is_none() {
            draft.take(Change::Rose(Box::new(rise)));
        }
    }
}

/// Steps that another version's rules allowed, and that those of this one would not, can be undone
/// no more: what was reached is kept to its end.
pub(crate) fn keep_reached(draft: &mut Draft<'_>) {
    if draft.program.refund.tiers == TierUndo::Keep {
        return;
    }
    let rises = draft.state.wallet.standing().rises.iter();
    let by_others = rises.filter(|rise| !still_reached(draft, rise));
    let by_others: Vec<Rise> = by_others.copied().collect();
    for rise in by_others {
        draft.take(Change::RiseGone(Box::new(rise)));
    }
}

/// Steps into tiers above this place can be undone no more.
pub(super) fn settle(draft: &mut Draft<'_>, above: usize) {
    let rises = draft.state.wallet.standing().rises.clone();
    for rise in rises {
        if draft.program.tier_at(Some(rise.tier)) > above {
            draft.take(Change::RiseGone(Box::new(rise)));
        }
    }
}

/// Whether this was so long ago that no refund is expected any more.
pub(super) fn is_old(draft: &Draft<'_>, at: Timestamp) -> bool {
    let zone = &draft.program.zone;
    draft.program.return_window.after(zone.day(at)) < draft.today.day
}

/// Whether a step can be undone no more: no refund is expected, or what it was reached with may be
/// forgotten by now.
fn too_old(draft: &Draft<'_>, rise: &Rise) -> bool {
    let program = draft.program;
    if is_old(draft, rise.at) {
        return true;
    }
    let Some(days) = program.memory.progress_days else {
        return false;
    };
    let known_from = draft.today.day.number() - days;
    let day = Almanac::of(program.zone.day(rise.at));
    let look = Look::of(draft, &day, draft.now).back_then(rise);
    let rule = program.tiers.iter().find(|rule| rule.name == rise.tier);
    let reach = rule.and_then(|rule| rule.reach.as_ref());
    let all = reach.map_or(Vec::new(), |reach| reach.all());
    // What counts for ever is kept as one sum.
    let is_forgotten = |day: i32| day > i32::MIN && day < known_from;
    let first = |own: &&Threshold| match own.metric {
        Metric::Balance(_) => day.day.number(),
        _ => look.first_within(own.within),
    };
    all.iter().any(|own| is_forgotten(first(own)))
}

/// Drops steps that can be undone no more.
pub(crate) fn forget(draft: &mut Draft<'_>) {
    if draft.state.wallet.standing.is_none() {
        return;
    }
    let rises = draft.state.wallet.standing().rises.iter();
    let old: Vec<Rise> = rises.filter(|rise| too_old(draft, rise)).copied().collect();
    for rise in old {
        draft.take(Change::RiseGone(Box::new(rise)));
    }
}
