//! Rules in words.

use super::told::{Told, plain};
use super::{Aspect, Part, aspect, bounds, channel, listens, part, partner};
use crate::program::words::language::{say, word};
use crate::program::{Base, Effect, Exclusion, Formula, Funding, Gift, Rule, Selection, Stacking};
use regulars_base::Rounding;

/// A rule.
pub(super) fn rule(to: Told<'_>, rule: &Rule) -> Part {
    let of_money = is_of_money(rule);
    let mut aspects = vec![listens(to, rule.on)];
    channel::to_whom(to, &mut aspects, rule.to);
    match &rule.effect {
        Effect::Give {
            gifts,
            base,
            rounding,
            round_per_line,
            flat,
        } => {
            aspects.extend(gifts.iter().filter_map(|gift| given(to, gift)));
            let counts = aspect(word!(to, "counts"), counted(to, *base));
            aspects.push(if of_money { counts } else { counts.inner() });
            let rounding = how(to, *rounding);
            let rounds = match round_per_line {
                true => say!(to, "{rounding} per line", rounding),
                false => say!(to, "{rounding} per order", rounding),
            };
            aspects.push(aspect(word!(to, "rounds"), rounds).inner());
            if *flat {
                let verb = match to.members {
                    true => word!(to, "is never multiplied"),
                    false => word!(to, "is flat"),
                };
                aspects.push(aspect(verb, ""));
            }
        }
        Effect::Times {
            factor,
            of,
            rounding,
        } => {
            let named = of
                .iter()
                .filter_map(|place| to.program.rules.get(usize::from(*place)));
            let named: Vec<String> = named.map(|rule| to.quoted(&rule.id)).collect();
            aspects.push(aspect(word!(to, "multiplies by"), to.ratio(*factor)));
            aspects.push(aspect(word!(to, "what is given by"), to.list(&named)));
            aspects.push(aspect(word!(to, "rounds"), how(to, *rounding)).inner());
        }
    }
    if let Some(when) = &rule.when {
        aspects.push(to.condition(word!(to, "counts when"), when));
    }
    if let Some(apart) = rule.apart_minutes {
        aspects.push(aspect(word!(to, "gives again after"), to.minutes(apart)));
    }
    excluded(to, &mut aspects, &rule.except, of_money);
    bounds(to, &mut aspects, (rule.from, rule.until), &rule.limits);
    partner::only_at(to, &mut aspects, &rule.partners);
    match rule.funder {
        Funding::Till => {}
        Funding::Operator => {
            let who = word!(to, "the operator");
            aspects.push(aspect(word!(to, "is paid for by"), who).inner());
        }
        Funding::Partner(place) => {
            let funder = to.program.partners.get(usize::from(place));
            let id = funder.map_or("", |partner| &partner.id);
            aspects.push(aspect(word!(to, "is paid for by"), format!("`{id}`")).inner());
        }
    }
    part(to, "rule", &rule.id, aspects)
}

/// Whether it gives for money.
fn is_of_money(rule: &Rule) -> bool {
    let by_amount = |gift: &Gift| matches!(gift.formula, Formula::PerAmount { .. });
    match &rule.effect {
        Effect::Give { gifts, .. } => gifts.iter().any(by_amount),
        Effect::Times { .. } => false,
    }
}

/// `2 beans per 1.00 EUR`.
fn given(to: Told<'_>, gift: &Gift) -> Option<Aspect> {
    let points = to.program.points.get(usize::from(gift.points))?;
    let what = match gift.formula {
        Formula::PerAmount { points: n, per } => say!(
            to,
            "{points} per {amount}",
            points = to.amount(points, n),
            amount = to.money(per)
        ),
        Formula::PerItem(n) => say!(to, "{points} per item", points = to.amount(points, n)),
        Formula::PerLine(n) => say!(to, "{points} per line", points = to.amount(points, n)),
        Formula::Fixed(n) => to.amount(points, n),
    };
    // Several kinds of points are several aspects, which the shop tells apart by their verbs.
    let verb = match to.members || to.program.points.len() == 1 {
        true => word!(to, "gives").to_owned(),
        false => say!(to, "gives `{points}`:", points = points.id),
    };
    Some(aspect(verb, what))
}

fn counted(to: Told<'_>, base: Base) -> String {
    let mut said = word!(to, "goods").to_owned();
    if !base.tax {
        said += word!(to, " without tax");
    }
    if base.delivery {
        said += word!(to, " with delivery");
    }
    if base.discounts {
        said += word!(to, " before discounts");
    }
    said
}

/// A rounding in a word.
pub(super) fn how(to: Told<'_>, rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::Down => word!(to, "down"),
        Rounding::Up => word!(to, "up"),
        Rounding::HalfUp => word!(to, "half-up"),
        Rounding::HalfEven => word!(to, "half-even"),
    }
}

fn excluded(to: Told<'_>, aspects: &mut Vec<Aspect>, except: &Exclusion, of_money: bool) {
    let list = |all: &[String]| match to.members {
        true => to.list(&all.iter().map(|own| plain(own)).collect::<Vec<_>>()),
        false => to.list(all),
    };
    for (verb, all) in [
        (word!(to, "leaves out categories"), &except.category),
        (word!(to, "leaves out brands"), &except.brand),
        (word!(to, "leaves out products"), &except.sku),
    ] {
        if !all.is_empty() {
            aspects.push(aspect(verb, list(all)));
        }
    }
    if !except.paid_by.is_empty() {
        let verb = word!(to, "leaves out what was paid by");
        let paid = aspect(verb, list(&except.paid_by));
        // Where nothing is given for money, it says nothing to members.
        aspects.push(if of_money { paid } else { paid.inner() });
    }
}

/// How rules combine.
pub(super) fn combine(to: Told<'_>) -> Part {
    let select = match to.program.select {
        Selection::All => word!(to, "all that match"),
        Selection::Best => word!(to, "the best"),
        Selection::First => word!(to, "the first"),
    };
    let multiply = match to.program.multiply {
        Stacking::Best => word!(to, "the largest counts"),
        Stacking::Add => word!(to, "they add up"),
        Stacking::Compound => word!(to, "they compound"),
    };
    let aspects = vec![
        aspect(word!(to, "of several rules give"), select),
        aspect(word!(to, "of several factors"), multiply),
    ];
    part(to, "combining rules", "", aspects)
}
