//! What becomes of members when this version takes over.

use super::{Body, Form, Section, Shape, Table, or};

pub(super) const CHANGEOVER_SECTION: Section = Section {
    key: "changeover",
    form: Form::Once,
    body: Body::Fields(&CHANGEOVER),
    doc: "What becomes of members at the moment when this version of the program takes over from the one \
          before. Everybody's tier is looked at then, so that a tier that is new or takes less is filled \
          at once. A tier that takes more than before is taken from nobody before its end. To keep \
          the members of a tier that you give up, leave it in the file and add `closed = true`.",
    example: r#"[changeover]
removed_tiers = "one tier down"
old_points    = "keep their dates""#,
};

/// What becomes of members at a changeover.
pub const CHANGEOVER: Table = Table {
    name: "what becomes of members at a changeover",
    others: None,
    fields: &[
        or(
            "removed_tiers",
            Shape::Choice(&[
                (
                    "one tier down",
                    "they land in the next lower tier that is left, or higher if their figures reach more",
                ),
                (
                    "the tier they reach",
                    "they land where their figures are enough",
                ),
            ]),
            "\"one tier down\"",
            "Where members of a tier land that this version does not have any more.",
        ),
        or(
            "old_points",
            Shape::Choice(&[
                ("keep their dates", "they lapse when they would have"),
                (
                    "by their age",
                    "they lapse as if this version had been in force when they were earned; what would \
                     have lapsed by then lapses at once. Where both versions do not count alike, their \
                     age is not known, and they count anew",
                ),
                (
                    "count anew",
                    "they lapse as if they were earned at the changeover",
                ),
            ]),
            "\"keep their dates\"",
            "What becomes of points that members have, where this version lets points live for another time.",
        ),
    ],
};
