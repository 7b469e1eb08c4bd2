//! Tells a story to the engine alone.

use super::{Action, Difference, Scenario, Seen, Step, compare};
use crate::timeline::{Decision, Fed, Timeline};
use regulars_base::Timestamp;
use regulars_engine::outcome::Outcome;
use regulars_engine::state::CodeRecord;

/// Whether time makes itself felt between the steps. Both must come to the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clockwork {
    /// What is due is done by the next event that touches the wallet.
    Lazy,
    /// What is due is done at its own moment. (The notes of the steps lack it then, and are not
    /// compared.)
    Punctual,
}

/// What came of one step.
#[derive(Clone, Debug)]
pub struct StepResult {
    /// The line of the step.
    pub line: usize,
    /// When it happened.
    pub at: Timestamp,
    /// What was seen.
    pub seen: Seen,
    /// Where that is not what was expected.
    pub differences: Vec<Difference>,
}

/// Tells a story to the engine, with the world in memory.
pub fn run(scenario: &Scenario, clockwork: Clockwork) -> Vec<StepResult> {
    let mut world = Timeline::new(scenario.program.program.clone());
    let mut results = Vec::new();
    for step in &scenario.steps {
        if clockwork == Clockwork::Punctual {
            world.advance(step.recorded_at, |_| {});
        }
        let mut differences = Vec::new();
        let mut seen = one(&mut world, step);
        differences.extend(held(step, &mut seen, clockwork));
        if step.again {
            let mut second = one(&mut world, step);
            if !second.duplicate {
                differences.push(Difference {
                    what: "delivered again, it was not known as a duplicate".into(),
                    instead: None,
                });
            }
            // The receipt of a duplicate is that of the first delivery.
            second.duplicate = seen.duplicate;
            second.because.clone_from(&seen.because);
            second.refused.clone_from(&seen.refused);
            let again = held(step, &mut second, clockwork).into_iter();
            let new = again.filter(|difference| !differences.contains(difference));
            let new: Vec<Difference> = new
                .map(|difference| Difference {
                    what: format!("delivered again: {}", difference.what),
                    instead: None,
                })
                .collect();
            differences.extend(new);
        }
        results.push(StepResult {
            line: step.line,
            at: step.at,
            seen,
            differences,
        });
    }
    results
}

fn held(step: &Step, seen: &mut Seen, clockwork: Clockwork) -> Vec<Difference> {
    if clockwork == Clockwork::Punctual {
        seen.because = None;
    }
    compare(&step.expect, seen)
}

fn one(world: &mut Timeline, step: &Step) -> Seen {
    let fed = match &step.action {
        Action::Event(incoming) => {
            let incoming = step.named(incoming, &mut |who| world.enter(who));
            world.feed(&incoming)
        }
        Action::Transfer { event, from, into } => {
            world.transfer(event.key.clone(), from, into, event)
        }
        Action::Codes { coupon, codes } => {
            let program = world.program_at(step.at).clone();
            for code in codes {
                if let Some(rule) = program.coupons.iter().find(|own| own.id == *coupon) {
                    let expires_at = rule.code_expires(&program.zone, step.recorded_at);
                    world.issue(code.clone(), CodeRecord::new(rule.name, expires_at));
                }
            }
            return shown_if_asked(world, step);
        }
        Action::Void(code) => {
            world.void(code);
            return shown_if_asked(world, step);
        }
        Action::Merge { key, from, into } => world.merge(key.clone(), from, into, step.recorded_at),
        Action::Unmerge { key, member } => world.unmerge(key.clone(), member, step.recorded_at),
        Action::Tick(who) => match world.tick(who, step.recorded_at) {
            Some(decision) => Fed::Decided(Box::new(decision)),
            None => Fed::Duplicate,
        },
        Action::Apply(version) => {
            world.apply(step.at, version.program.clone());
            return shown_if_asked(world, step);
        }
    };
    match fed {
        Fed::Decided(decision) => told(show(world, step), &decision),
        Fed::Duplicate => Seen {
            duplicate: true,
            ..show(world, step)
        },
        Fed::KeyReused => Seen {
            refused: Some("key_reused".into()),
            ..show(world, step)
        },
    }
}

/// What is shown after a step that is about nobody, unless it says about whom.
fn shown_if_asked(world: &Timeline, step: &Step) -> Seen {
    step.about()
        .map_or_else(Seen::default, |_| show(world, step))
}

/// What the member's wallet shows after the step.
fn show(world: &Timeline, step: &Step) -> Seen {
    let Some(who) = step.about() else {
        return Seen::default();
    };
    let owner = match (&step.action, who) {
        (Action::Event(incoming), regulars_engine::event::Who::OfOrder) => {
            world.owner(&incoming.event)
        }
        _ => world.member(who),
    };
    let (wallet, now) = world.view(owner, step.recorded_at);
    Seen::of(world.program_at(now), &wallet, now)
}

/// The notes of the step, and of what followed from it.
fn told(seen: Seen, decision: &Decision) -> Seen {
    let mut outcome: Outcome = decision.outcome.clone();
    let before = decision
        .before
        .iter()
        .flat_map(|it| it.outcome.trace.clone());
    outcome.trace = before.chain(outcome.trace).collect();
    let mut follow_ups: Vec<&Decision> = decision.follow_ups.iter().collect();
    while let Some(next) = follow_ups.pop() {
        outcome.trace.extend(next.outcome.trace.iter().cloned());
        follow_ups.extend(next.follow_ups.iter().rev());
    }
    seen.told(&decision.program, &outcome)
}
