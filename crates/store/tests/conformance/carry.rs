//! A merchant's rows are the same for both databases, and all of them are carried.

use crate::world::{ingest, open, proof, shop};
use regulars_store::{CarriedTable, Cell, Error, Store};
use regulars_testkit::{Story, TestDb, on_both};

on_both! {
    every_table_of_a_merchant_is_carried,
    a_merchant_goes_in_whole_or_not_at_all,
}

type Rows = Vec<(CarriedTable, Vec<Cell>)>;

fn all(store: &mut dyn Store) -> Rows {
    let mut rows = Vec::new();
    store
        .carry_out(shop(), &mut |table, row| {
            rows.push((table.clone(), row.to_vec()));
            Ok(())
        })
        .unwrap();
    rows
}

/// A shop in which orders came again, in parts and late.
fn busy(db: &TestDb) -> Box<dyn Store> {
    let mut store = open(db);
    let mut story = Story::new("till", "2025-03-01T09:00:00Z");
    for no in 1..=3 {
        let order = format!("o-{no}");
        let events = [
            story.purchase(Story::customer(no), &order, 50_00),
            story.purchase(Story::customer(4), &format!("{order}-4"), 7_00),
        ];
        ingest(&mut *store, &events).unwrap();
        story.days(1);
        let back = story.refund(Story::customer(no), &order, 5_00);
        ingest(&mut *store, &[back]).unwrap();
    }
    store.seal(shop(), story.now()).unwrap();
    ingest(
        &mut *store,
        &[story.purchase(Story::customer(1), "o-9", 9_00)],
    )
    .unwrap();
    store
}

#[test]
fn both_databases_call_everything_the_same() {
    let tables = |db: TestDb| db.connect().carried_tables().unwrap();
    let (sqlite, postgres) = (tables(TestDb::sqlite()), tables(TestDb::postgres()));
    assert_eq!(sqlite, postgres);
    assert!(sqlite.len() > 50, "{}", sqlite.len());
}

fn every_table_of_a_merchant_is_carried(db: TestDb) {
    let mut store = busy(&db);
    let carried: Vec<String> = store
        .carried_tables()
        .unwrap()
        .into_iter()
        .map(|table| table.name)
        .collect();
    let rows = all(&mut *store);
    for (table, there) in db.rows_of("shop") {
        // Whoever is signed in signs in anew elsewhere.
        if ["sessions", "member_sessions", "sign_in_codes"].contains(&table.as_str()) {
            assert!(!carried.contains(&table), "{table}");
            continue;
        }
        assert!(carried.contains(&table), "{table} is not carried");
        let told = rows.iter().filter(|(it, _)| it.name == table).count();
        assert_eq!(told, there.len(), "{table}");
    }
}

fn a_merchant_goes_in_whole_or_not_at_all(db: TestDb) {
    let mut store = busy(&db);
    let rows = all(&mut *store);
    let tenant = store.tenants().unwrap().remove(0);
    let there = TestDb::sqlite();
    for there in [there, TestDb::postgres()] {
        let mut into = there.connect();
        // It breaks off in the middle.
        let stopped = into.carry_in(&tenant, &mut |table| match table.name.as_str() {
            "orders" => Err(Error::Stopped),
            _ => Ok(of(&rows, &table.name)),
        });
        assert!(matches!(stopped, Err(Error::Stopped)), "{stopped:?}");
        assert_eq!(into.tenants().unwrap(), []);
        let mut asked = Vec::new();
        into.carry_in(&tenant, &mut |table| {
            asked.push(table.name.clone());
            Ok(of(&rows, &table.name))
        })
        .unwrap();
        assert_eq!(asked[..2], ["log", "wallets"]);
        assert!(all(&mut *into) == rows, "a row differs");
        assert_eq!(proof(&mut *into), Ok(()));
        let twice = into.carry_in(&tenant, &mut |table| Ok(of(&rows, &table.name)));
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
        // It goes on: a refund finds its order, and the next row follows the last.
        let mut story = Story::new("till-2", "2025-04-01T09:00:00Z");
        let back = story.refund(Story::customer(2), "o-2", 5_00);
        let came = ingest(&mut *into, &[back]).unwrap();
        assert!(crate::world::accepted(&came[0]), "{came:?}");
        assert_eq!(proof(&mut *into), Ok(()));
    }
}

fn of(rows: &Rows, table: &str) -> regulars_store::CarriedRows {
    let own: Vec<Vec<Cell>> = rows
        .iter()
        .filter(|(it, _)| it.name == table)
        .map(|(_, row)| row.clone())
        .collect();
    Box::new(own.into_iter().map(Ok))
}
