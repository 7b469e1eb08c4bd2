//! What sorts of members there are.

use super::Root;
use crate::program::AttributeRule;
use crate::program::diagnostic::Wrong;
use crate::program::phrase;
use regulars_base::Name;

/// Reads `[attribute.*]`.
pub(super) fn attributes(root: &Root<'_>) -> Vec<AttributeRule> {
    let mut rules = Vec::new();
    for part in root.parts("attribute") {
        if let Err(wrong) = phrase::id(part.id) {
            root.source.error(part.id_at, wrong);
        }
        if part.id.contains('-') {
            let wrong = Wrong::new(
                format!("conditions cannot ask for `{}`", part.id),
                "write `_` instead of `-`",
            );
            root.source.error(part.id_at, wrong);
        }
        if ["tier", "plan", "years", "birthday_days"].contains(&part.id) {
            let wrong = Wrong::new(
                format!("`member.{}` is known without being declared", part.id),
                "give the attribute another name",
            );
            root.source.error(part.id_at, wrong);
        }
        let mut values: Vec<String> = Vec::new();
        for at in part.node.get("values").iter().flat_map(|at| at.list()) {
            match at.read(phrase::id) {
                Some(value) if values.contains(&value) => at.error(Wrong::new(
                    format!("the value `{value}` stands there twice"),
                    "leave one of them out",
                )),
                Some(value) => values.push(value),
                None => {}
            }
        }
        let is_day = part.node.get("kind").and_then(|at| at.text()) == Some("day");
        if is_day && part.node.has("values") {
            let wrong = Wrong::new(
                "the values of the attribute are days",
                "leave `values` out, or `kind`",
            );
            part.node.source().error(part.node.key("values"), wrong);
        }
        if !is_day && !part.node.has("values") {
            part.node.error(Wrong::new(
                "the attribute has no values",
                "say which it may have: `values = [\"retail\", \"trade\"]`, or `kind = \"day\"`",
            ));
        }
        if part.node.has("values") && values.is_empty() {
            let wrong = Wrong::new(
                "the attribute has no values",
                "say which it may have: `values = [\"retail\", \"trade\"]`",
            );
            part.node.source().error(part.node.key("values"), wrong);
        }
        rules.push(AttributeRule {
            id: part.id.to_owned(),
            name: Name::of(&format!("attribute {}", part.id)),
            values,
            is_day,
        });
    }
    rules
}
