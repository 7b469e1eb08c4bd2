//! A clock that is set back, and forth, under load.

use crate::faults::book::Book;
use crate::faults::disk::{Disk, Switch};
use crate::faults::kills::{moment, open};
use crate::faults::load::Load;
use crate::faults::seed;
use crate::shop::Shop;

/// An hour and a day, in seconds.
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

#[test]
fn a_clock_that_is_set_back_loses_nothing_and_doubles_nothing() {
    let (mut dice, book, shop) = (seed("clock"), Book::default(), Shop::new());
    let key = open(&shop);
    let disk = Disk::of(&shop);
    let mut server = disk.server(&shop);
    // Before its own first event, ahead of it, and back; the last time across the death of the server.
    for (round, wrong) in [-HOUR, DAY, -DAY, 0].into_iter().enumerate() {
        let load = Load::on(&server, &book, &key, round as u64);
        let mut own = dice.clone();
        load.during(&mut dice, || {
            moment(&book, &mut own);
            disk.set(Switch::Clock, wrong);
            moment(&book, &mut own);
            server.kill();
        });
        server = disk.server(&shop);
        assert_eq!(
            book.problems(),
            [],
            "nobody is refused for the server's clock"
        );
        book.must_hold(
            format_args!("{wrong} seconds wrong"),
            (&shop, &server),
            &key,
            u64::MAX,
        );
    }
    assert!(server.stop().success());
}
