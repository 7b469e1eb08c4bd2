//! Stories: a program, and what happens under it, as in `scenarios/`. What a merchant tries, the engine must
//! decide, whether time makes itself felt between the steps or not.

use crate::text;
use regulars_sim::scenario::{Clockwork, Scenario, run};

/// So many steps are told: each is decided up to four times.
const STEPS: usize = 60;

pub(crate) fn open(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let nowhere = |name: &str| crate::example::program(name).ok_or_else(|| "is nowhere".to_owned());
    let mut story = match Scenario::parse(text, &nowhere) {
        Ok(story) => story,
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(fault.line >= 1 && !fault.to_string().is_empty());
            }
            return;
        }
    };
    story.steps.truncate(STEPS);
    let lazy = run(&story, Clockwork::Lazy);
    let punctual = run(&story, Clockwork::Punctual);
    assert_eq!(
        (lazy.len(), punctual.len()),
        (story.steps.len(), story.steps.len())
    );
}
