//! From one version of the program to the next: what a wallet goes through at the moment when
//! another version takes over.
//!
//! The shell asks [`events`] before it decides anything on a wallet that has not seen the moment
//! yet, at the tick of the date or at the wallet's next event, whichever comes first; what they
//! come to is written like any other event. So a late tick and an early one end alike.

use crate::decide::step;
use crate::due::due_by_time;
use crate::event::{Changeover, Event, Kind, Redated};
use crate::outcome::{Change, Outcome};
use crate::program::{Expiry, OldPoints, Points, Program, RemovedTiers};
use crate::stage::catch_up::turn_of_month;
use crate::state::{State, Wallet};
use regulars_base::{EventKey, MemberId, Name, Span, Text, Timestamp};

/// A version takes over from another.
#[derive(Clone, Copy, Debug)]
pub struct Takeover<'p> {
    /// When.
    pub at: Timestamp,
    /// The version before.
    pub old: &'p Program,
    /// The version that takes over.
    pub new: &'p Program,
    /// What that means for wallets: [`between`] the two.
    pub changeover: &'p Changeover,
}

/// Which of two versions decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The version before.
    Old,
    /// The version that takes over.
    New,
}

/// What a wallet goes through, in order, each with the version that decides it.
pub type Passage = Vec<(Side, Event)>;

/// What `new` does to wallets that lived under `old`.
pub fn between(old: &Program, new: &Program) -> Changeover {
    let kept = |name: Name| new.tiers.iter().any(|tier| tier.name == name);
    let landing = |place: usize| {
        // The lowest tier has no name of its own in a wallet.
        let lower = old.tiers[..place].iter().rev();
        let lower = lower.map(|tier| tier.name).find(|name| kept(*name))?;
        (new.tier_at(Some(lower)) > 0).then_some(lower)
    };
    let gone = (1..old.tiers.len()).filter(|place| !kept(old.tiers[*place].name));
    let landings = gone.map(|place| {
        let to = match new.changeover.removed_tiers {
            RemovedTiers::OneDown => landing(place),
            RemovedTiers::ToEarned => None,
        };
        (old.tiers[place].name, to)
    });
    let redated = new.points.iter().filter_map(|points| {
        let before = old.points_named(points.name)?;
        redated(before, points, new.changeover.old_points)
    });
    Changeover {
        landings: landings.collect(),
        redated: redated.collect(),
        late: false,
        refund: false,
    }
}

fn redated(old: &Points, new: &Points, policy: OldPoints) -> Option<Redated> {
    if old.expiry == new.expiry || policy == OldPoints::Keep {
        return None;
    }
    let by = match policy {
        OldPoints::ByAge => older(old.expiry, new.expiry),
        _ => None,
    };
    Some(Redated {
        points: new.name,
        by,
    })
}

/// By how much later a lot of any age lapses, where both count alike.
fn older(old: Expiry, new: Expiry) -> Option<Span> {
    match (old, new) {
        (
            Expiry::After {
                span: before,
                from,
                round_up,
                round_down,
                ..
            },
            Expiry::After {
                span: after,
                from: from_after,
                round_up: up_after,
                round_down: down_after,
                ..
            },
        ) if (from, round_up, round_down) == (from_after, up_after, down_after) => {
            match (before, after) {
                (Span::Days(before), Span::Days(after)) => Some(Span::Days(after - before)),
                (Span::Months(before), Span::Months(after)) => Some(Span::Months(after - before)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What a wallet goes through when a version takes over: what was still due under the version
/// before, then the changeover itself. Nothing if it changes nothing, or the wallet is past it.
pub fn events(takeover: &Takeover<'_>, member: MemberId, wallet: &Wallet) -> Passage {
    let Takeover { at, old, new, .. } = *takeover;
    let mut passage = Passage::new();
    if wallet.enrolled_at.is_none() || wallet.clock >= at {
        return passage;
    }
    let mut state = State {
        wallet: wallet.clone(),
        ..State::default()
    };
    let mut out = Outcome::default();
    let due = due_by_time(old, wallet).is_some_and(|due| due < at);
    if due || forgets(takeover, wallet) {
        let key = key(member, "before", &at.micros().to_string());
        let tick = event(key, at.plus_micros(-1).max(wallet.clock), Kind::Tick);
        step(old, &mut state, &tick, &mut out);
        passage.push((Side::Old, tick));
    }
    let kind = Kind::Changeover(Box::new(takeover.changeover.clone()));
    let key = key(member, "changeover", &at.micros().to_string());
    let over = event(key, at, kind);
    step(new, &mut state, &over, &mut out);
    if out.changes.iter().any(matters) {
        passage.push((Side::New, over));
    }
    passage
}

/// Whether the version before forgot something of the wallet by then that the other one would not
/// have: then it does so now, or what is known would hang on how often the wallet moved.
fn forgets(takeover: &Takeover<'_>, wallet: &Wallet) -> bool {
    let Takeover { at, old, new, .. } = *takeover;
    let back = |program: &Program| (program.memory.progress_days, program.memory.older_in_one);
    let turns = turn_of_month(wallet.clock, at.plus_micros(-1)).is_some();
    if back(old) == back(new) || !turns {
        return false;
    }
    let day = old.zone.day(at);
    let known = [old, new].map(|program| program.memory.known_from(day));
    let shorter = known.into_iter().flatten().max();
    // One sum of all that is older is dropped as well by a version that keeps none.
    let sums = old.memory.older_in_one != new.memory.older_in_one;
    let may_go = |day: i32| sums || day > i32::MIN;
    let mut progress = wallet.progress.iter();
    progress.any(|own| may_go(own.day) && shorter.is_some_and(|first| own.day < first))
}

/// What follows an event that was told so late that an older version decided it: the version that
/// is in force by now looks at the wallet again. Nothing if that changes nothing.
pub fn after_late(
    (decided, now): (&Program, &Program),
    member: MemberId,
    late: &Event,
    wallet: &Wallet,
) -> Option<Event> {
    wallet.enrolled_at?;
    let kind = Kind::Changeover(Box::new(Changeover {
        redated: Vec::new(),
        late: true,
        refund: matches!(late.kind, Kind::Refund(_)),
        // From the version that decided it: its tiers may be no more since several versions.
        ..between(decided, now)
    }));
    let over = event(late_key(member, "late", late), late.recorded_at, kind);
    let mut state = State {
        wallet: wallet.clone(),
        ..State::default()
    };
    let mut out = Outcome::default();
    step(now, &mut state, &over, &mut out);
    out.changes.iter().any(matters).then_some(over)
}

/// A wallet's tick by the version that is in force by now, before an event that an older one will
/// decide because it is told late: that one would forget what this one still looks at. Nothing if
/// nothing is due, and nothing to be forgotten.
pub fn before_late(
    now: &Program,
    member: MemberId,
    late: &Event,
    wallet: &Wallet,
) -> Option<Event> {
    let due = due_by_time(now, wallet).is_some_and(|due| due <= late.recorded_at);
    let counted = !wallet.progress.is_empty() || !wallet.counters.is_empty();
    let turns = turn_of_month(wallet.clock, late.recorded_at).is_some();
    (due || (counted && turns)).then(|| {
        let key = late_key(member, "before-late", late);
        event(key, late.recorded_at, Kind::Tick)
    })
}

/// A key of its own for each late event, as short as any.
fn late_key(member: MemberId, what: &str, late: &Event) -> EventKey {
    let name = Name::of(&format!("{}/{}", late.key.source, late.key.external_id));
    let number = format!("{}-{}", late.recorded_at.micros(), name.number());
    key(member, what, &number)
}

/// Time that passes, and what is forgotten with it, is nothing that must be written now.
const fn matters(change: &Change) -> bool {
    !matches!(
        change,
        Change::ClockMoved(_)
            | Change::Forgot { .. }
            | Change::ProgressJoined { .. }
            | Change::Released { .. }
    )
}

fn key(member: MemberId, what: &str, number: &str) -> EventKey {
    let text = |text: String| Text::new(text).expect("an id, a word and a number are a short text");
    EventKey {
        source: text("clock".into()),
        external_id: text(format!("{member}/{what}/{number}")),
    }
}

const fn event(key: EventKey, at: Timestamp, kind: Kind) -> Event {
    Event {
        key,
        occurred_at: at,
        recorded_at: at,
        entropy: [0; 16],
        kind,
    }
}
