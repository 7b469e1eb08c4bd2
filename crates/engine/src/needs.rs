//! `needs`: everything that a decision may see beside the wallet.

use crate::event::{Event, Kind};
use crate::program::{Limit, LimitScope, Program, Trigger};
use crate::stage::grant::{shared_key, stock_key};
use crate::state::SharedKey;
use regulars_base::{Almanac, Name, Text};

/// What to load for an event, beside the wallet itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The order's record: its number within the event's source.
    pub order: Option<Text>,
    /// Shared figures, sorted, each once.
    pub shared: Vec<SharedKey>,
}

/// What `event` asks for. Only events that may draw on a shared figure name it, so that nobody
/// else waits for its row.
pub fn needs(program: &Program, event: &Event) -> Needs {
    let mut shared = Vec::new();
    if program.has_shared() {
        let day = Almanac::of(program.zone.day(event.occurred_at));
        match &event.kind {
            Kind::Purchase(_) => {
                of_trigger(program, Trigger::Purchase, day, &mut shared);
                of_trigger(program, Trigger::Enrolment, day, &mut shared);
            }
            Kind::Activity(activity) => {
                let trigger = Trigger::Activity(Name::of(activity.name.as_str()));
                of_trigger(program, trigger, day, &mut shared);
                of_trigger(program, Trigger::Enrolment, day, &mut shared);
            }
            Kind::Enrolment => of_trigger(program, Trigger::Enrolment, day, &mut shared),
            Kind::RewardRequest(request) => {
                of_trigger(program, Trigger::Enrolment, day, &mut shared);
                of_reward(program, request.reward.as_str(), day, &mut shared);
            }
            _ => {}
        }
        shared.sort_unstable();
        shared.dedup();
    }
    Needs {
        order: event.order().cloned(),
        shared,
    }
}

fn of_trigger(program: &Program, trigger: Trigger, day: Almanac, out: &mut Vec<SharedKey>) {
    let rules = program.rules.iter().filter(|rule| rule.on == trigger);
    let cards = program.cards.iter().filter(|card| card.on == trigger);
    let limits = rules
        .flat_map(|rule| &rule.limits)
        .chain(cards.flat_map(|card| &card.limits));
    out.extend(
        limits
            .filter(|limit| is_shared(limit))
            .map(|limit| shared_key(limit, day)),
    );
}

fn of_reward(program: &Program, id: &str, day: Almanac, out: &mut Vec<SharedKey>) {
    let Some(reward) = program.rewards.iter().find(|reward| reward.id == id) else {
        return;
    };
    let limits = reward.limits.iter().filter(|limit| is_shared(limit));
    out.extend(limits.map(|limit| shared_key(limit, day)));
    if reward.stock.is_some() {
        out.push(stock_key(reward));
    }
}

fn is_shared(limit: &Limit) -> bool {
    limit.per == LimitScope::Program
}

impl Program {
    /// Whether any figure of it is shared by members: a budget, or a reward's stock. A back-test
    /// of a program without can be split by wallet.
    pub fn has_shared(&self) -> bool {
        let rules = self.rules.iter().flat_map(|rule| &rule.limits);
        let cards = self.cards.iter().flat_map(|card| &card.limits);
        let rewards = self.rewards.iter().flat_map(|reward| &reward.limits);
        rules.chain(cards).chain(rewards).any(is_shared)
            || self.rewards.iter().any(|reward| reward.stock.is_some())
    }
}
