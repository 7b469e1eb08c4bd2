//! Households and organisations: founded, found, joined and left.
//!
//! Whatever happens to a group is an event: of the group, where the merchant does it, or of somebody
//! who belongs to it and acts for it.

use crate::balances::{Balance, ChallengeInHand, all_points, challenge};
use crate::members::find;
use crate::membership::as_sent;
use crate::{App, Error, Identity, MemberRef, Receipt};
use regulars_base::{EventKey, MemberId, Name, TenantId, Text, Timestamp};
use regulars_engine::event::{GroupInvite, GroupJoin, GroupLeave, GroupRole, GroupSet, Kind};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::{ChallengeRule, words};
use regulars_engine::state::{Games, Group, Person, Wallet};
use regulars_engine::{Program, group};
use regulars_store::Store;
use std::cmp::Reverse;
use std::sync::Arc;

/// A group is to be founded.
#[derive(Clone, Debug)]
pub struct NewGroup {
    /// Makes it one request, however often it is sent.
    pub key: EventKey,
    /// By what the group is recognised: a number of the merchant's, a VAT number.
    pub identity: Identity,
    /// What is known of it.
    pub set: GroupSet,
    /// Who heads it, if somebody does from the beginning: they need not be invited.
    pub head: Option<MemberRef>,
}

/// A group, its people and what it has.
#[derive(Clone, Debug)]
pub struct GroupInHand {
    /// The group: a member of its own.
    pub member: MemberId,
    /// The program whose words these are.
    pub program: Arc<Program>,
    /// What is known of it.
    pub group: Group,
    /// Its people, in the order in which they came.
    pub people: Vec<PersonInHand>,
    /// What it has.
    pub points: Vec<Balance>,
}

/// Somebody who belongs to a group.
#[derive(Clone, Debug)]
pub struct PersonInHand {
    /// Who, and what they did.
    pub person: Person,
    /// What they would take along, if they left now.
    pub share: Vec<(Name, i64)>,
}

/// A challenge that a team does, and who did how much of it.
#[derive(Clone, Debug)]
pub struct TeamChallenge {
    /// How far the team has come in the period that was asked for.
    pub challenge: ChallengeInHand,
    /// What its people did who chose a nickname, those who did most of the first step first.
    pub parts: Vec<TeamPart>,
    /// How many others took part.
    pub others: usize,
    /// What they did together, step by step.
    pub others_did: Vec<i64>,
}

/// What somebody did for their team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamPart {
    /// Who, as they appear to others.
    pub nickname: String,
    /// How much of each step.
    pub counts: Vec<i64>,
    /// Whether it was reached, for them.
    pub gets: bool,
}

/// Which groups are asked for.
#[derive(Clone, Debug, Default)]
pub struct GroupFilter {
    /// Those of this sort, by its id in the program file.
    pub group: Option<String>,
    /// Those that this operator looks after.
    pub manager: Option<String>,
    /// Those that are closed, too.
    pub closed: bool,
}

impl App {
    /// Founds a group. Whoever heads it comes in at once. Sent again with the same key it is done once,
    /// also where it stopped in between. The receipt is that of what was refused, if anything was.
    pub fn found_group(&self, tenant: TenantId, new: NewGroup) -> Result<Receipt, Error> {
        let head = match &new.head {
            Some(head) => Some(self.member(tenant, head)?.id),
            None => None,
        };
        let who = MemberRef::Identity(new.identity);
        let kind = Kind::GroupSet(Box::new(new.set));
        let founded = self.ingest_one(tenant, as_sent(&who, new.key.clone(), kind))?;
        let (Some(person), Verdict::Accepted) = (head, &founded.verdict) else {
            return Ok(founded);
        };
        let group = founded.member;
        let invite = Kind::GroupInvite(Box::new(GroupInvite {
            person,
            role: Text::default(),
        }));
        let join = Kind::GroupJoin(GroupJoin { group });
        for (mark, who, kind) in [("head", group, invite), ("head-in", person, join)] {
            let external_id = Text::new(format!("{}/{mark}", new.key.external_id));
            let key = EventKey {
                source: new.key.source.clone(),
                external_id: external_id
                    .map_err(|error| Error::invalid("/id", error.to_string()))?,
            };
            let done = self.ingest_one(tenant, as_sent(&MemberRef::Id(who), key, kind))?;
            if done.verdict != Verdict::Accepted {
                return Ok(done);
            }
        }
        Ok(founded)
    }

    /// Something else is known of a group.
    pub fn set_group(
        &self,
        tenant: TenantId,
        group: &Acting,
        set: GroupSet,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        self.in_group(tenant, group, key, Kind::GroupSet(Box::new(set)))
    }

    /// Somebody may come into a group.
    pub fn invite_person(
        &self,
        tenant: TenantId,
        group: &Acting,
        (person, role): (&MemberRef, Text),
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let person = self.member(tenant, person)?.id;
        let kind = Kind::GroupInvite(Box::new(GroupInvite { person, role }));
        self.in_group(tenant, group, key, kind)
    }

    /// A member comes into a group.
    pub fn join_group(
        &self,
        tenant: TenantId,
        person: &MemberRef,
        group: &MemberRef,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let group = self.member(tenant, group)?.id;
        let kind = Kind::GroupJoin(GroupJoin { group });
        self.ingest_one(tenant, as_sent(person, key, kind))
    }

    /// A member leaves the group that they belong to.
    pub fn leave_group(
        &self,
        tenant: TenantId,
        person: &MemberRef,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let kind = Kind::GroupLeave(GroupLeave { person: None });
        self.ingest_one(tenant, as_sent(person, key, kind))
    }

    /// Somebody is put out of a group.
    pub fn put_out(
        &self,
        tenant: TenantId,
        group: &Acting,
        person: &MemberRef,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let person = Some(self.member(tenant, person)?.id);
        self.in_group(tenant, group, key, Kind::GroupLeave(GroupLeave { person }))
    }

    /// Somebody in a group has another role, or may spend otherwise.
    pub fn give_role(
        &self,
        tenant: TenantId,
        group: &Acting,
        (person, role, spend_max): (&MemberRef, Text, Vec<(Text, i64)>),
        key: EventKey,
    ) -> Result<Receipt, Error> {
        let person = self.member(tenant, person)?.id;
        let kind = Kind::GroupRole(Box::new(GroupRole {
            person,
            role,
            spend_max,
        }));
        self.in_group(tenant, group, key, kind)
    }

    /// A group is no more.
    pub fn close_group(
        &self,
        tenant: TenantId,
        group: &Acting,
        key: EventKey,
    ) -> Result<Receipt, Error> {
        self.in_group(tenant, group, key, Kind::GroupClose)
    }

    /// A group, its people and what it has now.
    pub fn group(&self, tenant: TenantId, who: &MemberRef) -> Result<GroupInHand, Error> {
        let now = self.now();
        let core = self.core();
        let (member, wallet, versions) = core.pool.with(|store| {
            let member = find(store, tenant, who)?.id;
            let row = store.wallet(tenant, member)?;
            let wallet = row.map(|row| row.state).unwrap_or_default();
            Ok((member, wallet, core.versions.latest(tenant, store)?))
        })?;
        if wallet.group().is_none() {
            return Err(Error::not_found("group", who));
        }
        let (_, program) = versions.at(now)?;
        let wallet = versions.caught_up(member, wallet, now)?;
        shown(program, member, &wallet, now).ok_or_else(|| Error::not_found("group", who))
    }

    /// How far a team has come with what it does together, in the periods that `at` falls into (now, if
    /// nothing), and who did how much of it: by nickname, whoever chose one, all others in one sum.
    pub fn team_challenges(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        at: Option<Timestamp>,
    ) -> Result<Vec<TeamChallenge>, Error> {
        let now = self.now();
        let core = self.core();
        let (member, wallet, versions) = core.pool.with(|store| {
            let member = find(store, tenant, who)?.id;
            let row = store.wallet(tenant, member)?;
            let wallet = row.map(|row| row.state).unwrap_or_default();
            Ok((member, wallet, core.versions.latest(tenant, store)?))
        })?;
        let (_, program) = versions.at(now)?;
        let wallet = versions.caught_up(member, wallet, now)?;
        let at = at.unwrap_or(now);
        let sort = wallet
            .group()
            .and_then(|own| program.group_named(own.rule))
            .filter(|rule| rule.is_team())
            .ok_or_else(|| Error::not_found("team", who))?;
        let own = |rule: &&ChallengeRule| {
            let team = rule.team.as_ref();
            team.is_some_and(|team| team.group == sort.name)
        };
        let none = Games::default();
        let held = wallet.games.as_deref().unwrap_or(&none);
        let rules = program.games.challenges.iter().filter(own);
        core.pool.with(|store| {
            let of = |rule: &ChallengeRule| {
                let day = program.zone.day(at);
                let period = rule.every.map_or(0, |every| every.number(day));
                let mut shown = TeamChallenge {
                    challenge: challenge(program, held, rule, at),
                    parts: Vec::new(),
                    others: 0,
                    others_did: vec![0; rule.steps.len()],
                };
                let effort = wallet.effort(rule.name, period);
                for part in effort.map_or(&[][..], |effort| &effort.parts) {
                    let steps = (0_u8..).zip(&rule.steps);
                    let counts: Vec<i64> = steps.map(|(step, _)| part.counted(step)).collect();
                    if counts.iter().all(|count| *count == 0) {
                        continue;
                    }
                    match store.nickname(tenant, part.person)? {
                        Some(nickname) => shown.parts.push(TeamPart {
                            nickname,
                            counts,
                            gets: part.given,
                        }),
                        None => {
                            shown.others += 1;
                            let sums = shown.others_did.iter_mut().zip(&counts);
                            sums.for_each(|(sum, count)| *sum += count);
                        }
                    }
                }
                let most = |part: &TeamPart| Reverse(part.counts.first().copied());
                shown.parts.sort_by_key(most);
                Ok::<TeamChallenge, Error>(shown)
            };
            rules.map(of).collect()
        })
    }

    /// All groups, in the order of their ids. Looks through all wallets.
    pub fn groups(
        &self,
        tenant: TenantId,
        filter: &GroupFilter,
    ) -> Result<Vec<GroupInHand>, Error> {
        let now = self.now();
        let core = self.core();
        let (rows, versions) = core.pool.with(|store| {
            let mut rows = Vec::new();
            store.each_wallet(tenant, &mut |row| {
                if row.state.group().is_some_and(|group| filter.takes(group)) {
                    rows.push((row.member, row.state));
                }
                Ok(())
            })?;
            Ok((rows, core.versions.latest(tenant, store)?))
        })?;
        let (_, program) = versions.at(now)?;
        let mut groups = Vec::with_capacity(rows.len());
        for (member, wallet) in rows {
            let wallet = versions.caught_up(member, wallet, now)?;
            groups.extend(shown(program, member, &wallet, now));
        }
        groups.sort_by_key(|own| own.member);
        Ok(groups)
    }

    /// Something happens to a group: by the merchant, or by somebody who belongs to it.
    fn in_group(
        &self,
        tenant: TenantId,
        acting: &Acting,
        key: EventKey,
        kind: Kind,
    ) -> Result<Receipt, Error> {
        let group = self.member(tenant, &acting.group)?.id;
        let who = match &acting.by {
            None => group,
            Some(by) => {
                let core = self.core();
                let person = core.pool.with(|store| find(store, tenant, by))?.id;
                let belongs = core.pool.with(|store| member_of(store, tenant, person))?;
                if belongs != Some(group) {
                    let what = "does not belong to the group";
                    return Err(Error::invalid("/by", what));
                }
                person
            }
        };
        self.ingest_one(tenant, as_sent(&MemberRef::Id(who), key, kind))
    }
}

/// A group, and who acts for it: nobody, if it is the merchant.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The group.
    pub group: MemberRef,
    /// Somebody who belongs to it.
    pub by: Option<MemberRef>,
}

impl GroupFilter {
    fn takes(&self, group: &Group) -> bool {
        let of_sort = |id: &String| group.rule == Name::of(id);
        self.group.as_ref().is_none_or(of_sort)
            && self
                .manager
                .as_ref()
                .is_none_or(|manager| group.manager.as_str() == manager)
            && (self.closed || group.closed_at.is_none())
    }
}

/// The group that a member belongs to.
fn member_of(
    store: &mut dyn Store,
    tenant: TenantId,
    member: MemberId,
) -> Result<Option<MemberId>, Error> {
    let row = store.wallet(tenant, member)?;
    Ok(row
        .and_then(|row| row.state.member_of())
        .map(|own| own.group))
}

fn shown(
    program: &Arc<Program>,
    member: MemberId,
    wallet: &Wallet,
    at: Timestamp,
) -> Option<GroupInHand> {
    let own = wallet.group()?.clone();
    let share = |person: &Person| {
        let of = |points: Name| {
            let amount = group::share(program, wallet, person.member, points, at);
            (points, amount)
        };
        program
            .points
            .iter()
            .map(|points| of(points.name))
            .collect()
    };
    let people = own.people.iter().map(|person| PersonInHand {
        person: person.clone(),
        share: share(person),
    });
    Some(GroupInHand {
        member,
        program: Arc::clone(program),
        people: people.collect(),
        points: all_points(program, wallet, at),
        group: own,
    })
}

impl GroupInHand {
    /// What sort of group, by its id in the program file.
    pub fn sort(&self) -> &str {
        words::id_of(&self.program, self.group.rule)
    }
}
