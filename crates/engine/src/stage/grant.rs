//! Giving what a rule came to, as far as its limits let through.
//!
//! *"At most 200 beans per member and month": of the 24 that the rule came to, 5 were left; 5 are
//! given, and the explanation says 24, 5 and which limit.*

use crate::draft::Draft;
use crate::outcome::{Change, Miss, Note};
use crate::program::{Limit, LimitScope, Limited, Metric, Program};
use crate::stage::earn::Scene;
use crate::stage::{catch_up, tier};
use crate::state::{Grant, LineSet, SharedKey};
use regulars_base::Almanac;
use regulars_ledger::Account;

/// What a rule came to, before its limits.
#[derive(Clone, Copy)]
pub(crate) struct Award {
    /// The rule's place.
    pub(crate) rule: u16,
    /// The points' place.
    pub(crate) points: u16,
    /// What it counted.
    pub(crate) basis: i64,
    /// How many points.
    pub(crate) before: i64,
    /// The rule gave other points for the same event already: that was its once.
    pub(crate) again: bool,
}

/// Gives it; nothing if it came to nothing or its limits are used up.
pub(crate) fn grant(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    award: Award,
    lines: &LineSet,
) -> Option<Grant> {
    let program = draft.program;
    let rule = &program.rules[usize::from(award.rule)];
    if award.before <= 0 {
        draft.note(Note::Missed {
            rule: award.rule,
            why: Miss::TooLittle,
        });
        return None;
    }
    let (given, stopped_by) = clamp(draft, scene.day, &rule.limits, award);
    if given <= 0 {
        draft.note(Note::Missed {
            rule: award.rule,
            why: Miss::Limit(stopped_by),
        });
        return None;
    }
    count(draft, scene.day, &rule.limits, award, given);
    let points = program.points[usize::from(award.points)].name;
    let Award {
        rule: place,
        basis,
        before,
        ..
    } = award;
    draft.note(Note::Gave {
        rule: place,
        points,
        basis,
        before,
        given,
    });
    Some(give(
        draft,
        scene,
        award.points,
        given,
        rule.name,
        lines.clone(),
    ))
}

/// Issues points and says so in a grant.
pub(crate) fn give(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    place: u16,
    given: i64,
    rule: regulars_base::Name,
    lines: LineSet,
) -> Grant {
    let program = draft.program;
    let points = &program.points[usize::from(place)];
    let at = scene.event.occurred_at;
    let dates = draft.dates(points, at, true);
    draft.issue(points.name, Account::Issued, given, dates, at);
    let day = program.progress_day(scene.day.day);
    tier::progress(draft, Metric::Earned(points.name), day, given);
    Grant {
        rule,
        points: points.name,
        given,
        taken: 0,
        dates,
        lines,
    }
}

/// How much the limits let through, and the place of the one that let the least.
fn clamp(draft: &Draft<'_>, day: Almanac, limits: &[Limit], award: Award) -> (i64, u8) {
    let (mut given, mut stopped_by) = (award.before, 0);
    for (place, limit) in (0_u8..).zip(limits) {
        let left = match limit.what {
            Limited::Points(of) if of != award.points => continue,
            Limited::Points(_) => left(draft, day, limit),
            Limited::Times if award.again => continue,
            // Whether once more is possible; how many points does not matter.
            Limited::Times if left(draft, day, limit) > 0 => continue,
            Limited::Times => 0,
        };
        if left < given {
            (given, stopped_by) = (left, place);
        }
    }
    (given, stopped_by)
}

/// How much of a limit is left.
pub(crate) fn left(draft: &Draft<'_>, day: Almanac, limit: &Limit) -> i64 {
    let used = match limit.per {
        LimitScope::Order => 0,
        LimitScope::Program => draft.state.shared.used(shared_key(limit, day)),
        LimitScope::Member => {
            let period = period(limit, day);
            let kept = |every| period >= catch_up::oldest_kept(every, draft.today);
            if !limit.every.is_none_or(kept) {
                // The wallet no longer knows what was used of a period so long ago: a late event
                // must not pass the limit, so nothing is left.
                return 0;
            }
            draft.state.wallet.used(limit.name, period)
        }
    };
    limit.most - used
}

/// Counts what was given (or how often) against the limits.
fn count(draft: &mut Draft<'_>, day: Almanac, limits: &[Limit], award: Award, given: i64) {
    for limit in limits {
        match limit.what {
            Limited::Points(of) if of == award.points => use_up(draft, day, limit, given),
            Limited::Points(_) => {}
            Limited::Times if award.again => {}
            Limited::Times => use_up(draft, day, limit, 1),
        }
    }
}

/// Uses up `by` of a limit (or gives it back, below zero).
pub(crate) fn use_up(draft: &mut Draft<'_>, day: Almanac, limit: &Limit, by: i64) {
    match limit.per {
        LimitScope::Order => {}
        LimitScope::Member => {
            let (limit, period) = (limit.name, period(limit, day));
            draft.take(Change::Counted { limit, period, by });
        }
        LimitScope::Program => draft.take(Change::Drawn {
            key: shared_key(limit, day),
            by,
        }),
    }
}

fn period(limit: &Limit, day: Almanac) -> i32 {
    limit.every.map_or(0, |every| day.number(every))
}

/// The shared figure that a limit of the whole program counts in.
pub(crate) fn shared_key(limit: &Limit, day: Almanac) -> SharedKey {
    SharedKey {
        name: limit.name,
        period: period(limit, day),
    }
}

/// The shared figure that counts a reward's stock.
pub(crate) fn stock_key(program: &Program, reward: usize) -> SharedKey {
    SharedKey {
        name: program.rewards[reward].name,
        period: 0,
    }
}
