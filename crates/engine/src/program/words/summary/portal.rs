//! The pages for members, in words.

use super::told::Told;
use super::{Part, aspect, part};
use crate::program::Portal;
use crate::program::words::language::word;

/// What members see.
pub(super) fn portal(to: Told<'_>, portal: &Portal) -> Part {
    let quoted = |text: &String| format!("\"{text}\"");
    let mut aspects = vec![
        aspect(word!(to, "are called"), quoted(&portal.title)),
        aspect(word!(to, "have the colour"), portal.colour.hex()),
        aspect(
            word!(to, "have the colour on black"),
            portal.colour_dark.hex(),
        ),
    ];
    if let Some(contact) = &portal.contact {
        aspects.push(aspect(word!(to, "send members to"), contact));
    }
    if let Some(terms) = &portal.terms {
        let verb = word!(to, "ask for terms of version");
        aspects.push(aspect(verb, &terms.version));
    }
    if !portal.origins.is_empty() {
        let origins = to.list(&portal.origins);
        aspects.push(aspect(word!(to, "show the widget on"), origins));
    }
    if !portal.faq.is_empty() {
        let questions = portal.faq.iter().map(|own| quoted(&own.question));
        let questions: Vec<String> = questions.collect();
        aspects.push(aspect(word!(to, "answer"), to.list(&questions)));
    }
    part(to, "portal", "", aspects)
}
