//! Lists in pages: a cursor says where the next page begins.

use crate::Error;
use std::str::FromStr;

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

    /// Where it begins, as a list counts; nothing for the first page.
    pub(crate) fn cursor<T: FromStr>(&self) -> Result<Option<T>, Error> {
        let after = self.after.as_deref().map(str::parse).transpose();
        after.map_err(|_| no_cursor())
    }
}

/// What is said of something that was no `next` of ours.
pub(crate) fn no_cursor() -> Error {
    Error::invalid("/after", "is no cursor; use the `next` of an earlier page")
}

impl<T> Page<T> {
    /// A page of a list that is all there, in the order of what `at` says of each.
    pub fn of(all: Vec<T>, ask: &PageAsk, at: impl Fn(&T) -> &str) -> Self {
        let after = |it: &T| ask.after.as_deref().is_none_or(|after| at(it) > after);
        let mut rest = all.into_iter().filter(after);
        let items: Vec<T> = rest.by_ref().take(ask.limit()).collect();
        let last = items.last().map(|it| at(it).to_owned());
        let next = last.filter(|_| rest.next().is_some());
        Self { items, next }
    }

    /// A page of rows of which one more than `limit` was asked for: if it came, there is a next page.
    pub(crate) fn cut(mut rows: Vec<T>, limit: usize, at: impl Fn(&T) -> String) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(at);
        Self { items: rows, next }
    }

    /// The same page of something else, if each can be made of what is on it.
    pub(crate) fn try_map<U>(
        self,
        to: impl FnMut(T) -> Result<U, Error>,
    ) -> Result<Page<U>, Error> {
        let items = self.items.into_iter().map(to);
        Ok(Page {
            items: items.collect::<Result<_, _>>()?,
            next: self.next,
        })
    }

    /// The same page of something else.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(to).collect(),
            next: self.next,
        }
    }
}

/// Goes through a list, so many items at a time, as long as `each` wants more.
pub(crate) fn each_page<T>(
    limit: usize,
    mut page: impl FnMut(&PageAsk) -> Result<Page<T>, Error>,
    mut each: impl FnMut(Vec<T>) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut ask = PageAsk { after: None, limit };
    loop {
        let own = page(&ask)?;
        ask.after = own.next;
        if !each(own.items)? || ask.after.is_none() {
            return Ok(());
        }
    }
}

/// All of a list, so many items at a time; no further page once there are `most`.
pub(crate) fn all_of<T>(
    (limit, most): (usize, usize),
    page: impl FnMut(&PageAsk) -> Result<Page<T>, Error>,
) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    each_page(limit, page, |items| {
        all.extend(items);
        Ok(all.len() < most)
    })?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_a_list_that_is_there_come_to_the_list() {
        let all = ["a", "b", "c", "d"];
        for limit in 1..=5 {
            let seen = all_of((limit, usize::MAX), |ask| {
                let page = Page::of(all.to_vec(), ask, |it| it);
                assert!(page.items.len() <= limit);
                Ok(page)
            });
            assert_eq!(seen.unwrap(), all, "{limit} at a time");
        }
    }
}
