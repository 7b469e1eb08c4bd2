//! What members see.

use super::Ctx;
use crate::program::diagnostic::Wrong;
use crate::program::file::FAQ;
use crate::program::reader::{At, Node};
use crate::program::{Colour, Faq, Portal, Terms};

/// The longest picture, as text.
const LOGO_MAX: usize = 64 * 1024;
/// The colour of buttons and links where none is said.
const COLOUR: Colour = Colour([0x7a, 0x3e, 0x1d]);

/// Reads `[portal]`.
pub(super) fn portal(ctx: &Ctx<'_>) -> Option<Box<Portal>> {
    let parts = ctx.root.parts("portal");
    let node = &parts.first()?.node;
    let text = |name: &str| node.get(name).and_then(|at| at.read(filled));
    let read = |name: &str, parse: fn(&str) -> Result<String, Wrong>| {
        node.get(name).and_then(|at| at.read(parse))
    };
    let colour = colour(node, "colour", Colour::WHITE, "white", "darker").unwrap_or(COLOUR);
    let dark = self::colour(node, "colour_dark", Colour::BLACK, "black", "lighter");
    let version = text("terms_version");
    let terms = text("terms").map(|text| Terms {
        version: version.clone().unwrap_or_else(|| "1".into()),
        text,
    });
    if version.is_some() && !node.has("terms") {
        let wrong = Wrong::new("there are no terms of this version", "add `terms`");
        node.source().error(node.key("terms_version"), wrong);
    }
    let list = |name: &str| node.get(name).map_or(Vec::new(), |at| at.list());
    let origins = list("origins");
    let faq = list("faq");
    Some(Box::new(Portal {
        title: text("title").unwrap_or_else(|| ctx.shop.name.clone()),
        colour,
        colour_dark: dark.unwrap_or_else(|| colour.lightened()),
        logo: read("logo", logo),
        contact: read("contact", contact),
        terms,
        origins: origins.iter().filter_map(|at| at.read(origin)).collect(),
        faq: faq.iter().filter_map(question).collect(),
    }))
}

fn question(at: &At<'_>) -> Option<Faq> {
    let node = at.node(&FAQ)?;
    let text = |name: &str| node.get(name).and_then(|at| at.read(filled));
    let (question, answer) = (text("question"), text("answer"));
    Some(Faq {
        question: question?,
        answer: answer?,
    })
}

fn colour(
    node: &Node<'_>,
    name: &str,
    ground: Colour,
    called: &str,
    towards: &str,
) -> Option<Colour> {
    let at = node.get(name)?;
    let colour = at.read(|text| {
        let wrong = || Wrong::new(format!("`{text}` is no colour"), "write it as `#7a3e1d`");
        Colour::parse(text).ok_or_else(wrong)
    })?;
    if !colour.is_readable_on(ground) {
        let contrast = colour.contrast(ground);
        at.error(Wrong::new(
            format!(
                "on {called} this has a contrast of {}.{} to 1, and text needs 4.5",
                contrast / 100,
                contrast % 100 / 10
            ),
            format!("choose a {towards} shade"),
        ));
    }
    Some(colour)
}

fn filled(text: &str) -> Result<String, Wrong> {
    match text.trim() {
        "" => Err(Wrong::new(
            "this is empty",
            "say something, or leave it out",
        )),
        text => Ok(text.to_owned()),
    }
}

fn logo(text: &str) -> Result<String, Wrong> {
    let kinds = ["svg+xml", "png", "jpeg", "webp"];
    let is_image = kinds.iter().any(|kind| {
        let rest = text.strip_prefix("data:image/");
        rest.and_then(|rest| rest.strip_prefix(kind))
            .is_some_and(|rest| rest.starts_with(";base64,"))
    });
    if !is_image {
        return Err(Wrong::new(
            "this is no picture that the page can carry",
            "write it as `data:image/svg+xml;base64,…` (or png, jpeg, webp)",
        ));
    }
    if text.len() > LOGO_MAX {
        return Err(Wrong::new(
            "the picture is longer than 64 kB",
            "make it smaller: it comes with every first visit",
        ));
    }
    Ok(text.to_owned())
}

fn contact(text: &str) -> Result<String, Wrong> {
    let is_mail = text
        .split_once('@')
        .is_some_and(|(who, host)| !who.is_empty() && host.contains('.'));
    if text.starts_with("https://") || is_mail && !text.contains(char::is_whitespace) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(
        format!("`{text}` is neither an e-mail address nor an https address"),
        "write it as `hello@shop.example` or `https://shop.example/contact`",
    ))
}

/// `https://shop.example`, or `http://127.0.0.1:8000` while somebody works on the page.
fn origin(text: &str) -> Result<String, Wrong> {
    let wrong = || {
        Wrong::new(
            format!("`{text}` is no origin of a page"),
            "write it as `https://shop.example`, without a path",
        )
    };
    let (scheme, host) = text.split_once("://").ok_or_else(wrong)?;
    let near = host.starts_with("127.0.0.1") || host.starts_with("localhost");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    let is_host = !host.is_empty() && host.bytes().all(plain);
    if is_host && (scheme == "https" || scheme == "http" && near) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(wrong())
}
