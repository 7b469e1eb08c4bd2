//! A back-test in parts: each process or machine decides wallets of its own, and what they came to is put
//! together, to the unit what one pass comes to.
//!
//! All read the same file and split it in the same way, so they need not know of each other. What wallets
//! share stands in the way: where budgets or stock were used up, it matters who came first, and that no part
//! knows.

use super::{
    Backtest, BacktestReport, InOnePiece, Read, assumptions_of, programs_of, run, threads_of, told,
};
use crate::{Error, ImportProgress};
use regulars_engine::Program;
use regulars_sim::replay::History;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

/// More parts than this nobody has machines for.
const MOST: usize = 1000;

/// Stands at the head of what a part came to; another one is of another version of it.
const FORM: u32 = 1;

/// Which share of all wallets: written `2/4`, the second of four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// From 0.
    pub(super) part: usize,
    pub(super) of: usize,
}

impl Share {
    /// All wallets.
    pub(super) const ALL: Self = Self { part: 0, of: 1 };
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (part, of) = text.split_once('/').unwrap_or((text, ""));
        match (part.parse::<usize>(), of.parse::<usize>()) {
            (Ok(part), Ok(of)) if 1 <= part && part <= of && of <= MOST => {
                Ok(Self { part: part - 1, of })
            }
            _ => Err(format!(
                "`{text}` is no share of the wallets; write PART/PARTS, as in 2/4, up to {MOST}"
            )),
        }
    }
}

/// What a part came to, as it is handed on.
#[derive(Serialize, Deserialize)]
struct Part {
    form: u32,
    share: Share,
    asked: Asked,
    read: Read,
    histories: Vec<History>,
}

/// What must be the same for all parts.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    programs: Vec<String>,
    until: Option<i32>,
    joining: Option<(String, u64)>,
}

impl Asked {
    fn of(ask: &Backtest) -> Self {
        let joining = ask.joining.as_ref();
        Self {
            programs: [Some(&ask.program), ask.against.as_ref()]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
            until: ask.until.map(|day| day.number()),
            joining: joining.map(|it| (it.plan.to_string(), it.per_mille)),
        }
    }
}

fn wrong(why: impl Into<String>) -> Error {
    Error::invalid("/part", why.into())
}

fn whole(why: InOnePiece) -> Error {
    wrong(format!(
        "this back-test cannot be split by wallet: {why}; run it without parts, on one machine"
    ))
}

/// Decides one share of all wallets. What comes back is for [`backtest_together`].
pub fn backtest_part(
    ask: &Backtest,
    share: Share,
    progress: &mut dyn FnMut(ImportProgress) -> bool,
) -> Result<Vec<u8>, Error> {
    let programs = programs_of(ask)?;
    if let Some(why) = InOnePiece::of(&programs) {
        return Err(whole(why));
    }
    let (read, histories) = run(ask, &programs, threads_of(ask), share, progress)?;
    // Of budgets only all parts together know.
    if let Some(why) = InOnePiece::after(&read, &histories, &programs) {
        return Err(whole(why));
    }
    let part = Part {
        form: FORM,
        share,
        asked: Asked::of(ask),
        read,
        histories,
    };
    written(&part)
}

fn written(part: &Part) -> Result<Vec<u8>, Error> {
    postcard::to_allocvec(part).map_err(|error| Error::Bug(error.to_string()))
}

/// Puts together what all parts came to.
pub fn backtest_together(ask: &Backtest, parts: &[Vec<u8>]) -> Result<BacktestReport, Error> {
    let started = Instant::now();
    let (programs, assumptions) = (programs_of(ask)?, assumptions_of(ask)?);
    let (read, histories) = joined(&Asked::of(ask), &programs, parts)?;
    if let Some(why) = InOnePiece::after(&read, &histories, &programs) {
        return Err(whole(why));
    }
    let mut report = told(ask, &programs, &read, histories, &assumptions)?;
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

fn joined(
    asked: &Asked,
    programs: &[Arc<Program>],
    parts: &[Vec<u8>],
) -> Result<(Read, Vec<History>), Error> {
    let mut sums: Vec<History> = programs.iter().map(|it| History::new(it)).collect();
    let mut read: Option<Read> = None;
    let mut missing: Option<Vec<bool>> = None;
    for (number, bytes) in (1..).zip(parts) {
        let part = read_part(number, bytes)?;
        if part.asked != *asked {
            return Err(wrong(format!(
                "file {number} was made with another program, day or plan; make all parts with the same"
            )));
        }
        if *read.get_or_insert_with(|| part.read.clone()) != part.read {
            return Err(wrong(format!(
                "file {number} was made of other orders than the first; make all parts of the same file"
            )));
        }
        let missing = missing.get_or_insert_with(|| vec![true; part.share.of]);
        // Parts of different splits overlap: wallets would count twice.
        let is_of_split = missing.len() == part.share.of && part.histories.len() == programs.len();
        let place = missing.get_mut(part.share.part);
        match place.filter(|missing| **missing && is_of_split) {
            Some(place) => *place = false,
            None => {
                return Err(wrong(format!(
                    "file {number} is a part that is there already, or of another split; name each part once"
                )));
            }
        }
        let both = sums.into_iter().zip(part.histories);
        sums = both.map(|(sum, of_part)| sum.merge(of_part)).collect();
    }
    let missing = missing.unwrap_or_default();
    if let Some(part) = missing.iter().position(|missing| *missing) {
        let (part, of) = (part + 1, missing.len());
        return Err(wrong(format!(
            "part {part}/{of} is missing; name the files of all parts"
        )));
    }
    let read = read.ok_or_else(|| wrong("no part is named; name the files of all parts"))?;
    Ok((read, sums))
}

fn read_part(number: usize, bytes: &[u8]) -> Result<Part, Error> {
    let no = || {
        wrong(format!(
            "file {number} is no part of a back-test of this version; make it anew with --part"
        ))
    };
    match postcard::take_from_bytes::<u32>(bytes) {
        Ok((FORM, _)) => postcard::from_bytes(bytes).map_err(|_| no()),
        _ => Err(no()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::compiled;

    #[test]
    fn a_share_is_one_of_several() {
        let share = |text: &str| text.parse::<Share>();
        assert_eq!(share("2/4"), Ok(Share { part: 1, of: 4 }));
        assert_eq!(share("1/1"), Ok(Share::ALL));
        for text in ["0/4", "5/4", "4", "a/b", "1/0", "1/1001", ""] {
            assert!(share(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_figure_of_a_part_is_lost_on_the_way() {
        let text = crate::LIBRARY[0].text();
        let programs = [compiled(text).expect("a program of the library compiles")];
        let asked = || Asked {
            programs: vec![text.to_owned()],
            until: None,
            joining: None,
        };
        let history = History {
            events: 7,
            lines: 11,
            refused: 5,
            rewards_refused: 3,
            duplicates: 2,
            ..History::new(&programs[0])
        };
        let part = Part {
            form: FORM,
            share: Share::ALL,
            asked: asked(),
            read: Read::default(),
            histories: vec![history.clone()],
        };
        let bytes = written(&part).expect("it is written");
        let (_, sums) = joined(&asked(), &programs, &[bytes]).expect("it is all of it");
        assert_eq!(sums, [history]);
    }
}
