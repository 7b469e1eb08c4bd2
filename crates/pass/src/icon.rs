//! The picture that a pass must have, for merchants who have set none: a square of their colour.

use crate::Fault;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How the `data:` address of a PNG begins.
const PNG: &str = "data:image/png;base64,";

/// The bytes of a picture that is a `data:` address, if it is a PNG: wallets take no other.
pub fn png_of(address: &str) -> Option<Vec<u8>> {
    STANDARD.decode(address.strip_prefix(PNG)?).ok()
}

/// A square of one colour as a PNG.
pub(crate) fn square(colour: [u8; 3], side: u32) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let pixels = usize::try_from(side * side).map_err(Fault::unwritten)?;
    let mut writer = encoder.write_header().map_err(Fault::unwritten)?;
    writer
        .write_image_data(&colour.repeat(pixels))
        .map_err(Fault::unwritten)?;
    writer.finish().map_err(Fault::unwritten)?;
    Ok(bytes)
}
