//! The difference between two program files in words: which part came, went, or says something
//! else, and what it said before.
//!
//! Both texts were compiled, so both are TOML. They are compared as tables: a part is known by its
//! `id` (rules, tiers, rewards, cards) or by its name (points), so that moving it changes nothing
//! but the order, and comments and layout are no difference at all.

use regulars_engine::Program;
use std::collections::BTreeMap;
use toml_edit::{DocumentMut, Item, Table, Value};

/// Parts and what they say: `earn spend` / `give.beans` / `"1 per 1 EUR"`.
type Parts = BTreeMap<String, BTreeMap<String, String>>;

/// What a first version brings.
pub(super) fn first(program: &Program) -> Vec<String> {
    let mut words = vec![format!("the first program: {}", program.name)];
    words.extend(
        program
            .points
            .iter()
            .map(|it| format!("new: points {}", it.id)),
    );
    words.extend(
        program
            .rules
            .iter()
            .map(|it| format!("new: earn {}", it.id)),
    );
    words.extend(
        program
            .tiers
            .iter()
            .map(|it| format!("new: tier {}", it.id)),
    );
    words.extend(
        program
            .cards
            .iter()
            .map(|it| format!("new: card {}", it.id)),
    );
    words.extend(
        program
            .rewards
            .iter()
            .map(|it| format!("new: reward {}", it.id)),
    );
    words
}

/// What the new text says that the old did not, and the other way round.
pub(super) fn differences(old: &str, new: &str) -> Vec<String> {
    let (old, old_order) = parts(old);
    let (new, new_order) = parts(new);
    let mut words = Vec::new();
    for (part, says) in &new {
        let Some(said) = old.get(part) else {
            let each = says
                .iter()
                .map(|(field, value)| format!("{field} = {value}"));
            let all = each.collect::<Vec<_>>().join(", ");
            words.push(format!("new: {part} ({all})"));
            continue;
        };
        for (field, value) in says {
            match said.get(field) {
                None => words.push(format!("{part}: {field} = {value} (was not there)")),
                Some(before) if before != value => {
                    words.push(format!("{part}: {field} = {value} (was {before})"));
                }
                Some(_) => {}
            }
        }
        for (field, before) in said.iter().filter(|(field, _)| !says.contains_key(*field)) {
            words.push(format!("{part}: {field} is gone (was {before})"));
        }
    }
    let gone = old.keys().filter(|part| !new.contains_key(*part));
    words.extend(gone.map(|part| format!("gone: {part}")));
    let kept = |order: &[String], other: &Parts| -> Vec<String> {
        let in_both = order.iter().filter(|part| other.contains_key(*part));
        in_both.cloned().collect()
    };
    if kept(&old_order, &new) != kept(&new_order, &old) {
        words.push(format!("the order is now: {}", new_order.join(", ")));
    }
    words
}

/// The parts of a text, and those that have an order in it.
fn parts(text: &str) -> (Parts, Vec<String>) {
    let (mut parts, mut order) = (Parts::new(), Vec::new());
    let document: DocumentMut = text.parse().unwrap_or_default();
    for (name, item) in document.iter() {
        match item {
            Item::ArrayOfTables(tables) => {
                for (at, table) in tables.iter().enumerate() {
                    let id = table.get("id").and_then(Item::as_str);
                    let id = id.map_or_else(|| (at + 1).to_string(), str::to_owned);
                    let part = format!("{name} {id}");
                    order.push(part.clone());
                    let says = parts.entry(part).or_default();
                    fields(table, "", says);
                    says.remove("id");
                }
            }
            Item::Table(table) => {
                let named = table.iter().all(|(_, item)| item.is_table());
                if !named || table.is_empty() {
                    fields(table, "", parts.entry(name.to_owned()).or_default());
                    continue;
                }
                for (id, item) in table.iter() {
                    if let Item::Table(table) = item {
                        let says = parts.entry(format!("{name} {id}")).or_default();
                        fields(table, "", says);
                    }
                }
            }
            other => {
                let says = parts.entry("program".to_owned()).or_default();
                says.insert(name.to_owned(), shown(other));
            }
        }
    }
    (parts, order)
}

fn fields(table: &Table, before: &str, says: &mut BTreeMap<String, String>) {
    for (name, item) in table.iter() {
        let field = format!("{before}{name}");
        match item {
            Item::Table(inner) => fields(inner, &format!("{field}."), says),
            Item::Value(Value::InlineTable(inner)) => {
                for (name, value) in inner.iter() {
                    says.insert(format!("{field}.{name}"), bare(value));
                }
            }
            other => {
                says.insert(field, shown(other));
            }
        }
    }
}

fn shown(item: &Item) -> String {
    match item {
        Item::Value(value) => bare(value),
        Item::ArrayOfTables(tables) => {
            let each = tables.iter().map(|table| {
                let mut says = BTreeMap::new();
                fields(table, "", &mut says);
                let pairs = says
                    .iter()
                    .map(|(field, value)| format!("{field} = {value}"));
                format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
            });
            format!("[{}]", each.collect::<Vec<_>>().join(", "))
        }
        Item::Table(_) | Item::None => String::new(),
    }
}

/// A value without its comments and blanks.
fn bare(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            let each: Vec<String> = list.iter().map(bare).collect();
            format!("[{}]", each.join(", "))
        }
        Value::InlineTable(table) => {
            let pair = |(name, value): (&str, &Value)| format!("{name} = {}", bare(value));
            let each: Vec<String> = table.iter().map(pair).collect();
            format!("{{ {} }}", each.join(", "))
        }
        Value::String(text) => format!("\"{}\"", text.value()),
        Value::Integer(number) => number.value().to_string(),
        Value::Float(number) => number.value().to_string(),
        Value::Boolean(yes) => yes.value().to_string(),
        Value::Datetime(moment) => moment.value().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = r#"
[program]
name = "Café" # a comment
[points.beans]
expires = "12 months"
[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }
[[earn]]
id = "visit"
give = { beans = 5 }
"#;

    #[test]
    fn comments_and_layout_are_no_difference() {
        let new = OLD.replace("# a comment", "").replace(" = ", "=");
        assert_eq!(differences(OLD, &new), Vec::<String>::new());
    }

    #[test]
    fn what_changed_says_what_it_was() {
        let new = OLD
            .replace("1 per 1 EUR", "2 per 1 EUR")
            .replace("expires = \"12 months\"\n", "");
        assert_eq!(
            differences(OLD, &new),
            [
                "earn spend: give.beans = \"2 per 1 EUR\" (was \"1 per 1 EUR\")",
                "points beans: expires is gone (was \"12 months\")",
            ]
        );
    }

    #[test]
    fn parts_come_go_and_move() {
        let renamed = OLD.replace("id = \"visit\"", "id = \"review\"");
        assert_eq!(
            differences(OLD, &renamed),
            ["new: earn review (give.beans = 5)", "gone: earn visit"]
        );
        let (head, rules) = OLD.split_at(OLD.find("[[earn]]").expect("is there"));
        let second = rules[1..].find("[[earn]]").expect("is there") + 1;
        let moved = format!("{head}{}{}", &rules[second..], &rules[..second]);
        assert_eq!(
            differences(OLD, &moved),
            ["the order is now: earn visit, earn spend"]
        );
    }
}
