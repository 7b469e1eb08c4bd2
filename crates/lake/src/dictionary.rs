//! Texts that recur, kept once and named by a number.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::Arc,
};

/// Gives each distinct text a number, in the order of first appearance. The reading thread owns it;
/// the texts themselves are handed over to the reader as they appear.
#[derive(Default, Debug)]
pub(crate) struct Interner {
    by_text: HashMap<Arc<str>, u32>,
    by_number: HashMap<i64, u32, BuildHasherDefault<Spread>>,
    last_number: Option<(i64, u32)>,
    last: Option<(Arc<str>, u32)>,
    fresh: Vec<Arc<str>>,
    count: u32,
}

/// Stands for "no text".
pub(crate) const NONE: u32 = u32::MAX;

impl Interner {
    pub(crate) fn code(&mut self, text: &str) -> u32 {
        if let Some((last, code)) = &self.last
            && &**last == text
        {
            return *code;
        }
        if let Some((known, code)) = self.by_text.get_key_value(text) {
            self.last = Some((Arc::clone(known), *code));
            return *code;
        }
        let (text, code) = (Arc::<str>::from(text), self.count);
        self.by_text.insert(Arc::clone(&text), code);
        self.fresh.push(Arc::clone(&text));
        self.last = Some((text, code));
        // Four billion distinct texts would fill any memory first.
        self.count = self.count.saturating_add(1);
        code
    }

    /// The code of a number's decimal text, found by the number itself: most files have numbers for
    /// customers and articles, and writing each out again would cost more than all else.
    pub(crate) fn code_of_number(&mut self, number: i64) -> u32 {
        match self.last_number {
            Some((last, code)) if last == number => return code,
            _ => {}
        }
        let code = match self.by_number.get(&number) {
            Some(code) => *code,
            None => {
                let code = self.code(&number.to_string());
                self.by_number.insert(number, code);
                code
            }
        };
        self.last_number = Some((number, code));
        code
    }

    /// The texts that appeared since the last call.
    pub(crate) fn take_fresh(&mut self) -> Vec<Arc<str>> {
        std::mem::take(&mut self.fresh)
    }
}

/// Spreads whole numbers over a table: one multiplication, where the standard hasher takes most of
/// the time that a column of numbers takes to read.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        // The table looks at the lowest and the highest bits; the product's middle is the best mixed.
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }
}
