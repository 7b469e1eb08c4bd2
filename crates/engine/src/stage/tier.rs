//! Tiers: reached at once, kept for a while, lost at the end of it.
//!
//! *Dee spends 200 EUR by June and is a "regular" from that moment until the end of next year. If
//! she does not spend 200 EUR next year either, she lands one tier down once the grace is over.*

use crate::draft::Draft;
use crate::outcome::{Change, Note};
use crate::program::{Downgrade, KeepUntil, Metric, Program, Reach, Threshold, TierRule, Within};
use crate::state::{Tier, Wallet};
use regulars_base::{Almanac, CivilDay, Name, Period, Span, Timestamp, Zone};

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
    program.metrics.contains(&metric)
}

/// A wallet looked at on a day, for its tier.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    zone: &'a Zone,
    wallet: &'a Wallet,
    now: Timestamp,
    day: &'a Almanac,
}

impl<'a> Look<'a> {
    pub(crate) const fn new(
        zone: &'a Zone,
        wallet: &'a Wallet,
        now: Timestamp,
        day: &'a Almanac,
    ) -> Self {
        Self {
            zone,
            wallet,
            now,
            day,
        }
    }

    fn of(draft: &'a Draft<'_>, day: &'a Almanac, now: Timestamp) -> Self {
        Self::new(&draft.program.zone, &draft.state.wallet, now, day)
    }

    fn joined(&self) -> CivilDay {
        self.zone.day(self.wallet.enrolled_at.unwrap_or(self.now))
    }

    /// The first day (number) that counts.
    #[inline]
    fn first_day(&self, within: Within) -> i32 {
        let day = match within {
            Within::Calendar(period) => self.day.first_day(period),
            Within::Rolling(span) => span.before(self.day.day).plus_days(1),
            Within::Anniversary => anniversary(self.day.day, self.joined()),
            Within::SinceTier => self.zone.day(self.wallet.tier.since).max(self.joined()),
            Within::Ever => return i32::MIN,
        };
        day.number()
    }

    /// Whether enough of the thresholds are met.
    fn meets(&self, reach: Option<&Reach>) -> bool {
        let Some(reach) = reach else { return true };
        let from = self.first_day(reach.within).max(reach.counts_from);
        let mut met = 0;
        for threshold in &reach.thresholds {
            met += usize::from(self.figure(threshold, from) >= threshold.at_least);
        }
        met >= reach.need
    }

    /// How much there is of what each threshold asks for.
    pub(crate) fn figures<'r>(self, reach: &'r Reach) -> impl Iterator<Item = i64> + use<'r, 'a> {
        let from = self.first_day(reach.within).max(reach.counts_from);
        let figure = move |threshold| self.figure(threshold, from);
        reach.thresholds.iter().map(figure)
    }

    fn figure(&self, threshold: &Threshold, from: i32) -> i64 {
        match threshold.metric {
            Metric::Balance(points) => self.wallet.available(points, self.now),
            counted => self.wallet.progress_since(counted.name(), from),
        }
    }
}

/// Upwards at once: the highest tier whose threshold is met. Downwards at once only where the
/// program keeps a tier no longer than its threshold is met.
pub(crate) fn review(draft: &mut Draft<'_>) {
    let program = draft.program;
    if draft.state.wallet.enrolled_at.is_none() || program.tiers.is_empty() {
        return;
    }
    let current = program.tier_at(draft.state.wallet.tier.name);
    let look = Look::of(draft, &draft.today, draft.now);
    let met = |place: &usize| takes(&look, &program.tiers[*place]);
    let reached = (current + 1..program.tiers.len()).rev().find(met);
    match reached {
        Some(place) => set(draft, place, draft.today.day, draft.now),
        None if current > 0 => lose_at_once(draft, draft.now),
        None => {}
    }
}

/// Whether a tier takes somebody in.
fn takes(look: &Look<'_>, rule: &TierRule) -> bool {
    !rule.closed && look.meets(rule.reach.as_ref())
}

/// Puts a member whose tier is no more into another; the lowest, if nothing.
pub(crate) fn land(draft: &mut Draft<'_>, to: Option<Name>) {
    let place = draft.program.tier_at(to);
    if draft.program.tiers.is_empty() {
        draft.take(Change::TierSet(Tier {
            name: None,
            since: draft.now,
            until: None,
        }));
        return;
    }
    set(draft, place, draft.today.day, draft.now);
}

/// When a tier that has no end would end, had it been reached today.
pub(crate) fn end_from_now(draft: &Draft<'_>, rule: &TierRule) -> Option<Timestamp> {
    let program = draft.program;
    let joined = draft.state.wallet.enrolled_at.unwrap_or(draft.now);
    let joined = program.zone.day(joined);
    until(program, rule, draft.today.day, joined)
}

/// Tiers that are kept only while their threshold is met.
fn lose_at_once(draft: &mut Draft<'_>, at: Timestamp) {
    let program = draft.program;
    loop {
        let current = program.tier_at(draft.state.wallet.tier.name);
        if current == 0 || program.tiers[current].keep.until != KeepUntil::WhileMet {
            return;
        }
        let day = Almanac::of(program.zone.day(at));
        if Look::of(draft, &day, at).meets(kept_by(&program.tiers[current])) {
            return;
        }
        let place = lower(draft, current, &day, at);
        set(draft, place, day.day, at);
    }
}

/// What it takes to keep a tier.
fn kept_by(rule: &TierRule) -> Option<&Reach> {
    rule.renew.as_ref().or(rule.reach.as_ref())
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

/// At the end of a tier's time: kept for another period by those who met its threshold in the
/// last one (what they did within the grace counts too), lost by the others.
pub(crate) fn review_end(draft: &mut Draft<'_>, at: Timestamp) {
    let (program, tier) = (draft.program, draft.state.wallet.tier);
    let current = program.tier_at(tier.name);
    let Some(rule) = program.tiers.get(current) else {
        if tier.until.is_some() {
            // The program has no tiers any more.
            draft.take(Change::TierSet(Tier {
                name: None,
                since: at,
                until: None,
            }));
        }
        return;
    };
    if rule.keep.until == KeepUntil::WhileMet {
        lose_at_once(draft, at);
    }
    if draft.state.wallet.tier.until.is_none_or(|until| until > at) {
        return;
    }
    let current = program.tier_at(draft.state.wallet.tier.name);
    let rule = &program.tiers[current];
    let last = program.zone.day(at).plus_days(-1 - rule.keep.grace_days);
    let last = Almanac::of(last);
    let kept = current == 0 || (!rule.closed && Look::of(draft, &last, at).meets(kept_by(rule)));
    let place = if kept {
        current
    } else {
        lower(draft, current, &last, at)
    };
    set(draft, place, last.day, at);
}

/// Puts the wallet into the tier at `place`, reckoning its end from `day`.
fn set(draft: &mut Draft<'_>, place: usize, day: CivilDay, at: Timestamp) {
    let program = draft.program;
    let from = draft.state.wallet.tier;
    let joined = program
        .zone
        .day(draft.state.wallet.enrolled_at.unwrap_or(at));
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
    let within = rule.reach.as_ref().map(|reach| reach.within);
    let end = match rule.keep.until {
        KeepUntil::Ever => return None,
        // Time alone can take a threshold away where only the last so many days count.
        KeepUntil::WhileMet if within == Some(Within::Ever) => return None,
        KeepUntil::WhileMet => day.plus_days(1),
        KeepUntil::After(span) => span.after(day).plus_days(1),
        KeepUntil::EndOfPeriod(more) => match within {
            Some(Within::Calendar(period)) => period.first_day(period.number(day) + 1 + more),
            Some(Within::Anniversary) => {
                Span::Months(12 * (1 + more)).after(anniversary(day, joined))
            }
            _ => Period::Year.first_day(Period::Year.number(day) + 1 + more),
        },
    };
    Some(program.zone.start_of(end.plus_days(rule.keep.grace_days)))
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
