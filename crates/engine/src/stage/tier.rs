//! Tiers: reached at once, kept for a while, lost at the end of it.
//!
//! *Dee spends 200 EUR by June and is a "regular" from that moment until the end of next year. If
//! she does not spend 200 EUR next year either, she lands one tier down once the grace is over.*

use crate::draft::Draft;
use crate::outcome::{Change, Note};
use crate::program::{Downgrade, Grain, KeepUntil, Metric, Program, Reach, TierRule, Within};
use crate::state::{Tier, Wallet};
use regulars_base::{CivilDay, Period, Span, Timestamp};

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

/// Whether some tier counts this.
pub(crate) fn asks_for(program: &Program, metric: Metric) -> bool {
    let thresholds = program.tiers.iter().filter_map(|tier| tier.reach.as_ref());
    thresholds
        .flat_map(|reach| &reach.thresholds)
        .any(|threshold| threshold.metric == metric)
}

/// Upwards at once: the highest tier whose threshold is met.
pub(crate) fn review(draft: &mut Draft<'_>) {
    let (program, wallet) = (draft.program, &draft.state.wallet);
    let Some(enrolled_at) = wallet.enrolled_at else {
        return;
    };
    let current = program.tier_at(wallet.tier.name);
    let today = draft.today.day;
    let joined = program.zone.day(enrolled_at);
    let reached = (current + 1..program.tiers.len())
        .rev()
        .find(|place| meets(&program.tiers[*place], wallet, today, joined));
    if let Some(place) = reached {
        set(draft, place, today, joined, draft.now);
    }
}

/// At the end of a tier's time: kept for another period by those who met its threshold in the
/// last one, lost by the others.
pub(crate) fn review_end(draft: &mut Draft<'_>, at: Timestamp) {
    let (program, wallet) = (draft.program, &draft.state.wallet);
    if wallet.tier.until.is_none_or(|until| until > at) {
        return;
    }
    let current = program.tier_at(wallet.tier.name);
    let joined = program.zone.day(wallet.enrolled_at.unwrap_or(at));
    let Some(rule) = program.tiers.get(current) else {
        // The program has no tiers any more.
        draft.take(Change::TierSet(Tier {
            name: None,
            since: at,
            until: None,
        }));
        return;
    };
    let last = program.zone.day(at).plus_days(-1 - rule.keep.grace_days);
    let met = |place: &usize| meets(&program.tiers[*place], wallet, last, joined);
    let place = if current == 0 || met(&current) {
        current
    } else {
        match rule.keep.then {
            Downgrade::OneDown => current - 1,
            Downgrade::ToEarned => (0..current).rev().find(met).unwrap_or(0),
            Downgrade::ToLowest => 0,
        }
    };
    set(draft, place, last, joined, at);
}

/// Puts the wallet into the tier at `place`, reckoning its end from `day`.
fn set(draft: &mut Draft<'_>, place: usize, day: CivilDay, joined: CivilDay, at: Timestamp) {
    let program = draft.program;
    let from = draft.state.wallet.tier;
    let name = (place > 0).then(|| program.tiers[place].name);
    let since = if from.name == name { from.since } else { at };
    let until = until(program, &program.tiers[place], day, joined).map(|until| {
        if until > at {
            until
        } else {
            next_after(program, at)
        }
    });
    draft.take(Change::TierSet(Tier {
        name,
        since,
        until: if place == 0 { None } else { until },
    }));
    if from.name != name {
        draft.note(Note::TierMoved {
            from: from.name,
            to: name,
            at,
        });
    }
}

/// A program that was edited may say that a tier ended long ago: then it is looked at tomorrow.
fn next_after(program: &Program, at: Timestamp) -> Timestamp {
    program.zone.start_of(program.zone.day(at).plus_days(1))
}

/// When a tier that was reached (or kept) on `day` is looked at again.
fn until(program: &Program, rule: &TierRule, day: CivilDay, joined: CivilDay) -> Option<Timestamp> {
    let end = match rule.keep.until {
        KeepUntil::Ever => return None,
        KeepUntil::After(span) => span.after(day).plus_days(1),
        KeepUntil::EndOfPeriod(more) => match rule.reach.as_ref().map(|reach| reach.within) {
            Some(Within::Calendar(period)) => period.first_day(period.number(day) + 1 + more),
            Some(Within::Anniversary) => {
                Span::Months(12 * (1 + more)).after(anniversary(day, joined))
            }
            _ => Period::Year.first_day(Period::Year.number(day) + 1 + more),
        },
    };
    Some(program.zone.start_of(end.plus_days(rule.keep.grace_days)))
}

/// Whether a wallet meets a tier's threshold, looked at on `day`.
fn meets(rule: &TierRule, wallet: &Wallet, day: CivilDay, joined: CivilDay) -> bool {
    let Some(reach) = &rule.reach else {
        return true;
    };
    let from = first_day(reach, day, joined);
    let met = |threshold: &crate::program::Threshold| {
        wallet.progress_since(threshold.metric.name(), from) >= threshold.at_least
    };
    if reach.any {
        reach.thresholds.iter().any(met)
    } else {
        reach.thresholds.iter().all(met)
    }
}

/// The first day (number) that counts for a threshold looked at on `day`.
pub(crate) fn first_day(reach: &Reach, day: CivilDay, joined: CivilDay) -> i32 {
    match reach.within {
        Within::Calendar(period) => period.first_day(period.number(day)).number(),
        Within::Rolling(span) => span.before(day).plus_days(1).number(),
        Within::Anniversary => anniversary(day, joined).number(),
        Within::Ever => i32::MIN,
    }
}

/// The first day of the year of membership that `day` lies in.
fn anniversary(day: CivilDay, joined: CivilDay) -> CivilDay {
    let years = i32::from(day.year_month_day().0 - joined.year_month_day().0);
    let this = joined.plus_months(12 * years);
    if this > day {
        joined.plus_months(12 * (years - 1))
    } else {
        this
    }
}

/// Progress of stretches that began before this day number can be forgotten: no threshold reaches
/// back so far, not even at the end of a grace.
pub(crate) fn oldest_needed(program: &Program, today: CivilDay) -> i32 {
    if program.grain == Grain::Ever {
        return i32::MIN;
    }
    let mut oldest = today.plus_months(-3).number();
    for rule in &program.tiers {
        let Some(reach) = &rule.reach else { continue };
        let day = today.plus_days(-rule.keep.grace_days).plus_months(-3);
        let from = match reach.within {
            Within::Ever => return i32::MIN,
            Within::Anniversary => day.plus_months(-24).number(),
            Within::Calendar(period) => period.first_day(period.number(day) - 1).number(),
            Within::Rolling(span) => span.before(day).number(),
        };
        oldest = oldest.min(from);
    }
    oldest
}
