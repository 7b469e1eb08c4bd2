//! Leaderboards, draws and causes.

use regulars_api::Amount;
use regulars_api::games::{
    CauseMonthOut, DrawnOut, LeaderboardOut, PlaceOut, PromiseOut, StandingOut,
};
use regulars_app::{CauseMonth, Drawn, Leaderboard, Promise, Standing};
use regulars_base::Currency;

/// A leaderboard.
pub fn leaderboard(board: &Leaderboard) -> LeaderboardOut {
    let standing = |own: &Standing| StandingOut {
        place: own.place,
        nickname: own.nickname.clone(),
        figure: Amount::number(own.figure, board.decimals),
        reached_at: own.reached_at.to_string(),
    };
    LeaderboardOut {
        leaderboard: board.board.clone(),
        title: board.title.clone(),
        begins_on: board.begins_on.clone(),
        closes_at: board.closes_at.map(|at| at.to_string()),
        top: board.top.iter().map(standing).collect(),
        own: board.own.as_ref().map(standing),
        around: board.around.iter().map(standing).collect(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is published of a secret.
pub fn promise(promise: &Promise) -> PromiseOut {
    PromiseOut {
        month: promise.month.clone(),
        promise: hex(&promise.promise),
        made_at: promise.made_at.to_string(),
        secret: promise.secret.as_ref().map(|secret| hex(secret)),
    }
}

/// The winners of a draw.
pub fn drawn(draw: &str, drawn: &Drawn) -> DrawnOut {
    let places = (1..).zip(&drawn.places).map(|(place, own)| PlaceOut {
        place,
        member: own.member.to_string(),
        tickets: own.count,
        alternate: place > drawn.winners,
    });
    DrawnOut {
        draw: draw.to_owned(),
        tickets: drawn.tickets,
        list: hex(&drawn.list),
        places: places.collect(),
    }
}

/// What a cause got in a month.
pub fn cause_month(month: &CauseMonth, currency: Currency) -> CauseMonthOut {
    CauseMonthOut {
        month: month.month.clone(),
        amount: Amount::money(month.amount, currency),
        members: month.members,
    }
}
