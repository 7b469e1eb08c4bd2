//! Groups, as the auditor sees them: the group's wallet and those of its people say the same, one is
//! its head, and no more belong to it than may.

use super::Auditor;
use crate::timeline::Timeline;
use regulars_base::MemberId;
use regulars_engine::state::Group;

impl Auditor {
    /// Compares the wallets of all groups with those of their people.
    pub(super) fn groups(&mut self, world: &Timeline) {
        for (member, wallet) in world.wallets() {
            if let Some(group) = wallet.group() {
                self.people_of(world, member, group);
            }
            let Some(belongs) = wallet.member_of() else {
                continue;
            };
            let group = world
                .wallet(belongs.group)
                .and_then(|wallet| wallet.group());
            if group.is_none_or(|group| group.person(member).is_none()) {
                let group = belongs.group;
                self.faults.push(format!(
                    "{member} belongs to {group}, which does not know them"
                ));
            }
            if wallet.group().is_some() {
                self.faults
                    .push(format!("{member} is a group and belongs to one"));
            }
        }
    }

    fn people_of(&mut self, world: &Timeline, member: MemberId, group: &Group) {
        let mut say = |what: String| self.faults.push(format!("{member}: {what}"));
        for person in &group.people {
            let own = world.wallet(person.member);
            let own = own.and_then(|wallet| wallet.member_of());
            if own.map(|own| own.group) != Some(member) {
                say(format!("{} does not know of the group", person.member));
            }
            if person.spent.iter().any(|(_, spent)| *spent < 0) {
                say(format!("{} spent less than nothing", person.member));
            }
        }
        if group.closed_at.is_some() && !group.people.is_empty() {
            say("closed, with people in it".to_owned());
        }
        let program = world.program_at(
            world
                .wallet(member)
                .map_or_else(|| regulars_base::Timestamp::FIRST, |wallet| wallet.clock),
        );
        if let Some(rule) = program.group_named(group.rule) {
            let heads = group.people.iter().filter(|own| own.role == rule.head());
            if heads.count() > 1 {
                say("has two heads".to_owned());
            }
            if group.people.len() > rule.people_max {
                say(format!("{} people belong to it", group.people.len()));
            }
        }
    }
}
