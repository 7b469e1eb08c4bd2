//! The pages for members, in words.

use super::{Part, aspect};
use crate::program::Portal;

/// What members see.
pub(super) fn portal(portal: &Portal) -> Part {
    let mut aspects = vec![
        aspect("are called", format!("\"{}\"", portal.title)),
        aspect("have the colour", portal.colour.hex()),
        aspect("have the colour on black", portal.colour_dark.hex()),
    ];
    if let Some(contact) = &portal.contact {
        aspects.push(aspect("send members to", contact));
    }
    if let Some(terms) = &portal.terms {
        aspects.push(aspect("ask for terms of version", &terms.version));
    }
    if !portal.origins.is_empty() {
        aspects.push(aspect("show the widget on", portal.origins.join(", ")));
    }
    if !portal.faq.is_empty() {
        let questions: Vec<String> = portal
            .faq
            .iter()
            .map(|own| format!("\"{}\"", own.question))
            .collect();
        aspects.push(aspect("answer", questions.join(", ")));
    }
    Part {
        kind: "portal",
        id: String::new(),
        aspects,
    }
}
