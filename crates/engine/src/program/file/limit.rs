//! What a rule, a card or a reward never passes.

use super::{Shape, Table, or};

/// What a rule, a card or a reward never passes.
pub const LIMIT: Table = Table {
    name: "a limit",
    others: Some(Shape::Amount),
    fields: &[
        or(
            "times",
            Shape::Whole(1, i64::MAX),
            "not counted by times",
            "So often. Instead of it, an id of points with a number: `beans = 200`.",
        ),
        or(
            "per",
            Shape::Choice(&[
                ("order", "each order (or visit ...) on its own"),
                ("member", "each member"),
                ("program", "all members together: a budget"),
            ]),
            "\"member\"",
            "Whom it counts.",
        ),
        or(
            "every",
            Shape::Choice(&[
                ("day", "midnight to midnight"),
                ("week", "Monday to Sunday"),
                ("month", "a month of the calendar"),
                ("quarter", "a quarter of the calendar"),
                ("half-year", "January to June, July to December"),
                ("year", "a year of the calendar"),
            ]),
            "for ever",
            "After which it begins anew.",
        ),
        or(
            "tiers",
            Shape::Map(&Shape::Amount),
            "the same for all",
            "So much instead for members of these tiers and of higher ones: `{ gold = 5 }`. Counts what the limit counts.",
        ),
    ],
};
