//! Rules, and how they combine.

use super::channel;
use super::limit::{Owner, limits};
use super::partner;
use super::{Ctx, Part, all};
use crate::program::condition::{Condition, Scope, Subject};
use crate::program::diagnostic::Wrong;
use crate::program::file::{BASE, EXCEPT};
use crate::program::phrase;
use crate::program::reader::{At, Node, find, find_at};
use crate::program::{
    Base, Effect, Exclusion, FieldType, Formula, Gift, Limit, LimitScope, Recipient, Rule,
    Selection, Stacking, Trigger,
};
use regulars_base::{Name, Ratio, Rounding, Timestamp};

/// Reads `[[earn]]`.
pub(super) fn rules(ctx: &Ctx<'_>) -> Option<Vec<Rule>> {
    let parts = ctx.root.parts("earn");
    let drafts: Vec<Draft> = parts.iter().map(|part| draft(ctx, part)).collect();
    let read = parts
        .iter()
        .enumerate()
        .map(|(place, part)| rule(ctx, part, place, &drafts));
    all(read.collect())
}

/// What other rules may ask of a rule before all of it is read.
struct Draft {
    trigger: Option<Trigger>,
    /// Whether it says that it gives, with faults or without.
    gives: bool,
    gifts: Vec<Gift>,
    flat: bool,
    to: Recipient,
}

fn draft(ctx: &Ctx<'_>, part: &Part<'_>) -> Draft {
    let gifts = gifts(ctx, &part.node);
    let plain = !gifts.is_empty()
        && gifts
            .iter()
            .all(|gift| matches!(gift.formula, Formula::Fixed(_)));
    let flat = part.node.get("flat").and_then(|at| at.flag());
    Draft {
        trigger: trigger(ctx, &part.node),
        gives: part.node.has("give"),
        flat: flat.unwrap_or(plain),
        to: channel::recipient(&part.node),
        gifts,
    }
}

fn rule(ctx: &Ctx<'_>, part: &Part<'_>, place: usize, drafts: &[Draft]) -> Option<Rule> {
    let node = &part.node;
    let own = &drafts[place];
    let (from, until) = window(ctx, node);
    let when = node.get("when").map(|at| condition(ctx, &at, own.trigger));
    let effect = match (node.has("give"), node.has("times")) {
        (true, false) => give(node, own),
        (false, true) => times(ctx, node, own.trigger, drafts),
        (true, true) => {
            let wrong = Wrong::new(
                "a rule gives or multiplies, not both",
                "make it two rules: one with `give`, one with `times`",
            );
            node.source().error(node.key("times"), wrong);
            None
        }
        (false, false) => {
            node.error(Wrong::new(
                "the rule does nothing",
                "add `give = { ... }` or `times = 2`",
            ));
            None
        }
    };
    channel::for_staff(node, own.to, own.trigger);
    let points = match &effect {
        Some(Effect::Times { of, .. }) => {
            let of = of
                .iter()
                .filter_map(|place| drafts.get(usize::from(*place)));
            of.flat_map(|draft| draft.gifts.iter().map(|gift| gift.points))
                .collect()
        }
        _ => own
            .gifts
            .iter()
            .map(|gift| gift.points)
            .collect::<Vec<u16>>(),
    };
    let owner = Owner {
        kind: "rule",
        id: part.id,
        points: &points,
    };
    Some(Rule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        on: own.trigger?,
        to: own.to,
        from,
        until,
        partners: partner::only_at(ctx, node),
        funder: partner::funding(ctx, node),
        limits: no_budget(node, own.trigger, limits(ctx, node, &owner)),
        apart_minutes: node.get("apart").and_then(|at| at.read(phrase::minutes)),
        except: exclusion(node),
        when: match when {
            Some(condition) => Some(condition?),
            None => None,
        },
        effect: effect?,
    })
}

/// What comes by itself draws on nothing that all members share: nobody asks for it beforehand.
fn no_budget(node: &Node<'_>, on: Option<Trigger>, limits: Vec<Limit>) -> Vec<Limit> {
    let by_itself = matches!(on, Some(Trigger::Birthday | Trigger::Anniversary));
    if by_itself && limits.iter().any(|limit| limit.per == LimitScope::Program) {
        let wrong = Wrong::new(
            "what comes by itself has no limit for all members together",
            "limit it per member",
        );
        node.source().error(node.key("limit"), wrong);
    }
    limits
}

/// Reads `on`.
pub(super) fn trigger(ctx: &Ctx<'_>, node: &Node<'_>) -> Option<Trigger> {
    let Some(at) = node.get("on") else {
        return (!node.has("on")).then_some(Trigger::Purchase);
    };
    match at.text()? {
        "purchase" => Some(Trigger::Purchase),
        "enrolment" => Some(Trigger::Enrolment),
        "visit" => Some(Trigger::Activity(Name::of("visit"))),
        "anniversary" => Some(Trigger::Anniversary),
        "birthday" if !ctx.root.parts("birthday").is_empty() => Some(Trigger::Birthday),
        "profile" if !ctx.root.parts("profile").is_empty() => {
            Some(Trigger::Activity(Name::of("profile")))
        }
        "sell_through" if !ctx.root.parts("sell_through").is_empty() => Some(Trigger::SellThrough),
        own @ ("birthday" | "profile" | "sell_through") => {
            at.error(Wrong::new(
                format!("the program says nothing of a {own}"),
                format!("add the section [{own}]"),
            ));
            None
        }
        other if ctx.names.activities.iter().any(|id| id == other) => {
            Some(Trigger::Activity(Name::of(other)))
        }
        other => {
            let mut known = vec![
                "purchase",
                "enrolment",
                "visit",
                "profile",
                "birthday",
                "anniversary",
                "sell_through",
            ];
            known.extend(ctx.names.activities.iter().map(String::as_str));
            let hint = crate::program::diagnostic::did_you_mean(other, &known);
            at.error(Wrong {
                message: format!("nothing is called `{other}`"),
                hint: hint.map(|hint| {
                    format!("{hint}, or declare [activity.{other}]").replace("?,", "?")
                }),
            });
            None
        }
    }
}

/// Reads `from` and `until`.
pub(super) fn window(ctx: &Ctx<'_>, node: &Node<'_>) -> (Option<Timestamp>, Option<Timestamp>) {
    let zone = &ctx.shop.zone;
    let from = node
        .get("from")
        .and_then(|at| at.read(|text| phrase::from(text, zone)));
    let until = node
        .get("until")
        .and_then(|at| at.read(|text| phrase::until(text, zone)));
    if let (Some(begin), Some(end), Some(at)) = (from, until, node.get("until"))
        && end <= begin
    {
        at.warn(Wrong::new(
            "this never counts: it ends before it begins",
            "correct `from` or `until`",
        ));
    }
    (from, until)
}

/// What conditions may ask when a field of the profile was filled.
static PROFILE_FIELDS: std::sync::LazyLock<[(String, FieldType); 2]> =
    std::sync::LazyLock::new(|| {
        [
            ("field".to_owned(), FieldType::Text),
            ("left".to_owned(), FieldType::Int),
        ]
    });

/// Reads a condition.
pub(super) fn condition(ctx: &Ctx<'_>, at: &At<'_>, trigger: Option<Trigger>) -> Option<Condition> {
    let subject = match trigger? {
        Trigger::Purchase | Trigger::SellThrough => Subject::Purchase,
        Trigger::Enrolment | Trigger::Birthday | Trigger::Anniversary => Subject::Enrolment,
        Trigger::Activity(name) if name == Name::of("profile") => {
            Subject::Activity(&PROFILE_FIELDS[..])
        }
        Trigger::Activity(name) => {
            let declared = ctx.activities.iter().find(|activity| activity.name == name);
            Subject::Activity(declared.map_or(&[], |activity| &activity.fields))
        }
    };
    let scope = Scope {
        subject,
        currency: ctx.shop.currency?,
        tiers: &ctx.names.tiers,
        plans: &ctx.names.plans,
        partners: &ctx.names.partners,
        attributes: &ctx.attributes,
    };
    match Condition::compile(at.text()?, &scope) {
        Ok(condition) => {
            if condition.never() {
                at.warn(Wrong::new(
                    "this condition never holds",
                    "correct it, or leave the rule out",
                ));
            }
            Some(condition)
        }
        Err(faults) => {
            for fault in faults {
                let wrong = Wrong {
                    message: fault.message,
                    hint: fault.hint,
                };
                at.source().error(at.inside(fault.offset), wrong);
            }
            None
        }
    }
}

/// Reads `give`.
fn gifts(ctx: &Ctx<'_>, node: &Node<'_>) -> Vec<Gift> {
    let mut gifts = Vec::new();
    let Some(give) = node.get("give") else {
        return gifts;
    };
    for (key, at) in give.entries() {
        let known = &ctx.names.points;
        let place = find_at(at.source(), give.key(key), "kind of points", key, known);
        let (Some(place), Some(currency)) = (place, ctx.shop.currency) else {
            continue;
        };
        let decimals = ctx.names.decimals.get(usize::from(place)).copied();
        if at.written().is_none() {
            at.error(Wrong::new(
                format!("what `{key}` gets is neither a number nor text"),
                format!("write `{key} = \"1 per 1 {currency}\"` or `{key} = 20`"),
            ));
        }
        let parse = |text: &str| phrase::gift(text, (decimals.unwrap_or(0), key), currency);
        if let Some(formula) = at.read(parse) {
            gifts.push(Gift {
                points: place,
                formula,
            });
        }
    }
    if give.entries().is_empty() {
        give.error(Wrong::new(
            "the rule gives nothing",
            "write points, as in `{ beans = 20 }`",
        ));
    }
    gifts
}

/// A rule that gives.
fn give(node: &Node<'_>, own: &Draft) -> Option<Effect> {
    if node.has("of") {
        let wrong = Wrong::new("`of` means nothing beside `give`", "it goes with `times`");
        node.source().error(node.key("of"), wrong);
    }
    let with_lines = |on| matches!(on, Trigger::Purchase | Trigger::SellThrough);
    let on_purchase = own.trigger.is_none_or(with_lines);
    let plain = |gift: &Gift| matches!(gift.formula, Formula::Fixed(_));
    if let Some(at) = node
        .get("give")
        .filter(|_| !on_purchase && !own.gifts.iter().all(plain))
    {
        at.error(Wrong::new(
            "only purchases have amounts, items and lines",
            "give a number alone, or listen to `purchase`",
        ));
    }
    let (rounding, round_per_line) = match node.get("round").and_then(|at| at.text()) {
        Some(text) => rounding(text),
        None => (Rounding::Down, false),
    };
    Some(Effect::Give {
        gifts: own.gifts.clone(),
        base: base(node),
        rounding,
        round_per_line,
        flat: own.flat,
    })
}

/// `half-up per line`.
fn rounding(text: &str) -> (Rounding, bool) {
    let (how, per) = text.split_once(' ').unwrap_or((text, ""));
    let how = match how {
        "up" => Rounding::Up,
        "half-up" => Rounding::HalfUp,
        "half-even" => Rounding::HalfEven,
        _ => Rounding::Down,
    };
    (how, per == "per line")
}

/// Reads `base`.
fn base(node: &Node<'_>) -> Base {
    let at = node.get("base");
    let table = at.and_then(|at| at.node(&BASE));
    let flag = |name: &str, absent: bool| {
        let flag = table
            .and_then(|table| table.get(name))
            .and_then(|at| at.flag());
        flag.unwrap_or(absent)
    };
    Base {
        tax: flag("tax", true),
        delivery: flag("delivery", at.and_then(|at| at.text()) == Some("total")),
        discounts: flag("discounts", false),
    }
}

/// Reads `except`.
fn exclusion(node: &Node<'_>) -> Exclusion {
    let table = node.get("except").and_then(|at| at.node(&EXCEPT));
    let texts = |name: &str| {
        let list = table.and_then(|table| table.get(name));
        let texts = list.map(|list| list.list());
        let owned = |at: &At<'_>| at.text().map(str::to_owned);
        texts.map(|texts| texts.iter().filter_map(owned).collect::<Vec<String>>())
    };
    Exclusion {
        category: texts("category").unwrap_or_default(),
        brand: texts("brand").unwrap_or_default(),
        sku: texts("sku").unwrap_or_default(),
        paid_by: texts("paid_by").unwrap_or_else(|| vec!["gift-card".into(), "points".into()]),
    }
}

/// A rule that multiplies.
fn times(
    ctx: &Ctx<'_>,
    node: &Node<'_>,
    trigger: Option<Trigger>,
    drafts: &[Draft],
) -> Option<Effect> {
    for field in ["base", "flat"].into_iter().filter(|field| node.has(field)) {
        let wrong = Wrong::new(
            format!("`{field}` means nothing beside `times`"),
            "it goes with `give`",
        );
        node.source().error(node.key(field), wrong);
    }
    let (rounding, per_line) = match node.get("round").and_then(|at| at.text()) {
        Some(text) => rounding(text),
        None => (Rounding::Down, false),
    };
    if let Some(at) = node.get("round").filter(|_| per_line) {
        at.error(Wrong::new(
            "a rule that multiplies rounds once for the order",
            "write `per order`",
        ));
    }
    let of = of(ctx, node, trigger, drafts);
    let at = node.get("times")?;
    let factor = at.read(factor)?;
    if factor == Ratio::ONE {
        at.warn(Wrong::new("times 1 changes nothing", "write 2 to double"));
    }
    Some(Effect::Times {
        factor,
        of: of?,
        rounding,
    })
}

/// A factor that is not below 1.
pub(super) fn factor(text: &str) -> Result<Ratio, Wrong> {
    let factor = phrase::ratio(text)?;
    if factor.num() < factor.den() {
        return Err(Wrong::new(
            format!("the factor {text} is below 1"),
            "a factor gives something on top: write 1 or more",
        ));
    }
    Ok(factor)
}

/// Reads `of`.
fn of(
    ctx: &Ctx<'_>,
    node: &Node<'_>,
    trigger: Option<Trigger>,
    drafts: &[Draft],
) -> Option<Vec<u16>> {
    let multiplied = |draft: &Draft| {
        draft.trigger == trigger && draft.gives && !draft.flat && draft.to == Recipient::Member
    };
    if !node.has("of") {
        let places = drafts
            .iter()
            .enumerate()
            .filter(|(_, draft)| multiplied(draft));
        let places: Vec<u16> = places
            .filter_map(|(place, _)| u16::try_from(place).ok())
            .collect();
        if places.is_empty() {
            node.error(Wrong::new(
                "there is no rule to multiply",
                "it takes a rule on the same event that is not flat",
            ));
        }
        return Some(places);
    }
    let list = node.get("of")?.list();
    let mut places = Vec::new();
    for at in &list {
        let Some(place) = find(at, "rule", at.text()?, &ctx.names.rules) else {
            continue;
        };
        let draft = &drafts[usize::from(place)];
        let wrong = if !draft.gives {
            Some("gives nothing itself")
        } else if draft.flat {
            Some("is flat, and flat gifts are never multiplied")
        } else if draft.to == Recipient::Staff {
            Some("gives to staff, which is never multiplied")
        } else if draft.trigger != trigger {
            Some("listens to something else")
        } else if places.contains(&place) {
            Some("stands there twice")
        } else {
            None
        };
        match wrong {
            Some(why) => at.error(Wrong::new(
                format!("rule `{}` {why}", at.text()?),
                "name rules on the same event that give and are not flat",
            )),
            None => places.push(place),
        }
    }
    if list.is_empty() {
        let wrong = Wrong::new("`of` names no rule", "leave it out to multiply all");
        node.source().error(node.key("of"), wrong);
    }
    places.sort_unstable();
    Some(places)
}

/// Reads `[combine]`.
pub(super) fn combine(ctx: &Ctx<'_>) -> (Selection, Stacking) {
    let parts = ctx.root.parts("combine");
    let get = |name: &str| parts.first().and_then(|part| part.node.get(name));
    let select = match get("give").and_then(|at| at.text()) {
        Some("best") => Selection::Best,
        Some("first") => Selection::First,
        _ => Selection::All,
    };
    let multiply = match get("multiply").and_then(|at| at.text()) {
        Some("add") => Stacking::Add,
        Some("compound") => Stacking::Compound,
        _ => Stacking::Best,
    };
    (select, multiply)
}
