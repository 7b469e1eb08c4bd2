//! Following the log from seal to seal: each row that was written since, seen at least once.

use crate::Error;
use crate::app::Core;
use crate::people::read;
use regulars_base::{TenantId, Timestamp, WalletId};
use regulars_store::{Cursor, Logged, Setting, Store};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// So many seals are followed at once.
const SEALS: usize = 64;
/// So many rows of a wallet are read at once.
const ROWS: usize = 64;
/// An event may be sealed so long after the moment that it says it was recorded at.
const SLACK_MICROS: i64 = 15 * 60 * 1_000_000;
const ONLY: &str = "only";

/// What is made of a row of the log, put beside what was made of others.
type Each<'a, R> = &'a mut dyn FnMut(&Logged, &mut Vec<R>) -> Result<(), Error>;

/// How far the log was followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    seal: i64,
    at_micros: i64,
}

impl Core {
    /// Follows the log from its newest seal on; `run` names who follows.
    pub(crate) fn begin_to_follow(&self, tenant: TenantId, run: &'static str) -> Result<(), Error> {
        let now = self.config.clock.now();
        self.write(move |store| {
            let seal = store.head(tenant)?.map_or(0, |seal| seal.no);
            let version = store
                .setting(tenant, run, ONLY)?
                .map_or(0, |row| row.version);
            let next = Run {
                seal,
                at_micros: now.micros(),
            };
            put_run(store, tenant, (run, version, next))?;
            Ok(())
        })
    }

    /// Shows `each` what happened since the log was last looked at, and keeps what it makes of it: that and how
    /// far the log was followed are written together. A row may be seen twice, so what is kept must not count.
    pub(crate) fn follow_log<R: Send + 'static>(
        &self,
        tenant: TenantId,
        run: &'static str,
        each: Each<'_, R>,
        keep: fn(&mut dyn Store, TenantId, &[R]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        while let Some(news) = self.news(tenant, run)? {
            let mut rows = Vec::new();
            for (wallet, seq) in &news.heads {
                self.pool.with(|store| {
                    new_rows(store, tenant, (*wallet, *seq, news.since), |logged| {
                        each(logged, &mut rows)
                    })
                })?;
            }
            self.write(move |store| {
                keep(store, tenant, &rows)?;
                put_run(store, tenant, (run, news.version, news.next))
            })?;
        }
        Ok(())
    }

    /// Shows `each` the wallets in which something happened since the log was last looked at, with the newest row
    /// of each: for whoever looks at a wallet as a whole. A wallet may be shown twice. Whoever follows for the
    /// first time begins with what happens from now on.
    pub(crate) fn follow_wallets(
        &self,
        tenant: TenantId,
        run: &'static str,
        mut each: impl FnMut(WalletId, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let known = self
            .pool
            .with(|store| Ok(store.setting(tenant, run, ONLY)?))?;
        if known.is_none() {
            return self.begin_to_follow(tenant, run);
        }
        while let Some(news) = self.news(tenant, run)? {
            for (wallet, seq) in &news.heads {
                each(*wallet, *seq)?;
            }
            self.write(move |store| put_run(store, tenant, (run, news.version, news.next)))?;
        }
        Ok(())
    }

    /// What was sealed since the log was last looked at, as far as it is followed at once.
    fn news(&self, tenant: TenantId, run: &str) -> Result<Option<News>, Error> {
        let (version, seen, seals) = self.pool.with(|store| {
            let row = store.setting(tenant, run, ONLY)?;
            let seen: Run = row.as_ref().map(read).transpose()?.unwrap_or_default();
            let seals = store.sealed(tenant, seen.seal, SEALS)?;
            Ok((row.map_or(0, |row| row.version), seen, seals))
        })?;
        let Some(last) = seals.last() else {
            return Ok(None);
        };
        let next = Run {
            seal: last.no,
            at_micros: last.at.micros(),
        };
        let mut heads: BTreeMap<WalletId, u64> = BTreeMap::new();
        for (wallet, seq) in seals.iter().flat_map(|seal| &seal.heads) {
            let head = heads.entry(*wallet).or_default();
            *head = (*head).max(*seq);
        }
        Ok(Some(News {
            version,
            since: Timestamp::from_micros(seen.at_micros.saturating_sub(SLACK_MICROS)),
            heads,
            next,
        }))
    }
}

/// What happened since the log was last looked at.
struct News {
    /// The version of the record that says how far it was followed.
    version: i64,
    /// Rows of before were seen.
    since: Timestamp,
    /// The newest row of each wallet.
    heads: BTreeMap<WalletId, u64>,
    /// How far it is followed then.
    next: Run,
}

/// Writes how far the log was followed, unless somebody else did since; what they wrote is as right.
fn put_run(
    store: &mut dyn Store,
    tenant: TenantId,
    (run, version, next): (&str, i64, Run),
) -> Result<bool, Error> {
    let row = Setting {
        kind: run.into(),
        id: ONLY.into(),
        version: version + 1,
        body: serde_json::to_string(&next).map_err(|error| Error::Bug(error.to_string()))?,
    };
    Ok(store.put_setting(tenant, &row)?)
}

/// Reads the rows of a wallet backwards that were recorded since a moment.
fn new_rows(
    store: &mut dyn Store,
    tenant: TenantId,
    (wallet, head, since): (WalletId, u64, Timestamp),
    mut each: impl FnMut(&Logged) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut before = head.saturating_add(1);
    loop {
        let page = store.log(tenant, wallet, Cursor::Before(before), ROWS)?;
        for logged in &page {
            if logged.event.recorded_at < since {
                return Ok(());
            }
            each(logged)?;
        }
        match page.last() {
            Some(last) if page.len() == ROWS => before = last.seq,
            _ => return Ok(()),
        }
    }
}
