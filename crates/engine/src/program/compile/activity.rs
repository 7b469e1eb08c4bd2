//! What members do without buying.

use super::{Part, Root};
use crate::program::diagnostic::Wrong;
use crate::program::phrase;
use crate::program::reader::At;
use crate::program::{ActivityRule, FieldType};
use regulars_base::Name;

/// Reads `[activity.*]`.
pub(super) fn activities(root: &Root<'_>) -> Vec<ActivityRule> {
    root.parts("activity").iter().map(activity).collect()
}

fn activity(part: &Part<'_>) -> ActivityRule {
    let fields = part.node.get("fields");
    let mut declared = Vec::new();
    for (field, at) in fields.iter().flat_map(At::entries) {
        if let Err(wrong) = phrase::id(field) {
            at.error(wrong);
        }
        if ["name", "store"].contains(&field) {
            at.error(Wrong::new(
                format!("every activity has `{field}`"),
                "call the field something else",
            ));
        }
        let kind = match at.text() {
            Some("bool") => FieldType::Bool,
            Some("int") => FieldType::Int,
            Some("text") => FieldType::Text,
            _ => {
                at.error(Wrong::new(
                    format!("the type of `{field}` is none"),
                    "write `bool`, `int` or `text`",
                ));
                continue;
            }
        };
        declared.push((field.to_owned(), kind));
    }
    ActivityRule {
        id: part.id.to_owned(),
        name: Name::of(part.id),
        fields: declared,
    }
}
