//! Members who may be one person: found by what they have in common, and looked at by somebody who merges them
//! or says that they are two.

use crate::background::for_each_tenant;
use crate::members::{self, full};
use crate::page::no_cursor;
use crate::{App, Error, Member, MemberRef, Page, PageAsk};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_store::{DuplicatePlace, DuplicateRow, Store};
use std::time::Duration;

const KIND: &str = "duplicates";
/// How often a server looks whether it is time.
const EVERY: Duration = Duration::from_secs(60);

/// How much a pair speaks for one person that was found when identities were brought into one form: they are
/// the same in it.
const NOTED: i64 = 80;

/// Two members who may be one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    /// The one who has been here longer.
    pub one: Member,
    /// The other.
    pub other: Member,
    /// How much speaks for it: 1 to 99.
    pub score: i64,
    /// Why: `email`, `phone`, `card`, `name_birthday`, `address`.
    pub reasons: Vec<String>,
    /// Whether somebody said that they are two.
    pub not_same: bool,
    /// When it was found last.
    pub found_at: Timestamp,
}

/// Looks for them every night, until the app is closed.
pub(crate) fn run(app: &App) {
    let words = "duplicates were not looked for";
    for_each_tenant(app, EVERY, words, |tenant| {
        app.find_duplicates_at_night(tenant).map(drop)
    });
}

impl App {
    /// Looks for members who may be one person; how many pairs there are now. What somebody said of a pair stays.
    pub fn find_duplicates(&self, tenant: TenantId) -> Result<u64, Error> {
        let now = self.now();
        let core = self.core();
        let pairs = core
            .pool
            .with(|store| Ok(store.find_duplicates(tenant, now)?))?;
        self.note_done(tenant, KIND, now)?;
        Ok(pairs)
    }

    /// Looks for them if that was not done since this night; whether it did. The server does so by itself.
    pub fn find_duplicates_at_night(&self, tenant: TenantId) -> Result<bool, Error> {
        let is_old = self.is_due_tonight(tenant, KIND)?;
        if is_old {
            self.find_duplicates(tenant)?;
        }
        Ok(is_old)
    }

    /// Pairs that may be one person, those for whom most speaks first; or pairs of whom somebody said that they
    /// are two.
    pub fn duplicates(
        &self,
        tenant: TenantId,
        not_same: bool,
        page: &PageAsk,
    ) -> Result<Page<Duplicate>, Error> {
        let after = page.after.as_deref().map(place).transpose()?;
        let limit = page.limit();
        self.core().pool.with(|store| {
            let rows = store.duplicates(tenant, (not_same, after), limit + 1)?;
            let cursor = |row: &DuplicateRow| format!("{}.{}.{}", row.score, row.one, row.other);
            let page = Page::cut(rows, limit, cursor);
            page.try_map(|row| pair(store, tenant, row))
        })
    }

    /// Somebody says that two members are two people (or, `false`, that they may be one after all): the pair is
    /// not listed again. `Error::NotFound` where there is no such pair.
    pub fn part_duplicate(
        &self,
        tenant: TenantId,
        (one, other): (&MemberRef, &MemberRef),
        not_same: bool,
    ) -> Result<(MemberId, MemberId), Error> {
        self.core().pool.with(|store| {
            let one = members::find(store, tenant, one)?.id;
            let other = members::find(store, tenant, other)?.id;
            let ordered = (one.min(other), one.max(other));
            match store.part_duplicate(tenant, ordered, not_same)? {
                true => Ok(ordered),
                false => Err(Error::not_found("pair", format!("{one} and {other}"))),
            }
        })
    }
}

/// Notes two members whose identities are one in its form.
pub(crate) fn note(
    store: &mut dyn Store,
    tenant: TenantId,
    ((one, other), kind, now): ((MemberId, MemberId), &str, Timestamp),
) -> Result<(), Error> {
    let mut standing = Vec::new();
    for id in [one, other] {
        standing.extend(store.standing_member(tenant, id)?.map(|row| row.id));
    }
    match standing[..] {
        [one, other] if one != other => {
            let row = DuplicateRow {
                one: one.min(other),
                other: one.max(other),
                score: NOTED,
                reasons: vec![kind.to_owned()],
                not_same: false,
                found_at: now,
            };
            Ok(store.note_duplicate(tenant, &row)?)
        }
        _ => Ok(()),
    }
}

fn pair(store: &mut dyn Store, tenant: TenantId, row: DuplicateRow) -> Result<Duplicate, Error> {
    let mut member = |id| {
        let found = members::find(store, tenant, &MemberRef::Id(id))?;
        full(store, tenant, found)
    };
    Ok(Duplicate {
        one: member(row.one)?,
        other: member(row.other)?,
        score: row.score,
        reasons: row.reasons,
        not_same: row.not_same,
        found_at: row.found_at,
    })
}

fn place(cursor: &str) -> Result<DuplicatePlace, Error> {
    let read = || {
        let mut parts = cursor.split('.');
        let score = parts.next()?.parse().ok()?;
        let one = parts.next()?.parse().ok()?;
        let other = parts.next()?.parse().ok()?;
        Some((score, one, other))
    };
    read().ok_or_else(no_cursor)
}
