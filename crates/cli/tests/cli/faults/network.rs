//! A network between server and database that breaks: it holds back what is sent, loses answers, cuts lines.

use crate::faults::book::Book;
use crate::faults::kills::{moment, open};
use crate::faults::load::Load;
use crate::faults::{seed, until};
use crate::serving::Server;
use crate::shop::Shop;
use regulars_app::Database;
use regulars_testkit::TestDb;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    Fair = 0,
    /// Nothing gets through, and nobody is told. Later it does.
    Stalled = 1,
    /// Whatever is asked gets through, and no answer comes back, ever.
    Deaf = 2,
    /// Lines are cut, and new ones at once, too.
    Cut = 3,
}

/// A line to the database that a test can disturb.
struct Network {
    port: u16,
    weather: Arc<AtomicU8>,
    over: Arc<AtomicBool>,
}

impl Network {
    fn to(target: String) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let network = Self {
            port: listener.local_addr().expect("it has a port").port(),
            weather: Arc::default(),
            over: Arc::default(),
        };
        let (weather, over) = (Arc::clone(&network.weather), Arc::clone(&network.over));
        std::thread::spawn(move || {
            for line in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                if let (Ok(near), Ok(far)) = (line, TcpStream::connect(&target)) {
                    pump((&near, &far), &weather, false);
                    pump((&far, &near), &weather, true);
                }
            }
        });
        network
    }

    fn set(&self, weather: Weather) {
        self.weather.store(weather as u8, Ordering::SeqCst);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        self.set(Weather::Cut);
        // So that whoever waits for a line looks once more.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
    }
}

/// Carries bytes one way, as the weather is.
fn pump((from, to): (&TcpStream, &TcpStream), weather: &Arc<AtomicU8>, is_answer: bool) {
    let of = |line: &TcpStream| line.try_clone().expect("a line can be held twice");
    let (mut from, mut to, weather) = (of(from), of(to), Arc::clone(weather));
    let timeout = Some(Duration::from_millis(5));
    from.set_read_timeout(timeout)
        .expect("a socket takes a timeout");
    to.set_nodelay(true).expect("a socket takes it");
    std::thread::spawn(move || {
        let mut bytes = [0; 65_536];
        let mut is_spoiled = false;
        'line: loop {
            let count = match from.read(&mut bytes) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    0
                }
                Err(_) => break,
            };
            loop {
                match weather.load(Ordering::SeqCst) {
                    1 => std::thread::sleep(Duration::from_millis(5)),
                    2 if is_answer => {
                        is_spoiled |= count > 0;
                        break;
                    }
                    3 => break 'line,
                    _ if is_spoiled => break 'line,
                    _ if to.write_all(&bytes[..count]).is_err() => break 'line,
                    _ => break,
                }
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    });
}

#[test]
fn a_network_that_breaks_between_server_and_database_loses_nothing() {
    let db = TestDb::postgres_empty();
    let Database::Postgres(address) = &db.database else {
        unreachable!("the test's database is PostgreSQL");
    };
    let (user, rest) = address.split_once('@').expect("it names a user");
    let (target, name) = rest.split_once('/').expect("it names a database");
    let network = Network::to(target.to_owned());
    // So much patience has the server with a database that says nothing.
    let port = network.port;
    let shop = Shop::on(&format!(
        "{user}@127.0.0.1:{port}/{name}?tcp_user_timeout=1&connect_timeout=1"
    ));
    let (mut dice, book, key) = (seed("network"), Book::default(), open(&shop));
    let mut server = Server::start(&shop, &[]);
    let breaks = [
        Weather::Cut,
        Weather::Stalled,
        Weather::Deaf,
        Weather::Cut,
        Weather::Deaf,
    ];
    for (round, broken) in breaks.into_iter().enumerate() {
        let load = Load::on(&server, &book, &key, round as u64);
        let mut own = dice.clone();
        let problems = load.during(&mut dice, || {
            moment(&book, &mut own);
            book.problems();
            network.set(broken);
            let begun = Instant::now();
            let mut problems = Vec::new();
            until("the network breaks and no till is told", || {
                problems.extend(book.problems());
                !problems.is_empty()
            });
            let patience = begun.elapsed();
            assert!(
                patience < Duration::from_secs(15),
                "{broken:?}: told after {patience:?}"
            );
            network.set(Weather::Fair);
            moment(&book, &mut own);
            problems.extend(book.problems());
            problems
        });
        for (status, words) in &problems {
            assert_eq!(*status, 503, "{words}");
        }
        book.must_hold(format_args!("{broken:?}"), (&shop, &server), &key, 0);
    }
    assert!(server.stop().success());
}
