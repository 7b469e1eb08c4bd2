//! Codes of coupons: how they are compared, how new ones are made, and how a typo is told from a
//! wrong code.
//!
//! *Dora types "summer-k7xq 9mw2" from a flyer. Capitals, blanks and dashes do not matter. Had she
//! mistaken one letter for another, the last letter, which is reckoned from the others, would not
//! fit: she is told to look again, and nobody counts that as guessing.*

use regulars_base::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What codes are made of: nothing that is taken for something else when it is read aloud or off a
/// crumpled receipt (no 0 and O, no 1, I and L). There are 31 of them, a prime number, which is why
/// one check letter finds every single mistake and every two neighbours that were swapped.
const LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// A code as it is compared and kept: capitals, without blanks and dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "Text")]
pub struct Code(Text);

/// Why a text is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no code: it must have 1 to {max} letters and digits", max = Code::MAX)]
pub struct BadCode;

impl Code {
    /// The longest code, in bytes, without blanks and dashes.
    pub const MAX: usize = 64;
    /// The most codes of one basket.
    pub const MOST: usize = 32;

    /// What people typed, brought to the form in which codes are compared.
    ///
    /// ```
    /// use regulars_engine::code::Code;
    /// assert_eq!(Code::new(" welcome-10 ").unwrap(), Code::new("WELCOME10").unwrap());
    /// assert!(Code::new(" - ").is_err());
    /// ```
    pub fn new(text: &str) -> Result<Self, BadCode> {
        let kept = |letter: &char| !letter.is_whitespace() && !matches!(letter, '-' | '–' | '—');
        let normal: String = text
            .chars()
            .filter(kept)
            .flat_map(char::to_uppercase)
            .collect();
        if normal.is_empty() || normal.len() > Self::MAX {
            return Err(BadCode);
        }
        Text::new(normal).map(Self).map_err(|_| BadCode)
    }

    /// The code itself.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl TryFrom<Text> for Code {
    type Error = BadCode;
    fn try_from(text: Text) -> Result<Self, BadCode> {
        Self::new(text.as_str())
    }
}

impl From<Code> for Text {
    fn from(code: Code) -> Self {
        code.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the codes of a campaign look like: `SUMMER-####-####`. Each `#` is drawn, but for the last,
/// which is the check letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    written: String,
    /// Without blanks and dashes, in capitals.
    normal: Vec<char>,
    places: usize,
}

/// How a code fits a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Not at all.
    None,
    /// But for the check letter: it was mistyped.
    Mistyped,
    /// It could be one of its codes.
    Yes,
}

impl Pattern {
    /// For each code that is made, so many must be possible: then a guess hits one in ten thousand at
    /// best, and guessing is bounded.
    pub const SPARE: u128 = 10_000;

    /// Reads a pattern, or says what is wrong with it.
    pub fn new(written: &str) -> Result<Self, String> {
        let blank = |letter: char| letter == '-' || letter.is_whitespace();
        let upper = written.chars().filter(|letter| !blank(*letter));
        let normal: Vec<char> = upper.flat_map(char::to_uppercase).collect();
        let places = normal.iter().filter(|letter| **letter == '#').count();
        if !(5..=30).contains(&places) {
            return Err(format!(
                "it has {places} places (`#`); 5 to 30 are needed, the last of them is the check letter"
            ));
        }
        if let Some(odd) = normal
            .iter()
            .find(|letter| **letter != '#' && !letter.is_ascii_alphanumeric())
        {
            return Err(format!(
                "it holds `{odd}`; letters, digits, `-` and `#` make a pattern"
            ));
        }
        if normal.len() > Code::MAX {
            return Err(format!("it is longer than {} letters", Code::MAX));
        }
        Ok(Self {
            written: written.trim().to_uppercase(),
            normal,
            places,
        })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// How many codes are possible.
    pub fn possible(&self) -> u128 {
        let drawn = u32::try_from(self.places - 1).unwrap_or(u32::MAX);
        31_u128.saturating_pow(drawn)
    }

    /// Whether so many codes can be made without being guessed; if not, the reckoning.
    pub fn room_for(&self, count: u64) -> Result<(), String> {
        let (possible, needed) = (self.possible(), u128::from(count) * Self::SPARE);
        if possible >= needed {
            return Ok(());
        }
        let (mut more, mut room) = (0, possible);
        while room < needed {
            (more, room) = (more + 1, room.saturating_mul(31));
        }
        let (written, drawn, spare) = (&self.written, self.places - 1, Self::SPARE);
        Err(format!(
            "the pattern `{written}` has {drawn} drawn letters of 31 each: 31^{drawn} = {possible} codes; {count} \
             codes that nobody guesses need {count} x {spare} = {needed}: add {more} more `#`"
        ))
    }

    /// Makes a code. `random` fills what it is given with bytes that nobody can foresee.
    pub fn draw(&self, random: &mut dyn FnMut(&mut [u8])) -> Code {
        let mut values = Vec::with_capacity(self.places);
        while values.len() + 1 < self.places {
            let mut bytes = [0; 32];
            random(&mut bytes);
            // 248 is 8 times 31: above it letters would not be equally likely.
            let even = bytes
                .iter()
                .filter(|byte| **byte < 248)
                .map(|byte| byte % 31);
            values.extend(even.take(self.places - 1 - values.len()));
        }
        values.push(check(&values));
        let mut values = values.into_iter();
        let letter = |letter: &char| match letter {
            '#' => char::from(LETTERS[usize::from(values.next().unwrap_or(0))]),
            other => *other,
        };
        let text: String = self.normal.iter().map(letter).collect();
        Code(Text::new(text).expect("a pattern is made of plain letters and is short"))
    }

    /// The code as it is printed: with the dashes of the pattern, where it fits.
    pub fn printed(&self, code: &Code) -> String {
        if self.fit(code) == Fit::None {
            return code.to_string();
        }
        let mut letters = code.as_str().chars();
        let one = |letter: char| match letter {
            '-' | ' ' => Some(letter),
            _ => letters.next(),
        };
        self.written.chars().filter_map(one).collect()
    }

    /// How a code fits.
    pub fn fit(&self, code: &Code) -> Fit {
        let mut values = Vec::with_capacity(self.places);
        let mut fits = true;
        let mut letters = code.as_str().chars();
        for own in &self.normal {
            let Some(letter) = letters.next() else {
                return Fit::None;
            };
            if *own != '#' {
                if *own != letter {
                    return Fit::None;
                }
                continue;
            }
            match value(letter) {
                Some(value) => values.push(value),
                // A letter that no code has: somebody read it wrong.
                None if letter.is_ascii_alphanumeric() => fits = false,
                None => return Fit::None,
            }
        }
        if letters.next().is_some() {
            return Fit::None;
        }
        match values.split_last() {
            Some((last, drawn)) if fits && *last == check(drawn) => Fit::Yes,
            _ => Fit::Mistyped,
        }
    }
}

fn value(letter: char) -> Option<u8> {
    let at = LETTERS.iter().position(|own| char::from(*own) == letter)?;
    u8::try_from(at).ok()
}

/// The check letter: a sum in which each place weighs differently, so that neither a letter that is
/// another one nor two that changed places leave it as it was.
fn check(values: &[u8]) -> u8 {
    let weigh = |(place, value): (u32, &u8)| (place + 2) * u32::from(*value);
    let sum: u32 = (0..).zip(values).map(weigh).sum();
    u8::try_from(sum % 31).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted() -> impl FnMut(&mut [u8]) {
        let mut next = 7_u8;
        move |bytes| {
            for byte in bytes {
                next = next.wrapping_mul(31).wrapping_add(11);
                *byte = next;
            }
        }
    }

    #[test]
    fn every_single_mistake_and_every_swap_of_neighbours_is_found() {
        let pattern = Pattern::new("SUMMER-####-####").unwrap();
        let mut random = counted();
        for _ in 0..50 {
            let code = pattern.draw(&mut random);
            assert_eq!(pattern.fit(&code), Fit::Yes, "{code}");
            let letters: Vec<char> = code.as_str().chars().collect();
            for at in 6..letters.len() {
                for other in LETTERS.iter().map(|own| char::from(*own)) {
                    let mut wrong = letters.clone();
                    wrong[at] = other;
                    let text: String = wrong.iter().collect();
                    let fit = pattern.fit(&Code::new(&text).unwrap());
                    assert_eq!(fit == Fit::Yes, wrong == letters, "{text} for {code}");
                }
                if at + 1 < letters.len() {
                    let mut wrong = letters.clone();
                    wrong.swap(at, at + 1);
                    let text: String = wrong.iter().collect();
                    let fit = pattern.fit(&Code::new(&text).unwrap());
                    assert_eq!(fit == Fit::Yes, wrong == letters, "{text} for {code}");
                }
            }
        }
    }

    #[test]
    fn a_code_is_printed_as_its_pattern_is_written() {
        let pattern = Pattern::new("summer-####-####").unwrap();
        let code = pattern.draw(&mut counted());
        let printed = pattern.printed(&code);
        assert!(
            printed.starts_with("SUMMER-") && printed.len() == 16,
            "{printed}"
        );
        assert_eq!(Code::new(&printed.to_lowercase()).unwrap(), code);
        assert_eq!(
            pattern.fit(&Code::new("SUMMER-O1O1-O1O1").unwrap()),
            Fit::Mistyped
        );
        assert_eq!(
            pattern.fit(&Code::new("WINTER22222222").unwrap()),
            Fit::None
        );
    }

    #[test]
    fn a_pattern_that_is_too_short_is_refused_with_the_reckoning() {
        let pattern = Pattern::new("A-#####").unwrap();
        assert_eq!(pattern.possible(), 923_521);
        pattern.room_for(92).unwrap();
        let said = pattern.room_for(1_000_000).unwrap_err();
        assert!(
            said.contains("31^4 = 923521") && said.contains("add 3 more"),
            "{said}"
        );
        Pattern::new("SUMMER-####-####")
            .unwrap()
            .room_for(1_000_000)
            .unwrap();
        assert!(Pattern::new("####").is_err() && Pattern::new("Ä#########").is_err());
    }
}
