//! Lists in pages: a cursor says where the next page begins.

/// Which page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageAsk {
    /// Where it begins: the `next` of the page before; the first page if nothing.
    pub after: Option<String>,
    /// How many at most: 1 to 1000; 50 if 0.
    pub limit: usize,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins; nothing on the last page.
    pub next: Option<String>,
}

impl PageAsk {
    /// How many at most, within 1 and 1000.
    pub fn limit(&self) -> usize {
        match self.limit {
            0 => 50,
            limit => limit.min(1000),
        }
    }
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(to).collect(),
            next: self.next,
        }
    }
}
