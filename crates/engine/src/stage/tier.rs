//! Tiers: reached at once, kept for a while, lost at the end of it.
//!
//! *Dee spends 200 EUR by June and is a "regular" from that moment until the end of next year. If
//! she does not spend 200 EUR next year either, she lands one tier down once the grace is over.*
//!
//! What a member's own figures give is one thing, what holds them up is another: a tier given by
//! hand, a trial, a lifetime. A member is in the highest of all, and each goes on by itself.

mod balance;
mod floor;
mod gift;
mod look;
mod moving;
mod undo;

pub(crate) use floor::{check, grant, held_until, match_tier, revoke, trial_figure};
pub(crate) use gift::taken_back_late;
pub(crate) use look::Look;
pub(crate) use moving::{move_in, move_out};
pub(crate) use undo::{forget, keep_reached, undo};

use crate::draft::Draft;
use crate::outcome::{Change, Note};
use crate::program::{Downgrade, KeepUntil, Metric, Program, Reach, TierRule, TierUndo, Within};
use crate::state::{Floor, Paid, Rise, Tier};
use look::{anniversary, own_day};
use regulars_base::{Almanac, CivilDay, Name, Period, Span, Timestamp};

/// Counts progress, if any tier asks for it.
pub(crate) fn progress(draft: &mut Draft<'_>, metric: Metric, day: i32, by: i64) {
    if by != 0 && asks_for(draft.program, metric) {
        draft.take(Change::Progressed {
            metric: metric.name(),
            day,
            by,
        });
    }
}

/// What was earned on this day was taken back: it no longer counts, as if it had never been.
pub(crate) fn earned_back(draft: &mut Draft<'_>, paid: &Paid, day: i32) {
    progress(draft, Metric::Earned(paid.points), day, -paid.amount);
    balance::take_back(draft, paid, day);
}

/// Whether some tier counts this.
pub(crate) fn asks_for(program: &Program, metric: Metric) -> bool {
    program.metrics.contains(&metric)
}

/// Upwards at once: the highest tier whose threshold is met. Downwards at once only where the
/// program keeps a tier no longer than its threshold is met.
pub(crate) fn review(draft: &mut Draft<'_>) {
    let program = draft.program;
    if draft.state.wallet.enrolled_at.is_none() || program.tiers.is_empty() {
        return;
    }
    balance::put_down(draft, draft.today.day, draft.now);
    // Who loses a tier may be left with enough for another.
    lose_at_once(draft, draft.now);
    let mut current = own_place(draft);
    // What a tier gives may be enough for the next.
    while let Some(place) = reached(draft, current) {
        rise(draft, place);
        current = place;
    }
    floor::review(draft);
}

/// The place of the tier that the member's own figures give.
fn own_place(draft: &Draft<'_>) -> usize {
    let own = draft.state.wallet.own_tier();
    draft.program.tier_at(own.name)
}

/// The highest tier above this one whose threshold is met.
fn reached(draft: &Draft<'_>, above: usize) -> Option<usize> {
    let tiers = &draft.program.tiers;
    let look = Look::of(draft, &draft.today, draft.now);
    let met = |place: &usize| takes(&look, &tiers[*place]);
    (above + 1..tiers.len()).rev().find(met)
}

/// Whether a tier takes somebody in.
fn takes(look: &Look<'_>, rule: &TierRule) -> bool {
    !rule.closed && look.meets(rule.reach.as_ref())
}

/// Up to the tier at `place`, step by step: each is remembered by itself, and gives its gift. Nobody
/// comes through one that is closed.
fn rise(draft: &mut Draft<'_>, place: usize) {
    let (program, now) = (draft.program, draft.now);
    let mut own = draft.state.wallet.own_tier();
    let steps = program.tier_at(own.name) + 1..=place;
    let steps = steps.filter(|step| *step == place || !program.tiers[*step].closed);
    for step in steps.clone() {
        let before = own;
        own = standing_in(draft, step, draft.today.day, now);
        if program.refund.tiers == TierUndo::Undo {
            draft.take(Change::Rose(Box::new(Rise {
                tier: program.tiers[step].name,
                at: now,
                before,
            })));
        }
    }
    show(draft, own, now);
    for step in steps {
        gift::give(draft, step);
    }
    // What they gave counts from the day on which they gave it.
    balance::put_down(draft, draft.today.day, now);
}

/// Tiers that are kept only while their threshold is met.
fn lose_at_once(draft: &mut Draft<'_>, at: Timestamp) {
    let program = draft.program;
    loop {
        let current = own_place(draft);
        if current == 0 || program.tiers[current].keep.until != KeepUntil::WhileMet {
            return;
        }
        let day = Almanac::of(program.zone.day(at));
        if Look::of(draft, &day, at).meets(program.tiers[current].kept_by()) {
            return;
        }
        let place = lower(draft, current, &day, at);
        undo::settle(draft, place);
        set(draft, place, day.day, at);
    }
}

/// Where those land who lose the tier at `current`.
fn lower(draft: &Draft<'_>, current: usize, day: &Almanac, at: Timestamp) -> usize {
    let program = draft.program;
    let look = Look::of(draft, day, at);
    let met = |place: &usize| takes(&look, &program.tiers[*place]);
    let open = |place: &usize| !program.tiers[*place].closed;
    match program.tiers[current].keep.then {
        Downgrade::OneDown => (0..current).rev().find(open).unwrap_or(0),
        Downgrade::ToEarned => (0..current).rev().find(met).unwrap_or(0),
        Downgrade::ToLowest => 0,
    }
}

/// What of a tier is over at this moment: what held it up, or its own time.
pub(crate) fn review_end(draft: &mut Draft<'_>, at: Timestamp) {
    balance::put_down(draft, draft.program.zone.day(at), at);
    floor::end(draft, at);
    review_own_end(draft, at);
}

/// At the end of a tier's time: kept for another period by those who met its threshold in the
/// last one (what they did within the grace counts too), lost by the others.
fn review_own_end(draft: &mut Draft<'_>, at: Timestamp) {
    let (program, tier) = (draft.program, draft.state.wallet.own_tier());
    let current = program.tier_at(tier.name);
    let Some(rule) = program.tiers.get(current) else {
        if tier.until.is_some() {
            // The program has no tiers any more.
            let nothing = Tier {
                name: None,
                since: at,
                until: None,
            };
            show(draft, nothing, at);
        }
        return;
    };
    if rule.keep.until == KeepUntil::WhileMet {
        lose_at_once(draft, at);
    }
    let is_over = |tier: Tier| tier.until.is_some_and(|until| until <= at);
    if !is_over(draft.state.wallet.own_tier()) {
        return;
    }
    let current = own_place(draft);
    let rule = &program.tiers[current];
    let first = program.zone.day(at).plus_days(-rule.keep.grace_days);
    let looked = Almanac::of(looked_at(rule, first));
    // A closed tier is over at its end; that of one that is kept while met has been looked for.
    let over = rule.closed && rule.keep.until != KeepUntil::WhileMet;
    let meets = || Look::of(draft, &looked, at).meets(rule.kept_by());
    let kept = current == 0 || (!over && meets());
    let place = if kept {
        current
    } else {
        lower(draft, current, &looked, at)
    };
    let from = match program.tiers[place].keep.until {
        KeepUntil::EndOfPeriod(0) => first,
        _ => first.plus_days(-1),
    };
    if rule.keep.until != KeepUntil::WhileMet || !kept {
        // From here on it is kept by what was done since, or lost: no refund undoes how it was
        // reached.
        undo::settle(draft, 0);
    }
    set(draft, place, from, at);
}

/// On which day a tier is looked at whose time ended before the day `first`: on the last of it; but
/// a tier that is kept to the end of the very period in which it was reached takes the figures of the
/// next, as far as grace gave time for them.
pub(crate) fn looked_at(rule: &TierRule, first: CivilDay) -> CivilDay {
    let anew = rule.keep.until == KeepUntil::EndOfPeriod(0);
    if anew && rule.within() != Some(Within::TierYear) {
        first
    } else {
        first.plus_days(-1)
    }
}

/// Members of tiers that are no more land in others: the one that they are in by their figures, and
/// those that hold them up.
pub(crate) fn land(draft: &mut Draft<'_>, landings: &[(Name, Option<Name>)]) {
    let landing = |tier: Name| landings.iter().find(|(from, _)| *from == tier).copied();
    undo::land(draft, &landing);
    let held = draft.state.wallet.standing().floors.clone();
    for floor in held {
        if let Some((_, to)) = landing(floor.tier) {
            draft.note(Note::TierRemoved { tier: floor.tier });
            floor::land(draft, floor, to);
        }
    }
    let own = draft.state.wallet.own_tier();
    let landed = own.name.and_then(landing);
    if let Some((tier, to)) = landed {
        draft.note(Note::TierRemoved { tier });
        match to {
            Some(_) => set(draft, draft.program.tier_at(to), draft.today.day, draft.now),
            None => {
                let nothing = Tier {
                    name: None,
                    since: draft.now,
                    until: None,
                };
                show(draft, nothing, draft.now);
            }
        }
    } else {
        // Which of two tiers is the higher may be another now. And a tier that is kept for ever after
        // so long is held since it was reached, before this version takes the member higher: whether
        // the wallet still remembers anything else of its tiers hangs on when it last moved.
        floor::stand(draft, draft.now);
    }
}

/// The day from which the member's own years are counted is another now. What was reached by the old
/// years is kept to its end, and no refund asks the new ones for it.
pub(crate) fn clock_set(draft: &mut Draft<'_>, attribute: Name) {
    let tiers = draft.program.tiers.iter();
    let mut all = tiers.flat_map(TierRule::reaches).flat_map(Reach::all);
    if all.any(|own| own.within == Within::YearOf(attribute)) {
        keep_reached(draft);
        review(draft);
    }
}

/// A tier that was kept for ever and is no longer gets an end; one that is kept for ever now has
/// none. Other ends stay: what was promised is kept.
pub(crate) fn end_by_rule(draft: &mut Draft<'_>) {
    let (own, place) = (draft.state.wallet.own_tier(), own_place(draft));
    if place == 0 {
        return;
    }
    let rule = &draft.program.tiers[place];
    let until = match (own.until, rule.keep.until) {
        (None, _) => standing_in(draft, place, draft.today.day, draft.now).until,
        (Some(_), KeepUntil::Ever) if !rule.closed => None,
        _ => return,
    };
    if until != own.until {
        show(draft, Tier { until, ..own }, draft.now);
    }
}

/// Puts the wallet's own tier to the one at `place`, reckoning its end from `day`.
fn set(draft: &mut Draft<'_>, place: usize, day: CivilDay, at: Timestamp) {
    let own = standing_in(draft, place, day, at);
    show(draft, own, at);
}

/// The tier at `place` as it is from `at` on, its end reckoned from `day`.
fn standing_in(draft: &Draft<'_>, place: usize, day: CivilDay, at: Timestamp) -> Tier {
    let program = draft.program;
    let from = draft.state.wallet.own_tier();
    let joined = program
        .zone
        .day(draft.state.wallet.enrolled_at.unwrap_or(at));
    let name = (place > 0).then(|| program.tiers[place].name);
    let since = if from.name == name { from.since } else { at };
    let began = program.zone.day(since).max(joined);
    let rule = &program.tiers[place];
    let own = match rule.within() {
        Some(Within::YearOf(name)) => own_day(&draft.state.wallet, name),
        _ => None,
    };
    let year_began = own.unwrap_or(joined);
    let until = until(program, rule, day, (year_began, began)).map(|until| {
        if until > at {
            until
        } else {
            next_after(program, at)
        }
    });
    Tier {
        name,
        since,
        until: if place == 0 { None } else { until },
    }
}

/// The wallet's own tier is this now; the member is in it, or in a higher one that holds them up.
fn show(draft: &mut Draft<'_>, own: Tier, at: Timestamp) {
    let program = draft.program;
    let before = draft.state.wallet.tier;
    let own_before = draft.state.wallet.own_tier();
    let floor = highest(draft).filter(|(place, _)| *place > program.tier_at(own.name));
    let shown = match floor {
        None => own,
        Some((_, floor)) => Tier {
            name: Some(floor.tier),
            since: if before.name == Some(floor.tier) {
                before.since
            } else {
                at
            },
            until: (floor.until < Timestamp::LAST).then_some(floor.until),
        },
    };
    let below = floor.map(|_| own);
    if draft.state.wallet.standing().own != below {
        draft.take(Change::OwnTierSet(below));
    }
    if before != shown {
        draft.take(Change::TierSet(shown));
    }
    if before.name != shown.name {
        draft.note(Note::TierMoved {
            from: before.name,
            to: shown.name,
            at,
        });
    } else if own_before.name != own.name {
        draft.note(Note::OwnTierMoved {
            from: own_before.name,
            to: own.name,
            at,
        });
    }
    floor::follow_held(draft, at);
}

/// The highest tier that holds the member up, and its place.
fn highest(draft: &Draft<'_>) -> Option<(usize, Floor)> {
    let floors = draft.state.wallet.standing().floors.iter();
    let placed = floors.map(|floor| (draft.program.tier_at(Some(floor.tier)), *floor));
    // Of several on the same tier the one that holds longest.
    placed.max_by_key(|(place, floor)| (*place, floor.until))
}

/// A program that was edited may say that a tier ended long ago: then it is looked at tomorrow.
fn next_after(program: &Program, at: Timestamp) -> Timestamp {
    program.zone.start_of(program.zone.day(at).plus_days(1))
}

/// When a tier that was reached (or kept) on `day` is looked at again, by a member whose own years
/// are counted from the first of these days, and whose tier began on the second.
fn until(
    program: &Program,
    rule: &TierRule,
    day: CivilDay,
    (joined, began): (CivilDay, CivilDay),
) -> Option<Timestamp> {
    let year_after = |first: CivilDay, more: i32| Span::Months(12 * (1 + more)).after(first);
    let end = match rule.keep.until {
        KeepUntil::Ever => return None,
        // Time alone can take a threshold away where only the last so many days count.
        KeepUntil::WhileMet if rule.kept_by().is_some_and(never_ages) => return None,
        KeepUntil::WhileMet => day.plus_days(1),
        KeepUntil::After(span) => span.after(day).plus_days(1),
        KeepUntil::EndOfPeriod(more) => match rule.within() {
            Some(Within::Calendar(period)) => period.first_day(period.number(day) + 1 + more),
            Some(Within::YearFrom(month, first)) => {
                year_after(Within::year_from(day, (month, first)), more)
            }
            Some(Within::Anniversary | Within::YearOf(_)) => {
                year_after(anniversary(day, joined), more)
            }
            Some(Within::TierYear) => year_after(anniversary(day, began), more),
            _ => Period::Year.first_day(Period::Year.number(day) + 1 + more),
        },
    };
    Some(program.zone.start_of(end.plus_days(rule.keep.grace_days)))
}

/// Whether time alone takes nothing away from it.
fn never_ages(reach: &Reach) -> bool {
    let all = reach.all();
    all.iter().all(|own| own.within == Within::Ever)
}
