//! What somebody at the command line does for a member: an event of its own, and what came of it.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::Open;
use crate::print::Print;
use regulars_app::Receipt;
use regulars_base::{EventKey, Text};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::words;
use regulars_server::view;

/// What was written behind a flag.
pub(crate) fn text(flag: &str, written: &str) -> anyhow::Result<Text> {
    Text::new(written).map_err(|error| {
        let advice = "write a few words on one line";
        Failure::new(format!("{flag}: {error}"), advice).into()
    })
}

/// What was written, where it says by itself what it is.
pub(crate) fn one_line(written: &str) -> anyhow::Result<Text> {
    Text::new(written).map_err(|error| {
        let what = format!("`{written}` {error}");
        Failure::new(what, "write at most 255 bytes on one line").into()
    })
}

/// The key of an event of this kind: each call is an event of its own.
pub(crate) fn key(open: &Open, kind: &str) -> anyhow::Result<EventKey> {
    let id = format!("{kind}-{}", open.app.now().micros());
    Ok(EventKey {
        source: text("source", "command-line")?,
        external_id: text("id", &id)?,
    })
}

/// Says what came of it: the reasons, or why not.
pub(crate) fn tell(receipt: &Receipt, print: &Print) -> anyhow::Result<Answer> {
    print.json(&view::receipt(receipt))?;
    match &receipt.verdict {
        Verdict::Refused(refusal) => {
            let why = words::refusal(&receipt.program, refusal);
            print.line(format!("Refused: {why}."));
            Ok(Answer::No)
        }
        Verdict::Accepted => {
            for reason in receipt.reasons() {
                print.line(reason);
            }
            Ok(Answer::Yes)
        }
    }
}
