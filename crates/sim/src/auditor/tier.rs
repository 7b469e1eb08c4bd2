//! Tiers, as the auditor sees them: from what was counted, and from what was laid below them.

use super::{Auditor, Books};
use crate::timeline::Decision;
use regulars_base::{CivilDay, MemberId, Name, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Note, Verdict};
use regulars_engine::program::{Metric, Reach, Threshold, TierUndo, Within};
use regulars_engine::state::{FloorKind, Rise, Wallet};

impl Auditor {
    /// A gift that is given once is not given twice, nothing is taken back that was not given, and
    /// nobody has two tiers taken over.
    pub(super) fn tiers(&mut self, books: &mut Books, decision: &Decision) {
        let Decision { program, event, .. } = decision;
        if let Kind::MergeIn(luggage) = &event.kind
            && let Some(theirs) = self.wallets.get_mut(&luggage.from)
        {
            // Each may have had it before they turned out to be one.
            for (key, count) in std::mem::take(&mut theirs.tier_gifts) {
                let own = books.tier_gifts.entry(key).or_default();
                *own = (*own).max(count);
            }
            theirs.matches = 0;
        }
        // The tier's factor is taken back under the same name, before the rise is undone.
        let mut undone = None;
        for note in &decision.outcome.trace {
            let (tier, what, by) = match note {
                Note::TierGaveReward { tier, reward } => (*tier, *reward, 1),
                Note::TierRewardTakenBack { tier, reward } => (*tier, *reward, -1),
                Note::TierGavePoints { tier, points, .. } => (*tier, *points, 1),
                Note::TookBack { rule, points, .. } if undone == Some(*rule) => {
                    (*rule, *points, -1)
                }
                Note::RiseUndone { tier } => {
                    undone = Some(*tier);
                    continue;
                }
                _ => continue,
            };
            let count = books.tier_gifts.entry((tier, what)).or_default();
            *count += by;
            let count = *count;
            let rule = program.tiers.iter().find(|rule| rule.name == tier);
            let once = rule
                .and_then(|rule| rule.gift.as_ref())
                .is_some_and(|gift| !gift.each_time);
            if count < 0 || (once && count > 1) {
                let id = rule.map_or("", |rule| &rule.id);
                let what = format!("the gift of `{id}` was given {count} times");
                self.faults.push(what);
            }
        }
        if let (Kind::TierMatch(_), Verdict::Accepted) = (&event.kind, &decision.outcome.verdict) {
            books.matches += 1;
            if books.matches > 1 {
                self.faults.push("a second tier was taken over".into());
            }
        }
    }

    /// Nobody is left below a tier whose threshold they meet, or below what holds them up; and
    /// nothing holds longer than it should.
    pub(super) fn tier(
        &mut self,
        member: MemberId,
        wallet: &Wallet,
        (decision, program): (&Decision, &Program),
    ) {
        let event = &decision.event;
        let books = self.wallets.entry(member).or_default().clone();
        let own = program.tier_at(wallet.tier.name);
        for floor in &books.floors {
            if program.tier_at(Some(floor.tier)) > own || floor.until <= wallet.clock {
                self.faults
                    .push(format!("{member}: {floor:?} does not hold, or too long"));
            }
        }
        let by_own = wallet.own_tier();
        let lifted = program.tier_at(by_own.name) < own;
        let held_up = books
            .floors
            .iter()
            .any(|floor| Some(floor.tier) == wallet.tier.name);
        if lifted && !held_up {
            let what = format!("{member}: nothing holds up {:?}", wallet.tier);
            self.faults.push(what);
        }
        let reviewed = decision.outcome.verdict == Verdict::Accepted
            && !matches!(event.kind, Kind::Tick | Kind::MergeOut(_))
            && decision.member == Some(member);
        let Some(joined) = wallet.enrolled_at.filter(|_| reviewed) else {
            return;
        };
        let met = |reach: &Reach| meets(program, &books, reach, (wallet, joined));
        for tier in program.tiers.iter().skip(own + 1) {
            if !tier.closed && tier.reach.as_ref().is_some_and(met) {
                self.faults
                    .push(format!("{member}: meets {}, but is not in it", tier.id));
            }
        }
        let lasting =
            |floor: &FloorKind| matches!(floor, FloorKind::Lifetime | FloorKind::LifetimeHeld);
        for (place, tier) in program.tiers.iter().enumerate() {
            let open = !tier.closed || place <= own;
            let lifetime = tier.lifetime.as_ref().filter(|_| open);
            let lifetime = lifetime.and_then(|own| own.reach.as_ref());
            let has = books
                .floors
                .iter()
                .any(|floor| lasting(&floor.kind) && program.tier_at(Some(floor.tier)) >= place);
            if lifetime.is_some_and(met) && !has {
                let what = format!("{member}: {} should be theirs for ever", tier.id);
                self.faults.push(what);
            }
        }
        self.nothing_left(member, &books, (wallet, decision));
    }

    /// Who has nothing left that counts was not raised by what came back.
    fn nothing_left(
        &mut self,
        member: MemberId,
        books: &Books,
        (wallet, decision): (&Wallet, &Decision),
    ) {
        let program = &decision.program;
        let balance = |own: &&Threshold| matches!(own.metric, Metric::Balance(_));
        let counts = program.tiers.iter().flat_map(|tier| tier.reaches());
        let by_balance = counts.flat_map(Reach::all).any(|own| balance(&own));
        if program.refund.tiers == TierUndo::Keep
            || by_balance
            || !matches!(decision.event.kind, Kind::Refund(_))
            || books.progress.values().any(|amount| *amount > 0)
        {
            return;
        }
        // What was kept at the end of its time is no rise any more, and an old one stands.
        const LATE_MICROS: i64 = 92 * 86_400_000_000;
        let own = wallet.own_tier().name;
        let stands = |rise: &&Rise| {
            let age = wallet.clock.micros() - rise.at.micros();
            Some(rise.tier) == own && age < LATE_MICROS
        };
        let mut rises = wallet.standing().rises.iter();
        if let Some(rise) = rises.find(stands) {
            let what = format!("{member}: nothing is left, but {rise:?} stands");
            self.faults.push(what);
        }
    }
}

/// Whether what was counted meets a threshold at the wallet's clock.
fn meets(
    program: &Program,
    books: &Books,
    reach: &Reach,
    (wallet, joined): (&Wallet, Timestamp),
) -> bool {
    let today = program.zone.day(wallet.clock);
    let joined = program.zone.day(joined);
    let sum = |threshold: &Threshold| -> i64 {
        if let Metric::Balance(points) = threshold.metric {
            let lots = books.lots.iter();
            let free =
                lots.filter(|((name, dates), _)| *name == points && dates.available(wallet.clock));
            let debt = books.debt.get(&points).copied().unwrap_or(0);
            return free.map(|(_, n)| n).sum::<i64>() - debt;
        }
        let began = program.zone.day(wallet.own_tier().since).max(joined);
        let joined = match threshold.within {
            Within::YearOf(name) => wallet.attribute(name).parse().unwrap_or(joined),
            _ => joined,
        };
        let from = first_day(threshold.within, today, (joined, began)).max(threshold.counts_from);
        let counts = |(name, day): &(Name, i32)| *name == threshold.metric.name() && *day >= from;
        let counted = books.progress.iter().filter(|(key, _)| counts(key));
        counted.map(|(_, n)| n).sum()
    };
    reach.is_met(&|threshold| sum(threshold) >= threshold.at_least)
}

fn first_day(within: Within, today: CivilDay, (joined, began): (CivilDay, CivilDay)) -> i32 {
    let year_of = |first: CivilDay| {
        let mut years = (-300..300).rev().map(|years| first.plus_months(12 * years));
        let this = years.find(|day| *day <= today);
        this.unwrap_or(first).number()
    };
    match within {
        Within::Ever => i32::MIN,
        Within::SinceTier => began.number(),
        Within::Calendar(period) => period.first_day(period.number(today)).number(),
        Within::YearFrom(month, day) => year_of(CivilDay::of(1900, month, day)),
        Within::Rolling(span) => span.before(today).number() + 1,
        Within::Anniversary | Within::YearOf(_) => year_of(joined),
        Within::TierYear => year_of(began),
    }
}
