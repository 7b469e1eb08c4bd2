//! `needs`: everything that a decision may see beside the wallet.

use crate::event::Event;
use crate::program::Program;
use crate::state::SharedKey;
use regulars_base::Text;

/// What to load for an event, beside the wallet itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The order's record: its number within the event's source.
    pub order: Option<Text>,
    /// Shared figures, sorted, each once.
    pub shared: Vec<SharedKey>,
}

/// What `event` asks for.
pub fn needs(_program: &Program, event: &Event) -> Needs {
    Needs {
        order: event.order().cloned(),
        shared: Vec::new(),
    }
}
