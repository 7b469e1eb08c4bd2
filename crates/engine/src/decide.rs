//! `decide` and `step`: the order of the stages, and all control flow.

use crate::event::Event;
use crate::outcome::Outcome;
use crate::program::Program;
use crate::state::State;

/// Decides an event and moves the state: the hot path. `out` is cleared first and keeps its
/// memory. Total: what the event may not do is a refusal in `out`.
pub fn step(_program: &Program, _state: &mut State, _event: &Event, out: &mut Outcome) {
    out.clear();
}

/// Decides an event on a copy of the state: for previews.
pub fn decide(program: &Program, state: &State, event: &Event) -> Outcome {
    let mut out = Outcome::default();
    step(program, &mut state.clone(), event, &mut out);
    out
}
