//! What members tell of themselves.

use super::Root;
use crate::program::diagnostic::Wrong;
use crate::program::phrase;
use crate::program::reader::At;
use crate::program::{BirthdayChange, BirthdayRule, Profile};
use regulars_base::{Name, Span};

/// Reads `[profile]`.
pub(super) fn profile(root: &Root<'_>) -> Profile {
    let mut profile = Profile::default();
    let parts = root.parts("profile");
    let Some(list) = parts.first().and_then(|part| part.node.get("fields")) else {
        return profile;
    };
    for at in list.list() {
        let Some(id) = at.text() else { continue };
        if let Err(wrong) = phrase::id(id) {
            at.error(wrong);
        }
        if profile.fields.iter().any(|(own, _)| own == id) {
            at.error(Wrong::new(
                format!("`{id}` stands there twice"),
                "name each field once",
            ));
            continue;
        }
        profile.fields.push((id.to_owned(), Name::of(id)));
    }
    if list.list().is_empty() {
        list.error(Wrong::new(
            "the profile has no fields",
            "name some, or leave the section out",
        ));
    }
    profile
}

/// Reads `[birthday]`.
pub(super) fn birthday(root: &Root<'_>) -> Option<BirthdayRule> {
    let parts = root.parts("birthday");
    let node = &parts.first()?.node;
    let word = |name: &str| node.get(name).and_then(|at| at.text());
    let days = |name: &str| {
        let at = node.get(name);
        at.and_then(|at| days(&at)).unwrap_or(0)
    };
    Some(BirthdayRule {
        change: match word("change") {
            Some("once") => BirthdayChange::Once,
            Some("once a year") => BirthdayChange::Yearly,
            Some("ever") => BirthdayChange::Ever,
            _ => BirthdayChange::Never,
        },
        notice_days: days("notice"),
        early_days: days("early"),
        leap_in_march: word("leap") == Some("1 march"),
    })
}

/// Days, fewer than a year has.
fn days(at: &At<'_>) -> Option<i32> {
    match at.read(phrase::length)? {
        Span::Days(days) if days <= 180 => Some(days),
        _ => {
            at.error(Wrong::new(
                "this is too long, or no number of days",
                "write 1 to 180 days",
            ));
            None
        }
    }
}
