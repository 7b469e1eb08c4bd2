//! A journey over what one member did: where it would have led them, had it run since a day. Time passes between
//! the rows of the log as it does live: what is due is due, and days come.

use super::{Dates, Deed, Happened, Journey, Sight, Standing, Start};
use crate::{Figures, Portrait, Segment, Segments};
use regulars_base::{CivilDay, Timestamp};
use regulars_engine::event::Event;
use regulars_engine::outcome::Outcome;
use regulars_engine::state::Order;
use regulars_engine::{Program, State};

/// What a journey is replayed by.
#[derive(Debug)]
pub struct Script<'a> {
    journey: &'a Journey,
    program: &'a Program,
    /// The segment that sets it off, if one does.
    segment: Option<Segment>,
    wakes: Segments,
    begun: Timestamp,
}

/// One member's way through it.
#[derive(Debug)]
pub struct Replay<'a> {
    script: &'a Script<'a>,
    held_out: bool,
    state: State,
    portrait: Portrait,
    was_in: bool,
    clock: Timestamp,
    standing: Option<Standing>,
    deeds: Vec<Deed>,
}

impl<'a> Script<'a> {
    /// Of a journey that began then. `segment` is the one that sets it off, if one does.
    pub fn new(
        journey: &'a Journey,
        program: &'a Program,
        segment: Option<Segment>,
        begun: Timestamp,
    ) -> Self {
        let asked = journey.conditions().into_iter().chain(segment.clone());
        Self {
            journey,
            program,
            wakes: Segments::new(asked.collect()),
            segment,
            begun,
        }
    }

    /// A member of whom nothing is known yet.
    pub fn member(&'a self, held_out: bool) -> Replay<'a> {
        Replay {
            script: self,
            held_out,
            state: State::default(),
            portrait: Portrait::default(),
            was_in: false,
            clock: self.begun,
            standing: None,
            deeds: Vec::new(),
        }
    }
}

impl Replay<'_> {
    /// Takes in a row of their log.
    pub fn row(&mut self, seq: u64, event: &Event, outcome: &Outcome) {
        let begun = self.script.begun;
        if event.occurred_at >= begun {
            self.pass_until(event.occurred_at);
        }
        for change in &outcome.changes {
            self.state.apply(change);
        }
        // Orders are nothing that a journey asks for.
        self.state.order = Order::default();
        let program = self.script.program;
        // What a merge brings is not known here: it is another member's log.
        let _ = self.portrait.take(program, seq, event, outcome);
        if event.occurred_at >= begun {
            self.clock = self.clock.max(event.occurred_at);
            self.look(Some((event, outcome)));
        } else {
            self.was_in = self.is_in(&self.figures());
        }
    }

    /// Time passes until then, and that is all; what was done, in its order.
    pub fn finish(mut self, until: Timestamp) -> (Option<Standing>, Vec<Deed>) {
        self.pass_until(until);
        (self.standing, self.deeds)
    }

    fn figures(&self) -> Figures {
        let today = self.today().number();
        let script = self.script;
        self.portrait
            .figures(script.program, &self.state.wallet, today)
    }

    fn today(&self) -> CivilDay {
        self.script.program.zone.day(self.clock)
    }

    fn is_in(&self, figures: &Figures) -> bool {
        let segment = self.script.segment.as_ref();
        segment.is_some_and(|segment| segment.holds(figures))
    }

    /// Looks whenever something is due, or a day comes on which something may turn.
    fn pass_until(&mut self, until: Timestamp) {
        while let Some(next) = self.next_look().filter(|next| *next <= until) {
            self.clock = next;
            self.look(None);
        }
        self.clock = self.clock.max(until);
    }

    fn next_look(&self) -> Option<Timestamp> {
        let script = self.script;
        let figures = self.figures();
        let dates = Dates::of(script.program, &self.state.wallet, &figures);
        let by_portrait = self.portrait.wakes_on(&script.wakes, &figures);
        let by_portrait = by_portrait.map(CivilDay::from_number);
        let by_journey = script.journey.wakes_on(&dates, self.today());
        let days = by_portrait.into_iter().chain(by_journey);
        let days = days.map(|day| script.program.zone.start_of(day));
        let due = self.standing.as_ref().and_then(|own| own.due);
        days.chain(due).filter(|at| *at > self.clock).min()
    }

    fn look(&mut self, event: Option<(&Event, &Outcome)>) {
        let script = self.script;
        let figures = self.figures();
        let sight = Sight {
            now: self.clock,
            zone: &script.program.zone,
            figures: &figures,
            program: script.program,
        };
        let mut comes = false;
        if let Some((event, outcome)) = event {
            comes = script.journey.starts_by(script.program, event, outcome);
            if !comes {
                self.advance(Happened::Event(event, outcome), sight);
            }
        }
        self.advance(Happened::Time, sight);
        if comes || self.is_set_off(&figures) {
            self.come(sight);
        }
        self.was_in = self.is_in(&figures);
    }

    fn is_set_off(&self, figures: &Figures) -> bool {
        let (script, wallet) = (self.script, &self.state.wallet);
        match script.journey.start {
            Start::Event(_) => false,
            Start::Segment(_) => !self.was_in && self.is_in(figures),
            Start::NearTier(_) | Start::Holds => {
                script.journey.starts_as_is(script.program, wallet, figures)
            }
            _ => {
                let dates = Dates::of(script.program, wallet, figures);
                let days = (self.today(), script.program.zone.day(script.begun));
                let before = self.standing.as_ref();
                script
                    .journey
                    .starts_on(&dates, days, before, script.program)
            }
        }
    }

    fn advance(&mut self, happened: Happened<'_>, sight: Sight<'_>) {
        let Some(own) = self.standing.clone().filter(|own| own.end.is_none()) else {
            return;
        };
        let (standing, deeds) = self.script.journey.advance(own, happened, sight);
        self.standing = Some(standing);
        self.deeds.extend(deeds);
    }

    fn come(&mut self, sight: Sight<'_>) {
        let journey = self.script.journey;
        if journey.takes(self.standing.as_ref(), sight) {
            let before = self.standing.as_ref();
            let (standing, deeds) = journey.enter(before, self.held_out, sight);
            self.standing = Some(standing);
            self.deeds.extend(deeds);
        }
    }
}
