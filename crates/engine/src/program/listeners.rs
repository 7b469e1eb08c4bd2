//! Who listens to what: found when the program is compiled, so that no event asks each rule.

use super::{Effect, Recipient, Rule, Trigger};

/// The rules that listen to one thing, by their places, in the order of the file.
#[derive(Clone, Debug)]
pub struct Listeners {
    /// What they listen to.
    pub on: Trigger,
    /// Those that give.
    pub give: Vec<u16>,
    /// Those that multiply.
    pub multiply: Vec<u16>,
}

impl Listeners {
    const fn new(on: Trigger) -> Self {
        Self {
            on,
            give: Vec::new(),
            multiply: Vec::new(),
        }
    }

    /// Of all that some rule listens to.
    pub(super) fn of(rules: &[Rule]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        // What goes to others is asked apart.
        let own = (0_u16..)
            .zip(rules)
            .filter(|(_, rule)| rule.to == Recipient::Member);
        for (place, rule) in own {
            let known = all.iter().position(|listeners| listeners.on == rule.on);
            let at = known.unwrap_or_else(|| {
                all.push(Self::new(rule.on));
                all.len() - 1
            });
            match rule.effect {
                Effect::Give { .. } => all[at].give.push(place),
                Effect::Times { .. } => all[at].multiply.push(place),
            }
        }
        all
    }
}
