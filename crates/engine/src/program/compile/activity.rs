//! What members do without buying.

use super::shop::Shop;
use super::{Part, Root};
use crate::program::diagnostic::{Wrong, listed};
use crate::program::engagement::LAPSES;
use crate::program::file::FIELD;
use crate::program::phrase;
use crate::program::reader::{At, Node};
use crate::program::{
    ActivityRule, Again, FieldCheck, FieldType, Moderation, Once, TooOften, Withdrawal,
};
use regulars_base::CivilDay;

/// Reads `[activity.*]`.
pub(super) fn activities(root: &Root<'_>, shop: &Shop) -> Vec<ActivityRule> {
    let parts = root.parts("activity");
    parts.iter().map(|part| activity(part, shop)).collect()
}

fn activity(part: &Part<'_>, shop: &Shop) -> ActivityRule {
    let node = &part.node;
    let word = |name: &str| node.get(name).and_then(|at| at.text());
    let mut rule = ActivityRule {
        of_purchase: node.has("of"),
        consent: word("consent").map(|word| match word {
            "take back" => Withdrawal::TakeBack,
            _ => Withdrawal::Keep,
        }),
        too_often: match word("too_often") {
            Some("refused") => TooOften::Refused,
            _ => TooOften::EarnsNothing,
        },
        apart_minutes: node.get("apart").and_then(|at| at.read(phrase::minutes)),
        ..ActivityRule::undeclared(part.id)
    };
    implied(&mut rule);
    let implied = rule.fields.len();
    for (id, at) in node.get("fields").iter().flat_map(At::entries) {
        if let Err(wrong) = phrase::id(id) {
            at.error(wrong);
        }
        let known = ["name", "store"].contains(&id);
        if known || rule.fields[..implied].iter().any(|(own, _)| own == id) {
            at.error(Wrong::new(
                format!("every such activity has `{id}`"),
                "call the field something else",
            ));
        }
        if let Some((kind, check)) = field(&at, id, shop) {
            rule.fields.push((id.to_owned(), kind));
            rule.checks.push(check);
        }
    }
    rule.once = once(node, &rule);
    rule.moderation = moderation(node);
    let contradicts = |field: &str, message: &str, hint: &str| {
        if node.has(field) {
            let wrong = Wrong::new(message, hint);
            node.source().error(node.key(field), wrong);
        }
    };
    if rule.consent.is_some() {
        let message = "a consent pays once ever, when it is given";
        for field in ["once_per", "apart", "too_often", "moderated", "of"] {
            contradicts(field, message, "leave it out, or leave out `consent`");
        }
    }
    if rule.once.is_none() && rule.apart_minutes.is_none() && rule.consent.is_none() {
        let message = "nothing says how often it may come";
        contradicts("too_often", message, "add `apart` or `once_per`");
    }
    if !node.has("once_per") {
        let message = "nothing says what comes once in such a period";
        contradicts("once_every", message, "add `once_per`");
    }
    rule
}

/// The fields that it has because of what it is.
fn implied(rule: &mut ActivityRule) {
    let check = FieldCheck {
        needed: true,
        least: Some(1),
        ..FieldCheck::default()
    };
    let mut has = |field: &str, kind, check: &FieldCheck| {
        rule.fields.push((field.to_owned(), kind));
        rule.checks.push(check.clone());
    };
    if rule.of_purchase {
        has("order", FieldType::Text, &check);
        has("product", FieldType::Text, &check);
    }
    if rule.consent.is_some() {
        let yes_or_no = FieldCheck {
            needed: true,
            ..FieldCheck::default()
        };
        has("given", FieldType::Bool, &yes_or_no);
        for field in ["channel", "origin", "version"] {
            has(field, FieldType::Text, &check);
        }
    }
}

/// Reads the type of a field, and what its value must be.
fn field(at: &At<'_>, id: &str, shop: &Shop) -> Option<(FieldType, FieldCheck)> {
    let kind = |word: &str| match word {
        "bool" => FieldType::Bool,
        "int" => FieldType::Int,
        "decimal" => FieldType::Decimal,
        "money" => FieldType::Money,
        "writing" => FieldType::Writing,
        "day" => FieldType::Day,
        _ => FieldType::Text,
    };
    if let Some(word) = at.text() {
        return Some((kind(word), FieldCheck::default()));
    }
    let Some(node) = at.node(&FIELD) else {
        at.error(Wrong::new(
            format!("the type of `{id}` is none"),
            "write `int`, `text` ... or a table such as `{ type = \"int\", least = 1 }`",
        ));
        return None;
    };
    let kind = kind(node.get("type")?.text()?);
    let bound = |name: &str| node.get(name).and_then(|at| bound(&at, kind, shop));
    let choices = node.get("one_of").map(|list| list.list());
    let choice = |at: &At<'_>| at.text().map(str::to_owned);
    let check = FieldCheck {
        needed: node.get("needed").and_then(|at| at.flag()).unwrap_or(false),
        least: bound("least"),
        most: bound("most"),
        choices: choices.iter().flatten().filter_map(choice).collect(),
    };
    if let (Some(least), Some(most), Some(at)) = (check.least, check.most, node.get("most"))
        && least > most
    {
        at.error(Wrong::new(
            "nothing is at least `least` and at most `most`",
            "correct one of the two",
        ));
    }
    if let Some(at) = node.get("one_of") {
        if kind != FieldType::Text {
            at.error(Wrong::new(
                "only texts are chosen from a list",
                "write `type = \"text\"`, or use `least` and `most`",
            ));
        } else if check.choices.is_empty() {
            at.error(Wrong::new(
                "there is nothing to choose from",
                "name the texts that it may be, or leave it out",
            ));
        }
    }
    Some((kind, check))
}

/// Reads `least` or `most`, in the smallest unit of the field.
fn bound(at: &At<'_>, kind: FieldType, shop: &Shop) -> Option<i64> {
    let hint = match kind {
        FieldType::Bool => "yes or no has no bounds: leave it out",
        FieldType::Day => "write a day such as `2025-03-01`",
        FieldType::Decimal => "write a number with at most three decimals",
        FieldType::Money => "write an amount with the decimals of the currency",
        _ => "write a whole number",
    };
    let read = |text: &str| -> Option<i64> {
        match kind {
            FieldType::Bool => None,
            FieldType::Day => {
                let day: CivilDay = text.parse().ok()?;
                Some(day.number().into())
            }
            kind => {
                let decimals = kind.decimals(shop.currency?);
                let (sign, size) = match text.strip_prefix('-') {
                    Some(size) => (-1, size),
                    None => (1, text),
                };
                let size = phrase::Decimal::parse(size)?.scaled(decimals.into())?;
                Some(sign * size)
            }
        }
    };
    at.read(|text| read(text).ok_or_else(|| Wrong::new(format!("`{text}` is no bound here"), hint)))
}

/// Reads `once_per` and `once_every`.
fn once(node: &Node<'_>, rule: &ActivityRule) -> Option<Once> {
    let at = node.get("once_per")?;
    let per = at.text()?.to_owned();
    let mut known: Vec<&str> = rule.fields.iter().map(|(id, _)| id.as_str()).collect();
    known.push("store");
    if !known.contains(&per.as_str()) {
        at.error(Wrong::new(
            format!("it has no field `{per}`"),
            format!("name one of {}", listed(&known)),
        ));
    }
    let again = match node.get("once_every") {
        None => Again::Never,
        Some(at) => match phrase::period(at.text()?) {
            Some(period) => Again::Each(period),
            None => Again::After(at.read(phrase::length)?),
        },
    };
    Some(Once { per, again })
}

/// Reads `moderated` and `lapses`.
fn moderation(node: &Node<'_>) -> Option<Moderation> {
    let moderated = node.get("moderated").and_then(|at| at.flag());
    let lapses = node.get("lapses");
    if moderated != Some(true) {
        if let Some(at) = lapses {
            at.error(Wrong::new(
                "nothing waits that could lapse",
                "add `moderated = true`, or leave it out",
            ));
        }
        return None;
    }
    let lapses = lapses.and_then(|at| at.read(phrase::length));
    Some(Moderation {
        lapses: lapses.unwrap_or(LAPSES),
    })
}
