//! What is sent: how far it has come is what the log says, and where it goes is the person's own.

use crate::world::{accepted, ingest, open, proof, shop};
use regulars_base::{MemberId, WalletId};
use regulars_engine::event::{Fulfil, FulfilMove, Incoming, Kind, PerkEvent, RewardRequest};
use regulars_store::{FulfilmentAsk, FulfilmentRow, Store};
use regulars_testkit::{Story, TestDb, on_both, text};

on_both! {
    what_is_sent_is_listed_by_when_it_came_so_far,
    it_is_listed_page_by_page_and_by_state,
    an_address_is_said_changed_and_forgotten,
    an_address_goes_with_the_person_and_the_rest_stays,
}

pub(crate) fn asks(story: &mut Story, customer: u64, redemption: &str) -> Incoming {
    let request = RewardRequest {
        redemption: text(redemption),
        reward: text("parcel"),
        quantity: 1,
        order: None,
        commit: true,
    };
    story.event(Story::customer(customer), Kind::RewardRequest(request))
}

pub(crate) fn moves(
    story: &mut Story,
    customer: u64,
    redemption: &str,
    to: FulfilMove,
) -> Incoming {
    let fulfil = PerkEvent::Fulfil(Fulfil {
        redemption: text(redemption),
        to,
    });
    story.event(Story::customer(customer), Kind::Perk(Box::new(fulfil)))
}

pub(crate) fn leaves() -> FulfilMove {
    FulfilMove::Dispatched {
        carrier: text("post"),
        tracking: text("4711"),
    }
}

/// Two customers with three parcels: the first has left, the others have not.
pub(crate) fn three(store: &mut dyn Store, story: &mut Story) {
    let events = [
        story.purchase(Story::customer(1), "parcel-1", 40_00),
        story.purchase(Story::customer(2), "parcel-2", 40_00),
        asks(story, 1, "p-1"),
        asks(story, 2, "p-2"),
        asks(story, 1, "p-3"),
        moves(story, 1, "p-1", leaves()),
    ];
    for event in events {
        let came = ingest(store, &[event]).unwrap();
        assert!(came.iter().all(accepted), "{came:?}");
    }
}

fn all(store: &mut dyn Store) -> Vec<FulfilmentRow> {
    let ask = FulfilmentAsk::default();
    store.fulfilments(shop(), &ask, 99).unwrap()
}

fn ids(rows: &[FulfilmentRow]) -> Vec<(&str, &str)> {
    rows.iter()
        .map(|row| (row.redemption.as_str(), row.state.as_str()))
        .collect()
}

pub(crate) fn what_is_sent_is_listed_by_when_it_came_so_far(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    three(&mut *store, &mut story);
    let rows = all(&mut *store);
    let wanted = [
        ("p-2", "ordered"),
        ("p-3", "ordered"),
        ("p-1", "dispatched"),
    ];
    assert_eq!(ids(&rows), wanted);
    let left = &rows[2];
    assert_eq!((left.quantity, left.since), (1, story.now()));
    assert_eq!(
        (left.carrier.as_str(), left.tracking.as_str()),
        ("post", "4711")
    );
    let arrives = moves(&mut story, 1, "p-1", FulfilMove::Delivered);
    let fails = moves(
        &mut story,
        2,
        "p-2",
        FulfilMove::Failed {
            reason: text("sold out"),
        },
    );
    ingest(&mut *store, &[arrives, fails]).unwrap();
    let rows = all(&mut *store);
    let wanted = [("p-3", "ordered"), ("p-1", "delivered"), ("p-2", "failed")];
    assert_eq!(ids(&rows), wanted);
    assert_eq!(proof(&mut *store), Ok(()));
}

fn it_is_listed_page_by_page_and_by_state(db: TestDb) {
    let mut store = open(&db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    three(&mut *store, &mut story);
    let whole = all(&mut *store);
    let mut ask = FulfilmentAsk::default();
    let mut pages = Vec::new();
    loop {
        let page = store.fulfilments(shop(), &ask, 1).unwrap();
        let Some(last) = page.last() else { break };
        ask.after = Some((last.since, last.wallet, last.redemption.clone()));
        pages.extend(page);
    }
    assert_eq!(pages, whole);
    let ordered = FulfilmentAsk {
        state: Some("ordered".into()),
        after: None,
    };
    let rows = store.fulfilments(shop(), &ordered, 99).unwrap();
    assert_eq!(ids(&rows), [("p-2", "ordered"), ("p-3", "ordered")]);
    let (first, second) = (&whole[0], &whole[1]);
    let behind = FulfilmentAsk {
        state: Some("ordered".into()),
        after: Some((first.since, first.wallet, first.redemption.clone())),
    };
    let rows = store.fulfilments(shop(), &behind, 99).unwrap();
    assert_eq!(rows, std::slice::from_ref(second));
}

fn goes_to(store: &mut dyn Store, of: (WalletId, &str), to: (MemberId, Option<&str>)) {
    store.set_address(shop(), of, to).unwrap();
}

fn addresses(store: &mut dyn Store) -> Vec<(String, Option<String>)> {
    let rows = all(store).into_iter();
    rows.map(|row| (row.redemption, row.address)).collect()
}

pub(crate) fn an_address_is_said_changed_and_forgotten(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    three(store, &mut story);
    let row = all(store).remove(0);
    let of = (row.wallet, "p-2");
    goes_to(store, of, (row.member, Some("1 Old Street")));
    goes_to(store, of, (row.member, Some("2 New Street")));
    let wanted = |address: Option<&str>| {
        let none = |id: &str| (id.to_owned(), None);
        [
            ("p-2".to_owned(), address.map(str::to_owned)),
            none("p-3"),
            none("p-1"),
        ]
    };
    assert_eq!(addresses(store), wanted(Some("2 New Street")));
    goes_to(store, of, (row.member, None));
    goes_to(store, of, (row.member, None));
    assert_eq!(addresses(store), wanted(None));
    assert_eq!(proof(store), Ok(()));
}

fn an_address_goes_with_the_person_and_the_rest_stays(db: TestDb) {
    let mut store = open(&db);
    let store = &mut *store;
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    three(store, &mut story);
    let rows = all(store);
    for row in &rows {
        let of = (row.wallet, row.redemption.as_str());
        goes_to(store, of, (row.member, Some("1 Old Street")));
    }
    store.erase_member(shop(), rows[0].member).unwrap();
    let said = |row: &FulfilmentRow| (row.redemption.clone(), row.address.is_some());
    let said: Vec<(String, bool)> = all(store).iter().map(said).collect();
    let wanted = [("p-2", false), ("p-3", true), ("p-1", true)];
    assert_eq!(said, wanted.map(|(id, is)| (id.to_owned(), is)));
    assert_eq!(proof(store), Ok(()));
}
