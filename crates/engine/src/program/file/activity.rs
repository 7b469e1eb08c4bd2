//! What members do without buying, and what they tell of themselves.

use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const ACTIVITY_SECTION: Section = Section {
    key: "activity",
    form: Form::Named,
    body: Body::Fields(&ACTIVITY),
    doc: "Something members do that is no purchase: a review, a check-in, an answer to a survey, a \
          consent. `visit` needs no declaration; everything else is declared here, with the fields \
          that conditions may ask about. What an event says beyond that, or otherwise, is refused.",
    example: r#"[activity.review]
fields    = { stars = { type = "int", least = 1, most = 5, needed = true }, words = { type = "writing", least = 50, needed = true } }
of        = "purchase"
once_per  = "product"
moderated = true
lapses    = "30 days"

[activity.check-in]
apart      = "2 hours"
once_per   = "store"
once_every = "day"

[activity.newsletter]
consent = "take back""#,
};

const TYPES: &[(&str, &str)] = &[
    ("bool", "yes or no"),
    ("int", "a whole number"),
    ("decimal", "a number with at most three decimals"),
    ("money", "an amount of the program's currency"),
    ("text", "words, at most 255 bytes"),
    (
        "writing",
        "a text of any length, of which only the number of characters is kept",
    ),
    ("day", "a day: `2025-03-01`"),
];

/// An activity.
pub const ACTIVITY: Table = Table {
    name: "an activity",
    others: None,
    fields: &[
        or(
            "fields",
            Shape::Map(&Shape::Either(&[
                Shape::Choice(TYPES),
                Shape::Table(&FIELD),
            ])),
            "none",
            "Its fields and their types. A field that an event leaves out is false, 0 or empty in \
             conditions.",
        ),
        or(
            "once_per",
            Shape::Id,
            "each time counts",
            "A field whose every value counts once for a member, or `store`: one review for each \
             product, one answer for each survey. At most 500 values are kept for a member; who comes \
             with more earns nothing with them.",
        ),
        or(
            "once_every",
            Shape::Either(&[
                Shape::Choice(&[
                    ("day", "once each day"),
                    ("week", "once each week"),
                    ("month", "once each month"),
                    ("quarter", "once each quarter"),
                    ("half-year", "once each half-year"),
                    ("year", "once each year"),
                ]),
                Shape::Length,
            ]),
            "once ever",
            "With `once_per`: each value counts once in each such period of the calendar. With a length such \
             as `90 days` or `12 months`, it counts again so long after the day on which it counted.",
        ),
        or(
            "apart",
            Shape::Phrase("^[0-9]+ (minutes?|hours?|days?|weeks?)$", "2 hours"),
            "no time",
            "At least so long from one that counts to the next.",
        ),
        or(
            "too_often",
            Shape::Choice(&[
                ("earns nothing", "it is written down, and earns nothing"),
                (
                    "refused",
                    "it is refused, with the moment from which it may come again",
                ),
            ]),
            "\"earns nothing\"",
            "What happens to one that comes too soon, or again.",
        ),
        or(
            "of",
            Shape::Choice(&[(
                "purchase",
                "it has the fields `order` and `product`, and is refused unless the member placed \
                 that order (of the same source), that product was in it, and did not come back",
            )]),
            "nothing in particular",
            "What it is about.",
        ),
        or(
            "moderated",
            Shape::Flag,
            "false",
            "It waits until somebody has approved or rejected it. What it gives is what the program in \
             force when it happened gave; points date from the approval.",
        ),
        or(
            "lapses",
            Shape::Length,
            "30 days, where it is moderated",
            "What nobody has looked at lapses after so long, at the end of that day.",
        ),
        or(
            "consent",
            Shape::Choice(&[
                ("keep", "who withdraws keeps what they got"),
                (
                    "take back",
                    "who withdraws gives back the points that rules gave",
                ),
            ]),
            "it is no consent",
            "Something a member allows, and may withdraw. It has the fields `given` (yes or no), \
             `channel`, `origin` and `version` (of the text): its proof, all needed. It pays once ever.",
        ),
    ],
};

/// A field of an activity.
pub const FIELD: Table = Table {
    name: "a field",
    others: None,
    fields: &[
        needed("type", Shape::Choice(TYPES), "What it takes."),
        or(
            "needed",
            Shape::Flag,
            "false",
            "Whether an event must have it.",
        ),
        or(
            "least",
            Shape::Either(&[Shape::Decimal, Shape::Day]),
            "no bound",
            "The least number, the first day, or the least number of characters.",
        ),
        or(
            "most",
            Shape::Either(&[Shape::Decimal, Shape::Day]),
            "no bound",
            "The most.",
        ),
        or(
            "one_of",
            Shape::List(&Shape::Text),
            "any",
            "The texts that it may be.",
        ),
    ],
};

pub(super) const PROFILE_SECTION: Section = Section {
    key: "profile",
    form: Form::Once,
    body: Body::Fields(&PROFILE),
    doc: "The fields of a member's profile that count. Events say only which of them are filled: what \
          stands in them stays with the shop. Rules listen to `profile` and may ask for \
          `activity.field` and for `activity.left`, the number of fields that are still empty. Each \
          field counts once ever for a member.",
    example: "[profile]\nfields = [\"phone\", \"address\", \"interests\"]",
};

/// The profile.
pub const PROFILE: Table = Table {
    name: "the profile",
    others: None,
    fields: &[needed(
        "fields",
        Shape::List(&Shape::Id),
        "The ids of its fields.",
    )],
};

pub(super) const BIRTHDAY_SECTION: Section = Section {
    key: "birthday",
    form: Form::Once,
    body: Body::Fields(&BIRTHDAY),
    doc: "Birthdays, by month and day: the year is never asked for. Rules listen to `birthday`, which \
          comes by itself at the start of the day; two gifts are at least 360 days apart, whatever the \
          birthday is changed to. Rules may also ask for `member.birthday_days`.",
    example: "[birthday]\nchange = \"once\"\nnotice = \"14 days\"",
};

/// Birthdays.
pub const BIRTHDAY: Table = Table {
    name: "the birthday",
    others: None,
    fields: &[
        or(
            "change",
            Shape::Choice(&[
                ("never", "what was said first stands"),
                ("once", "it may be corrected once"),
                ("once a year", "it may be changed a year after it was said"),
                ("ever", "it may be changed at any time"),
            ]),
            "\"never\"",
            "Whether members may change it.",
        ),
        or(
            "notice",
            Shape::Phrase("^[0-9]+ (days?|weeks?)$", "14 days"),
            "none: said on the day, its gift comes on the day",
            "It must have been said (or changed) so long before: else its gift comes in the next year.",
        ),
        or(
            "early",
            Shape::Phrase("^[0-9]+ (days?|weeks?)$", "7 days"),
            "on the day",
            "The gift comes so long before the day.",
        ),
        or(
            "leap",
            Shape::Choice(&[
                ("28 february", "the last day of the month"),
                ("1 march", "the day after"),
            ]),
            "\"28 february\"",
            "When those who were born on 29 February have it in other years.",
        ),
    ],
};
