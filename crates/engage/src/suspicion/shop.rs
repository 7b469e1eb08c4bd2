//! Signs that are seen only in what all members did together.

use super::member::{too_fast, whole};
use super::{
    Deed, DeedKind, Pace, PaceOf, PacePer, Sign, SignKind, Suspect, SuspicionRules, signs_of_member,
};
use regulars_base::{MemberId, Timestamp};
use regulars_engine::state::{Mark, MarkKind};
use std::collections::{BTreeMap, BTreeSet};

const DAY_MICROS: i64 = 24 * 60 * 60 * 1_000_000;
/// So many members a mark is looked at for; what more have (the address of an office) says nothing of a person.
const CROWD: usize = 30;
/// Of all friends so many in a hundred must not have come back.
const IDLE_SHARE: usize = 80;
/// So many sendings up a ring is followed.
const RING_MOST: usize = 8;
/// An agent's few are so many members.
const FEW: usize = 2;
/// Of all that an agent gave, so many in a hundred went to these.
const FEW_SHARE: usize = 60;

/// What all members did, as far as signs ask. Rows come wallet by wallet, or in any order.
#[derive(Debug)]
pub struct ShopLook<'a> {
    rules: &'a SuspicionRules,
    since: Timestamp,
    now: Timestamp,
    /// From when on something of a member, or another, is looked at: it was decided before.
    done: &'a BTreeMap<Suspect, Timestamp>,
    of: Vec<Deed>,
    signs: Vec<(Suspect, Sign)>,
    marks: BTreeMap<Mark, BTreeSet<MemberId>>,
    earned: BTreeSet<MemberId>,
    friends: BTreeMap<MemberId, (MemberId, Timestamp)>,
    bought: BTreeMap<MemberId, i64>,
    given: BTreeMap<String, Vec<Deed>>,
    rung_up: BTreeMap<(PacePer, String), Vec<Deed>>,
}

impl<'a> ShopLook<'a> {
    /// A look at `now`; of suspects in `done`, only what was written down later counts.
    pub fn new(
        rules: &'a SuspicionRules,
        now: Timestamp,
        done: &'a BTreeMap<Suspect, Timestamp>,
    ) -> Self {
        Self {
            rules,
            since: now.plus_micros(-i64::from(rules.days) * DAY_MICROS),
            now,
            done,
            of: Vec::new(),
            signs: Vec::new(),
            marks: BTreeMap::new(),
            earned: BTreeSet::new(),
            friends: BTreeMap::new(),
            bought: BTreeMap::new(),
            given: BTreeMap::new(),
            rung_up: BTreeMap::new(),
        }
    }

    /// One more deed. Those of a member come one behind the other.
    pub fn take(&mut self, deed: Deed) {
        if self.of.first().is_some_and(|own| own.member != deed.member) {
            self.member_ends();
        }
        match &deed.kind {
            DeedKind::CameBy { referrer, marks } => {
                self.friends.insert(deed.member, (*referrer, deed.at));
                self.mark(deed.member, marks);
            }
            DeedKind::Marked(marks) => self.mark(deed.member, marks),
            DeedKind::Bought { .. } => *self.bought.entry(deed.member).or_default() += 1,
            _ => {}
        }
        if deed.at < self.since || deed.at > self.now {
            return;
        }
        if !deed.gave.is_empty() {
            self.earned.insert(deed.member);
        }
        if let DeedKind::Given { by } = &deed.kind
            && self.is_new(&Suspect::Agent(by.clone()), &deed)
        {
            self.given.entry(by.clone()).or_default().push(deed.clone());
        }
        self.ring_up(&deed);
        if self.is_new(&Suspect::Member(deed.member), &deed) {
            self.of.push(deed);
        }
    }

    /// All that speaks against anybody. `own` says which members an agent is.
    pub fn finish(mut self, own: &BTreeMap<String, BTreeSet<MemberId>>) -> Vec<(Suspect, Sign)> {
        self.member_ends();
        self.paces();
        self.shared();
        self.rings();
        self.idle_friends();
        self.agents(own);
        self.signs
    }

    /// Whether a member earned within the days of the look.
    pub fn earns(&self, member: MemberId) -> bool {
        self.earned.contains(&member)
    }

    fn is_new(&self, suspect: &Suspect, deed: &Deed) -> bool {
        let done = self.done.get(suspect);
        done.is_none_or(|done| deed.recorded_at > *done)
    }

    fn mark(&mut self, member: MemberId, marks: &[Mark]) {
        for mark in marks {
            let whose = self.marks.entry(*mark).or_default();
            if whose.len() <= CROWD {
                whose.insert(member);
            }
        }
    }

    fn ring_up(&mut self, deed: &Deed) {
        let DeedKind::Bought { store, seller, .. } = &deed.kind else {
            return;
        };
        for (per, id) in [(PacePer::Store, store), (PacePer::Seller, seller)] {
            let asked = self.rules.paces.iter().any(|own| own.per == per);
            let suspect = match per {
                PacePer::Store => Suspect::Store(id.to_string()),
                _ => Suspect::Seller(id.to_string()),
            };
            if asked && !id.is_empty() && self.is_new(&suspect, deed) {
                let key = (per, id.to_string());
                self.rung_up.entry(key).or_default().push(deed.clone());
            }
        }
    }

    fn member_ends(&mut self) {
        let deeds = std::mem::take(&mut self.of);
        let Some(first) = deeds.first() else {
            return;
        };
        let suspect = Suspect::Member(first.member);
        for sign in signs_of_member(self.rules, &deeds) {
            self.signs.push((suspect.clone(), sign));
        }
    }

    fn paces(&mut self) {
        if !self.rules.on {
            return;
        }
        for ((per, id), mut deeds) in std::mem::take(&mut self.rung_up) {
            deeds.sort_by_key(|own| (own.at, own.member, own.seq));
            let fits = |own: &&Pace| own.per == per && own.of != PaceOf::Redemptions;
            for pace in self.rules.paces.iter().filter(fits) {
                let Some(sign) = too_fast(pace, &deeds) else {
                    continue;
                };
                let suspect = match per {
                    PacePer::Store => Suspect::Store(id.clone()),
                    _ => Suspect::Seller(id.clone()),
                };
                self.signs.push((suspect, sign));
            }
        }
    }

    /// A device, an address or a card that several have who earn.
    fn shared(&mut self) {
        let Some(rule) = self.rules.rule(SignKind::SharedMark) else {
            return;
        };
        let mut found: BTreeMap<(MemberId, &str), BTreeSet<MemberId>> = BTreeMap::new();
        for (mark, whose) in &self.marks {
            let earners: BTreeSet<MemberId> = whose.intersection(&self.earned).copied().collect();
            if whole(earners.len()) <= rule.limit || whose.len() > CROWD {
                continue;
            }
            for own in &earners {
                let others = found.entry((*own, mark_name(mark.kind))).or_default();
                others.extend(earners.iter().filter(|other| *other != own));
            }
        }
        for ((member, of), others) in found {
            let members = whole(others.len() + 1);
            let sign = Sign::new(SignKind::SharedMark, of, rule.weight)
                .with([("members", members), ("limit", rule.limit)])
                .among(others);
            self.signs.push((Suspect::Member(member), sign));
        }
    }

    /// Members who sent each other, directly or through others.
    fn rings(&mut self) {
        let Some(rule) = self.rules.rule(SignKind::Ring) else {
            return;
        };
        for member in self.friends.keys() {
            let mut ring = Vec::new();
            let mut at = *member;
            while let Some((referrer, _)) = self.friends.get(&at) {
                if *referrer == *member || ring.len() == RING_MOST {
                    break;
                }
                ring.push(*referrer);
                at = *referrer;
            }
            let closes = self.friends.get(&at).is_some_and(|own| own.0 == *member);
            if closes && !ring.is_empty() {
                let sign = Sign::new(SignKind::Ring, "", rule.weight)
                    .with([("members", whole(ring.len()))])
                    .among(ring);
                self.signs.push((Suspect::Member(*member), sign));
            }
        }
    }

    /// Friends who bought once at most, and had a look's days to come back.
    fn idle_friends(&mut self) {
        let Some(rule) = self.rules.rule(SignKind::IdleFriends) else {
            return;
        };
        let mut sent: BTreeMap<MemberId, (usize, Vec<MemberId>)> = BTreeMap::new();
        for (friend, (referrer, at)) in &self.friends {
            if *at > self.since {
                continue;
            }
            let own = sent.entry(*referrer).or_default();
            own.0 += 1;
            if self.bought.get(friend).copied().unwrap_or(0) <= 1 {
                own.1.push(*friend);
            }
        }
        for (referrer, (friends, idle)) in sent {
            let count = whole(idle.len());
            if count > rule.limit && idle.len() * 100 >= friends * IDLE_SHARE {
                let figures = [
                    ("idle", count),
                    ("friends", whole(friends)),
                    ("limit", rule.limit),
                ];
                let sign = Sign::new(SignKind::IdleFriends, "", rule.weight)
                    .with(figures)
                    .among(idle);
                self.signs.push((Suspect::Member(referrer), sign));
            }
        }
    }

    /// Agents who gave points to themselves, or always to the same few.
    fn agents(&mut self, own: &BTreeMap<String, BTreeSet<MemberId>>) {
        let given = std::mem::take(&mut self.given);
        for (agent, deeds) in given {
            let suspect = Suspect::Agent(agent.clone());
            if let Some(rule) = self.rules.rule(SignKind::OwnPoints) {
                let is_own =
                    |deed: &&Deed| own.get(&agent).is_some_and(|it| it.contains(&deed.member));
                let times = whole(deeds.iter().filter(is_own).count());
                if times > rule.limit {
                    let sign = Sign::new(SignKind::OwnPoints, "", rule.weight)
                        .with([("times", times)])
                        .among(deeds.iter().filter(is_own).map(|deed| deed.member))
                        .proved(deeds.iter().filter(is_own));
                    self.signs.push((suspect.clone(), sign));
                }
            }
            let Some(rule) = self.rules.rule(SignKind::SameMembers) else {
                continue;
            };
            let mut to: BTreeMap<MemberId, usize> = BTreeMap::new();
            for deed in &deeds {
                *to.entry(deed.member).or_default() += 1;
            }
            let mut most: Vec<(usize, MemberId)> = to
                .into_iter()
                .map(|(member, times)| (times, member))
                .collect();
            most.sort_unstable_by(|one, other| other.cmp(one));
            most.truncate(FEW);
            // Somebody who was given something once is none of the few.
            most.retain(|few| few.0 > 1);
            let count: usize = most.iter().map(|few| few.0).sum();
            if whole(count) > rule.limit && count * 100 >= deeds.len() * FEW_SHARE {
                let few: BTreeSet<MemberId> = most.iter().map(|few| few.1).collect();
                let figures = [
                    ("count", whole(count)),
                    ("times", whole(deeds.len())),
                    ("members", whole(few.len())),
                    ("limit", rule.limit),
                ];
                let theirs = deeds.iter().filter(|deed| few.contains(&deed.member));
                let sign = Sign::new(SignKind::SameMembers, "", rule.weight)
                    .with(figures)
                    .among(few.iter().copied())
                    .proved(theirs);
                self.signs.push((suspect, sign));
            }
        }
    }
}

const fn mark_name(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Device => "device",
        MarkKind::Address => "address",
        MarkKind::Payment => "payment",
    }
}
