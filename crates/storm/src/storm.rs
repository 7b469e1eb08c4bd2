//! Steps, done and looked at.

use crate::clerk::{Clerk, Moment, Seen};
use crate::deed::{Crash, Step, Told};
use crate::terms::Terms;
use crate::weather::weather;
use crate::world::{Fault, World};
use regulars_base::{MemberId, Name};
use regulars_engine::state::SharedKey;
use regulars_sim::shopper::Dice;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::fmt;

/// How large a storm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many events are told, at least.
    pub events: u64,
    /// How many members there are.
    pub members: u32,
}

/// What was found wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// At which step, from 0.
    pub step: usize,
    /// What: of whom, what should be, and what is.
    pub what: String,
}

/// A storm that went by without a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weathered {
    /// How many events were looked at: told again after a crash, they count once.
    pub events: u64,
    /// How often the servers died.
    pub crashes: u64,
    /// A digest of all that was written: the same seed, the same digest.
    pub digest: [u8; 32],
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}: {}", self.step, self.what)
    }
}

/// Lets the storm of a seed pass.
pub fn run(seed: u64, size: Size, fault: Option<Fault>) -> Result<Weathered, Finding> {
    Storm::new(seed, fault)
        .map_err(|what| Finding { step: 0, what })?
        .pass(weather(seed, size))
}

/// Servers, and the clerk who watches them.
pub struct Storm {
    world: World,
    clerk: Clerk,
    /// Who is who, and back.
    ids: HashMap<u32, MemberId>,
    numbers: HashMap<MemberId, u32>,
    /// What shared figures count: mugs, and what a partner paid ahead.
    keys: [SharedKey; 2],
    crash: Option<Crash>,
    digest: Sha256,
    events: u64,
    crashes: u64,
}

impl Storm {
    /// Before anything happened, under a first program.
    pub fn new(seed: u64, fault: Option<Fault>) -> Result<Self, String> {
        let key = |name| SharedKey {
            name: Name::of(name),
            period: 0,
        };
        let mut own = Self {
            world: World::new(seed, fault)?,
            clerk: Clerk::default(),
            ids: HashMap::new(),
            numbers: HashMap::new(),
            keys: [key("mug"), key("partner bakery: balance")],
            crash: None,
            digest: Sha256::new(),
            events: 0,
            crashes: 0,
        };
        own.apply(0, &Terms::drawn(&mut Dice::of(seed, &[3])))?;
        Ok(own)
    }

    /// Does all steps, looks after each, and proves everything at the end.
    pub fn pass(mut self, steps: impl IntoIterator<Item = Step>) -> Result<Weathered, Finding> {
        let mut done = 0;
        for (at, step) in steps.into_iter().enumerate() {
            self.step(&step)
                .map_err(|what| Finding { step: at, what })?;
            done = at + 1;
        }
        let proved = self.world.prove();
        let heads = proved.map_err(|what| Finding { step: done, what })?;
        for head in heads.values() {
            self.digest.update(head);
        }
        Ok(Weathered {
            events: self.events,
            crashes: self.crashes,
            digest: self.digest.finalize().into(),
        })
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Clock(now) => self.world.set_clock(*now),
            Step::Apply(door, terms) => self.apply(*door, terms)?,
            Step::Tick(door) => self.tick(*door)?,
            Step::Crash(crash) => self.crash = Some(*crash),
            Step::Restart => self.world.start()?,
            Step::Tell(door, told) => self.tell(*door, told)?,
        }
        Ok(())
    }

    fn apply(&mut self, door: usize, terms: &Terms) -> Result<(), String> {
        self.world.apply(door, terms)?;
        self.clerk.apply(self.world.now(), terms.clone());
        Ok(())
    }

    fn tick(&mut self, door: usize) -> Result<(), String> {
        let due = self.world.tick(door)?;
        let members = due.iter().filter_map(|member| self.numbers.get(member));
        let members: Vec<u32> = members.copied().collect();
        self.clerk.ticked(self.world.now(), &members)?;
        self.look_at(&members.into_iter().collect())
    }

    fn tell(&mut self, door: usize, told: &[Told]) -> Result<(), String> {
        let crash = self.crash.take();
        if let Some(crash) = crash {
            self.world.will_die(crash);
        }
        let first = self.world.now();
        match self.world.tell(door, told) {
            Some(answers) => self.hear(told, &answers, (first, false))?,
            None => self.again(door, told, (first, crash == Some(Crash::After)))?,
        }
        self.events += told.len() as u64;
        let members: BTreeSet<u32> = told.iter().map(|told| told.member).collect();
        self.look_at(&members)
    }

    /// The servers died. Whoever told them something heard nothing, and tells all of it once more.
    fn again(
        &mut self,
        door: usize,
        told: &[Told],
        (first, written): (i64, bool),
    ) -> Result<(), String> {
        self.crashes += 1;
        self.world.start()?;
        self.world.set_clock(first + 1_000_000);
        let answers = self
            .world
            .tell(door, told)
            .ok_or("nobody is to die twice")?;
        let at = if written { first } else { first + 1_000_000 };
        self.hear(told, &answers, (at, written))
    }

    /// The clerk hears what a server said, and reads what it wrote.
    fn hear(
        &mut self,
        told: &[Told],
        answers: &[crate::world::Answer],
        (now, again): (i64, bool),
    ) -> Result<(), String> {
        if answers.len() != told.len() {
            return Err(format!("{} events, {} answers", told.len(), answers.len()));
        }
        for (told, answer) in told.iter().zip(answers) {
            let (seen, logged) = self.world.seen(told, answer);
            let said = self.clerk.told(told, Moment { now, again }, &seen);
            said.map_err(|what| format!("{told:?}: {what}"))?;
            if let Some(logged) = logged {
                self.digest.update(logged.hash);
                self.know(told.member, logged.member)?;
            }
            if let Seen::Other(what) = seen {
                return Err(format!("{told:?}: {what}"));
            }
        }
        Ok(())
    }

    fn know(&mut self, number: u32, member: MemberId) -> Result<(), String> {
        let known = *self.ids.entry(number).or_insert(member);
        let back = *self.numbers.entry(member).or_insert(number);
        match known == member && back == number {
            true => Ok(()),
            false => Err(format!(
                "C-{number} was {known} and is {member}, who is C-{back}"
            )),
        }
    }

    /// Whether all that moved is what it should be.
    fn look_at(&mut self, members: &BTreeSet<u32>) -> Result<(), String> {
        for number in members {
            if let Some(member) = self.ids.get(number) {
                let wallet = self.world.wallet(*member)?;
                self.clerk.compare(*number, &wallet)?;
            }
        }
        let (due, seen) = (self.clerk.shared(), self.world.shared(&self.keys)?);
        match seen == due {
            true => Ok(()),
            false => Err(format!(
                "mugs and what is paid ahead: {seen:?}, and should be {due:?}"
            )),
        }
    }
}
