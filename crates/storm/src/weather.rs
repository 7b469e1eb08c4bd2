//! Steps, made out of a seed.

use crate::deed::{Crash, Nonsense, Source, Step, Told, What};
use crate::storm::Size;
use crate::terms::Terms;
use regulars_sim::shopper::Dice;
use std::collections::{BTreeMap, VecDeque};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// 1 January 2023, when it begins.
pub(crate) const BEGIN: i64 = 1_672_531_200 * SECOND;
/// For how long it lasts.
const YEARS: i64 = 3 * 365 * DAY;
/// How many events are told at once, at most.
pub(crate) const TOLD_MOST: u64 = 64;
/// How many things somebody remembers of what a member did lately.
const REMEMBERED: usize = 6;

/// The steps of a storm: always the same of the same seed.
pub fn weather(seed: u64, size: Size) -> impl Iterator<Item = Step> {
    Weather {
        dice: Dice::of(seed, &[1]),
        size,
        now: BEGIN,
        made: 0,
        told: 0,
        behind: 0,
        members: vec![Habit::default(); size.members as usize],
        late: BTreeMap::new(),
        next: VecDeque::from([Step::Clock(BEGIN)]),
    }
}

/// What a member did lately.
#[derive(Clone, Default)]
struct Habit {
    orders: VecDeque<(Source, u64, usize)>,
    redemptions: VecDeque<(Source, u64)>,
}

struct Weather {
    dice: Dice,
    size: Size,
    /// The clock that goes on; the servers' may be set back for a while.
    now: i64,
    /// The number of the newest event, order and redemption.
    made: u64,
    told: u64,
    /// By how much the servers' clock is behind.
    behind: i64,
    members: Vec<Habit>,
    /// Told later, by when and number.
    late: BTreeMap<(i64, u64), Told>,
    next: VecDeque<Step>,
}

impl Iterator for Weather {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while self.next.is_empty() {
            if self.told >= self.size.events {
                return None;
            }
            self.go_on();
        }
        self.next.pop_front()
    }
}

impl Weather {
    /// One in so many.
    fn one_in(&mut self, many: u64) -> bool {
        self.dice.below(many) == 0
    }

    fn door(&mut self) -> usize {
        self.dice.place(crate::world::DOORS)
    }

    fn go_on(&mut self) {
        self.time_passes();
        if self.one_in(4) {
            let door = self.door();
            self.next.push_back(Step::Tick(door));
        }
        // A clock that is behind must not say that a version was in force before it was written.
        if self.behind == 0 && self.one_in(400) {
            let (door, terms) = (self.door(), Terms::drawn(&mut self.dice));
            self.next.push_back(Step::Apply(door, terms));
        }
        if self.one_in(300) {
            self.next.push_back(Step::Restart);
        }
        if self.one_in(30) {
            let crash = [Crash::Before, Crash::Inside, Crash::After][self.dice.place(3)];
            self.next.push_back(Step::Crash(crash));
        }
        let told = self.batch();
        self.told += told.len() as u64;
        let door = self.door();
        self.next.push_back(Step::Tell(door, told));
    }

    /// The clock goes on; now and then it jumps, or is set back for a while.
    fn time_passes(&mut self) {
        let tells = (self.size.events / (TOLD_MOST / 2)).max(1);
        let usual = YEARS / i64::try_from(tells).unwrap_or(1);
        let drawn = self.dice.below(2 * usual.unsigned_abs().max(1));
        self.now += i64::try_from(drawn).unwrap_or(0);
        if self.one_in(500) {
            self.now += i64::try_from(self.dice.below(30)).unwrap_or(0) * DAY;
        }
        let (set_back, goes_right) = (self.one_in(100), self.one_in(3));
        let hours = i64::try_from(self.dice.below(72)).unwrap_or(0);
        if self.behind == 0 && set_back {
            self.behind = hours * HOUR;
        } else if goes_right {
            self.behind = 0;
        }
        self.next.push_back(Step::Clock(self.now - self.behind));
    }

    fn batch(&mut self) -> Vec<Told> {
        let most = 1 + self.dice.below(TOLD_MOST);
        let mut told = Vec::new();
        while (told.len() as u64) < most {
            let due = self.late.first_key_value();
            let due = due.is_some_and(|((at, _), _)| *at <= self.now - self.behind);
            if due && let Some((_, late)) = self.late.pop_first() {
                told.push(late);
                continue;
            }
            let made = self.make();
            self.send(made, &mut told);
        }
        told
    }

    /// An event is told at once, or late; once, or twice, or with another content under its key.
    fn send(&mut self, made: Told, told: &mut Vec<Told>) {
        if self.one_in(20) {
            self.put_off(made.clone(), 10);
        }
        // Where nobody is found nothing is kept, so a key is not used; but whoever comes with it in the same
        // batch is told that it is.
        let kept = made.what != What::Nonsense(Nonsense::Member);
        if self.one_in(50) && kept {
            let mut other = made.clone();
            other.at -= SECOND;
            self.put_off(other, 10);
        }
        if self.one_in(12) {
            self.put_off(made, 20);
        } else {
            told.push(made);
        }
    }

    fn put_off(&mut self, told: Told, days: u64) {
        self.made += 1;
        let hours = if self.one_in(2) { 2 } else { days * 24 };
        let minutes = i64::try_from(self.dice.below(hours * 60)).unwrap_or(0);
        let at = self.now - self.behind + minutes * 60 * SECOND;
        self.late.insert((at, self.made), told);
    }

    fn make(&mut self) -> Told {
        self.made += 1;
        // A tenth of the members does half of all.
        let members = u64::from(self.size.members.max(1));
        let few = if self.one_in(2) {
            members.div_ceil(10)
        } else {
            members
        };
        let member = u32::try_from(self.dice.below(few)).unwrap_or(0);
        let seconds = i64::try_from(self.dice.below(3600)).unwrap_or(0);
        let mut at = self.now - seconds * SECOND;
        if self.one_in(150) {
            // Somebody's clock is fast, and ours may be slow beside it: less than a day in all.
            at = self.now - self.behind + 20 * HOUR;
        } else if self.behind > 20 * HOUR {
            at -= self.behind;
        }
        let number = self.made;
        let (source, what) = self.what(member, number);
        if what == What::Nonsense(Nonsense::Future) {
            at = self.now + 7 * DAY;
        }
        Told {
            source,
            number,
            member,
            at,
            what,
        }
    }

    fn what(&mut self, member: u32, number: u64) -> (Source, What) {
        let source = match self.dice.below(10) {
            0..=5 => Source::Till,
            6..=7 => Source::Bakery,
            _ => Source::Cinema,
        };
        match self.dice.below(100) {
            0..=39 => self.buy(member, number, source),
            40..=49 => self.back(member, number, source),
            50..=64 => (Source::Till, What::Visit),
            65..=80 => {
                let (mug, commit) = (self.one_in(4), self.one_in(2));
                self.remember(member, source, number);
                (source, What::Ask(number, mug, commit))
            }
            81..=86 => self.end(member, number, source, What::Use),
            87..=92 => self.end(member, number, source, What::Cancel),
            93..=96 => {
                let amount = i64::try_from(self.dice.below(120)).unwrap_or(0) - 40;
                let amount = if amount == 0 { 1 } else { amount };
                (Source::Till, What::Adjust(self.one_in(3), amount))
            }
            _ => {
                let all = [
                    Nonsense::Currency,
                    Nonsense::Points,
                    Nonsense::Reward,
                    Nonsense::Activity,
                    Nonsense::Future,
                    Nonsense::Member,
                ];
                let nonsense = all[self.dice.place(all.len())];
                (source, What::Nonsense(nonsense))
            }
        }
    }

    fn buy(&mut self, member: u32, number: u64, source: Source) -> (Source, What) {
        let mut lines = Vec::new();
        for _ in 0..1 + self.dice.below(4) {
            let amount = 100 + i64::try_from(self.dice.below(4000)).unwrap_or(0);
            lines.push((self.one_in(3), amount));
        }
        let orders = &mut self.members[member as usize].orders;
        orders.push_back((source, number, lines.len()));
        if orders.len() > REMEMBERED {
            orders.pop_front();
        }
        (source, What::Buy(number, lines))
    }

    /// Some lines of an order come back, or all that is left.
    fn back(&mut self, member: u32, number: u64, source: Source) -> (Source, What) {
        let orders = &self.members[member as usize].orders;
        let place = self.dice.place(orders.len());
        let Some((source, order, lines)) = orders.get(place).copied() else {
            return self.buy(member, number, source);
        };
        let some = match self.one_in(2) {
            true => Vec::new(),
            false => (0..lines).filter(|_| self.dice.below(2) == 0).collect(),
        };
        (source, What::Back(order, some))
    }

    fn remember(&mut self, member: u32, source: Source, number: u64) {
        let redemptions = &mut self.members[member as usize].redemptions;
        redemptions.push_back((source, number));
        if redemptions.len() > REMEMBERED {
            redemptions.pop_front();
        }
    }

    /// A redemption ends, where it was made as a rule.
    fn end(
        &mut self,
        member: u32,
        number: u64,
        source: Source,
        what: fn(u64) -> What,
    ) -> (Source, What) {
        let redemptions = &self.members[member as usize].redemptions;
        let place = self.dice.place(redemptions.len());
        match redemptions.get(place).copied() {
            Some((_, redemption)) if self.one_in(10) => (source, what(redemption)),
            Some((made_at, redemption)) => (made_at, what(redemption)),
            None => (source, what(number)),
        }
    }
}
