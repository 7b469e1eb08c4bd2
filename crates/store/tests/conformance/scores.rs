//! Leaderboards: who appears, in which order, at which place, and beside whom.

use crate::world::{ingest, open, proof, shop};
use regulars_base::{MemberId, Name};
use regulars_engine::event::{Kind, MergeOut};
use regulars_store::{Board, Standing, Store};
use regulars_testkit::{Story, TestDb, on_both};

on_both! {
    whoever_has_a_nickname_appears_in_the_order_of_figure_and_moment,
    a_place_has_its_neighbours_on_both_sides,
    who_takes_a_nickname_away_or_is_erased_does_not_appear,
    a_nickname_is_one_members,
    figures_move_with_what_is_bought_and_given_back,
    who_is_merged_takes_their_figure_along,
    nicknames_and_figures_written_at_once_are_both_seen,
}

pub(crate) fn orders() -> Board {
    Board {
        board: Name::of("leaderboard orders"),
        period: 0,
    }
}

fn id_of(store: &mut dyn Store, customer: u64) -> MemberId {
    let found = store.member_by_identity(shop(), "customer", &customer.to_string());
    found.unwrap().unwrap().id
}

fn named(store: &mut dyn Store, customer: u64, nickname: Option<&str>) -> bool {
    let id = id_of(store, customer);
    let both = nickname.map(str::to_lowercase);
    let both = both.as_deref().zip(nickname);
    store.set_nickname(shop(), id, both).unwrap()
}

/// Customers by number, each with so many orders, bought in this order; all have a nickname.
fn buy(store: &mut dyn Store, story: &mut Story, orders: &[(u64, u64)]) {
    for (customer, count) in orders {
        for no in 0..*count {
            let order = format!("o-{customer}-{no}-{}", story.now());
            let buys = story.purchase(Story::customer(*customer), &order, 1_00);
            ingest(store, &[buys]).unwrap();
        }
    }
}

fn shown(rows: &[Standing]) -> Vec<(i64, &str, i64)> {
    rows.iter()
        .map(|row| (row.place, row.nickname.as_str(), row.figure))
        .collect()
}

fn around(store: &mut dyn Store, customer: u64, by: usize) -> Option<(Standing, Vec<Standing>)> {
    let id = id_of(store, customer);
    let wallet = store.member(shop(), id).unwrap().unwrap().wallet;
    store.standing(shop(), orders(), wallet, by).unwrap()
}

pub(crate) fn whoever_has_a_nickname_appears_in_the_order_of_figure_and_moment(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    buy(store, &mut story, &[(1, 1), (2, 3), (3, 1), (4, 2)]);
    assert_eq!(store.standings(shop(), orders(), (0, 9)).unwrap(), []);
    // Some chose theirs after they bought, one before they bought again.
    for (customer, nickname) in [(1, "Ana"), (2, "Bo"), (3, "Cy")] {
        assert!(named(store, customer, Some(nickname)));
    }
    buy(store, &mut story, &[(4, 1), (3, 1)]);
    let page = store.standings(shop(), orders(), (0, 9)).unwrap();
    let wanted = [(1, "Bo", 3), (2, "Cy", 2), (3, "Ana", 1)];
    assert_eq!(shown(&page), wanted);
    assert_eq!(page[1].reached_at, story.now());
    let page = store.standings(shop(), orders(), (1, 1)).unwrap();
    assert_eq!(shown(&page), [(2, "Cy", 2)]);
    let other = Board {
        period: 7,
        ..orders()
    };
    assert_eq!(store.standings(shop(), other, (0, 9)).unwrap(), []);
    assert_eq!(proof(store), Ok(()));
}

pub(crate) fn a_place_has_its_neighbours_on_both_sides(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    // Customers 3 to 6 are equals; 9 appears nowhere.
    let counts = [
        (1, 4),
        (2, 3),
        (3, 2),
        (4, 2),
        (5, 2),
        (6, 2),
        (9, 2),
        (7, 1),
    ];
    buy(store, &mut story, &counts);
    for customer in 1..=7 {
        assert!(named(store, customer, Some(&format!("No {customer}"))));
    }
    let (own, near) = around(store, 5, 2).unwrap();
    assert_eq!((own.place, own.figure), (5, 2));
    let wanted = [
        (3, "No 3", 2),
        (4, "No 4", 2),
        (5, "No 5", 2),
        (6, "No 6", 2),
        (7, "No 7", 1),
    ];
    assert_eq!(shown(&near), wanted);
    let (own, near) = around(store, 3, 3).unwrap();
    assert_eq!(own.place, 3);
    let places: Vec<i64> = near.iter().map(|row| row.place).collect();
    assert_eq!(places, [1, 2, 3, 4, 5, 6]);
    let (own, near) = around(store, 1, 1).unwrap();
    assert_eq!(
        (own.place, shown(&near)),
        (1, vec![(1, "No 1", 4), (2, "No 2", 3)])
    );
    let (own, near) = around(store, 7, 0).unwrap();
    assert_eq!((own.place, near), (7, vec![own.clone()]));
    assert_eq!(around(store, 9, 2), None);
    // The same as on the page.
    let page = store.standings(shop(), orders(), (0, 9)).unwrap();
    for row in &page {
        let wallet = store.member(shop(), row.member).unwrap().unwrap().wallet;
        let (own, near) = store
            .standing(shop(), orders(), wallet, 9)
            .unwrap()
            .unwrap();
        assert_eq!((&own, &near), (row, &page));
    }
}

fn who_takes_a_nickname_away_or_is_erased_does_not_appear(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    buy(store, &mut story, &[(1, 3), (2, 2), (3, 1)]);
    for (customer, nickname) in [(1, "Ana"), (2, "Bo"), (3, "Cy")] {
        assert!(named(store, customer, Some(nickname)));
    }
    assert!(named(store, 1, None));
    let gone = id_of(store, 2);
    store.erase_member(shop(), gone).unwrap();
    buy(store, &mut story, &[(1, 1)]);
    let page = store.standings(shop(), orders(), (0, 9)).unwrap();
    assert_eq!(shown(&page), [(1, "Cy", 1)]);
    assert_eq!(around(store, 1, 1), None);
    assert_eq!(
        around(store, 3, 5).map(|(own, near)| (own.place, near.len())),
        Some((1, 1))
    );
    // Who comes back is where they were, with what they did meanwhile.
    assert!(named(store, 1, Some("Anna")));
    let page = store.standings(shop(), orders(), (0, 9)).unwrap();
    assert_eq!(shown(&page), [(1, "Anna", 4), (2, "Cy", 1)]);
}

fn a_nickname_is_one_members(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    buy(store, &mut story, &[(1, 2), (2, 1)]);
    assert!(named(store, 1, Some("Queen")));
    assert!(!named(store, 2, Some("QUEEN")));
    assert_eq!(around(store, 2, 1), None);
    assert!(
        named(store, 1, Some("QUEEN")),
        "the same, written otherwise"
    );
    let ana = id_of(store, 1);
    assert_eq!(
        store.nickname(shop(), ana).unwrap().as_deref(),
        Some("QUEEN")
    );
    let page = store.standings(shop(), orders(), (0, 9)).unwrap();
    assert_eq!(shown(&page), [(1, "QUEEN", 2)]);
}

fn figures_move_with_what_is_bought_and_given_back(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let batch = [
        story.purchase(Story::customer(1), "o-1", 4_00),
        story.purchase(Story::customer(1), "o-2", 4_00),
        story.purchase(Story::customer(2), "o-3", 4_00),
    ];
    ingest(store, &batch).unwrap();
    assert!(named(store, 1, Some("Ana")) && named(store, 2, Some("Bo")));
    let sums = store.score_sums(shop(), orders().board).unwrap();
    assert_eq!((sums[0].period, sums[0].sum, sums[0].members), (0, 3, 2));
    ingest(store, &[story.refund(Story::customer(1), "o-1", 4_00)]).unwrap();
    ingest(store, &[story.refund(Story::customer(2), "o-3", 4_00)]).unwrap();
    let page = store.standings(shop(), orders(), (0, 9)).unwrap();
    assert_eq!(shown(&page), [(1, "Ana", 1)], "nobody appears with nothing");
    assert_eq!(around(store, 2, 1), None);
    assert_eq!(proof(store), Ok(()));
}

fn who_is_merged_takes_their_figure_along(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    buy(store, &mut story, &[(1, 2), (2, 1)]);
    assert!(named(store, 1, Some("Ana")) && named(store, 2, Some("Bo")));
    let (from, into) = (id_of(store, 1), id_of(store, 2));
    let merge = story.event(Story::customer(1), Kind::MergeOut(MergeOut { from, into }));
    ingest(store, &[merge]).unwrap();
    let page = store.standings(shop(), orders(), (0, 9)).unwrap();
    assert_eq!(shown(&page), [(1, "Bo", 3)]);
    assert_eq!(proof(store), Ok(()));
}

fn nicknames_and_figures_written_at_once_are_both_seen(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    let first: Vec<_> = (0..20)
        .map(|no| story.purchase(Story::customer(no), &format!("o-{no}"), 1_00))
        .collect();
    ingest(&mut *store, &first).unwrap();
    std::thread::scope(|scope| {
        let (one, two) = (&db, &db);
        scope.spawn(move || {
            let mut store = open(one);
            for customer in 0..20 {
                assert!(named(
                    &mut *store,
                    customer,
                    Some(&format!("No {customer}"))
                ));
            }
        });
        let mut other = Story::new("web", "2025-03-01T10:00:00Z");
        scope.spawn(move || {
            let mut store = open(two);
            for no in 0..20 {
                let who = regulars_engine::event::Who::Member(id_of(&mut *store, no));
                let buys = other.purchase(who, &format!("w-{no}"), 1_00);
                ingest(&mut *store, &[buys]).unwrap();
            }
        });
    });
    let page = store.standings(shop(), orders(), (0, 99)).unwrap();
    let figures: Vec<i64> = page.iter().map(|row| row.figure).collect();
    assert_eq!(figures, [2; 20]);
    assert_eq!(proof(&mut *store), Ok(()));
}
