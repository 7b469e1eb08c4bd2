//! Products, stores and what is recommended: said, said anew, listed, taken away, counted.

use crate::world::{open, shop};
use regulars_base::{Timestamp, WalletId};
use regulars_store::{MasterAsk, MasterRow, MasterSort, RecommendedRow, Store};
use regulars_testkit::{TestDb, on_both};

on_both! {
    what_is_said_of_a_product_replaces_what_was_said_before,
    products_are_listed_by_id_category_and_what_is_found_in_them,
    links_are_replaced_as_a_whole_and_read_in_the_order_asked,
    what_was_recommended_is_counted_by_place_and_group,
}

fn row(id: &str, category: &str, price: Option<i64>) -> MasterRow {
    MasterRow {
        id: id.into(),
        name: format!("Name of {id}"),
        category: category.into(),
        price,
        details: "{}".into(),
        found_by: format!("name of {id} ünder 100%_\\"),
        changed_at: Timestamp::from_micros(5),
    }
}

fn ids(rows: &[MasterRow]) -> String {
    let ids: Vec<&str> = rows.iter().map(|own| own.id.as_str()).collect();
    ids.join(" ")
}

fn ask(category: Option<&str>, words: Option<&str>, after: Option<&str>) -> MasterAsk {
    MasterAsk {
        category: category.map(str::to_owned),
        words: words.map(str::to_owned),
        after: after.map(str::to_owned),
    }
}

fn what_is_said_of_a_product_replaces_what_was_said_before(db: TestDb) {
    let mut store = open(&db);
    let of = MasterSort::Product;
    store
        .put_master_data(
            shop(),
            of,
            &[row("a", "tea", Some(300)), row("b", "tea", None)],
        )
        .unwrap();
    store
        .put_master_data(shop(), of, &[row("a", "coffee", None)])
        .unwrap();
    // A store of the same id is another thing.
    store
        .put_master_data(shop(), MasterSort::Store, &[row("a", "", None)])
        .unwrap();
    let found = store
        .master_data_listed(shop(), of, &["b", "nothing", "a"])
        .unwrap();
    assert_eq!(found, [row("b", "tea", None), row("a", "coffee", None)]);
    assert!(store.delete_master_data(shop(), of, "a").unwrap());
    assert!(!store.delete_master_data(shop(), of, "a").unwrap());
    let left = store.master_data(shop(), MasterSort::Store, &MasterAsk::default(), 9);
    assert_eq!(ids(&left.unwrap()), "a");
}

fn products_are_listed_by_id_category_and_what_is_found_in_them(db: TestDb) {
    let mut store = open(&db);
    let of = MasterSort::Product;
    let all = [
        row("B2", "tea", None),
        row("a1", "tea", None),
        row("b1", "coffee", None),
        row("a2", "tea", None),
    ];
    store.put_master_data(shop(), of, &all).unwrap();
    let list = |store: &mut dyn Store, ask: &MasterAsk, limit| {
        ids(&store.master_data(shop(), of, ask, limit).unwrap())
    };
    assert_eq!(list(&mut *store, &ask(None, None, None), 2), "B2 a1");
    assert_eq!(list(&mut *store, &ask(None, None, Some("a1")), 9), "a2 b1");
    assert_eq!(
        list(&mut *store, &ask(Some("tea"), None, None), 9),
        "B2 a1 a2"
    );
    assert_eq!(
        list(&mut *store, &ask(Some("tea"), Some("of a"), None), 9),
        "a1 a2"
    );
    // Letters that other searches take for more than themselves.
    assert_eq!(
        list(&mut *store, &ask(None, Some("a1 ünder 100%_\\"), None), 9),
        "a1"
    );
    assert_eq!(list(&mut *store, &ask(None, Some("a%2"), None), 9), "");
}

fn links_are_replaced_as_a_whole_and_read_in_the_order_asked(db: TestDb) {
    let mut store = open(&db);
    let link = |product: &str, body: &str| (product.to_owned(), body.to_owned());
    store
        .replace_product_links(shop(), &[link("a", "1"), link("b", "2"), link("", "0")])
        .unwrap();
    assert_eq!(
        store.product_links(shop(), &["b", "x", "a", ""]).unwrap(),
        [link("b", "2"), link("a", "1"), link("", "0")]
    );
    store
        .replace_product_links(shop(), &[link("b", "3")])
        .unwrap();
    assert_eq!(
        store.product_links(shop(), &["a", "b"]).unwrap(),
        [link("b", "3")]
    );
}

fn what_was_recommended_is_counted_by_place_and_group(db: TestDb) {
    let mut store = open(&db);
    let shown = |wallet: u8, day, place: &str, product: &str, held_out| RecommendedRow {
        wallet: WalletId::from_bytes([wallet; 16]),
        day,
        place: place.into(),
        product: product.into(),
        held_out,
    };
    let rows = [
        shown(1, 10, "portal", "a", false),
        shown(1, 10, "portal", "b", false),
        shown(2, 10, "portal", "a", false),
        shown(3, 11, "portal", "a", true),
        shown(1, 3, "quote", "a", false),
    ];
    store.note_recommended(shop(), &rows).unwrap();
    store.note_recommended(shop(), &rows[..1]).unwrap();
    let counts = store.recommended_counts(shop(), 10).unwrap();
    let said: Vec<_> = counts
        .iter()
        .map(|own| (own.place.as_str(), own.held_out, own.members, own.times))
        .collect();
    assert_eq!(said, [("portal", false, 2, 4), ("portal", true, 1, 1)]);
    assert_eq!(store.recommended_counts(shop(), 0).unwrap().len(), 3);
}
