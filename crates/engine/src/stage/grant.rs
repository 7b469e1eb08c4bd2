//! Giving what a rule came to, as far as its limits let through.
//!
//! *"At most 200 beans per member and month": of the 24 that the rule came to, 5 were left; 5 are
//! given, and the explanation says 24, 5 and which limit.*

use crate::draft::Draft;
use crate::outcome::{Change, Miss, Note};
use crate::program::{Limit, LimitScope, Limited, Metric, Program, Reward};
use crate::stage::earn::Scene;
use crate::stage::exact::Exact;
use crate::stage::{catch_up, pace, partner, tier};
use crate::state::{Grant, Grants, LineSet, Paid, SharedKey};
use regulars_base::{Almanac, Name};
use regulars_ledger::{Account, Dates};
use smallvec::SmallVec;

/// What a rule (or the tier's own factor) came to, before its limits.
pub(crate) struct Award<'p> {
    /// The place of the note in the trace that will tell what becomes of it.
    pub(crate) note: usize,
    /// What gives it.
    pub(crate) from: Source,
    /// The points' place.
    pub(crate) points: u16,
    /// What it counted.
    pub(crate) basis: i64,
    /// How many points.
    pub(crate) before: i64,
    /// For which lines.
    pub(crate) lines: LineSet,
    /// How it is reckoned, if factors apply to it.
    pub(crate) exact: Option<Exact<'p>>,
}

/// What gives points.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The rule at this place.
    Rule(u16),
    /// The tier of this name, by its factor.
    Tier(Name),
    /// The plan of this name, by its factor.
    Plan(Name),
}

impl Award<'_> {
    /// Who pays for it, where partners share the points. What multiplies is paid for by whoever the
    /// event belongs to, as the tier's own part is.
    fn funder(&self, draft: &Draft<'_>) -> Option<Name> {
        if draft.program.partners.is_empty() {
            return None;
        }
        match self.from {
            Source::Rule(place) => partner::funder(draft, &draft.program.rules[usize::from(place)]),
            Source::Tier(_) | Source::Plan(_) => partner::name_at(draft.program, draft.partner),
        }
    }

    /// The name of what gives it.
    pub(crate) fn name(&self, program: &Program) -> Name {
        match self.from {
            Source::Rule(place) => program.rules[usize::from(place)].name,
            Source::Tier(name) | Source::Plan(name) => name,
        }
    }
}

/// What one event gave. Several rules give points on the same terms: their sum is posted once, and
/// the grants tell them apart.
pub(crate) struct Given<'g> {
    grants: &'g mut Grants,
    sums: SmallVec<[(Name, Dates, i64); 2]>,
}

impl<'g> Given<'g> {
    /// Nothing yet; what will be given is told in `grants`.
    pub(crate) fn into(grants: &'g mut Grants) -> Self {
        Self {
            grants,
            sums: SmallVec::new(),
        }
    }

    /// So much of what `award` came to is given.
    fn add(&mut self, draft: &Draft<'_>, scene: &Scene<'_>, award: &Award<'_>, given: i64) {
        let program = draft.program;
        let terms = &program.points[usize::from(award.points)];
        let funder = award.funder(draft);
        let same = |sum: &&mut (Name, Dates, i64)| sum.0 == terms.name && sum.1.funder == funder;
        let dates = match self.sums.iter_mut().find(same) {
            Some((_, dates, sum)) => {
                *sum += given;
                *dates
            }
            None => {
                let dates = Dates {
                    funder,
                    ..draft.dates(terms, scene.dated_at, true)
                };
                self.sums.push((terms.name, dates, given));
                dates
            }
        };
        self.grants.push(Grant {
            rule: award.name(program),
            points: terms.name,
            given,
            taken: 0,
            dates,
            lines: award.lines.clone(),
        });
    }

    /// Whether whoever pays for `award` can pay for it beside all that was given before.
    fn covers(&self, draft: &Draft<'_>, award: &Award<'_>, given: i64) -> bool {
        let paid = |(points, dates, amount): (Name, Dates, i64)| Paid {
            points,
            dates,
            amount,
        };
        let dates = Dates {
            funder: award.funder(draft),
            ..Dates::OPEN
        };
        let points = draft.program.points[usize::from(award.points)].name;
        let before = self.sums.iter().copied().map(paid);
        let all: Vec<Paid> = before.chain([paid((points, dates, given))]).collect();
        partner::covers(draft, &all)
    }

    /// Issues the points, and counts them towards tiers.
    pub(crate) fn post(&self, draft: &mut Draft<'_>, scene: &Scene<'_>) {
        let at = scene.dated_at;
        for &(points, dates, given) in &self.sums {
            draft.issue(points, Account::Issued, given, dates, at);
            tier::progress(draft, Metric::Earned(points), scene.progress_day, given);
        }
    }
}

/// Gives what the limits let through; says so, or why nothing.
pub(crate) fn grant(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    award: &Award<'_>,
    total: &mut Given<'_>,
) -> Note {
    let program = draft.program;
    let points = program.points[usize::from(award.points)].name;
    let (basis, before) = (award.basis, award.before);
    let (given, note) = match award.from {
        Source::Tier(tier) => {
            let given = before;
            let note = Note::TierGave {
                tier,
                points,
                given,
            };
            (given, note)
        }
        Source::Plan(plan) => {
            let given = before;
            let note = Note::PlanGave {
                plan,
                points,
                given,
            };
            (given, note)
        }
        Source::Rule(rule) => {
            // The rule gave other points for the same event already: that was its once.
            let name = award.name(program);
            let again = total.grants.iter().any(|grant| grant.rule == name);
            match by_rule(draft, scene, award, total, again) {
                Ok(given) => {
                    let note = Note::Gave {
                        rule,
                        points,
                        basis,
                        before,
                        given,
                    };
                    (given, note)
                }
                Err(why) => (0, Note::Missed { rule, why }),
            }
        }
    };
    if given > 0 {
        total.add(draft, scene, award, given);
    }
    note
}

/// How much of a rule's award is given; that much of its limits is used up.
fn by_rule(
    draft: &mut Draft<'_>,
    scene: &Scene<'_>,
    award: &Award<'_>,
    total: &Given<'_>,
    again: bool,
) -> Result<i64, Miss> {
    let Source::Rule(rule) = award.from else {
        return Ok(award.before);
    };
    if award.before <= 0 {
        return Err(Miss::TooLittle);
    }
    let own = &draft.program.rules[usize::from(rule)];
    let limits = &own.limits;
    if let Some(apart) = own.apart_minutes.filter(|_| !again) {
        let at = scene.event.occurred_at;
        pace::far_enough(draft, pace::of_rule(own), apart, at).map_err(pace::Close::miss)?;
    }
    let (given, stopped_by) = clamp(draft, &scene.day, limits, award, again);
    if given <= 0 {
        return Err(Miss::Limit(stopped_by));
    }
    if !draft.program.partners.is_empty() && !total.covers(draft, award, given) {
        return Err(Miss::NotCovered);
    }
    count(draft, &scene.day, limits, award.points, given, again);
    if own.apart_minutes.is_some() && !again {
        pace::remember(draft, pace::of_rule(own), scene.event.occurred_at);
    }
    Ok(given)
}

/// How much the limits let through, and the place of the one that let the least.
fn clamp(
    draft: &Draft<'_>,
    day: &Almanac,
    limits: &[Limit],
    award: &Award<'_>,
    again: bool,
) -> (i64, u8) {
    let (mut given, mut stopped_by) = (award.before, 0);
    for (place, limit) in (0_u8..).zip(limits) {
        let left = match limit.what {
            Limited::Points(of) if of != award.points => continue,
            Limited::Points(_) => left(draft, day, limit),
            Limited::Times if again => continue,
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
pub(crate) fn left(draft: &Draft<'_>, day: &Almanac, limit: &Limit) -> i64 {
    let used = match limit.per {
        LimitScope::Order => 0,
        LimitScope::Program => draft.state.shared.used(shared_key(limit, day)),
        LimitScope::Member => {
            let period = period(limit, day);
            let kept = |every| {
                day.day >= draft.today.day || period >= catch_up::oldest_kept(every, &draft.today)
            };
            if !limit.every.is_none_or(kept) {
                // The wallet no longer knows what was used of a period so long ago: a late event
                // must not pass the limit, so nothing is left.
                return 0;
            }
            draft.state.wallet.used(limit.name, period)
        }
    };
    if limit.tiers.is_empty() {
        return limit.most - used;
    }
    let tier = draft.program.tier_at(draft.state.wallet.tier.name);
    limit.most_of(tier) - used
}

/// Counts what was given (or how often) against the limits.
fn count(
    draft: &mut Draft<'_>,
    day: &Almanac,
    limits: &[Limit],
    points: u16,
    given: i64,
    again: bool,
) {
    for limit in limits {
        match limit.what {
            Limited::Points(of) if of == points => use_up(draft, day, limit, given),
            Limited::Points(_) => {}
            Limited::Times if again => {}
            Limited::Times => use_up(draft, day, limit, 1),
        }
    }
}

/// Uses up `by` of a limit (or gives it back, below zero).
pub(crate) fn use_up(draft: &mut Draft<'_>, day: &Almanac, limit: &Limit, by: i64) {
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

fn period(limit: &Limit, day: &Almanac) -> i32 {
    limit.every.map_or(0, |every| day.number(every))
}

/// The shared figure that a limit of the whole program counts in.
pub(crate) fn shared_key(limit: &Limit, day: &Almanac) -> SharedKey {
    SharedKey {
        name: limit.name,
        period: period(limit, day),
    }
}

/// The shared figure that counts a reward's stock.
pub(crate) fn stock_key(reward: &Reward) -> SharedKey {
    SharedKey {
        name: reward.name,
        period: 0,
    }
}
