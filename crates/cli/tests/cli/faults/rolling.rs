//! One server takes the place of another under traffic, as when the version changes: whoever goes by `/readyz`, as a load
//! balancer does, has no request that fails.
//!
//! With `REGULARS_CRASH_OLDER`, an executable of an earlier version, the database and the first servers are its own.

use crate::faults::book::Book;
use crate::faults::kills::{moment, on_postgres, open_by};
use crate::faults::load::{Line, Over, purchase};
use crate::faults::{Dice, figure, seed, until};
use crate::serving::Server;
use crate::shop::Shop;
use regulars_testkit::TestDb;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many tell at once.
const TILLS: u64 = 4;
/// How many servers there are at any time.
const SERVERS: usize = 2;
/// For so long a server that was told to stop answers on, in seconds.
const DRAIN: &str = "1";

/// A command of this version, or of the earlier one where there is one.
fn command(shop: &Shop, args: &[&str], is_older: bool) -> Command {
    let own = shop.command(args);
    let Some(older) = std::env::var_os("REGULARS_CRASH_OLDER").filter(|_| is_older) else {
        return own;
    };
    let mut command = Command::new(older);
    command.args(own.get_args());
    for (name, value) in own.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    if let Some(folder) = own.get_current_dir() {
        command.current_dir(folder);
    }
    command
}

fn start(shop: &Shop, is_older: bool) -> Server {
    let args = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--json",
        "--drain",
        DRAIN,
    ];
    Server::start_as(&mut command(shop, &args, is_older))
}

/// Who is asked: the servers that say that they are ready.
#[derive(Default)]
struct Balancer(Mutex<Vec<String>>);

impl Balancer {
    fn change(&self, change: impl FnOnce(&mut Vec<String>)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn any(&self, dice: &mut Dice) -> String {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = usize::try_from(dice.below(all.len() as u64)).expect("is small");
        all[at].clone()
    }
}

/// Tells purchases until it is over; none may fail.
fn till(
    till: u64,
    (book, balancer): (&Book, &Balancer),
    key: &str,
    mut dice: Dice,
    over: &AtomicBool,
) {
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let told = purchase(format!("{till}-{number}"), &mut dice);
        book.tell(told.clone());
        let address = balancer.any(&mut dice);
        let body = told.body.to_string();
        match Line::to(&address).ask(("POST", "/v1/events"), key, &body) {
            Ok((201, said)) => book.answered(&told.id, 201, 0, &said),
            failed => book.fault(format!("{} failed at {address}: {failed:?}", told.id)),
        }
    }
}

fn rolls(of: &str, shop: &Shop, rolls: u64) {
    let (mut dice, book) = (seed(of), Book::default());
    let key = open_by(shop, |args| command(shop, args, true));
    let mut running: Vec<Server> = (0..SERVERS).map(|_| start(shop, true)).collect();
    let balancer = Balancer::default();
    let address = |server: &Server| server.text("listening").to_owned();
    balancer.change(|all| all.extend(running.iter().map(address)));
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for number in 0..TILLS {
            let (own, all, key, over) = (Dice(dice.next()), (&book, &balancer), &key, &over);
            scope.spawn(move || till(number, all, key, own, over));
        }
        let _over = Over(&over);
        for _ in 0..rolls {
            moment(&book, &mut dice);
            let new = start(shop, false);
            until("the new one is not ready", || {
                new.get("/readyz", None).0 == 200
            });
            balancer.change(|all| all.push(address(&new)));
            moment(&book, &mut dice);
            let mut old = running.remove(0);
            running.push(new);
            old.terminate();
            until("the old one does not say that it goes", || {
                old.get("/readyz", None).0 == 503
            });
            balancer.change(|all| all.retain(|own| *own != address(&old)));
            assert!(old.ended().success());
        }
        moment(&book, &mut dice);
    });
    book.must_hold("after all have changed", (shop, &running[0]), &key, 0);
    for server in &mut running {
        assert!(server.stop().success());
    }
    let acknowledged = book.acknowledged();
    println!(
        "{of}: {rolls} servers replaced, {acknowledged} events acknowledged, no request failed"
    );
}

#[test]
fn on_sqlite_no_request_fails_while_servers_take_each_others_place() {
    rolls("rolling-sqlite", &Shop::new(), figure("ROLLS", 2));
}

#[test]
fn on_postgres_no_request_fails_while_servers_take_each_others_place() {
    let db = TestDb::postgres_empty();
    rolls("rolling-postgres", &on_postgres(&db), figure("ROLLS", 2));
}
