//! How long a page of a leaderboard takes, and somebody's place on it, where each member is on the board.
//!
//! A page is the first ten; a place is that of any member with five neighbours on each side, so that it lies
//! deep in the board as often as near its top.

use crate::folder::Folder;
use crate::merchant::{Merchant, PROGRAM};
use crate::options::Options;
use crate::orders;
use crate::random::Random;
use crate::report::Report;
use anyhow::ensure;
use regulars_app::{Database, Identity, LeaderboardAsk, MemberRef};
use regulars_base::Text;
use rusqlite::Connection;
use std::path::Path;
use std::time::{Duration, Instant};

/// Everybody's points, for ever.
const BOARD: &str = "\n[[leaderboard]]\nid = \"all\"\ncounts = \"points\"\npoints = \"points\"\n";

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "leaderboard")?;
    // Purchases count for what the version of their own day has.
    let program = format!("{PROGRAM}{BOARD}");
    let path = folder.file("shop.db");
    let merchant = Merchant::with(Database::Sqlite(path.clone()), &program)?;
    let (app, tenant) = (&merchant.app, merchant.tenant);
    let file = folder.file("orders.csv");
    orders::write(&file, orders::of_each(options.members))?;
    merchant.import(&file, &mut |_| true)?;
    let who = |member: u64| -> anyhow::Result<MemberRef> {
        Ok(MemberRef::Identity(Identity {
            kind: Text::new("customer")?,
            value: Text::new(member.to_string())?,
        }))
    };
    nicknames(&path)?;
    let mut random = Random::new(7);
    let (mut pages, mut places) = (Vec::new(), Vec::new());
    let begin = Instant::now();
    while pages.len() < 100 || begin.elapsed().as_secs_f64() < options.seconds {
        let page = LeaderboardAsk {
            top: 10,
            ..LeaderboardAsk::default()
        };
        let place = LeaderboardAsk {
            member: Some(who(random.below(options.members))?),
            around: 5,
            ..LeaderboardAsk::default()
        };
        let asked = Instant::now();
        let board = app.leaderboard(tenant, "all", &page)?;
        pages.push(asked.elapsed().as_secs_f64() * 1e3);
        ensure!(board.top.len() == 10, "not everybody is on the board");
        let asked = Instant::now();
        let board = app.leaderboard(tenant, "all", &place)?;
        places.push(asked.elapsed().as_secs_f64() * 1e3);
        ensure!(board.own.is_some(), "somebody is not on the board");
    }
    let count = pages.len() as f64;
    Ok(Report::of("leaderboard")
        .with("members", options.members as f64)
        .with("asked", count)
        .with("page_p50_ms", of_sorted(&mut pages, 50))
        .with("page_p99_ms", of_sorted(&mut pages, 99))
        .with("place_p50_ms", of_sorted(&mut places, 50))
        .with("place_p99_ms", of_sorted(&mut places, 99)))
}

/// The figure that so many of a hundred are not above.
fn of_sorted(all: &mut [f64], percent: usize) -> f64 {
    all.sort_unstable_by(f64::total_cmp);
    let place = (all.len() * percent).div_ceil(100).saturating_sub(1);
    all.get(place).copied().unwrap_or_default()
}

/// Gives everybody a nickname, all at once: each by itself, as people choose theirs, is a write to the
/// disk of its own, and a hundred thousand of those take longer than all that is measured.
fn nicknames(path: &Path) -> anyhow::Result<()> {
    let db = Connection::open(path)?;
    db.busy_timeout(Duration::from_secs(60))?;
    db.execute_batch(
        "BEGIN IMMEDIATE;
         INSERT INTO nicknames (tenant, wallet, member, key, nickname)
         SELECT tenant, wallet, member, 'player ' || hex(wallet), 'Player ' || hex(wallet)
         FROM wallets WHERE wallet IN (SELECT wallet FROM scores);
         UPDATE scores SET shown = 1;
         COMMIT;",
    )?;
    Ok(())
}
