//! Journeys: what happens to a member over days, step by step, once something set it off.
//!
//! *Ana joins. She gets a letter, three days later another unless she bought meanwhile, and fifty beans when she
//! did.* A journey is a machine without any input of its own: a definition, where a member is in it, what
//! happened or what time it is, and their figures give where they are next and what is to be done for them. So
//! it can be run live, behind the log; after a stop, as if there had been none; and over history, to see who
//! would have got what.
//!
//! Steps only lead on, never back: whoever comes in comes out.

mod machine;
mod read;
mod replay;
mod start;

pub use machine::{Deed, Did, End, Happened, Sight, Standing};
pub use read::Known;
pub use replay::{Replay, Script};
pub use start::{Dates, GRACE_DAYS};

use crate::{Channel, Segment};
use regulars_base::CivilDay;

/// The longest name of a journey, in letters.
pub const NAME_MOST: usize = 100;
/// The most steps of a journey.
pub const STEPS_MOST: usize = 100;

/// A journey, ready to be gone.
#[derive(Clone, Debug)]
pub struct Journey {
    /// What people call it.
    pub name: String,
    /// What sets it off.
    pub start: Start,
    /// Who comes in then; everybody if nothing.
    pub when: Option<Segment>,
    /// What it is for: whoever reaches it is done.
    pub goal: Option<Segment>,
    /// What ends it for somebody.
    pub exit: Option<Segment>,
    /// After how many days from coming in somebody may come in again; never if nothing.
    pub again_after: Option<u16>,
    /// How many in a hundred go through it with nothing sent or given.
    pub hold_out: u8,
    /// Which points it gives, by their id.
    pub points: String,
    /// How many it gives in all, in the smallest unit; as many as it takes if nothing.
    pub budget: Option<i64>,
    /// The steps, in their order.
    pub steps: Vec<Step>,
}

/// What sets a journey off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Something that happens.
    Event(Seeing),
    /// So many days before the birthday.
    Birthday(i32),
    /// So many days before the day of joining comes round.
    Anniversary(i32),
    /// So many days before the paid membership is renewed, or ends.
    Renewal(i32),
    /// So many days before points lapse.
    Expiry(i32),
    /// So many days after the last order.
    Inactivity(i32),
    /// So little is missing to the next tier: euros, points, orders or visits.
    NearTier(i64),
    /// Coming into a segment.
    Segment(String),
    /// A condition holds, whatever made it hold: that of `when`.
    Holds,
}

/// Something that may happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seeing {
    /// An event of this kind.
    Kind(String),
    /// An activity of this name.
    Activity(String),
    /// A higher tier.
    TierUp,
    /// A lower one.
    TierDown,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its id: members keep it, so it stays with what it means.
    pub id: String,
    /// What it does.
    pub what: What,
    /// Where it leads: a place among the steps; the end if it is one behind the last.
    pub next: usize,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum What {
    /// Waits so many microseconds.
    Wait(i64),
    /// Waits until a clock on the member's wall shows this minute of the day.
    WaitUntil(u16),
    /// Waits until something happens, so many microseconds at most; then it leads elsewhere.
    WaitFor {
        /// What.
        seeing: Seeing,
        /// How long at most.
        within: i64,
        /// Where it leads then.
        late: usize,
    },
    /// Leads on where a condition holds, and elsewhere where not.
    If {
        /// The condition.
        holds: Segment,
        /// Where it leads if not.
        otherwise: usize,
    },
    /// Sends a message.
    Send {
        /// The template's id.
        template: String,
        /// On which channel.
        channel: Channel,
    },
    /// Gives points.
    Award {
        /// How many, in the smallest unit.
        amount: i64,
        /// Why: shown to the member.
        reason: String,
    },
    /// Waits until somebody says that it is done.
    Task {
        /// What is to be done.
        title: String,
        /// By whom.
        owner: String,
        /// How long at most, in microseconds; as long as it takes if nothing.
        within: Option<i64>,
        /// Where it leads when nobody did it.
        late: usize,
    },
}

impl Journey {
    /// The conditions that it asks: on days on which one of them may turn a member is looked at.
    pub fn conditions(&self) -> Vec<Segment> {
        let own = [&self.when, &self.goal, &self.exit];
        let steps = self.steps.iter().filter_map(|step| match &step.what {
            What::If { holds, .. } => Some(holds),
            _ => None,
        });
        own.into_iter().flatten().chain(steps).cloned().collect()
    }

    /// The place of a step.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.id == id)
    }

    /// Whether somebody who came in on a day may come in again on another.
    fn may_again(&self, entered: CivilDay, today: CivilDay) -> bool {
        self.again_after
            .is_some_and(|days| today.number() - entered.number() >= i32::from(days))
    }
}
