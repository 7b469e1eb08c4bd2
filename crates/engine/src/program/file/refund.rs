//! What a refund does.

use super::{Body, Form, Section, Shape, Table, or};

pub(super) const REFUND_SECTION: Section = Section {
    key: "refund",
    form: Form::Once,
    body: Body::Fields(&REFUND),
    doc: "What happens to points when something comes back.",
    example: r#"[refund]
take_back     = "the share that came back"
already_spent = "go negative"
spent_points  = "give back with their old dates""#,
};

/// What a refund does.
pub const REFUND: Table = Table {
    name: "what a refund does",
    others: None,
    fields: &[
        or(
            "take_back",
            Shape::Choice(&[
                (
                    "the share that came back",
                    "of what each line earned, the share of it that came back",
                ),
                (
                    "only when all came back",
                    "everything, once all came back; nothing before",
                ),
                (
                    "what the rest would not earn",
                    "the rules are asked again for what the customer kept: a bonus for 50 EUR goes \
                     once less than that is left",
                ),
                ("nothing", "members keep what they earned"),
            ]),
            "\"the share that came back\"",
            "What is taken back of what was earned, from the very lots that it made.",
        ),
        or(
            "round",
            Shape::Choice(&[
                ("down", "in favour of the member"),
                ("up", "in favour of the program"),
                ("half-up", "to the nearest, a half upwards"),
                ("half-even", "to the nearest, a half to the even neighbour"),
            ]),
            "\"down\"",
            "How a share is rounded. What came back as a whole is always taken back to the last unit.",
        ),
        or(
            "already_spent",
            Shape::Choice(&[
                ("go negative", "the member owes them; the next points repay"),
                (
                    "stop at zero",
                    "the program bears them, and the books say so",
                ),
                (
                    "take pending points only",
                    "what is free stays with the member; the program bears the rest",
                ),
            ]),
            "\"go negative\"",
            "What if the points were spent already.",
        ),
        or(
            "lapsed",
            Shape::Choice(&[
                ("forgive", "nothing: they are gone already"),
                ("take back", "the same, from what there is"),
            ]),
            "\"forgive\"",
            "What if the points have lapsed meanwhile.",
        ),
        or(
            "spent_points",
            Shape::Choice(&[
                (
                    "give back with their old dates",
                    "in the share of the order that came back",
                ),
                (
                    "give back with new dates",
                    "as if they were earned on the day of the refund",
                ),
                (
                    "give back when all came back",
                    "with their old dates, and not before",
                ),
                ("keep", "they stay spent"),
            ]),
            "\"give back with their old dates\"",
            "What becomes of points that had paid for the order.",
        ),
        or(
            "tiers",
            Shape::Choice(&[
                (
                    "undo",
                    "the rise is undone, and its gifts with it, unless what is left was enough on some \
                     later day; a tier that was kept at the end of its time, or given by hand, stays",
                ),
                ("keep", "the tier is kept as long as it would have been"),
            ]),
            "\"undo\"",
            "What becomes of a tier that was reached with what comes back.",
        ),
        or(
            "window",
            Shape::Length,
            "\"12 months\"",
            "How long a used reward, and what a card or a tier gave, is remembered, so that a refund can \
             give it back, or take it back.",
        ),
    ],
};
