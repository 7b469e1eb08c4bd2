//! How letters are written in bytes. Inside everything is UTF-8; what a spreadsheet or an old till
//! wrote otherwise is turned into it while it is read.

use crate::Error;
use std::{
    borrow::Cow,
    fmt,
    io::{self, Read},
    str::FromStr,
};

/// How letters are written in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without its mark.
    Utf8,
    /// ISO 8859-1 with what Windows-1252 puts into its gaps (curly quotes, the euro sign).
    Latin1,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
}

/// What Windows-1252 has at 0x80 to 0x9f; where it has nothing, the control character of ISO 8859-1.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

impl Encoding {
    /// By the mark at the beginning, else by whether the first bytes can be UTF-8. `cut` says that
    /// the file goes on, so that the last letter may be half.
    pub(crate) fn detect(bytes: &[u8], cut: bool) -> Self {
        match bytes {
            [0xff, 0xfe, ..] => return Self::Utf16Le,
            [0xfe, 0xff, ..] => return Self::Utf16Be,
            _ => {}
        }
        // Parquet and archives are no text at all, and zero bytes are no Latin-1.
        if bytes.contains(&0) {
            return Self::Utf8;
        }
        match std::str::from_utf8(bytes) {
            Ok(_) => Self::Utf8,
            Err(error) if cut && error.error_len().is_none() => Self::Utf8,
            // A letter that is not UTF-8 among many that are is a damaged file, not another encoding.
            Err(error) if !bytes[..error.valid_up_to()].is_ascii() => Self::Utf8,
            // Nor is a stray byte between marks and digits: a name has letters around it.
            Err(_) if !is_within_words(bytes) => Self::Utf8,
            Err(_) => Self::Latin1,
        }
    }

    /// `bytes` from the beginning of a file, as UTF-8 without a mark.
    pub(crate) fn decoded(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        if self == Self::Utf8 {
            return Cow::Borrowed(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        }
        let mut text = Vec::new();
        // Reading from memory cannot fail.
        let _ = Decoder::new(bytes, self).read_to_end(&mut text);
        Cow::Owned(text)
    }
}

/// Whether a byte beyond ASCII stands beside a letter.
fn is_within_words(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| {
        (!pair[0].is_ascii() && pair[1].is_ascii_alphabetic())
            || (pair[0].is_ascii_alphabetic() && !pair[1].is_ascii())
    })
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "utf-8",
            Self::Latin1 => "latin-1",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        })
    }
}

impl FromStr for Encoding {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "latin-1" | "latin1" | "iso-8859-1" | "windows-1252" | "cp1252" => Ok(Self::Latin1),
            "utf-16le" | "utf-16" | "utf16" => Ok(Self::Utf16Le),
            "utf-16be" => Ok(Self::Utf16Be),
            _ => Err(Error::UnknownWord {
                what: "encoding",
                given: text.chars().take(20).collect(),
                known: "utf-8, latin-1, utf-16le, utf-16be",
            }),
        }
    }
}

/// Reads UTF-8 out of bytes of any encoding; a mark at the beginning is left out.
pub(crate) struct Decoder<R> {
    from: R,
    encoding: Encoding,
    raw: Vec<u8>,
    /// UTF-8 that was not asked for yet.
    ready: Vec<u8>,
    taken: usize,
    begun: bool,
    /// Whether bytes wait that were read to look for the mark.
    undecoded: bool,
    /// The first half of a letter that takes two units of UTF-16.
    high: Option<u16>,
}

impl<R: Read> Decoder<R> {
    pub(crate) fn new(from: R, encoding: Encoding) -> Self {
        Self {
            from,
            encoding,
            raw: Vec::new(),
            ready: Vec::new(),
            taken: 0,
            begun: false,
            undecoded: false,
            high: None,
        }
    }

    /// Reads some more bytes behind those that are left; false at the end.
    fn fetch(&mut self) -> io::Result<bool> {
        let left = self.raw.len();
        self.raw.resize(left + 64 * 1024, 0);
        let read = loop {
            match self.from.read(&mut self.raw[left..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.raw.truncate(left + read);
        Ok(read > 0)
    }

    fn begin(&mut self) -> io::Result<()> {
        self.begun = true;
        while self.raw.len() < 3 && self.fetch()? {}
        let mark: &[u8] = match self.encoding {
            Encoding::Utf8 => b"\xef\xbb\xbf",
            Encoding::Latin1 => b"",
            Encoding::Utf16Le => b"\xff\xfe",
            Encoding::Utf16Be => b"\xfe\xff",
        };
        if self.raw.starts_with(mark) {
            self.raw.drain(..mark.len());
        }
        self.undecoded = !self.raw.is_empty();
        Ok(())
    }

    fn decode(&mut self, at_end: bool) {
        let put = |letter: char, ready: &mut Vec<u8>| {
            ready.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        };
        match self.encoding {
            Encoding::Utf8 => self.ready.append(&mut self.raw),
            Encoding::Latin1 => {
                for byte in self.raw.drain(..) {
                    let letter = match byte {
                        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
                        _ => char::from(byte),
                    };
                    put(letter, &mut self.ready);
                }
            }
            Encoding::Utf16Le | Encoding::Utf16Be => {
                let whole = self.raw.len() & !1;
                for pair in self.raw[..whole].chunks_exact(2) {
                    let pair = [pair[0], pair[1]];
                    let unit = if self.encoding == Encoding::Utf16Le {
                        u16::from_le_bytes(pair)
                    } else {
                        u16::from_be_bytes(pair)
                    };
                    if let Some(high) = self.high.take() {
                        match char::decode_utf16([high, unit]).next() {
                            Some(Ok(letter)) => {
                                put(letter, &mut self.ready);
                                continue;
                            }
                            _ => put(char::REPLACEMENT_CHARACTER, &mut self.ready),
                        }
                    }
                    match char::from_u32(u32::from(unit)) {
                        Some(letter) => put(letter, &mut self.ready),
                        None if unit < 0xdc00 => self.high = Some(unit),
                        None => put(char::REPLACEMENT_CHARACTER, &mut self.ready),
                    }
                }
                self.raw.drain(..whole);
                if at_end && (self.high.take().is_some() || !self.raw.is_empty()) {
                    self.raw.clear();
                    put(char::REPLACEMENT_CHARACTER, &mut self.ready);
                }
            }
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.begun {
            self.begin()?;
        }
        if self.encoding == Encoding::Utf8 && self.raw.is_empty() && self.ready.is_empty() {
            return self.from.read(into);
        }
        while self.taken == self.ready.len() {
            self.ready.clear();
            self.taken = 0;
            // What was read to look for the mark is decoded first.
            let more = std::mem::take(&mut self.undecoded) || self.fetch()?;
            self.decode(!more);
            if !more && self.ready.is_empty() {
                return Ok(0);
            }
        }
        let count = into.len().min(self.ready.len() - self.taken);
        into[..count].copy_from_slice(&self.ready[self.taken..self.taken + count]);
        self.taken += count;
        if self.taken == self.ready.len() {
            self.ready.clear();
            self.taken = 0;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Encoding::*;

    /// Hands out one byte at a time, so that letters are cut wherever they can be.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(into.len()).min(1);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn utf16(text: &str, low_first: bool) -> Vec<u8> {
        let unit = |unit: u16| {
            if low_first {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        };
        std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(unit)
            .collect()
    }

    #[test]
    fn each_encoding_is_found_and_read_however_it_is_cut() {
        let text = "kunde;betrag\nMüller €;7,50\n𝄞;1\n";
        for (bytes, encoding, expected) in [
            (text.as_bytes().to_vec(), Utf8, text),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), Utf8, text),
            (utf16(text, true), Utf16Le, text),
            (utf16(text, false), Utf16Be, text),
            (b"M\xfcller \x80;1\n".to_vec(), Latin1, "Müller €;1\n"),
            (b"a,b\n".to_vec(), Utf8, "a,b\n"),
            (b"".to_vec(), Utf8, ""),
        ] {
            assert_eq!(Encoding::detect(&bytes, false), encoding, "{expected}");
            let mut read = String::new();
            Decoder::new(Drops(&bytes), encoding)
                .read_to_string(&mut read)
                .expect("is UTF-8 now");
            assert_eq!(read, expected, "{encoding}");
            assert_eq!(
                &*encoding.decoded(&bytes),
                expected.as_bytes(),
                "{encoding}"
            );
        }
    }

    #[test]
    fn half_a_letter_at_the_end_is_not_lost_silently() {
        let mut bytes = utf16("a", true);
        bytes.extend([0x3d, 0xd8]);
        assert_eq!(&*Utf16Le.decoded(&bytes), "a\u{fffd}".as_bytes());
        bytes.push(7);
        assert_eq!(&*Utf16Le.decoded(&bytes), "a\u{fffd}".as_bytes());
        let damaged = [&b"M\xc3\xbcller,1\n"[..], b"\xff\n"].concat();
        assert_eq!(Encoding::detect(&damaged, false), Utf8);
    }
}
