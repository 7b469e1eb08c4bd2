//! Factors: rules that multiply what others gave, and the tier's and the plan's own.
//!
//! *"tuesday-beans" doubles, a campaign triples, the tier gives a quarter more. The program says
//! how they meet: `best` takes the largest for each line, `add` adds what each adds (x2 and x3 make
//! x4), `compound` multiplies one after the other (x6).*
//!
//! A factor is reckoned on the exact value of the rules that it names, before they were rounded,
//! and its part is rounded on its own.

use crate::outcome::Miss;
use crate::program::condition::Facts;
use crate::program::{Effect, Program, Stacking};
use crate::stage::earn::{Findings, Scene, matched};
use crate::stage::exact::WHOLE;
use crate::stage::grant::{Award, Source};
use crate::state::LineSet;
use regulars_base::{Ratio, Rounding};
use smallvec::SmallVec;

/// A factor that applies to some lines.
struct Factor<'p> {
    /// Whose factor it is.
    from: Source,
    factor: Ratio,
    /// Which rules' points; nothing for all.
    of: Option<&'p [u16]>,
    /// Which points; nothing for all.
    points: Option<u16>,
    lines: LineSet,
    rounding: Rounding,
    /// What it adds, by points: place, exact fraction, and the lines that it adds to.
    parts: SmallVec<[Part; 1]>,
}

/// Most events are multiplied by the tier alone, if by anything.
type Factors<'p> = SmallVec<[Factor<'p>; 2]>;

struct Part {
    points: u16,
    num: i128,
    den: i128,
    lines: LineSet,
}

/// One line of what a rule gave, exactly: `num / den` points.
#[derive(Clone, Copy)]
struct Piece<'a> {
    award: &'a Award<'a>,
    line: u16,
    num: i128,
    den: i128,
}

/// Finds what the factors (those of `rules`, and the tier's) add to what was found so far. Not
/// inlined: it is long, and what goes through the rules that give is quicker without it.
#[inline(never)]
pub(crate) fn multiply(
    program: &Program,
    facts: &Facts<'_>,
    scene: &Scene<'_>,
    rules: &[u16],
    findings: &mut Findings<'_, '_>,
) {
    let mut factors = Factors::new();
    hold(program, facts, scene, rules, findings, &mut factors);
    if factors.is_empty() {
        return;
    }
    for award in findings.awards.iter() {
        let Some(exact) = &award.exact else { continue };
        let den = exact.den(scene.purchase());
        let (mut named, mut count) = (None, 0);
        for factor in factors.iter_mut().filter(|factor| factor.names(award)) {
            (named, count) = (Some(factor), count + 1);
        }
        match named {
            None => continue,
            // The usual case, a tier: nothing to choose between line by line.
            Some(factor) if count == 1 && factor.lines == LineSet::All && !exact.is_fixed() => {
                let num = exact.sum(scene.purchase(), &award.lines);
                factor.add_to(award.points, &award.lines, num, den);
                continue;
            }
            Some(_) => {}
        }
        exact.each(scene.purchase(), &award.lines, |line, num| {
            let piece = Piece {
                award,
                line,
                num,
                den,
            };
            if num > 0 {
                stack(program.multiply, &mut factors, piece);
            }
        });
    }
    for factor in &factors {
        find(program, scene, factor, findings);
    }
}

/// The factors that hold, in the order of the file, the tier's and the plan's last.
fn hold<'p>(
    program: &'p Program,
    facts: &Facts<'_>,
    scene: &Scene<'_>,
    rules: &[u16],
    findings: &mut Findings<'_, '_>,
    factors: &mut Factors<'p>,
) {
    for place in rules.iter().copied() {
        let rule = &program.rules[usize::from(place)];
        let Effect::Times {
            factor,
            of,
            rounding,
        } = &rule.effect
        else {
            continue;
        };
        match matched(facts, scene, rule) {
            Err(why) => findings.miss(place, why),
            Ok(lines) => factors.push(Factor {
                from: Source::Rule(place),
                factor: *factor,
                of: Some(of),
                points: None,
                lines,
                rounding: *rounding,
                parts: SmallVec::new(),
            }),
        }
    }
    let tier = program.tiers.get(scene.tier);
    let of_tier = tier
        .iter()
        .map(|tier| (Source::Tier(tier.name), &tier.earn));
    let plan = scene.plan_rule(program);
    let of_plan = plan
        .iter()
        .map(|plan| (Source::Plan(plan.name), &plan.earn));
    let own = of_tier.chain(of_plan);
    for (from, (points, factor)) in
        own.flat_map(|(from, earn)| earn.iter().map(move |of| (from, of)))
    {
        factors.push(Factor {
            from,
            factor: *factor,
            of: None,
            points: Some(*points),
            lines: LineSet::All,
            rounding: Rounding::Down,
            parts: SmallVec::new(),
        });
    }
}

impl Factor<'_> {
    /// Whether it is a factor on what gave these points.
    fn names(&self, award: &Award<'_>) -> bool {
        let of_rule = |of: &[u16]| matches!(award.from, Source::Rule(rule) if of.contains(&rule));
        self.of.is_none_or(of_rule) && self.points.is_none_or(|points| points == award.points)
    }

    fn applies(&self, piece: &Piece<'_>) -> bool {
        self.names(piece.award) && self.lines.contains(piece.line)
    }

    /// What it adds to one: the factor less one, as a fraction.
    fn added(&self) -> (i128, i128) {
        (
            i128::from(self.factor.num() - self.factor.den()).max(0),
            i128::from(self.factor.den()),
        )
    }

    /// Adds what it adds to lines that come to `num / den`.
    fn add_to(&mut self, points: u16, lines: &LineSet, num: i128, den: i128) {
        let (more, of) = self.added();
        if let Some(part) = self.part(points, num.saturating_mul(more), den * of) {
            part.lines.add_all(lines);
        }
    }

    fn add(&mut self, points: u16, line: u16, num: i128, den: i128) {
        if let (Some(part), true) = (self.part(points, num, den), line != WHOLE) {
            part.lines.add(line);
        }
    }

    /// Adds `num / den` to the part of these points, if it is anything.
    fn part(&mut self, points: u16, num: i128, den: i128) -> Option<&mut Part> {
        if num <= 0 {
            return None;
        }
        let at = match self.parts.iter().position(|part| part.points == points) {
            Some(at) => at,
            None => {
                self.parts.push(Part {
                    points,
                    num: 0,
                    den: 1,
                    lines: LineSet::NONE,
                });
                self.parts.len() - 1
            }
        };
        let part = &mut self.parts[at];
        (part.num, part.den) = sum((part.num, part.den), (num, den));
        Some(part)
    }
}

/// Adds to each factor what it adds to one line of a piece.
fn stack(stacking: Stacking, factors: &mut [Factor<'_>], piece: Piece<'_>) {
    let applies = |factor: &Factor<'_>| factor.applies(&piece);
    let Piece {
        award, line, num, ..
    } = piece;
    let points = award.points;
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
                factors[at].add(points, line, num.saturating_mul(more), piece.den * of);
            }
        }
        Stacking::Add => {
            for factor in factors.iter_mut().filter(|factor| applies(factor)) {
                let (more, of) = factor.added();
                factor.add(points, line, num.saturating_mul(more), piece.den * of);
            }
        }
        Stacking::Compound => {
            let (mut num, mut den) = (num, piece.den);
            for factor in factors.iter_mut().filter(|factor| applies(factor)) {
                let (more, of) = factor.added();
                let part = reduced(num.saturating_mul(more), den.saturating_mul(of));
                factor.add(points, line, part.0, part.1);
                (num, den) = sum((num, den), part);
            }
        }
    }
}

fn larger(a: Ratio, than: Ratio) -> bool {
    i128::from(a.num()) * i128::from(than.den()) > i128::from(than.num()) * i128::from(a.den())
}

/// Rounds what a factor added.
fn find(
    program: &Program,
    scene: &Scene<'_>,
    factor: &Factor<'_>,
    findings: &mut Findings<'_, '_>,
) {
    let from = factor.from;
    if let (Source::Rule(rule), true) = (from, factor.parts.is_empty()) {
        let better = program.multiply == Stacking::Best;
        let why = if better {
            Miss::Bettered
        } else {
            Miss::NothingToMultiply
        };
        findings.miss(rule, why);
    }
    for part in &factor.parts {
        let points = factor.rounding.divide_clamped(part.num, part.den);
        if points <= 0 && !matches!(from, Source::Rule(_)) {
            // A rule says that it came to too little; a tier or a plan says nothing.
            continue;
        }
        let lines = match scene.purchase() {
            Some(bought) if part.lines.is_part_of(bought.lines.len()) => part.lines.clone(),
            _ => LineSet::All,
        };
        let award = Award {
            note: findings.next_note(),
            from,
            points: part.points,
            basis: points,
            before: points,
            lines,
            exact: None,
        };
        findings.award(award);
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
