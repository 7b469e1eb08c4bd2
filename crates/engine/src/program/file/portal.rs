//! What members see: the portal and the widget.

use super::{Body, Form, Section, Shape, Table, needed, or};

pub(super) const PORTAL_SECTION: Section = Section {
    key: "portal",
    form: Form::Once,
    body: Body::Fields(&PORTAL),
    doc: "The pages for members, at `/portal/` and the name of the shop: join and sign in by e-mail, see \
          points and why, redeem, ask. Without this section there are none. How they look, what they say, \
          and which pages of the shop may show the widget. See [the portal](../portal.md).",
    example: r##"[portal]
title         = "Bean Club"
colour        = "#7a3e1d"
contact       = "hello@beans.example"
origins       = ["https://shop.beans.example"]
terms         = "https://beans.example/terms"
terms_version = "2025-01"
faq = [
  { question = "When do beans lapse?", answer = "At the end of the month, a year after you got them." },
]"##,
};

/// The portal.
pub const PORTAL: Table = Table {
    name: "the pages for members",
    others: None,
    fields: &[
        or(
            "title",
            Shape::Text,
            "the program's name",
            "What members call the program.",
        ),
        or(
            "colour",
            Shape::Phrase("^#[0-9a-fA-F]{6}$", "#7a3e1d"),
            "\"#7a3e1d\"",
            "The colour of buttons and links. It must be readable on white (4.5 to 1).",
        ),
        or(
            "colour_dark",
            Shape::Phrase("^#[0-9a-fA-F]{6}$", "#e5a57f"),
            "a lighter shade of `colour`",
            "The same where the screen is dark. It must be readable on black (4.5 to 1).",
        ),
        or(
            "logo",
            Shape::Text,
            "none",
            "A picture as a `data:image/…` address, at most 64 kB: pages load nothing from elsewhere.",
        ),
        or(
            "contact",
            Shape::Text,
            "none",
            "Where members find a person: an e-mail address, or an address that begins with `https://`.",
        ),
        or(
            "terms",
            Shape::Text,
            "there are no terms to accept",
            "The terms of the program, or the `https://` address where they stand.",
        ),
        or(
            "terms_version",
            Shape::Text,
            "`1`",
            "Which terms these are. With another version everybody is asked again.",
        ),
        or(
            "origins",
            Shape::List(&Shape::Text),
            "no page",
            "Pages that may show the widget, by their origin: `https://shop.example`.",
        ),
        or(
            "faq",
            Shape::List(&Shape::Table(&FAQ)),
            "none",
            "Questions that members ask, and the answers.",
        ),
    ],
};

/// A question and its answer.
pub const FAQ: Table = Table {
    name: "a question with its answer",
    others: None,
    fields: &[
        needed("question", Shape::Text, "What members ask."),
        needed("answer", Shape::Text, "What they are told."),
    ],
};
