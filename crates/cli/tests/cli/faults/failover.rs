//! A PostgreSQL that dies for good under load, and a synchronous standby that takes over.

use crate::faults::book::Book;
use crate::faults::kills::{moment, open};
use crate::faults::load::Load;
use crate::faults::outage::Cluster;
use crate::faults::{figure, seed};
use crate::serving::Server;
use crate::shop::Shop;
use std::time::{Duration, Instant};

#[test]
fn a_synchronous_standby_takes_over_under_load_and_nothing_is_lost() {
    let mut primary = Cluster::start();
    let shop = Shop::on(&format!(
        "postgres://regulars@{}/postgres",
        primary.address()
    ));
    let (mut dice, book, key) = (seed("failover"), Book::default(), open(&shop));
    let failovers = figure("FAILOVERS", 1);
    let mut longest = Duration::ZERO;
    for round in 0..failovers {
        let standby = primary.standby();
        // The two that it may be, the standby first: it is passed over as long as it takes no writes.
        let both = Shop::on(&format!(
            "postgres://regulars@{},{}/postgres",
            standby.address(),
            primary.address()
        ));
        let mut server = Server::start(&both, &[]);
        let load = Load::on(&server, &book, &key, round);
        let mut own = dice.clone();
        load.during(&mut dice, || {
            moment(&book, &mut own);
            primary.kill();
            let died = Instant::now();
            standby.promote();
            moment(&book, &mut own);
            longest = longest.max(died.elapsed());
        });
        for (status, words) in book.problems() {
            assert_eq!(status, 503, "{words}");
        }
        book.must_hold(
            format_args!("after fail-over {round}"),
            (&both, &server),
            &key,
            0,
        );
        assert!(server.stop().success());
        primary = standby;
    }
    println!(
        "failover: {failovers} fail-overs, {} events acknowledged, none lost; 20 to 120 more were acknowledged \
         at most {longest:?} after the death",
        book.acknowledged()
    );
}
