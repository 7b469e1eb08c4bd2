//! What a wallet knows of groups: a group's own wallet its people, a person's the group.

use super::games::add_at;
use crate::outcome::Change;
use regulars_base::{MemberId, Name, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// What a wallet knows of groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// What the wallet's owner is, if they are a group and no person.
    pub own: Option<Box<Group>>,
    /// The group that its owner belongs to, if they are a person.
    pub member_of: Option<Belongs>,
    /// Groups that want its owner, the oldest first.
    pub invitations: Vec<Invitation>,
    /// When its owner last left a group.
    pub left_at: Option<Timestamp>,
    /// Whether the group that its owner belongs to is a team, with which they share no wallet.
    pub in_team: bool,
    /// What people did for challenges of the team, if the wallet's owner is one.
    pub efforts: Vec<Effort>,
}

/// What people of a team did for one challenge, in one period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// Which challenge.
    pub challenge: Name,
    /// The number of the period; 0 where it does not begin anew.
    pub period: i32,
    /// Who did how much, in the order in which they first did. Some may have left.
    pub parts: Vec<EffortPart>,
}

/// What one of them did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffortPart {
    /// Who.
    pub person: MemberId,
    /// How much of each step.
    pub counts: Vec<i64>,
    /// Whether they were told that it was reached, to get what it gives.
    pub given: bool,
}

/// A household or an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What sort of group: its id in the program file.
    pub rule: Name,
    /// What people call it.
    pub title: Text,
    /// Who at the merchant's looks after it; nothing said if nobody does.
    pub manager: Text,
    /// When its contract begins; before that its purchases earn nothing.
    pub from: Option<Timestamp>,
    /// The first moment at which its contract is over.
    pub until: Option<Timestamp>,
    /// Since when it is no more.
    pub closed_at: Option<Timestamp>,
    /// Who belongs to it, in the order in which they came.
    pub people: Vec<Person>,
    /// Who may come in.
    pub invited: Vec<Invited>,
    /// Who asked for which reward, as long as it may come back.
    pub acts: Vec<Act>,
}

/// Somebody who belongs to a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub member: MemberId,
    /// As what.
    pub role: Name,
    /// Since when.
    pub since: Timestamp,
    /// What they may spend in a month, where that is not what their role may.
    pub spend_max: Vec<(Name, i64)>,
    /// The number of the month that `spent` counts.
    pub month: i32,
    /// What they spent in that month, by points.
    pub spent: Vec<(Name, i64)>,
    /// What they brought in, by points: earned (and not taken back since), and brought along.
    pub brought: Vec<(Name, i64)>,
}

/// Somebody who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Who.
    pub person: MemberId,
    /// As what.
    pub role: Name,
    /// The first moment at which they may no more.
    pub until: Timestamp,
}

/// Who asked for a reward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The redemption's id.
    pub redemption: Text,
    /// Who.
    pub person: MemberId,
    /// The number of the month whose limit it counted against.
    pub month: i32,
}

/// The group that somebody belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belongs {
    /// Which.
    pub group: MemberId,
    /// What sort of group.
    pub rule: Name,
    /// Since when.
    pub since: Timestamp,
}

/// A group wants somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Which.
    pub group: MemberId,
    /// What sort of group.
    pub rule: Name,
    /// As what.
    pub role: Name,
    /// The first moment at which it holds no more.
    pub until: Timestamp,
}

/// Something moves in what a wallet knows of groups. A stored format: variants are added at the
/// end, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupChange {
    /// The wallet's owner is a group, or this is known of it from now on.
    Set {
        /// What sort.
        rule: Name,
        /// What people call it.
        title: Text,
        /// Who looks after it.
        manager: Text,
        /// When its contract begins.
        from: Option<Timestamp>,
        /// When it is over.
        until: Option<Timestamp>,
    },
    /// Somebody may come in; an earlier invitation of theirs is over.
    Invited(Invited),
    /// Somebody may come in no more.
    InvitedNoMore(MemberId),
    /// Somebody came in.
    Entered(Person),
    /// Somebody is out.
    Out(MemberId),
    /// Somebody has another role, or may spend otherwise.
    RoleSet {
        /// Who.
        person: MemberId,
        /// The role.
        role: Name,
        /// What they may spend in a month, where that is not what their role may.
        spend_max: Vec<(Name, i64)>,
    },
    /// Somebody brought points in (or, below zero, what they had brought was taken back).
    Brought {
        /// Who.
        person: MemberId,
        /// Which points.
        points: Name,
        /// How many.
        by: i64,
    },
    /// Somebody spent points in a month (or, below zero, they came back).
    Spent {
        /// Who.
        person: MemberId,
        /// The number of the month.
        month: i32,
        /// Which points.
        points: Name,
        /// How many.
        by: i64,
    },
    /// Who asked for a reward is remembered.
    Acted(Act),
    /// It is no more: the reward came back, or can no longer.
    ActGone(Text),
    /// The group is no more.
    Closed(Timestamp),
    /// A group wants the wallet's owner; what the same group wanted earlier is over.
    Wanted(Invitation),
    /// A group wants the wallet's owner no more.
    WantedNoMore(MemberId),
    /// The wallet's owner belongs to a group.
    Joined(Belongs),
    /// They do not any more.
    Left(Timestamp),
    /// The wallet's owner belongs to a team.
    JoinedTeam(Belongs),
    /// Somebody did more for a challenge of the team (or less, below zero).
    Contributed {
        /// Who.
        person: MemberId,
        /// The challenge.
        challenge: Name,
        /// Its period.
        period: i32,
        /// The step's place.
        step: u8,
        /// How much.
        by: i64,
    },
    /// Somebody is told that it was reached, or that it is not any more.
    Told {
        /// Who.
        person: MemberId,
        /// The challenge.
        challenge: Name,
        /// Its period.
        period: i32,
        /// Whether it is reached, for them.
        reached: bool,
    },
    /// A challenge of the team is dropped: its period is long over.
    EffortForgotten {
        /// The challenge.
        challenge: Name,
        /// Its period.
        period: i32,
    },
}

impl Groups {
    /// So many invitations are kept, the newest.
    pub const INVITATIONS_MAX: usize = 8;

    fn apply(&mut self, change: &GroupChange) {
        match change {
            GroupChange::Wanted(invitation) => {
                self.invitations.retain(|own| own.group != invitation.group);
                self.invitations.push(*invitation);
                if self.invitations.len() > Self::INVITATIONS_MAX {
                    self.invitations.remove(0);
                }
            }
            GroupChange::WantedNoMore(group) => {
                self.invitations.retain(|own| own.group != *group);
            }
            GroupChange::Joined(belongs) => self.member_of = Some(*belongs),
            GroupChange::JoinedTeam(belongs) => {
                (self.member_of, self.in_team) = (Some(*belongs), true);
            }
            GroupChange::Left(at) => {
                (self.member_of, self.left_at, self.in_team) = (None, Some(*at), false);
            }
            GroupChange::Contributed {
                person,
                challenge,
                period,
                step,
                by,
            } => {
                let part = self.part_mut(*challenge, *period, *person);
                add_at(&mut part.counts, usize::from(*step), *by);
            }
            GroupChange::Told {
                person,
                challenge,
                period,
                reached,
            } => self.part_mut(*challenge, *period, *person).given = *reached,
            GroupChange::EffortForgotten { challenge, period } => self
                .efforts
                .retain(|own| (own.challenge, own.period) != (*challenge, *period)),
            GroupChange::Set { rule, .. } => {
                let new = || Box::new(Group::new(*rule));
                self.own.get_or_insert_with(new).apply(change);
            }
            change => {
                if let Some(own) = &mut self.own {
                    own.apply(change);
                }
            }
        }
    }
}

impl Groups {
    /// What people did for a challenge in a period, if anything.
    pub fn effort(&self, challenge: Name, period: i32) -> Option<&Effort> {
        let mut efforts = self.efforts.iter();
        efforts.find(|own| (own.challenge, own.period) == (challenge, period))
    }

    fn part_mut(&mut self, challenge: Name, period: i32, person: MemberId) -> &mut EffortPart {
        let own = |own: &Effort| (own.challenge, own.period) == (challenge, period);
        let place = self.efforts.iter().position(own).unwrap_or_else(|| {
            self.efforts.push(Effort {
                challenge,
                period,
                parts: Vec::new(),
            });
            self.efforts.len() - 1
        });
        let parts = &mut self.efforts[place].parts;
        let own = parts.iter().position(|own| own.person == person);
        let place = own.unwrap_or_else(|| {
            parts.push(EffortPart {
                person,
                counts: Vec::new(),
                given: false,
            });
            parts.len() - 1
        });
        &mut parts[place]
    }
}

impl Effort {
    /// What somebody did, if anything.
    pub fn part(&self, person: MemberId) -> Option<&EffortPart> {
        self.parts.iter().find(|own| own.person == person)
    }
}

impl EffortPart {
    /// How much they did of a step.
    pub fn counted(&self, step: u8) -> i64 {
        self.counts.get(usize::from(step)).copied().unwrap_or(0)
    }
}

impl Group {
    /// One of which nothing else is known.
    fn new(rule: Name) -> Self {
        Self {
            rule,
            title: Text::default(),
            manager: Text::default(),
            from: None,
            until: None,
            closed_at: None,
            people: Vec::new(),
            invited: Vec::new(),
            acts: Vec::new(),
        }
    }

    /// Somebody who belongs to it.
    pub fn person(&self, member: MemberId) -> Option<&Person> {
        self.people.iter().find(|own| own.member == member)
    }

    /// Whether its contract holds at `at`: a group that is no more has none.
    pub fn in_contract(&self, at: Timestamp) -> bool {
        let ends = self.until.into_iter().chain(self.closed_at);
        self.from.is_none_or(|from| from <= at) && ends.min().is_none_or(|until| at < until)
    }

    fn apply(&mut self, change: &GroupChange) {
        match change {
            GroupChange::Set {
                rule,
                title,
                manager,
                from,
                until,
            } => {
                (self.rule, self.from, self.until) = (*rule, *from, *until);
                (self.title, self.manager) = (title.clone(), manager.clone());
            }
            GroupChange::Invited(invited) => {
                self.invited.retain(|own| own.person != invited.person);
                self.invited.push(*invited);
            }
            GroupChange::InvitedNoMore(person) => {
                self.invited.retain(|own| own.person != *person);
            }
            GroupChange::Entered(person) => self.people.push(person.clone()),
            GroupChange::Out(person) => self.people.retain(|own| own.member != *person),
            GroupChange::Acted(act) => self.acts.push(act.clone()),
            GroupChange::ActGone(id) => self.acts.retain(|own| own.redemption != *id),
            GroupChange::Closed(at) => self.closed_at = Some(*at),
            GroupChange::RoleSet { person, .. }
            | GroupChange::Brought { person, .. }
            | GroupChange::Spent { person, .. } => {
                if let Some(own) = self.people.iter_mut().find(|own| own.member == *person) {
                    own.apply(change);
                }
            }
            // These are a person's.
            GroupChange::Wanted(_)
            | GroupChange::WantedNoMore(_)
            | GroupChange::Joined(_)
            | GroupChange::JoinedTeam(_)
            | GroupChange::Left(_) => {}
            // Efforts stand beside it.
            GroupChange::Contributed { .. }
            | GroupChange::Told { .. }
            | GroupChange::EffortForgotten { .. } => {}
        }
    }
}

impl Person {
    /// What they spent of these points in a month.
    pub fn spent_in(&self, month: i32, points: Name) -> i64 {
        match self.month == month {
            true => amount(&self.spent, points),
            false => 0,
        }
    }

    /// What they brought in of these points.
    pub fn brought(&self, points: Name) -> i64 {
        amount(&self.brought, points)
    }

    fn apply(&mut self, change: &GroupChange) {
        match change {
            GroupChange::RoleSet {
                role, spend_max, ..
            } => {
                self.role = *role;
                self.spend_max.clone_from(spend_max);
            }
            GroupChange::Brought { points, by, .. } => add(&mut self.brought, *points, *by),
            GroupChange::Spent {
                month, points, by, ..
            } => {
                // A later month begins anew; what comes back of an earlier one is over.
                if *month > self.month {
                    self.month = *month;
                    self.spent.clear();
                }
                if *month == self.month {
                    add(&mut self.spent, *points, *by);
                }
            }
            _ => {}
        }
    }
}

fn amount(list: &[(Name, i64)], points: Name) -> i64 {
    let own = list.iter().find(|(name, _)| *name == points);
    own.map_or(0, |(_, amount)| *amount)
}

fn add(list: &mut Vec<(Name, i64)>, points: Name, by: i64) {
    match list.iter_mut().find(|(name, _)| *name == points) {
        Some((_, amount)) => *amount += by,
        None => list.push((points, by)),
    }
}

impl super::Wallet {
    /// The group that the wallet belongs to, if its owner is one.
    pub fn group(&self) -> Option<&Group> {
        self.groups.as_ref()?.own.as_deref()
    }

    /// The team that the wallet's owner belongs to, where their group is one.
    pub fn in_team(&self) -> Option<Belongs> {
        let groups = self.groups.as_ref()?;
        groups.member_of.filter(|_| groups.in_team)
    }

    /// What people of the team did for a challenge in a period, if the wallet is a team's.
    pub fn effort(&self, challenge: Name, period: i32) -> Option<&Effort> {
        self.groups.as_ref()?.effort(challenge, period)
    }

    /// The group that the wallet's owner belongs to.
    pub fn member_of(&self) -> Option<Belongs> {
        self.groups.as_ref()?.member_of
    }

    /// What it knows of groups changes; where nothing is left to know, it takes no space.
    pub(super) fn apply_to_groups(&mut self, change: &Change) {
        if let Change::Group(change) = change {
            let mut own = self.groups.take().unwrap_or_default();
            own.apply(change);
            self.groups = (*own != Groups::default()).then_some(own);
        }
    }
}
