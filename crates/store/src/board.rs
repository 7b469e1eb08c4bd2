//! A place on a leaderboard, and its neighbours: the statements of both databases, and what comes of them.
//! All go along the index of those who appear, none over the whole board but the count of those before.

use crate::record::Standing;
use regulars_base::WalletId;
use std::cmp::Reverse;

/// Those who appear on a board in a period, with whatever figure.
macro_rules! of {
    () => {
        "s.tenant = ?1 AND s.board = ?2 AND s.period = ?3 AND s.shown = 1"
    };
}

/// The place of whoever has the figure ?4 since ?5, and the wallet ?6: one behind all who are before.
pub(crate) const PLACE: &str = concat!(
    "SELECT 1 + (SELECT count(*) FROM scores s WHERE ",
    of!(),
    " AND s.figure > ?4)
            + (SELECT count(*) FROM scores s WHERE ",
    of!(),
    " AND s.figure = ?4 AND (s.reached_at, s.wallet) < (?5, ?6))"
);

/// One side of somebody among equals, or among those who have more or less.
macro_rules! side {
    ($name:literal, $that:literal, $order:literal) => {
        concat!(
            "SELECT * FROM (SELECT n.nickname, n.member, s.figure, s.reached_at, s.wallet
             FROM scores s JOIN nicknames n ON n.tenant = s.tenant AND n.wallet = s.wallet WHERE ",
            of!(),
            " AND ",
            $that,
            " ORDER BY ",
            $order,
            " LIMIT ?7) AS ",
            $name
        )
    };
}

/// So many (?7) neighbours on each side at least, in no order.
pub(crate) const NEIGHBOURS: &str = concat!(
    side!(
        "equal_before",
        "s.figure = ?4 AND (s.reached_at, s.wallet) < (?5, ?6)",
        "s.reached_at DESC, s.wallet DESC"
    ),
    " UNION ALL ",
    side!(
        "more",
        "s.figure > ?4",
        "s.figure, s.reached_at DESC, s.wallet DESC"
    ),
    " UNION ALL ",
    side!(
        "equal_behind",
        "s.figure = ?4 AND (s.reached_at, s.wallet) > (?5, ?6)",
        "s.reached_at, s.wallet"
    ),
    " UNION ALL ",
    side!(
        "less",
        "s.figure < ?4 AND s.figure > 0",
        "s.figure DESC, s.reached_at, s.wallet"
    ),
);

/// Somebody's place with so many neighbours on each side, themselves among them.
pub(crate) fn placed(
    place: i64,
    own: (Standing, WalletId),
    mut rows: Vec<(Standing, WalletId)>,
    around: usize,
) -> (Standing, Vec<Standing>) {
    let own_wallet = own.1;
    rows.push(own);
    rows.sort_by_key(|(row, wallet)| (Reverse(row.figure), row.reached_at, *wallet));
    let at = rows.iter().position(|(_, wallet)| *wallet == own_wallet);
    let at = at.unwrap_or_default();
    let first = at.saturating_sub(around);
    let numbered = |(offset, (row, _)): (usize, (Standing, WalletId))| Standing {
        place: place + number(first + offset) - number(at),
        ..row
    };
    let near = rows.into_iter().skip(first).take(at - first + 1 + around);
    let near: Vec<Standing> = near.enumerate().map(numbered).collect();
    (near[at - first].clone(), near)
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
