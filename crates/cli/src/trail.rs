//! What is done to people and members on the command line stands in the audit trail, as what is done in the
//! console does.

use crate::flags::Open;
use regulars_app::{NewAct, Told};

/// As whom the trail names it: whoever sits at the database is none of the merchant's people.
pub(crate) const COMMAND_LINE: &str = "command-line";

/// Puts down what was done, by the name that the API has for it.
pub(crate) fn note(open: &Open, act: &str, target: String, told: Told) -> anyhow::Result<()> {
    let new = NewAct {
        actor: COMMAND_LINE.into(),
        act: act.into(),
        target,
        told: Told {
            name: COMMAND_LINE.into(),
            ..told
        },
    };
    Ok(open.app.note(open.id(), new)?)
}
