//! What holds a member up though their figures do not: a tier given by hand, a trial, a lifetime.
//!
//! *The manager makes Fay a "regular" until Christmas, as her order went wrong twice. Until then she
//! does not fall below it; should she reach "family" meanwhile, she rises all the same; and on
//! Christmas she is in the tier that her own figures give. Gus shows his gold card of another café:
//! he is "family" for 90 days, and stays it if he comes five times. Hal has spent 5,000 EUR in all:
//! he is "family" for ever.*

use super::{Look, own_place, rise, show};
use crate::draft::Draft;
use crate::event::{Event, Kind, TierGrant, TierMatch};
use crate::outcome::{Change, Note, Refusal};
use crate::program::{MatchRule, Program, Reach, Threshold};
use crate::state::{Floor, FloorKind, Matched, TierHeld, Wallet};
use regulars_base::{Name, Timestamp};

/// What makes a tier none that can be given, taken away or taken over.
pub(crate) fn check(draft: &Draft<'_>, event: &Event) -> Result<(), Refusal> {
    let (program, wallet) = (draft.program, &draft.state.wallet);
    match &event.kind {
        Kind::TierGrant(grant) => {
            let is = |place: &usize| program.tiers[*place].id == grant.tier.as_str();
            match (0..program.tiers.len()).find(is) {
                None => Err(Refusal::UnknownTier),
                Some(0) => Err(Refusal::LowestTier),
                Some(_) if grant.until.is_some_and(|until| until <= draft.now) => {
                    Err(Refusal::TierEndsTooSoon)
                }
                Some(_) => Ok(()),
            }
        }
        Kind::TierRevoke(_) => {
            let mut floors = wallet.standing().floors.iter();
            let given = floors.any(|floor| floor.kind == FloorKind::ByHand);
            if given {
                Ok(())
            } else {
                Err(Refusal::NoTierGiven)
            }
        }
        Kind::TierMatch(matched) => {
            let (_, place) = taken_over(program, matched)?;
            if wallet.standing().matched.is_some() {
                Err(Refusal::AlreadyMatched)
            } else if program.tier_at(wallet.tier.name) >= place {
                Err(Refusal::TierReached)
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

/// The rule and the place of the tier that a member gets for theirs.
fn taken_over<'p>(
    program: &'p Program,
    matched: &TierMatch,
) -> Result<(&'p MatchRule, usize), Refusal> {
    let is = |rule: &&MatchRule| rule.id == matched.program.as_str();
    let rule = program
        .matches
        .iter()
        .find(is)
        .ok_or(Refusal::UnknownMatch)?;
    let mut tiers = rule.tiers.iter();
    let own = tiers.find(|(theirs, _)| theirs == matched.tier.as_str());
    let (_, ours) = own.ok_or(Refusal::UnknownMatchTier)?;
    Ok((rule, usize::from(*ours)))
}

/// A member is given a tier by hand, in place of one that was given before.
pub(crate) fn grant(draft: &mut Draft<'_>, grant: &TierGrant) {
    lift_all(draft, FloorKind::ByHand);
    let floor = Floor {
        tier: Name::of(grant.tier.as_str()),
        since: draft.now,
        until: grant.until.unwrap_or(Timestamp::LAST),
        kind: FloorKind::ByHand,
    };
    lay(draft, floor);
    stand(draft, draft.now);
}

/// A tier that was given by hand is taken away.
pub(crate) fn revoke(draft: &mut Draft<'_>) {
    lift_all(draft, FloorKind::ByHand);
    stand(draft, draft.now);
}

/// A tier of another program is taken over, on trial.
pub(crate) fn match_tier(draft: &mut Draft<'_>, matched: &TierMatch) {
    let program = draft.program;
    let Ok((rule, place)) = taken_over(program, matched) else {
        return;
    };
    let (now, tier) = (draft.now, program.tiers[place].name);
    let last = rule.trial.after(draft.today.day);
    draft.take(Change::MatchSet(Some(Matched {
        program: rule.name,
        tier,
        at: now,
        on_trial: true,
    })));
    let floor = Floor {
        tier,
        since: now,
        until: program.zone.start_of(last.plus_days(1)),
        kind: FloorKind::Trial,
    };
    lay(draft, floor);
    stand(draft, now);
}

/// What figures bring about at once: a lifetime, the end of a trial that was won.
pub(super) fn review(draft: &mut Draft<'_>) {
    lifetimes(draft);
    if draft.state.wallet.standing().matched.is_some() {
        challenge(draft);
    }
    follow_held(draft, draft.now);
}

/// Tiers that are the member's for ever from now on, by their figures.
fn lifetimes(draft: &mut Draft<'_>) {
    let program = draft.program;
    for (place, rule) in program.tiers.iter().enumerate().rev() {
        let Some(lifetime) = &rule.lifetime else {
            continue;
        };
        if rule.closed && program.tier_at(draft.state.wallet.tier.name) < place {
            continue;
        }
        if for_ever(program, &draft.state.wallet, place) {
            return;
        }
        let Some(reach) = &lifetime.reach else {
            continue;
        };
        let look = Look::of(draft, &draft.today, draft.now);
        if look.meets(Some(reach)) {
            let floor = Floor {
                tier: rule.name,
                since: draft.now,
                until: Timestamp::LAST,
                kind: FloorKind::Lifetime,
            };
            lay(draft, floor);
            stand(draft, draft.now);
            return;
        }
    }
}

/// Whether this tier or one above it is the member's for ever.
fn for_ever(program: &Program, wallet: &Wallet, place: usize) -> bool {
    let lasting = |floor: &Floor| {
        matches!(floor.kind, FloorKind::Lifetime | FloorKind::LifetimeHeld)
            && program.tier_at(Some(floor.tier)) >= place
    };
    wallet.standing().floors.iter().any(lasting)
}

/// A trial whose challenge is met is over: the tier is the member's as if they had reached it.
fn challenge(draft: &mut Draft<'_>) {
    let program = draft.program;
    let Some(matched) = draft
        .state
        .wallet
        .standing()
        .matched
        .filter(|own| own.on_trial)
    else {
        return;
    };
    let place = program.tier_at(Some(matched.tier));
    if !challenge_met(program, &draft.state.wallet, &matched) {
        return;
    }
    draft.note(Note::ChallengeMet { tier: matched.tier });
    draft.take(Change::MatchSet(Some(Matched {
        on_trial: false,
        ..matched
    })));
    if own_place(draft) < place {
        rise(draft, place);
    }
    lift_all(draft, FloorKind::Trial);
    stand(draft, draft.now);
}

/// Whether a member did in the time of the trial what it asks for.
pub(super) fn challenge_met(program: &Program, wallet: &Wallet, matched: &Matched) -> bool {
    let is = |rule: &&MatchRule| rule.name == matched.program;
    let Some(rule) = program.matches.iter().find(is) else {
        return false;
    };
    let met = |own: &Threshold| trial_figure(program, wallet, matched, own) >= own.at_least;
    rule.challenge.is_met(&met)
}

/// How much was counted in the time of a trial.
pub(crate) fn trial_figure(
    program: &Program,
    wallet: &Wallet,
    matched: &Matched,
    threshold: &Threshold,
) -> i64 {
    let is = |rule: &&MatchRule| rule.name == matched.program;
    let Some(rule) = program.matches.iter().find(is) else {
        return 0;
    };
    let first = program.zone.day(matched.at);
    let (from, until) = (first.number(), rule.trial.after(first).number());
    wallet.progress_between(threshold.metric.name(), from, until)
}

/// What is over at this moment: floors with an end; and tiers that were held so long that they are
/// kept for ever now.
pub(super) fn end(draft: &mut Draft<'_>, at: Timestamp) {
    if draft.state.wallet.standing.is_none() {
        return;
    }
    let mut moved = false;
    let floors = draft.state.wallet.standing().floors.iter();
    let over: Vec<Floor> = floors.filter(|floor| floor.until <= at).copied().collect();
    for floor in over {
        lift(draft, floor);
        moved = true;
    }
    let held = draft.state.wallet.standing().held.iter();
    let long: Vec<TierHeld> = held
        .filter(|held| held_until(draft.program, held).is_some_and(|until| until <= at))
        .copied()
        .collect();
    for held in long {
        draft.take(Change::HeldNoMore(held));
        let floor = Floor {
            tier: held.tier,
            since: at,
            until: Timestamp::LAST,
            kind: FloorKind::LifetimeHeld,
        };
        lay(draft, floor);
        moved = true;
    }
    if moved {
        stand(draft, at);
    }
}

/// When a tier has been held for so long that it is kept for ever.
pub(crate) fn held_until(program: &Program, held: &TierHeld) -> Option<Timestamp> {
    let rule = program.tiers.iter().find(|rule| rule.name == held.tier)?;
    let span = rule.lifetime.as_ref()?.held?;
    let zone = &program.zone;
    Some(zone.start_of(span.after(zone.day(held.since))))
}

/// Keeps count of since when tiers are held that are kept for ever after so long.
pub(super) fn follow_held(draft: &mut Draft<'_>, at: Timestamp) {
    let program = draft.program;
    let current = program.tier_at(draft.state.wallet.tier.name);
    for (place, rule) in program.tiers.iter().enumerate() {
        if rule.lifetime.as_ref().is_none_or(|own| own.held.is_none()) {
            continue;
        }
        let mut all = draft.state.wallet.standing().held.iter();
        let known = all.find(|held| held.tier == rule.name).copied();
        let counts = place <= current && !for_ever(program, &draft.state.wallet, place);
        match known {
            None if counts => {
                // The rule may be newer than the tier.
                let tier = draft.state.wallet.tier;
                let same = tier.name == Some(rule.name) && tier.since <= at;
                let since = if same { tier.since } else { at };
                draft.take(Change::HeldSince(TierHeld {
                    tier: rule.name,
                    since,
                }));
            }
            Some(held) if !counts => draft.take(Change::HeldNoMore(held)),
            _ => {}
        }
    }
    // A version may ask for this no more, and another one again: no break is forgotten meanwhile.
    let lost = |held: &&TierHeld| {
        let place = program.tier_at(Some(held.tier));
        place == 0 || place > current
    };
    let held = draft.state.wallet.standing().held.iter();
    let lost: Vec<TierHeld> = held.filter(lost).copied().collect();
    for held in lost {
        draft.take(Change::HeldNoMore(held));
    }
}

fn lay(draft: &mut Draft<'_>, floor: Floor) {
    draft.take(Change::FloorLaid(floor));
    let Floor {
        tier, kind, until, ..
    } = floor;
    draft.note(Note::FloorLaid { tier, kind, until });
}

/// What held a member up in a tier that is no more holds them up in another, as long; or no more.
pub(super) fn land(draft: &mut Draft<'_>, floor: Floor, to: Option<Name>) {
    let Some(tier) = to else {
        lift(draft, floor);
        return;
    };
    draft.take(Change::FloorGone(floor));
    lay(draft, Floor { tier, ..floor });
    let matched = draft.state.wallet.standing().matched;
    if let (FloorKind::Trial, Some(matched)) = (floor.kind, matched) {
        draft.take(Change::MatchSet(Some(Matched { tier, ..matched })));
    }
}

/// A floor holds no more; with that of a trial the trial is over.
pub(super) fn lift(draft: &mut Draft<'_>, floor: Floor) {
    draft.take(Change::FloorGone(floor));
    let Floor { tier, kind, .. } = floor;
    draft.note(Note::FloorGone { tier, kind });
    let matched = draft.state.wallet.standing().matched;
    if let (FloorKind::Trial, Some(matched)) = (kind, matched.filter(|own| own.on_trial)) {
        draft.take(Change::MatchSet(Some(Matched {
            on_trial: false,
            ..matched
        })));
    }
}

fn lift_all(draft: &mut Draft<'_>, kind: FloorKind) {
    let floors = draft.state.wallet.standing().floors.iter();
    let those: Vec<Floor> = floors.filter(|floor| floor.kind == kind).copied().collect();
    for floor in those {
        lift(draft, floor);
    }
}

/// What holds the member up is another: the tier is looked at again.
pub(super) fn stand(draft: &mut Draft<'_>, at: Timestamp) {
    let own = draft.state.wallet.own_tier();
    show(draft, own, at);
}

/// A lifetime whose figures a refund took away is one no more.
pub(super) fn undo(draft: &mut Draft<'_>) {
    let program = draft.program;
    let floors = draft.state.wallet.standing().floors.clone();
    for floor in floors.iter().filter(|own| own.kind == FloorKind::Lifetime) {
        let rule = program.tiers.iter().find(|rule| rule.name == floor.tier);
        let reach: Option<&Reach> = rule
            .and_then(|rule| rule.lifetime.as_ref())
            .and_then(|lifetime| lifetime.reach.as_ref());
        let is_old = super::undo::is_old(draft, floor.since);
        let look = Look::of(draft, &draft.today, draft.now);
        if reach.is_some() && !is_old && !look.meets(reach) {
            lift(draft, *floor);
            stand(draft, draft.now);
        }
    }
}
