//! What stands beside a wallet and is written with it: its figures on leaderboards, and how far what is
//! sent to its owner has come. Either is what the wallet's own log says last.

use super::{Stop, Stream, take, wrong};
use crate::record::FulfilmentRow;
use regulars_base::{MemberId, Text, WalletId};
use regulars_engine::outcome::Change;
use regulars_engine::state::{Fulfilment, GameChange, PerkChange};
use std::collections::BTreeMap;
use std::iter::Peekable;

/// A row of `scores`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoredScore {
    pub(crate) wallet: WalletId,
    pub(crate) board: i64,
    pub(crate) period: i32,
    pub(crate) figure: i64,
    pub(crate) reached_at: i64,
}

/// A row of `fulfilments`; where it is sent to is the person's own, and is not proved.
pub(crate) type StoredFulfilment = FulfilmentRow;

/// What a wallet's log comes to.
#[derive(Default)]
pub(super) struct Beside {
    /// Figure and moment, by board and period.
    scores: BTreeMap<(i64, i32), (i64, i64)>,
    /// Whose, and how far.
    fulfilments: BTreeMap<Text, (MemberId, Fulfilment)>,
}

impl Beside {
    /// Takes the changes of the next log row, of `member`.
    pub(super) fn take(&mut self, member: MemberId, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Games(moved) => {
                    if let GameChange::Scored {
                        board,
                        period,
                        by,
                        at,
                    } = **moved
                    {
                        let key = (i64::from(board.number()), period);
                        let (figure, since) = self.scores.entry(key).or_default();
                        *figure += by;
                        *since = at.micros();
                    }
                }
                Change::Perks(moved) => {
                    if let PerkChange::Fulfilment(now) = &**moved {
                        let key = now.redemption.clone();
                        self.fulfilments.insert(key, (member, now.clone()));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The rows of both tables, by wallet.
pub(super) struct BesideRows<'a> {
    pub(super) scores: Peekable<Stream<'a, StoredScore>>,
    pub(super) fulfilments: Peekable<Stream<'a, StoredFulfilment>>,
}

impl BesideRows<'_> {
    /// Compares the rows of `wallet`.
    pub(super) fn compare(&mut self, wallet: WalletId, right: &Beside) -> Result<(), Stop> {
        self.scores(wallet, right)?;
        self.fulfilments(wallet, right)
    }

    fn scores(&mut self, wallet: WalletId, right: &Beside) -> Result<(), Stop> {
        let mut left = right.scores.clone();
        while let Some(row) = take(&mut self.scores, |row| row.wallet <= wallet)? {
            let name = score_name(row.wallet, (row.board, row.period));
            if row.wallet < wallet {
                return wrong("scores", name, "belongs to no wallet");
            }
            match left.remove(&(row.board, row.period)) {
                Some((figure, _)) if figure != row.figure => {
                    let what = format!("says {}, the log sums to {figure}", row.figure);
                    return wrong("scores", name, what);
                }
                Some((_, at)) if at != row.reached_at => {
                    let what = "the log says that it was reached at another moment";
                    return wrong("scores", name, what);
                }
                Some(_) => {}
                None => return wrong("scores", name, "the log does not know it"),
            }
        }
        match left.into_keys().next() {
            Some(key) => wrong("scores", score_name(wallet, key), "the row is missing"),
            None => Ok(()),
        }
    }

    fn fulfilments(&mut self, wallet: WalletId, right: &Beside) -> Result<(), Stop> {
        let mut left: BTreeMap<&str, &(MemberId, Fulfilment)> = right
            .fulfilments
            .iter()
            .map(|(id, of)| (id.as_str(), of))
            .collect();
        while let Some(row) = take(&mut self.fulfilments, |row| row.wallet <= wallet)? {
            let name = format!("{}/{}", row.wallet, row.redemption);
            if row.wallet < wallet {
                return wrong("fulfilments", name, "belongs to no wallet");
            }
            match left.remove(row.redemption.as_str()) {
                Some(of) if is(&row, of) => {}
                Some(_) => return wrong("fulfilments", name, "is not what its log comes to"),
                None => return wrong("fulfilments", name, "the log does not know it"),
            }
        }
        match left.into_keys().next() {
            Some(id) => wrong(
                "fulfilments",
                format!("{wallet}/{id}"),
                "the row is missing",
            ),
            None => Ok(()),
        }
    }

    /// Behind the last wallet there is nothing more.
    pub(super) fn end(&mut self) -> Result<(), Stop> {
        if let Some(row) = self.scores.next().transpose()? {
            let name = score_name(row.wallet, (row.board, row.period));
            return wrong("scores", name, "belongs to no wallet");
        }
        match self.fulfilments.next().transpose()? {
            Some(row) => {
                let name = format!("{}/{}", row.wallet, row.redemption);
                wrong("fulfilments", name, "belongs to no wallet")
            }
            None => Ok(()),
        }
    }
}

fn score_name(wallet: WalletId, (board, period): (i64, i32)) -> String {
    format!("{wallet}/{board:08x}/{period}")
}

fn is(row: &FulfilmentRow, (member, now): &(MemberId, Fulfilment)) -> bool {
    (row.member, row.reward, row.quantity) == (*member, Some(now.reward), now.quantity)
        && (row.state.as_str(), row.since) == (now.stage.word(), now.since)
        && row.carrier == now.carrier.as_str()
        && row.tracking == now.tracking.as_str()
}
