//! Every door by which something comes in from outside, with what must hold whatever comes: for the fuzz
//! targets of `fuzz/`, and for the test that lets all seeds through the same doors.
//!
//! A door takes bytes and keeps its promises, or panics. "It does not panic" is the least of them: what was
//! accepted can be applied, what was read can be written and read again alike, and the way of reading does not
//! change what is read. What comes is bounded by whoever calls (`-max_len`, `-timeout`, `-rss_limit_mb`).
//!
//! One door is one file, and a line in [`DOORS`].

#![allow(
    clippy::disallowed_methods,
    reason = "files that are read are written first, and examples are files of the repository"
)]

pub mod body;
mod campaign;
mod condition;
mod delivery;
mod event;
pub mod example;
mod letter;
mod life;
mod parquet;
mod program;
mod rows;
mod stored;
mod story;
mod word;

/// A way in.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// What its fuzz target, its folder of seeds and its dictionary are called.
    pub name: &'static str,
    /// Lets something in; panics where a promise does not hold.
    pub open: fn(&[u8]),
}

macro_rules! doors {
    ($($name:ident)+) => {
        /// All of them, as `fuzz/fuzz_targets` has them.
        pub const DOORS: &[Door] = &[$(Door { name: stringify!($name), open: $name::open }),+];
    };
}

doors! { body campaign condition delivery event letter parquet program rows stored story word }

/// The door of this name.
pub fn door(name: &str) -> Option<Door> {
    DOORS.iter().copied().find(|door| door.name == name)
}

/// What stands between two texts of one input.
pub(crate) const MARK: &str = "\n#====\n";

/// The input as text. What is no text is refused before any parser sees it, so it is no input here.
pub(crate) fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// The first line, which says what the rest is, and the rest.
pub(crate) fn headed(data: &[u8]) -> Option<(&str, &str)> {
    text(data)?.split_once('\n')
}
