//! Rules in words.

use super::{Aspect, Part, aspect, bounds, channel, of_money, partner, ratio, trigger};
use crate::program::words::{amount, minutes};
use crate::program::{
    Base, Effect, Exclusion, Formula, Funding, Gift, Program, Rule, Selection, Stacking,
};
use regulars_base::Rounding;

/// A rule.
pub(super) fn rule(program: &Program, rule: &Rule) -> Part {
    let mut aspects = vec![aspect("listens to", trigger(program, rule.on))];
    channel::to(&mut aspects, rule.to);
    match &rule.effect {
        Effect::Give {
            gifts,
            base,
            rounding,
            round_per_line,
            flat,
        } => {
            aspects.extend(gifts.iter().filter_map(|gift| given(program, gift)));
            aspects.push(aspect("counts", counted(*base)));
            let per = if *round_per_line { "line" } else { "order" };
            aspects.push(aspect("rounds", format!("{} per {per}", how(*rounding))));
            if *flat {
                aspects.push(aspect("is flat", ""));
            }
        }
        Effect::Times {
            factor,
            of,
            rounding,
        } => {
            let named = of
                .iter()
                .filter_map(|place| program.rules.get(usize::from(*place)));
            let named: Vec<String> = named.map(|rule| format!("`{}`", rule.id)).collect();
            aspects.push(aspect("multiplies by", ratio(*factor)));
            aspects.push(aspect("what is given by", named.join(", ")));
            aspects.push(aspect("rounds", how(*rounding)));
        }
    }
    if let Some(when) = &rule.when {
        aspects.push(aspect("counts when", format!("`{}`", when.text)));
    }
    if let Some(apart) = rule.apart_minutes {
        aspects.push(aspect("gives again after", minutes(apart)));
    }
    excluded(&mut aspects, &rule.except);
    bounds(program, &mut aspects, (rule.from, rule.until), &rule.limits);
    partner::only_at(program, &mut aspects, &rule.partners);
    match rule.funder {
        Funding::Till => {}
        Funding::Operator => aspects.push(aspect("is paid for by", "the operator")),
        Funding::Partner(place) => {
            let funder = program.partners.get(usize::from(place));
            let id = funder.map_or("", |partner| &partner.id);
            aspects.push(aspect("is paid for by", format!("`{id}`")));
        }
    }
    Part {
        kind: "rule",
        id: rule.id.clone(),
        aspects,
    }
}

/// `2 beans per 1.00 EUR`.
fn given(program: &Program, gift: &Gift) -> Option<Aspect> {
    let points = program.points.get(usize::from(gift.points))?;
    let what = match gift.formula {
        Formula::PerAmount { points: n, per } => {
            format!("{} per {}", amount(points, n), of_money(program, per))
        }
        Formula::PerItem(n) => format!("{} per item", amount(points, n)),
        Formula::PerLine(n) => format!("{} per line", amount(points, n)),
        Formula::Fixed(n) => amount(points, n),
    };
    // Several kinds of points are several aspects.
    let verb = if program.points.len() == 1 {
        "gives".into()
    } else {
        format!("gives `{}`:", points.id)
    };
    Some(aspect(verb, what))
}

fn counted(base: Base) -> String {
    let mut words = vec!["goods"];
    if !base.tax {
        words.push("without tax");
    }
    if base.delivery {
        words.push("with delivery");
    }
    if base.discounts {
        words.push("before discounts");
    }
    words.join(" ")
}

/// A rounding in a word.
pub(super) const fn how(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::Down => "down",
        Rounding::Up => "up",
        Rounding::HalfUp => "half-up",
        Rounding::HalfEven => "half-even",
    }
}

fn excluded(aspects: &mut Vec<Aspect>, except: &Exclusion) {
    for (what, list) in [
        ("categories", &except.category),
        ("brands", &except.brand),
        ("products", &except.sku),
        ("what was paid by", &except.paid_by),
    ] {
        if !list.is_empty() {
            aspects.push(aspect(format!("leaves out {what}"), list.join(", ")));
        }
    }
}

/// How rules combine.
pub(super) fn combine(program: &Program) -> Part {
    let select = match program.select {
        Selection::All => "all that match",
        Selection::Best => "the best",
        Selection::First => "the first",
    };
    let multiply = match program.multiply {
        Stacking::Best => "the largest counts",
        Stacking::Add => "they add up",
        Stacking::Compound => "they compound",
    };
    Part {
        kind: "combining rules",
        id: String::new(),
        aspects: vec![
            aspect("of several rules give", select),
            aspect("of several factors", multiply),
        ],
    }
}
