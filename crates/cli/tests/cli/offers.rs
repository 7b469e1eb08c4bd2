//! Personal offers by the executable: a set is written or told what is wrong with it, shown, and taken for a member.

use crate::shop::{CAFE, ORDERS, Shop};

const SET: &str = r#"{
  "name": "Spring", "language": "en", "days": 14, "hold_out": 5, "budget": "100.00",
  "offers": [
    { "id": "beans", "title": { "en": "Ten beans" },
      "gives": { "kind": "points", "id": "beans", "amount": 10 }, "cost": "0.50", "value": "4.00" }
  ]
}"#;

#[test]
fn a_set_is_written_shown_and_told_what_is_wrong_with_it() {
    let shop = Shop::new();
    shop.write("cafe.toml", CAFE);
    shop.write("orders.csv", ORDERS);
    shop.ok(["import", "orders.csv", "--program", "cafe.toml"]);
    shop.write(
        "wrong.json",
        SET.replace("\"hold_out\": 5", "\"hold_out\": 4"),
    );
    let wrong = shop.fails(2, ["offers", "put", "spring", "wrong.json"]);
    assert!(wrong.contains("/hold_out must be 5 to 50"), "{wrong}");
    shop.write("none.json", "{");
    let wrong = shop.fails(2, ["offers", "put", "spring", "none.json"]);
    assert!(wrong.contains("PUT /v1/offer-sets/ID"), "{wrong}");
    shop.write("spring.json", SET);
    for version in ["version 1", "version 2"] {
        let put = shop.ok(["offers", "put", "spring", "spring.json"]);
        assert!(put.contains(version), "{put}");
    }
    let listed = shop.ok(["offers", "list"]);
    assert!(
        listed.contains("spring") && listed.contains("live"),
        "{listed}"
    );
    let shown = shop.ok(["offers", "show", "spring"]);
    assert!(
        shown.contains("0.00 of 100.00 EUR of the budget drawn"),
        "{shown}"
    );
    assert!(
        shown.contains("evenly: 0 choices whose days are over"),
        "{shown}"
    );
    let lift = shop.ok(["offers", "lift", "spring"]);
    assert!(lift.contains("at least 50 are needed"), "{lift}");
    let own = shop.json(["offers", "of", "customer:ana"]);
    assert_eq!(own["items"].as_array().map(Vec::len), Some(0), "{own:#}");
    let none = shop.fails(2, ["offers", "take", "customer:ana", "spring.1"]);
    assert!(none.contains("there is no offer `spring.1`"), "{none}");
}
