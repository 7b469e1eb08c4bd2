//! Servers that are killed under load, on both databases; one, and two that write for the same members.

use crate::faults::book::Book;
use crate::faults::load::Load;
use crate::faults::{Dice, figure, seed, until};
use crate::serving::Server;
use crate::shop::{CAFE, Shop, wait};
use regulars_app::Database;
use regulars_testkit::TestDb;
use serde_json::Value;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A shop with the café's program, and a key for its tills.
pub(super) fn open(shop: &Shop) -> String {
    open_by(shop, |args| shop.command(args))
}

/// The same, by commands that are made so.
pub(super) fn open_by(shop: &Shop, command: impl Fn(&[&str]) -> Command) -> String {
    shop.write("cafe.toml", CAFE);
    let ok = |args: &[&str]| {
        let done = wait(&mut command(args));
        assert_eq!(done.code, Some(0), "{args:?}: {done:#?}");
        done.out
    };
    ok(&["apply", "cafe.toml"]);
    let made = ok(&[
        "keys", "create", "--name", "till", "--scope", "admin", "--json",
    ]);
    let made: Value = serde_json::from_str(&made).expect("is JSON");
    made["secret"].as_str().expect("is shown once").to_owned()
}

/// On a database of PostgreSQL that is the test's own.
pub(super) fn on_postgres(db: &TestDb) -> Shop {
    match &db.database {
        Database::Postgres(address) => Shop::on(address),
        Database::Sqlite(_) => unreachable!("the test's database is PostgreSQL"),
    }
}

/// Waits for so many more acknowledgements and then so many microseconds: as near to the same moment as can be.
pub(super) fn moment(book: &Book, dice: &mut Dice) {
    let enough = book.acknowledged() + usize::try_from(20 + dice.below(100)).expect("is small");
    until("nothing is acknowledged", || book.acknowledged() >= enough);
    let (begun, pause) = (Instant::now(), Duration::from_micros(dice.below(20_000)));
    while begun.elapsed() < pause {
        std::thread::yield_now();
    }
}

/// A server that is killed while it starts, at any moment of that.
fn dies_at_birth(shop: &Shop, dice: &mut Dice) {
    let mut command = shop.command(["serve", "--listen", "127.0.0.1:0"]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut born = command.spawn().expect("the executable starts");
    std::thread::sleep(Duration::from_micros(dice.below(200_000)));
    born.kill().expect("it can be killed");
    born.wait().expect("it ends");
}

/// Kills so often under load. Of several servers those die that the dice say, one at least.
fn survives(of: &str, shop: &Shop, servers: usize, kills: u64) {
    let (mut dice, book, key) = (seed(of), Book::default(), open(shop));
    let mut running: Vec<Server> = (0..servers).map(|_| Server::start(shop, &[])).collect();
    for round in 0..kills {
        let load = Load {
            book: &book,
            round,
            addresses: running
                .iter()
                .map(|it| it.text("listening").to_owned())
                .collect(),
            key: &key,
            mark: &|| 0,
        };
        let first = usize::try_from(dice.below(servers as u64)).expect("is small");
        let dying: Vec<bool> = (0..servers)
            .map(|at| at == first || dice.chance(30))
            .collect();
        let mut own = dice.clone();
        load.during(&mut dice, || {
            moment(&book, &mut own);
            for (server, _) in running.iter_mut().zip(&dying).filter(|(_, dies)| **dies) {
                server.kill();
            }
            if dying.contains(&false) {
                // Who is left takes over what the others had.
                moment(&book, &mut own);
            }
        });
        for (server, _) in running.iter_mut().zip(&dying).filter(|(_, dies)| **dies) {
            if dice.chance(25) {
                dies_at_birth(shop, &mut dice);
            }
            *server = Server::start(shop, &[]);
        }
        book.must_hold(
            format_args!("after kill {round}"),
            (shop, &running[0]),
            &key,
            0,
        );
    }
    for server in &mut running {
        assert!(server.stop().success());
    }
    let acknowledged = book.acknowledged();
    println!("{of}: {kills} kills, {acknowledged} events acknowledged, none lost, none doubled");
}

#[test]
fn sqlite_loses_nothing_when_the_server_is_killed() {
    survives("sqlite", &Shop::new(), 1, figure("KILLS", 5));
}

#[test]
fn postgres_loses_nothing_when_the_server_is_killed() {
    let db = TestDb::postgres_empty();
    survives("postgres", &on_postgres(&db), 1, figure("KILLS", 5));
}

#[test]
fn two_servers_on_one_sqlite_file_fight_for_the_same_members_and_are_killed() {
    survives("sqlite-two", &Shop::new(), 2, figure("FIGHTS", 2));
}

#[test]
fn two_servers_on_one_postgres_fight_for_the_same_members_and_are_killed() {
    let db = TestDb::postgres_empty();
    survives("postgres-two", &on_postgres(&db), 2, figure("FIGHTS", 2));
}
