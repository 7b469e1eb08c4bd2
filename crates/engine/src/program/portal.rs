//! What members see. The engine decides nothing by it; it stands in the program file so that it is
//! checked, compared and versioned like everything else that members are told.

/// The pages for members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portal {
    /// What members call the program.
    pub title: String,
    /// The colour of buttons and links on white.
    pub colour: Colour,
    /// The same on black.
    pub colour_dark: Colour,
    /// A picture, as a `data:` address.
    pub logo: Option<String>,
    /// Where members find a person: an e-mail address or an `https` address.
    pub contact: Option<String>,
    /// The terms to be accepted.
    pub terms: Option<Terms>,
    /// Origins of pages that may show the widget, in small letters.
    pub origins: Vec<String>,
    /// Questions with their answers.
    pub faq: Vec<Faq>,
}

/// Terms that members accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Which they are.
    pub version: String,
    /// What they say, or the `https` address where they stand.
    pub text: String,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faq {
    /// What members ask.
    pub question: String,
    /// What they are told.
    pub answer: String,
}

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// Readable for nearly everybody: the contrast that WCAG 2 asks of text (AA), in hundredths.
const READABLE: i64 = 450;

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// The black of dark pages.
    pub const BLACK: Self = Self([22; 3]);

    /// Reads `#7a3e1d`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|it| it.len() == 6)?;
        let number = u32::from_str_radix(digits, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// As it stands in a style: `#7a3e1d`.
    pub fn hex(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// How bright it is, in millionths of white: WCAG's relative luminance, by a table-free
    /// approximation in whole numbers (the curve of sRGB as `x^2.2`, off by less than one in a
    /// hundred of white).
    fn brightness(self) -> i64 {
        let linear = |part: u8| {
            // (x/255)^2.2 = x² · x^0.2 with x^0.2 by a root: in whole numbers of a millionth.
            let x = i64::from(part) * 1_000_000 / 255;
            let square = x * x / 1_000_000;
            square * fifth_root(x) / 1_000_000
        };
        let [red, green, blue] = self.0.map(linear);
        (2126 * red + 7152 * green + 722 * blue) / 10_000
    }

    /// How well one is read on the other, in hundredths: 100 is not at all, 2100 is black on white.
    pub fn contrast(self, other: Self) -> i64 {
        let (one, two) = (self.brightness() + 50_000, other.brightness() + 50_000);
        one.max(two) * 100 / one.min(two)
    }

    /// Whether text of this colour is read on that.
    pub fn is_readable_on(self, ground: Self) -> bool {
        self.contrast(ground) >= READABLE
    }

    /// The nearest lighter shade that is read on black.
    #[must_use]
    pub fn lightened(self) -> Self {
        let mixed = |step: u16| {
            let mix = |part: u8| {
                let part = u16::from(part);
                u8::try_from(part + (255 - part) * step / 20).unwrap_or(255)
            };
            Self(self.0.map(mix))
        };
        let shades = (0..=20).map(mixed);
        let mut readable = shades.filter(|shade| shade.is_readable_on(Self::BLACK));
        readable.next().unwrap_or(Self::WHITE)
    }
}

/// The fifth root of a part of one, both in millionths: by halving, 21 times.
fn fifth_root(x: i64) -> i64 {
    let (mut low, mut high) = (0_i64, 1_000_000_i64);
    while low < high {
        let middle = (low + high + 1) / 2;
        let times = |one: i64| one * middle / 1_000_000;
        match times(times(times(times(middle)))) <= x {
            true => low = middle,
            false => high = middle - 1,
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_rules_of_accessibility() {
        let of = |text: &str| Colour::parse(text).expect("is a colour");
        // From WCAG's own formula, in hundredths.
        for (colour, contrast) in [
            ("#000000", 2100_i64),
            ("#ffffff", 100),
            ("#767676", 454),
            ("#ff0000", 399),
            ("#0000ff", 859),
        ] {
            let ours = of(colour).contrast(Colour::WHITE);
            assert!(
                (ours - contrast).abs() * 100 <= 3 * contrast,
                "{colour}: {ours}"
            );
        }
    }

    #[test]
    fn every_colour_has_a_shade_that_is_read_on_black() {
        for text in ["#000000", "#7a3e1d", "#00004f", "#ffffff", "#123456"] {
            let colour = Colour::parse(text).expect("is a colour");
            assert!(colour.lightened().is_readable_on(Colour::BLACK), "{text}");
            assert_eq!(Colour::parse(&colour.hex()), Some(colour));
        }
        assert_eq!(Colour::parse("#12345"), None);
        assert_eq!(Colour::parse("123456"), None);
    }
}
