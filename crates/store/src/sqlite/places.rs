//! Where the log rows of a batch stand: after all that there are, by wallet and number.

use crate::batch::{Commit, Loaded};
use crate::writes::signed;
use regulars_base::WalletId;
use rusqlite::{Connection, Result};

pub(super) struct Places {
    first: i64,
    rows: Vec<Row>,
}

/// A log row to be written. Sorted by wallet and number.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    wallet: WalletId,
    seq: i64,
    /// Where the wallet's newest row stood before this batch.
    newest: Option<i64>,
}

impl Places {
    pub(super) fn of(db: &Connection, loaded: &Loaded, commits: &[Commit]) -> Result<Self> {
        let last: Option<i64> = db
            .prepare_cached("SELECT max(no) FROM log")?
            .query_row([], |row| row.get(0))?;
        let row = |commit: &Commit| {
            let wallet = &loaded.wallets[commit.wallet];
            Row {
                wallet: wallet.wallet,
                seq: signed(commit.seq),
                newest: wallet.newest,
            }
        };
        let mut rows: Vec<Row> = commits.iter().map(row).collect();
        rows.sort_unstable();
        Ok(Self {
            first: last.unwrap_or(0) + 1,
            rows,
        })
    }

    /// Where the row of this wallet and number stands.
    pub(super) fn no(&self, wallet: WalletId, seq: i64) -> i64 {
        self.place(self.at(wallet, seq))
    }

    /// Where the row before that one stands.
    pub(super) fn before(&self, wallet: WalletId, seq: i64) -> Option<i64> {
        let at = self.at(wallet, seq);
        match at.checked_sub(1).map(|last| self.rows[last].wallet) {
            Some(last) if last == wallet => Some(self.place(at) - 1),
            _ => self.rows[at].newest,
        }
    }

    fn place(&self, at: usize) -> i64 {
        self.first + signed(at as u64)
    }

    fn at(&self, wallet: WalletId, seq: i64) -> usize {
        let at = self
            .rows
            .binary_search_by_key(&(wallet, seq), |row| (row.wallet, row.seq));
        at.expect("only rows of this batch are asked for")
    }
}
