//! The machine: where a member is, what happened, and what is to be done for them now.

use super::{Journey, Seeing, Start, Step, What};
use crate::sending::on_the_wall;
use crate::{Channel, Figures};
use regulars_base::{Name, Timestamp, Zone};
use regulars_engine::Program;
use regulars_engine::event::Event;
use regulars_engine::outcome::{Note, Outcome, Verdict};
use serde::{Deserialize, Serialize};

/// Where a member is in a journey. A stored format: fields are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The how many-th time they are in it, from 1.
    pub entry: u32,
    /// When they came in.
    pub entered_at: Timestamp,
    /// Whether they are in the control group: settled when they came in.
    pub held_out: bool,
    /// Whether that is because they are in the control group of the whole program.
    #[serde(default)]
    pub in_control_group: bool,
    /// The step at which they are.
    pub step: String,
    /// Since when.
    pub since: Timestamp,
    /// When it goes on by itself.
    pub due: Option<Timestamp>,
    /// How it ended.
    pub end: Option<End>,
}

/// How a journey ended for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// They went to its end.
    Done,
    /// They did what it is for.
    Goal,
    /// What ends it came to hold.
    Exit,
    /// They are no member any more, or were merged into another.
    Left,
    /// It was changed, and the step at which they were is no more.
    Changed,
    /// It was stopped.
    Stopped,
}

/// What happened.
#[derive(Clone, Copy, Debug)]
pub enum Happened<'a> {
    /// An event, with what it came to.
    Event(&'a Event, &'a Outcome),
    /// Time passed.
    Time,
    /// Somebody did the task of this step.
    Task(&'a str),
}

/// What is known of the member at that moment.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// The moment.
    pub now: Timestamp,
    /// Where they live.
    pub zone: &'a Zone,
    /// Their figures.
    pub figures: &'a Figures,
    /// The program.
    pub program: &'a Program,
}

/// Something that is to be done, or was seen, at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The step; the first where somebody came in.
    pub step: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub did: Did,
}

/// What is to be done, or was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// They came in.
    Entered,
    /// A message is to be sent.
    Send {
        /// The template's id.
        template: String,
        /// On which channel.
        channel: Channel,
    },
    /// Points are to be given.
    Award {
        /// So many, in the smallest unit.
        amount: i64,
        /// Why.
        reason: String,
    },
    /// A condition held, or did not.
    Branched(bool),
    /// What was waited for happened.
    Seen,
    /// It did not, and the time was over.
    Late,
    /// A task is to be done.
    Task,
    /// It was done.
    Completed,
    /// They are out of it.
    Ended(End),
}

impl Did {
    /// Its code in records and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Send { .. } => "message",
            Self::Award { .. } => "award",
            Self::Branched(true) => "yes",
            Self::Branched(false) => "no",
            Self::Seen => "seen",
            Self::Late => "late",
            Self::Task => "task",
            Self::Completed => "completed",
            Self::Ended(_) => "ended",
        }
    }
}

impl End {
    /// Its code in records and answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Goal => "goal",
            Self::Exit => "exit",
            Self::Left => "left",
            Self::Changed => "changed",
            Self::Stopped => "stopped",
        }
    }
}

impl Seeing {
    /// Whether this is what is waited for.
    pub fn is(&self, program: &Program, event: &Event, outcome: &Outcome) -> bool {
        if outcome.verdict != Verdict::Accepted {
            return false;
        }
        match self {
            Self::Kind(kind) => event.kind.word() == kind,
            Self::Activity(name) => {
                let done = outcome.activity(event);
                done.is_some_and(|own| own.name.as_str() == name)
            }
            Self::TierUp => moved(program, outcome).is_some_and(|up| up),
            Self::TierDown => moved(program, outcome).is_some_and(|up| !up),
        }
    }
}

/// Whether the tier rose or fell.
fn moved(program: &Program, outcome: &Outcome) -> Option<bool> {
    let rank = |tier: &Option<Name>| {
        let name = (*tier)?;
        program.tiers.iter().position(|own| own.name == name)
    };
    let mut moves = outcome.trace.iter().filter_map(|note| match note {
        Note::TierMoved { from, to, .. } if rank(from) != rank(to) => Some(rank(to) > rank(from)),
        _ => None,
    });
    moves.next_back()
}

impl Journey {
    /// Whether an event sets it off.
    pub fn starts_by(&self, program: &Program, event: &Event, outcome: &Outcome) -> bool {
        match &self.start {
            Start::Event(seeing) => seeing.is(program, event, outcome),
            _ => false,
        }
    }

    /// Whether somebody may come in now whom something sets it off for: they are a member, what is asked of
    /// them holds, they are not there already, and were there long enough ago.
    pub fn takes(&self, before: Option<&Standing>, sight: Sight<'_>) -> bool {
        let again = before.is_none_or(|own| {
            let day = |at| sight.program.zone.day(at);
            own.end.is_some() && self.may_again(day(own.entered_at), day(sight.now))
        });
        let holds = |segment: &crate::Segment| segment.holds(sight.figures);
        again
            && sight.figures.here
            && self.when.as_ref().is_none_or(holds)
            && !self.goal.as_ref().is_some_and(holds)
            && !self.exit.as_ref().is_some_and(holds)
    }

    /// Somebody comes in: where they are then, and what is to be done.
    pub fn enter(
        &self,
        before: Option<&Standing>,
        held_out: bool,
        sight: Sight<'_>,
    ) -> (Standing, Vec<Deed>) {
        let first = self.steps.first().map_or("", |step| &step.id).to_owned();
        let standing = Standing {
            entry: before.map_or(1, |own| own.entry.saturating_add(1)),
            entered_at: sight.now,
            held_out,
            in_control_group: false,
            step: first.clone(),
            since: sight.now,
            due: None,
            end: None,
        };
        let entered = Deed {
            step: first,
            at: sight.now,
            did: Did::Entered,
        };
        let mut going = Going::new(self, standing, sight);
        going.deeds.push(entered);
        going.arrive(0);
        (going.standing, going.deeds)
    }

    /// Something happened to somebody who is in it, or time passed: where they are then, and what is to be
    /// done. Somebody who is out of it stays so.
    pub fn advance(
        &self,
        standing: Standing,
        happened: Happened<'_>,
        sight: Sight<'_>,
    ) -> (Standing, Vec<Deed>) {
        let mut going = Going::new(self, standing, sight);
        if going.standing.end.is_some() || going.is_over() {
            return (going.standing, going.deeds);
        }
        match self.place(&going.standing.step) {
            None => going.end(End::Changed),
            Some(place) => going.go_on(place, happened),
        }
        (going.standing, going.deeds)
    }
}

/// Somebody on their way.
struct Going<'a> {
    journey: &'a Journey,
    standing: Standing,
    sight: Sight<'a>,
    deeds: Vec<Deed>,
}

impl<'a> Going<'a> {
    const fn new(journey: &'a Journey, standing: Standing, sight: Sight<'a>) -> Self {
        Self {
            journey,
            standing,
            sight,
            deeds: Vec::new(),
        }
    }

    fn note(&mut self, did: Did) {
        self.deeds.push(Deed {
            step: self.standing.step.clone(),
            at: self.sight.now,
            did,
        });
    }

    fn end(&mut self, how: End) {
        self.standing.end = Some(how);
        self.standing.due = None;
        self.note(Did::Ended(how));
    }

    /// Whether what the member is, or did, ends it.
    fn is_over(&mut self) -> bool {
        let holds = |segment: &Option<crate::Segment>| {
            let own = segment.as_ref();
            own.is_some_and(|own| own.holds(self.sight.figures))
        };
        let how = match () {
            () if !self.sight.figures.here => End::Left,
            () if holds(&self.journey.goal) => End::Goal,
            () if holds(&self.journey.exit) => End::Exit,
            () => return false,
        };
        self.end(how);
        true
    }

    /// Something happened to somebody who rests at a step.
    fn go_on(&mut self, place: usize, happened: Happened<'_>) {
        let journey = self.journey;
        let step = &journey.steps[place];
        let is_due = |at: Timestamp| self.standing.due.is_some_and(|due| due <= at);
        // What came after the time was over came too late, whenever it is looked at.
        if let Happened::Event(event, outcome) = happened
            && let What::WaitFor { seeing, .. } = &step.what
        {
            let in_time = event.occurred_at >= self.standing.since && !is_due(event.occurred_at);
            if in_time && seeing.is(self.sight.program, event, outcome) {
                self.note(Did::Seen);
                return self.arrive(step.next);
            }
        }
        if let (Happened::Task(id), What::Task { .. }) = (happened, &step.what)
            && id == step.id
        {
            self.note(Did::Completed);
            return self.arrive(step.next);
        }
        if is_due(self.sight.now) {
            self.time_is_over(step);
        }
    }

    fn time_is_over(&mut self, step: &Step) {
        match &step.what {
            What::WaitFor { late, .. } | What::Task { late, .. } => {
                self.note(Did::Late);
                self.arrive(*late);
            }
            _ => self.arrive(step.next),
        }
    }

    /// Comes to a step, and goes on to the first at which there is something to wait for.
    fn arrive(&mut self, place: usize) {
        let (journey, mut next) = (self.journey, Some(place));
        while let Some(place) = next {
            self.standing.since = self.sight.now;
            self.standing.due = None;
            let Some(step) = journey.steps.get(place) else {
                return self.end(End::Done);
            };
            self.standing.step.clone_from(&step.id);
            next = self.do_step(step);
        }
    }

    /// Does what a step says; where it leads, or nothing where it waits.
    fn do_step(&mut self, step: &Step) -> Option<usize> {
        let now = self.sight.now;
        match &step.what {
            What::Wait(micros) => self.standing.due = Some(now.plus_micros(*micros)),
            What::WaitUntil(minute) => {
                let until = self.next_at(*minute);
                if until <= now {
                    return Some(step.next);
                }
                self.standing.due = Some(until);
            }
            What::WaitFor { within, .. } => self.standing.due = Some(now.plus_micros(*within)),
            What::Task { within, .. } => {
                self.standing.due = within.map(|within| now.plus_micros(within));
                self.note(Did::Task);
            }
            What::If { holds, otherwise } => {
                let held = holds.holds(self.sight.figures);
                self.note(Did::Branched(held));
                return Some(if held { step.next } else { *otherwise });
            }
            What::Send { template, channel } => {
                self.note(Did::Send {
                    template: template.clone(),
                    channel: *channel,
                });
                return Some(step.next);
            }
            What::Award { amount, reason } => {
                self.note(Did::Award {
                    amount: *amount,
                    reason: reason.clone(),
                });
                return Some(step.next);
            }
        }
        None
    }

    /// When a clock on the member's wall next shows a minute; now, if it does now.
    fn next_at(&self, minute: u16) -> Timestamp {
        let (zone, now) = (self.sight.zone, self.sight.now);
        let today = zone.day(now);
        let at = on_the_wall(zone, today, minute);
        match at >= now {
            true => at,
            false => on_the_wall(zone, today.plus_days(1), minute),
        }
    }
}
