//! A number as a picture that a till reads.

use crate::Fault;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// White squares that must lie around a code: readers find it by them.
const QUIET: usize = 4;

/// A QR code of a text as an SVG picture, black on white with a quiet zone, of no size of its own.
pub fn svg(text: &str) -> Result<String, Fault> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M)
        .map_err(Fault::unwritten)?;
    let (width, colours) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in colours.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let dark = row[x..].iter().take_while(|it| **it == Color::Dark).count();
            if dark > 0 {
                let (left, top) = (x + QUIET, y + QUIET);
                // Writing to a string cannot fail.
                let _ = write!(path, "M{left} {top}h{dark}v1h-{dark}z");
            }
            x += dark.max(1);
        }
    }
    let side = width + 2 * QUIET;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path d=\"M0 0h{side}v{side}H0z\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}
