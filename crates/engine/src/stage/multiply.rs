//! Factors: rules that multiply what others gave, and the tier's own.
//!
//! *"tuesday-beans" doubles, a campaign triples, the tier gives a quarter more. The program says
//! how they meet: `best` takes the largest for each line, `add` adds what each adds (x2 and x3 make
//! x4), `compound` multiplies one after the other (x6).*
//!
//! A factor is reckoned on the exact value of the rules that it names, before they were rounded,
//! and its part is rounded on its own.

use crate::outcome::Miss;
use crate::program::{Effect, Program, Stacking, Trigger};
use crate::stage::earn::{Finding, Piece, Scene, WHOLE, listening, matched};
use crate::stage::grant::{Award, Source};
use crate::state::{LineSet, Places, State};
use regulars_base::{Ratio, Rounding};

/// A factor that applies to some lines.
struct Factor<'p> {
    /// The rule's place; nothing for the tier's own.
    rule: Option<u16>,
    factor: Ratio,
    /// Which rules' points; nothing for all.
    of: Option<&'p [u16]>,
    /// Which points; nothing for all.
    points: Option<u16>,
    lines: LineSet,
    rounding: Rounding,
    /// What it adds, by points: place, exact fraction, and the lines that it adds to.
    parts: Vec<Part>,
}

struct Part {
    points: u16,
    num: i128,
    den: i128,
    lines: Places,
}

/// Finds what the factors add to `pieces`.
pub(crate) fn multiply(
    program: &Program,
    state: &State,
    scene: &Scene<'_>,
    trigger: Trigger,
    pieces: &[Piece],
    findings: &mut Vec<Finding>,
) {
    let mut factors = factors(program, state, scene, trigger, findings);
    if factors.is_empty() {
        return;
    }
    for piece in pieces {
        for (line, num) in piece.lines.iter().filter(|(_, num)| *num > 0) {
            stack(program.multiply, &mut factors, piece, *line, *num);
        }
    }
    for factor in factors {
        find(program, scene, factor, findings);
    }
}

/// The factors that hold, in the order of the file, the tier's last.
fn factors<'p>(
    program: &'p Program,
    state: &State,
    scene: &Scene<'_>,
    trigger: Trigger,
    findings: &mut Vec<Finding>,
) -> Vec<Factor<'p>> {
    let mut factors = Vec::new();
    for (place, rule) in listening(program, trigger) {
        let Effect::Times {
            factor,
            of,
            rounding,
        } = &rule.effect
        else {
            continue;
        };
        match matched(program, state, scene, rule) {
            Err(why) => findings.push(Finding::Missed { rule: place, why }),
            Ok(lines) => factors.push(Factor {
                rule: Some(place),
                factor: *factor,
                of: Some(of),
                points: None,
                lines,
                rounding: *rounding,
                parts: Vec::new(),
            }),
        }
    }
    let tier = program.tiers.get(scene.tier);
    for (points, factor) in tier.map_or(&[][..], |tier| &tier.earn) {
        factors.push(Factor {
            rule: None,
            factor: *factor,
            of: None,
            points: Some(*points),
            lines: LineSet::All,
            rounding: Rounding::Down,
            parts: Vec::new(),
        });
    }
    factors
}

impl Factor<'_> {
    fn applies(&self, piece: &Piece, line: u16) -> bool {
        self.of.is_none_or(|of| of.contains(&piece.rule))
            && self.points.is_none_or(|points| points == piece.points)
            && match &self.lines {
                LineSet::All => true,
                LineSet::Some(places) => places.binary_search(&line).is_ok(),
            }
    }

    /// What it adds to one: the factor less one, as a fraction.
    fn added(&self) -> (i128, i128) {
        (
            i128::from(self.factor.num() - self.factor.den()).max(0),
            i128::from(self.factor.den()),
        )
    }

    fn add(&mut self, points: u16, line: u16, num: i128, den: i128) {
        if num <= 0 {
            return;
        }
        let at = match self.parts.iter().position(|part| part.points == points) {
            Some(at) => at,
            None => {
                self.parts.push(Part {
                    points,
                    num: 0,
                    den: 1,
                    lines: Places::new(),
                });
                self.parts.len() - 1
            }
        };
        let part = &mut self.parts[at];
        (part.num, part.den) = sum((part.num, part.den), (num, den));
        if line != WHOLE && !part.lines.contains(&line) {
            part.lines.push(line);
        }
    }
}

/// Adds to each factor what it adds to one line of a piece.
fn stack(stacking: Stacking, factors: &mut [Factor<'_>], piece: &Piece, line: u16, num: i128) {
    let applies = |factor: &Factor<'_>| factor.applies(piece, line);
    match stacking {
        Stacking::Best => {
            let mut best: Option<usize> = None;
            for at in 0..factors.len() {
                let larger = |than: usize| larger(factors[at].factor, factors[than].factor);
                if applies(&factors[at]) && best.is_none_or(larger) {
                    best = Some(at);
                }
            }
            if let Some(at) = best {
                let (more, of) = factors[at].added();
                factors[at].add(piece.points, line, num.saturating_mul(more), piece.den * of);
            }
        }
        Stacking::Add => {
            for factor in factors.iter_mut().filter(|factor| applies(factor)) {
                let (more, of) = factor.added();
                factor.add(piece.points, line, num.saturating_mul(more), piece.den * of);
            }
        }
        Stacking::Compound => {
            let (mut num, mut den) = (num, piece.den);
            for factor in factors.iter_mut().filter(|factor| applies(factor)) {
                let (more, of) = factor.added();
                let part = reduced(num.saturating_mul(more), den.saturating_mul(of));
                factor.add(piece.points, line, part.0, part.1);
                (num, den) = sum((num, den), part);
            }
        }
    }
}

fn larger(a: Ratio, than: Ratio) -> bool {
    i128::from(a.num()) * i128::from(than.den()) > i128::from(than.num()) * i128::from(a.den())
}

/// Rounds what a factor added.
fn find(program: &Program, scene: &Scene<'_>, factor: Factor<'_>, findings: &mut Vec<Finding>) {
    let from = match (factor.rule, program.tiers.get(scene.tier)) {
        (Some(rule), _) => Source::Rule(rule),
        (None, Some(tier)) => Source::Tier(tier.name),
        (None, None) => return,
    };
    if let (Some(rule), true) = (factor.rule, factor.parts.is_empty()) {
        let better = program.multiply == Stacking::Best;
        let why = if better {
            Miss::Bettered
        } else {
            Miss::NothingToMultiply
        };
        findings.push(Finding::Missed { rule, why });
    }
    for mut part in factor.parts {
        let points = factor.rounding.divide_clamped(part.num, part.den);
        part.lines.sort_unstable();
        let lines = match scene.purchase() {
            Some(bought) if part.lines.len() < bought.lines.len() && !part.lines.is_empty() => {
                LineSet::Some(part.lines)
            }
            _ => LineSet::All,
        };
        let award = Award {
            from,
            points: part.points,
            basis: points,
            before: points,
            lines,
        };
        findings.push(Finding::Award(award));
    }
}

/// The sum of two fractions. Within the ranges that programs and purchases allow it is exact; what
/// would leave the range of `i128` is held at its end instead of wrapping round.
fn sum(a: (i128, i128), b: (i128, i128)) -> (i128, i128) {
    // Lowest terms cost many divisions, so they are only looked for where numbers grow.
    const LARGE: i128 = 1 << 40;
    if a.1 == b.1 {
        return (a.0.saturating_add(b.0), a.1);
    }
    if a.0 == 0 {
        return b;
    }
    let (a, b) = match a.1.max(b.1) {
        ..LARGE => (a, b),
        _ => (reduced(a.0, a.1), reduced(b.0, b.1)),
    };
    let num =
        a.0.saturating_mul(b.1)
            .saturating_add(b.0.saturating_mul(a.1));
    (num, a.1.saturating_mul(b.1))
}

fn reduced(num: i128, den: i128) -> (i128, i128) {
    let (mut a, mut b) = (num, den);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let common = a.abs().max(1);
    (num / common, den / common)
}
