//! Where a member stands and what comes next: the tier, what holds it, what keeps it and by when,
//! what is missing to the next and what that would bring; stamp cards and what they give next.
//!
//! Read only, from the wallet as it is at a moment: whatever was due by then must have been done.

use crate::program::{
    CardRule, Gives, KeepUntil, Metric, Milestone, Program, Reach, Threshold, TierRule, Within,
};
use crate::stage::tier::{Look, held_until, looked_at, trial_figure};
use crate::state::{Card, Floor, FloorKind, Matched, Wallet};
use regulars_base::{Almanac, CivilDay, Name, Period, Ratio, Span, Timestamp, Zone};

/// Where a member stands. Tiers are named by their places in the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierOutlook {
    /// The tier that they are in.
    pub tier: usize,
    /// Since when; nothing for the lowest, in which everybody starts.
    pub since: Option<Timestamp>,
    /// Until when they are in it for certain; nothing if nothing ends it.
    pub until: Option<Timestamp>,
    /// The tier that their own figures give, where something holds them above it.
    pub own: Option<usize>,
    /// What holds them up, the highest first: by hand, on trial, for ever.
    pub held: Vec<Hold>,
    /// What it takes to keep what their own figures gave.
    pub keep: Option<Keeping>,
    /// The challenge of a trial that is on.
    pub challenge: Option<Keeping>,
    /// The next tier up.
    pub next: Option<NextTier>,
    /// The lowest tier that can be theirs for ever and is not.
    pub lifetime: Option<LifetimeOutlook>,
}

/// What holds a member up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// In which tier.
    pub tier: usize,
    /// Why.
    pub kind: FloorKind,
    /// The first moment at which it holds no more; nothing if it holds for ever.
    pub until: Option<Timestamp>,
}

/// What it takes to keep a tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Which tier.
    pub tier: usize,
    /// The first moment at which it is too late; nothing where it is asked at every moment.
    pub by: Option<Timestamp>,
    /// What it takes, and how far that is.
    pub way: Way,
}

/// The next tier up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextTier {
    /// Which.
    pub tier: usize,
    /// What it takes, and how far that is.
    pub way: Way,
    /// Factors on points, by the points' place.
    pub earn: Vec<(u16, Ratio)>,
    /// What is given on reaching it.
    pub gifts: Vec<Gives>,
    /// Rewards that it opens, by their place.
    pub rewards: Vec<usize>,
}

/// The way to a tier for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifetimeOutlook {
    /// Which tier.
    pub tier: usize,
    /// What it takes over all time.
    pub way: Option<Way>,
    /// When they have held it so long that it is theirs.
    pub held_until: Option<Timestamp>,
}

/// So many of some figures and groups, and how far they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// How many of them are needed.
    pub need: usize,
    /// Whether enough are met.
    pub met: bool,
    /// Figures.
    pub figures: Vec<Figure>,
    /// Groups, each of which counts for one.
    pub groups: Vec<Way>,
}

/// How far a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Of what.
    pub metric: Metric,
    /// Within which time.
    pub within: Within,
    /// So much is there.
    pub counted: i64,
    /// So much is needed.
    pub needed: i64,
    /// The first day that counts; nothing if all do.
    pub from: Option<CivilDay>,
    /// The first moment after the time in which it counts; nothing if that does not end.
    pub until: Option<Timestamp>,
    /// Where only the last so many days count: when the oldest falls out, and how much.
    pub falls_out: Option<(Timestamp, i64)>,
}

/// What a stamp card gives next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardOutlook {
    /// At how many stamps it gives something next: a milestone, or as many as fill it.
    pub next_at: i64,
    /// What.
    pub gives: Gives,
    /// When the oldest stamps lapse, and how many.
    pub lapses: Option<(Timestamp, i64)>,
    /// Money that is kept for the next stamp, in minor units.
    pub kept: i64,
}

impl Figure {
    /// How much is missing.
    pub const fn missing(&self) -> i64 {
        let missing = self.needed.saturating_sub(self.counted);
        if missing > 0 { missing } else { 0 }
    }
}

impl TierOutlook {
    /// Where a member stands at `now`; nothing if the program has no tiers.
    pub fn of(program: &Program, wallet: &Wallet, now: Timestamp) -> Option<Self> {
        program.tiers.first()?;
        let tier = program.tier_at(wallet.tier.name);
        let own = program.tier_at(wallet.own_tier().name);
        let mut held: Vec<Hold> = wallet
            .standing()
            .floors
            .iter()
            .map(|floor: &Floor| Hold {
                tier: program.tier_at(Some(floor.tier)),
                kind: floor.kind,
                until: (floor.until < Timestamp::LAST).then_some(floor.until),
            })
            .collect();
        held.sort_by_key(|hold| std::cmp::Reverse(hold.tier));
        let trial = wallet.standing().matched.filter(|matched| matched.on_trial);
        let lasting = held.iter().filter(|hold| hold.until.is_none());
        let safe = lasting.map(|hold| hold.tier).max().unwrap_or(0);
        Some(Self {
            tier,
            since: (tier > 0).then_some(wallet.tier.since),
            until: if tier <= safe {
                None
            } else {
                wallet.tier.until
            },
            own: (own != tier).then_some(own),
            held,
            keep: keep(program, wallet, (own, now)).filter(|_| own > safe),
            challenge: trial.and_then(|trial| challenge(program, wallet, &trial)),
            next: next(program, wallet, (tier, now)),
            lifetime: lifetime(program, wallet, (safe, now)),
        })
    }
}

/// What it takes to keep the tier at a place.
fn keep(program: &Program, wallet: &Wallet, (own, now): (usize, Timestamp)) -> Option<Keeping> {
    let rule = &program.tiers[own];
    let reach = rule.kept_by()?;
    let by = wallet.own_tier().until;
    if rule.keep.until == KeepUntil::WhileMet {
        let way = way(program, wallet, reach, (program.zone.day(now), now));
        return Some(Keeping {
            tier: own,
            by: None,
            way,
        });
    }
    // As it will be looked at.
    let first = program.zone.day(by?).plus_days(-rule.keep.grace_days);
    let last = looked_at(rule, first);
    Some(Keeping {
        tier: own,
        by,
        way: way(program, wallet, reach, (last, now)),
    })
}

fn challenge(program: &Program, wallet: &Wallet, trial: &Matched) -> Option<Keeping> {
    let rule = program
        .matches
        .iter()
        .find(|rule| rule.name == trial.program)?;
    let first = program.zone.day(trial.at);
    let last = rule.trial.after(first);
    let by = program.zone.start_of(last.plus_days(1));
    let figure = |own: &Threshold| Figure {
        metric: own.metric,
        within: own.within,
        counted: trial_figure(program, wallet, trial, own),
        needed: own.at_least,
        from: Some(first),
        until: Some(by),
        falls_out: None,
    };
    Some(Keeping {
        tier: program.tier_at(Some(trial.tier)),
        by: Some(by),
        way: put_together(&rule.challenge, &figure),
    })
}

fn next(program: &Program, wallet: &Wallet, (tier, now): (usize, Timestamp)) -> Option<NextTier> {
    let mut above = program.tiers.iter().enumerate().skip(tier + 1);
    let (place, rule) = above.find(|(_, rule)| !rule.closed)?;
    let reach = rule.reach.as_ref()?;
    let had = &wallet.standing().gifted;
    let gifts = rule.gift.iter().flat_map(|gift| &gift.gives);
    let opens = |reward: &usize| {
        let own = program.rewards[*reward].tier;
        own.is_some_and(|own| (tier + 1..=place).contains(&usize::from(own)))
    };
    Some(NextTier {
        tier: place,
        way: way(program, wallet, reach, (program.zone.day(now), now)),
        earn: rule.earn.clone(),
        gifts: gifts
            .filter(|(name, _)| !had.contains(name))
            .map(|(_, gives)| gives.clone())
            .collect(),
        rewards: (0..program.rewards.len()).filter(opens).collect(),
    })
}

fn lifetime(
    program: &Program,
    wallet: &Wallet,
    (safe, now): (usize, Timestamp),
) -> Option<LifetimeOutlook> {
    let current = program.tier_at(wallet.tier.name);
    let mut above = program.tiers.iter().enumerate().skip(safe + 1);
    let open = |(place, rule): &(usize, &TierRule)| !rule.closed || *place <= current;
    let (tier, rule) = above.find(|own| own.1.lifetime.is_some() && open(own))?;
    let today = program.zone.day(now);
    let reach = rule.lifetime.as_ref()?.reach.as_ref();
    let mut held = wallet.standing().held.iter();
    let held = held.find(|held| held.tier == rule.name);
    Some(LifetimeOutlook {
        tier,
        way: reach.map(|reach| way(program, wallet, reach, (today, now))),
        held_until: held.and_then(|held| held_until(program, held)),
    })
}

/// How far it is, looked at on `day`.
fn way(
    program: &Program,
    wallet: &Wallet,
    reach: &Reach,
    (day, now): (CivilDay, Timestamp),
) -> Way {
    let almanac = Almanac::of(day);
    let look = Look::new(program, wallet, now, &almanac);
    let figure = |own: &Threshold| {
        let (first, began) = (look.first_day(own), look.first_within(own.within));
        let from = (first > i32::MIN).then(|| CivilDay::from_number(first));
        Figure {
            metric: own.metric,
            within: own.within,
            counted: look.figure(own),
            needed: own.at_least,
            from: from.filter(|_| !matches!(own.metric, Metric::Balance(_))),
            until: end(own.within, day, began).map(|day| program.zone.start_of(day)),
            falls_out: falls_out(&program.zone, wallet, own, first),
        }
    };
    put_together(reach, &figure)
}

fn put_together(reach: &Reach, figure: &impl Fn(&Threshold) -> Figure) -> Way {
    let figures: Vec<Figure> = reach.thresholds.iter().map(figure).collect();
    let groups = reach.groups.iter();
    let groups: Vec<Way> = groups.map(|own| put_together(own, figure)).collect();
    let met = figures.iter().filter(|own| own.missing() == 0).count()
        + groups.iter().filter(|own| own.met).count();
    Way {
        need: reach.need,
        met: met >= reach.need,
        figures,
        groups,
    }
}

/// The first day after the time that `day` lies in and that began on day number `first`.
fn end(within: Within, day: CivilDay, first: i32) -> Option<CivilDay> {
    match within {
        Within::Calendar(period) => Some(Period::end_after(period, day)),
        Within::YearFrom(..) | Within::Anniversary | Within::TierYear | Within::YearOf(_) => {
            Some(CivilDay::from_number(first).plus_months(12))
        }
        Within::Rolling(_) | Within::SinceTier | Within::Ever => None,
    }
}

/// When the oldest of what counts falls out of the last so many days, and how much that is.
fn falls_out(
    zone: &Zone,
    wallet: &Wallet,
    threshold: &Threshold,
    first: i32,
) -> Option<(Timestamp, i64)> {
    let Within::Rolling(span) = threshold.within else {
        return None;
    };
    let name: Name = threshold.metric.name();
    let mut counted = wallet.progress.iter();
    let oldest = counted.find(|own| own.metric == name && own.day >= first && own.amount > 0)?;
    let day = out_on(span, CivilDay::from_number(oldest.day));
    Some((zone.start_of(day), oldest.amount))
}

/// The first day on which `day` is not among the last so many.
fn out_on(span: Span, day: CivilDay) -> CivilDay {
    let mut out = span.after(day);
    // Months differ in length, so that the way there is not always the way back.
    while span.before(out) < day {
        out = out.plus_days(1);
    }
    while span.before(out.plus_days(-1)) >= day {
        out = out.plus_days(-1);
    }
    out
}

impl CardOutlook {
    /// What a card in hand gives next.
    pub fn of(rule: &CardRule, held: &Card, wallet: &Wallet) -> Self {
        let ahead = |own: &&Milestone| own.stamps > held.reached && own.stamps > held.stamps;
        let milestone = rule.milestones.iter().find(ahead);
        let mut dated = wallet.dated.iter();
        let oldest = dated.find(|own| own.card == rule.name && own.stamps > 0);
        Self {
            next_at: milestone.map_or(rule.full, |own| own.stamps),
            gives: milestone.map_or(&rule.gives, |own| &own.gives).clone(),
            lapses: oldest.map(|own| (own.until, own.stamps)),
            kept: wallet.card_rest(rule.rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_falls_out_of_the_last_so_many_when_it_is_no_longer_among_them() {
        let from = CivilDay::of(2024, 1, 1).number();
        for span in [
            Span::Days(1),
            Span::Days(30),
            Span::Months(1),
            Span::Months(12),
        ] {
            for number in from..from + 800 {
                let day = CivilDay::from_number(number);
                let counts = |on: CivilDay| span.before(on).plus_days(1) <= day;
                let out = out_on(span, day);
                assert!(counts(out.plus_days(-1)) && !counts(out), "{span:?} {day}");
            }
        }
    }
}
