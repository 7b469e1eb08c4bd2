//! Fewest steps that still go wrong: a finding that somebody can read.

use crate::deed::Step;
use crate::storm::{Finding, Storm};
use crate::world::Fault;

/// How often it is tried at most.
const TRIES: usize = 600;

/// Leaves steps and events out, as long as something still goes wrong, whatever that is. What is left,
/// and what is found in it.
pub fn shrink(
    seed: u64,
    steps: Vec<Step>,
    finding: Finding,
    fault: Option<&Fault>,
) -> (Vec<Step>, Finding) {
    let mut own = Shrinking {
        seed,
        fault,
        left: TRIES,
        steps,
        finding,
    };
    own.steps.truncate(own.finding.step + 1);
    own.leave_out_members();
    while own.leave_out_steps() | own.leave_out_events() && own.left > 0 {}
    (own.steps, own.finding)
}

struct Shrinking<'f> {
    seed: u64,
    fault: Option<&'f Fault>,
    left: usize,
    steps: Vec<Step>,
    finding: Finding,
}

impl Shrinking<'_> {
    /// Whether these go wrong too; then they are what is left.
    fn still(&mut self, mut steps: Vec<Step>) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        match go_wrong(self.seed, &steps, self.fault) {
            Some(finding) => {
                steps.truncate(finding.step + 1);
                (self.steps, self.finding) = (steps, finding);
                true
            }
            None => false,
        }
    }

    /// Most findings are about one member.
    fn leave_out_members(&mut self) {
        let about = self
            .finding
            .what
            .split(|c: char| !c.is_ascii_digit() && c != '-');
        let mut about = about.filter_map(|word| word.strip_prefix('-')?.parse::<u32>().ok());
        let told = self
            .finding
            .what
            .split_once("member: ")
            .and_then(|(_, rest)| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.parse::<u32>().ok()
            });
        if let Some(member) = told.or_else(|| about.next()) {
            let keep = |step: &Step| match step {
                Step::Tell(door, told) => {
                    let own = told.iter().filter(|told| told.member == member);
                    let own: Vec<_> = own.cloned().collect();
                    (!own.is_empty()).then_some(Step::Tell(*door, own))
                }
                other => Some(other.clone()),
            };
            let steps = self.steps.iter().filter_map(keep).collect();
            self.still(steps);
        }
    }

    /// Whether any step could be left out: many at once first, then fewer.
    fn leave_out_steps(&mut self) -> bool {
        let mut any = false;
        let mut many = self.steps.len() / 2;
        while many > 0 {
            let mut at = 0;
            while at < self.steps.len() {
                let mut fewer = self.steps.clone();
                fewer.drain(at..(at + many).min(fewer.len()));
                if self.still(fewer) {
                    any = true;
                } else {
                    at += many;
                }
            }
            many /= 2;
        }
        any
    }

    /// Whether any event could be left out of those that are told at once.
    fn leave_out_events(&mut self) -> bool {
        let mut any = false;
        let mut at = 0;
        while at < self.steps.len() {
            let mut place = 0;
            while let Some(Step::Tell(door, told)) = self.steps.get(at) {
                if place >= told.len() || told.len() == 1 {
                    break;
                }
                let mut fewer = told.clone();
                fewer.remove(place);
                let mut steps = self.steps.clone();
                steps[at] = Step::Tell(*door, fewer);
                if self.still(steps) {
                    any = true;
                } else {
                    place += 1;
                }
            }
            at += 1;
        }
        any
    }
}

/// What is found in these steps, if anything.
pub fn go_wrong(seed: u64, steps: &[Step], fault: Option<&Fault>) -> Option<Finding> {
    let storm = Storm::new(seed, fault.cloned());
    let storm = storm.map_err(|what| Finding { step: 0, what });
    storm
        .and_then(|storm| storm.pass(steps.iter().cloned()))
        .err()
}
